"""Memberships: joining, changing, leaving, and what is left when a room ends."""

from datetime import datetime, timedelta, timezone

import pytest

from tests.cleanrooms.collaboration_samples import (
    NOBODY,
    RECEIVER,
    RUNNER,
    STRANGER,
    A,
    B,
    C,
    join,
    member,
    new_collaboration,
    pays,
    refusal,
    results_to,
)
from tests.frozen_time import freeze_time

NOON = datetime(2026, 3, 14, 12, 0, 0, 53000, tzinfo=timezone.utc)
CREATOR_STAYS = (
    "Cannot delete membership for the creator of the collaboration while their membership is still"
    " ACTIVE"
)


def get(client, membership_id):
    return client.get_membership(membershipIdentifier=membership_id)["membership"]


def listed(client, **filters):
    answer = client.list_memberships(**filters)["membershipSummaries"]
    return [(each["id"], each["status"]) for each in answer]


def statuses(client, room):
    answer = client.list_members(collaborationIdentifier=room)
    return {each["accountId"]: each["status"] for each in answer["memberSummaries"]}


@pytest.mark.newest_model
def test_create_membership_answers_with_the_recorded_fields_and_no_others(a):
    with freeze_time(NOON):
        room = new_collaboration(a)
        membership = join(a, room["id"])
    membership_id = membership.pop("id")
    assert membership == {
        "arn": f"arn:aws:cleanrooms:eu-west-1:{A}:membership/{membership_id}",
        "collaborationArn": room["arn"],
        "collaborationId": room["id"],
        "collaborationCreatorAccountId": A,
        "collaborationCreatorDisplayName": "Creator",
        "collaborationName": "Shared room",
        "createTime": NOON,
        "updateTime": NOON,
        "status": "ACTIVE",
        "memberAbilities": RUNNER,
        "queryLogStatus": "DISABLED",
        "paymentConfiguration": pays("queryCompute"),
        "isMetricsEnabled": False,
    }


def test_create_membership_copies_what_the_creator_granted(clients):
    ml = {"customMLMemberAbilities": ["CAN_RECEIVE_INFERENCE_OUTPUT"]}
    room = new_collaboration(clients[A], member(B, mlMemberAbilities=ml))["id"]
    membership = join(clients[B], room)
    assert membership["memberAbilities"] == []
    assert membership["mlMemberAbilities"] == ml


def test_create_membership_keeps_where_results_go(a, collaboration_id):
    given = results_to("results", A, keyPrefix="daily")
    membership = join(a, collaboration_id, defaultResultConfiguration=given)
    kept = membership["defaultResultConfiguration"]
    assert kept["roleArn"] == given["roleArn"]
    assert kept["outputConfiguration"]["s3"] == {
        "resultFormat": "CSV",
        "bucket": "results",
        "keyPrefix": "daily",
        "singleFileOutput": False,
    }


def test_create_membership_lets_members_join_in_any_order(clients):
    room = new_collaboration(clients[A], member(B), member(C))["id"]
    for account in (C, A, B):
        join(clients[account], room)
    assert set(statuses(clients[A], room).values()) == {"ACTIVE"}


def test_create_membership_a_second_time_names_the_first(b, memberships, collaboration_id):
    answer = refusal(join, b, collaboration_id)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 409
    assert answer["Error"]["Code"] == "ConflictException"
    assert answer["reason"] == "ALREADY_EXISTS"
    assert (answer["resourceType"], answer["resourceId"]) == ("MEMBERSHIP", memberships[B])


def test_create_membership_is_denied_to_strangers(clients, collaboration_id):
    answer = refusal(join, clients[STRANGER], collaboration_id)
    assert answer["Error"]["Code"] == "AccessDeniedException"
    assert listed(clients[STRANGER]) == []


def test_create_membership_is_denied_in_another_region(membership_mock, collaboration_id):
    elsewhere = membership_mock.client("cleanrooms", account=B, region="us-east-1")
    assert refusal(join, elsewhere, collaboration_id)["Error"]["Code"] == "AccessDeniedException"


def test_create_membership_needs_results_of_a_member_who_only_receives(clients):
    room = new_collaboration(
        clients[A], member(B, *RECEIVER), creatorMemberAbilities=["CAN_QUERY"]
    )["id"]
    answer = refusal(join, clients[B], room)
    assert answer["reason"] == "INVALID_CONFIGURATION"
    assert answer["fieldList"][0]["name"] == "defaultResultConfiguration"
    assert statuses(clients[A], room)[B] == "INVITED"
    answer = refusal(join, clients[B], room, defaultResultConfiguration=results_to("results"))
    assert "roleArn" in answer["Error"]["Message"]
    join(clients[B], room, defaultResultConfiguration=results_to("results", B))


