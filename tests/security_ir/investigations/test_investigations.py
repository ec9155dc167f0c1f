"""The AI investigation of a case, and feedback on it."""

from datetime import timedelta

import pytest

from tests.security_ir.scenes import START, code, new_case, refusal


def actions(client, case_id):
    return client.list_investigations(caseId=case_id)["investigationActions"]


def standing(client, case_id):
    """Return the status of each action and the minutes from the start to it."""
    return {
        action["actionType"]: (
            action["status"],
            (action["lastUpdated"] - START) / timedelta(minutes=1),
        )
        for action in actions(client, case_id)
    }


def test_list_investigations_is_empty_for_a_self_managed_case(security_ir):
    assert actions(security_ir, new_case(security_ir)) == []


@pytest.mark.parametrize(
    ("minutes", "investigation", "evidence", "summarization"),
    [
        pytest.param(0, ("Pending", 0), ("Pending", 0), ("Pending", 0), id="start"),
        pytest.param(1, ("Waiting", 1), ("Pending", 0), ("Pending", 0), id="asks"),
        pytest.param(10, ("Waiting", 1), ("Pending", 0), ("Pending", 0), id="waits"),
        pytest.param(11, ("InProgress", 11), ("InProgress", 11), ("Pending", 0), id="goes on"),
        pytest.param(14, ("InProgress", 11), ("Completed", 14), ("Pending", 0), id="evidence"),
        pytest.param(16, ("Completed", 16), ("Completed", 14), ("InProgress", 16), id="findings"),
        pytest.param(18, ("Completed", 16), ("Completed", 14), ("Completed", 18), id="summary"),
        pytest.param(9999, ("Completed", 16), ("Completed", 14), ("Completed", 18), id="later"),
    ],
)
def test_list_investigations_follows_the_timetable(
    security_ir, clock, minutes, investigation, evidence, summarization
):
    case_id = new_case(security_ir, "AWS")
    clock.tick(timedelta(minutes=minutes))
    assert standing(security_ir, case_id) == {
        "Investigation": investigation,
        "Evidence": evidence,
        "Summarization": summarization,
    }


def test_list_investigations_goes_on_at_once_when_the_customer_answers(security_ir, clock):
    case_id = new_case(security_ir, "AWS")
    clock.tick(timedelta(minutes=3))
    security_ir.create_case_comment(caseId=case_id, body="It was not us.")
    assert standing(security_ir, case_id)["Investigation"] == ("InProgress", 3)
    clock.tick(timedelta(hours=1))
    assert standing(security_ir, case_id)["Summarization"] == ("Completed", 10)


def test_list_investigations_takes_no_comment_before_the_questions_for_an_answer(
    security_ir, clock
):
    case_id = new_case(security_ir, "AWS")
    clock.tick(30)
    security_ir.create_case_comment(caseId=case_id, body="Please hurry.")
    clock.tick(timedelta(minutes=5))
    assert standing(security_ir, case_id)["Investigation"] == ("Waiting", 1)


def test_list_investigations_keeps_its_ids(security_ir, clock):
    case_id = new_case(security_ir, "AWS")
    before = [action["investigationId"] for action in actions(security_ir, case_id)]
    clock.tick(timedelta(hours=1))
    assert [action["investigationId"] for action in actions(security_ir, case_id)] == before
    assert len(set(before)) == 3


def test_list_investigations_uses_other_ids_in_another_case(security_ir):
    ids = {
        action["investigationId"]
        for _ in range(2)
        for action in actions(security_ir, new_case(security_ir, "AWS"))
    }
    assert len(ids) == 6


def test_list_investigations_comes_in_pages(security_ir):
    case_id = new_case(security_ir, "AWS")
    pages = security_ir.get_paginator("list_investigations").paginate(
        caseId=case_id, PaginationConfig={"PageSize": 2}
    )
    assert [len(page["investigationActions"]) for page in pages] == [2, 1]


def test_list_investigations_starts_when_the_case_is_handed_over(security_ir, clock):
    case_id = new_case(security_ir)
    clock.tick(timedelta(hours=1))
    security_ir.update_resolver_type(caseId=case_id, resolverType="AWS")
    assert standing(security_ir, case_id)["Investigation"] == ("Pending", 60)
    clock.tick(timedelta(minutes=18))
    assert standing(security_ir, case_id)["Summarization"] == ("Completed", 78)


def test_close_case_cancels_what_is_not_completed(security_ir, clock):
    case_id = new_case(security_ir, "AWS")
    clock.tick(timedelta(minutes=15))
    security_ir.close_case(caseId=case_id)
    clock.tick(timedelta(hours=1))
    assert standing(security_ir, case_id) == {
        "Investigation": ("Cancelled", 15),
        "Evidence": ("Completed", 14),
        "Summarization": ("Cancelled", 15),
    }


# SendFeedback


def test_send_feedback_is_shown_with_the_result(security_ir, clock):
    case_id = new_case(security_ir, "AWS")
    first, second, _ = actions(security_ir, case_id)
    clock.tick(60)
    answer = security_ir.send_feedback(
        caseId=case_id, resultId=first["investigationId"], usefulness="USEFUL", comment="Thanks"
    )
    assert set(answer) == {"ResponseMetadata"}
    shown = actions(security_ir, case_id)
    assert shown[0]["feedback"] == {
        "usefulness": "USEFUL",
        "comment": "Thanks",
        "submittedAt": START + timedelta(seconds=60),
    }
    assert "feedback" not in second
    assert "feedback" not in shown[1]


def test_send_feedback_replaces_what_was_sent_before(security_ir, clock):
    case_id = new_case(security_ir, "AWS")
    result_id = actions(security_ir, case_id)[0]["investigationId"]
    for usefulness, comment in (("USEFUL", {"comment": "Thanks"}), ("NOT_USEFUL", {})):
        security_ir.send_feedback(
            caseId=case_id, resultId=result_id, usefulness=usefulness, **comment
        )
    assert actions(security_ir, case_id)[0]["feedback"] == {
        "usefulness": "NOT_USEFUL",
        "submittedAt": START,
    }


def test_send_feedback_refuses_an_unknown_result(security_ir):
    case_id, other = new_case(security_ir, "AWS"), new_case(security_ir, "AWS")
    foreign = actions(security_ir, other)[0]["investigationId"]
    response = refusal(
        security_ir.send_feedback, caseId=case_id, resultId=foreign, usefulness="USEFUL"
    )
    assert code(response) == "ResourceNotFoundException"


def test_send_feedback_refuses_a_closed_case(security_ir):
    case_id = new_case(security_ir, "AWS")
    result_id = actions(security_ir, case_id)[0]["investigationId"]
    security_ir.close_case(caseId=case_id)
    response = refusal(
        security_ir.send_feedback, caseId=case_id, resultId=result_id, usefulness="USEFUL"
    )
    assert code(response) == "ConflictException"
