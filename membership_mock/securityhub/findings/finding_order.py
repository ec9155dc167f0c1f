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
from itertools import compress, islice
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.protocol.pagination import Listing, Position
from membership_mock.securityhub.errors import InvalidInputException
from membership_mock.securityhub.findings.finding_columns import Path, Value, every
from membership_mock.securityhub.findings.finding_fields import attributes, path_of, values
from membership_mock.securityhub.findings.finding_filters import Query
from membership_mock.securityhub.findings.finding_format import quick_instant
from membership_mock.securityhub.findings.finding_store import Finding
from membership_mock.securityhub.findings.visible_findings import VisibleFindings

#: kinds of filters whose attributes have no single value to sort by
_UNSORTABLE = ("MapFilter", "KeywordFilter")


@dataclass(frozen=True)
class Criterion:
    """One sort criterion: the path to an attribute, and which way."""

    path: Path
    descending: bool
    dated: bool

    def sort_value(self, value: Value) -> Any:
        """Return the value by which a finding is sorted; None if it has none.

        Of several values the one counts that comes first (inferred [SH-98]).
        """
        if isinstance(value, str):  # the usual case
            return quick_instant(value) if self.dated else value
        return self.first(every(value))

    def first(self, found: Iterable[Any]) -> Any:
        """Return the one of some values that comes first; None if none can be compared."""
        if self.dated:
            found = (stamp for stamp in map(quick_instant, found) if stamp is not None)
        return (max if self.descending else min)(found, default=None)


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
            chosen = list(islice(self._as_kept(after, size + 1), size + 1))
        following = self._position_of(chosen[size - 1]) if len(chosen) > size else None
        return [finding.fields for finding in chosen[:size]], following

    def _position_of(self, finding: Finding) -> str:
        if self._sorts:
            return json.dumps(self._sort_values(finding))
        return finding.place

    def _as_kept(self, after: Position | None, count: int) -> Iterator[Finding]:
        """Yield what matches after a position, in the order of the index.

        Args:
            after: the position; None for the beginning.
            count: how many are wanted; those after them may be missing.
        """
        upwards = self._order.upwards
        begins = [(part, places) for part in self._visible if (places := self._places(part, after))]
        if len(begins) > count and not self._query.tests and all(map(_shows_all, self._visible)):
            # All findings match. So an account and region whose first finding comes after those of
            # ``count`` others cannot be among the first ``count``.
            first = heapq.nsmallest if upwards else heapq.nlargest
            begins = first(count, begins, key=_first_place)
        walks = [part.matching(self._query, places) for part, places in begins]
        if len(walks) == 1:
            return walks[0]
        return heapq.merge(*walks, key=_place, reverse=not upwards)

    def _places(self, part: VisibleFindings, after: Position | None) -> range:
        """Return the places of the findings after ``after`` that can match, in their order."""
        ordered, places = part.index.ordered, part.places(self._query)
        start, stop = places.start, places.stop
        if self._order.upwards:
            if after is not None:
                start = max(start, bisect_right(ordered, after, key=_place))
            return range(start, stop)
        if after is not None:
            stop = min(stop, bisect_left(ordered, after, key=_place))
        return range(stop - 1, start - 1, -1)

    def _first_sorted(self, count: int, after: Position | None) -> list[Finding]:
        """Return the first ``count`` of all that match behind ``after``."""
        found, sorted_by = self._collected()
        places = list(map(_place, found))
        upwards = self._order.upwards
        order = sorted(range(len(found)), key=places.__getitem__, reverse=not upwards)
        # Python's sort keeps the order of equal elements, so the first criterion comes last.
        for criterion, keys in reversed([*zip(self._order.criteria, sorted_by, strict=True)]):
            valued = [at for at in order if keys[at] is not None]
            valued.sort(key=keys.__getitem__, reverse=criterion.descending)
            if len(valued) < len(order):  # those without the attribute come last, whichever way
                valued += [at for at in order if keys[at] is None]
            order = valued
        start = 0
        if after is not None:
            last = self._key(json.loads(str(after)))
            start = bisect_right(
                order, last, key=lambda at: self._key(self._sort_values(found[at]))
            )
        return [found[at] for at in order[start : start + count]]

    def _collected(self) -> tuple[list[Finding], list[list[Any]]]:
        """Return all findings that match, and for each criterion the sort value of each."""
        criteria = self._order.criteria
        found: list[Finding] = []
        sorted_by: list[list[Any]] = [[] for _ in criteria]
        for part in self._visible:
            if self._query.ids is not None:
                some = list(part.matching(self._query))
                found += some
                for criterion, keys in zip(criteria, sorted_by, strict=True):
                    keys.extend(_sort_value(criterion, each) for each in some)
                continue
            for chosen in part.chosen(self._query):
                found += compress(chosen.entries, chosen.marks)
                for criterion, keys in zip(criteria, sorted_by, strict=True):
                    column = chosen.column(criterion.path)
                    read = (
                        [_sort_value(criterion, each) for each in chosen.entries]
                        if column is None
                        else column.read(criterion.sort_value)
                    )
                    keys.extend(compress(read, chosen.marks))
        return found, sorted_by

    def _sort_values(self, finding: Finding) -> list[Any]:
        """Return what a finding is sorted by; None for an attribute that it does not have."""
        sorted_by: list[Any] = []
        for criterion in self._order.criteria:
            value = _sort_value(criterion, finding)
            is_stamp = criterion.dated and value is not None
            sorted_by.append(value.isoformat(timespec="microseconds") if is_stamp else value)
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


def _sort_value(criterion: Criterion, finding: Finding) -> Any:
    return criterion.first(values(finding.fields, criterion.path))


def _shows_all(part: VisibleFindings) -> bool:
    return part.until is None


def _first_place(begin: tuple[VisibleFindings, range]) -> str:
    part, places = begin
    return part.index.ordered[places[0]].place


def _place(finding: Finding) -> str:
    return finding.place
