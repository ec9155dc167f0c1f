"""Companies share rooms: they invite and join, let one another go, agree on changes, and close.

The code at the top is a user's: a small tool that a company runs in its own account.
"""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

RETAILER, BRAND, AGENCY, AUDITOR = (digit * 12 for digit in "1234")
REGION = "eu-central-1"

# --- the user's code -------------------------------------------------------------------------


def open_room(client: Any, name: str, partners: dict[str, str]) -> str:
    """Create a collaboration in which the caller runs the queries; return its id."""
    answer = client.create_collaboration(
        name=name,
        description=f"{name}, opened by a script",
        creatorDisplayName="Retailer",
        creatorMemberAbilities=["CAN_QUERY"],
        members=[
            {
                "accountId": account,
                "displayName": partner,
                "memberAbilities": ["CAN_RECEIVE_RESULTS"] if partner == "Brand" else [],
            }
            for account, partner in partners.items()
        ],
        queryLogStatus="ENABLED",
    )
    return str(answer["collaboration"]["id"])


def accept_invitations(client: Any, bucket: str | None = None, role: str | None = None) -> int:
    """Join every collaboration that the caller is invited to; return how many."""
    joined = 0
    pages = client.get_paginator("list_collaborations").paginate(memberStatus="INVITED")
    for page in pages:
        for room in page["collaborationList"]:
            given: dict[str, Any] = {"queryLogStatus": "ENABLED"}
            if bucket is not None:
                output = {"s3": {"resultFormat": "CSV", "bucket": bucket}}
                given["defaultResultConfiguration"] = {
                    "outputConfiguration": output,
                    "roleArn": role,
                }
            client.create_membership(collaborationIdentifier=room["id"], **given)
            joined += 1
    return joined


def people(client: Any, room: str) -> dict[str, str]:
    """Return the status of each member by its name."""
    pages = client.get_paginator("list_members").paginate(collaborationIdentifier=room)
    return {
        each["displayName"]: each["status"] for page in pages for each in page["memberSummaries"]
    }


def leave(client: Any, membership: str) -> str | None:
    """Delete a membership; return the message if that cannot be done now."""
    try:
        client.delete_membership(membershipIdentifier=membership)
    except client.exceptions.ConflictException as conflict:
        return str(conflict.response["Error"]["Message"])
    return None


def leave_everything(client: Any) -> list[str]:
    """Delete every membership that can be deleted; return the messages of those that cannot."""
    held = client.list_memberships()["membershipSummaries"]
    return [message for each in held if (message := leave(client, each["id"])) is not None]


def may_look_at(client: Any, room: str) -> bool:
    """Return whether the caller has access to a collaboration."""
    try:
        client.get_collaboration(collaborationIdentifier=room)
    except ClientError as refusal:
        if refusal.response["Error"]["Code"] != "AccessDeniedException":
            raise
        return False
    return True


# --- the tests -------------------------------------------------------------------------------


@pytest.fixture
def companies(membership_mock: Any) -> dict[str, Any]:
    """A client of each company."""
    return {
        account: membership_mock.client("cleanrooms", account=account, region=REGION)
        for account in (RETAILER, BRAND, AGENCY, AUDITOR)
    }


@pytest.fixture
def room(companies: dict[str, Any]) -> str:
    """A room that the retailer opened for brand and agency, and that all three have joined."""
    made = open_room(companies[RETAILER], "Campaign", {BRAND: "Brand", AGENCY: "Agency"})
    accept_invitations(companies[RETAILER])
    accept_invitations(companies[BRAND], "brand-results", f"arn:aws:iam::{BRAND}:role/results")
    accept_invitations(companies[AGENCY])
    return made


def test_invited_companies_see_the_room_and_join_it(companies):
    retailer, brand = companies[RETAILER], companies[BRAND]
    room = open_room(retailer, "Campaign", {BRAND: "Brand"})
    assert people(brand, room) == {"Retailer": "INVITED", "Brand": "INVITED"}
    assert accept_invitations(retailer) == 1
    assert accept_invitations(brand, "results", f"arn:aws:iam::{BRAND}:role/results") == 1
    assert accept_invitations(brand) == 0
    assert people(retailer, room) == {"Retailer": "ACTIVE", "Brand": "ACTIVE"}
    assert not may_look_at(companies[AUDITOR], room)


