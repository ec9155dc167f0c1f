"""A stack is created whole, or rolled back with AWS's reason."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from membership_mock.errors import UnexpectedCall
from tests.engine.cloudformation.resource_samples import ADMIN, PARTNER, REGION
from tests.engine.moto.cloudformation.stack_samples import (
    COLLABORATION,
    HUB,
    MEMBERSHIP,
    bucket,
    insight,
    target,
)

NOT_SUBSCRIBED = f"Account {ADMIN} is not subscribed to AWS Security Hub"


def test_a_refused_resource_rolls_the_stack_back(
    membership_mock: Any, stack: Any, hub: Any
) -> None:
    hub.enable_security_hub(EnableDefaultStandards=False)
    ended = stack.create({"Bucket": bucket(), "Target": target_alone(), "Hub": HUB})
    assert ended["StackStatus"] == "ROLLBACK_COMPLETE"
    assert stack.statuses == ["CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE"]
    assert stack.story == [
        "Bucket CREATE_IN_PROGRESS",
        "Bucket CREATE_COMPLETE",
        "Target CREATE_IN_PROGRESS",
        "Target CREATE_IN_PROGRESS",
        "Target CREATE_COMPLETE",
        "Hub CREATE_IN_PROGRESS",
        "Hub CREATE_FAILED",
        "Target DELETE_IN_PROGRESS",
        "Target DELETE_COMPLETE",
        "Bucket DELETE_IN_PROGRESS",
        "Bucket DELETE_COMPLETE",
    ]
    assert hub.describe_action_targets()["ActionTargets"] == []
    assert membership_mock.client("s3", account=ADMIN).list_buckets()["Buckets"] == []
    assert hub.describe_hub()["HubArn"], "the hub is not of the stack"
    assert stack.resources == {}


def target_alone() -> dict[str, Any]:
    return {key: value for key, value in target().items() if key != "DependsOn"}


def test_the_reason_is_that_of_the_service(membership_mock: Any, stack: Any, hub: Any) -> None:
    hub.enable_security_hub(EnableDefaultStandards=False)
    stack.create({"Hub": HUB})
    [call] = membership_mock.calls.filter("EnableSecurityHub", error="ResourceConflictException")
    assert re.fullmatch(
        r'Resource handler returned message: "Account is already subscribed to Security Hub'
        rf' \(Service: SecurityHub, Status Code: 409, Request ID: {call.request_id}\)"'
        r" \(RequestToken: [0-9a-f-]{36}, HandlerErrorCode: AlreadyExists\)",
        next(
            e["ResourceStatusReason"]
            for e in stack.events
            if e["LogicalResourceId"] == "Hub" and e["ResourceStatus"] == "CREATE_FAILED"
        ),
    )
    [rolled_back] = [e for e in stack.events if e["ResourceStatus"] == "ROLLBACK_IN_PROGRESS"]
    assert (
        rolled_back["ResourceStatusReason"]
        == "The following resource(s) failed to create: [Hub]. Rollback requested by user."
    )


def test_a_fault_rolls_the_stack_back(membership_mock: Any, stack: Any, hub: Any) -> None:
    fault = membership_mock.fail("securityhub.CreateInsight", "LimitExceededException")
    assert stack.create({"Hub": HUB, "Insight": insight()})["StackStatus"] == "ROLLBACK_COMPLETE"
    assert len(fault.fired) == 1
    assert "HandlerErrorCode: ServiceLimitExceeded" in str(stack.events)
    with pytest.raises(hub.exceptions.InvalidAccessException, match=NOT_SUBSCRIBED):
        hub.describe_hub()


def test_a_lost_connection_rolls_the_stack_back(membership_mock: Any, stack: Any) -> None:
    membership_mock.fail("securityhub.CreateInsight", "ReadTimeoutError")
    assert stack.create({"Hub": HUB, "Insight": insight()})["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "HandlerErrorCode: NetworkFailure" in str(stack.events)


def test_what_exists_by_then_is_deleted_too(membership_mock: Any, stack: Any, hub: Any) -> None:
    membership_mock.fail("securityhub.GetInsights", "InternalException")
    assert stack.create({"Hub": HUB, "Insight": insight()})["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "Insight DELETE_COMPLETE" in stack.story


@pytest.mark.parametrize(
    ("resource", "why"),
    [
        ({"Type": "AWS::Lambda::Function", "Properties": {}}, "KeyError: 'Code'"),
        (insight({"Fn::FindInMap": ["No", "such", "map"]}), "KeyError: 'No'"),
        (insight({"Fn::Select": [3, ["one"]]}), "IndexError: list index out of range"),
    ],
    ids=["property that moto needs", "mapping", "element"],
)
def test_what_moto_stumbles_over_rolls_the_stack_back(
    stack: Any, hub: Any, resource: dict[str, Any], why: str
) -> None:
    ended = stack.create({"Hub": HUB, "Wrong": {**resource, "DependsOn": "Hub"}})
    assert ended["StackStatus"] == "ROLLBACK_COMPLETE"
    assert stack.reason("Wrong") == f"moto cannot read the properties: {why}"
    with pytest.raises(hub.exceptions.InvalidAccessException, match=NOT_SUBSCRIBED):
        hub.describe_hub()


def test_an_output_that_moto_stumbles_over_rolls_the_stack_back(stack: Any, hub: Any) -> None:
    wrong = {"Name": {"Value": {"Fn::FindInMap": ["No", "such", "map"]}}}
    assert stack.create({"Hub": HUB}, Outputs=wrong)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "moto cannot read the outputs: KeyError: 'No'" in str(stack.events)
    with pytest.raises(hub.exceptions.InvalidAccessException, match=NOT_SUBSCRIBED):
        hub.describe_hub()


def test_a_mistake_of_the_test_is_raised_and_leaves_nothing_half_made(
    membership_mock: Any, stack: Any, hub: Any
) -> None:
    allowed = ("cloudformation.*", "*SecurityHub", "DescribeHub")
    with (
        pytest.raises(UnexpectedCall, match="CreateInsight"),
        membership_mock.strict(*allowed),
    ):
        stack.create({"Hub": HUB, "Insight": insight()})
    assert stack.status == "ROLLBACK_COMPLETE"
    with pytest.raises(hub.exceptions.InvalidAccessException, match=NOT_SUBSCRIBED):
        hub.describe_hub()


def test_what_cannot_be_deleted_does_not_hide_the_mistake(
    membership_mock: Any, stack: Any, hub: Any
) -> None:
    with (
        pytest.raises(UnexpectedCall, match="CreateInsight"),
        membership_mock.strict("cloudformation.*", "EnableSecurityHub", "DescribeHub"),
    ):
        stack.create({"Hub": HUB, "Insight": insight()})
    assert stack.status == "ROLLBACK_FAILED"
    stack.cloudformation.delete_stack(StackName="it")
    with pytest.raises(hub.exceptions.InvalidAccessException, match=NOT_SUBSCRIBED):
        hub.describe_hub()


@pytest.mark.parametrize("option", [{"DisableRollback": True}, {"OnFailure": "DO_NOTHING"}])
def test_a_stack_that_failed_can_be_kept(stack: Any, hub: Any, option: dict[str, Any]) -> None:
    wrong = insight(GroupByAttribute="x" * 5000)
    ended = stack.create({"Hub": HUB, "Insight": wrong}, **option)
    assert ended["StackStatus"] == "CREATE_FAILED"
    assert list(stack.resources) == ["Hub"]
    assert hub.describe_hub()["HubArn"]


def test_a_stack_that_failed_can_be_deleted(membership_mock: Any, stack: Any, hub: Any) -> None:
    membership_mock.fail("securityhub.CreateInsight", "LimitExceededException")
    cloudformation = stack.cloudformation
    answer = cloudformation.create_stack(
        StackName="it",
        TemplateBody=json.dumps({"Resources": {"Hub": HUB, "Insight": insight()}}),
        OnFailure="DELETE",
    )
    stack.name = answer["StackId"]
    assert stack.status == "DELETE_COMPLETE"
    with pytest.raises(ClientError, match="does not exist"):
        cloudformation.describe_stacks(StackName="it")


def test_what_is_rolled_back_keeps_what_is_retained(stack: Any, hub: Any) -> None:
    stack.create(
        {
            "Hub": {**HUB, "DeletionPolicy": "Retain"},
            "Kept": {**target(), "DeletionPolicy": "RetainExceptOnCreate"},
            "Wrong": {**insight(), "Properties": {}},
        }
    )
    assert stack.status == "ROLLBACK_COMPLETE"
    assert "Hub DELETE_SKIPPED" in stack.story
    assert "Kept DELETE_COMPLETE" in stack.story
    assert hub.describe_hub()["HubArn"]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"Nam": "x"}, "#: extraneous key [Nam] is not permitted"),
        ({"Name": {"Ref": "AWS::NoValue"}}, "#: required key [Name] not found"),
        ({"Name": ["x"]}, "#/Name: expected type: String, found: JSONArray"),
        ({"Filters": "all"}, "#/Filters: expected type: JSONObject, found: String"),
        (
            {"Filters": {"Id": [{"Value": "x", "Comparison": "LIKE"}]}},
            "#/Filters/Id/0/Comparison: LIKE is not a valid enum value",
        ),
        (
            {"Filters": {"Id": [{"Comparison": "EQUALS"}]}},
            "#/Filters/Id/0: required key [Value] not found",
        ),
    ],
)
def test_properties_that_do_not_fit_the_schema_are_refused(
    membership_mock: Any, stack: Any, changes: dict[str, Any], fault: str
) -> None:
    stack.create({"Hub": HUB, "Insight": insight(**changes)})
    assert stack.status == "ROLLBACK_COMPLETE"
    [failed] = [e for e in stack.events if e["ResourceStatus"] == "CREATE_FAILED"]
    assert failed["ResourceStatusReason"] == (
        f"Properties validation failed for resource Insight with message:\n{fault}"
    )
    membership_mock.calls.assert_not_called("CreateInsight")


def test_all_faults_of_a_resource_are_named(stack: Any) -> None:
    stack.create(
        {"Hub": HUB, "Wrong": {**insight(), "Properties": {"Nam": "x", "InsightArn": "y"}}}
    )
    [failed] = [e for e in stack.events if e["ResourceStatus"] == "CREATE_FAILED"]
    assert failed["ResourceStatusReason"].splitlines()[1:] == [
        "#/InsightArn: extraneous key [InsightArn] is not permitted",
        "#: required key [Filters] not found",
        "#: required key [Name] not found",
        "#: required key [GroupByAttribute] not found",
        "#: extraneous key [Nam] is not permitted",
    ]


@pytest.mark.parametrize(
    ("resources", "why"),
    [
        (
            {"Hub": HUB, "Insight": insight({"Ref": "Nam"})},
            "Template format error: Unresolved resource dependencies [Nam] in the Resources block of the template",
        ),
        (
            {"Hub": HUB, "Insight": insight({"Fn::GetAtt": ["Hub", "Arn"]})},
            "Template error: resource Hub does not support attribute type Arn in Fn::GetAtt",
        ),
        (
            {
                "Hub": HUB,
                "One": {**insight({"Fn::Sub": "${Two}"})},
                "Two": {**insight(), "DependsOn": ["One"]},
            },
            "Circular dependency between resources: [One, Two]",
        ),
        (
            {"Hub": HUB, "Other": {"Properties": {}}},
            "Template format error: [/Resources/Other] Every Resources object must contain a Type member.",
        ),
        (
            {"Hub": HUB, "Other": "bucket"},
            "Template format error: Any Resources member must be an object.",
        ),
        (
            {"Hub": {**HUB, "Properties": ["x"]}},
            "Template format error: [/Resources/Hub] Any Properties member must be an object.",
        ),
        (
            {"Hub": {**HUB, "Condition": "IsProd"}},
            "Template format error: Unresolved condition dependency IsProd in the Resources block of the template",
        ),
        (
            {"Hub": HUB, "Insight": insight({"Fn::GetAtt": ["Hub"]})},
            "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute",
        ),
        (
            {"Hub": HUB, "Insight": insight({"Fn::Sub": ["${Hub}"]})},
            "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string",
        ),
    ],
    ids=[
        "unknown reference",
        "unknown attribute",
        "circle",
        "no type",
        "no object",
        "no properties",
        "unknown condition",
        "no attribute",
        "no values",
    ],
)
def test_a_template_that_cannot_work_is_refused_at_once(
    membership_mock: Any, stack: Any, resources: dict[str, Any], why: str
) -> None:
    with pytest.raises(ClientError) as refused:
        stack.create(resources)
    assert refused.value.response["Error"]["Message"] == why
    assert stack.cloudformation.list_stacks()["StackSummaries"] == []
    membership_mock.calls.assert_not_called("securityhub.*")
    membership_mock.calls.assert_not_called("cleanrooms.*")


def test_functions_parameters_and_conditions_are_resolved(stack: Any, hub: Any) -> None:
    ended = stack.create(
        {
            # The order of the template does not matter: what is referred to comes first.
            "Second": {
                **insight(
                    {"Fn::Sub": ["${One} of ${AWS::AccountId} ${Hub.ARN}", {"One": "second"}]}
                ),
            },
            "First": insight({"Fn::If": ["Loud", {"Ref": "Name"}, {"Ref": "AWS::NoValue"}]}),
            "Never": {**insight("never"), "Condition": "Quiet"},
            "Hub": {
                **HUB,
                "Properties": {"EnableDefaultStandards": {"Ref": "Standards"}},
            },
        },
        Parameters_={
            "Name": {"Type": "String", "Default": "first"},
            "Standards": {"Type": "String"},
        },
        Conditions={
            "Loud": {"Fn::Equals": [{"Ref": "Name"}, "first"]},
            "Quiet": {"Fn::Not": [{"Condition": "Loud"}]},
        },
        Outputs={"Hub": {"Value": {"Fn::GetAtt": ["Hub", "ARN"]}}},
        Parameters=[{"ParameterKey": "Standards", "ParameterValue": "false"}],
    )
    assert ended["StackStatus"] == "CREATE_COMPLETE"
    arn = hub.describe_hub()["HubArn"]
    assert stack.outputs == {"Hub": arn}
    names = [each["Name"] for each in hub.get_insights()["Insights"]]
    assert sorted(names) == ["first", f"second of {ADMIN} {arn}"]
    assert stack.resources.keys() == {"First", "Second", "Hub"}
    assert hub.get_enabled_standards()["StandardsSubscriptions"] == []


def test_yaml_with_short_functions_works(membership_mock: Any, stack: Any) -> None:
    stack.cloudformation.create_stack(
        StackName="it",
        TemplateBody=f"""
