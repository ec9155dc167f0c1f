"""The order in which GetFindings shows findings, and the page of them that follows another.

Without sort criteria the latest update comes first, and findings of the same instant in the order
of their import (inferred [SH-90]). The index of findings has that order, so that the cost of a page
depends on its size only, ascending or descending. Any other order has to sort all findings that
match.
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
from membership_mock.securityhub.findings.finding_store import Finding, FindingIndex, Identity

#: kinds of filters whose attributes have no single value to sort by
_UNSORTABLE = ("MapFilter", "KeywordFilter")


@dataclass(frozen=True)
class VisibleFindings:
    """The findings of one account in one region that the caller may see.

    Attributes:
        index: all findings of that account and region.
        until: the sequence of the last visible one; None if all are visible.
    """

    index: FindingIndex
    until: int | None = None

    def shows(self, finding: Finding) -> bool:
        """Return whether the caller may see ``finding``, which is in the index."""
        return self.until is None or finding.sequence <= self.until


def identified(visible: Iterable[VisibleFindings], identity: Identity) -> list[Finding]:
    """Return the findings with a product ARN and an id, out of what is seen."""
    return [
        finding
        for part in visible
        if (finding := part.index.findings.get(identity)) and part.shows(finding)
    ]


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
        criteria: what they are sorted by, before their places; empty for the order of the index.
        upwards: whether the order of the index is reversed.
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
            (inferred [SH-98]: those that they can be filtered by, but for maps).
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
        # inferred [SH-215]: the order is ascending where none is asked for
        descending = each.get("SortOrder") == "desc"
        compiled.append(Criterion(path_of(field), descending, kind == "DateFilter"))
    if len(compiled) == 1 and compiled[0].path == ("UpdatedAt",):
        return Order(upwards=not compiled[0].descending)
    return Order(tuple(compiled))


class FoundFindings(Listing[Finding]):
    """The visible findings that match, of which one page will be shown.

    Args:
        visible: the visible findings of each account in each region.
        query: what a finding must match.
        order: the order they are shown in.
    """

    __slots__ = ("_order", "_query", "_sorts", "_visible")

    def __init__(self, visible: Iterable[VisibleFindings], query: Query, order: Order) -> None:
        super().__init__((), _place)
        self._visible = [
            part for part in visible if query.admits(part.index.account_id, part.index.region)
        ]
        self._query = query
        self._order = order
        # sorting the few findings that have certain ids is faster than a walk over the index
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
        """Yield what matches behind ``after`` in the order of the index, lazily."""
        walks = [self._walk(part, after) for part in self._visible]
        if len(walks) == 1:
            return walks[0]
        return heapq.merge(*walks, key=_place, reverse=not self._order.upwards)

    def _walk(self, part: VisibleFindings, after: Position | None) -> Iterator[Finding]:
        ordered, matches = part.index.ordered, self._query.matches
        if self._order.upwards:
            start = 0 if after is None else bisect_right(ordered, after, key=_place)
            indexes = range(start, len(ordered))
        else:
            stop = len(ordered) if after is None else bisect_left(ordered, after, key=_place)
            indexes = range(stop - 1, -1, -1)
        for index in indexes:
            finding = ordered[index]
            if part.shows(finding) and matches(finding.fields):
                yield finding

    def _first_sorted(self, count: int, after: Position | None) -> list[Finding]:
        """Return the first ``count`` of all that match behind ``after``."""
        matches = self._query.matches
        keyed = (
            (self._key(self._sort_values(finding)), finding)
            for part in self._visible
            for finding in self._candidates(part.index)
            if part.shows(finding) and matches(finding.fields)
        )
        if after is not None:
            last = self._key(json.loads(str(after)))
            keyed = (pair for pair in keyed if last < pair[0])
        return [finding for _, finding in heapq.nsmallest(count, keyed, key=lambda pair: pair[0])]

    def _candidates(self, index: FindingIndex) -> Iterable[Finding]:
        ids = self._query.ids
        if ids is None:
            return index.ordered
        return chain.from_iterable(index.by_id.get(one, ()) for one in ids)

    def _sort_values(self, finding: Finding) -> list[Any]:
        """Return what a finding is sorted by; None for an attribute that it does not have."""
        sorted_by: list[Any] = []
        for criterion in self._order.criteria:
            found = values(finding.fields, criterion.path)
            if criterion.dated:
                stamps = filter(None, map(instant, found))
                found = [stamp.isoformat(timespec="microseconds") for stamp in stamps]
            # of several values the one counts that comes first (inferred [SH-98])
            choose = max if criterion.descending else min
            sorted_by.append(choose(found, default=None))
        return [*sorted_by, finding.place]

    def _key(self, sort_values: Sequence[Any]) -> tuple[Any, ...]:
        """Return the key for `_sort_values`; a missing attribute comes last (inferred [SH-98])."""
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
