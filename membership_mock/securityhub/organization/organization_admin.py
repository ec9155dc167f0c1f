"""The delegated administrator of an organization: designated and removed, per region.

The organization itself lives in moto's Organizations, and is followed there: when the registration
ends, an account leaves or is closed, roles and members go with it.

Sources: the API pages of the three operations and the user guide on organizations; what they leave
open is marked inferred.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, ServiceBackends, operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.protocol.regions import partition_of
from membership_mock.engine.state.organizations import Organization, OrganizationChange
from membership_mock.engine.state.world import Store, World
from membership_mock.securityhub.errors import (
    NO_ORGANIZATION,
    AccessDeniedException,
    InvalidAccessException,
    InvalidInputException,
    ResourceNotFoundException,
    not_an_administrator,
    not_an_administrator_text,
    not_subscribed_text,
)
from membership_mock.securityhub.hubs.hubs import Hubs
from membership_mock.securityhub.relationships.administration import Administration
from membership_mock.securityhub.relationships.associations import AssociationStore
from membership_mock.securityhub.relationships.deferred_rollouts import (
    DeferredRollouts,
    are_many,
)
from membership_mock.securityhub.relationships.delegation import (
    SERVICE_PRINCIPAL,
    Delegation,
    DelegationStore,
    check_can_administer,
    ends_role,
)
from membership_mock.securityhub.relationships.organization_settings import OrganizationSettings
from membership_mock.securityhub.v2.access.delegation import DelegationV2Store
from membership_mock.securityhub.v2.access.designation import FEATURE_V2, DesignationV2

FEATURE = "SecurityHub"

S = TypeVar("S", bound=Store)


class OrganizationAdmin(Family):
    """The operations on the delegated administrator."""

    def delegated_administrator(self) -> str | None:
        """Return the delegated administrator of the caller's organization in this region."""
        return self.of(Delegation).delegated_administrator()

    @operation("EnableOrganizationAdminAccount")
    def enable_organization_admin_account(
        self, ctx: Context, admin_account_id: str, feature: str | None = None
    ) -> dict[str, str]:
        """Make an account the organization's administrator in this region.

        Its hub is enabled with the default standards, and it is registered in Organizations. To
        designate the same account again changes nothing (inferred [SH-41]). With the feature
        SecurityHubV2 it is the administrator of V2, in every region (`DesignationV2`).

        Raises:
            InvalidAccessException: the caller is not the management account (inferred [SH-39]).
            InvalidInputException: there is no such account in the organization, not all features
                of the organization are enabled (documented rule), another account was designated
                in some region or is registered in Organizations, the account is another's member,
                or the management account designates itself without a hub (codes
                inferred [SH-40, SH-42, SH-43]).
        """
        organization = self._managed_organization(ctx)
        if feature == FEATURE_V2:
            return self.of(DesignationV2).designate(ctx, organization, admin_account_id)
        administrators = self.store(DelegationStore).administrators
        management = organization.management_account_id
        if self.delegated_administrator() != admin_account_id:
            self._check_eligible(ctx, organization, admin_account_id)
            self.of(Hubs).enable(admin_account_id, default_standards=True, now=ctx.now)
            administrators[management] = admin_account_id
            self.of(Administration).adopt_members(admin_account_id, organization.accounts)
        # Source: user guide, "the first designation registers the account"; that trusted access is
        # enabled along with it is inferred [SH-44] from what the console does.
        ctx.world.other_services.register_delegated_administrator(
            organization, ctx.partition, admin_account_id, SERVICE_PRINCIPAL
        )
        return {"AdminAccountId": admin_account_id, "Feature": FEATURE}

    @operation("DisableOrganizationAdminAccount")
    def disable_organization_admin_account(
        self, ctx: Context, admin_account_id: str, feature: str | None = None
    ) -> None:
        """End the administrator's role in this region; its registration in Organizations stays.

        Its members by organization are Removed, and all hubs stay.

        Raises:
            InvalidAccessException: the caller is not the management account (inferred [SH-39]).
            InvalidInputException: central configuration is in use (rule documented, error
                inferred [SH-46]).
            ResourceNotFoundException: the account is not the administrator (observed, though the
                model does not declare the error here).
        """
        organization = self._managed_organization(ctx)
        if feature == FEATURE_V2:
            self.of(DesignationV2).end(organization, admin_account_id)
            return
        if self.delegated_administrator() != admin_account_id:
            raise ResourceNotFoundException(not_an_administrator_text(admin_account_id))
        settings = self.of(OrganizationSettings).settings(admin_account_id)
        if settings.configuration_type == "CENTRAL":
            raise InvalidInputException(
                "Cannot remove the Security Hub administrator while Central Configuration is on"
            )
        self.release(organization.management_account_id, ctx.now)

    @operation("ListOrganizationAdminAccounts")
    def list_organization_admin_accounts(
        self, ctx: Context, feature: str | None = None
    ) -> dict[str, Any]:
        """Return the organization's administrator in this region, as a list of at most one.

        The management account needs no hub for it, and the administrator may ask as well.

        Raises:
            AccessDeniedException: the caller is in no organization (observed).
            InvalidAccessException: the caller is neither of them (text inferred [SH-192]), or has
                no hub.
        """
        if feature == FEATURE_V2:
            return self.of(DesignationV2).listed(ctx)
        organization = ctx.world.organization_of(ctx.account_id, ctx.partition)
        if organization is None:
            raise AccessDeniedException(NO_ORGANIZATION)
        administrator = self.delegated_administrator()
        management = organization.management_account_id
        if ctx.account_id not in (management, administrator):
            self.of(Hubs).require()
            raise not_an_administrator(ctx.account_id)
        shown = [administrator] if administrator else []
        return {
            "AdminAccounts": Listing(
                shown,
                position=lambda account_id: account_id,
                show=lambda account_id: {"AccountId": account_id, "Status": "ENABLED"},
            ),
            "Feature": FEATURE,
        }

    @classmethod
    def organization_changed(cls, backends: ServiceBackends, change: OrganizationChange) -> None:
        """Follow what happened to an organization, in every region.

        Documented: the administrator is deregistered or closed, a member leaves. An account that is
        closed stays on the list of its administrator for 90 days (see `Administration`).
        Inferred [SH-195]: the administrator leaves, the organization is deleted, or trusted access
        is disabled.
        """
        if change.kind == "close_account" and change.account_id is not None:
            for _, store in _in_partition(backends.world, AssociationStore, change.partition):
                store.close_account(change.account_id, change.now)
        if change.kind == "reinstate_account" and change.account_id is not None:
            for _, store in _in_partition(backends.world, AssociationStore, change.partition):
                store.closed.pop(change.account_id, None)
        for region, delegation in _in_partition(backends.world, DelegationStore, change.partition):
            administrator = delegation.administrators.get(change.management_account_id)
            if administrator is None:
                continue
            family = backends.of(administrator, region).family(cls)
            if ends_role(change, administrator):
                family.release(change.management_account_id, change.now)
            elif change.kind == "remove_account_from_organization":
                administration = family.of(Administration)
                administration.dismiss(administrator, change.account_id or "", change.now)

    def release(self, management_account_id: str, now: datetime) -> None:
        """End the role of an organization's administrator in this region, and what hangs on it."""
        administrator = self.store(DelegationStore).administrators.pop(management_account_id)
        deferred = self.of(DeferredRollouts)
        members = self.store(AssociationStore).roster(administrator).ordered
        concerned = [each.account_id for each in members if each.by_organization]
        concerned += deferred.expected(administrator)
        if not are_many(len(concerned)):
            deferred.catch_up_all(concerned)
            for account_id in concerned:
                self.of(Administration).dismiss(administrator, account_id, now)
        else:
            deferred.let_leave(administrator, concerned, now)
        self.of(OrganizationSettings).forget(administrator)

    def _managed_organization(self, ctx: Context) -> Organization:
        """Return the organization that the caller is the management account of."""
        organization = ctx.world.organization_of(ctx.account_id, ctx.partition)
        if organization is None:
            raise InvalidInputException(
                f"Account {ctx.account_id} is not a member of an organization"
            )
        if organization.management_account_id != ctx.account_id:
            raise InvalidAccessException(
                f"Account {ctx.account_id} is not the management account of its organization"
            )
        return organization

    def _check_eligible(self, ctx: Context, organization: Organization, account_id: str) -> None:
        check_can_administer(organization, account_id)
        designated = {
            store.administrators.get(ctx.account_id)
            for _, store in _in_partition(self.backend.world, DelegationStore, ctx.partition)
        }
        registered = organization.delegated.get(SERVICE_PRINCIPAL, ())
        designated.add(self.store(DelegationV2Store).administrators.get(ctx.account_id))
        others = {*designated, *registered} - {None, account_id}
        if account_id == ctx.account_id:
            # V2's administrator may be another one if the management account is this one's
            others -= {self.store(DelegationV2Store).administrators.get(ctx.account_id)}
        if others:
            named = ", ".join(sorted(map(str, others)))
            raise InvalidInputException(
                f"Account {named} is the Security Hub administrator of this organization."
                " Remove it in all Regions, and deregister it in Organizations, before you"
                " designate another account"
            )
        administrator = self.of(Administration).administrator_of(account_id)
        if administrator is not None:
            raise InvalidInputException(
                f"Account {account_id} is a member account of {administrator}"
            )
        if account_id == ctx.account_id and self.of(Hubs).of_account(account_id) is None:
            raise InvalidInputException(not_subscribed_text(account_id))


def _in_partition(world: World, kind: type[S], partition: str) -> list[tuple[str, S]]:
    """Return the stores of the regions of a partition, with the region."""
    return [
        (region, store)
        for (region,), store in world.stores(kind)
        if partition_of(region) == partition
    ]
