"""Cut one page out of a list.

A handler returns a `Listing` and never sees a page token. Botocore's paginators say which fields
carry the token and the page size.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Position = int | str


class Listing(Generic[T]):
    """A list, of which the answer will have one page.

    A page costs the same however long the list is. No entry is missed or repeated when entries are
    added or removed between two pages: a token holds the position of the last entry shown, not a
    count.

    Args:
        entries: all entries, ascending by ``position``.
        position: returns the unique sort key of an entry, which never changes.
        descending: show the last entry first.
        show: turns an entry of the page into the form of the output shape.
    """

    __slots__ = ("_descending", "_entries", "_position", "_show")

    def __init__(
        self,
        entries: Sequence[T],
        position: Callable[[T], Position],
        *,
        descending: bool = False,
        show: Callable[[T], Any] | None = None,
    ) -> None:
        self._entries = entries
        self._position = position
        self._descending = descending
        self._show = show

    def page(self, size: int, after: Position | None) -> tuple[list[Any], Position | None]:
        """Return the entries after the position ``after``, and the position for the next page.

        Args:
            size: the highest number of entries.
            after: the position of the last entry of the page before; None for the first page.

        Returns:
            The entries as they are shown, and the position of the last one; on the last page, None
            instead of the position.
        """
        entries, position = self._entries, self._position
        if self._descending:
            stop = len(entries) if after is None else bisect_left(entries, after, key=position)
            start = max(stop - size, 0)
            chosen = list(entries[start:stop][::-1])
            more = start > 0
        else:
            start = 0 if after is None else bisect_right(entries, after, key=position)
            chosen = list(entries[start : start + size])
            more = start + size < len(entries)
        following = position(chosen[-1]) if more else None
        return ([self._show(entry) for entry in chosen] if self._show else chosen), following


class MergedListing(Listing[T]):
    """One list of several lists, in the order of their positions.

    A page reads no more of each list than it could show.

    Args:
        lists: the lists, each ascending by ``position``.
        position: returns the sort key of an entry, which is unique among all lists.
        descending: show the last entry first.
        show: turns an entry of the page into the form of the output shape.
    """

    __slots__ = ("_lists",)

    def __init__(
        self,
        lists: Iterable[Sequence[T]],
        position: Callable[[T], Position],
        *,
        descending: bool = False,
        show: Callable[[T], Any] | None = None,
    ) -> None:
        super().__init__((), position, descending=descending, show=show)
        self._lists = list(lists)

    def page(self, size: int, after: Position | None) -> tuple[list[Any], Position | None]:
        """Return the entries after the position ``after``, and the position for the next page."""
        near: list[T] = []
        for each in self._lists:
            part = Listing(each, self._position, descending=self._descending)
            near += part.page(size + 1, after)[0]
        near.sort(key=self._position)
        page = Listing(near, self._position, descending=self._descending, show=self._show)
        return page.page(size, None)


class FilteredListing(Listing[T]):
    """A list of which only some entries are shown.

    A page tests no more entries than it has to pass to fill itself.

    Args:
        entries: all entries, ascending by ``position``.
        position: returns the unique sort key of an entry, which never changes.
        keep: returns whether an entry is shown.
        descending: show the last entry first.
        show: turns an entry of the page into what the output shape wants.
    """

    __slots__ = ("_keep",)

    def __init__(
        self,
        entries: Sequence[T],
        position: Callable[[T], Position],
        *,
        keep: Callable[[T], bool],
        descending: bool = False,
        show: Callable[[T], Any] | None = None,
    ) -> None:
        super().__init__(entries, position, descending=descending, show=show)
        self._keep = keep

    def page(self, size: int, after: Position | None) -> tuple[list[Any], Position | None]:
        """Return the entries after the position ``after``, and the position for the next page."""
        entries, position = self._entries, self._position
        if self._descending:
            stop = len(entries) if after is None else bisect_left(entries, after, key=position)
            places = range(stop - 1, -1, -1)
        else:
            start = 0 if after is None else bisect_right(entries, after, key=position)
            places = range(start, len(entries))
        kept = filter(self._keep, map(entries.__getitem__, places))
        chosen = list(islice(kept, size + 1))
        following = position(chosen[size - 1]) if len(chosen) > size else None
        shown = chosen[:size]
        return ([self._show(entry) for entry in shown] if self._show else shown), following
