"""Clients share what is always the same, and nothing that one of them changes."""

from __future__ import annotations

import copy
import gc
import inspect
import threading
import weakref
from typing import Any
from unittest.mock import patch

import boto3
import botocore.session
import pytest
from botocore.client import ClientCreator
from botocore.config import Config
from botocore.httpsession import URLLib3Session
from botocore.model import ServiceModel

from membership_mock import mock_membership

REGION = "eu-west-1"


def plain_client(service: str, **options: Any) -> Any:
    """Return a client of a session of its own."""
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    return boto3.Session(**keys).client(service, region_name=REGION, **options)


# --- models and methods ---


def test_clients_have_classes_of_their_own_with_the_same_methods() -> None:
    with mock_membership():
        first, second = plain_client("security-ir"), plain_client("security-ir")
        assert type(first) is not type(second)
        assert type(first).list_memberships is type(second).list_memberships
        with patch.object(type(first), "list_memberships", lambda _: "patched"):
            assert first.list_memberships() == "patched"
            assert second.list_memberships()["items"] == []
        assert first.list_memberships()["items"] == []


@pytest.mark.parametrize("service", ["securityhub", "sts", "s3"])
def test_clients_offer_what_botocores_own_offer(service: str) -> None:
    plain = plain_client(service)
    with mock_membership():
        for client in (plain_client(service), plain_client(service)):
            assert dir(client) == dir(plain)
            assert client.meta.method_to_api_mapping == plain.meta.method_to_api_mapping
            assert type(client).__name__ == type(plain).__name__
            assert type(client).__mro__[1:] == type(plain).__mro__[1:]


def test_a_method_is_documented_as_without_a_mock() -> None:
    plain = plain_client("security-ir")
    with mock_membership():
        client = plain_client("security-ir")
    documented = inspect.getdoc(client.get_membership)
    assert documented == inspect.getdoc(plain.get_membership)
    assert documented is not None and "membershipId" in documented
    assert client.get_membership.__name__ == "get_membership"


def test_a_method_that_a_handler_takes_out_of_a_class_is_there_for_others() -> None:
    with mock_membership():
        session = botocore.session.Session()
        session.register(
            "creating-client-class.security-ir",
            lambda class_attributes, **_: class_attributes.pop("list_memberships"),
        )
        assert not hasattr(
            session.create_client("security-ir", region_name=REGION), "list_memberships"
        )
        assert hasattr(plain_client("security-ir"), "list_memberships")


def test_what_is_set_on_the_model_of_a_client_is_not_set_on_that_of_another() -> None:
    with mock_membership():
        first, second = plain_client("securityhub"), plain_client("securityhub")
        first.meta.service_model.signature_version = "v3"
        first.meta.service_model.metadata = {}
        third = plain_client("securityhub")
    for other in (second, third):
        assert other.meta.service_model.signature_version == "v4"
        assert other.meta.service_model.metadata


def test_configurations_of_clients_are_their_own() -> None:
    with mock_membership() as mock:
        small = mock.client("securityhub", config=Config(max_pool_connections=1))
        usual = mock.client("securityhub")
        assert small.meta.config.max_pool_connections == 1
        assert usual.meta.config.max_pool_connections == 10
        assert small._endpoint.http_session._max_pool_connections == 1
        assert usual._endpoint.http_session._max_pool_connections == 10


def test_what_clients_share_keeps_no_session_and_no_client() -> None:
    with mock_membership():
        session = botocore.session.Session()
        # a service whose methods no other test has made
        client = session.create_client("accessanalyzer", region_name=REGION)
        assert inspect.getdoc(client.list_analyzers)
        kept = [session, client, session.get_component("event_emitter"), client.meta.events]
        known = [weakref.ref(each) for each in kept]
        del session, client, kept
        gc.collect()
        assert [each() for each in known] == [None] * 4


def test_a_botocore_that_loads_other_models_keeps_them(monkeypatch: pytest.MonkeyPatch) -> None:
    class OtherModel(ServiceModel):
        """A model of another kind."""

    load = ClientCreator._load_service_model

    def load_another(self: Any, *args: Any, **kwargs: Any) -> Any:
        found = load(self, *args, **kwargs)
        return OtherModel(found._service_description, found.service_name)

    monkeypatch.setattr(ClientCreator, "_load_service_model", load_another)
    with mock_membership():
        client = plain_client("security-ir")
        assert type(client.meta.service_model) is OtherModel
        assert client.list_memberships()["items"] == []


