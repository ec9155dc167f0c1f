"""A point to go back to: the world's stores as they were before something that may be refused.

A store is kept when it is first reached, so that going on costs no more than the stores in use;
only going back costs as much as the world. What is kept is one stream of pickles with one memory:
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
    """The stores of a world as they were when they were first reached.

    Attributes:
        undo: what else to take back, in the order in which it was done.
        keeps_organizations: whether moto's organizations are among it.
    """

    def __init__(self, stores: dict[_Key, Any]) -> None:
        self.undo: list[Callable[[], object]] = []
        self.keeps_organizations = False
        self._stores = stores
        self._kept: dict[_Key, None] = {}
        self._new: set[_Key] = set()
        self._stream = io.BytesIO()
        self._pickler = pickle.Pickler(self._stream, pickle.HIGHEST_PROTOCOL)

    def reached(self, key: _Key, store: Any | None) -> None:
        """Keep a store as it is now; None for one that is just being made."""
        if key in self._kept or key in self._new:
            return
        if store is None:
            self._new.add(key)
        else:
            self._kept[key] = None
            self._pickler.dump(store)

    def go_back(self) -> None:
        """Take back what `undo` knows, the latest first, and put every store back."""
        stores = self._stores
        for key, store in list(stores.items()):  # they may share objects with those reached
            self.reached(key, store)
        try:
            for take_back in reversed(self.undo):
                take_back()
        finally:
            self._stream.seek(0)
            reader = pickle.Unpickler(self._stream)  # noqa: S301  reads what was written above
            kept = {key: reader.load() for key in self._kept}
            for key in list(stores):
                if key in kept:
                    stores[key] = kept[key]
                else:
                    del stores[key]
