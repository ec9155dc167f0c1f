"""What tools answer over HTTP where the mock returns an object that only a process can hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from membership_mock.errors import ServiceError
from membership_mock.testing.call import Call
from membership_mock.testing.clock import MockClock
from membership_mock.testing.events.sent_event import EventDelivery, SentEvent
from membership_mock.testing.plans.call_plan import CallPlan


@dataclass(frozen=True)
class HealthState:
    """That the server runs, and what it serves.

    Attributes:
        status: ``running``, or ``ended`` when the mock has ended and the server has not.
        release: the release of this package.
        services: how many operations of each mocked service there are.
        account: the account of calls that name none.
        region: the region of tools that name none.
        calls: how many calls are in the record.
        url: where to look at the world in a browser.
    """

    status: str
    release: str
    services: dict[str, int]
    account: str
    region: str
    calls: int
    url: str = "/_membership/"


@dataclass(frozen=True)
class ClockState:
    """The clock of the mocked services.

    Attributes:
        now: the present instant, in UTC.
        frozen: whether it stands still.
    """

    now: str
    frozen: bool

    @classmethod
    def of(cls, clock: MockClock) -> ClockState:
        """Return the state of a clock."""
        return cls(clock.now().isoformat(), clock.frozen)


@dataclass(frozen=True)
class FaultState:
    """A fault.

    Attributes:
        id: its id, for this server only.
        text: what it does, and how often it has fired.
        fired: how many calls it has hit.
        remaining: how many more it will hit; null for all that come.
    """

    id: str
    text: str
    fired: int
    remaining: int | None

    @classmethod
    def of(cls, name: str, fault: CallPlan) -> FaultState:
        """Return the state of a fault."""
        return cls(name, repr(fault), fault._count, fault.remaining)


@dataclass(frozen=True)
class AnswerState:
    """A canned answer.

    Attributes:
        id: its id, for this server only.
        text: which calls it answers, and how often it was used.
        used: how many calls it has answered.
        remaining: how many more it will answer; null for all that come.
    """

    id: str
    text: str
    used: int
    remaining: int | None

    @classmethod
    def of(cls, name: str, answer: CallPlan) -> AnswerState:
        """Return the state of a canned answer."""
        return cls(name, repr(answer), answer._count, answer.remaining)


@dataclass(frozen=True)
class StrictState:
    """A block of strict mode.

    Attributes:
        id: its id, for this server only.
        allowed: the operations that it allows.
    """

    id: str
    allowed: list[str]


@dataclass(frozen=True)
class UnusedPlansState:
    """What was set up for calls and never used.

    Attributes:
        count: how many faults and canned answers no call has had.
        report: what they are, and the calls that came nearest; planned endings of queries and jobs
            that were not used are there, too. Null when everything was used.
    """

    count: int
    report: str | None


@dataclass(frozen=True)
class SnapshotState:
    """A snapshot that the server keeps.

    Attributes:
        id: its id, for this server only.
        size: how many bytes it takes.
    """

    id: str
    size: int


@dataclass(frozen=True)
class ErrorState:
    """How a call failed.

    Attributes:
        code: the code of the error.
        message: its text.
    """

    code: str
    message: str


@dataclass(frozen=True)
class CallState:
    """A call to a mocked service.

    Attributes:
        number: its number, from 1 on; a reset does not start again.
        service: the service's id.
        operation: the operation's name.
        account: the account that called.
        region: the region that was called.
        at: the instant, in UTC.
        request_id: the id that the answer carried.
        parameters: the parameters by their API names.
        answer: the answer; null for an error.
        status: the HTTP status; null when the mock refused the call with a usage error.
        error: the error; null when the call succeeded.
    """

    number: int
    service: str
    operation: str
    account: str
    region: str
    at: str
    request_id: str
    parameters: dict[str, Any]
    answer: dict[str, Any] | None
    status: int | None
    error: ErrorState | None

    @classmethod
    def of(cls, number: int, call: Call) -> CallState:
        """Return what a call was."""
        error = None
        if call.error is not None:
            is_of_service = isinstance(call.error, ServiceError)
            message = call.error.message if is_of_service else str(call.error)  # type: ignore[attr-defined]
            error = ErrorState(str(call.error_code), message)
        return cls(
            number,
            call.service,
            call.operation,
            call.account,
            call.region,
            call.at.isoformat(),
            call.request_id,
            call.parameters,
            call.answer,
            call.status,
            error,
        )


@dataclass(frozen=True)
class CallsState:
    """Some of the calls, in the order in which they took effect.

    Attributes:
        calls: the calls.
        matching: how many calls of the record match the filters.
        last: the number of the latest call of all, 0 before the first; pass it as ``since`` to get
            what comes after, if ``calls`` holds all that match.
    """

    calls: list[CallState]
    matching: int
    last: int


@dataclass(frozen=True)
class EventState:
    """An event that was sent to EventBridge.

    Attributes:
        number: its number, from 1 on; a reset does not start again.
        id: its id.
        source: e.g. ``aws.securityhub``.
        detail_type: e.g. ``Security Hub Findings - Imported``.
        account: the account whose default event bus got it.
        region: the region of that bus.
        at: when it happened, in UTC.
        resources: the ARNs of its resources.
        detail: what happened.
        deliveries: what became of it at each target of each rule that it matched.
    """

    number: int
    id: str
    source: str
    detail_type: str
    account: str
    region: str
    at: str
    resources: list[str]
    detail: dict[str, Any]
    deliveries: list[EventDelivery]

    @classmethod
    def of(cls, event: SentEvent) -> EventState:
        """Return what an event was."""
        return cls(
            event._event.number,
            event.id,
            event.source,
            event.detail_type,
            event.account,
            event.region,
            event.at.isoformat(),
            list(event.resources),
            event.detail,
            event.deliveries,
        )


@dataclass(frozen=True)
class EventsState:
    """Some of the events, in the order in which they were sent.

    Attributes:
        events: the events.
        matching: how many events match the filters.
        last: the number of the latest event of all, 0 before the first; pass it as ``since`` to get
            what comes after, if ``events`` holds all that match.
    """

    events: list[EventState]
    matching: int
    last: int
