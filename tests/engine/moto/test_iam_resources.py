"""Policies about single resources, with conditions, for the operations of all three services."""

from __future__ import annotations

import json

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.core import enable_iam_authentication

from membership_mock import mock_membership
from membership_mock.engine.protocol.model import service_model, snake
from membership_mock.services import SERVICES

ACCOUNT, OTHER = "222233334444", "555566667777"
REGION = "eu-west-1"
USER = f"User: arn:aws:iam::{ACCOUNT}:user/ana is not authorized to perform: "


@pytest.fixture
def mock():
    with mock_membership(account=ACCOUNT, region=REGION) as mock:
        yield mock


def client(mock, service, *statements):
    iam = mock.client("iam")
    iam.create_user(UserName="ana")
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    iam.put_user_policy(UserName="ana", PolicyName="p", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName="ana")["AccessKey"]
    session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name=REGION)
    return session.client(service)


def allow(action, resource="*", **condition):
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {**statement, "Condition": condition} if condition else statement


def deny(action, resource="*", **condition):
    return {**allow(action, resource, **condition), "Effect": "Deny"}


def refused(call, **arguments):
    with enable_iam_authentication(), pytest.raises(ClientError) as error:
        call(**arguments)
    assert error.value.response["Error"]["Code"] == "AccessDeniedException"
    return error.value.response["Error"]["Message"]


def allowed(call, **arguments):
    with enable_iam_authentication():
        return call(**arguments)


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_every_resource_names_parameters_and_operations_that_exist(service):
    resources = SERVICES[service].iam_resources
    model = service_model(service)
    known = set(SERVICES[service].handlers)
    named = {name for each in resources.operations.values() for name in each}
    optional = set() if "CreateConnector" in model.operation_names else named - known
    assert named - optional <= known
    assert {*resources.tagged, *resources.dependents} - optional <= known
    if service != "securityhub":  # whose other operations are about the hub
        assert known <= named
    for resource, operations in resources.operations.items():
        for operation in known.intersection(operations):
            shape = model.operation_model(operation).input_shape
            members = {snake(name): each for name, each in shape.members.items()}
            for place in [part.partition("}")[0] for part in resource.split("{")[1:]]:
                first, *steps = place.split(".")
                found = members[first]
                for step in steps:
                    found = found.member if found.type_name == "list" else found
                    found = found.members[step]


def test_an_allow_of_one_case_allows_no_other(mock):
    mock.given.security_ir.membership()
    mine, other = (mock.given.security_ir.case().case_id for _ in range(2))
    arn = f"arn:aws:security-ir:{REGION}:{ACCOUNT}:case/"
    ir = client(mock, "security-ir", allow("security-ir:*", arn + mine))
    assert allowed(ir.get_case, caseId=mine)["caseArn"] == arn + mine
    for call, action in ((ir.get_case, "GetCase"), (ir.close_case, "CloseCase")):
        assert refused(call, caseId=other) == (
            f"{USER}security-ir:{action} on resource: {arn}{other}"
            f" because no identity-based policy allows the security-ir:{action} action"
        )
    assert "security-ir:ListCases on resource: " in refused(ir.list_cases)


def test_a_deny_of_one_case_denies_no_other(mock):
    mock.given.security_ir.membership()
    mine, other = (mock.given.security_ir.case().case_id for _ in range(2))
    arn = f"arn:aws:security-ir:*:*:case/{mine}"
    ir = client(mock, "security-ir", allow("*"), deny("security-ir:UpdateCase", arn))
    assert refused(ir.update_case, caseId=mine, title="New title").endswith(
        f":case/{mine} with an explicit deny in an identity-based policy"
    )
    allowed(ir.update_case, caseId=other, title="New title")
    assert mock.client("security-ir").get_case(caseId=mine)["title"] != "New title"


def test_an_arn_in_a_parameter_is_the_resource(mock):
    hub = mock.client("securityhub")
    mock.given.securityhub.automation_rule(
        criteria={"Title": [{"Value": "a", "Comparison": "PREFIX"}]}, update={"Confidence": 1}
    )
    (rule,) = hub.list_automation_rules()["AutomationRulesMetadata"]
    arn = rule["RuleArn"]
    user = client(
        mock,
        "securityhub",
        allow("securityhub:BatchGetAutomationRules", arn),
        allow("securityhub:TagResource", f"arn:aws:securityhub:*:{ACCOUNT}:hub/default"),
    )
    allowed(user.batch_get_automation_rules, AutomationRulesArns=[arn])
    second = arn[:-1] + ("0" if arn[-1] != "0" else "1")
    said = refused(user.batch_get_automation_rules, AutomationRulesArns=[arn, second])
    assert f"on resource: {second} because" in said
    said = refused(user.batch_delete_automation_rules, AutomationRulesArns=[arn])
    assert f"on resource: {arn} because" in said
    assert f"on resource: {arn}" in refused(user.tag_resource, ResourceArn=arn, Tags={"a": "b"})
    tagged = hub.describe_hub()["HubArn"]
    allowed(user.tag_resource, ResourceArn=tagged, Tags={"a": "b"})


