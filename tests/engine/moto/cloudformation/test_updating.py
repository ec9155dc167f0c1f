"""A stack is updated in place or with replacements, or stays as it was."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from membership_mock.errors import UnexpectedCall
from tests.engine.cloudformation.resource_samples import ADMIN, BY_TYPE, COLLABORATION, REGION, ROOM
from tests.engine.moto.cloudformation.stack_samples import HUB, bucket, insight, target

PARAMETER = {"Name": {"Type": "String", "Default": "first"}}


def value(text: str) -> list[dict[str, str]]:
    return [{"ParameterKey": "Name", "ParameterValue": text}]


def after(story: list[str], before: list[str]) -> list[str]:
    assert story[: len(before)] == before
    return story[len(before) :]


def test_a_parameter_changes_what_refers_to_it_and_nothing_else(
    membership_mock: Any, stack: Any, hub: Any
) -> None:
    resources = {"Hub": HUB, "Insight": insight({"Ref": "Name"}), "Other": insight("other")}
    stack.create(resources, Parameters_=PARAMETER)
    before, calls = stack.story, len(membership_mock.calls)
    stack.cloudformation.update_stack(
        StackName="it", UsePreviousTemplate=True, Parameters=value("second")
    )
    assert stack.status == "UPDATE_COMPLETE"
    assert after(stack.story, before) == ["Insight UPDATE_IN_PROGRESS", "Insight UPDATE_COMPLETE"]
    made = [
        call.operation
        for call in list(membership_mock.calls)[calls:]
        if call.service != "cloudformation"
    ]
    assert made == ["UpdateInsight", "GetInsights"]
    assert {each["Name"] for each in hub.get_insights()["Insights"]} == {"second", "other"}


def test_a_template_adds_changes_and_removes(membership_mock: Any, stack: Any, hub: Any) -> None:
    stack.create({"Hub": HUB, "Gone": insight("gone"), "Changed": insight(), "Bucket": bucket()})
    before = stack.story
    stack.update({"Hub": HUB, "Changed": insight("changed"), "New": insight("new")})
    assert stack.status == "UPDATE_COMPLETE"
    assert after(stack.story, before) == [
        "Changed UPDATE_IN_PROGRESS",
        "Changed UPDATE_COMPLETE",
        "New CREATE_IN_PROGRESS",
        "New CREATE_IN_PROGRESS",
        "New CREATE_COMPLETE",
        "Bucket DELETE_IN_PROGRESS",
        "Bucket DELETE_COMPLETE",
        "Gone DELETE_IN_PROGRESS",
        "Gone DELETE_COMPLETE",
    ]
    assert stack.statuses[-3:] == [
        "UPDATE_IN_PROGRESS",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_COMPLETE",
    ]
    assert {each["Name"] for each in hub.get_insights()["Insights"]} == {"changed", "new"}
    assert membership_mock.client("s3", account=ADMIN).list_buckets()["Buckets"] == []
    assert stack.resources.keys() == {"Hub", "Changed", "New"}


def test_a_create_only_property_replaces_the_resource(
    membership_mock: Any, stack: Any, hub: Any
) -> None:
    outputs = {"Outputs": {"Target": {"Value": {"Ref": "Target"}}}}
    refers = insight({"Ref": "Target"})
    stack.create({"Hub": HUB, "Target": target("One"), "Insight": refers}, **outputs)
    before, old = stack.story, stack.outputs["Target"]
    stack.update({"Hub": HUB, "Target": target("Two"), "Insight": refers}, **outputs)
    assert after(stack.story, before) == [
        "Target UPDATE_IN_PROGRESS",
        "Target UPDATE_IN_PROGRESS",
        "Target UPDATE_COMPLETE",
        "Insight UPDATE_IN_PROGRESS",
        "Insight UPDATE_COMPLETE",
        "Target DELETE_IN_PROGRESS",
        "Target DELETE_COMPLETE",
    ]
    assert (
        "Requested update requires the creation of a new physical resource; hence creating one."
        in str(stack.events)
    )
    new = stack.outputs["Target"]
    assert new == old.replace("/One", "/Two")
    assert [each["ActionTargetArn"] for each in hub.describe_action_targets()["ActionTargets"]] == [
        new
    ]
    assert hub.get_insights()["Insights"][0]["Name"] == new


def test_types_that_cannot_exist_twice_are_deleted_first(membership_mock: Any, stack: Any) -> None:
    sample = BY_TYPE["AWS::CleanRooms::AnalysisTemplate"]
    stack.create({**ROOM, "It": sample.resource()})
    old = stack.resources["It"]
    stack.update({**ROOM, "It": sample.resource(Source={"Text": "SELECT city FROM orders"})})
    assert stack.status == "UPDATE_COMPLETE", stack.story
    operations = [call.operation for call in membership_mock.calls if "Template" in call.operation]
    assert operations[-3:] == [
        "DeleteAnalysisTemplate",
        "CreateAnalysisTemplate",
        "GetAnalysisTemplate",
    ]
    assert stack.resources["It"] != old


def test_what_is_replaced_or_removed_can_be_retained(stack: Any, hub: Any) -> None:
    kept = {"UpdateReplacePolicy": "Retain"}
    stack.create(
        {
            "Hub": HUB,
            "Target": {**target("One"), **kept},
            "Gone": {**insight("gone"), "DeletionPolicy": "Retain"},
        }
    )
    stack.update({"Hub": HUB, "Target": {**target("Two"), **kept}})
    assert stack.status == "UPDATE_COMPLETE"
    assert {"Target DELETE_SKIPPED", "Gone DELETE_SKIPPED"} <= set(stack.story)
    targets = hub.describe_action_targets()["ActionTargets"]
    assert {each["ActionTargetArn"].rpartition("/")[2] for each in targets} == {"One", "Two"}
    assert [each["Name"] for each in hub.get_insights()["Insights"]] == ["gone"]


def test_another_type_takes_the_place_of_a_resource(stack: Any, hub: Any) -> None:
    stack.create({"Hub": HUB, "It": insight()})
    stack.update({"Hub": HUB, "It": target()})
    assert stack.status == "UPDATE_COMPLETE"
    assert hub.get_insights()["Insights"] == []
    assert "action/custom/Ticket" in stack.resources["It"]


def test_a_refused_update_leaves_everything_as_it_was(
    membership_mock: Any, stack: Any, hub: Any
) -> None:
    outputs = {"Outputs": {"Insight": {"Value": {"Ref": "Insight"}}}}
    old = {
        "Hub": HUB,
        "Insight": insight("old"),
        "Target": target("One"),
        "Gone": insight("stays"),
        "Bucket": bucket(),
    }
    stack.create(old, **outputs)
    resources, shown = stack.resources, stack.outputs
    membership_mock.fail("securityhub.CreateAutomationRule", "LimitExceededException")
    rule = BY_TYPE["AWS::SecurityHub::AutomationRule"].resource()
    ended = stack.update(
        {
            "Hub": {**HUB, "Properties": {"AutoEnableControls": False}},
            "Insight": insight("new"),
            "Target": target("Two"),
            "New": insight("added"),
            "Bucket": bucket("other"),
            "Rule": rule,
        },
        **outputs,
    )
    assert ended["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "Rule CREATE_FAILED" in stack.story
    assert stack.statuses[-4:] == [
        "UPDATE_IN_PROGRESS",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE",
    ]
    assert "The following resource(s) failed to create: [Rule]. " in str(stack.events)
    assert {each["Name"] for each in hub.get_insights()["Insights"]} == {"old", "stays"}
    [kept] = hub.describe_action_targets()["ActionTargets"]
    assert kept["ActionTargetArn"].endswith("/One")
    assert stack.resources == resources
    assert stack.outputs == shown
    buckets = membership_mock.client("s3", account=ADMIN).list_buckets()["Buckets"]
    assert [each["Name"] for each in buckets] == ["evidence"]
    # and the stack can be updated again
    assert stack.update({**old, "Insight": insight("new")})["StackStatus"] == "UPDATE_COMPLETE"


def test_a_failed_replacement_brings_the_deleted_resource_back(
    membership_mock: Any, stack: Any
) -> None:
    sample = BY_TYPE["AWS::CleanRooms::AnalysisTemplate"]
    stack.create({**ROOM, "It": sample.resource()})
    membership_mock.fail("cleanrooms.CreateAnalysisTemplate", "ServiceQuotaExceededException")
    stack.update({**ROOM, "It": sample.resource(Name="other")})
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    identifier, _, membership = stack.resources["It"].partition("|")
    rooms = membership_mock.client("cleanrooms", account=ADMIN, region=REGION)
    found = rooms.get_analysis_template(
        membershipIdentifier=membership, analysisTemplateIdentifier=identifier
    )
    assert found["analysisTemplate"]["name"] == "cities"


def test_an_update_that_cannot_be_taken_back_says_so(
    membership_mock: Any, stack: Any, hub: Any
) -> None:
    stack.create({"Hub": HUB, "Insight": insight("old"), "Target": target()})
    membership_mock.fail("securityhub.UpdateActionTarget", "InternalException")
    membership_mock.fail(
        "securityhub.UpdateInsight",
        "InternalException",
        where=lambda call: call.parameters["Name"] == "old",
    )
    stack.update({"Hub": HUB, "Insight": insight("new"), "Target": target(name="new")})
    assert stack.status == "UPDATE_ROLLBACK_FAILED"
    assert hub.get_insights()["Insights"][0]["Name"] == "new"


def test_properties_that_do_not_fit_refuse_an_update(stack: Any, hub: Any) -> None:
    stack.create({"Hub": HUB, "Insight": insight("old")})
    stack.update({"Hub": HUB, "Insight": insight("new", Nam="x")})
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "#: extraneous key [Nam] is not permitted" in str(stack.events)
    assert hub.get_insights()["Insights"][0]["Name"] == "old"


def test_a_parameter_that_is_missing_refuses_the_update_at_once(stack: Any, hub: Any) -> None:
    stack.create({"Hub": HUB, "Insight": insight("old")})
    story = stack.story
    with pytest.raises(ClientError, match="Missing parameter Name"):
        stack.update(
            {"Hub": HUB, "Insight": insight({"Ref": "Name"})},
            Parameters_={"Name": {"Type": "String"}},
        )
    assert (stack.status, stack.story) == ("CREATE_COMPLETE", story)
    assert stack.update({"Hub": HUB, "Insight": insight("new")})["StackStatus"] == "UPDATE_COMPLETE"


def test_a_stack_that_was_rolled_back_cannot_be_updated(stack: Any) -> None:
    stack.create({"Wrong": {**insight(), "DependsOn": [], "Properties": {}}})
    with pytest.raises(ClientError, match="is in ROLLBACK_COMPLETE state and can not be updated"):
        stack.update({"Hub": HUB})


def test_tags_follow_the_template_and_the_stack(membership_mock: Any, stack: Any) -> None:
    def room(**tags: str) -> dict[str, Any]:
        given = [{"Key": key, "Value": text} for key, text in tags.items()]
        properties = {**COLLABORATION["Properties"], "Tags": given}
        return {"Room": {**COLLABORATION, "Properties": properties}}

    stack.create(room(team="blue", gone="x"), Tags=[{"Key": "stage", "Value": "test"}])
    calls = len(membership_mock.calls)
    stack.update(room(team="red"), Tags=[{"Key": "stage", "Value": "live"}])
    assert stack.status == "UPDATE_COMPLETE"
    made = [
        call.operation
        for call in list(membership_mock.calls)[calls:]
        if call.service != "cloudformation"
    ]
    assert made == ["UntagResource", "TagResource", "GetCollaboration"]
    rooms = membership_mock.client("cleanrooms", account=ADMIN, region=REGION)
    arn = rooms.list_collaborations()["collaborationList"][0]["arn"]
    assert rooms.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "red", "stage": "live"}


def test_a_condition_that_turns_removes_a_resource(stack: Any, hub: Any) -> None:
    sections = {
        "Parameters_": PARAMETER,
        "Conditions": {"First": {"Fn::Equals": [{"Ref": "Name"}, "first"]}},
    }
    resources = {"Hub": HUB, "Insight": {**insight(), "Condition": "First"}}
    stack.create(resources, **sections)
    assert len(hub.get_insights()["Insights"]) == 1
    stack.update(resources, **sections, Parameters=value("second"))
    assert stack.status == "UPDATE_COMPLETE"
    assert hub.get_insights()["Insights"] == []
    stack.update(resources, **sections, Parameters=value("first"))
    assert len(hub.get_insights()["Insights"]) == 1


def test_an_update_without_a_change_is_refused(stack: Any) -> None:
    resources = {"Hub": HUB, "Insight": insight({"Ref": "Name"})}
    stack.create(resources, Parameters_=PARAMETER, Parameters=value("first"))
    for options in ({}, {"Parameters": value("first")}):
        with pytest.raises(ClientError, match="No updates are to be performed"):
            stack.update(resources, Parameters_=PARAMETER, **options)
    assert stack.status == "CREATE_COMPLETE"
    tags = [{"Key": "stage", "Value": "test"}]
    ended = stack.update(resources, Parameters_=PARAMETER, Tags=tags)
    assert ended["StackStatus"] == "UPDATE_COMPLETE"


def test_a_mistake_of_the_test_is_raised_and_the_update_taken_back(
    membership_mock: Any, stack: Any, hub: Any
) -> None:
    stack.create({"Hub": HUB, "Insight": insight()})
    with (
        pytest.raises(UnexpectedCall, match="CreateActionTarget"),
        membership_mock.strict("cloudformation.*", "*Insight*"),
    ):
        stack.update({"Hub": HUB, "Insight": insight("changed"), "Target": target()})
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert [each["Name"] for each in hub.get_insights()["Insights"]] == ["high"]


def test_what_moto_stumbles_over_takes_the_update_back(stack: Any, hub: Any) -> None:
    stack.create({"Hub": HUB, "Insight": insight()})
    function = {"Type": "AWS::Lambda::Function", "Properties": {}, "DependsOn": "Insight"}
    stack.update({"Hub": HUB, "Insight": insight("changed"), "Function": function})
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "moto cannot read the properties: KeyError: 'Code'" in str(stack.events)
    assert [each["Name"] for each in hub.get_insights()["Insights"]] == ["high"]


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"Fn::FindInMap": ["No", "such", "map"]}, "moto cannot read the outputs: KeyError: 'No'"),
        ("x", "Export with name taken is already exported by stack other"),
    ],
    ids=["mapping", "export"],
)
def test_outputs_that_are_refused_take_the_update_back(
    stack_in: Any, stack: Any, hub: Any, value: Any, why: str
) -> None:
    export = {"Export": {"Name": "taken"}}
    stack_in(name="other").create({"Bucket": bucket()}, Outputs={"A": {"Value": "x", **export}})
    stack.create({"Hub": HUB, "Insight": insight()}, Outputs={"Hub": {"Value": {"Ref": "Hub"}}})
    changed = {"Hub": HUB, "Insight": insight("changed"), "New": insight("new")}
    stack.update(changed, Outputs={"B": {"Value": value, **export}})
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert why in str(stack.events)
    assert [each["Name"] for each in hub.get_insights()["Insights"]] == ["high"]
    assert stack.outputs == {"Hub": hub.describe_hub()["HubArn"]}
