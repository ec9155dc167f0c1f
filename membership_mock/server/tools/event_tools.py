"""The events that were sent to EventBridge, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from membership_mock.errors import UsageError
from membership_mock.server.tools.served import Served
from membership_mock.server.tools.states import EventsState, EventState
from membership_mock.server.tools.tool import Tool
from membership_mock.testing.events.sent_event import EventDelivery


def list_events(
    served: Served,
    detail_type: str | None = None,
    source: str | None = None,
    account: str | None = None,
    region: str | None = None,
    pattern: Mapping[str, Any] | None = None,
    rule: str | None = None,
    since: int | None = None,
    limit: int = 100,
) -> EventsState:
    """Return the events that match everything given.

    Args:
        served: what is served.
        detail_type: the ``detail-type``, or a pattern of it: ``Case *``.
        source: the source: ``aws.securityhub``, or the service's id, ``securityhub``.
        account: the 12 digits of the account whose event bus got them.
        region: the region of that bus.
        pattern: an event pattern as rules have it.
        rule: the name of a rule with a target that they matched when they were sent.
        since: only events with a higher number.
        limit: how many at the most: the latest ones, or with ``since`` the first ones after it.
    """
    for name, value in (("limit", limit), ("since", since)):
        if value is not None and value < 0:
            raise UsageError(f"{name} is a number from 0 on, not {value}.")
    last = served.mock._running().events.last_number
    matching = [
        event
        for event in served.mock.events.filter(
            detail_type, source=source, account=account, region=region, pattern=pattern, rule=rule
        )
        if event._event.number <= last
    ]
    new = [event for event in matching if event._event.number > (since or 0)]
    new = new[:limit] if since is not None else new[max(len(new) - limit, 0) :]
    return EventsState([EventState.of(event) for event in new], len(matching), last)


def list_undelivered(served: Served) -> list[EventDelivery]:
    """Return the deliveries that have failed, each with the reason."""
    return served.mock.events.undelivered


TOOLS = [
    Tool("events", "GET", "/events", list_events, list_events),
    Tool("events.undelivered", "GET", "/events/undelivered", list_undelivered, list_undelivered),
]
