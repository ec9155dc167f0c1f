"""The delegated administrator of an organization, region by region."""

import pytest
from moto.organizations.models import organizations_backends

from tests.securityhub.samples import (
    ADMIN,
    IRELAND,
    MANAGEMENT,
    MEMBER,
    OHIO,
    accept,
    create,
    invite,
    refused,
    statuses,
)

PRINCIPAL = "securityhub.amazonaws.com"


@pytest.fixture
def security(organization):
    """An account of the organization."""
    return organization.account("security")


def administrators(client):
    return client.list_organization_admin_accounts()["AdminAccounts"]


def registered(organization):
    answer = organization.organizations.list_delegated_administrators(ServicePrincipal=PRINCIPAL)
    return [one["Id"] for one in answer["DelegatedAdministrators"]]


# --- EnableOrganizationAdminAccount ---


def test_enable_organization_admin_account_returns_the_account(organization, security):
    answer = organization.hub().enable_organization_admin_account(AdminAccountId=security)
    assert (answer["AdminAccountId"], answer["Feature"]) == (security, "SecurityHub")


def test_enable_organization_admin_account_enables_hub_and_default_standards(
    organization, security
):
    client = organization.delegate(security)
    assert client.describe_hub()["HubArn"].split(":")[4] == security
    assert len(client.get_enabled_standards()["StandardsSubscriptions"]) == 2


def test_enable_organization_admin_account_leaves_a_hub_as_it_is(organization, security, hub):
    client = hub(security, EnableDefaultStandards=False, Tags={"team": "blue"})
    before = client.describe_hub()
    organization.delegate(security)
    after = client.describe_hub()
    assert (before["SubscribedAt"], before["HubArn"]) == (after["SubscribedAt"], after["HubArn"])
    assert client.get_enabled_standards()["StandardsSubscriptions"] == []


def test_enable_organization_admin_account_registers_the_account_in_organizations(
    organization, security
):
    organization.delegate(security)
    organization.delegate(security, OHIO)
    assert registered(organization) == [security]
    services = organization.organizations.list_aws_service_access_for_organization()
    assert PRINCIPAL in [one["ServicePrincipal"] for one in services["EnabledServicePrincipals"]]


def test_enable_organization_admin_account_concerns_one_region_only(organization, security):
    organization.delegate(security)
    assert administrators(organization.hub(OHIO)) == []


def test_enable_organization_admin_account_makes_no_members_by_itself(organization, security):
    organization.account("workload")
    assert statuses(organization.delegate(security)) == {}


def test_enable_organization_admin_account_takes_the_same_account_again(organization, security):
    client = organization.delegate(security)
    client.update_organization_configuration(AutoEnable=True)
    organization.delegate(security)
    assert administrators(client) == [{"AccountId": security, "Status": "ENABLED"}]
    assert client.describe_organization_configuration()["AutoEnable"] is True


@pytest.mark.parametrize("region", [IRELAND, OHIO])
def test_enable_organization_admin_account_refuses_a_second_account(organization, security, region):
    organization.delegate(security)
    second = organization.account("second")
    code, status, message = refused(
        organization.hub(region).enable_organization_admin_account, AdminAccountId=second
    )
    assert (code, status) == ("InvalidInputException", 400)
    assert security in message
    assert administrators(organization.hub()) == [{"AccountId": security, "Status": "ENABLED"}]


def test_enable_organization_admin_account_refuses_another_than_organizations_has(
    organization, security
):
    organization.organizations.enable_aws_service_access(ServicePrincipal=PRINCIPAL)
    organization.organizations.register_delegated_administrator(
        AccountId=security, ServicePrincipal=PRINCIPAL
    )
    second = organization.account("second")
    call = organization.hub().enable_organization_admin_account
    assert refused(call, AdminAccountId=second)[0] == "InvalidInputException"
    call(AdminAccountId=security)
    assert registered(organization) == [security]


def test_enable_organization_admin_account_names_all_others_in_ascending_order(organization):
    hub, organizations = organization.hub(), organization.organizations
    first, second, third = organization.accounts(("first", "second", "third"))
    hub.enable_organization_admin_account(AdminAccountId=first)
    organizations_backends[MANAGEMENT]["aws"].admins.clear()  # no service hears of it
    organizations.register_delegated_administrator(AccountId=second, ServicePrincipal=PRINCIPAL)

    _, _, message = refused(hub.enable_organization_admin_account, AdminAccountId=third)

    named = ", ".join(sorted((first, second)))
    assert message.startswith(f"Account {named} is the Security Hub administrator")


def test_enable_organization_admin_account_takes_another_once_the_first_is_gone(
    organization, security
):
    organization.delegate(security)
    organization.organizations.deregister_delegated_administrator(
        AccountId=security, ServicePrincipal=PRINCIPAL
    )
    second = organization.account("second")
    organization.delegate(second)
    assert administrators(organization.hub()) == [{"AccountId": second, "Status": "ENABLED"}]


