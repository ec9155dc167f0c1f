"""Errors of services as faults: which ones may be sent, and what is in them."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from membership_mock import UsageError
from tests.samples import TEAM, case_input, new_membership

ONCE = Config(retries={"total_max_attempts": 1})


@pytest.fixture
def hub(membership_mock: Any) -> Any:
    """A client of Security Hub."""
    return membership_mock.client("securityhub", account="111111111111", config=ONCE)


@pytest.fixture
def security(membership_mock: Any) -> Any:
    """A client of Security Incident Response in another region."""
    return membership_mock.client("security-ir", region="eu-west-1", config=ONCE)


@pytest.fixture
def rooms(membership_mock: Any) -> Any:
    """A client of Clean Rooms."""
    return membership_mock.client("cleanrooms", account="222222222222", config=ONCE)


def refused(call: Any, **parameters: Any) -> Any:
    """Return the answer of a call that fails."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return caught.value.response


CASE = {"caseId": "1234567890"}
MEMBERSHIP = {"membershipIdentifier": "11111111-2222-3333-4444-555555555555"}


# --- what is sent ---


def test_an_error_has_the_class_the_status_and_the_text_of_the_model(
    membership_mock: Any, hub: Any
) -> None:
    membership_mock.fail("securityhub.ListMembers", "LimitExceededException")
    with pytest.raises(hub.exceptions.LimitExceededException) as caught:
        hub.list_members()
    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert response["Code"] == "LimitExceededException"
    assert response["Error"]["Message"].startswith("The request was rejected because")
    assert "<p>" not in response["Error"]["Message"]


def test_the_text_can_be_set(membership_mock: Any, hub: Any) -> None:
    membership_mock.fail("securityhub.ListMembers", "InternalException", message="Out of order")
    assert refused(hub.list_members)["Error"] == {
        "Code": "InternalException",
        "Message": "Out of order",
    }


@pytest.mark.parametrize("of_the_client", ["class", "exception"])
def test_an_error_can_be_told_by_the_classes_of_a_client(
    membership_mock: Any, security: Any, of_the_client: str
) -> None:
    error = security.exceptions.ConflictException
    if of_the_client == "exception":
        response = {
            "Error": {"Code": "ConflictException", "Message": "Taken"},
            "ResponseMetadata": {"HTTPStatusCode": 409},
            "message": "Taken",
            "resourceId": "r-1",
        }
        error = error(response, "GetCase")
    membership_mock.fail("security-ir.GetCase", error)
    response = refused(security.get_case, **CASE)
    assert response["Error"]["Code"] == "ConflictException"
    if of_the_client == "exception":
        assert (response["message"], response["resourceId"]) == ("Taken", "r-1")
    assert response["resourceType"] == "Case"


def test_required_members_are_filled_from_the_call(membership_mock: Any, security: Any) -> None:
    membership_mock.fail("security-ir.GetCase", "ServiceQuotaExceededException")
    response = refused(security.get_case, **CASE)
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 402
    told = {name: response[name] for name in ("resourceId", "resourceType", "serviceCode")}
    assert told == {"resourceId": "1234567890", "resourceType": "Case", "serviceCode": "security-ir"}  # fmt: skip
    assert response["quotaCode"].startswith("L-")


@pytest.mark.parametrize(("resolver", "code"), [("Self", "L-87F7FF63"), ("AWS", "L-A44E2290")])
def test_the_quota_is_the_one_that_the_call_uses(
    membership_mock: Any, security: Any, resolver: str, code: str
) -> None:
    new_membership(security)
    membership_mock.fail("security-ir.CreateCase", "ServiceQuotaExceededException")
    assert refused(security.create_case, **case_input(resolverType=resolver))["quotaCode"] == code


def test_the_resource_of_a_call_that_names_none_is_what_it_makes(
    membership_mock: Any, security: Any
) -> None:
    membership_mock.fail("security-ir.CreateMembership", "ConflictException")
    response = refused(
        security.create_membership, membershipName="Response", incidentResponseTeam=TEAM
    )
    assert (response["resourceId"], response["resourceType"]) == ("123456789012", "Membership")


