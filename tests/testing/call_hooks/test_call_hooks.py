"""Actions before and after calls: the world changes while the code under test works."""

from __future__ import annotations

import functools
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError

from membership_mock import (
    Call,
    HookFailed,
    MembershipMock,
    NotRunning,
    UnexpectedCall,
    UnusedPlan,
    UsageError,
    containing,
    mock_membership,
)
from membership_mock.engine import running

ADMIN, MEMBER, OTHER = "111111111111", "222222222222", "333333333333"
REGION = "eu-west-1"
ONCE = Config(retries={"total_max_attempts": 1})


@pytest.fixture
def admin(membership_mock: MembershipMock) -> Any:
    return membership_mock.client("securityhub", account=ADMIN, region=REGION, config=ONCE)


@pytest.fixture
def members(membership_mock: MembershipMock, admin: Any) -> list[str]:
    """Three members of the administrator, in the order in which they are listed."""
    membership_mock.given.securityhub.members(ADMIN, 3, region=REGION)
    return [member["AccountId"] for member in admin.list_members()["Members"]]


def operations(mock: MembershipMock) -> list[str]:
    return [f"{call.operation} {call.account}" for call in mock.calls]


def resign(mock: MembershipMock, account: str) -> None:
    client = mock.client("securityhub", account=account, region=REGION)
    client.disassociate_from_administrator_account()


# --- the story ---


def test_a_member_resigns_between_two_pages(
    membership_mock: MembershipMock, admin: Any, members: list[str]
) -> None:
    hook = membership_mock.before(
        "securityhub.ListMembers", lambda: resign(membership_mock, members[2]), nth=2
    )
    pages = admin.get_paginator("list_members").paginate(PaginationConfig={"PageSize": 2})
    assert [[each["AccountId"] for each in page["Members"]] for page in pages] == [members[:2], []]
    assert len(hook.ran) == 1
    assert hook.ran[0].parameters["NextToken"]


def test_an_administrator_removes_a_member_between_invitation_and_acceptance(
    membership_mock: MembershipMock, admin: Any
) -> None:
    membership_mock.given.securityhub.member(ADMIN, MEMBER, "Invited", region=REGION)
    member = membership_mock.client("securityhub", account=MEMBER, region=REGION)
    membership_mock.after(
        "securityhub.ListInvitations",
        lambda: admin.delete_members(AccountIds=[MEMBER]),
        account=MEMBER,
    )
    (invitation,) = member.list_invitations()["Invitations"]
    with pytest.raises(ClientError):
        member.accept_administrator_invitation(
            AdministratorId=ADMIN, InvitationId=invitation["InvitationId"]
        )
    assert operations(membership_mock) == [
        f"ListInvitations {MEMBER}",
        f"DeleteMembers {ADMIN}",
        f"AcceptAdministratorInvitation {MEMBER}",
    ]


def test_an_action_before_a_call_is_recorded_first_and_one_after_it_later(
    membership_mock: MembershipMock, admin: Any
) -> None:
    admin.enable_security_hub()
    membership_mock.before("describe_hub", admin.get_master_account)
    membership_mock.after("describe_hub", admin.list_members)
    admin.describe_hub()
    assert [call.operation for call in membership_mock.calls][1:] == [
        "GetMasterAccount",
        "DescribeHub",
        "ListMembers",
    ]


def test_an_action_gets_the_call_with_its_answer_when_it_comes_after(
    membership_mock: MembershipMock, admin: Any
) -> None:
    seen: list[Any] = []
    admin.enable_security_hub()
    membership_mock.before("DescribeHub", lambda call: seen.append((call.account, call.answer)))
    membership_mock.after("DescribeHub", lambda call: seen.append(call.answer["HubArn"]))
    arn = admin.describe_hub()["HubArn"]
    assert seen == [(ADMIN, None), arn]


def test_an_action_may_read_the_calls_so_far(membership_mock: MembershipMock, admin: Any) -> None:
    found: list[int] = []
    membership_mock.after("EnableSecurityHub", lambda: found.append(len(membership_mock.calls)))
    admin.enable_security_hub()
    assert found == [1]


