"""Hubs: an account that has one in a region is subscribed to Security Hub there.

Sources: the API pages of the four operations; logs of real calls for the texts of refusals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from datetime import datetime
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.pipeline.tagged_resource import TaggedResource
from membership_mock.engine.state.summary import Summary, View, one
from membership_mock.engine.state.world import Scope, Store
from membership_mock.securityhub.errors import (
    CENTRALLY_MANAGED,
    AccessDeniedException,
    InvalidAccessException,
    InvalidInputException,
    ResourceConflictException,
    ResourceNotFoundException,
    not_subscribed,
)
from membership_mock.securityhub.families import SecurityHubFamily
from membership_mock.securityhub.relationships.administration import Administration
from membership_mock.securityhub.relationships.associations import AssociationStore
from membership_mock.securityhub.relationships.central_configuration import Governance
from membership_mock.securityhub.relationships.deferred_rollouts import DeferredRollouts
from membership_mock.securityhub.relationships.delegation import Delegation


@dataclass
class Hub:
    """A hub; fields that are not explained are those of DescribeHub.

    Attributes:
        account_id: whose hub it is.
        subscribed_at: when it was enabled.
    """

    account_id: str
    hub_arn: str
    subscribed_at: datetime
    auto_enable_controls: bool = True
    control_finding_generator: str = "SECURITY_CONTROL"
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class HubStore(Store, scope=Scope.REGION):
    """The hubs of all accounts in a region, by account."""

    rank = 5
    hubs: dict[str, Hub] = field(default_factory=dict)

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each hub."""
        del view
        (region,) = key
        for account_id, hub in self.hubs.items():
            controls = "" if hub.auto_enable_controls else ", new controls are not enabled"
            yield Summary(account_id, region, "securityhub", one(f"hub{controls}"))


