"""Strict mode: an unexpected call fails the test at once."""

from __future__ import annotations

import contextlib
import unittest
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from membership_mock import MembershipMock, NotRunning, UnexpectedCall, UsageError, mock_membership
from tests.samples import new_membership


@pytest.mark.parametrize(
    "allowed",
    [
        ["ListMemberships"],
        ["list_memberships"],
        ["security-ir.ListMemberships"],
        ["security-ir.*"],
        ["securityhub.*", "security-ir.List*"],
        ["*.List*"],
        ["security-ir.list_*"],
        ["*"],
    ],
)
def test_what_is_allowed_is_answered(membership_mock: MembershipMock, allowed: list[str]) -> None:
    with membership_mock.strict(*allowed):
        assert membership_mock.client("security-ir").list_memberships()["items"] == []


def test_what_is_not_allowed_fails_before_it_does_anything(membership_mock: MembershipMock) -> None:
    client = membership_mock.client("security-ir", account="111122223333", region="eu-west-1")
    with (
        pytest.raises(UnexpectedCall) as caught,
        membership_mock.strict("security-ir.List*", "organizations.*"),
    ):
        client.list_memberships()
        new_membership(client)
    assert str(caught.value).splitlines() == [
        (
            "security-ir.CreateMembership was called by 111122223333 in eu-west-1, but strict mode"
            " allows only: security-ir.List*, organizations.*."
        ),
        (
            "    Allow it as well, strict('security-ir.List*', 'organizations.*',"
            " 'security-ir.CreateMembership'), or find out why the code calls it."
        ),
    ]
    assert isinstance(caught.value, AssertionError)
    assert client.list_memberships()["items"] == []


def test_the_refused_call_is_in_the_record(membership_mock: MembershipMock) -> None:
    with pytest.raises(UnexpectedCall), membership_mock.strict():
        membership_mock.client("security-ir").list_memberships()
    assert [call.error_code for call in membership_mock.calls] == ["UnexpectedCall"]


def test_motos_services_are_watched_too(membership_mock: MembershipMock) -> None:
    with (
        pytest.raises(UnexpectedCall, match=r"^s3\.ListBuckets was called by 222233334444"),
        membership_mock.strict("sts.GetCallerIdentity"),
    ):
        membership_mock.client("sts").get_caller_identity()
        membership_mock.client("s3", account="222233334444").list_buckets()
    assert membership_mock.passed_through() == {"sts.GetCallerIdentity": 1}


def test_code_that_catches_everything_does_not_get_away_with_it(
    membership_mock: MembershipMock,
) -> None:
    client = membership_mock.client("security-ir")
    with pytest.raises(UnexpectedCall, match="ListMemberships"):  # noqa: SIM117  at the end
        with membership_mock.strict("sts.*"):
            with contextlib.suppress(Exception):
                client.list_memberships()
            membership_mock.client("sts").get_caller_identity()


def test_another_error_inside_is_the_one_that_is_seen(membership_mock: MembershipMock) -> None:
    with pytest.raises(KeyError), membership_mock.strict("sts.*"):
        with contextlib.suppress(UnexpectedCall):
            membership_mock.client("security-ir").list_memberships()
        raise KeyError


def test_the_innermost_counts_and_the_outer_one_again_after_it(
    membership_mock: MembershipMock,
) -> None:
    client = membership_mock.client("security-ir")
    with pytest.raises(UnexpectedCall), membership_mock.strict("sts.*"):
        with membership_mock.strict("security-ir.*"):
            client.list_memberships()
        client.list_memberships()
    client.list_memberships()


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("securityhub.CreateMember", "nearest: 'CreateMembers'"),
        ("securityhub.Crate*", r"No operation of .* matches 'securityhub.Crate\*'"),
        ("orgnizations.List*", r"nearest: 'organizations.List\*'"),
        ("ListAccounts", "is not an operation of"),
        ("s3.", r"write 's3.\*' for all"),
        (7, "is text"),
    ],
)
def test_a_pattern_of_nothing_is_a_usage_error(
    membership_mock: MembershipMock, pattern: Any, message: str
) -> None:
    with pytest.raises(UsageError, match=message), membership_mock.strict(pattern):
        raise AssertionError("not reached")
    with pytest.raises(UsageError, match=message):
        mock_membership(strict=[pattern])


def test_strict_needs_a_running_mock() -> None:
    with pytest.raises(NotRunning):
        mock_membership().strict("sts.*")


def test_strict_as_an_option_holds_while_that_mock_runs() -> None:
    with mock_membership() as outer:
        client = outer.client("security-ir")
        with pytest.raises(UnexpectedCall), mock_membership(strict="sts.*"):
            client.list_memberships()
        client.list_memberships()


def test_strict_as_an_option_outlives_a_reset() -> None:
    with pytest.raises(UnexpectedCall), mock_membership(strict="sts.*") as mock:
        mock.reset()
        mock.client("security-ir").list_memberships()


def test_stop_tells_of_a_call_that_was_caught_and_the_mock_is_stopped() -> None:
    mock = mock_membership(strict="sts.*").start()
    with contextlib.suppress(UnexpectedCall):
        mock.client("security-ir").list_memberships()
    with pytest.raises(UnexpectedCall):
        mock.stop()
    with pytest.raises(NotRunning):
        mock.client("security-ir")


def test_a_decorated_function_is_strict() -> None:
    @mock_membership(strict=["security-ir.List*"])
    def code() -> Any:
        client = boto3.client("security-ir", region_name="eu-west-1")
        assert client.list_memberships()["items"] == []
        return client.get_membership(membershipId="m-0123456789abcdefg")

    with pytest.raises(UnexpectedCall, match="GetMembership"):
        code()


def test_a_strict_mode_that_is_over_lets_everything_happen(membership_mock: MembershipMock) -> None:
    with membership_mock.strict("sts.*"):
        pass
    with pytest.raises(ClientError):
        membership_mock.client("security-ir").get_membership(membershipId="m-0123456789abcdefg")


@pytest.mark.parametrize("strict", [7, True, iter(["sts.*"])])
def test_strict_that_is_no_list_is_a_usage_error(strict: Any) -> None:
    with pytest.raises(UsageError, match="a pattern of operations or a list"):
        mock_membership(strict=strict)


def test_unittest_hears_of_it_and_goes_on() -> None:
    @mock_membership(strict="sts.*")
    class Case(unittest.TestCase):
        def test_catches_everything(self) -> None:
            with contextlib.suppress(Exception):
                boto3.client("security-ir", region_name="eu-west-1").list_memberships()

        def test_goes_on(self) -> None: ...

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Case).run(result)
    assert result.testsRun == 2
    ((_, said),) = result.failures
    assert "UnexpectedCall: security-ir.ListMemberships was called" in said