def test_all_resources_of_a_call_have_to_be_allowed(mock):
    room = mock.given.cleanrooms.joined_collaboration([ACCOUNT, OTHER])
    table = mock.given.cleanrooms.table()
    membership = f"arn:aws:cleanrooms:{REGION}:{ACCOUNT}:membership/{room.memberships[ACCOUNT]}"
    call = {
        "name": "orders",
        "membershipIdentifier": room.memberships[ACCOUNT],
        "configuredTableIdentifier": table.id,
        "roleArn": f"arn:aws:iam::{ACCOUNT}:role/reader",
    }
    action = "cleanrooms:CreateConfiguredTableAssociation"
    rooms = client(mock, "cleanrooms", allow(action, f"{membership}*"))
    assert f"{action} on resource: {table.arn} because" in refused(
        rooms.create_configured_table_association, **call
    )
    iam = mock.client("iam")

    def grant(*statements):
        policy = {"Version": "2012-10-17", "Statement": list(statements)}
        iam.put_user_policy(UserName="ana", PolicyName="p", PolicyDocument=json.dumps(policy))

    grant(allow(action, [f"{membership}*", table.arn]))
    assert f"iam:PassRole on resource: {call['roleArn']} because" in refused(
        rooms.create_configured_table_association, **call
    )
    to_clean_rooms = {"iam:PassedToService": "cleanrooms.amazonaws.com"}
    grant(
        allow(action, [f"{membership}*", table.arn]),
        allow("iam:PassRole", call["roleArn"], StringEquals=to_clean_rooms),
    )
    allowed(rooms.create_configured_table_association, **call)


def test_a_collaboration_belongs_to_the_account_that_created_it(mock):
    room = mock.given.cleanrooms.joined_collaboration([OTHER, ACCOUNT])
    own = {"aws:ResourceAccount": "${aws:PrincipalAccount}"}
    rooms = client(mock, "cleanrooms", allow("cleanrooms:Get*", StringEquals=own))
    said = refused(rooms.get_collaboration, collaborationIdentifier=room.id)
    assert f"on resource: {room.arn} because" in said
    assert f":{OTHER}:collaboration/" in room.arn
    allowed(rooms.get_membership, membershipIdentifier=room.memberships[ACCOUNT])


def test_tags_decide_of_the_resource_and_of_the_request(mock):
    mock.given.security_ir.membership()
    ir = mock.client("security-ir")
    blue, red = (mock.given.security_ir.case().case_id for _ in range(2))
    arn = f"arn:aws:security-ir:{REGION}:{ACCOUNT}:case/"
    ir.tag_resource(resourceArn=arn + blue, tags={"team": "blue"})
    user = client(
        mock,
        "security-ir",
        allow("security-ir:GetCase", StringEquals={"aws:ResourceTag/team": "blue"}),
        allow(
            "security-ir:TagResource",
            StringEquals={"aws:RequestTag/team": "blue"},
            **{"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}},
        ),
    )
    allowed(user.get_case, caseId=blue)
    refused(user.get_case, caseId=red)
    refused(user.tag_resource, resourceArn=arn + red, tags={"team": "red"})
    refused(user.tag_resource, resourceArn=arn + red, tags={"team": "blue", "cost": "1"})
    allowed(user.tag_resource, resourceArn=arn + red, tags={"team": "blue"})
    allowed(user.get_case, caseId=red)


def test_a_creation_with_tags_needs_tag_resource(mock):
    call = {"Name": "n", "Filters": {}, "GroupByAttribute": "ResourceId"}
    hub = client(mock, "securityhub", allow("securityhub:EnableSecurityHub"))
    assert "securityhub:TagResource on resource: " in refused(
        hub.enable_security_hub, Tags={"a": "b"}
    )
    allowed(hub.enable_security_hub)
    assert "securityhub:CreateInsight on resource: " in refused(hub.create_insight, **call)


def test_fields_of_findings_can_be_denied(mock):
    finding = mock.given.securityhub.finding()
    suppressed = {"securityhub:ASFFSyntaxPath/Workflow.Status": "SUPPRESSED"}
    hub = client(
        mock,
        "securityhub",
        allow("securityhub:*"),
        deny("securityhub:BatchUpdateFindings", StringEquals=suppressed),
    )
    named = [{"Id": finding.id, "ProductArn": finding.product_arn}]
    for status, outcome in (("NOTIFIED", allowed), ("SUPPRESSED", refused)):
        outcome(hub.batch_update_findings, FindingIdentifiers=named, Workflow={"Status": status})


def test_the_product_is_the_resource_of_an_import(mock):
    mock.given.securityhub.hub()
    own = f"arn:aws:securityhub:{REGION}:{ACCOUNT}:product/{ACCOUNT}/default"
    finding = mock.given.securityhub.finding()
    (held,) = mock.client("securityhub").get_findings(
        Filters={"Id": [{"Value": finding.id, "Comparison": "EQUALS"}]}
    )["Findings"]
    hub = client(mock, "securityhub", allow("securityhub:BatchImportFindings", own))
    allowed(hub.batch_import_findings, Findings=[held])
    other = held["ProductArn"].replace("default", "other")
    said = refused(hub.batch_import_findings, Findings=[{**held, "ProductArn": other}])
    assert f"on resource: {other} because" in said


def test_a_query_needs_its_schema_and_its_bucket(mock):
    room = mock.given.cleanrooms.joined_collaboration([ACCOUNT, OTHER], runner=ACCOUNT)
    mock.given.cleanrooms.associated_table(room, OTHER)
    call = {
        "type": "SQL",
        "membershipIdentifier": room.memberships[ACCOUNT],
        "sqlParameters": {"queryString": "SELECT city FROM orders"},
        "resultConfiguration": {
            "outputConfiguration": {"s3": {"resultFormat": "CSV", "bucket": "results"}}
        },
    }
    start = allow("cleanrooms:StartProtectedQuery")
    schema = allow("cleanrooms:GetSchema", room.arn)
    rooms = client(mock, "cleanrooms", start)
    iam = mock.client("iam")
    for statements, missing in [
        ([start], "cleanrooms:GetSchema"),
        ([start, schema], "s3:GetBucketLocation"),
        ([start, schema, allow("s3:*", "arn:aws:s3:::results")], "s3:PutObject"),
    ]:
        policy = {"Version": "2012-10-17", "Statement": statements}
        iam.put_user_policy(UserName="ana", PolicyName="p", PolicyDocument=json.dumps(policy))
        assert f"perform: {missing} on resource: arn:aws:" in refused(
            rooms.start_protected_query, **call
        )


def test_policies_of_groups_and_managed_ones_and_roles_count(mock):
    mock.given.security_ir.membership()
    case = mock.given.security_ir.case().case_id
    iam = mock.client("iam")
    document = {"Version": "2012-10-17", "Statement": allow("security-ir:Get*")}
    managed = iam.create_policy(PolicyName="read", PolicyDocument=json.dumps(document))
    trust = {"Version": "2012-10-17", "Statement": []}
    iam.create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps(trust))
    iam.attach_role_policy(RoleName="reader", PolicyArn=managed["Policy"]["Arn"])
    given = mock.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/reader", RoleSessionName="test"
    )["Credentials"]
    ir = boto3.client(
        "security-ir",
        region_name=REGION,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )
    allowed(ir.get_case, caseId=case)
    assert refused(ir.close_case, caseId=case).startswith(
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/reader/test is not authorized"
    )


