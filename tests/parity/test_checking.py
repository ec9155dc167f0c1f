"""Recordings in the plain form are played on a fresh mock, and what differs is reported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from membership_mock import UsageError, mock_membership, parity
from membership_mock.parity import Outcome

A, B = "111111111111", "222222222222"
REGION = "eu-west-1"
ROOM = "10000000-0000-4000-8000-000000000001"
CREATE_ROOM = {
    "name": "Campaigns",
    "description": "Who saw what?",
    "creatorDisplayName": "Brand",
    "creatorMemberAbilities": ["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
    "members": [{"accountId": B, "displayName": "Publisher", "memberAbilities": []}],
    "queryLogStatus": "DISABLED",
}


def entry(name: str, account: str = A, **more: Any) -> dict[str, Any]:
    """Return an entry of the plain form for service.operation."""
    service, operation = name.split(".")
    told = {"answer", "shape", "error", "setup"} & more.keys()
    outcome = {} if told else {"answer": {}}
    of_all = {"service": service, "operation": operation, "account": account, "region": REGION}
    return {**of_all, **outcome, **more}


HUB = entry("securityhub.EnableSecurityHub", setup=True)
ROOM_MADE = entry(
    "cleanrooms.CreateCollaboration",
    parameters=CREATE_ROOM,
    answer={
        "collaboration": {
            "id": ROOM,
            "arn": f"arn:aws:cleanrooms:{REGION}:{A}:collaboration/{ROOM}",
        }
    },
    partial=True,
)


def only(report: parity.Report) -> parity.Result:
    """Return the last result of a report."""
    return report.results[-1]


def paths(report: parity.Report) -> list[str]:
    """Return the paths of the differences of the last call."""
    return [each.path for each in only(report).differences]


# --- several accounts, and ids ---


def test_an_invitation_between_two_accounts_is_answered_as_recorded() -> None:
    invitation = "ab" * 16
    report = parity.check(
        [
            HUB,
            entry("securityhub.EnableSecurityHub", B, setup=True),
            entry(
                "securityhub.CreateMembers",
                parameters={"AccountDetails": [{"AccountId": B}]},
                answer={"UnprocessedAccounts": []},
            ),
            entry(
                "securityhub.InviteMembers",
                parameters={"AccountIds": [B]},
                answer={"UnprocessedAccounts": []},
            ),
            entry(
                "securityhub.ListInvitations",
                B,
                answer={
                    "Invitations": [
                        {
                            "AccountId": A,
                            "InvitationId": invitation,
                            "InvitedAt": "2024-01-02T03:04:05.678Z",
                            "MemberStatus": "Invited",
                        }
                    ]
                },
            ),
            entry(
                "securityhub.AcceptAdministratorInvitation",
                B,
                parameters={"AdministratorId": A, "InvitationId": invitation},
            ),
            entry(
                "securityhub.GetAdministratorAccount",
                B,
                answer={
                    "Administrator": {
                        "AccountId": A,
                        "InvitationId": invitation,
                        "InvitedAt": "2024-01-02T03:04:05Z",
                        "MemberStatus": "Enabled",
                    }
                },
                status=200,
            ),
        ]
    )
    assert [str(each) for each in report.results if not each.is_equal] == []
    assert len(report.checked) == 5
    report.assert_equal()


def test_an_id_of_the_recording_is_the_mocks_in_later_parameters_and_inside_of_arns() -> None:
    report = parity.check(
        [
            ROOM_MADE,
            entry(
                "cleanrooms.ListTagsForResource",
                parameters={"resourceArn": f"arn:aws:cleanrooms:{REGION}:{A}:collaboration/{ROOM}"},
                answer={"tags": {}},
            ),
            entry(
                "cleanrooms.GetCollaboration",
                B,
                parameters={"collaborationIdentifier": ROOM},
                answer={"collaboration": {"id": ROOM, "memberStatus": "INVITED"}},
                partial=True,
            ),
        ]
    )
    report.assert_equal()


def test_an_id_that_becomes_another_one_is_a_difference() -> None:
    other = "99999999-0000-4000-8000-000000000001"
    report = parity.check(
        [
            ROOM_MADE,
            entry(
                "cleanrooms.GetCollaboration",
                parameters={"collaborationIdentifier": ROOM},
                answer={"collaboration": {"id": other}},
                partial=True,
            ),
        ]
    )
    (difference,) = only(report).differences
    assert difference.path == "collaboration.id"
    assert f"stood for {ROOM} before" in difference.note


def test_an_id_that_the_caller_has_chosen_comes_back_as_it_is() -> None:
    chosen = "12345678-aaaa-4bbb-8ccc-1234567890ab"
    finding = {
        "SchemaVersion": "2018-10-08",
        "Id": chosen,
        "ProductArn": f"arn:aws:securityhub:{REGION}:{A}:product/{A}/default",
        "GeneratorId": "scanner",
        "AwsAccountId": A,
        "Types": ["Software and Configuration Checks"],
        "CreatedAt": "2024-01-02T03:04:05Z",
        "UpdatedAt": "2024-01-02T03:04:05Z",
        "Severity": {"Label": "LOW"},
        "Title": "t",
        "Description": "d",
        "Resources": [{"Type": "Other", "Id": "r"}],
    }
    calls = [
        HUB,
        entry(
            "securityhub.BatchImportFindings",
            parameters={"Findings": [finding]},
            answer={"FailedCount": 0, "SuccessCount": 1, "FailedFindings": []},
        ),
    ]
    found = entry("securityhub.GetFindings", answer={"Findings": [finding]}, partial=True)
    parity.check([*calls, found]).assert_equal()

    another = {**finding, "Id": chosen.replace("1234", "4321"), "CreatedAt": "2024-01-03T00:00:00Z"}
    found = entry("securityhub.GetFindings", answer={"Findings": [another]}, partial=True)
    report = parity.check([*calls, found])
    assert "Findings[0].Id" in paths(report)


def test_a_time_that_the_caller_has_sent_comes_back_as_it_is() -> None:
    team = [
        {"name": name, "jobTitle": "Lead", "email": f"{name}@example.com"}
        for name in ("Ana", "Bob")
    ]

    def case(time: str, number: str) -> dict[str, Any]:
        sent = {
            "resolverType": "Self",
            "title": "Keys",
            "description": "Leaked.",
            "engagementType": "Investigation",
            "reportedIncidentStartDate": time,
            "impactedAccounts": [A],
            "watchers": [],
        }
        return entry("security-ir.CreateCase", parameters=sent, answer={"caseId": number})

    def read(time: str, number: str) -> dict[str, Any]:
        told = {"reportedIncidentStartDate": time, "createdDate": "2020-01-01T00:00:00Z"}
        return entry(
            "security-ir.GetCase", parameters={"caseId": number}, answer=told, partial=True
        )

    calls = [
        entry(
            "security-ir.CreateMembership",
            parameters={"membershipName": "Response", "incidentResponseTeam": team},
            setup=True,
        ),
        case("2024-01-02T03:04:00Z", "8403556001"),
        case("2024-01-05T03:04:00Z", "8403556002"),
    ]
    parity.check([*calls, read("2024-01-02T04:04:00+01:00", "8403556001")]).assert_equal()
    report = parity.check([*calls, read("2024-01-02T03:04:00Z", "8403556002")])
    assert [each.note for each in only(report).differences] == ["the caller has sent this time"]


def test_page_tokens_of_the_recording_lead_to_the_mocks_next_page() -> None:
    accounts = [f"{n:012d}" for n in range(1, 4)]
    members = [{"AccountId": each} for each in accounts]

    def page(some: list[dict[str, str]], token: str | None) -> dict[str, Any]:
        return {"Members": some, **({"NextToken": token} if token else {})}

    asked = {"OnlyAssociated": False, "MaxResults": 2}
    report = parity.check(
        [
            HUB,
            entry("securityhub.CreateMembers", parameters={"AccountDetails": members}, setup=True),
            entry(
                "securityhub.ListMembers",
                parameters=asked,
                answer=page(members[:2], "AAA/+="),
                partial=True,
            ),
            entry(
                "securityhub.ListMembers",
                parameters={**asked, "NextToken": "AAA/+="},
                answer=page(members[2:], None),
                partial=True,
            ),
        ]
    )
    report.assert_equal()


# --- outcomes ---


def test_a_short_number_that_the_caller_has_chosen_is_no_id_of_the_services() -> None:
    def search(found: str) -> list[dict[str, Any]]:
        filters = {"Id": [{"Value": "123456", "Comparison": "EQUALS"}]}
        told = {"FailedCount": 1, "SuccessCount": 0, "FailedFindings": [{"Id": found}]}
        return [
            HUB,
            entry(
                "securityhub.GetFindings", parameters={"Filters": filters}, answer={}, partial=True
            ),
            entry(
                "securityhub.BatchImportFindings",
                parameters={"Findings": [{"Id": "123456"}]},
                answer=told,
                partial=True,
            ),
        ]

    assert "FailedFindings[0].Id" not in paths(parity.check(search("123456")))
    report = parity.check(search("654321"))
    assert not report.ok


def test_a_differing_answer_tells_path_expected_and_got() -> None:
    report = parity.check(
        [HUB, entry("securityhub.GetInvitationsCount", answer={"InvitationsCount": 3})]
    )
    assert only(report).outcome is Outcome.DIFFERS
    assert [str(each) for each in only(report).differences] == [
        "InvitationsCount: expected 3, got 0"
    ]
    assert not report.ok
    with pytest.raises(AssertionError, match="InvitationsCount: expected 3, got 0"):
        report.assert_equal()


def test_a_missing_and_an_additional_member_are_differences_unless_the_answer_is_partial() -> None:
    told = {"HubArn": f"arn:aws:securityhub:{REGION}:{A}:hub/default", "Colour": "red"}
    report = parity.check([HUB, entry("securityhub.DescribeHub", answer=told)])
    assert {each.path: str(each) for each in only(report).differences}.keys() == {
        "Colour",
        "SubscribedAt",
        "AutoEnableControls",
        "ControlFindingGenerator",
    }
    assert "expected nothing" in str(report)
    report = parity.check([HUB, entry("securityhub.DescribeHub", answer=told, partial=True)])
    assert paths(report) == ["Colour"]


@pytest.mark.parametrize(
    ("error", "status", "differences"),
    [
        ({"code": "InvalidAccessException"}, 401, []),
        (
            {
                "code": "InvalidAccessException",
                "message": f"Account {A} is not subscribed to AWS Security Hub",
            },
            None,
            [],
        ),
        ({"code": "InvalidAccessException", "contains": "is not subscribed"}, None, []),
        ({"code": "InvalidAccessException", "contains": "is asleep"}, None, ["error text"]),
        ({"code": "InvalidAccessException", "message": "No."}, 403, ["error text", "status"]),
        ({"code": "AccessDeniedException"}, None, ["error code"]),
        ({"code": "InvalidAccessException", "members": {"Type": "x"}}, None, ["Type"]),
    ],
)
def test_errors_are_compared_by_code_status_text_and_members(
    error: dict[str, Any], status: int | None, differences: list[str]
) -> None:
    more = {"status": status} if status else {}
    report = parity.check([entry("securityhub.DescribeHub", error=error, **more)])
    assert paths(report) == differences
    expected = Outcome.REFUSED_OTHERWISE if differences else Outcome.EQUAL
    assert only(report).outcome is expected


def test_texts_and_statuses_of_errors_can_be_left_out_of_account() -> None:
    error = {"code": "InvalidAccessException", "message": "No."}
    refused = [entry("securityhub.DescribeHub", error=error, status=403)]
    assert paths(parity.check(refused, ignore=["error text"])) == ["status"]
    parity.check(refused, ignore=["error text", "securityhub.*:status"]).assert_equal()


def test_an_answer_instead_of_an_error_and_the_reverse_are_refused_otherwise() -> None:
    refused = entry("securityhub.DescribeHub", error={"code": "InvalidAccessException"})
    report = parity.check([HUB, refused])
    assert only(report).outcome is Outcome.REFUSED_OTHERWISE
    assert "the mock has answered" in str(only(report))

    report = parity.check([entry("securityhub.DescribeHub", answer={}, partial=True)])
    assert only(report).outcome is Outcome.REFUSED_OTHERWISE
    assert 'got "InvalidAccessException: Account 111111111111 is not subscribed' in str(report)


def test_what_is_not_mocked_is_said_with_the_nearest_name() -> None:
    report = parity.check(
        [
            entry("securityhub.DescribeHubs"),
            entry("securityhubb.DescribeHub"),
            entry("securityhub.DescribeHub", parameters={"Colour": "red"}),
            entry(
                "ram.GetPermission", parameters={"permissionArn": "arn:aws:ram::aws:permission/x"}
            ),
        ]
    )
    assert {each.outcome for each in report.results} == {Outcome.NOT_MOCKED}
    notes = [each.note for each in report.results]
    assert "nearest: 'DescribeHub'" in notes[0]
    assert "nearest: 'securityhub'" in notes[1]
    assert "no parameter 'Colour'" in notes[2]
    assert not report.ok


def test_calls_to_motos_services_are_made_too() -> None:
    report = parity.check(
        [
            entry("organizations.CreateOrganization", parameters={"FeatureSet": "ALL"}, setup=True),
            entry(
                "organizations.DescribeOrganization",
                answer={"Organization": {"MasterAccountId": A}},
                partial=True,
            ),
        ]
    )
    report.assert_equal()


def test_what_boto3_would_not_send_is_sent_as_another_sdk_has_sent_it() -> None:
    sent = {"membershipName": "x", "incidentResponseTeam": []}
    refused = entry(
        "security-ir.CreateMembership",
        parameters=sent,
        error={"code": "ValidationException"},
        status=400,
    )
    parity.check([refused]).assert_equal()


# --- lists, ignored members, unknown values, shapes ---


def _members(*accounts: str) -> list[dict[str, Any]]:
    details = [{"AccountId": each} for each in (A, B, "333333333333") if each != A]
    return [
        HUB,
        entry("securityhub.CreateMembers", parameters={"AccountDetails": details}, setup=True),
        entry(
            "securityhub.ListMembers",
            parameters={"OnlyAssociated": False},
            answer={"Members": [{"AccountId": each} for each in accounts]},
            partial=True,
        ),
    ]


def test_the_same_entries_in_another_order_are_one_difference_that_can_be_allowed() -> None:
    swapped = _members("333333333333", B)
    report = parity.check(swapped)
    (difference,) = only(report).differences
    assert difference.path == "Members"
    assert difference.note == "the same entries in another order"
    parity.check(swapped, any_order=True).assert_equal()


def test_lists_of_another_length_say_so() -> None:
    report = parity.check(_members(B))
    assert [each.note for each in only(report).differences] == ["1 and 2 entries"]


@pytest.mark.parametrize(
    "pattern",
    [
        "Members[].AccountId",
        "*.AccountId",
        "securityhub.ListMembers:Members[1].AccountId",
        "Members*",
    ],
)
def test_members_are_left_out_of_account_by_a_pattern(pattern: str) -> None:
    report = parity.check(_members(B, "999999999999"), ignore=[pattern])
    report.assert_equal()
    assert not parity.check(_members(B, "999999999999"), ignore=["*.Email"]).ok


@pytest.mark.parametrize("unknown", ["<any>", "<secret>"])
def test_a_value_that_is_not_known_has_to_be_there_only(unknown: str) -> None:
    told = {"HubArn": unknown, "SubscribedAt": unknown}
    parity.check([HUB, entry("securityhub.DescribeHub", answer=told, partial=True)]).assert_equal()
    told = {"Colour": unknown}
    report = parity.check([HUB, entry("securityhub.DescribeHub", answer=told, partial=True)])
    assert paths(report) == ["Colour"]


def test_a_shape_is_compared_by_paths_types_and_known_values() -> None:
    shape = {
        "HubArn": "string",
        "SubscribedAt": "string",
        "AutoEnableControls": "boolean = True",
        "ControlFindingGenerator": "string = SECURITY_CONTROL , STANDARD_CONTROL",
    }
    parity.check([HUB, entry("securityhub.DescribeHub", shape=shape)]).assert_equal()
    wrong = {
        "HubArn": "list",
        "AutoEnableControls": "boolean = False",
        "ControlFindingGenerator": "string",
        "Colour": "string",
    }
    report = parity.check([HUB, entry("securityhub.DescribeHub", shape=wrong)])
    assert sorted(paths(report)) == ["AutoEnableControls", "Colour", "HubArn", "SubscribedAt"]
    report = parity.check([HUB, entry("securityhub.DescribeHub", shape=wrong, partial=True)])
    assert sorted(paths(report)) == ["AutoEnableControls", "Colour", "HubArn"]


# --- the state before ---

WORLD = {
    "accounts": {"brand": A, "publisher": B},
    "cleanrooms": [
        {
            "collaboration": {
                "creator": "$brand",
                "members": ["$publisher"],
                "region": REGION,
            },
            "as": "room",
        }
    ],
}
SEEN = entry(
    "cleanrooms.GetCollaboration",
    B,
    parameters={"collaborationIdentifier": ROOM},
    answer={"collaboration": {"id": ROOM, "creatorAccountId": A, "memberStatus": "INVITED"}},
    partial=True,
)


def test_the_presumed_state_is_a_mapping_and_its_ids_have_names_in_the_recording() -> None:
    parity.check([SEEN], world=WORLD, ids={ROOM: "$room.id"}).assert_equal()
    assert not parity.check([SEEN]).ok


def test_a_file_can_say_itself_what_it_presumes(tmp_path: Path) -> None:
    head = {"recording": 1, "about": "a room", "world": WORLD, "ids": {ROOM: "$room.id"}}
    file = tmp_path / "room.jsonl"
    file.write_text(f"{json.dumps(head)}\n\n{json.dumps(SEEN)}\n", encoding="utf-8")
    report = parity.check(file)
    report.assert_equal()
    assert only(report).call.place == f"{file}, line 3"


def test_each_recording_has_a_world_of_its_own() -> None:
    off = entry("securityhub.DescribeHub", error={"code": "InvalidAccessException"})
    report = parity.check(
        [HUB, entry("securityhub.ListInvitations", answer={"Invitations": []})], [off]
    )
    report.assert_equal()


def test_account_and_region_that_the_recording_does_not_tell_are_arguments() -> None:
    call = {"service": "securityhub", "operation": "DescribeHub", "answer": {}, "partial": True}
    known = {**HUB, "account": B, "region": "ap-south-1"}
    report = parity.check([known, call], account=B, region="ap-south-1")
    report.assert_equal()
    assert (only(report).account, only(report).region) == (B, "ap-south-1")


def test_a_running_mock_is_used_only_if_it_is_given() -> None:
    with mock_membership(account=A, region=REGION) as mock:
        with pytest.raises(UsageError, match="share one world"):
            parity.check([SEEN])
        mock.client("securityhub").enable_security_hub()
        told = entry("securityhub.DescribeHub", answer={}, partial=True)
        parity.check([told], mock=mock).assert_equal()


# --- reports ---


def test_the_report_counts_and_is_json() -> None:
    report = parity.check(
        [
            HUB,
            entry("securityhub.GetInvitationsCount", answer={"InvitationsCount": 0}),
            entry("securityhub.GetInvitationsCount", answer={"InvitationsCount": 1}),
        ]
    )
    assert report.summary == (
        "2 calls checked: 1 equal, 1 differs, 0 refused otherwise, 0 not mocked."
    )
    told = json.loads(json.dumps(report.as_json()))
    assert told["ok"] is False
    assert told["counts"] == {"equal": 1, "differs": 1, "refused otherwise": 0, "not mocked": 0}
    assert told["calls"][1]["differences"] == [
        {"path": "InvitationsCount", "expected": 1, "got": 0}
    ]


def test_a_recording_without_a_call_is_no_success() -> None:
    report = parity.check([HUB])
    assert not report.ok
    assert "Nothing was checked" in str(report)


# --- mistakes ---

GOOD = {"service": "securityhub", "operation": "DescribeHub", "answer": {}}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 2: this is not JSON"),
        ("[1]", r"line 2: an entry is an object, not \[1\]"),
        ({**GOOD, "acount": A}, "has no 'acount'; nearest: 'account'"),
        ({"operation": "DescribeHub", "answer": {}}, "'service' is missing"),
        ({"service": "securityhub", "answer": {}}, "'operation' is missing"),
        ({**GOOD, "account": "1234"}, "'account' is a text of 12 digits, not '1234'"),
        ({**GOOD, "region": 1}, "'region' is a text"),
        ({**GOOD, "status": "200"}, "'status' is an HTTP status"),
        ({**GOOD, "partial": "yes"}, "'partial' is true or false"),
        ({**GOOD, "parameters": ["x"]}, "'parameters' is an object"),
        ({**GOOD, "answer": None}, "there is none"),
        ({**GOOD, "error": {"code": "X"}}, "there are 'answer' and 'error'"),
        ({**GOOD, "answer": None, "error": {}}, "the error has no 'code'"),
        ({**GOOD, "answer": None, "error": {"code": "X", "text": ""}}, "an error has no 'text'"),
        ({**GOOD, "answer": None, "error": {"code": "X", "message": 1}}, "'message' is a text"),
        ({**GOOD, "answer": None, "error": {"code": "X"}, "setup": True}, "a set-up call has"),
        ({**GOOD, "answer": None, "shape": {"a": "strin"}}, "'strin'; nearest: 'string'"),
        ({"recording": 1}, "the head of a recording is its first line"),
    ],
)
def test_a_malformed_entry_is_named_with_its_file(tmp_path: Path, line: Any, message: str) -> None:
    file = tmp_path / "bad.jsonl"
    text = line if isinstance(line, str) else json.dumps(line)
    file.write_text(f"{json.dumps(GOOD)}\n{text}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=message) as raised:
        parity.read(file)
    assert str(raised.value).startswith(f"{file}, line 2: ")


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ({"recording": 2}, "this is version 2 of the form"),
        ({"recording": 1, "words": {}}, "has no 'words'; nearest: 'world'"),
        ({"recording": 1, "ids": {"x": "room"}}, "expected was a reference"),
    ],
)
def test_a_malformed_head_is_named(tmp_path: Path, head: dict[str, Any], message: str) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text(json.dumps(head), encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        parity.read(file)


def test_other_mistakes_tell_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        parity.check(tmp_path / "none.jsonl")
    (tmp_path / "x.txt").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match=r"x\.txt: the form of the recording is not known"):
        parity.check(tmp_path / "x.txt")
    with pytest.raises(UsageError, match="There is no recording to check"):
        parity.check()
    with pytest.raises(UsageError, match="ignore is a list of texts"):
        parity.check([GOOD], ignore="*.x")
    with pytest.raises(UsageError, match="cannot be reached: A world has no 'securityhubb'"):
        parity.check([GOOD], world={"securityhubb": []})
    with pytest.raises(UsageError, match="'world' has nothing called 'rom'; nearest: 'room'"):
        parity.check([SEEN], world=WORLD, ids={ROOM: "$rom.collaboration_id"})
    with pytest.raises(UsageError, match="there is no 'colour'"):
        parity.check([SEEN], world=WORLD, ids={ROOM: "$room.colour"})
    with pytest.raises(UsageError, match=r"entry 1: the set-up call .* was refused"):
        parity.check([entry("securityhub.CreateInsight", parameters={}, setup=True)])
