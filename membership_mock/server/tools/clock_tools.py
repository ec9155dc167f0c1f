"""The clock over HTTP."""

from __future__ import annotations

from functools import partial
from typing import Any

from membership_mock.server.tools.served import Served
from membership_mock.server.tools.states import ClockState
from membership_mock.server.tools.tool import Tool
from membership_mock.testing.clock import MockClock


def read_clock(served: Served) -> ClockState:
    """Return what the clock of the mocked services shows."""
    return ClockState.of(served.mock.clock)


def _set(name: str, served: Served, /, **arguments: Any) -> ClockState:
    clock = served.mock.clock
    getattr(clock, name)(**arguments)
    return ClockState.of(clock)


TOOLS = [
    Tool("clock", "GET", "/clock", read_clock, read_clock),
    *(
        Tool(
            f"clock.{name}",
            "POST",
            f"/clock/{name}",
            getattr(MockClock, name),
            partial(_set, name),
            answers=ClockState,
            without=frozenset({"by"}),
        )
        for name in ("freeze", "unfreeze", "move_to", "advance")
    ),
]
