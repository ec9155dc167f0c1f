"""Members as their administrator sees them."""

import pytest

from tests.frozen_time import freeze_time
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

ALREADY_LISTED = (
    "The request is rejected because the given account ID is already a member or associated member"
    " of the current account."
)
ALREADY_INVITED = (
    "The request is rejected because the current account has already invited or is already the"
    " SecurityHub master of the given member account."
)
STILL_ASSOCIATED = (
    "The request is rejected because the current account cannot delete the given member account ID"
    " since it is still associated to it."
)
TOO_MANY = "Maximum number of results exceeded"
FIFTY = [f"{number:012}" for number in range(1, 51)]

#: every operation of an administrator on a list of accounts
ON_ACCOUNTS = ["get_members", "invite_members", "delete_members", "disassociate_members"]


def enabled(admin, member):
    invite(admin, MEMBER)
    accept(member, ADMIN)


def declined(admin, member):
    invite(admin, MEMBER)
    member.decline_invitations(AccountIds=[ADMIN])


def resigned(admin, member):
    enabled(admin, member)
    member.disassociate_from_administrator_account()


def removed(admin, member):
    enabled(admin, member)
    admin.disassociate_members(AccountIds=[MEMBER])


#: how an account gets each status of an invited member
WAYS = {
    "Created": lambda admin, member: create(admin, MEMBER),
    "Invited": lambda admin, member: invite(admin, MEMBER),
    "Enabled": enabled,
    "Resigned": declined,
    "Resigned after acceptance": resigned,
    "Removed": removed,
}


@pytest.fixture
def become(admin, member):
    """Bring the member to a status."""

    def act(way):
        WAYS[way](admin, member)
        assert statuses(admin) == {MEMBER: way.split()[0]}

    return act


# --- CreateMembers ---


def test_create_members_lists_the_accounts_as_created(admin):
    assert create(admin, MEMBER, OTHER_MEMBER)["UnprocessedAccounts"] == []
    assert statuses(admin) == {MEMBER: "Created", OTHER_MEMBER: "Created"}


@freeze_time("2026-03-04T05:06:07.891Z")
def test_create_members_notes_email_and_time_but_no_invitation(admin):
    admin.create_members(AccountDetails=[{"AccountId": MEMBER, "Email": "bo@example.com"}])
    (found,) = admin.get_members(AccountIds=[MEMBER])["Members"]
    assert found.pop("UpdatedAt").isoformat(timespec="milliseconds") == (
        "2026-03-04T05:06:07.891+00:00"
    )
    assert found == {
        "AccountId": MEMBER,
        "Email": "bo@example.com",
        "MasterId": ADMIN,
        "AdministratorId": ADMIN,
        "MemberStatus": "Created",
    }


def test_create_members_does_not_ask_the_member_for_a_hub(admin):
    create(admin, "555555555555")
    assert statuses(admin) == {"555555555555": "Created"}


def test_create_members_does_not_let_one_bad_account_stop_the_others(admin):
    accounts = [*FIFTY[:20], "12345", *FIFTY[20:40], ADMIN, FIFTY[0]]
    assert why(create(admin, *accounts)) == {
        "12345": OUT_OF_RANGE,
        ADMIN: "The request is rejected because an account cannot become a member of itself.",
        FIFTY[0]: ALREADY_LISTED,
    }
    assert list(statuses(admin)) == FIFTY[:40]


@pytest.mark.parametrize("way", WAYS)
def test_create_members_refuses_an_account_that_is_listed(admin, become, way):
    become(way)
    before = statuses(admin)
    assert why(create(admin, MEMBER)) == {MEMBER: ALREADY_LISTED}
    assert statuses(admin) == before


def test_create_members_leaves_accounts_behind_the_fiftieth_unprocessed(admin):
    assert why(create(admin, *FIFTY, MEMBER)) == {MEMBER: TOO_MANY}
    assert list(statuses(admin)) == FIFTY


def test_create_members_refuses_every_account_to_a_member(admin, become, hub, member):
    become("Enabled")
    assert set(why(create(member, OTHER_MEMBER, "555555555555")).values()) == {
        (
            "The request is rejected because the current account cannot create members since it is"
            " already an associated member of another master account."
        )
    }
    assert statuses(member) == {}


def test_create_members_takes_the_member_of_another_administrator(admin, become, hub):
    become("Enabled")
    other = hub(OTHER_ADMIN)
    assert why(create(other, MEMBER)) == {}
    assert statuses(other) == {MEMBER: "Created"}


def test_create_members_refuses_more_than_a_thousand_accounts_from_outside(admin):
    accounts = [f"{number:012}" for number in range(1, 1001)]
    for start in range(0, 1000, 50):
        create(admin, *accounts[start : start + 50])
    assert "maximum number of allowed members" in why(create(admin, MEMBER))[MEMBER]
    assert list(statuses(admin)) == accounts


# --- InviteMembers ---


