"""The tools in combination: one tool's work while another one puts back, empties or refuses."""

from __future__ import annotations

import gc
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError
from moto import mock_aws
from moto.server import ThreadedMotoServer

from membership_mock import Dump, MembershipMock, UnexpectedCall, UsageError, mock_membership
from membership_mock.engine.pipeline.call_record import Record
from membership_mock.engine.running import Running
from membership_mock.engine.state.world import World
from membership_mock.testing.faults.fault import Fault
from tests.cleanrooms.collaboration_samples import REGION, A, join, new_collaboration
from tests.cleanrooms.query_samples import new_bucket, objects, start_query
from tests.samples import new_case, new_membership

MANAGEMENT, BANK, SHOP = "111111111111", "222222222222", "333333333333"
START = datetime(2026, 3, 14, 12, tzinfo=timezone.utc)
ONCE = Config(retries={"total_max_attempts": 1})
#: boto3 fills in tokens of its own, and moto has stamps of its own
NOT_OURS = ["engine TokenStore*", "organizations*", "s3*"]


def client(mock: MembershipMock, service: str, account: str = BANK, region: str = REGION) -> Any:
    return mock.client(service, account=account, region=region, config=ONCE)


# --- a world that comes back into a mock that knows nothing of it ----------------------------


def after_a_reset(mock: MembershipMock) -> MembershipMock:
    before = mock.snapshot()
    mock.reset()
    mock.restore(before)
    return mock


def loaded_after_a_reset(mock: MembershipMock) -> MembershipMock:
    before = mock.dump()
    mock.reset()
    mock.load(Dump.from_json(before.to_json()))
    return mock


def in_another_mock(mock: MembershipMock) -> MembershipMock:
    before = mock.dump()
    mock.stop()
    other = mock_membership(settle="clock").start()
    other.load(before)
    return other


@pytest.fixture(params=[after_a_reset, loaded_after_a_reset, in_another_mock])
def come_back(request: Any) -> Any:
    """Take a mock, and return one that has its world, but in which nobody has called."""
    return request.param


@contextmanager
def one_after_the_other() -> Iterator[list[MembershipMock]]:
    """Run a mock, and stop the last of those that the block puts beside it."""
    mocks = [mock_membership(now=START, settle="clock").start()]
    try:
        yield mocks
    finally:
        mocks[-1].stop()


def test_what_is_due_in_a_world_that_came_back_happens_by_the_clock(come_back: Any) -> None:
    with one_after_the_other() as mocks:
        (mock,) = mocks
        new_bucket(mock, A, "results")
        rooms = client(mock, "cleanrooms", A)
        mock.aws_side(A, REGION).end_query(result=[{"city": "Ulm"}])
        start_query(rooms, join(rooms, new_collaboration(rooms)["id"])["id"])
        security = client(mock, "security-ir")
        membership = new_membership(security)
        security.cancel_membership(membershipId=membership)

        mocks.append(mock := come_back(mock))
        mock.clock.advance(days=40)

        assert len(objects(mock, A, "results")) == 1
        queries = mock.quotas.get("cleanrooms", "concurrent_queries", account=A, region=REGION)
        assert queries.used == 0
        stored = str(mock.dump().data["stores"]["security-ir"])
        assert "Terminated" in stored  # though nobody has looked


def test_the_tagging_api_finds_what_is_in_a_world_that_came_back(come_back: Any) -> None:
    with one_after_the_other() as mocks:
        new_membership(client(mocks[0], "security-ir"), tags={"team": "red"})
        mocks.append(come_back(mocks[0]))
        tagging = client(mocks[-1], "resourcegroupstaggingapi")
        (found,) = tagging.get_resources()["ResourceTagMappingList"]
        assert found["Tags"] == [{"Key": "team", "Value": "red"}]
        assert tagging.get_tag_keys()["TagKeys"] == ["team"]
        assert tagging.get_tag_values(Key="team")["TagValues"] == ["red"]
        answer = tagging.tag_resources(ResourceARNList=[found["ResourceARN"]], Tags={"level": "1"})
        assert answer["FailedResourcesMap"] == {}


# --- moto's own reset ------------------------------------------------------------------------


def reset_by_moto() -> None:
    # a module of its own is patched in: this goes no further than moto
    requests.post("http://motoapi.amazonaws.com/moto-api/reset", timeout=5).raise_for_status()


