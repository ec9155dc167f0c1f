"""Roll back the world's stores when something is refused half-way.

A store is copied before it is first used, so a transaction costs no more than the stores in use;
only a rollback costs as much as the world. The copies are one stream of pickles with one memory:
the fastest copy that Python has, in which an object that several stores share stays one object.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from typing import Any

#: a store is found by its type and its key
_Key = tuple[type[Any], tuple[str, ...]]


class Transaction:
    """The stores of a world as they were before they were first used.

    Attributes:
        undo: functions that undo changes outside the stores, in the order of the changes.
        keeps_organizations: whether ``undo`` restores moto's organizations.
    """

    def __init__(self, stores: dict[_Key, Any]) -> None:
        self.undo: list[Callable[[], object]] = []
        self.keeps_organizations = False
        self._stores = stores
        self._kept: dict[_Key, None] = {}
        self._new: set[_Key] = set()
        self._stream = io.BytesIO()
        self._pickler = pickle.Pickler(self._stream, pickle.HIGHEST_PROTOCOL)

    def keep(self, key: _Key, store: Any | None) -> None:
        """Copy a store unless there is a copy; None for a store that is being created."""
        if key in self._kept or key in self._new:
            return
        if store is None:
            self._new.add(key)
        else:
            self._kept[key] = None
            self._pickler.dump(store)

    def roll_back(self) -> None:
        """Call the functions in `undo`, the latest first, and restore every store."""
        stores = self._stores
        for key, store in list(stores.items()):  # they may share objects with those that were used
            self.keep(key, store)
        try:
            for undo in reversed(self.undo):
                undo()
        finally:
            self._stream.seek(0)
            reader = pickle.Unpickler(self._stream)  # noqa: S301  reads what was written above
            kept = {key: reader.load() for key in self._kept}
            for key in list(stores):
                if key in kept:
                    stores[key] = kept[key]
                else:
                    del stores[key]
