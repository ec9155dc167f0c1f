"""What a server serves: a mock, and names for what its clients have made."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, TypeVar

from membership_mock.errors import UsageError
from membership_mock.testing.names import nearest_to
from membership_mock.testing.plans.call_plan import CallPlan
from membership_mock.testing.plans.plans import Plans

if TYPE_CHECKING:
    from membership_mock.mock import MembershipMock
    from membership_mock.testing.snapshots import Snapshot

#: how many snapshots are kept at once: each is a copy of the world, and clients come and go
MOST_SNAPSHOTS = 100

#: how many plans are kept for certain, the latest, of those that are over and were used
MOST_PLANS = 500

P = TypeVar("P", bound=CallPlan)


class Served:
    """A mock, with names for what a client in another process cannot hold.

    Args:
        mock: the mock, which is running.

    Attributes:
        mock: the mock.
        snapshots: the snapshots by their ids.
    """

    def __init__(self, mock: MembershipMock) -> None:
        self.mock = mock
        self.snapshots: dict[str, Snapshot] = {}
        self._plans: dict[type[CallPlan], dict[str, CallPlan]] = {}
        self._strict: dict[str, tuple[Sequence[str], AbstractContextManager[None]]] = {}
        self._named: Counter[str] = Counter()
        self._lock = threading.Lock()

    def keep(self, snapshot: Snapshot, name: str | None = None) -> str:
        """Keep a snapshot, and return its id: ``name``, or a new one when None.

        Raises:
            UsageError: there are too many.
        """
        with self._lock:
            if len(self.snapshots) >= MOST_SNAPSHOTS:
                raise UsageError(
                    f"The server keeps {MOST_SNAPSHOTS} snapshots already: forget some with"
                    " DELETE /_membership/snapshots/{id}."
                )
            key = name or self._new_name("snapshot")
            self.snapshots[key] = snapshot
        return key

    def snapshot(self, name: str) -> Snapshot:
        """Return the snapshot of an id.

        Raises:
            UsageError: there is none.
        """
        found = self.snapshots.get(name)
        if found is None:
            raise UsageError(
                f"There is no snapshot {name!r}{nearest_to(name, self.snapshots)}"
                f" There are: {_listed(self.snapshots)}."
            )
        return found

    def forget(self, name: str) -> None:
        """Forget a snapshot.

        Raises:
            UsageError: there is none of this id.
        """
        self.snapshot(name)
        with self._lock:
            self.snapshots.pop(name, None)

    def plans(self, kind: type[P]) -> dict[str, P]:
        """Return the plans of a kind by their ids, in the order in which they were made.

        Args:
            kind: a class of plans, e.g. `Fault`.
        """
        with self._lock:
            there = [each for each in self.mock._running().tool(Plans) if isinstance(each, kind)]
            # The plans that were named last are held, so no other object can have their ids.
            names = {id(plan): name for name, plan in self._plans.get(kind, {}).items()}
            found = {
                names.get(id(plan)) or self._new_name(kind._kind.replace(" ", "-")): plan
                for plan in there
            }
            self._plans[kind] = dict(found)
            return found

    def plan(self, kind: type[P], name: str) -> P:
        """Return the plan of an id.

        Raises:
            UsageError: there is none.
        """
        known = self.plans(kind)
        if name not in known:
            raise UsageError(
                f"There is no {kind._kind} {name!r}{nearest_to(name, known)}"
                f" There are: {_listed(known)}."
            )
        return known[name]

    def name_of(self, plan: CallPlan) -> str:
        """Return the id of a plan, which may be gone by now: another client can withdraw it."""
        for name, each in self.plans(type(plan)).items():
            if each is plan:
                return name
        with self._lock:
            return self._new_name(plan._kind.replace(" ", "-"))

    def forget_used_plans(self) -> None:
        """Forget the oldest plans that are over and were used, so that a server does not grow."""
        plans = self.mock._running().tool(Plans)
        over = [
            each
            for each in plans
            if isinstance(each, CallPlan) and each.remaining == 0 and not each._is_unused
        ]
        if len(over) > 2 * MOST_PLANS:
            plans.forget(*over[:-MOST_PLANS])

    def start_strict(self, allowed: Sequence[str]) -> str:
        """Allow only these calls until `stop_strict`, and return the id of the block.

        Raises:
            UsageError: a pattern is for no operation.
        """
        block = self.mock.strict(*allowed)
        block.__enter__()
        with self._lock:
            name = self._new_name("strict")
            self._strict[name] = (allowed, block)
        return name

    def strict(self) -> dict[str, Sequence[str]]:
        """Return what the blocks that have not ended allow, by their ids, the innermost last."""
        with self._lock:
            return {name: allowed for name, (allowed, _) in self._strict.items()}

    def stop_strict(self, name: str | None) -> None:
        """End a block of strict mode.

        Args:
            name: its id; the innermost when None.

        Raises:
            UsageError: there is none.
            UnexpectedCall: a call was refused.
        """
        with self._lock:
            key = next(reversed(self._strict), None) if name is None else name
            if key not in self._strict:
                wanted = "block of strict mode" if key is None else f"block of strict mode {key!r}"
                raise UsageError(f"There is no {wanted}. There are: {_listed(self._strict)}.")
            _, block = self._strict.pop(key)
        block.__exit__(None, None, None)

    def _new_name(self, kind: str) -> str:
        self._named[kind] += 1
        return f"{kind}-{self._named[kind]}"


def _listed(known: Mapping[str, object]) -> str:
    return ", ".join(known) or "none"