def test_motos_reset_does_what_ours_does() -> None:
    with mock_membership(now=START, seed=7) as mock:
        first = new_membership(client(mock, "security-ir"))
        for reset in (mock.reset, reset_by_moto):
            mock.organization(["shop"], management=MANAGEMENT)
            mock.clock.advance(days=1)
            mock.quotas.set("securityhub", "members", 3)
            mock.fail("CreateMembership", "ThrottlingException")
            reset()
            assert repr(mock.dump()) == "<Dump of an empty world>"
            assert (len(mock.calls), len(mock.faults), mock.clock.now()) == (0, 0, START)
            assert mock.quotas.get("securityhub", "members").limit != 3
            assert new_membership(client(mock, "security-ir")) == first


def test_motos_reset_empties_a_world_that_was_loaded(membership_mock: MembershipMock) -> None:
    new_membership(client(membership_mock, "security-ir"))
    dump = membership_mock.dump()
    membership_mock.reset()
    membership_mock.load(dump)
    reset_by_moto()
    assert repr(membership_mock.dump()) == "<Dump of an empty world>"


# --- faults, tokens and the clock, across restores -------------------------------------------


@pytest.mark.membership_mock(now=START, unused_plans="error")
def test_a_token_whose_answer_was_lost_is_known_or_not_as_the_world_says(
    membership_mock: MembershipMock,
) -> None:
    security = client(membership_mock, "security-ir")
    new_membership(security)
    before, dump = membership_mock.snapshot(), membership_mock.dump()
    fault = membership_mock.fail("CreateCase", ReadTimeoutError, after=True, times=2)
    for remaining in (1, 0):
        with pytest.raises(ReadTimeoutError):
            new_case(security, clientToken="once")
        assert fault.remaining == remaining  # what a fault has hit is not the world's
        lost = membership_mock.snapshot()
        membership_mock.restore(before)
        assert membership_mock.dump() == dump
    membership_mock.restore(lost)
    case = new_case(security, clientToken="once")
    assert [each["caseId"] for each in security.list_cases()["items"]] == [case]
    with membership_mock.rolled_back():
        membership_mock.clock.advance(days=1)
        assert new_case(security, clientToken="once") != case
    assert membership_mock.clock.now() == START
    assert new_case(security, clientToken="once") == case


def test_a_page_token_goes_with_its_world(membership_mock: MembershipMock) -> None:
    security = client(membership_mock, "security-ir")
    new_membership(security)
    empty = membership_mock.snapshot()
    for _ in range(3):
        new_case(security)
    token, full = security.list_cases(maxResults=1)["nextToken"], membership_mock.dump()
    membership_mock.restore(empty)
    assert security.list_cases(nextToken=token)["items"] == []
    membership_mock.reset()
    with pytest.raises(security.exceptions.ValidationException):
        security.list_cases(nextToken=token)
    membership_mock.load(full)
    assert len(security.list_cases(nextToken=token)["items"]) == 2


def test_a_reset_inside_blocks_of_all_tools_leaves_them_able_to_end(
    membership_mock: MembershipMock,
) -> None:
    new_membership(client(membership_mock, "security-ir"))
    before = membership_mock.dump()
    with (
        membership_mock.rolled_back(),
        membership_mock.clock.freeze(),
        membership_mock.strict("security-ir.*"),
        membership_mock.fail("CreateCase", "ThrottlingException") as fault,
        mock_membership(seed=1, account=SHOP) as inner,
        mock_aws(),
    ):
        inner.reset()
        new_membership(inner.client("security-ir"))
        assert inner.calls[-1].account == SHOP
    assert membership_mock.dump() == before
    assert not fault.fired
    assert not membership_mock.clock.frozen


# --- a refused change of the organization ----------------------------------------------------


def test_an_organization_that_refuses_a_change_is_remembered_as_it_was(
    membership_mock: MembershipMock,
) -> None:
    membership_mock.organization(["shop"], management=MANAGEMENT, trusted=["security-ir"])
    membership_mock.given.security_ir.membership(MANAGEMENT, entire_organization=True)
    before = membership_mock.dump()
    organizations = client(membership_mock, "organizations", MANAGEMENT)
    with pytest.raises(ClientError):
        organizations.remove_account_from_organization(AccountId=MANAGEMENT)
    assert before.difference(membership_mock.dump()) == ""


# --- the test's process and another one ------------------------------------------------------


