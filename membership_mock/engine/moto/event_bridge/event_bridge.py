"""Passes the events of our services on to the rules of moto's event buses, and to their targets.

A target that cannot be served is noted in the log of events; no failure reaches the code that made
the call.
"""

from __future__ import annotations

import contextvars
import fnmatch
import inspect
import json
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timezone
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from membership_mock.engine.moto.event_bridge import targets
from membership_mock.engine.moto.event_bridge.targets import TargetArn, UndeliverableError
from membership_mock.engine.moto.modules import models_of, require_models_of
from membership_mock.engine.pipeline.caller import by_default
from membership_mock.engine.protocol import event_patterns
from membership_mock.engine.protocol.event_inputs import input_of
from membership_mock.engine.protocol.regions import partition_of
from membership_mock.engine.state.events import Delivery

if TYPE_CHECKING:
    from membership_mock.engine.state.events import Event, EventLog
    from membership_mock.engine.state.world import World

#: replaces a target: called with the event, and with a context if it takes two arguments
Function = Callable[..., Any]

#: how many events may cause one another through targets. Lambda stops a loop after about as many
#: (documented for queues and topics).
LONGEST_CHAIN = 16

_NEXT = (
    "moto cannot deliver to it; call a function in its place:"
    " mock.events.on_target({arn!r}, function)"
)


class EventBridge:
    """The rules of moto's event buses, for the events of one running mock.

    Args:
        world: announces the events.
        log: gets the events and their deliveries.

    Attributes:
        functions: pairs of a pattern of ARNs and the function that replaces these targets; the
            latest pair that matches is used.
    """

    def __init__(self, world: World, log: EventLog) -> None:
        self.functions: list[tuple[str, Function]] = []
        self._world = world
        self._log = log
        self._thread = threading.local()

    @contextmanager
    def rolled_back(self) -> Iterator[None]:
        """Forget the functions that are added inside the block when it ends."""
        functions = list(self.functions)
        try:
            yield
        finally:
            self.functions = functions

    def hand_over(self, events: list[Event]) -> None:
        """Send events; those that a target's function causes are sent after the present ones."""
        for event in events:
            self._log.add(event, self._world.secret)
        if models_of("events") is None:  # the test has made no rule
            return
        self._in_turn([partial(self._send, event) for event in events])

    def take(self, rule: Any, event: Mapping[str, Any]) -> None:
        """Give a rule of moto an event that was put onto its bus.

        Args:
            rule: moto's rule.
            event: the event; its ``time`` is a number of seconds, as in moto.
        """
        self._in_turn([partial(self._deliver, rule, dict(event))])

    def _in_turn(self, deliveries: list[Callable[[], None]]) -> None:
        """Make deliveries; those that a target's function causes come after the present ones."""
        thread = self._thread
        waiting = getattr(thread, "waiting", None)
        if waiting is not None:
            waiting.extend((each, thread.length + 1) for each in deliveries)
            return
        waiting = thread.waiting = deque((each, 1) for each in deliveries)
        try:
            while waiting:
                deliver, thread.length = waiting.popleft()
                deliver()
        finally:
            thread.waiting = None

    def _send(self, event: Event) -> None:
        bus = _existing_bus(event.account_id, event.region)
        if bus is None or not bus.rules:
            return
        message = json.loads(json.dumps(event.message(), default=str))
        self._put(message, bus)

    def _put(self, message: dict[str, Any], bus: Any, *, passed_on: bool = False) -> None:
        for rule in list(bus.rules.values()):
            self._deliver(rule, message, passed_on=passed_on)

    def _deliver(self, rule: Any, event: Mapping[str, Any], *, passed_on: bool = False) -> None:
        """Deliver an event to the targets of a rule that it matches.

        Args:
            rule: moto's rule.
            event: the event; its ``time`` may be a number of seconds, as in moto.
            passed_on: whether another bus has passed it on.
        """
        if rule.state == "DISABLED":
            return
        message = _tidy(event)
        try:
            if not matches(rule.event_pattern, message):
                return
        except event_patterns.UnknownOperatorError as unknown:
            self._note(message, rule, {}, str(unknown))
            return
        except Exception as error:  # noqa: BLE001  moto takes patterns that AWS does not
            why = f"the pattern cannot be read: {type(error).__name__}: {error}"
            self._note(message, rule, {}, why)
            return
        for target in list(rule.targets):
            failure = self._failure(target, rule, message, passed_on=passed_on)
            self._note(message, rule, target, failure)

    def _failure(
        self, target: Mapping[str, Any], rule: Any, event: Mapping[str, Any], *, passed_on: bool
    ) -> str | None:
        """Deliver an event to one target; return the reason if that fails, otherwise None."""
        try:
            self._deliver_to(target, rule, event, passed_on=passed_on)
        except UndeliverableError as why:
            return str(why)
        except Exception as error:  # noqa: BLE001  whatever a target does
            return f"{type(error).__name__}: {error}"
        return None

    def _deliver_to(
        self, target: Mapping[str, Any], rule: Any, event: Mapping[str, Any], *, passed_on: bool
    ) -> None:
        if self._thread.length > LONGEST_CHAIN:
            raise UndeliverableError(
                f"{LONGEST_CHAIN} events have caused one another through targets, which looks like"
                " a loop"
            )
        arn = TargetArn.of(target["Arn"])
        function = next(
            (
                each
                for known, each in reversed(self.functions)
                if fnmatch.fnmatchcase(arn.text, known)
            ),
            None,
        )
        if arn.service == "events" and not arn.resource.strip(":"):
            _archive(rule, event)
        elif arn.service == "events" and arn.resource.startswith("event-bus/") and not function:
            if passed_on:
                raise UndeliverableError(
                    "EventBridge sends an event that came from another event bus to no further bus"
                )
            self._pass_on(arn, rule, event)
        elif function is not None:
            self._call(function, arn, input_of(target, event, rule.arn))
        elif arn.service == "events" and arn.resource.startswith("api-destination/"):
            _call_api(rule, arn, target)
        elif arn.service in targets.SERVED:
            targets.send(arn, target, input_of(target, event, rule.arn), str(event["id"]))
        else:
            raise UndeliverableError(_NEXT.format(arn=arn.text))

    def _pass_on(self, arn: TargetArn, rule: Any, event: Mapping[str, Any]) -> None:
        """Put an event onto another bus, as it is.

        Source: the user guide; a bus of another account has to allow it. The event is not routed
        to a third bus.
        """
        name = arn.resource.removeprefix("event-bus/")
        backends = require_models_of("events").events_backends
        bus = backends[arn.account_id][arn.region].event_buses.get(name)
        if bus is None:
            raise UndeliverableError("there is no such event bus")
        if arn.account_id != rule.account_id and not self._is_allowed(bus, rule):
            raise UndeliverableError(
                f"the event bus does not allow account {rule.account_id} to put events: see"
                " PutPermission"
            )
        self._put(dict(event), bus, passed_on=True)

    def _is_allowed(self, bus: Any, rule: Any) -> bool:
        partition = partition_of(rule.region_name)
        organization = self._world.organization_of(rule.account_id, partition)
        wanted = organization.organization_id if organization else None
        for statement in bus._statements.values():
            principal = statement.principal
            named = principal.get("AWS") if isinstance(principal, Mapping) else principal
            accounts = named if isinstance(named, list) else [named]
            condition = (statement.condition or {}).get("StringEquals", {})
            if (
                any(each == "*" or rule.account_id in str(each) for each in accounts)
                and condition.get("aws:PrincipalOrgID", wanted) == wanted
            ):
                return True
        return False

    def _call(self, function: Function, arn: TargetArn, text: str) -> None:
        """Call the function that replaces a target, in a new context with the target's account."""
        try:
            given = json.loads(text)
        except ValueError:
            given = text
        arguments = [given]
        if _takes_two(function):
            name = arn.resource.removeprefix("function:").partition(":")[0]  # without an alias
            arguments.append(SimpleNamespace(function_name=name, invoked_function_arn=arn.text))

        def call() -> None:
            with by_default(arn.account_id):
                answer = function(*arguments)
            if inspect.iscoroutine(answer):
                answer.close()
                raise UndeliverableError(
                    "the function of the target returned a coroutine: it has to be an ordinary"
                    " function, as a Lambda handler is"
                )

        contextvars.Context().run(call)

    def _note(
        self, event: Mapping[str, Any], rule: Any, target: Mapping[str, Any], why: str | None
    ) -> None:
        self._log.delivered(
            Delivery(
                str(event["id"]),
                str(event["source"]),
                str(event["detail-type"]),
                str(rule.arn),
                str(target.get("Id", "")),
                str(target.get("Arn", "")),
                why,
            )
        )