def test_a_call_is_later_than_what_its_action_has_let_pass(
    membership_mock: MembershipMock, admin: Any
) -> None:
    membership_mock.clock.freeze("2026-03-14T12:00:00Z")
    membership_mock.before("EnableSecurityHub", lambda: membership_mock.clock.advance(days=1))
    admin.enable_security_hub()
    later = datetime(2026, 3, 15, 12, tzinfo=timezone.utc)
    assert membership_mock.calls[0].at == later
    assert admin.describe_hub()["SubscribedAt"] == "2026-03-15T12:00:00.000Z"


@pytest.mark.parametrize("when", ["before", "after"])
def test_calls_to_motos_services_have_hooks_too(membership_mock: MembershipMock, when: str) -> None:
    client = membership_mock.client("organizations", account=ADMIN)
    client.create_organization(FeatureSet="ALL")
    for name in ("one", "two"):
        client.create_account(AccountName=name, Email=f"{name}@example.com")
    ids = [each["Id"] for each in client.list_accounts()["Accounts"]]
    getattr(membership_mock, when)(
        "organizations.list_accounts",
        lambda: client.remove_account_from_organization(AccountId=ids[2]),
        account=ADMIN,
    )
    found = [[each["Id"] for each in client.list_accounts()["Accounts"]] for _ in range(2)]
    assert found == ([ids[:2], ids[:2]] if when == "before" else [ids, ids[:2]])


def test_a_hook_of_a_call_to_moto_sees_parameters_and_answer(
    membership_mock: MembershipMock,
) -> None:
    seen: list[Any] = []
    sts = membership_mock.client("sts", account=ADMIN, region=REGION)
    roles = [f"arn:aws:iam::{account}:role/Reader" for account in (MEMBER, OTHER)]
    membership_mock.after(
        "sts.AssumeRole",
        lambda call: seen.append(call.answer["AssumedRoleUser"]["Arn"]),
        parameters={"RoleArn": roles[1]},
    )
    hook = membership_mock.before(
        "sts.Assume*", lambda: None, where=lambda call: call.parameters["RoleArn"] == roles[1]
    )
    for role in roles:
        sts.assume_role(RoleArn=role, RoleSessionName="reading")
    assert seen == [f"arn:aws:sts::{OTHER}:assumed-role/Reader/reading"]
    assert [call.parameters["RoleArn"] for call in hook.ran] == [roles[1]]


def test_an_after_hook_leaves_out_calls_that_moto_refuses(membership_mock: MembershipMock) -> None:
    ran: list[int] = []
    client = membership_mock.client("organizations", account=ADMIN)
    membership_mock.after("organizations.DescribeOrganization", lambda: ran.append(1))
    with pytest.raises(client.exceptions.AWSOrganizationsNotInUseException):
        client.describe_organization()
    assert ran == []
    client.create_organization(FeatureSet="ALL")
    client.describe_organization()
    assert ran == [1]


# --- which calls, how often ---


def test_a_hook_runs_for_as_many_calls_as_it_says_from_the_nth_on(
    membership_mock: MembershipMock, admin: Any
) -> None:
    admin.enable_security_hub()
    numbers: list[int] = []
    hook = membership_mock.before(
        "DescribeHub", lambda: numbers.append(len(membership_mock.calls)), nth=3, times=2
    )
    assert hook.remaining == 2
    for _ in range(6):
        admin.describe_hub()
    assert numbers == [3, 4]
    assert (hook.remaining, len(hook.ran)) == (0, 2)


def test_only_matching_calls_are_counted(membership_mock: MembershipMock, admin: Any) -> None:
    other = membership_mock.client("securityhub", account=OTHER, region=REGION)
    for client in (admin, other):
        client.enable_security_hub()
    hook = membership_mock.before(
        "securityhub.*Members",
        lambda: None,
        nth=2,
        times=None,
        account=ADMIN,
        region=REGION,
        where=lambda call: OTHER in call.parameters.get("AccountIds", ()),
    )
    admin.list_members()
    other.get_members(AccountIds=[OTHER])
    for accounts in ([OTHER], [MEMBER], [OTHER, MEMBER], [OTHER]):
        admin.get_members(AccountIds=accounts)
    assert [call.parameters["AccountIds"] for call in hook.ran] == [[OTHER, MEMBER], [OTHER]]