@pytest.fixture
def remote(membership_mock: MembershipMock) -> Iterator[Any]:
    """A client that comes over HTTP, as another process would."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield boto3.client(
        "security-ir",
        endpoint_url=f"http://{host}:{port}",
        region_name=REGION,
        aws_access_key_id=BANK,
        aws_secret_access_key="x",
        config=ONCE,
    )
    server.stop()


@pytest.mark.membership_mock(now=START, settle="clock", unused_plans="error")
def test_the_tools_reach_those_who_come_over_http(
    membership_mock: MembershipMock, remote: Any
) -> None:
    new_membership(remote)
    before, dump = membership_mock.snapshot(), membership_mock.dump()
    membership_mock.fail("CreateCase", "InternalServerException", after=True, account=BANK)
    with pytest.raises(remote.exceptions.InternalServerException):
        new_case(remote, clientToken="once", resolverType="AWS")
    case = new_case(remote, clientToken="once", resolverType="AWS")
    membership_mock.clock.advance(hours=1)
    membership_mock.aws_side(BANK, REGION).update_case(case, title="Seen by AWS")
    seen = remote.get_case(caseId=case)
    assert seen["title"] == "Seen by AWS"
    assert seen["lastUpdatedDate"] == START + timedelta(hours=1)
    membership_mock.restore(before)
    assert membership_mock.dump() == dump
    assert remote.list_cases()["items"] == []
    with membership_mock.strict("security-ir.ListCases"):
        assert remote.list_cases()["total"] == 0
    with (
        pytest.raises(UnexpectedCall),  # at the end of the block, in the test's process
        membership_mock.strict("security-ir.ListCases"),
        pytest.raises(ClientError, match="UnexpectedCall"),
    ):
        remote.list_memberships()


# --- threads ---------------------------------------------------------------------------------


def test_threads_work_on_while_another_one_puts_the_world_back() -> None:
    with mock_membership(now=START, seed=1, region=REGION, unused_plans="ignore") as mock:
        org = mock.organization({"Prod": ["web"]}, delegated={"securityhub": "web"})
        new_membership(client(mock, "security-ir"))
        before, dump = mock.snapshot(), mock.dump()
        failed: list[BaseException] = []

        def work(seed: int) -> None:
            choice = random.Random(seed).choice
            security, hub = client(mock, "security-ir"), client(mock, "securityhub", org["web"])
            for _ in range(40):
                act = choice(
                    [
                        lambda: new_case(security),
                        security.list_cases,
                        hub.enable_security_hub,
                        hub.list_members,
                        lambda: new_case(client(mock, "security-ir"), clientToken="once"),
                        lambda: org.suspend("web"),
                        lambda: mock.load(dump),
                        lambda: mock.aws_side(BANK).open_case(),
                        lambda: mock.given.securityhub.findings(2, BANK),
                        lambda: mock.clock.advance(minutes=1),
                        lambda: mock.fail("CreateCase", "ThrottlingException"),
                        mock.diagram,
                        mock.report,
                    ]
                )
                try:
                    act()
                except (ClientError, UsageError):
                    pass
                except BaseException as error:
                    failed.append(error)
                    raise

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            mock.restore(before)
        for thread in threads:
            thread.join()
        assert failed == []
        mock.restore(before)
        assert dump.difference(mock.dump()) == ""


# --- nothing is left, however often ----------------------------------------------------------


def held() -> Counter[str]:
    """Return how many objects there are that last as long as a mock does."""
    gc.collect()
    kinds = (Running, World, Record, Fault)
    return Counter(type(each).__name__ for each in gc.get_objects() if isinstance(each, kinds))


def test_many_mocks_leave_no_object_of_theirs() -> None:
    before = held()  # what an earlier test's failure or fixture holds
    kept = []
    for number in range(60):
        with mock_membership(now=START, seed=number, settle="clock", strict="*") as mock:
            mock.fail("CreateCase", "ThrottlingException", times=None)
            mock.clock.advance(days=1)
            kept.append(mock.snapshot())
            with mock.rolled_back(), mock_membership(seed=number + 1) as inner:
                inner.quotas.set("securityhub", "members", 3)
                inner.reset()
            mock.restore(kept[-1])
            if number % 15 == 0:
                mock.given.security_ir.case(BANK)
                kept[-1], _ = mock.snapshot(), str(mock)
    del mock, inner
    assert held() <= before
