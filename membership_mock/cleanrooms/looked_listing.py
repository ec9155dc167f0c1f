"""Lists of which a read takes the entries one step further."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from membership_mock.cleanrooms.ordered_index import N, sequence_of
from membership_mock.engine.protocol.pagination import Listing, Position


class LookedListing(Listing[N]):
    """A list of which only the first page takes the entries one step further.

    A list of one status would lose entries if their status changed between two pages. And a page
    that is refused, because of its token, must not change a state.
    """

    __slots__ = ("_held", "_look")

    def __init__(self, look: Callable[[], None], held: Callable[[], Sequence[N]]) -> None:
        super().__init__((), sequence_of, descending=True)
        self._look, self._held = look, held

    def page(self, size: int, after: Position | None) -> tuple[list[Any], Position | None]:
        """Return the entries after ``after``; for the first page, read all of them before."""
        if after is None:
            self._look()
        return Listing(self._held(), sequence_of, descending=True).page(size, after)
