"""What a fault does to a call: the base of all effects, and the delay."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from membership_mock.errors import ServiceError, UsageError

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.hooks import InterceptedCall
    from membership_mock.engine.protocol.http import HttpAnswer

#: how many seconds the slowest answer takes
_LONGEST = 24 * 60 * 60

Proceed = Callable[[], "HttpAnswer"]


class Effect(ABC):
    """What a fault does to a call.

    Attributes:
        words: what it does, as text that follows the name of an operation.
        refuses_parts: whether it is about parts of a call, which is processed otherwise.
    """

    words: str
    refuses_parts: bool = False

    @abstractmethod
    def apply(self, call: InterceptedCall, proceed: Proceed) -> HttpAnswer:
        """Answer ``call``, by ``proceed`` or without it."""

    def concerns(self, call: InterceptedCall) -> bool:
        """Return whether the effect applies to ``call``."""
        del call
        return True

    def goes_with(self, other: Effect) -> bool:
        """Return whether one call can have both effects: a delay and another one."""
        return isinstance(self, Delay) is not isinstance(other, Delay)


class Delay(Effect):
    """The answer comes late, but the test does not wait for it.

    Args:
        seconds: how long.

    Raises:
        UsageError: ``seconds`` is not a positive number, or more than a day.
    """

    def __init__(self, seconds: float) -> None:
        if type(seconds) not in (int, float) or not 0 < seconds <= _LONGEST:
            raise UsageError(
                f"An answer takes a positive number of seconds, a day at most, not {seconds!r}."
            )
        self._seconds = float(seconds)
        self.words = f"takes {seconds:g} seconds"

    def apply(self, call: InterceptedCall, proceed: Proceed) -> HttpAnswer:
        """Let the call take its effect now and its answer come later, refusals as well."""
        del call
        try:
            answer = proceed()
        except ServiceError as refusal:
            refusal.delay = self._seconds
            raise
        # A copy: the stored answer for a repeated idempotency token must not change.
        return replace(answer, delay=self._seconds)