def session_of_role(mock, path, *statements):
    iam = mock.client("iam")
    role = iam.create_role(RoleName="roll-out", Path=path, AssumeRolePolicyDocument="{}")["Role"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    iam.put_role_policy(RoleName="roll-out", PolicyName="p", PolicyDocument=policy)
    found = mock.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="ana")
    keys = found["Credentials"]
    session = boto3.Session(
        keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], region_name=REGION
    )
    return session.client("securityhub")


@pytest.mark.parametrize("path", ["/", "/aws-reserved/sso.amazonaws.com/"])
def test_the_principal_of_a_session_is_its_role(mock, path):
    arn = f"arn:aws:iam::{ACCOUNT}:role{path}roll-out"
    other = deny("securityhub:*", ArnNotEquals={"aws:PrincipalArn": arn})
    hub = session_of_role(mock, path, allow("securityhub:*"), other)
    allowed(hub.enable_security_hub)
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/roll-out/ana"
    mock.client("iam").put_role_policy(
        RoleName="roll-out",
        PolicyName="p",
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [allow("securityhub:*", ArnEquals={"aws:PrincipalArn": session})],
            }
        ),
    )
    assert f"User: {session} is not authorized" in refused(hub.enable_security_hub)


def test_a_session_of_a_role_has_no_user_name(mock):
    named = {"StringEquals": {"aws:username": "ana"}}
    hub = session_of_role(mock, "/", allow("securityhub:*", **named))
    refused(hub.enable_security_hub)


def test_a_call_of_a_service_can_be_told_from_one_of_the_user(mock):
    pytest.importorskip("cfnlint", reason="moto's extra cloudformation is not installed")
    via = {
        "Bool": {"aws:ViaAWSService": "true"},
        "ForAnyValue:StringEquals": {"aws:CalledVia": "cloudformation.amazonaws.com"},
    }
    stacks = client(
        mock, "cloudformation", allow("cloudformation:*"), allow("securityhub:*", **via)
    )
    template = {"Resources": {"Hub": {"Type": "AWS::SecurityHub::Hub"}}}
    allowed(stacks.create_stack, StackName="hub", TemplateBody=json.dumps(template))
    (stack,) = stacks.describe_stacks()["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    key = mock.client("iam").create_access_key(UserName="ana")["AccessKey"]
    own = boto3.client(
        "securityhub",
        region_name=REGION,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    refused(own.enable_security_hub)
