"""What a delegated administrator configures for accounts that join."""

import pytest

from tests.frozen_time import freeze_time
from tests.securityhub.samples import (
    ADMIN,
    IRELAND,
    MANAGEMENT,
    OHIO,
    OTHER_ADMIN,
    accept,
    invite,
    refused,
    statuses,
)

CENTRAL = {"ConfigurationType": "CENTRAL"}
LOCAL = {"ConfigurationType": "LOCAL"}


@pytest.fixture
def home(delegated):
    """The delegated administrator in the home region of its aggregator, which links Ohio."""
    delegated.create_finding_aggregator(RegionLinkingMode="SPECIFIED_REGIONS", Regions=[OHIO])
    return delegated


def described(client):
    answer = client.describe_organization_configuration()
    del answer["ResponseMetadata"]
    return answer


def test_describe_organization_configuration_starts_with_the_defaults(delegated):
    assert described(delegated) == {
        "AutoEnable": False,
        "AutoEnableStandards": "DEFAULT",
        "MemberAccountLimitReached": False,
        "OrganizationConfiguration": {"ConfigurationType": "LOCAL", "Status": "ENABLED"},
    }


def test_update_organization_configuration_leaves_what_is_not_given(delegated):
    delegated.update_organization_configuration(AutoEnable=True, AutoEnableStandards="NONE")
    delegated.update_organization_configuration(AutoEnable=False)
    assert described(delegated)["AutoEnable"] is False
    assert described(delegated)["AutoEnableStandards"] == "NONE"


def test_update_organization_configuration_concerns_one_region_only(
    organization, delegated, admin_id
):
    ohio = organization.delegate(admin_id, OHIO)
    delegated.update_organization_configuration(AutoEnable=True)
    assert described(ohio)["AutoEnable"] is False


@pytest.mark.parametrize("account", [MANAGEMENT, ADMIN], ids=["management", "stranger"])
@pytest.mark.parametrize("operation", ["describe", "update"])
def test_only_the_delegated_administrator_has_a_configuration(
    organization, delegated, hub, account, operation
):
    client = hub(account)
    call, arguments = {
        "describe": (client.describe_organization_configuration, {}),
        "update": (client.update_organization_configuration, {"AutoEnable": True}),
    }[operation]
    assert refused(call, **arguments) == (
        "InvalidAccessException",
        401,
        f"Account {account} is not an administrator for this organization",
    )
    assert described(delegated)["AutoEnable"] is False


def test_the_management_account_hears_the_same_without_a_hub(organization):
    assert (
        "is not an administrator"
        in (refused(organization.hub().describe_organization_configuration)[2])
    )


def test_an_account_without_a_hub_is_not_subscribed(membership_mock):
    client = membership_mock.client("securityhub", account=ADMIN, region=IRELAND)
    assert refused(client.describe_organization_configuration) == (
        "InvalidAccessException",
        401,
        f"Account {ADMIN} is not subscribed to AWS Security Hub",
    )


# --- accounts that join ---


@pytest.mark.parametrize(("standards", "count"), [("DEFAULT", 2), ("NONE", 0)])
def test_an_account_that_joins_becomes_a_member_with_the_standards_asked_for(
    organization, delegated, membership_mock, standards, count
):
    delegated.update_organization_configuration(AutoEnable=True, AutoEnableStandards=standards)
    joined = organization.account("new")
    assert statuses(delegated) == {joined: "Enabled"}
    member = membership_mock.client("securityhub", account=joined, region=IRELAND)
    assert len(member.get_enabled_standards()["StandardsSubscriptions"]) == count


def test_an_account_that_joins_becomes_a_member_in_the_regions_that_say_so(
    organization, delegated, admin_id, membership_mock
):
    ohio = organization.delegate(admin_id, OHIO)
    ohio.update_organization_configuration(AutoEnable=True)
    joined = organization.account("new")
    assert statuses(delegated) == {}
    assert statuses(ohio) == {joined: "Enabled"}
    member = membership_mock.client("securityhub", account=joined, region=IRELAND)
    assert refused(member.describe_hub)[0] == "InvalidAccessException"


def test_accounts_that_were_there_before_are_not_touched(organization, delegated):
    organization.account("old")
    delegated.update_organization_configuration(AutoEnable=True)
    assert statuses(delegated) == {}


