"""The collaboration analysis rules: what one collaboration may do with a table."""

from datetime import datetime, timedelta, timezone

import pytest

from tests.cleanrooms.collaboration_samples import STRANGER, A, B, C, member, new_collaboration
from tests.cleanrooms.table_samples import (
    AGGREGATION,
    add_collaboration_rule,
    add_rule,
    associate,
    custom,
    new_table,
    receivers,
)
from tests.frozen_time import freeze_time

NOON = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
POLICY = receivers("LIST", A)


@pytest.fixture
def collaboration_id(a):
    members = (member(B), member(C, "CAN_RECEIVE_RESULTS"))
    return new_collaboration(a, *members)["id"]


@pytest.fixture
def mid(memberships):
    return memberships[B]


@pytest.fixture
def table(b):
    table = new_table(b)
    add_rule(b, table["id"])
    return table


@pytest.fixture
def association(b, mid, table):
    return associate(b, mid, table["id"])


def add(client, association, policy=POLICY, kind="LIST"):
    return add_collaboration_rule(
        client, association["membershipId"], association["id"], kind, policy
    )


def get(client, association, kind="LIST"):
    answer = client.get_configured_table_association_analysis_rule(
        membershipIdentifier=association["membershipId"],
        configuredTableAssociationIdentifier=association["id"],
        analysisRuleType=kind,
    )
    return answer["analysisRule"]


def types(client, association):
    answer = client.get_configured_table_association(
        membershipIdentifier=association["membershipId"],
        configuredTableAssociationIdentifier=association["id"],
    )
    return answer["configuredTableAssociation"]["analysisRuleTypes"]


def test_create_configured_table_association_analysis_rule_returns_the_rule(b, association):
    with freeze_time(NOON):
        rule = add(b, association)
    assert rule == {
        "membershipIdentifier": association["membershipId"],
        "configuredTableAssociationId": association["id"],
        "configuredTableAssociationArn": association["arn"],
        "policy": POLICY,
        "type": "LIST",
        "createTime": NOON,
        "updateTime": NOON,
    }
    assert get(b, association) == rule
    assert types(b, association) == ["LIST"]


@pytest.mark.parametrize("receiver", [A, C], ids=["who has joined", "who is invited"])
def test_create_configured_table_association_analysis_rule_takes_a_receiver(
    b, association, receiver
):
    policy = receivers("LIST", receiver)
    assert add(b, association, policy)["policy"] == policy


@pytest.mark.parametrize(
    "receiver", [B, STRANGER], ids=["a member who cannot receive results", "a stranger"]
)
def test_create_configured_table_association_analysis_rule_refuses_as_receiver(
    b, association, receiver
):
    with pytest.raises(b.exceptions.ValidationException, match=receiver):
        add(b, association, receivers("LIST", A, receiver))
    assert types(b, association) == []


def test_additional_analyses_of_an_aggregation_are_refused(b, mid):
    table = new_table(b)
    add_rule(b, table["id"], "AGGREGATION", AGGREGATION)
    association = associate(b, mid, table["id"])
    everything = "arn:aws:cleanrooms:eu-west-1:*:membership/*/configuredaudiencemodelassociation/*"
    policy = receivers("AGGREGATION", A, allowedAdditionalAnalyses=[everything])
    with pytest.raises(b.exceptions.ValidationException) as refused:
        add(b, association, policy, "AGGREGATION")
    assert refused.value.response["fieldList"][0]["name"] == "analysisRulePolicy"
    add(b, association, receivers("AGGREGATION", A), "AGGREGATION")
    with pytest.raises(b.exceptions.ValidationException):
        b.update_configured_table_association_analysis_rule(
            membershipIdentifier=mid,
            configuredTableAssociationIdentifier=association["id"],
            analysisRuleType="AGGREGATION",
            analysisRulePolicy=policy,
        )


def test_create_configured_table_association_analysis_rule_refuses_a_second_one(b, association):
    add(b, association)
    with pytest.raises(b.exceptions.ConflictException, match="already") as refused:
        add(b, association)
    answer = refused.value.response
    assert (answer["reason"], answer["resourceId"], answer["resourceType"]) == (
        "ALREADY_EXISTS",
        association["id"],
        "CONFIGURED_TABLE_ASSOCIATION",
    )


def test_create_configured_table_association_analysis_rule_needs_the_rule_of_the_table(
    b, association
):
    with pytest.raises(b.exceptions.ValidationException) as refused:
        add(b, association, receivers("CUSTOM", A), "CUSTOM")
    assert refused.value.response["fieldList"][0]["name"] == "analysisRuleType"


def test_create_configured_table_association_analysis_rule_refuses_the_policy_of_another_type(
    b, association
):
    with pytest.raises(b.exceptions.ValidationException):
        add(b, association, receivers("CUSTOM", A), "LIST")
    assert types(b, association) == []


@pytest.mark.parametrize("kind", ["LIST", "CUSTOM"])
def test_get_configured_table_association_analysis_rule_says_which_rule_is_missing(
    b, association, kind
):
    with pytest.raises(b.exceptions.ResourceNotFoundException, match=kind) as refused:
        get(b, association, kind)
    assert refused.value.response["resourceType"] == "CONFIGURED_TABLE_ASSOCIATION"


def test_update_configured_table_association_analysis_rule_replaces_the_policy(b, association):
    with freeze_time(NOON):
        rule = add(b, association)
    policy = receivers("LIST", A, C)
    with freeze_time(NOON + timedelta(hours=1)):
        answer = b.update_configured_table_association_analysis_rule(
            membershipIdentifier=association["membershipId"],
            configuredTableAssociationIdentifier=association["id"],
            analysisRuleType="LIST",
            analysisRulePolicy=policy,
        )
    changed = {**rule, "policy": policy, "updateTime": NOON + timedelta(hours=1)}
    assert answer["analysisRule"] == changed
    assert get(b, association) == changed


def test_update_configured_table_association_analysis_rule_leaves_it_when_it_is_refused(
    b, association
):
    rule = add(b, association)
    with pytest.raises(b.exceptions.ValidationException):
        b.update_configured_table_association_analysis_rule(
            membershipIdentifier=association["membershipId"],
            configuredTableAssociationIdentifier=association["id"],
            analysisRuleType="LIST",
            analysisRulePolicy=receivers("LIST", STRANGER),
        )
    assert get(b, association) == rule


def test_delete_configured_table_association_analysis_rule_answers_204(b, association):
    add(b, association)
    answer = b.delete_configured_table_association_analysis_rule(
        membershipIdentifier=association["membershipId"],
        configuredTableAssociationIdentifier=association["id"],
        analysisRuleType="LIST",
    )
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert types(b, association) == []


def test_association_rules_of_two_types_live_side_by_side(b, table, association):
    add(b, association)
    b.delete_configured_table_analysis_rule(
        configuredTableIdentifier=table["id"], analysisRuleType="LIST"
    )
    add_rule(b, table["id"], "CUSTOM", custom("ANY_QUERY", providers=[A]))
    add(b, association, receivers("CUSTOM", A), "CUSTOM")
    assert types(b, association) == ["LIST", "CUSTOM"]
