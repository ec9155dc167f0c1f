"""Snapshots and dumps of worlds: what they cost with the size of the world.

A snapshot copies the stores that were used since the last one. So before a snapshot or a restore is
measured, all stores are used; what one call of one account costs has rows of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

from membership_mock import mock_membership
from membership_mock.engine import running
from tests.benchmarks.filling import MANAGEMENT, REGION, large_world, lister
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
        one_call: dict[int, Action] = {}
        for size in effort.lengths:
            mock.reset()
            admin_id, *ids = new_organization(MANAGEMENT, size + 1)
            fill_members(delegate(MANAGEMENT, admin_id, REGION), ids)
            one_call[size] = lister("securityhub", ids[0], REGION).describe_hub
            kept[size] = mock.snapshot(), mock.dump()
        snapshots: dict[int, Any] = {size: snapshot for size, (snapshot, _) in kept.items()}
        everything = dict.fromkeys(effort.lengths, _use_all_stores)
        actions: dict[str, tuple[Mapping[int, Action], Callable[[int], Action]]] = {
            "snapshot": (everything, lambda _: mock.snapshot),
            "restore": (everything, lambda size: partial(mock.restore, snapshots[size])),
            "snapshot after one call": (one_call, lambda _: mock.snapshot),
            "restore after one call": (
                one_call,
                lambda size: partial(mock.restore, snapshots[size]),
            ),
            "dump": (everything, lambda _: mock.dump),
            "load": (everything, lambda size: partial(mock.load, kept[size][1])),
        }
        figures = {
            name: _per_member(
                {
                    size: _in_world(mock, snapshots[size], before[size], action(size))
                    for size in effort.lengths
                },
                effort,
            )
            for name, (before, action) in actions.items()
        }
    longest = [(name, list(figure.parts.values())[-1]) for name, figure in list(figures.items())]
    return figures | {f"{name}, per member": Figure(time, "µs", {}) for name, time in longest}


def _in_world(mock: Any, snapshot: Any, before: Action, act: Action) -> Contender:
    @contextmanager
    def ready() -> Iterator[Action]:
        mock.restore(snapshot)
        before()
        yield act

    return ready


def _use_all_stores() -> None:
    world = running.require().world
    for kind in {kind for kind, _ in world._stores}:
        list(world.stores(kind))


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
    for name, bar in (
        ("snapshot", 5.0),
        ("restore", 5.0),
        ("snapshot after one call", None),
        ("restore after one call", None),
        ("dump", 40.0),
        ("load", 60.0),
    )
]