def test_create_membership_refuses_results_of_a_member_who_receives_none(b, collaboration_id):
    for field, given in {
        "defaultResultConfiguration": results_to("results", B),
        "defaultJobResultConfiguration": {
            "outputConfiguration": {"s3": {"bucket": "results"}},
            "roleArn": f"arn:aws:iam::{B}:role/results",
        },
    }.items():
        answer = refusal(join, b, collaboration_id, **{field: given})
        assert answer["fieldList"][0]["name"] == field
    assert listed(b) == []


@pytest.mark.parametrize("log", ["queryLogStatus", "jobLogStatus"])
def test_create_membership_refuses_a_log_that_the_room_does_not_have(a, log):
    room = new_collaboration(a, queryLogStatus="DISABLED")["id"]
    answer = refusal(join, a, room, **{log: "ENABLED"})
    assert answer["fieldList"][0]["name"] == log


def test_create_membership_turns_on_the_logs_that_the_room_has(a):
    room = new_collaboration(a, jobLogStatus="ENABLED")["id"]
    membership = join(a, room, queryLogStatus="ENABLED", jobLogStatus="ENABLED")
    assert (membership["queryLogStatus"], membership["jobLogStatus"]) == ("ENABLED", "ENABLED")


def test_create_membership_has_metrics_only_where_the_room_has_some(clients, collaboration_id):
    answer = refusal(join, clients[A], collaboration_id, isMetricsEnabled=True)
    assert answer["fieldList"][0]["name"] == "isMetricsEnabled"
    room = new_collaboration(clients[A], member(B), isMetricsEnabled=True)["id"]
    assert join(clients[A], room, isMetricsEnabled=True)["isMetricsEnabled"] is True
    answer = refusal(join, clients[B], room, isMetricsEnabled=True)
    assert answer["fieldList"][0]["name"] == "isMetricsEnabled"


@pytest.mark.parametrize("account", [A, STRANGER])
@pytest.mark.parametrize("operation", ["get_membership", "update_membership", "delete_membership"])
def test_a_membership_of_another_account_is_not_found(clients, memberships, operation, account):
    answer = refusal(getattr(clients[account], operation), membershipIdentifier=memberships[B])
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 404
    assert answer["Error"]["Code"] == "ResourceNotFoundException"
    assert (answer["resourceType"], answer["resourceId"]) == ("MEMBERSHIP", memberships[B])


def test_get_membership_does_not_find_an_unknown_id(a):
    assert refusal(a.get_membership, membershipIdentifier=NOBODY)["resourceId"] == NOBODY


def test_get_membership_does_not_find_the_id_of_an_invitation(clients, collaboration_id):
    answer = clients[B].list_members(collaborationIdentifier=collaboration_id)
    promised = answer["memberSummaries"][1]["membershipId"]
    answer = refusal(clients[B].get_membership, membershipIdentifier=promised)
    assert answer["Error"]["Code"] == "ResourceNotFoundException"


@pytest.mark.newest_model
def test_list_memberships_shows_summaries_of_the_callers_own(clients, memberships):
    (item,) = clients[B].list_memberships()["membershipSummaries"]
    whole = get(clients[B], memberships[B])
    for name in ("queryLogStatus", "isMetricsEnabled"):
        del whole[name]
    assert item == whole


def test_list_memberships_pages_in_the_order_of_joining(clients):
    rooms = [new_collaboration(clients[A], member(B))["id"] for _ in range(5)]
    joined = [join(clients[B], room)["id"] for room in reversed(rooms)]
    pages = list(
        clients[B].get_paginator("list_memberships").paginate(PaginationConfig={"PageSize": 2})
    )
    assert [len(page["membershipSummaries"]) for page in pages] == [2, 2, 1]
    assert [each["id"] for page in pages for each in page["membershipSummaries"]] == joined


def test_list_memberships_filters_by_status(clients):
    rooms = [new_collaboration(clients[A], member(B))["id"] for _ in range(3)]
    active, removed, deleted = (join(clients[B], room)["id"] for room in rooms)
    clients[A].delete_collaboration(collaborationIdentifier=rooms[2])
    clients[A].delete_member(collaborationIdentifier=rooms[1], accountId=B)
    expected = [(active, "ACTIVE"), (removed, "REMOVED"), (deleted, "COLLABORATION_DELETED")]
    assert listed(clients[B]) == expected
    for each in expected:
        assert listed(clients[B], status=each[1]) == [each]


def test_update_membership_changes_what_is_given(a, memberships):
    with freeze_time(NOON + timedelta(days=365)):
        answer = a.update_membership(
            membershipIdentifier=memberships[A],
            queryLogStatus="ENABLED",
            defaultResultConfiguration=results_to("other"),
        )["membership"]
    assert answer["queryLogStatus"] == "ENABLED"
    bucket = answer["defaultResultConfiguration"]["outputConfiguration"]["s3"]["bucket"]
    assert bucket == "other"
    assert answer["updateTime"] == NOON + timedelta(days=365)
    assert get(a, memberships[A]) == answer


def test_update_membership_without_changes_keeps_everything(a, memberships):
    before = get(a, memberships[A])
    after = a.update_membership(membershipIdentifier=memberships[A])["membership"]
    assert {**after, "updateTime": None} == {**before, "updateTime": None}


