"""The entries of a store in their order, and those of them that a look may still change.

Both follow from the store, so they are no state: they are worked out once, and again after an entry
has come or gone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class EntryOrder(Generic[T]):
    """What a list of many entries reads, so that a page costs what it shows.

    Args:
        is_settled: returns whether a look at an entry changes nothing any more.
        place: returns the sort key of an entry, which never changes; None for the order of
            creation.
    """

    def __init__(
        self, is_settled: Callable[[T], bool], place: Callable[[T], Any] | None = None
    ) -> None:
        self._is_settled = is_settled
        self._place = place
        self._held: Mapping[str, T] | None = None
        self._counted = (0, 0)
        self._ordered: list[T] = []
        self._unsettled: list[T] = []

    def entries(self, held: Mapping[str, T], last_number: int) -> list[T]:
        """Return all entries in their order.

        Args:
            held: the entries by id, in the order of their creation.
            last_number: how many have ever been numbered.
        """
        counted = (len(held), last_number)
        # of two moments with equal figures none has an entry that the other has not
        if self._held is not held or self._counted != counted:
            self._held, self._counted = held, counted
            self._ordered = list(held.values())
            if self._place is not None:
                self._ordered.sort(key=self._place)
            self._unsettled = [each for each in self._ordered if not self._is_settled(each)]
        return self._ordered

    def unsettled(self, held: Mapping[str, T], last_number: int) -> list[T]:
        """Return the entries that a look may change, in their order.

        Args:
            held: the entries by id, in the order of their creation.
            last_number: how many have ever been numbered.
        """
        self.entries(held, last_number)
        if self._unsettled:
            self._unsettled = [each for each in self._unsettled if not self._is_settled(each)]
        return self._unsettled

    def forget(self) -> None:
        """Work everything out again, because an entry is no longer settled."""
        self._held = None
