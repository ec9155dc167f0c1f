"""What a server serves: a mock, and the faults and snapshots that its clients have named."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING

from membership_mock.errors import UsageError
from membership_mock.testing.names import nearest_to

if TYPE_CHECKING:
    from membership_mock.mock import MembershipMock
    from membership_mock.testing.faults.fault import Fault
    from membership_mock.testing.snapshots import Snapshot

#: how many snapshots are kept at once: each is a copy of the world, and clients come and go
MOST_SNAPSHOTS = 100


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
        self._faults: dict[str, Fault] = {}
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
                f" There are: {', '.join(self.snapshots) or 'none'}."
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

    def faults(self) -> dict[str, Fault]:
        """Return the faults of the mock by their ids, in the order of injection."""
        with self._lock:
            there = list(self.mock.faults)
            names = {id(fault): name for name, fault in self._faults.items() if fault in there}
            self._faults = {
                names.get(id(fault)) or self._new_name("fault"): fault for fault in there
            }
            return dict(self._faults)

    def fault(self, name: str) -> Fault:
        """Return the fault of an id.

        Raises:
            UsageError: there is none.
        """
        known = self.faults()
        if name not in known:
            raise UsageError(
                f"There is no fault {name!r}{nearest_to(name, known)}"
                f" There are: {', '.join(known) or 'none'}."
            )
        return known[name]

    def name_of(self, fault: Fault) -> str:
        """Return the id of a fault, which may be gone by now: another client can withdraw it."""
        for name, each in self.faults().items():
            if each is fault:
                return name
        with self._lock:
            return self._new_name("fault")

    def _new_name(self, kind: str) -> str:
        self._named[kind] += 1
        return f"{kind}-{self._named[kind]}"
