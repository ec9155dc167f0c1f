"""RemoteMock: the toolbox of a server under the names that a mock in this process has."""

from __future__ import annotations

import io
import socket
from datetime import date, timedelta

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError

from membership_mock import (
    Dump,
    MembershipMock,
    NotRunning,
    SeedRefused,
    UnfiredFault,
    UsageError,
)
from membership_mock.server.client import RemoteMock
from membership_mock.server.tools.table import TOOLS
from tests.samples import new_membership

ADMIN, MEMBER = "111122223333", "444455556666"
NO_RETRIES = Config(retries={"total_max_attempts": 1})


@pytest.fixture
def remote(url: str) -> RemoteMock:
    return RemoteMock(url)


# --- calls ---


def test_clients_call_the_server_as_the_account(remote: RemoteMock, mock: MembershipMock) -> None:
    client = remote.client("security-ir", account=ADMIN, region="us-east-1")
    membership = new_membership(client)
    default = remote.client("security-ir")
    assert default.list_memberships()["items"] == []
    first, second = mock.calls
    assert (first.account, first.region) == (ADMIN, "us-east-1")
    assert (second.account, second.region) == ("123456789012", "eu-west-1")
    assert client.get_membership(membershipId=membership)["accountId"] == ADMIN


def test_calls_are_read_filtered_and_asserted(remote: RemoteMock, mock: MembershipMock) -> None:
    client = remote.client("security-ir", account=ADMIN)
    membership = new_membership(client)
    with pytest.raises(ClientError):
        client.get_membership(membershipId="m-abcdefghijklmnop")
    assert [repr(call) for call in remote.calls] == [repr(call) for call in mock.calls]
    created, refused = remote.calls
    assert created.answer == {"membershipId": membership}
    assert created.at == mock.calls[0].at
    assert (created.status, created.error, created.error_code) == (201, None, None)
    assert (refused.error_code, refused.answer) == (mock.calls[1].error_code, None)
    assert str(refused.error) == str(mock.calls[1].error)
    remote.calls.assert_called("CreateMembership", account=ADMIN, times=1)
    remote.calls.assert_in_order("CreateMembership", "GetMembership", exactly=True)
    assert len(remote.calls.filter(where=lambda call: call.error is not None)) == 1
    with pytest.raises(AssertionError, match="expected CancelMembership to be called"):
        remote.calls.assert_called("CancelMembership")
    client.list_memberships()
    assert remote.calls[-1].operation == "ListMemberships"
    remote.reset()
    assert len(remote.calls) == 0
    client.list_memberships()
    assert len(remote.calls) == 1


