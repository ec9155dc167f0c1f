"""Every call that a mock has served, in order, as raw as it came; reading is the reader's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from membership_mock.engine.context import Context
    from membership_mock.engine.http import HttpAnswer, HttpRequest


@dataclass(slots=True)
class Entry:
    """One call.

    Attributes:
        context: who called what, where and when.
        request: what was sent.
        answer: what was answered; None when a usage error was raised instead.
        error: the service's error, or the usage error; None when the call succeeded.
    """

    context: Context
    request: HttpRequest
    answer: HttpAnswer | None
    error: Exception | None


class Record:
    """The calls of one running mock, in the order in which they took effect."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def add(
        self,
        context: Context,
        request: HttpRequest,
        answer: HttpAnswer | None,
        error: Exception | None,
    ) -> None:
        """Take down one call."""
        self.entries.append(Entry(context, request, answer, error))
