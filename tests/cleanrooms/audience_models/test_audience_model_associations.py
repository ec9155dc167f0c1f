"""Lookalike models that a provider of training data brings into a collaboration."""

import pytest

from tests.cleanrooms.collaboration_samples import NOBODY, REGION, STRANGER, A, B, code, refusal
from tests.cleanrooms.identity_samples import add_model, model

IDENTIFIER = "configuredAudienceModelAssociationIdentifier"


def get(client, membership_id, association_id):
    return client.get_configured_audience_model_association(
        membershipIdentifier=membership_id, **{IDENTIFIER: association_id}
    )["configuredAudienceModelAssociation"]


def mine(client, membership_id):
    answer = client.list_configured_audience_model_associations(membershipIdentifier=membership_id)
    return answer["configuredAudienceModelAssociationSummaries"]


def seen(client, collaboration_id):
    answer = client.list_collaboration_configured_audience_model_associations(
        collaborationIdentifier=collaboration_id
    )
    return answer["collaborationConfiguredAudienceModelAssociationSummaries"]


def seen_one(client, collaboration_id, association_id):
    return client.get_collaboration_configured_audience_model_association(
        collaborationIdentifier=collaboration_id, **{IDENTIFIER: association_id}
    )["collaborationConfiguredAudienceModelAssociation"]


def update(client, membership_id, association_id, **changes):
    return client.update_configured_audience_model_association(
        membershipIdentifier=membership_id, **{IDENTIFIER: association_id}, **changes
    )["configuredAudienceModelAssociation"]


def delete(client, membership_id, association_id):
    client.delete_configured_audience_model_association(
        membershipIdentifier=membership_id, **{IDENTIFIER: association_id}
    )


def test_create_returns_the_association_and_get_returns_it_again(b, collaboration_id, memberships):
    association = add_model(b, memberships[B], model(B), description="Ours")
    membership_arn = f"arn:aws:cleanrooms:{REGION}:{B}:membership/{memberships[B]}"
    assert association == {
        "id": association["id"],
        "arn": f"{membership_arn}/configuredaudiencemodelassociation/{association['id']}",
        "configuredAudienceModelArn": model(B),
        "membershipId": memberships[B],
        "membershipArn": membership_arn,
        "collaborationId": collaboration_id,
        "collaborationArn": f"arn:aws:cleanrooms:{REGION}:{A}:collaboration/{collaboration_id}",
        "name": "lookalike",
        "manageResourcePolicies": True,
        "description": "Ours",
        "createTime": association["createTime"],
        "updateTime": association["createTime"],
    }
    assert get(b, memberships[B], association["id"]) == association
    summary = dict(association)
    del summary["manageResourcePolicies"]
    assert mine(b, memberships[B]) == [summary]


def test_the_others_see_whose_it_is_and_not_how_it_is_managed(a, b, collaboration_id, memberships):
    association = add_model(b, memberships[B], model(B))
    left_out = ("membershipId", "membershipArn", "manageResourcePolicies")
    shown = {name: each for name, each in association.items() if name not in left_out}
    shown["creatorAccountId"] = B
    assert seen_one(a, collaboration_id, association["id"]) == shown
    del shown["configuredAudienceModelArn"]
    assert seen(a, collaboration_id) == seen(b, collaboration_id) == [shown]
    assert mine(a, memberships[A]) == []


@pytest.mark.parametrize("arn", [model(A), model(B, region="us-east-1")])
def test_a_model_of_another_account_or_region_is_refused(b, memberships, arn):
    answer = refusal(add_model, b, memberships[B], arn)
    assert (answer["Error"]["Code"], answer["reason"]) == (
        "ValidationException",
        "INVALID_CONFIGURATION",
    )
    assert mine(b, memberships[B]) == []


