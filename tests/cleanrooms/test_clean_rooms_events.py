"""The events of Clean Rooms, and which accounts they are sent to."""

from __future__ import annotations

import pytest

from membership_mock import mock_membership
from tests.cleanrooms.table_samples import pyspark_template

A, B, C = "111111111111", "222222222222", "333333333333"
REGION = "eu-west-1"


@pytest.fixture
def mock():
    with mock_membership(account=A, region=REGION) as mock:
        yield mock


def told(events):
    """Return what was sent to whom, in the order of the events."""
    found = {}
    for each in events:
        found.setdefault(each.detail_type, []).append(each.account)
    return found


def test_a_collaboration_is_told_to_its_owner_and_an_invitation_to_the_invited(mock):
    room = mock.given.cleanrooms.collaboration(A, [B, C])
    assert told(mock.events) == {
        "Collaboration Created": [A],
        "Invited To Collaboration": [B, C],
    }
    (created,) = mock.events.filter("Collaboration Created")
    assert created.source == "aws.cleanrooms"
    assert created.resources == (room.arn,)
    assert created.detail == {"collaborationId": room.id}


def test_memberships_are_told_to_their_owner_and_the_active_members(mock):
    room = mock.given.cleanrooms.joined_collaboration([A, B])
    owner = mock.client("cleanrooms")
    member = mock.client("cleanrooms", account=B)
    assert told(mock.events.filter("Membership Created")) == {"Membership Created": [A, B, A]}
    seen = len(mock.events)
    member.update_membership(membershipIdentifier=room.memberships[B], queryLogStatus="DISABLED")
    owner.update_collaboration(collaborationIdentifier=room.id, name="Renamed")
    member.delete_membership(membershipIdentifier=room.memberships[B])
    assert told(mock.events[seen:]) == {
        "Membership Updated": [B],
        "Collaboration Updated": [A, B],
        "Membership Deleted": [B, A],
    }


def test_the_end_of_a_collaboration_is_told_as_the_status_of_memberships(mock):
    room = mock.given.cleanrooms.joined_collaboration([A, B, C])
    owner = mock.client("cleanrooms")
    seen = len(mock.events)
    owner.delete_member(collaborationIdentifier=room.id, accountId=C)
    removed = mock.events[seen:]
    assert told(removed) == {"Membership Updated": [C, A, B]}
    assert {each.detail["status"] for each in removed} == {"REMOVED"}
    seen = len(mock.events)
    owner.delete_collaboration(collaborationIdentifier=room.id)
    ended = mock.events[seen:]
    assert told(ended) == {"Membership Updated": [A, B]}
    assert {each.detail["status"] for each in ended} == {"COLLABORATION_DELETED"}


def test_each_status_of_a_query_is_told_to_runner_payer_and_receivers(mock):
    room = mock.given.cleanrooms.joined_collaboration([A, B], runner=A, receivers=[A], payer=B)
    mock.given.cleanrooms.associated_table(room, B)
    query = mock.given.cleanrooms.query(room, "SUCCESS")
    kinds = ["Protected Query Submitted", "Protected Query Started", "Protected Query Succeeded"]
    assert told(mock.events.filter("Protected Query *")) == {kind: [A, B] for kind in kinds}
    done = mock.events[-1]
    assert done.resources == (f"arn:aws:cleanrooms:{REGION}:{A}:membership/{room.memberships[A]}",)
    assert done.detail == {
        "protectedQueryId": query.id,
        "membershipId": room.memberships[A],
        "collaborationId": room.id,
        "status": "SUCCESS",
    }


def test_a_query_that_ends_by_time_is_told_when_it_ends():
    with mock_membership(account=A, region=REGION, settle="clock") as mock:
        room = mock.given.cleanrooms.joined_collaboration([A, B], runner=A, payer=A)
        mock.given.cleanrooms.associated_table(room, B)
        mock.aws_side().end_query("TIMED_OUT")
        mock.given.cleanrooms.query(room, "SUBMITTED")
        mock.events.assert_not_sent("Protected Query Started")
        started = mock.clock.now()
        mock.clock.advance(hours=1)
        (ended, *_) = mock.events.assert_sent("Protected Query Timed Out", account=A, times=1)
        assert (ended.at - started).total_seconds() < 600