def test_a_botocore_without_a_private_name_makes_the_methods_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_one = vars(ClientCreator)["_create_api_method"]

    def make(self: Any, service_model: Any) -> Any:
        return {
            "list_memberships": make_one(self, "list_memberships", "ListMemberships", service_model)
        }

    monkeypatch.setattr(ClientCreator, "_create_methods", make)
    monkeypatch.delattr(ClientCreator, "_create_api_method")
    with mock_membership():
        assert vars(ClientCreator)["_create_methods"] is make
        assert plain_client("security-ir").list_memberships()["items"] == []
        assert not hasattr(plain_client("security-ir"), "get_case")


# --- HTTP sessions ---


def test_an_http_session_becomes_botocores_own_when_it_is_used_after_the_mock() -> None:
    options = Config(connect_timeout=3, read_timeout=5, max_pool_connections=7)
    plain = plain_client("securityhub", config=options)._endpoint.http_session
    with mock_membership():
        ours = plain_client("securityhub", config=options)._endpoint.http_session
    assert isinstance(ours, URLLib3Session)
    assert ours._timeout.read_timeout == 5
    assert type(ours) is URLLib3Session
    assert vars(ours).keys() == vars(plain).keys()
    for name in ("_verify", "_max_pool_connections", "_cert_file", "_pool_classes_by_scheme"):
        assert vars(ours)[name] == vars(plain)[name]


def test_what_is_set_on_an_http_session_before_it_is_used_stays() -> None:
    with mock_membership():
        session = URLLib3Session(timeout=3)
        session._verify = False
        assert session._verify is False
        assert session._timeout == 3
        URLLib3Session().close()


def test_threads_that_use_an_http_session_at_once_share_one_pool() -> None:
    with mock_membership():
        for _ in range(20):
            session = URLLib3Session()
            pools: list[Any] = []
            begin = threading.Barrier(4)

            def use(session: Any = session, pools: list[Any] = pools, begin: Any = begin) -> None:
                begin.wait()
                pools.append(session._manager)

            threads = [threading.Thread(target=use) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(pools) == 4
            assert len(set(map(id, pools))) == 1


@pytest.mark.parametrize(
    "options", [{"connect_timeout": 0}, {"read_timeout": -1}, {"connect_timeout": "soon"}]
)
def test_a_timeout_that_botocore_refuses_is_refused_when_the_client_is_made(
    options: dict[str, Any],
) -> None:
    with pytest.raises(ValueError, match="imeout") as plain:
        plain_client("securityhub", config=Config(**options))
    with mock_membership(), pytest.raises(ValueError, match="imeout") as ours:
        plain_client("securityhub", config=Config(**options))
    assert str(ours.value) == str(plain.value)


def test_proxies_of_the_environment_are_those_of_the_client(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with mock_membership():
        monkeypatch.setenv("https_proxy", "http://proxy.example.com:3128")
        session = plain_client("securityhub")._endpoint.http_session
        proxy = session._proxy_config.proxy_url_for("https://securityhub.eu-west-1.amazonaws.com")
        assert proxy == "http://proxy.example.com:3128"
        monkeypatch.delenv("https_proxy")
        session = plain_client("securityhub")._endpoint.http_session
        assert session._proxy_config.proxy_url_for("https://a.example.com") is None


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_a_copy_of_an_http_session_that_was_not_used_becomes_open_by_itself(copied: Any) -> None:
    with mock_membership():
        session = URLLib3Session(timeout=3)
        other = copied(session)
    assert other._timeout == session._timeout == 3
    assert type(other) is type(session) is URLLib3Session
    assert other._manager is not session._manager


def test_what_another_tool_returns_in_place_of_a_client_is_left_alone() -> None:
    stand_in = object()
    made = patch.object(ClientCreator, "create_client", lambda *_, **__: stand_in)
    with made, mock_membership():
        assert plain_client("securityhub") is stand_in
