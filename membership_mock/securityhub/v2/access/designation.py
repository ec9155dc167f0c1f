"""The delegated administrator of Security Hub V2: designated, removed and listed.

The operations are those of the older service, with ``Feature=SecurityHubV2``; they stand in
``organization/organization_admin.py``.

Sources: the user guide on enabling V2 and on removing the administrator; observed answers of
ListOrganizationAdminAccounts. Codes and texts of refusals are inferred [SH-231].
"""

from __future__ import annotations

from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, ServiceBackends
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.protocol.regions import partition_of
from membership_mock.engine.state.organizations import Organization, OrganizationChange
from membership_mock.securityhub.errors import (
    InvalidAccessException,
    InvalidInputException,
    ResourceNotFoundException,
)
from membership_mock.securityhub.relationships.delegation import (
    SERVICE_PRINCIPAL,
    DelegationStore,
    check_can_administer,
    ends_role,
)
from membership_mock.securityhub.v2.access.delegation import DelegationV2Store

FEATURE_V2 = "SecurityHubV2"


class DesignationV2(Family):
    """What the three operations on the administrator do for the feature SecurityHubV2."""

    def designate(
        self, ctx: Context, organization: Organization, admin_account_id: str
    ) -> dict[str, str]:
        """Make an account the organization's administrator for V2, in every region.

        It is registered in Organizations; neither of its hubs is enabled. To designate the same
        account again changes nothing (inferred [SH-41]).

        Raises:
            InvalidInputException: the account is not in the organization, is the management
                account, or another one is the administrator of either service.
        """
        administrators = self.store(DelegationV2Store).administrators
        management = organization.management_account_id
        if administrators.get(management) != admin_account_id:
            self._check_eligible(ctx, organization, admin_account_id)
            administrators[management] = admin_account_id
        ctx.world.other_services.register_delegated_administrator(
            organization, ctx.partition, admin_account_id, SERVICE_PRINCIPAL
        )
        return {"AdminAccountId": admin_account_id, "Feature": FEATURE_V2}

    def end(self, organization: Organization, admin_account_id: str) -> None:
        """End the role of the administrator for V2; its role in the older service stays.

        Raises:
            ResourceNotFoundException: the account is not the administrator.
        """
        administrators = self.store(DelegationV2Store).administrators
        if administrators.get(organization.management_account_id) != admin_account_id:
            raise ResourceNotFoundException(
                f"Account {admin_account_id} is not an administrator for this organization"
            )
        del administrators[organization.management_account_id]

    def listed(self, ctx: Context) -> dict[str, Any]:
        """Return the administrator for V2, as a list of one or none without a status.

        Raises:
            InvalidAccessException: the caller is not the management account; unlike in the older
                service the administrator may not ask (observed; text inferred [SH-192]).
        """
        organization = ctx.world.organization_of(ctx.account_id, ctx.partition)
        if organization is None or organization.management_account_id != ctx.account_id:
            raise InvalidAccessException(
                f"Account {ctx.account_id} is not the management account of its organization"
            )
        administrator = self.store(DelegationV2Store).administrators.get(ctx.account_id)
        return {
            "AdminAccounts": Listing(
                [administrator] if administrator else [],
                position=lambda account_id: account_id,
                show=lambda account_id: {"AccountId": account_id},
            ),
            "Feature": FEATURE_V2,
        }

    @classmethod
    def organization_changed(cls, backends: ServiceBackends, change: OrganizationChange) -> None:
        """Follow what happened to an organization: the role ends as in the older service."""
        for (partition,), store in backends.world.stores(DelegationV2Store):
            if partition != change.partition:
                continue
            administrator = store.administrators.get(change.management_account_id)
            if administrator is not None and ends_role(change, administrator):
                del store.administrators[change.management_account_id]

    def _check_eligible(self, ctx: Context, organization: Organization, account_id: str) -> None:
        check_can_administer(organization, account_id)
        management = organization.management_account_id
        if account_id == management:
            raise InvalidInputException(
                "The management account cannot be the delegated administrator of Security Hub V2"
            )
        current = self.store(DelegationV2Store).administrators.get(management)
        older = {
            store.administrators.get(management)
            for (region,), store in self.backend.world.stores(DelegationStore)
            if partition_of(region) == ctx.partition
        }
        registered = organization.delegated.get(SERVICE_PRINCIPAL, ())
        others = {current, *older, *registered} - {None, account_id, management}
        if others:
            raise InvalidInputException(
                f"Account {', '.join(sorted(map(str, others)))} is the Security Hub administrator"
                " of this organization. Security Hub and Security Hub V2 must have the same"
                " administrator: remove it in both, and deregister it in Organizations, before you"
                " designate another account"
            )
