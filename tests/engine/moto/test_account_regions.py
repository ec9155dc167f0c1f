"""The regions of an account in Account Management of moto."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from membership_mock import mock_membership
from membership_mock.engine.protocol.regions import REGIONS_WITHOUT_OPT_IN, regions_of

ACCOUNT, OTHER = "111122223333", "444455556666"
OPT_IN = "ap-east-1"


@pytest.fixture
def mock():
    with mock_membership(account=ACCOUNT, region="us-east-1") as mock:
        yield mock


def status(client, region=OPT_IN, **more):
    return client.get_region_opt_status(RegionName=region, **more)["RegionOptStatus"]


def refused(call, **arguments):
    with pytest.raises(ClientError) as error:
        call(**arguments)
    return error.value.response["Error"]["Code"]


def test_all_regions_of_the_partition_are_listed_page_by_page(mock):
    client = mock.client("account")
    pages = client.get_paginator("list_regions").paginate(PaginationConfig={"PageSize": 7})
    found = {
        each["RegionName"]: each["RegionOptStatus"] for page in pages for each in page["Regions"]
    }
    assert list(found) == list(regions_of("aws"))
    default = {name for name, each in found.items() if each == "ENABLED_BY_DEFAULT"}
    assert default == set(REGIONS_WITHOUT_OPT_IN["aws"])
    assert {found[name] for name in found.keys() - default} == {"DISABLED"}
    shown = client.list_regions(RegionOptStatusContains=["ENABLED", "ENABLED_BY_DEFAULT"])
    assert {each["RegionName"] for each in shown["Regions"]} == default


def test_a_region_is_enabled_and_disabled_step_by_step(mock):
    client = mock.client("account")
    assert status(client) == "DISABLED"
    client.enable_region(RegionName=OPT_IN)
    client.enable_region(RegionName=OPT_IN)  # changes nothing
    assert [status(client), status(client)] == ["ENABLING", "ENABLED"]
    assert status(mock.client("account", account=OTHER)) == "DISABLED"
    client.disable_region(RegionName=OPT_IN)
    assert refused(client.enable_region, RegionName=OPT_IN) == "ConflictException"
    assert [status(client), status(client)] == ["DISABLING", "DISABLED"]


def test_a_region_waits_for_the_clock_if_the_mock_does():
    with mock_membership(account=ACCOUNT, region="us-east-1", settle="clock") as mock:
        client = mock.client("account")
        client.enable_region(RegionName=OPT_IN)
        assert [status(client), status(client)] == ["ENABLING", "ENABLING"]
        mock.clock.advance(minutes=2)
        assert status(client) == "ENABLED"
        assert f"{OPT_IN}" in str(mock)


def test_the_management_account_asks_for_a_member(mock):
    mock.organization({"security": OTHER})
    client = mock.client("account")
    client.enable_region(RegionName=OPT_IN, AccountId=OTHER)
    assert status(client, AccountId=OTHER) == "ENABLING"
    assert status(client) == "DISABLED"


def test_a_region_that_is_none_or_always_enabled_is_refused(mock):
    client = mock.client("account")
    for call in (client.enable_region, client.disable_region):
        assert refused(call, RegionName="us-east-1") == "ValidationException"
        assert refused(call, RegionName="eu-west-99") == "ValidationException"
    assert refused(client.get_region_opt_status, RegionName="x") == "ValidationException"
    assert refused(client.list_regions, NextToken="x") == "ValidationException"


def test_moto_answers_for_the_rest_of_the_service(mock):
    pytest.importorskip("moto.account")
    client = mock.client("account")
    contact = {"EmailAddress": "a@example.com", "Name": "A", "PhoneNumber": "1", "Title": "T"}
    client.put_alternate_contact(AlternateContactType="SECURITY", **contact)
    shown = client.get_alternate_contact(AlternateContactType="SECURITY")
    assert shown["AlternateContact"]["EmailAddress"] == "a@example.com"


def test_central_configuration_reaches_a_region_that_the_administrator_has_enabled(mock):
    mock.organization({"security": ACCOUNT, "a": OTHER}, management="999988887777")
    mock.given.securityhub.organization_admin(ACCOUNT)
    mock.client("account").enable_region(RegionName=OPT_IN)
    admin = mock.client("securityhub")
    admin.create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")
    admin.update_organization_configuration(
        AutoEnable=False,
        AutoEnableStandards="NONE",
        OrganizationConfiguration={"ConfigurationType": "CENTRAL"},
    )
    hub = mock.client("securityhub", account=OTHER, region=OPT_IN)
    policy = admin.create_configuration_policy(
        Name="all",
        ConfigurationPolicy={
            "SecurityHub": {
                "ServiceEnabled": True,
                "EnabledStandardIdentifiers": [],
                "SecurityControlsConfiguration": {"DisabledSecurityControlIdentifiers": []},
            }
        },
    )
    admin.start_configuration_policy_association(
        ConfigurationPolicyIdentifier=policy["Id"], Target={"AccountId": OTHER}
    )
    assert hub.describe_hub()["HubArn"].split(":")[3] == OPT_IN


def test_what_the_service_would_refuse_as_malformed_is_refused(mock):
    client = mock.client("account")
    assert refused(client.list_regions, AccountId="12") == "ValidationException"
    assert refused(client.get_region_opt_status, AccountId="1" * 13, RegionName=OPT_IN) == (
        "ValidationException"
    )
    assert refused(client.list_regions, RegionOptStatusContains=["ON"]) == "ValidationException"
