"""What a check has found: a result for each call, and a report of all of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from membership_mock.parity.recorded_call import RecordedCall
from membership_mock.testing.printing import printable, shortened

_SHOWN = 300


class Outcome(str, Enum):
    """How the mock has answered a recorded call."""

    EQUAL = "equal"
    DIFFERS = "differs"
    REFUSED_OTHERWISE = "refused otherwise"
    NOT_MOCKED = "not mocked"
    SET_UP = "set up"


class _Absent:
    """Stands for a member that is not there."""

    def __repr__(self) -> str:
        return "nothing"


#: a member that one side does not have
ABSENT = _Absent()


@dataclass(frozen=True)
class Difference:
    """One difference between what was recorded and what the mock answers.

    Attributes:
        path: the member, e.g. ``Members[0].MemberStatus``; ``error code``, ``status`` and
            ``error text`` where there is an error.
        expected: what was recorded, in plain JSON values; `ABSENT` for nothing.
        got: what the mock has.
        note: an explanation; empty if there is nothing to explain.
    """

    path: str
    expected: Any
    got: Any
    note: str = ""

    def __str__(self) -> str:
        note = f" ({self.note})" if self.note else ""
        return f"{self.path}: expected {_short(self.expected)}, got {_short(self.got)}{note}"

    def as_json(self) -> dict[str, Any]:
        """Return the difference as plain JSON; a side that has nothing is left out."""
        sides = {"expected": self.expected, "got": self.got}
        found = {name: value for name, value in sides.items() if value is not ABSENT}
        return {"path": self.path, **found, **({"note": self.note} if self.note else {})}


@dataclass(frozen=True)
class Result:
    """What became of one call.

    Attributes:
        call: the recorded call.
        outcome: how the mock has answered.
        differences: what differs; empty if nothing does.
        account: the account that called.
        region: the region that was called.
        note: why the call is not mocked; empty otherwise.
    """

    call: RecordedCall
    outcome: Outcome
    differences: Sequence[Difference] = ()
    account: str = ""
    region: str = ""
    note: str = ""

    @property
    def is_equal(self) -> bool:
        """Whether the mock has answered as recorded."""
        return self.outcome in {Outcome.EQUAL, Outcome.SET_UP}

    def __str__(self) -> str:
        call = self.call
        head = (
            f"{self.outcome.value:<17} {call.service}.{call.operation} by {self.account}"
            f" in {self.region}  [{call.place}]"
        )
        lines = [f"    {each}" for each in self.differences]
        if self.note:
            lines.insert(0, f"    {printable(shortened(self.note, _SHOWN))}")
        return "\n".join([head, *lines])

    def as_json(self) -> dict[str, Any]:
        """Return the result as plain JSON."""
        call = self.call
        return {
            "place": call.place,
            "service": call.service,
            "operation": call.operation,
            "account": self.account,
            "region": self.region,
            "outcome": self.outcome.value,
            "differences": [each.as_json() for each in self.differences],
            **({"note": self.note} if self.note else {}),
        }


@dataclass(frozen=True)
class Report:
    """What became of all calls.

    Attributes:
        results: one for each call, in their order; set-up calls are among them.
        skipped: how many entries of the recordings were not checked, by the reason.
    """

    results: Sequence[Result] = ()
    skipped: Mapping[str, int] = field(default_factory=dict)

    @property
    def checked(self) -> Sequence[Result]:
        """The results without those of set-up calls."""
        return [each for each in self.results if each.outcome is not Outcome.SET_UP]

    @property
    def ok(self) -> bool:
        """Whether at least one call was checked, and all are equal."""
        return bool(self.checked) and all(each.is_equal for each in self.checked)

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """How many checked calls there are of each outcome; every outcome of a check is a key."""
        found = Counter(each.outcome for each in self.checked)
        return {outcome: found[outcome] for outcome in Outcome if outcome is not Outcome.SET_UP}

    def of(self, *outcomes: Outcome) -> Sequence[Result]:
        """Return the results with one of these outcomes."""
        return [each for each in self.results if each.outcome in outcomes]

    def __str__(self) -> str:
        lines = [str(each) for each in self.checked if not each.is_equal]
        lines.append(self.summary)
        return "\n".join(lines)

    @property
    def summary(self) -> str:
        """One line with the numbers, and one for each reason why entries were skipped."""
        counted = ", ".join(f"{n} {outcome.value}" for outcome, n in self.counts.items())
        lines = [f"{len(self.checked)} calls checked: {counted}."]
        lines += [f"{n} skipped: {reason}." for reason, n in sorted(self.skipped.items())]
        if not self.checked:
            lines.append("Nothing was checked, which counts as a failure.")
        return "\n".join(lines)

    def every_call(self) -> str:
        """Return the report with a line for each call, the equal ones too."""
        return "\n".join([*map(str, self.results), self.summary])

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain JSON: ``ok``, ``counts``, ``skipped`` and ``calls``."""
        return {
            "ok": self.ok,
            "counts": {outcome.value: n for outcome, n in self.counts.items()},
            "skipped": dict(self.skipped),
            "calls": [each.as_json() for each in self.checked],
        }

    def assert_equal(self) -> None:
        """Check that all calls are answered as recorded.

        Raises:
            AssertionError: they are not, or there are none; the text is the report.
        """
        __tracebackhide__ = True
        if not self.ok:
            raise AssertionError(f"the mock does not answer as recorded:\n{self}")


def _short(value: Any) -> str:
    if value is ABSENT:
        return repr(value)
    return shortened(printable(json.dumps(value, default=str, ensure_ascii=False)), _SHOWN)