def test_more_calls_than_one_answer_holds_are_all_read(
    remote: RemoteMock, mock: MembershipMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("membership_mock.server.client.remote_calls._BATCH", 3)
    for _ in range(7):
        mock.client("security-ir").list_memberships()
    assert len(remote.calls) == 7
    mock.client("security-ir").list_memberships()
    assert len(remote.calls) == 8


# --- faults ---


def test_faults_are_injected_read_and_withdrawn(remote: RemoteMock) -> None:
    hub = remote.client("securityhub", account=ADMIN, config=NO_RETRIES)
    with remote.fail(
        "securityhub.ListMembers", "InternalException", times=None, account=ADMIN
    ) as fault:
        with pytest.raises(hub.exceptions.InternalException):
            hub.list_members()
        assert [call.operation for call in fault.fired] == ["ListMembers"]
        assert fault.remaining is None
    assert fault.remaining == 0
    remote.given.securityhub.hub(ADMIN)
    hub.list_members()
    assert len(remote.faults) == 1
    assert repr(remote.faults[0]).startswith("<Fault: securityhub.ListMembers answers")
    remote.faults.clear()
    assert list(remote.faults) == []


def test_errors_are_named_by_classes_and_exceptions_as_well(remote: RemoteMock) -> None:
    hub = remote.client("securityhub", account=ADMIN, config=NO_RETRIES)
    error = ClientError(
        {"Error": {"Code": "LimitExceededException", "Message": "Enough."}}, "CreateMembers"
    )
    remote.fail("CreateMembers", error)
    remote.fail("securityhub.ListMembers", hub.exceptions.InternalException)
    remote.fail("GetFindings", ReadTimeoutError(endpoint_url="x"))
    with pytest.raises(hub.exceptions.LimitExceededException, match="Enough"):
        hub.create_members(AccountDetails=[{"AccountId": MEMBER}])
    with pytest.raises(hub.exceptions.InternalException):
        hub.list_members()
    assert "ends in ReadTimeoutError" in repr(remote.faults[2])
    (unfired,) = remote.faults.unfired
    assert unfired.id == remote.faults[2].id
    with pytest.raises(UnfiredFault, match="GetFindings"):
        remote.faults.assert_all_fired()


def test_delays_and_refused_accounts_reach_the_server(
    remote: RemoteMock, mock: MembershipMock
) -> None:
    remote.faults.delay("ListMembers", 7, times=2)
    remote.faults.refuse_accounts("CreateMembers", [MEMBER], reason="no")
    assert [repr(each) for each in remote.faults] == [repr(each) for each in mock.faults]


def test_a_function_cannot_be_sent(remote: RemoteMock) -> None:
    with pytest.raises(UsageError, match="where is a function, which cannot be sent"):
        remote.fail("securityhub.ListMembers", "InternalException", where=lambda call: True)


# --- set-up ---


def test_seeds_return_what_they_return_in_process(remote: RemoteMock, mock: MembershipMock) -> None:
    member = remote.given.securityhub.member(ADMIN, MEMBER, "Invited")
    assert member == mock.given.securityhub.member(ADMIN, MEMBER, "Invited")
    room = remote.given.cleanrooms.joined_collaboration([ADMIN, MEMBER])
    assert room.memberships.keys() == {ADMIN, MEMBER}
    table = remote.given.cleanrooms.associated_table(room, ADMIN)
    assert table.collaboration_id == room.id
    findings = remote.given.securityhub.findings(2, ADMIN)
    assert len(findings) == 2
    assert findings[0].account == ADMIN
    names = remote.given.world({"accounts": {"shop": ADMIN}})
    assert names == {"shop": ADMIN}


def test_aws_acts_and_planned_endings_reach_queries(
    remote: RemoteMock, mock: MembershipMock
) -> None:
    room = remote.given.cleanrooms.joined_collaboration([ADMIN, MEMBER])
    remote.given.cleanrooms.associated_table(room, ADMIN)
    remote.aws_side(ADMIN).end_query("FAILED", error={"message": "Out of memory."})
    query = remote.given.cleanrooms.query(room, "SUBMITTED")
    there = remote.client("cleanrooms", account=ADMIN)
    for _ in range(3):
        state = there.get_protected_query(
            membershipIdentifier=query.membership_id, protectedQueryIdentifier=query.id
        )["protectedQuery"]
    assert (state["status"], state["error"]["message"]) == ("FAILED", "Out of memory.")


@pytest.mark.newest_model
def test_days_and_counts_are_sent(remote: RemoteMock, mock: MembershipMock) -> None:
    membership = remote.given.security_ir.membership(ADMIN).membership_id
    aws, day = remote.aws_side(ADMIN), mock.clock.now().date()
    aws.record_finding_metrics(membership, day, findings_triaged=3)
    with pytest.raises(TypeError, match="findings_trigaed"):
        aws.record_finding_metrics(membership, day, findings_trigaed=1)


def test_an_organization_is_built(remote: RemoteMock) -> None:
    built = remote.organization(
        {"security": MEMBER, "Prod": ["shop"]}, delegated={"securityhub": "security"}
    )
    assert built["accounts"]["security"] == MEMBER
    listed = remote.client("organizations").list_delegated_administrators()
    assert [each["Id"] for each in listed["DelegatedAdministrators"]] == [MEMBER]


def test_the_clock_moves(remote: RemoteMock, mock: MembershipMock) -> None:
    with remote.clock.freeze("2030-01-31") as clock:
        assert remote.clock.frozen
        clock.advance(timedelta(days=1))
        clock.advance(minutes=30)
        assert clock.now() == mock.clock.now()
        assert clock.now().isoformat() == "2030-02-01T00:30:00+00:00"
        clock.move_to(date(2030, 3, 1))
        assert "2030-03-01T00:00:00+00:00, frozen" in repr(clock)
    assert not remote.clock.frozen
    with pytest.raises(UsageError, match="cannot go back"):
        remote.clock.move_to("2029-01-01")
    with pytest.raises(UsageError, match="was given nothing"):
        remote.clock.advance()


def test_quotas_are_read_and_set(remote: RemoteMock, mock: MembershipMock) -> None:
    remote.quotas.set("cleanrooms", "members_per_collaboration", 3, account=ADMIN)
    found = remote.quotas.get("cleanrooms", "members_per_collaboration", account=ADMIN)
    assert found == mock.quotas.get("cleanrooms", "members_per_collaboration", account=ADMIN)
    assert found.left == 3
    assert list(remote.quotas) == list(mock.quotas)
    assert len(remote.quotas) == len(mock.quotas)
    remote.quotas.unset()
    assert remote.quotas.states("cleanrooms", account=ADMIN)[0].limit != 3


# --- the world ---


def test_the_world_is_kept_put_back_and_loaded(remote: RemoteMock, mock: MembershipMock) -> None:
    empty = remote.snapshot()
    remote.given.securityhub.hub(ADMIN)
    dump = remote.dump()
    assert dump == mock.dump()
    assert isinstance(dump, Dump)
    with remote.rolled_back():
        remote.given.securityhub.hub(MEMBER)
        assert remote.dump() != dump
    assert remote.dump() == dump
    remote.restore(empty)
    assert remote.dump() != dump
    remote.load(dump)
    assert remote.dump() == dump
    with pytest.raises(UsageError, match=r"load\(\) takes what dump\(\) returned"):
        remote.load("{}")  # type: ignore[arg-type]


def test_the_world_is_shown(remote: RemoteMock, mock: MembershipMock) -> None:
    remote.given.securityhub.member(ADMIN, MEMBER)
    assert str(remote) == str(mock)
    text = io.StringIO()
    remote.show(account=MEMBER, file=text)
    assert f"member of {ADMIN}" in text.getvalue()
    assert remote.diagram() == mock.diagram()
    assert remote.diagram("svg", account=ADMIN) == mock.diagram("svg", account=ADMIN)


# --- errors ---


def test_refusals_are_the_errors_of_the_mock_with_its_message(
    remote: RemoteMock, mock: MembershipMock
) -> None:
    with pytest.raises(SeedRefused) as refused:
        remote.given.securityhub.member(ADMIN, ADMIN)
    with pytest.raises(SeedRefused) as here:
        mock.given.securityhub.member(ADMIN, ADMIN)
    assert str(refused.value) == str(here.value)
    with pytest.raises(UsageError, match="nearest: 'account'"):
        remote.given.securityhub.hub(acount=ADMIN)  # type: ignore[call-arg]
    with pytest.raises(
        AttributeError, match=r"given\.securityhub has no 'membr'; nearest: 'member"
    ):
        remote.given.securityhub.membr(ADMIN)  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match="takes 1 arguments by position"):
        remote.aws_side(ADMIN).close_ocsf_finding("a", "b")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="'case_id' twice"):
        remote.aws_side(ADMIN).update_case("1", case_id="2")  # type: ignore[misc]


def test_a_server_that_is_not_there_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    with pytest.raises(NotRunning, match=rf"answers at http://127.0.0.1:{port}: .*refused"):
        RemoteMock(f"http://127.0.0.1:{port}").health()
    with pytest.raises(UsageError, match=r"A server's URL is e\.g\."):
        RemoteMock("127.0.0.1:5000")


def test_every_seed_and_act_of_aws_has_its_name_there(remote: RemoteMock) -> None:
    for tool in TOOLS:
        if tool.name.startswith(("given.", "aws_side.")):
            where: object = remote.aws_side() if tool.on_a_side else remote.given
            for part in tool.name.split(".")[1:]:
                assert part in dir(where)
                where = getattr(where, part)
            assert where.__doc__ == tool.says.__doc__
    assert boto3.DEFAULT_SESSION is None or remote.session(ADMIN, "eu-west-1") is not None
