"""Faults: which calls they hit, how often, and what they tell of themselves."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from membership_mock import Fault, NotRunning, UsageError, mock_membership
from membership_mock.engine import running
from membership_mock.engine.pipeline.setup_calls import setup_calls
from membership_mock.services import SERVICES
from tests.samples import TEAM, new_case, new_membership

ONCE = Config(retries={"total_max_attempts": 1})
ADMIN, OTHER = "111111111111", "222222222222"


def client(mock: Any, service: str = "securityhub", account: str = ADMIN, **others: Any) -> Any:
    return mock.client(service, account=account, config=ONCE, **others)


def outcome(call: Any, *args: Any, **kwargs: Any) -> str:
    """Return the code of the error that a call ends in, or ``fine``."""
    try:
        call(*args, **kwargs)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "fine"


def outcomes(times: int, call: Any, **kwargs: Any) -> list[str]:
    return [outcome(call, **kwargs) for _ in range(times)]


# --- which calls ---


@pytest.mark.parametrize(
    "operation",
    [
        "security-ir.ListMemberships",
        "security-ir.list_memberships",
        "list_memberships",
        "security-ir.List*",
        "security-ir.list_*",
        "*",
    ],
)
def test_a_fault_hits_the_operation_however_it_is_named(
    membership_mock: Any, operation: str
) -> None:
    membership_mock.fail(operation, "ThrottlingException")
    security = client(membership_mock, "security-ir")
    assert outcomes(2, security.list_memberships) == ["ThrottlingException", "fine"]


@pytest.mark.membership_mock(unused_plans="ignore")
def test_a_fault_leaves_other_operations_alone(membership_mock: Any) -> None:
    fault = membership_mock.fail("securityhub.GetMembers", "ThrottlingException")
    hub = client(membership_mock)
    assert outcome(hub.enable_security_hub) == "fine"
    assert outcome(client(membership_mock, "security-ir").list_memberships) == "fine"
    assert fault.remaining == 1


def test_a_fault_for_an_account_hits_its_calls_only(membership_mock: Any) -> None:
    membership_mock.fail("list_memberships", "ThrottlingException", account=OTHER, times=None)
    here = client(membership_mock, "security-ir")
    there = client(membership_mock, "security-ir", OTHER)
    assert outcome(here.list_memberships) == "fine"
    assert outcome(there.list_memberships) == "ThrottlingException"


def test_a_fault_for_a_region_hits_calls_there_only(membership_mock: Any) -> None:
    membership_mock.fail("security-ir.*", "ThrottlingException", region="eu-west-1", times=None)
    regions = ["us-east-1", "eu-west-1", "ap-southeast-2"]
    clients = [client(membership_mock, "security-ir", region=region) for region in regions]
    assert [outcome(each.list_memberships) for each in clients] == [
        "fine",
        "ThrottlingException",
        "fine",
    ]


def test_a_fault_asks_a_question_to_the_call(membership_mock: Any) -> None:
    seen = []

    def about_two(call: Any) -> bool:
        seen.append(call)
        return [each["AccountId"] for each in call.parameters["AccountDetails"]] == [OTHER]

    membership_mock.fail("securityhub.CreateMembers", "LimitExceededException", where=about_two)
    hub = client(membership_mock)
    hub.enable_security_hub()
    made = [[{"AccountId": account}] for account in ("333333333333", OTHER, OTHER)]
    assert [outcome(hub.create_members, AccountDetails=each) for each in made] == [
        "fine",
        "LimitExceededException",
        "fine",
    ]
    (call, again) = seen
    assert (call.service, call.operation, call.account) == ("securityhub", "CreateMembers", ADMIN)
    assert call.request_id == membership_mock.calls[1].request_id != again.request_id


@pytest.mark.membership_mock(unused_plans="ignore")
def test_what_a_question_raises_reaches_the_test(membership_mock: Any) -> None:
    membership_mock.fail("*", "ThrottlingException", where=lambda call: call.parameters["nothing"])
    with pytest.raises(UsageError, match="of where= has raised KeyError: 'nothing'") as raised:
        client(membership_mock, "security-ir").list_memberships()
    assert isinstance(raised.value.__cause__, KeyError)


@pytest.mark.membership_mock(unused_plans="ignore")
def test_a_malformed_call_is_refused_before_a_fault_hits_it(membership_mock: Any) -> None:
    fault = membership_mock.fail("security-ir.GetCase", "ThrottlingException")
    security = client(membership_mock, "security-ir")
    assert outcome(security.get_case, caseId="no case id") == "ValidationException"
    assert fault.remaining == 1


def test_setup_calls_are_not_faulted(membership_mock: Any) -> None:
    fault = membership_mock.fail("*", "ThrottlingException", times=None)
    security = client(membership_mock, "security-ir")
    with setup_calls():
        new_membership(security)
    assert len(fault.fired) == 0
    assert outcome(security.list_memberships) == "ThrottlingException"


@pytest.mark.parametrize("times", [1, 2])
def test_a_fault_leaves_the_first_matching_calls_alone(membership_mock: Any, times: int) -> None:
    one, two = (
        membership_mock.client("security-ir", account=a, config=ONCE) for a in (ADMIN, OTHER)
    )
    fault = membership_mock.fail(
        "list_memberships", "ThrottlingException", skip=2, times=times, account=ADMIN
    )
    found = [
        outcome(client.list_memberships) for client in (one, two, two, two, one, one, one, one)
    ]
    assert found == ["fine"] * 5 + ["ThrottlingException"] * times + ["fine"] * (3 - times)
    assert len(fault.fired) == times


def test_the_third_page_is_late_and_the_second_call_refuses_an_account(
    membership_mock: Any,
) -> None:
    membership_mock.clock.freeze("2026-03-14T12:00:00Z")
    membership_mock.given.securityhub.members(ADMIN, 3)
    client = membership_mock.client("securityhub", account=ADMIN, config=ONCE)
    membership_mock.faults.delay("ListMembers", 5, skip=2)
    times = [
        membership_mock.clock.now().second
        for _ in client.get_paginator("list_members").paginate(PaginationConfig={"PageSize": 1})
    ]
    assert times == [0, 0, 5]
    membership_mock.faults.refuse_accounts("GetMembers", [OTHER], skip=1, reason="Busy")
    answers = [client.get_members(AccountIds=[OTHER])["UnprocessedAccounts"] for _ in range(2)]
    assert [any(each["ProcessingResult"] == "Busy" for each in answer) for answer in answers] == [
        False,
        True,
    ]


@pytest.mark.parametrize("skip", [-1, True, 1.0, None])
def test_a_number_of_calls_to_skip_that_is_none_is_a_usage_error(
    membership_mock: Any, skip: Any
) -> None:
    with pytest.raises(UsageError, match="skip is a number of calls"):
        membership_mock.fail("list_memberships", "ThrottlingException", skip=skip)


# --- how often ---


def test_a_fault_hits_one_call(membership_mock: Any) -> None:
    membership_mock.fail("list_memberships", "ThrottlingException")
    security = client(membership_mock, "security-ir")
    assert outcomes(3, security.list_memberships) == ["ThrottlingException", "fine", "fine"]


def test_a_fault_hits_as_many_calls_as_told(membership_mock: Any) -> None:
    fault = membership_mock.fail("list_memberships", "ThrottlingException", times=2)
    security = client(membership_mock, "security-ir")
    assert outcomes(3, security.list_memberships) == ["ThrottlingException"] * 2 + ["fine"]
    assert fault.remaining == 0


def test_a_fault_hits_all_calls_that_come(membership_mock: Any) -> None:
    fault = membership_mock.fail("list_memberships", "ThrottlingException", times=None)
    security = client(membership_mock, "security-ir")
    assert outcomes(4, security.list_memberships) == ["ThrottlingException"] * 4
    assert fault.remaining is None


@pytest.mark.membership_mock(unused_plans="ignore")
def test_several_faults_are_used_up_in_the_order_of_injection(membership_mock: Any) -> None:
    membership_mock.fail("security-ir.ListMemberships", "ThrottlingException")
    membership_mock.fail("security-ir.List*", "InternalServerException")
    membership_mock.fail("security-ir.ListMemberships", "AccessDeniedException", account=OTHER)
    membership_mock.fail("security-ir.ListMemberships", "ConflictException")
    security = client(membership_mock, "security-ir")
    assert outcomes(4, security.list_memberships) == [
        "ThrottlingException",
        "InternalServerException",
        "ConflictException",
        "fine",
    ]


def test_a_fault_changes_nothing_in_the_world(membership_mock: Any) -> None:
    security = client(membership_mock, "security-ir")
    membership_mock.fail("security-ir.CreateMembership", "InternalServerException")
    request = {"membershipName": "Response", "incidentResponseTeam": TEAM, "clientToken": "t"}
    assert outcome(security.create_membership, **request) == "InternalServerException"
    assert security.list_memberships()["items"] == []
    assert outcome(security.create_membership, **request) == "fine"


def test_the_road_is_free_when_no_fault_is_left(membership_mock: Any) -> None:
    pipeline = running.require().pipeline
    assert pipeline.hooks.is_empty_around
    one = membership_mock.fail("list_memberships", "ThrottlingException")
    two = membership_mock.fail("get_case", "ThrottlingException")
    assert not pipeline.hooks.is_empty_around
    assert outcome(client(membership_mock, "security-ir").list_memberships) != "fine"
    assert (one.remaining, pipeline.hooks.is_empty_around) == (0, False)
    two.cancel()
    assert pipeline.hooks.is_empty_around


def test_botocore_tries_again_and_succeeds(
    membership_mock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    naps: list[float] = []
    monkeypatch.setattr("botocore.endpoint.time.sleep", naps.append)
    config = Config(retries={"mode": "standard", "total_max_attempts": 3})
    security = membership_mock.client("security-ir", config=config)
    fault = membership_mock.fail("list_memberships", "ThrottlingException", times=2)
    answer = security.list_memberships()
    assert answer["ResponseMetadata"]["RetryAttempts"] == len(naps) == len(fault.fired) == 2
    assert [call.error_code for call in membership_mock.calls] == ["ThrottlingException"] * 2 + [
        None
    ]


# --- what a fault tells, and its end ---


def test_a_fault_knows_the_calls_that_it_hit(membership_mock: Any) -> None:
    fault = membership_mock.fail("security-ir.*", "ThrottlingException", times=2)
    security, other = (client(membership_mock, "security-ir", each) for each in (ADMIN, OTHER))
    assert list(fault.fired) == []
    outcomes(2, security.list_memberships)
    outcome(other.list_memberships)
    assert [call.request_id for call in fault.fired] == [
        call.request_id for call in membership_mock.calls[:2]
    ]
    fault.fired.assert_called("ListMemberships", times=2, account=ADMIN)
    assert [(call.error_code, call.status) for call in fault.fired] == [
        ("ThrottlingException", 429)
    ] * 2


def test_a_fault_that_is_cancelled_hits_nothing_more(membership_mock: Any) -> None:
    fault = membership_mock.fail("list_memberships", "ThrottlingException", times=None)
    security = client(membership_mock, "security-ir")
    assert outcome(security.list_memberships) == "ThrottlingException"
    fault.cancel()
    assert outcome(security.list_memberships) == "fine"
    assert (fault.remaining, len(fault.fired)) == (0, 1)


def test_a_fault_is_over_at_the_end_of_its_block(membership_mock: Any) -> None:
    security = client(membership_mock, "security-ir")
    with membership_mock.fail("list_memberships", "ThrottlingException", times=None) as fault:
        assert isinstance(fault, Fault)
        assert outcomes(2, security.list_memberships) == ["ThrottlingException"] * 2
    assert outcome(security.list_memberships) == "fine"


@pytest.mark.membership_mock(unused_plans="ignore")
def test_a_fault_says_what_it_does(membership_mock: Any) -> None:
    def big_call(_: Any) -> bool:
        return True

    fault = membership_mock.fail(
        "securityhub.ListMembers",
        "LimitExceededException",
        times=2,
        account=ADMIN,
        region="us-east-1",
        where=big_call,
    )
    said = (
        "<Fault: securityhub.ListMembers answers LimitExceededException (429) for 111111111111 in"
        " us-east-1 where big_call, twice; "
    )
    assert repr(fault) == f"{said}not fired>"
    outcome(client(membership_mock).list_members)
    assert repr(fault) == f"{said}fired once>"
    fault.cancel()
    assert repr(fault) == f"{said}fired once, over>"
    always = membership_mock.fail("*", "ReadTimeoutError", after=True, times=None)
    assert repr(always) == "<Fault: * ends in ReadTimeoutError after it took effect, always; not fired>"  # fmt: skip
    assert repr(membership_mock.faults) == f"{fault!r}\n{always!r}"


@pytest.mark.membership_mock(unused_plans="ignore")
def test_all_faults_are_a_sequence(membership_mock: Any) -> None:
    assert (len(membership_mock.faults), repr(membership_mock.faults)) == (0, "no faults")
    one = membership_mock.fail("list_memberships", "ThrottlingException")
    two = membership_mock.faults.fail("get_case", "ThrottlingException")
    outcome(client(membership_mock, "security-ir").list_memberships)
    assert list(membership_mock.faults) == [one, two]
    assert (membership_mock.faults[0], membership_mock.faults[1:]) == (one, [two])


def test_all_faults_can_be_withdrawn_at_once(membership_mock: Any) -> None:
    fault = membership_mock.fail("*", "ThrottlingException", times=None)
    membership_mock.faults.delay("*", 3, times=None)
    membership_mock.faults.clear()
    assert outcome(client(membership_mock, "security-ir").list_memberships) == "fine"
    assert (len(membership_mock.faults), fault.remaining) == (0, 0)


def test_a_reset_withdraws_all_faults(membership_mock: Any) -> None:
    faults = membership_mock.faults
    faults.fail("*", "ThrottlingException", times=None)
    membership_mock.reset()
    assert outcome(client(membership_mock, "security-ir").list_memberships) == "fine"
    assert len(membership_mock.faults) == 0
    with pytest.raises(NotRunning, match="ended or was reset"):
        faults.fail("*", "ThrottlingException")


def test_nested_mocks_share_their_faults(membership_mock: Any) -> None:
    with mock_membership() as inner:
        fault = inner.fail("list_memberships", "ThrottlingException")
    assert list(membership_mock.faults) == [fault]
    assert outcome(client(membership_mock, "security-ir").list_memberships) != "fine"


def test_a_mock_that_is_not_running_has_no_faults() -> None:
    mock = mock_membership()
    with pytest.raises(NotRunning):
        mock.fail("*", "ThrottlingException")
    with mock:
        faults = mock.faults
        fault = mock.fail("list_memberships", "ThrottlingException")
        outcome(client(mock, "security-ir").list_memberships)
    assert len(fault.fired) == 1
    with pytest.raises(NotRunning):
        len(mock.faults)
    with pytest.raises(NotRunning):
        faults.delay("*", 1)


def test_a_fault_hits_calls_of_another_task(membership_mock: Any) -> None:
    security = client(membership_mock, "security-ir")
    membership_mock.fail("list_memberships", "ThrottlingException")

    async def ask() -> list[str]:
        return list(
            await asyncio.gather(
                *(asyncio.to_thread(outcome, security.list_memberships) for _ in range(3))
            )
        )

    assert sorted(asyncio.run(ask())) == ["ThrottlingException", "fine", "fine"]


# --- misuse ---


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        pytest.param(
            "securityhub.CreateMember", "nearest: '(CreateMembers|create_members)'", id="typo"
        ),
        pytest.param("securityhub.Frobnicate*", "matches 'securityhub.Frobnicate", id="pattern"),
        pytest.param("ListAccounts", "Name that of another service with it", id="no service"),
        pytest.param("s3.Frobnicate*", "No operation of s3 matches", id="pattern of moto"),
        pytest.param("security_ir.GetCase", "boto3 calls it 'security-ir'", id="misspelt service"),
    ],
)
def test_an_operation_that_cannot_come_is_a_usage_error(
    membership_mock: Any, operation: str, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        membership_mock.fail(operation, "ThrottlingException")
    assert len(membership_mock.faults) == 0


def test_an_operation_that_is_not_mocked_can_fail(
    membership_mock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # every operation is mocked: AWS may add one at any time
    monkeypatch.delitem(SERVICES["securityhub"].handlers, "DescribeHub")
    membership_mock.fail("securityhub.DescribeHub", "ThrottlingException")
    assert outcome(client(membership_mock).describe_hub) == "ThrottlingException"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"times": 0}, "times is a positive number, or None"),
        ({"times": True}, "times is a positive number, or None"),
        ({"times": 1.5}, "times is a positive number, or None"),
        ({"account": 111111111111}, "leading zeros count"),
        ({"region": 3}, "3 is not a region"),
        ({"region": ""}, "'' is not a region"),
        ({"where": "CreateMembers"}, "where is a function of a call"),
    ],
)
def test_a_filter_that_cannot_be_meant_is_a_usage_error(
    membership_mock: Any, wrong: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        membership_mock.fail("*", "ThrottlingException", **wrong)
    with pytest.raises(UsageError, match=said):
        membership_mock.faults.delay("*", 2, **wrong)
    with pytest.raises(UsageError, match=said):
        membership_mock.faults.refuse_accounts("get_members", [OTHER], **wrong)
    assert running.require().pipeline.hooks.is_empty_around


def test_a_case_can_be_opened_after_its_fault(membership_mock: Any) -> None:
    security = client(membership_mock, "security-ir")
    new_membership(security)
    membership_mock.fail("create_case", "ServiceQuotaExceededException")
    with pytest.raises(security.exceptions.ServiceQuotaExceededException):
        new_case(security)
    assert new_case(security)
    assert security.list_cases()["total"] == 1


def test_faults_from_before_a_reset_stay_away(membership_mock: Any) -> None:
    membership_mock.fail("list_memberships", "ThrottlingException", times=None)
    security = client(membership_mock, "security-ir")
    with membership_mock.fail("get_case", "ThrottlingException"):
        membership_mock.reset()
        membership_mock.fail("list_memberships", "AccessDeniedException")
    assert outcomes(2, security.list_memberships) == ["AccessDeniedException", "fine"]


def test_an_error_whose_code_is_no_word_is_a_usage_error(membership_mock: Any) -> None:
    for code in ("", "a\0b", "Two Words", "a\nb"):
        with pytest.raises(UsageError, match="is not the code of an error"):
            membership_mock.fail("list_memberships", code, force=True)


@pytest.mark.parametrize("operation", [None, 7, b"GetCase", ["GetCase"]])
def test_an_operation_that_is_no_text_is_a_usage_error(
    membership_mock: Any, operation: Any
) -> None:
    with pytest.raises(UsageError, match="An operation is its name"):
        membership_mock.fail(operation, "ThrottlingException")


def test_a_member_without_a_name_is_a_usage_error(membership_mock: Any) -> None:
    members: dict[Any, Any] = {1: 2}
    with pytest.raises(UsageError, match="name of a member of an error is text, not 1"):
        membership_mock.fail("get_case", "ConflictException", members=members)
