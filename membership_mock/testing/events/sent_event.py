"""One event that was sent to EventBridge."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from membership_mock.testing.printing import printable, shortened

if TYPE_CHECKING:
    from membership_mock.engine.state.events import Delivery, Event, EventLog

_SHOWN = 160


@dataclass(frozen=True, slots=True)
class EventDelivery:
    """The delivery of an event to one target of a rule that it matched.

    Attributes:
        event_id: the id of the event.
        source: its source, e.g. ``aws.securityhub``.
        detail_type: its ``detail-type``.
        rule: the ARN of the rule.
        target_id: the id of the target within the rule.
        target: the ARN of the target.
        failure: why the target did not get it; None if it did.
    """

    event_id: str
    source: str
    detail_type: str
    rule: str
    target_id: str
    target: str
    failure: str | None

    @classmethod
    def of(cls, delivery: Delivery) -> EventDelivery:
        """Return what the log has, for reading."""
        return cls(
            delivery.event_id,
            delivery.source,
            delivery.detail_type,
            delivery.rule,
            delivery.target_id,
            delivery.target,
            delivery.failure,
        )

    def __str__(self) -> str:
        name = self.rule.rpartition("/")[2]
        outcome = "delivered" if self.failure is None else f"not delivered: {self.failure}"
        return f"{self.detail_type} by rule {name} to {self.target or 'its targets'}: {outcome}"


class SentEvent:
    """An event that a mocked service has sent to the event bus of an account.

    Attributes:
        source: e.g. ``aws.securityhub``.
        detail_type: e.g. ``Security Hub Findings - Imported``.
        account: the 12 digits of the account whose default event bus got it.
        region: the region of that bus.
        at: when it happened, in UTC.
        resources: the ARNs of its resources.
    """

    def __init__(self, event: Event, log: EventLog) -> None:
        self._event = event
        self._log = log
        self.source = event.source
        self.detail_type = event.detail_type
        self.account = event.account_id
        self.region = event.region
        self.at: datetime = event.time
        self.resources: Sequence[str] = tuple(event.resources)

    @property
    def id(self) -> str:
        """The id of the event."""
        return self._event.id

    @property
    def detail(self) -> dict[str, Any]:
        """The ``detail`` of the event, a copy."""
        return dict(_as_sent(self._event.detail))

    @property
    def message(self) -> dict[str, Any]:
        """A copy of the event as rules and targets get it."""
        return dict(_as_sent(self._event.message()))

    @property
    def deliveries(self) -> list[EventDelivery]:
        """Its delivery to each target of each rule that it matched."""
        return [EventDelivery.of(each) for each in self._log.deliveries.get(self.id, ())]

    @property
    def rules(self) -> list[str]:
        """The names of the rules with targets that it matched, in order."""
        return list(dict.fromkeys(each.rule.rpartition("/")[2] for each in self.deliveries))

    @property
    def targets(self) -> list[str]:
        """The ARNs of the targets that got it."""
        return [each.target for each in self.deliveries if each.failure is None]

    def __repr__(self) -> str:
        detail = printable(json.dumps(self._event.detail, default=str, ensure_ascii=False))
        return (
            f"{self.source} {self.detail_type!r} to {self.account} in {self.region}"
            f" {shortened(detail, _SHOWN)}"
        )


def _as_sent(value: Any) -> Any:
    """Return a copy in the types that JSON has."""
    return json.loads(json.dumps(value, default=str))
