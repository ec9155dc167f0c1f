"""The filters of findings, which GetFindings, UpdateFindings and insights share.

Different attributes are joined by AND. What the filters of one attribute ask for stands in
``filter_tests.py``, which automation rules use as well.

Source: the API pages AwsSecurityFindingFilters and GetFindings (limits). The texts of refusals are
inferred [SH-192].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.securityhub.findings.bad_filters import BadFilter
from membership_mock.securityhub.findings.filter_intervals import Interval, intervals
from membership_mock.securityhub.findings.filter_tests import (
    FINDING_COMPARISONS,
    Test,
    compile_each,
)
from membership_mock.securityhub.findings.finding_columns import ColumnTest, PartTest
from membership_mock.securityhub.findings.finding_fields import attributes, path_of
from membership_mock.securityhub.findings.finding_keywords import KeywordTest

MOST_ATTRIBUTES = 10
MOST_VALUES = 20

#: attributes that all findings of one account in one region share
_ORIGIN = ("AwsAccountId", "Region")

#: kinds of filters that read more of a finding than the values at one path, or maps
_WITHOUT_COLUMN = ("MapFilter", "KeywordFilter")
_KEYWORD = "Keyword"

#: the attribute that the index of findings is ordered by
_UPDATED = "UpdatedAt"


@dataclass(frozen=True)
class Query:
    """Compiled filters.

    Attributes:
        tests: what a finding must meet besides the rest.
        origin_tests: those of them that depend only on account and region of a finding.
        ids: the only ids that can match; None if any can.
        updated: when the findings were updated that can match; None if ``ids`` are known, or any
            finding can match.
        columns: what many findings must meet at once, instead of some of ``tests``; what takes
            longest comes last.
        others: the rest of ``tests``.
        is_search: whether keywords are among ``columns``: to look for them in one finding takes
            long.
    """

    tests: tuple[Test, ...] = ()
    origin_tests: tuple[Test, ...] = ()
    ids: tuple[str, ...] | None = None
    updated: Interval | None = None
    columns: tuple[PartTest, ...] = ()
    others: tuple[Test, ...] = ()
    is_search: bool = False

    def admits(self, account_id: str, region: str) -> bool:
        """Return whether findings of this account in this region can match at all."""
        origin = {"AwsAccountId": account_id, "Region": region}
        return all(test(origin) for test in self.origin_tests)


def compile_filters(filters: Mapping[str, Sequence[Any]], now: datetime) -> Query:
    """Return the query that ``filters`` stand for.

    Args:
        filters: the filters of each attribute; one without filters is ignored.
        now: what relative dates count from.

    Raises:
        InvalidInputException: there are too many, or one of them is not valid.
    """
    try:
        return _query(filters, now)
    except BadFilter as bad:
        raise bad.refusal("Filters") from None


def _query(filters: Mapping[str, Sequence[Any]], now: datetime) -> Query:
    given = {name: each for name, each in filters.items() if each}
    if len(given) > MOST_ATTRIBUTES:
        raise BadFilter(
            f"{len(given)} attributes are given, and {MOST_ATTRIBUTES} are the most that findings"
            " can be filtered by"
        )
    for name, wanted in given.items():
        if len(wanted) > MOST_VALUES:
            raise BadFilter(
                f"{name} has {len(wanted)} values, and {MOST_VALUES} are the most that an attribute"
                " can have"
            )
    tests = compile_each(given, now, FINDING_COMPARISONS)
    updated = intervals(_UPDATED, given[_UPDATED], now) if _UPDATED in given else []
    only_ids = "Id" in given and all(
        each.get("Comparison", "EQUALS") == "EQUALS" for each in given["Id"]
    )
    # The index of findings is in the order of their updates, so it answers for one interval.
    answered = (*_ORIGIN, _UPDATED) if len(updated) == 1 and not only_ids else _ORIGIN
    asked = {name: test for name, test in tests.items() if name not in answered}
    kinds = {name: attributes()[name] for name in asked}
    columns: list[PartTest] = [
        ColumnTest(path_of(name), test)
        for name, test in asked.items()
        if kinds[name] not in _WITHOUT_COLUMN
    ]
    keywords = [each["Value"] for each in given.get(_KEYWORD, ())]
    is_searched = bool(keywords) and KeywordTest.knows(keywords)
    if is_searched:
        columns.append(KeywordTest(keywords))
    return Query(
        tests=tuple(asked.values()),
        columns=tuple(columns),
        others=tuple(
            test
            for name, test in asked.items()
            if kinds[name] in _WITHOUT_COLUMN and not (name == _KEYWORD and is_searched)
        ),
        is_search=is_searched,
        origin_tests=tuple(test for name, test in tests.items() if name in _ORIGIN),
        ids=(tuple(dict.fromkeys(each["Value"] for each in given["Id"])) if only_ids else None),
        updated=(
            Interval(min(each.start for each in updated), max(each.end for each in updated))
            if updated and not only_ids
            else None
        ),
    )