def matches(pattern: Any, event: Mapping[str, Any]) -> bool:
    """Return whether an event matches moto's pattern, which is empty for a schedule."""
    wanted = pattern.get_pattern()
    return bool(wanted) and event_patterns.matches(wanted, event)


def _existing_bus(account_id: str, region: str) -> Any:
    """Return the default bus of an account in a region; None if the test has not used any there."""
    models = models_of("events")
    backends = dict.get(models.events_backends, account_id) if models else None
    backend = dict.get(backends, region) if backends is not None else None
    return backend.event_buses.get("default") if backend is not None else None


def _tidy(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event as AWS sends it; moto has its time as a number, and one more field."""
    tidy = {name: value for name, value in event.items() if name != "ingestion-time"}
    if isinstance(tidy.get("time"), (int, float)):
        moment = datetime.fromtimestamp(tidy["time"], timezone.utc)
        tidy["time"] = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    return tidy


def _archive(rule: Any, event: Mapping[str, Any]) -> None:
    """Add an event to the archive for which moto has made the rule."""
    backend = require_models_of("events").events_backends[rule.account_id][rule.region_name]
    for archive in backend.archives.values():
        if archive.rule is rule:
            archive.events.append(dict(event))
            return
    raise UndeliverableError("there is no such archive")


def _call_api(rule: Any, arn: TargetArn, target: Mapping[str, Any]) -> None:
    """Send an empty request to an API destination, as moto does when it is told to."""
    from moto import settings

    if not settings.events_invoke_http():
        raise UndeliverableError(
            "moto calls API destinations only with MOTO_EVENTS_INVOKE_HTTP=true; or call a function"
            f" in its place: mock.events.on_target({arn.text!r}, function)"
        )
    destination = rule._find_api_destination(arn.resource.removeprefix("api-destination/"))
    parameters = target.get("HttpParameters") or {}
    require_models_of("events").requests.request(
        method=destination.http_method,
        url=destination.invocation_endpoint,
        params=parameters.get("QueryStringParameters"),
        headers=parameters.get("HeaderParameters"),
        timeout=60,
    )


def _takes_two(function: Function) -> bool:
    """Return whether a function takes an event and a context, as a Lambda handler does."""
    try:
        inspect.signature(function).bind(None, None)
    except TypeError:
        return False
    except ValueError:  # a function without a signature
        return True
    return True
