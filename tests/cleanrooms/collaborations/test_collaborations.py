"""Collaborations: what they are made of, and what each account sees of them."""

from datetime import datetime, timedelta, timezone

import pytest

from tests.cleanrooms.collaboration_samples import (
    NOBODY,
    REGION,
    RUNNER,
    STRANGER,
    A,
    B,
    C,
    D,
    join,
    member,
    new_collaboration,
    refusal,
)
from tests.frozen_time import freeze_time

NOON = datetime(2026, 3, 14, 12, 0, 0, 366000, tzinfo=timezone.utc)
DENIED = "Caller does not have sufficient access to perform this action."


def get(client, collaboration_id):
    return client.get_collaboration(collaborationIdentifier=collaboration_id)["collaboration"]


def listed(client, **filters):
    answer = client.list_collaborations(**filters)["collaborationList"]
    return [(each["id"], each["memberStatus"]) for each in answer]


def members(client, collaboration_id):
    answer = client.list_members(collaborationIdentifier=collaboration_id)
    return {each["accountId"]: each["status"] for each in answer["memberSummaries"]}


def refused_field(call, **arguments):
    answer = refusal(call, **arguments)
    assert answer["Error"]["Code"] == "ValidationException"
    assert answer["reason"] == "INVALID_CONFIGURATION"
    return answer["fieldList"][0]["name"]


@pytest.mark.newest_model
def test_create_collaboration_answers_with_the_recorded_fields_and_no_others(a):
    with freeze_time(NOON):
        made = new_collaboration(a, member(B), description="For two")
    made_id = made.pop("id")
    assert made == {
        "arn": f"arn:aws:cleanrooms:eu-west-1:111111111111:collaboration/{made_id}",
        "name": "Shared room",
        "description": "For two",
        "creatorAccountId": A,
        "creatorDisplayName": "Creator",
        "createTime": NOON,
        "updateTime": NOON,
        "memberStatus": "INVITED",
        "queryLogStatus": "ENABLED",
        "analyticsEngine": "SPARK",
        "allowedResultRegions": ["eu-west-1"],
        "isMetricsEnabled": False,
    }


def test_create_collaboration_keeps_every_setting(a):
    given = {
        "jobLogStatus": "ENABLED",
        "dataEncryptionMetadata": {
            "allowCleartext": True,
            "allowDuplicates": False,
            "allowJoinsOnColumnsWithDifferentNames": False,
            "preserveNulls": True,
        },
        "allowedResultRegions": ["us-east-1", "eu-west-1"],
        "isMetricsEnabled": True,
    }
    made = new_collaboration(a, **given, autoApprovedChangeRequestTypes=["ADD_MEMBER"])
    assert {name: made[name] for name in given} == given
    assert made["autoApprovedChangeTypes"] == ["ADD_MEMBER"]
    assert get(a, made["id"]) == made


def test_create_collaboration_again_makes_another_one_of_the_same_name(a):
    first, second = new_collaboration(a), new_collaboration(a)
    assert listed(a) == [(first["id"], "INVITED"), (second["id"], "INVITED")]


def test_create_collaboration_does_not_join_its_creator(a, collaboration_id):
    assert members(a, collaboration_id) == {A: "INVITED", B: "INVITED"}
    assert a.list_memberships()["membershipSummaries"] == []


def test_create_collaboration_needs_no_other_members(a):
    assert members(a, new_collaboration(a)["id"]) == {A: "INVITED"}


def test_create_collaboration_refuses_the_creator_as_a_member(a):
    assert refused_field(new_collaboration, client=a, members=[member(A)]) == "members"
    assert listed(a) == []


def test_create_collaboration_refuses_an_account_listed_twice(a):
    twice = [member(B), member(B, "CAN_RECEIVE_RESULTS")]
    assert refused_field(new_collaboration, client=a, members=twice) == "members"


def test_create_collaboration_refuses_the_engine_that_is_gone(a):
    field = refused_field(new_collaboration, client=a, analyticsEngine="CLEAN_ROOMS_SQL")
    assert field == "analyticsEngine"


def test_create_collaboration_refuses_reserved_tag_keys(a):
    assert refused_field(new_collaboration, client=a, tags={"aws:owner": "me"}) == "tags"


