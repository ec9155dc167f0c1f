"""Strict mode, and what was set up and never used, over HTTP."""

from __future__ import annotations

from collections.abc import Sequence

from membership_mock.server.tools.served import Served
from membership_mock.server.tools.states import StrictState, UnusedPlansState
from membership_mock.server.tools.tool import Tool
from membership_mock.testing.aws_side.unused_endings import unused_endings
from membership_mock.testing.plans.plans import Plans, unused_plans


def start_strict(served: Served, allowed: Sequence[str] = ()) -> StrictState:
    """Let every call that is not allowed fail, until `strict.stop`; also after a reset.

    It holds for all accounts and regions, and for calls to every service. Of several blocks, only
    the one that was started last counts.

    Args:
        served: what is served.
        allowed: operations, e.g. ``securityhub.CreateMembers``, or patterns of them, e.g.
            ``securityhub.*``. An empty list allows no call.
    """
    return StrictState(served.start_strict(list(allowed)), list(allowed))


def stop_strict(served: Served, id: str | None = None) -> None:  # noqa: A002  its name in answers
    """End a block of strict mode; refuse with ``UnexpectedCall`` if a call has failed in it.

    The block has ended in either case.

    Args:
        served: what is served.
        id: its id; that of the block that was started last when None.
    """
    served.stop_strict(id)


def list_strict(served: Served) -> list[StrictState]:
    """Return the blocks of strict mode that have not ended; the last one counts."""
    return [StrictState(name, list(allowed)) for name, allowed in served.strict().items()]


def list_unused_plans(served: Served) -> UnusedPlansState:
    """Return a report of faults, canned answers and planned endings that were never used."""
    running = served.mock._running()
    unused = running.tool(Plans).unused
    error = unused_plans(unused, unused_endings(running.world))
    return UnusedPlansState(len(unused), None if error is None else str(error))


TOOLS = [
    Tool("strict", "GET", "/strict", list_strict, list_strict),
    Tool("strict.start", "POST", "/strict/start", start_strict, start_strict),
    Tool("strict.stop", "POST", "/strict/stop", stop_strict, stop_strict),
    Tool("unused_plans", "GET", "/unused_plans", list_unused_plans, list_unused_plans),
]
