"""What AWS does on the cases of Security Incident Response, through the mock's public face."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import requests
from botocore.exceptions import ClientError

from membership_mock import AwsSide, UsageError
from membership_mock.security_ir.cases.case_status import SERVICE_MANAGED
from tests.frozen_time import freeze_time
from tests.samples import new_case, new_membership

ACCOUNT, OTHER = "111122223333", "444455556666"
REGION, ELSEWHERE = "eu-west-1", "us-east-1"
NOON = datetime(2026, 3, 14, 12, tzinfo=timezone.utc)

ANALYSIS, CONTAINMENT = "Detection and Analysis", "Containment, Eradication and Recovery"
ROAD = ["Acknowledged", ANALYSIS, CONTAINMENT, "Post-incident Activities", "Ready to Close"]


@pytest.fixture
def clock() -> Iterator[Any]:
    with freeze_time(NOON) as frozen:
        yield frozen


@pytest.fixture
def security(membership_mock: Any) -> Any:
    """Return the client of an account with an active membership."""
    client = membership_mock.client("security-ir", account=ACCOUNT, region=REGION)
    new_membership(client)
    return client


@pytest.fixture
def aws(membership_mock: Any) -> AwsSide:
    side: AwsSide = membership_mock.aws_side(ACCOUNT, REGION)
    return side


@pytest.fixture
def case_id(security: Any) -> str:
    return new_case(security, resolverType="AWS")


def edits(security: Any, case_id: str) -> list[tuple[str, str, str]]:
    items = security.list_case_edits(caseId=case_id)["items"]
    return [(each["principal"], each["action"], each["message"]) for each in items]


def comments(security: Any, case_id: str) -> list[dict[str, Any]]:
    return list(security.list_comments(caseId=case_id)["items"])


def actions(security: Any, case_id: str) -> dict[str, dict[str, Any]]:
    shown = security.list_investigations(caseId=case_id)["investigationActions"]
    return {each["actionType"]: each for each in shown}


def statuses(security: Any, case_id: str) -> dict[str, str]:
    return {kind: each["status"] for kind, each in actions(security, case_id).items()}


def waits(security: Any, case_id: str) -> bool:
    return bool(security.get_case(caseId=case_id)["pendingAction"] == "Customer")


# --- comments ---


def test_an_engineers_comment_is_shown_as_awss(
    clock: Any, security: Any, aws: AwsSide, case_id: str
) -> None:
    clock.tick(timedelta(minutes=5))
    comment_id = aws.comment(case_id, "We are on it.")
    later = NOON + timedelta(minutes=5)
    assert comments(security, case_id) == [
        {
            "commentId": comment_id,
            "createdDate": later,
            "lastUpdatedDate": later,
            "creator": "AWS Responder",
            "lastUpdatedBy": "AWS Responder",
            "body": "We are on it.",
        }
    ]
    assert edits(security, case_id)[-1] == ("AWS Responder", "Add comment", "Added comment 000000.")
    assert security.get_case(caseId=case_id)["lastUpdatedDate"] == later
    assert not waits(security, case_id)


def test_the_service_comments_too(security: Any, aws: AwsSide, case_id: str) -> None:
    aws.comment(case_id, "A summary.", creator="security-ir.amazonaws.com")
    (comment,) = comments(security, case_id)
    assert comment["creator"] == comment["lastUpdatedBy"] == "security-ir.amazonaws.com"


def test_aws_edits_its_own_comments_only(
    clock: Any, security: Any, aws: AwsSide, case_id: str
) -> None:
    mine = security.create_case_comment(caseId=case_id, body="Hurry.")["commentId"]
    theirs = aws.comment(case_id, "A summary.", creator="security-ir.amazonaws.com")
    clock.tick(timedelta(minutes=1))
    aws.update_comment(case_id, theirs, "A better summary.")
    changed = comments(security, case_id)[1]
    assert changed["body"] == "A better summary."
    assert changed["lastUpdatedBy"] == "security-ir.amazonaws.com"
    assert changed["lastUpdatedDate"] == NOON + timedelta(minutes=1)
    with pytest.raises(UsageError, match="by the customer 111122223333"):
        aws.update_comment(case_id, mine, "Patience.")
    with pytest.raises(UsageError, match="It has 2 comments"):
        aws.update_comment(case_id, "000002", "Patience.")


def test_the_customer_cannot_edit_an_engineers_comment(
    security: Any, aws: AwsSide, case_id: str
) -> None:
    comment_id = aws.comment(case_id, "We are on it.")
    with pytest.raises(security.exceptions.AccessDeniedException):
        security.update_case_comment(caseId=case_id, commentId=comment_id, body="You are not.")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"body": ""}, "'/body' failed to satisfy constraint"),
        ({"body": "x" * 12001}, "Member must have length"),
        ({"body": "x", "creator": "Ana"}, "'AWS Responder' or 'security-ir.amazonaws.com'"),
    ],
)
def test_what_is_no_comment_of_aws_is_refused(
    security: Any, aws: AwsSide, case_id: str, arguments: Any, told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        aws.comment(case_id, **arguments)
    assert comments(security, case_id) == []


# --- on whom a case waits ---


def test_a_question_waits_for_the_customer_until_the_customer_does_something(
    security: Any, aws: AwsSide, case_id: str
) -> None:
    aws.comment(case_id, "Was it you?", asks_customer=True)
    assert waits(security, case_id)
    security.create_case_comment(caseId=case_id, body="No.")
    assert not waits(security, case_id)


def test_aws_says_by_itself_on_whom_it_waits(security: Any, aws: AwsSide, case_id: str) -> None:
    aws.wait_for_customer(case_id)
    aws.wait_for_customer(case_id)
    assert waits(security, case_id)
    trace = ("AWS Responder", "Update case", "Updated pendingAction.")
    assert edits(security, case_id).count(trace) == 1
    aws.wait_for_customer(case_id, waits=False)
    assert not waits(security, case_id)


def test_a_comment_by_aws_does_not_answer_its_own_question(
    security: Any, aws: AwsSide, case_id: str
) -> None:
    aws.comment(case_id, "Was it you?", asks_customer=True)
    aws.comment(case_id, "We go on meanwhile.")
    assert waits(security, case_id)


# --- statuses ---


def test_aws_moves_a_case_along_the_whole_road(security: Any, aws: AwsSide, case_id: str) -> None:
    for status in ROAD:
        aws.move_case(case_id, status)  # type: ignore[arg-type]
        assert security.get_case(caseId=case_id)["caseStatus"] == status
    trail = edits(security, case_id)
    assert [principal for principal, _, _ in trail] == [ACCOUNT, *["AWS Responder"] * 5]
    assert trail[1][1:] == ("Update case status", "Changed Submitted to Acknowledged.")
    assert trail[-1][2] == "Changed Post-incident Activities to Ready to Close."


def test_a_case_that_is_ready_waits_for_the_customer_to_close_it(
    security: Any, aws: AwsSide, case_id: str
) -> None:
    for status in ROAD:
        assert not waits(security, case_id)
        aws.move_case(case_id, status)  # type: ignore[arg-type]
    assert waits(security, case_id)
    security.create_case_comment(caseId=case_id, body="Soon.")
    assert waits(security, case_id)
    security.close_case(caseId=case_id)
    case = security.get_case(caseId=case_id)
    assert (case["caseStatus"], case["pendingAction"]) == ("Closed", "None")
    assert "closureCode" not in case


def test_a_move_says_on_whom_the_case_waits(security: Any, aws: AwsSide, case_id: str) -> None:
    aws.move_case(case_id, "Acknowledged", waits_for_customer=True)
    assert waits(security, case_id)
    aws.move_case(case_id, "Detection and Analysis")
    assert waits(security, case_id)
    aws.move_case(case_id, "Post-incident Activities", waits_for_customer=False)
    assert not waits(security, case_id)


@pytest.mark.parametrize("start", [None, *ROAD])
def test_aws_goes_only_where_the_table_leads(
    security: Any, aws: AwsSide, case_id: str, start: str | None
) -> None:
    for status in ROAD[: ROAD.index(start) + 1] if start else []:
        aws.move_case(case_id, status)  # type: ignore[arg-type]
    here = security.get_case(caseId=case_id)["caseStatus"]
    for status in SERVICE_MANAGED:
        if status not in SERVICE_MANAGED[here] and status != "Closed":
            with pytest.raises(UsageError, match="next may come") as refusal:
                aws.move_case(case_id, status)  # type: ignore[arg-type]
            assert all(repr(each) in str(refusal.value) for each in SERVICE_MANAGED[here])
    assert security.get_case(caseId=case_id)["caseStatus"] == here


def test_what_is_no_status_is_refused(aws: AwsSide, case_id: str) -> None:
    with pytest.raises(UsageError, match="'Resolved' is not a status of a case"):
        aws.move_case(case_id, "Resolved")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="close_case"):
        aws.move_case(case_id, "Closed")  # type: ignore[arg-type]


def test_aws_closes_a_case_with_a_code(
    clock: Any, security: Any, aws: AwsSide, case_id: str
) -> None:
    aws.move_case(case_id, "Acknowledged")
    aws.close_case(case_id, "False Positive")
    case = security.get_case(caseId=case_id)
    assert case["caseStatus"] == "Closed"
    assert case["closureCode"] == "False Positive"
    assert case["closedDate"] == NOON
    assert edits(security, case_id)[-1] == (
        "AWS Responder",
        "Close case",
        "Changed Acknowledged to Closed.",
    )


def test_what_is_no_closure_code_is_refused(security: Any, aws: AwsSide, case_id: str) -> None:
    with pytest.raises(UsageError, match="'Investigation Completed'"):
        aws.close_case(case_id, "Done")  # type: ignore[arg-type]
    assert security.get_case(caseId=case_id)["caseStatus"] == "Submitted"


def test_a_case_that_aws_closed_gives_its_place_back(security: Any, aws: AwsSide) -> None:
    cases = [new_case(security, resolverType="AWS") for _ in range(50)]
    assert len(cases) == 50
    aws.close_case(cases[0])
    with pytest.raises(ClientError) as refusal:
        new_case(security, resolverType="AWS")
    # not the quota of active cases any more, but that of a day
    assert refusal.value.response["quotaCode"] == "L-5052B1EE"


# --- what AWS does on no case ---


def everything_on(aws: AwsSide, case_id: str) -> list[Any]:
    return [
        lambda: aws.comment(case_id, "x"),
        lambda: aws.update_comment(case_id, "000000", "x"),
        lambda: aws.move_case(case_id, "Acknowledged"),
        lambda: aws.close_case(case_id),
        lambda: aws.wait_for_customer(case_id),
        lambda: aws.update_case(case_id, title="x"),
        lambda: aws.add_investigation_action(case_id, "Evidence", "x", "x"),
        lambda: aws.set_investigation_action(case_id, "inv-0123456789", status="Failed"),
        lambda: aws.end_investigation(case_id),
    ]


def test_aws_does_not_work_on_a_self_managed_case(security: Any, aws: AwsSide) -> None:
    case_id = new_case(security)
    before = edits(security, case_id)
    for act in everything_on(aws, case_id):
        with pytest.raises(UsageError, match="update_resolver_type"):
            act()
    assert edits(security, case_id) == before


def test_aws_works_on_a_case_that_was_handed_over(security: Any, aws: AwsSide) -> None:
    case_id = new_case(security)
    security.update_case_status(caseId=case_id, caseStatus=CONTAINMENT)
    security.update_resolver_type(caseId=case_id, resolverType="AWS")
    aws.move_case(case_id, "Acknowledged")
    assert security.get_case(caseId=case_id)["caseStatus"] == "Acknowledged"


def test_aws_writes_nothing_to_a_closed_case(security: Any, aws: AwsSide, case_id: str) -> None:
    security.close_case(caseId=case_id)
    before = edits(security, case_id)
    for act in everything_on(aws, case_id):
        with pytest.raises(UsageError, match="is closed, and AWS does not work"):
            act()
    assert edits(security, case_id) == before


@pytest.mark.parametrize("where", [(OTHER, REGION), (ACCOUNT, ELSEWHERE)])
def test_whose_case_it_is_is_told(
    membership_mock: Any, aws: AwsSide, case_id: str, where: tuple[str, str]
) -> None:
    for act in everything_on(membership_mock.aws_side(*where), case_id):
        with pytest.raises(UsageError, match="no active membership") as refusal:
            act()
        assert f'mock.aws_side("{ACCOUNT}", "{REGION}")' in str(refusal.value)


def test_a_case_that_does_not_exist_is_refused(security: Any, aws: AwsSide) -> None:
    for act in everything_on(aws, "0000000000"):
        with pytest.raises(UsageError, match="has no case '0000000000'"):
            act()


def test_aws_does_nothing_while_the_membership_is_cancelled(
    security: Any, aws: AwsSide, case_id: str
) -> None:
    (membership,) = security.list_memberships()["items"]
    security.cancel_membership(membershipId=membership["membershipId"])
    with pytest.raises(UsageError, match="no active membership"):
        aws.comment(case_id, "We are on it.")


def test_what_aws_does_is_no_call_of_the_test(
    membership_mock: Any, security: Any, aws: AwsSide, case_id: str
) -> None:
    before = len(membership_mock.calls)
    aws.comment(case_id, "We are on it.")
    aws.move_case(case_id, "Acknowledged")
    assert len(membership_mock.calls) == before


# --- fields, and cases that AWS opens ---


def test_aws_writes_down_what_it_has_found_out(security: Any, aws: AwsSide, case_id: str) -> None:
    aws.update_case(
        case_id,
        actualIncidentStartDate=NOON,
        impacted_accounts_to_add=[OTHER],
        caseMetadata=[{"key": "ticket", "value": "7"}],
    )
    case = security.get_case(caseId=case_id)
    assert case["actualIncidentStartDate"] == NOON
    assert case["impactedAccounts"] == [ACCOUNT, OTHER]
    assert case["caseMetadata"] == [{"key": "ticket", "value": "7"}]
    assert edits(security, case_id)[-1] == (
        "AWS Responder",
        "Update case",
        "Updated actualIncidentStartDate, impactedAccounts, caseMetadata.",
    )


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"titel": "x"}, "nearest: 'title'"),
        ({"title": ""}, "'/title' failed to satisfy"),
        ({"impactedAccountsToAdd": ["1"]}, "impactedAccountsToAdd"),
        ({"actualIncidentStartDate": "yesterday"}, "does not take that"),
        ({"title": object()}, "cannot be a parameter"),
        ({"impactedAwsRegionsToDelete": [{"region": "eu-west-1"}]}, "refuses this, to AWS"),
    ],
)
def test_fields_that_cannot_be_so_are_refused(
    security: Any, aws: AwsSide, fields: dict[str, Any], told: str
) -> None:
    case_id = new_case(security, resolverType="AWS", impactedAwsRegions=[{"region": "eu-west-1"}])
    with pytest.raises(UsageError, match=told):
        aws.update_case(case_id, **fields)
    assert len(edits(security, case_id)) == 1


def test_aws_opens_a_case_by_itself(security: Any, aws: AwsSide) -> None:
    (membership,) = security.list_memberships()["items"]
    security.update_membership(
        membershipId=membership["membershipId"],
        optInFeatures=[{"featureName": "Triage", "isEnabled": True}],
    )
    case_id = aws.open_case("Unusual sign-in", impactedAccounts=[OTHER], tags={"by": "AWS"})
    case = security.get_case(caseId=case_id)
    assert (case["title"], case["resolverType"]) == ("Unusual sign-in", "AWS")
    assert case["impactedAccounts"] == [OTHER]
    assert case["pendingAction"] == "Customer"
    assert edits(security, case_id)[0][0] == "security-ir.amazonaws.com"
    assert security.list_cases()["items"][0]["caseId"] == case_id
    assert security.list_tags_for_resource(resourceArn=case["caseArn"])["tags"] == {"by": "AWS"}
    assert set(statuses(security, case_id).values()) == {"Pending"}


@pytest.fixture
def proactive(membership_mock: Any, security: Any, aws: AwsSide) -> str:
    """Return a case that AWS has opened by itself at noon, where the clock stands still."""
    (membership,) = security.list_memberships()["items"]
    security.update_membership(
        membershipId=membership["membershipId"],
        optInFeatures=[{"featureName": "Triage", "isEnabled": True}],
    )
    membership_mock.clock.freeze(datetime(2030, 1, 1, 12, tzinfo=timezone.utc))
    return aws.open_case()


def test_a_case_that_aws_has_opened_is_closed_when_nobody_answers(
    membership_mock: Any, security: Any, proactive: str
) -> None:
    opened = security.get_case(caseId=proactive)["createdDate"]
    membership_mock.clock.advance(days=4, hours=23)
    assert security.get_case(caseId=proactive)["caseStatus"] == "Submitted"
    membership_mock.clock.advance(hours=30)
    case = security.get_case(caseId=proactive)
    assert case["caseStatus"] == "Closed"
    assert case["closedDate"] == case["lastUpdatedDate"] == opened + timedelta(days=5)
    assert (case["pendingAction"], case.get("closureCode")) == ("None", None)
    assert edits(security, proactive)[-1][:2] == ("security-ir.amazonaws.com", "Close case")
    assert set(statuses(security, proactive).values()) == {"Completed"}


def test_a_case_that_the_customer_has_answered_stays_open(
    membership_mock: Any, security: Any, proactive: str
) -> None:
    membership_mock.clock.advance(days=4)
    security.create_case_comment(caseId=proactive, body="It was me.")
    membership_mock.clock.advance(days=400)
    assert security.get_case(caseId=proactive)["caseStatus"] == "Submitted"


def test_a_case_that_waits_for_nobody_stays_open(
    membership_mock: Any, security: Any, aws: AwsSide, proactive: str
) -> None:
    aws.wait_for_customer(proactive, waits=False)
    membership_mock.clock.advance(days=400)
    assert security.get_case(caseId=proactive)["caseStatus"] == "Submitted"


def test_a_case_that_nobody_has_answered_gives_its_place_back(
    membership_mock: Any, security: Any, aws: AwsSide, proactive: str
) -> None:
    membership_mock.quotas.set("security-ir", "active_service_managed_cases", 1, account=ACCOUNT)
    with pytest.raises(UsageError, match="AWS opens no case here"):
        aws.open_case()
    membership_mock.clock.advance(days=5)
    assert aws.open_case()


def test_aws_opens_no_case_without_proactive_response(security: Any, aws: AwsSide) -> None:
    with pytest.raises(UsageError, match='"featureName": "Triage", "isEnabled": True'):
        aws.open_case()
    with pytest.raises(UsageError, match="resolved by AWS"):
        aws.open_case(resolverType="Self")
    assert security.list_cases()["items"] == []


def test_aws_opens_no_case_without_a_membership(membership_mock: Any) -> None:
    with pytest.raises(UsageError, match="no active membership"):
        membership_mock.aws_side(OTHER, REGION).open_case()


# --- investigations ---


def test_an_investigation_ends_with_the_results_that_the_test_says(
    clock: Any, security: Any, aws: AwsSide, case_id: str
) -> None:
    before = actions(security, case_id)
    aws.end_investigation(case_id, results={"Summarization": "## It was Bob"})
    after = actions(security, case_id)
    assert {each["status"] for each in after.values()} == {"Completed"}
    assert {each["lastUpdated"] for each in after.values()} == {NOON}
    assert after["Summarization"]["content"] == "## It was Bob"
    assert after["Evidence"]["content"].startswith("## Evidence")
    assert [each["investigationId"] for each in after.values()] == [
        each["investigationId"] for each in before.values()
    ]
    (comment,) = comments(security, case_id)
    assert (comment["creator"], comment["body"]) == ("security-ir.amazonaws.com", "## It was Bob")
    clock.tick(timedelta(hours=1))
    assert actions(security, case_id) == after
    assert len(comments(security, case_id)) == 1


@pytest.mark.parametrize("status", ["Failed", "Cancelled"])
def test_an_investigation_that_does_not_succeed_leaves_no_summary(
    clock: Any, security: Any, aws: AwsSide, case_id: str, status: Any
) -> None:
    aws.end_investigation(case_id, status, results={"Evidence": "No access."})
    clock.tick(timedelta(hours=1))
    assert set(statuses(security, case_id).values()) == {status}
    assert actions(security, case_id)["Evidence"]["content"] == "No access."
    assert comments(security, case_id) == []


def test_what_has_ended_stays_as_it_is(
    clock: Any, security: Any, aws: AwsSide, case_id: str
) -> None:
    clock.tick(timedelta(minutes=15))  # the evidence is there
    aws.end_investigation(case_id, "Failed")
    assert statuses(security, case_id) == {
        "Investigation": "Failed",
        "Evidence": "Completed",
        "Summarization": "Failed",
    }
    with pytest.raises(UsageError, match="has ended already"):
        aws.end_investigation(case_id)


def test_an_action_waits_for_the_customers_comment(
    clock: Any, security: Any, aws: AwsSide, case_id: str
) -> None:
    waiting = actions(security, case_id)["Evidence"]["investigationId"]
    aws.set_investigation_action(case_id, waiting, status="Waiting", content="- Which bucket?")
    clock.tick(timedelta(minutes=2))
    aws.comment(case_id, "See the question.")
    assert actions(security, case_id)["Evidence"]["content"] == "- Which bucket?"
    assert statuses(security, case_id)["Evidence"] == "Waiting"
    clock.tick(timedelta(minutes=2))
    security.create_case_comment(caseId=case_id, body="The blue one.")
    shown = actions(security, case_id)["Evidence"]
    assert shown["status"] == "InProgress"
    assert shown["lastUpdated"] == NOON + timedelta(minutes=4)


def test_an_action_waits_ten_minutes_at_the_most(
    clock: Any, security: Any, aws: AwsSide, case_id: str
) -> None:
    waiting = actions(security, case_id)["Evidence"]["investigationId"]
    aws.set_investigation_action(case_id, waiting, status="Waiting")
    clock.tick(timedelta(minutes=11))
    shown = actions(security, case_id)["Evidence"]
    assert (shown["status"], shown["lastUpdated"]) == ("InProgress", NOON + timedelta(minutes=10))


def test_the_questions_of_the_timetable_are_not_answered_by_aws(
    clock: Any, security: Any, aws: AwsSide, case_id: str
) -> None:
    clock.tick(timedelta(minutes=2))
    aws.comment(case_id, "We are on it.")
    assert statuses(security, case_id)["Investigation"] == "Waiting"


def test_actions_are_added_to_an_investigation(security: Any, aws: AwsSide, case_id: str) -> None:
    added = aws.add_investigation_action(case_id, "Evidence", "Flow logs", "## Hosts", "InProgress")
    more = aws.add_investigation_action(case_id, "Summarization", "In short", "## All well")
    shown = security.list_investigations(caseId=case_id)["investigationActions"]
    assert [each["investigationId"] for each in shown][3:] == [added, more]
    assert (shown[3]["title"], shown[3]["content"]) == ("Flow logs", "## Hosts")
    assert [each["status"] for each in shown][3:] == ["InProgress", "Completed"]
    assert [each["body"] for each in comments(security, case_id)] == ["## All well"]
    security.send_feedback(caseId=case_id, resultId=more, usefulness="USEFUL")
    aws.set_investigation_action(case_id, added, status="Completed", title="All flow logs")
    shown = security.list_investigations(caseId=case_id)["investigationActions"]
    assert (shown[3]["status"], shown[3]["title"]) == ("Completed", "All flow logs")
    assert shown[4]["feedback"]["usefulness"] == "USEFUL"


def test_closing_the_case_cancels_what_the_test_has_left_open(
    security: Any, aws: AwsSide, case_id: str
) -> None:
    first = actions(security, case_id)["Investigation"]["investigationId"]
    aws.set_investigation_action(case_id, first, status="InProgress")
    security.close_case(caseId=case_id)
    assert set(statuses(security, case_id).values()) == {"Cancelled"}


@pytest.mark.membership_mock(settle="clock")
def test_what_an_action_cannot_be_is_refused(security: Any, aws: AwsSide, case_id: str) -> None:
    first = actions(security, case_id)["Investigation"]["investigationId"]
    aws.set_investigation_action(case_id, first, status="Completed")
    before = actions(security, case_id)
    for told, act in [
        (
            "does not become Waiting",
            lambda: aws.set_investigation_action(case_id, first, status="Waiting"),
        ),
        (
            "not a status of an action",
            lambda: aws.set_investigation_action(case_id, first, status="Done"),
        ),
        ("it has inv-", lambda: aws.set_investigation_action(case_id, "inv-0123456789")),
        ("1 to 5000 characters", lambda: aws.set_investigation_action(case_id, first, content="")),
        ("1 to 200 characters", lambda: aws.add_investigation_action(case_id, "Evidence", "", "x")),
        (
            "not a valid actionType",
            lambda: aws.add_investigation_action(case_id, "Guess", "x", "x"),
        ),  # type: ignore[arg-type]
        ("not in 'Waiting'", lambda: aws.end_investigation(case_id, "Waiting")),  # type: ignore[arg-type]
        (
            "left are: Evidence, Summarization",
            lambda: aws.end_investigation(case_id, results={"Investigation": "x"}),
        ),
        ("1 to 5000", lambda: aws.end_investigation(case_id, results={"Evidence": "x" * 5001})),
    ]:
        with pytest.raises(UsageError, match=told):
            act()  # type: ignore[no-untyped-call]
    assert actions(security, case_id) == before


# --- attachments ---


def send(security: Any, case_id: str, name: str, content: bytes = b"who was it") -> Any:
    answer = security.get_case_attachment_upload_url(
        caseId=case_id, fileName=name, contentLength=len(content)
    )
    return lambda: requests.put(answer["attachmentPresignedUrl"], data=content, timeout=10)


def scans(security: Any, case_id: str) -> dict[str, str]:
    found = security.get_case(caseId=case_id)["caseAttachments"]
    return {each["fileName"]: each["attachmentStatus"] for each in found}


@pytest.mark.parametrize("resolver", ["Self", "AWS"])
def test_a_scan_finds_what_the_test_says(security: Any, aws: AwsSide, resolver: str) -> None:
    case_id = new_case(security, resolverType=resolver)
    for name in ("bad.exe", "good.txt"):
        send(security, case_id, name)()
    aws.end_scan(case_id, "bad.exe", "Failed")
    assert scans(security, case_id) == {"bad.exe": "Failed", "good.txt": "Verified"}
    bad, good = (
        each["attachmentId"] for each in security.get_case(caseId=case_id)["caseAttachments"]
    )
    with pytest.raises(security.exceptions.ValidationException, match="failed its scan"):
        security.get_case_attachment_download_url(caseId=case_id, attachmentId=bad)
    aws.end_scan(case_id, good, "Failed")
    aws.end_scan(case_id, bad)
    assert scans(security, case_id) == {"bad.exe": "Verified", "good.txt": "Failed"}


def test_the_result_of_a_scan_can_be_said_before_the_upload(
    security: Any, aws: AwsSide, case_id: str
) -> None:
    upload = send(security, case_id, "bad.exe")
    aws.end_scan(case_id, "bad.exe", "Failed")
    assert scans(security, case_id) == {"bad.exe": "Pending"}
    upload()
    assert scans(security, case_id) == {"bad.exe": "Failed"}


def test_what_no_scan_finds_is_refused(security: Any, aws: AwsSide, case_id: str) -> None:
    with pytest.raises(UsageError, match="it has: none"):
        aws.end_scan(case_id, "log.txt")
    send(security, case_id, "log.txt")()
    with pytest.raises(UsageError, match=r"it has: 'log\.txt'"):
        aws.end_scan(case_id, "log.tx")
    with pytest.raises(UsageError, match="Verified or Failed"):
        aws.end_scan(case_id, "log.txt", "Pending")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="has no case"):
        aws.end_scan("0000000000", "log.txt")


# --- memberships ---


def test_aws_shuts_a_cancelled_membership_down(clock: Any, security: Any, aws: AwsSide) -> None:
    (membership,) = security.list_memberships()["items"]
    membership_id = membership["membershipId"]
    with pytest.raises(UsageError, match="cancel it first"):
        aws.terminate_membership(membership_id)
    security.cancel_membership(membershipId=membership_id)
    clock.tick(timedelta(days=30))
    aws.terminate_membership(membership_id)
    shown = security.get_membership(membershipId=membership_id)
    assert shown["membershipStatus"] == "Terminated"
    assert shown["membershipDeactivationTimestamp"] == NOON
    with pytest.raises(security.exceptions.ConflictException):
        security.update_membership(membershipId=membership_id, undoMembershipCancellation=True)
    with pytest.raises(UsageError, match="Terminated already"):
        aws.terminate_membership(membership_id)


def test_another_accounts_membership_is_refused(
    membership_mock: Any, security: Any, aws: AwsSide
) -> None:
    (membership,) = security.list_memberships()["items"]
    for where in ((OTHER, REGION), (ACCOUNT, ELSEWHERE)):
        with pytest.raises(UsageError, match=f"Account {where[0]} has no membership"):
            membership_mock.aws_side(*where).terminate_membership(membership["membershipId"])


# --- what a test may get wrong ---

NO_TEXT: list[Any] = [None, 5, b"x", [], {}]


@pytest.mark.parametrize("wrong", NO_TEXT, ids=repr)
def test_what_is_no_text_is_refused_and_nothing_changes(
    membership_mock: Any, security: Any, aws: AwsSide, case_id: str, wrong: Any
) -> None:
    action = actions(security, case_id)["Evidence"]["investigationId"]
    (membership,) = security.list_memberships()["items"]
    before = membership_mock.dump()
    attempts: list[Callable[[], object]] = [
        lambda: aws.comment(wrong, "Was it you?"),
        lambda: aws.comment(case_id, wrong),
        lambda: aws.move_case(wrong, "Acknowledged"),
        lambda: aws.move_case(case_id, wrong),
        lambda: aws.close_case(wrong),
        lambda: aws.close_case(case_id, wrong),
        lambda: aws.wait_for_customer(wrong),
        lambda: aws.add_investigation_action(case_id, wrong, "Title", "Content"),
        lambda: aws.add_investigation_action(case_id, "Evidence", wrong, "Content"),
        lambda: aws.add_investigation_action(case_id, "Evidence", "Title", wrong),
        lambda: aws.add_investigation_action(case_id, "Evidence", "Title", "Content", wrong),
        lambda: aws.set_investigation_action(case_id, wrong, status="Failed"),
        lambda: aws.set_investigation_action(case_id, action, title=wrong or 5),
        lambda: aws.set_investigation_action(case_id, action, content=wrong or 5),
        lambda: aws.set_investigation_action(case_id, action, status=wrong or 5),
        lambda: aws.end_investigation(case_id, wrong),
        lambda: aws.end_investigation(case_id, results=wrong or 5),
        lambda: aws.end_investigation(case_id, results={"Evidence": wrong}),
        lambda: aws.end_scan(wrong, "log.txt"),
        lambda: aws.end_scan(case_id, wrong),
        lambda: aws.terminate_membership(wrong),
        lambda: aws.record_finding_metrics(wrong, NOON.date()),
        lambda: aws.record_finding_metrics(membership["membershipId"], wrong),
    ]
    for attempt in attempts:
        with pytest.raises(UsageError):
            attempt()
    assert membership_mock.dump() == before


@pytest.mark.parametrize("wrong", [None, -1, True, 1.5, "3"])
def test_what_is_no_number_of_findings_is_refused(
    membership_mock: Any, security: Any, aws: AwsSide, wrong: Any
) -> None:
    (membership,) = security.list_memberships()["items"]
    before = membership_mock.dump()
    with pytest.raises(UsageError, match="is not a number of findings"):
        aws.record_finding_metrics(
            membership["membershipId"], NOON.date(), findings_triaged=1, findings_investigated=wrong
        )
    assert membership_mock.dump() == before


def test_metrics_of_a_membership_that_does_not_exist_are_refused(aws: AwsSide) -> None:
    with pytest.raises(UsageError, match="has no membership m-0000000000"):
        aws.record_finding_metrics("m-0000000000", NOON.date(), findings_triaged=1)


def test_the_questions_go_when_the_wait_for_an_answer_is_over(
    membership_mock: Any, security: Any, aws: AwsSide, case_id: str
) -> None:
    membership_mock.clock.freeze()
    action = actions(security, case_id)["Investigation"]["investigationId"]
    aws.set_investigation_action(case_id, action, status="Waiting")
    assert "Questions" in actions(security, case_id)["Investigation"]["content"]
    membership_mock.clock.advance(minutes=10)
    shown = actions(security, case_id)["Investigation"]
    assert (shown["status"], shown["content"]) == ("InProgress", "This action is in progress.")


def test_a_case_is_named_once(security: Any, aws: AwsSide, case_id: str) -> None:
    with pytest.raises(UsageError, match="leave caseId out"):
        aws.update_case(case_id, caseId=new_case(security), title="Another")