class Hubs(SecurityHubFamily):
    """The operations on hubs."""

    def require(self) -> Hub:
        """Return the caller's hub in this region.

        Raises:
            InvalidAccessException: the caller has no hub here.
        """
        hub = self.of_account(self.backend.account_id)
        if hub is None:
            raise not_subscribed(self.backend.account_id)
        return hub

    def of_account(self, account_id: str) -> Hub | None:
        """Return the hub of an account in this region; None if it has none."""
        self.of(DeferredRollouts).catch_up(account_id)
        return self.store(HubStore).hubs.get(account_id)

    def control_finding_generator(self, account_id: str) -> str:
        """Return how findings of controls are written for an account with a hub in this region.

        A member has its administrator's (documented: it mirrors it).
        """
        administrator = self.of(Administration).administrator_of(account_id)
        deciding = self.of_account(administrator) if administrator else None
        return (deciding or self.store(HubStore).hubs[account_id]).control_finding_generator

    def enable(
        self,
        account_id: str,
        *,
        default_standards: bool,
        now: datetime,
        control_finding_generator: str | None = None,
        tags: dict[str, str] | None = None,
    ) -> Hub:
        """Return the hub of an account in this region; enable it if it is not enabled.

        A hub that is there already stays as it is, its standards included (documented for the
        accounts of an organization).
        """
        self.of(DeferredRollouts).catch_up(account_id)
        hubs = self.store(HubStore).hubs
        if account_id not in hubs:
            backend = self.backend
            hubs[account_id] = Hub(
                account_id=account_id,
                hub_arn=(
                    f"arn:{backend.partition}:{backend.service}:{backend.region_name}"
                    f":{account_id}:hub/default"
                ),
                subscribed_at=now,
                control_finding_generator=control_finding_generator or "SECURITY_CONTROL",
                tags=tags or {},
            )
            for family in self.followers():
                family.hub_enabled(account_id, now, default_standards=default_standards)
        return hubs[account_id]

    def disable(self, account_id: str, now: datetime) -> None:
        """Remove the hub of an account in this region, its standards and its members.

        Associations with its own administrator and its invitations stay (inferred [SH-5, SH-216]).
        """
        del now
        self.of(DeferredRollouts).catch_up(account_id)
        self.store(AssociationStore).forget_administrator(account_id)
        for family in self.followers():
            family.hub_disabling(account_id)
        self.store(HubStore).hubs.pop(account_id, None)

    @operation("EnableSecurityHub")
    def enable_security_hub(
        self,
        ctx: Context,
        tags: dict[str, str] | None = None,
        enable_default_standards: bool | None = None,
        control_finding_generator: str | None = None,
    ) -> None:
        """Enable the caller's hub in this region.

        Raises:
            AccessDeniedException: a configuration policy governs the account.
            ResourceConflictException: it is enabled already (observed).
        """
        self.require_not_centrally_managed()
        if self.of_account(ctx.account_id) is not None:
            raise ResourceConflictException("Account is already subscribed to Security Hub")
        self.enable(
            ctx.account_id,
            default_standards=enable_default_standards is not False,
            now=ctx.now,
            control_finding_generator=control_finding_generator,
            tags=tags,
        )

    @operation("DisableSecurityHub")
    def disable_security_hub(self, ctx: Context) -> None:
        """Disable the caller's hub in this region; an administrator's member list goes with it.

        Raises:
            AccessDeniedException: a configuration policy governs the account.
            InvalidInputException: the account is an administrator with enabled members, the
                organization's administrator, or an enabled member (observed, though the model
                does not declare the error here).
            ResourceNotFoundException: there is no hub (observed).
        """
        if self.of_account(ctx.account_id) is None:
            raise ResourceNotFoundException("Account is not subscribed to Security Hub")
        self.require_not_centrally_managed()
        administration = self.of(Administration)
        if self._is_delegated() or administration.has_enabled_members(ctx.account_id):
            raise InvalidInputException(
                "Cannot disable Security Hub on the Security Hub administrator"
            )
        if administration.administrator_of(ctx.account_id) is not None:
            raise InvalidInputException("Member account cannot disable Security Hub")
        self.disable(ctx.account_id, ctx.now)

    @operation("DescribeHub")
    def describe_hub(self, ctx: Context, hub_arn: str | None = None) -> dict[str, Any]:
        """Return the caller's hub in this region.

        A member shows its administrator's ControlFindingGenerator (documented: it mirrors it).

        Raises:
            ResourceNotFoundException: ``HubArn`` is not the ARN of that hub (inferred [SH-1]).
        """
        hub = self.require()
        if hub_arn is not None and hub_arn != hub.hub_arn:
            raise ResourceNotFoundException(f"Hub {hub_arn} was not found")
        return {
            "HubArn": hub.hub_arn,
            # a string, unlike the timestamps of other operations
            "SubscribedAt": hub.subscribed_at.isoformat(timespec="milliseconds")[:23] + "Z",
            "AutoEnableControls": hub.auto_enable_controls,
            "ControlFindingGenerator": self.control_finding_generator(ctx.account_id),
        }

    @operation("UpdateSecurityHubConfiguration")
    def update_security_hub_configuration(
        self,
        ctx: Context,
        auto_enable_controls: bool | None = None,
        control_finding_generator: str | None = None,
    ) -> None:
        """Change what is given.

        Raises:
            AccessDeniedException: a configuration policy governs the account.
            InvalidAccessException: a member wants to change ``ControlFindingGenerator`` (observed).
        """
        hub = self.require()
        self.require_not_centrally_managed()
        administrator = self.of(Administration).administrator_of(ctx.account_id)
        if control_finding_generator is not None and administrator is not None:
            raise InvalidAccessException(
                "Request contains configurations that cannot be updated by a member account"
                f" {ctx.account_id}"
            )
        if auto_enable_controls is not None:
            hub.auto_enable_controls = auto_enable_controls
        if control_finding_generator is not None:
            hub.control_finding_generator = control_finding_generator

    def tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield the hub of this account and region."""
        hub = self.of_account(self.backend.account_id)
        if hub is not None:
            yield TaggedResource(arn=hub.hub_arn, tags=hub.tags, resource_type="securityhub:hub")

    def require_not_centrally_managed(self) -> None:
        """Refuse what an account may not do to its hub while a configuration policy governs it.

        The administrator itself is not refused (inferred [SH-3] from the text).
        """
        account_id = self.backend.account_id
        if self.of(Governance).is_centrally_managed(account_id) and not self._is_delegated():
            raise AccessDeniedException(CENTRALLY_MANAGED)

    def _is_delegated(self) -> bool:
        return self.of(Delegation).led_organization() is not None
