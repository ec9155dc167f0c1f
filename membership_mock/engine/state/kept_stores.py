"""Copies of all stores, for snapshots; what was not used in the meantime is not copied again.

A store that is handed out may be changed by whoever has it, so it is copied at the next snapshot,
and restored by the next `restore`. Nobody keeps a store beyond the lock of its world. So a store
that was not handed out since it was copied, or restored, still equals its copy.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.frozen import Freezer, Frozen, SharedError
from membership_mock.engine.state.layouts import NotPlainError

#: a store is found by its type and its key
_Key = tuple[type[Any], tuple[str, ...]]

#: how many stores of one type are copied together. With fewer, each copy takes more time. With
#: more, more stores are restored because one of them was used.
_TOGETHER = 50


@dataclass(eq=False, slots=True)
class _Part:
    """A copy of some stores, which share no object with stores outside of it.

    Attributes:
        keys: the stores.
        frozen: the copy.
    """

    keys: list[_Key]
    frozen: Frozen | bytes

    def stores(self) -> list[Any]:
        """Return the stores, new."""
        frozen = self.frozen
        if isinstance(frozen, bytes):
            made: list[Any] = pickle.loads(frozen)  # noqa: S301  made by `_pickled`
            return made
        return frozen.thaw()

    @property
    def size(self) -> int:
        """How many bytes it takes as a pickle."""
        return len(self.frozen) if isinstance(self.frozen, bytes) else self.frozen.size


@dataclass(eq=False, slots=True)
class StoresCopy:
    """A copy of all stores.

    Attributes:
        keys: the stores, in their order.
        parts: the copies of all of them.
    """

    keys: list[_Key]
    parts: list[_Part]

    @property
    def size(self) -> int:
        """How many bytes it takes as a pickle."""
        return sum(part.size for part in self.parts)


class KeptStores:
    """Copies the stores of a world, and restores them.

    Args:
        stores: the stores.

    Attributes:
        unused: the part of the latest copy with each store that was not handed out since then.
    """

    def __init__(self, stores: dict[_Key, Any]) -> None:
        self.unused: dict[_Key, _Part] = {}
        self._stores = stores

    def copy(self, *, within_call: bool) -> StoresCopy:
        """Return a copy of all stores; hold the lock.

        Args:
            within_call: whether the caller held the lock already, and may use stores that it has.
        """
        parts = self._unchanged()
        held = {key for part in parts for key in part.keys}
        parts += _copied({key: each for key, each in self._stores.items() if key not in held})
        self._remember([] if within_call else parts)
        return StoresCopy(list(self._stores), parts)

    def restore(self, copy: StoresCopy, *, within_call: bool) -> None:
        """Replace all stores by those of a copy; hold the lock.

        Args:
            copy: the copy, which can be restored any number of times.
            within_call: whether the caller held the lock already, and may use stores that it has.
        """
        stores = self._stores
        unchanged = set(self._unchanged())
        found: dict[_Key, Any] = {}
        for part in copy.parts:
            made = (stores[key] for key in part.keys) if part in unchanged else part.stores()
            found.update(zip(part.keys, made, strict=True))
        self.replace({key: found[key] for key in copy.keys})
        self._remember([] if within_call else copy.parts)

    def replace(self, stores: dict[_Key, Any]) -> None:
        """Replace all stores by others."""
        self.unused.clear()
        self._stores.clear()
        self._stores.update(stores)

    def _unchanged(self) -> list[_Part]:
        """Return the parts of the latest copy of which no store was handed out."""
        left: dict[_Part, int] = {}
        for part in self.unused.values():
            left[part] = left.get(part, 0) + 1
        return [part for part, count in left.items() if count == len(part.keys)]

    def _remember(self, parts: list[_Part]) -> None:
        self.unused.clear()
        for part in parts:
            self.unused.update(dict.fromkeys(part.keys, part))


def _copied(stores: dict[_Key, Any]) -> list[_Part]:
    """Return copies of stores in as many parts as share no objects."""
    try:
        for group in (_by_type, _by_service):
            with suppress(SharedError):
                freezer = Freezer()
                return [
                    _Part(keys, freezer.part([stores[key] for key in keys]))
                    for keys in group(stores)
                ]
        return [_Part(list(stores), Freezer().part(list(stores.values())))]
    except NotPlainError:
        return [_Part(list(stores), pickle.dumps(list(stores.values()), pickle.HIGHEST_PROTOCOL))]


def _by_type(keys: Iterable[_Key]) -> Iterator[list[_Key]]:
    for of_type in _grouped(keys, lambda key: key[0]):
        for start in range(0, len(of_type), _TOGETHER):
            yield of_type[start : start + _TOGETHER]


def _by_service(keys: Iterable[_Key]) -> Iterable[list[_Key]]:
    return _grouped(keys, lambda key: key[0].__module__.split(".")[1])


def _grouped(keys: Iterable[_Key], of: Callable[[_Key], Any]) -> Iterable[list[_Key]]:
    found: dict[Any, list[_Key]] = {}
    for key in keys:
        found.setdefault(of(key), []).append(key)
    return found.values()
