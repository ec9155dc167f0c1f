"""The findings of one account in one region that a caller may see, and those of them that match.

A filter of `UpdatedAt` or `Id` is answered by the index of findings, most others by the columns of
``finding_columns.py``. What remains is tried for each finding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, compress
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.securityhub.findings.filter_tests import Test
from membership_mock.securityhub.findings.finding_columns import (
    TESTED_SINGLY,
    Chosen,
    FindingColumns,
    Path,
    every,
)
from membership_mock.securityhub.findings.finding_fields import values
from membership_mock.securityhub.findings.finding_filters import Query
from membership_mock.securityhub.findings.finding_store import Finding, FindingIndex, Identity


@dataclass(frozen=True)
class VisibleFindings:
    """The findings of one account in one region that the caller may see.

    Attributes:
        columns: all findings of that account and region, and the values of their attributes.
        until: the sequence of the last visible one; None if all are visible.
    """

    columns: FindingColumns
    until: int | None = None

    @property
    def index(self) -> FindingIndex:
        """All findings of that account and region."""
        return self.columns.index

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
        ordered = self.index.ordered
        if query.ids is not None and places is None:
            by_id = self.index.by_id
            named = chain.from_iterable(by_id.get(one, ()) for one in query.ids)
            yield from self._passing(named, query.tests)
            return
        if places is None:
            places = self.places(query)
        singly = len(places)
        if query.columns:
            singly = 0 if query.is_search else TESTED_SINGLY
        yield from self._passing(map(ordered.__getitem__, places[:singly]), query.tests)
        if query.columns:
            descending = places.step < 0
            for chosen in self.columns.choose(query.columns, places[singly:]):
                found = map(chosen.entries.__getitem__, chosen.places(descending=descending))
                yield from self._passing(found, query.others)

    def chosen(self, query: Query) -> Iterator[Chosen[Finding]]:
        """Yield, for each part of the index, which findings are visible and match.

        Args:
            query: what they must match; its ``ids`` must be None.
        """
        for chosen in self.columns.choose(query.columns, self.places(query)):
            if not (query.others or self.until is not None):
                yield chosen
                continue
            passing = self._passing(compress(chosen.entries, chosen.marks), query.others)
            passed = set(map(id, passing))
            marks = bytes(id(finding) in passed for finding in chosen.entries)
            if 1 in marks:
                yield replace(chosen, marks=marks)

    def count(self, query: Query, path: Path) -> Counter[Any]:
        """Count the visible findings that match by their values at a path.

        A finding counts once for each of its values.
        """
        counts: Counter[Any] = Counter()
        if query.ids is not None:
            for finding in self.matching(query):
                counts.update(set(values(finding.fields, path)))
            return counts
        for chosen in self.chosen(query):
            column = chosen.column(path)
            if column is None:
                for fields in compress(chosen.part.rows, chosen.marks):
                    counts.update(set(values(fields, path)))
                continue
            for number, count in Counter(compress(column.numbers, chosen.marks)).items():
                value = column.different[number]
                for each in set(every(value)):
                    counts[each] += count
        return counts

    def _passing(self, found: Iterable[Finding], tests: Sequence[Test]) -> Iterator[Finding]:
        """Yield those of some findings that are visible and pass all tests."""
        until = self.until
        if len(tests) == 1:  # one more call would cost as much as the test
            (test,) = tests
            found = (finding for finding in found if test(finding.fields))
        elif tests:
            found = (finding for finding in found if all(test(finding.fields) for test in tests))
        for finding in found:
            if until is None or finding.sequence <= until:
                yield finding


def identified(visible: Iterable[VisibleFindings], identity: Identity) -> list[Finding]:
    """Return the findings with a product ARN and an id, out of what is seen."""
    return [
        finding
        for part in visible
        if (finding := part.index.findings.get(identity)) and part.shows(finding)
    ]
