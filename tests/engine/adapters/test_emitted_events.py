"""Events are emitted quickly: the same handlers are called, in the same order, with the same."""

from __future__ import annotations

import logging
from typing import Any
from unittest.mock import patch

import botocore.hooks
import pytest
from botocore.hooks import EventAliaser, HierarchicalEmitter
from botocore.model import ServiceId

from membership_mock import mock_membership
from membership_mock.engine.adapters import emitted_events
from membership_mock.engine.moto.patches import Patches
from tests.engine.adapters.shape_models import is_run, outcome

OWN = {name: vars(EventAliaser)[name] for name in ("emit", "emit_until_response")}
OWN_INNER = HierarchicalEmitter._emit


def events_with(**answers: Any) -> tuple[EventAliaser, list[Any]]:
    """Return events with one handler per event that answers, and what the handlers were given."""
    events, seen = EventAliaser(HierarchicalEmitter()), []
    for event, answer in answers.items():

        def handler(event: str = event, answer: Any = answer, **given: Any) -> Any:
            seen.append((event, given))
            if isinstance(answer, Exception):
                raise answer
            return answer

        events.register(event.replace("_", "."), handler)
    return events, seen


CASES = [
    pytest.param({}, "a.b.c", id="no handler"),
    pytest.param(
        {"a": None, "a_b": 1, "a_b_c": 2}, "a.b.c", id="from the most to the least special"
    ),
    pytest.param({"a": 0, "a_b": None}, "a.b.c", id="an answer that is not true"),
    pytest.param({"a": None, "a_b": None}, "a.b", id="no answer"),
    pytest.param({"a": ValueError("no"), "a_b": None}, "a.b", id="an error"),
    pytest.param({"before-call_ses": 1}, "before-call.email.Send", id="an older name"),
]


@pytest.mark.usefixtures("membership_mock")
@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize(("answers", "event"), CASES)
def test_an_event_has_the_answers_and_the_effects_that_it_has_in_botocore(
    name: str, answers: dict[str, Any], event: str
) -> None:
    quick, seen = events_with(**answers)
    slow, seen_by_own = events_with(**answers)
    for _ in range(2):  # botocore finds the handlers of an event when it is emitted first
        found = outcome(lambda: [_answers(getattr(quick, name)(event, given=1))])
        own = outcome(lambda: [_answers(OWN[name](slow, event, given=1))])
        assert found == own
        assert seen == seen_by_own


def _answers(found: Any) -> Any:
    """Return what handlers answered, without the handlers."""
    return [found[1]] if isinstance(found, tuple) else [answer for _, answer in found]


@pytest.mark.usefixtures("membership_mock")
@pytest.mark.parametrize("name", OWN)
def test_the_second_event_of_a_name_does_not_go_through_botocore(name: str) -> None:
    events, _ = events_with(a_b=1)
    emit = getattr(events, name)
    assert is_run(OWN_INNER, lambda: emit("a.b"))
    assert not is_run(OWN_INNER, lambda: emit("a.b"))


@pytest.mark.usefixtures("membership_mock")
def test_a_handler_that_is_registered_or_removed_between_two_events_counts_at_once() -> None:
    events, _ = events_with(a_b=1)
    events.emit("a.b")

    def more(**_: Any) -> str:
        return "more"

    events.register("a.b", more)
    assert _answers(events.emit("a.b")) == [1, "more"]
    events.unregister("a.b", more)
    assert _answers(events.emit("a.b")) == [1]


def test_a_handler_of_the_user_gets_every_event_of_a_call(membership_mock: Any) -> None:
    client = membership_mock.client("security-ir")
    seen: list[str] = []
    client.meta.events.register_first("*", lambda event_name, **_: seen.append(event_name))
    for _ in range(2):
        seen.clear()
        client.list_memberships()
        assert [each.partition(".")[0] for each in seen] == [
            "provide-client-params",
            "before-parameter-build",
            "before-endpoint-resolution",
            "before-call",
            "request-created",
            "choose-signer",
            "before-sign",
            "before-send",
            "before-parse",
            "response-received",
            "needs-retry",
            "after-call",
        ]


def test_the_log_of_botocore_has_each_handler_when_it_is_asked_for(
    membership_mock: Any, caplog: pytest.LogCaptureFixture
) -> None:
    client = membership_mock.client("security-ir")
    client.list_memberships()
    with caplog.at_level(logging.DEBUG, "botocore.hooks"):
        client.list_memberships()
    assert "Event before-call.security-ir.ListMemberships: calling handler" in caplog.text


@pytest.mark.parametrize("name", ["emit", "emit_until_response", "_emit"])
@pytest.mark.parametrize("whose", ["class", "object"])
def test_what_another_tool_has_replaced_on_the_way_is_called(
    membership_mock: Any, name: str, whose: str
) -> None:
    client = membership_mock.client("security-ir")
    client.list_memberships()
    emitter = client.meta.events._emitter
    owner = HierarchicalEmitter if whose == "class" else emitter
    own = getattr(owner, name)
    calls = []

    def other(*args: Any, **kwargs: Any) -> Any:
        calls.append(args)
        return own(*args, **kwargs)

    with patch.object(owner, name, other):
        client.list_memberships()
    assert calls
    calls.clear()
    client.list_memberships()
    assert calls == []


@pytest.mark.usefixtures("membership_mock")
def test_an_emitter_of_another_class_emits_itself() -> None:
    class Emitter(HierarchicalEmitter):  # type: ignore[misc]
        pass

    events = EventAliaser(Emitter())
    events.register("a.b", lambda **_: 1)
    events.emit("a.b")
    assert is_run(OWN_INNER, lambda: events.emit("a.b"))


@pytest.mark.usefixtures("membership_mock")
@pytest.mark.parametrize("text", ["Security IR", "SecurityHub", "S3 Control", "", "é É"])
def test_the_name_of_a_service_in_events_is_that_of_botocore(text: str) -> None:
    own = ServiceId.hyphenize.__wrapped__
    assert ServiceId(text).hyphenize() == own(ServiceId(text)) == ServiceId(text).hyphenize()


def test_events_that_are_kept_for_longer_than_the_mock_are_emitted_by_botocore() -> None:
    with mock_membership():
        events, _ = events_with(a_b=1)
        kept = {name: getattr(events, name) for name in OWN}
        for emit in kept.values():
            emit("a.b")
    for name, emit in kept.items():
        assert vars(EventAliaser)[name] is OWN[name]
        assert is_run(OWN_INNER, lambda emit=emit: emit("a.b"))  # type: ignore[misc]


@pytest.mark.parametrize(
    ("owner", "name"),
    [(HierarchicalEmitter, "_emit"), (HierarchicalEmitter, "emit"), (botocore.hooks, "logger")],
)
def test_a_botocore_without_this_private_name_emits_itself(
    owner: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = {"emit": "_own_emit", "_emit": "_own_inner", "logger": "_log"}[name]
    monkeypatch.setattr(emitted_events, own, None)
    patches = Patches()
    emitted_events.install(patches)
    try:
        assert all(vars(EventAliaser)[each] is OWN[each] for each in OWN)
    finally:
        patches.undo()
    assert vars(owner)[name] is not None


def test_an_emitter_that_keeps_its_handlers_otherwise_emits_itself(membership_mock: Any) -> None:
    client = membership_mock.client("security-ir")
    client.list_memberships()
    del client.meta.events._alias_name_cache
    client.meta.events._alias_event_name = lambda name: name
    assert is_run(OWN_INNER, lambda: client.meta.events.emit("a.b"))
