"""Frozen time for tests, in a hundredth of the time that freezegun takes to start.

freezegun looks through every module that is imported, and this suite imports two thousand.
time-machine changes the clock itself. Tests that are about freezegun use freezegun.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone

import time_machine
from dateutil import parser

_SINCE = datetime(1970, 1, 1, tzinfo=timezone.utc)


class FrozenTime:
    """The frozen clock: it moves only when a test moves it."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller

    def tick(self, by: timedelta | float = 1.0) -> None:
        """Move the clock by a duration or by seconds."""
        self._traveller.shift(by)

    def move_to(self, at: str | date) -> None:
        """Move the clock to an instant; without an offset it is in UTC."""
        self._traveller.move_to(_instant(at))


@contextmanager
def freeze_time(at: str | date) -> Iterator[FrozenTime]:
    """Stop the clock at an instant inside the block; without an offset it is in UTC.

    As a decorator it stops the clock during the function.
    """
    with time_machine.travel(_instant(at), tick=False) as traveller:
        yield FrozenTime(traveller)


def _instant(at: str | date) -> float:
    """Return an instant as seconds since 1970, from which time-machine gets the same microsecond.

    Older releases of it multiply a float by a billion, and cut what is behind the point.
    """
    if isinstance(at, str):
        at = parser.isoparse(at)
    elif not isinstance(at, datetime):
        at = datetime(at.year, at.month, at.day, tzinfo=timezone.utc)
    at = at.replace(tzinfo=at.tzinfo or timezone.utc)
    microseconds = (at - _SINCE) // timedelta(microseconds=1)
    seconds = at.timestamp()
    while int(seconds * 1e9) // 1000 < microseconds:
        seconds = math.nextafter(seconds, math.inf)
    return seconds