def test_enable_organization_admin_account_refuses_an_account_from_outside(organization):
    call = organization.hub().enable_organization_admin_account
    for outside in (ADMIN, "security"):
        assert refused(call, AdminAccountId=outside)[:2] == ("InvalidInputException", 400)
    assert registered(organization) == []


def test_enable_organization_admin_account_refuses_a_closed_account(organization, security):
    organization.organizations.close_account(AccountId=security)
    call = organization.hub().enable_organization_admin_account
    assert refused(call, AdminAccountId=security)[0] == "InvalidInputException"


def test_enable_organization_admin_account_refuses_somebody_elses_member(
    organization, security, admin, hub
):
    invite(admin, security)
    accept(hub(security), ADMIN)
    call = organization.hub().enable_organization_admin_account
    assert refused(call, AdminAccountId=security)[0] == "InvalidInputException"
    assert statuses(admin) == {security: "Enabled"}
    assert registered(organization) == []


@pytest.mark.parametrize(
    "operation", ["enable_organization_admin_account", "disable_organization_admin_account"]
)
def test_only_the_management_account_designates(organization, security, operation):
    client = organization.delegate(security)
    call = getattr(client, operation)
    assert refused(call, AdminAccountId=security)[:2] == ("InvalidAccessException", 401)
    assert administrators(client) == [{"AccountId": security, "Status": "ENABLED"}]


def test_an_account_without_organization_designates_nobody(admin):
    call = admin.enable_organization_admin_account
    assert refused(call, AdminAccountId=ADMIN)[:2] == ("InvalidInputException", 400)


def test_another_account_can_be_designated_once_a_closed_administrator_is_deregistered(
    organization, security
):
    organization.delegate(security)
    organization.organizations.close_account(AccountId=security)
    organization.organizations.deregister_delegated_administrator(
        AccountId=security, ServicePrincipal="securityhub.amazonaws.com"
    )
    successor = organization.account("successor")
    client = organization.delegate(successor)
    assert administrators(client) == [{"AccountId": successor, "Status": "ENABLED"}]


def test_an_organization_without_all_features_has_no_administrator(membership_mock):
    organizations = membership_mock.client("organizations", account=ADMIN, region="us-east-1")
    organizations.create_organization(FeatureSet="CONSOLIDATED_BILLING")
    created = organizations.create_account(AccountName="member", Email="member@example.com")
    account_id = created["CreateAccountStatus"]["AccountId"]
    management, member = (
        membership_mock.client("securityhub", account=each, region=IRELAND)
        for each in (ADMIN, account_id)
    )
    call = management.enable_organization_admin_account
    assert refused(call, AdminAccountId=account_id)[:2] == ("InvalidInputException", 400)
    assert refused(member.describe_hub)[0] == "InvalidAccessException"
    assert organizations.list_delegated_administrators()["DelegatedAdministrators"] == []


def test_the_management_account_designates_itself_once_it_has_a_hub(organization, hub):
    call = organization.hub().enable_organization_admin_account
    assert refused(call, AdminAccountId=MANAGEMENT)[0] == "InvalidInputException"
    client = hub(MANAGEMENT)
    call(AdminAccountId=MANAGEMENT)
    assert administrators(client) == [{"AccountId": MANAGEMENT, "Status": "ENABLED"}]
    assert registered(organization) == []


def test_invited_members_stay_enabled_when_their_administrator_is_designated(
    organization, security, hub
):
    client, inside = hub(security), organization.account("workload")
    invite(client, inside, MEMBER)
    for account in (inside, MEMBER):
        accept(hub(account), security)
    organization.delegate(security)
    assert statuses(client) == {inside: "Enabled", MEMBER: "Enabled"}


def test_invited_members_belong_to_their_organization_once_it_is_administered(
    organization, security, hub
):
    client, inside = hub(security), organization.account("workload")
    invite(client, inside, MEMBER)
    workload, outsider = hub(inside), hub(MEMBER)
    for member in (workload, outsider):
        accept(member, security)
    organization.delegate(security)
    assert refused(workload.disassociate_from_administrator_account)[0] == "BadRequestException"
    outsider.disassociate_from_administrator_account()
    assert statuses(client) == {inside: "Enabled", MEMBER: "Resigned"}


# --- ListOrganizationAdminAccounts ---


def test_list_organization_admin_accounts_is_empty_before_anybody_is_designated(organization):
    assert administrators(organization.hub()) == []


def test_list_organization_admin_accounts_answers_the_administrator_as_well(organization, security):
    client = organization.delegate(security)
    answer = client.list_organization_admin_accounts(Feature="SecurityHub")
    assert answer["AdminAccounts"] == [{"AccountId": security, "Status": "ENABLED"}]
    assert answer["Feature"] == "SecurityHub"


def test_list_organization_admin_accounts_refuses_all_others(organization, security, hub):
    organization.delegate(security)
    other = hub(organization.account("other"))
    assert refused(other.list_organization_admin_accounts)[:2] == ("InvalidAccessException", 401)


