"""The record of calls and its assertions."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
import requests
from botocore.exceptions import ClientError

from membership_mock import RequestBlocked, UsageError, mock_membership
from tests.frozen_time import freeze_time
from tests.samples import TEAM, case_input, new_case, new_membership


@pytest.fixture
def story(membership_mock: Any) -> Any:
    """Calls of two accounts in two regions, one of them refused."""
    here = membership_mock.client("security-ir", account="111122223333", region="eu-west-1")
    there = membership_mock.client("security-ir", account="444455556666", region="us-east-1")
    membership = new_membership(here, membershipName="First")
    with pytest.raises(there.exceptions.AccessDeniedException):
        there.get_membership(membershipId=membership)
    new_case(here)
    there.list_memberships()
    return membership_mock


def test_calls_are_in_order_with_caller_and_region(story: Any) -> None:
    assert [(call.operation, call.account, call.region) for call in story.calls] == [
        ("CreateMembership", "111122223333", "eu-west-1"),
        ("GetMembership", "444455556666", "us-east-1"),
        ("CreateCase", "111122223333", "eu-west-1"),
        ("ListMemberships", "444455556666", "us-east-1"),
    ]
    assert {call.service for call in story.calls} == {"security-ir"}


def test_a_call_has_its_parameters_as_boto3_took_them(story: Any) -> None:
    parameters = dict(story.calls[2].parameters)
    assert len(parameters.pop("clientToken")) > 0  # botocore fills it in
    assert parameters == case_input()


def test_parameters_of_path_and_query_are_there_too(story: Any) -> None:
    client = story.client("security-ir", account="111122223333", region="eu-west-1")
    client.list_investigations(caseId=story.calls[2].answer["caseId"], maxResults=3)
    assert story.calls[-1].parameters == {
        "caseId": story.calls[2].answer["caseId"],
        "maxResults": 3,
    }


def test_a_call_has_the_answer_as_boto3_returned_it(story: Any) -> None:
    client = story.client("security-ir", account="111122223333", region="eu-west-1")
    answer = client.list_cases()
    metadata = answer.pop("ResponseMetadata")
    assert story.calls[-1].answer == answer
    assert story.calls[-1].status == metadata["HTTPStatusCode"]
    assert story.calls[-1].request_id == metadata["RequestId"]


def test_a_refused_call_has_an_error_and_no_answer(story: Any) -> None:
    call = story.calls[1]
    assert call.error_code == "AccessDeniedException"
    assert call.status == 403
    assert call.answer is None
    assert "not authorized" in str(call.error)


def test_a_malformed_call_is_recorded_with_what_was_sent(membership_mock: Any) -> None:
    client = membership_mock.client("security-ir")
    with pytest.raises(client.exceptions.ValidationException):
        client.create_membership(membershipName="x" * 51, incidentResponseTeam=TEAM)
    call = membership_mock.calls[0]
    assert call.error_code == "ValidationException"
    assert call.parameters["membershipName"] == "x" * 51


def test_a_call_to_no_operation_can_be_shown(membership_mock: Any) -> None:
    url = "https://security-ir.us-east-1.api.aws/v1/nothing"
    answer = requests.post(url, data='{"a": 1}', timeout=5)
    assert answer.status_code == 400
    call = membership_mock.calls[0]
    assert (call.operation, call.parameters, call.answer) == ("UnknownOperation", {"a": 1}, None)
    assert "security-ir.UnknownOperation" in membership_mock.report()


def test_a_call_with_a_bottomless_body_can_be_shown(membership_mock: Any) -> None:
    url = "https://security-ir.us-east-1.api.aws/v1/create-case"
    requests.post(url, data="[" * 100_000, timeout=5)
    assert membership_mock.calls[0].parameters == {}
    assert "ValidationException" in membership_mock.report()


def test_what_is_no_character_can_be_shown(membership_mock: Any) -> None:
    client = membership_mock.client("security-ir")
    with pytest.raises(ClientError):
        client.create_membership(membershipName="Half \ud800", incidentResponseTeam=TEAM)
    for shown in (membership_mock.report(), repr(membership_mock.calls)):
        assert "Half \\ud800" in shown
        assert shown.encode()


def test_the_instant_of_a_call_is_that_of_its_answer(membership_mock: Any) -> None:
    with freeze_time("2026-03-04T05:06:07Z"):
        membership_mock.client("security-ir").list_memberships()
    assert membership_mock.calls[0].at == datetime(2026, 3, 4, 5, 6, 7, tzinfo=timezone.utc)


def test_calls_stay_readable_after_the_mock() -> None:
    with mock_membership() as mock:
        mock.client("security-ir").list_memberships()
    assert [call.operation for call in mock.calls] == ["ListMemberships"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        pytest.param({"operation": "CreateCase"}, 1, id="by operation"),
        pytest.param({"operation": "create_case"}, 1, id="by method"),
        pytest.param({"operation": "security-ir.CreateCase"}, 1, id="by service and operation"),
        pytest.param({"service": "security-ir"}, 4, id="by service"),
        pytest.param({"operation": "security-ir.Create*"}, 2, id="by pattern"),
        pytest.param({"operation": "*.list_*"}, 1, id="by pattern of methods"),
        pytest.param({"operation": "*"}, 4, id="by a pattern for all"),
        pytest.param({"operation": "*", "service": "cleanrooms"}, 0, id="by pattern and service"),
        pytest.param(
            {"operation": "*", "parameters": {"title": "Unknown key"}}, 1, id="by pattern and part"
        ),
        pytest.param({"account": "444455556666"}, 2, id="by account"),
        pytest.param({"region": "eu-west-1"}, 2, id="by region"),
        pytest.param({"error": "AccessDeniedException"}, 1, id="by error"),
        pytest.param({"parameters": {"membershipName": "First"}}, 1, id="by a part of parameters"),
        pytest.param({"parameters": {"membershipName": "Other"}}, 0, id="by other parameters"),
        pytest.param({"where": lambda call: call.status == 201}, 2, id="by any question"),
        pytest.param({"account": "444455556666", "region": "eu-west-1"}, 0, id="by all at once"),
    ],
)
def test_filter(story: Any, wanted: dict[str, Any], found: int) -> None:
    assert len(story.calls.filter(**wanted)) == found


def test_filter_of_an_unknown_operation_names_the_nearest(story: Any) -> None:
    with pytest.raises(UsageError, match=r"'CreateCse' is not an operation.*nearest: 'CreateCase'"):
        story.calls.filter("CreateCse")


def test_filter_of_an_unknown_service_names_the_known_ones(story: Any) -> None:
    with pytest.raises(UsageError, match=r"'s4' is not a service of AWS that"):
        story.calls.filter("s4.PutObject")
    with pytest.raises(UsageError, match="boto3 calls it 'security-ir'"):
        story.calls.filter("security_ir.CreateCase")


def test_an_operation_of_another_service_is_named_with_the_service(story: Any) -> None:
    for wanted in ({"operation": "s3.PutObject"}, {"operation": "s3.*"}, {"service": "s3"}):
        assert len(story.calls.filter(**wanted)) == 0
    with pytest.raises(UsageError, match=r"Name that of another service with it: 'sts.Assume"):
        story.calls.filter("PutObject")


def test_a_pattern_that_matches_nothing_is_no_assertion_that_always_holds(story: Any) -> None:
    with pytest.raises(UsageError, match=r"No operation of .* matches 'security-ir\.Invite\*'"):
        story.calls.assert_not_called("security-ir.Invite*")
    with pytest.raises(UsageError, match=r"No operation of cleanrooms matches 'security-ir\.\*'"):
        story.calls.assert_not_called("security-ir.*", service="cleanrooms")
    with pytest.raises(UsageError, match="CreateMembership has no parameter 'membership'"):
        names = {"membershipName": "First", "incidentResponseTeam": [], "membership": "x"}
        story.calls.assert_not_called("security-ir.*", parameters=names)


def test_a_pattern_serves_assertions_as_it_serves_faults(story: Any) -> None:
    story.calls.assert_called("security-ir.Create*", times=2)
    story.calls.assert_not_called("securityhub.*")
    story.calls.assert_in_order("*.Create*", "*.Get*", "*.Create*", "*.List*", exactly=True)
    with pytest.raises(
        AssertionError, match=r"Create\* was called, but differently:\n(.*\n)?.* by"
    ):
        story.calls.assert_called("*.Create*", account="444455556666")


@pytest.mark.parametrize(
    ("operation", "parameters", "said"),
    [
        pytest.param("CreateCase", {"titel": "x"}, "'titel'; nearest: 'title'", id="typo"),
        pytest.param("create_case", {"Title": "x"}, "'Title'; nearest: 'title'", id="letter case"),
        pytest.param(
            "UpdateMembership",
            {"membershipAccountsConfigurationsUpdate": {"organizationalUnits": []}},
            "'membershipAccountsConfigurationsUpdate.organizationalUnits'; nearest: 'organiz",
            id="nested",
        ),
        pytest.param(
            "CreateMembers", {"AccountDetails": [{"Accountid": "1"}]}, "AccountDetails.", id="list"
        ),
        pytest.param("ListMembers", {"membershipIdentifier": "m"}, "'membershipI", id="no service"),
    ],
)
def test_parameters_that_no_call_could_have_are_a_usage_error(
    story: Any, operation: str, parameters: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError, match=f"has no parameter .*{said}"):
        story.calls.assert_not_called(operation, parameters=parameters)


def test_parameters_may_be_those_of_either_service_with_an_operation_of_that_name(
    story: Any,
) -> None:
    story.calls.assert_not_called("ListMembers", parameters={"OnlyAssociated": True})
    story.calls.assert_not_called("ListMembers", parameters={"collaborationIdentifier": "x"})
    story.calls.assert_not_called("CreateCase", parameters={"tags": {"any": "key"}})


def test_assert_called_returns_what_it_found(story: Any) -> None:
    (call,) = story.calls.assert_called("CreateCase", times=1, account="111122223333")
    assert call.status == 201


def test_assert_called_shows_what_was_called_instead(story: Any) -> None:
    with pytest.raises(AssertionError) as raised:
        story.calls.assert_called("CloseCase")
    text = str(raised.value)
    assert "expected CloseCase to be called at least once, but it was not called" in text
    assert "What was called instead:" in text
    assert "security-ir.CreateCase by 111122223333 in eu-west-1" in text


def test_assert_called_shows_the_near_misses_first(story: Any) -> None:
    with pytest.raises(AssertionError) as raised:
        story.calls.assert_called("CreateCase", region="us-east-1")
    text = str(raised.value)
    assert "expected CreateCase with region='us-east-1' to be called" in text
    assert "CreateCase was called, but differently:" in text
    assert "ListMemberships" not in text


def test_assert_called_counts(story: Any) -> None:
    with pytest.raises(
        AssertionError,
        match=r"to be called twice, but it was called once\.\n    What was called:\n.*CreateCase by",
    ):
        story.calls.assert_called("CreateCase", times=2)


def test_assert_called_says_when_nothing_was_called(membership_mock: Any) -> None:
    with pytest.raises(AssertionError, match="Nothing was called at all"):
        membership_mock.calls.assert_called("CreateCase")


def test_assert_not_called_shows_the_calls(story: Any) -> None:
    story.calls.assert_not_called("CloseCase")
    with pytest.raises(AssertionError, match="expected CreateCase not to be called"):
        story.calls.assert_not_called("CreateCase")


# --- in order ---


def test_calls_in_order_are_returned_and_others_may_stand_between(story: Any) -> None:
    first, last = story.calls.assert_in_order("CreateMembership", "security-ir.CreateCase")
    assert [first.operation, last.operation] == ["CreateMembership", "CreateCase"]
    story.calls.assert_in_order(
        ("create_membership", {"account": "111122223333"}),
        ("get_membership", {"account": "444455556666", "error": "AccessDeniedException"}),
        ("CreateCase", {"parameters": {"resolverType": "Self"}}),
        "ListMemberships",
    )


def test_no_calls_wanted_is_true_of_any_calls(story: Any) -> None:
    assert story.calls.assert_in_order() == []


def test_one_call_serves_one_step_only(story: Any) -> None:
    with pytest.raises(AssertionError, match="number 2 did not come"):
        story.calls.assert_in_order("CreateCase", "CreateCase")


def test_calls_in_the_wrong_order_say_how_far_they_came_and_what_came_too_early(story: Any) -> None:
    with pytest.raises(AssertionError) as caught:
        story.calls.assert_in_order(
            "CreateMembership", "ListMemberships", ("CreateCase", {"region": "eu-west-1"})
        )
    lines = str(caught.value).splitlines()
    assert lines[:5] == [
        "expected 3 calls in order, but number 3 did not come: CreateCase with region='eu-west-1'",
        "    ok      1. CreateMembership (call 1)",
        "    ok      2. ListMemberships (call 4)",
        "    MISSING 3. CreateCase with region='eu-west-1'",
        "    It was called, but too early:",
    ]
    assert lines[5].startswith("         3  security-ir.CreateCase by 111122223333 in eu-west-1")


def test_calls_that_never_came_show_what_was_called(story: Any, membership_mock: Any) -> None:
    with pytest.raises(AssertionError) as caught:
        story.calls.assert_in_order("CloseCase", "CreateCase")
    assert "    What was called:" in str(caught.value)
    assert "CreateMembership by 111122223333" in str(caught.value)
    membership_mock.reset()
    with pytest.raises(AssertionError, match="Nothing was called at all"):
        story.calls.assert_in_order("CloseCase")


def test_exactly_allows_no_other_calls(story: Any) -> None:
    by_first = story.calls.filter(account="111122223333")
    by_first.assert_in_order("CreateMembership", "CreateCase", exactly=True)
    with pytest.raises(AssertionError, match=r"no others, but there were 2 more(.|\n)*GetMember"):
        story.calls.assert_in_order("CreateMembership", "CreateCase", exactly=True)


def test_an_unknown_operation_in_an_order_names_the_nearest(story: Any) -> None:
    with pytest.raises(UsageError, match="nearest: 'CreateCase'"):
        story.calls.assert_in_order("CreateCases")


# --- what went on to moto ---


def test_calls_to_motos_services_are_counted_by_account_and_region(membership_mock: Any) -> None:
    mock = membership_mock
    mock.client("organizations", account="111122223333").create_organization(FeatureSet="ALL")
    for account in ("111122223333", "444455556666"):
        mock.client("sts", account=account, region="eu-west-1").get_caller_identity()
    mock.client("security-ir").list_memberships()
    assert mock.passed_through() == {
        "organizations.CreateOrganization": 1,
        "sts.GetCallerIdentity": 2,
    }
    assert mock.passed_through(account="444455556666") == {"sts.GetCallerIdentity": 1}
    assert mock.passed_through(region="eu-west-1") == {"sts.GetCallerIdentity": 2}
    assert mock.passed_through()["organizations.ListAccounts"] == 0


def test_calls_that_moto_refuses_are_counted_and_blocked_ones_are_not(membership_mock: Any) -> None:
    with pytest.raises(ClientError):
        membership_mock.client("organizations").describe_organization()
    with pytest.raises(RequestBlocked):
        membership_mock.client("chime-sdk-voice").list_phone_numbers()
    assert membership_mock.passed_through() == {"organizations.DescribeOrganization": 1}


def test_the_count_is_readable_after_the_mock_and_empty_after_a_reset() -> None:
    mock = mock_membership()
    assert mock.passed_through() == {}
    with mock:
        mock.client("sts").get_caller_identity()
        mock.reset()
        assert mock.passed_through() == {}
        mock.client("s3").list_buckets()
    assert mock.passed_through() == {"s3.ListBuckets": 1}


def test_calls_after_a_reset_are_not_those_from_before(membership_mock: Any) -> None:
    membership_mock.client("security-ir").list_memberships()
    assert len(membership_mock.calls) == 1
    membership_mock.reset()
    membership_mock.client("cleanrooms").list_collaborations()
    assert [call.operation for call in membership_mock.calls] == ["ListCollaborations"]


@pytest.mark.parametrize(
    "wanted",
    [
        {"operation": 7},
        {"account": 111122223333},
        {"account": "12"},
        {"region": 7},
        {"region": ""},
        {"service": "organisations"},
        {"operation": "security-ir.CreateCase", "service": "cleanrooms"},
        {"error": KeyError},
        {"parameters": ["caseId"]},
        {"where": "caseId"},
    ],
)
def test_what_no_call_can_be_like_is_no_assertion_that_always_holds(
    membership_mock: Any, wanted: dict[str, Any]
) -> None:
    with pytest.raises(UsageError):
        membership_mock.calls.assert_not_called(**wanted)


@pytest.mark.parametrize("times", [-1, True, "2"])
def test_times_that_are_no_number_are_a_usage_error(membership_mock: Any, times: Any) -> None:
    with pytest.raises(UsageError, match="times is a number of calls"):
        membership_mock.calls.assert_called("CreateCase", times=times)


@pytest.mark.parametrize("step", [7, None, ("CreateCase",), ("CreateCase", None), ["GetCase", "X"]])
def test_a_step_that_is_none_is_a_usage_error(membership_mock: Any, step: Any) -> None:
    with pytest.raises(UsageError, match="A step is an operation, or a pair"):
        membership_mock.calls.assert_in_order(step)


def test_moto_is_not_asked_for_calls_of_what_is_no_account(membership_mock: Any) -> None:
    with pytest.raises(UsageError, match="not an account id"):
        membership_mock.passed_through(account=111122223333)
