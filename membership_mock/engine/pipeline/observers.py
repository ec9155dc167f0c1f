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

_witnesses: ContextVar[tuple[list[Witnessed], ...]] = ContextVar(
    "membership_mock_witnesses", default=()
)
_onlookers: ContextVar[tuple[Onlooker, ...]] = ContextVar("membership_mock_onlookers", default=())


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


@dataclass(slots=True)
class Onlooker:
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
def looking_on(running: Iterable[ref[Any]] = ()) -> Iterator[Onlooker]:
    """Yield who sees the mocks that are started inside the block.

    Args:
        running: the mocks that were started before, and count as well.
    """
    onlooker = Onlooker(list(running))
    token = _onlookers.set((*_onlookers.get(), onlooker))
    try:
        yield onlooker
    finally:
        _onlookers.reset(token)


def present(mock: Any) -> None:
    """Show a mock that has just been started to whoever looks on."""
    for onlooker in _onlookers.get():
        onlooker.started.append(ref(mock))


def keep(mock: Any) -> bool:
    """Let those who look on hold a mock that something fails in; return whether there are any."""
    onlookers = _onlookers.get()
    for onlooker in onlookers:
        onlooker.failed = mock
    return bool(onlookers)
