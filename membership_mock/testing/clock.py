"""The clock of a mock, which a test can freeze and move."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from membership_mock.engine.state.clock import in_range, instant
from membership_mock.errors import NotRunning, UsageError
from membership_mock.testing.arguments import naming_arguments
from membership_mock.testing.sleeps.sleeps import SleepRecord, Sleeps
from membership_mock.testing.sleeps.virtual_time import VirtualTime

if TYPE_CHECKING:
    from membership_mock.engine.running import Running
    from membership_mock.engine.state.world import World

#: a moment as a test author may write it; text is ISO 8601
Instant = datetime | date | str


@naming_arguments
class MockClock:
    """The clock of a running mock, from `MembershipMock.clock`.

    The mocked services take every time from it. It shows the real time, or that of freezegun or
    time-machine, until it is frozen or moved. From then on it is independent of them, until the
    mock ends or is reset. Time goes forward only.
    """

    def __init__(self, running: Running) -> None:
        self._running = running

    def __repr__(self) -> str:
        if self._running.is_empty:
            return "<MockClock of a mock that has ended>"
        return f"<MockClock {self.now().isoformat()}{', frozen' if self.frozen else ''}>"

    def now(self) -> datetime:
        """Return the present instant of the mocked services, in UTC, in whole milliseconds.

        Raises:
            NotRunning: the mock has ended.
        """
        return self._world().clock.now()

    @property
    def frozen(self) -> bool:
        """Whether the clock is frozen."""
        return self._world().clock.frozen is not None

    def freeze(self, at: Instant | None = None) -> AbstractContextManager[MockClock]:
        """Freeze the clock at once, until `unfreeze`.

        Args:
            at: the instant to freeze at, as for `move_to`; the present one when None.

        Returns:
            For use as ``with mock.clock.freeze() as clock:``. At the end of the block the clock
            runs again, unless it was frozen before.

        Raises:
            NotRunning: the mock has ended.
            UsageError: ``at`` is in the past, or not an instant.
        """
        block = _Freeze(self, was_frozen=self.frozen)
        self._set(None if at is None else instant(at), frozen=True)
        return block

    def unfreeze(self) -> None:
        """Let the clock run on from where it is frozen; a clock that runs is left as it is.

        Raises:
            NotRunning: the mock has ended.
        """
        if self.frozen:
            self._set(None, frozen=False)

    def move_to(self, at: Instant) -> None:
        """Move the clock forward to an instant; it stays frozen, or runs on from there.

        The instant may be in the past as long as nothing has happened in the mocked services and
        the clock was neither frozen nor moved. So a test can use a fixed day.

        Args:
            at: an aware datetime, a date (its midnight in UTC), or either as text in ISO 8601, in
                UTC unless it says otherwise.

        Raises:
            NotRunning: the mock has ended.
            UsageError: ``at`` is in the past, not an instant, a naive datetime, or out of range.
        """
        self._set(instant(at), frozen=self.frozen)

    def advance(
        self,
        by: timedelta | None = None,
        *,
        seconds: float | None = None,
        minutes: float | None = None,
        hours: float | None = None,
        days: float | None = None,
    ) -> None:
        """Move the clock forward by a duration; it stays frozen, or runs on from there.

        Args:
            by: the duration; by default the sum of the others.
            seconds: a number of seconds.
            minutes: a number of minutes.
            hours: a number of hours.
            days: a number of days of 24 hours.

        Raises:
            NotRunning: the mock has ended.
            UsageError: no time is given, or it is negative, not a time, or too long.
        """
        parts = {"seconds": seconds, "minutes": minutes, "hours": hours, "days": days}
        step = _step(by, parts)
        with self._running.world.lock:
            clock = self._world().clock
            now = clock.frozen or clock.now()
            try:
                at = now + step
            except OverflowError:
                raise UsageError(
                    f"The clock cannot be advanced by {step}: that is too far."
                ) from None
            self._set(in_range(at, at), frozen=self.frozen)

    def virtual_sleep(self) -> AbstractContextManager[Sleeps]:
        """Return a block in which sleeps of the code under test take no time and move this clock.

        It is for `time.sleep` and `asyncio.sleep`, in the thread that enters the block, in those
        that start later, and in jobs that these submit to a `ThreadPoolExecutor`. What the code
        reads from `time` moves along; so do freezegun and time-machine. What runs the tests, such
        as pytest and its plugins, sleeps as always.

        Returns:
            For use as ``with mock.clock.virtual_sleep() as sleeps:``; ``sleeps`` has each sleep of
            the block.

        Raises:
            NotRunning: the mock has ended.
        """
        self._world()
        return self._running.tool(VirtualTime).block()

    @property
    def sleeps(self) -> Sleeps:
        """Every virtual sleep so far, of all blocks and of the option ``sleep``.

        Raises:
            NotRunning: the mock has ended.
        """
        self._world()
        return Sleeps(lambda: self._running.tool(SleepRecord).entries)

    def _world(self) -> World:
        if self._running.is_empty:
            raise NotRunning(
                "The mock of this clock has ended: take `mock.clock` from the one that is running."
            )
        return self._running.world

    def _set(self, at: datetime | None, *, frozen: bool) -> None:
        """Put the clock to ``at``, or leave it where it is."""
        self._world()
        with self._running.world.lock:
            self._running.set_clock(at, frozen=frozen)


class _Freeze(AbstractContextManager[MockClock]):
    """The block in which a clock is frozen."""

    def __init__(self, clock: MockClock, *, was_frozen: bool) -> None:
        self._clock = clock
        self._was_frozen = was_frozen

    def __enter__(self) -> MockClock:
        return self._clock

    def __exit__(self, *_: object) -> None:
        if not self._was_frozen and not self._clock._running.is_empty:
            self._clock.unfreeze()


def _step(by: object, parts: dict[str, float | None]) -> timedelta:
    """Return how far to advance, which is never negative."""
    usage = "pass a timedelta, or e.g. minutes=20"
    given = {name: part for name, part in parts.items() if part is not None}
    if (by is None) is not bool(given):
        said = "a timedelta and parts of one" if given else "nothing"
        raise UsageError(f"advance() was given {said}: {usage}.")
    if by is None:
        step = _sum(given, usage)
    elif isinstance(by, timedelta):
        step = by
    else:
        raise UsageError(f"{by!r} is not a time to advance by: {usage}.")
    if step < timedelta():
        raise UsageError(f"The clock cannot be advanced by {step}: time goes forward only.")
    return step


def _sum(given: dict[str, float], usage: str) -> timedelta:
    for name, part in given.items():
        if isinstance(part, bool) or not isinstance(part, (int, float)):
            raise UsageError(f"{name}={part!r} is not a number of {name}: {usage}.")
    try:
        return timedelta(**given)
    except (OverflowError, ValueError):
        shown = ", ".join(f"{name}={part!r}" for name, part in given.items())
        raise UsageError(f"The clock cannot be advanced by {shown}: that is not a time.") from None