def test_where_of_an_after_hook_may_ask_for_the_answer(
    membership_mock: MembershipMock, admin: Any, members: list[str]
) -> None:
    hook = membership_mock.after(
        "ListMembers", lambda: None, where=lambda call: "NextToken" not in call.answer
    )
    pages = admin.get_paginator("list_members").paginate(PaginationConfig={"PageSize": 2})
    assert len(list(pages)) == 2
    assert "NextToken" in hook.ran[0].parameters


def test_an_after_hook_counts_calls_that_take_effect_only(
    membership_mock: MembershipMock, admin: Any
) -> None:
    hook = membership_mock.after("DescribeHub", lambda: None)
    with pytest.raises(ClientError):
        admin.describe_hub()
    assert hook.remaining == 1
    admin.enable_security_hub()
    admin.describe_hub()
    assert hook.remaining == 0


def test_an_after_hook_runs_for_a_call_whose_answer_is_lost_and_not_for_one_that_a_fault_stops(
    membership_mock: MembershipMock, admin: Any
) -> None:
    hook = membership_mock.after("EnableSecurityHub", lambda: None, times=None)
    membership_mock.fail("EnableSecurityHub", "InternalException")
    with pytest.raises(ClientError):
        admin.enable_security_hub()
    assert len(hook.ran) == 0
    membership_mock.fail("EnableSecurityHub", ReadTimeoutError(endpoint_url="x"), after=True)
    with pytest.raises(ReadTimeoutError):
        admin.enable_security_hub()
    assert [call.error_code for call in hook.ran] == ["ReadTimeoutError"]


def test_hooks_run_around_canned_answers_as_well(
    membership_mock: MembershipMock, admin: Any
) -> None:
    seen: list[Any] = []
    membership_mock.answer("securityhub.DescribeHub", {"HubArn": "arn:aws:canned"})
    membership_mock.before("DescribeHub", lambda: seen.append("before"))
    membership_mock.after("DescribeHub", lambda call: seen.append(call.answer["HubArn"]))
    admin.describe_hub()
    assert seen == ["before", "arn:aws:canned"]


def test_strict_mode_refuses_a_call_before_its_hook_runs(
    membership_mock: MembershipMock, admin: Any
) -> None:
    hook = membership_mock.before("DescribeHub", lambda: None)
    with pytest.raises(UnexpectedCall), membership_mock.strict("ListMembers"):
        admin.describe_hub()
    assert hook.remaining == 1
    hook.cancel()


def test_setup_calls_have_no_hooks(membership_mock: MembershipMock) -> None:
    hook = membership_mock.before("EnableSecurityHub", lambda: None)
    membership_mock.given.securityhub.hub(ADMIN, region=REGION)
    assert hook.remaining == 1
    hook.cancel()


def test_calls_can_be_named_by_their_parameters(
    membership_mock: MembershipMock, admin: Any
) -> None:
    admin.enable_security_hub()
    hook = membership_mock.before(
        "GetMembers", lambda: None, parameters={"AccountIds": containing(OTHER)}
    )
    admin.get_members(AccountIds=[MEMBER])
    assert hook.remaining == 1
    admin.get_members(AccountIds=[MEMBER, OTHER])
    assert hook.remaining == 0


# --- the action's own calls ---


def test_calls_that_an_action_makes_do_not_trigger_its_hook_again(
    membership_mock: MembershipMock, admin: Any
) -> None:
    admin.enable_security_hub()
    hook = membership_mock.after("DescribeHub", admin.describe_hub, times=None)
    for _ in range(2):
        admin.describe_hub()
    assert len(hook.ran) == 2
    assert len(membership_mock.calls.filter("DescribeHub")) == 4


def test_calls_that_an_action_makes_count_when_that_is_meant(
    membership_mock: MembershipMock, admin: Any
) -> None:
    admin.enable_security_hub()
    hook = membership_mock.before("DescribeHub", admin.describe_hub, times=3, own_calls=True)
    admin.describe_hub()
    assert len(hook.ran) == 3
    assert len(membership_mock.calls.filter("DescribeHub")) == 4


def test_calls_that_an_action_makes_trigger_other_hooks(
    membership_mock: MembershipMock, admin: Any
) -> None:
    admin.enable_security_hub()
    one = membership_mock.after("DescribeHub", admin.list_members)
    two = membership_mock.after("ListMembers", admin.describe_hub)
    admin.describe_hub()
    assert (len(one.ran), len(two.ran)) == (1, 1)


