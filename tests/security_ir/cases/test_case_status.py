"""The life of a case: status, closing, and the resolver."""

from datetime import timedelta

import pytest

from tests.security_ir.scenes import START, code, new_case, refusal

SUBMITTED = "Submitted"
ANALYSIS = "Detection and Analysis"
CONTAINMENT = "Containment, Eradication and Recovery"
POST_INCIDENT = "Post-incident Activities"
SETTABLE = (ANALYSIS, CONTAINMENT, POST_INCIDENT)
MOVES = [(a, b) for a in (SUBMITTED, *SETTABLE) for b in SETTABLE if a != b]


def case_in(client, status):
    case_id = new_case(client)
    if status != SUBMITTED:
        client.update_case_status(caseId=case_id, caseStatus=status)
    return case_id


# UpdateCaseStatus


@pytest.mark.parametrize(("before", "after"), MOVES)
def test_update_case_status_moves_to_any_other_status(security_ir, clock, before, after):
    case_id = case_in(security_ir, before)
    clock.tick(60)
    answer = security_ir.update_case_status(caseId=case_id, caseStatus=after)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert answer["caseStatus"] == after
    case = security_ir.get_case(caseId=case_id)
    assert case["caseStatus"] == after
    assert case["lastUpdatedDate"] == START + timedelta(seconds=60)


@pytest.mark.parametrize("status", [SUBMITTED, *SETTABLE])
def test_update_case_status_refuses_the_present_status(security_ir, status):
    case_id = case_in(security_ir, status)
    response = refusal(security_ir.update_case_status, caseId=case_id, caseStatus=status)
    assert code(response) == "ValidationException"
    assert response["reason"] == "OTHER"
    assert [field["name"] for field in response["fieldList"]] == ["caseStatus"]


@pytest.mark.parametrize("status", SETTABLE)
def test_update_case_status_never_leads_back_to_submitted(security_ir, status):
    case_id = case_in(security_ir, status)
    response = refusal(security_ir.update_case_status, caseId=case_id, caseStatus=SUBMITTED)
    assert code(response) == "ValidationException"
    assert security_ir.get_case(caseId=case_id)["caseStatus"] == status


@pytest.mark.parametrize("status", ["Closed", "Acknowledged", "Ready to Close"])
def test_update_case_status_refuses_what_customers_cannot_set(security_ir, status):
    case_id = new_case(security_ir)
    response = refusal(security_ir.update_case_status, caseId=case_id, caseStatus=status)
    assert code(response) == "ValidationException"
    assert response["reason"] == "FIELD_VALIDATION_FAILED"


def test_update_case_status_refuses_a_case_that_aws_resolves(security_ir):
    case_id = new_case(security_ir, "AWS")
    response = refusal(security_ir.update_case_status, caseId=case_id, caseStatus=ANALYSIS)
    assert code(response) == "ValidationException"
    assert response["reason"] == "OTHER"


@pytest.mark.parametrize("resolver", ["Self", "AWS"])
def test_update_case_status_refuses_a_closed_case(security_ir, resolver):
    case_id = new_case(security_ir, resolver)
    security_ir.close_case(caseId=case_id)
    response = refusal(security_ir.update_case_status, caseId=case_id, caseStatus=ANALYSIS)
    assert code(response) == "ValidationException"
    assert response["reason"] == "OTHER"
    assert [field["name"] for field in response["fieldList"]] == ["caseStatus"]


# CloseCase


@pytest.mark.parametrize("status", [SUBMITTED, *SETTABLE])
def test_close_case_works_from_every_status(security_ir, clock, status):
    case_id = case_in(security_ir, status)
    clock.tick(60)
    answer = security_ir.close_case(caseId=case_id)
    closed = START + timedelta(seconds=60)
    assert (answer["caseStatus"], answer["closedDate"]) == ("Closed", closed)
    case = security_ir.get_case(caseId=case_id)
    assert case["caseStatus"] == "Closed"
    assert case["closedDate"] == case["lastUpdatedDate"] == closed
    assert case["pendingAction"] == "None"
    assert "closureCode" not in case