Resources:
  Room:
    Type: AWS::CleanRooms::Collaboration
    Properties:
      Name: !Sub room of ${{AWS::StackName}}
      Description: ours
      CreatorDisplayName: us
      QueryLogStatus: DISABLED
      Members:
        - {{AccountId: '{PARTNER}', DisplayName: them, MemberAbilities: [CAN_QUERY]}}
Outputs:
  Arn: {{Value: !GetAtt Room.Arn}}
  Id: {{Value: !Ref Room}}
""",
    )
    rooms = membership_mock.client("cleanrooms", account=ADMIN, region=REGION)
    [room] = rooms.list_collaborations()["collaborationList"]
    assert room["name"] == "room of it"
    assert stack.outputs == {"Arn": room["arn"], "Id": room["id"]}


def test_tags_come_from_the_template_and_the_stack(
    membership_mock: Any, stack: Any, hub: Any
) -> None:
    room = {
        **COLLABORATION["Properties"],
        "Tags": [{"Key": "team", "Value": "blue"}, {"Key": "room", "Value": "one"}],
    }
    stack.create(
        {
            "Hub": {**HUB, "Properties": {"Tags": {"team": "blue", "hub": "one"}}},
            "Collaboration": {**COLLABORATION, "Properties": room},
            "Insight": insight(),
        },
        Tags=[{"Key": "team", "Value": "red"}, {"Key": "stage", "Value": "test"}],
    )
    assert stack.status == "CREATE_COMPLETE"
    arn = hub.describe_hub()["HubArn"]
    tags = hub.list_tags_for_resource(ResourceArn=arn)["Tags"]
    assert tags == {"team": "blue", "hub": "one", "stage": "test"}
    rooms = membership_mock.client("cleanrooms", account=ADMIN, region=REGION)
    arn = rooms.list_collaborations()["collaborationList"][0]["arn"]
    tags = rooms.list_tags_for_resource(resourceArn=arn)["tags"]
    assert tags == {"team": "blue", "room": "one", "stage": "test"}


def test_a_stack_of_another_account_joins_the_collaboration(
    membership_mock: Any, stack_in: Any
) -> None:
    ours, theirs = stack_in(), stack_in(PARTNER)
    ours.create(
        {"Collaboration": COLLABORATION, "Membership": MEMBERSHIP},
        Outputs={"Id": {"Value": {"Ref": "Collaboration"}}},
    )
    assert ours.status == "CREATE_COMPLETE"
    results = {
        "RoleArn": f"arn:aws:iam::{PARTNER}:role/results",
        "OutputConfiguration": {"S3": {"Bucket": "results", "ResultFormat": "CSV"}},
    }
    joining = {**MEMBERSHIP["Properties"], "DefaultResultConfiguration": results}
    ended = theirs.create(
        {"Membership": {**MEMBERSHIP, "Properties": joining}},
        Parameters_={"Collaboration": {"Type": "String"}},
        Parameters=[{"ParameterKey": "Collaboration", "ParameterValue": ours.outputs["Id"]}],
        Outputs={"By": {"Value": {"Fn::GetAtt": ["Membership", "CollaborationCreatorAccountId"]}}},
    )
    assert ended["StackStatus"] == "CREATE_COMPLETE"
    assert theirs.outputs == {"By": ADMIN}
    rooms = membership_mock.client("cleanrooms", account=ADMIN, region=REGION)
    members = rooms.list_members(collaborationIdentifier=ours.outputs["Id"])["memberSummaries"]
    assert {each["accountId"]: each["status"] for each in members} == {
        ADMIN: "ACTIVE",
        PARTNER: "ACTIVE",
    }


def test_a_stranger_cannot_join(stack_in: Any) -> None:
    ours, stranger = stack_in(), stack_in("999999999999")
    ours.create(
        {"Collaboration": COLLABORATION}, Outputs={"Id": {"Value": {"Ref": "Collaboration"}}}
    )
    membership = {
        "Type": "AWS::CleanRooms::Membership",
        "Properties": {
            "CollaborationIdentifier": ours.outputs["Id"],
            "QueryLogStatus": "DISABLED",
        },
    }
    assert stranger.create({"Membership": membership})["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "HandlerErrorCode: AccessDenied" in str(stranger.events)


def test_calls_are_recorded_as_those_of_cloudformation(
    membership_mock: Any, stack: Any, hub: Any
) -> None:
    stack.create({"Hub": HUB})
    hub.describe_hub()
    made = [
        (call.operation, call.account, call.invoked_by)
        for call in membership_mock.calls
        if call.service != "cloudformation"
    ]
    assert made == [
        ("EnableSecurityHub", ADMIN, "cloudformation.amazonaws.com"),
        ("DescribeHub", ADMIN, "cloudformation.amazonaws.com"),
        ("DescribeHub", ADMIN, ""),
    ]


def test_a_stack_belongs_to_the_account_that_acts(membership_mock: Any, stack: Any) -> None:
    with membership_mock.as_account(PARTNER):
        assert stack.create({"Hub": HUB})["StackStatus"] == "CREATE_COMPLETE"
    assert {call.account for call in membership_mock.calls} == {PARTNER}


def test_exports_are_there_once_the_stack_is(stack_in: Any) -> None:
    one, two, three = stack_in(name="one"), stack_in(name="two"), stack_in(name="three")
    export = {"Hub": {"Value": {"Fn::GetAtt": ["Hub", "ARN"]}, "Export": {"Name": "hub"}}}
    one.create({"Hub": HUB}, Outputs=export)
    arn = one.outputs["Hub"]
    two.create({"Topic": topic({"Fn::ImportValue": "hub"})})
    again = {"Hub": {"Value": "x", "Export": {"Name": "hub"}}}
    three.create({"Target": target_alone()}, Outputs=again)
    assert three.status == "ROLLBACK_COMPLETE"
    assert "Export with name hub is already exported by stack one" in str(three.events)
    [exported] = one.cloudformation.list_exports()["Exports"]
    assert (exported["Name"], exported["Value"]) == ("hub", arn)
    one.cloudformation.delete_stack(StackName="one")
    assert one.cloudformation.list_exports()["Exports"] == []


def topic(name: Any) -> dict[str, Any]:
    return {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": name}}


def test_a_nested_stack_that_fails_fails_the_stack(
    membership_mock: Any, stack: Any, hub: Any
) -> None:
    s3 = membership_mock.client("s3", account=ADMIN, region="us-east-1")
    s3.create_bucket(Bucket="templates")
    inner = json.dumps({"Resources": {"Hub": HUB, "Insight": {**insight(), "Properties": {}}}})
    s3.put_object(Bucket="templates", Key="inner.json", Body=inner)
    url = "https://s3.amazonaws.com/templates/inner.json"
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}
    stack.create({"Bucket": bucket(), "Inner": {**nested, "DependsOn": "Bucket"}})
    assert stack.status == "ROLLBACK_COMPLETE"
    [failed] = [e for e in stack.events if e["ResourceStatus"] == "CREATE_FAILED"]
    assert re.match(
        r"Embedded stack arn:aws:cloudformation:\S+ was not successfully created: The following"
        r" resource\(s\) failed to create: \[Insight\]\. $",
        failed["ResourceStatusReason"],
    )
    assert [each["Name"] for each in s3.list_buckets()["Buckets"]] == ["templates"]
    names = [each["StackName"] for each in stack.cloudformation.describe_stacks()["Stacks"]]
    assert names == ["it"], "the stack inside is deleted"
    right = json.dumps({"Resources": {"Hub": HUB, "Insight": insight()}})
    s3.put_object(Bucket="templates", Key="inner.json", Body=right)
    stack.name = "again"
    assert stack.create({"Inner": nested})["StackStatus"] == "CREATE_COMPLETE"
    stack.cloudformation.delete_stack(StackName="again")
    with pytest.raises(hub.exceptions.InvalidAccessException):
        hub.describe_hub()


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_outputs_of_a_nested_stack_reach_the_outer_one(
    membership_mock: Any, stack: Any, hub: Any, form: str
) -> None:
    s3 = membership_mock.client("s3", account=ADMIN, region="us-east-1")
    s3.create_bucket(Bucket="templates")
    outputs = {"Hub": {"Value": {"Fn::GetAtt": ["Hub", "ARN"]}}}
    inner = json.dumps({"Resources": {"Hub": HUB}, "Outputs": outputs})
    s3.put_object(Bucket="templates", Key="inner.json", Body=inner)
    url = "https://s3.amazonaws.com/templates/inner.json"
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}
    named = {"Fn::GetAtt": ["Inner", "Outputs.Hub"]}
    resources = {"Inner": nested, "Insight": {**insight(named), "DependsOn": []}}
    template = json.dumps({"Resources": resources, "Outputs": {"Hub": {"Value": named}}})
    if form == "yaml":
        template = template.replace(json.dumps(named), "!GetAtt 'Inner.Outputs.Hub'")
    stack.cloudformation.create_stack(StackName="it", TemplateBody=template)
    assert stack.status == "CREATE_COMPLETE"
    assert stack.outputs == {"Hub": hub.describe_hub()["HubArn"]}
    [made] = hub.get_insights()["Insights"]
    assert made["Name"] == hub.describe_hub()["HubArn"]


def test_an_output_that_a_nested_stack_does_not_have_fails_the_resource(
    membership_mock: Any, stack: Any
) -> None:
    s3 = membership_mock.client("s3", account=ADMIN, region="us-east-1")
    s3.create_bucket(Bucket="templates")
    s3.put_object(Bucket="templates", Key="i.json", Body=json.dumps({"Resources": {"Hub": HUB}}))
    url = "https://s3.amazonaws.com/templates/i.json"
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}
    wrong = {**insight({"Fn::GetAtt": ["Inner", "Outputs.Hub"]}), "DependsOn": []}
    stack.create({"Inner": nested, "Insight": wrong})
    assert stack.status == "ROLLBACK_COMPLETE"
    assert "does not support attribute type Outputs.Hub" in stack.reason("Insight")


@pytest.mark.parametrize(
    ("outputs", "why"),
    [
        (
            {"Name": {"Value": {"Ref": "Nam"}}},
            "Unresolved resource dependencies [Nam] in the Outputs block of the template",
        ),
        ({"Name": "x"}, "Any Outputs member must be an object."),
        ({"Name": {}}, "[/Outputs/Name] Every Outputs member must contain a Value object."),
        (["x"], "Outputs must be an object."),
    ],
    ids=["unknown reference", "no object", "no value", "a list"],
)
def test_outputs_that_cannot_work_are_refused_at_once(
    membership_mock: Any, stack: Any, outputs: Any, why: str
) -> None:
    with pytest.raises(ClientError) as refused:
        stack.create({"Hub": HUB}, Outputs=outputs)
    assert refused.value.response["Error"]["Message"] == f"Template format error: {why}"
    assert stack.cloudformation.describe_stacks()["Stacks"] == []
    membership_mock.calls.assert_not_called("EnableSecurityHub")


@pytest.mark.parametrize(
    "section",
    [
        {"Conditions": {"IsProd": {"Fn::Equals": ["a", {"Fn::Split": [1]}]}}},
        {"Conditions": {"IsProd": "x"}},
        {"Mappings": "x"},
        {"Parameters_": {"Name": "x"}},
    ],
    ids=["function", "condition", "mappings", "parameter"],
)
def test_a_template_that_moto_does_not_understand_is_refused(
    membership_mock: Any, stack: Any, hub: Any, section: dict[str, Any]
) -> None:
    insight_in_production = {**insight(), "Condition": "IsProd"}
    resources = {"Hub": HUB, **({"I": insight_in_production} if "Conditions" in section else {})}
    with pytest.raises(ClientError, match="Template format error: moto cannot read the template"):
        stack.create(resources, **section)
    assert stack.cloudformation.describe_stacks()["Stacks"] == []
    stack.create({"Hub": HUB})
    with pytest.raises(ClientError, match="Template format error: moto cannot read the template"):
        stack.update(resources, **section)
    assert stack.status == "CREATE_COMPLETE"
    assert hub.describe_hub()["HubArn"]
