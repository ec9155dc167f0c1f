"""The data and the store of privacy budget templates, and the budgets derived from them.

A budget is not stored: the remaining budget of a template is derived from the use in the present
period.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from membership_mock.cleanrooms.ordered_index import add_to_index, remove_from_index
from membership_mock.cleanrooms.privacy import differential_privacy
from membership_mock.cleanrooms.privacy.access_budget import Allowance, period
from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.summary import Summary, View, by_account, several
from membership_mock.engine.state.world import Scope, Store

DIFFERENTIAL_PRIVACY = "DIFFERENTIAL_PRIVACY"
ACCESS_BUDGET = "ACCESS_BUDGET"


@dataclass
class PrivacyBudgetTemplate:
    """A template; fields that are not explained are those of GetPrivacyBudgetTemplate.

    Attributes:
        creator_account_id: the account that owns it.
        sequence: its place in the order of creation.
        epsilon: of a differential privacy template; otherwise None.
        noise: ``usersNoisePerQuery`` of such a template.
        used: the part that queries have used since `since`, see `differential_privacy`.
        since: the start of the differential privacy budget.
        was_used: whether a differentially private query has ever run with it.
        resource_arn: the table of an access budget; otherwise None.
        allowances: the allowances of an access budget.
        spent_time: the time of the last use of the budget, or of the last update of the template.
    """

    id: str
    arn: str
    creator_account_id: str
    sequence: int
    collaboration_id: str
    collaboration_arn: str
    membership_id: str
    membership_arn: str
    create_time: datetime
    update_time: datetime
    privacy_budget_type: str
    auto_refresh: str
    tags: dict[str, str]
    since: datetime
    spent_time: datetime
    epsilon: int | None = None
    noise: int | None = None
    used: float = 0.0
    was_used: bool = False
    resource_arn: str | None = None
    allowances: list[Allowance] = field(default_factory=list)

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters, as answers show them."""
        if self.resource_arn is None:
            private = {"epsilon": self.epsilon, "usersNoisePerQuery": self.noise}
            return {"differentialPrivacy": private}
        parameters = [each.parameter() for each in self.allowances]
        access = {"budgetParameters": parameters, "resourceArn": self.resource_arn}
        return {"accessBudget": access}

    # --- differential privacy ---

    def refresh(self, now: datetime) -> None:
        """Begin a new budget in a new month; see `present_period`."""
        since = self.present_period(now)
        if since != self.since:
            self.since, self.used = since, 0.0

    def present_period(self, now: datetime) -> datetime:
        """Return the start of the present budget.

        With CALENDAR_MONTH there is a new one on the first of each month (observed), at 00:00 UTC
        (inferred [CR-169]).
        """
        first = period("CALENDAR_MONTH", now)[0]
        if self.auto_refresh == "CALENDAR_MONTH" and first > self.since:
            return first
        return self.since

    def left(self, now: datetime) -> float:
        """Return the remaining differential privacy budget, in its own unit."""
        used = self.used if self.present_period(now) == self.since else 0.0
        return differential_privacy.whole(self.epsilon or 0) - used

    # --- the budget as lists show it ---

    def budget(self, now: datetime) -> dict[str, Any]:
        """Return the present budget of the template, without its owner.

        A differential privacy budget that was refreshed is a new one with another id; that an
        access budget keeps its id is inferred [CR-90].
        """
        since = self.create_time
        if self.privacy_budget_type == DIFFERENTIAL_PRIVACY:
            since, content = self.present_period(now), self._private_content(now)
        else:
            content = self._access_content(now)
        return {
            # the same id at every read, although a read stores nothing
            "id": str(uuid5(UUID(self.id), since.isoformat())),
            "privacyBudgetTemplateId": self.id,
            "privacyBudgetTemplateArn": self.arn,
            "collaborationId": self.collaboration_id,
            "collaborationArn": self.collaboration_arn,
            "type": self.privacy_budget_type,
            "createTime": since,
            "updateTime": max(since, self.spent_time),
            "budget": content,
        }

    def _private_content(self, now: datetime) -> dict[str, Any]:
        epsilon, noise = self.epsilon or 0, self.noise or 0
        most = differential_privacy.affordable(differential_privacy.whole(epsilon), noise)
        remaining = differential_privacy.affordable(self.left(now), noise)
        aggregations = [
            {"type": name, "maxCount": most[name], "remainingCount": remaining[name]}
            for name in most
        ]
        return {"differentialPrivacy": {"aggregations": aggregations, "epsilon": epsilon}}

    def _access_content(self, now: datetime) -> dict[str, Any]:
        allowances = [each.at(now) for each in self.allowances]
        return {
            "accessBudget": {
                "resourceArn": self.resource_arn,
                "details": [each.shown() for each in allowances],
                "aggregateRemainingBudget": min(each.remaining for each in allowances),
            }
        }


