"""All the ways to be another account, for our services and for moto's alike."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from membership_mock import UsageError, mock_membership
from tests.samples import new_membership


def accounts_of(*clients: Any) -> list[str]:
    """Return the accounts that our service and moto's STS see behind the same credentials."""
    ours, sts = clients
    membership = ours.get_membership(membershipId=new_membership(ours))
    return [membership["accountId"], sts.get_caller_identity()["Account"]]


def test_the_default_account_is_motos(membership_mock: Any) -> None:
    clients = boto3.client("security-ir"), boto3.client("sts")
    assert accounts_of(*clients) == ["123456789012"] * 2


def test_the_option_account_is_the_default_of_both() -> None:
    with mock_membership(account="222233334444"):
        clients = boto3.client("security-ir"), boto3.client("sts")
        assert accounts_of(*clients) == ["222233334444"] * 2


def test_client_with_account_and_region(membership_mock: Any) -> None:
    clients = [
        membership_mock.client(each, account="222233334444") for each in ("security-ir", "sts")
    ]
    assert accounts_of(*clients) == ["222233334444"] * 2
    client = membership_mock.client("security-ir", account="222233334444", region="sa-east-1")
    assert client.meta.region_name == "sa-east-1"


def test_session_with_account_and_region(membership_mock: Any) -> None:
    session = membership_mock.session(account="222233334444", region="eu-west-3")
    assert session.region_name == "eu-west-3"
    assert accounts_of(session.client("security-ir"), session.client("sts")) == ["222233334444"] * 2


def test_a_12_digit_access_key_id() -> None:
    with mock_membership():
        session = boto3.Session(
            aws_access_key_id="222233334444", aws_secret_access_key="x", region_name="us-east-1"
        )
        clients = session.client("security-ir"), session.client("sts")
        assert accounts_of(*clients) == ["222233334444"] * 2


def test_as_account_for_clients_that_exist_already(membership_mock: Any) -> None:
    clients = boto3.client("security-ir"), boto3.client("sts")
    with membership_mock.as_account("222233334444"):
        assert accounts_of(*clients) == ["222233334444"] * 2
    assert accounts_of(*clients) == ["123456789012"] * 2


def test_as_account_nests(membership_mock: Any) -> None:
    sts = boto3.client("sts")
    with membership_mock.as_account("111111111111"):
        with membership_mock.as_account("222222222222"):
            assert sts.get_caller_identity()["Account"] == "222222222222"
        assert sts.get_caller_identity()["Account"] == "111111111111"


def test_assumed_role_credentials(membership_mock: Any) -> None:
    assumed = boto3.client("sts").assume_role(
        RoleArn="arn:aws:iam::222233334444:role/responder", RoleSessionName="test"
    )["Credentials"]
    session = boto3.Session(
        aws_access_key_id=assumed["AccessKeyId"],
        aws_secret_access_key=assumed["SecretAccessKey"],
        aws_session_token=assumed["SessionToken"],
        region_name="us-east-1",
    )
    assert accounts_of(session.client("security-ir"), session.client("sts")) == ["222233334444"] * 2


def test_access_keys_of_an_iam_user_of_another_account(membership_mock: Any) -> None:
    iam = membership_mock.client("iam", account="222233334444")
    iam.create_user(UserName="ana")
    key = iam.create_access_key(UserName="ana")["AccessKey"]
    session = boto3.Session(
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        region_name="us-east-1",
    )
    assert accounts_of(session.client("security-ir"), session.client("sts")) == ["222233334444"] * 2


def test_motos_header(membership_mock: Any) -> None:
    def add_header(request: Any, **_: Any) -> None:
        request.headers["x-moto-account-id"] = "222233334444"

    clients = boto3.client("security-ir"), boto3.client("sts")
    for client in clients:
        client.meta.events.register("before-sign", add_header)
    assert accounts_of(*clients) == ["222233334444"] * 2


def test_motos_environment_variable(membership_mock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "222233334444")
    clients = boto3.client("security-ir"), boto3.client("sts")
    assert accounts_of(*clients) == ["222233334444"] * 2


