"""Invitations and the administrator, as the member sees them."""

import pytest

from tests.securityhub.samples import (
    ADMIN,
    IRELAND,
    MEMBER,
    NO_SUCH_RESOURCE,
    OHIO,
    OTHER_ADMIN,
    OTHER_MEMBER,
    OUT_OF_RANGE,
    accept,
    create,
    invitation_of,
    invite,
    refused,
    statuses,
    why,
)

NO_ADMINISTRATOR = (
    "The request is rejected because the current account is not associated to a master account"
)


@pytest.fixture
def other_admin(hub):
    return hub(OTHER_ADMIN)


@pytest.fixture
def invited(admin, member):
    """A member with one invitation."""
    invite(admin, MEMBER)
    return member


@pytest.fixture
def enabled(invited):
    accept(invited, ADMIN)
    return invited


def rejected(member, administrator_id, invitation_id):
    """Return message of the refusal, after making sure that both names of the operation agree."""
    answers = {
        refused(
            member.accept_administrator_invitation,
            AdministratorId=administrator_id,
            InvitationId=invitation_id,
        ),
        refused(member.accept_invitation, MasterId=administrator_id, InvitationId=invitation_id),
    }
    ((code, status, message),) = answers
    assert (code, status) == ("BadRequestException", 400)
    return message


# --- ListInvitations and GetInvitationsCount ---


def test_list_invitations_names_the_administrator(invited):
    (found,) = invited.list_invitations()["Invitations"]
    assert set(found) == {"AccountId", "InvitationId", "InvitedAt", "MemberStatus"}
    assert (found["AccountId"], found["MemberStatus"]) == (ADMIN, "Invited")


def test_list_invitations_does_not_show_an_account_that_was_only_created(admin, member):
    create(admin, MEMBER)
    assert member.list_invitations()["Invitations"] == []
    assert member.get_invitations_count()["InvitationsCount"] == 0


def test_list_invitations_shows_the_latest_invitation_last(admin, other_admin, member):
    invite(admin, MEMBER)
    invite(other_admin, MEMBER)
    admin.disassociate_members(AccountIds=[MEMBER])
    admin.invite_members(AccountIds=[MEMBER])
    pages = member.get_paginator("list_invitations").paginate(PaginationConfig={"PageSize": 1})
    shown = [one["AccountId"] for page in pages for one in page["Invitations"]]
    assert shown == [OTHER_ADMIN, ADMIN]


def test_list_invitations_keeps_the_one_that_was_accepted(enabled):
    assert invitation_of(enabled, ADMIN)["MemberStatus"] == "Enabled"


def test_get_invitations_count_leaves_the_accepted_one_out(enabled, other_admin):
    invite_first = enabled.get_invitations_count()["InvitationsCount"]
    assert invite_first == 0


def test_get_invitations_count_counts_the_invitations_of_all_administrators(invited, other_admin):
    invite(other_admin, MEMBER)
    assert invited.get_invitations_count()["InvitationsCount"] == 2
    accept(invited, OTHER_ADMIN)
    assert invited.get_invitations_count()["InvitationsCount"] == 1


def test_an_invitation_waits_until_the_account_has_a_hub(admin, membership_mock):
    invite(admin, OTHER_MEMBER)
    late = membership_mock.client("securityhub", account=OTHER_MEMBER, region=IRELAND)
    assert refused(late.list_invitations)[2] == NO_SUCH_RESOURCE
    late.enable_security_hub()
    accept(late, ADMIN)
    assert statuses(admin) == {OTHER_MEMBER: "Enabled"}


def test_an_invitation_is_seen_in_its_region_only(invited, hub):
    assert hub(MEMBER, OHIO).list_invitations()["Invitations"] == []


# --- accepting ---


@pytest.mark.parametrize(
    ("operation", "key"),
    [
        ("accept_administrator_invitation", "AdministratorId"),
        ("accept_invitation", "MasterId"),
    ],
)
def test_accepting_makes_an_enabled_member(admin, invited, operation, key):
    invitation_id = invitation_of(invited, ADMIN)["InvitationId"]
    getattr(invited, operation)(**{key: ADMIN, "InvitationId": invitation_id})
    assert statuses(admin) == {MEMBER: "Enabled"}
    expected = invitation_of(invited, ADMIN)
    assert expected["MemberStatus"] == "Enabled"
    assert invited.get_administrator_account()["Administrator"] == expected
    assert invited.get_master_account()["Master"] == expected


def test_accepting_refuses_a_wrong_invitation_id(admin, invited):
    assert rejected(invited, ADMIN, "0" * 32) == NO_SUCH_RESOURCE
    assert statuses(admin) == {MEMBER: "Invited"}


@pytest.mark.parametrize("administrator", [OTHER_ADMIN, MEMBER, "not an account"])
def test_accepting_refuses_a_wrong_administrator(invited, administrator):
    invitation_id = invitation_of(invited, ADMIN)["InvitationId"]
    assert rejected(invited, administrator, invitation_id) == NO_SUCH_RESOURCE
    assert invitation_of(invited, ADMIN)["MemberStatus"] == "Invited"


