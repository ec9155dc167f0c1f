"""Lists in the order of a sequence number, out of which a page costs the same however long."""

from __future__ import annotations

from bisect import bisect_left
from operator import attrgetter
from typing import Protocol, TypeVar


class Numbered(Protocol):
    """Anything with a number that no other has and that never changes."""

    @property
    def sequence(self) -> int:
        """Its place in the order of creation."""


N = TypeVar("N", bound=Numbered)

sequence_of = attrgetter("sequence")


def shelve(shelf: list[N], entry: N) -> None:
    """Put ``entry`` into its place, unless it is there already."""
    place = bisect_left(shelf, entry.sequence, key=sequence_of)
    if place == len(shelf) or shelf[place].sequence != entry.sequence:
        shelf.insert(place, entry)


def unshelve(shelf: list[N], entry: N) -> None:
    """Take ``entry`` out, if it is there."""
    place = bisect_left(shelf, entry.sequence, key=sequence_of)
    if place < len(shelf) and shelf[place].sequence == entry.sequence:
        del shelf[place]
