"""Starting, stopping, nesting and resetting, and what is left behind: nothing."""

from __future__ import annotations

import asyncio
import gc
import http.client
import os
import socket
import sys
import threading
import weakref
from collections.abc import Iterator
from typing import Any

import boto3
import botocore.endpoint
import botocore.session
import moto.backends
import pytest
import requests
import responses
import urllib3.connection
from moto import mock_aws
from moto.backend_index import backend_url_patterns
from moto.core.base_backend import BackendDict
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.config import default_user_config
from moto.core.exceptions import ServiceNotWhitelisted
from moto.core.models import MockAWS, botocore_stubber, responses_mock
from moto.core.responses import BaseResponse

from membership_mock import NotRunning, mock_membership
from membership_mock.engine import running
from membership_mock.engine.moto.patches import Patches, Replaced
from membership_mock.engine.moto.startup import MotoStart
from tests.samples import TEAM, new_membership


def memberships(client: Any) -> list[str]:
    return [item["membershipId"] for item in client.list_memberships()["items"]]


def test_a_membership_lives_as_long_as_the_mock() -> None:
    with mock_membership() as mock:
        created = new_membership(mock.client("security-ir"))
        assert memberships(mock.client("security-ir")) == [created]
    with mock_membership() as mock:
        assert memberships(mock.client("security-ir")) == []


def test_start_and_stop_do_what_the_context_manager_does() -> None:
    mock = mock_membership()
    mock.start()
    try:
        assert memberships(mock.client("security-ir")) == []
    finally:
        mock.stop()


def test_start_returns_the_mock() -> None:
    mock = mock_membership()
    try:
        assert mock.start() is mock
    finally:
        mock.stop()


def test_stop_without_start_says_so() -> None:
    with pytest.raises(NotRunning, match="stopped more often than it was started"):
        mock_membership().stop()


def test_client_of_a_mock_that_is_not_running_says_how_to_start_it() -> None:
    with pytest.raises(NotRunning, match="with mock_membership\\(\\) as mock"):
        mock_membership().client("security-ir")


def test_a_mock_can_be_started_again() -> None:
    mock = mock_membership()
    for _ in range(2):
        with mock:
            assert memberships(mock.client("security-ir")) == []
            new_membership(mock.client("security-ir"))


def test_async_context_manager_starts_and_stops() -> None:
    async def story() -> list[str]:
        async with mock_membership() as mock:
            new_membership(mock.client("security-ir"))
            return memberships(mock.client("security-ir"))

    assert len(asyncio.run(story())) == 1
    assert not botocore_stubber.enabled


def test_nested_mocks_share_one_world_until_the_outermost_ends() -> None:
    with mock_membership() as outer:
        created = new_membership(outer.client("security-ir"))
        with mock_membership() as inner:
            assert memberships(inner.client("security-ir")) == [created]
        assert memberships(outer.client("security-ir")) == [created]


def test_reset_empties_our_world_and_motos_and_the_calls(membership_mock: Any) -> None:
    new_membership(membership_mock.client("security-ir"))
    membership_mock.client("s3").create_bucket(Bucket="evidence")
    membership_mock.reset()
    assert len(membership_mock.calls) == 0
    assert memberships(membership_mock.client("security-ir")) == []
    assert membership_mock.client("s3").list_buckets()["Buckets"] == []


def test_motos_other_services_work_in_the_same_world(membership_mock: Any) -> None:
    membership_mock.client("s3").create_bucket(Bucket="evidence")
    names = [each["Name"] for each in membership_mock.client("s3").list_buckets()["Buckets"]]
    assert names == ["evidence"]


def test_mock_aws_inside_shares_the_world() -> None:
    with mock_membership() as mock:
        created = new_membership(mock.client("security-ir"))
        boto3.client("s3").create_bucket(Bucket="evidence")
        with mock_aws():
            assert memberships(boto3.client("security-ir")) == [created]
            assert len(boto3.client("s3").list_buckets()["Buckets"]) == 1
        assert memberships(mock.client("security-ir")) == [created]
        assert len(boto3.client("s3").list_buckets()["Buckets"]) == 1


def test_mock_aws_outside_keeps_its_world_when_ours_ends() -> None:
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="evidence")
        with mock_membership() as mock:
            assert len(mock.client("s3").list_buckets()["Buckets"]) == 1
            new_membership(mock.client("security-ir"))
        assert len(boto3.client("s3").list_buckets()["Buckets"]) == 1
        with mock_membership() as mock:
            assert memberships(mock.client("security-ir")) == []


