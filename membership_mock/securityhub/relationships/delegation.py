"""Which account of an organization is its Security Hub administrator, per region.

The operations are in ``organization_admin.py``; here is what the other families need to know.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.operation import Family
from membership_mock.engine.state.organizations import Organization, OrganizationChange
from membership_mock.engine.state.summary import Summary, View, one
from membership_mock.engine.state.world import Scope, Store
from membership_mock.securityhub.errors import InvalidInputException

SERVICE_PRINCIPAL = "securityhub.amazonaws.com"


@dataclass
class DelegationStore(Store, scope=Scope.REGION):
    """The delegated administrators of a region, by the management account of the organization."""

    rank = 1
    administrators: dict[str, str] = field(default_factory=dict)

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each organization, under both accounts."""
        del view
        (region,) = key
        for management, administrator in self.administrators.items():
            text = f"administers the organization of {management}"
            yield Summary(administrator, region, "securityhub", one(text))
            if administrator != management:
                text = f"has the delegated administrator {administrator}"
                yield Summary(management, region, "securityhub", one(text))


class Delegation(Family):
    """Who administers the caller's organization, for the other families."""

    def delegated_administrator(self) -> str | None:
        """Return the delegated administrator of the caller's organization in this region."""
        administrators = self.store(DelegationStore).administrators
        if not administrators:
            return None
        organization = self.backend.world.organization_of(
            self.backend.account_id, self.backend.partition
        )
        if organization is None:
            return None
        administrator = administrators.get(organization.management_account_id)
        return administrator if administrator in organization.accounts else None

    def led_organization(self) -> Organization | None:
        """Return the organization that the caller is the delegated administrator of here.

        The organization, which may be large, is read only for a delegated administrator.
        """
        account_id = self.backend.account_id
        administrators = self.store(DelegationStore).administrators
        if account_id not in administrators.values():
            return None
        organization = self.backend.world.organization_of(account_id, self.backend.partition)
        if organization is None:
            return None
        leads = administrators.get(organization.management_account_id) == account_id
        return organization if leads else None


def ends_role(change: OrganizationChange, administrator: str) -> bool:
    """Return whether the role of an administrator ends with what happened to its organization.

    Documented: the administrator is deregistered, or closed. Inferred [SH-195]: it leaves, the
    organization is deleted, or trusted access is disabled.
    """
    if change.kind in ("close_account", "remove_account_from_organization"):
        return change.account_id == administrator
    if change.service_principal == SERVICE_PRINCIPAL:
        if change.kind == "deregister_delegated_administrator":
            return change.account_id == administrator
        return change.kind == "disable_aws_service_access"
    return change.kind == "delete_organization"


def check_can_administer(organization: Organization, account_id: str) -> None:
    """Refuse an account that cannot become a delegated administrator in this organization.

    Raises:
        InvalidInputException: the organization lacks features, or the account is not active in it.
    """
    if not organization.all_features:
        raise InvalidInputException(
            "All features of the organization must be enabled to designate an administrator"
        )
    account = organization.accounts.get(account_id)
    if account is None or not account.active:
        raise InvalidInputException(
            f"Account {account_id} is not an active account of the organization"
        )
