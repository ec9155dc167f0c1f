"""The events that a mock has sent, for reading and for assertions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from inspect import iscoroutinefunction
from typing import Any, overload

from membership_mock.engine.protocol import event_patterns
from membership_mock.engine.protocol.pattern_faults import fault_of
from membership_mock.engine.running import require
from membership_mock.errors import UsageError
from membership_mock.testing.arguments import naming_arguments
from membership_mock.testing.conditions import check_where, holds
from membership_mock.testing.events.detail_types import check_detail_type, full_source
from membership_mock.testing.events.sent_event import EventDelivery, SentEvent
from membership_mock.testing.names import nearest_to
from membership_mock.testing.operation_names import check_caller
from membership_mock.testing.printing import times_as_text

_SHOWN = 10


@naming_arguments
class Events(Sequence[SentEvent]):
    """Events in the order in which they were sent; a view that grows while the mock runs.

    Iterate it, index it, narrow it with `filter`, or let `assert_sent` and `assert_not_sent` look
    for an event and show what was sent instead.
    """

    def __init__(
        self,
        read: Callable[[], Sequence[SentEvent]],
        undelivered: Callable[[], list[EventDelivery]],
    ) -> None:
        self._read = read
        self._undelivered = undelivered

    @overload
    def __getitem__(self, index: int) -> SentEvent: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[SentEvent]: ...
    def __getitem__(self, index: int | slice) -> SentEvent | Sequence[SentEvent]:
        return self._read()[index]

    def __len__(self) -> int:
        return len(self._read())

    def __iter__(self) -> Iterator[SentEvent]:
        return iter(self._read())

    def __repr__(self) -> str:
        return "\n".join(repr(event) for event in self) or "no events"

    def filter(
        self,
        detail_type: str | None = None,
        *,
        source: str | None = None,
        account: str | None = None,
        region: str | None = None,
        pattern: Mapping[str, Any] | None = None,
        rule: str | None = None,
        where: Callable[[SentEvent], bool] | None = None,
    ) -> Events:
        """Return the events that match everything given.

        Args:
            detail_type: the ``detail-type``, or a pattern of it: ``Case *``.
            source: the source: ``aws.securityhub``, or the service's id, ``securityhub``.
            account: the 12 digits of the account whose event bus got them.
            region: the region of that bus.
            pattern: an event pattern as rules have it, e.g.
                ``{"detail": {"findings": {"Severity": {"Label": ["HIGH"]}}}}``.
            rule: the name of a rule with a target that they matched when they were sent.
            where: a function of an event that returns whether it is wanted.

        Raises:
            UsageError: no event can match: the mock sends none of this ``detail-type`` or source,
                ``account`` is not 12 digits, ``region`` is not a region, or the pattern is not one
                that EventBridge takes.
        """
        check_caller(account, region)
        if detail_type is not None:
            check_detail_type(detail_type)
        wanted = None if source is None else full_source(source)
        if pattern is not None:
            _check_pattern(pattern)
        check_where(where, "event")

        def matches(event: SentEvent) -> bool:
            return (
                (detail_type is None or fnmatchcase(event.detail_type, detail_type))
                and (wanted is None or event.source == wanted)
                and (account is None or event.account == account)
                and (region is None or event.region == region)
                and (pattern is None or event_patterns.matches(pattern, event._event.message()))
                and (rule is None or rule in event.rules)
                and (where is None or holds(where, event, "event"))
            )

        return type(self)(
            lambda: [each for each in self._read() if matches(each)], self._undelivered
        )

    def assert_sent(
        self, detail_type: str | None = None, *, times: int | None = None, **wanted: Any
    ) -> Events:
        """Return the events that match everything given; fail if there are none.

        Args:
            detail_type: as for `filter`.
            times: how many there must be exactly; by default at least one.
            **wanted: as for `filter`.

        Raises:
            AssertionError: there are none, or another number; the text shows what was sent instead.
            UsageError: as for `filter`.
        """
        __tracebackhide__ = True
        if times is not None and not (type(times) is int and times >= 0):
            raise UsageError(
                f"times is a number of events, or None for at least one, not {times!r}."
            )
        found = self.filter(detail_type, **wanted)
        if (len(found) == times) if times is not None else len(found) > 0:
            return found
        expected = "at least once" if times is None else times_as_text(times)
        was = f"sent {times_as_text(len(found))}" if found else "not sent"
        raise AssertionError(
            f"expected {_described(detail_type, wanted)} to be sent {expected}, but it was {was}."
            f"\n{self._instead(detail_type, is_number_wrong=bool(found))}"
        )

    def assert_not_sent(self, detail_type: str | None = None, **wanted: Any) -> None:
        """Check that no event matches everything given.

        Args:
            detail_type: as for `filter`.
            **wanted: as for `filter`.

        Raises:
            AssertionError: there are such events; the text shows them.
            UsageError: as for `filter`.
        """
        __tracebackhide__ = True
        found = self.filter(detail_type, **wanted)
        if found:
            raise AssertionError(
                f"expected {_described(detail_type, wanted)} not to be sent, but it was sent"
                f" {times_as_text(len(found))}:\n{_listed(found)}"
            )

    @property
    def undelivered(self) -> list[EventDelivery]:
        """The deliveries that have failed, each with the reason, in no order of events.

        Events that the test itself has put onto a bus are among them.
        """
        return self._undelivered()

    def on_target(self, arn: str, function: Callable[..., Any]) -> None:
        """Call a function in place of a target, such as a Lambda function, until a reset.

        It gets the event as the target would get it, after the call that has caused the event.
        AWS calls in it whose credentials name no account come from the account of the ARN. An
        error that it raises is reported as a failed delivery.

        Args:
            arn: the ARN of the target, or a pattern of ARNs: ``arn:aws:lambda:*``. The latest
                function whose pattern matches is called.
            function: takes the event, or the event and a context as a Lambda handler does; the
                context has ``function_name`` and ``invoked_function_arn``.

        Raises:
            NotRunning: the mock is not running.
            UsageError: ``arn`` is not an ARN, or ``function`` cannot be called without ``await``.
        """
        if not str(arn).startswith("arn:"):
            raise UsageError(
                f"{arn!r} is not the ARN of a target, e.g."
                " 'arn:aws:lambda:eu-west-1:111122223333:function:triage'."
            )
        if not callable(function):
            raise UsageError(f"function is called with the event, so it cannot be {function!r}.")
        if iscoroutinefunction(function):
            raise UsageError(
                f"function is called and not awaited, so it cannot be the coroutine function"
                f" {function.__qualname__}: give an ordinary function, which may run it with"
                " asyncio.run."
            )
        require().event_bridge.functions.append((arn, function))

    def _instead(self, detail_type: str | None, *, is_number_wrong: bool) -> str:
        events = list(self._read())
        if not events:
            return "    No event was sent at all."
        same = [each for each in events if each.detail_type == detail_type]
        if is_number_wrong:
            return f"    What was sent:\n{_listed(same or events)}"
        if same:
            return f"    {detail_type} was sent, but differently:\n{_listed(same)}"
        kinds = list(dict.fromkeys(each.detail_type for each in events))
        nearest = nearest_to(detail_type, kinds) if detail_type else ""
        return f"    What was sent instead{nearest or ':'}\n{_listed(events)}"


def undelivered_report(failures: Sequence[EventDelivery]) -> str:
    """Return a text about deliveries that have failed."""
    shown = "\n".join(f"    {each}" for each in failures[:_SHOWN])
    more = f"\n    … and {len(failures) - _SHOWN} more" if len(failures) > _SHOWN else ""
    return (
        f"{len(failures)} event{'s were' if len(failures) != 1 else ' was'} not delivered to a"
        f" target:\n{shown}{more}\n    More: python -m membership_mock docs events"
    )


def _check_pattern(pattern: object) -> None:
    fault = fault_of(pattern)
    if fault:
        raise UsageError(
            f"EventBridge would refuse the pattern: {fault}. A field has a list of values, or a"
            " pattern of what is inside of it; a list in the event, such as findings, is entered"
            " without a list in the pattern."
        )


def _described(detail_type: str | None, wanted: Mapping[str, Any]) -> str:
    rest = ", ".join(f"{name}={value!r}" for name, value in wanted.items() if value is not None)
    return (detail_type or "any event") + (f" with {rest}" if rest else "")


def _listed(events: Sequence[SentEvent]) -> str:
    shown = [f"      {each!r}" for each in list(events)[:_SHOWN]]
    more = [f"      … and {len(events) - _SHOWN} more"] if len(events) > _SHOWN else []
    return "\n".join([*shown, *more])
