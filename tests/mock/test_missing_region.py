"""The option `missing_region`: clients of the code under test that name no region."""

from __future__ import annotations

import sys
import traceback

import boto3
import pytest
from botocore.exceptions import NoRegionError

from membership_mock import UsageError, mock_membership


@pytest.fixture(autouse=True)
def _no_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")


def region_of_a_client() -> str:
    return boto3.client("securityhub").meta.region_name


def test_without_the_option_it_is_an_error_as_outside_of_the_mock() -> None:
    with mock_membership(region="eu-west-1"), pytest.raises(NoRegionError):
        region_of_a_client()


@pytest.mark.skipif(sys.version_info < (3, 11), reason="errors have no notes before Python 3.11")
def test_the_traceback_of_that_error_names_the_option() -> None:
    with mock_membership(), pytest.raises(NoRegionError) as missing:
        region_of_a_client()
    assert str(missing.value) == "You must specify a region."
    assert "missing_region='mock'" in "".join(traceback.format_exception(missing.value))


def test_clients_sessions_and_calls_have_the_mocks_region() -> None:
    with mock_membership(region="eu-west-1", missing_region="mock") as mock:
        client = boto3.client("securityhub")
        client.enable_security_hub()
        assert client.meta.region_name == "eu-west-1"
        assert boto3.Session().region_name == "eu-west-1"
        assert boto3.resource("s3").meta.client.meta.region_name == "eu-west-1"
        mock.calls.assert_called("EnableSecurityHub", region="eu-west-1", times=1)
    with pytest.raises(NoRegionError):
        region_of_a_client()


def test_without_the_option_region_it_is_that_of_mock_client() -> None:
    with mock_membership(missing_region="mock") as mock:
        assert region_of_a_client() == mock.client("sts").meta.region_name == "us-east-1"


def test_a_region_that_is_named_counts_before_it(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    config = tmp_path / "config"
    config.write_text("[profile sydney]\nregion = ap-southeast-2\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    with mock_membership(region="eu-west-1", missing_region="mock"):
        assert boto3.client("sts", region_name="sa-east-1").meta.region_name == "sa-east-1"
        assert boto3.Session(profile_name="sydney").region_name == "ap-southeast-2"
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
        assert region_of_a_client() == "us-west-2"


def test_the_inner_mock_counts_until_its_end() -> None:
    with mock_membership(region="eu-west-1", missing_region="mock"):
        with mock_membership(region="eu-north-1", missing_region="mock"):
            assert region_of_a_client() == "eu-north-1"
        with mock_membership(region="sa-east-1"):
            assert region_of_a_client() == "eu-west-1"
        assert region_of_a_client() == "eu-west-1"


@pytest.mark.membership_mock(region="eu-south-1", missing_region="mock")
def test_the_marker_takes_it(membership_mock) -> None:
    assert region_of_a_client() == "eu-south-1"


def test_another_value_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="missing_region is 'error' or 'mock', not 'eu-west-1'"):
        mock_membership(missing_region="eu-west-1")  # type: ignore[call-overload]