def test_a_cancelled_query_is_told(mock):
    room = mock.given.cleanrooms.joined_collaboration([A, B], runner=A, payer=A)
    mock.given.cleanrooms.associated_table(room, B)
    mock.given.cleanrooms.query(room, "CANCELLED")
    kinds = [each.detail_type for each in mock.events.filter("Protected Query *", account=A)]
    assert kinds[-2:] == ["Protected Query Cancelling", "Protected Query Cancelled"]


def test_resources_of_a_membership_are_told_to_all_active_members(mock):
    room = mock.given.cleanrooms.joined_collaboration([A, B])
    seen = len(mock.events)
    association = mock.given.cleanrooms.associated_table(room, B)
    member = mock.client("cleanrooms", account=B)
    rule = {
        "membershipIdentifier": room.memberships[B],
        "configuredTableAssociationIdentifier": association.id,
        "analysisRuleType": "CUSTOM",
    }
    policy = member.get_configured_table_association_analysis_rule(**rule)["analysisRule"]["policy"]
    member.update_configured_table_association_analysis_rule(**rule, analysisRulePolicy=policy)
    member.delete_configured_table_association_analysis_rule(**rule)
    names = {
        "membershipIdentifier": room.memberships[B],
        "configuredTableAssociationIdentifier": association.id,
    }
    member.update_configured_table_association(**names, description="new")
    member.delete_configured_table_association(**names)
    table, rules = "Configured Table Association", "Configured Table Association Analysis Rule"
    assert told(mock.events[seen:]) == {
        f"{kind} {what}": [B, A]
        for kind in (table, rules)
        for what in ("Created", "Updated", "Deleted")
    }
    (made, _) = mock.events.filter(f"{rules} Created")
    assert made.detail == {
        "configuredTableAssociationId": association.id,
        "membershipId": room.memberships[B],
        "collaborationId": room.id,
        "analysisRuleType": "CUSTOM",
    }


def test_analysis_templates_are_told(mock):
    room = mock.given.cleanrooms.joined_collaboration([A, B], runner=A)
    client = mock.client("cleanrooms")
    seen = len(mock.events)
    made = pyspark_template(
        client, room.memberships[A], name="job", schema={"referencedTables": []}
    )
    names = {
        "membershipIdentifier": room.memberships[A],
        "analysisTemplateIdentifier": made["id"],
    }
    client.update_analysis_template(**names, description="new")
    client.delete_analysis_template(**names)
    assert told(mock.events[seen:]) == {
        f"Analysis Template {what}": [A, B] for what in ("Created", "Updated", "Deleted")
    }
    assert mock.events[-1].detail["analysisTemplateId"] == made["id"]


@pytest.mark.newest_model
def test_change_requests_are_told_but_not_their_denial(mock):
    room = mock.given.cleanrooms.joined_collaboration([A, B])
    owner, member = mock.client("cleanrooms"), mock.client("cleanrooms", account=B)
    change = {"accountId": C, "displayName": "C", "memberAbilities": []}

    def ask():
        return owner.create_collaboration_change_request(
            collaborationIdentifier=room.id,
            changes=[{"specificationType": "MEMBER", "specification": {"member": change}}],
        )["collaborationChangeRequest"]["id"]

    def act(client, request, action):
        client.update_collaboration_change_request(
            collaborationIdentifier=room.id, changeRequestIdentifier=request, action=action
        )

    seen = len(mock.events)
    act(member, ask(), "DENY")
    act(owner, ask(), "CANCEL")
    last = ask()
    act(member, last, "APPROVE")
    act(owner, last, "COMMIT")
    name = "Collaboration Change Request"
    assert told(mock.events[seen:]) == {
        f"{name} Created": [A, B] * 3,
        f"{name} Cancelled": [A, B],
        f"{name} Approved": [A, B],
        f"{name} Committed": [A, B],
        "Invited To Collaboration": [C],
        "Collaboration Updated": [A, B, C],
    }
    assert mock.events[-1].detail["changeRequestId"] == last
