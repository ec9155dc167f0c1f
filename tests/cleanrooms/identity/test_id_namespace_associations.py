"""ID namespaces that members bring into a collaboration, and who sees them."""

import pytest

from membership_mock import UsageError
from tests.cleanrooms.collaboration_samples import (
    NOBODY,
    REGION,
    STRANGER,
    A,
    B,
    code,
    refusal,
)
from tests.cleanrooms.identity_samples import add_namespace, namespace
from tests.cleanrooms.query_samples import aws_side


def get(client, membership_id, association_id):
    return client.get_id_namespace_association(
        membershipIdentifier=membership_id, idNamespaceAssociationIdentifier=association_id
    )["idNamespaceAssociation"]


def mine(client, membership_id):
    answer = client.list_id_namespace_associations(membershipIdentifier=membership_id)
    return answer["idNamespaceAssociationSummaries"]


def seen(client, collaboration_id):
    answer = client.list_collaboration_id_namespace_associations(
        collaborationIdentifier=collaboration_id
    )
    return answer["collaborationIdNamespaceAssociationSummaries"]


def seen_one(client, collaboration_id, association_id):
    return client.get_collaboration_id_namespace_association(
        collaborationIdentifier=collaboration_id, idNamespaceAssociationIdentifier=association_id
    )["collaborationIdNamespaceAssociation"]


def update(client, membership_id, association, **changes):
    return client.update_id_namespace_association(
        membershipIdentifier=membership_id,
        idNamespaceAssociationIdentifier=association["id"],
        **changes,
    )["idNamespaceAssociation"]


def delete(client, membership_id, association):
    client.delete_id_namespace_association(
        membershipIdentifier=membership_id, idNamespaceAssociationIdentifier=association["id"]
    )


def test_create_returns_the_association_and_get_returns_it_again(b, collaboration_id, memberships):
    association = add_namespace(b, memberships[B], namespace(B), description="Ours")
    membership_arn = f"arn:aws:cleanrooms:{REGION}:{B}:membership/{memberships[B]}"
    assert association == {
        "id": association["id"],
        "arn": f"{membership_arn}/idnamespaceassociation/{association['id']}",
        "membershipId": memberships[B],
        "membershipArn": membership_arn,
        "collaborationId": collaboration_id,
        "collaborationArn": f"arn:aws:cleanrooms:{REGION}:{A}:collaboration/{collaboration_id}",
        "name": "source",
        "description": "Ours",
        "createTime": association["createTime"],
        "updateTime": association["createTime"],
        "inputReferenceConfig": {
            "inputReferenceArn": namespace(B),
            "manageResourcePolicies": True,
        },
        "inputReferenceProperties": {
            "idNamespaceType": "SOURCE",
            "idMappingWorkflowsSupported": [{"idMappingType": "RULE_BASED"}],
        },
        "idMappingConfig": {"allowUseAsDimensionColumn": False},
    }
    assert get(b, memberships[B], association["id"]) == association


def test_the_others_see_whose_it_is(a, b, collaboration_id, memberships):
    association = add_namespace(b, memberships[B], namespace(B))
    shown = {name: one for name, one in association.items() if not name.startswith("membership")}
    shown["creatorAccountId"] = B
    assert seen_one(a, collaboration_id, association["id"]) == shown
    assert seen_one(b, collaboration_id, association["id"]) == shown
    del shown["idMappingConfig"]
    shown["inputReferenceProperties"] = {"idNamespaceType": "SOURCE"}
    assert seen(a, collaboration_id) == seen(b, collaboration_id) == [shown]


def test_lists_are_those_of_a_membership_or_of_everybody(a, b, collaboration_id, memberships):
    first = add_namespace(b, memberships[B], namespace(B))
    second = add_namespace(a, memberships[A], namespace(A, "target"))
    assert [each["id"] for each in seen(a, collaboration_id)] == [first["id"], second["id"]]
    (own,) = mine(a, memberships[A])
    assert (own["id"], own["membershipId"]) == (second["id"], memberships[A])
    assert "idMappingConfig" not in own