def test_accepting_refuses_the_invitation_of_somebody_else(invited, hub):
    stranger = hub(OTHER_MEMBER)
    invitation_id = invitation_of(invited, ADMIN)["InvitationId"]
    assert rejected(stranger, ADMIN, invitation_id) == NO_SUCH_RESOURCE


def test_accepting_refuses_the_invitation_of_another_region(invited, hub):
    invitation_id = invitation_of(invited, ADMIN)["InvitationId"]
    assert rejected(hub(MEMBER, OHIO), ADMIN, invitation_id) == NO_SUCH_RESOURCE


def test_accepting_refuses_the_same_invitation_twice(enabled):
    invitation_id = invitation_of(enabled, ADMIN)["InvitationId"]
    assert "already a member" in rejected(enabled, ADMIN, invitation_id)


@pytest.mark.parametrize(
    "withdraw",
    [
        lambda admin: admin.delete_members(AccountIds=[MEMBER]),
        lambda admin: admin.disassociate_members(AccountIds=[MEMBER]),
        lambda admin: admin.disable_security_hub(),
    ],
    ids=["deleted", "disassociated", "hub disabled"],
)
def test_accepting_refuses_an_invitation_that_was_withdrawn(admin, invited, withdraw):
    invitation_id = invitation_of(invited, ADMIN)["InvitationId"]
    withdraw(admin)
    assert rejected(invited, ADMIN, invitation_id) == NO_SUCH_RESOURCE


def test_accepting_refuses_the_id_of_an_earlier_invitation(admin, invited):
    earlier = invitation_of(invited, ADMIN)["InvitationId"]
    admin.disassociate_members(AccountIds=[MEMBER])
    admin.invite_members(AccountIds=[MEMBER])
    assert rejected(invited, ADMIN, earlier) == NO_SUCH_RESOURCE


def test_accepting_refuses_a_second_administrator(invited, other_admin):
    invite(other_admin, MEMBER)
    accept(invited, ADMIN)
    invitation_id = invitation_of(invited, OTHER_ADMIN)["InvitationId"]
    assert "already an associated member of another master account" in (
        rejected(invited, OTHER_ADMIN, invitation_id)
    )
    assert statuses(other_admin) == {MEMBER: "Invited"}


def test_accepting_refuses_an_administrator_with_enabled_members(enabled, admin, other_admin):
    invite(other_admin, ADMIN)
    invitation_id = invitation_of(admin, OTHER_ADMIN)["InvitationId"]
    assert "associated members" in rejected(admin, OTHER_ADMIN, invitation_id)


def test_accepting_takes_an_account_that_has_only_invited_others(invited, admin, other_admin):
    invite(other_admin, ADMIN)
    accept(admin, OTHER_ADMIN)
    assert statuses(other_admin) == {ADMIN: "Enabled"}


def test_accepting_refuses_the_invitation_of_an_account_that_became_a_member(
    invited, admin, other_admin
):
    invite(other_admin, ADMIN)
    accept(admin, OTHER_ADMIN)
    invitation_id = invitation_of(invited, ADMIN)["InvitationId"]
    assert "is itself an associated member" in rejected(invited, ADMIN, invitation_id)
    assert statuses(admin) == {MEMBER: "Invited"}


def test_two_accounts_that_invited_each_other_cannot_both_accept(admin, member):
    invite(admin, MEMBER)
    invite(member, ADMIN)
    accept(member, ADMIN)
    invitation_id = invitation_of(admin, MEMBER)["InvitationId"]
    assert "associated members" in rejected(admin, MEMBER, invitation_id)


# --- declining and deleting ---


def test_decline_invitations_makes_the_account_resigned_on_both_sides(admin, invited):
    assert why(invited.decline_invitations(AccountIds=[ADMIN])) == {}
    assert statuses(admin) == {MEMBER: "Resigned"}
    assert invitation_of(invited, ADMIN)["MemberStatus"] == "Resigned"


def test_a_declined_invitation_can_still_be_accepted(admin, invited):
    invited.decline_invitations(AccountIds=[ADMIN])
    accept(invited, ADMIN)
    assert statuses(admin) == {MEMBER: "Enabled"}


def test_decline_invitations_names_the_accounts_that_sent_none(admin, invited, other_admin):
    create(other_admin, MEMBER)
    answer = invited.decline_invitations(AccountIds=[OTHER_ADMIN, "555555555555", "x", ADMIN])
    assert why(answer) == dict.fromkeys([OTHER_ADMIN, "555555555555", "x"], OUT_OF_RANGE)
    assert statuses(admin) == {MEMBER: "Resigned"}
    assert statuses(other_admin) == {MEMBER: "Created"}


