"""Finding aggregators: the home region, the linked ones, and who may change that."""

import contextlib
import re

import pytest
from botocore.exceptions import ClientError

from tests.securityhub.central_configuration.central import Central, code_of, status_of, text_of

ALONE = "111111111111"
ADMINISTRATOR = "222222222222"
MEMBER = "333333333333"


@pytest.fixture
def client(membership_mock):
    """Return a function that makes clients of accounts with a hub."""

    def make(account, region="eu-west-1"):
        made = membership_mock.client("securityhub", account=account, region=region)
        with contextlib.suppress(made.exceptions.ResourceConflictException):
            made.enable_security_hub(EnableDefaultStandards=False)
        return made

    return make


@pytest.fixture
def join(client):
    """Return a function that makes MEMBER a member of ADMINISTRATOR in a region."""

    def joined(region="eu-west-1"):
        administrator, member = client(ADMINISTRATOR, region), client(MEMBER, region)
        administrator.create_members(AccountDetails=[{"AccountId": MEMBER}])
        administrator.invite_members(AccountIds=[MEMBER])
        invitation = member.list_invitations()["Invitations"][0]
        member.accept_administrator_invitation(
            AdministratorId=ADMINISTRATOR, InvitationId=invitation["InvitationId"]
        )
        return administrator, member

    return joined


def arns(client):
    return [
        each["FindingAggregatorArn"]
        for each in client.list_finding_aggregators()["FindingAggregators"]
    ]


def test_create_finding_aggregator_makes_the_region_of_the_call_the_home_region(client):
    created = client(ALONE).create_finding_aggregator(
        RegionLinkingMode="SPECIFIED_REGIONS", Regions=["us-west-1", "us-west-2"]
    )

    assert created["FindingAggregationRegion"] == "eu-west-1"
    assert created["RegionLinkingMode"] == "SPECIFIED_REGIONS"
    assert created["Regions"] == ["us-west-1", "us-west-2"]
    assert re.fullmatch(
        rf"arn:aws:securityhub:eu-west-1:{ALONE}:finding-aggregator/[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}",
        created["FindingAggregatorArn"],
    )


def test_get_finding_aggregator_returns_what_was_created_from_any_region(client):
    created = client(ALONE).create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")
    created.pop("ResponseMetadata")

    found = client(ALONE, "us-east-1").get_finding_aggregator(
        FindingAggregatorArn=created["FindingAggregatorArn"]
    )

    found.pop("ResponseMetadata")
    assert found == created


def test_list_finding_aggregators_shows_the_one_of_the_account_in_every_region(client):
    created = client(ALONE).create_finding_aggregator(RegionLinkingMode="NO_REGIONS")

    assert arns(client(ALONE, "us-east-1")) == [created["FindingAggregatorArn"]]
    assert arns(client(ADMINISTRATOR)) == []


def test_finding_aggregators_need_a_hub(membership_mock):
    client = membership_mock.client("securityhub", account=ALONE, region="eu-west-1")

    for call in (
        lambda: client.create_finding_aggregator(RegionLinkingMode="ALL_REGIONS"),
        client.list_finding_aggregators,
        lambda: client.get_finding_aggregator(FindingAggregatorArn="arn"),
        lambda: client.delete_finding_aggregator(FindingAggregatorArn="arn"),
    ):
        with pytest.raises(client.exceptions.InvalidAccessException) as refused:
            call()
        assert text_of(refused) == f"Account {ALONE} is not subscribed to AWS Security Hub"
        assert status_of(refused) == 401


@pytest.mark.parametrize(
    "arguments",
    [
        {"RegionLinkingMode": "EVERYWHERE"},
        {"RegionLinkingMode": "NO_REGIONS", "Regions": ["us-east-1"]},
        {"RegionLinkingMode": "ALL_REGIONS", "Regions": ["us-east-1"]},
        {"RegionLinkingMode": "SPECIFIED_REGIONS"},
        {"RegionLinkingMode": "SPECIFIED_REGIONS", "Regions": []},
        {"RegionLinkingMode": "ALL_REGIONS_EXCEPT_SPECIFIED"},
        {"RegionLinkingMode": "SPECIFIED_REGIONS", "Regions": ["eu-west-1"]},
        {"RegionLinkingMode": "SPECIFIED_REGIONS", "Regions": ["Ireland"]},
        {"RegionLinkingMode": "SPECIFIED_REGIONS", "Regions": ["cn-north-1"]},
    ],
)
def test_a_linking_mode_has_to_go_with_its_regions(client, arguments):
    hub = client(ALONE)

    with pytest.raises(hub.exceptions.InvalidInputException):
        hub.create_finding_aggregator(**arguments)
    assert arns(hub) == []


