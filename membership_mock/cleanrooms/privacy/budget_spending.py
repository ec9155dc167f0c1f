"""The use of privacy budgets by queries and jobs when they start to run.

It is documented that nothing can be run without budget, and observed that such a query fails with
the text below. It is inferred [CR-87, CR-88] that the whole demand, or nothing, is taken when the
analysis goes from SUBMITTED to STARTED, and that nothing is given back.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from membership_mock.cleanrooms.collaborations.clean_rooms_family import CleanRoomsFamily
from membership_mock.cleanrooms.privacy import differential_privacy
from membership_mock.cleanrooms.privacy.differential_privacy import Aggregation
from membership_mock.cleanrooms.privacy.privacy_budget_store import PrivacyBudgetTemplateStore


class BudgetSpending(CleanRoomsFamily):
    """Takes the demand of queries and jobs from budgets."""

    def take(
        self,
        collaboration_id: str,
        tables: Iterable[tuple[str, str]],
        aggregations: list[Aggregation] | None,
        now: datetime,
    ) -> dict[str, Any] | None:
        """Take the demand of an analysis, or nothing.

        Args:
            collaboration_id: its collaboration.
            tables: the ARN and the name of each table that it uses, each once.
            aggregations: the functions that it calls on tables with differential privacy; None for
                an analysis without such tables.
            now: when it starts.

        Returns:
            The error that the analysis fails with; None if all is taken.
        """
        store = self.store(PrivacyBudgetTemplateStore)
        budgets = []
        for arn, name in tables:
            template = store.by_resource.get(arn)
            if template is None:
                continue
            template.allowances = [each.at(now) for each in template.allowances]
            if not all(each.remaining for each in template.allowances):
                return _failure(NO_ACCESS_BUDGET.format(name=name))
            budgets.append(template)
        if aggregations is not None:
            private = store.differential_privacy_of(collaboration_id)
            if private is None:
                return _failure(NO_DIFFERENTIAL_PRIVACY)
            # inferred [CR-173]: a query without a function takes what COUNT DISTINCT takes
            functions = [each.function for each in aggregations] or ["COUNT_DISTINCT"]
            wanted = differential_privacy.price(functions, private.noise or 0)
            if not differential_privacy.suffices(private.left(now), wanted):
                return _failure(NO_AGGREGATIONS.format(account_id=private.creator_account_id))
            private.refresh(now)
            private.used += wanted
            private.was_used, private.spent_time = True, now
        for template in budgets:
            template.spent_time = now
            for each in template.allowances:
                each.used += 1
        return None


#: observed in the console, but for the part in braces, which is blacked out there
NO_AGGREGATIONS = (
    "You do not have enough aggregations remaining to run this query on the data from {account_id}."
    " You can wait for the utility to refresh or contact the data owner to provide you more"
    " utility."
)
#: inferred [CR-84]
NO_ACCESS_BUDGET = "Table {name} has no access budget remaining."
#: inferred [CR-97]: the template was deleted between SUBMITTED and STARTED
NO_DIFFERENTIAL_PRIVACY = (
    "The collaboration has no privacy budget template for differential privacy."
)


def _failure(message: str) -> dict[str, Any]:
    """Return an error.

    That it has this code, and that a retry does not help, is inferred [CR-174].
    """
    return {"code": "INVALID_RESOURCE", "message": message, "retry": {"retryable": False}}
