"""User agents are made once for what they depend on, and are those that botocore makes."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any

import boto3
import botocore.session
import botocore.useragent
import pytest
from botocore.config import Config
from botocore.context import start_as_current_context
from botocore.useragent import UserAgentString, register_feature_id
from hypothesis import given, settings
from hypothesis import strategies as st

from membership_mock import mock_membership
from membership_mock.engine.adapters import user_agents
from membership_mock.engine.moto.patches import Patches
from tests.engine.adapters.shape_models import is_run

OWN = UserAgentString.to_string

FEATURES = ["WAITER", "PAGINATOR", "RETRY_MODE_STANDARD", "GZIP_REQUEST_COMPRESSION", "NO SUCH"]

CONFIGURATIONS = [
    pytest.param({}, id="nothing"),
    pytest.param({"user_agent": "mine/1"}, id="another user agent"),
    pytest.param({"user_agent": "mine/1", "user_agent_extra": "more/2"}, id="both"),
    pytest.param({"user_agent_extra": "more/2"}, id="an addition"),
    pytest.param({"user_agent_appid": "app id ü"}, id="an application"),
    pytest.param({"retries": {"mode": "legacy"}}, id="legacy retries"),
    pytest.param({"retries": {"mode": "adaptive", "max_attempts": 2}}, id="adaptive retries"),
    pytest.param({"endpoint_discovery_enabled": True}, id="endpoint discovery"),
]


def session() -> boto3.Session:
    return boto3.Session("testing", "testing", region_name="eu-west-1")


def agent_of(client: Any) -> UserAgentString:
    return client._user_agent_creator


def in_call(features: list[str], make: Callable[[], Any]) -> Any:
    """Return a text that is made in a call that uses features."""
    with start_as_current_context():
        for each in features:
            register_feature_id(each)
        return make()


@pytest.mark.usefixtures("membership_mock")
@pytest.mark.parametrize("configuration", CONFIGURATIONS)
def test_a_text_is_that_of_botocore_for_every_set_of_features(
    configuration: dict[str, Any],
) -> None:
    agent = agent_of(session().client("security-ir", config=Config(**configuration)))

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.sampled_from(FEATURES), max_size=4))
    def check(features: list[str]) -> None:
        own = in_call(features, lambda: OWN(agent))
        assert [in_call(features, agent.to_string) for _ in range(3)] == [own] * 3

    check()


@pytest.mark.usefixtures("membership_mock")
def test_a_session_with_a_user_agent_of_its_own_has_it() -> None:
    made = botocore.session.Session()
    made.user_agent_name, made.user_agent_version = "tool", "9"
    made.user_agent_extra = "extra/1"
    client = boto3.Session("testing", "testing", region_name="eu-west-1", botocore_session=made)
    agent = agent_of(client.client("security-ir"))
    assert agent.to_string() == agent.to_string() == OWN(agent)
    assert re.match(r"tool/9 .*extra/1", agent.to_string())


@pytest.mark.usefixtures("membership_mock")
def test_a_text_is_not_made_again_for_the_second_call() -> None:
    agent = agent_of(session().client("security-ir"))
    for _ in range(2):
        in_call(["WAITER"], agent.to_string)
    assert not is_run(OWN, lambda: in_call(["WAITER"], agent.to_string))
    assert is_run(OWN, lambda: in_call(["PAGINATOR"], agent.to_string))


@pytest.mark.usefixtures("membership_mock")
def test_a_text_follows_a_configuration_that_is_changed_later() -> None:
    client = session().client("security-ir", config=Config(retries={"mode": "legacy"}))
    agent, configuration = agent_of(client), client.meta.config

    def changed() -> None:
        configuration.user_agent_extra = "more/2"

    def changed_in_place() -> None:
        configuration.retries["mode"] = "adaptive"

    def changed_features() -> None:
        agent.set_client_features({"z"})

    def grown_features() -> None:
        agent._client_features.add("y")

    def renamed() -> None:
        agent.set_session_config("tool", "9", None)

    for change in (changed, changed_in_place, changed_features, grown_features, renamed):
        before = [agent.to_string() for _ in range(3)][-1]
        change()
        assert agent.to_string() == OWN(agent) != before


def test_the_request_of_a_client_has_its_user_agent(membership_mock: Any) -> None:
    seen = []
    clients = [
        membership_mock.client("security-ir", config=Config(user_agent_extra=extra))
        for extra in ("first/1", "second/2")
    ]
    for client in clients:
        client.meta.events.register(
            "before-send", lambda request, **_: seen.append(str(request.headers["User-Agent"]))
        )
    for client in clients * 2:
        client.list_memberships()
        client.get_paginator("list_memberships").paginate().build_full_result()
    assert [each.count("first/1") for each in seen] == [1, 1, 0, 0] * 2
    assert len(set(seen)) == 4  # a paginator is a feature


@pytest.mark.usefixtures("membership_mock")
def test_the_texts_of_an_agent_are_few() -> None:
    agent = agent_of(session().client("security-ir"))
    for number in range(100):
        agent._client_features = {str(number)}
        assert agent.to_string() == OWN(agent)
    assert f"m/{number}" in agent.to_string()


@pytest.mark.usefixtures("membership_mock")
def test_what_an_application_makes_of_the_components_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    agent = agent_of(session().client("security-ir"))
    agent.to_string()
    monkeypatch.setattr(botocore.useragent, "modify_components", lambda found: found[:1])
    assert agent.to_string() == OWN(agent)
    assert " " not in agent.to_string()


@pytest.mark.usefixtures("membership_mock")
def test_an_agent_with_an_unknown_attribute_is_left_to_botocore() -> None:
    agent = agent_of(session().client("security-ir"))
    agent.to_string()
    agent._newer = {"any": 1}
    for _ in range(3):
        assert is_run(OWN, agent.to_string)


@pytest.mark.usefixtures("membership_mock")
def test_an_agent_of_another_class_or_without_a_client_is_left_to_botocore() -> None:
    class Agent(UserAgentString):  # type: ignore[misc]
        pass

    for agent in (Agent.from_environment(), UserAgentString.from_environment()):
        assert agent.to_string() == OWN(agent)
        assert is_run(OWN, agent.to_string)


def test_texts_are_made_by_botocore_after_the_mock() -> None:
    with mock_membership():
        client = session().client("security-ir")
        for _ in range(3):
            agent_of(client).to_string()
    assert UserAgentString.to_string is OWN


@pytest.mark.parametrize("name", ["get_context", "modify_components"])
def test_a_botocore_without_this_name_makes_texts_itself(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(botocore.useragent, name)
    patches = Patches()
    user_agents.install(patches)
    assert patches.replaced == []


def test_a_newer_session_does_not_get_an_older_text(monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_membership():
        before = agent_of(session().client("security-ir")).to_string()
        monkeypatch.setitem(os.environ, "AWS_EXECUTION_ENV", "AWS_Lambda_python3.11")
        after = agent_of(session().client("security-ir")).to_string()
    assert ("exec-env" in before, "exec-env" in after) == (False, True)
