"""The events of cases and memberships that Security Incident Response sends to EventBridge."""

from __future__ import annotations

import pytest

from membership_mock import mock_membership

A, B = "111111111111", "222222222222"
REGION = "eu-west-1"


@pytest.fixture
def mock():
    with mock_membership(account=A, region=REGION, now="2026-11-01T12:00:00Z") as mock:
        yield mock


def told(mock, **wanted):
    """Return what was sent: the detail-type and who did it."""
    return [
        (each.detail_type, each.detail.get("createdBy") or each.detail.get("updatedBy"))
        for each in mock.events.filter(source="security-ir", **wanted)
    ]


def test_each_change_of_a_case_by_the_customer_is_told(mock):
    mock.given.security_ir.membership()
    ir = mock.client("security-ir")
    case = mock.given.security_ir.case().case_id
    ir.update_case(caseId=case, title="Known key")
    ir.update_case(caseId=case, title="Known key")  # changes nothing
    ir.update_case_status(caseId=case, caseStatus="Detection and Analysis")
    comment = ir.create_case_comment(caseId=case, body="When?")["commentId"]
    ir.update_case_comment(caseId=case, commentId=comment, body="When was it?")
    ir.get_case_attachment_upload_url(caseId=case, fileName="log.txt", contentLength=3)
    ir.close_case(caseId=case)
    assert told(mock) == [
        ("Membership Created", None),
        ("Case Created", A),
        ("Case Updated", A),
        ("Case Updated", A),
        ("Case Comment Added", A),
        ("Case Comment Updated", A),
        ("Case Updated", A),
        ("Case Closed", None),
    ]
    closed = mock.events[-1]
    assert closed.detail == {"caseId": case}
    assert closed.resources == (f"arn:aws:security-ir:{REGION}:{A}:case/{case}",)


def test_what_aws_does_is_told_with_its_name(mock):
    mock.given.security_ir.membership(triage=True)
    side = mock.aws_side()
    case = side.open_case()
    side.comment(case, "We have seen it.")
    side.move_case(case, "Acknowledged")
    assert told(mock)[1:] == [
        ("Case Created", "security-ir.amazonaws.com"),
        ("Case Comment Added", "AWS Responder"),
        ("Case Updated", "AWS Responder"),
    ]


def test_a_case_that_lapses_is_told_once_and_at_its_time(mock):
    mock.given.security_ir.membership(triage=True)
    case = mock.aws_side().open_case()
    mock.clock.advance(days=6)
    mock.client("security-ir").get_case(caseId=case)
    (closed,) = mock.events.assert_sent("Case Closed", times=1)
    assert f"{closed.at:%Y-%m-%d %H:%M}" == "2026-11-06 12:00"


def test_the_life_of_a_membership_is_told(mock):
    ir = mock.client("security-ir")
    membership = mock.given.security_ir.membership().membership_id
    ir.update_membership(membershipId=membership, membershipName="Response")
    ir.cancel_membership(membershipId=membership)
    ir.cancel_membership(membershipId=membership)  # changes nothing
    ir.update_membership(membershipId=membership, undoMembershipCancellation=True)
    ir.cancel_membership(membershipId=membership)
    mock.clock.advance(days=40)
    kinds = [each.detail_type for each in mock.events]
    assert kinds == [
        "Membership Created",
        "Membership Updated",
        "Membership Cancelled",
        "Membership Updated",
        "Membership Cancelled",
        "Membership Terminated",
    ]
    ended = mock.events[-1]
    assert ended.detail == {"membershipId": membership}
    assert ended.resources == (f"arn:aws:security-ir:{REGION}:{A}:membership/{membership}",)
    assert f"{ended.at:%Y-%m-%d}" == "2026-12-01"
    assert ir.get_membership(membershipId=membership)["membershipStatus"] == "Terminated"
    mock.events.assert_sent("Membership Terminated", times=1)


def test_a_membership_that_the_organization_ends_is_told_to_its_account(mock):
    organization = mock.organization({"security": B}, delegated={"security-ir": "security"})
    mock.given.security_ir.membership(B)
    client = mock.client("organizations", account=organization.management)
    client.deregister_delegated_administrator(
        AccountId=B, ServicePrincipal="security-ir.amazonaws.com"
    )
    mock.events.assert_sent("Membership Terminated", account=B, times=1)


def test_a_refused_call_after_a_case_has_lapsed_tells_nothing_yet(mock):
    mock.given.security_ir.membership(triage=True)
    case = mock.aws_side().open_case()
    ir = mock.client("security-ir")
    mock._entered.world.clock.set(
        mock.clock.now().replace(day=20), frozen=True
    )  # nothing has looked yet
    with pytest.raises(ir.exceptions.ConflictException):
        ir.create_case_comment(caseId=case, body="Is it?")
    mock.events.assert_not_sent("Case Closed")
    assert ir.get_case(caseId=case)["caseStatus"] == "Closed"
    mock.events.assert_sent("Case Closed", times=1)
