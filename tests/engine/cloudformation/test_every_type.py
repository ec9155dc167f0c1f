"""Every resource type is created, read, changed and deleted by a stack."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from membership_mock.engine.protocol.model import service_model
from membership_mock.services import SERVICES
from tests.cleanrooms.collaboration_samples import member, new_collaboration
from tests.engine.cloudformation.resource_samples import (
    ADMIN,
    MANAGEMENT,
    PARTNER,
    REGION,
    SAMPLES,
    Sample,
)

KINDS = {
    kind.name: (kind, service)
    for service, backend in SERVICES.items()
    for kind in backend.resource_types()
}


@pytest.fixture
def world(membership_mock: Any) -> Any:
    """An organization with a delegated administrator, for the types that need one."""
    membership_mock.organization(
        {"Team": {"admin": ADMIN, "partner": PARTNER}},
        management=MANAGEMENT,
    )
    return membership_mock


def is_known(sample: Sample) -> bool:
    kind, service = KINDS[sample.type]
    return set(kind.operations) <= set(service_model(service).operation_names)


def prepared(world: Any, sample: Sample) -> Sample:
    """Return a sample whose surroundings are ready that no stack of its account makes."""
    if sample.kind == "Membership":
        creator = world.client("cleanrooms", account=ADMIN, region=REGION)
        identifier = new_collaboration(creator, member(PARTNER))["id"]
        return replace(
            sample, properties={**sample.properties, "CollaborationIdentifier": identifier}
        )
    if sample.kind in ("OrganizationConfiguration", "ConfigurationPolicy", "PolicyAssociation"):
        management = world.client("securityhub", account=MANAGEMENT, region=REGION)
        management.enable_organization_admin_account(AdminAccountId=ADMIN)
    return sample


def stack(cloudformation: Any) -> dict[str, Any]:
    return dict(cloudformation.describe_stacks(StackName="it")["Stacks"][0])


def failures(cloudformation: Any) -> list[str]:
    events = cloudformation.describe_stack_events(StackName="it")["StackEvents"]
    return [
        f"{each['LogicalResourceId']}: {each['ResourceStatusReason']}"
        for each in events
        if each["ResourceStatus"].endswith("FAILED")
    ]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.kind)
def test_a_stack_creates_shows_changes_and_deletes_it(world: Any, sample: Sample) -> None:
    if not is_known(sample):
        assert sample.optional
        pytest.skip("the botocore in use does not know its operations")
    kind, service = KINDS[sample.type]
    sample = prepared(world, sample)
    cloudformation = world.client("cloudformation", account=sample.account, region=REGION)
    shown = [name for name in kind.schema.read_only if name not in sample.unset]

    cloudformation.create_stack(StackName="it", TemplateBody=sample.template(shown))
    assert failures(cloudformation) == []
    created = stack(cloudformation)
    assert created["StackStatus"] == "CREATE_COMPLETE"
    outputs = {each["OutputKey"]: each["OutputValue"] for each in created["Outputs"]}
    assert all(outputs[name] != "" for name in shown)
    [resource] = cloudformation.describe_stack_resources(StackName="it", LogicalResourceId="It")[
        "StackResources"
    ]
    assert resource["PhysicalResourceId"] == outputs["Ref"]
    assert resource["ResourceType"] == sample.type
    for name in kind.schema.primary:
        if name in outputs:
            assert outputs[name] in outputs["Ref"].split("|")

    if sample.change:
        cloudformation.update_stack(
            StackName="it", TemplateBody=sample.template(shown, **sample.change)
        )
        assert failures(cloudformation) == []
        changed = stack(cloudformation)
        assert changed["StackStatus"] == "UPDATE_COMPLETE"
        assert {"OutputKey": "Ref", "OutputValue": outputs["Ref"]} in [
            {key: each[key] for key in ("OutputKey", "OutputValue")} for each in changed["Outputs"]
        ]
        assert_changed(world, sample)

    cloudformation.delete_stack(StackName="it")
    [deleted] = cloudformation.list_stacks()["StackSummaries"]
    assert deleted["StackStatus"] == "DELETE_COMPLETE"
    calls = world.calls.filter(service=service, where=lambda call: bool(call.invoked_by))
    assert kind.delete.operation in {call.operation for call in calls if call.error is None}


def assert_changed(world: Any, sample: Sample) -> None:
    """Check that a call has brought the change to the service."""
    _, service = KINDS[sample.type]
    sent = [
        call.parameters
        for call in world.calls.filter(service=service)
        if call.invoked_by and call.error is None
    ]
    text = str(sent).lower()
    for value in leaves([each for each in sample.change.values() if "Ref" not in str(each)]):
        assert str(value).lower() in text


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in leaves(each)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in leaves(each)]
    return [value]


def test_every_type_has_a_sample() -> None:
    assert {sample.type for sample in SAMPLES} == KINDS.keys()
