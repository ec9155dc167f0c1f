"""The tables that members bring into a collaboration."""

from datetime import datetime, timedelta, timezone

import pytest

from tests.cleanrooms.collaboration_samples import (
    NOBODY,
    REGION,
    A,
    B,
    join,
    member,
    new_collaboration,
)
from tests.cleanrooms.table_samples import (
    add_collaboration_rule,
    add_rule,
    associate,
    new_table,
    receivers,
)
from tests.frozen_time import freeze_time

NOON = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
ROLE = "arn:aws:iam::222222222222:role/clean-rooms"


def get(client, membership_id, association_id):
    answer = client.get_configured_table_association(
        membershipIdentifier=membership_id, configuredTableAssociationIdentifier=association_id
    )
    return answer["configuredTableAssociation"]


def delete(client, membership_id, association_id):
    return client.delete_configured_table_association(
        membershipIdentifier=membership_id, configuredTableAssociationIdentifier=association_id
    )


def listed(client, membership_id, **arguments):
    pages = client.get_paginator("list_configured_table_associations").paginate(
        membershipIdentifier=membership_id, **arguments
    )
    return [each["name"] for page in pages for each in page["configuredTableAssociationSummaries"]]


@pytest.fixture
def mid(memberships):
    return memberships[B]


def test_create_configured_table_association_returns_the_association(b, mid):
    table = new_table(b)
    with freeze_time(NOON):
        association = associate(b, mid, table["id"], description="Ours")
    assert get(b, mid, association["id"]) == association
    association.pop("childResources", None)  # a member that older releases of boto3 do not have
    arn = f"arn:aws:cleanrooms:{REGION}:{B}:membership/{mid}"
    assert association == {
        "arn": f"{arn}/configuredtableassociation/{association['id']}",
        "id": association["id"],
        "configuredTableId": table["id"],
        "configuredTableArn": table["arn"],
        "membershipId": mid,
        "membershipArn": arn,
        "roleArn": ROLE,
        "name": "orders",
        "description": "Ours",
        "analysisRuleTypes": [],
        "createTime": NOON,
        "updateTime": NOON,
    }


def test_create_configured_table_association_takes_a_table_into_several_collaborations(a, b, mid):
    other = join(b, new_collaboration(a, member(B))["id"])["id"]
    table = new_table(b)
    associate(b, mid, table["id"])
    associate(b, other, table["id"])
    assert (listed(b, mid), listed(b, other)) == (["orders"], ["orders"])


def test_create_configured_table_association_refuses_the_same_table_again(b, mid):
    table = new_table(b)
    first = associate(b, mid, table["id"])
    with pytest.raises(b.exceptions.ConflictException) as refused:
        associate(b, mid, table["id"], "again")
    answer = refused.value.response
    assert (answer["reason"], answer["resourceId"], answer["resourceType"]) == (
        "ALREADY_EXISTS",
        first["id"],
        "CONFIGURED_TABLE_ASSOCIATION",
    )
    assert listed(b, mid) == ["orders"]


def test_create_configured_table_association_refuses_a_name_of_another_member(a, b, memberships):
    associate(b, memberships[B], new_table(b)["id"])
    with pytest.raises(a.exceptions.ConflictException) as refused:
        associate(a, memberships[A], new_table(a)["id"])
    assert refused.value.response["reason"] == "ALREADY_EXISTS"
    assert listed(a, memberships[A]) == []


def test_create_configured_table_association_does_not_find_the_table_of_another(a, b, memberships):
    table = new_table(a)
    with pytest.raises(b.exceptions.ResourceNotFoundException) as refused:
        associate(b, memberships[B], table["id"])
    assert refused.value.response["resourceType"] == "CONFIGURED_TABLE"


def test_create_configured_table_association_does_not_find_the_membership_of_another(
    a, b, memberships
):
    table = new_table(a)
    with pytest.raises(a.exceptions.ResourceNotFoundException) as refused:
        associate(a, memberships[B], table["id"])
    assert refused.value.response["resourceType"] == "MEMBERSHIP"


def test_create_configured_table_association_refuses_a_membership_that_has_ended(
    a, b, collaboration_id, mid
):
    table = new_table(b)
    a.delete_member(collaborationIdentifier=collaboration_id, accountId=B)
    with pytest.raises(b.exceptions.ConflictException) as refused:
        associate(b, mid, table["id"])
    assert refused.value.response["reason"] == "INVALID_STATE"


