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

    """

    def __init__(self, running: Running) -> None:
        world = running.world
        within_call = world.lock.is_held()
        with world.lock:
            self._copy = snapshot.copy(world, within_call=within_call)
            self._random = world.random.getstate() if running.is_seeded else None
        self._of = weakref.ref(running)  # a snapshot that is kept must not keep an ended mock

    @property
    def size(self) -> int:
        """How many bytes it takes, written as a pickle."""
        return self._copy.size

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
    world = running.world
    within_call = world.lock.is_held()
    with world.lock:
        snapshot.restore(world, taken._copy, within_call=within_call)
        if taken._random is not None:
            world.random.setstate(taken._random)
