"""CloudFormation calls for the caller of the stack: IAM's policies and the test's tools apply."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from moto.core import enable_iam_authentication

from membership_mock import UnexpectedCall
from tests.engine.cloudformation.resource_samples import ADMIN, BY_TYPE, REGION, TABLE
from tests.engine.moto.cloudformation.conftest import Stack
from tests.engine.moto.cloudformation.stack_samples import HUB, insight


def stack_of_user(membership_mock: Any, *actions: str) -> Stack:
    """Return a stack of a user who may do ``actions``, and everything of CloudFormation."""
    iam = membership_mock.client("iam", account=ADMIN)
    iam.create_user(UserName="deployer")
    allowed = [{"Effect": "Allow", "Action": ["cloudformation:*", *actions], "Resource": "*"}]
    iam.put_user_policy(
        UserName="deployer",
        PolicyName="deploys",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": allowed}),
    )
    key = iam.create_access_key(UserName="deployer")["AccessKey"]
    return Stack(
        boto3.client(
            "cloudformation",
            region_name=REGION,
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
        )
    )


def test_a_caller_without_permission_gets_no_resource(membership_mock: Any) -> None:
    stack = stack_of_user(membership_mock, "securityhub:DescribeHub", "securityhub:*SecurityHub")
    with enable_iam_authentication():
        stack.create({"Hub": HUB, "Rule": BY_TYPE["AWS::SecurityHub::AutomationRule"].resource()})
        assert stack.status == "ROLLBACK_COMPLETE"
        [failed] = [e for e in stack.events if e["ResourceStatus"] == "CREATE_FAILED"]
    reason = failed["ResourceStatusReason"]
    assert failed["LogicalResourceId"] == "Rule"
    assert f"User: arn:aws:iam::{ADMIN}:user/deployer is not authorized" in reason
    assert "securityhub:CreateAutomationRule" in reason
    assert "HandlerErrorCode: AccessDenied" in reason


def test_a_caller_with_permission_gets_the_resources(membership_mock: Any) -> None:
    stack = stack_of_user(membership_mock, "securityhub:*")
    with enable_iam_authentication():
        assert stack.create({"Hub": HUB, "Insight": insight()})["StackStatus"] == "CREATE_COMPLETE"


def test_a_caller_without_permission_deletes_nothing(membership_mock: Any) -> None:
    stack = stack_of_user(membership_mock)
    stack.create({"Table": TABLE})
    with enable_iam_authentication():
        stack.cloudformation.delete_stack(StackName="it")
        assert stack.status == "DELETE_FAILED"
        assert "is not authorized to perform: cleanrooms:Delete" in stack.reason("Table")
    tables = membership_mock.client("cleanrooms", account=ADMIN, region=REGION)
    assert len(tables.list_configured_tables()["configuredTableSummaries"]) == 1


def test_an_assumed_role_is_a_caller_too(membership_mock: Any) -> None:
    iam = membership_mock.client("iam", account=ADMIN)
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}],
    }
    iam.create_role(RoleName="ci", AssumeRolePolicyDocument=json.dumps(trust))
    allowed = {"Effect": "Allow", "Action": "cloudformation:*", "Resource": "*"}
    iam.put_role_policy(
        RoleName="ci",
        PolicyName="deploys",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}),
    )
    keys = membership_mock.client("sts", account=ADMIN).assume_role(
        RoleArn=f"arn:aws:iam::{ADMIN}:role/ci", RoleSessionName="run"
    )["Credentials"]
    stack = Stack(
        boto3.client(
            "cloudformation",
            region_name=REGION,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )
    )
    with enable_iam_authentication():
        assert stack.create({"Hub": HUB})["StackStatus"] == "ROLLBACK_COMPLETE"
        assert "securityhub:EnableSecurityHub" in str(stack.events)
        role = f"arn:aws:iam::{ADMIN}:role/cloudformation"
        stack.name = "with-role"
        assert stack.create({"Hub": HUB}, RoleARN=role)["StackStatus"] == "CREATE_COMPLETE"


def test_strict_mode_sees_the_calls_of_a_stack(membership_mock: Any, stack: Any) -> None:
    allowed = ("cloudformation.*", "securityhub.EnableSecurityHub")
    with pytest.raises(UnexpectedCall, match="DescribeHub"), membership_mock.strict(*allowed):
        stack.create({"Hub": HUB})