def test_a_hook_planned_in_an_action_is_for_later_calls(
    membership_mock: MembershipMock, admin: Any
) -> None:
    admin.enable_security_hub()
    inner: list[Any] = []
    membership_mock.before(
        "DescribeHub",
        lambda: inner.append(membership_mock.before("DescribeHub", admin.list_members)),
    )
    admin.describe_hub()
    assert inner[0].remaining == 1
    admin.describe_hub()
    assert inner[0].remaining == 0


def test_an_action_acts_for_the_account_of_its_client_inside_of_as_account_as_well(
    membership_mock: MembershipMock, admin: Any
) -> None:
    membership_mock.given.securityhub.hub(OTHER, region=REGION)
    other = membership_mock.client("securityhub", account=OTHER, region=REGION)
    membership_mock.after("EnableSecurityHub", other.describe_hub, account=MEMBER)
    with membership_mock.as_account(MEMBER):
        admin.enable_security_hub()
        admin.describe_hub()
    assert operations(membership_mock) == [
        f"EnableSecurityHub {MEMBER}",
        f"DescribeHub {OTHER}",
        f"DescribeHub {MEMBER}",
    ]


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_action_may_wait_for_calls_of_other_threads(
    membership_mock: MembershipMock, admin: Any, when: str
) -> None:
    admin.enable_security_hub()

    def ask_in_threads() -> None:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _: admin.list_members(), range(2)))

    getattr(membership_mock, when)("DescribeHub", ask_in_threads)
    admin.describe_hub()
    assert len(membership_mock.calls.filter("ListMembers")) == 2


def test_the_nth_call_is_one_call_when_threads_race(
    membership_mock: MembershipMock, admin: Any
) -> None:
    admin.enable_security_hub()
    ran: list[str] = []
    together = threading.Barrier(4)

    def ask(_: int) -> None:
        together.wait()
        for _n in range(5):
            admin.describe_hub()

    before = membership_mock.before("DescribeHub", lambda: ran.append("before"), nth=10)
    after = membership_mock.after("DescribeHub", lambda: ran.append("after"), nth=10)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask, range(4)))
    assert sorted(ran) == ["after", "before"]
    assert (len(before.ran), len(after.ran)) == (1, 1)


def test_an_action_may_go_back_to_a_snapshot(membership_mock: MembershipMock, admin: Any) -> None:
    empty = membership_mock.snapshot()
    membership_mock.after("EnableSecurityHub", lambda: membership_mock.restore(empty))
    admin.enable_security_hub()
    with pytest.raises(ClientError):
        admin.describe_hub()


def test_an_action_may_reset_the_mock(membership_mock: MembershipMock, admin: Any) -> None:
    hook = membership_mock.before("DescribeHub", membership_mock.reset)
    later = membership_mock.before("DescribeHub", lambda: None)
    with pytest.raises(ClientError):
        admin.describe_hub()
    assert [call.operation for call in membership_mock.calls] == ["DescribeHub"]
    assert hook not in membership_mock.hooks
    assert later not in membership_mock.hooks


# --- an action that fails ---


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("service", ["securityhub", "sts"])
def test_an_action_that_raises_fails_the_call_and_says_where_it_was_planned(
    membership_mock: MembershipMock, when: str, service: str
) -> None:
    def look() -> None:
        assert len("abc") == 2, "not two"

    client = membership_mock.client(service, account=ADMIN, region=REGION)
    name = "EnableSecurityHub" if service == "securityhub" else "GetCallerIdentity"
    hook = getattr(membership_mock, when)(f"{service}.{name}", look)
    with pytest.raises(HookFailed) as caught:
        client.enable_security_hub() if service == "securityhub" else client.get_caller_identity()
    lines = str(caught.value).splitlines()
    first, second = lines[0], lines[-1]
    assert first.startswith(f"look of the hook at {__file__}:")
    assert "has raised AssertionError: not two" in str(caught.value)
    assert second.startswith(f"    {when} the call {service}.{name} by {ADMIN} in {REGION}")
    assert isinstance(caught.value, AssertionError)
    assert isinstance(caught.value.__cause__, AssertionError)
    hook.cancel()


