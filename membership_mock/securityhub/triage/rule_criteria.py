"""The criteria of automation rules, compiled once for each change of a rule.

Different attributes are joined by AND. Of the filters of one attribute, those that ask for a value
are joined by OR, and those that exclude one by AND.

Sources: API pages AutomationRulesFindingFilters, StringFilter and MapFilter.
Inferred [SH-149, SH-156]: criteria without an attribute are refused; a finding with several
resources meets a criterion if one of them does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.securityhub.errors import InvalidInputException
from membership_mock.securityhub.findings.bad_filters import BadFilter
from membership_mock.securityhub.findings.filter_intervals import is_relative
from membership_mock.securityhub.findings.filter_tests import (
    RULE_COMPARISONS,
    Test,
    compile_each,
)

MOST_VALUES = 20
#: attributes that may have more values than others
MORE_VALUES = {"AwsAccountId": 100, "GeneratorId": 100, "ResourceId": 100, "Title": 100}


@dataclass(frozen=True, slots=True)
class Criteria:
    """Criteria that are ready to be asked, but for dates that are relative to the present.

    Attributes:
        tests: what a finding must meet, whatever the time is.
        relative: the filters that count from the present, by attribute.
    """

    tests: tuple[Test, ...]
    relative: Mapping[str, Any]

    def at(self, now: datetime) -> tuple[Test, ...]:
        """Return all tests for an import at the instant ``now``."""
        if not self.relative:
            return self.tests
        return self.tests + tuple(_tests(self.relative, now))


def text_of(criteria: Mapping[str, Any]) -> str:
    """Return criteria as the text that `compiled` takes."""
    return json.dumps(criteria)


@lru_cache(maxsize=4096)
def compiled(text: str) -> Criteria:
    """Return the criteria that a text of `text_of` stands for, which must be valid."""
    criteria = json.loads(text)
    relative = {name: each for name, each in criteria.items() if is_relative(each)}
    fixed = {name: each for name, each in criteria.items() if name not in relative}
    return Criteria(tuple(_tests(fixed, None)), relative)


def check(criteria: Mapping[str, Any], now: datetime) -> None:
    """Refuse criteria that a rule cannot have.

    Raises:
        InvalidInputException: no attribute has a filter (inferred [SH-149]), an attribute has too
            many values (rule documented), or a filter is not valid.
    """
    given = {name: each for name, each in criteria.items() if each}
    if not given:
        raise InvalidInputException(
            "Invalid parameter 'Criteria'. At least one criterion is required."
        )
    for name, each in given.items():
        most = MORE_VALUES.get(name, MOST_VALUES)
        if len(each) > most:
            raise InvalidInputException(
                f"Invalid parameter 'Criteria'. {name} has {len(each)} values, and {most} are the"
                " most that it can have."
            )
    try:
        _tests(given, now)
    except BadFilter as bad:
        raise bad.refusal("Criteria") from None


def _tests(criteria: Mapping[str, Any], now: datetime | None) -> list[Test]:
    return list(compile_each(criteria, now, RULE_COMPARISONS).values())
