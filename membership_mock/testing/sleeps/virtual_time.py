"""Virtual time of a running mock: who sleeps moves the clocks instead of waiting."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import FrameType
from typing import TYPE_CHECKING, Any, Literal

from membership_mock.engine.moto.patches import Patches
from membership_mock.engine.state.clock import LATEST
from membership_mock.errors import UsageError
from membership_mock.testing.sleeps import event_loops, other_clocks, replacements
from membership_mock.testing.sleeps.code_under_test import (
    Threads,
    as_submitted,
    is_code_under_test,
)
from membership_mock.testing.sleeps.sleeps import Sleep, SleepRecord, Sleeps

if TYPE_CHECKING:
    from membership_mock.engine.running import Running

_A_SECOND = 1_000_000_000
#: how many sleeps a mock records; more come from a loop that does not end
_MOST_SLEEPS = 20_000


class _Block:
    """One block in which sleep is virtual."""

    def __init__(self) -> None:
        self.threads = Threads()
        self.sleeps: list[Sleep] = []


class VirtualTime:
    """The blocks of virtual sleep of a running mock, and how far they have moved the clocks.

    Attributes:
        ahead: how many nanoseconds each function of `time` is ahead for the code under test.
    """

    outlives_reset = True

    def __init__(self, running: Running) -> None:
        self._running = running
        self._lock = threading.Lock()
        self._blocks: list[_Block] = []
        self.ahead = dict.fromkeys(other_clocks.CLOCKS, 0)
        running.at_end.callback(self._end)
        patches = Patches()
        running.at_end.callback(patches.undo)
        self._take_submitted(patches)

    @contextmanager
    def block(self) -> Iterator[Sleeps]:
        """Let sleep be virtual inside the block; the end of the mock ends it, too."""
        block = _Block()
        try:
            with self._lock:
                self._blocks.append(block)
                if len(self._blocks) == 1:
                    replacements.put(self)
                else:
                    replacements.put_in_modules()
            yield Sleeps(lambda: block.sleeps)
        finally:
            with self._lock:
                if block in self._blocks:
                    self._blocks.remove(block)
                    if not self._blocks:
                        self._stop()

    @contextmanager
    def rolled_back(self) -> Iterator[None]:
        """Forget, when the block ends, the sleeps that the mock has recorded in it."""
        before = list(self._running.tool(SleepRecord).entries)
        try:
            yield
        finally:
            self._running.tool(SleepRecord).entries = before

    def counts(self, frame: FrameType) -> bool:
        """Return whether virtual time is for the thread that runs, and for the code in a frame."""
        return any(block.threads.has_current() for block in self._blocks) and is_code_under_test(
            frame
        )

    def record(
        self, seconds: float, function: Literal["time.sleep", "asyncio.sleep"], frame: FrameType
    ) -> datetime:
        """Record a sleep that begins, and return when it ends by the mock's clock.

        Raises:
            UsageError: it would end after the end of the clock, or there were too many sleeps.
        """
        where = f"{frame.f_code.co_filename}:{frame.f_lineno}"
        with self._running.world.lock:
            entries = self._running.tool(SleepRecord).entries
            if len(entries) >= _MOST_SLEEPS:
                raise UsageError(_too_many(entries, where))
            clock = self._running.world.clock
            now = clock.frozen or clock.now()
            try:
                until = now + timedelta(seconds=seconds)
            except OverflowError:
                until = LATEST + timedelta(days=1)
            if until > LATEST:
                raise UsageError(
                    f"The code under test wants to sleep for {seconds:g} s, until after"
                    f" {LATEST:%Y-%m-%d}, which no clock of a mock shows."
                )
            sleep = Sleep(
                float(seconds),
                function,
                clock.now(),
                threading.current_thread().name,
                where,
                len(self._running.record.entries),
            )
            entries.append(sleep)
            for block in list(self._blocks):
                if block.threads.has_current():
                    block.sleeps.append(sleep)
        return until

    def pass_by(self, nanoseconds: int, until: datetime) -> None:
        """Move the clocks of the code, and the mock's clock.

        Args:
            nanoseconds: how far the clocks of the code move.
            until: where the mock's clock is moved to, if it is not there yet.
        """
        by = timedelta(microseconds=-(-nanoseconds // 1000))
        with self._running.world.lock:
            clock = self._running.world.clock
            if nanoseconds > 0:
                # A loop's time may be real while freezegun stands still.
                moved = other_clocks.move(max(by, until - (clock.frozen or clock.now())))
                for name in self.ahead.keys() - moved:
                    self.ahead[name] += nanoseconds
            if (clock.frozen or clock.now()) < until:
                self._running.set_clock(until, frozen=clock.frozen is not None)
            else:  # freezegun or time-machine has moved it
                self._running.pass_time()
        replacements.put_again()

    def _take_submitted(self, patches: Patches) -> None:
        """Let jobs that are submitted in a block belong to it, also in a pool that is older."""
        submit = patches.original(ThreadPoolExecutor, "submit")

        @functools.wraps(submit)
        def submit_to_block(pool: Any, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
            blocks = [each.threads for each in list(self._blocks) if each.threads.has_current()]
            return submit(pool, as_submitted(blocks, fn) if blocks else fn, *args, **kwargs)

        patches.set(ThreadPoolExecutor, "submit", submit_to_block)

    def _end(self) -> None:
        with self._lock:
            if self._blocks:
                self._blocks.clear()
                self._stop()

    def _stop(self) -> None:
        replacements.remove(self)
        event_loops.end(self.ahead["monotonic"] / _A_SECOND)
        self.ahead = dict.fromkeys(other_clocks.CLOCKS, 0)


def _too_many(entries: list[Sleep], where: str) -> str:
    """Return a text about code that sleeps again and again."""
    total = sum(each.seconds for each in entries)
    return (
        f"The code under test has slept {len(entries):,} times in this mock, for"
        f" {total:,.0f} s in all, and sleeps again at {where}: a loop"
        " there may never end.\n"
        "    If it waits for a time that it reads from datetime.now(), freeze time with freezegun"
        " or time-machine: virtual sleep moves their clocks, but not that of datetime.\n"
        "    If it runs in a background thread, start the thread before virtual sleep begins.\n"
        "    More: python -m membership_mock docs virtual-sleep"
    )
