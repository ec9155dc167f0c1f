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
    """The calls of one running mock, from the moment on when somebody began to look at them.

    It holds the lists of a record, which begins new ones when it forgets.

    Attributes:
        entries: the calls to our services.
        passed: the calls to moto's services.
        entries_before: how many of the former there were then.
        passed_before: how many of the latter.
    """

    entries: list[Entry]
    passed: list[PassedCall]
    entries_before: int
    passed_before: int

    @classmethod
    def of(cls, record: Record) -> Witnessed:
        """Return what is seen of a record from now on."""
        entries, passed = record.entries, record.passed
        return cls(entries, passed, len(entries), len(passed))

    def seen(self) -> tuple[list[Entry], list[PassedCall]]:
        """Return the calls since then, to our services and to moto's."""
        return self.entries[self.entries_before :], self.passed[self.passed_before :]


@contextmanager
def witnessing(present: Record | None = None) -> Iterator[list[Witnessed]]:
    """Yield the records of the mocks that run inside the block, as they come.

    Args:
        present: the record of the mock that is running already.
    """
    seen: list[Witnessed] = []
    token = _witnesses.set((*_witnesses.get(), seen))
    if present is not None:
        seen.append(Witnessed.of(present))
    try:
        yield seen
    finally:
        _witnesses.reset(token)


def announce(record: Record) -> None:
    """Show a record that has just begun, or begun anew, to whoever looks on."""
    for seen in _witnesses.get():
        seen.append(Witnessed.of(record))
