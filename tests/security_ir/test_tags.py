"""Tags of memberships and cases."""

from datetime import datetime, timezone

import pytest

TEAM = [
    {"name": "Alice", "jobTitle": "CEO", "email": "alice@example.com"},
    {"name": "Bob Jones", "jobTitle": "Security Responder", "email": "bob@example.com"},
]


@pytest.fixture
def client(membership_mock):
    return membership_mock.client("security-ir", account="111111111111", region="eu-west-1")


@pytest.fixture
def membership_id(client):
    created = client.create_membership(
        membershipName="Example", incidentResponseTeam=TEAM, tags={"team": "blue"}
    )
    return created["membershipId"]


def membership_arn(membership_id, account="111111111111", region="eu-west-1"):
    return f"arn:aws:security-ir:{region}:{account}:membership/{membership_id}"


@pytest.fixture(params=["membership", "case"])
def arn(request, client, membership_id):
    """The ARN of a resource that was created with the tag team=blue."""
    if request.param == "membership":
        return membership_arn(membership_id)
    case_id = client.create_case(
        resolverType="Self",
        title="Title",
        description="Description",
        engagementType="Investigation",
        reportedIncidentStartDate=datetime(2026, 3, 14, tzinfo=timezone.utc),
        impactedAccounts=[],
        watchers=[],
        tags={"team": "blue"},
    )["caseId"]
    return f"arn:aws:security-ir:eu-west-1:111111111111:case/{case_id}"


def tags(client, arn):
    return client.list_tags_for_resource(resourceArn=arn)["tags"]


def test_list_tags_for_resource_shows_the_tags_given_at_creation(client, arn):
    assert tags(client, arn) == {"team": "blue"}


def test_list_tags_for_resource_shows_an_empty_map_without_tags(membership_mock):
    client = membership_mock.client("security-ir", account="222222222222", region="us-east-1")
    created = client.create_membership(membershipName="Example", incidentResponseTeam=TEAM)
    arn = membership_arn(created["membershipId"], "222222222222", "us-east-1")
    assert tags(client, arn) == {}


def test_tag_resource_adds_keys_and_overwrites_equal_ones(client, arn):
    answer = client.tag_resource(resourceArn=arn, tags={"team": "red", "stage": ""})
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert tags(client, arn) == {"team": "red", "stage": ""}


def test_tag_resource_with_an_empty_map_changes_nothing(client, arn):
    client.tag_resource(resourceArn=arn, tags={})
    assert tags(client, arn) == {"team": "blue"}


def test_untag_resource_removes_present_keys_and_ignores_absent_ones(client, arn):
    client.tag_resource(resourceArn=arn, tags={"stage": "prod"})
    answer = client.untag_resource(resourceArn=arn, tagKeys=["team", "absent"])
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert tags(client, arn) == {"stage": "prod"}


@pytest.mark.parametrize("key", ["aws:owner", "AWS:Owner"])
def test_tag_resource_refuses_reserved_keys(client, arn, key):
    with pytest.raises(client.exceptions.ValidationException) as refusal:
        client.tag_resource(resourceArn=arn, tags={"stage": "prod", key: "me"})
    assert [field["name"] for field in refusal.value.response["fieldList"]] == ["tags"]
    assert tags(client, arn) == {"team": "blue"}


def test_untag_resource_refuses_reserved_keys(client, arn):
    with pytest.raises(client.exceptions.ValidationException) as refusal:
        client.untag_resource(resourceArn=arn, tagKeys=["team", "aws:owner"])
    assert [field["name"] for field in refusal.value.response["fieldList"]] == ["tagKeys"]
    assert tags(client, arn) == {"team": "blue"}


def test_tag_resource_refuses_more_tags_than_a_resource_can_carry(client, arn):
    client.tag_resource(resourceArn=arn, tags={f"key{number}": "" for number in range(199)})
    with pytest.raises(client.exceptions.ValidationException, match="200 tags"):
        client.tag_resource(resourceArn=arn, tags={"one": "too many"})
    client.tag_resource(resourceArn=arn, tags={"team": "red"})
    assert len(tags(client, arn)) == 200


@pytest.mark.parametrize(
    ("account", "region"), [("222222222222", "eu-west-1"), ("111111111111", "us-east-1")]
)
def test_tags_cannot_be_reached_from_another_account_or_region(
    membership_mock, membership_id, account, region
):
    stranger = membership_mock.client("security-ir", account=account, region=region)
    guesses = (membership_arn(membership_id), membership_arn(membership_id, account, region))
    for arn in guesses:
        with pytest.raises(stranger.exceptions.ResourceNotFoundException):
            tags(stranger, arn)
        with pytest.raises(stranger.exceptions.ResourceNotFoundException):
            stranger.tag_resource(resourceArn=arn, tags={"team": "red"})
        with pytest.raises(stranger.exceptions.ResourceNotFoundException):
            stranger.untag_resource(resourceArn=arn, tagKeys=["team"])


@pytest.mark.parametrize(
    "resource", ["membership/m-aaaaaaaaaaaaaaaaaaaa", "case/0123456789"], ids=["membership", "case"]
)
def test_list_tags_for_resource_does_not_find_an_unknown(client, membership_id, resource):
    arn = f"arn:aws:security-ir:eu-west-1:111111111111:{resource}"
    with pytest.raises(client.exceptions.ResourceNotFoundException) as refusal:
        tags(client, arn)
    assert arn in refusal.value.response["Error"]["Message"]


def test_list_tags_for_resource_refuses_an_arn_of_something_else(client):
    with pytest.raises(client.exceptions.ValidationException) as refusal:
        tags(client, "arn:aws:s3:::a-bucket-of-mine")
    assert refusal.value.response["reason"] == "FIELD_VALIDATION_FAILED"


def test_tags_of_a_cancelled_membership_can_be_changed(client, membership_id):
    client.cancel_membership(membershipId=membership_id)
    arn = membership_arn(membership_id)
    client.tag_resource(resourceArn=arn, tags={"stage": "past"})
    client.untag_resource(resourceArn=arn, tagKeys=["team"])
    assert tags(client, arn) == {"stage": "past"}


def test_get_resources_of_the_tagging_api_finds_a_tagged_membership(membership_mock, membership_id):
    api = membership_mock.client(
        "resourcegroupstaggingapi", account="111111111111", region="eu-west-1"
    )
    found = api.get_resources(ResourceTypeFilters=["security-ir:membership"])
    assert found["ResourceTagMappingList"] == [
        {
            "ResourceARN": membership_arn(membership_id),
            "Tags": [{"Key": "team", "Value": "blue"}],
        }
    ]


def test_tag_resources_of_the_tagging_api_changes_a_membership(
    membership_mock, client, membership_id
):
    api = membership_mock.client(
        "resourcegroupstaggingapi", account="111111111111", region="eu-west-1"
    )
    arn = membership_arn(membership_id)
    assert (
        api.tag_resources(ResourceARNList=[arn], Tags={"stage": "prod"})["FailedResourcesMap"] == {}
    )
    api.untag_resources(ResourceARNList=[arn], TagKeys=["team"])
    assert tags(client, arn) == {"stage": "prod"}
