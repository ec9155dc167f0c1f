"""Central configuration: which configuration applies to an account, a unit or the root.

A delegated administrator applies configuration policies, or self-managed behavior, to accounts,
units and the root; what has nothing applied inherits from the closest parent that has. Only what
was applied is stored. What is inherited follows from the organization as it is at the moment.

Sources: the user guide on configuration policies and on the status of their associations.
"""

from __future__ import annotations

from collections import ChainMap, Counter
from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import datetime
from typing import Any, Literal

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.operation import Family
from membership_mock.engine.state.organizations import Organization
from membership_mock.engine.state.summary import (
    Summary,
    View,
    by_account,
    listed,
    named,
    one,
    several,
)
from membership_mock.engine.state.world import Scope, Store
from membership_mock.securityhub.relationships.aggregation import (
    FindingAggregator,
    FindingAggregatorStore,
)

#: the value instead of a policy id for a target that configures itself
SELF_MANAGED = "SELF_MANAGED_SECURITY_HUB"

TargetType = Literal["ACCOUNT", "ORGANIZATIONAL_UNIT", "ROOT"]


@dataclass
class ConfigurationPolicy:
    """A configuration policy; fields that are not explained are those of GetConfigurationPolicy.

    Attributes:
        sequence: its place in the order of creation.
    """

    arn: str
    id: str
    name: str
    description: str | None
    configuration_policy: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    sequence: int
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def security_hub(self) -> dict[str, Any]:
        """What the policy says about Security Hub, the only service that policies know."""
        found: dict[str, Any] = self.configuration_policy["SecurityHub"]
        return found

    @property
    def service_enabled(self) -> bool:
        """Whether Security Hub is on in the accounts that follow the policy."""
        return bool(self.security_hub["ServiceEnabled"])


@dataclass
class Applied:
    """A configuration that was applied to a target itself.

    Attributes:
        configuration_policy_id: the policy, or SELF_MANAGED_SECURITY_HUB.
        failed: how many of the accounts and units under a unit or the root had failed when it was
            applied; what happens to them later does not count (user guide).
    """

    target_id: str
    configuration_policy_id: str
    updated_at: datetime
    failed: int = 0


@dataclass
class Outcome:
    """The result of the last rollout of a configuration to an account.

    Attributes:
        failure: why it failed; None when it succeeded.
    """

    configuration_policy_id: str
    updated_at: datetime
    failure: str | None = None


@dataclass
class CentralConfiguration:
    """The configuration of one organization.

    Attributes:
        administrator_id: the delegated administrator that owns it.
        policies: its policies by id, in the order of creation.
        applied: what was applied, by the target's id.
        outcomes: the result of the last rollout, by account.
        last_sequence: what the latest policy was numbered.
    """

    administrator_id: str
    policies: dict[str, ConfigurationPolicy] = field(default_factory=dict)
    applied: dict[str, Applied] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    last_sequence: int = 0

    def source(self, organization: Organization, target_id: str) -> Applied | None:
        """Return what applies to a target: its own, or that of its closest parent; None if nothing.

        An inherited policy that switches Security Hub off does not apply to the delegated
        administrator.
        """
        return Sources(self, organization).of(target_id)

    def governed_by(self, organization: Organization, applied: Applied) -> list[str]:
        """Return the accounts that follow what was applied to one target."""
        if applied.target_id in organization.accounts:
            return [applied.target_id]
        sources = Sources(self, organization)
        return [each for each in organization.accounts if sources.of(each) is applied]

    def followers(self, organization: Organization, policy_id: str) -> list[str]:
        """Return the accounts that follow a policy, those of one target after those of another."""
        by_target: dict[str, list[str]] = {
            each.target_id: []
            for each in self.applied.values()
            if each.configuration_policy_id == policy_id
        }
        if by_target:
            sources = Sources(self, organization)
            for account_id in organization.accounts:
                source = sources.of(account_id)
                if source is not None and source.target_id in by_target:
                    by_target[source.target_id].append(account_id)
        return [account_id for accounts in by_target.values() for account_id in accounts]

    def failed_below(self, organization: Organization) -> Counter[str]:
        """Return how many of the accounts and units below each unit, and the root, have failed.

        That a unit fails with an account below it, and counts for what is above it, is
        inferred [SH-217].
        """
        direct: Counter[str] = Counter()
        for account_id, outcome in self.outcomes.items():
            if outcome.failure is not None and account_id in organization.accounts:
                direct[organization.accounts[account_id].parent_id] += 1
        below: Counter[str] = Counter()
        failed: set[str] = set()
        for parent_id, number in direct.items():
            chain = organization.ancestors(parent_id)
            failed.update(chain)
            for each in chain:
                below[each] += number
        for unit_id in failed:
            for each in organization.ancestors(unit_id)[1:]:
                below[each] += 1
        return below

    def governing(self, organization: Organization, account_id: str) -> str | None:
        """Return the policy that governs an account, SELF_MANAGED_SECURITY_HUB, or None.

        A policy whose rollout failed does not govern: the account may configure itself, or it could
        never repair what is missing (inferred [SH-81]).
        """
        outcome = self.outcomes.get(account_id)
        if outcome is not None and outcome.failure is not None:
            return None
        source = self.source(organization, account_id)
        return source.configuration_policy_id if source else None