def test_close_case_closes_a_case_that_aws_resolves(security_ir):
    case_id = new_case(security_ir, "AWS")
    assert security_ir.close_case(caseId=case_id)["caseStatus"] == "Closed"


@pytest.mark.parametrize(
    "status",
    ["Submitted", "Acknowledged", ANALYSIS, CONTAINMENT, POST_INCIDENT, "Ready to Close"],
)
def test_close_case_is_the_customers_right_wherever_aws_is(membership_mock, status):
    seeded = membership_mock.given.security_ir.case(resolver="AWS", status=status)
    client = membership_mock.client("security-ir")
    assert client.close_case(caseId=seeded.case_id)["caseStatus"] == "Closed"
    case = client.get_case(caseId=seeded.case_id)
    assert (case["caseStatus"], case["pendingAction"]) == ("Closed", "None")
    assert "closureCode" not in case


def test_close_case_is_final(security_ir, clock):
    case_id = new_case(security_ir)
    security_ir.close_case(caseId=case_id)
    clock.tick(60)
    response = refusal(security_ir.close_case, caseId=case_id)
    assert code(response) == "ConflictException"
    assert (response["resourceId"], response["resourceType"]) == (case_id, "Case")
    assert security_ir.get_case(caseId=case_id)["closedDate"] == START


def test_close_case_refuses_an_unknown_case(security_ir):
    assert code(refusal(security_ir.close_case, caseId="1234567890")) == "ResourceNotFoundException"


def test_close_case_leaves_the_case_readable_and_taggable(security_ir):
    case_id = new_case(security_ir)
    security_ir.create_case_comment(caseId=case_id, body="Done.")
    security_ir.close_case(caseId=case_id)
    arn = security_ir.get_case(caseId=case_id)["caseArn"]
    security_ir.tag_resource(resourceArn=arn, tags={"kept": "yes"})
    assert security_ir.list_tags_for_resource(resourceArn=arn)["tags"] == {"kept": "yes"}
    assert security_ir.list_comments(caseId=case_id)["total"] == 1
    assert security_ir.list_investigations(caseId=case_id)["investigationActions"] == []


# UpdateResolverType


def test_update_resolver_type_hands_the_case_over_as_submitted(security_ir):
    case_id = case_in(security_ir, CONTAINMENT)
    answer = security_ir.update_resolver_type(caseId=case_id, resolverType="AWS")
    del answer["ResponseMetadata"]
    assert answer == {"caseId": case_id, "caseStatus": SUBMITTED, "resolverType": "AWS"}
    case = security_ir.get_case(caseId=case_id)
    assert (case["resolverType"], case["caseStatus"]) == ("AWS", SUBMITTED)
    assert case["pendingAction"] == "None"


def test_update_resolver_type_refuses_the_way_back(security_ir):
    case_id = new_case(security_ir, "AWS")
    response = refusal(security_ir.update_resolver_type, caseId=case_id, resolverType="Self")
    assert code(response) == "ConflictException"
    assert (response["resourceId"], response["resourceType"]) == (case_id, "Case")


@pytest.mark.parametrize("resolver", ["Self", "AWS"])
def test_update_resolver_type_refuses_the_present_resolver(security_ir, resolver):
    case_id = new_case(security_ir, resolver)
    response = refusal(security_ir.update_resolver_type, caseId=case_id, resolverType=resolver)
    assert code(response) == "ValidationException"
    assert [field["name"] for field in response["fieldList"]] == ["resolverType"]


def test_update_resolver_type_refuses_a_closed_case(security_ir):
    case_id = new_case(security_ir)
    security_ir.close_case(caseId=case_id)
    response = refusal(security_ir.update_resolver_type, caseId=case_id, resolverType="AWS")
    assert code(response) == "ConflictException"
