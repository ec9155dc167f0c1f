"""Rollouts of configuration policies to many accounts, carried out when an account is read.

A policy for the root of a large organization reaches thousands of accounts in many regions. The
call that applies it stores the rollout once. What it does to an account is carried out, as of the
moment of that call, before anything of the account is read or changed: `DeferredRollouts.catch_up`.
So a user sees no difference.

Only the accounts wait that a policy treats like all others, see ``waiting_accounts.py``: it
succeeds for each of them, and changes nothing of any other account. Members by organization wait in
the same way when the role of their administrator ends.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import field
from datetime import datetime
from itertools import compress, filterfalse
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.operation import Backend, Family, ServiceBackends
from membership_mock.engine.state.organizations import OrganizationChange
from membership_mock.engine.state.world import Scope, Store
from membership_mock.securityhub.relationships.associations import AssociationStore

#: From how many accounts on they wait, each counted once for each region. To change fewer at once
#: takes some milliseconds.
MANY = 500


def are_many(accounts: int, regions: int = 1) -> bool:
    """Return whether so many accounts wait for what happens to them in so many regions."""
    return accounts * regions >= MANY


@dataclass
class Rollout:
    """A rollout of a policy to many accounts, or the end of their administrator's role.

    Attributes:
        administrator_id: the delegated administrator.
        security_hub: what the policy says about Security Hub; None when the role ends.
        service_enabled: whether it is on in the accounts that follow the policy.
        regions: where it is rolled out.
        reached: the regions that the policy reaches, the home region first.
        at: when it is rolled out.
        places: the place of each account in the order of the rollout.
        first: by region: the sequence of the member whose account has the place 0.
    """

    administrator_id: str
    security_hub: dict[str, Any] | None
    service_enabled: bool
    regions: list[str]
    reached: list[str]
    at: datetime
    places: dict[str, int]
    first: dict[str, int]

    def sequence(self, account_id: str, region: str) -> int:
        """Return the sequence of an account that becomes a new member in a region."""
        return self.first[region] + self.places[account_id]


#: what an account waits for, in this order
Rollouts = tuple[Rollout, ...]


class Queue:
    """Lets accounts wait for one more rollout; those that wait for the same share one tuple.

    Args:
        store: where they wait.
        rollout: what they wait for, after all else.
    """

    def __init__(self, store: DeferredRolloutStore, rollout: Rollout) -> None:
        self._store = store
        self._rollout = rollout
        #: by identity: what an account has waited for, and what it waits for from now on
        self._longer: dict[int, tuple[Rollouts, Rollouts]] = {}

    def add(self, account_id: str) -> None:
        """Let an account wait."""
        before = self._store.waiting.get(account_id, ())
        found = self._longer.get(id(before))
        if found is None:
            found = self._longer[id(before)] = (before, (*before, self._rollout))
        self._store.waiting[account_id] = found[1]
        self._store.changes += 1


@dataclass
class DeferredRolloutStore(Store, scope=Scope.PARTITION):
    """The rollouts that accounts wait for.

    Attributes:
        waiting: by account, the rollouts in their order. Accounts that wait for the same share one
            tuple.
        administrators: whose rollouts accounts wait for, or have waited for.
        changes: how often an account has begun or ceased to wait.
    """

    waiting: dict[str, Rollouts] = field(default_factory=dict)
    administrators: dict[str, None] = field(default_factory=dict, compare=False)
    changes: int = field(default=0, compare=False)

    def is_complete(self) -> bool:
        """Return whether no account waits."""
        return not self.waiting


class RolloutCarrier(Family):
    """The family that knows what a rollout does to an account."""

    @abstractmethod
    def carry_out_for(self, account_id: str, rollout: Rollout) -> None:
        """Configure an account in all regions of a rollout."""


class DeferredRollouts(Family):
    """The rollouts that accounts wait for, for the families that read what these change."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self._counted: tuple[object, ...] = ()
        self._count = 0

    def catch_up(self, account_id: str) -> None:
        """Carry out what an account waits for; call it before you read or change the account."""
        store = self.store_if_any(DeferredRolloutStore)
        if store is not None and account_id in store.waiting:
            kinds = self.backend.families
            carrier = self.of(next(each for each in kinds if issubclass(each, RolloutCarrier)))
            store.changes += 1
            for rollout in store.waiting.pop(account_id):
                carrier.carry_out_for(account_id, rollout)

    def catch_up_all(self, accounts: Iterable[str]) -> None:
        """Carry out what some accounts wait for."""
        store = self.store_if_any(DeferredRolloutStore)
        if store is not None and store.waiting:
            for account_id in accounts:
                self.catch_up(account_id)

    def catch_up_everywhere(self) -> None:
        """Carry out everything, for what reads all accounts."""
        self.catch_up_all(list(self._waiting()))

    def queue(self, rollout: Rollout) -> Queue:
        """Return what lets accounts wait for a rollout."""
        store = self.store(DeferredRolloutStore)
        store.administrators[rollout.administrator_id] = None
        return Queue(store, rollout)

    def let_leave(self, administrator_id: str, accounts: Iterable[str], now: datetime) -> None:
        """Let members by organization of this region wait for the end of their membership."""
        region = self.backend.region_name
        queue = self.queue(
            Rollout(administrator_id, None, False, [region], [region], now, {}, {region: 0})
        )
        for account_id in accounts:
            queue.add(account_id)

    def accounts(self) -> Collection[str]:
        """Return the accounts that wait, in any region."""
        return self._waiting().keys()

    def ends_enabled(self, administrator_id: str, account_id: str) -> bool | None:
        """Return whether an account will be an enabled member here after what it waits for.

        None if it waits for nothing of this administrator in this region.
        """
        rollouts = self._waiting().get(account_id)
        here = self._here(rollouts, administrator_id) if rollouts else ()
        return here[-1].service_enabled if here else None

    def enabled(self, *, besides: str) -> Iterator[tuple[str, Collection[str]]]:
        """Yield each other administrator of this region with its enabled members, as they will be.

        Args:
            besides: the administrator that is left out.
        """
        rosters = self.store(AssociationStore).rosters
        for leader in {**dict.fromkeys(rosters), **self._administrators()}:
            if leader == besides:
                continue
            if leader in self._administrators():
                found = self.listed(leader, only_enabled=True) or ()
                yield leader, [account_id for _, account_id in found]
            else:
                yield leader, [each.account_id for each in rosters[leader].enabled]

    def listed(self, administrator_id: str, *, only_enabled: bool) -> list[tuple[int, str]] | None:
        """Return the members of an administrator here, as they are once no account waits any more.

        Returns:
            The sequence and the account of each, ascending; None if no account waits, so that the
            associations are what they are.
        """
        waiting = self._waiting()
        if not waiting:
            return None
        region = self.backend.region_name
        roster = self.store(AssociationStore).roster(administrator_id)
        begins = self._beginnings(administrator_id, only_enabled=only_enabled)
        found = [
            (begin.first[region] + begin.places[account_id], account_id)
            for account_id, rollouts in waiting.items()
            if (begin := begins.get(id(rollouts))) is not None and account_id not in roster.members
        ]
        if not only_enabled:
            found += [(each.sequence, each.account_id) for each in roster.ordered]
        else:
            ends = self._ends(administrator_id)
            found += [
                (each.sequence, each.account_id)
                for each in roster.ordered
                if ends.get(id(waiting.get(each.account_id)), each.member_status == "Enabled")
            ]
        found.sort()
        return found

    def number_listed(self, administrator_id: str) -> int:
        """Return how many members an administrator has here, in any status."""
        listed = len(self.store(AssociationStore).roster(administrator_id).ordered)
        store = self.store_if_any(DeferredRolloutStore)
        if store is None or not store.waiting:
            return listed
        counted = (administrator_id, store, store.changes, listed)
        if self._counted != counted:
            self._counted = counted
            self._count = listed + len(self.expected(administrator_id))
        return self._count

    def may_have_more(self, administrator_id: str, limit: int) -> bool:
        """Return whether an administrator has fewer members here than a limit."""
        members = self.store(AssociationStore).roster(administrator_id).members
        waiting = self._waiting()
        if len(members) >= limit or not waiting:
            return len(members) < limit
        # counting those that will be members takes longer, and is seldom needed
        at_most = len(members) + len(waiting)
        return at_most < limit or self.number_listed(administrator_id) < limit

    def expected(self, administrator_id: str) -> list[str]:
        """Return the accounts that are not on an administrator's list here yet, but will be."""
        members = self.store(AssociationStore).roster(administrator_id).members
        begins = self._beginnings(administrator_id, only_enabled=False)
        waiting = self._waiting()
        # there may be thousands in each of many regions, so that the loop is left to C
        will_be = map(begins.__contains__, map(id, waiting.values()))
        return list(filterfalse(members.__contains__, compress(waiting, will_be)))

    def of_others(self, administrator_id: str) -> list[str]:
        """Return the accounts that wait here for what another administrator has applied."""
        region, waiting = self.backend.region_name, self._waiting()
        found = {
            id(rollouts)
            for rollouts in _distinct(waiting)
            if any(
                each.administrator_id != administrator_id and region in each.first
                for each in rollouts
            )
        }
        return [account_id for account_id, rollouts in waiting.items() if id(rollouts) in found]

    def has_enabled(self, administrator_id: str) -> bool:
        """Return whether an administrator has an enabled member here."""
        if administrator_id in self._administrators():
            return bool(self.listed(administrator_id, only_enabled=True))
        return bool(self.store(AssociationStore).roster(administrator_id).enabled)

    def _beginnings(self, administrator_id: str, *, only_enabled: bool) -> dict[int, Rollout]:
        """Return the rollout that makes accounts members here which are none.

        Args:
            administrator_id: whose members.
            only_enabled: leave out those accounts that have ceased to be members afterwards.

        Returns:
            The first such rollout, by the identity of what an account waits for.
        """
        found = {}
        for rollouts in _distinct(self._waiting()):
            here = self._here(rollouts, administrator_id)
            if here and (here[-1].service_enabled or not only_enabled):
                begin = next((each for each in here if each.service_enabled), None)
                if begin is not None:
                    found[id(rollouts)] = begin
        return found

    def _ends(self, administrator_id: str) -> dict[int, bool]:
        """Return whether accounts end as enabled members here, if they wait for anything here.

        By the identity of what an account waits for.
        """
        found = {}
        for rollouts in _distinct(self._waiting()):
            here = self._here(rollouts, administrator_id)
            if here:
                found[id(rollouts)] = here[-1].service_enabled
        return found

    def _here(self, rollouts: Rollouts, administrator_id: str) -> Rollouts:
        """Return those of some rollouts that are an administrator's and reach this region."""
        region = self.backend.region_name
        return tuple(
            each
            for each in rollouts
            if each.administrator_id == administrator_id and region in each.first
        )

    def _administrators(self) -> dict[str, None]:
        """Return whose rollouts accounts may wait for; nothing if no account waits."""
        store = self.store_if_any(DeferredRolloutStore)
        return store.administrators if store is not None and store.waiting else {}

    def _waiting(self) -> dict[str, Rollouts]:
        store = self.store_if_any(DeferredRolloutStore)
        return {} if store is None else store.waiting

    @classmethod
    def complete(cls, backends: ServiceBackends) -> None:
        """Carry out everything, in all partitions."""
        for family in _where_accounts_wait(backends):
            family.catch_up_everywhere()

    @classmethod
    def organization_changing(
        cls, backends: ServiceBackends, change: OrganizationChange
    ) -> Callable[[], None] | None:
        """Carry out what an account waits for, before something happens to it."""
        if change.account_id is not None:
            for family in _where_accounts_wait(backends):
                family.catch_up(change.account_id)
        return None


def _distinct(waiting: dict[str, Rollouts]) -> Iterable[Rollouts]:
    every = waiting.values()
    return dict(zip(map(id, every), every, strict=True)).values()


def _where_accounts_wait(backends: ServiceBackends) -> Iterator[DeferredRollouts]:
    """Yield the family for each partition in which an account waits."""
    for _, store in backends.world.stores(DeferredRolloutStore):
        for rollouts in list(store.waiting.values())[:1]:
            where = backends.of(rollouts[0].administrator_id, rollouts[0].regions[0])
            yield where.family(DeferredRollouts)
