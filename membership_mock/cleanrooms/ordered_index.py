"""Lists in the order of a sequence number; a page costs the same at any length."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter
from typing import Protocol, TypeVar


class Numbered(Protocol):
    """An object with a number that is unique among its kind and never changes."""

    @property
    def sequence(self) -> int:
        """Its place in the order of creation."""


N = TypeVar("N", bound=Numbered)

sequence_of = attrgetter("sequence")


def add_to_index(index: list[N], entry: N) -> None:
    """Insert ``entry`` at its place, unless the index has it already."""
    place = bisect_left(index, entry.sequence, key=sequence_of)
    if place == len(index) or index[place].sequence != entry.sequence:
        index.insert(place, entry)


def remove_from_index(index: list[N], entry: N) -> None:
    """Remove ``entry``, if the index has it."""
    place = bisect_left(index, entry.sequence, key=sequence_of)
    if place < len(index) and index[place].sequence == entry.sequence:
        del index[place]


def is_in_index(index: Sequence[N], entry: N) -> bool:
    """Return whether the index has ``entry``."""
    place = bisect_left(index, entry.sequence, key=sequence_of)
    return place < len(index) and index[place] is entry
