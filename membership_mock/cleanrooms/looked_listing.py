"""Lists whose read moves their entries on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from membership_mock.cleanrooms.ordered_index import N, sequence_of
from membership_mock.engine.protocol.pagination import Listing, Position


class LookedListing(Listing[N]):
    """A list whose first page takes its entries a step on, and whose other pages do not.

    A list of one status would lose entries if they moved between two of its pages; and a page that
    is refused, because of its token, must not move anything.
    """

    __slots__ = ("_held", "_look")

    def __init__(self, look: Callable[[], None], held: Callable[[], Sequence[N]]) -> None:
        super().__init__((), sequence_of, descending=True)
        self._look, self._held = look, held

    def page(self, size: int, after: Position | None) -> tuple[list[Any], Position | None]:
        """Return the entries behind ``after``, for the first page after a read of all of them."""
        if after is None:
            self._look()
        return Listing(self._held(), sequence_of, descending=True).page(size, after)