def test_invite_members_stamps_the_invitation_with_the_time_of_the_call(admin, member):
    create(admin, MEMBER)
    with freeze_time("2026-03-04T05:06:07Z"):
        admin.invite_members(AccountIds=[MEMBER])
    (found,) = admin.get_members(AccountIds=[MEMBER])["Members"]
    assert found["InvitedAt"] == found["UpdatedAt"]
    assert found["InvitedAt"].isoformat() == "2026-03-04T05:06:07+00:00"
    assert invitation_of(member, ADMIN)["InvitedAt"] == found["InvitedAt"]


@pytest.mark.parametrize("way", ["Created", "Resigned", "Resigned after acceptance", "Removed"])
def test_invite_members_invites(admin, become, member, way):
    become(way)
    before = invitation_of(member, ADMIN)
    assert admin.invite_members(AccountIds=[MEMBER])["UnprocessedAccounts"] == []
    assert statuses(admin) == {MEMBER: "Invited"}
    after = invitation_of(member, ADMIN)
    assert before is None or before["InvitationId"] != after["InvitationId"]


@pytest.mark.parametrize("way", ["Invited", "Enabled"])
def test_invite_members_refuses_an_account_that_is_invited_or_enabled(admin, become, member, way):
    become(way)
    before = invitation_of(member, ADMIN)
    assert why(admin.invite_members(AccountIds=[MEMBER])) == {MEMBER: ALREADY_INVITED}
    assert invitation_of(member, ADMIN) == before


def test_invite_members_refuses_an_account_that_is_not_listed(admin, member):
    create(admin, OTHER_MEMBER)
    assert why(admin.invite_members(AccountIds=[MEMBER, OTHER_MEMBER])) == {MEMBER: OUT_OF_RANGE}
    assert statuses(admin) == {OTHER_MEMBER: "Invited"}
    assert member.list_invitations()["Invitations"] == []


def test_invite_members_refuses_to_invite_oneself(admin):
    assert why(admin.invite_members(AccountIds=[ADMIN])) == {ADMIN: OUT_OF_RANGE}


def test_invite_members_refuses_somebody_elses_enabled_member(become, hub):
    become("Enabled")
    other = hub(OTHER_ADMIN)
    create(other, MEMBER)
    assert (
        "already an associated member of another master account"
        in (why(other.invite_members(AccountIds=[MEMBER]))[MEMBER])
    )
    assert statuses(other) == {MEMBER: "Created"}


def test_invite_members_refuses_a_member(admin, member):
    create(member, OTHER_MEMBER)
    invite(admin, MEMBER)
    accept(member, ADMIN)
    assert (
        "cannot invite other accounts"
        in (why(member.invite_members(AccountIds=[OTHER_MEMBER]))[OTHER_MEMBER])
    )
    assert statuses(member) == {OTHER_MEMBER: "Created"}


def test_an_invitation_id_is_32_hexadecimal_digits(admin, member):
    invite(admin, MEMBER)
    invitation_id = invitation_of(member, ADMIN)["InvitationId"]
    assert len(invitation_id) == 32
    assert set(invitation_id) <= set("0123456789abcdef")


# --- GetMembers and ListMembers ---


def test_get_members_returns_the_listed_and_names_the_others(admin):
    create(admin, MEMBER)
    answer = admin.get_members(AccountIds=[OTHER_MEMBER, MEMBER, MEMBER, "abc"])
    assert [one["AccountId"] for one in answer["Members"]] == [MEMBER]
    assert list(why(answer)) == [OTHER_MEMBER, "abc"]


def test_list_members_shows_enabled_members_only_unless_told_otherwise(admin, become):
    become("Enabled")
    create(admin, OTHER_MEMBER)
    for arguments in ({}, {"OnlyAssociated": True}):
        found = admin.list_members(**arguments)["Members"]
        assert [one["AccountId"] for one in found] == [MEMBER]
    assert statuses(admin) == {MEMBER: "Enabled", OTHER_MEMBER: "Created"}


def test_list_members_gives_every_member_once_over_pages(admin):
    for start in (0, 25):
        create(admin, *FIFTY[start : start + 25])
    first = admin.list_members(OnlyAssociated=False, MaxResults=20)
    admin.delete_members(AccountIds=[FIFTY[3], FIFTY[30]])
    create(admin, MEMBER)
    rest = admin.list_members(OnlyAssociated=False, NextToken=first["NextToken"], MaxResults=50)
    shown = [one["AccountId"] for page in (first, rest) for one in page["Members"]]
    assert shown == [*FIFTY[:30], *FIFTY[31:], MEMBER]
    assert "NextToken" not in rest


def test_list_members_takes_an_empty_token_for_the_first_page(admin):
    create(admin, MEMBER)
    answer = admin.list_members(OnlyAssociated=False, NextToken="")
    assert [one["AccountId"] for one in answer["Members"]] == [MEMBER]


def test_list_members_refuses_a_token_of_another_list(admin):
    create(admin, *FIFTY)
    token = admin.list_members(OnlyAssociated=False, MaxResults=1)["NextToken"]
    for call in (admin.list_members, admin.list_invitations):
        assert refused(call, NextToken=token)[:2] == ("InvalidInputException", 400)


