"""The rollout of configuration: what a policy does to an account, in every region it reaches.

AWS takes up to 24 hours for it; here it is done at once.

Sources: the user guide on configuration policies and on why an association fails.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from membership_mock.engine.pipeline.operation import Family
from membership_mock.engine.state.organizations import Organization
from membership_mock.securityhub.controls.policy_controls import PolicyControls
from membership_mock.securityhub.errors import InvalidInputException
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
    ConfigurationPolicy,
    Outcome,
    lineage,
)
from membership_mock.securityhub.relationships.delegation import DelegationStore
from membership_mock.securityhub.standards.standards import Standards


class ConfigurationRollout(Family):
    """What configuration policies do to accounts."""

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
        return aggregator.regions_reached(in_use)

    def check_regions(self, administrator_id: str, regions: Iterable[str]) -> None:
        """Refuse regions where the administrator is a member: no account can be both.

        Raises:
            InvalidInputException: it is a member in one of them (rule documented, error inferred).
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

    def settle(self, administrator_id: str, now: datetime) -> None:
        """Configure every account of the organization as what applies to it now says.

        Accounts join, leave and move, what they inherit changes with that, and the administrator
        opts into regions; all that is applied here. Accounts for which nothing has changed keep
        their settings.
        """
        central, organization = self._central(administrator_id)
        if central is None or organization is None:
            return
        for gone in [each for each in central.outcomes if each not in organization.accounts]:
            del central.outcomes[gone]
        for gone in [each for each in central.applied if not lineage(organization, each)]:
            del central.applied[gone]
        behind = []
        for account_id in organization.accounts:
            source = central.source(organization, account_id)
            outcome = central.outcomes.get(account_id)
            wanted = source.configuration_policy_id if source else None
            if wanted != (outcome.configuration_policy_id if outcome else None):
                behind.append(account_id)
        if behind:
            self.carry_out(administrator_id, behind, now)
        self._open(central, organization, now)

    def renew(self, administrator_id: str, policy_id: str, now: datetime) -> None:
        """Apply a policy that has changed to all accounts that follow it."""
        central, organization = self._central(administrator_id)
        if central is not None and organization is not None:
            for applied in central.applied.values():
                if applied.configuration_policy_id == policy_id:
                    concerned = central.followers(organization, applied)
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
        if regions is None:
            regions = self._open(central, organization, now)
        wanted_regions = list(regions)
        reached = self.regions(administrator_id)
        for account_id in accounts:
            source = central.source(organization, account_id)
            if source is None:
                central.outcomes.pop(account_id, None)
                continue
            policy_id = source.configuration_policy_id
            before = central.outcomes.get(account_id)
            # what failed elsewhere has still failed
            reason = before.failure if before and not anew else None
            if policy_id != SELF_MANAGED:
                policy = central.policies[policy_id]
                for region in wanted_regions:
                    if not self._configure(
                        organization, central, policy, account_id, region, reached, now
                    ):
                        reason = reason or failure(policy_id, account_id, region)
            central.outcomes[account_id] = Outcome(policy_id, now, reason)

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
        policies apply there from now on, unless it is a member there (inferred).
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

    def _configure(
        self,
        organization: Organization,
        central: CentralConfiguration,
        policy: ConfigurationPolicy,
        account_id: str,
        region: str,
        reached: list[str],
        now: datetime,
    ) -> bool:
        """Configure an account in a region, one of those reached; return whether that succeeded.

        It fails for a suspended account, and for a management account that has not enabled
        Security Hub by itself (both documented); for an account that is a member of, or the
        administrator of, others (inferred).
        """
        administrator_id = central.administrator_id
        if not organization.accounts[account_id].active:
            return False
        hubs, administration = _families(self, region, account_id)
        is_member = administration.is_member(administrator_id, account_id)
        is_new = account_id != administrator_id and not is_member
        if is_new and administration.obstacle(administrator_id, account_id) is not None:
            return False
        if not policy.service_enabled:
            if is_member:
                # without a hub the account is no longer a member (inferred)
                store = administration.store(AssociationStore)
                store.move(store.rosters[administrator_id].members[account_id], "disassociate", now)
            hubs.disable(account_id, now)
            return True
        if account_id == organization.management_account_id and hubs.of_account(account_id) is None:
            return False
        if is_new:
            hubs.enable(account_id, default_standards=False, now=now)
            administration.enroll(administrator_id, account_id, now)
        hubs.enable(account_id, default_standards=False, now=now)
        _align(hubs.of(Standards), policy, account_id, now)
        controls = policy.security_hub.get("SecurityControlsConfiguration") or {}
        hubs.of(PolicyControls).carry_out(account_id, controls, reached, now)
        return True

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
        for account_id in organization.accounts:
            if hubs.of_account(account_id) is not None:
                administration.enroll(administrator_id, account_id, now)

    def _central(
        self, administrator_id: str
    ) -> tuple[CentralConfiguration | None, Organization | None]:
        store = self.store(CentralConfigurationStore)
        organization = self.backend.world.organization_of(administrator_id, self.backend.partition)
        return store.organizations.get(administrator_id), organization


def failure(policy_id: str, account_id: str, region: str) -> str:
    """Return the message of AWS about a policy that could not be applied."""
    return (
        f"Configuration Policy {policy_id} couldn't be applied to account {account_id} in {region}"
        " Region. Retry your request."
    )


def _families(here: Family, region: str, account_id: str) -> tuple[Hubs, Administration]:
    backend = here.backend.in_region(region, account_id)
    return backend.family(Hubs), backend.family(Administration)


def _align(
    standards: Standards, policy: ConfigurationPolicy, account_id: str, now: datetime
) -> None:
    """Subscribe an account to exactly those standards that a policy names, in one region."""
    named = policy.security_hub.get("EnabledStandardIdentifiers") or []
    # an ARN of the home region means the same standard in every region that the policy reaches
    wanted = {standard.standards_arn for standard in map(standards.find, named) if standard}
    held = standards.subscribed(account_id)
    standards.unsubscribe(account_id, [arn for arn in held if arn not in wanted], now)
    standards.subscribe(account_id, named, now)
