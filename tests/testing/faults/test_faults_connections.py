"""Answers that never come, come late, or come after the effect; and calls that reach moto without botocore."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import botocore.exceptions
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)
from moto.server import ThreadedMotoServer

from membership_mock import Faults, UsageError
from tests.contract.raw_requests import signed
from tests.samples import TEAM, case_input, new_case, new_membership

ONCE = Config(retries={"total_max_attempts": 1})
TWICE = Config(retries={"mode": "standard", "total_max_attempts": 2})


@pytest.fixture(autouse=True)
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long botocore would have slept between its attempts."""
    taken: list[float] = []
    monkeypatch.setattr("botocore.endpoint.time.sleep", taken.append)
    return taken


@pytest.fixture
def passed(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How many seconds the mock's clock was told to let pass."""
    told: list[float] = []
    monkeypatch.setattr(Faults, "_let_pass", lambda _, seconds: told.append(seconds))
    return told


def client(mock: Any, config: Config = ONCE, service: str = "security-ir") -> Any:
    return mock.client(service, account="111111111111", region="eu-west-1", config=config)


def membership_input(**others: Any) -> dict[str, Any]:
    return {"membershipName": "Response", "incidentResponseTeam": TEAM, **others}


# --- connections ---


@pytest.mark.parametrize(
    "name",
    [
        "ReadTimeoutError",
        "ConnectTimeoutError",
        "EndpointConnectionError",
        "ConnectionClosedError",
        "SSLError",
        "HTTPClientError",
    ],
)
@pytest.mark.parametrize("by", ["name", "class"])
def test_a_connection_fails_as_botocore_says_it(membership_mock: Any, name: str, by: str) -> None:
    kind = getattr(botocore.exceptions, name)
    membership_mock.fail("list_memberships", name if by == "name" else kind)
    security = client(membership_mock)
    with pytest.raises(kind) as caught:
        security.list_memberships()
    assert type(caught.value) is kind
    address = "https://security-ir.eu-west-1.api.aws/v1/memberships"
    assert name == "HTTPClientError" or address in str(caught.value)
    assert membership_mock.calls[-1].error_code == name
    assert membership_mock.calls[-1].status is None


def test_an_exception_is_raised_as_it_was_made(membership_mock: Any) -> None:
    made = EndpointConnectionError(endpoint_url="https://elsewhere", error="no route")
    membership_mock.fail("list_memberships", made, times=2)
    caught = []
    for _ in range(2):
        with pytest.raises(EndpointConnectionError, match="https://elsewhere") as error:
            client(membership_mock).list_memberships()
        caught.append(error.value)
    assert made not in caught
    assert caught[0] is not caught[1]


def test_an_error_with_room_for_a_reason_takes_the_message(membership_mock: Any) -> None:
    membership_mock.fail("list_memberships", SSLError, message="certificate expired")
    with pytest.raises(SSLError, match="certificate expired"):
        client(membership_mock).list_memberships()
    membership_mock.fail("list_memberships", ProxyConnectionError)
    with pytest.raises(ProxyConnectionError, match="proxy URL"):
        client(membership_mock).list_memberships()


@pytest.mark.parametrize("error", ["ReadTimeoutError", "ConnectTimeoutError", "ConnectionClosedError"])  # fmt: skip
@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_botocore_tries_a_lost_connection_again(
    membership_mock: Any, naps: list[float], error: str, mode: str
) -> None:
    fault = membership_mock.fail("list_memberships", error)
    security = client(membership_mock, Config(retries={"mode": mode, "total_max_attempts": 2}))
    assert security.list_memberships()["ResponseMetadata"]["RetryAttempts"] == 1
    assert (len(naps), len(fault.fired), len(membership_mock.calls)) == (1, 1, 2)


def test_a_connection_that_never_stood_changes_nothing(membership_mock: Any) -> None:
    membership_mock.fail("create_membership", "ConnectTimeoutError", times=None)
    security = client(membership_mock, TWICE)
    with pytest.raises(botocore.exceptions.ConnectTimeoutError):
        security.create_membership(**membership_input())
    assert security.list_memberships()["items"] == []
    membership_mock.calls.assert_called("CreateMembership", times=2)


@pytest.mark.parametrize(
    ("error", "wrong", "said"),
    [
        ("ConnectTimeoutError", {"after": True}, "never reached the service"),
        (EndpointConnectionError, {"after": True}, "never reached the service"),
        (ReadTimeoutError, {"message": "Hm"}, "does not take message='Hm'"),
        ("ReadTimeoutError", {"members": {"a": 1}}, "no members: leave it out"),
        ("ReadTimeoutError", {"retry_after": 3}, "no retry_after: leave it out"),
        ("ReadTimeoutError", {"status": 504, "force": True}, "no status: leave it out"),
    ],
)
def test_what_a_lost_connection_cannot_have_is_a_usage_error(
    membership_mock: Any, error: Any, wrong: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        membership_mock.fail("list_memberships", error, **wrong)
    assert len(membership_mock.faults) == 0


# --- after the effect ---


@pytest.mark.parametrize("error", ["InternalServerException", "ReadTimeoutError"])
def test_an_answer_that_is_lost_leaves_its_effect(membership_mock: Any, error: str) -> None:
    membership_mock.fail("create_membership", error, after=True)
    security = client(membership_mock)
    with pytest.raises((ClientError, ReadTimeoutError)):
        security.create_membership(**membership_input())
    assert len(security.list_memberships()["items"]) == 1
    assert [call.error_code for call in membership_mock.calls] == [error, None]


@pytest.mark.parametrize("error", [ReadTimeoutError, ConnectionClosedError])
def test_botocores_retry_gets_the_answer_of_the_first_attempt(
    membership_mock: Any, error: Any
) -> None:
    fault = membership_mock.fail("security-ir.Create*", error, after=True, times=1)
    security = client(membership_mock, TWICE)
    membership = security.create_membership(**membership_input())
    assert membership["ResponseMetadata"]["RetryAttempts"] == 1
    assert [each["membershipId"] for each in security.list_memberships()["items"]] == [
        membership["membershipId"]
    ]
    first, second = membership_mock.calls.assert_called("CreateMembership", times=2)
    assert first.parameters["clientToken"] == second.parameters["clientToken"]
    assert [each.request_id for each in fault.fired] == [first.request_id]
    assert first.error_code == error.__name__


def test_a_retry_with_the_same_token_gets_the_case_that_was_opened(membership_mock: Any) -> None:
    security = client(membership_mock)
    new_membership(security)
    membership_mock.fail("create_case", "InternalServerException", after=True)
    request = case_input(clientToken="once")
    with pytest.raises(security.exceptions.InternalServerException):
        security.create_case(**request)
    (opened,) = security.list_cases()["items"]
    assert security.create_case(**request)["caseId"] == opened["caseId"]
    assert security.create_case(**case_input())["caseId"] != opened["caseId"]


def test_without_a_token_a_retry_does_it_again(membership_mock: Any) -> None:
    hub = client(membership_mock, TWICE, "securityhub")
    membership_mock.fail("enable_security_hub", "ReadTimeoutError", after=True)
    with pytest.raises(hub.exceptions.ResourceConflictException):
        hub.enable_security_hub()
    assert hub.describe_hub()["HubArn"]


def test_a_refusal_that_is_lost_is_lost(membership_mock: Any) -> None:
    security = client(membership_mock)
    membership_mock.fail("list_cases", "ReadTimeoutError", after=True)
    with pytest.raises(ReadTimeoutError):
        security.list_cases()
    with pytest.raises(security.exceptions.SecurityIncidentResponseNotActiveException):
        security.list_cases()


# --- slow answers ---


def test_a_slow_answer_comes_and_the_clock_goes_on(
    membership_mock: Any, passed: list[float], naps: list[float]
) -> None:
    fault = membership_mock.faults.delay("security-ir.ListMemberships", 20)
    assert repr(fault) == "<Fault: security-ir.ListMemberships takes 20 seconds, once; not fired>"
    assert client(membership_mock).list_memberships()["items"] == []
    assert client(membership_mock).list_memberships()["items"] == []
    assert (passed, naps, len(fault.fired)) == ([20.0], [], 1)


def test_a_client_that_does_not_wait_gives_up_and_the_effect_stays(
    membership_mock: Any, passed: list[float]
) -> None:
    membership_mock.faults.delay("create_membership", 20.5)
    hasty = client(membership_mock, Config(read_timeout=20, retries={"total_max_attempts": 1}))
    with pytest.raises(ReadTimeoutError, match=r"https://security-ir\.eu-west-1\.api\.aws"):
        hasty.create_membership(**membership_input())
    assert passed == [20]
    assert len(hasty.list_memberships()["items"]) == 1
    assert membership_mock.calls[0].status == 201


@pytest.mark.parametrize("patience", [None, 61, 60])
def test_a_client_waits_as_long_as_it_was_told(membership_mock: Any, patience: Any) -> None:
    membership_mock.faults.delay("list_memberships", 60)
    config = Config(read_timeout=patience, retries={"total_max_attempts": 1})
    assert client(membership_mock, config).list_memberships()["items"] == []


def test_the_clock_of_the_mock_goes_on_as_long_as_the_client_waits(membership_mock: Any) -> None:
    membership_mock.clock.freeze("2026-01-01")
    start = membership_mock.clock.now()
    membership_mock.faults.delay("list_memberships", 20, times=2)
    client(membership_mock).list_memberships()
    assert membership_mock.clock.now() - start == timedelta(seconds=20)
    hasty = client(membership_mock, Config(read_timeout=5, retries={"total_max_attempts": 1}))
    with pytest.raises(ReadTimeoutError):
        hasty.list_memberships()
    assert membership_mock.clock.now() - start == timedelta(seconds=25)


def test_a_client_waits_a_minute_by_default(membership_mock: Any) -> None:
    membership_mock.faults.delay("list_memberships", 60.001)
    with pytest.raises(ReadTimeoutError):
        client(membership_mock).list_memberships()


def test_botocore_tries_again_after_a_time_out(membership_mock: Any) -> None:
    membership_mock.faults.delay("create_membership", 100)
    security = client(membership_mock, TWICE)
    membership = security.create_membership(**membership_input())["membershipId"]
    assert [each["membershipId"] for each in security.list_memberships()["items"]] == [membership]


def test_a_refusal_is_slow_too(membership_mock: Any, passed: list[float]) -> None:
    membership_mock.faults.delay("list_cases", 3, times=2)
    security = client(membership_mock)
    with pytest.raises(security.exceptions.SecurityIncidentResponseNotActiveException):
        security.list_cases()
    membership_mock.fail("list_cases", "InternalServerException")
    with pytest.raises(security.exceptions.InternalServerException):
        security.list_cases()
    assert passed == [3, 3]


def test_a_repeated_token_is_answered_at_once(membership_mock: Any, passed: list[float]) -> None:
    membership_mock.faults.delay("create_membership", 5)
    security = client(membership_mock)
    for _ in range(2):
        security.create_membership(**membership_input(clientToken="t"))
    assert passed == [5]


@pytest.mark.parametrize("seconds", [0, -1, True, "3", float("inf"), float("nan"), 1e300, 10**400])
def test_a_time_that_nobody_waits_is_a_usage_error(membership_mock: Any, seconds: Any) -> None:
    with pytest.raises(UsageError, match="positive number of seconds"):
        membership_mock.faults.delay("*", seconds)


# --- calls that reach moto without botocore ---


def ask_with_requests() -> requests.Response:
    return requests.post(
        "https://security-ir.us-east-1.api.aws/v1/memberships",
        headers=signed("security-ir"),
        data=b"{}",
        timeout=5,
    )


def test_requests_gets_errors_and_slow_answers(membership_mock: Any, passed: list[float]) -> None:
    membership_mock.fail("list_memberships", "ThrottlingException", retry_after=2)
    membership_mock.faults.delay("list_memberships", 30)
    answer = ask_with_requests()
    assert (answer.status_code, answer.headers["Retry-After"], passed) == (429, "2", [30])
    assert ask_with_requests().status_code == 200


def test_requests_gets_lost_connections_as_botocores_errors(membership_mock: Any) -> None:
    membership_mock.fail("list_memberships", "ReadTimeoutError")
    with pytest.raises(ReadTimeoutError):
        ask_with_requests()


@pytest.fixture
def endpoint(membership_mock: Any) -> Iterator[str]:
    """Where moto's server listens."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def test_the_server_sends_errors_and_closes_lost_connections(
    endpoint: str, membership_mock: Any, passed: list[float]
) -> None:
    remote = boto3.client(
        "security-ir",
        endpoint_url=endpoint,
        region_name="eu-west-1",
        aws_access_key_id="111111111111",
        aws_secret_access_key="x",
        config=ONCE,
    )
    membership_mock.fail("create_membership", "ThrottlingException")
    with pytest.raises(remote.exceptions.ThrottlingException):
        remote.create_membership(**membership_input())
    membership_mock.fail("create_membership", "ReadTimeoutError", after=True)
    with pytest.raises(ConnectionClosedError):
        remote.create_membership(**membership_input())
    membership_mock.faults.delay("create_case", 100)
    assert new_case(remote)
    assert passed == [100]


def test_a_closed_connection_says_which_request_was_sent(membership_mock: Any) -> None:
    membership_mock.fail("list_memberships", "ConnectionClosedError")
    with pytest.raises(ConnectionClosedError) as caught:
        client(membership_mock).list_memberships()
    assert caught.value.request.url == "https://security-ir.eu-west-1.api.aws/v1/memberships"
