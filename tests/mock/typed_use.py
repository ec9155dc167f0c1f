"""What a user of the public names writes, with all types on; mypy reads it, nobody runs it."""

from __future__ import annotations

import re
import unittest
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from membership_mock import (
    Answer,
    Answers,
    AwsSide,
    Call,
    CallHook,
    CallHooks,
    Calls,
    Dump,
    Fault,
    Faults,
    Given,
    MembershipMock,
    MockClock,
    MockOrganization,
    MockQuotas,
    QuotaState,
    SeedRefused,
    Sleep,
    Sleeps,
    Snapshot,
    UnexpectedCall,
    UsageError,
    containing,
    mock_membership,
    real_aws,
)

if TYPE_CHECKING:
    from typing_extensions import assert_type

ADMIN, MEMBER = "111122223333", "444455556666"


@mock_membership
def bare(x: int) -> str:
    return str(x)


@mock_membership(account=ADMIN, seed=7, settle="clock", strict=["securityhub.*"], now="2026-03-14")
@mock_membership(sleep="virtual", missing_region="mock")
def with_options(x: int) -> str:
    return str(x)


@mock_membership
async def asynchronous() -> MembershipMock:
    async with mock_membership(unused_plans="error", config={"iam": {}}) as mock:
        return mock


@mock_membership
class TestCase(unittest.TestCase):
    """A decorated class stays the class that it is."""

    mock: MembershipMock


def what_is_decorated_keeps_its_type() -> None:
    assert_type(bare(1), str)
    assert_type(with_options(1), str)
    assert_type(TestCase().mock, MembershipMock)


@pytest.fixture(scope="module")
def org(membership_mock_module: MembershipMock) -> MockOrganization:
    return membership_mock_module.organization(
        {"Security": ["audit"], "Workloads": {"Prod": {"shop": "222222222222", "pay": None}}},
        management="111111111111",
        delegated={"securityhub": "audit", "security-ir": ["audit"]},
        trusted=["guardduty"],
        regions=["eu-west-1"],
    )


def an_organization(mock: MembershipMock, org: MockOrganization) -> None:
    units: dict[str, list[str]] = {"Security": ["audit"]}
    names: list[str] = ["audit", "shop"]
    administrators: dict[str, str] = {"securityhub": "audit"}
    mock.organization(units, delegated=administrators)
    mock.organization(names)
    assert_type(org["shop"], str)
    assert_type(org.accounts, dict[str, str])
    assert_type(org.join("new", unit="Security"), str)
    assert_type(list(org), list[str])
    org.move("shop", None)
    org.delegate("securityhub", "audit", regions=["eu-west-1"])


def seeds(mock: MembershipMock) -> None:
    given: Given = mock.given
    member = given.securityhub.member(ADMIN, MEMBER, "Invited", region="eu-west-1")
    assert_type(member.invitation_id, "str | None")
    assert_type([each.account for each in given.securityhub.members(ADMIN, 3)], list[str])
    central = given.securityhub.central_configuration(ADMIN, policies={"base": {"targets": ["x"]}})
    assert_type(central.policies, Mapping[str, str])
    given.securityhub.findings([{"Title": "Open port"}], ADMIN)
    room = given.cleanrooms.joined_collaboration([ADMIN, MEMBER])
    assert_type(room.memberships, Mapping[str, str])
    given.cleanrooms.membership(room, MEMBER, "LEFT")
    given.cleanrooms.associated_table(room, MEMBER)
    assert_type(given.cleanrooms.query(room, "FAILED", error={"code": "UNKNOWN"}).status, str)
    case = given.security_ir.case(
        ADMIN,
        comments=["Help.", {"body": "On it.", "by": "AWS Responder"}],
        attachments=["log.txt", {"file_name": "tool.exe"}],
    )
    assert_type(given.security_ir.comment(case, "Thanks.").comment_id, str)
    given.security_ir.investigation(case.case_id)
    assert_type(given.world({"accounts": {"bank": ADMIN}}), dict[str, Any])


def faults(mock: MembershipMock) -> None:
    def from_admin(call: Call) -> bool:
        return call.account == ADMIN

    fault: Fault = mock.fail("securityhub.*", "ThrottlingException", times=None, where=from_admin)
    assert_type(fault.fired, Calls)
    assert_type(fault.remaining, "int | None")
    with mock.fail("get_case", TimeoutError, after=True, members={"x": 1}) as inside:
        assert_type(inside, Fault)
    every: Faults = mock.faults
    every.refuse_accounts("securityhub.CreateMembers", [MEMBER])
    every.delay("securityhub.CreateMembers", 2.5)
    assert_type([each.remaining for each in every], "list[int | None]")


