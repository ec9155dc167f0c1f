"""Virtual sleep in event loops of asyncio: who sleeps wakes in the right order, at once.

A sleeping task is a timer of its loop, as always. When all of a loop's tasks wait, and one of them
sleeps, time moves on to the loop's next timer, whoever's it is: so a timeout that is over before
the sleep goes off before it. Without a sleeping task the loop's timers wait for the real time.
"""

from __future__ import annotations

import asyncio
import heapq
import math
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeGuard

#: how often the loop looks whether a job in a thread has ended, in seconds
_LOOK = 0.001


class MovesTime(Protocol):
    """The part of virtual time that sleeping needs."""

    #: how many nanoseconds each function of `time` is ahead for the code under test
    ahead: dict[str, int]

    def counts(self, frame: Any) -> bool:
        """Return whether virtual time is for the thread that runs, and for the code in a frame."""

    def record(self, seconds: float, function: Any, frame: Any) -> datetime:
        """Record a sleep that begins, and return when it ends by the mock's clock."""

    def pass_by(self, nanoseconds: int, until: datetime) -> None:
        """Move the clocks of the code, and the mock's clock."""


_drivers: dict[asyncio.BaseEventLoop, _Driver] = {}


async def sleep(time: MovesTime, until: datetime, delay: float, result: Any, real: Any) -> Any:
    """Sleep in the loop that runs, by virtual time.

    Args:
        time: what moves.
        until: when the sleep ends by the mock's clock.
        delay: how many seconds it takes.
        result: what is returned.
        real: Python's `asyncio.sleep`.
    """
    loop = asyncio.get_running_loop()
    if not _can_be_driven(loop):
        time.pass_by(_nanoseconds(delay), until)
        return await real(0, result)
    driver = _driver_of(loop)
    sleeper = _Sleeper(loop.time() + delay, until)
    driver.start(time, sleeper)
    try:
        await real(delay)
        if sleeper in driver.sleepers:
            time.pass_by(0, until)
    finally:
        if sleeper in driver.sleepers:  # else virtual time has ended
            driver.sleepers.remove(sleeper)
    return result


def note_job(loop: Any, job: Any) -> None:
    """Note that a thread works for a loop: time does not move by itself until it has ended."""
    if _can_be_driven(loop):
        jobs = _driver_of(loop).jobs
        jobs.add(job)
        job.add_done_callback(jobs.discard)


def end(ahead: float) -> None:
    """Let timers that still wait go off after as many seconds as if virtual time went on.

    Args:
        ahead: how many seconds virtual time was ahead of the real one.
    """
    for loop, driver in list(_drivers.items()):
        driver.sleepers.clear()
        try:
            here = asyncio.get_running_loop() is loop
        except RuntimeError:
            here = False
        timers = list(loop._scheduled)  # type: ignore[attr-defined]
        if here or not loop.is_running():
            _hurry(loop, timers, ahead)
        else:
            with suppress(RuntimeError):  # closed meanwhile
                # the loop of another thread, which may wait for its next timer
                loop.call_soon_threadsafe(_hurry, loop, timers, ahead)
    _drivers.clear()


def _hurry(loop: Any, timers: Iterable[Any], seconds: float) -> None:
    """Let timers of a loop go off earlier; nothing happens to those that have gone off."""
    for timer in timers:
        timer._when -= seconds
    heapq.heapify(loop._scheduled)


def _can_be_driven(loop: object) -> TypeGuard[asyncio.BaseEventLoop]:
    """Return whether the timers of a loop can be read: not those of uvloop."""
    return isinstance(loop, asyncio.BaseEventLoop) and hasattr(loop, "_scheduled")


def _driver_of(loop: asyncio.BaseEventLoop) -> _Driver:
    if loop not in _drivers:
        for other in list(_drivers):
            if other.is_closed():
                _drivers.pop(other, None)
        _drivers[loop] = _Driver(loop)
    return _drivers[loop]


def _nanoseconds(seconds: float) -> int:
    return max(math.ceil(seconds * 1_000_000_000), 1000)  # a timer goes off after its time


@dataclass(eq=False)
class _Sleeper:
    """When a sleep ends, by its loop's time and by the mock's clock."""

    end: float
    until: datetime


class _Driver:
    """Moves time on for one event loop while tasks of it sleep."""

    def __init__(self, loop: asyncio.BaseEventLoop) -> None:
        self._loop = loop
        self._time: MovesTime | None = None
        self._driving = False
        self._idle = 0
        self.sleepers: list[_Sleeper] = []
        self.jobs: set[Any] = set()

    def start(self, time: MovesTime, sleeper: _Sleeper) -> None:
        """Begin to move time, unless that has begun already."""
        self._time = time
        self.sleepers.append(sleeper)
        if not self._driving:
            self._driving, self._idle = True, 0
            self._loop.call_soon(self._drive)

    def _drive(self) -> None:
        """Look once per turn of the loop whether all tasks wait."""
        if not self.sleepers:
            self._driving = False
            return
        if self.jobs:
            self._idle = 0
            self._loop.call_later(_LOOK, self._drive)
            return
        # Between two turns the loop looks for input and output that is ready.
        self._idle = 0 if self._loop._ready else self._idle + 1  # type: ignore[attr-defined]
        if self._idle >= 2:
            self._idle = 0
            self._move()
        self._loop.call_soon(self._drive)

    def _move(self) -> None:
        timers = self._loop._scheduled  # type: ignore[attr-defined]
        waiting = [timer._when for timer in timers if not timer._cancelled]
        if not waiting or self._time is None:
            return
        first = min(self.sleepers, key=lambda each: each.end)
        next_timer = min(waiting)
        now = self._loop.time()
        gap = next_timer - now
        if gap >= 0:
            # The timer of a sleeping task is made a moment after its end was noted. Another one is
            # as long before that end as the loop's time says; the clock shows milliseconds.
            before = round(max(first.end - next_timer, 0.0) * 1000)
            self._time.pass_by(_nanoseconds(gap), first.until - timedelta(milliseconds=before))
            # The loop's time may be real: freezegun leaves it so with `real_asyncio`.
            short = gap - (self._loop.time() - now)
            if short > 0:
                for sleeper in self.sleepers:
                    sleeper.end -= short
                _hurry(self._loop, timers, short)