def test_config_is_motos_and_holds_for_moto_too() -> None:
    with mock_membership(config={"iam": {"load_aws_managed_policies": True}}):
        assert default_user_config["iam"] == {"load_aws_managed_policies": True}
    assert default_user_config["iam"] == {"load_aws_managed_policies": False}


def test_a_service_that_moto_is_told_to_leave_out_is_refused_while_that_holds() -> None:
    with mock_membership() as mock:
        client = mock.client("security-ir")
        assert memberships(client) == []
        with (
            mock_membership(config={"core": {"service_whitelist": ["s3"]}}),
            pytest.raises(ServiceNotWhitelisted, match="security-ir not whitelisted"),
        ):
            memberships(client)
        with mock_membership(config={"core": {"service_whitelist": ["security-ir"]}}):
            assert memberships(client) == []
        assert memberships(client) == []


def test_config_of_an_inner_mock_ends_with_it() -> None:
    with mock_membership():
        with mock_membership(config={"batch": {"use_docker": False}}):
            assert default_user_config["batch"] == {"use_docker": False}
        assert default_user_config["batch"] == {"use_docker": True}


def test_account_of_an_inner_mock_ends_with_it() -> None:
    def accounts() -> set[str]:
        client = boto3.client("sts")
        boto3.client("security-ir").list_memberships()
        return {client.get_caller_identity()["Account"], outer.calls[-1].account}

    with mock_membership(account="111122223333") as outer:
        with mock_membership(account="444455556666"):
            assert accounts() == {"444455556666"}
            with mock_membership():
                assert accounts() == {"444455556666"}
        assert accounts() == {"111122223333"}


def test_one_mock_may_be_entered_twice() -> None:
    mock = mock_membership(config={"batch": {"use_docker": False}})
    with mock:
        with mock:
            pass
        assert default_user_config["batch"] == {"use_docker": False}
        assert memberships(mock.client("security-ir")) == []
    assert default_user_config["batch"] == {"use_docker": True}


def test_overlapping_mocks_of_two_threads_leave_the_configuration_as_it_was() -> None:
    first = mock_membership(config={"batch": {"use_docker": False}})
    second = mock_membership(config={"iot": {"use_valid_cert": True}})
    first.start()
    second.start()
    first.stop()
    assert default_user_config["batch"] == {"use_docker": True}
    assert default_user_config["iot"] == {"use_valid_cert": True}
    second.stop()
    assert default_user_config["iot"] == {"use_valid_cert": False}


def test_unknown_option_names_the_known_ones() -> None:
    with pytest.raises(
        TypeError,
        match=r"no option 'acount'; nearest: 'account'\. Its options: config, account, region",
    ):
        mock_membership(acount="111122223333")  # type: ignore[call-overload]


# --- nothing is left behind ---


