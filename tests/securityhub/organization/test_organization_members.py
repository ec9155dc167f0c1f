"""Accounts of an organization as members of its administrator."""

import pytest
from moto.organizations.models import organizations_backends

from tests.securityhub.findings.finding_samples import bring, finding, names
from tests.securityhub.samples import (
    ADMIN,
    IRELAND,
    MANAGEMENT,
    MEMBER,
    OHIO,
    OUT_OF_RANGE,
    accept,
    create,
    invitation_of,
    invite,
    refused,
    statuses,
    why,
)


@pytest.fixture
def workload(organization):
    """The id of an account of the organization."""
    return organization.account("workload")


@pytest.fixture
def client_of(membership_mock):
    def client(account, region=IRELAND):
        return membership_mock.client("securityhub", account=account, region=region)

    return client


def set_status(account_id, status):
    """Suspend or reactivate an account, which nobody but AWS can do."""
    accounts = organizations_backends[MANAGEMENT]["aws"].accounts
    next(one for one in accounts if one.id == account_id).status = status


def test_an_account_of_the_organization_is_enabled_at_once(delegated, workload, client_of):
    assert why(create(delegated, workload)) == {}
    assert statuses(delegated) == {workload: "Enabled"}
    standards = client_of(workload).get_enabled_standards()["StandardsSubscriptions"]
    assert len(standards) == 2


def test_a_member_by_organization_shows_no_email_and_no_invitation(
    delegated, admin_id, workload, client_of
):
    delegated.create_members(
        AccountDetails=[{"AccountId": workload, "Email": "workload@example.com"}]
    )
    (found,) = delegated.list_members()["Members"]
    assert found["InvitedAt"] == found["UpdatedAt"]
    assert "Email" not in found
    member = client_of(workload)
    expected = {"AccountId": admin_id, "MemberStatus": "Enabled"}
    assert member.get_administrator_account()["Administrator"] == expected
    assert member.get_master_account()["Master"] == expected
    assert invitation_of(member, admin_id) is None


def test_an_account_that_has_a_hub_keeps_it_as_it_is(delegated, workload, hub):
    member = hub(workload, EnableDefaultStandards=False)
    before = member.describe_hub()["SubscribedAt"]
    create(delegated, workload)
    assert member.describe_hub()["SubscribedAt"] == before
    assert member.get_enabled_standards()["StandardsSubscriptions"] == []


def test_an_account_becomes_a_member_in_the_region_of_the_call_only(
    organization, delegated, admin_id, workload, client_of
):
    ohio = organization.delegate(admin_id, OHIO)
    create(delegated, workload)
    assert statuses(ohio) == {}
    assert refused(client_of(workload, OHIO).describe_hub)[0] == "InvalidAccessException"


def test_accounts_from_outside_the_organization_have_to_be_invited(delegated, admin_id, member):
    invite(delegated, MEMBER)
    assert statuses(delegated) == {MEMBER: "Invited"}
    accept(member, admin_id)
    member.disassociate_from_administrator_account()
    assert statuses(delegated) == {MEMBER: "Resigned"}
    assert why(delegated.delete_members(AccountIds=[MEMBER])) == {}
    assert statuses(delegated) == {}


def test_the_management_account_needs_a_hub_of_its_own_first(delegated, hub):
    assert "not subscribed" in why(create(delegated, MANAGEMENT))[MANAGEMENT]
    hub(MANAGEMENT)
    assert why(create(delegated, MANAGEMENT)) == {}
    assert statuses(delegated) == {MANAGEMENT: "Enabled"}


def test_an_account_of_another_administrator_is_refused(delegated, admin, workload, hub):
    member = hub(workload)
    invite(admin, workload)
    accept(member, ADMIN)
    assert (
        "already an associated member of another master account"
        in (why(create(delegated, workload))[workload])
    )
    assert statuses(delegated) == {}


def test_an_account_with_members_of_its_own_is_refused(delegated, workload, hub, member):
    invite(hub(workload), MEMBER)
    accept(member, workload)
    assert workload in why(create(delegated, workload))
    assert statuses(delegated) == {}


@pytest.mark.parametrize(
    "operation",
    ["disassociate_from_administrator_account", "disassociate_from_master_account"],
)
def test_a_member_by_organization_cannot_resign(delegated, workload, client_of, operation):
    create(delegated, workload)
    assert refused(getattr(client_of(workload), operation)) == (
        "BadRequestException",
        400,
        (
            "The request is rejected because member cannot disassociate from Organization"
            " administrator"
        ),
    )
    assert statuses(delegated) == {workload: "Enabled"}


def test_a_member_by_organization_cannot_accept_an_outsiders_invitation(
    delegated, admin, workload, client_of
):
    invite(admin, workload)
    create(delegated, workload)
    member = client_of(workload)
    code, status, _ = refused(
        member.accept_administrator_invitation,
        AdministratorId=ADMIN,
        InvitationId=invitation_of(member, ADMIN)["InvitationId"],
    )
    assert (code, status) == ("BadRequestException", 400)
    assert statuses(admin) == {workload: "Invited"}


def test_the_delegated_administrator_cannot_accept_an_invitation(delegated, admin_id, admin):
    invite(admin, admin_id)
    code, status, _ = refused(
        delegated.accept_administrator_invitation,
        AdministratorId=ADMIN,
        InvitationId=invitation_of(delegated, ADMIN)["InvitationId"],
    )
    assert (code, status) == ("BadRequestException", 400)


