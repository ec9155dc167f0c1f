"""Comments on a case."""

from datetime import timedelta

import pytest

from tests.security_ir.scenes import START, code, member_client, new_case, refusal

SERVICE = "security-ir.amazonaws.com"


def comments_of(client, case_id):
    return client.list_comments(caseId=case_id)["items"]


def test_create_case_comment_counts_ids_up_in_each_case(security_ir):
    first, second = new_case(security_ir), new_case(security_ir)
    ids = [
        security_ir.create_case_comment(caseId=case_id, body="Hello.")["commentId"]
        for case_id in (first, first, second)
    ]
    assert ids == ["000000", "000001", "000000"]


def test_create_case_comment_updates_the_date_of_the_case(security_ir, clock):
    case_id = new_case(security_ir)
    clock.tick(60)
    security_ir.create_case_comment(caseId=case_id, body="Hello.")
    updated = security_ir.get_case(caseId=case_id)["lastUpdatedDate"]
    assert updated == START + timedelta(seconds=60)


def test_create_case_comment_with_the_same_token_creates_one_comment(security_ir):
    case_id = new_case(security_ir)
    for _ in range(2):
        security_ir.create_case_comment(caseId=case_id, body="Hello.", clientToken="a")
    assert security_ir.list_comments(caseId=case_id)["total"] == 1


def test_create_case_comment_refuses_a_closed_case(security_ir):
    case_id = new_case(security_ir)
    security_ir.close_case(caseId=case_id)
    response = refusal(security_ir.create_case_comment, caseId=case_id, body="Hello.")
    assert code(response) == "ConflictException"
    assert security_ir.list_comments(caseId=case_id)["total"] == 0


def test_list_comments_shows_a_new_comment(membership_mock, clock):
    client = member_client(membership_mock, account="222222222222", region="us-west-2")
    case_id = new_case(client)
    client.create_case_comment(caseId=case_id, body="Hello.")
    assert comments_of(client, case_id) == [
        {
            "commentId": "000000",
            "createdDate": START,
            "lastUpdatedDate": START,
            "creator": "222222222222",
            "lastUpdatedBy": "222222222222",
            "body": "Hello.",
        }
    ]


def test_list_comments_shows_the_oldest_first_and_counts_all(security_ir):
    case_id = new_case(security_ir)
    for number in range(60):
        security_ir.create_case_comment(caseId=case_id, body=f"Comment {number}")
    pages = list(security_ir.get_paginator("list_comments").paginate(caseId=case_id))
    assert [page["total"] for page in pages] == [60, 60, 60]
    bodies = [comment["body"] for page in pages for comment in page["items"]]
    assert bodies == [f"Comment {number}" for number in range(60)]


def test_update_case_comment_replaces_the_body(security_ir, clock):
    case_id = new_case(security_ir)
    security_ir.create_case_comment(caseId=case_id, body="Hello.")
    clock.tick(60)
    answer = security_ir.update_case_comment(caseId=case_id, commentId="000000", body="Bye.")
    assert (answer["commentId"], answer["body"]) == ("000000", "Bye.")
    (comment,) = comments_of(security_ir, case_id)
    assert comment["body"] == "Bye."
    assert comment["createdDate"] == START
    assert comment["lastUpdatedDate"] == START + timedelta(seconds=60)


def test_update_case_comment_leaves_no_trace_when_the_body_stays(security_ir, clock):
    case_id = new_case(security_ir)
    security_ir.create_case_comment(caseId=case_id, body="Hello.")
    clock.tick(60)
    security_ir.update_case_comment(caseId=case_id, commentId="000000", body="Hello.")
    assert comments_of(security_ir, case_id)[0]["lastUpdatedDate"] == START
    assert security_ir.list_case_edits(caseId=case_id)["total"] == 2


@pytest.mark.parametrize("comment_id", ["000001", "999999"])
def test_update_case_comment_refuses_an_unknown_id(security_ir, comment_id):
    case_id = new_case(security_ir)
    security_ir.create_case_comment(caseId=case_id, body="Hello.")
    response = refusal(
        security_ir.update_case_comment, caseId=case_id, commentId=comment_id, body="Bye."
    )
    assert code(response) == "ResourceNotFoundException"
    assert comments_of(security_ir, case_id)[0]["body"] == "Hello."


def test_update_case_comment_refuses_a_closed_case(security_ir):
    case_id = new_case(security_ir)
    security_ir.create_case_comment(caseId=case_id, body="Hello.")
    security_ir.close_case(caseId=case_id)
    response = refusal(
        security_ir.update_case_comment, caseId=case_id, commentId="000000", body="Bye."
    )
    assert code(response) == "ConflictException"


def test_update_case_comment_says_that_the_comment_is_unknown_before_that_the_case_is_closed(
    security_ir,
):
    case_id = new_case(security_ir)
    security_ir.close_case(caseId=case_id)
    response = refusal(
        security_ir.update_case_comment, caseId=case_id, commentId="000000", body="Bye."
    )
    assert code(response) == "ResourceNotFoundException"


# the summary of the investigation


def test_list_comments_shows_the_summary_at_the_moment_it_was_completed(security_ir, clock):
    case_id = new_case(security_ir, "AWS")
    clock.tick(timedelta(minutes=17, seconds=59))
    assert comments_of(security_ir, case_id) == []
    clock.tick(timedelta(days=1))
    (summary,) = comments_of(security_ir, case_id)
    assert summary["creator"] == summary["lastUpdatedBy"] == SERVICE
    assert summary["createdDate"] == summary["lastUpdatedDate"] == START + timedelta(minutes=18)


def test_create_case_comment_counts_the_summary_that_came_before(security_ir, clock):
    case_id = new_case(security_ir, "AWS")
    clock.tick(timedelta(hours=1))
    answer = security_ir.create_case_comment(caseId=case_id, body="Thank you.")
    assert answer["commentId"] == "000001"
    shown = security_ir.list_comments(caseId=case_id)
    assert [comment["creator"] for comment in shown["items"]] == [SERVICE, "111111111111"]
    assert shown["total"] == 2


def test_update_case_comment_refuses_the_summary(security_ir, clock):
    case_id = new_case(security_ir, "AWS")
    clock.tick(timedelta(hours=1))
    response = refusal(
        security_ir.update_case_comment, caseId=case_id, commentId="000000", body="Mine."
    )
    assert code(response) == "AccessDeniedException"


def test_close_case_leaves_the_summary_out_when_it_comes_too_early(security_ir, clock):
    case_id = new_case(security_ir, "AWS")
    clock.tick(timedelta(minutes=5))
    security_ir.close_case(caseId=case_id)
    clock.tick(timedelta(hours=1))
    assert comments_of(security_ir, case_id) == []


def test_close_case_keeps_the_summary_that_nobody_had_looked_at(security_ir, clock):
    case_id = new_case(security_ir, "AWS")
    clock.tick(timedelta(hours=1))
    security_ir.close_case(caseId=case_id)
    assert [comment["creator"] for comment in comments_of(security_ir, case_id)] == [SERVICE]
