"""The events of a server, as the mock's own `Events` reads and asserts them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from membership_mock.engine.state.events import Delivery, Event, EventLog
from membership_mock.errors import UsageError
from membership_mock.server.client.transport import Transport
from membership_mock.server.tools.states import EventsState, EventState
from membership_mock.testing.events.events import Events
from membership_mock.testing.events.sent_event import EventDelivery, SentEvent

#: how many events are fetched at once
_BATCH = 500


class _ReceivedEvent(Event):
    """An event with the id that the server has given it."""

    __slots__ = ("_id",)

    def __init__(self, state: EventState) -> None:
        super().__init__(
            state.source,
            state.detail_type,
            state.account,
            state.region,
            datetime.fromisoformat(state.at),
            state.resources,
            state.detail,
            number=state.number,
        )
        self._id = state.id

    @property
    def id(self) -> str:
        """Its id."""
        return self._id


class RemoteEvents(Events):
    """The events that the services of a server have sent; filters and assertions run here."""

    def on_target(self, arn: str, function: Callable[..., Any]) -> None:  # noqa: ARG002  as there
        """Refuse to let a function stand in for a target: it cannot be sent.

        Raises:
            UsageError: always; use it in the process that runs the mock.
        """
        raise UsageError(
            f"The function for the target {arn!r} cannot be sent to a server: use"
            " mock.events.on_target in the process that runs the mock."
        )


def events_of(transport: Transport) -> RemoteEvents:
    """Return the events of a server."""

    def read() -> Sequence[SentEvent]:
        log, found, since = EventLog(), [], 0
        while True:
            some: EventsState = transport.use("events", since=since, limit=_BATCH)
            for state in some.events:
                log.deliveries[state.id] = [_delivery(each) for each in state.deliveries]
                found.append(SentEvent(_ReceivedEvent(state), log))
                since = state.number
            if len(some.events) < _BATCH:
                return found

    def undelivered() -> list[EventDelivery]:
        failed: list[EventDelivery] = transport.use("events.undelivered")
        return failed

    return RemoteEvents(read, undelivered)


def _delivery(state: EventDelivery) -> Delivery:
    return Delivery(
        state.event_id,
        state.source,
        state.detail_type,
        state.rule,
        state.target_id,
        state.target,
        state.failure,
    )
