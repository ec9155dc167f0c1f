"""Canned answers, strict mode, unused plans and events over HTTP, and under RemoteMock's names."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from membership_mock import MembershipMock, UnexpectedCall, UnusedPlan, UsageError
from membership_mock.server.client import RemoteMock
from membership_mock.server.tools import served
from membership_mock.server.tools.json_values import with_bytes
from tests.samples import TEAM
from tests.server.raw_http import Raw

ADMIN, MEMBER = "111122223333", "444455556666"
ONCE = Config(retries={"total_max_attempts": 1})


@pytest.fixture
def remote(url: str) -> RemoteMock:
    return RemoteMock(url)


def listed(remote: RemoteMock, account: str = ADMIN, region: str = "eu-west-1") -> list[str]:
    """Return the names of the memberships that an account gets listed."""
    client = remote.client("security-ir", account, region, config=ONCE)
    return [each["membershipId"] for each in client.list_memberships()["items"]]


def canned(*ids: str) -> dict[str, Any]:
    """Return an answer of ListMemberships."""
    return {"items": [{"membershipId": each} for each in ids]}


# --- canned answers ---


def test_an_answer_is_given_used_and_withdrawn(server: Raw, remote: RemoteMock) -> None:
    sent = {
        "operation": "security-ir.ListMemberships",
        "answer": canned("m-000000000001"),
        "account": ADMIN,
    }
    given = server.tool("POST", "/answers/give", sent)
    assert (given["id"], given["used"], given["remaining"]) == (given["id"], 0, None)
    assert listed(remote) == ["m-000000000001"]
    assert listed(remote, MEMBER) == []
    state = server.tool("GET", f"/answers/{given['id']}")
    assert (state["used"], "used once" in state["text"]) == (1, True)
    used = server.tool("GET", f"/answers/{given['id']}/used")["calls"]
    assert [(call["operation"], call["account"]) for call in used] == [("ListMemberships", ADMIN)]
    assert server.tool("GET", "/answers") == [state]
    assert server.tool("DELETE", f"/answers/{given['id']}")["remaining"] == 0
    assert listed(remote) == []
    code, message = server.refusal("GET", "/answers/canned-answer-0")
    assert (code, f"nearest: '{given['id']}'" in message) == ("UsageError", True)


def test_answers_of_a_list_are_for_a_call_each_and_conditions_hold(remote: RemoteMock) -> None:
    several = remote.answer(
        "security-ir.ListMemberships",
        [canned("m-000000000001"), canned("m-000000000002")],
        region="eu-west-1",
    )
    assert listed(remote, region="us-east-1") == []
    assert [listed(remote) for _ in range(3)] == [["m-000000000001"], ["m-000000000002"], []]
    assert (len(several.used), several.remaining) == (2, 0)
    remote.answer(
        "security-ir.ListMemberships",
        canned("m-000000000003"),
        times=1,
        parameters={"maxResults": 5},
    )
    assert listed(remote) == []
    client = remote.client("security-ir", ADMIN)
    assert client.list_memberships(maxResults=5)["items"] == [{"membershipId": "m-000000000003"}]
    remote.answers.assert_all_used()


def test_instants_and_bytes_are_sent_and_wrong_forms_refused(
    remote: RemoteMock, server: Raw
) -> None:
    when = datetime(2026, 1, 31, 12, tzinfo=timezone.utc)
    remote.answer("securityhub.ListInvitations", {"Invitations": [{"InvitedAt": when}]})
    (invitation,) = remote.client("securityhub", ADMIN).list_invitations()["Invitations"]
    assert invitation["InvitedAt"] == when
    with pytest.raises(UsageError, match="does not answer like that"):
        remote.answer("security-ir.GetMembership", {"membershpId": "m-000000000001"})
    remote.answer("security-ir.GetMembership", {}, force=True)
    assert "GetMembership" in repr(remote.answers[1])
    assert with_bytes({"a": [{"base64": "AP8="}, {"base64": "", "b": 1}]}) == {
        "a": [b"\x00\xff", {"base64": "", "b": 1}]
    }
    sent = {"operation": "security-ir.ListCases", "answer": {"base64": "!"}}
    assert "is not base64" in server.refusal("POST", "/answers/give", sent)[1]


def test_answers_that_no_call_has_had_are_told(remote: RemoteMock, mock: MembershipMock) -> None:
    unused = remote.answer("security-ir.ListMemberships", [canned("m-000000000001")])
    assert "gives 1 answer, once" in repr(unused)
    with remote.answer("security-ir.ListCases", {}) as over:
        pass
    assert [each.id for each in remote.answers.unused] == [unused.id, over.id]
    assert over.remaining == 0
    with pytest.raises(UnusedPlan, match="2 canned answers were never used"):
        remote.answers.assert_all_used()
    assert [repr(each) for each in remote.answers] == [repr(each) for each in mock.answers]
    remote.answers.clear()
    assert (len(remote.answers), repr(remote.answers)) == (0, "no canned answers")
    remote.answers.assert_all_used()


def test_functions_stay_in_the_process_and_the_message_says_so(
    remote: RemoteMock, server: Raw
) -> None:
    with pytest.raises(UsageError, match="is a function, which cannot be sent to a server"):
        remote.answer("security-ir.ListMemberships", lambda call: canned())  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="where is a function"):
        remote.answer("security-ir.ListMemberships", canned(), where=bool)
    with pytest.raises(AttributeError, match="no 'before': a hook runs a function, which cannot"):
        remote.before("ListMemberships", print)
    with pytest.raises(AttributeError, match="no 'report': it is for the process that runs"):
        remote.report()
    with pytest.raises(AttributeError, match="no 'anwser'; nearest: 'answer'"):
        remote.anwser()
    with pytest.raises(UsageError, match=r"use mock\.events\.on_target in the process"):
        remote.events.on_target("arn:aws:lambda:*", print)
    for path in ("/hooks", "/before", "/events/on-target", "/clock/virtual_sleep"):
        code, message = server.refusal("POST", path, {}, status=404)
        assert code == "OnlyInProcess"
        assert "Use it in the process that runs the mock" in message


# --- faults ---


def test_entries_are_refused_and_the_first_calls_skipped(
    remote: RemoteMock, mock: MembershipMock
) -> None:
    first, second = (each.id for each in mock.given.securityhub.findings(2, ADMIN))
    hub = remote.client("securityhub", ADMIN)
    remote.faults.refuse_entries("securityhub.BatchUpdateFindings", [{"Id": second}], skip=1)

    def update() -> list[str]:
        arns = {each["Id"]: each["ProductArn"] for each in hub.get_findings()["Findings"]}
        answer = hub.batch_update_findings(
            FindingIdentifiers=[{"Id": each, "ProductArn": arns[each]} for each in (first, second)],
            Note={"Text": "Seen.", "UpdatedBy": "us"},
        )
        return [each["FindingIdentifier"]["Id"] for each in answer["UnprocessedFindings"]]

    assert [update() for _ in range(3)] == [[], [second], []]


def test_a_fault_that_is_over_unfired_is_told_as_in_process(remote: RemoteMock) -> None:
    with remote.fail("securityhub.ListMembers", "InternalException") as fault:
        pass
    assert fault.remaining == 0
    assert [each.id for each in remote.faults.unfired] == [fault.id]
    fault.cancel()
    assert remote.faults.unfired == []


# --- strict mode ---


def test_only_allowed_calls_succeed_until_strict_mode_stops(
    server: Raw, remote: RemoteMock
) -> None:
    outer = server.tool("POST", "/strict/start", {"allowed": ["security-ir.List*"]})
    inner = server.tool("POST", "/strict/start")
    assert server.tool("GET", "/strict") == [outer, inner]
    with pytest.raises(ClientError, match=r"UnexpectedCall.*allows only: nothing"):
        listed(remote)
    code, message = server.refusal("POST", "/strict/stop")
    assert (code, "ListMemberships was called by" in message) == ("UnexpectedCall", True)
    assert listed(remote) == []
    server.tool("POST", "/reset")
    assert server.tool("GET", "/strict") == [outer]
    assert server.tool("POST", "/strict/stop", {"id": outer["id"]}) is None
    code, message = server.refusal("POST", "/strict/stop")
    assert message == "There is no block of strict mode. There are: none."
    code, message = server.refusal("POST", "/strict/start", {"allowed": ["securtyhub.*"]})
    assert "nearest: 'securityhub.*'" in message
    assert server.tool("GET", "/strict") == []


def test_strict_mode_is_a_block_in_python(remote: RemoteMock, mock: MembershipMock) -> None:
    with remote.strict("security-ir.*"):
        assert listed(remote) == []
        mock.given.securityhub.hub(ADMIN)  # setting up is allowed
    with (
        pytest.raises(UnexpectedCall, match="securityhub"),
        remote.strict("securityhub.*"),
        pytest.raises(ClientError),
    ):
        listed(remote)
    with pytest.raises(ZeroDivisionError), remote.strict():
        with pytest.raises(ClientError):
            listed(remote)
        raise ZeroDivisionError
    assert listed(remote) == []


# --- what was never used ---


def test_the_report_names_what_was_never_used(remote: RemoteMock) -> None:
    assert (remote.unused_plans().count, remote.unused_plans().report) == (0, None)
    remote.fail("securityhub.ListMembers", "InternalException", skip=2)
    remote.answer("security-ir.ListMemberships", canned(), account=MEMBER)
    remote.aws_side(ADMIN).end_query("FAILED")
    listed(remote)
    found = remote.unused_plans()
    assert found.count == 2
    assert found.report is not None
    assert "One fault never fired" in found.report
    assert f"ListMemberships by {ADMIN}" in found.report
    assert "One planned ending was never used" in found.report


def test_a_server_does_not_grow_by_plans_that_are_used_up(
    server: Raw, remote: RemoteMock, mock: MembershipMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served, "MOST_PLANS", 3)
    waiting = remote.fail("securityhub.ListMembers", "InternalException")
    for _ in range(9):
        remote.answer("security-ir.ListMemberships", canned("m-000000000001"), times=1)
        assert listed(remote) == ["m-000000000001"]
    assert 3 <= len(remote.answers) <= 7
    assert remote.answers[-1].id == "canned-answer-9" or remote.answers[-1].remaining == 0
    assert [each.id for each in remote.faults.unfired] == [waiting.id]


def test_a_plan_for_all_calls_keeps_as_many_hits_as_the_record_has_calls(
    remote: RemoteMock, mock: MembershipMock
) -> None:
    record = mock._running().record
    record.most = 3
    try:
        answer = remote.answer("security-ir.ListMemberships", canned("m-000000000001"))
        limited = remote.answer("security-ir.ListCases", {}, times=20)
        for _ in range(10):
            listed(remote)
            remote.client("security-ir", ADMIN).list_cases()
    finally:
        record.most = None
    (there,) = [each for each in mock.answers if each._wanted.times is None]
    assert len(there._hits) <= 6
    assert "used 10 times" in repr(there)
    assert limited.remaining == 10
    assert [call.operation for call in answer.used] == ["ListMemberships"] * len(answer.used)


def test_the_report_finds_the_nearest_call_in_a_record_that_drops_calls(
    remote: RemoteMock, mock: MembershipMock
) -> None:
    record = mock._running().record
    record.most = 2
    try:
        for _ in range(3):
            listed(remote)
        remote.answer("security-ir.ListMemberships", canned("m-000000000001"), account=MEMBER)
        listed(remote)
        listed(remote)
        assert f"from {ADMIN}, not {MEMBER}" in str(remote.unused_plans().report)
    finally:
        record.most = None


# --- events ---


def test_events_are_listed_filtered_and_cut(
    server: Raw, remote: RemoteMock, mock: MembershipMock
) -> None:
    client = remote.client("security-ir", ADMIN)
    client.create_membership(membershipName="Response", incidentResponseTeam=TEAM)
    before = server.tool("GET", "/events")["last"]
    mock.given.securityhub.hub(ADMIN)
    mock.given.securityhub.hub(MEMBER)
    findings = [
        mock.given.securityhub.finding(each, Severity={"Label": label})
        for each, label in ((ADMIN, "HIGH"), (MEMBER, "LOW"))
    ]
    assert len(findings) == 2
    found = server.tool("GET", f"/events?source=securityhub&account={ADMIN}")
    assert [each["account"] for each in found["events"]] == [ADMIN]
    assert found["events"][0]["detail"]["findings"][0]["Severity"]["Label"] == "HIGH"
    pattern = '{"detail":{"findings":{"Severity":{"Label":["LOW"]}}}}'
    low = server.tool("GET", f"/events?pattern={pattern}")["events"]
    assert [each["account"] for each in low] == [MEMBER]
    some = server.tool("GET", f"/events?since={before}&limit=1")
    assert (len(some["events"]), some["last"]) == (1, before + 2)
    _, message = server.refusal("GET", "/events?limit=-1")
    assert message == "limit is a number from 0 on, not -1."
    server.refusal("GET", "/events?pattern=[]")
    server.refusal("GET", "/events?account=1")


def test_events_and_their_deliveries_are_asserted_in_python(
    remote: RemoteMock, mock: MembershipMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("membership_mock.server.client.remote_events._BATCH", 2)
    rules = remote.client("events", ADMIN)
    rules.put_rule(Name="high", EventPattern='{"source":["aws.securityhub"]}')
    target = f"arn:aws:lambda:eu-west-1:{ADMIN}:function:triage"
    rules.put_targets(Rule="high", Targets=[{"Id": "1", "Arn": target}])
    mock.given.securityhub.findings(3, ADMIN)
    assert [repr(each) for each in remote.events] == [repr(each) for each in mock.events]
    assert [each.id for each in remote.events] == [each.id for each in mock.events]
    assert [each.message for each in remote.events] == [each.message for each in mock.events]
    sent = remote.events.assert_sent(
        "Security Hub Findings - Imported", times=3, account=ADMIN, rule="high",
        where=lambda event: event.rules == ["high"],
    )  # fmt: skip
    assert sent[0].deliveries == mock.events[0].deliveries
    assert sent.undelivered == mock.events.undelivered
    assert sent.undelivered[0].target == target
    remote.events.assert_not_sent(source="security-ir")
    with pytest.raises(AssertionError, match="What was sent instead"):
        remote.events.assert_sent("Case Created")
    mock.reset()
    assert len(remote.events) == 0
