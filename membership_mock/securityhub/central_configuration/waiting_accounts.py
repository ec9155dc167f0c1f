"""Which accounts a rollout may leave for later, because a policy treats them like all others.

For such an account a rollout cannot fail, and it changes nothing that another account has. So what
it does to the account is the same whenever it is carried out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime

from membership_mock.engine.pipeline.operation import Family
from membership_mock.engine.state.organizations import Organization, OrganizationAccount
from membership_mock.securityhub.hubs.hubs import Hubs
from membership_mock.securityhub.quotas import MEMBERS
from membership_mock.securityhub.relationships.administration import Administration
from membership_mock.securityhub.relationships.aggregation import FindingAggregatorStore
from membership_mock.securityhub.relationships.associations import AssociationStore
from membership_mock.securityhub.relationships.central_configuration import (
    CentralConfiguration,
    ConfigurationPolicy,
)
from membership_mock.securityhub.relationships.deferred_rollouts import (
    DeferredRollouts,
    Queue,
    Rollout,
)


class Plan:
    """Decides on the accounts of one rollout, one after the other.

    The sequences of members are kept for all accounts, so that members are listed in the order of
    the rollout, whenever it is carried out for them.

    Args:
        family: any family of the delegated administrator.
        at_once: the accounts that cannot wait.
        template: the rollout without a policy.
    """

    def __init__(self, family: Family, at_once: Collection[str], template: Rollout) -> None:
        self._deferred = family.of(DeferredRollouts)
        self._at_once = at_once
        self._template = template
        self._stores = {
            region: family.backend.in_region(region).family(Administration).store(AssociationStore)
            for region in template.regions
        }
        self._queues: dict[str, Queue] = {}

    def lets_wait(
        self, account: OrganizationAccount, policy: ConfigurationPolicy, place: int
    ) -> bool:
        """Return whether an account waits; if not, it has to be configured before the next one."""
        account_id = account.account_id
        if account_id in self._at_once or not account.active:
            for region, store in self._stores.items():
                store.last_sequence = self._template.first[region] + place - 1
            return False
        queue = self._queues.get(policy.id)
        if queue is None:
            rollout = replace(
                self._template,
                security_hub=policy.security_hub,
                service_enabled=policy.service_enabled,
            )
            queue = self._queues[policy.id] = self._deferred.queue(rollout)
        queue.add(account_id)
        return True

    def end(self) -> None:
        """Go on with the sequences after those that were kept."""
        for region, store in self._stores.items():
            store.last_sequence = self._template.first[region] + len(self._template.places) - 1


def plan_of(
    family: Family,
    organization: Organization,
    central: CentralConfiguration,
    accounts: Sequence[str],
    regions: list[str],
    reached: list[str],
    now: datetime,
) -> Plan:
    """Return what decides which accounts of a rollout wait.

    Args:
        family: any family of the delegated administrator.
        organization: its organization.
        central: its central configuration.
        accounts: the accounts, in the order of the rollout.
        regions: where it is rolled out.
        reached: the regions that the policies reach, the home region first.
        now: when that happens.
    """
    administrator_id = central.administrator_id
    places = {account_id: place for place, account_id in enumerate(accounts)}
    at_once = {administrator_id, organization.management_account_id}
    # who joins an administrator loses an aggregator of its own
    at_once.update(family.store(FindingAggregatorStore).aggregators)
    maybe_members = {*family.of(DeferredRollouts).accounts(), *accounts} - {administrator_id}
    first = {}
    for region in regions:
        there = family.backend.in_region(region, administrator_id).family(Administration)
        at_once.update(_related(there, administrator_id))
        at_once.update(_too_many(there, administrator_id, accounts, maybe_members))
        first[region] = there.store(AssociationStore).last_sequence + 1
    template = Rollout(administrator_id, None, False, regions, reached, now, places, first)
    return Plan(family, at_once, template)


def _related(there: Administration, administrator_id: str) -> set[str]:
    """Return accounts that cannot wait because of what they are to others in a region."""
    store = there.store(AssociationStore)
    found: set[str] = set()
    for leader, members in there.of(DeferredRollouts).enabled(besides=administrator_id):
        found.add(leader)
        found.update(members)
    roster = store.roster(administrator_id)
    if roster.by_invitation:
        found.update(each.account_id for each in roster.ordered if not each.by_organization)
    for follower in there.of(Hubs).followers():
        found.update(follower.accounts_with_control_findings())
    return found


def _too_many(
    there: Administration,
    administrator_id: str,
    accounts: Sequence[str],
    maybe_members: AbstractSet[str],
) -> set[str]:
    """Return the accounts that may find no room any more among an administrator's members.

    Args:
        there: the family in one region.
        administrator_id: the delegated administrator.
        accounts: the accounts of the rollout.
        maybe_members: these, and all that wait, of whom there may be fewer than the quota.
    """
    room = there.limit(MEMBERS, administrator_id)
    members = there.store(AssociationStore).roster(administrator_id).members
    if len(maybe_members) + len(members.keys() - maybe_members) <= room:
        return set()
    known = {*members, *there.of(DeferredRollouts).expected(administrator_id)}
    new = [each for each in accounts if each not in known and each != administrator_id]
    return set(new[max(room - len(known), 0) :])
