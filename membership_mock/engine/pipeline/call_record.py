"""The calls that a mock has served, in order. They are parsed only when a test reads them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.context import Context
    from membership_mock.engine.protocol.http import HttpAnswer, HttpRequest


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


@dataclass(frozen=True, slots=True)
class PassedCall:
    """A call to one of moto's own services.

    Attributes:
        service: the service's id, e.g. ``organizations``.
        operation: the operation's name, e.g. ``ListAccounts``.
        account: the 12 digits of the account that called.
        region: the region that was called.
        at: the instant of the call, in UTC.
        calls_before: how many calls to our services had been made before.
    """

    service: str
    operation: str
    account: str
    region: str
    at: datetime
    calls_before: int


class Record:
    """The calls of one running mock, in the order in which they took effect.

    Attributes:
        entries: those to our services.
        passed: those to moto's other services.
    """

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.passed: list[PassedCall] = []

    def clear(self) -> None:
        """Start new lists; who holds an old one keeps it as it is."""
        self.entries, self.passed = [], []

    @contextmanager
    def rolled_back(self) -> Iterator[None]:
        """Remove the calls that were made inside the block when it ends."""
        entries, passed = list(self.entries), list(self.passed)
        try:
            yield
        finally:
            self.entries, self.passed = entries, passed

    def add(
        self,
        context: Context,
        request: HttpRequest,
        answer: HttpAnswer | None,
        error: Exception | None,
    ) -> None:
        """Add one call."""
        self.entries.append(Entry(context, request, answer, error))
