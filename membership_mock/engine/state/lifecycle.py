"""States that pass by themselves: on AWS after minutes, here when somebody looks, or by the clock.

One rule for all of them. Time takes a thing from step to step. Unless the test author wants to wait
for the clock, looking does so as well: a look at a state that was shown before, by an earlier look
or in the answer to the call that began it, takes the thing one step on. So code that polls sees
every state once and never waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from membership_mock.engine.state.world import World

#: how long a step takes where AWS publishes no figure (inferred)
A_MINUTE = timedelta(minutes=1)


@dataclass
class Progress:
    """How far a thing has come on a way of several steps, each of which takes its time.

    Attributes:
        moments: when it began, and when it took each step.
        shown: whether the state that it is in has been seen.
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
            now: the present.
        """
        before = len(self.moments)
        while self.steps < len(durations):
            due = self.moments[-1] + durations[self.steps]
            if due > now:
                break
            self.take(due)
        return self.moments[before:]

    def steps_by(self, durations: Sequence[timedelta], now: datetime) -> int:
        """Return how many steps it has taken when those that are due count, but take none."""
        steps, moment = self.steps, self.moments[-1]
        while steps < len(durations) and moment + durations[steps] <= now:
            moment += durations[steps]
            steps += 1
        return steps

    def look(self, durations: Sequence[timedelta], now: datetime, world: World) -> list[datetime]:
        """Take the steps that are due, or else the one that a look brings; return their moments."""
        before = len(self.moments)
        self.pass_time(durations, now)
        if world.settles_at_read and self.shown and self.steps < len(durations):
            self.take(now)
        self.shown = True
        return self.moments[before:]


def is_over(since: datetime, now: datetime, world: World) -> bool:
    """Return whether somebody who looks ``now`` sees the end of what began at ``since``.

    This is `Progress` for a way of one step of a minute, whose beginning was shown in an answer.
    """
    return world.settles_at_read or now >= since + A_MINUTE
