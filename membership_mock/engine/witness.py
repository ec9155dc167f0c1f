"""Who looks on while mocks come and go: the records of all that run during a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from membership_mock.engine.record import Entry, PassedCall, Record

_witnesses: ContextVar[tuple[list[Witnessed], ...]] = ContextVar(
    "membership_mock_witnesses", default=()
)


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A record from the moment on when somebody began to look at it.

    Attributes:
        record: the calls of one running mock.
        entries_before: how many calls to our services it had then.
        passed_before: how many calls to moto's services it had then.
    """

    record: Record
    entries_before: int
    passed_before: int

    def seen(self) -> tuple[list[Entry], list[PassedCall]]:
        """Return the calls since then, to our services and to moto's.

        A mock that was reset in between has forgotten those before.
        """
        entries, passed = self.record.entries, self.record.passed
        if len(entries) < self.entries_before or len(passed) < self.passed_before:
            return list(entries), list(passed)
        return entries[self.entries_before :], passed[self.passed_before :]


@contextmanager
def witnessing(present: Record | None = None) -> Iterator[list[Witnessed]]:
    """Yield the records of the mocks that run inside the block, as they come.

    Args:
        present: the record of the mock that is running already.
    """
    seen: list[Witnessed] = []
    token = _witnesses.set((*_witnesses.get(), seen))
    if present is not None:
        seen.append(Witnessed(present, len(present.entries), len(present.passed)))
    try:
        yield seen
    finally:
        _witnesses.reset(token)


def announce(record: Record) -> None:
    """Show the record of a mock that has just started to whoever looks on."""
    for seen in _witnesses.get():
        seen.append(Witnessed(record, 0, 0))