def test_create_collaboration_refuses_a_sixth_member_as_a_quota(a):
    invited = [member(f"{number:012}") for number in range(6)]
    answer = refusal(new_collaboration, client=a, members=invited)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 402
    assert answer["Error"]["Code"] == "ServiceQuotaExceededException"
    assert answer["quotaName"] == "Members invited per collaboration"
    assert answer["quotaValue"] == 5.0
    assert listed(a) == []


def test_create_collaboration_says_which_field_breaks_a_constraint(a):
    answer = refusal(new_collaboration, client=a, name=" ", queryLogStatus="SOMETIMES")
    assert answer["reason"] == "FIELD_VALIDATION_FAILED"
    assert [each["name"] for each in answer["fieldList"]] == ["name", "queryLogStatus"]


def test_get_collaboration_shows_the_caller_its_own_membership(clients, collaboration_id):
    seen = get(clients[B], collaboration_id)
    assert seen["memberStatus"] == "INVITED"
    assert "membershipId" not in seen
    membership = join(clients[B], collaboration_id)
    seen = get(clients[B], collaboration_id)
    assert seen["memberStatus"] == "ACTIVE"
    assert (seen["membershipId"], seen["membershipArn"]) == (membership["id"], membership["arn"])
    assert get(clients[A], collaboration_id)["memberStatus"] == "INVITED"


@pytest.mark.parametrize(
    "operation",
    [
        "get_collaboration",
        "update_collaboration",
        "delete_collaboration",
        "list_members",
        "create_membership",
        "list_collaboration_change_requests",
    ],
)
@pytest.mark.parametrize("who", ["stranger", "other region", "unknown"])
def test_a_collaboration_that_is_none_of_the_callers_is_denied(
    membership_mock, collaboration_id, operation, who
):
    account = STRANGER if who == "stranger" else A
    region = "us-east-1" if who == "other region" else REGION
    client = membership_mock.client("cleanrooms", account=account, region=region)
    arguments = {"collaborationIdentifier": NOBODY if who == "unknown" else collaboration_id}
    if operation == "create_membership":
        arguments["queryLogStatus"] = "DISABLED"
    answer = refusal(getattr(client, operation), **arguments)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert answer["Error"] == {"Code": "AccessDeniedException", "Message": DENIED}
    assert answer["reason"] == "INSUFFICIENT_PERMISSIONS"


def test_list_collaborations_is_empty_for_a_stranger_and_in_other_regions(
    membership_mock, clients, collaboration_id
):
    assert listed(clients[STRANGER]) == []
    assert listed(membership_mock.client("cleanrooms", account=A, region="us-east-1")) == []


def test_list_collaborations_filters_by_the_callers_status(clients):
    first, second = (new_collaboration(clients[A], member(B))["id"] for _ in range(2))
    join(clients[B], second)
    assert listed(clients[B], memberStatus="INVITED") == [(first, "INVITED")]
    assert listed(clients[B], memberStatus="ACTIVE") == [(second, "ACTIVE")]
    assert listed(clients[B]) == [(first, "INVITED"), (second, "ACTIVE")]
    assert listed(clients[A], memberStatus="ACTIVE") == []


def test_list_collaborations_refuses_statuses_that_are_no_filters(a):
    assert refusal(a.list_collaborations, memberStatus="LEFT")["reason"] == (
        "FIELD_VALIDATION_FAILED"
    )


def test_list_collaborations_shows_summaries(a):
    made = new_collaboration(a, description="Not in lists")
    join(a, made["id"])
    (item,) = a.list_collaborations()["collaborationList"]
    assert set(item) == {
        "id", "arn", "name", "creatorAccountId", "creatorDisplayName", "createTime", "updateTime",
        "memberStatus", "membershipId", "membershipArn", "analyticsEngine",
    }  # fmt: skip


def test_list_collaborations_pages_through_all_of_them(clients):
    made = [new_collaboration(clients[A], member(B))["id"] for _ in range(7)]
    pages = list(
        clients[B].get_paginator("list_collaborations").paginate(PaginationConfig={"PageSize": 3})
    )
    assert [len(page["collaborationList"]) for page in pages] == [3, 3, 1]
    assert [each["id"] for page in pages for each in page["collaborationList"]] == made