class Sources:
    """What applies to the targets of an organization at one moment.

    Each unit is looked up once, however many accounts are below it.

    Args:
        central: the configuration of the organization.
        organization: the organization as it was read for this request.
    """

    def __init__(self, central: CentralConfiguration, organization: Organization) -> None:
        self._central = central
        self._organization = organization
        self._inherited_by: dict[str, Applied | None] = {}
        # no account has the id of a unit
        self._of_unit: Mapping[str, Applied | None] = ChainMap(
            self._inherited_by,
            central.applied,  # type: ignore[arg-type]  # it is only read
        )

    def of(self, target_id: str) -> Applied | None:
        """Return what applies to an account, a unit or the root; None if nothing does."""
        organization = self._organization
        account = organization.accounts.get(target_id)
        if account is None:
            known = target_id == organization.root_id or organization.has_unit(target_id)
            return self._inherited(target_id) if known else None
        own = self._central.applied.get(target_id)
        found = own or self._inherited(account.parent_id)
        if found is not None and target_id == self._central.administrator_id:
            policy = self._central.policies.get(found.configuration_policy_id)
            if policy is not None and not policy.service_enabled:
                return None
        return found

    def _inherited(self, unit_id: str) -> Applied | None:
        if unit_id not in self._inherited_by:
            passed, found = self._organization.inherited(unit_id, self._of_unit)
            self._inherited_by.update(dict.fromkeys([unit_id, *passed], found))
        return self._inherited_by[unit_id]


@dataclass
class CentralConfigurationStore(Store, scope=Scope.PARTITION):
    """The central configuration of all organizations, by delegated administrator."""

    rank = 3
    organizations: dict[str, CentralConfiguration] = field(default_factory=dict)

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield the policies with what they are applied to, and what each account follows."""
        del key, view
        for administrator_id, central in self.organizations.items():
            targets = by_account(
                central.applied.values(), lambda each: each.configuration_policy_id
            )

            def policy_line(
                policy: ConfigurationPolicy, targets: dict[str, list[Applied]] = targets
            ) -> str:
                applied = [each.target_id for each in targets.get(policy.id, ())]
                return (
                    f"configuration policy {named(policy.name)},"
                    f" Security Hub {'on' if policy.service_enabled else 'off'},"
                    f" applied to {listed(applied) or 'nothing'}"
                )

            lines = several("configuration policies", list(central.policies.values()), policy_line)
            yield Summary(administrator_id, "", "securityhub", lines)
            if SELF_MANAGED in targets:
                applied = [each.target_id for each in targets[SELF_MANAGED]]
                text = f"{SELF_MANAGED} applied to {listed(applied)}"
                yield Summary(administrator_id, "", "securityhub", one(text))
            for account_id, outcome in central.outcomes.items():
                policy = central.policies.get(outcome.configuration_policy_id)
                text = "self-managed"
                if policy is not None:
                    text = f"configured by policy {named(policy.name)} of {administrator_id}"
                if outcome.failure is not None:
                    text += f", FAILED: {outcome.failure}"
                yield Summary(account_id, "", "securityhub", one(text))


class Governance(Family):
    """Which policy governs an account in this region, for the families that have to obey it."""

    def governing(self, account_id: str) -> str | None:
        """Return the id of the policy that governs an account here.

        Returns:
            A policy's id, SELF_MANAGED_SECURITY_HUB, or None when central configuration does
            not apply: it does not exist, or it does not reach the account or this region.
        """
        organizations = self.store(CentralConfigurationStore).organizations
        if not organizations:
            return None
        organization = self.backend.world.organization_of(account_id, self.backend.partition)
        if organization is None or account_id not in organization.accounts:
            return None
        for administrator_id, central in organizations.items():
            if administrator_id in organization.accounts:
                aggregator = self.aggregator(administrator_id)
                if aggregator is None or not aggregator.reaches(self.backend.region_name):
                    return None
                return central.governing(organization, account_id)
        return None

    def is_centrally_managed(self, account_id: str) -> bool:
        """Return whether only the administrator may configure an account here."""
        return self.governing(account_id) not in (None, SELF_MANAGED)

    def in_use(self, administrator_id: str) -> bool:
        """Return whether a delegated administrator has policies, or has applied anything."""
        central = self.store(CentralConfigurationStore).organizations.get(administrator_id)
        return central is not None and bool(central.policies or central.applied)

    def aggregator(self, account_id: str) -> FindingAggregator | None:
        """Return the finding aggregator that an account itself has created."""
        return self.store(FindingAggregatorStore).aggregators.get(account_id)

    def stop_aggregation(self, account_id: str) -> None:
        """Drop the finding aggregator of an account that becomes a member in its home region.

        From now on its administrator's applies. When the membership ends, it has none, even if it
        had one before (documented).
        """
        aggregators = self.store(FindingAggregatorStore).aggregators
        own = aggregators.get(account_id)
        if own is not None and own.finding_aggregation_region == self.backend.region_name:
            del aggregators[account_id]


def lineage(organization: Organization, target_id: str) -> list[str]:
    """Return a target of an organization and its parents, the closest first; empty if unknown."""
    account = organization.accounts.get(target_id)
    if account is not None:
        return [target_id, *organization.ancestors(account.parent_id)]
    if target_id == organization.root_id or organization.has_unit(target_id):
        return organization.ancestors(target_id)
    return []


def type_of(organization: Organization, target_id: str) -> TargetType:
    """Return whether a target of an organization is an account, a unit, or the root."""
    if target_id in organization.accounts:
        return "ACCOUNT"
    return "ROOT" if target_id == organization.root_id else "ORGANIZATIONAL_UNIT"
