"""Clients of aiobotocore of any age are served while a mock runs, and stopped after it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.client import ClientCreator
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber

from membership_mock import ClientOutlivedMock, RequestBlocked, mock_membership
from tests.engine.adapters.async_tests import (
    ADMIN,
    MEMBER,
    REGION,
    client_of,
    config,
    httpx_backend,
    in_loop,
    new_session,
)
from tests.samples import TEAM

aiobotocore = pytest.importorskip("aiobotocore")

#: what the mock replaces while it runs
REPLACED = [
    (pytest.importorskip("aiobotocore.endpoint").AioEndpoint, "_send"),
    (pytest.importorskip("aiobotocore.endpoint").AioEndpoint, "_do_get_response"),
    (pytest.importorskip("aiobotocore.signers").AioRequestSigner, "get_auth_instance"),
    (pytest.importorskip("aiobotocore.client").AioClientCreator, "create_client"),
    (BotocoreStubber, "__call__"),
    (ClientCreator, "__init__"),
]


async def works(client: Any) -> None:
    """Fail unless the client reaches a world in which nothing has happened."""
    made = await client.create_membership(membershipName="Response", incidentResponseTeam=TEAM)
    (listed,) = (await client.list_memberships())["items"]
    assert listed["membershipId"] == made["membershipId"]


# --- clients that are older than the mock ---


@in_loop
async def test_a_client_that_is_older_than_the_mock_is_served() -> None:
    async with client_of(ADMIN) as client, client_of(ADMIN, "s3", "us-east-1") as s3:
        for _ in range(2):
            with mock_membership() as mock:
                await works(client)
                mock.calls.assert_called("CreateMembership", account=ADMIN, region=REGION)
                await s3.create_bucket(Bucket="evidence")
                assert len((await s3.list_buckets())["Buckets"]) == 1


@in_loop
async def test_an_older_client_without_credentials_is_served() -> None:
    async with new_session().create_client("security-ir", region_name=REGION) as client:
        with mock_membership(account=MEMBER) as mock:
            await works(client)
            mock.calls.assert_called("CreateMembership", account=MEMBER)


@in_loop
async def test_a_new_client_of_an_older_session_is_served() -> None:
    session = new_session()
    with mock_membership():
        async with session.create_client("security-ir", region_name=REGION) as client:
            await works(client)


def test_a_client_of_another_thread_is_served() -> None:
    ready, started = threading.Event(), threading.Event()
    outcomes: list[object] = []

    async def work() -> None:
        async with client_of(ADMIN) as client:
            ready.set()
            started.wait(10)
            outcomes.append(await works(client))

    thread = threading.Thread(target=asyncio.run, args=[work()])
    thread.start()
    ready.wait(10)
    with mock_membership():
        started.set()
        thread.join()
    assert outcomes == [None]


# --- decorators, context managers, nesting ---


@in_loop
@mock_membership(account=MEMBER)
async def test_a_decorated_coroutine_runs_inside_the_mock() -> None:
    async with new_session().create_client("sts", region_name=REGION) as sts:
        assert (await sts.get_caller_identity())["Account"] == MEMBER


@in_loop
async def test_async_with_starts_and_stops_the_mock() -> None:
    mock = mock_membership()
    for _ in range(2):
        async with mock as entered, entered.async_client("security-ir") as client:
            await works(client)


@in_loop
async def test_nested_with_motos_mock_in_either_order_it_is_one_world() -> None:
    with mock_aws(), mock_membership():
        async with client_of(ADMIN) as client, client_of(ADMIN, "s3", "us-east-1") as s3:
            await works(client)
            await s3.create_bucket(Bucket="evidence")
    with mock_membership() as mock:
        async with client_of(ADMIN) as client, client_of(ADMIN, "s3", "us-east-1") as s3:
            with mock_aws():
                await works(client)
                await s3.create_bucket(Bucket="evidence")
        buckets = mock.client("s3", account=ADMIN, region="us-east-1").list_buckets()["Buckets"]
        assert [bucket["Name"] for bucket in buckets] == ["evidence"]


# --- after the mock ---


@pytest.mark.filterwarnings("ignore:aiobotocore's httpx backend:DeprecationWarning")
@pytest.mark.parametrize("backend", ["aiohttp", "httpx"])
@in_loop
async def test_a_client_made_inside_the_mock_does_not_outlive_it(backend: str) -> None:
    options = {"config": httpx_backend()} if backend == "httpx" else {}
    async with mock_membership() as mock:
        context = mock.async_client("securityhub", account=ADMIN, **options)
        client = await context.__aenter__()
        await client.enable_security_hub()
    with pytest.raises(ClientOutlivedMock, match=r"securityhub\.DescribeHub was called with a"):
        await client.describe_hub()
    with mock_membership(), pytest.raises(client.exceptions.InvalidAccessException):
        await client.describe_hub()  # of the next world
    with mock_aws():  # moto has this service as well
        await client.enable_security_hub()
        assert "hub/default" in (await client.describe_hub())["HubArn"]
    await context.__aexit__(None, None, None)


@in_loop
async def test_an_older_client_sends_to_the_network_again_after_the_mock() -> None:
    once = config(retries={"total_max_attempts": 1})
    async with client_of(ADMIN, config=once) as client:
        with mock_membership():
            await works(client)
        # The network is closed to the tests: that the guard of the test suite speaks is the proof.
        with pytest.raises(EndpointConnectionError):
            await client.list_memberships()


def test_what_was_replaced_is_put_back() -> None:
    before = [vars(owner)[name] for owner, name in REPLACED]
    with mock_membership():
        during = [vars(owner)[name] for owner, name in REPLACED]
    assert not any(old is new for old, new in zip(before, during, strict=True))
    assert [vars(owner)[name] for owner, name in REPLACED] == before


@pytest.fixture
def _kept() -> Iterator[None]:
    """Let another tool put back, after the mock, what it found while the mock was running."""
    before = [vars(owner)[name] for owner, name in REPLACED]
    with mock_membership():
        during = [vars(owner)[name] for owner, name in REPLACED]
    for (owner, name), kept in zip(REPLACED, during, strict=True):
        setattr(owner, name, kept)
    yield
    assert [vars(owner)[name] for owner, name in REPLACED] == before


@pytest.mark.usefixtures("_kept")
@in_loop
async def test_a_replacement_that_outlives_its_mock_passes_on_and_does_not_pile_up() -> None:
    once = config(retries={"total_max_attempts": 1})
    async with client_of(ADMIN, config=once) as client:
        with pytest.raises(EndpointConnectionError):
            await client.list_memberships()
        with mock_membership():
            await works(client)


# --- what is imported, and when ---


def test_the_mock_never_imports_aiobotocore_and_notices_when_the_process_does() -> None:
    code = """
