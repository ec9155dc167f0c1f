"""Which tables an analysis uses, and whether it may.

AWS checks a query against the rules of every table that it names. This mock reads only the names of
the tables, so it checks what follows from these: whether each is ready, whether its rule allows
this analysis, and whether the receivers may receive. Names that are no schema are left alone. That
AWS refuses right away, and with this error, is inferred.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from membership_mock.cleanrooms.analyses.analysis_templates import AnalysisTemplate
from membership_mock.cleanrooms.collaborations.clean_rooms_family import CleanRoomsFamily
from membership_mock.cleanrooms.errors import ValidationException
from membership_mock.cleanrooms.privacy.privacy_budget_store import PrivacyBudgetTemplateStore
from membership_mock.cleanrooms.quotas import TABLES_PER_QUERY, Quotas
from membership_mock.cleanrooms.tables.analysis_rule import ANY_JOB, ANY_QUERY, consolidated
from membership_mock.cleanrooms.tables.configured_tables import ConfiguredTable
from membership_mock.cleanrooms.tables.schema_status import DIRECT, status_details
from membership_mock.cleanrooms.tables.table_associations import (
    TableAssociation,
    TableAssociations,
    TableAssociationStore,
)


@dataclass(frozen=True, slots=True)
class Use:
    """What an analysis wants with its tables.

    Attributes:
        method: ``DIRECT_QUERY`` or ``DIRECT_JOB``.
        runner: the account that runs it.
        template: the template that it comes from, if any.
        receivers: the accounts that receive its result.
    """

    method: str
    runner: str
    template: AnalysisTemplate | None
    receivers: Collection[str]


@dataclass(frozen=True, slots=True)
class Used:
    """What an analysis uses.

    Attributes:
        tables: the names of its tables, by ARN, as far as they can have access budgets.
        is_private: whether it takes from the budget for differential privacy.
    """

    tables: dict[str, str]
    is_private: bool


class ProtectedTables(CleanRoomsFamily):
    """What tables let analyses do."""

    def check(self, collaboration_id: str, names: Iterable[str], use: Use) -> Used:
        """Return which tables an analysis uses, unless one does not allow it.

        Raises:
            ServiceQuotaExceededException: it names too many tables.
            ValidationException: a table is not ready, or its rules do not allow the analysis.
        """
        store = self.store(TableAssociationStore)
        known: dict[str, TableAssociation] = {}
        for each in store.by_collaboration.get(collaboration_id, ()):
            known.setdefault(each.name.lower(), each)
            known[each.name] = each  # spelt like this it is meant, whatever else is spelt alike
        found = (known.get(name) or known.get(name.lower()) for name in names)
        used = {each.id: each for each in found if each is not None}.values()
        self.of(Quotas).require_room(TABLES_PER_QUERY, 0, len(used))
        templates = self.store(PrivacyBudgetTemplateStore)
        has_privacy_budget = templates.differential_privacy_of(collaboration_id) is not None
        private: list[ConfiguredTable] = []
        for association in used:
            table = self.of(TableAssociations).table_of(association)
            reason = _objection(table, association, use, has_privacy_budget)
            if reason:
                raise ValidationException(
                    f"Table {association.name} cannot be used: {reason}", "INVALID_QUERY"
                )
            if _is_private(table):
                private.append(table)
        _check_together(private)
        return Used({each.arn: each.name for each in used}, bool(private))


def _is_private(table: ConfiguredTable) -> bool:
    return table.rule is not None and "differentialPrivacy" in table.rule.content


def _check_together(private: Iterable[ConfiguredTable]) -> None:
    """Refuse to join tables with differential privacy that do not go together.

    Source: user guide, "Limitations of differential privacy"; the error is inferred.
    """
    rules = [table.rule.content["differentialPrivacy"] for table in private if table.rule]
    if len({table.account_id for table in private}) > 1:
        raise ValidationException(
            "A query cannot use tables with differential privacy of two members.", "INVALID_QUERY"
        )
    if len({column["name"] for rule in rules for column in rule["columns"]}) > 1:
        raise ValidationException(
            "The tables with differential privacy in a query must have the same user identifier"
            " column.",
            "INVALID_QUERY",
        )


def _objection(
    table: ConfiguredTable, association: TableAssociation, use: Use, has_privacy_budget: bool
) -> str | None:
    """Return why ``table`` cannot be used, in words; None if it can."""
    details = status_details(table, association, has_privacy_budget=has_privacy_budget)
    direct = next((each for each in details if each["analysisType"] == DIRECT), None)
    if direct is None:
        return "its analysis rule requires additional analyses."
    if direct["reasons"]:
        return " ".join(f"{each['code']}: {each['message']}" for each in direct["reasons"])
    if use.method == "DIRECT_JOB" and _is_private(table):
        # inferred: the user guide speaks of queries only
        return "tables with differential privacy can be used in queries only."
    if use.method not in (table.selected_analysis_methods or [table.analysis_method]):
        return f"its analysis method is {table.analysis_method}."
    rule = table.rule
    if rule is None:  # a missing rule was a reason already
        return None
    if rule.type == "CUSTOM" and use.runner != table.account_id:
        wildcard = ANY_QUERY if use.method == "DIRECT_QUERY" else ANY_JOB
        providers = rule.content.get("allowedAnalysisProviders", [])
        author = use.template.creator_account_id if use.template else use.runner
        allowed = rule.content["allowedAnalyses"]
        by_name = use.template is not None and use.template.arn in allowed
        # providers are required for queries only
        by_author = author in providers or (wildcard == ANY_JOB and not providers)
        if not by_name and not (wildcard in allowed and by_author):
            return "its analysis rule does not allow this analysis."
    elif rule.type != "CUSTOM" and use.method != "DIRECT_QUERY":
        return f"its analysis rule of type {rule.type} allows queries only."
    receivers = consolidated(rule, association.rules[rule.type]).get("allowedResultReceivers", ())
    refused = [account_id for account_id in use.receivers if account_id not in receivers]
    if refused:
        return f"its analysis rules do not let {', '.join(refused)} receive results."
    return None
