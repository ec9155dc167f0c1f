"""A page of every list operation, of a short list and of a long one."""

from __future__ import annotations

import time
from collections.abc import Callable

from membership_mock import mock_membership
from membership_mock.services import SERVICES
from tests.benchmarks.filling import large_world
from tests.benchmarks.measuring import Effort, Figure, Row
from tests.growing_lists import LISTS
from tests.growing_lists.growing_list import GrowingList

#: entries of the short and of the long list; each of them takes a few calls
SHORT, LONG = 20, 400
#: how often each length has its turn
ROUNDS = 6
#: how many of the lists that seem to grow most are measured again, and how often
SUSPECTS, AGAIN = 6, 3

#: the least time of a page of the short list and of the long one, in microseconds
Times = tuple[float, float]


def worst_page(effort: Effort) -> Figure:
    """Measure the first page of every list; the figure is that of the list that grows most.

    The greatest of so many ratios is one that something else on the machine has disturbed. So the
    lists with the greatest ones are measured again, each in new worlds, and the best of all times
    of a length counts.
    """
    calls = effort.rounds * effort.calls
    times = {
        each.name: _times(each, calls)
        for each in LISTS
        if each.operation in SERVICES[each.service].handlers
    }
    suspects = sorted(times, key=lambda name: _ratio(times[name]))[-SUSPECTS:]
    for each in [each for each in LISTS if each.name in suspects] * AGAIN:
        short, long = _times(each, calls)
        before = times[each.name]
        times[each.name] = min(before[0], short), min(before[1], long)
    worst = max(suspects, key=lambda name: _ratio(times[name]))
    short, long = times[worst]
    return Figure(long / short, "x", {f"{worst}, {SHORT}": short, f"{worst}, {LONG}": long})


def _ratio(times: Times) -> float:
    return times[1] / times[0]


def _times(each: GrowingList, calls: int) -> Times:
    """Measure the first page of a list at both lengths, which take turns, in a new world."""
    with large_world(), mock_membership() as mock:
        client, parameters, add = each.start(mock)
        page = each.lister(client, parameters)
        for number in range(SHORT):
            add(number)
        short = mock.snapshot()
        for number in range(SHORT, LONG):
            add(number)
        long = mock.snapshot()
        taken: dict[int, list[float]] = {SHORT: [], LONG: []}
        for _ in range(ROUNDS):
            for length, state in ((SHORT, short), (LONG, long)):
                mock.restore(state)
                taken[length].append(_best(page, calls // ROUNDS))
    return min(taken[SHORT]), min(taken[LONG])


def _best(page: Callable[[None], object], calls: int) -> float:
    """Return the least processor time of a call, in microseconds."""
    taken = []
    for _ in range(calls):
        start = time.process_time_ns()
        page(None)
        taken.append(time.process_time_ns() - start)
    return min(taken) / 1000


ROWS = [Row("a page of any list, the one that grows most: longest / shortest", 1.2, worst_page)]