def test_types_of_resources_and_reasons_are_those_of_the_model(
    membership_mock: Any, rooms: Any
) -> None:
    membership_mock.fail("cleanrooms.GetMembership", "ResourceNotFoundException")
    response = refused(rooms.get_membership, **MEMBERSHIP)
    assert response["resourceId"] == MEMBERSHIP["membershipIdentifier"]
    assert response["resourceType"] == "MEMBERSHIP"
    membership_mock.fail("cleanrooms.GetMembership", "AccessDeniedException")
    assert refused(rooms.get_membership, **MEMBERSHIP)["reason"] == "INSUFFICIENT_PERMISSIONS"
    membership_mock.fail("cleanrooms.GetMembership", "ValidationException")
    assert refused(rooms.get_membership, **MEMBERSHIP)["reason"] == "INVALID_CONFIGURATION"
    membership_mock.fail(
        "cleanrooms.DeleteConfiguredTableAssociation", "ConflictException", message="In use"
    )
    response = refused(
        rooms.delete_configured_table_association,
        configuredTableAssociationIdentifier="99999999-2222-3333-4444-555555555555",
        **MEMBERSHIP,
    )
    assert response["resourceType"] == "CONFIGURED_TABLE_ASSOCIATION"
    assert response["resourceId"].startswith("99999999")


def test_a_resource_without_a_type_in_the_model_is_called_by_one_around_it(
    membership_mock: Any, rooms: Any
) -> None:
    membership_mock.fail("cleanrooms.GetAnalysisTemplate", "ResourceNotFoundException")
    response = refused(
        rooms.get_analysis_template,
        analysisTemplateIdentifier="99999999-2222-3333-4444-555555555555",
        **MEMBERSHIP,
    )
    assert response["resourceType"] == "MEMBERSHIP"
    assert response["resourceId"] == MEMBERSHIP["membershipIdentifier"]


def test_the_quota_of_clean_rooms_is_the_one_that_the_operation_is_about(
    membership_mock: Any, rooms: Any
) -> None:
    membership_mock.fail("cleanrooms.CreateConfiguredTable", "ServiceQuotaExceededException")
    response = refused(
        rooms.create_configured_table,
        name="t",
        tableReference={"glue": {"tableName": "t", "databaseName": "d"}},
        allowedColumns=["a"],
        analysisMethod="DIRECT_QUERY",
    )
    assert response["quotaName"] == "Configured tables per account"
    assert response["quotaValue"] == 250


def test_members_can_be_given(membership_mock: Any, security: Any) -> None:
    membership_mock.fail(
        "security-ir.GetCase",
        "ValidationException",
        members={"fieldList": [{"name": "caseId", "message": "unknown"}]},
    )
    response = refused(security.get_case, **CASE)
    assert response["fieldList"] == [{"name": "caseId", "message": "unknown"}]
    assert response["reason"] == "FIELD_VALIDATION_FAILED"
    membership_mock.fail(
        "security-ir.GetCase", "ConflictException", members={"resource_type": "Other"}
    )
    response = refused(security.get_case, **CASE)
    assert (response["resourceId"], response["resourceType"]) == ("1234567890", "Other")


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("AccessDeniedException", 403),
        ("ExpiredTokenException", 403),
        ("InternalFailure", 500),
        ("RequestExpired", 400),
        ("ServiceUnavailable", 503),
        ("ThrottlingException", 429),
        ("TooManyRequestsException", 429),
        ("UnrecognizedClientException", 403),
        ("BadRequestException", 400),
    ],
)
def test_errors_that_all_services_send_need_no_force(
    membership_mock: Any, hub: Any, code: str, status: int
) -> None:
    membership_mock.fail("securityhub.ListMembers", code)
    response = refused(hub.list_members)
    assert response["Error"]["Code"] == code
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert response["Error"]["Message"]


def test_throttling_tells_when_to_try_again(
    membership_mock: Any, hub: Any, security: Any, rooms: Any
) -> None:
    membership_mock.fail("*", "ThrottlingException", retry_after=7, times=3)
    answers = [
        refused(hub.list_members),
        refused(security.get_case, **CASE),
        refused(rooms.get_membership, **MEMBERSHIP),
    ]
    for answer in answers:
        headers = answer["ResponseMetadata"]["HTTPHeaders"]
        assert (headers["retry-after"], headers["x-amz-retry-after"]) == ("7", "7000")
    assert [answer.get("retryAfterSeconds") for answer in answers] == [None, 7, None]


