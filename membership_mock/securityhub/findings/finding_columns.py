"""The values of attributes of many findings, so that a filter is tried once for each value.

Findings are read in parts of 256. For each attribute that is asked for, a part has a column: the
different values of the attribute, and one byte for each finding that says which of them it has.

Before a part is used again, it is checked that its findings have not changed. A change of a finding
replaces its fields, so it is enough that the fields are the same objects as before.

Columns are made from the findings, so they are no part of the state.
"""

from __future__ import annotations

import operator
from abc import abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.securityhub.findings.finding_fields import values
from membership_mock.securityhub.findings.finding_store import Finding, FindingIndex

T = TypeVar("T")
E = TypeVar("E")

Fields = Mapping[str, Any]
Path = tuple[str, ...]
#: returns what stands at a path in the fields of an entry
Read = Callable[[Fields, Path], Sequence[Any]]
#: what stands at a path: the text, if it is one text, or all values with their types, since 1 and
#: true are equal
Value = str | tuple[tuple[Any, ...], tuple[type, ...]]

#: how many different values a byte can have
_BYTES = 256
#: how many findings a part has, at most: so a byte can number all different values
PART_SIZE = _BYTES

#: how many entries a list tests one by one before it uses columns: a page that is full by then does
#: not pay for the column of a whole part
TESTED_SINGLY = 32

_FIELDS = operator.attrgetter("fields")


class Column(NamedTuple):
    """The values of one attribute of the findings of a part.

    Attributes:
        different: the different values.
        numbers: for each finding, which of them it has.
    """

    different: list[Value]
    numbers: bytes

    def marks(self, accepts: Callable[[Value], bool]) -> bytes:
        """Return for each finding 1 if its value is accepted, otherwise 0."""
        flags = bytes(map(accepts, self.different))
        return self.numbers.translate(flags.ljust(_BYTES, b"\0"))

    def read(self, convert: Callable[[Value], Any]) -> list[Any]:
        """Return the value of each finding, converted."""
        return list(map(list(map(convert, self.different)).__getitem__, self.numbers))


class Part:
    """Entries that stand one after another in a list.

    Args:
        rows: the fields of each entry.
        state: what the rows were read from; as long as it is equal, the rows are valid. None if
            these are the rows themselves.
        read: reads the fields of one.
    """

    __slots__ = ("_columns", "_kept", "_read", "rows", "state")

    def __init__(
        self, rows: list[Fields], state: list[Any] | None = None, read: Read = values
    ) -> None:
        self.rows = rows
        self.state = rows if state is None else state
        self._read = read
        self._columns: dict[Path, Column | None] = {}
        self._kept: dict[tuple[str, int], Any] = {}

    def column(self, path: Path) -> Column | None:
        """Return the values at a path; None if they cannot be compared."""
        if path not in self._columns:
            self._columns[path] = _column(self.rows, path, self._read)
        return self._columns[path]

    def kept(self, name: str, start: int, make: Callable[[], T]) -> T:
        """Return what was made from some of the findings, which is made at the first call.

        Args:
            name: what it is.
            start: the place of the first of the findings.
            make: makes it.
        """
        found: T
        if (name, start) in self._kept:
            found = self._kept[name, start]
        else:
            found = self._kept[name, start] = make()
        return found


def _column(rows: list[Fields], path: Path, read: Read) -> Column | None:
    numbers: dict[Value, int] = {}
    new = numbers.setdefault
    try:
        numbered = bytes([new(found, len(numbers)) for found in _values(rows, path, read)])
    except TypeError:  # something that cannot be a key, such as a map
        return None
    return Column(list(numbers), numbered)


def _values(rows: list[Fields], path: Path, read: Read) -> list[Value]:
    """Return what stands at a path in each row."""
    if len(path) <= 2:  # most paths, and the values of most findings are single texts
        try:
            first, last = path[0], path[-1]
            found = [fields[first] for fields in rows]
            if len(path) == 2:
                found = [each[last] for each in found]
        except (KeyError, TypeError):
            found = []
        if found and set(map(type, found)) == {str}:
            return found
    return [_value(read(fields, path)) for fields in rows]


def _value(found: Sequence[Any]) -> Value:
    if len(found) == 1 and type(found[0]) is str:
        return found[0]
    return tuple(found), tuple(map(type, found))


def every(value: Value) -> tuple[Any, ...]:
    """Return what stands at a path as a tuple of all its values."""
    return (value,) if isinstance(value, str) else value[0]


class PartTest(Protocol):
    """A filter that is tried for all findings of a part at once."""

    def marks(self, part: Part, needed: bytes) -> bytes:
        """Return for each finding of a part 1 if it passes, otherwise 0.

        Args:
            part: the findings.
            needed: 0 for each finding that is not asked for; any answer is right for it.
        """


