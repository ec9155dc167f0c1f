"""The order in which GetFindings shows findings, and the page of them that follows another.

Without sort criteria the latest update comes first, and findings of the same instant in the order
of their import (inferred). That order is kept with the findings, so that a page costs what it
shows; any other order has to look at all findings that match.
"""

from __future__ import annotations

import heapq
import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from membership_mock.engine.pagination import Listing, Position
from membership_mock.securityhub.errors import InvalidInputException
from membership_mock.securityhub.finding_fields import attributes, path_of, values
from membership_mock.securityhub.finding_filters import Query
from membership_mock.securityhub.finding_format import instant
from membership_mock.securityhub.finding_store import Finding, Shelf

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


class _Downwards:
    """A value that comes before smaller ones."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __lt__(self, other: _Downwards) -> bool:
        return bool(other.value < self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Downwards) and bool(self.value == other.value)

    __hash__ = None  # type: ignore[assignment]  # nobody keeps these


def compile_order(criteria: Sequence[Mapping[str, str]]) -> tuple[Criterion, ...]:
    """Return the order that ``criteria`` stand for; empty for the default order.

    Raises:
        InvalidInputException: a criterion names no attribute that findings can be sorted by
            (inferred: those that they can be filtered by, but for maps).
    """
    order = []
    for each in criteria:
        field = each.get("Field", "")
        kind = attributes().get(field)
        if kind is None or kind in _UNSORTABLE:
            raise InvalidInputException(
                f"Invalid parameter 'SortCriteria'. Findings cannot be sorted by '{field}'; the"
                " attributes of Filters can be named here, such as 'UpdatedAt' or 'SeverityLabel'."
            )
        # inferred: the order is ascending where none is asked for
        order.append(Criterion(path_of(field), each.get("SortOrder") == "desc", kind == "DateFilter"))
    newest_first = Criterion(("UpdatedAt",), descending=True, dated=True)
    return () if order[:1] == [newest_first] else tuple(order)


class FoundFindings(Listing[Finding]):
    """The findings that are seen and match, of which one page will be shown.

    Args:
        sights: what is seen of each account in each region.
        query: what a finding must match.
        order: the sort criteria; none for the default order.
    """

    __slots__ = ("_order", "_query", "_sights")

    def __init__(
        self, sights: Iterable[Sight], query: Query, order: tuple[Criterion, ...]
    ) -> None:
        super().__init__((), lambda finding: finding.place)
        self._sights = [
            sight for sight in sights if query.admits(sight.shelf.account_id, sight.shelf.region)
        ]
        self._query = query
        self._order = order

    def page(self, size: int, after: Position | None) -> tuple[list[Any], Position | None]:
        """Return the findings behind the position ``after``, and the position to go on from."""
        following = self._sorted(after) if self._order or self._query.ids else self._stored(after)
        chosen = (
            list(islice(following, size + 1))
            if not isinstance(following, _Unsorted)
            else following.first(size + 1)
        )
        shown = [finding.fields for finding in chosen[:size]]
        more = len(chosen) > size
        return shown, self._position_of(chosen[size - 1]) if more else None