import asyncio, sys
import boto3
from membership_mock import ClientOutlivedMock, mock_membership

async def story():
    with mock_membership():
        boto3.client("security-ir", region_name="us-east-1").list_memberships()
        assert not [name for name in sys.modules if name.startswith(("aiobotocore", "aiohttp"))]
        from aiobotocore.session import get_session
        context = get_session().create_client("security-ir", region_name="us-east-1")
        client = await context.__aenter__()
        assert (await client.list_memberships())["items"] == []
    try:
        await client.list_memberships()
    except ClientOutlivedMock:
        print("stopped")
    await context.__aexit__(None, None, None)

asyncio.run(story())
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "stopped\n"


# --- releases that are built differently ---


@pytest.mark.parametrize(("owner", "name"), REPLACED[:4], ids=[name for _, name in REPLACED[:4]])
@in_loop
async def test_a_release_without_a_name_that_is_needed_is_refused_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch, owner: Any, name: str
) -> None:
    async with client_of(ADMIN) as client:
        monkeypatch.delattr(owner, name)
        with mock_membership(unmocked_calls="ignore"), pytest.raises(RequestBlocked) as raised:
            await client.list_memberships()
        monkeypatch.undo()
        with mock_membership():
            await works(client)
    text = str(raised.value)
    assert text.startswith(
        "security-ir.ListMemberships was called with a client of aiobotocore"
        f" {aiobotocore.__version__}"
    )
    assert f"{owner.__name__}.{name}" in text
    assert "`python -m membership_mock docs async`" in text


@in_loop
async def test_a_refused_release_still_reaches_what_is_meant_for_the_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    once = config(retries={"total_max_attempts": 1})
    async with client_of(ADMIN, endpoint_url="http://127.0.0.1:9", config=once) as client:
        monkeypatch.delattr(*REPLACED[3])
        with mock_membership(), pytest.raises(EndpointConnectionError):
            await client.list_memberships()
