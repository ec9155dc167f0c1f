"""Timestamps of answers, read quickly while a mock runs.

botocore hands each timestamp of an answer to dateutil, which takes longer than all the rest of a
page of a list. The forms that AWS's services answer with are read here, and the result is equal:
the same instant, with the same kind of time zone object. botocore's own reader gets any other text.
"""

from __future__ import annotations

import re
import time
from datetime import datetime, tzinfo
from typing import Any

import botocore.parsers
import botocore.utils
from dateutil.tz import UTC, tzlocal

from membership_mock.engine.moto.patches import Patches

#: ``2026-01-31T12:34:56.789Z``, with no fraction or with one of 1 to 6 digits
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z", re.ASCII)


def install(patches: Patches) -> None:
    """Read timestamps quickly until ``patches`` are undone."""
    usual = getattr(botocore.utils, "parse_timestamp", None)
    for name in ("BaseXMLResponseParser", "BaseJSONParser"):
        parser = getattr(botocore.parsers, name, None)
        if usual is None or "_handle_timestamp" not in vars(parser or object):
            continue  # this botocore reads them in another place
        patches.set(parser, "_handle_timestamp", _handler(patches, parser, usual))


def _handler(patches: Patches, parser: Any, usual: Any) -> Any:
    slow = patches.original(parser, "_handle_timestamp")

    def _handle_timestamp(self: Any, shape: Any, value: Any) -> Any:
        if type(value) is str and self._timestamp_parser is usual and _ISO.fullmatch(value):
            zone = _zone()
            if zone is not None:
                try:
                    return _read(value, zone)
                except ValueError:  # there is no such date
                    return slow(self, shape, value)
        return slow(self, shape, value)

    return _handle_timestamp


def _read(text: str, zone: tzinfo) -> datetime:
    # Python 3.10 reads fractions of three and of six digits only.
    digits = text[20:-1]
    if digits and len(digits) not in (3, 6):
        text = f"{text[:20]}{digits:0<6}Z"
    return datetime.fromisoformat(text[:-1]).replace(tzinfo=zone)


def _zone() -> tzinfo | None:
    """Return the time zone object that dateutil gives to a time in UTC; None if it depends.

    On a machine whose own time zone is called UTC it is that of the machine.
    """
    found: tzinfo | None = UTC
    if "UTC" in time.tzname:
        found = tzlocal() if set(time.tzname) == {"UTC"} else None
    return found