def test_a_call_is_not_made_when_the_action_before_it_fails_and_is_made_when_the_one_after_it_does(
    membership_mock: MembershipMock, admin: Any
) -> None:
    before = membership_mock.before("EnableSecurityHub", lambda: 1 / 0)
    with pytest.raises(HookFailed, match="ZeroDivisionError"):
        admin.enable_security_hub()
    assert [call.error_code for call in membership_mock.calls] == ["HookFailed"]
    with pytest.raises(ClientError):
        admin.describe_hub()
    after = membership_mock.after("EnableSecurityHub", lambda: 1 / 0)
    with pytest.raises(HookFailed, match="ZeroDivisionError"):
        admin.enable_security_hub()
    assert admin.describe_hub()
    before.cancel()
    after.cancel()


def test_the_error_of_an_action_that_another_action_has_started_is_told_once(
    membership_mock: MembershipMock, admin: Any
) -> None:
    membership_mock.before("EnableSecurityHub", admin.list_members)
    inner = membership_mock.before("ListMembers", lambda: 1 / 0)
    with pytest.raises(HookFailed) as caught:
        admin.enable_security_hub()
    assert str(caught.value).count("has raised") == 1
    assert "before the call securityhub.ListMembers" in str(caught.value)
    inner.cancel()


def test_an_error_that_the_code_under_test_has_caught_comes_again_at_the_end() -> None:
    with pytest.raises(HookFailed, match="ZeroDivisionError"), mock_membership() as mock:
        mock.before("securityhub.EnableSecurityHub", lambda: 1 / 0)
        with suppress(Exception):
            mock.client("securityhub").enable_security_hub()
        called = len(mock.calls)
    assert called == 1


def test_an_error_that_was_caught_comes_again_at_the_end_of_the_block_and_then_no_more() -> None:
    with mock_membership() as mock:
        client = mock.client("securityhub")
        with (
            pytest.raises(HookFailed, match="ZeroDivisionError"),
            mock.after("securityhub.EnableSecurityHub", lambda: 1 / 0),
            suppress(Exception),
        ):
            client.enable_security_hub()


def test_the_error_of_a_failed_test_hides_that_of_an_action() -> None:
    with pytest.raises(KeyError), mock_membership() as mock:
        mock.before("securityhub.EnableSecurityHub", lambda: 1 / 0)
        with suppress(Exception):
            mock.client("securityhub").enable_security_hub()
        raise KeyError


# --- the handle ---


def test_a_hook_is_over_at_the_end_of_its_block_or_when_it_is_withdrawn(
    membership_mock: MembershipMock, admin: Any
) -> None:
    admin.enable_security_hub()
    with membership_mock.before("DescribeHub", lambda: None, times=None) as block:
        admin.describe_hub()
    withdrawn = membership_mock.before("DescribeHub", lambda: None, times=None)
    withdrawn.cancel()
    admin.describe_hub()
    assert (len(block.ran), len(withdrawn.ran)) == (1, 0)
    assert running.require().pipeline.hooks.is_empty_outside


def test_the_chain_is_empty_again_when_every_hook_has_run(
    membership_mock: MembershipMock, admin: Any
) -> None:
    chain = running.require().pipeline.hooks
    membership_mock.before("EnableSecurityHub", lambda: None)
    membership_mock.after("EnableSecurityHub", lambda: None)
    assert not chain.is_empty_outside
    admin.enable_security_hub()
    assert chain.is_empty_outside
    assert chain.is_empty_around


def test_hooks_are_listed_shown_and_cleared(membership_mock: MembershipMock, admin: Any) -> None:
    def tidy() -> None: ...

    one = membership_mock.before("DescribeHub", tidy, nth=2, account=ADMIN)
    two = membership_mock.after("ListMembers", tidy, times=None)
    assert list(membership_mock.hooks) == [one, two]
    assert membership_mock.hooks.unused == [one, two]
    assert repr(one).startswith(
        f"<CallHook: securityhub.DescribeHub with tidy before it ({__file__}:"
    )
    assert repr(one).endswith(f") for {ADMIN}, once from call number 2 on; not run>")
    admin.enable_security_hub()
    admin.list_members()
    assert repr(two).endswith("), always; run once>")
    membership_mock.hooks.clear()
    assert len(membership_mock.hooks) == 0
    assert repr(membership_mock.hooks) == "no hooks"


