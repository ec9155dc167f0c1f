"""What replaces the functions of `time` and `asyncio` while sleep is virtual.

There is one replacement of each function for the whole process, and without virtual sleep it does
what the original does. So it does no harm where a name still holds it later: in a module that was
imported meanwhile, or where another tool has put it back.
"""

from __future__ import annotations

import asyncio
import functools
import math
import sys
import time
from collections.abc import Callable
from typing import Any

from membership_mock.testing.sleeps import event_loops
from membership_mock.testing.sleeps.code_under_test import modules
from membership_mock.testing.sleeps.event_loops import MovesTime
from membership_mock.testing.sleeps.other_clocks import CLOCKS, real, replacement_of_freezegun

#: that of the mock that is running, while it has any block of virtual sleep
_active: list[MovesTime] = []
#: what has been replaced: owner, name, original and replacement
_replaced: list[tuple[Any, str, Any, Any]] = []

_time_sleep: Callable[[float], None] = time.sleep
_asyncio_sleep: Any = asyncio.sleep
_run_in_executor: Any = asyncio.BaseEventLoop.run_in_executor


def put(moves: MovesTime) -> None:
    """Replace the functions from now on, wherever a module holds them."""
    _active[:] = [moves]
    for name, (original, mine) in _FUNCTIONS.items():
        if getattr(time, name, None) is mine:  # put back by a tool that ended after a mock
            setattr(time, name, original)
    put_again()
    _put(asyncio.BaseEventLoop, "run_in_executor", _run_in_executor, run_in_executor)
    put_in_modules()


def put_again() -> None:
    """Replace those functions of `time` that freezegun has put back at its end."""
    for name, (original, replacement) in _FUNCTIONS.items():
        if name != "asyncio.sleep" and getattr(time, name) is original:
            _put(time, name, original, replacement)


def put_in_modules() -> None:
    """Replace the functions in modules that have imported them by name."""
    known = {id(original): (original, mine) for original, mine in _FUNCTIONS.values()}
    _put(asyncio, "sleep", _asyncio_sleep, asyncio_sleep)
    for module, names in modules():
        for name, value in names.items():
            found = known.get(id(value))
            if found is not None:
                _put(module, name, *found)


def remove(moves: MovesTime) -> None:
    """Put the functions back, except where another tool has put its own."""
    if moves in _active:
        _active.clear()
        while _replaced:
            owner, name, original, mine = _replaced.pop()
            if vars(owner).get(name) is mine:
                setattr(owner, name, original)


def _put(owner: Any, name: str, original: Any, replacement: Any) -> None:
    _replaced.append((owner, name, original, replacement))
    setattr(owner, name, replacement)


# --- the replacements ---


@functools.wraps(time.sleep)
def time_sleep(seconds: float, /) -> None:
    """Move the clocks by some seconds instead of waiting."""
    frame = sys._getframe(1)
    if not _active or not seconds > 0 or math.isinf(seconds) or not _active[0].counts(frame):
        _time_sleep(seconds)
        return
    moves = _active[0]
    until = moves.record(float(seconds), "time.sleep", frame)
    moves.pass_by(math.ceil(seconds * 1_000_000_000), until)
    _time_sleep(0)  # other threads get their turn


@functools.wraps(asyncio.sleep)
async def asyncio_sleep(delay: float, result: Any = None) -> Any:
    """Wait until the clocks have been moved by some seconds, which takes no time."""
    frame = sys._getframe(1)
    if not _active or not delay > 0 or math.isinf(delay) or not _active[0].counts(frame):
        return await _asyncio_sleep(delay, result)
    moves = _active[0]
    until = moves.record(float(delay), "asyncio.sleep", frame)
    return await event_loops.sleep(moves, until, delay, result, _asyncio_sleep)


@functools.wraps(_run_in_executor)
def run_in_executor(self: Any, executor: Any, function: Any, *args: Any) -> Any:
    """Run a job in a thread; time does not move by itself in the meantime."""
    job = _run_in_executor(self, executor, function, *args)
    if _active:
        event_loops.note_job(self, job)
    return job


def _clock(name: str) -> Callable[[], Any]:
    """Return a function of `time` that is ahead, for the code under test, by what it has slept."""
    of_python = real(name)
    units = CLOCKS[name]

    @functools.wraps(of_python)
    def clock() -> Any:
        now = (replacement_of_freezegun(name) or of_python)()
        if _active and _active[0].counts(sys._getframe(1)):
            ahead = _active[0].ahead[name]
            return now + (ahead if units > 1 else ahead / 1_000_000_000)
        return now

    return clock


#: the original and the replacement of each function
_FUNCTIONS: dict[str, tuple[Any, Any]] = {
    "sleep": (_time_sleep, time_sleep),
    "asyncio.sleep": (_asyncio_sleep, asyncio_sleep),
    **{name: (real(name), _clock(name)) for name in CLOCKS},
}
