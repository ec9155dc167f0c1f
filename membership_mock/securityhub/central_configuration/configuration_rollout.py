"""The rollout of configuration: what a policy does to an account, in every region it reaches.

AWS takes up to 24 hours for it; here it is done at once. Where many accounts are concerned, those
that a policy treats like all others wait: what it does to one is carried out when that account is
read (``relationships/deferred_rollouts.py``).

Sources: the user guide on configuration policies and on why an association fails.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from membership_mock.engine.pipeline.operation import Backend, Family
from membership_mock.engine.state.opt_in import enabled_regions
from membership_mock.engine.state.organizations import Organization
from membership_mock.securityhub.central_configuration.regional_policy import (
    RegionalPolicy,
    failure,
)
from membership_mock.securityhub.central_configuration.waiting_accounts import Plan, plan_of
from membership_mock.securityhub.errors import (
    InvalidInputException,
)
from membership_mock.securityhub.hubs.hubs import Hubs, HubStore
from membership_mock.securityhub.relationships.administration import Administration
from membership_mock.securityhub.relationships.aggregation import (
    FindingAggregator,
    FindingAggregatorStore,
)
from membership_mock.securityhub.relationships.associations import AssociationStore
from membership_mock.securityhub.relationships.central_configuration import (
    SELF_MANAGED,
    CentralConfiguration,
    CentralConfigurationStore,
    Outcome,
    Sources,
    lineage,
)
from membership_mock.securityhub.relationships.deferred_rollouts import (
    DeferredRollouts,
    Rollout,
    RolloutCarrier,
    are_many,
)
from membership_mock.securityhub.relationships.delegation import DelegationStore
from membership_mock.securityhub.standards.standards import Standards


class ConfigurationRollout(RolloutCarrier):
    """What configuration policies do to accounts."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self._latest: tuple[Rollout, list[RegionalPolicy]] | None = None

    def regions(
        self, administrator_id: str, aggregator: FindingAggregator | None = None
    ) -> list[str]:
        """Return the regions that an administrator's policies reach, the home region first.

        Args:
            administrator_id: the delegated administrator.
            aggregator: what its finding aggregator is going to be; None for what it is.
        """
        if aggregator is None:
            aggregator = self.store(FindingAggregatorStore).aggregators.get(administrator_id)
        if aggregator is None:
            return []
        stores = self.backend.world.stores(HubStore)
        in_use = [region for (region,), store in stores if administrator_id in store.hubs]
        in_use += enabled_regions(self.backend.world, administrator_id)
        return aggregator.regions_reached(in_use)

    def check_regions(self, administrator_id: str, regions: Iterable[str]) -> None:
        """Refuse regions where the administrator is a member: no account can be both.

        Raises:
            InvalidInputException: it is a member in one of them (rule documented, error
                inferred [SH-53]).
        """
        for region in regions:
            other = self._administrator_of(administrator_id, region)
            if other is not None:
                raise InvalidInputException(
                    f"Account {administrator_id} is a member account of {other} in {region}"
                )

    def begin(self, administrator_id: str, now: datetime) -> None:
        """Start central configuration, in the home region and in the linked ones.

        The delegated administrator has its role and a hub in all of them, and the accounts of the
        organization that have a hub become its members. Source: user guide, instructions for
        enabling central configuration.
        """
        organization = self.backend.world.organization_of(administrator_id, self.backend.partition)
        if organization is not None:
            for region in self.regions(administrator_id):
                self._take_over(region, organization, administrator_id, now)

    def lose_home(self, administrator_id: str) -> None:
        """Delete policies and associations; accounts keep their settings (documented)."""
        self.store(CentralConfigurationStore).organizations.pop(administrator_id, None)

    def settle(
        self, administrator_id: str, now: datetime, concerned: Iterable[str] | None = None
    ) -> None:
        """Configure accounts of the organization as what applies to them now says.

        Accounts join, leave and move, and what they inherit changes with that. Accounts for which
        nothing has changed keep their settings.

        Args:
            administrator_id: the delegated administrator.
            now: when that happens.
            concerned: the accounts that it may have changed for; None for all of them.
        """
        central, organization = self._central(administrator_id)
        if central is None or organization is None:
            return
        for gone in [each for each in central.applied if not lineage(organization, each)]:
            del central.applied[gone]
        if concerned is None:
            concerned = list(dict.fromkeys([*central.outcomes, *organization.accounts]))
        sources = Sources(central, organization)
        behind = []
        for account_id in concerned:
            if account_id not in organization.accounts:
                central.outcomes.pop(account_id, None)
                continue
            source = sources.of(account_id)
            outcome = central.outcomes.get(account_id)
            wanted = source.configuration_policy_id if source else None
            if wanted != (outcome.configuration_policy_id if outcome else None):
                behind.append(account_id)
        if behind:
            self.carry_out(administrator_id, behind, now)
        self._open(central, organization, now)

    def open_regions(self, administrator_id: str, now: datetime) -> None:
        """Extend the policies to regions that the administrator has opted into in the meantime."""
        central, organization = self._central(administrator_id)
        if central is not None and organization is not None:
            self._open(central, organization, now)

    def renew(self, administrator_id: str, policy_id: str, now: datetime) -> None:
        """Apply a policy that has changed to all accounts that follow it."""
        central, organization = self._central(administrator_id)
        if central is not None and organization is not None:
            concerned = central.followers(organization, policy_id)
            if concerned:
                self.carry_out(administrator_id, concerned, now)

    def carry_out(
        self,
        administrator_id: str,
        accounts: Iterable[str],
        now: datetime,
        regions: Iterable[str] | None = None,
    ) -> None:
        """Configure accounts as the policy says that applies to them, if any does.

        An account without a policy, or one that manages itself, keeps the settings that it has.

        Args:
            administrator_id: the delegated administrator.
            accounts: accounts of its organization.
            now: when that happens.
            regions: where; None for all regions that the policies reach.
        """
        central, organization = self._central(administrator_id)
        if central is None or organization is None:
            return
        anew = regions is None
        regions = self._open(central, organization, now) if regions is None else list(regions)
        concerned = list(accounts)
        some_wait = are_many(len(concerned), len(regions))
        plan: Plan | None = None
        sources = Sources(central, organization)
        policies: dict[str, list[RegionalPolicy]] = {}
        for place, account_id in enumerate(concerned):
            source = sources.of(account_id)
            if source is None:
                central.outcomes.pop(account_id, None)
                continue
            policy_id = source.configuration_policy_id
            before = central.outcomes.get(account_id)
            # what failed elsewhere has still failed
            reason = before.failure if before and not anew else None
            if policy_id != SELF_MANAGED:
                policy = central.policies[policy_id]
                account = organization.accounts[account_id]
                if some_wait and plan is None:
                    reached = self.regions(administrator_id)
                    plan = plan_of(self, organization, central, concerned, regions, reached, now)
                if plan is not None and plan.lets_wait(account, policy, place):
                    central.outcomes[account_id] = Outcome(policy_id, now, reason)
                    continue
                if policy_id not in policies:
                    policies[policy_id] = [
                        self._in_region(policy.security_hub, administrator_id, region)
                        for region in regions
                    ]
                self.of(DeferredRollouts).catch_up(account_id)
                for regional in policies[policy_id]:
                    cause = regional.configure(organization, account, now)
                    if cause is not None and reason is None:
                        reason = failure(policy_id, account_id, regional.region, cause)
            central.outcomes[account_id] = Outcome(policy_id, now, reason)
        if plan is not None:
            plan.end()

    def carry_out_for(self, account_id: str, rollout: Rollout) -> None:
        """Configure an account that has waited for a rollout, as of the time of the rollout."""
        if rollout.security_hub is None:
            (region,) = rollout.regions
            _, administration = _families(self, region, rollout.administrator_id)
            administration.dismiss(rollout.administrator_id, account_id, rollout.at)
            return
        for policy in self._policies_of(rollout):
            policy.apply(account_id, rollout.at, rollout.sequence(account_id, policy.region))

    def _policies_of(self, rollout: Rollout) -> list[RegionalPolicy]:
        """Return what a rollout means in its regions, which is kept for the next account."""
        if self._latest is None or self._latest[0] is not rollout:
            security_hub = rollout.security_hub or {}
            policies = [
                self._in_region(security_hub, rollout.administrator_id, region, rollout.reached)
                for region in rollout.regions
            ]
            self._latest = (rollout, policies)
        return self._latest[1]

    def extend(self, administrator_id: str, *, beyond: Collection[str], now: datetime) -> None:
        """Extend central configuration to those regions that it has not reached before."""
        new = [region for region in self.regions(administrator_id) if region not in beyond]
        central, organization = self._central(administrator_id)
        if organization is not None and new:
            for region in new:
                self._take_over(region, organization, administrator_id, now)
            self.carry_out(administrator_id, list(central.outcomes if central else ()), now, new)

    def _open(
        self, central: CentralConfiguration, organization: Organization, now: datetime
    ) -> list[str]:
        """Return the regions that policies reach and where the administrator has its role.

        Where all regions are linked, it may have enabled a hub in one that takes opting in: then
        policies apply there from now on, unless it is a member there (inferred [SH-64, SH-84]).
        """
        administrator_id = central.administrator_id
        reached = self.regions(administrator_id)
        led = {
            region
            for (region,), store in self.backend.world.stores(DelegationStore)
            if store.administrators.get(organization.management_account_id) == administrator_id
        }
        if central.applied:
            for region in reached:
                if region in led or self._administrator_of(administrator_id, region):
                    continue
                led.add(region)
                self._take_over(region, organization, administrator_id, now)
                self.carry_out(administrator_id, list(central.outcomes), now, [region])
        return [region for region in reached if region in led]

    def _in_region(
        self,
        security_hub: Mapping[str, Any],
        administrator_id: str,
        region: str,
        reached: list[str] | None = None,
    ) -> RegionalPolicy:
        hubs, administration = _families(self, region, administrator_id)
        standards = hubs.of(Standards)
        named = security_hub.get("EnabledStandardIdentifiers") or []
        return RegionalPolicy(
            region=region,
            is_home=region == self._home(administrator_id),
            administrator_id=administrator_id,
            service_enabled=bool(security_hub["ServiceEnabled"]),
            hubs=hubs,
            administration=administration,
            standards=standards,
            # an ARN of the home region means the same standard in every region
            wanted=[found.standards_arn for found in map(standards.find, named) if found],
            controls=security_hub.get("SecurityControlsConfiguration") or {},
            reached=self.regions(administrator_id) if reached is None else reached,
        )

    def _home(self, administrator_id: str) -> str | None:
        aggregator = self.store(FindingAggregatorStore).aggregators.get(administrator_id)
        return aggregator.finding_aggregation_region if aggregator else None

    def _administrator_of(self, account_id: str, region: str) -> str | None:
        _, administration = _families(self, region, account_id)
        return administration.administrator_of(account_id)

    def _take_over(
        self, region: str, organization: Organization, administrator_id: str, now: datetime
    ) -> None:
        """Make the account the administrator in ``region`` too, of all accounts with a hub."""
        hubs, administration = _families(self, region, administrator_id)
        # the key of an organization is its management account
        administrators = hubs.store(DelegationStore).administrators
        administrators.setdefault(organization.management_account_id, administrator_id)
        hubs.enable(administrator_id, default_standards=False, now=now)
        administration.adopt_members(administrator_id, organization.accounts)
        # what waits for an earlier administrator's policy has its hub from now on
        deferred = administration.of(DeferredRollouts)
        deferred.catch_up_all(deferred.of_others(administrator_id))
        with_hub = hubs.store(HubStore).hubs
        members = hubs.store(AssociationStore).roster(administrator_id).members
        for account_id in list(organization.accounts) if with_hub else ():
            member = members.get(account_id)
            # whoever waits for a rollout here has become a member with it, or has lost its hub
            if (
                account_id in with_hub
                and (member is None or member.member_status != "Enabled")
                and deferred.ends_enabled(administrator_id, account_id) is None
            ):
                administration.enroll(administrator_id, account_id, now)

    def _central(
        self, administrator_id: str
    ) -> tuple[CentralConfiguration | None, Organization | None]:
        store = self.store(CentralConfigurationStore)
        organization = self.backend.world.organization_of(administrator_id, self.backend.partition)
        return store.organizations.get(administrator_id), organization


def _families(here: Family, region: str, account_id: str) -> tuple[Hubs, Administration]:
    backend = here.backend.in_region(region, account_id)
    return backend.family(Hubs), backend.family(Administration)