def test_a_namespace_that_nobody_described_goes_by_its_name(b, memberships):
    kinds = {
        name: add_namespace(b, memberships[B], namespace(B, name))["inputReferenceProperties"][
            "idNamespaceType"
        ]
        for name in ("members", "MyTarget")
    }
    assert kinds == {"members": "SOURCE", "MyTarget": "TARGET"}


def test_a_test_describes_a_namespace(b, memberships):
    rules = {"attributeMatchingModel": "ONE_TO_ONE", "ruleDefinitionTypes": ["TARGET"]}
    supported = [{"idMappingType": "RULE_BASED", "ruleBasedProperties": rules}]
    aws_side(B).id_namespace(namespace(B, "members"), "TARGET", workflows=supported)
    association = add_namespace(b, memberships[B], namespace(B, "members"))
    assert association["inputReferenceProperties"] == {
        "idNamespaceType": "TARGET",
        "idMappingWorkflowsSupported": supported,
    }


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((namespace(A),), f"not an idnamespace of account {B}"),
        (("members",), f"not an idnamespace of account {B}"),
        ((namespace(B), "BOTH"), "is a SOURCE or a TARGET, not 'BOTH'"),
    ],
)
def test_a_test_cannot_describe_what_is_no_namespace(membership_mock, arguments, text):
    with pytest.raises(UsageError, match=text):
        aws_side(B).id_namespace(*arguments)


@pytest.mark.parametrize("arn", [namespace(A), namespace(B, region="us-east-1")])
def test_a_namespace_of_another_account_or_region_is_refused(b, memberships, arn):
    answer = refusal(add_namespace, b, memberships[B], arn)
    assert (answer["Error"]["Code"], answer["reason"]) == (
        "ValidationException",
        "INVALID_CONFIGURATION",
    )
    assert arn in answer["Error"]["Message"]
    assert mine(b, memberships[B]) == []


def test_name_and_namespace_are_unique_in_a_membership(a, b, memberships):
    first = add_namespace(b, memberships[B], namespace(B))
    for arn, name in ((namespace(B, "other"), "source"), (namespace(B), "other")):
        answer = refusal(add_namespace, b, memberships[B], arn, name=name)
        assert answer["Error"]["Code"] == "ConflictException"
        assert (answer["reason"], answer["resourceId"]) == ("ALREADY_EXISTS", first["id"])
        assert answer["resourceType"] == "MEMBERSHIP"
    add_namespace(a, memberships[A], namespace(A))  # the same name in another membership


def test_update_changes_what_is_given(membership_mock, a, b, collaboration_id, memberships):
    association = add_namespace(b, memberships[B], namespace(B))
    membership_mock.clock.advance(seconds=1)
    changes = {"name": "ours", "idMappingConfig": {"allowUseAsDimensionColumn": True}}
    updated = update(b, memberships[B], association, **changes)
    assert updated == {**association, **changes, "updateTime": updated["updateTime"]}
    assert updated["updateTime"] > association["updateTime"]
    updated = update(b, memberships[B], association, description="New", name="ours")
    assert (updated["name"], updated["description"]) == ("ours", "New")
    assert seen_one(a, collaboration_id, association["id"])["description"] == "New"


def test_update_refuses_a_name_that_is_used(b, memberships):
    add_namespace(b, memberships[B], namespace(B))
    other = add_namespace(b, memberships[B], namespace(B, "other"))
    answer = refusal(update, b, memberships[B], other, name="source")
    assert answer["Error"]["Code"] == "ValidationException"
    assert answer["fieldList"][0]["name"] == "name"
    assert get(b, memberships[B], other["id"]) == other