@dataclass(frozen=True, slots=True)
class ColumnTest:
    """A filter that reads the values at one path only.

    Attributes:
        path: the path.
        test: tests the fields of a finding, and reads nothing but the values at the path.
    """

    path: Path
    test: Callable[[Fields], bool]

    def __call__(self, fields: Fields) -> bool:
        """Return whether a finding with these fields passes."""
        return self.test(fields)

    def marks(self, part: Part, needed: bytes) -> bytes:
        """Return for each finding of a part 1 if it passes, otherwise 0."""
        del needed  # to test all of them takes hardly more time
        column = part.column(self.path)
        return column.marks(self.accepts) if column else bytes(map(self.test, part.rows))

    def accepts(self, value: Value) -> bool:
        """Return whether a finding with this value passes."""
        below: Any = value if isinstance(value, str) else list(value[0])
        for step in reversed(self.path):
            below = {step: below}
        return self.test(below)


@dataclass(frozen=True)
class Chosen(Generic[E]):
    """The entries of a part, and which of them pass.

    Attributes:
        part: the part.
        entries: all entries of the part.
        marks: for each of these 1 if it passes, otherwise 0.
    """

    part: Part
    entries: list[E]
    marks: bytes

    def places(self, *, descending: bool) -> Iterator[int]:
        """Yield the places of the entries that pass, in the order that is asked for."""
        marks = self.marks
        if descending:
            at = marks.rfind(1)
            while at >= 0:
                yield at
                at = marks.rfind(1, 0, at)
        else:
            at = marks.find(1)
            while at >= 0:
                yield at
                at = marks.find(1, at + 1)

    def column(self, path: Path) -> Column | None:
        """Return the values at a path of all findings of the part."""
        return self.part.column(path)


class Held(Protocol[E]):
    """Keeps entries in an order."""

    @property
    def ordered(self) -> list[E]:
        """All entries in their order."""


class Columns(Generic[E]):
    """The columns of entries, made where they are asked for.

    Args:
        held: keeps the entries.
    """

    def __init__(self, held: Held[E]) -> None:
        self._held = held
        self._parts: dict[int, Part] = {}

    #: reads the fields of an entry
    read: Read = staticmethod(values)

    @abstractmethod
    def state(self, entries: list[E]) -> list[Any]:
        """Return something that is equal as long as none of the entries has changed."""

    @abstractmethod
    def rows(self, entries: list[E]) -> list[Fields]:
        """Return the fields of entries."""

    def choose(self, tests: Collection[PartTest], places: range) -> Iterator[Chosen[E]]:
        """Yield, for each part with entries that pass some tests, which of them do.

        Args:
            tests: what all must pass.
            places: where to look, in this order; its step is 1 or -1.
        """
        if not places:
            return
        low, high = min(places[0], places[-1]), max(places[0], places[-1]) + 1
        numbers = range(low // PART_SIZE, (high - 1) // PART_SIZE + 1)
        for number in numbers if places.step > 0 else reversed(numbers):
            part, entries = self._part(number)
            begin = number * PART_SIZE
            start, stop = max(low - begin, 0), min(high - begin, len(entries))
            marks = _marks(part, tests, start, stop)
            if 1 in marks:
                yield Chosen(part, entries, marks)

    def _part(self, number: int) -> tuple[Part, list[E]]:
        """Return a part as it is now, with its entries."""
        ordered = self._held.ordered
        entries = ordered[number * PART_SIZE : (number + 1) * PART_SIZE]
        state = self.state(entries)
        part = self._parts.get(number)
        if part is None or part.state != state:
            count = -(-len(ordered) // PART_SIZE)
            if len(self._parts) > count:  # entries have gone
                self._parts = {at: each for at, each in self._parts.items() if at < count}
            part = self._parts[number] = Part(self.rows(entries), state, self.read)
        else:
            # Objects that are the same are compared faster than objects that are only equal.
            part.state = state
        return part, entries


class FindingColumns(Columns[Finding]):
    """The columns of the findings of an index.

    Args:
        index: the index.
    """

    def __init__(self, index: FindingIndex) -> None:
        super().__init__(index)
        self.index = index

    def state(self, entries: list[Finding]) -> list[Any]:
        """Return the fields of findings: a change replaces them."""
        return list(map(_FIELDS, entries))

    def rows(self, entries: list[Finding]) -> list[Fields]:
        """Return the fields of findings."""
        return list(map(_FIELDS, entries))


def _marks(part: Part, tests: Collection[PartTest], start: int, stop: int) -> bytes:
    """Return for each finding 1 if it stands from start to stop and passes all tests."""
    size = len(part.rows)
    marks = b"\1" * size
    if stop - start < size:
        marks = (bytes(start) + marks[start:stop]).ljust(size, b"\0")
    for each in tests:
        found = each.marks(part, marks)
        both = int.from_bytes(marks, "big") & int.from_bytes(found, "big")
        marks = both.to_bytes(size, "big")
        if 1 not in marks:
            break
    return marks