def test_name_and_model_are_unique_in_a_membership(a, b, memberships):
    first = add_model(b, memberships[B], model(B))
    key = "configuredAudienceModelAssociationName"
    for arn, name in ((model(B, "other"), "lookalike"), (model(B), "other")):
        answer = refusal(add_model, b, memberships[B], arn, **{key: name})
        assert answer["Error"]["Code"] == "ConflictException"
        assert (answer["reason"], answer["resourceId"]) == ("ALREADY_EXISTS", first["id"])
    add_model(a, memberships[A], model(A))


def test_update_changes_name_and_description(membership_mock, b, memberships):
    association = add_model(b, memberships[B], model(B))
    other = add_model(b, memberships[B], model(B, "other"))
    membership_mock.clock.advance(seconds=1)
    updated = update(b, memberships[B], association["id"], name="ours", description="New")
    assert updated == {
        **association,
        "name": "ours",
        "description": "New",
        "updateTime": updated["updateTime"],
    }
    assert updated["updateTime"] > association["updateTime"]
    answer = refusal(update, b, memberships[B], other["id"], name="ours")
    assert answer["Error"]["Code"] == "ValidationException"
    assert get(b, memberships[B], other["id"]) == other


@pytest.mark.parametrize("call", [get, update, delete])
def test_an_association_is_found_in_its_own_membership_only(a, b, memberships, call):
    association = add_model(b, memberships[B], model(B))
    for mid, given, missing in (
        (memberships[A], association["id"], association["id"]),
        (memberships[A], NOBODY, NOBODY),
        (memberships[B], association["id"], memberships[B]),
    ):
        answer = refusal(call, a, mid, given)
        assert answer["Error"]["Code"] == "ResourceNotFoundException"
        assert (answer["resourceType"], answer["resourceId"]) == ("MEMBERSHIP", missing)


def test_strangers_and_invited_accounts_see_nothing(clients, a, b, collaboration_id):
    for client in (b, clients[STRANGER]):
        assert code(seen, client, collaboration_id) == "AccessDeniedException"
        assert code(seen_one, client, collaboration_id, NOBODY) == "AccessDeniedException"
    assert code(seen_one, a, collaboration_id, NOBODY) == "ResourceNotFoundException"


def test_an_association_of_a_removed_member_is_its_own_only(a, b, collaboration_id, memberships):
    association = add_model(b, memberships[B], model(B))
    a.delete_member(collaborationIdentifier=collaboration_id, accountId=B)
    assert seen(a, collaboration_id) == []
    assert code(seen_one, a, collaboration_id, association["id"]) == "ResourceNotFoundException"
    assert get(b, memberships[B], association["id"]) == association
    assert code(add_model, b, memberships[B], model(B, "x")) == "ConflictException"
    assert code(update, b, memberships[B], association["id"]) == "AccessDeniedException"
    answer = refusal(b.delete_membership, membershipIdentifier=memberships[B])
    assert association["id"] in answer["Error"]["Message"]
    delete(b, memberships[B], association["id"])
    b.delete_membership(membershipIdentifier=memberships[B])


def test_associations_have_tags_and_are_limited(membership_mock, capsys, a, b, memberships):
    arn = add_model(b, memberships[B], model(B), tags={"Env": "test"})["arn"]
    assert b.list_tags_for_resource(resourceArn=arn)["tags"] == {"Env": "test"}
    assert code(a.list_tags_for_resource, resourceArn=arn) == "ResourceNotFoundException"
    kind = "cleanrooms:configuredaudiencemodelassociation"
    tagging = membership_mock.client("resourcegroupstaggingapi", account=B, region=REGION)
    found = tagging.get_resources(ResourceTypeFilters=[kind])
    assert [each["ResourceARN"] for each in found["ResourceTagMappingList"]] == [arn]
    membership_mock.quotas.set("cleanrooms", "L-4596E0C1", 1, account=B)
    answer = refusal(add_model, b, memberships[B], model(B, "more"))
    assert answer["Error"]["Code"] == "ServiceQuotaExceededException"
    membership_mock.show()
    assert "configured audience model association 'lookalike'" in capsys.readouterr().out
