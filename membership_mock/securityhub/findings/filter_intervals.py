"""The instants that filters of dates accept.

That the several conditions of one filter must all hold, and the texts of refusals, are
inferred [SH-97, SH-192].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.securityhub.findings.bad_filters import BadFilter
from membership_mock.securityhub.findings.finding_format import instant

_FIRST = datetime.min.replace(tzinfo=timezone.utc)
_LAST = datetime.max.replace(tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True)
class Interval:
    """The instants that a filter of dates accepts, from the first to the last of them."""

    start: datetime = _FIRST
    end: datetime = _LAST


def is_relative(wanted: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether the filters of an attribute count from the present."""
    return any("DateRange" in each for each in wanted)


def intervals(
    name: str, wanted: Sequence[Mapping[str, Any]], now: datetime | None
) -> list[Interval]:
    """Return what each filter of an attribute of dates accepts.

    Args:
        name: the attribute.
        wanted: its filters.
        now: what relative dates count from; None where there are none.

    Raises:
        BadFilter: one of them is not valid.
    """
    found = []
    for each in wanted:
        accepted = []
        if "Start" in each:
            accepted.append(Interval(start=_date(name, each["Start"])))
        if "End" in each:
            accepted.append(Interval(end=_date(name, each["End"])))
        if "DateRange" in each:
            accepted.append(_date_range(name, each["DateRange"], now))
        if not accepted:
            raise BadFilter(f"a filter of {name} has neither Start, End nor DateRange")
        found.append(
            Interval(max(each.start for each in accepted), min(each.end for each in accepted))
        )
    return found


def _date_range(name: str, given: Mapping[str, Any], now: datetime | None) -> Interval:
    days = given.get("Value")
    if days is None or days < 0:
        raise BadFilter(f"a DateRange of {name} needs a Value of 0 or more days")
    try:
        since = _present(now) - timedelta(days=days)
        if given.get("Comparison", "WITHIN") == "OLDER_THAN":
            return Interval(end=since - timedelta(microseconds=1))
    except OverflowError:
        raise BadFilter(f"a DateRange of {name} goes back {days} days, which is too far") from None
    return Interval(start=since)


def _present(now: datetime | None) -> datetime:
    if now is None:
        message = "a relative date is compiled without the present"
        raise TypeError(message)
    return now


def _date(name: str, text: str) -> datetime:
    stamp = instant(text)
    if stamp is None:
        raise BadFilter(f"{text!r} is no timestamp for {name}")
    return stamp