def test_one_of_three_companies_is_removed_and_the_others_go_on(companies, room):
    retailer, brand, agency = (companies[one] for one in (RETAILER, BRAND, AGENCY))
    retailer.delete_member(collaborationIdentifier=room, accountId=AGENCY)
    everybody = {"Retailer": "ACTIVE", "Brand": "ACTIVE", "Agency": "REMOVED"}
    assert people(retailer, room) == people(brand, room) == everybody
    assert not may_look_at(agency, room)
    (kept,) = agency.list_memberships(status="REMOVED")["membershipSummaries"]
    assert kept["collaborationName"] == "Campaign"
    with pytest.raises(agency.exceptions.AccessDeniedException):
        agency.create_membership(collaborationIdentifier=room, queryLogStatus="DISABLED")
    assert leave_everything(agency) == []
    assert people(retailer, room) == everybody


def test_a_member_leaves_and_the_creator_has_to_close_the_room(companies, room):
    retailer, brand, agency = (companies[one] for one in (RETAILER, BRAND, AGENCY))
    assert leave_everything(brand) == []
    assert people(retailer, room)["Brand"] == "LEFT"
    (refused,) = leave_everything(retailer)
    assert "creator of the collaboration" in refused
    retailer.delete_collaboration(collaborationIdentifier=room)
    for company in (retailer, agency):
        assert not may_look_at(company, room)
        (left,) = company.list_memberships()["membershipSummaries"]
        assert left["status"] == "COLLABORATION_DELETED"
        assert leave_everything(company) == []
        assert company.list_memberships()["membershipSummaries"] == []
    assert brand.list_memberships()["membershipSummaries"] == []


def test_everybody_agrees_to_let_an_auditor_in(companies, room):
    retailer, auditor = companies[RETAILER], companies[AUDITOR]
    newcomer = {"accountId": AUDITOR, "displayName": "Auditor", "memberAbilities": []}
    request = retailer.create_collaboration_change_request(
        collaborationIdentifier=room,
        changes=[{"specificationType": "MEMBER", "specification": {"member": newcomer}}],
    )["collaborationChangeRequest"]
    assert request["changes"][0]["types"] == ["ADD_MEMBER"]

    def act(company: str, action: str) -> str:
        answer = companies[company].update_collaboration_change_request(
            collaborationIdentifier=room, changeRequestIdentifier=request["id"], action=action
        )
        return str(answer["collaborationChangeRequest"]["status"])

    assert not may_look_at(auditor, room)
    assert act(BRAND, "APPROVE") == "PENDING"
    with pytest.raises(retailer.exceptions.ConflictException):
        act(RETAILER, "COMMIT")
    assert act(AGENCY, "APPROVE") == "APPROVED"
    assert act(RETAILER, "COMMIT") == "COMMITTED"
    assert accept_invitations(auditor) == 1
    assert people(auditor, room)["Auditor"] == "ACTIVE"


def test_a_company_in_many_rooms_finds_its_way(companies):
    retailer, agency = companies[RETAILER], companies[AGENCY]
    rooms = [open_room(retailer, f"Campaign {n}", {AGENCY: "Agency"}) for n in range(12)]
    assert accept_invitations(agency) == 12
    for room in rooms[::3]:
        retailer.delete_member(collaborationIdentifier=room, accountId=AGENCY)
    for room in rooms[1::3]:
        retailer.delete_collaboration(collaborationIdentifier=room)
    seen = agency.list_collaborations()["collaborationList"]
    assert [each["id"] for each in seen] == rooms[2::3]
    for status in ("ACTIVE", "REMOVED", "COLLABORATION_DELETED"):
        assert len(agency.list_memberships(status=status)["membershipSummaries"]) == 4