def snapshot() -> dict[str, Any]:
    """Return all that a mock touches outside of itself."""
    return {
        "environment": {k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"},
        "default session": boto3.DEFAULT_SESSION,
        "do_get_response": botocore.endpoint.Endpoint._do_get_response,
        "send": botocore.endpoint.Endpoint._send,
        "aliaser": botocore.hooks.EventAliaser.__init__,
        "session handlers": botocore.session.Session._register_builtin_handlers,
        "loader": botocore.session.create_loader,
        "create_client": botocore.client.ClientCreator.create_client,
        "sign": botocore.signers.RequestSigner.get_auth_instance,
        "stubber": BotocoreStubber.__call__,
        "look-up": socket.getaddrinfo,
        "putrequest": http.client.HTTPConnection.putrequest,
        "connect": [
            getattr(module, kind).connect
            for module in (http.client, urllib3.connection)
            for kind in ("HTTPConnection", "HTTPSConnection")
        ],
        "responses": responses.RequestsMock._on_request,
        "stubber enabled": botocore_stubber.enabled,
        "nested": MockAWS._nested_count,
        "patterns": list(backend_url_patterns),
        "import_backend": moto.backends._import_backend,
        "account": BaseResponse.get_current_account,
        "instances": list(BackendDict._instances),
        "config": str(default_user_config),
        "registered": sum(len(each) for each in responses_mock._registry._registered.values()),
        "threads": threading.active_count(),
        "organizations": _organizations(),
    }


def _organizations() -> dict[str, Any]:
    from moto.organizations import models

    return {
        **vars(models.OrganizationsBackend),
        "trusted": list(models.FakeServiceAccess.TRUSTED_SERVICES),
        "delegated": list(models.FakeDelegatedAdministrator.SUPPORTED_SERVICES),
    }


@pytest.fixture
def nothing_left() -> Iterator[None]:
    before = snapshot()
    yield
    assert snapshot() == before


def use(mock: Any) -> None:
    organizations = mock.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    organizations.enable_aws_service_access(ServicePrincipal="security-ir.amazonaws.com")
    mock.client("sts").get_caller_identity()
    mock.client("resourcegroupstaggingapi").get_resources()
    new_membership(mock.client("security-ir"))


@pytest.mark.usefixtures("nothing_left")
def test_nothing_is_left_after_a_used_mock() -> None:
    with mock_membership() as mock:
        use(mock)


def test_every_attribute_that_was_replaced_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    before: dict[tuple[str, str], tuple[Any, Any]] = {}
    put = Patches._put

    def note(self: Patches, replaced: Replaced) -> None:
        owner, name, _, _ = replaced
        before.setdefault((repr(owner), name), (owner, vars(owner).get(name)))
        put(self, replaced)

    def replaced() -> set[tuple[str, str]]:
        return {key for key, (owner, it) in before.items() if vars(owner).get(key[1]) is not it}

    monkeypatch.setattr(Patches, "_put", note)
    with mock_membership() as mock:
        use(mock)
        assert replaced() == set(before)
        assert len(before) > 30
    assert replaced() == set()


def test_the_world_and_the_requests_are_forgotten() -> None:
    with mock_membership() as mock:
        s3 = mock.client("s3", region="us-east-1")
        s3.create_bucket(Bucket="evidence")
        target = {"Bucket": "evidence", "Key": "a"}
        url = s3.generate_presigned_url("put_object", Params=target)
        requests.put(url, data=b"by requests", timeout=5)
        urllib3.PoolManager().request("PUT", url, body=b"by urllib3")
        kept = [weakref.ref(call.request) for call in responses_mock.calls]
        kept += [weakref.ref(running.require().world)]
    del mock  # which says what has happened, as long as the test has it
    gc.collect()
    assert [each() for each in kept] == [None] * 3


def test_reset_forgets_the_requests(membership_mock: Any) -> None:
    s3 = membership_mock.client("s3", region="us-east-1")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "evidence", "Key": "a"})
    requests.get(url, timeout=5)
    assert len(responses_mock.calls) == 1
    membership_mock.reset()
    assert len(responses_mock.calls) == 0


@pytest.mark.usefixtures("nothing_left")
def test_nothing_is_left_when_the_body_raises() -> None:
    with pytest.raises(ZeroDivisionError), mock_membership() as mock:
        use(mock)
        raise ZeroDivisionError


@pytest.mark.usefixtures("nothing_left")
def test_nothing_is_left_after_nesting_with_mock_aws_in_either_order() -> None:
    with mock_aws(), mock_membership() as mock:
        use(mock)
    with mock_membership() as mock, mock_aws():
        use(mock)


@pytest.mark.usefixtures("nothing_left")
def test_nothing_is_left_after_overlapping_mocks_of_several_threads() -> None:
    entered = threading.Barrier(4)

    def work() -> None:
        with mock_membership() as mock:
            entered.wait()
            mock.client("security-ir", account="111122223333").list_memberships()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_the_users_credentials_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREALREALREALREAL")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "real token")
    with mock_membership():
        assert os.environ["AWS_ACCESS_KEY_ID"] != "AKIAREALREALREALREAL"
        assert os.environ["AWS_SECRET_ACCESS_KEY"] != "real"
        assert "AWS_SESSION_TOKEN" not in os.environ
    assert os.environ["AWS_ACCESS_KEY_ID"] == "AKIAREALREALREALREAL"
    assert os.environ["AWS_SECRET_ACCESS_KEY"] == "real"
    assert os.environ["AWS_SESSION_TOKEN"] == "real token"


@pytest.mark.usefixtures("nothing_left")
def test_nothing_is_left_when_the_test_deletes_the_fake_credentials() -> None:
    with mock_membership():
        del os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]


def test_credentials_of_the_user_that_are_empty_come_back_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "")
    with mock_membership():
        assert os.environ["AWS_ACCESS_KEY_ID"]
    assert os.environ["AWS_ACCESS_KEY_ID"] == ""


def test_the_users_credentials_stay_when_moto_is_told_not_to_mock_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    users = {"AWS_ACCESS_KEY_ID": "mine", "AWS_SECRET_ACCESS_KEY": "x", "AWS_SESSION_TOKEN": "y"}
    for name, value in users.items():
        monkeypatch.setenv(name, value)
    with mock_membership(config={"core": {"mock_credentials": False}}):
        assert {name: os.environ.get(name) for name in users} == users
    assert {name: os.environ.get(name) for name in users} == users


@pytest.mark.usefixtures("nothing_left")
def test_nothing_is_left_when_moto_cannot_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    mock = mock_membership().start()
    stop = MotoStart.stop

    def fail(self: MotoStart) -> None:
        stop(self)
        raise ZeroDivisionError

    monkeypatch.setattr(MotoStart, "stop", fail)
    with pytest.raises(ZeroDivisionError):
        mock.stop()


