"""Snapshots of the world, and how the world is put back to one."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

from membership_mock.engine.moto import snapshot
from membership_mock.errors import UsageError

if TYPE_CHECKING:
    from membership_mock.engine.running import Running


class Snapshot:
    """A copy of the state at one moment, from `MembershipMock.snapshot`.

    Later calls do not change it. It belongs to the mock that it was taken of, until that mock
    ends.

    Attributes:
        size: how many bytes it takes.
    """

    def __init__(self, running: Running) -> None:
        with running.world.lock:
            self._frozen = snapshot.freeze(snapshot.read(running.world))
            self._random = running.world.random.getstate() if running.is_seeded else None
        self._of = weakref.ref(running)  # a snapshot that is kept must not keep an ended mock
        self.size = len(self._frozen)

    def __repr__(self) -> str:
        return f"<Snapshot of {self.size:,} bytes>"


def restore(running: Running, taken: Snapshot) -> None:
    """Put the world of a running mock back to a snapshot of it.

    Raises:
        UsageError: it is the snapshot of another mock, or not a snapshot.
    """
    if not isinstance(taken, Snapshot):
        raise UsageError(
            f"restore() takes what snapshot() returned, not {taken!r}."
            " A dump goes back with `mock.load(dump)`."
        )
    if taken._of() is not running:
        raise UsageError(
            "This snapshot was taken of another mock, one that has ended. To take a world from"
            " one mock to another, use `dump = mock.dump()` and `other.load(dump)`; to share a"
            " set-up between tests, let one mock run around them all."
        )
    with running.world.lock:
        snapshot.put(running.world, taken._frozen)
        if taken._random is not None:
            running.world.random.setstate(taken._random)
