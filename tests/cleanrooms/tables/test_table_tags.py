"""Tables, associations and templates in the Resource Groups Tagging API."""

import pytest

from tests.cleanrooms.collaboration_samples import REGION, B
from tests.cleanrooms.table_samples import associate, new_table, sql_template


@pytest.fixture
def arns(b, memberships):
    tags = {"team": "sales"}
    table = new_table(b, tags=tags)
    association = associate(b, memberships[B], table["id"], tags=tags)
    template = sql_template(b, memberships[B], tags=tags)
    return {
        "configuredtable": table["arn"],
        "configuredtableassociation": association["arn"],
        "analysistemplate": template["arn"],
    }


@pytest.fixture
def tagging(membership_mock):
    return membership_mock.client("resourcegroupstaggingapi", account=B, region=REGION)


def found(tagging, **filters):
    answer = tagging.get_resources(**filters)
    return {
        each["ResourceARN"]: {tag["Key"]: tag["Value"] for tag in each["Tags"]}
        for each in answer["ResourceTagMappingList"]
    }


def test_get_resources_finds_what_a_member_owns(tagging, arns):
    filters = {"TagFilters": [{"Key": "team", "Values": ["sales"]}]}
    assert found(tagging, **filters) == {arn: {"team": "sales"} for arn in arns.values()}


@pytest.mark.parametrize("kind", ["configuredtable", "configuredtableassociation"])
def test_get_resources_filters_by_type(tagging, arns, kind):
    filters = {"ResourceTypeFilters": [f"cleanrooms:{kind}"]}
    assert set(found(tagging, **filters)) == {arns[kind]}


def test_tag_resources_changes_the_tags_that_the_service_shows(b, tagging, arns):
    answer = tagging.tag_resources(ResourceARNList=[arns["configuredtable"]], Tags={"cost": "7"})
    assert answer["FailedResourcesMap"] == {}
    tags = b.list_tags_for_resource(resourceArn=arns["configuredtable"])["tags"]
    assert tags == {"team": "sales", "cost": "7"}


def test_get_resources_shows_another_account_nothing(membership_mock, arns):
    other = membership_mock.client("resourcegroupstaggingapi", account="3" * 12, region=REGION)
    assert found(other) == {}