def test_a_hook_that_never_ran_is_reported_with_the_calls_that_came_nearest() -> None:
    with pytest.raises(UnusedPlan) as caught, mock_membership(unused_plans="error") as mock:
        client = mock.client("securityhub", account=ADMIN, region=REGION)
        client.enable_security_hub()
        mock.before("securityhub.DescribeHub", lambda: None, nth=2)
        mock.after("securityhub.ListMembers", lambda: None, account=MEMBER)
        client.describe_hub()
        client.list_members()
    text = str(caught.value)
    assert text.startswith("2 hooks never ran:")
    assert "-> 200  [the hook is for call number 2]" in text
    assert f"[from {ADMIN}, not {MEMBER}]" in text


# --- misuse ---


class _Two:
    def method(self, one: int, two: int) -> None: ...


async def _asynchronous() -> None: ...


@pytest.mark.parametrize(
    ("operation", "action", "options", "expected"),
    [
        pytest.param("ListMember", print, {}, r"nearest: 'ListMembers'", id="operation"),
        pytest.param(
            "organizations.ListAcounts",
            print,
            {},
            r"nearest: 'ListAccounts'",
            id="moto's operation",
        ),
        pytest.param("organisations.List*", print, {}, r"nearest: 'organizations'", id="service"),
        pytest.param(7, print, {}, r"not 7", id="number as operation"),
        pytest.param("ListMembers", "resign", {}, r"a function .*'resign'", id="no function"),
        pytest.param(
            "ListMembers",
            _Two().method,
            {},
            r"method\(one: int, two: int\)|method\(one",
            id="two arguments",
        ),
        pytest.param("ListMembers", _asynchronous, {}, r"returns a coroutine", id="coroutine"),
        pytest.param("ListMembers", print, {"nth": 0}, r"nth is the number of a call", id="nth"),
        pytest.param("ListMembers", print, {"nth": True}, r"not True", id="nth true"),
        pytest.param("ListMembers", print, {"times": 0}, r"times is a positive", id="times"),
        pytest.param("ListMembers", print, {"account": "1"}, r"12 digits", id="account"),
        pytest.param("ListMembers", print, {"region": "eu-west"}, r"eu-west", id="region"),
        pytest.param("ListMembers", print, {"where": 1}, r"where is a function", id="where"),
    ],
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_hook_that_cannot_work_is_a_usage_error(
    membership_mock: MembershipMock,
    when: str,
    operation: Any,
    action: Any,
    options: dict[str, Any],
    expected: str,
) -> None:
    with pytest.raises(UsageError, match=expected):
        getattr(membership_mock, when)(operation, action, **options)
    assert len(membership_mock.hooks) == 0


def test_an_unknown_argument_names_the_nearest(membership_mock: MembershipMock) -> None:
    with pytest.raises(TypeError, match=r"before\(\) has no argument 'n'.*own_calls"):
        membership_mock.before("ListMembers", print, n=2)  # type: ignore[call-arg]


def test_a_lambda_that_returns_a_coroutine_fails(
    membership_mock: MembershipMock, admin: Any
) -> None:
    def later() -> Any:
        return _asynchronous()

    hook = membership_mock.before("EnableSecurityHub", later)
    with pytest.raises(HookFailed, match="returns a coroutine"):
        admin.enable_security_hub()
    hook.cancel()


def test_an_action_that_can_do_without_the_call_does_not_get_it(
    membership_mock: MembershipMock, admin: Any
) -> None:
    got: list[Any] = []
    membership_mock.before("EnableSecurityHub", lambda name="x": got.append(name))
    membership_mock.before("EnableSecurityHub", functools.partial(got.append, "y"))
    membership_mock.before("EnableSecurityHub", got.append)
    admin.enable_security_hub()
    assert got[:2] == ["x", "y"]
    assert isinstance(got[2], Call)


def test_hooks_belong_to_the_running_mock() -> None:
    with mock_membership() as mock:
        hooks = mock.hooks
    with pytest.raises(NotRunning):
        mock.before("ListMembers", print)
    with mock_membership(), pytest.raises(NotRunning, match="ended or was reset"):
        hooks._plan(
            "before",
            "ListMembers",
            print,
            nth=1,
            times=1,
            account=None,
            region=None,
            where=None,
            parameters=None,
            own_calls=False,
        )
