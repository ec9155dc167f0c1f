"""The order that documents are shown in, and the page of them that follows another.

Without sort criteria documents come in the order that they are kept in, so that a page costs what
it shows; any other order has to look at all documents that match.

Inferred [SH-275]: an order that is left out is descending; what a document has not comes last; of
several values the first one counts; there are at most ten criteria.
"""

from __future__ import annotations

import heapq
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, Generic, Protocol, TypeVar

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.protocol.pagination import Listing, Position
from membership_mock.securityhub.errors import ValidationException
from membership_mock.securityhub.findings.finding_columns import TESTED_SINGLY, Columns, Part
from membership_mock.securityhub.v2.queries.fields import Document, Path, values
from membership_mock.securityhub.v2.queries.filters import Dialect, marks_of
from membership_mock.securityhub.v2.queries.leaves import Test

MOST_CRITERIA = 10


class Placed(Protocol):
    """What is kept in an order, by a place that is its own."""

    @property
    def place(self) -> str:
        """The place in the order."""


P = TypeVar("P", bound=Placed)


@dataclass(frozen=True)
class Source(Generic[P]):
    """Entries of one account in one region.

    Attributes:
        ordered: the entries, ascending by their places.
        document: returns what is shown of an entry; None if it is not seen.
        columns: the values of the documents, if these are kept and ``ordered`` has all entries.
    """

    ordered: Sequence[P]
    document: Callable[[P], Document | None]
    columns: Columns[P] | None = None


@dataclass(frozen=True)
class Criterion:
    """One sort criterion: the path to a field, and which way."""

    path: Path
    descending: bool


@dataclass(frozen=True)
class Order:
    """The order that documents are shown in.

    Attributes:
        criteria: what they are sorted by, before their places.
        descending: whether entries with later places come first.
    """

    criteria: tuple[Criterion, ...] = ()
    descending: bool = False


def compile_order(
    criteria: Sequence[Mapping[str, str]] | None,
    fields: Collection[str],
    dialect: Dialect,
    *,
    kept_by: str,
    descending: bool,
) -> Order:
    """Return the order that sort criteria stand for.

    Args:
        criteria: those of the request; without any, the order is the one that entries are kept in.
        fields: the fields that can be sorted by.
        dialect: knows where a document has them.
        kept_by: the field whose order the entries are kept in.
        descending: whether that order goes downwards without criteria.

    Raises:
        ValidationException: there are too many criteria, or one names no such field.
    """
    given = criteria or []
    if len(given) > MOST_CRITERIA:
        raise ValidationException(f"SortCriteria must have at most {MOST_CRITERIA} entries")
    compiled = []
    for each in given:
        name = each.get("Field", "")
        if name not in fields:
            raise ValidationException(f"SortCriteria cannot have the Field {name}")
        compiled.append(Criterion(dialect.path(name), each.get("SortOrder", "desc") == "desc"))
    if len(compiled) == 1 and given[0]["Field"] == kept_by:
        return Order(descending=compiled[0].descending)
    return Order(tuple(compiled), descending)


@dataclass(slots=True)
class _Downwards:
    """A value that comes before smaller ones."""

    value: Any

    def __lt__(self, other: _Downwards) -> bool:
        return bool(other.value < self.value)


@dataclass(frozen=True, slots=True)
class _Marking:
    """A test of documents, as one that is tried for all documents of a part at once."""

    test: Test

    def marks(self, part: Part, needed: bytes) -> bytes:
        """Return for each document of a part 1 if it meets the test, otherwise 0."""
        return marks_of(self.test, part, needed)


class Found(Listing[P]):
    """The entries that match, of which one page will be shown.

    Args:
        sources: where they are kept.
        matches: what a document must meet; None for all of them.
        order: the order they are shown in.
        show: turns a document of the page into what the answer wants.
    """

    __slots__ = ("_matches", "_order", "_shape", "_sources")

    def __init__(
        self,
        sources: Iterable[Source[P]],
        matches: Test | None,
        order: Order,
        show: Callable[[Any], Any] = lambda document: document,
    ) -> None:
        super().__init__((), _place)
        self._sources = list(sources)
        self._matches = matches
        self._order = order
        self._shape = show

    def page(self, size: int, after: Position | None) -> tuple[list[Any], Position | None]:
        """Return the documents behind the position ``after``, and the position to go on from."""
        if self._order.criteria:
            chosen = self._first_sorted(size + 1, after)
        else:
            chosen = list(islice(self._as_kept(after), size + 1))
        following = None
        if len(chosen) > size:
            entry, document = chosen[size - 1]
            following = entry.place
            if self._order.criteria:
                following = json.dumps([*self._sort_values(document), entry.place])
        return [self._shape(document) for _, document in chosen[:size]], following

    def _as_kept(self, after: Position | None) -> Iterator[tuple[P, Document]]:
        walks = [self._walk(source, after) for source in self._sources]
        if len(walks) == 1:
            return walks[0]
        return heapq.merge(*walks, key=lambda pair: pair[0].place, reverse=self._order.descending)

    def _walk(self, source: Source[P], after: Position | None) -> Iterator[tuple[P, Document]]:
        ordered = source.ordered
        if self._order.descending:
            stop = len(ordered) if after is None else bisect_left(ordered, after, key=_place)
            indexes = range(stop - 1, -1, -1)
        else:
            start = 0 if after is None else bisect_right(ordered, after, key=_place)
            indexes = range(start, len(ordered))
        return self._matching(source, indexes)

    def _matching(self, source: Source[P], places: range) -> Iterator[tuple[P, Document]]:
        matches, ordered = self._matches, source.ordered
        columns = None if matches is None else source.columns
        singly = len(places) if columns is None else TESTED_SINGLY
        entries: Iterator[P] = map(ordered.__getitem__, places[:singly])
        if matches is not None and columns is not None:
            tests = [_Marking(matches)]
            entries = chain(
                entries,
                (
                    chosen.entries[at]
                    for chosen in columns.choose(tests, places[singly:])
                    for at in chosen.places(descending=places.step < 0)
                ),
            )
        for entry in entries:
            document = source.document(entry)
            if document is not None and (matches is None or matches(document)):
                yield entry, document

    def _first_sorted(self, count: int, after: Position | None) -> list[tuple[P, Document]]:
        keyed = (
            (self._key([*self._sort_values(pair[1]), pair[0].place]), pair)
            for source in self._sources
            for pair in self._matching(source, range(len(source.ordered)))
        )
        if after is not None:
            last = self._key(json.loads(str(after)))
            keyed = (each for each in keyed if last < each[0])
        return [pair for _, pair in heapq.nsmallest(count, keyed, key=lambda each: each[0])]

    def _sort_values(self, document: Document) -> list[Any]:
        found = (values(document, each.path) for each in self._order.criteria)
        return [each[0] if each else None for each in found]

    def _key(self, sort_values: Sequence[Any]) -> tuple[Any, ...]:
        *given, place = sort_values
        key: list[Any] = []
        for value, criterion in zip(given, self._order.criteria, strict=True):
            if value is None:
                key.append((1,))
            else:
                # numbers before texts, should a document mix them
                ranked = (isinstance(value, str), value)
                key.append((0, _Downwards(ranked) if criterion.descending else ranked))
        return (*key, _Downwards(place) if self._order.descending else place)


def _place(entry: Placed) -> str:
    return entry.place
