"""Faults over HTTP: inject, list, end and withdraw them."""

from __future__ import annotations

from functools import partial
from typing import Any

from membership_mock.server.tools.call_tools import state_of
from membership_mock.server.tools.served import Served
from membership_mock.server.tools.states import CallsState, FaultState
from membership_mock.server.tools.tool import Tool
from membership_mock.testing.faults.fault import Fault
from membership_mock.testing.faults.faults import Faults


def list_faults(served: Served) -> list[FaultState]:
    """Return all faults in the order of injection, with those that are used up."""
    return [FaultState.of(name, fault) for name, fault in served.plans(Fault).items()]


def list_unfired(served: Served) -> list[FaultState]:
    """Return the faults that have hit no call, except those that were withdrawn."""
    unfired = served.mock.faults.unfired
    return [
        FaultState.of(name, fault)
        for name, fault in served.plans(Fault).items()
        if fault in unfired
    ]


def read_fault(served: Served, id: str) -> FaultState:  # noqa: A002  its name in the path
    """Return a fault.

    Args:
        served: what is served.
        id: its id.
    """
    return FaultState.of(id, served.plan(Fault, id))


def read_fired(served: Served, id: str) -> CallsState:  # noqa: A002  likewise
    """Return the calls that a fault has hit.

    Args:
        served: what is served.
        id: its id.
    """
    fault = served.plan(Fault, id)
    return state_of(served, lambda: fault.fired)


def cancel_fault(served: Served, id: str) -> FaultState:  # noqa: A002  likewise
    """Withdraw a fault: it hits no more calls, and does not count as unfired.

    Args:
        served: what is served.
        id: its id.
    """
    fault = served.plan(Fault, id)
    fault.cancel()
    return FaultState.of(id, fault)


def end_fault(served: Served, id: str) -> FaultState:  # noqa: A002  likewise
    """End a fault: it hits no more calls, and counts as unfired if it has hit none.

    Args:
        served: what is served.
        id: its id.
    """
    fault = served.plan(Fault, id)
    fault._end()
    return FaultState.of(id, fault)


def _inject(name: str, served: Served, /, **arguments: Any) -> FaultState:
    served.forget_used_plans()
    fault = getattr(served.mock.faults, name)(**arguments)
    return FaultState.of(served.name_of(fault), fault)


def _clear(served: Served) -> None:
    served.mock.faults.clear()


def _check(served: Served) -> None:
    served.mock.faults.assert_all_fired()


TOOLS = [
    *(
        Tool(
            f"faults.{name}",
            "POST",
            f"/faults/{name}",
            getattr(Faults, name),
            partial(_inject, name),
            answers=FaultState,
            without=frozenset({"where"}),
        )
        for name in ("fail", "refuse_accounts", "refuse_entries", "delay")
    ),
    Tool("faults", "GET", "/faults", list_faults, list_faults),
    Tool("faults.unfired", "GET", "/faults/unfired", list_unfired, list_unfired),
    Tool(
        "faults.assert_all_fired",
        "POST",
        "/faults/assert_all_fired",
        Faults.assert_all_fired,
        _check,
    ),
    Tool("faults.clear", "DELETE", "/faults", Faults.clear, _clear),
    Tool("fault", "GET", "/faults/{id}", read_fault, read_fault),
    Tool("fault.fired", "GET", "/faults/{id}/fired", read_fired, read_fired),
    Tool("fault.end", "POST", "/faults/{id}/end", end_fault, end_fault),
    Tool("fault.cancel", "DELETE", "/faults/{id}", cancel_fault, cancel_fault),
]