def test_update_membership_that_is_refused_changes_nothing(b, memberships):
    before = get(b, memberships[B])
    refused = [
        {"jobLogStatus": "ENABLED"},
        {"defaultResultConfiguration": results_to("results", B)},
        {"membershipPaymentConfiguration": {"queryCompute": {"isResponsible": True}}},
    ]
    for arguments in refused:
        answer = refusal(
            b.update_membership,
            membershipIdentifier=memberships[B],
            queryLogStatus="ENABLED",
            **arguments,
        )
        assert answer["Error"]["Code"] == "ValidationException"
    assert get(b, memberships[B]) == before


def test_delete_membership_leaves_for_good(clients, memberships, collaboration_id):
    answer = clients[B].delete_membership(membershipIdentifier=memberships[B])
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert statuses(clients[A], collaboration_id) == {A: "ACTIVE", B: "LEFT"}
    assert listed(clients[B]) == []
    assert clients[B].list_collaborations()["collaborationList"] == []
    answer = refusal(clients[B].get_membership, membershipIdentifier=memberships[B])
    assert answer["Error"]["Code"] == "ResourceNotFoundException"
    assert refusal(join, clients[B], collaboration_id)["Error"]["Code"] == "AccessDeniedException"


def test_delete_membership_refuses_the_creator_while_the_room_exists(a, memberships):
    answer = refusal(a.delete_membership, membershipIdentifier=memberships[A])
    assert answer["Error"] == {"Code": "ConflictException", "Message": CREATOR_STAYS}
    assert answer["reason"] == "INVALID_STATE"
    assert listed(a) == [(memberships[A], "ACTIVE")]


def test_delete_collaboration_leaves_every_member_a_membership(
    clients, memberships, collaboration_id
):
    with freeze_time(NOON + timedelta(days=365)):
        clients[A].delete_collaboration(collaborationIdentifier=collaboration_id)
    for account in (A, B):
        left = get(clients[account], memberships[account])
        assert left["status"] == "COLLABORATION_DELETED"
        assert left["updateTime"] == NOON + timedelta(days=365)
        assert left["collaborationName"] == "Shared room"


@pytest.mark.parametrize("account", [A, B])
def test_delete_membership_clears_what_a_deleted_room_left(
    clients, memberships, collaboration_id, account
):
    clients[A].delete_collaboration(collaborationIdentifier=collaboration_id)
    clients[account].delete_membership(membershipIdentifier=memberships[account])
    assert listed(clients[account]) == []


def test_delete_membership_clears_a_removed_one_and_the_member_stays_removed(
    clients, memberships, collaboration_id
):
    clients[A].delete_member(collaborationIdentifier=collaboration_id, accountId=B)
    clients[B].delete_membership(membershipIdentifier=memberships[B])
    assert listed(clients[B]) == []
    assert statuses(clients[A], collaboration_id)[B] == "REMOVED"


def test_a_removed_membership_stays_removed_when_the_room_is_deleted(
    clients, memberships, collaboration_id
):
    clients[A].delete_member(collaborationIdentifier=collaboration_id, accountId=B)
    clients[A].delete_collaboration(collaborationIdentifier=collaboration_id)
    assert listed(clients[B]) == [(memberships[B], "REMOVED")]


@pytest.mark.parametrize("ended", ["removed", "deleted"])
def test_update_membership_refuses_one_that_has_ended(
    clients, memberships, collaboration_id, ended
):
    if ended == "removed":
        clients[A].delete_member(collaborationIdentifier=collaboration_id, accountId=B)
    else:
        clients[A].delete_collaboration(collaborationIdentifier=collaboration_id)
    answer = refusal(
        clients[B].update_membership, membershipIdentifier=memberships[B], queryLogStatus="ENABLED"
    )
    assert answer["Error"]["Code"] == "ConflictException"
    assert answer["reason"] == "INVALID_STATE"
    assert (answer["resourceType"], answer["resourceId"]) == ("MEMBERSHIP", memberships[B])


def test_delete_membership_waits_for_the_resources_in_it(b, memberships):
    template = b.create_analysis_template(
        membershipIdentifier=memberships[B], name="count", format="SQL",
        source={"text": "SELECT COUNT(*) FROM orders"},
    )["analysisTemplate"]  # fmt: skip
    answer = refusal(b.delete_membership, membershipIdentifier=memberships[B])
    assert answer["Error"]["Code"] == "ConflictException"
    assert answer["reason"] == "SUBRESOURCES_EXIST"
    assert (answer["resourceType"], answer["resourceId"]) == ("MEMBERSHIP", memberships[B])
    assert template["id"] in answer["Error"]["Message"]
    assert listed(b) == [(memberships[B], "ACTIVE")]
    b.delete_analysis_template(
        membershipIdentifier=memberships[B], analysisTemplateIdentifier=template["id"]
    )
    b.delete_membership(membershipIdentifier=memberships[B])