def test_decline_invitations_refuses_the_accepted_one(admin, enabled):
    assert "still associated" in why(enabled.decline_invitations(AccountIds=[ADMIN]))[ADMIN]
    assert statuses(admin) == {MEMBER: "Enabled"}


def test_delete_invitations_deletes_a_declined_one(admin, invited):
    invited.decline_invitations(AccountIds=[ADMIN])
    assert why(invited.delete_invitations(AccountIds=[ADMIN])) == {}
    assert invited.list_invitations()["Invitations"] == []
    assert statuses(admin) == {MEMBER: "Resigned"}


def test_delete_invitations_refuses_one_that_was_not_answered(invited):
    assert "hasn't been declined yet" in why(invited.delete_invitations(AccountIds=[ADMIN]))[ADMIN]
    assert invitation_of(invited, ADMIN)["MemberStatus"] == "Invited"


def test_delete_invitations_refuses_the_accepted_one(enabled):
    assert "still associated to it" in why(enabled.delete_invitations(AccountIds=[ADMIN]))[ADMIN]
    assert enabled.get_administrator_account()["Administrator"]["AccountId"] == ADMIN


def test_delete_invitations_names_the_accounts_that_sent_none(invited):
    assert why(invited.delete_invitations(AccountIds=[OTHER_ADMIN])) == {OTHER_ADMIN: OUT_OF_RANGE}


def test_a_deleted_invitation_cannot_be_accepted_until_it_is_sent_anew(admin, invited):
    invitation_id = invitation_of(invited, ADMIN)["InvitationId"]
    invited.decline_invitations(AccountIds=[ADMIN])
    invited.delete_invitations(AccountIds=[ADMIN])
    assert rejected(invited, ADMIN, invitation_id) == NO_SUCH_RESOURCE
    admin.invite_members(AccountIds=[MEMBER])
    accept(invited, ADMIN)
    assert statuses(admin) == {MEMBER: "Enabled"}


# --- resigning ---


@pytest.mark.parametrize(
    "operation",
    ["disassociate_from_administrator_account", "disassociate_from_master_account"],
)
def test_a_member_that_resigns_has_no_administrator_but_its_invitation(admin, enabled, operation):
    getattr(enabled, operation)()
    assert statuses(admin) == {MEMBER: "Resigned"}
    assert "Administrator" not in enabled.get_administrator_account()
    assert "Master" not in enabled.get_master_account()
    assert invitation_of(enabled, ADMIN)["MemberStatus"] == "Resigned"


def test_a_member_that_resigned_can_accept_the_same_invitation_again(admin, enabled):
    invitation_id = invitation_of(enabled, ADMIN)["InvitationId"]
    enabled.disassociate_from_administrator_account()
    enabled.accept_administrator_invitation(AdministratorId=ADMIN, InvitationId=invitation_id)
    assert statuses(admin) == {MEMBER: "Enabled"}


def test_a_member_that_resigned_can_change_its_administrator(admin, enabled, other_admin):
    enabled.disassociate_from_administrator_account()
    invite(other_admin, MEMBER)
    accept(enabled, OTHER_ADMIN)
    assert enabled.get_administrator_account()["Administrator"]["AccountId"] == OTHER_ADMIN
    assert statuses(admin) == {MEMBER: "Resigned"}


@pytest.mark.parametrize(
    "operation",
    ["disassociate_from_administrator_account", "disassociate_from_master_account"],
)
def test_an_account_without_administrator_cannot_resign(invited, operation):
    expected = ("BadRequestException", 400, NO_ADMINISTRATOR)
    assert refused(getattr(invited, operation)) == expected


def test_an_account_without_administrator_gets_an_answer_without_one(member):
    assert list(member.get_administrator_account()) == ["ResponseMetadata"]
    assert list(member.get_master_account()) == ["ResponseMetadata"]


# --- all of them ---


@pytest.mark.parametrize("operation", ["decline_invitations", "delete_invitations"])
def test_an_empty_list_of_administrators_is_refused(invited, operation):
    code, status, _ = refused(getattr(invited, operation), AccountIds=[])
    assert (code, status) == ("InvalidInputException", 400)


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("list_invitations", {}),
        ("get_invitations_count", {}),
        ("accept_administrator_invitation", {"AdministratorId": ADMIN, "InvitationId": "0"}),
        ("accept_invitation", {"MasterId": ADMIN, "InvitationId": "0"}),
        ("decline_invitations", {"AccountIds": [ADMIN]}),
        ("delete_invitations", {"AccountIds": [ADMIN]}),
        ("get_administrator_account", {}),
        ("get_master_account", {}),
        ("disassociate_from_administrator_account", {}),
        ("disassociate_from_master_account", {}),
    ],
)
def test_without_a_hub_there_are_no_invitations(membership_mock, operation, arguments):
    client = membership_mock.client("securityhub", account=MEMBER, region=IRELAND)
    expected = ("BadRequestException", 400, NO_SUCH_RESOURCE)
    assert refused(getattr(client, operation), **arguments) == expected