def test_list_collaborations_walk_survives_deletions_between_pages(clients):
    made = [new_collaboration(clients[A], member(B))["id"] for _ in range(4)]
    first = clients[B].list_collaborations(maxResults=2)
    clients[A].delete_collaboration(collaborationIdentifier=made[1])
    rest = clients[B].list_collaborations(nextToken=first["nextToken"])
    assert [each["id"] for each in rest["collaborationList"]] == made[2:]


def test_list_collaborations_refuses_a_token_that_is_none(a):
    answer = refusal(a.list_collaborations, nextToken="nonsense")
    assert answer["fieldList"][0]["name"] == "nextToken"


def test_update_collaboration_changes_name_and_description_for_everybody(clients, memberships):
    room = clients[A].list_collaborations()["collaborationList"][0]["id"]
    with freeze_time(NOON + timedelta(days=300)):
        answer = clients[A].update_collaboration(
            collaborationIdentifier=room, name="Renamed", description="Explained"
        )["collaboration"]
    assert (answer["name"], answer["description"]) == ("Renamed", "Explained")
    assert answer["updateTime"] == NOON + timedelta(days=300)
    assert get(clients[B], room)["name"] == "Renamed"
    (membership,) = clients[B].list_memberships()["membershipSummaries"]
    assert membership["collaborationName"] == "Renamed"


def test_update_collaboration_keeps_what_is_not_given(a):
    made = new_collaboration(a, description="Stays")
    answer = a.update_collaboration(collaborationIdentifier=made["id"], analyticsEngine="SPARK")
    assert {**answer["collaboration"], "updateTime": None} == {**made, "updateTime": None}


@pytest.mark.parametrize("operation", ["update_collaboration", "delete_collaboration"])
def test_only_the_creator_may_change_a_collaboration(clients, memberships, operation):
    room = clients[B].list_collaborations()["collaborationList"][0]["id"]
    answer = refusal(getattr(clients[B], operation), collaborationIdentifier=room)
    assert answer["Error"]["Code"] == "AccessDeniedException"
    assert get(clients[A], room)["name"] == "Shared room"


def test_update_collaboration_that_is_refused_changes_nothing(a, collaboration_id):
    before = get(a, collaboration_id)
    refusal(
        a.update_collaboration,
        collaborationIdentifier=collaboration_id,
        name="Renamed",
        analyticsEngine="CLEAN_ROOMS_SQL",
    )
    assert get(a, collaboration_id) == before


def test_members_who_join_do_not_move_the_update_time(a):
    with freeze_time(NOON) as time:
        room = new_collaboration(a)["id"]
        time.tick(12)
        join(a, room)
        assert get(a, room)["updateTime"] == NOON


def test_delete_collaboration_answers_204_without_a_body(a, collaboration_id):
    answer = a.delete_collaboration(collaborationIdentifier=collaboration_id)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert answer["ResponseMetadata"]["HTTPHeaders"]["content-length"] == "0"


def test_delete_collaboration_takes_it_from_everybody(clients):
    room = new_collaboration(clients[A], member(B), member(C))["id"]
    for account in (A, B):
        join(clients[account], room)
    clients[A].delete_collaboration(collaborationIdentifier=room)
    for account in (A, B, C):
        assert listed(clients[account]) == []
        answer = refusal(clients[account].get_collaboration, collaborationIdentifier=room)
        assert answer["Error"]["Code"] == "AccessDeniedException"


def test_delete_collaboration_a_second_time_is_denied(a, collaboration_id):
    a.delete_collaboration(collaborationIdentifier=collaboration_id)
    answer = refusal(a.delete_collaboration, collaborationIdentifier=collaboration_id)
    assert answer["Error"]["Code"] == "AccessDeniedException"


def test_collaborations_of_different_creators_are_told_apart(clients):
    of_a = new_collaboration(clients[A], member(B))["id"]
    of_b = new_collaboration(clients[B], member(A), member(D), creatorMemberAbilities=RUNNER)["id"]
    assert [each for each, _ in listed(clients[A])] == [of_a, of_b]
    assert [each for each, _ in listed(clients[D])] == [of_b]
    clients[B].delete_collaboration(collaborationIdentifier=of_b)
    assert [each for each, _ in listed(clients[B])] == [of_a]