def answers(mock: MembershipMock) -> None:
    def of_admin(call: Call) -> Mapping[str, Any] | None:
        return {"Account": ADMIN} if call.account == ADMIN else None

    answer: Answer = mock.answer("sts.GetCallerIdentity", of_admin, times=2)
    assert_type(answer.used, Calls)
    assert_type(answer.remaining, "int | None")
    with mock.answer("list_memberships", {"items": []}, parameters={"maxResults": 1}) as inside:
        assert_type(inside, Answer)
    lost = ConnectTimeoutError(endpoint_url="https://sts.amazonaws.com")
    denied = ClientError({"Error": {"Code": "AccessDenied"}}, "AssumeRole")
    mock.answer("list_memberships", [{"items": []}, of_admin, denied])
    mock.answer("list_memberships", lambda call: {"items": []} if call.account == ADMIN else None)
    mock.answers.give("sts.AssumeRole", lost, times=1).cancel()
    mock.answers.assert_all_used()
    every: Answers = mock.answers
    assert_type(every.unused, list[Answer])


def hooks(mock: MembershipMock) -> None:
    def resign(call: Call) -> None:
        mock.client("securityhub", account=call.account).disassociate_from_master_account()

    hook: CallHook = mock.before("securityhub.ListMembers", resign, nth=2, account=ADMIN)
    assert_type(hook.ran, Calls)
    assert_type(hook.remaining, "int | None")
    with mock.after("organizations.*", lambda: mock.clock.advance(days=1), times=None) as inside:
        assert_type(inside, CallHook)
    every: CallHooks = mock.hooks
    assert_type(every.unused, list[CallHook])
    mock.faults.refuse_entries("BatchImportFindings", ["one", {"Severity": {"Label": "LOW"}}])
    mock.fail("securityhub.ListMembers", "InternalException", skip=2)
    mock.faults.delay("s3.GetObject", 2.5, parameters={"Key": "k"}).cancel()
    mock.hooks.clear()


def clock_and_quotas(mock: MembershipMock) -> None:
    clock: MockClock = mock.clock
    with clock.freeze(date(2026, 3, 14)) as frozen:
        assert_type(frozen, MockClock)
    clock.advance(timedelta(days=1))
    clock.advance(minutes=20)
    assert_type(clock.now(), datetime)
    with clock.virtual_sleep() as sleeps:
        assert_type(sleeps, Sleeps)
    assert_type(sleeps[0], Sleep)
    assert_type(clock.sleeps.seconds, list[float])
    quotas: MockQuotas = mock.quotas
    quotas.set("cleanrooms", "collaborations", 2, account=ADMIN)
    quota: QuotaState = quotas.get("cleanrooms", "collaborations")
    assert_type(quota.uses, Mapping[str, int])
    assert_type(quota.adjustable, "bool | None")


def the_world(mock: MembershipMock) -> None:
    snapshot: Snapshot = mock.snapshot()
    mock.restore(snapshot)
    with mock.rolled_back():
        dump: Dump = mock.dump()
    mock.load(Dump.from_json(dump.to_json()))
    assert_type(dump.difference(dump, ignore=["s3 *"], mask=["ids", re.compile("x")]), str)
    assert_type(dump.masked("ids", "times"), Dump)
    mock.show(account=ADMIN, service="securityhub")
    assert_type(mock.diagram("svg"), str)


def calls(mock: MembershipMock) -> None:
    mock.calls.filter("CreateMembers", parameters={"AccountDetails": containing({"Email": "x"})})
    assert_type(mock.calls.assert_called("CreateMembers", times=1, account=ADMIN), Calls)
    in_order = mock.calls.assert_in_order("CreateMembers", ("GetMembers", {"account": ADMIN}))
    assert_type(in_order, Sequence[Call])
    call = mock.calls[0]
    assert_type(call.parameters, dict[str, Any])
    assert_type(call.answer, "dict[str, Any] | None")
    assert_type(call.error_code, "str | None")
    assert_type(mock.passed_through(account=ADMIN), Counter[str])
    with mock.strict("securityhub.*", "organizations.List*"):
        pass


def aws_does(mock: MembershipMock) -> None:
    aws: AwsSide = mock.aws_side(ADMIN, "eu-west-1")
    assert_type(aws.open_case("Unusual sign-in", impactedAccounts=[ADMIN]), str)
    assert_type(aws.comment("1234567890", "Was it you?", asks_customer=True), str)
    aws.end_query(result=[{"clicks": 3}])
    aws.record_finding_metrics("m-1", date(2026, 1, 1), findings_triaged=3)


def threads_and_the_guard(mock: MembershipMock) -> None:
    with mock.as_account(ADMIN, threads=True), real_aws("sts.*"):
        pass


def errors() -> None:
    for each in (UsageError, SeedRefused, UnexpectedCall):
        assert_type(str(each("no")), str)
