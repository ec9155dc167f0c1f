"""The sleeps of the code under test, as a test author reads them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal, overload

if TYPE_CHECKING:
    from membership_mock.engine.running import Running


@dataclass(frozen=True, slots=True)
class Sleep:
    """One sleep that took no time.

    Attributes:
        seconds: how long the code wanted to sleep.
        function: what was called, ``time.sleep`` or ``asyncio.sleep``.
        at: the instant at which it began, by the mock's clock, in UTC.
        thread: the name of the thread that slept.
        where: file and line of the code that slept, e.g. ``/src/poll.py:12``.
        calls_before: how many calls `MembershipMock.calls` had before.
    """

    seconds: float
    function: Literal["time.sleep", "asyncio.sleep"]
    at: datetime
    thread: str
    where: str
    calls_before: int


class Sleeps(Sequence[Sleep]):
    """The sleeps of a block or of a mock, in the order in which they began; new ones are added."""

    def __init__(self, read: Callable[[], Sequence[Sleep]]) -> None:
        self._read = read

    @property
    def seconds(self) -> list[float]:
        """How long each of them was."""
        return [each.seconds for each in self._read()]

    @property
    def total(self) -> float:
        """The sum of their seconds."""
        return sum(self.seconds)

    @overload
    def __getitem__(self, index: int) -> Sleep: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Sleep]: ...
    def __getitem__(self, index: int | slice) -> Sleep | Sequence[Sleep]:
        return self._read()[index]

    def __len__(self) -> int:
        return len(self._read())

    def __repr__(self) -> str:
        lines = [
            f"  {each.function}({each.seconds:g}) in {each.thread} at {each.where}" for each in self
        ]
        return "\n".join([f"<{len(lines)} sleeps, {self.total:g} s in all>", *lines])


@dataclass
class SleepRecord:
    """The sleeps of one running mock; a tool that is made anew when the mock is reset."""

    running: Running
    entries: list[Sleep] = field(default_factory=list)
