"""Handlers of events: each client and each session has its own, however they are copied."""

from __future__ import annotations

import copy
from functools import partial
from typing import Any

import boto3
import botocore.hooks
import botocore.session
import pytest
from botocore.hooks import HierarchicalEmitter, NodeList, _PrefixTrie
from hypothesis import given, settings
from hypothesis import strategies as st

from membership_mock import mock_membership
from membership_mock.engine.adapters.event_handlers import _sharing

REGION = "eu-west-1"


def keys() -> dict[str, str]:
    return {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}


class Seen:
    """Notes for whom its handlers are called."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def handler(self, name: str) -> Any:
        """Return a handler that notes a name."""

        def note(**_: Any) -> None:
            self.names.append(name)

        return note


def test_a_handler_of_one_client_is_not_called_for_another() -> None:
    seen = Seen()
    with mock_membership():
        session = boto3.Session(**keys(), region_name=REGION)
        first, second = session.client("security-ir"), session.client("security-ir")
        first.meta.events.register("before-call.security-ir.ListMemberships", seen.handler("first"))
        first.meta.events.register_first("before-call", seen.handler("first of all"))
        third = session.client("security-ir")
        other = boto3.Session(**keys(), region_name=REGION).client("security-ir")
        for client in (second, third, other):
            client.list_memberships()
        assert seen.names == []
        first.list_memberships()
        assert sorted(seen.names) == ["first", "first of all"]


def test_a_handler_of_a_session_is_that_of_its_later_clients_only() -> None:
    seen = Seen()
    with mock_membership():
        session = botocore.session.Session()
        before = session.create_client("security-ir", region_name=REGION)
        session.register("before-call.security-ir", seen.handler("session"), unique_id="mine")
        after = session.create_client("security-ir", region_name=REGION)
        before.list_memberships()
        assert seen.names == []
        after.list_memberships()
        assert seen.names == ["session"]
        after.meta.events.unregister("before-call.security-ir", unique_id="mine")
        after.list_memberships()
        assert seen.names == ["session"]
        session.create_client("security-ir", region_name=REGION).list_memberships()
        assert seen.names == ["session"] * 2
        botocore.session.Session().create_client(
            "security-ir", region_name=REGION
        ).list_memberships()
        assert seen.names == ["session"] * 2


def test_a_built_in_handler_that_one_client_unregisters_stays_with_others() -> None:
    from botocore.handlers import BUILTIN_HANDLERS

    event, handler = next(each[:2] for each in BUILTIN_HANDLERS if each[0] == "choose-service-name")
    with mock_membership():
        session = botocore.session.Session()
        session.unregister(event, handler)
        assert handler not in _handlers(session.get_component("event_emitter"), event)
        other = botocore.session.Session()
        assert handler in _handlers(other.get_component("event_emitter"), event)


def _handlers(events: Any, event: str) -> list[Any]:
    return list(events._emitter._handlers.prefix_search(event))


def test_clients_that_outlive_the_mock_still_have_handlers_of_their_own() -> None:
    seen = Seen()
    with mock_membership():
        session = boto3.Session(**keys(), region_name=REGION)
        first, second = session.client("security-ir"), session.client("security-ir")
    first.meta.events.register("my-event", seen.handler("first"))
    copied = copy.copy(first.meta.events)
    copied.register("my-event", seen.handler("copy"))
    for each, names in ((second.meta.events, []), (first.meta.events, ["first"])):
        each.emit("my-event")
        assert seen.names == names
    copied.emit("my-event")
    assert seen.names == ["first", "first", "copy"]


EVENTS = st.lists(st.sampled_from(["a", "b", "*"]), min_size=1, max_size=3).map(".".join)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["append", "append", "remove", "copy"]),
        st.integers(0, 3),
        EVENTS,
        st.integers(0, 4),
        st.integers(0, 2),
    ),
    max_size=25,
)


@given(steps=STEPS)
@settings(max_examples=150, deadline=None)
def test_trees_that_share_nodes_hold_what_botocores_own_trees_hold(steps: list[Any]) -> None:
    theirs: list[Any] = [_PrefixTrie()]
    ours: list[Any] = [_sharing(_PrefixTrie())]
    for kind, number, event, handler, section in steps:
        at = number % len(theirs)
        for trees in (theirs, ours):
            if kind == "append":
                trees[at].append_item(event, handler, section)
            elif kind == "copy":
                trees.append(copy.copy(trees[at]))
        if kind == "remove":
            assert _removed(theirs[at], event, handler) == _removed(ours[at], event, handler)
    for plain, sharing in zip(theirs, ours, strict=True):
        assert sharing._root == plain._root
        for event in ("a", "a.b", "a.b.a", "b.b.b"):
            assert sharing.prefix_search(event) == plain.prefix_search(event)


def _removed(tree: Any, event: str, handler: int) -> str:
    try:
        tree.remove_item(event, handler)
    except (ValueError, AttributeError) as refused:  # the latter at a node without handlers
        return repr(refused)
    return ""


def test_a_tree_of_another_form_is_left_as_it_is() -> None:
    tree = _PrefixTrie()
    tree._more = NodeList([], [], [])
    assert _sharing(tree) is tree


# --- what botocore asks of a handler ---


class Callable:
    """An object that can be called."""

    def __call__(self, **kwargs: Any) -> None:
        """Do nothing."""

    def takes_all(self, a: int = 0, *args: Any, b: int = 0, **kwargs: Any) -> None:
        """Do nothing."""

    def takes_some(self, a: int = 0, *args: Any, b: int = 0) -> None:
        """Do nothing."""


def with_a_signature(**kwargs: Any) -> None:
    """Do nothing."""


with_a_signature.__signature__ = None  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "handler",
    [
        pytest.param(lambda **kwargs: None, id="function"),
        pytest.param(lambda a, b: None, id="function without keywords"),
        pytest.param(Callable(), id="object"),
        pytest.param(Callable().takes_all, id="method"),
        pytest.param(Callable().takes_some, id="method without keywords"),
        pytest.param(Callable.takes_all, id="function of a class"),
        pytest.param(partial(lambda a, **kwargs: None, 1), id="partial"),
        pytest.param(partial(lambda a, b: None, 1), id="partial without keywords"),
        pytest.param(with_a_signature, id="function with a signature"),
        pytest.param(print, id="built-in function"),
        pytest.param(dict, id="class"),
    ],
)
def test_a_handler_is_accepted_as_botocore_accepts_it(handler: Any) -> None:
    def accepted() -> str:
        try:
            HierarchicalEmitter().register("before-call", handler)
        except (ValueError, TypeError) as refused:
            return str(refused)
        return "accepted"

    plain = accepted()
    with mock_membership():
        assert accepted() == plain


def test_a_botocore_without_these_private_names_registers_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    accepts = botocore.hooks.accepts_kwargs
    monkeypatch.setattr(
        HierarchicalEmitter, "_verify_accept_kwargs", lambda _, handler: accepts(handler)
    )
    monkeypatch.delattr(botocore.hooks, "accepts_kwargs")
    with mock_membership() as mock:
        assert not hasattr(botocore.hooks, "accepts_kwargs")
        assert mock.client("security-ir").list_memberships()["items"] == []