def test_list_members_is_empty_for_a_member(become, member):
    become("Enabled")
    assert statuses(member) == {}


def test_list_members_shows_one_region_only(admin, hub):
    create(admin, MEMBER)
    assert statuses(hub(ADMIN, OHIO)) == {}


# --- DisassociateMembers and DeleteMembers ---


@pytest.mark.parametrize(
    ("way", "after"),
    [
        ("Created", "Created"),
        ("Invited", "Removed"),
        ("Enabled", "Removed"),
        ("Removed", "Removed"),
        ("Resigned", "Resigned"),
    ],
)
def test_disassociate_members_leaves_the_account_listed(admin, become, way, after):
    become(way)
    admin.disassociate_members(AccountIds=[MEMBER, OTHER_MEMBER])
    assert statuses(admin) == {MEMBER: after}


def test_disassociate_members_clears_the_members_administrator(admin, become, member):
    become("Enabled")
    admin.disassociate_members(AccountIds=[MEMBER])
    assert "Administrator" not in member.get_administrator_account()
    assert member.list_invitations()["Invitations"] == []


def test_disassociate_members_updates_the_time_of_the_last_change(admin, become):
    become("Enabled")
    with freeze_time("2040-01-01"):
        admin.disassociate_members(AccountIds=[MEMBER])
    with freeze_time("2041-01-01"):
        admin.disassociate_members(AccountIds=[MEMBER])
    (found,) = admin.get_members(AccountIds=[MEMBER])["Members"]
    assert found["UpdatedAt"].year == 2040


@pytest.mark.parametrize("way", [way for way in WAYS if way != "Enabled"])
def test_delete_members_takes_the_account_off_the_list(admin, become, member, way):
    become(way)
    assert why(admin.delete_members(AccountIds=[MEMBER])) == {}
    assert statuses(admin) == {}
    assert member.list_invitations()["Invitations"] == []


def test_delete_members_refuses_an_enabled_member(admin, become, member):
    become("Enabled")
    assert why(admin.delete_members(AccountIds=[MEMBER])) == {MEMBER: STILL_ASSOCIATED}
    assert member.get_administrator_account()["Administrator"]["AccountId"] == ADMIN


def test_delete_members_names_the_accounts_that_are_not_listed(admin):
    create(admin, MEMBER)
    answer = admin.delete_members(AccountIds=[OTHER_MEMBER, MEMBER, MEMBER])
    assert answer["UnprocessedAccounts"] == [
        {"AccountId": OTHER_MEMBER, "ProcessingResult": OUT_OF_RANGE},
        {"AccountId": MEMBER, "ProcessingResult": OUT_OF_RANGE},
    ]


def test_a_deleted_member_can_be_created_and_invited_anew(admin, become, member):
    become("Removed")
    admin.delete_members(AccountIds=[MEMBER])
    invite(admin, MEMBER)
    accept(member, ADMIN)
    assert statuses(admin) == {MEMBER: "Enabled"}


# --- all of them ---


@pytest.mark.parametrize("operation", ON_ACCOUNTS)
def test_an_empty_list_of_accounts_is_refused(admin, operation):
    assert refused(getattr(admin, operation), AccountIds=[])[:2] == ("InvalidInputException", 400)


@pytest.mark.parametrize("operation", ON_ACCOUNTS[:-1])
def test_accounts_behind_the_fiftieth_are_unprocessed(admin, operation):
    create(admin, *FIFTY)
    create(admin, MEMBER)
    assert why(getattr(admin, operation)(AccountIds=[*FIFTY, MEMBER])) == {MEMBER: TOO_MANY}
    assert statuses(admin)[MEMBER] == "Created"


def test_disassociate_members_refuses_more_than_fifty_accounts(admin):
    assert refused(admin.disassociate_members, AccountIds=[*FIFTY, MEMBER]) == (
        "InvalidInputException",
        400,
        TOO_MANY,
    )


@pytest.mark.parametrize("operation", ON_ACCOUNTS)
def test_without_a_hub_there_is_no_list(membership_mock, operation):
    client = membership_mock.client("securityhub", account=ADMIN, region=IRELAND)
    expected = ("BadRequestException", 400, NO_SUCH_RESOURCE)
    assert refused(getattr(client, operation), AccountIds=[MEMBER]) == expected


def test_create_members_and_list_members_ask_for_a_hub(membership_mock):
    client = membership_mock.client("securityhub", account=ADMIN, region=IRELAND)
    expected = ("BadRequestException", 400, NO_SUCH_RESOURCE)
    assert refused(client.create_members, AccountDetails=[{"AccountId": MEMBER}]) == expected
    assert refused(client.list_members) == expected


def test_the_report_of_a_failed_test_shows_who_is_whose_member(membership_mock, become):
    become("Resigned")
    lines = [line.strip() for line in membership_mock.report().splitlines()]
    assert f"has member {MEMBER} Resigned, by invitation" in lines
    assert f"resigned from {ADMIN}, may still accept" in lines
    assert lines.count("hub") == 2