def test_an_undeclared_error_can_be_forced(membership_mock: Any, hub: Any, security: Any) -> None:
    membership_mock.fail("securityhub.ListMembers", "ResourceNotFoundException", force=True)
    response = refused(hub.list_members)
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 404
    membership_mock.fail(
        "securityhub.ListMembers", "Brandnew", force=True, message="Oh", status=502
    )
    response = refused(hub.list_members)
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 502
    assert response["Error"] == {"Code": "Brandnew", "Message": "Oh"}
    membership_mock.fail("get_case", "Brandnew", force=True)
    response = refused(security.get_case, **CASE)
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    membership_mock.fail("get_case", "ConflictException", force=True, status=500)
    response = refused(security.get_case, **CASE)
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 500


# --- misuse ---


@pytest.mark.parametrize(
    ("operation", "error", "said"),
    [
        pytest.param(
            "securityhub.CreateMembers",
            "LimitExceeded",
            "does not declare 'LimitExceeded'; it declares AccessDeniedException, .*nearest:"
            " 'LimitExceededException'.*force=True",
            id="unknown",
        ),
        pytest.param(
            "securityhub.*",
            "ResourceConflictException",
            r"\d+ of the \d+ operations do not declare 'ResourceConflictException':"
            " securityhub.*one or more of these operations declare",
            id="not all of a pattern",
        ),
        pytest.param(
            "securityhub.GetMembers", "ReadTimeout", "nearest: 'ReadTimeoutError'", id="connection"
        ),
        pytest.param("*", ClientError, "ClientError alone has no code", id="no code"),
        pytest.param("*", ClientError({}, "GetCase"), "has no code", id="empty response"),
        pytest.param("*", KeyError, "cannot end in KeyError", id="other exception"),
        pytest.param(
            "*", ConnectionError("x"), "botocore.exceptions.ConnectionError", id="Python's own"
        ),
        pytest.param("*", 42, "42 is not an error", id="number"),
        pytest.param("*", int, "is not an error", id="class"),
    ],
)
def test_an_error_that_would_not_come_is_a_usage_error(
    membership_mock: Any, operation: str, error: Any, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        membership_mock.fail(operation, error)
    assert len(membership_mock.faults) == 0


@pytest.mark.parametrize(
    ("code", "wrong", "said"),
    [
        ("ValidationException", {"members": {"reasn": "OTHER"}}, "nearest: 'reason'"),
        ("ValidationException", {"members": {"reason": "WHY"}}, r"'/reason' = 'WHY': .* enum"),
        ("ValidationException", {"members": {"fieldList": [{}]}}, "/fieldList/0/name"),
        ("ValidationException", {"members": {"fieldList": "caseId"}}, "cannot look like that"),
        ("ConflictException", {"members": {"resourceId": 4}}, "must be a string"),
        ("ConflictException", {"members": {"Message": "Hi"}}, "pass message="),
        ("ConflictException", {"members": ["resourceId"]}, "members is a mapping"),
        ("ConflictException", {"message": 5}, "is text, not 5"),
        ("ServiceUnavailable", {"members": {"a": 1}}, "has no ServiceUnavailable"),
        ("ThrottlingException", {"retry_after": 1.5}, "whole number of seconds"),
        ("ThrottlingException", {"retry_after": -1}, "whole number of seconds"),
        ("ThrottlingException", {"status": 503}, "pass force=True to send 503"),
        ("ThrottlingException", {"status": 200, "force": True}, "from 400 to 599, not 200"),
    ],
)
def test_what_does_not_fit_the_model_is_a_usage_error(
    membership_mock: Any, code: str, wrong: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        membership_mock.fail("security-ir.GetCase", code, **wrong)
    assert len(membership_mock.faults) == 0


def test_the_text_has_to_fit_the_model_as_well(membership_mock: Any) -> None:
    with pytest.raises(UsageError, match="'/Message' = '': Member must satisfy"):
        membership_mock.fail("securityhub.ListMembers", "InternalException", message="")
