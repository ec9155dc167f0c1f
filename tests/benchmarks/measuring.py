"""How a row is measured: contenders take turns, and a figure compares them."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

#: calls at the start of a turn that do not count
WARM_UP = 2
#: how many calls of each contender there are between two runs of the garbage collector
COLLECT_EVERY = 40


Action = Callable[[], Any]
#: Prepares what a contender needs, and gives the call that is measured.
Contender = Callable[[], AbstractContextManager[Action]]


@dataclass(frozen=True)
class Effort:
    """How much is repeated, and how far the sizes go.

    Attributes:
        rounds: how often each contender has its turn.
        calls: how many calls a turn has.
        suites: how often a suite of tests is run.
        sizes: the lengths of the longest lists.
        lengths: a short and a long length of the other lists: an administrator has no more than
            10,000 members, so they go no further either.
    """

    rounds: int
    calls: int
    suites: int
    sizes: tuple[int, ...]
    lengths: tuple[int, int]


FULL = Effort(
    rounds=60, calls=20, suites=5, sizes=(1_000, 10_000, 100_000), lengths=(1_000, 10_000)
)
QUICK = Effort(rounds=6, calls=10, suites=1, sizes=(600, 2_000), lengths=(600, 2_000))


@dataclass(frozen=True)
class Figure:
    """What a row has measured.

    Attributes:
        value: what the bar limits.
        unit: ``x`` for a ratio, ``ms`` or ``µs``.
        parts: the times behind it, in microseconds.
    """

    value: float
    unit: str
    parts: Mapping[str, float]


@dataclass(frozen=True)
class Row:
    """A line of the table; a bar of None means that it stands there for comparison."""

    name: str
    bar: float | None
    measure: Callable[[Effort], Figure]


class Wrong(Exception):
    """Something does not work as it should, so its time means nothing."""


def require(condition: object, text: str) -> None:
    """Stop a row whose contender does not do what it is measured for."""
    if not condition:
        raise Wrong(text)


class Times:
    """Nanoseconds by contender: a list of rounds, each a list of calls.

    Args:
        contenders: who is measured.
        mean: look at means rather than at medians.
    """

    def __init__(self, contenders: Mapping[str, Contender], *, mean: bool) -> None:
        self.rounds: dict[str, list[list[int]]] = {name: [] for name in contenders}
        self._middle: Callable[[Iterable[int]], float] = (
            statistics.fmean if mean else statistics.median
        )

    def middle(self, name: str) -> float:
        """Return the middle of all calls, in microseconds."""
        return self._middle(ns for calls in self.rounds[name] for ns in calls) / 1000

    def ratio(self, name: str, base: str) -> float:
        """Return how much longer ``name`` takes than ``base``: the median over the rounds."""
        pairs = zip(self.rounds[name], self.rounds[base], strict=True)
        return statistics.median(self._middle(a) / self._middle(b) for a, b in pairs)

    def figure(self, name: str, base: str) -> Figure:
        """Return the ratio of two contenders with the times of all."""
        ratio = self.ratio(name, base)
        return Figure(ratio, "x", {each: self.middle(each) for each in self.rounds})


def take_turns(
    contenders: Mapping[str, Contender],
    rounds: int,
    calls: int = 1,
    *,
    suite: bool = False,
) -> Times:
    """Measure the contenders one after another, in every round, in alternating order.

    Args:
        contenders: what is compared, by name.
        rounds: how often each one has its turn.
        calls: how many calls a turn has.
        suite: a turn is like a suite of tests: the garbage collector is on, and what it costs now
            and then counts, in a mean. Otherwise it is off, and works between the turns.
    """
    times = Times(contenders, mean=suite)
    names = list(contenders)
    for contender in contenders.values():
        _measure(contender, WARM_UP)
    gc.collect()
    if not suite:
        gc.freeze()
        gc.disable()
    try:
        for number in range(rounds):
            if not suite and number % (1 + COLLECT_EVERY // calls) == 0:
                gc.collect()
            for name in names if number % 2 else names[::-1]:
                if suite:
                    gc.collect()
                times.rounds[name].append(_measure(contenders[name], calls))
    finally:
        gc.enable()
        gc.unfreeze()
    return times


def ready(act: Action) -> Contender:
    """Return a contender that has nothing to prepare."""
    return lambda: nullcontext(act)


def _measure(contender: Contender, calls: int) -> list[int]:
    clock = time.perf_counter_ns
    taken = []
    with contender() as act:
        for _ in range(WARM_UP if calls > 1 else 0):
            act()
        for _ in range(calls):
            start = clock()
            act()
            taken.append(clock() - start)
    return taken