def test_list_organization_admin_accounts_is_refused_outside_an_organization(hub):
    assert refused(hub(ADMIN).list_organization_admin_accounts) == (
        "AccessDeniedException",
        403,
        "Your account is not a member of an organization",
    )


def test_list_organization_admin_accounts_asks_others_for_a_hub(organization, membership_mock):
    member = organization.account("workload")
    client = membership_mock.client("securityhub", account=member, region=IRELAND)
    assert refused(client.list_organization_admin_accounts) == (
        "InvalidAccessException",
        401,
        f"Account {member} is not subscribed to AWS Security Hub",
    )


# --- DisableOrganizationAdminAccount, and what happens in Organizations ---


@pytest.fixture
def rollout(organization, security):
    """An administrator with a member by organization in two regions."""
    workload = organization.account("workload")
    clients = [organization.delegate(security, region) for region in (IRELAND, OHIO)]
    for client in clients:
        create(client, workload)
        assert statuses(client) == {workload: "Enabled"}
    return (*clients, workload)


def test_disable_organization_admin_account_ends_the_role_in_this_region(
    organization, security, rollout
):
    ireland, ohio, workload = rollout
    organization.hub().disable_organization_admin_account(AdminAccountId=security)
    assert administrators(organization.hub()) == []
    assert administrators(organization.hub(OHIO)) == [{"AccountId": security, "Status": "ENABLED"}]
    assert statuses(ireland) == {workload: "Removed"}
    assert statuses(ohio) == {workload: "Enabled"}
    assert registered(organization) == [security]


def test_disable_organization_admin_account_leaves_all_hubs(
    organization, security, rollout, membership_mock
):
    ireland, _, workload = rollout
    organization.hub().disable_organization_admin_account(AdminAccountId=security)
    member = membership_mock.client("securityhub", account=workload, region=IRELAND)
    assert "Administrator" not in member.get_administrator_account()
    for client in (ireland, member):
        client.disable_security_hub()


def test_disable_organization_admin_account_keeps_invited_members(
    organization, security, rollout, member
):
    ireland, _, workload = rollout
    invite(ireland, MEMBER)
    accept(member, security)
    organization.hub().disable_organization_admin_account(AdminAccountId=security)
    assert statuses(ireland) == {workload: "Removed", MEMBER: "Enabled"}


def test_disable_organization_admin_account_forgets_the_configuration(
    organization, security, rollout
):
    rollout[0].update_organization_configuration(AutoEnable=True, AutoEnableStandards="NONE")
    organization.hub().disable_organization_admin_account(AdminAccountId=security)
    answer = organization.delegate(security).describe_organization_configuration()
    assert (answer["AutoEnable"], answer["AutoEnableStandards"]) == (False, "DEFAULT")


def test_disable_organization_admin_account_does_not_find_another_account(
    organization, security, rollout
):
    call = organization.hub().disable_organization_admin_account
    assert refused(call, AdminAccountId=rollout[2])[:2] == ("ResourceNotFoundException", 404)
    assert statuses(rollout[0]) == {rollout[2]: "Enabled"}


def test_deregistering_in_organizations_ends_the_role_in_all_regions(
    organization, security, rollout
):
    organization.organizations.deregister_delegated_administrator(
        AccountId=security, ServicePrincipal=PRINCIPAL
    )
    for region, client in zip((IRELAND, OHIO), rollout[:2], strict=True):
        assert administrators(organization.hub(region)) == []
        assert statuses(client) == {rollout[2]: "Removed"}
        client.disable_security_hub()


def test_deregistering_for_another_service_changes_nothing(organization, security, rollout):
    organization.organizations.register_delegated_administrator(
        AccountId=security, ServicePrincipal="guardduty.amazonaws.com"
    )
    organization.organizations.deregister_delegated_administrator(
        AccountId=security, ServicePrincipal="guardduty.amazonaws.com"
    )
    assert statuses(rollout[0]) == {rollout[2]: "Enabled"}


def test_closing_the_administrators_account_ends_role_and_members(
    organization, security, rollout, membership_mock
):
    organization.organizations.close_account(AccountId=security)
    member = membership_mock.client("securityhub", account=rollout[2], region=OHIO)
    assert administrators(organization.hub(OHIO)) == []
    assert "Administrator" not in member.get_administrator_account()
    assert statuses(rollout[0]) == {}


def test_an_administrator_that_leaves_the_organization_loses_its_members(
    organization, security, rollout
):
    organization.organizations.remove_account_from_organization(AccountId=security)
    assert administrators(organization.hub()) == []
    assert statuses(rollout[0]) == {rollout[2]: "Removed"}


def test_a_new_organization_has_no_administrator(organization, hub):
    client = hub(MANAGEMENT)
    client.enable_organization_admin_account(AdminAccountId=MANAGEMENT)
    organization.organizations.delete_organization()
    assert refused(client.list_organization_admin_accounts)[0] == "AccessDeniedException"
    organization.organizations.create_organization(FeatureSet="ALL")
    assert administrators(client) == []
