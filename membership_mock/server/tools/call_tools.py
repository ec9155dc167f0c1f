"""The record of calls over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from membership_mock.errors import UsageError
from membership_mock.server.tools.served import Served
from membership_mock.server.tools.states import CallsState, CallState
from membership_mock.server.tools.tool import Tool
from membership_mock.testing.call import Call


def list_calls(
    served: Served,
    operation: str | None = None,
    service: str | None = None,
    account: str | None = None,
    region: str | None = None,
    error: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    since: int | None = None,
    limit: int = 100,
) -> CallsState:
    """Return the calls that match everything given.

    Args:
        served: what is served.
        operation: ``CreateCase``, ``security-ir.CreateCase`` or a pattern such as ``*.List*``.
        service: the service's id.
        account: the 12 digits of the calling account.
        region: the region that was called.
        error: the code of the error that was answered, e.g. ``ConflictException``.
        parameters: some of the parameters, by API name; nested mappings may be partial too.
        since: only calls with a higher number.
        limit: how many at the most: the latest ones, or with ``since`` the first ones after it.
    """
    for name, value in (("limit", limit), ("since", since)):
        if value is not None and value < 0:
            raise UsageError(f"{name} is a number from 0 on, not {value}.")
    return state_of(
        served,
        lambda: served.mock.calls.filter(
            operation,
            service=service,
            account=account,
            region=region,
            error=error,
            parameters=parameters,
        ),
        since,
        limit,
    )


def state_of(
    served: Served,
    wanted: Callable[[], Iterable[Call]],
    since: int | None = None,
    limit: int | None = None,
) -> CallsState:
    """Return some calls as they are sent.

    Args:
        served: what is served.
        wanted: returns those that are wanted.
        since: only those with a higher number.
        limit: how many at the most; all when None.
    """
    running = served.mock._running()
    with running.world.lock:  # else a call may come between the numbers and the calls
        first = running.record.dropped + 1
        numbers = {id(entry): n for n, entry in enumerate(running.record.entries, first)}
        last = running.record.dropped + len(running.record.entries)
        matching = [(numbers[id(call._entry)], call) for call in wanted()]
    new = [each for each in matching if each[0] > (since or 0)]
    if limit is not None:
        new = new[:limit] if since is not None else new[max(len(new) - limit, 0) :]
    return CallsState([CallState.of(n, call) for n, call in new], len(matching), last)


TOOLS = [Tool("calls", "GET", "/calls", list_calls, list_calls)]
