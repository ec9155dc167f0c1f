"""Endpoints and profiles of the user's environment take no mocked call out of the process."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import boto3
import pytest

from membership_mock import mock_membership

#: nothing listens there
NOWHERE = "http://localhost:9"

CONFIG = f"""
[default]
region = eu-west-1
endpoint_url = {NOWHERE}
services = local

[services local]
security_ir =
  endpoint_url = {NOWHERE}
securityhub =
  endpoint_url = {NOWHERE}
"""


@pytest.fixture(
    params=["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SECURITY_IR", "AWS_ENDPOINT_URL_STS", "file"]
)
def configured(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> str:
    """Configure an endpoint in one of the ways that botocore has."""
    if request.param == "file":
        file = tmp_path / "config"
        file.write_text(CONFIG)
        monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    else:
        monkeypatch.setenv(request.param, NOWHERE)
    return str(request.param)


def test_a_configured_endpoint_takes_no_client_out(configured: str) -> None:
    with mock_membership() as mock:
        mock.client("security-ir").list_memberships()
        mock.session().client("sts").get_caller_identity()
        boto3.client("security-ir", region_name="eu-west-1").list_memberships()
        boto3.Session().client("sts", region_name="eu-west-1").get_caller_identity()
        mock.given.securityhub.member("111111111111", "222222222222", "Invited")
        assert len(mock.calls.filter("security-ir.ListMemberships")) == 2
        assert mock.passed_through() == {"sts.GetCallerIdentity": 2}


def test_the_variables_are_back_when_the_outermost_mock_has_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", NOWHERE)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", NOWHERE)
    with mock_membership():
        with mock_membership():
            assert not [name for name in os.environ if name.startswith("AWS_ENDPOINT_URL")]
        assert not [name for name in os.environ if name.startswith("AWS_ENDPOINT_URL")]
    assert os.environ["AWS_ENDPOINT_URL"] == os.environ["AWS_ENDPOINT_URL_S3"] == NOWHERE


def test_an_endpoint_that_the_code_names_is_respected(configured: str) -> None:
    with mock_membership() as mock:
        for client in (
            mock.client("security-ir", endpoint_url="http://localhost:8"),
            boto3.client("security-ir", "eu-west-1", endpoint_url="http://localhost:8"),
        ):
            assert client.meta.endpoint_url == "http://localhost:8"


def test_an_endpoint_that_the_test_sets_in_the_mock_is_respected_by_its_own_clients(
    membership_mock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", NOWHERE)
    assert boto3.client("security-ir", "eu-west-1").meta.endpoint_url == NOWHERE
    assert "amazonaws" in membership_mock.client("sts").meta.endpoint_url


def test_configured_endpoints_count_again_when_the_mock_has_ended(configured: str) -> None:
    service = "sts" if configured.endswith("STS") else "security-ir"
    with mock_membership():
        pass
    session = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x")
    assert session.client(service, region_name="eu-west-1").meta.endpoint_url == NOWHERE


@pytest.mark.parametrize("variable", ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])
def test_a_profile_that_the_machine_lacks_does_not_matter(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str
) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv(variable, "work")
    with mock_membership() as mock:
        mock.client("security-ir").list_memberships()
        boto3.client("security-ir", region_name="eu-west-1").list_memberships()
        assert len(mock.calls) == 2
    assert os.environ[variable] == "work"


def test_a_profile_of_the_machine_counts_for_the_code_and_not_for_the_mock(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "config"
    file.write_text("[profile work]\nregion = sa-east-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    monkeypatch.setenv("AWS_PROFILE", "work")
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    with mock_membership(region="eu-north-1") as mock:
        assert mock.client("security-ir").meta.region_name == "eu-north-1"
        assert boto3.client("security-ir").meta.region_name == "sa-east-1"


def test_a_profile_set_in_the_mock_that_the_machine_lacks_does_not_matter_to_its_clients(
    membership_mock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "work")
    membership_mock.client("security-ir").list_memberships()
