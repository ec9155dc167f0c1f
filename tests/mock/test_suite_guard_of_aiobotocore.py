"""The guard and aiobotocore's clients; skipped where aiobotocore is not installed."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from membership_mock import ClientOutlivedMock, RequestBlocked, mock_membership, real_aws
from membership_mock.engine.adapters.suite_guard import decision, installation

session = pytest.importorskip("aiobotocore.session")


@pytest.fixture
def guard():
    guard = decision.SuiteGuard()
    installation.put(guard)
    yield guard
    installation.remove(guard)


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that is there when the user's command for credentials has run."""
    script, file = tmp_path / "process.py", tmp_path / "ran"
    script.write_text(
        f"open({str(file)!r}, 'a').write('x')\n"
        'print(\'{"Version": 1, "AccessKeyId": "AKIDPROCESS", "SecretAccessKey": "s"}\')\n'
    )
    config = tmp_path / "config"
    config.write_text(f"[default]\ncredential_process = {sys.executable} {script}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    return file


class _Seen(Exception):
    """What the request was signed with."""


def _show(request, **_) -> None:
    raise _Seen(request.headers["Authorization"])


async def _list_buckets(*, seen: bool = False) -> None:
    async with session.get_session().create_client("s3", region_name="us-east-1") as client:
        if seen:
            client.meta.events.register("before-send.s3", _show)
        await client.list_buckets()


def test_a_call_is_refused_before_credentials_are_looked_up(guard, ran: Path) -> None:
    with pytest.raises(RequestBlocked, match=r"s3\.ListBuckets was called"):
        asyncio.run(_list_buckets())
    assert not ran.exists()
    assert len(guard.take_refused()) == 1


def test_an_allowed_call_looks_them_up(guard, ran: Path) -> None:
    with real_aws("s3.*"), pytest.raises(_Seen, match="AKIDPROCESS"):
        asyncio.run(_list_buckets(seen=True))
    assert ran.exists()
    with real_aws("sts.*"), pytest.raises(RequestBlocked, match=r"s3\.ListBuckets was called"):
        asyncio.run(_list_buckets())


def test_a_client_that_has_outlived_its_mock_is_remembered_in_case_its_error_is_caught(
    guard,
) -> None:
    async def main() -> None:
        async with AsyncExitStack() as stack:
            with mock_membership() as mock:
                client = await stack.enter_async_context(mock.async_client("security-ir"))
            with pytest.raises(ClientOutlivedMock):
                await client.list_memberships()

    asyncio.run(main())
    assert [type(each) for each in guard.take_refused()] == [ClientOutlivedMock]


def test_endpoints_with_the_account_in_their_name_need_no_look_up(guard, ran: Path) -> None:
    async def list_tables() -> None:
        sessions = session.get_session()
        async with sessions.create_client("dynamodb", region_name="us-east-1") as client:
            await client.list_tables()

    with pytest.raises(RequestBlocked, match=r"dynamodb\.ListTables was called"):
        asyncio.run(list_tables())
    assert not ran.exists()


def test_a_running_mock_decides_by_itself(guard, ran: Path) -> None:
    with mock_membership():
        asyncio.run(_list_buckets())
    assert not guard.take_refused()
    assert not ran.exists()


def test_a_client_that_is_older_than_the_mock_is_served_by_it(guard, ran: Path) -> None:
    async def older() -> None:
        async with session.get_session().create_client("s3", region_name="us-east-1") as client:
            with pytest.raises(RequestBlocked):
                await client.list_buckets()
            with mock_membership():
                assert (await client.list_buckets())["Buckets"] == []

    asyncio.run(older())
    assert not ran.exists()