def test_a_disassociated_member_keeps_its_hub_and_can_be_enabled_again(
    delegated, workload, client_of
):
    create(delegated, workload)
    delegated.disassociate_members(AccountIds=[workload])
    assert statuses(delegated) == {workload: "Removed"}
    assert "Administrator" not in client_of(workload).get_administrator_account()
    assert why(create(delegated, workload)) == {}
    assert statuses(delegated) == {workload: "Enabled"}


def test_a_disassociated_member_can_disable_its_hub(delegated, workload, client_of):
    create(delegated, workload)
    delegated.disassociate_members(AccountIds=[workload])
    client_of(workload).disable_security_hub()
    assert statuses(delegated) == {workload: "Removed"}


def test_a_member_by_organization_is_deleted_once_it_is_disassociated(delegated, workload):
    create(delegated, workload)
    assert (
        "still associated to it" in why(delegated.delete_members(AccountIds=[workload]))[workload]
    )
    delegated.disassociate_members(AccountIds=[workload])
    assert why(delegated.delete_members(AccountIds=[workload])) == {}
    assert statuses(delegated) == {}


def test_an_account_of_the_organization_gets_no_invitation(delegated, workload):
    create(delegated, workload)
    assert (
        "already the SecurityHub master"
        in (why(delegated.invite_members(AccountIds=[workload]))[workload])
    )
    delegated.disassociate_members(AccountIds=[workload])
    assert why(delegated.invite_members(AccountIds=[workload])) == {workload: OUT_OF_RANGE}
    assert statuses(delegated) == {workload: "Removed"}


def test_an_account_that_was_invited_before_is_enabled(organization, hub, admin_id, workload):
    client = hub(admin_id)
    invite(client, workload)
    organization.delegate(admin_id)
    assert why(create(client, workload)) == {}
    assert statuses(client) == {workload: "Enabled"}


def test_a_suspended_account_is_listed_as_such_until_it_is_enabled_again(
    delegated, workload, client_of
):
    set_status(workload, "SUSPENDED")
    assert why(create(delegated, workload)) == {}
    assert statuses(delegated) == {workload: "AccountSuspended"}
    assert refused(client_of(workload).describe_hub)[0] == "InvalidAccessException"
    set_status(workload, "ACTIVE")
    assert statuses(delegated) == {workload: "AccountSuspended"}
    create(delegated, workload)
    assert statuses(delegated) == {workload: "Enabled"}


def test_findings_of_a_suspended_account_are_not_seen_before_it_is_enabled_again(
    delegated, workload, client_of
):
    client = client_of(workload)
    client.enable_security_hub()
    bring(client, finding("theirs", workload))
    set_status(workload, "SUSPENDED")
    create(delegated, workload)
    assert names(delegated) == []
    set_status(workload, "ACTIVE")
    assert names(delegated) == []
    create(delegated, workload)
    assert names(delegated) == ["theirs"]


def test_a_member_that_is_suspended_stays_enabled_and_its_findings_are_seen(
    delegated, workload, client_of
):
    create(delegated, workload)
    bring(client_of(workload), finding("theirs", workload))
    set_status(workload, "SUSPENDED")
    assert statuses(delegated) == {workload: "Enabled"}
    assert names(delegated) == ["theirs"]


def test_a_member_that_leaves_the_organization_is_removed(
    organization, delegated, workload, client_of
):
    create(delegated, workload)
    organization.organizations.remove_account_from_organization(AccountId=workload)
    assert statuses(delegated) == {workload: "Removed"}
    member = client_of(workload)
    assert "Administrator" not in member.get_administrator_account()
    member.disable_security_hub()


def test_a_member_that_left_the_organization_can_be_invited(
    organization, delegated, admin_id, workload, client_of
):
    create(delegated, workload)
    organization.organizations.remove_account_from_organization(AccountId=workload)
    assert why(delegated.invite_members(AccountIds=[workload])) == {}
    accept(client_of(workload), admin_id)
    client_of(workload).disassociate_from_administrator_account()
    assert statuses(delegated) == {workload: "Resigned"}


def test_an_invited_member_is_not_concerned_when_it_leaves_the_organization(
    organization, admin, workload, hub
):
    invite(admin, workload)
    accept(hub(workload), ADMIN)
    organization.organizations.remove_account_from_organization(AccountId=workload)
    assert statuses(admin) == {workload: "Enabled"}


def test_a_member_whose_account_is_closed_stays_on_the_list_until_it_is_gone_for_good(
    membership_mock, organization, delegated, admin_id, workload
):
    ohio = organization.delegate(admin_id, OHIO)
    for client in (delegated, ohio):
        create(client, workload)
    organization.organizations.close_account(AccountId=workload)
    found = organization.organizations.describe_account(AccountId=workload)["Account"]
    assert found["Status"] == "SUSPENDED"
    assert statuses(delegated) == statuses(ohio) == {workload: "Enabled"}
    membership_mock.clock.advance(days=89)
    assert statuses(delegated) == {workload: "Enabled"}
    membership_mock.clock.advance(days=1)
    assert statuses(delegated) == statuses(ohio) == {}


def test_one_bad_account_does_not_stop_the_rest_of_an_organization(
    organization, delegated, admin_id
):
    inside = organization.accounts(f"account-{number}" for number in range(20))
    answer = create(delegated, *inside[:10], MANAGEMENT, admin_id, "12", *inside[10:], MEMBER)
    assert set(why(answer)) == {MANAGEMENT, admin_id, "12"}
    assert statuses(delegated) == {**dict.fromkeys(inside, "Enabled"), MEMBER: "Created"}