def test_the_users_default_session_comes_back() -> None:
    boto3.setup_default_session(region_name="ap-south-1")
    mine = boto3.DEFAULT_SESSION
    try:
        with mock_membership():
            assert boto3.DEFAULT_SESSION is None
            boto3.client("security-ir")
        assert boto3.DEFAULT_SESSION is mine
    finally:
        boto3.DEFAULT_SESSION = None


def test_importing_the_package_imports_neither_boto3_nor_moto() -> None:
    import subprocess

    code = (
        "import sys, membership_mock, membership_mock.pytest_plugin;"
        "sys.exit(any(name in sys.modules for name in ('boto3', 'botocore', 'moto')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_team_of_the_samples_is_what_the_service_takes() -> None:
    assert 2 <= len(TEAM) <= 10


# --- tools that keep what we have put in for longer than the mock runs ---


def test_a_tool_that_puts_our_replacement_back_brings_no_ended_mock_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with mock_membership() as mock:
        client = mock.client("securityhub", account="111122223333", region="eu-west-1")
        client.enable_security_hub()
        for owner, name in (
            (botocore.endpoint.Endpoint, "_send"),
            (botocore.endpoint.Endpoint, "_do_get_response"),
            (botocore.client.ClientCreator, "create_client"),
            (BotocoreStubber, "__call__"),
            (BackendDict, "reset"),
            (botocore.session, "create_loader"),
        ):
            monkeypatch.setattr(owner, name, vars(owner)[name])
    monkeypatch.undo()  # every replacement of the ended mock is in place again

    with mock_aws():
        plain = boto3.client("securityhub", region_name="eu-west-1")
        plain.enable_security_hub()
        assert ":123456789012:" in plain.describe_hub()["HubArn"]
    with mock_membership() as other:
        anew = other.client("securityhub", account="111122223333", region="eu-west-1")
        with pytest.raises(anew.exceptions.InvalidAccessException):
            anew.describe_hub()
        other.calls.assert_called("DescribeHub", times=1)
    for owner, name in (
        (botocore.endpoint.Endpoint, "_send"),
        (botocore.client.ClientCreator, "create_client"),
        (BotocoreStubber, "__call__"),
    ):
        assert vars(owner)[name].__module__.partition(".")[0] in ("botocore", "moto")


def test_a_replacement_that_was_put_back_serves_the_mock_that_runs() -> None:
    with mock_membership():
        ours = botocore.endpoint.Endpoint._send
    with mock_membership() as mock:
        in_place = botocore.endpoint.Endpoint._send
        botocore.endpoint.Endpoint._send = ours
        try:
            client = mock.client("security-ir", account="111122223333", region="eu-west-1")
            assert memberships(client) == []
            mock.calls.assert_called("ListMemberships", times=1)
        finally:
            botocore.endpoint.Endpoint._send = in_place


def test_a_mock_calls_what_another_tool_has_replaced_since_the_last_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[str] = []
    usual = botocore.client.ClientCreator.create_client

    def noting(self: Any, service_name: str, *args: Any, **kwargs: Any) -> Any:
        made.append(service_name)
        return usual(self, service_name, *args, **kwargs)

    def use_a_client() -> None:
        with mock_membership() as mock:
            assert memberships(mock.client("security-ir")) == []

    use_a_client()
    monkeypatch.setattr(botocore.client.ClientCreator, "create_client", noting)
    use_a_client()
    use_a_client()
    assert made == ["security-ir"] * 2
    assert vars(botocore.client.ClientCreator)["create_client"] is noting
    monkeypatch.undo()
    use_a_client()
    assert made == ["security-ir"] * 2
    assert vars(botocore.client.ClientCreator)["create_client"] is usual


def test_motos_services_work_on_the_world_of_the_present_mock() -> None:
    for _ in range(2):
        with mock_membership(account="111122223333") as mock:
            mock.client("organizations").create_organization(FeatureSet="ALL")
            hub = mock.client("securityhub")
            hub.enable_security_hub(Tags={"team": "ir"})
            hub.enable_organization_admin_account(AdminAccountId="111122223333")
            hub.update_organization_configuration(AutoEnable=True)
            made = mock.client("organizations").create_account(Email="a@b.de", AccountName="a")
            members = hub.list_members()["Members"]
            assert [e["AccountId"] for e in members] == [made["CreateAccountStatus"]["AccountId"]]
            found = mock.client("resourcegroupstaggingapi").get_resources()
            assert len(found["ResourceTagMappingList"]) == 1
