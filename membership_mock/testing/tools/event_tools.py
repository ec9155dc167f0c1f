"""The tools that read what was sent to EventBridge."""

from __future__ import annotations

from collections.abc import Sequence

from membership_mock.testing.arguments import naming_arguments
from membership_mock.testing.events.events import Events
from membership_mock.testing.events.sent_event import EventDelivery, SentEvent
from membership_mock.testing.running_mock import RunningMock


@naming_arguments
class EventTools(RunningMock):
    """The tools of a mock that read what was sent to EventBridge."""

    @property
    def events(self) -> Events:
        """All events of the mocked services, in order; also after the mock has ended.

        Rules of moto's event buses match them as on AWS. `Events.on_target` calls a function in
        place of a target to which moto cannot deliver.
        """
        return Events(self._read_events, self._read_undelivered)

    def _read_events(self) -> Sequence[SentEvent]:
        log = self._entered.events if self._entered else None
        return [SentEvent(each, log) for each in list(log.sent)] if log else []

    def _read_undelivered(self) -> list[EventDelivery]:
        held = list(self._entered.events.deliveries.values()) if self._entered else []
        return [
            EventDelivery.of(each)
            for deliveries in held
            for each in deliveries
            if each.failure is not None
        ]
