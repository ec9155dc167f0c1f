"""Memberships: the accounts that may hold one, and the operations on them.

A membership belongs to one account and to the region it was created in. An organization has one at
the most; its management account or the delegated administrator of the service holds it.

Sources: the API and user guide pages of AWS Security Incident Response; what they leave open is
marked inferred.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, ServiceBackends, operation
from membership_mock.engine.pipeline.tagged_resource import TaggedResource
from membership_mock.engine.protocol import model
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.state.organizations import Organization, OrganizationChange
from membership_mock.engine.state.world import World
from membership_mock.security_ir.errors import (
    AccessDeniedException,
    ConflictException,
    SecurityIncidentResponseNotActiveException,
    ValidationException,
)
from membership_mock.security_ir.memberships.account_scope import AccountScope, check_change
from membership_mock.security_ir.memberships.incident_response_team import (
    check_team,
    with_preferences,
)
from membership_mock.security_ir.memberships.membership_events import announce_membership
from membership_mock.security_ir.memberships.membership_store import (
    NEXT_STATUS,
    Event,
    Membership,
    MembershipStore,
)

SERVICE_PRINCIPAL = "security-ir.amazonaws.com"


class Memberships(Family):
    """The operations on memberships."""

    def require_active(self) -> Membership:
        """Return the active membership of this account in this region.

        Raises:
            SecurityIncidentResponseNotActiveException: the account has no active membership in this
                region.
        """
        store = self.store(MembershipStore)
        membership_id = store.active.get(self.backend.account_id)
        if membership_id is not None:
            membership = store.memberships[membership_id]
            if membership.region == self.backend.region_name:
                return membership
        raise SecurityIncidentResponseNotActiveException(
            "Your account does not have an active AWS Security Incident Response membership in"
            " this Region."
        )

    @classmethod
    def waiting(cls, world: World) -> Iterator[tuple[str, str]]:
        """Yield the accounts and regions with memberships, which may have been cancelled."""
        for _, store in world.stores(MembershipStore):
            yield from store.homes

    def time_passed(self, now: datetime) -> None:
        """Terminate the memberships of this account and region whose end has come."""
        store = self.store_if_any(MembershipStore)
        if store is not None:
            home = (self.backend.account_id, self.backend.region_name)
            for membership, ended in store.pass_time_at(home, now):
                announce_membership(self.backend.world, membership, "Terminated", ended)

    def visible(self, membership_id: str, now: datetime) -> Membership:
        """Return the membership ``membership_id`` of this account in this region, in any status.

        Raises:
            AccessDeniedException: it does not exist, or belongs to another account or region.
                Source: the smoke test of the service's Smithy model.
        """
        store = self.store(MembershipStore)
        membership = store.memberships.get(membership_id)
        home = (self.backend.account_id, self.backend.region_name)
        if membership is None or (membership.account_id, membership.region) != home:
            raise AccessDeniedException(
                f"You are not authorized to access membership {membership_id} from this account"
                " and Region."
            )
        if membership.ends is not None and membership.ends <= now:
            self.keep_for_refusal()
            ended = store.pass_time(membership, now)
            if ended is not None:
                announce_membership(self.backend.world, membership, "Terminated", ended)
        return membership

    def visible_and_active(self, membership_id: str, now: datetime) -> Membership:
        """Return the membership ``membership_id`` like `visible`, provided that it is active.

        Raises:
            SecurityIncidentResponseNotActiveException: it was cancelled or terminated
                (inferred [IR-37]).
        """
        membership = self.visible(membership_id, now)
        if membership.membership_status != "Active":
            raise SecurityIncidentResponseNotActiveException(
                f"Membership {membership_id} is not active."
            )
        return membership

    @operation("CreateMembership")
    def create_membership(
        self,
        ctx: Context,
        membership_name: str,
        incident_response_team: list[dict[str, Any]],
        opt_in_features: list[dict[str, Any]] | None = None,
        tags: dict[str, str] | None = None,
        cover_entire_organization: bool | None = None,
    ) -> dict[str, str]:
        """Create a membership, active at once, whose home is the caller's account and region.

        Trusted access for the service is not required (inferred [IR-1]: onboarding enables it). An
        account outside any organization gets a Standalone membership, which covers that account
        whatever ``coverEntireOrganization`` says (inferred [IR-7]).

        Raises:
            AccessDeniedException: the account is in an organization, and neither its management
                account nor the delegated administrator of the service.
            ConflictException: the account, in any region, or its organization has an active
                membership; or two members of the team share an e-mail address.
        """
        check_tag_keys(tags or {}, "tags")
        _check_features(opt_in_features or [])
        store = self.store(MembershipStore)
        organization = ctx.world.organization_of(ctx.account_id, ctx.partition)
        _check_eligible(ctx.account_id, organization, store)
        check_team(incident_response_team)
        membership_id = _new_id(ctx, store)
        store.add(
            Membership(
                membership_id=membership_id,
                account_id=ctx.account_id,
                region=ctx.region,
                membership_arn=ctx.arn(f"membership/{membership_id}"),
                membership_name=membership_name,
                membership_status="Active",
                membership_activation_timestamp=ctx.now,
                incident_response_team=with_preferences(incident_response_team),
                opt_in_features=_merged([], opt_in_features or []),
                scope=AccountScope(
                    ctx.account_id,
                    standalone=organization is None,
                    cover_entire_organization=bool(cover_entire_organization),
                ),
                sequence=len(store.memberships),
                tags=tags or {},
            )
        )
        announce_membership(ctx.world, store.memberships[membership_id], "Created", ctx.now)
        return {"membershipId": membership_id}

    @operation("GetMembership")
    def get_membership(self, ctx: Context, membership_id: str) -> dict[str, Any]:
        """Return a membership of the caller's account and region, in any status.

        A cancelled or terminated membership covers no account (inferred [IR-9]).
        """
        membership = self.visible(membership_id, ctx.now)
        covered = membership.covered(ctx.world.organization_of(ctx.account_id, ctx.partition))
        return {
            "membershipId": membership_id,
            "accountId": membership.account_id,
            "region": membership.region,
            "membershipName": membership.membership_name,
            "membershipArn": membership.membership_arn,
            "membershipStatus": membership.membership_status,
            "membershipActivationTimestamp": membership.membership_activation_timestamp,
            "membershipDeactivationTimestamp": membership.membership_deactivation_timestamp,
            "customerType": membership.customer_type,
            "numberOfAccountsCovered": len(covered),
            "incidentResponseTeam": membership.incident_response_team,
            "optInFeatures": membership.opt_in_features,
            "membershipAccountsConfigurations": {
                "coverEntireOrganization": membership.scope.cover_entire_organization,
                "organizationalUnits": membership.scope.organizational_units,
            },
        }

    @operation("ListMemberships")
    def list_memberships(self, ctx: Context) -> dict[str, Listing[str]]:
        """Return the memberships of the caller's account and region in any status, oldest first."""
        self.time_passed(ctx.now)
        store = self.store(MembershipStore)
        memberships = store.memberships
        return {
            "items": Listing(
                store.homes.get((ctx.account_id, ctx.region), ()),
                position=lambda membership_id: memberships[membership_id].sequence,
                show=memberships.__getitem__,
            )
        }

    @operation("UpdateMembership", differs="account scope changes take effect at once")
    def update_membership(
        self,
        ctx: Context,
        membership_id: str,
        membership_name: str | None = None,
        incident_response_team: list[dict[str, Any]] | None = None,
        opt_in_features: list[dict[str, Any]] | None = None,
        membership_accounts_configurations_update: dict[str, Any] | None = None,
        undo_membership_cancellation: bool | None = None,
    ) -> None:
        """Change what is given; the team is replaced as a whole, features are merged by name.

        Undoing a cancellation has the same conditions as creating a membership (inferred [IR-24]).

        Raises:
            ConflictException: the membership is not active, or, for an undo, not cancelled; or
                another membership is active by now; or two members of the team share an e-mail.
        """
        change = membership_accounts_configurations_update or {}
        if undo_membership_cancellation is False:
            raise ValidationException(
                "The only value you can set is true.", field="undoMembershipCancellation"
            )
        check_change(change)
        _check_features(opt_in_features or [])
        membership = self.visible(membership_id, ctx.now)
        event: Event = "undo cancellation" if undo_membership_cancellation else "update"
        _check_allowed(membership, event)
        store = self.store(MembershipStore)
        organization = ctx.world.organization_of(ctx.account_id, ctx.partition)
        if event == "undo cancellation":
            _check_eligible(ctx.account_id, organization, store)
        entire, units = membership.scope.after(change, organization)
        if incident_response_team is not None:
            check_team(incident_response_team)

        membership.remember_covered(organization)
        membership.scope.cover_entire_organization = entire
        membership.scope.organizational_units = units
        store.move(membership, event, ctx.now)
        membership.opt_in_features = _merged(membership.opt_in_features, opt_in_features or [])
        if membership_name is not None:
            membership.membership_name = membership_name
        if incident_response_team is not None:
            membership.incident_response_team = with_preferences(incident_response_team)
        announce_membership(ctx.world, membership, "Updated", ctx.now)

    @operation("CancelMembership")
    def cancel_membership(self, ctx: Context, membership_id: str) -> dict[str, str]:
        """Cancel a membership at once; it stays listed, and the cancellation can be undone.

        AWS terminates it at the end of the month in which it was cancelled, counted from the day of
        its activation. That AWS terminates it is documented; the time is inferred [IR-102] from the
        rule for cancellations before November 2025.

        A membership that is cancelled already stays as it is (inferred [IR-22]: modelled
        idempotent).

        Raises:
            ConflictException: the membership was terminated (inferred [IR-23]).
        """
        membership = self.visible(membership_id, ctx.now)
        _check_allowed(membership, "cancel")
        membership.remember_covered(ctx.world.organization_of(ctx.account_id, ctx.partition))
        was_active = membership.membership_status == "Active"
        self.store(MembershipStore).move(membership, "cancel", ctx.now)
        if was_active:
            announce_membership(ctx.world, membership, "Cancelled", ctx.now)
        return {"membershipId": membership_id}

    @classmethod
    def organization_changed(cls, backends: ServiceBackends, change: OrganizationChange) -> None:
        """Terminate memberships that ``change`` ends.

        Documented: the delegated administrator is deregistered, or trusted access is disabled.
        Inferred [IR-14, IR-19]: the membership account is closed or leaves the organization, or the
        organization is deleted; a cancelled membership is terminated as well.
        """
        world = backends.world
        accounts = _accounts_that_lose_it(world, change)
        if not accounts:
            return
        for key, store in world.stores(MembershipStore):
            if key != (change.partition,):
                continue
            for membership in store.memberships.values():
                ends = change.kind == "close_account" or not membership.scope.standalone
                allowed = (membership.membership_status, "terminate") in NEXT_STATUS
                if membership.account_id in accounts and ends and allowed:
                    store.move(membership, "terminate", change.now)
                    announce_membership(world, membership, "Terminated", change.now)

    def tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield the memberships of this account and region, in any status."""
        store = self.store(MembershipStore)
        home = (self.backend.account_id, self.backend.region_name)
        for membership_id in store.homes.get(home, ()):
            membership = store.memberships[membership_id]
            yield TaggedResource(
                arn=membership.membership_arn,
                tags=membership.tags,
                resource_type="security-ir:membership",
            )


def check_tag_keys(keys: Iterable[str], field_name: str) -> None:
    """Refuse tag keys that AWS keeps for itself.

    Inferred [IR-39]: the rule applies to tags of all AWS services.
    """
    if any(key.lower().startswith("aws:") for key in keys):
        raise ValidationException(
            "Tag keys that begin with aws: are reserved for AWS use.",
            reason="FIELD_VALIDATION_FAILED",
            field=field_name,
        )


def _accounts_that_lose_it(world: World, change: OrganizationChange) -> set[str]:
    if change.kind in ("close_account", "remove_account_from_organization"):
        return {change.account_id or ""}
    if change.kind == "delete_organization":
        return {change.management_account_id}
    if change.service_principal == SERVICE_PRINCIPAL:
        if change.kind == "deregister_delegated_administrator":
            return {change.account_id or ""}
        if change.kind == "disable_aws_service_access":
            organization = world.organization_of(change.management_account_id, change.partition)
            return set(organization.accounts) if organization else set()
    return set()


def _check_eligible(
    account_id: str, organization: Organization | None, store: MembershipStore
) -> None:
    if organization is not None:
        delegated = organization.delegated.get(SERVICE_PRINCIPAL, ())
        if account_id not in (organization.management_account_id, *delegated):
            raise AccessDeniedException(
                f"Account {account_id} is neither the management account of its organization nor"
                f" the delegated administrator for {SERVICE_PRINCIPAL}."
            )
        if not organization.all_features:
            raise ValidationException("Your organization must have all features enabled.")
    existing = store.active_among(account_id, organization)
    if existing is not None:
        raise ConflictException(
            f"Account {existing.account_id} already has the active membership"
            f" {existing.membership_id} in Region {existing.region}.",
            existing.membership_id,
            "Membership",
        )


def _check_allowed(membership: Membership, event: Event) -> None:
    status = membership.membership_status
    if (status, event) not in NEXT_STATUS:
        membership_id = membership.membership_id
        what = "undo the cancellation of" if event == "undo cancellation" else event
        raise ConflictException(
            f"You cannot {what} membership {membership_id} because its status is {status}.",
            membership_id,
            "Membership",
        )


def _check_features(features: list[dict[str, Any]]) -> None:
    if len({feature["featureName"] for feature in features}) < len(features):
        raise ValidationException("Each feature can be given only once.", field="optInFeatures")


def _merged(held: list[dict[str, Any]], given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the features after ``given``; by default a feature is off (inferred [IR-36])."""
    names = model.service_model("security-ir").shape_for("OptInFeatureName").metadata["enum"]
    enabled = dict.fromkeys(names, False)
    enabled.update({one["featureName"]: one["isEnabled"] for one in (*held, *given)})
    return [{"featureName": name, "isEnabled": on} for name, on in enabled.items()]


def _new_id(ctx: Context, store: MembershipStore) -> str:
    # As many characters as in the user guide's example; with more, the ARN would pass its limit in
    # the regions with the longest names.
    while True:
        letters = (
            ctx.world.random.choice(string.ascii_lowercase + string.digits) for _ in range(17)
        )
        membership_id = "m-" + "".join(letters)
        if membership_id not in store.memberships:
            return membership_id
