"""Read and write timestamps in the formats of restJson1.

The names of the formats are the service model's, in lower case: ``unixtimestamp`` is the default of
JSON bodies, ``iso8601`` that of labels and queries, ``rfc822`` that of headers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from typing import Any

from botocore.model import Shape

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_ISO8601 = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([-+]\d\d:\d\d))", re.ASCII
)


def format_of(shape: Shape, location: str | None) -> str:
    """Return the format of a timestamp; ``location`` is None in bodies."""
    default = "unixtimestamp"
    if location is not None:
        default = "rfc822" if location.startswith("header") else "iso8601"
    return str(shape.serialization.get("timestampFormat", default)).lower()


def _from_epoch(seconds: float) -> datetime:
    return _EPOCH + timedelta(milliseconds=round(seconds * 1000))


def _from_iso8601(text: str) -> datetime:
    found = _ISO8601.fullmatch(text)
    if found is None:
        raise ValueError(text)
    day, time, fraction, offset = found.groups()
    micros = (fraction or "").ljust(6, "0")[:6]
    stamp = datetime.fromisoformat(f"{day}T{time}.{micros}{offset or '+00:00'}")
    return stamp.astimezone(timezone.utc)


def _from_http_date(text: str) -> datetime:
    if not text.endswith(" GMT"):
        raise ValueError(text)
    return parsedate_to_datetime(text).astimezone(timezone.utc)


#: by format: its JSON types, a function that reads it, and a description for messages;
#: reading raises ValueError or OverflowError
READING: dict[str, tuple[tuple[type, ...], Callable[[Any], datetime], str]] = {
    "unixtimestamp": ((int, float), _from_epoch, "a number of seconds since 1970"),
    "iso8601": ((str,), _from_iso8601, "a timestamp like 2026-01-31T23:59:59Z"),
    "rfc822": ((str,), _from_http_date, "a date like Sat, 31 Jan 2026 23:59:59 GMT"),
}


def _milliseconds(stamp: datetime) -> int:
    """Return the whole milliseconds since 1970; AWS drops finer digits."""
    if stamp.tzinfo is None:
        message = f"{stamp!r} has no time zone; give an aware datetime"
        raise TypeError(message)
    return round(stamp.timestamp() * 1_000_000) // 1000


@lru_cache(maxsize=4096)
def _to_epoch(stamp: datetime) -> float:
    whole, rest = divmod(_milliseconds(stamp), 1000)
    return whole + rest / 1000 if rest else whole


def _to_iso8601(stamp: datetime) -> str:
    whole = stamp.astimezone(timezone.utc)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{_milliseconds(stamp) % 1000:03d}Z"


def _to_http_date(stamp: datetime) -> str:
    return format_datetime(stamp.astimezone(timezone.utc), usegmt=True)


WRITING: dict[str, Callable[[datetime], Any]] = {
    "unixtimestamp": _to_epoch,
    "iso8601": _to_iso8601,
    "rfc822": _to_http_date,
}