def test_a_refused_update_leaves_the_finding_aggregator_as_it_was(client):
    hub = client(ALONE)
    arn = hub.create_finding_aggregator(
        RegionLinkingMode="SPECIFIED_REGIONS", Regions=["us-east-1"]
    )["FindingAggregatorArn"]

    with pytest.raises(hub.exceptions.InvalidInputException):
        hub.update_finding_aggregator(
            FindingAggregatorArn=arn, RegionLinkingMode="ALL_REGIONS", Regions=["us-west-1"]
        )

    found = hub.get_finding_aggregator(FindingAggregatorArn=arn)
    assert (found["RegionLinkingMode"], found["Regions"]) == ("SPECIFIED_REGIONS", ["us-east-1"])


def test_regions_may_be_separated_by_commas_as_in_the_published_example(client):
    created = client(ALONE).create_finding_aggregator(
        RegionLinkingMode="SPECIFIED_REGIONS", Regions=["us-west-1,us-west-2"]
    )

    assert created["Regions"] == ["us-west-1", "us-west-2"]


def test_an_account_has_one_finding_aggregator_in_all_regions(client):
    client(ALONE).create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")

    for region in ("eu-west-1", "us-east-1"):
        hub = client(ALONE, region)
        with pytest.raises(hub.exceptions.InvalidInputException):
            hub.create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")
    client(ADMINISTRATOR).create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")


def test_update_finding_aggregator_replaces_mode_and_regions(client):
    hub = client(ALONE)
    arn = hub.create_finding_aggregator(
        RegionLinkingMode="SPECIFIED_REGIONS", Regions=["us-east-1"]
    )["FindingAggregatorArn"]

    updated = hub.update_finding_aggregator(
        FindingAggregatorArn=arn, RegionLinkingMode="NO_REGIONS"
    )

    assert (updated["RegionLinkingMode"], updated["Regions"]) == ("NO_REGIONS", [])
    assert hub.get_finding_aggregator(FindingAggregatorArn=arn)["RegionLinkingMode"] == "NO_REGIONS"


def test_only_the_home_region_updates_and_deletes_a_finding_aggregator(client):
    arn = client(ALONE).create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")[
        "FindingAggregatorArn"
    ]
    elsewhere = client(ALONE, "us-east-1")

    with pytest.raises(elsewhere.exceptions.InvalidInputException):
        elsewhere.update_finding_aggregator(
            FindingAggregatorArn=arn, RegionLinkingMode="NO_REGIONS"
        )
    with pytest.raises(elsewhere.exceptions.InvalidInputException):
        elsewhere.delete_finding_aggregator(FindingAggregatorArn=arn)
    assert arns(elsewhere) == [arn]


def test_after_a_deletion_another_region_can_become_the_home_region(client):
    hub, elsewhere = client(ALONE), client(ALONE, "us-east-1")
    arn = hub.create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")["FindingAggregatorArn"]

    hub.delete_finding_aggregator(FindingAggregatorArn=arn)

    assert arns(hub) == []
    created = elsewhere.create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")
    assert created["FindingAggregationRegion"] == "us-east-1"


def test_an_unknown_finding_aggregator_is_not_found(client):
    hub, other = client(ALONE), client(ADMINISTRATOR)
    foreign = other.create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")[
        "FindingAggregatorArn"
    ]

    for arn in (foreign, foreign.replace(ADMINISTRATOR, ALONE), "nonsense"):
        with pytest.raises(hub.exceptions.ResourceNotFoundException):
            hub.get_finding_aggregator(FindingAggregatorArn=arn)
        with pytest.raises(hub.exceptions.ResourceNotFoundException):
            hub.update_finding_aggregator(FindingAggregatorArn=arn, RegionLinkingMode="ALL_REGIONS")
        with pytest.raises(hub.exceptions.ResourceNotFoundException):
            hub.delete_finding_aggregator(FindingAggregatorArn=arn)


