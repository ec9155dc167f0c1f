"""Seeds of Clean Rooms: privacy budgets of a collaboration and of the tables in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from membership_mock.testing.given.cleanrooms_rooms import SERVICE, SeededCollaboration
from membership_mock.testing.given.cleanrooms_tables import SeededTableAssociation, TableSeeds


@dataclass(frozen=True)
class SeededBudget:
    """A privacy budget template, whose budget is full.

    Attributes:
        id: the id of the template.
        arn: its ARN.
        membership_id: the owner's membership.
        collaboration_id: the collaboration.
        account: the owner.
        region: where it is.
    """

    id: str
    arn: str
    membership_id: str
    collaboration_id: str
    account: str
    region: str


class BudgetSeeds(TableSeeds):
    """Seeds of privacy budgets."""

    def privacy_budget(
        self,
        collaboration: SeededCollaboration | str,
        account: str | None = None,
        *,
        epsilon: int = 10,
        noise: int = 30,
        auto_refresh: Literal["CALENDAR_MONTH", "NONE"] = "CALENDAR_MONTH",
        region: str | None = None,
    ) -> SeededBudget:
        """Return the budget for differential privacy of a collaboration.

        The account joins the collaboration if it has not yet. With the defaults, which are those of
        AWS's console, queries may call COUNT DISTINCT 660 times.

        Args:
            collaboration: which one, or its id.
            account: the owner of the budget.
            epsilon: from 1 to 20.
            noise: ``usersNoisePerQuery``, from 10 to 100.
            auto_refresh: ``CALENDAR_MONTH`` or ``NONE``.
            region: where the collaboration is; not needed for a seeded one.

        Raises:
            SeedRefused: the account is not a member, the collaboration has such a budget, or a
                value is out of its range.
        """
        room_id, account, region = self._place(collaboration, account, region)
        with self._setup.seed(
            "cleanrooms.privacy_budget",
            "the account must be a member, and a collaboration has one such budget.",
        ):
            membership_id = str(self.membership(room_id, account, region=region).id)
            parameters = {"epsilon": epsilon, "usersNoisePerQuery": noise}
            return self._budget(
                (room_id, membership_id, account, region),
                "DIFFERENTIAL_PRIVACY",
                {"differentialPrivacy": parameters},
                autoRefresh=auto_refresh,
            )

    def access_budget(
        self,
        table: SeededTableAssociation,
        budget: int = 10,
        period: Literal["CALENDAR_DAY", "CALENDAR_WEEK", "CALENDAR_MONTH", "LIFETIME"] = "LIFETIME",
    ) -> SeededBudget:
        """Return the access budget of a table, as `associated_table` has returned it.

        Args:
            table: the table.
            budget: how often it may be used in a period.
            period: ``CALENDAR_DAY``, ``CALENDAR_WEEK``, ``CALENDAR_MONTH`` or ``LIFETIME``.

        Raises:
            SeedRefused: the table has an access budget, or a value is out of its range.
        """
        with self._setup.seed(
            "cleanrooms.access_budget", "a table has one access budget: delete the first one."
        ):
            parameters = [{"type": period, "budget": budget}]
            return self._budget(
                (table.collaboration_id, table.membership_id, table.account, table.region),
                "ACCESS_BUDGET",
                {"accessBudget": {"budgetParameters": parameters, "resourceArn": table.arn}},
            )

    def _budget(
        self, place: tuple[str, str, str, str], kind: str, parameters: dict[str, Any], **more: str
    ) -> SeededBudget:
        room_id, membership_id, account, region = place
        made = self._setup.call(
            SERVICE,
            "CreatePrivacyBudgetTemplate",
            account,
            region,
            membershipIdentifier=membership_id,
            privacyBudgetType=kind,
            parameters=parameters,
            **more,
        )["privacyBudgetTemplate"]
        return SeededBudget(made["id"], made["arn"], membership_id, room_id, account, region)
