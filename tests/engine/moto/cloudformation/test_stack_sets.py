"""Stack sets make resources in many accounts and regions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.cloudformation.resource_samples import (
    ADMIN,
    MANAGEMENT,
    OTHER_REGION,
    PARTNER,
    REGION,
)
from tests.engine.moto.cloudformation.conftest import body
from tests.engine.moto.cloudformation.stack_samples import HUB, bucket, insight

PARAMETER = {"Name": {"Type": "String", "Default": "first"}}
TEMPLATE = body({"Hub": HUB, "Insight": insight({"Ref": "Name"})}, Parameters_=PARAMETER)
WHERE = {"Accounts": [ADMIN, PARTNER], "Regions": [REGION, OTHER_REGION]}


@pytest.fixture
def sets(membership_mock: Any) -> Any:
    """A client of the account that owns the stack set."""
    return membership_mock.client("cloudformation", account=MANAGEMENT, region=REGION)


def hub_in(membership_mock: Any, account: str, region: str) -> Any:
    return membership_mock.client("securityhub", account=account, region=region)


def insights(membership_mock: Any) -> dict[tuple[str, str], list[str]]:
    """Return the names of the insights in each account and region that has a hub."""
    found = {}
    for account in WHERE["Accounts"]:
        for region in WHERE["Regions"]:
            hub = hub_in(membership_mock, account, region)
            try:
                names = [each["Name"] for each in hub.get_insights()["Insights"]]
            except hub.exceptions.InvalidAccessException:
                continue
            found[account, region] = names
    return found


def operation(sets: Any, answer: dict[str, Any]) -> str:
    """Return how an operation on a stack set ended."""
    described = sets.describe_stack_set_operation(
        StackSetName="hubs", OperationId=answer["OperationId"]
    )
    return str(described["StackSetOperation"]["Status"])


def instances(sets: Any) -> dict[tuple[str, str], str]:
    found = sets.list_stack_instances(StackSetName="hubs")["Summaries"]
    return {(each["Account"], each["Region"]): each["Status"] for each in found}


def test_a_stack_set_is_created_updated_and_deleted(membership_mock: Any, sets: Any) -> None:
    sets.create_stack_set(
        StackSetName="hubs", TemplateBody=TEMPLATE, Tags=[{"Key": "stage", "Value": "test"}]
    )
    created = sets.create_stack_instances(StackSetName="hubs", **WHERE)
    assert operation(sets, created) == "SUCCEEDED"
    everywhere = {(a, r) for a in WHERE["Accounts"] for r in WHERE["Regions"]}
    assert insights(membership_mock) == {where: ["first"] for where in everywhere}
    assert instances(sets) == dict.fromkeys(everywhere, "CURRENT")
    hub = hub_in(membership_mock, PARTNER, OTHER_REGION)
    arn = hub.describe_hub()["HubArn"]
    assert hub.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"stage": "test"}

    updated = sets.update_stack_set(
        StackSetName="hubs",
        UsePreviousTemplate=True,
        TemplateBody=TEMPLATE,
        Parameters=[{"ParameterKey": "Name", "ParameterValue": "second"}],
        OperationId="update",
    )
    assert operation(sets, updated) == "SUCCEEDED"
    assert insights(membership_mock) == {where: ["second"] for where in everywhere}

    sets.update_stack_instances(
        StackSetName="hubs",
        Accounts=[PARTNER],
        Regions=[REGION],
        ParameterOverrides=[{"ParameterKey": "Name", "ParameterValue": "theirs"}],
    )
    assert insights(membership_mock)[PARTNER, REGION] == ["theirs"]

    sets.delete_stack_instances(StackSetName="hubs", RetainStacks=False, **WHERE)
    assert insights(membership_mock) == {}
    sets.delete_stack_set(StackSetName="hubs")


def test_an_override_stays_when_the_set_changes(membership_mock: Any, sets: Any) -> None:
    def named(**values: str) -> list[dict[str, str]]:
        return [{"ParameterKey": key, "ParameterValue": text} for key, text in values.items()]

    two = body(
        {"Hub": HUB, "Insight": insight({"Fn::Sub": "${Name} ${Team}"})},
        Parameters_={"Name": {"Type": "String"}, "Team": {"Type": "String"}},
    )
    here = {"Accounts": [ADMIN], "Regions": [REGION]}
    there = {"Accounts": [PARTNER], "Regions": [REGION]}
    sets.create_stack_set(
        StackSetName="hubs", TemplateBody=two, Parameters=named(Name="first", Team="blue")
    )
    sets.create_stack_instances(StackSetName="hubs", **here)
    sets.create_stack_instances(
        StackSetName="hubs", **there, ParameterOverrides=named(Team="theirs")
    )
    assert insights(membership_mock) == {
        (ADMIN, REGION): ["first blue"],
        (PARTNER, REGION): ["first theirs"],
    }
    sets.update_stack_set(
        StackSetName="hubs",
        TemplateBody=two,
        Parameters=named(Name="second", Team="red"),
        OperationId="update",
    )
    assert insights(membership_mock) == {
        (ADMIN, REGION): ["second red"],
        (PARTNER, REGION): ["second theirs"],
    }


def test_an_export_that_is_taken_is_a_reason_too(membership_mock: Any, sets: Any) -> None:
    stack = membership_mock.client("cloudformation", account=PARTNER, region=REGION)
    export = {"It": {"Value": "x", "Export": {"Name": "it"}}}
    stack.create_stack(StackName="taken", TemplateBody=body({"B": bucket()}, Outputs=export))
    sets.create_stack_set(StackSetName="hubs", TemplateBody=body({"Hub": HUB}, Outputs=export))
    sets.create_stack_instances(StackSetName="hubs", Accounts=[PARTNER], Regions=[REGION])
    [failed] = sets.list_stack_instances(StackSetName="hubs")["Summaries"]
    assert "Export with name it is already exported by stack taken" in failed["StatusReason"]


def test_stack_sets_of_motos_resources_are_motos(membership_mock: Any, sets: Any) -> None:
    sets.create_stack_set(StackSetName="hubs", TemplateBody=body({"One": bucket("one")}))
    sets.create_stack_instances(StackSetName="hubs", Accounts=[PARTNER], Regions=[REGION])
    other = body({"Two": bucket("two")})
    sets.update_stack_set(StackSetName="hubs", TemplateBody=other, OperationId="update")
    buckets = membership_mock.client("s3", account=PARTNER).list_buckets()["Buckets"]
    assert [each["Name"] for each in buckets] == ["one"]
    assert instances(sets) == {(PARTNER, REGION): "CURRENT"}


def test_an_instance_that_fails_is_outdated_and_says_why(membership_mock: Any, sets: Any) -> None:
    hub_in(membership_mock, PARTNER, REGION).enable_security_hub()
    sets.create_stack_set(StackSetName="hubs", TemplateBody=TEMPLATE)
    created = sets.create_stack_instances(StackSetName="hubs", **WHERE)
    assert operation(sets, created) == "FAILED"
    assert instances(sets) == {
        (ADMIN, REGION): "CURRENT",
        (ADMIN, OTHER_REGION): "CURRENT",
        (PARTNER, REGION): "OUTDATED",
        (PARTNER, OTHER_REGION): "CURRENT",
    }
    failed = sets.describe_stack_instance(
        StackSetName="hubs", StackInstanceAccount=PARTNER, StackInstanceRegion=REGION
    )["StackInstance"]
    assert failed["StatusReason"].startswith(
        "ResourceLogicalId:Hub, ResourceType:AWS::SecurityHub::Hub, ResourceStatusReason:Resource"
        ' handler returned message: "Account is already subscribed to Security Hub'
    )


def test_a_stack_set_of_an_organization_reaches_its_units(membership_mock: Any, sets: Any) -> None:
    org = membership_mock.organization(
        {"Team": {"admin": ADMIN, "partner": PARTNER}}, management=MANAGEMENT
    )
    sets.create_stack_set(
        StackSetName="hubs",
        TemplateBody=TEMPLATE,
        PermissionModel="SERVICE_MANAGED",
        AutoDeployment={"Enabled": False},
    )
    sets.create_stack_instances(
        StackSetName="hubs",
        DeploymentTargets={"OrganizationalUnitIds": [org.unit("Team")]},
        Regions=[REGION],
    )
    assert insights(membership_mock) == {(ADMIN, REGION): ["first"], (PARTNER, REGION): ["first"]}
    sets.delete_stack_instances(
        StackSetName="hubs", RetainStacks=False, Accounts=[ADMIN, PARTNER], Regions=[REGION]
    )
    assert insights(membership_mock) == {}


def test_instances_are_updated_and_deleted_by_their_units(membership_mock: Any, sets: Any) -> None:
    org = membership_mock.organization(
        {"Teams": {"Inner": {"admin": ADMIN}}, "Other": {"partner": PARTNER}},
        management=MANAGEMENT,
    )
    units = [org.unit("Teams/Inner"), org.unit("Other")]
    sets.create_stack_set(
        StackSetName="hubs",
        TemplateBody=TEMPLATE,
        PermissionModel="SERVICE_MANAGED",
        AutoDeployment={"Enabled": False},
    )
    sets.create_stack_instances(
        StackSetName="hubs", DeploymentTargets={"OrganizationalUnitIds": units}, Regions=[REGION]
    )
    teams = {"OrganizationalUnitIds": [org.unit("Teams")]}
    sets.update_stack_instances(
        StackSetName="hubs",
        DeploymentTargets=teams,
        Regions=[REGION],
        ParameterOverrides=[{"ParameterKey": "Name", "ParameterValue": "theirs"}],
    )
    assert insights(membership_mock) == {(ADMIN, REGION): ["theirs"], (PARTNER, REGION): ["first"]}
    sets.delete_stack_instances(
        StackSetName="hubs", RetainStacks=False, DeploymentTargets=teams, Regions=[REGION]
    )
    assert insights(membership_mock) == {(PARTNER, REGION): ["first"]}
    assert instances(sets) == {(PARTNER, REGION): "CURRENT"}


def test_stacks_that_are_retained_leave_their_set_as_they_are(
    membership_mock: Any, sets: Any
) -> None:
    sets.create_stack_set(StackSetName="hubs", TemplateBody=TEMPLATE)
    sets.create_stack_instances(StackSetName="hubs", **WHERE)
    there = {"Accounts": [PARTNER], "Regions": [REGION]}
    sets.delete_stack_instances(StackSetName="hubs", RetainStacks=True, **there)
    assert (PARTNER, REGION) not in instances(sets)
    assert insights(membership_mock)[PARTNER, REGION] == ["first"]
    stacks = membership_mock.client("cloudformation", account=PARTNER, region=REGION)
    [stack] = stacks.describe_stacks()["Stacks"]
    stacks.delete_stack(StackName=stack["StackId"])
    assert (PARTNER, REGION) not in insights(membership_mock)


def test_an_instance_that_cannot_be_deleted_is_inoperable(membership_mock: Any, sets: Any) -> None:
    sets.create_stack_set(StackSetName="hubs", TemplateBody=TEMPLATE)
    there = {"Accounts": [PARTNER], "Regions": [REGION]}
    sets.create_stack_instances(StackSetName="hubs", **there)
    with membership_mock.fail("securityhub.DisableSecurityHub", "InternalException"):
        deleted = sets.delete_stack_instances(StackSetName="hubs", RetainStacks=False, **there)
    assert operation(sets, deleted) == "FAILED"
    assert instances(sets) == {(PARTNER, REGION): "INOPERABLE"}
    deleted = sets.delete_stack_instances(StackSetName="hubs", RetainStacks=False, **there)
    assert operation(sets, deleted) == "SUCCEEDED"
    assert instances(sets) == {}
