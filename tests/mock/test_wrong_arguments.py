"""A tool that is called with a wrong argument says which one, and what it takes."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

import pytest

from membership_mock import NotRunning, UsageError, mock_membership
from membership_mock.testing.arguments import naming_attributes
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
    "assert_called": (lambda mock: mock.calls.assert_called(count=2), "assert_called 'times'"),
    "assert_not_called": (
        lambda mock: mock.calls.assert_not_called(parameter={}),
        "assert_not_called 'parameters'",
    ),
    "assert_sent": (lambda mock: mock.events.assert_sent(regoin="x"), "assert_sent 'region'"),
    "client": (lambda mock: mock.client("securityhub", acount=ADMIN), "client 'account'"),
    "session": (lambda mock: mock.session(regoin="eu-west-1"), "session 'region'"),
    "as_account": (lambda mock: mock.as_account(ADMIN, thread=True), "as_account 'threads'"),
    "world": (lambda mock: mock.given.world(maping={}), "world 'mapping'"),
    "v2": (lambda mock: mock.aws_side().close_ocsf_finding(ud="x"), "close_ocsf_finding 'uid'"),
    "passed_through": (lambda mock: mock.passed_through(acount=ADMIN), "passed_through 'account'"),
    "show": (lambda mock: mock.show(services="cleanrooms"), "show 'service'"),
    "organization": (lambda mock: mock.organization(region="x"), "organization 'regions'"),
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


UNKNOWN_NAMES: dict[str, tuple[Callable[[Any], Any], str]] = {
    "mock": (lambda mock: mock.cleint, "client"),
    "given": (lambda mock: mock.given.securithub, "securityhub"),
    "seed": (lambda mock: mock.given.securityhub.memberz, "member"),
    "side": (lambda mock: mock.aws_side().close_cases, "close_case"),
    "calls": (lambda mock: mock.calls.assert_caled, "assert_called"),
    "call": (lambda mock: (mock.client("sts").get_caller_identity(), mock.calls[0].eror), "error"),
}


@pytest.mark.parametrize(("use", "nearest"), UNKNOWN_NAMES.values(), ids=UNKNOWN_NAMES)
def test_an_unknown_attribute_names_the_nearest(
    membership_mock: Any, use: Callable[[Any], Any], nearest: str
) -> None:
    with pytest.raises(AttributeError, match=rf"has no attribute '\w+'; nearest: '{nearest}'$"):
        use(membership_mock)
    assert not hasattr(membership_mock, "nothing_like_it")


def test_an_error_of_a_property_is_not_hidden() -> None:
    @naming_attributes
    class Tool:
        @property
        def clock(self) -> str:
            return self.zzz  # type: ignore[attr-defined,no-any-return]

    with pytest.raises(AttributeError, match="'Tool' object has no attribute 'zzz'"):
        _ = Tool().clock


IMPOSSIBLE: dict[str, tuple[Callable[[Any], Any], str]] = {
    "region as account": (
        lambda mock: mock.client("sts", "eu-west-1"),
        "it is a region: write region='eu-west-1'",
    ),
    "account as region": (
        lambda mock: mock.client("sts", ADMIN, ADMIN),
        f"account id: write account='{ADMIN}'",
    ),
    "no service": (lambda mock: mock.client(None), "None is not a service of AWS"),
    "ignore": (
        lambda mock: mock.dump().difference(mock.dump(), ignore=3),
        "ignore is a list of pat",
    ),
    "where of a call": (
        lambda mock: mock.calls.filter(where=lambda: True),
        "write `lambda call: …`",
    ),
    "where of an event": (
        lambda mock: mock.events.filter(where=lambda: True),
        "write `lambda event: …`",
    ),
    "detail type that is no text": (lambda mock: mock.events.filter(3), "detail_type is text"),
    "detail type": (
        lambda mock: mock.events.assert_not_sent("Case Create"),
        "nearest: 'Case Created'",
    ),
    "source": (lambda mock: mock.events.filter(source="securityhb"), "nearest: 'aws.securityhub'"),
    "type": (lambda mock: mock.aws_side().tickets(7), "tickets.connector_id: 7 is not text"),
    "failure": (
        lambda mock: mock.aws_side().end_export("x", failure="NONE"),
        "There are: ACCESS_DENIED",
    ),
    "tuples": (
        lambda mock: mock.aws_side().remediation_target(["x"]),
        "exposures: .* is not a list of tuples of 3",
    ),
    "id as name": (
        lambda mock: mock.organization([ADMIN]),
        r"an account\. To give an account this id, write \{'name'",
    ),
    "id as unit": (
        lambda mock: mock.organization().add_unit(ADMIN),
        r"is an id, not a name of a unit\.$",
    ),
    "service of an organization": (
        lambda mock: mock.organization().client("securityhb"),
        "not a service of AWS .* nearest: 'securityhub'",
    ),
}


@pytest.mark.parametrize(("use", "said"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_a_value_that_cannot_be_is_refused_at_the_line_of_the_test(
    membership_mock: Any, use: Callable[[Any], Any], said: str
) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        use(membership_mock)
    files = [frame.filename for frame in traceback.extract_tb(refused.tb)]
    assert files[-2] == __file__  # the last one is hidden from pytest's report


def test_an_option_that_does_not_exist_names_the_nearest() -> None:
    with pytest.raises(
        TypeError, match=r"no option 'acount'; nearest: 'account'\. Its options: co"
    ):
        mock_membership(acount=ADMIN)  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="Options have names"):
        mock_membership(ADMIN)  # type: ignore[type-var]


def test_a_mock_that_is_stopped_too_often_says_how_often_is_right() -> None:
    mock = mock_membership()
    with pytest.raises(NotRunning, match=r"call `stop\(\)` once for each `start\(\)`"):
        mock.stop()
