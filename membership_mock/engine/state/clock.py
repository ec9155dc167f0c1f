"""The clock of a mock, and the instants that a test author may pass to it."""

from __future__ import annotations

import re
import time
from datetime import date, datetime, timedelta, timezone

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.errors import UsageError

#: the range of the clock; times of expiry after its end must still fit into a datetime
EARLIEST = datetime(1970, 1, 1, tzinfo=timezone.utc)
LATEST = datetime(9998, 12, 31, tzinfo=timezone.utc)

_TEXT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(:\d\d)?(?:\.(\d{1,9}))?(?:([Zz])|([-+]\d\d):?(\d\d))?)?",
    re.ASCII,
)


@dataclass
class Clock:
    """The real time, until a test author moves or freezes it.

    freezegun and time-machine move it too, since it asks `time.time` at each call.

    Attributes:
        ahead: its offset from the real time, which may be negative; None for no offset.
        frozen: the instant at which it is frozen; None while it runs.
    """

    ahead: timedelta | None = None
    frozen: datetime | None = None

    def now(self) -> datetime:
        """Return the present instant in UTC, cut to milliseconds as AWS does."""
        if self.frozen is not None:
            return _cut(self.frozen)
        if self.ahead is not None:
            return min(_cut(_real() + self.ahead), LATEST)
        return datetime.fromtimestamp(int(time.time() * 1000) / 1000, timezone.utc)

    @property
    def is_set(self) -> bool:
        """Whether a test author has moved or frozen it."""
        return self.ahead is not None or self.frozen is not None

    def set(self, at: datetime, *, frozen: bool) -> None:
        """Set the clock to an instant; it runs from there unless it is frozen."""
        self.ahead = at - _real()
        self.frozen = at if frozen else None

    def clear(self) -> None:
        """Show the real time again."""
        self.ahead = self.frozen = None


def _real() -> datetime:
    return datetime.fromtimestamp(time.time(), timezone.utc)


def _cut(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def instant(given: object) -> datetime:
    """Return the instant that a test author means, in UTC.

    Text without an offset and dates are in UTC, like all of AWS; a naive datetime may be anything.

    Args:
        given: an aware datetime, a date (its midnight), or either as text in ISO 8601.

    Raises:
        UsageError: it is not an instant, it is naive, or it is out of the clock's range.
    """
    if isinstance(given, str):
        found = _parsed(given)
    elif isinstance(given, datetime):
        if given.tzinfo is None or given.utcoffset() is None:
            raise UsageError(
                f"{given!r} has no time zone, and may be in UTC or in the local one: pass an aware"
                " datetime, e.g. datetime(2026, 1, 31, 12, tzinfo=timezone.utc), or text."
            )
        found = _in_utc(given, given)
    elif isinstance(given, date):
        found = datetime(given.year, given.month, given.day, tzinfo=timezone.utc)
    else:
        raise UsageError(
            f"{given!r} is not an instant: pass an aware datetime, a date, or text like"
            " '2026-01-31T12:00:00Z'."
        )
    return in_range(found, given)


def in_range(at: datetime, given: object) -> datetime:
    """Return ``at`` if it is in the range of the clock.

    Raises:
        UsageError: it is not.
    """
    if not EARLIEST <= at <= LATEST:
        raise _out_of_range(given)
    return at


def _parsed(text: str) -> datetime:
    wrong = f"{text!r} is not an instant in ISO 8601: pass text like '2026-01-31T12:00:00Z'."
    found = _TEXT.fullmatch(text)
    if found is None:
        raise UsageError(wrong)
    day, minute, second, fraction, _, hours, minutes = found.groups()
    micros = (fraction or "").ljust(6, "0")[:6]
    offset = f"{hours}:{minutes}" if hours else "+00:00"
    whole = f"{day}T{minute or '00:00'}{second or ':00'}.{micros}{offset}"
    try:
        stamp = datetime.fromisoformat(whole)
    except ValueError as error:
        raise UsageError(f"{wrong} ({error})") from None
    return _in_utc(stamp, text)


def _in_utc(stamp: datetime, given: object) -> datetime:
    try:
        return stamp.astimezone(timezone.utc)
    except OverflowError:
        raise _out_of_range(given) from None


def _out_of_range(given: object) -> UsageError:
    return UsageError(
        f"The clock cannot stand at {given}: it goes from {EARLIEST:%Y-%m-%d} to {LATEST:%Y-%m-%d}."
    )
