"""Members: who is in a collaboration, and how the creator removes them."""

from datetime import datetime, timedelta, timezone

import pytest

from tests.cleanrooms.collaboration_samples import (
    RUNNER,
    STRANGER,
    A,
    B,
    C,
    D,
    code,
    join,
    member,
    new_collaboration,
    pays,
    refusal,
)
from tests.frozen_time import freeze_time

NOON = datetime(2026, 3, 14, 12, tzinfo=timezone.utc)


def members(client, room):
    return client.list_members(collaborationIdentifier=room)["memberSummaries"]


def statuses(client, room):
    return {each["accountId"]: each["status"] for each in members(client, room)}


def remove(client, room, account):
    return client.delete_member(collaborationIdentifier=room, accountId=account)


def test_list_members_shows_what_was_recorded_of_invited_members(a):
    with freeze_time(NOON):
        room = new_collaboration(a, member(B, "CAN_RECEIVE_RESULTS"))["id"]
    first, second = members(a, room)
    assert (first["accountId"], first["abilities"]) == (A, RUNNER)
    membership_id = second.pop("membershipId")
    assert second == {
        "accountId": B,
        "status": "INVITED",
        "displayName": "Company 2",
        "abilities": ["CAN_RECEIVE_RESULTS"],
        "createTime": NOON,
        "updateTime": NOON,
        "membershipArn": f"arn:aws:cleanrooms:eu-west-1:{B}:membership/{membership_id}",
        "paymentConfiguration": pays(),
    }


def test_list_members_shows_machine_learning_abilities_of_those_who_have_some(a):
    ml = {"customMLMemberAbilities": ["CAN_RECEIVE_MODEL_OUTPUT"]}
    room = new_collaboration(a, member(B, mlMemberAbilities=ml))["id"]
    assert [each.get("mlAbilities") for each in members(a, room)] == [None, ml]


@pytest.mark.newest_model  # which is the first to let an empty list out
def test_list_members_shows_no_machine_learning_abilities_of_those_who_have_none(a):
    none = {"customMLMemberAbilities": []}
    room = new_collaboration(a, member(B, mlMemberAbilities=none), creatorMLMemberAbilities=none)
    assert ["mlAbilities" in each for each in members(a, room["id"])] == [False, False]


def test_list_members_is_the_same_for_everybody_who_sees_the_room(clients, collaboration_id):
    join(clients[B], collaboration_id)
    assert members(clients[B], collaboration_id) == members(clients[A], collaboration_id)


def test_list_members_is_shown_before_joining(clients, collaboration_id):
    assert statuses(clients[B], collaboration_id) == {A: "INVITED", B: "INVITED"}


def test_joining_uses_the_membership_id_of_the_invitation(clients, collaboration_id):
    promised = members(clients[A], collaboration_id)[1]["membershipId"]
    assert join(clients[B], collaboration_id)["id"] == promised


def test_joining_moves_only_the_update_time_of_the_member(clients, a):
    with freeze_time(NOON) as time:
        room = new_collaboration(a, member(B))["id"]
        time.tick(timedelta(seconds=12))
        join(clients[B], room)
    creator, joined = members(a, room)
    assert (joined["createTime"], joined["updateTime"]) == (NOON, NOON + timedelta(seconds=12))
    assert (creator["createTime"], creator["updateTime"]) == (NOON, NOON)


def test_list_members_pages_with_the_creator_first(a):
    room = new_collaboration(a, *(member(f"{number:012}") for number in range(5)))["id"]
    pages = list(
        a.get_paginator("list_members").paginate(
            collaborationIdentifier=room, PaginationConfig={"PageSize": 4}
        )
    )
    assert [len(page["memberSummaries"]) for page in pages] == [4, 2]
    assert pages[0]["memberSummaries"][0]["accountId"] == A


def test_delete_member_removes_a_member_who_has_joined(clients, collaboration_id):
    membership = join(clients[B], collaboration_id)
    answer = remove(clients[A], collaboration_id, B)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert statuses(clients[A], collaboration_id) == {A: "INVITED", B: "REMOVED"}
    kept = clients[B].get_membership(membershipIdentifier=membership["id"])["membership"]
    assert kept["status"] == "REMOVED"


def test_delete_member_takes_an_invitation_back(clients, collaboration_id):
    remove(clients[A], collaboration_id, B)
    assert statuses(clients[A], collaboration_id) == {A: "INVITED", B: "REMOVED"}
    assert clients[B].list_collaborations()["collaborationList"] == []
    assert code(join, clients[B], collaboration_id) == "AccessDeniedException"


@pytest.mark.parametrize(
    "operation", ["get_collaboration", "list_members", "list_collaboration_change_requests"]
)
def test_a_removed_member_sees_the_room_no_more(clients, collaboration_id, operation):
    join(clients[B], collaboration_id)
    remove(clients[A], collaboration_id, B)
    with pytest.raises(clients[B].exceptions.AccessDeniedException):
        getattr(clients[B], operation)(collaborationIdentifier=collaboration_id)


def test_delete_member_a_second_time_changes_nothing(clients, collaboration_id):
    with freeze_time(NOON) as time:
        join(clients[B], collaboration_id)
        remove(clients[A], collaboration_id, B)
        before = members(clients[A], collaboration_id)
        time.tick(60)
        remove(clients[A], collaboration_id, B)
        assert members(clients[A], collaboration_id) == before


def test_delete_member_leaves_a_member_who_left_as_such(clients, collaboration_id):
    membership = join(clients[B], collaboration_id)
    clients[B].delete_membership(membershipIdentifier=membership["id"])
    remove(clients[A], collaboration_id, B)
    assert statuses(clients[A], collaboration_id)[B] == "LEFT"


def test_delete_member_refuses_the_creator(clients, collaboration_id):
    answer = refusal(remove, clients[A], collaboration_id, A)
    assert answer["Error"]["Code"] == "ValidationException"
    assert answer["reason"] == "INVALID_CONFIGURATION"
    assert statuses(clients[A], collaboration_id)[A] == "INVITED"


def test_delete_member_does_not_find_a_stranger(clients, collaboration_id):
    answer = refusal(remove, clients[A], collaboration_id, STRANGER)
    assert answer["Error"]["Code"] == "ResourceNotFoundException"
    assert answer["resourceType"] == "COLLABORATION"
    assert answer["resourceId"] == collaboration_id


@pytest.mark.parametrize("account", [B, C, STRANGER])
def test_delete_member_is_for_the_creator_only(clients, account):
    room = new_collaboration(clients[A], member(B), member(C), member(D))["id"]
    join(clients[B], room)
    assert code(remove, clients[account], room, D) == "AccessDeniedException"
    assert statuses(clients[A], room)[D] == "INVITED"


def test_the_others_stay_when_one_is_removed(clients):
    room = new_collaboration(clients[A], member(B), member(C))["id"]
    for account in (A, B, C):
        join(clients[account], room)
    remove(clients[A], room, B)
    assert statuses(clients[C], room) == {A: "ACTIVE", B: "REMOVED", C: "ACTIVE"}
