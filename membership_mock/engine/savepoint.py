"""A point to go back to: the stores of a world as they were before something that may be refused.

A store is copied when it is first reached, so that the cost is that of the stores in use. A copy is
a pickle: the fastest that Python has, and read only if there is a going back.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from membership_mock.engine.world import Store, World

_Key = tuple[type["Store"], tuple[str, ...]]


class Savepoint:
    """The stores of a world as they were when they were first reached.

    Attributes:
        undo: what else to take back, in the order in which it was done.
    """

    def __init__(self, world: World) -> None:
        self.undo: list[Callable[[], object]] = []
        self._world = world
        self._kept: dict[_Key, bytes | None] = {}

    def reached(self, key: _Key, store: Store | None) -> None:
        """Keep a store as it is now; None for one that does not exist yet."""
        if key not in self._kept:
            self._kept[key] = None if store is None else pickle.dumps(store, pickle.HIGHEST_PROTOCOL)

    def go_back(self) -> None:
        """Put every store back that was reached, and take back the rest, the latest first."""
        self._world.savepoint = None
        for take_back in reversed(self.undo):
            take_back()
        for (kind, key), kept in self._kept.items():
            # what is read here was written above
            self._world.put_back(kind, key, None if kept is None else pickle.loads(kept))  # noqa: S301


@contextmanager
def of(world: World) -> Iterator[Savepoint]:
    """Put the world back as it is now if an exception leaves the block."""
    with world.lock:
        point = world.savepoint = Savepoint(world)
        try:
            yield point
        except BaseException:
            point.go_back()
            raise
        finally:
            world.savepoint = None
