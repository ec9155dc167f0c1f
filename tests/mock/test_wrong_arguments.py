"""A tool that is called with a wrong argument says which one, and what it takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from membership_mock import UsageError
from membership_mock.testing.dumps.dumps import Dump

ADMIN, MEMBER = "111111111111", "222222222222"

UNKNOWN: dict[str, tuple[Callable[[Any], Any], str]] = {
    "fail": (lambda mock: mock.fail("get_case", "ThrottlingException", time=2), "fail 'times'"),
    "faults.fail": (
        lambda mock: mock.faults.fail("get_case", "ThrottlingException", regions=2),
        "fail 'region'",
    ),
    "delay": (lambda mock: mock.faults.delay("get_case", second=2), "delay 'seconds'"),
    "filter": (lambda mock: mock.calls.filter(acount=ADMIN), "filter 'account'"),
    "assert_called": (lambda mock: mock.calls.assert_called(acount=ADMIN), "filter 'account'"),
    "assert_not_called": (
        lambda mock: mock.calls.assert_not_called(parameter={}),
        "filter 'parameters'",
    ),
    "passed_through": (lambda mock: mock.passed_through(acount=ADMIN), "passed_through 'account'"),
    "show": (lambda mock: mock.show(services="cleanrooms"), "show 'service'"),
    "organization": (lambda mock: mock.organization(region="x"), "organization 'regions'"),
    "session": (lambda mock: mock.session(region_name="eu-west-1"), "session 'region'"),
    "as_account": (lambda mock: mock.as_account(acount=ADMIN), "as_account 'account'"),
    "quotas": (lambda mock: mock.quotas.states(acount=ADMIN), "states 'account'"),
    "clock": (lambda mock: mock.clock.advance(hour=1), "advance 'hours'"),
    "aws_side": (lambda mock: mock.aws_side(acount=ADMIN), "aws_side 'account'"),
    "side": (lambda mock: mock.aws_side().close_case(caseid="1"), "close_case 'case_id'"),
    "seed": (
        lambda mock: mock.given.securityhub.member(ADMIN, MEMBER, state="Enabled"),
        "member 'status'",
    ),
}


@pytest.mark.parametrize(("call", "expected"), UNKNOWN.values(), ids=UNKNOWN)
def test_an_unknown_argument_names_the_nearest_and_no_class(
    membership_mock: Any, call: Callable[[Any], Any], expected: str
) -> None:
    method, nearest = expected.split()
    with pytest.raises(
        TypeError, match=rf"^{method}\(\) has no argument '\w+'; nearest: {nearest}\. Its argum"
    ):
        call(membership_mock)


def test_an_argument_that_is_like_no_other_lists_all(membership_mock: Any) -> None:
    with pytest.raises(TypeError, match=r"^fail\(\) has no argument 'xyz'\. .*: operation, error,"):
        membership_mock.fail("get_case", "ThrottlingException", xyz=2)


def test_a_missing_argument_names_no_class(membership_mock: Any) -> None:
    with pytest.raises(TypeError, match=r"^fail\(\) missing 1 required"):
        membership_mock.fail("get_case")


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda mock: mock.calls.filter(0), "An operation is its name, .* not 0"),
        (lambda mock: mock.calls.assert_called(0), "An operation is its name, .* not 0"),
        (lambda mock: mock.calls.assert_not_called(False), "An operation is its name"),
        (lambda mock: mock.calls.filter(()), "An operation is its name"),
        (lambda mock: mock.calls.filter(""), "'' is not an operation"),
        (lambda mock: mock.calls.last("2"), "count is a number of calls, not '2'"),
        (lambda mock: mock.calls.last(-1), "count is a number of calls, not -1"),
        (lambda mock: mock.show(file="world.txt"), "file is where to print to, .* 'world.txt'"),
        (lambda _: Dump("x"), "A dump comes from .* not 'x'"),  # type: ignore[arg-type]
    ],
)
def test_a_value_of_the_wrong_kind_is_a_usage_error(
    membership_mock: Any, call: Callable[[Any], Any], text: str
) -> None:
    membership_mock.client("security-ir").list_memberships()
    with pytest.raises(UsageError, match=text):
        call(membership_mock)


def no_such_parameter(call: Any) -> bool:
    return bool(call.parameters["caseId"])


def test_where_that_raises_is_named_when_calls_are_looked_for(membership_mock: Any) -> None:
    membership_mock.client("security-ir").list_memberships()
    with pytest.raises(
        UsageError, match=r"no_such_parameter of where= .* KeyError: 'caseId'"
    ) as it:
        membership_mock.calls.filter(where=no_such_parameter)[0]
    assert "for the call security-ir.ListMemberships by 123456789012" in str(it.value)


@pytest.mark.membership_mock(unused_plans="ignore")
def test_where_that_raises_is_named_by_the_call_that_a_fault_may_hit(membership_mock: Any) -> None:
    membership_mock.fail("list_memberships", "ThrottlingException", where=no_such_parameter)
    with pytest.raises(UsageError, match=r"no_such_parameter of where= .* KeyError: 'caseId'"):
        membership_mock.client("security-ir").list_memberships()
