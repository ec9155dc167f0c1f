"""Composite filters: conditions joined by AND or OR, in up to three layers.

Sources: the API pages of OcsfFindingFilters, CompositeFilter and their kin (limits, layers, what an
operator joins). Inferred [SH-179, SH-272] are that a missing operator is AND, and that filters are
plain boolean logic also where one field is asked for twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from functools import reduce
from operator import and_, or_
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.securityhub.errors import ValidationException
from membership_mock.securityhub.findings.finding_columns import ColumnTest, Part
from membership_mock.securityhub.v2.queries import leaves
from membership_mock.securityhub.v2.queries.fields import Document, Path, path_of
from membership_mock.securityhub.v2.queries.leaves import Test

MOST_COMPOSITES = 10
MOST_FILTERS = 20


@dataclass(frozen=True)
class Dialect:
    """What differs between the filters of findings, resources, software and rules.

    Attributes:
        comparisons: the comparisons of texts that it knows.
        paths: where a document has a field, for the fields that are named otherwise there.
    """

    comparisons: frozenset[str] = leaves.SEARCHING
    paths: Mapping[str, Path] = field(default_factory=dict)

    def path(self, name: str) -> Path:
        """Return where a document has the field that a filter names."""
        return self.paths.get(name) or path_of(name)


#: the filters of findings
SEARCH = Dialect()
#: the criteria of automation rules
RULE = Dialect(leaves.RULING)


def compile_filters(
    filters: Mapping[str, Any] | None, now: datetime, dialect: Dialect = SEARCH
) -> Test | None:
    """Return the test that filters stand for; None if they restrict nothing.

    Args:
        filters: what the request has, with CompositeFilters and CompositeOperator.
        now: what relative dates count from.
        dialect: what they are the filters of.

    Raises:
        ValidationException: there are too many, or one of them makes no sense.
    """
    composites = (filters or {}).get("CompositeFilters") or []
    if len(composites) > MOST_COMPOSITES:
        raise ValidationException(f"CompositeFilters must have at most {MOST_COMPOSITES} entries")
    tests = [_composite(each, now, dialect, nested=False) for each in composites]
    return joined([each for each in tests if each], (filters or {}).get("CompositeOperator"))


def joined(tests: Sequence[Test], operator: str | None) -> Test | None:
    """Return the test that joins ``tests`` by an operator; None without tests."""
    if not tests:
        return None
    if len(tests) == 1:
        return tests[0]
    return Joined(tuple(tests), is_or=operator == "OR")


@dataclass(frozen=True, slots=True)
class Joined:
    """Several tests, one or all of which must be met.

    Attributes:
        tests: the tests.
        is_or: whether one is enough.
    """

    tests: tuple[Test, ...]
    is_or: bool

    def __call__(self, document: Document) -> bool:
        """Return whether a document meets them."""
        found = (test(document) for test in self.tests)
        return any(found) if self.is_or else all(found)

    def marks(self, part: Part, needed: bytes) -> bytes:
        """Return for each document of a part 1 if it meets them, otherwise 0."""
        found = [int.from_bytes(marks_of(test, part, needed), "big") for test in self.tests]
        both = reduce(or_ if self.is_or else and_, found)
        return both.to_bytes(len(part.rows), "big")


def marks_of(test: Test, part: Part, needed: bytes) -> bytes:
    """Return for each document of a part 1 if it meets a test, otherwise 0."""
    if isinstance(test, (Joined, ColumnTest)):
        return test.marks(part, needed)
    return bytes(map(test, part.rows))


def leaves_of(filters: Mapping[str, Any] | None) -> Iterator[Mapping[str, Any]]:
    """Yield every single condition of filters, whatever joins them."""
    for composite in (filters or {}).get("CompositeFilters") or []:
        yield from _leaves(composite)


def _leaves(composite: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for kind in _KINDS:
        yield from composite.get(kind) or []
    for nested in composite.get("NestedCompositeFilters") or []:
        yield from _leaves(nested)


def equal_values(filters: Mapping[str, Any] | None, name: str) -> set[str] | None:
    """Return the only values of a field that documents can match with; None if any can.

    For the field that identifies a document: then no other document has to be looked at.
    """
    given = filters or {}
    found = [_equals(each, name) for each in given.get("CompositeFilters") or []]
    return _joined_values(found, given.get("CompositeOperator"))


def _equals(composite: Mapping[str, Any], name: str) -> set[str] | None:
    found: list[set[str] | None] = []
    for kind, filters in composite.items():
        if kind == "NestedCompositeFilters":
            found += [_equals(each, name) for each in filters]
        elif kind != "Operator":
            for each in filters:
                condition = each.get("Filter") or {}
                is_equal = condition.get("Comparison", "EQUALS") == "EQUALS"
                same = kind == "StringFilters" and each.get("FieldName") == name and is_equal
                found.append({condition.get("Value", "")} if same else None)
    return _joined_values(found, composite.get("Operator"))


def _joined_values(found: Sequence[set[str] | None], operator: str | None) -> set[str] | None:
    known = [each for each in found if each is not None]
    if operator == "OR":
        return set().union(*known) if known and len(known) == len(found) else None
    return set.intersection(*known) if known else None


def _composite(
    given: Mapping[str, Any], now: datetime, dialect: Dialect, *, nested: bool
) -> Test | None:
    tests: list[Test] = []
    for kind, compile_leaf in _KINDS.items():
        filters = given.get(kind) or []
        if len(filters) > MOST_FILTERS:
            raise ValidationException(f"{kind} must have at most {MOST_FILTERS} entries")
        for each in filters:
            name = leaves.required(each, "FieldName", kind)
            condition = leaves.required(each, "Filter", name)
            test = compile_leaf(dialect, name, condition, now)
            is_map = kind == "MapFilters"  # maps cannot be told apart by their values
            tests.append(test if is_map else ColumnTest(dialect.path(name), test))
    inner = given.get("NestedCompositeFilters") or []
    if nested and inner:
        raise ValidationException("NestedCompositeFilters must not be nested any further")
    if len(inner) > MOST_FILTERS:
        raise ValidationException(
            f"NestedCompositeFilters must have at most {MOST_FILTERS} entries"
        )
    for each in inner:
        nested_test = _composite(each, now, dialect, nested=True)
        if nested_test:
            tests.append(nested_test)
    return joined(tests, given.get("Operator"))


Compile = Callable[[Dialect, str, Mapping[str, Any], datetime], Test]

#: how the filters of each kind are compiled
_KINDS: dict[str, Compile] = {
    "StringFilters": lambda dialect, name, given, _: leaves.text_test(
        dialect.path(name), given, dialect.comparisons, name
    ),
    "DateFilters": lambda dialect, name, given, now: leaves.date_test(
        dialect.path(name), given, name, now
    ),
    "BooleanFilters": lambda dialect, name, given, _: leaves.boolean_test(
        dialect.path(name), given, name
    ),
    "NumberFilters": lambda dialect, name, given, _: leaves.number_test(
        dialect.path(name), given, name
    ),
    "MapFilters": lambda dialect, name, given, _: leaves.map_test(
        dialect.path(name), given, dialect.comparisons, name
    ),
    "IpFilters": lambda dialect, name, given, _: leaves.address_test(
        dialect.path(name), given, name
    ),
}
