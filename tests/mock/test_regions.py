"""A misspelt region is refused wherever a test author can name one, in one wording."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest

from membership_mock import UsageError, mock_membership
from membership_mock.engine.protocol.regions import is_likely_region, known_regions

A, B = "111111111111", "222222222222"

#: each way to name a region
DOORS: dict[str, Callable[[Any, Any], Any]] = {
    "client": lambda mock, region: mock.client("security-ir", region=region),
    "client by boto3's name": lambda mock, name: mock.client("sts", region_name=name),
    "session": lambda mock, region: mock.session(region=region),
    "option": lambda _, region: mock_membership(region=region),
    "fail": lambda mock, region: mock.fail("get_case", "ThrottlingException", region=region),
    "delay": lambda mock, region: mock.faults.delay("get_case", 1, region=region),
    "refuse_accounts": lambda mock, region: mock.faults.refuse_accounts(
        "securityhub.CreateMembers", [A], region=region
    ),
    "quotas.get": lambda mock, region: mock.quotas.get(
        "cleanrooms", "members_per_collaboration", region=region
    ),
    "quotas.set": lambda mock, region: mock.quotas.set(
        "cleanrooms", "members_per_collaboration", 3, region=region
    ),
    "quotas.unset": lambda mock, region: mock.quotas.unset(region=region),
    "quotas.states": lambda mock, region: mock.quotas.states(region=region),
    "show": lambda mock, region: mock.show(region=region),
    "diagram": lambda mock, region: mock.diagram(region=region),
    "filter": lambda mock, region: mock.calls.filter(region=region),
    "assert_called": lambda mock, region: mock.calls.assert_called("GetCase", region=region),
    "assert_not_called": lambda mock, region: mock.calls.assert_not_called(region=region),
    "assert_in_order": lambda mock, region: mock.calls.assert_in_order(
        ("GetCase", {"region": region})
    ),
    "passed_through": lambda mock, region: mock.passed_through(region=region),
    "aws_side": lambda mock, region: mock.aws_side(region=region),
    "seed": lambda mock, region: mock.given.securityhub.member(A, B, "Invited", region=region),
    "organization": lambda mock, region: mock.organization(regions=[region]),
}


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_a_misspelt_region_is_refused_with_the_nearest_one(
    membership_mock: Any, door: Callable[[Any, Any], Any]
) -> None:
    with pytest.raises(UsageError) as refusal:
        door(membership_mock, "eu-west1")
    assert str(refusal.value) == "'eu-west1' is not a region; nearest: 'eu-west-1'."


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
@pytest.mark.parametrize("wrong", ["", "EU", 1])
def test_what_is_like_no_region_is_refused_with_an_example(
    membership_mock: Any, door: Callable[[Any, Any], Any], wrong: object
) -> None:
    with pytest.raises(UsageError) as refusal:
        door(membership_mock, wrong)
    if wrong == 1 and door is DOORS["seed"]:  # seeds look at the types of all their arguments
        assert "region: 1 is not text" in str(refusal.value)
        return
    assert str(refusal.value) == f"{wrong!r} is not a region: pass e.g. 'eu-west-1'."


@pytest.mark.parametrize("variable", ["AWS_DEFAULT_REGION", "AWS_REGION"])
def test_a_misspelt_region_of_the_environment_is_refused_with_the_variables_name(
    membership_mock: Any, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.setenv(variable, "eu-wset-1")
    with pytest.raises(UsageError, match=rf"{variable}: 'eu-wset-1' is not .* 'eu-west-1'"):
        membership_mock.client("security-ir")
    assert "running" in repr(membership_mock)


@pytest.mark.parametrize(
    ("wrong", "nearest"),
    [
        ("us-gov-wst-1", "us-gov-west-1"),
        ("cn-nort-1", "cn-north-1"),
        ("EU-WEST-1", "eu-west-1"),
        ("eu-west-11", "eu-west-1"),
        ("us-east-1a", "us-east-1"),
        ("ap-southest-2", "ap-southeast-2"),
        ("eu_central_1", "eu-central-1"),
    ],
)
def test_the_nearest_region_is_one_of_the_same_partition(
    membership_mock: Any, wrong: str, nearest: str
) -> None:
    with pytest.raises(UsageError, match=f"nearest: '{nearest}'"):
        membership_mock.client("sts", region=wrong)


def test_every_region_that_botocore_knows_is_taken() -> None:
    everywhere = boto3.Session()
    for partition in everywhere.get_available_partitions():
        for region in everywhere.get_available_regions("ec2", partition):
            assert is_likely_region(region), region
    assert all(map(is_likely_region, known_regions()))


@pytest.mark.parametrize("region", ["eu-west-9", "us-south-1", "ap-northwest-2", "cn-south-1"])
def test_a_region_that_aws_may_add_is_taken_and_served(membership_mock: Any, region: str) -> None:
    assert region not in known_regions()
    membership_mock.client("securityhub", region=region).enable_security_hub()
    membership_mock.calls.assert_called("EnableSecurityHub", region=region)
    assert f"securityhub in {region}" in str(membership_mock)


def test_a_region_whose_beginning_botocore_does_not_know_needs_a_newer_one(
    membership_mock: Any,
) -> None:
    with pytest.raises(UsageError, match="A new region may need a newer botocore"):
        membership_mock.client("sts", region="nz-south-1")
