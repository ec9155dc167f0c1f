"""Change sets say what would change, and change it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.engine.moto.cloudformation.conftest import body
from tests.engine.moto.cloudformation.stack_samples import HUB, insight, target

PARAMETER = {"Name": {"Type": "String", "Default": "first"}}


def change_set(stack: Any, template: str, kind: str, **options: Any) -> dict[str, Any]:
    """Create a change set, and return it."""
    stack.cloudformation.create_change_set(
        StackName="it",
        ChangeSetName="change",
        ChangeSetType=kind,
        TemplateBody=template,
        **options,
    )
    return dict(stack.cloudformation.describe_change_set(StackName="it", ChangeSetName="change"))


def execute(stack: Any) -> str:
    """Execute the change set, and return how that ended."""
    stack.cloudformation.execute_change_set(StackName="it", ChangeSetName="change")
    found = stack.cloudformation.describe_change_set(StackName="it", ChangeSetName="change")
    return str(found["ExecutionStatus"])


def changes(described: dict[str, Any]) -> set[tuple[str, str, str | None]]:
    found = [each["ResourceChange"] for each in described["Changes"]]
    return {(e["Action"], e["LogicalResourceId"], e.get("Replacement")) for e in found}


def test_a_change_set_creates_a_stack(stack: Any, hub: Any) -> None:
    template = body(
        {"Hub": HUB, "Insight": insight({"Ref": "Name"})},
        Parameters_=PARAMETER,
        Outputs={"Hub": {"Value": {"Ref": "Hub"}, "Export": {"Name": "hub"}}},
    )
    described = change_set(
        stack,
        template,
        "CREATE",
        Parameters=[{"ParameterKey": "Name", "ParameterValue": "given"}],
        Tags=[{"Key": "stage", "Value": "test"}],
    )
    assert changes(described) == {("Add", "Hub", None), ("Add", "Insight", None)}
    with pytest.raises(hub.exceptions.InvalidAccessException):
        hub.describe_hub()
    assert execute(stack) == "EXECUTE_COMPLETE"
    assert stack.status == "CREATE_COMPLETE"
    arn = hub.describe_hub()["HubArn"]
    assert stack.outputs == {"Hub": arn}
    assert hub.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"stage": "test"}
    assert hub.get_insights()["Insights"][0]["Name"] == "given"
    [export] = stack.cloudformation.list_exports()["Exports"]
    assert export["Value"] == arn


def test_a_change_set_that_creates_a_stack_in_vain_rolls_back(stack: Any, hub: Any) -> None:
    change_set(stack, body({"Hub": HUB, "Wrong": insight(Nam="x")}), "CREATE")
    assert execute(stack) == "EXECUTE_FAILED"
    assert stack.status == "ROLLBACK_COMPLETE"
    with pytest.raises(hub.exceptions.InvalidAccessException):
        hub.describe_hub()


def test_a_change_set_tells_what_it_replaces(stack: Any, hub: Any) -> None:
    stack.create(
        {"Hub": HUB, "Kept": insight(), "Moved": target("One"), "Gone": insight("gone")},
    )
    old = stack.resources
    described = change_set(
        stack,
        body({"Hub": HUB, "Kept": insight("new"), "Moved": target("Two"), "New": insight("n")}),
        "UPDATE",
    )
    assert {each[:2] for each in changes(described)} == {
        ("Modify", "Kept"),
        ("Modify", "Moved"),
        ("Remove", "Gone"),
        ("Add", "New"),
    }
    shown = {
        each["ResourceChange"]["LogicalResourceId"]: each["ResourceChange"]
        for each in described["Changes"]
    }
    assert shown["Kept"].get("Replacement") == "False"
    assert shown["Moved"].get("Replacement") == "True"
    assert shown["Gone"]["PhysicalResourceId"] == old["Gone"]
    assert stack.resources == old
    assert execute(stack) == "EXECUTE_COMPLETE"
    assert stack.status == "UPDATE_COMPLETE"
    assert {each["Name"] for each in hub.get_insights()["Insights"]} == {"new", "n"}


def test_a_change_of_a_parameter_is_a_change(stack: Any, hub: Any) -> None:
    template = body(
        {"Hub": HUB, "Target": target({"Ref": "Name"}), "Insight": insight()},
        Parameters_=PARAMETER,
    )
    stack.cloudformation.create_stack(StackName="it", TemplateBody=template)
    described = change_set(
        stack,
        template,
        "UPDATE",
        Parameters=[{"ParameterKey": "Name", "ParameterValue": "Second"}],
    )
    assert changes(described) == {("Modify", "Target", "Conditional")}
    assert execute(stack) == "EXECUTE_COMPLETE"
    [found] = hub.describe_action_targets()["ActionTargets"]
    assert found["ActionTargetArn"].endswith("/Second")


def test_a_change_set_that_fails_leaves_the_stack_as_it_was(
    membership_mock: Any, stack: Any, hub: Any
) -> None:
    stack.create({"Hub": HUB, "Insight": insight("old")})
    change_set(stack, body({"Hub": HUB, "Insight": insight("new"), "Target": target()}), "UPDATE")
    membership_mock.fail("securityhub.CreateActionTarget", "LimitExceededException")
    assert execute(stack) == "EXECUTE_FAILED"
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert hub.get_insights()["Insights"][0]["Name"] == "old"


def test_a_change_set_is_executed_once(stack: Any) -> None:
    change_set(stack, body({"Hub": HUB}), "CREATE")
    assert execute(stack) == "EXECUTE_COMPLETE"
    with pytest.raises(
        ClientError, match=r"current execution status of \[EXECUTE_COMPLETE\]"
    ) as no:
        execute(stack)
    assert no.value.response["Error"]["Code"] == "InvalidChangeSetStatus"
    assert stack.status == "CREATE_COMPLETE"


def test_a_change_set_without_changes_cannot_be_executed(stack: Any) -> None:
    stack.create({"Hub": HUB})
    assert change_set(stack, body({"Hub": HUB}), "UPDATE")["Status"] == "FAILED"
    with pytest.raises(
        ClientError, match=r"cannot be executed in its current status of \[FAILED\]"
    ):
        execute(stack)
    assert stack.status == "CREATE_COMPLETE"
