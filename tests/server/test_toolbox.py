"""The tools over HTTP: what they do, and how they refuse."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from botocore.config import Config
from werkzeug.test import Client

from membership_mock import MembershipMock
from membership_mock.engine.protocol.model import OperationNotFoundError
from membership_mock.server.application import Application
from membership_mock.server.tools.served import Served
from membership_mock.server.tools.table import TOOLS
from membership_mock.server.tools.tool import REQUIRED, Tool
from membership_mock.services import SERVICES
from tests.samples import new_membership
from tests.server.raw_http import Raw, signature

ADMIN, MEMBER = "111122223333", "444455556666"
NO_RETRIES = Config(retries={"total_max_attempts": 1})


# --- state of the server ---


def test_health_says_what_is_served(server: Raw, mock: MembershipMock) -> None:
    new_membership(mock.client("security-ir"))
    health = server.tool("GET", "/health")
    assert health["status"] == "running"
    assert health["services"] == {name: len(kind.handlers) for name, kind in SERVICES.items()}
    assert (health["account"], health["region"]) == ("123456789012", "eu-west-1")
    assert health["calls"] == 1
    assert server.tool("GET", "/ready") == "ready"


def test_reset_empties_the_world_the_record_and_the_faults(
    server: Raw, mock: MembershipMock
) -> None:
    new_membership(mock.client("security-ir", account=ADMIN))
    server.tool("POST", "/faults/fail", {"operation": "ListCases", "error": "ThrottlingException"})
    assert server.tool("POST", "/reset") is None
    assert mock.client("security-ir", account=ADMIN).list_memberships()["items"] == []
    assert server.tool("GET", "/faults") == []
    assert [call.operation for call in mock.calls] == ["ListMemberships"]


# --- faults ---


def test_a_fault_is_injected_listed_and_hits_calls(server: Raw, mock: MembershipMock) -> None:
    fault = server.tool(
        "POST",
        "/faults/fail",
        {"operation": "securityhub.ListMembers", "error": "InternalException", "times": None},
    )
    assert fault["remaining"] is None
    hub = mock.client("securityhub", account=ADMIN, config=NO_RETRIES)
    with pytest.raises(hub.exceptions.InternalException):
        hub.list_members()
    assert server.tool("GET", f"/faults/{fault['id']}")["fired"] == 1
    (hit,) = server.tool("GET", f"/faults/{fault['id']}/fired")["calls"]
    assert (hit["operation"], hit["error"]["code"]) == ("ListMembers", "InternalException")

    assert server.tool("DELETE", f"/faults/{fault['id']}")["remaining"] == 0
    mock.given.securityhub.hub(ADMIN)
    hub.list_members()
    assert [each["id"] for each in server.tool("GET", "/faults")] == [fault["id"]]
    server.tool("DELETE", "/faults")
    assert server.tool("GET", "/faults") == []


def test_faults_that_hit_nothing_are_told(server: Raw) -> None:
    late = server.tool("POST", "/faults/delay", {"operation": "GetCase", "seconds": 5})
    assert server.tool("GET", "/faults/unfired") == [late]
    code, message = server.refusal("POST", "/faults/assert_all_fired")
    assert code == "UnfiredFault"
    assert "security-ir.GetCase" in message


def test_accounts_are_refused(server: Raw, mock: MembershipMock) -> None:
    server.tool("POST", "/given/securityhub/hub", {"account": ADMIN})
    server.tool(
        "POST",
        "/faults/refuse_accounts",
        {"operation": "CreateMembers", "accounts": [MEMBER], "reason": "no"},
    )
    hub = mock.client("securityhub", account=ADMIN)
    answer = hub.create_members(AccountDetails=[{"AccountId": MEMBER, "Email": "a@example.com"}])
    assert answer["UnprocessedAccounts"] == [{"AccountId": MEMBER, "ProcessingResult": "no"}]


def test_the_id_of_a_fault_is_no_other_faults_after_a_reset(
    server: Raw, mock: MembershipMock
) -> None:
    sent = {"operation": "ListCases", "error": "ThrottlingException"}
    before = server.tool("POST", "/faults/fail", sent)["id"]
    mock.reset()
    after = server.tool("POST", "/faults/fail", sent)["id"]
    assert before != after
    code, message = server.refusal("GET", f"/faults/{before}")
    assert code == "UsageError"
    assert message.startswith(f"There is no fault '{before}'")


# --- clock and quotas ---


def test_the_clock_is_frozen_moved_and_let_go(server: Raw, mock: MembershipMock) -> None:
    frozen = server.tool("POST", "/clock/freeze", {"at": "2030-01-31"})
    assert frozen == {"now": "2030-01-31T00:00:00+00:00", "frozen": True}
    server.tool("POST", "/clock/advance", {"days": 1, "minutes": 30})
    assert mock.clock.now() == datetime(2030, 2, 1, 0, 30, tzinfo=timezone.utc)
    assert server.tool("POST", "/clock/move-to", {"at": "2030-03-01T01:00:00+01:00"})["frozen"]
    assert server.tool("GET", "/clock")["now"] == "2030-03-01T00:00:00+00:00"
    assert server.tool("POST", "/clock/unfreeze")["frozen"] is False
    code, message = server.refusal("POST", "/clock/move_to", {"at": "2029-01-01"})
    assert code == "UsageError"
    assert "cannot go back" in message


def test_quotas_are_read_set_and_unset(server: Raw, mock: MembershipMock) -> None:
    place = {"service": "cleanrooms", "name": "members_per_collaboration"}
    server.tool("POST", "/quotas/set", {**place, "limit": 3, "account": ADMIN})
    found = server.tool("GET", f"/quotas/get?{urlencode({**place, 'account': ADMIN})}")
    assert (found["limit"], found["default"], found["used"]) == (3, 5, 0)
    assert server.tool("GET", f"/quotas/get?{urlencode(place)}")["limit"] == 5
    assert len(server.tool("GET", "/quotas")) == len(mock.quotas)
    server.tool("POST", "/quotas/unset", place)
    assert mock.quotas.get(**place, account=ADMIN).limit == 5


# --- seeds and AWS's side ---


def test_a_seed_answers_what_it_has_made(server: Raw, mock: MembershipMock) -> None:
    seeded = server.tool(
        "POST",
        "/given/securityhub/member",
        {"administrator": ADMIN, "account": MEMBER, "status": "Invited"},
    )
    assert (seeded["status"], seeded["by"], seeded["region"]) == (
        "Invited",
        "invitation",
        "eu-west-1",
    )
    invitations = mock.client("securityhub", account=MEMBER).list_invitations()["Invitations"]
    assert [each["InvitationId"] for each in invitations] == [seeded["invitation_id"]]


def test_the_result_of_a_seed_is_an_argument_of_another(server: Raw, mock: MembershipMock) -> None:
    room = server.tool(
        "POST", "/given/cleanrooms/joined_collaboration", {"accounts": [ADMIN, MEMBER]}
    )
    table = server.tool(
        "POST", "/given/cleanrooms/associated_table", {"collaboration": room, "account": ADMIN}
    )
    assert table["collaboration_id"] == room["id"]
    budget = server.tool("POST", "/given/cleanrooms/access_budget", {"table": table, "budget": 3})
    assert budget["account"] == ADMIN
    del table["region"], table["name"]
    code, message = server.refusal("POST", "/given/cleanrooms/access_budget", {"table": table})
    assert code == "UsageError"
    assert message.startswith("table lacks 'name': send the whole SeededTableAssociation")


def test_a_service_may_be_spelt_as_its_id(server: Raw) -> None:
    assert (
        server.tool("POST", "/given/security-ir/membership", {"account": ADMIN})["account"] == ADMIN
    )


def test_a_world_is_seeded_from_a_mapping(server: Raw, mock: MembershipMock) -> None:
    names = server.tool(
        "POST",
        "/given/world",
        {
            "accounts": {"shop": ADMIN},
            "organization": {"tree": {"security": None}},
            "securityhub": [{"hub": {"account": "$shop"}, "as": "hub"}],
        },
    )
    assert names["shop"] == names["hub"]["account"] == ADMIN
    assert set(names["organization"]["accounts"]) == {"management", "security"}


def test_a_refused_seed_says_why_and_changes_nothing(server: Raw, mock: MembershipMock) -> None:
    before = mock.dump()
    code, message = server.refusal(
        "POST", "/given/securityhub/member", {"administrator": ADMIN, "account": ADMIN}
    )
    assert code == "SeedRefused"
    assert "way out" in message
    assert mock.dump() == before


def test_aws_acts_for_an_account_in_a_region(server: Raw, mock: MembershipMock) -> None:
    case = server.tool(
        "POST",
        "/given/security_ir/case",
        {"account": ADMIN, "region": "us-east-1", "resolver": "AWS"},
    )
    where = urlencode({"account": ADMIN, "region": "us-east-1"})
    said = {"case_id": case["case_id"], "body": "When did it start?", "asks_customer": True}
    comment = server.tool("POST", f"/aws_side/comment?{where}", said)
    client = mock.client("security-ir", account=ADMIN, region="us-east-1")
    (there,) = client.list_comments(caseId=case["case_id"])["items"]
    assert (there["commentId"], there["body"]) == (comment, "When did it start?")
    code, _ = server.refusal("POST", "/aws_side/comment", said)  # another account has no such case
    assert code == "UsageError"


def test_bytes_are_text_or_base64(server: Raw, mock: MembershipMock) -> None:
    for content, size in (("text", 4), ({"base64": "AAEC"}, 3)):
        seeded = server.tool(
            "POST",
            "/given/security_ir/attachment",
            {"account": ADMIN, "content": content, "file_name": f"{size}.bin"},
        )
        case = mock.client("security-ir", account=ADMIN).get_case(caseId=seeded["case_id"])
        assert seeded["file_name"] in [each["fileName"] for each in case["caseAttachments"]]
    code, message = server.refusal(
        "POST", "/given/security_ir/attachment", {"content": {"base64": "?"}}
    )
    assert (code, message[:21]) == ("UsageError", "content.base64 is not")


def test_an_organization_is_built(server: Raw, mock: MembershipMock) -> None:
    built = server.tool(
        "POST", "/organization", {"tree": {"security": MEMBER, "Prod": ["shop"]}, "trusted": []}
    )
    assert built["accounts"]["security"] == MEMBER
    listed = mock.client("organizations").list_accounts()["Accounts"]
    assert {each["Id"] for each in listed} == set(built["accounts"].values())
    assert list(built["units"]) == ["Prod"]


# --- the world ---


def test_the_world_goes_back_to_a_snapshot(server: Raw, mock: MembershipMock) -> None:
    empty = server.tool("POST", "/snapshot")
    server.tool("POST", "/given/securityhub/hub", {"account": ADMIN})
    assert empty in server.tool("GET", "/snapshots")
    server.tool("POST", "/restore", {"snapshot": empty["id"]})
    assert mock.client("securityhub", account=MEMBER).list_invitations is not None
    assert "hub" not in str(mock)
    server.tool("DELETE", f"/snapshots/{empty['id']}")
    code, message = server.refusal("POST", "/restore", {"snapshot": empty["id"]})
    assert code == "UsageError"
    assert message.startswith(f"There is no snapshot '{empty['id']}'")


def test_a_server_does_not_grow_by_snapshots_for_ever(
    mock: MembershipMock, in_process: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("membership_mock.server.tools.served.MOST_SNAPSHOTS", 2)
    url = "/_membership/snapshot"
    kept = [in_process.post(url) for _ in range(3)]
    assert [each.status_code for each in kept] == [200, 200, 400]
    assert "forget some" in kept[-1].json["message"]
    for each in kept[:2]:
        in_process.delete(f"{url}s/{each.json['id']}")
    assert in_process.get(f"{url}s").json == []


def test_a_dump_is_loaded_again(server: Raw, mock: MembershipMock) -> None:
    server.tool("POST", "/given/securityhub/member", {"administrator": ADMIN, "account": MEMBER})
    dump = server.tool("GET", "/dump")
    server.tool("POST", "/reset")
    server.tool("POST", "/load", dump)
    assert server.tool("GET", "/dump")["stores"] == dump["stores"]
    for broken in ({}, {"format": 0}, {**dump, "stores": 1}):
        assert server.refusal("POST", "/load", broken)[0] == "UsageError"
    assert server.tool("GET", "/dump")["stores"] == dump["stores"]


def test_the_world_is_shown_as_text_and_drawn(server: Raw, mock: MembershipMock) -> None:
    mock.given.securityhub.member(ADMIN, MEMBER)
    shown = server.send("GET", f"/_membership/show?account={ADMIN}&service=securityhub")
    assert shown.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert f"has member {MEMBER} Enabled" in shown.text
    drawn = server.send("GET", "/_membership/diagram")
    assert drawn.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert drawn.text == mock.diagram("svg")
    words = server.send("GET", "/_membership/diagram?format=mermaid")
    assert words.headers["Content-Type"].startswith("text/plain")
    assert words.text == mock.diagram("mermaid")
    assert server.refusal("GET", "/diagram?format=png")[0] == "UsageError"


# --- calls ---


def test_calls_are_filtered_counted_and_cut(server: Raw, mock: MembershipMock) -> None:
    one, two = (mock.client("security-ir", account=each) for each in (ADMIN, MEMBER))
    membership = new_membership(one)
    for _ in range(3):
        two.list_memberships()
    with pytest.raises(two.exceptions.ClientError):
        two.get_membership(membershipId=membership)

    def found(**query: Any) -> dict[str, Any]:
        answer: dict[str, Any] = server.tool("GET", f"/calls?{urlencode(query)}")
        return answer

    every = found()
    assert [call["operation"] for call in every["calls"]] == [
        "CreateMembership",
        *["ListMemberships"] * 3,
        "GetMembership",
    ]
    first, *_, refused = every["calls"]
    assert first["answer"]["membershipId"] == membership
    assert first["parameters"]["membershipName"] == "Incident response"
    assert (refused["status"], refused["error"]["code"]) == (403, "AccessDeniedException")
    assert refused["answer"] is None
    numbers = [call["number"] for call in every["calls"]]
    assert numbers == list(range(numbers[0], numbers[0] + 5))
    assert every["last"] == numbers[-1]

    assert found(operation="*.List*", account=MEMBER)["matching"] == 3
    assert found(service="security-ir", error="AccessDeniedException")["calls"] == [refused]
    assert found(region="us-east-1")["calls"] == []
    assert found(parameters=json.dumps({"membershipId": membership}))["calls"] == [refused]
    assert [call["number"] for call in found(limit=2)["calls"]] == numbers[-2:]
    assert [call["number"] for call in found(since=numbers[0], limit=2)["calls"]] == numbers[1:3]
    assert found(since=every["last"])["calls"] == []
    assert found(limit=0)["calls"] == []


def test_numbers_of_calls_go_on_after_a_reset_and_when_old_calls_are_dropped(
    server: Raw, mock: MembershipMock
) -> None:
    client, record = mock.client("security-ir"), mock._running().record
    client.list_memberships()
    last = server.tool("GET", "/calls")["last"]
    server.tool("POST", "/reset")
    client.list_memberships()
    assert [call["number"] for call in server.tool("GET", "/calls")["calls"]] == [last + 1]
    record.most = 2
    try:
        for _ in range(10):
            client.list_memberships()
    finally:
        record.most = None
    state = server.tool("GET", "/calls")
    assert state["last"] == last + 11
    assert [call["number"] for call in state["calls"]] == list(
        range(last + 12 - state["matching"], last + 12)
    )


def test_the_filters_refuse_what_no_call_can_match(server: Raw) -> None:
    assert "nearest: 'CreateMembers'" in server.refusal("GET", "/calls?operation=CreateMember")[1]
    assert "limit is a number" in server.refusal("GET", "/calls?limit=-1")[1]
    assert (
        "is not a whole number"
        in server.refusal("GET", "/calls?limit=many".replace("many", "%22x%22"))[1]
    )
    assert "is not JSON" in server.refusal("GET", "/calls?limit=many")[1]
    assert "nearest: 'account'" in server.refusal("GET", "/calls?acount=1")[1]


def test_calls_with_half_a_surrogate_pair_are_sent(server: Raw) -> None:
    body = b'{"membershipName": "\\ud800", "incidentResponseTeam": []}'
    server.send("POST", "/v1/membership", body, Authorization=signature("security-ir"))
    (call,) = server.tool("GET", "/calls")["calls"]
    assert call["parameters"]["membershipName"] == "\ud800"


# --- refusals ---


def test_an_unknown_path_is_told_the_nearest_and_all(server: Raw) -> None:
    answer = server.send("POST", "/_membership/given/securityhub/membr", {})
    assert answer.status == 404
    assert answer.json["code"] == "UnknownPath"
    assert "nearest: /_membership/given/securityhub/member" in answer.json["message"]
    assert set(answer.json["paths"]) == {f"/_membership{tool.path}" for tool in TOOLS}


@pytest.mark.parametrize(
    ("verb", "path", "allowed"),
    [
        ("GET", "/reset", "POST"),
        ("POST", "/calls", "GET"),
        ("PUT", "/faults", "DELETE, GET"),
        ("OPTIONS", "/load", "POST"),
        ("POST", "/schema", "GET"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(
    server: Raw, verb: str, path: str, allowed: str
) -> None:
    answer = server.send(verb, f"/_membership{path}")
    assert (answer.status, answer.headers["Allow"]) == (405, allowed)
    assert answer.json["code"] == "WrongMethod"


def test_a_misspelt_tool_whose_path_reads_like_an_id_is_told_the_nearest_one(server: Raw) -> None:
    answer = server.send("POST", "/_membership/faults/fial", b"{}")
    assert (answer.status, answer.json["code"]) == (405, "WrongMethod")
    assert answer.json["message"].endswith("nearest for POST: /_membership/faults/fail.")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "MalformedJson"),
        (b"\xff", "MalformedJson"),
        (b'{"limit": NaN}', "MalformedJson"),
        (b"[" * 100_000, "MalformedJson"),
        (b"[]", "UsageError"),
        (b'"text"', "UsageError"),
        (b"null", "UsageError"),
        (b'{"service": "cleanrooms"}', "UsageError"),
        (
            b'{"service": "cleanrooms", "name": "members_per_collaboration", "limit": "3"}',
            "UsageError",
        ),
        (b'{"service": "cleanrooms", "nam": "members_per_collaboration"}', "UsageError"),
    ],
)
def test_a_body_that_is_no_use_is_refused(server: Raw, body: bytes, code: str) -> None:
    assert server.refusal("POST", "/quotas/set", body)[0] == code


def test_arguments_of_a_body_are_refused_in_the_query(server: Raw) -> None:
    code, message = server.refusal("POST", f"/given/securityhub/hub?account={ADMIN}")
    assert code == "UsageError"
    assert "in the body" in message


def test_an_argument_that_the_query_has_twice_is_refused(server: Raw) -> None:
    code, message = server.refusal("GET", "/calls?account=111122223333&account=444455556666")
    assert (code, message) == ("UsageError", "The query of calls has 'account' 2 times.")


def test_an_argument_that_json_cannot_hold_is_refused(server: Raw) -> None:
    sent = {"operation": "ListCases", "error": "ThrottlingException", "where": "lambda: 1"}
    assert "cannot be written as JSON" in server.refusal("POST", "/faults/fail", sent)[1]


_OF_ANY_TYPE = [None, True, -1.5, "text", ["x"], {"x": 1}]


@pytest.fixture(scope="module")
def in_process(_served: tuple[MembershipMock, str]) -> Client:
    """The application without a socket."""
    return Client(Application(Served(_served[0])))


@pytest.mark.parametrize("tool", [pytest.param(each, id=each.name) for each in TOOLS])
def test_a_tool_refuses_what_it_cannot_use_and_never_fails(
    in_process: Client, mock: MembershipMock, tool: Tool
) -> None:
    """Each argument gets values of all types; the answer is a result or a refusal."""
    needed = {name: "x" for name, each in tool.parameters.items() if each.default is REQUIRED}
    for name in [*tool.parameters, *(["anything"] if tool.others else []), ""]:
        for value in _OF_ANY_TYPE if name else [None]:
            sent = {**needed, **({name: value} if name else {})}
            held = [sent.pop(each) for each in tool.in_path]
            path = re.sub(r"{\w+}", "{}", f"/_membership{tool.path}")
            path = path.format(*(quote(str(each), safe="") for each in held))
            if tool.verb == "POST":
                answer = in_process.post(path, json=value if tool.whole else sent)
            else:
                texts = {each: json.dumps(one) for each, one in sent.items()}
                answer = in_process.open(path, method=tool.verb, query_string=texts)
            assert answer.status_code in (200, 400), (sent, answer.text)


def test_an_operation_that_boto3_does_not_know_is_told(
    server: Raw, mock: MembershipMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise OperationNotFoundError("EnableSomethingV2")

    monkeypatch.setattr(MembershipMock, "reset", unknown)
    code, message = server.refusal("POST", "/reset")
    assert code == "UsageError"
    assert "needs a newer boto3" in message
    assert "EnableSomethingV2" in message


# --- threads ---


def test_tools_and_calls_run_in_parallel(server: Raw, mock: MembershipMock) -> None:
    mock.given.securityhub.hub(ADMIN)

    def work(number: int) -> int:
        if number % 3 == 0:
            server.tool(
                "POST",
                "/given/securityhub/member",
                {"administrator": ADMIN, "account": f"{number:012}", "status": "Created"},
            )
        elif number % 3 == 1:
            answer = server.send(
                "GET", "/members?OnlyAssociated=false", Authorization=signature("securityhub")
            )
            assert answer.status == 200, answer.text
        else:
            server.tool("GET", "/calls")
            server.tool("POST", "/snapshot")
            server.send("GET", "/_membership/diagram")
        return number

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(3, 63))) == sum(range(3, 63))
    members = mock.client("securityhub", account=ADMIN).list_members(OnlyAssociated=False)
    assert len(members["Members"]) == 20
    mock.calls.assert_called("ListMembers", times=21)