def test_create_configured_table_association_refuses_more_than_the_quota(b, mid):
    for number in range(100):
        associate(b, mid, new_table(b)["id"], f"t{number}")
    with pytest.raises(b.exceptions.ServiceQuotaExceededException) as refused:
        associate(b, mid, new_table(b)["id"])
    assert refused.value.response["quotaName"] == "Table associations per membership"


def test_get_configured_table_association_does_not_find_it_in_another_membership(a, b, mid):
    other = join(b, new_collaboration(a, member(B))["id"])["id"]
    association = associate(b, mid, new_table(b)["id"])
    with pytest.raises(b.exceptions.ResourceNotFoundException) as refused:
        get(b, other, association["id"])
    answer = refused.value.response
    assert (answer["resourceId"], answer["resourceType"]) == (
        association["id"],
        "CONFIGURED_TABLE_ASSOCIATION",
    )


def test_list_configured_table_associations_returns_them_in_order_and_in_pages(b, mid):
    names = [f"t{number}" for number in range(5)]
    for name in names:
        associate(b, mid, new_table(b)["id"], name)
    assert listed(b, mid, PaginationConfig={"PageSize": 2}) == names


def test_update_configured_table_association_changes_what_is_given_and_the_time(b, mid):
    with freeze_time(NOON):
        association = associate(b, mid, new_table(b)["id"])
    later = NOON + timedelta(minutes=5)
    with freeze_time(later):
        answer = b.update_configured_table_association(
            membershipIdentifier=mid,
            configuredTableAssociationIdentifier=association["id"],
            description="New",
        )
    changed = {**association, "description": "New", "updateTime": later}
    assert answer["configuredTableAssociation"] == changed
    assert get(b, mid, association["id"]) == changed


def test_delete_configured_table_association_answers_204_and_frees_table_and_name(b, mid):
    table = new_table(b)
    association = associate(b, mid, table["id"])
    answer = delete(b, mid, association["id"])
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    with pytest.raises(b.exceptions.ResourceNotFoundException):
        get(b, mid, association["id"])
    associate(b, mid, table["id"])


def test_delete_configured_table_association_takes_its_rules_along(b, mid):
    table = new_table(b)
    add_rule(b, table["id"])
    association = associate(b, mid, table["id"])
    add_collaboration_rule(b, mid, association["id"], "LIST", receivers("LIST", A))
    delete(b, mid, association["id"])
    assert listed(b, mid) == []


def test_delete_membership_is_held_back_by_an_association(b, mid):
    association = associate(b, mid, new_table(b)["id"])
    with pytest.raises(b.exceptions.ConflictException, match=association["id"]) as refused:
        b.delete_membership(membershipIdentifier=mid)
    assert refused.value.response["reason"] == "SUBRESOURCES_EXIST"
    delete(b, mid, association["id"])
    b.delete_membership(membershipIdentifier=mid)


@pytest.mark.parametrize("end", ["removed", "collaboration deleted"])
def test_associations_of_a_membership_that_has_ended_can_be_read_and_deleted_only(
    a, b, collaboration_id, mid, end
):
    association = associate(b, mid, new_table(b)["id"])
    if end == "removed":
        a.delete_member(collaborationIdentifier=collaboration_id, accountId=B)
    else:
        a.delete_collaboration(collaborationIdentifier=collaboration_id)
    assert get(b, mid, association["id"]) == association
    assert listed(b, mid) == ["orders"]
    with pytest.raises(b.exceptions.ConflictException):
        b.update_configured_table_association(
            membershipIdentifier=mid, configuredTableAssociationIdentifier=association["id"]
        )
    delete(b, mid, association["id"])
    b.delete_membership(membershipIdentifier=mid)


def test_associations_keep_the_tags_they_were_created_with_and_take_others(b, mid):
    association = associate(b, mid, new_table(b)["id"], tags={"team": "sales"})
    b.tag_resource(resourceArn=association["arn"], tags={"cost": "7"})
    tags = b.list_tags_for_resource(resourceArn=association["arn"])["tags"]
    assert tags == {"team": "sales", "cost": "7"}


def test_get_configured_table_association_does_not_find_an_unknown_one(b, mid):
    with pytest.raises(b.exceptions.ResourceNotFoundException):
        get(b, mid, NOBODY)
