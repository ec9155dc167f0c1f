"""Stacks of moto's resources alone stay moto's, and moto's resources live in stacks of ours."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.engine.cloudformation.resource_samples import ADMIN, PARTNER, REGION
from tests.engine.moto.cloudformation.conftest import body
from tests.engine.moto.cloudformation.stack_samples import HUB, bucket, insight, target


def test_a_stack_of_motos_resources_is_motos(membership_mock: Any, stack: Any) -> None:
    stack.create({"Bucket": bucket()})
    stack.cloudformation.create_change_set(
        StackName="it",
        ChangeSetName="change",
        ChangeSetType="UPDATE",
        TemplateBody=body({"Bucket": bucket(), "Topic": {"Type": "AWS::SNS::Topic"}}),
    )
    stack.cloudformation.execute_change_set(StackName="it", ChangeSetName="change")
    assert stack.status == "UPDATE_COMPLETE"
    assert stack.resources.keys() == {"Bucket", "Topic"}
    stack.cloudformation.delete_stack(StackName="it")
    s3 = membership_mock.client("s3", account=ADMIN)
    assert s3.list_buckets()["Buckets"] == []


def test_a_stack_of_motos_takes_a_resource_of_ours(stack: Any, hub: Any) -> None:
    stack.create({"Bucket": bucket()})
    stack.update({"Bucket": bucket(), "Hub": HUB})
    assert stack.status == "UPDATE_COMPLETE"
    assert hub.describe_hub()["HubArn"] == stack.resources["Hub"]
    stack.update({"Bucket": bucket()})
    with pytest.raises(hub.exceptions.InvalidAccessException):
        hub.describe_hub()


def test_a_change_of_type_is_a_replacement(stack: Any) -> None:
    stack.create({"Hub": HUB, "It": insight()})
    stack.cloudformation.create_change_set(
        StackName="it",
        ChangeSetName="change",
        ChangeSetType="UPDATE",
        TemplateBody=body({"Hub": HUB, "It": target()}),
    )
    shown = stack.cloudformation.describe_change_set(StackName="it", ChangeSetName="change")
    [change] = [each["ResourceChange"] for each in shown["Changes"]]
    assert (change["Action"], change["Replacement"]) == ("Modify", "True")


def test_resources_of_ec2_get_motos_tags(membership_mock: Any, stack: Any) -> None:
    vpc = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
    stack.create({"Hub": HUB, "Vpc": vpc}, Tags=[{"Key": "stage", "Value": "test"}])
    ec2 = membership_mock.client("ec2", account=ADMIN, region=REGION)
    [found] = ec2.describe_vpcs(VpcIds=[stack.resources["Vpc"]])["Vpcs"]
    tags = {each["Key"]: each["Value"] for each in found["Tags"]}
    assert tags["aws:cloudformation:logical-id"] == "Vpc"
    assert tags["stage"] == "test"


def test_a_resource_of_motos_that_is_refused_rolls_ours_back(
    membership_mock: Any, stack: Any, hub: Any
) -> None:
    membership_mock.client("s3", account=PARTNER, region="us-east-1").create_bucket(Bucket="taken")
    stack.create({"Hub": HUB, "Bucket": bucket("taken")})
    assert stack.status == "ROLLBACK_COMPLETE"
    assert "The requested bucket name is not available" in str(stack.events)
    with pytest.raises(hub.exceptions.InvalidAccessException):
        hub.describe_hub()


@pytest.mark.parametrize(
    "template",
    ["Resources: [AWS::SecurityHub::Hub", "{ Resources: { Hub: AWS::SecurityHub::Hub } "],
)
def test_a_template_that_is_none_is_left_to_moto(stack: Any, template: str) -> None:
    with pytest.raises((ClientError, ValueError)):
        stack.cloudformation.create_stack(StackName="it", TemplateBody=template)
    assert stack.cloudformation.list_stacks()["StackSummaries"] == []


def test_yaml_may_begin_with_a_brace(stack: Any) -> None:
    stack.cloudformation.create_stack(
        StackName="it", TemplateBody="{ Resources: { Hub: { Type: AWS::SecurityHub::Hub } } }"
    )
    assert stack.status == "CREATE_COMPLETE"


def test_what_a_failed_deletion_needs_is_left_as_well(
    membership_mock: Any, stack: Any, hub: Any
) -> None:
    middle = {**insight("middle"), "DependsOn": "Target"}
    stack.create({"Hub": HUB, "Target": target(), "Middle": middle, "Other": insight("other")})
    membership_mock.fail("securityhub.DeleteInsight", "InternalException", where=is_middle(stack))
    stack.cloudformation.delete_stack(StackName="it")
    assert stack.status == "DELETE_FAILED"
    assert stack.resources.keys() == {"Hub", "Target", "Middle"}
    assert stack.reason("it") == "The following resource(s) failed to delete: [Middle]. "


def is_middle(stack: Any) -> Any:
    arn = stack.resources["Middle"]
    return lambda call: call.parameters["InsightArn"] == arn


def test_stacks_of_many_accounts_at_once_stay_apart(membership_mock: Any, stack_in: Any) -> None:
    accounts = [str(number) * 12 for number in range(2, 8)]
    stacks = [stack_in(account) for account in accounts]
    with ThreadPoolExecutor(6) as pool:
        statuses = list(
            pool.map(
                lambda each: each.create({"Hub": HUB, "Insight": insight()})["StackStatus"], stacks
            )
        )
    assert statuses == ["CREATE_COMPLETE"] * 6
    for account, each in zip(accounts, stacks, strict=True):
        assert f":{account}:" in each.resources["Hub"]
        assert len(membership_mock.calls.filter("CreateInsight", account=account)) == 1
