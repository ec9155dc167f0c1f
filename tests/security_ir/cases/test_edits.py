"""The edit trail of a case."""

from datetime import timedelta

import pytest

from tests.security_ir.scenes import START, member_client, new_case, refusal

ANALYSIS = "Detection and Analysis"


def trail(client, case_id):
    return client.list_case_edits(caseId=case_id)["items"]


def test_list_case_edits_begins_with_the_creation(membership_mock, clock):
    client = member_client(membership_mock, account="222222222222", region="us-west-2")
    assert trail(client, new_case(client)) == [
        {
            "eventTimestamp": START,
            "principal": "222222222222",
            "action": "Create case",
            "message": "Created the case with the resolver Self.",
        }
    ]


@pytest.mark.parametrize(
    ("operation", "arguments", "action", "words"),
    [
        pytest.param(
            "update_case",
            {"title": "New", "impactedServicesToAdd": ["IAM"]},
            "Update case",
            ["title", "impactedServices"],
            id="update",
        ),
        pytest.param(
            "update_case_status",
            {"caseStatus": ANALYSIS},
            "Update case status",
            ["Submitted", ANALYSIS],
            id="status",
        ),
        pytest.param("close_case", {}, "Close case", ["Submitted", "Closed"], id="close"),
        pytest.param(
            "update_resolver_type",
            {"resolverType": "AWS"},
            "Update resolver type",
            ["Self", "AWS"],
            id="resolver",
        ),
        pytest.param(
            "create_case_comment", {"body": "Secret"}, "Add comment", ["000000"], id="comment"
        ),
        pytest.param(
            "get_case_attachment_upload_url",
            {"fileName": "secret.txt", "contentLength": 3},
            "Add attachment",
            [],
            id="attachment",
        ),
    ],
)
def test_list_case_edits_shows_each_change(security_ir, clock, operation, arguments, action, words):
    case_id = new_case(security_ir)
    clock.tick(60)
    getattr(security_ir, operation)(caseId=case_id, **arguments)
    created, edit = trail(security_ir, case_id)
    assert created["action"] == "Create case"
    assert edit["action"] == action
    assert edit["eventTimestamp"] == START + timedelta(seconds=60)
    assert edit["principal"] == "111111111111"
    assert all(word in edit["message"] for word in words)
    assert "ecret" not in edit["message"]


def test_list_case_edits_shows_an_edited_comment(security_ir):
    case_id = new_case(security_ir)
    security_ir.create_case_comment(caseId=case_id, body="Hello.")
    security_ir.update_case_comment(caseId=case_id, commentId="000000", body="Bye.")
    last = trail(security_ir, case_id)[-1]
    assert (last["action"], last["message"]) == ("Update comment", "Updated comment 000000.")


def test_list_case_edits_has_no_entry_for_refused_changes(security_ir):
    case_id = new_case(security_ir)
    refusal(security_ir.update_case_status, caseId=case_id, caseStatus="Submitted")
    assert security_ir.list_case_edits(caseId=case_id)["total"] == 1


def test_list_case_edits_shows_the_summary_of_the_service_in_its_place(security_ir, clock):
    case_id = new_case(security_ir, "AWS")
    clock.tick(timedelta(hours=1))
    security_ir.close_case(caseId=case_id)
    edits = trail(security_ir, case_id)
    assert [edit["action"] for edit in edits] == ["Create case", "Add comment", "Close case"]
    assert edits[1]["principal"] == "security-ir.amazonaws.com"
    assert edits[1]["eventTimestamp"] == START + timedelta(minutes=18)


def test_list_case_edits_shows_the_oldest_first_and_counts_all(security_ir):
    case_id = new_case(security_ir)
    for number in range(9):
        security_ir.update_case(caseId=case_id, title=f"Title {number}")
    pages = list(
        security_ir.get_paginator("list_case_edits").paginate(
            caseId=case_id, PaginationConfig={"PageSize": 4}
        )
    )
    assert [len(page["items"]) for page in pages] == [4, 4, 2]
    assert [page["total"] for page in pages] == [10, 10, 10]
    assert pages[0]["items"][0]["action"] == "Create case"


def test_list_case_edits_refuses_an_unknown_case(security_ir):
    with pytest.raises(security_ir.exceptions.ResourceNotFoundException):
        security_ir.list_case_edits(caseId="1234567890")
