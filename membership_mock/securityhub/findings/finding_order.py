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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.protocol.pagination import Listing, Position
from membership_mock.securityhub.errors import InvalidInputException
from membership_mock.securityhub.findings.finding_fields import attributes, path_of, values
from membership_mock.securityhub.findings.finding_filters import Query
from membership_mock.securityhub.findings.finding_format import quick_instant
from membership_mock.securityhub.findings.finding_store import Finding, FindingIndex, Identity
from membership_mock.securityhub.findings.keyword_sieve import SIEVED_AT_ONCE, Sieve

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

    def places(self, query: Query) -> range:
        """Return where in the index findings stand that can match."""
        if query.updated is None:
            return range(len(self.index.ordered))
        return self.index.updated_between(query.updated.start, query.updated.end)

    def matching(self, query: Query, places: range | None = None) -> Iterator[Finding]:
        """Yield the visible findings that match.

        Args:
            query: what they must match.
            places: where in the index to look, in this order; None for all places.
        """
        until, ordered = self.until, self.index.ordered
        # Every finding is tested, where one more call would cost as much as the test.
        matches = query.tests[0] if len(query.tests) == 1 else query.matches
        if query.ids is not None and places is None:
            by_id = self.index.by_id
            found: Iterator[Finding] = chain.from_iterable(by_id.get(one, ()) for one in query.ids)
        else:
            found = map(ordered.__getitem__, self.places(query) if places is None else places)
            if query.sieve is not None:
                found = _sieved(found, query.sieve)
        for finding in found:
            if matches(finding.fields) and (until is None or finding.sequence <= until):
                yield finding


def _sieved(found: Iterator[Finding], sieve: Sieve) -> Iterator[Finding]:
    """Yield findings without some of those that have none of the keywords."""
    while some := list(islice(found, SIEVED_AT_ONCE)):
        if sieve([each.fields for each in some]):
            yield from some


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
        ordered, places = part.index.ordered, part.places(self._query)
        start, stop = places.start, places.stop
        if self._order.upwards:
            if after is not None:
                start = max(start, bisect_right(ordered, after, key=_place))
            return part.matching(self._query, range(start, stop))
        if after is not None:
            stop = min(stop, bisect_left(ordered, after, key=_place))
        return part.matching(self._query, range(stop - 1, start - 1, -1))

    def _first_sorted(self, count: int, after: Position | None) -> list[Finding]:
        """Return the first ``count`` of all that match behind ``after``."""
        found = list(chain.from_iterable(part.matching(self._query) for part in self._visible))
        found.sort(key=_place, reverse=not self._order.upwards)
        # Python's sort keeps the order of equal elements, so the first criterion comes last.
        for criterion in reversed(self._order.criteria):
            found = _sorted(found, criterion)
        start = 0
        if after is not None:
            last = self._key(json.loads(str(after)))
            start = bisect_right(
                found, last, key=lambda finding: self._key(self._sort_values(finding))
            )
        return found[start : start + count]

    def _sort_values(self, finding: Finding) -> list[Any]:
        """Return what a finding is sorted by; None for an attribute that it does not have."""
        sorted_by: list[Any] = []
        for criterion in self._order.criteria:
            found = values(finding.fields, criterion.path)
            if criterion.dated:
                stamps = filter(None, map(quick_instant, found))
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


def _sorted(findings: list[Finding], criterion: Criterion) -> list[Finding]:
    """Return findings by one criterion; those without the attribute come last, whichever way."""
    value_of = _reader(criterion)
    sorted_by = [value_of(finding.fields) for finding in findings]
    valued = [index for index, value in enumerate(sorted_by) if value is not None]
    valued.sort(key=sorted_by.__getitem__, reverse=criterion.descending)
    if len(valued) < len(findings):
        valued += [index for index, value in enumerate(sorted_by) if value is None]
    return [findings[index] for index in valued]


def _reader(criterion: Criterion) -> Callable[[Mapping[str, Any]], Any]:
    """Return what reads the value that a criterion sorts by; it returns None for no value."""
    path, dated = criterion.path, criterion.dated
    # of several values the one counts that comes first (inferred [SH-98])
    choose = max if criterion.descending else min

    def read(fields: Mapping[str, Any]) -> Any:
        found: Any = fields
        for step in path:
            found = found.get(step)
            if type(found) is not dict:
                break
        if type(found) is str:  # the usual case
            return quick_instant(found) if dated else found
        every = values(fields, path) if found is not None else ()
        if dated:
            every = [stamp for stamp in map(quick_instant, every) if stamp is not None]
        return choose(every, default=None)

    return read


def _place(finding: Finding) -> str:
    return finding.place