def test_a_member_cannot_create_a_finding_aggregator(join):
    _, member = join()

    with pytest.raises(ClientError) as refused:
        member.create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")

    assert code_of(refused) == "InvalidInputException"
    assert status_of(refused) == 401
    assert text_of(refused) == "A finding aggregator cannot be created by a member account."


def test_a_member_shows_its_administrators_finding_aggregator(join):
    administrator, member = join()
    arn = administrator.create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")[
        "FindingAggregatorArn"
    ]

    assert arns(member) == [arn]
    assert member.get_finding_aggregator(FindingAggregatorArn=arn)["RegionLinkingMode"] == (
        "ALL_REGIONS"
    )


def test_a_member_can_neither_update_nor_delete_its_administrators_finding_aggregator(join):
    administrator, member = join()
    arn = administrator.create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")[
        "FindingAggregatorArn"
    ]

    with pytest.raises(member.exceptions.InvalidInputException):
        member.update_finding_aggregator(FindingAggregatorArn=arn, RegionLinkingMode="NO_REGIONS")
    with pytest.raises(member.exceptions.InvalidInputException):
        member.delete_finding_aggregator(FindingAggregatorArn=arn)
    assert arns(administrator) == [arn]


def test_a_member_shows_no_aggregator_of_its_administrator_where_it_is_no_member(client, join):
    administrator, _ = join("eu-west-1")
    administrator.create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")

    assert arns(client(MEMBER, "us-east-1")) == []


def test_a_former_member_shows_its_administrators_finding_aggregator_no_more(join):
    administrator, member = join()
    administrator.create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")

    administrator.disassociate_members(AccountIds=[MEMBER])

    assert arns(member) == []


def test_without_its_home_region_central_configuration_loses_policies_and_cannot_be_used(
    membership_mock,
):
    central = Central(membership_mock, central=False)
    arn = central.link()
    central.turn("CENTRAL")
    account_id = central.account("alice")
    central.apply(central.policy(), account_id)
    standards = central.standards(account_id)

    central.hub.delete_finding_aggregator(FindingAggregatorArn=arn)

    with pytest.raises(ClientError) as refused:
        central.hub.list_configuration_policies()
    assert code_of(refused) == "AccessDeniedException"
    alice = central.client(account_id)
    assert standards == central.standards(account_id)
    assert alice.describe_hub()["HubArn"]
    alice.update_security_hub_configuration(AutoEnableControls=False)  # no policy governs it


def test_central_configuration_goes_on_in_a_new_home_region_without_policies(membership_mock):
    central = Central(membership_mock, central=False)
    arn = central.link()
    central.turn("CENTRAL")
    central.apply(central.policy(), central.root)
    central.hub.delete_finding_aggregator(FindingAggregatorArn=arn)
    there = central.client(central.administrator, "eu-west-2")

    there.create_finding_aggregator(RegionLinkingMode="NO_REGIONS")

    settings = there.describe_organization_configuration()["OrganizationConfiguration"]
    assert settings["ConfigurationType"] == "CENTRAL"
    assert there.list_configuration_policies()["ConfigurationPolicySummaries"] == []
    here = central.hub.describe_organization_configuration()["OrganizationConfiguration"]
    assert here["ConfigurationType"] == "LOCAL"


def test_a_region_that_takes_opting_in_cannot_be_the_home_region(client):
    with pytest.raises(ClientError) as refused:
        client(ALONE, "af-south-1").create_finding_aggregator(RegionLinkingMode="NO_REGIONS")
    assert code_of(refused) == "InvalidInputException"
    assert text_of(refused) == (
        "Region af-south-1 is disabled by default and cannot be the aggregation Region."
    )
    assert arns(client(ALONE, "af-south-1")) == []


def test_joining_an_administrator_ends_the_aggregation_of_ones_own(client, join):
    member = client(MEMBER)
    member.create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")
    join()
    assert arns(member) == []
    member.disassociate_from_administrator_account()
    assert arns(member) == []


def test_joining_an_administrator_elsewhere_leaves_the_aggregation_of_ones_own(client, join):
    member = client(MEMBER, "us-east-1")
    member.create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")
    join("eu-west-1")
    assert len(arns(member)) == 1