@dataclass
class PrivacyBudgetTemplateStore(Store, scope=Scope.REGION):
    """The templates of a region.

    Attributes:
        by_id: each by its id.
        by_membership: the templates of a membership by type, and under "" all of them, oldest
            first.
        by_collaboration: likewise for a collaboration, without templates of members that have left.
        by_resource: the template of an access budget, by the ARN of its table.
        created: how many were ever added.
    """

    rank = 6
    by_id: dict[str, PrivacyBudgetTemplate] = field(default_factory=dict)
    by_membership: dict[tuple[str, str], list[PrivacyBudgetTemplate]] = field(default_factory=dict)
    by_collaboration: dict[tuple[str, str], list[PrivacyBudgetTemplate]] = field(
        default_factory=dict
    )
    by_resource: dict[str, PrivacyBudgetTemplate] = field(default_factory=dict)
    created: int = 0

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each template, with its remaining budget."""
        held = by_account(self.by_id.values(), lambda each: each.creator_account_id)
        for account_id, templates in held.items():
            lines = several(
                "privacy budget templates", templates, lambda each: _outline_of(each, view.now)
            )
            yield Summary(account_id, key[0], "cleanrooms", lines)

    def add(self, template: PrivacyBudgetTemplate) -> None:
        """Add a new template."""
        self.created += 1
        self.by_id[template.id] = template
        for kind in ("", template.privacy_budget_type):
            add_to_index(
                self.by_membership.setdefault((template.membership_id, kind), []), template
            )
            add_to_index(
                self.by_collaboration.setdefault((template.collaboration_id, kind), []), template
            )
        if template.resource_arn is not None:
            self.by_resource[template.resource_arn] = template

    def hide(self, template: PrivacyBudgetTemplate) -> None:
        """Remove a template from its collaboration; its owner keeps it."""
        for kind in ("", template.privacy_budget_type):
            remove_from_index(self.by_collaboration[template.collaboration_id, kind], template)

    def remove(self, template: PrivacyBudgetTemplate) -> None:
        """Remove a template and its budget."""
        self.hide(template)
        del self.by_id[template.id]
        for kind in ("", template.privacy_budget_type):
            remove_from_index(self.by_membership[template.membership_id, kind], template)
        if template.resource_arn is not None:
            del self.by_resource[template.resource_arn]

    def differential_privacy_of(self, collaboration_id: str) -> PrivacyBudgetTemplate | None:
        """Return the one differential privacy template of a collaboration."""
        held = self.by_collaboration.get((collaboration_id, DIFFERENTIAL_PRIVACY))
        return held[0] if held else None


def _outline_of(template: PrivacyBudgetTemplate, now: datetime) -> str:
    content = template.budget(now)["budget"]
    if template.resource_arn is None:
        (left,) = (
            each["remainingCount"]
            for each in content["differentialPrivacy"]["aggregations"]
            if each["type"] == "COUNT_DISTINCT"
        )
        what = f"DIFFERENTIAL_PRIVACY, {left} COUNT DISTINCT left"
    else:
        left = content["accessBudget"]["aggregateRemainingBudget"]
        what = f"ACCESS_BUDGET of {template.resource_arn.rpartition(':')[2]}, {left} left"
    return f"privacy budget template {what}, in collaboration {template.collaboration_id}"