def test_an_account_that_joins_another_organization_is_not_touched(delegated, membership_mock):
    delegated.update_organization_configuration(AutoEnable=True)
    other = membership_mock.client("organizations", account=ADMIN, region="us-east-1")
    other.create_organization(FeatureSet="ALL")
    other.create_account(AccountName="new", Email="new@example.com")
    assert statuses(delegated) == {}


# --- central configuration ---


def test_central_configuration_is_pending_at_the_first_look_and_enabled_afterwards(home):
    home.update_organization_configuration(
        AutoEnable=False, AutoEnableStandards="NONE", OrganizationConfiguration=CENTRAL
    )
    assert described(home)["OrganizationConfiguration"] == {**CENTRAL, "Status": "PENDING"}
    assert described(home) == {
        "AutoEnable": False,
        "AutoEnableStandards": "NONE",
        "MemberAccountLimitReached": False,
        "OrganizationConfiguration": {"ConfigurationType": "CENTRAL", "Status": "ENABLED"},
    }


def test_central_configuration_is_enabled_after_a_minute_without_a_look(home):
    with freeze_time("2026-03-01T12:00:00Z") as clock:
        home.update_organization_configuration(AutoEnable=False, OrganizationConfiguration=CENTRAL)
        clock.tick(60)
        assert described(home)["OrganizationConfiguration"]["Status"] == "ENABLED"


def test_local_configuration_is_never_pending(home):
    home.update_organization_configuration(AutoEnable=False, OrganizationConfiguration=CENTRAL)
    home.update_organization_configuration(AutoEnable=False, OrganizationConfiguration=LOCAL)
    assert described(home)["OrganizationConfiguration"] == {**LOCAL, "Status": "ENABLED"}


def test_central_configuration_turns_default_standards_off(home):
    home.update_organization_configuration(AutoEnable=False, OrganizationConfiguration=CENTRAL)
    assert described(home)["AutoEnableStandards"] == "NONE"


@pytest.mark.parametrize(
    "arguments",
    [
        {"AutoEnable": True},
        {"AutoEnable": True, "AutoEnableStandards": "NONE"},
        {"AutoEnable": False, "AutoEnableStandards": "DEFAULT"},
    ],
    ids=["accounts", "accounts without standards", "standards"],
)
@pytest.mark.parametrize("already", [False, True], ids=["on the way", "already central"])
def test_central_configuration_refuses_to_enable_by_itself(home, arguments, already):
    if already:
        home.update_organization_configuration(AutoEnable=False, OrganizationConfiguration=CENTRAL)
        described(home)  # it is pending at the first look only
    else:
        arguments = {**arguments, "OrganizationConfiguration": CENTRAL}
    before = described(home)
    assert refused(home.update_organization_configuration, **arguments) == (
        "InvalidInputException",
        400,
        "Auto Enable and AutoEnableStandards can not be enabled for Central Configuration",
    )
    assert described(home) == before


def test_central_configuration_needs_a_finding_aggregator(delegated):
    assert refused(
        delegated.update_organization_configuration,
        AutoEnable=False,
        OrganizationConfiguration=CENTRAL,
    )[:2] == ("InvalidInputException", 400)
    assert described(delegated)["OrganizationConfiguration"]["ConfigurationType"] == "LOCAL"


def test_central_configuration_is_turned_on_in_the_home_region(organization, home, admin_id):
    ohio = organization.delegate(admin_id, OHIO)
    assert refused(
        ohio.update_organization_configuration,
        AutoEnable=False,
        OrganizationConfiguration=CENTRAL,
    )[:2] == ("AccessDeniedException", 403)
    assert described(home)["OrganizationConfiguration"]["ConfigurationType"] == "LOCAL"


def test_central_configuration_needs_an_administrator_that_is_a_member_account(organization, hub):
    client = hub(MANAGEMENT)
    client.enable_organization_admin_account(AdminAccountId=MANAGEMENT)
    client.create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")
    assert refused(
        client.update_organization_configuration,
        AutoEnable=False,
        OrganizationConfiguration=CENTRAL,
    )[:2] == ("InvalidInputException", 400)


