"""Faults, strict mode and blocked calls reach clients of aiobotocore as those of boto3."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import botocore.exceptions
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from membership_mock import RequestBlocked, UnexpectedCall, mock_membership
from tests.engine.adapters.async_tests import (
    ADMIN,
    MEMBER,
    REGION,
    client_of,
    config,
    httpx_backend,
    in_loop,
)
from tests.samples import TEAM

pytest.importorskip("aiobotocore")

ONCE = {"retries": {"total_max_attempts": 1}}


@pytest.mark.parametrize("mode", ["legacy", "standard"])
@in_loop
async def test_a_throttled_call_is_retried_with_the_delays_of_aiobotocore(
    membership_mock: Any, naps: list[float], mode: str
) -> None:
    fault = membership_mock.fail("list_memberships", "ThrottlingException", times=2)
    retries = config(retries={"mode": mode, "total_max_attempts": 3})
    async with client_of(ADMIN, config=retries) as client:
        answer = await client.list_memberships()
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert len(fault.fired) == 2
    assert len(naps) == 2
    membership_mock.calls.assert_called("ListMemberships", times=3)


@in_loop
async def test_a_fault_hits_only_the_account_that_it_is_for(membership_mock: Any) -> None:
    membership_mock.fail("list_memberships", "ValidationException", account=ADMIN, times=None)
    async with client_of(ADMIN) as hit, client_of(MEMBER) as spared:
        assert (await spared.list_memberships())["items"] == []
        with pytest.raises(hit.exceptions.ValidationException):
            await hit.list_memberships()


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
@in_loop
async def test_a_lost_connection_raises_what_botocore_raises(
    membership_mock: Any, name: str
) -> None:
    membership_mock.fail("list_memberships", name)
    async with client_of(ADMIN, config=config(**ONCE)) as client:
        with pytest.raises(getattr(botocore.exceptions, name)) as caught:
            await client.list_memberships()
    assert type(caught.value).__name__ == name
    assert membership_mock.calls[-1].error_code == name


@in_loop
async def test_a_connection_that_is_lost_after_the_effect_says_what_was_sent(
    membership_mock: Any,
) -> None:
    membership_mock.fail("create_membership", "ConnectionClosedError", after=True)
    async with client_of(ADMIN, config=config(**ONCE)) as client:
        with pytest.raises(botocore.exceptions.ConnectionClosedError) as caught:
            await client.create_membership(membershipName="Response", incidentResponseTeam=TEAM)
        assert caught.value.request.method == "POST"
        assert len((await client.list_memberships())["items"]) == 1


@pytest.mark.filterwarnings("ignore:aiobotocore's httpx backend:DeprecationWarning")
@pytest.mark.parametrize("backend", ["aiohttp", "httpx"])
@in_loop
async def test_a_slow_answer_moves_the_clock_and_ends_in_a_read_time_out(
    membership_mock: Any, naps: list[float], backend: str
) -> None:
    options = config(**ONCE, read_timeout=5)
    if backend == "httpx":
        options = httpx_backend().merge(options)
    membership_mock.clock.freeze("2026-03-14T12:00:00Z")
    before = membership_mock.clock.now()
    membership_mock.faults.delay("list_memberships", seconds=3)
    membership_mock.faults.delay("list_memberships", seconds=30)
    async with client_of(ADMIN, config=options) as client:
        assert (await client.list_memberships())["items"] == []
        assert membership_mock.clock.now() - before == timedelta(seconds=3)
        with pytest.raises(ReadTimeoutError):
            await client.list_memberships()
    assert membership_mock.clock.now() - before == timedelta(seconds=3 + 5)
    assert naps == []


@in_loop
async def test_strict_mode_refuses_a_call_that_is_not_allowed(membership_mock: Any) -> None:
    async with client_of(ADMIN) as client, client_of(ADMIN, "sts") as sts:
        with (
            pytest.raises(UnexpectedCall, match=r"sts\.GetCallerIdentity"),
            membership_mock.strict("ListMemberships"),
        ):
            await client.list_memberships()
            await sts.get_caller_identity()
        await sts.get_caller_identity()


@in_loop
async def test_a_service_that_no_mock_serves_is_blocked_by_its_operation() -> None:
    async with mock_membership(unmocked_calls="ignore"), client_of(ADMIN, "braket") as client:
        with pytest.raises(RequestBlocked) as raised:
            await client.get_device(deviceArn="arn:aws:braket:::device/x")
    text = str(raised.value)
    assert f"braket.GetDevice was about to leave for braket.{REGION}.amazonaws.com" in text
    assert f"{ADMIN} in {REGION}" in text


@in_loop
async def test_refusals_of_services_are_service_errors(membership_mock: Any) -> None:
    async with client_of(ADMIN, "organizations", "us-east-1") as organizations:
        with pytest.raises(ClientError, match="AWSOrganizationsNotInUseException"):
            await organizations.describe_organization()


@pytest.mark.parametrize(
    "passthrough",
    [
        pytest.param({"services": ["security-ir"]}, id="by service"),
        pytest.param({"urls": [r"https://security-ir\."]}, id="by host"),
        pytest.param({"urls": [r"https://security-ir\.[^/]+/v1/memberships"]}, id="by path"),
    ],
)
@in_loop
async def test_configured_passthrough_reaches_the_network(passthrough: dict[str, Any]) -> None:
    async with (
        mock_membership(config={"core": {"passthrough": passthrough}}) as mock,
        client_of(ADMIN, config=config(**ONCE)) as client,
    ):
        # The network is closed to the tests: that the guard of the test suite speaks is the proof.
        with pytest.raises(botocore.exceptions.EndpointConnectionError, match="Could not connect"):
            await client.list_memberships()
        assert len(mock.calls) == 0


@pytest.mark.parametrize("service", ["security-ir", "sts"])
@in_loop
async def test_explicit_loopback_endpoints_stay_untouched(
    membership_mock: Any, service: str
) -> None:
    options = {"endpoint_url": "http://127.0.0.1:9", "config": config(**ONCE)}
    async with client_of(ADMIN, service, **options) as client:
        call = client.list_memberships if service == "security-ir" else client.get_caller_identity
        with pytest.raises(botocore.exceptions.EndpointConnectionError):
            await call()
    assert len(membership_mock.calls) == 0
    assert not membership_mock.passed_through()
