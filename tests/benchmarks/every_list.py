"""A page of every list operation, of a short list and of a long one."""

from __future__ import annotations

import time
from collections.abc import Callable

from membership_mock import mock_membership
from membership_mock.services import SERVICES
from tests.benchmarks.filling import large_world
from tests.benchmarks.measuring import Effort, Figure, Row
from tests.growing_lists import GROWS, LISTS

#: entries of the short and of the long list; each of them takes a few calls
SHORT, LONG = 20, 400


def worst_page(effort: Effort) -> Figure:
    """Measure the first page of every list; the figure is that of the list that grows most.

    The two lengths are one list at two moments, so the best of many calls is compared. Lists of
    which it is known that they grow are left out.
    """
    ratios: dict[str, tuple[float, float, float]] = {}
    for each in LISTS:
        known = (each.service, each.operation) in GROWS
        if known or each.operation not in SERVICES[each.service].handlers:
            continue
        with large_world(), mock_membership() as mock:
            client, parameters, add = each.start(mock)
            page = each.lister(client, parameters)
            length, taken = 0, []
            for size in (SHORT, LONG):
                for number in range(length, size):
                    add(number)
                length = size
                taken.append(_best(page, effort.rounds * effort.calls))
        ratios[each.name] = taken[1] / taken[0], *taken
    worst = max(ratios, key=lambda name: ratios[name][0])
    ratio, short, long = ratios[worst]
    return Figure(ratio, "x", {f"{worst}, {SHORT}": short, f"{worst}, {LONG}": long})


def _best(page: Callable[[None], object], calls: int) -> float:
    """Return the least processor time of a call, in microseconds."""
    taken = []
    for _ in range(calls):
        start = time.process_time_ns()
        page(None)
        taken.append(time.process_time_ns() - start)
    return min(taken) / 1000


ROWS = [Row("a page of any list, the one that grows most: longest / shortest", 1.2, worst_page)]
