"""Timestamps of answers, read quickly while a mock runs.

botocore hands each timestamp of an answer to dateutil, which takes longer than all the rest of a
page of a list. The forms that AWS's services answer with are read here, and the result is equal:
the same instant, with the same kind of time zone object. Any other value goes to botocore's reader.
"""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any

import botocore.parsers
import botocore.utils
from dateutil.tz import UTC, tzlocal

from membership_mock.engine.moto.patches import Patches

#: ``2026-01-31T12:34:56.789Z``, with no fraction or with one of 1 to 6 digits
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z", re.ASCII)

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: ``Sat, 31 Jan 2026 12:34:56 GMT``, as in headers; dateutil does not compare day and date either
_HTTP_DATE = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),"
    rf" (\d\d) ({'|'.join(_MONTHS)}) ([12]\d{{3}}) (\d\d):(\d\d):(\d\d) GMT",
    re.ASCII,
)

#: the years 1970 to 2105, where no arithmetic with time zones leaves the range of any library
_SECONDS = range(1 << 17, (1 << 32) - (1 << 17))


def install(patches: Patches) -> None:
    """Read the timestamps of XML answers quickly until ``patches`` are undone."""
    usual = getattr(botocore.utils, "parse_timestamp", None)
    parser = getattr(botocore.parsers, "BaseXMLResponseParser", None)
    if usual is None or not patches.has(parser or object, "_handle_timestamp"):
        return  # this botocore reads them in another place
    slow = patches.original(parser, "_handle_timestamp")

    def _handle_timestamp(self: Any, shape: Any, value: Any) -> Any:
        found = None
        if self._timestamp_parser is usual:
            found = quickly_read(value)
        return slow(self, shape, value) if found is None else found

    patches.set(parser, "_handle_timestamp", _handle_timestamp)


def quickly_read(value: Any) -> datetime | None:
    """Return what `botocore.utils.parse_timestamp` returns; None for forms that are not usual."""
    kind = type(value)
    if kind is str:
        if _ISO.fullmatch(value):
            zone = _zone()
            if zone is not None:
                try:
                    return _from_iso(value, zone)
                except ValueError:  # there is no such date
                    return None
        elif found := _HTTP_DATE.fullmatch(value):
            return _from_http_date(*found.groups())
    elif (kind is int or kind is float) and _SECONDS.start <= value < _SECONDS.stop:
        return _from_epoch(value)
    return None


def _from_iso(text: str, zone: tzinfo) -> datetime:
    # Python 3.10 reads fractions of three and of six digits only.
    digits = text[20:-1]
    if digits and len(digits) not in (3, 6):
        text = f"{text[:20]}{digits:0<6}Z"
    return datetime.fromisoformat(text[:-1]).replace(tzinfo=zone)


def _from_http_date(
    day: str, month: str, year: str, hour: str, minute: str, second: str
) -> datetime | None:
    date = int(year), _MONTHS.index(month) + 1, int(day)
    try:
        return datetime(*date, int(hour), int(minute), int(second), tzinfo=UTC)
    except ValueError:  # there is no such date
        return None


def _zone() -> tzinfo | None:
    """Return the time zone object that dateutil gives to a time in UTC; None if it depends.

    On a machine whose own time zone is called UTC it is that of the machine.
    """
    found: tzinfo | None = UTC
    if "UTC" in time.tzname:
        found = tzlocal() if set(time.tzname) == {"UTC"} else None
    return found


def _from_epoch(seconds: float) -> datetime:
    """Return an instant in the time zone of the machine, as dateutil's `tzlocal` converts it.

    It knows two offsets, those of today, and asks the system which of the two an instant has. The
    hour that comes twice is its second occurrence if the offset has changed within the hour before.
    """
    instant = datetime.fromtimestamp(seconds, timezone.utc)
    offset, fold = -time.timezone, 0
    if time.daylight and time.altzone != time.timezone:
        whole = int(instant.timestamp())
        if time.localtime(whole).tm_isdst:
            offset = -time.altzone
        elif time.localtime(whole + time.altzone - time.timezone).tm_isdst:
            fold = 1
    if offset:
        instant += timedelta(seconds=offset)
    return instant.replace(tzinfo=tzlocal(), fold=fold)