def test_accounts_and_regions_are_worlds_of_their_own(membership_mock: Any) -> None:
    here = membership_mock.client("security-ir", account="111111111111", region="eu-west-1")
    new_membership(here)
    for account, region in [("222222222222", "eu-west-1"), ("111111111111", "us-east-1")]:
        other = membership_mock.client("security-ir", account=account, region=region)
        assert other.list_memberships()["items"] == []


#: twelve digits, but not those of ASCII
WIDE = "".join(chr(0xFF10 + int(digit)) for digit in "123456789012")
NO_ACCOUNTS = ["1234", "12345678901x", "", WIDE]


@pytest.mark.parametrize("wrong", [123456789012, None, *NO_ACCOUNTS])
def test_what_is_no_account_is_refused(membership_mock: Any, wrong: Any) -> None:
    with pytest.raises(UsageError, match="is not an account id: pass a string of 12 digits"):
        membership_mock.as_account(wrong).__enter__()


@pytest.mark.parametrize("wrong", NO_ACCOUNTS)
def test_a_client_of_what_is_no_account_is_refused(membership_mock: Any, wrong: str) -> None:
    with pytest.raises(UsageError, match="is not an account id: pass a string of 12 digits"):
        membership_mock.client("sts", account=wrong)


@pytest.mark.parametrize("service", ["security-ir", "sts"])
@pytest.mark.parametrize("wrong", ["1234", "the-team", WIDE])
def test_motos_variable_that_holds_no_account_id_is_refused_by_name(
    membership_mock: Any, monkeypatch: pytest.MonkeyPatch, service: str, wrong: str
) -> None:
    client = boto3.client(service)
    monkeypatch.setenv("MOTO_ACCOUNT_ID", wrong)
    with pytest.raises(UsageError, match=f"variable MOTO_ACCOUNT_ID is '{wrong}'"):
        client.get_caller_identity() if service == "sts" else client.list_memberships()
    assert len(membership_mock.calls) == 0


@pytest.mark.parametrize("service", ["security-ir", "sts"])
def test_motos_header_that_holds_no_account_id_is_refused_by_name(
    membership_mock: Any, service: str
) -> None:
    def add_header(request: Any, **_: Any) -> None:
        request.headers["x-moto-account-id"] = "1234"

    client = boto3.client(service)
    client.meta.events.register("before-sign", add_header)
    with pytest.raises(UsageError, match="header x-moto-account-id is '1234'"):
        client.get_caller_identity() if service == "sts" else client.list_memberships()


def test_an_organization_of_what_is_no_account_is_refused(membership_mock: Any) -> None:
    with pytest.raises(UsageError, match="is not an account id"):
        membership_mock.organization({"shop": WIDE})


def test_a_client_takes_the_region_by_boto3s_name_as_well(membership_mock: Any) -> None:
    client = membership_mock.client("security-ir", region_name="sa-east-1")
    assert client.meta.region_name == "sa-east-1"
    with pytest.raises(UsageError, match="pass one of them"):
        membership_mock.client("security-ir", region="eu-west-1", region_name="sa-east-1")


@pytest.mark.parametrize(
    ("wrong", "right"), [("security_ir", "security-ir"), ("securtyhub", "securityhub")]
)
def test_a_misspelt_service_names_the_nearest(membership_mock: Any, wrong: str, right: str) -> None:
    with pytest.raises(UsageError, match=f"'{wrong}' is not a service of AWS .* '{right}'"):
        membership_mock.client(wrong)


def test_leading_zeros_of_a_number_are_explained(membership_mock: Any) -> None:
    with pytest.raises(UsageError, match="leading zeros count"):
        membership_mock.client("security-ir", account=123123123)


def test_the_region_of_the_mock_is_the_option_then_the_environments() -> None:
    with mock_membership(region="eu-north-1") as mock:
        assert mock.client("security-ir").meta.region_name == "eu-north-1"
    with mock_membership() as mock:
        assert mock.client("security-ir").meta.region_name == "us-east-1"
