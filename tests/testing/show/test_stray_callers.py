"""The failure report says when code has called from the default account by accident."""

from __future__ import annotations

import boto3
import pytest
from botocore.exceptions import ClientError

from membership_mock import mock_membership

A, B, DEFAULT = "111111111111", "222222222222", "123456789012"
HINT = "the default account, which has no resources in this world"


@pytest.fixture
def furnished(membership_mock):
    for account in (A, B):
        membership_mock.client("securityhub", account=account).enable_security_hub()
    return membership_mock


def test_calls_from_the_default_account_beside_a_world_of_others_are_named(furnished) -> None:
    assert HINT not in furnished.report()
    boto3.client("security-ir").list_memberships()
    boto3.client("sts").get_caller_identity()
    lines = furnished.report().splitlines()
    assert f"2 calls came from {DEFAULT}, {HINT}; {A}, {B} have some." in lines
    assert lines.index("World:") > lines.index("Last calls:")


def test_the_names_of_an_organization_are_shown(membership_mock) -> None:
    membership_mock.organization({"audit": B}, management=A)
    boto3.client("security-ir").list_memberships()
    assert f"{HINT}; {A} 'master', {B} 'audit' have some." in membership_mock.report()


def test_calls_of_an_account_that_has_something_are_not(furnished) -> None:
    boto3.client("securityhub").enable_security_hub()
    assert HINT not in furnished.report()


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("s3", "create_bucket", {"Bucket": "reports"}),
        ("iam", "create_user", {"UserName": "ana"}),
        ("sts", "assume_role", {"RoleArn": f"arn:aws:iam::{A}:role/x", "RoleSessionName": "ana"}),
    ],
)
def test_nor_those_of_an_account_that_uses_a_service_of_moto(
    furnished, service: str, operation: str, parameters: dict[str, str]
) -> None:
    boto3.client("security-ir").list_memberships()
    assert HINT in furnished.report()
    getattr(boto3.client(service), operation)(**parameters)
    assert HINT not in furnished.report()


def test_a_refused_call_to_a_service_of_moto_made_nothing(furnished) -> None:
    with pytest.raises(ClientError):
        boto3.client("s3").create_bucket(Bucket="x")
    assert HINT in furnished.report()


def test_nor_those_of_an_account_in_an_organization(membership_mock) -> None:
    membership_mock.organization({"audit": A})
    membership_mock.client("securityhub", account=B).enable_security_hub()
    boto3.client("security-ir").list_memberships()
    assert HINT not in membership_mock.report()


def test_nor_those_into_an_empty_world(membership_mock) -> None:
    boto3.client("security-ir").list_memberships()
    assert HINT not in membership_mock.report()


def test_the_default_account_is_that_of_the_option() -> None:
    with mock_membership(account=B) as mock:
        mock.client("securityhub", account=A).enable_security_hub()
        boto3.client("security-ir").list_memberships()
        assert f"1 call came from {B}, {HINT}; {A} has some." in mock.report()
