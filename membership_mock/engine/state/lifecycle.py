"""States that change without a call: on AWS after minutes, in the mock at a read or by the clock.

One rule holds for all of them. A resource takes each step when its time has come. Unless the test
has set `settle="clock"`, a read takes a step as well: if the present state was returned before, by
an earlier read or by the call that began it, the read takes the resource one step further. So code
that polls sees every state once and never waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from membership_mock.engine.lazy_dataclasses import dataclass

if TYPE_CHECKING:
    from membership_mock.engine.state.world import World

#: how long a step takes where AWS publishes no figure (inferred)
A_MINUTE = timedelta(minutes=1)


@dataclass
class Progress:
    """The progress of a resource through several steps, each of which takes some time.

    Attributes:
        moments: when it began, and when it took each step, in UTC.
        shown: whether its present state has been returned to a caller.
    """

    moments: list[datetime]
    shown: bool = False

    @property
    def steps(self) -> int:
        """How many steps it has taken."""
        return len(self.moments) - 1

    def take(self, moment: datetime) -> None:
        """Take one step."""
        self.moments.append(moment)
        self.shown = False

    def pass_time(self, durations: Sequence[timedelta], now: datetime) -> list[datetime]:
        """Take the steps that are due, and return when each of them was.

        Args:
            durations: how long each step takes.
            now: the time of the request.
        """
        before = len(self.moments)
        while self.steps < len(durations):
            due = self.moments[-1] + durations[self.steps]
            if due > now:
                break
            self.take(due)
        return self.moments[before:]

    def steps_by(self, durations: Sequence[timedelta], now: datetime) -> int:
        """Return the number of steps, including those that are due, without taking them."""
        steps, moment = self.steps, self.moments[-1]
        while steps < len(durations) and moment + durations[steps] <= now:
            moment += durations[steps]
            steps += 1
        return steps

    def look(self, durations: Sequence[timedelta], now: datetime, world: World) -> list[datetime]:
        """Take the steps that are due, or one at a read; return the moments of the new steps."""
        before = len(self.moments)
        self.pass_time(durations, now)
        if world.settles_at_read and self.shown and self.steps < len(durations):
            self.take(now)
        self.shown = True
        return self.moments[before:]


@dataclass(frozen=True)
class Step:
    """The progress of a resource through one step, which is replaced when it changes.

    It follows the rules of `Progress`. Snapshots share it, which suits resources of which there is
    one for each member.

    Attributes:
        began: when it began, in UTC.
        ended: when it took the step; None if it has not.
        shown: whether its present state has been returned to a caller.
    """

    began: datetime
    ended: datetime | None = None
    shown: bool = False

    def is_done(self, duration: timedelta, now: datetime) -> bool:
        """Return whether the step is taken or due; this does not take it."""
        return self.ended is not None or self.began + duration <= now

    def seen(self, duration: timedelta, now: datetime, world: World) -> Step:
        """Return the progress after a read: the step is taken if due, or at the second read."""
        ended = self.ended
        if ended is None:
            due = self.began + duration
            if due <= now:
                ended = due
            elif world.settles_at_read and self.shown:
                ended = now
        if self.shown and ended == self.ended:
            return self
        return Step(self.began, ended, shown=True)


def is_over(since: datetime, now: datetime, world: World) -> bool:
    """Return whether a read at ``now`` sees the end of what began at ``since``.

    This is `Progress` with one step of one minute, whose first state an answer has shown.
    """
    return world.settles_at_read or now >= since + A_MINUTE