def test_central_configuration_is_refused_where_its_administrator_is_a_member(
    organization, home, admin_id, hub
):
    linked = hub(admin_id, OHIO)
    outsider = hub(OTHER_ADMIN, OHIO)
    invite(outsider, admin_id)
    accept(linked, OTHER_ADMIN)

    assert refused(
        home.update_organization_configuration,
        AutoEnable=False,
        OrganizationConfiguration=CENTRAL,
    ) == (
        "InvalidInputException", 400,
        f"Account {admin_id} is a member account of {OTHER_ADMIN} in {OHIO}",
    )  # fmt: skip
    assert described(home)["OrganizationConfiguration"]["ConfigurationType"] == "LOCAL"
    assert linked.list_members(OnlyAssociated=False)["Members"] == []
    assert organization.hub(OHIO).list_organization_admin_accounts()["AdminAccounts"] == []

    linked.disassociate_from_administrator_account()
    home.update_organization_configuration(AutoEnable=False, OrganizationConfiguration=CENTRAL)


def test_members_by_invitation_belong_to_the_organization_where_central_configuration_begins(
    organization, home, admin_id, hub
):
    account_id = organization.account("alice")
    linked, member = hub(admin_id, OHIO), hub(account_id, OHIO)
    invite(linked, account_id)
    accept(member, admin_id)

    home.update_organization_configuration(AutoEnable=False, OrganizationConfiguration=CENTRAL)

    code, _, message = refused(member.disassociate_from_administrator_account)
    assert (code, "Organization administrator" in message) == ("BadRequestException", True)
    assert member.list_invitations()["Invitations"] == []


def test_central_configuration_shows_in_linked_regions_and_only_there(organization, home, admin_id):
    linked, apart = (organization.delegate(admin_id, one) for one in (OHIO, "eu-north-1"))
    home.update_organization_configuration(AutoEnable=False, OrganizationConfiguration=CENTRAL)
    types = [
        described(client)["OrganizationConfiguration"]["ConfigurationType"]
        for client in (linked, apart)
    ]
    assert types == ["CENTRAL", "LOCAL"]


def test_accounts_that_join_are_left_to_the_policies_in_linked_regions(
    organization, home, admin_id
):
    linked, apart = (organization.delegate(admin_id, one) for one in (OHIO, "eu-north-1"))
    for client in (linked, apart):
        client.update_organization_configuration(AutoEnable=True)
    home.update_organization_configuration(AutoEnable=False, OrganizationConfiguration=CENTRAL)
    joined = organization.account("new")
    assert (statuses(home), statuses(linked)) == ({}, {})
    assert statuses(apart) == {joined: "Enabled"}


def test_the_way_back_to_local_configuration_is_open_without_policies(home):
    home.update_organization_configuration(AutoEnable=False, OrganizationConfiguration=CENTRAL)
    home.update_organization_configuration(
        AutoEnable=True, OrganizationConfiguration={"ConfigurationType": "LOCAL"}
    )
    answer = described(home)
    assert answer["AutoEnable"] is True
    assert answer["OrganizationConfiguration"]["ConfigurationType"] == "LOCAL"


def test_the_way_back_to_local_configuration_is_closed_while_there_are_policies(home):
    home.update_organization_configuration(AutoEnable=False, OrganizationConfiguration=CENTRAL)
    policy = home.create_configuration_policy(
        Name="baseline", ConfigurationPolicy={"SecurityHub": {"ServiceEnabled": False}}
    )
    back = {"AutoEnable": False, "OrganizationConfiguration": {"ConfigurationType": "LOCAL"}}
    assert refused(home.update_organization_configuration, **back)[:2] == (
        "ResourceConflictException",
        409,
    )
    assert described(home)["OrganizationConfiguration"]["ConfigurationType"] == "CENTRAL"
    home.delete_configuration_policy(Identifier=policy["Id"])
    home.update_organization_configuration(**back)


def test_the_administrator_cannot_be_removed_while_configuration_is_central(
    organization, home, admin_id
):
    home.update_organization_configuration(AutoEnable=False, OrganizationConfiguration=CENTRAL)
    call = organization.hub().disable_organization_admin_account
    assert refused(call, AdminAccountId=admin_id)[:2] == ("InvalidInputException", 400)
    assert described(home)["OrganizationConfiguration"]["ConfigurationType"] == "CENTRAL"


def test_deregistering_in_organizations_ends_central_configuration(organization, home, admin_id):
    home.update_organization_configuration(AutoEnable=False, OrganizationConfiguration=CENTRAL)
    organization.organizations.deregister_delegated_administrator(
        AccountId=admin_id, ServicePrincipal="securityhub.amazonaws.com"
    )
    answer = described(organization.delegate(admin_id))
    assert answer["OrganizationConfiguration"]["ConfigurationType"] == "LOCAL"
