"""Snapshots and dumps of worlds: what they cost with the size of the world."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

from membership_mock import mock_membership
from tests.benchmarks.filling import MANAGEMENT, REGION, large_world
from tests.benchmarks.long_lists import one_of
from tests.benchmarks.measuring import Action, Contender, Effort, Figure, Row, take_turns
from tests.benchmarks.members import fill_members
from tests.benchmarks.organizations import delegate, new_organization


@cache
def worlds(effort: Effort) -> Mapping[str, Figure]:
    """Measure snapshots and dumps of worlds that consist of an organization and its members.

    Each member brings an account, a hub, two standards and an association.

    Returns:
        For each method of the mock, what it costs per member in the long world against the short
        one: 1 is in exact proportion to the world; and what it costs in the long one
        (``snapshot, per member``, and so on).
    """
    with large_world(), mock_membership() as mock:
        kept: dict[int, tuple[Any, Any]] = {}
        for size in effort.lengths:
            mock.reset()
            admin_id, *ids = new_organization(MANAGEMENT, size + 1)
            fill_members(delegate(MANAGEMENT, admin_id, REGION), ids)
            kept[size] = mock.snapshot(), mock.dump()
        actions: dict[str, Callable[[int], Action]] = {
            "snapshot": lambda _: mock.snapshot,
            "restore": lambda size: partial(mock.restore, kept[size][0]),
            "dump": lambda _: mock.dump,
            "load": lambda size: partial(mock.load, kept[size][1]),
        }
        figures = {
            name: _per_member(
                {size: _in_world(mock, kept[size][0], action(size)) for size in effort.lengths},
                effort,
            )
            for name, action in actions.items()
        }
    longest = [(name, list(figure.parts.values())[-1]) for name, figure in list(figures.items())]
    return figures | {f"{name}, per member": Figure(time, "µs", {}) for name, time in longest}


def _in_world(mock: Any, snapshot: Any, act: Action) -> Contender:
    @contextmanager
    def ready() -> Iterator[Action]:
        mock.restore(snapshot)
        yield act

    return ready


def _per_member(contenders: Mapping[int, Contender], effort: Effort) -> Figure:
    named = {f"{size:,}, per member": each for size, each in contenders.items()}
    times = take_turns(named, max(effort.rounds // 6, 3))
    (short, fewer), (long, many) = zip(named, contenders, strict=True)
    parts = {short: times.middle(short) / fewer, long: times.middle(long) / many}
    return Figure(times.ratio(long, short) * fewer / many, "x", parts)


ROWS = [
    Row(f"{name} of a world, per member: longest / shortest", bar, partial(one_of, worlds, name))
    for name, bar in (("snapshot", 2.0), ("restore", 2.0), ("dump", None), ("load", None))
] + [
    Row(f"{name} of a world, per member", bar, partial(one_of, worlds, f"{name}, per member"))
    for name, bar in (("snapshot", 5.0), ("restore", 5.0), ("dump", 40.0), ("load", 60.0))
]