def test_delete_takes_it_from_everybody_and_a_new_one_has_another_id(
    a, b, collaboration_id, memberships
):
    first = add_namespace(b, memberships[B], namespace(B))
    delete(b, memberships[B], first)
    assert seen(a, collaboration_id) == mine(b, memberships[B]) == []
    assert code(delete, b, memberships[B], first) == "ResourceNotFoundException"
    assert add_namespace(b, memberships[B], namespace(B))["id"] != first["id"]


@pytest.mark.parametrize("call", [get, update, delete])
def test_an_association_is_found_in_its_own_membership_only(a, b, memberships, call):
    association = add_namespace(b, memberships[B], namespace(B))
    key = association["id"] if call is get else association
    nobody = NOBODY if call is get else {"id": NOBODY}
    for mid, given, missing in (
        (memberships[A], key, association["id"]),
        (memberships[A], nobody, NOBODY),
        (memberships[B], key, memberships[B]),
    ):
        answer = refusal(call, a, mid, given)
        assert answer["Error"]["Code"] == "ResourceNotFoundException"
        assert (answer["resourceType"], answer["resourceId"]) == ("MEMBERSHIP", missing)


def test_strangers_and_invited_accounts_see_nothing(clients, a, b, collaboration_id):
    for client in (b, clients[STRANGER]):
        assert code(seen, client, collaboration_id) == "AccessDeniedException"
        assert code(seen_one, client, collaboration_id, NOBODY) == "AccessDeniedException"
    assert seen(a, collaboration_id) == []
    assert code(seen_one, a, collaboration_id, NOBODY) == "ResourceNotFoundException"


def test_an_association_of_a_removed_member_is_its_own_only(a, b, collaboration_id, memberships):
    association = add_namespace(b, memberships[B], namespace(B))
    a.delete_member(collaborationIdentifier=collaboration_id, accountId=B)
    assert seen(a, collaboration_id) == []
    assert code(seen_one, a, collaboration_id, association["id"]) == "ResourceNotFoundException"
    assert get(b, memberships[B], association["id"]) == association
    assert refusal(add_namespace, b, memberships[B], namespace(B, "x"))["reason"] == (
        "INVALID_STATE"
    )
    assert code(update, b, memberships[B], association) == "AccessDeniedException"
    answer = refusal(b.delete_membership, membershipIdentifier=memberships[B])
    assert f"ID namespace association {association['id']}" in answer["Error"]["Message"]
    delete(b, memberships[B], association)
    b.delete_membership(membershipIdentifier=memberships[B])


def test_associations_have_tags(membership_mock, a, b, memberships):
    arn = add_namespace(b, memberships[B], namespace(B), tags={"Env": "test"})["arn"]
    b.tag_resource(resourceArn=arn, tags={"Team": "blue"})
    b.untag_resource(resourceArn=arn, tagKeys=["Env"])
    assert b.list_tags_for_resource(resourceArn=arn)["tags"] == {"Team": "blue"}
    assert code(a.list_tags_for_resource, resourceArn=arn) == "ResourceNotFoundException"
    tagging = membership_mock.client("resourcegroupstaggingapi", account=B, region=REGION)
    found = tagging.get_resources(ResourceTypeFilters=["cleanrooms:idnamespaceassociation"])
    assert [each["ResourceARN"] for each in found["ResourceTagMappingList"]] == [arn]


def test_associations_are_limited(membership_mock, b, memberships):
    for number in range(10):
        add_namespace(b, memberships[B], namespace(B, f"n{number}"))
    answer = refusal(add_namespace, b, memberships[B], namespace(B, "more"))
    assert answer["Error"]["Code"] == "ServiceQuotaExceededException"
    assert answer["quotaName"] == "ID namespace associations per membership"
    membership_mock.quotas.set("cleanrooms", "L-6359BE00", 11, account=B)
    add_namespace(b, memberships[B], namespace(B, "more"))


def test_show_names_the_association(membership_mock, capsys, b, memberships):
    add_namespace(b, memberships[B], namespace(B))
    membership_mock.show()
    assert "ID namespace association 'source' (SOURCE)" in capsys.readouterr().out
