"""Planned endings of queries and jobs that were never used."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from membership_mock.engine.state.world import World

if TYPE_CHECKING:
    from membership_mock.cleanrooms.analyses.analysis_store import Analyses


def unused_endings(world: World) -> Counter[str]:
    """Return the planned endings that no query or job has had yet, as words, and how often."""
    found: Counter[str] = Counter()
    for thing, region, analyses in _all(world):
        for account_id, planned in analyses.planned.items():
            for outcome in planned:
                what = f"{outcome.status}{'' if outcome.result is None else ' with a result'}"
                found[f"the next {thing} of {account_id} in {region} ends in {what}"] += 1
    return found


def unused_report(unused: Counter[str]) -> str:
    """Return a text about endings that were never used."""
    number = sum(unused.values())
    count = "One planned ending was" if number == 1 else f"{number} planned endings were"
    return "\n".join([f"{count} never used:", *_listed(unused.items())])


def _listed(unused: Iterable[tuple[str, int]]) -> Iterator[str]:
    for words, times in unused:
        yield f"    {words}{f', {times} times' if times > 1 else ''}"


def _all(world: World) -> Iterator[tuple[str, str, Analyses[Any]]]:
    if "membership_mock.cleanrooms.analyses" not in sys.modules:  # so there are no such stores
        return
    from membership_mock.cleanrooms.analyses.protected_jobs import ProtectedJobStore
    from membership_mock.cleanrooms.analyses.protected_queries import ProtectedQueryStore

    with world.lock:
        for (region,), queries in world.stores(ProtectedQueryStore):
            yield "protected query", region, queries.queries
        for (region,), jobs in world.stores(ProtectedJobStore):
            yield "protected job", region, jobs.jobs
