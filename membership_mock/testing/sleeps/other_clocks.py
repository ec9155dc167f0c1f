"""freezegun and time-machine: whether they hold the clocks of the code, and how to move them."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

#: the functions of `time` that are replaced, with the units of a second that they count in
CLOCKS = {
    "time": 1,
    "time_ns": 1_000_000_000,
    "monotonic": 1,
    "monotonic_ns": 1_000_000_000,
    "perf_counter": 1,
    "perf_counter_ns": 1_000_000_000,
}
#: those that show the time of day
OF_THE_DAY = frozenset(("time", "time_ns"))
_MONOTONIC = frozenset(("monotonic", "monotonic_ns"))  # which older releases of time-machine move


def real(name: str) -> Callable[..., Any]:
    """Return a function of `time` as Python has it, also while freezegun has replaced it."""
    freezegun = sys.modules.get("freezegun.api")
    found: Callable[..., Any] = getattr(freezegun, f"real_{name}", None) or getattr(time, name)
    return found


def replacement_of_freezegun(name: str) -> Callable[..., Any] | None:
    """Return what freezegun replaces a function of `time` by; None while it freezes nothing."""
    freezegun = sys.modules.get("freezegun.api")
    if freezegun is None or not freezegun.freeze_factories:
        return None
    return getattr(freezegun, f"fake_{name}", None)


def move(by: timedelta) -> frozenset[str]:
    """Move the clock of freezegun or time-machine, if one of them is in use.

    Returns:
        The names of the functions of `time` that have moved by it.
    """
    freezegun = sys.modules.get("freezegun.api")
    if freezegun is not None and freezegun.freeze_factories:
        freezegun.freeze_factories[-1].tick(by)
        return frozenset(CLOCKS)
    machine = sys.modules.get("time_machine")
    if machine is not None:
        # its name before and since release 3
        travellers = getattr(machine, "traveller_stack", None) or getattr(
            machine, "coordinates_stack", None
        )
        if travellers:
            before = time.monotonic()
            travellers[-1].shift(by)
            moved = time.monotonic() - before >= by.total_seconds() / 2
            return OF_THE_DAY | _MONOTONIC if moved else OF_THE_DAY
    return frozenset()
