"""What moto's IAM says of our services: refusals by policies, and service-linked roles."""

import json

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.core import enable_iam_authentication

ACCOUNT = "222233334444"


def client_of_a_user(mock, service, *statements):
    iam = mock.client("iam", account=ACCOUNT)
    iam.create_user(UserName="ana")
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    iam.put_user_policy(UserName="ana", PolicyName="p", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName="ana")["AccessKey"]
    session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name="eu-west-1")
    return session.client(service)


def said(call, **arguments):
    with enable_iam_authentication(), pytest.raises(ClientError) as refused:
        call(**arguments)
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    return refused.value.response["Error"]["Message"]


OTHER = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
USER = f"User: arn:aws:iam::{ACCOUNT}:user/ana is not authorized to perform: "


@pytest.mark.parametrize(
    ("service", "operation", "arguments", "action", "resource"),
    [
        ("securityhub", "enable_security_hub", {}, "securityhub:EnableSecurityHub", "hub/default"),
        ("security-ir", "list_cases", {}, "security-ir:ListCases", "*"),
        (
            "security-ir",
            "get_case",
            {"caseId": "0123456789"},
            "security-ir:GetCase",
            "case/0123456789",
        ),
        (
            "cleanrooms",
            "get_membership",
            {"membershipIdentifier": "6c8d0000-0000-0000-0000-000000000000"},
            "cleanrooms:GetMembership",
            "membership/6c8d0000-0000-0000-0000-000000000000",
        ),
    ],
)
def test_a_refusal_by_iam_names_the_resource_and_the_cause(
    membership_mock, service, operation, arguments, action, resource
):
    client = client_of_a_user(membership_mock, service, OTHER)
    assert said(getattr(client, operation), **arguments) == (
        f"{USER}{action} on resource: arn:aws:{service}:eu-west-1:{ACCOUNT}:{resource}"
        f" because no identity-based policy allows the {action} action"
    )


def test_a_refusal_by_iam_says_that_a_policy_denies_the_action(membership_mock):
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    deny = {"Effect": "Deny", "Action": "securityhub:EnableSecurityHub", "Resource": "*"}
    client = client_of_a_user(membership_mock, "securityhub", allow, deny)
    assert said(client.enable_security_hub).endswith(
        ":hub/default with an explicit deny in an identity-based policy"
    )


@pytest.mark.parametrize(
    ("principal", "name"),
    [
        ("security-ir.amazonaws.com", "AWSServiceRoleForSecurityIncidentResponse"),
        ("triage.security-ir.amazonaws.com", "AWSServiceRoleForSecurityIncidentResponse_Triage"),
        ("securityhub.amazonaws.com", "AWSServiceRoleForSecurityHub"),
    ],
)
def test_service_linked_roles_have_the_names_of_aws(membership_mock, principal, name):
    iam = membership_mock.client("iam", account=ACCOUNT)
    role = iam.create_service_linked_role(AWSServiceName=principal)["Role"]
    assert role["RoleName"] == name
    assert role["Path"] == f"/aws-service-role/{principal}/"
