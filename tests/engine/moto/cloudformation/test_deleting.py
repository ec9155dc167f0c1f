"""A stack is deleted with its resources, those that others need last."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.engine.cloudformation.resource_samples import (
    ADMIN,
    AGGREGATOR,
    CENTRAL,
    MANAGEMENT,
    PARTNER,
    POLICY,
    REGION,
)
from tests.engine.moto.cloudformation.stack_samples import COLLABORATION, HUB, MEMBERSHIP, insight


def events_of(stack: Any, identifier: str) -> list[str]:
    found = stack.cloudformation.describe_stack_events(StackName=identifier)["StackEvents"]
    return [f"{each['LogicalResourceId']} {each['ResourceStatus']}" for each in reversed(found)]


def test_the_order_is_the_reverse_of_creation(membership_mock: Any, stack: Any) -> None:
    membership_mock.organization({"admin": ADMIN, "partner": PARTNER}, management=MANAGEMENT)
    management = membership_mock.client("securityhub", account=MANAGEMENT, region=REGION)
    management.enable_organization_admin_account(AdminAccountId=ADMIN)
    association = {
        "Type": "AWS::SecurityHub::PolicyAssociation",
        "Properties": {
            "ConfigurationPolicyId": {"Fn::GetAtt": ["Policy", "Id"]},
            "TargetId": PARTNER,
            "TargetType": "ACCOUNT",
        },
    }
    stack.create(
        {
            "Association": association,
            "Policy": POLICY,
            "Central": CENTRAL,
            "Aggregator": AGGREGATOR,
        }
    )
    assert stack.status == "CREATE_COMPLETE", stack.story
    identifier = stack.described["StackId"]
    stack.cloudformation.delete_stack(StackName="it")
    ended = events_of(stack, identifier)
    order = [each for each in ended if each.endswith("DELETE_COMPLETE")]
    assert order == [
        "Association DELETE_COMPLETE",
        "Policy DELETE_COMPLETE",
        "Central DELETE_COMPLETE",
        "Aggregator DELETE_COMPLETE",
        "it DELETE_COMPLETE",
    ]


def test_a_resource_that_is_gone_already_is_no_failure(stack: Any, hub: Any) -> None:
    stack.create({"Hub": HUB, "Insight": insight(), "Other": insight("other")})
    hub.delete_insight(InsightArn=stack.resources["Insight"])
    hub.disable_security_hub()
    identifier = stack.described["StackId"]
    stack.cloudformation.delete_stack(StackName="it")
    assert events_of(stack, identifier)[-1] == "it DELETE_COMPLETE"


def test_retained_resources_stay(stack: Any, hub: Any) -> None:
    stack.create({"Hub": {**HUB, "DeletionPolicy": "Retain"}, "Insight": insight()})
    identifier = stack.described["StackId"]
    stack.cloudformation.delete_stack(StackName="it")
    assert "Hub DELETE_SKIPPED" in events_of(stack, identifier)
    assert hub.describe_hub()["HubArn"]
    assert hub.get_insights()["Insights"] == []


def test_a_resource_that_cannot_be_deleted_keeps_the_stack(
    membership_mock: Any, stack: Any
) -> None:
    joined = {key: text for key, text in MEMBERSHIP.items() if key != "DeletionPolicy"}
    stack.create({"Collaboration": COLLABORATION, "Membership": joined})
    stack.cloudformation.delete_stack(StackName="it")
    assert stack.status == "DELETE_FAILED"
    assert stack.reason("it") == "The following resource(s) failed to delete: [Membership]. "
    assert "HandlerErrorCode: AlreadyExists" in stack.reason("Membership")
    assert stack.resources.keys() == {"Collaboration", "Membership"}
    assert "Collaboration DELETE_IN_PROGRESS" not in stack.story
    stack.cloudformation.delete_stack(StackName="it", RetainResources=["Membership"])
    with pytest.raises(ClientError, match="does not exist"):
        stack.cloudformation.describe_stacks(StackName="it")
    rooms = membership_mock.client("cleanrooms", account=ADMIN, region=REGION)
    [left] = rooms.list_memberships()["membershipSummaries"]
    assert left["status"] == "COLLABORATION_DELETED"


def test_a_reset_forgets_stacks(membership_mock: Any, stack: Any) -> None:
    stack.create({"Hub": HUB})
    membership_mock.reset()
    assert stack.cloudformation.list_stacks()["StackSummaries"] == []
    assert stack.create({"Hub": HUB})["StackStatus"] == "CREATE_COMPLETE"


def test_after_a_restore_a_stack_can_still_be_deleted(
    membership_mock: Any, stack: Any, hub: Any
) -> None:
    snapshot = membership_mock.snapshot()
    stack.create({"Hub": HUB, "Insight": insight()})
    membership_mock.restore(snapshot)
    with pytest.raises(hub.exceptions.InvalidAccessException):
        hub.describe_hub()
    stack.cloudformation.delete_stack(StackName="it")
    assert stack.cloudformation.describe_stacks()["Stacks"] == []
