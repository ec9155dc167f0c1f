"""Who looks on while mocks come and go: those that start during a test, and their records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import ref

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.call_record import Entry, PassedCall, Record

_record_observers: ContextVar[tuple[list[RecordView], ...]] = ContextVar(
    "membership_mock_record_observers", default=()
)
_mock_observers: ContextVar[tuple[MockObserver, ...]] = ContextVar(
    "membership_mock_observers", default=()
)


@dataclass(frozen=True, slots=True)
class RecordView:
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
    def of(cls, record: Record) -> RecordView:
        """Return what is seen of a record from now on."""
        entries, passed = record.entries, record.passed
        return cls(entries, passed, len(entries), len(passed))

    def seen(self) -> tuple[list[Entry], list[PassedCall]]:
        """Return the calls since then, to our services and to moto's."""
        return self.entries[self.entries_before :], self.passed[self.passed_before :]


@contextmanager
def observing_records(present: Record | None = None) -> Iterator[list[RecordView]]:
    """Yield the records of the mocks that run inside the block, as they come.

    Args:
        present: the record of the mock that is running already.
    """
    seen: list[RecordView] = []
    token = _record_observers.set((*_record_observers.get(), seen))
    if present is not None:
        seen.append(RecordView.of(present))
    try:
        yield seen
    finally:
        _record_observers.reset(token)


def announce(record: Record) -> None:
    """Show a record that has just begun, or begun anew, to whoever looks on."""
    for seen in _record_observers.get():
        seen.append(RecordView.of(record))


@dataclass(slots=True)
class MockObserver:
    """What one sees of the mocks that are started during a test, or were running before it.

    They are not held, for a test may start hundreds; but the last one of those that something has
    failed in is, whose report is wanted.

    Attributes:
        started: all of them, in the order of their starts.
        failed: the last one that ended because something had failed.
    """

    started: list[ref[Any]] = field(default_factory=list)
    failed: Any = None

    @property
    def last(self) -> Any:
        """Return the one that was started last, of those that are still there; None if none is."""
        there = (mock() for mock in reversed(self.started))
        return next((mock for mock in there if mock is not None), None)


@contextmanager
def observing_mocks(running: Iterable[ref[Any]] = ()) -> Iterator[MockObserver]:
    """Yield who sees the mocks that are started inside the block.

    Args:
        running: the mocks that were started before, and count as well.
    """
    observer = MockObserver(list(running))
    token = _mock_observers.set((*_mock_observers.get(), observer))
    try:
        yield observer
    finally:
        _mock_observers.reset(token)


def present(mock: Any) -> None:
    """Show a mock that has just been started to whoever looks on."""
    for observer in _mock_observers.get():
        observer.started.append(ref(mock))


def keep(mock: Any) -> bool:
    """Let those who look on hold a mock that something fails in; return whether there are any."""
    observers_of_mocks = _mock_observers.get()
    for observer in observers_of_mocks:
        observer.failed = mock
    return bool(observers_of_mocks)
