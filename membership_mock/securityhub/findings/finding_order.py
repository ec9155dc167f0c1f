"""The order in which GetFindings shows findings, and the page of them that follows another.

Without sort criteria the latest update comes first, and findings of the same instant in the order
of their import (inferred). That order is kept with the findings, so that a page costs what it
shows, that way round and the other; any other order has to look at all findings that match.
"""

from __future__ import annotations

import heapq
import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from membership_mock.engine.protocol.pagination import Listing, Position
from membership_mock.securityhub.errors import InvalidInputException
from membership_mock.securityhub.findings.finding_fields import attributes, path_of, values
from membership_mock.securityhub.findings.finding_filters import Query
from membership_mock.securityhub.findings.finding_format import instant
from membership_mock.securityhub.findings.finding_store import Finding, Shelf

#: kinds of filters whose attributes have no single value to sort by
_UNSORTABLE = ("MapFilter", "KeywordFilter")


@dataclass(frozen=True)
class Sight:
    """The findings that a viewer sees of one account in one region.

    Attributes:
        shelf: where they are kept.
        until: the sequence of the last one that is seen; None if all are.
    """

    shelf: Shelf
    until: int | None = None

    def shows(self, finding: Finding) -> bool:
        """Return whether the viewer sees ``finding``, which is on the shelf."""
        return self.until is None or finding.sequence <= self.until


@dataclass(frozen=True)
class Criterion:
    """One sort criterion: the path to an attribute, and which way."""

    path: tuple[str, ...]
    descending: bool
    dated: bool


@dataclass(frozen=True)
class Order:
    """The order that findings are shown in.

    Attributes:
        criteria: what they are sorted by, before their places; none for the order they are kept in.
        upwards: whether the order they are kept in is turned round.
    """

    criteria: tuple[Criterion, ...] = ()
    upwards: bool = False


@dataclass(slots=True)
class _Downwards:
    """A value that comes before smaller ones."""

    value: Any

    def __lt__(self, other: _Downwards) -> bool:
        return bool(other.value < self.value)


def compile_order(criteria: Sequence[Mapping[str, str]]) -> Order:
    """Return the order that ``criteria`` stand for; without any, the default order.

    Raises:
        InvalidInputException: a criterion names no attribute that findings can be sorted by
            (inferred: those that they can be filtered by, but for maps).
    """
    compiled = []
    for each in criteria:
        field = each.get("Field", "")
        kind = attributes().get(field)
        if kind is None or kind in _UNSORTABLE:
            raise InvalidInputException(
                f"Invalid parameter 'SortCriteria'. Findings cannot be sorted by '{field}'; the"
                " attributes of Filters can be named here, such as 'UpdatedAt' or 'SeverityLabel'."
            )
        # inferred: the order is ascending where none is asked for
        descending = each.get("SortOrder") == "desc"
        compiled.append(Criterion(path_of(field), descending, kind == "DateFilter"))
    if len(compiled) == 1 and compiled[0].path == ("UpdatedAt",):
        return Order(upwards=not compiled[0].descending)
    return Order(tuple(compiled))


class FoundFindings(Listing[Finding]):
    """The findings that are seen and match, of which one page will be shown.

    Args:
        sights: what is seen of each account in each region.
        query: what a finding must match.
        order: the order they are shown in.
    """

    __slots__ = ("_order", "_query", "_sights", "_sorts")

    def __init__(self, sights: Iterable[Sight], query: Query, order: Order) -> None:
        super().__init__((), _place)
        self._sights = [
            sight for sight in sights if query.admits(sight.shelf.account_id, sight.shelf.region)
        ]
        self._query = query
        self._order = order
        # the few findings that have certain ids are sorted faster than found in the kept order
        self._sorts = bool(order.criteria) or query.ids is not None

    def page(self, size: int, after: Position | None) -> tuple[list[Any], Position | None]:
        """Return the findings behind the position ``after``, and the position to go on from."""
        if self._sorts:
            chosen = self._first_sorted(size + 1, after)
        else:
            chosen = list(islice(self._as_kept(after), size + 1))
        following = self._position_of(chosen[size - 1]) if len(chosen) > size else None
        return [finding.fields for finding in chosen[:size]], following

    def _position_of(self, finding: Finding) -> str:
        if self._sorts:
            return json.dumps(self._sort_values(finding))
        return finding.place

    def _as_kept(self, after: Position | None) -> Iterator[Finding]:
        """Yield what matches behind ``after`` in the order it is kept in, as far as asked for."""
        walks = [self._walk(sight, after) for sight in self._sights]
        if len(walks) == 1:
            return walks[0]
        return heapq.merge(*walks, key=_place, reverse=not self._order.upwards)

    def _walk(self, sight: Sight, after: Position | None) -> Iterator[Finding]:
        ordered, matches = sight.shelf.ordered, self._query.matches
        if self._order.upwards:
            start = 0 if after is None else bisect_right(ordered, after, key=_place)
            indexes = range(start, len(ordered))
        else:
            stop = len(ordered) if after is None else bisect_left(ordered, after, key=_place)
            indexes = range(stop - 1, -1, -1)
        for index in indexes:
            finding = ordered[index]
            if sight.shows(finding) and matches(finding.fields):
                yield finding

    def _first_sorted(self, count: int, after: Position | None) -> list[Finding]:
        """Return the first ``count`` of all that match behind ``after``."""
        matches = self._query.matches
        keyed = (
            (self._key(self._sort_values(finding)), finding)
            for sight in self._sights
            for finding in self._candidates(sight.shelf)
            if sight.shows(finding) and matches(finding.fields)
        )
        if after is not None:
            last = self._key(json.loads(str(after)))
            keyed = (pair for pair in keyed if last < pair[0])
        return [finding for _, finding in heapq.nsmallest(count, keyed, key=lambda pair: pair[0])]

    def _candidates(self, shelf: Shelf) -> Iterable[Finding]:
        ids = self._query.ids
        if ids is None:
            return shelf.ordered
        return chain.from_iterable(shelf.by_id.get(one, ()) for one in ids)

    def _sort_values(self, finding: Finding) -> list[Any]:
        """Return what a finding is sorted by; None for what it has not."""
        sorted_by: list[Any] = []
        for criterion in self._order.criteria:
            found = values(finding.fields, criterion.path)
            if criterion.dated:
                stamps = filter(None, map(instant, found))
                found = [stamp.isoformat(timespec="microseconds") for stamp in stamps]
            # of several values the one counts that comes first (inferred)
            choose = max if criterion.descending else min
            sorted_by.append(choose(found, default=None))
        return [*sorted_by, finding.place]

    def _key(self, sort_values: Sequence[Any]) -> tuple[Any, ...]:
        """Return the key for `_sort_values`; what a finding has not comes last (inferred)."""
        *given, place = sort_values
        key: list[Any] = []
        for value, criterion in zip(given, self._order.criteria, strict=True):
            if value is None:
                key.append((1,))
            else:
                key.append((0, _Downwards(value) if criterion.descending else value))
        return (*key, place if self._order.upwards else _Downwards(place))


def _place(finding: Finding) -> str:
    return finding.place
