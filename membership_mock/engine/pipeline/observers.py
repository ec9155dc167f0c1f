"""Lets tools observe the mocks that start during a test, and their call records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import field
from typing import TYPE_CHECKING, Any
from weakref import ref

from membership_mock.engine.lazy_dataclasses import dataclass

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.call_record import Entry, Record

_record_observers: ContextVar[tuple[list[RecordView], ...]] = ContextVar(
    "membership_mock_record_observers", default=()
)
_mock_observers: ContextVar[tuple[MockObserver, ...]] = ContextVar(
    "membership_mock_observers", default=()
)


@dataclass(frozen=True, slots=True)
class RecordView:
    """The calls of one running mock since an observation began.

    It holds the list of a record itself: a record starts a new list when it is cleared.

    Attributes:
        entries: the calls.
        entries_before: how many calls there were before.
    """

    entries: list[Entry]
    entries_before: int

    @classmethod
    def of(cls, record: Record) -> RecordView:
        """Return a view of the calls that a record gets from now on."""
        return cls(record.entries, len(record.entries))

    def seen(self) -> list[Entry]:
        """Return the calls since the observation began."""
        return self.entries[self.entries_before :]


@contextmanager
def observing_records(present: Record | None = None) -> Iterator[list[RecordView]]:
    """Yield a list to which the record of each mock inside the block is added.

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
    """Tell the observers of a record that has just been created or cleared."""
    for seen in _record_observers.get():
        seen.append(RecordView.of(record))


@dataclass(slots=True)
class MockObserver:
    """The mocks that are started during a test, or were running before it.

    References to them are weak, because a test may start hundreds. A strong reference is kept only
    to the last mock that ended with a failure, because its report is printed.

    Attributes:
        started: all of them, in the order of their starts.
        failed: the last one that ended because something had failed.
    """

    started: list[ref[Any]] = field(default_factory=list)
    failed: Any = None

    @property
    def last(self) -> Any:
        """Return the mock that was started last and still exists; None if there is none."""
        existing = (mock() for mock in reversed(self.started))
        return next((mock for mock in existing if mock is not None), None)


@contextmanager
def observing_mocks(running: Iterable[ref[Any]] = ()) -> Iterator[MockObserver]:
    """Yield an observer of the mocks that are started inside the block.

    Args:
        running: the mocks that were started before, which it observes too.
    """
    observer = MockObserver(list(running))
    token = _mock_observers.set((*_mock_observers.get(), observer))
    try:
        yield observer
    finally:
        _mock_observers.reset(token)


def present(mock: Any) -> None:
    """Tell the observers of a mock that has just been started."""
    for observer in _mock_observers.get():
        observer.started.append(ref(mock))


def keep(mock: Any) -> bool:
    """Let the observers keep a mock that ends with a failure; return whether one exists."""
    observers = _mock_observers.get()
    for observer in observers:
        observer.failed = mock
    return bool(observers)
