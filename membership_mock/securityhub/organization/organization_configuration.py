"""What an organization's administrator has configured for its accounts, per region.

With the type LOCAL, accounts that join the organization become members if AutoEnable says so. With
CENTRAL, configuration policies rule, in the home region of the administrator's finding aggregator
and in the regions that are linked to it.

Sources: the API pages of the two operations, the user guide on central configuration, logs of real
calls; what they leave open is marked inferred.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, ServiceBackends, operation
from membership_mock.engine.protocol.regions import partition_of
from membership_mock.engine.state.lifecycle import Progress
from membership_mock.engine.state.organizations import OrganizationChange
from membership_mock.securityhub.central_configuration.configuration_rollout import (
    ConfigurationRollout,
)
from membership_mock.securityhub.errors import (
    HOME_REGION_ONLY,
    AccessDeniedException,
    InvalidInputException,
    ResourceConflictException,
    not_an_administrator,
)
from membership_mock.securityhub.hubs.hubs import Hubs
from membership_mock.securityhub.relationships.administration import Administration
from membership_mock.securityhub.relationships.central_configuration import Governance
from membership_mock.securityhub.relationships.delegation import Delegation, DelegationStore
from membership_mock.securityhub.relationships.organization_settings import (
    OrganizationSettings,
    Settings,
    SettingsStore,
)

#: observed
NO_AUTO_ENABLE = "Auto Enable and AutoEnableStandards can not be enabled for Central Configuration"


class OrganizationConfiguration(Family):
    """The operations on the organization's configuration."""

    @operation("DescribeOrganizationConfiguration")
    def describe_organization_configuration(self, ctx: Context) -> dict[str, Any]:
        """Return the caller's settings for its organization.

        CENTRAL is PENDING at the first read after it was chosen, and settles to ENABLED at the
        second one, or after a minute (observed: clients wait up to three minutes for it).

        Raises:
            InvalidAccessException: the caller has no hub, or is not the administrator (observed).
        """
        self._require_administrator(ctx)
        settings = self.of(OrganizationSettings).settings(ctx.account_id)
        return {
            "AutoEnable": settings.auto_enable,
            "AutoEnableStandards": settings.auto_enable_standards,
            "MemberAccountLimitReached": self.of(Administration).is_full(ctx.account_id),
            "OrganizationConfiguration": {
                "ConfigurationType": settings.configuration_type,
                "Status": settings.look(ctx.now, ctx.world),
            },
        }

    @operation("UpdateOrganizationConfiguration")
    def update_organization_configuration(
        self,
        ctx: Context,
        auto_enable: bool,
        auto_enable_standards: Literal["NONE", "DEFAULT"] | None = None,
        organization_configuration: dict[str, Any] | None = None,
    ) -> None:
        """Change the caller's settings for its organization; what is left out stays as it is.

        Accounts that are in the organization already are not touched. Turning to CENTRAL sets
        AutoEnableStandards to NONE when the request leaves it out (inferred [SH-51]).

        Raises:
            InvalidAccessException: the caller has no hub, or is not the administrator (observed).
            InvalidInputException: CENTRAL goes neither with AutoEnable nor with default standards
                (observed), and needs a finding aggregator whose home region this is, and an
                administrator that is not the management account, nor another's member in a
                linked region (codes inferred [SH-52, SH-53]).
            AccessDeniedException: central configuration is in use, and this is not its home region.
            ResourceConflictException: back to LOCAL while there are configuration policies or
                associations (code inferred [SH-56]).
        """
        self._require_administrator(ctx)
        current, rollout = (
            self.of(OrganizationSettings).settings(ctx.account_id),
            self.of(ConfigurationRollout),
        )
        wanted = (organization_configuration or {}).get("ConfigurationType")
        after = wanted or current.configuration_type
        if after == "CENTRAL":
            if auto_enable or auto_enable_standards == "DEFAULT":
                raise InvalidInputException(NO_AUTO_ENABLE)
            self._check_central(ctx)
            if current.configuration_type != "CENTRAL":
                rollout.check_regions(ctx.account_id, rollout.regions(ctx.account_id))
            auto_enable_standards = "NONE"
        elif current.configuration_type == "CENTRAL":
            self._check_home(ctx)
            if self.of(Governance).in_use(ctx.account_id):
                raise ResourceConflictException(
                    "Disassociate and delete all configuration policies before you turn to local"
                    " configuration"
                )
        starts = after == "CENTRAL" != current.configuration_type
        set_up = Progress([ctx.now]) if starts else current.set_up
        self.store(SettingsStore).settings[ctx.account_id] = Settings(
            auto_enable=auto_enable,
            auto_enable_standards=auto_enable_standards or current.auto_enable_standards,
            configuration_type=after,
            set_up=set_up if after == "CENTRAL" else None,
        )
        if starts:
            rollout.begin(ctx.account_id, ctx.now)

    @classmethod
    def organization_changed(cls, backends: ServiceBackends, change: OrganizationChange) -> None:
        """Make an account that has just joined an organization a member, where AutoEnable says so.

        Source: API page UpdateOrganizationConfiguration.
        """
        joins = change.kind in ("create_account", "accept_handshake")
        if not joins or change.account_id is None:
            return
        for (region,), delegation in list(backends.world.stores(DelegationStore)):
            administrator = delegation.administrators.get(change.management_account_id)
            if administrator is not None and partition_of(region) == change.partition:
                family = backends.of(administrator, region).family(cls)
                family.admit(administrator, change.account_id, change.now)

    def admit(self, admin_account: str, account_id: str, now: datetime) -> None:
        """Apply the settings to a new account of the organization."""
        settings, administration = (
            self.of(OrganizationSettings).settings(admin_account),
            self.of(Administration),
        )
        if not settings.auto_enable:
            return
        if administration.obstacle(admin_account, account_id) is not None:
            return
        self.of(Hubs).enable(
            account_id, default_standards=settings.auto_enable_standards == "DEFAULT", now=now
        )
        administration.enroll(admin_account, account_id, now)

    def _require_administrator(self, ctx: Context) -> None:
        if self.of(Delegation).delegated_administrator() == ctx.account_id:
            return
        organization = ctx.world.organization_of(ctx.account_id, ctx.partition)
        if organization is None or organization.management_account_id != ctx.account_id:
            self.of(Hubs).require()
        raise not_an_administrator(ctx.account_id)

    def _check_central(self, ctx: Context) -> None:
        """Refuse CENTRAL where it cannot be. Source: user guide, prerequisites."""
        organization = ctx.world.organization_of(ctx.account_id, ctx.partition)
        if organization is not None and organization.management_account_id == ctx.account_id:
            raise InvalidInputException(
                "Central Configuration is not available when the management account is the Security"
                " Hub administrator"
            )
        if self.of(Governance).aggregator(ctx.account_id) is None:
            raise InvalidInputException(
                "A finding aggregator must be created before Central Configuration can be enabled"
            )
        self._check_home(ctx)

    def _check_home(self, ctx: Context) -> None:
        aggregator = self.of(Governance).aggregator(ctx.account_id)
        if aggregator is not None and aggregator.finding_aggregation_region != ctx.region:
            raise AccessDeniedException(HOME_REGION_ONLY)
