"""CloudFormation refuses types of our services that are not there, and makes nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from membership_mock import mock_membership

pytest.importorskip("cfnlint", reason="moto's extra cloudformation is not installed")

TYPES = [
    "AWS::SecurityHub::Member",
    "AWS::SecurityHub::HubV9",
    "AWS::CleanRooms::ProtectedQuery",
    "AWS::SecurityIR::Membership",
]
BUCKET = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "evidence"}}


def template(*types: str) -> str:
    ours = {f"Ours{number}": {"Type": each} for number, each in enumerate(types)}
    return json.dumps({"Resources": {"Bucket": BUCKET, **ours}})


def as_yaml(*types: str) -> str:
    lines = ["Resources:", "  Bucket:", "    Type: AWS::S3::Bucket"]
    for number, each in enumerate(types):
        lines += [f"  Ours{number}:", f"    Type: {each}"]
        lines += ["    Properties:", "      Name: !Sub '${AWS::StackName}'"]
    return "\n".join([*lines, "Outputs:", "  Arn:", "    Value: !GetAtt Ours0.Arn"])


def refused(call: Any, *types: str) -> None:
    """Check that a call is refused because of types."""
    with pytest.raises(ClientError) as refusal:
        call()
    error = refusal.value.response["Error"]
    assert error["Code"] == "ValidationError"
    assert (
        error["Message"]
        == f"Template format error: Unrecognized resource types: [{', '.join(types)}]"
    )


@pytest.mark.parametrize("body", [template, as_yaml], ids=["json", "yaml"])
@pytest.mark.parametrize("kind", TYPES)
def test_a_stack_with_such_a_type_is_refused_and_nothing_is_made(
    membership_mock: Any, kind: str, body: Any
) -> None:
    cloudformation = membership_mock.client("cloudformation")
    refused(
        lambda: cloudformation.create_stack(StackName="one", TemplateBody=body(kind)),
        kind,
    )
    assert cloudformation.list_stacks()["StackSummaries"] == []
    assert membership_mock.client("s3").list_buckets()["Buckets"] == []


def test_all_such_types_are_named(membership_mock: Any) -> None:
    cloudformation = membership_mock.client("cloudformation")
    refused(
        lambda: cloudformation.create_stack(StackName="one", TemplateBody=template(*TYPES)),
        *sorted(TYPES),
    )


def test_every_way_to_bring_a_template_refuses_it(membership_mock: Any) -> None:
    cloudformation = membership_mock.client("cloudformation")
    cloudformation.create_stack(StackName="one", TemplateBody=template())
    wrong = template(TYPES[0])
    for call in (
        lambda: cloudformation.update_stack(StackName="one", TemplateBody=wrong),
        lambda: cloudformation.create_change_set(
            StackName="one", ChangeSetName="change", TemplateBody=wrong
        ),
        lambda: cloudformation.create_change_set(
            StackName="two", ChangeSetName="new", ChangeSetType="CREATE", TemplateBody=wrong
        ),
        lambda: cloudformation.create_stack_set(StackSetName="set", TemplateBody=wrong),
        lambda: cloudformation.validate_template(TemplateBody=wrong),
    ):
        refused(call, TYPES[0])
    (stack,) = cloudformation.describe_stacks()["Stacks"]
    assert (stack["StackName"], stack["StackStatus"]) == ("one", "CREATE_COMPLETE")
    assert json.loads(json.dumps(cloudformation.get_template(StackName="one")["TemplateBody"]))
    assert cloudformation.list_stack_sets()["Summaries"] == []


def test_other_types_are_made_as_before(membership_mock: Any) -> None:
    cloudformation = membership_mock.client("cloudformation")
    cloudformation.create_stack(StackName="one", TemplateBody=template())
    cloudformation.update_stack(StackName="one", TemplateBody=template("AWS::SNS::Topic"))
    (bucket,) = membership_mock.client("s3").list_buckets()["Buckets"]
    assert bucket["Name"] == "evidence"
    assert len(membership_mock.client("sns").list_topics()["Topics"]) == 1


def test_cloudformation_is_motos_own_again_when_the_mock_has_ended() -> None:
    from moto.cloudformation.models import CloudFormationBackend

    before = CloudFormationBackend.create_stack
    with mock_membership() as mock:
        mock.client("cloudformation").list_stacks()
        assert CloudFormationBackend.create_stack is not before
    assert CloudFormationBackend.create_stack is before
