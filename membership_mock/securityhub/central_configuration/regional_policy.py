"""What a configuration policy does to an account in one region, and why that may fail.

Source: the user guide on configuration policies and on why an association fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.organizations import Organization, OrganizationAccount
from membership_mock.securityhub.controls.policy_controls import PolicyControls
from membership_mock.securityhub.errors import (
    IS_ADMINISTRATOR,
    LIMIT_REACHED,
    OTHERS_MEMBER,
)
from membership_mock.securityhub.hubs.hubs import Hubs
from membership_mock.securityhub.relationships.administration import Administration
from membership_mock.securityhub.relationships.associations import AssociationStore
from membership_mock.securityhub.standards.standards import Standards


@dataclass(frozen=True)
class RegionalPolicy:
    """What a policy means in one region, worked out once for all accounts.

    Attributes:
        wanted: the ARNs of the standards in this region, and of no others.
        controls: what it says about controls.
        reached: the regions that the policy reaches, the home region first.
    """

    region: str
    is_home: bool
    administrator_id: str
    service_enabled: bool
    hubs: Hubs
    administration: Administration
    standards: Standards
    wanted: list[str]
    controls: Mapping[str, Any]
    reached: list[str]

    def configure(
        self, organization: Organization, account: OrganizationAccount, now: datetime
    ) -> str | None:
        """Configure an account in the region; return why that failed, or None if it succeeded.

        It fails for a suspended account, and for a management account that has not enabled
        Security Hub by itself (both documented); for an account that is a member of, or the
        administrator of, others (inferred [SH-77]). A management account without a hub in a linked
        region is left as it is there, and nothing fails (inferred [SH-78]).
        """
        if not account.active:
            return "The account is suspended."
        account_id, administrator_id = account.account_id, self.administrator_id
        hubs, administration = self.hubs, self.administration
        is_member = administration.is_member(administrator_id, account_id)
        if account_id != administrator_id and not is_member:
            obstacle = administration.obstacle(administrator_id, account_id)
            if obstacle is not None:
                return _CAUSES.get(obstacle, obstacle)
        is_management = account_id == organization.management_account_id
        if self.service_enabled and is_management and hubs.of_account(account_id) is None:
            return _NO_HUB if self.is_home else None
        self.apply(account_id, now)
        return None

    def apply(self, account_id: str, now: datetime, sequence: int | None = None) -> None:
        """Configure an account where nothing stands in the way.

        Args:
            account_id: the account.
            now: when that happens.
            sequence: its place among the administrator's members, if one was kept for it.
        """
        administrator_id, administration = self.administrator_id, self.administration
        is_member = administration.is_member(administrator_id, account_id)
        if not self.service_enabled:
            if is_member:
                # without a hub the account is no longer a member (inferred [SH-83])
                store = administration.store(AssociationStore)
                store.move(store.rosters[administrator_id].members[account_id], "disassociate", now)
            self.hubs.disable(account_id, now)
            return
        self.hubs.enable(account_id, default_standards=False, now=now)
        if account_id != administrator_id and not is_member:
            administration.enroll(administrator_id, account_id, now, sequence)
        self._align(account_id, now)

    def _align(self, account_id: str, now: datetime) -> None:
        """Subscribe an account to exactly the standards of the policy, and set its controls."""
        held = self.standards.subscribed(account_id)
        if held != self.wanted:
            gone = [arn for arn in held if arn not in self.wanted]
            self.standards.unsubscribe(account_id, gone, now)
            self.standards.subscribe(account_id, self.wanted, now)
        self.standards.of(PolicyControls).carry_out(account_id, self.controls, self.reached, now)


def failure(
    policy_id: str, account_id: str, region: str, cause: str = "Retry your request."
) -> str:
    """Return the message about a policy that could not be applied.

    AWS ends it with the request to try again; where that cannot help, the cause stands there
    (inferred [SH-79]).
    """
    return (
        f"Configuration Policy {policy_id} couldn't be applied to account {account_id} in {region}"
        f" Region. {cause}"
    )


#: why a policy fails for the management account (rule documented, wording inferred [SH-192])
_NO_HUB = "The management account must enable Security Hub first."

#: why a policy fails for an account that cannot become a member (rules and wording
#: inferred [SH-192])
_CAUSES = {
    OTHERS_MEMBER: "The account is a member account of another administrator account.",
    IS_ADMINISTRATOR: "The account is the administrator account of other member accounts.",
    LIMIT_REACHED: "The administrator account has as many member accounts as it may have.",
}
