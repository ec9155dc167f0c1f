"""Tags, by the service itself and by the Resource Groups Tagging API."""

import pytest

from tests.cleanrooms.collaboration_samples import (
    NOBODY,
    STRANGER,
    A,
    B,
    join,
    member,
    new_collaboration,
    refusal,
)


def tags(client, arn):
    return client.list_tags_for_resource(resourceArn=arn)["tags"]


@pytest.fixture
def arns(clients):
    """ARNs of a collaboration of A and a membership of B, each with a tag from its creation."""
    room = new_collaboration(clients[A], member(B), tags={"Env": "test"})
    return {A: room["arn"], B: join(clients[B], room["id"], tags={"Env": "test"})["arn"]}


@pytest.mark.parametrize("account", [A, B])
def test_tags_are_added_changed_and_removed(clients, arns, account):
    client, arn = clients[account], arns[account]
    client.tag_resource(resourceArn=arn, tags={"Env": "live", "Team": "blue"})
    assert tags(client, arn) == {"Env": "live", "Team": "blue"}
    client.untag_resource(resourceArn=arn, tagKeys=["Env", "Absent"])
    assert tags(client, arn) == {"Team": "blue"}


def test_tags_do_not_show_in_the_resource(clients, arns):
    (item,) = clients[B].list_memberships()["membershipSummaries"]
    assert "tags" not in clients[B].get_membership(membershipIdentifier=item["id"])["membership"]


@pytest.mark.parametrize("account", [B, STRANGER])
def test_tags_of_a_collaboration_are_its_creators_only(clients, arns, account):
    answer = refusal(clients[account].list_tags_for_resource, resourceArn=arns[A])
    assert answer["Error"]["Code"] == "ResourceNotFoundException"
    assert answer["resourceType"] == "COLLABORATION"
    assert answer["resourceId"] in arns[A]


def test_tags_of_nothing_are_not_found(a):
    arn = f"arn:aws:cleanrooms:eu-west-1:{A}:configuredtable/{NOBODY}"
    answer = refusal(a.tag_resource, resourceArn=arn, tags={"a": "b"})
    assert (answer["resourceType"], answer["resourceId"]) == ("CONFIGURED_TABLE", NOBODY)


def test_tags_of_another_account_or_region_in_the_arn_are_not_found(a, arns):
    for arn in (arns[A].replace(A, B), arns[A].replace("eu-west-1", "us-east-1")):
        answer = refusal(a.list_tags_for_resource, resourceArn=arn)
        assert answer["Error"]["Code"] == "ResourceNotFoundException"


def test_tags_refuse_reserved_keys(a, arns):
    answer = refusal(a.tag_resource, resourceArn=arns[A], tags={"aws:x": "y"})
    assert answer["fieldList"][0]["name"] == "tags"
    answer = refusal(a.untag_resource, resourceArn=arns[A], tagKeys=["aws:x"])
    assert answer["fieldList"][0]["name"] == "tagKeys"


def test_tags_stop_at_two_hundred(a, arns):
    a.tag_resource(resourceArn=arns[A], tags={str(number): "" for number in range(199)})
    answer = refusal(a.tag_resource, resourceArn=arns[A], tags={"one": "", "more": ""})
    assert answer["Error"]["Code"] == "ValidationException"
    assert len(tags(a, arns[A])) == 200


def test_tags_are_gone_with_the_resource(clients, arns):
    (item,) = clients[A].list_collaborations()["collaborationList"]
    clients[A].delete_collaboration(collaborationIdentifier=item["id"])
    answer = refusal(clients[A].list_tags_for_resource, resourceArn=arns[A])
    assert answer["Error"]["Code"] == "ResourceNotFoundException"


def test_tagging_api_finds_and_changes_the_resources_of_an_account(membership_mock, clients, arns):
    for account, kind in ((A, "cleanrooms:collaboration"), (B, "cleanrooms:membership")):
        tagging = membership_mock.client(
            "resourcegroupstaggingapi", account=account, region="eu-west-1"
        )
        for filters in (["cleanrooms"], [kind]):
            found = tagging.get_resources(ResourceTypeFilters=filters)
            assert [each["ResourceARN"] for each in found["ResourceTagMappingList"]] == [
                arns[account]
            ]
        tagging.tag_resources(ResourceARNList=[arns[account]], Tags={"Team": "blue"})
        tagging.untag_resources(ResourceARNList=[arns[account]], TagKeys=["Env"])
        assert tags(clients[account], arns[account]) == {"Team": "blue"}


def test_tagging_api_reaches_what_a_membership_owns(membership_mock, b, memberships):
    arn = b.create_analysis_template(
        membershipIdentifier=memberships[B], name="count", format="SQL",
        source={"text": "SELECT COUNT(*) FROM orders"}, tags={"Env": "test"},
    )["analysisTemplate"]["arn"]  # fmt: skip
    tagging = membership_mock.client("resourcegroupstaggingapi", account=B, region="eu-west-1")
    tagging.tag_resources(ResourceARNList=[arn], Tags={"Team": "blue"})
    (found,) = tagging.get_resources(ResourceTypeFilters=["cleanrooms"])["ResourceTagMappingList"]
    assert found["ResourceARN"] == arn
    assert {tag["Key"]: tag["Value"] for tag in found["Tags"]} == {"Env": "test", "Team": "blue"}
