"""What policies of IAM say of an action on a resource, as the IAM user guide describes it."""

from __future__ import annotations

import pytest

from membership_mock.engine.pipeline.policies import Decision, decide

ARN = "arn:aws:security-ir:eu-west-1:111111111111:case/0123456789"
KEYS = {
    "aws:requestedregion": ["eu-west-1"],
    "aws:principalaccount": ["111111111111"],
    "aws:tagkeys": ["team", "cost"],
    "aws:resourcetag/team": ["blue"],
    "aws:currenttime": ["2026-11-01T12:00:00Z"],
    "aws:sourceip": ["10.0.0.7"],
    "number": ["7"],
}


def said(*statements, action="security-ir:GetCase", resource=ARN):
    policy = {"Statement": list(statements) if len(statements) > 1 else statements[0]}
    return decide([policy], action, resource, KEYS.get)


def allow(**more):
    return {"Effect": "Allow", "Action": "security-ir:GetCase", "Resource": "*", **more}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"Action": "*"},
        {"Action": ["s3:*", "SECURITY-IR:getc?se"]},
        {"Action": None, "NotAction": "s3:*"},
        {"Resource": ARN},
        {"Resource": "arn:aws:security-ir:*:*:case/*"},
        {"Resource": "arn:aws:security-ir:*:${aws:PrincipalAccount}:case/*"},
        {"Resource": None, "NotResource": "arn:aws:security-ir:*:*:membership/*"},
        {"Condition": {"StringEquals": {"aws:RequestedRegion": ["us-east-1", "eu-west-1"]}}},
        {"Condition": {"StringEquals": {"aws:ResourceTag/Team": "blue"}}},
        {"Condition": {"StringNotEquals": {"aws:ResourceTag/team": "red"}}},
        {"Condition": {"StringNotEquals": {"aws:ResourceTag/other": "red"}}},
        {"Condition": {"StringEqualsIfExists": {"aws:ResourceTag/other": "red"}}},
        {"Condition": {"StringLike": {"aws:RequestedRegion": "eu-*"}}},
        {"Condition": {"StringEqualsIgnoreCase": {"aws:RequestedRegion": "EU-WEST-1"}}},
        {"Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["team", "cost", "x"]}}},
        {"Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": ["team"]}}},
        {"Condition": {"ForAllValues:StringEquals": {"nothing": ["x"]}}},
        {"Condition": {"Null": {"aws:ResourceTag/other": "true"}}},
        {"Condition": {"Null": {"aws:ResourceTag/team": False}}},
        {"Condition": {"NumericLessThan": {"number": 8}}},
        {"Condition": {"NumericNotEquals": {"number": 8}}},
        {"Condition": {"DateGreaterThan": {"aws:CurrentTime": "2026-10-31T00:00:00Z"}}},
        {"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}},
        {"Condition": {"NotIpAddress": {"aws:SourceIp": "192.168.0.0/16"}}},
    ],
)
def test_a_statement_allows_the_action(more):
    statement = {name: value for name, value in allow(**more).items() if value is not None}
    assert said(statement) is Decision.ALLOWED


@pytest.mark.parametrize(
    "more",
    [
        {"Action": "security-ir:GetMembership"},
        {"Action": None, "NotAction": "security-ir:*"},
        {"Resource": ARN + "0"},
        {"Resource": "arn:aws:security-ir:*:*:CASE/*"},
        {"Resource": None, "NotResource": "arn:aws:security-ir:*:*:case/*"},
        {"Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}},
        {"Condition": {"StringEquals": {"aws:ResourceTag/other": "red"}}},
        {"Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}},
        {"Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": ["x"]}}},
        {"Condition": {"Null": {"aws:ResourceTag/team": "true"}}},
        {"Condition": {"NumericGreaterThanEquals": {"number": 8}}},
        {"Condition": {"NumericEquals": {"aws:RequestedRegion": 8}}},
        {"Condition": {"DateLessThan": {"aws:CurrentTime": "2026-10-31"}}},
        {"Condition": {"NoSuchOperator": {"number": 7}}},
    ],
)
def test_a_statement_that_does_not_apply_allows_nothing(more):
    statement = {name: value for name, value in allow(**more).items() if value is not None}
    assert said(statement) is Decision.NOT_ALLOWED


#: every operator of the IAM user guide: a key, a value with which it holds, and one without
OPERATORS = {
    "StringEquals": ("aws:RequestedRegion", "eu-west-1", "EU-WEST-1"),
    "StringNotEquals": ("aws:RequestedRegion", "EU-WEST-1", "eu-west-1"),
    "StringEqualsIgnoreCase": ("aws:RequestedRegion", "EU-WEST-1", "eu-west-2"),
    "StringNotEqualsIgnoreCase": ("aws:RequestedRegion", "eu-west-2", "EU-WEST-1"),
    "StringLike": ("aws:RequestedRegion", "eu-?est-*", "us-*"),
    "StringNotLike": ("aws:RequestedRegion", "us-*", "eu-*"),
    "NumericEquals": ("number", 7, 8),
    "NumericNotEquals": ("number", 8, 7),
    "NumericLessThan": ("number", 8, 7),
    "NumericLessThanEquals": ("number", 7, 6),
    "NumericGreaterThan": ("number", 6, 7),
    "NumericGreaterThanEquals": ("number", 7, 8),
    "DateEquals": ("aws:CurrentTime", "2026-11-01T12:00:00Z", "2026-11-01T12:00:01Z"),
    "DateNotEquals": ("aws:CurrentTime", "2026-11-01T12:00:01Z", "2026-11-01T12:00:00Z"),
    "DateLessThan": ("aws:CurrentTime", "2026-11-02T00:00:00Z", "2026-11-01T12:00:00Z"),
    "DateLessThanEquals": ("aws:CurrentTime", "2026-11-01T12:00:00Z", "2026-11-01T11:00:00Z"),
    "DateGreaterThan": ("aws:CurrentTime", "2026-11-01T11:00:00Z", "2026-11-01T12:00:00Z"),
    "DateGreaterThanEquals": ("aws:CurrentTime", "2026-11-01T12:00:00Z", "2026-11-02T00:00:00Z"),
    "Bool": ("secure", "true", "false"),
    "BinaryEquals": ("binary", "QmluYXJ5", "QmluYXI="),
    "IpAddress": ("aws:SourceIp", "10.0.0.0/8", "192.168.0.0/16"),
    "NotIpAddress": ("aws:SourceIp", "192.168.0.0/16", "10.0.0.0/8"),
    "ArnEquals": ("arn", "arn:aws:iam::1:user/*", "arn:aws:iam::2:user/*"),
    "ArnLike": ("arn", "arn:aws:iam::1:user/*", "arn:aws:iam::2:user/*"),
    "ArnNotEquals": ("arn", "arn:aws:iam::2:user/*", "arn:aws:iam::1:user/*"),
    "ArnNotLike": ("arn", "arn:aws:iam::2:user/*", "arn:aws:iam::1:user/*"),
    "Null": ("absent", "true", "false"),
}


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_operator_of_conditions_works(operator):
    more = {"secure": ["true"], "binary": ["QmluYXJ5"], "arn": ["arn:aws:iam::1:user/ana"]}
    key, holds, fails = OPERATORS[operator]
    found = [
        decide(
            [{"Statement": allow(Condition={operator: {key: value}})}],
            "security-ir:GetCase",
            ARN,
            {**KEYS, **more}.get,
        )
        for value in (holds, fails)
    ]
    assert found == [Decision.ALLOWED, Decision.NOT_ALLOWED]


def test_a_deny_counts_more_than_any_allow_wherever_it_stands():
    deny = {"Effect": "Deny", "Action": "security-ir:*", "Resource": ARN}
    assert said(deny, allow()) is said(allow(), deny) is Decision.DENIED
    other = ARN.replace("0123456789", "0000000000")
    assert said(allow(), deny, resource=other) is Decision.ALLOWED
    conditional = {**deny, "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}}
    assert said(allow(), conditional) is Decision.ALLOWED


def test_arns_are_compared_part_by_part():
    keys = {"aws:principalarn": ["arn:aws:iam::111111111111:user/team/ana"]}
    for pattern, decision in [
        ("arn:aws:iam::*:user/team/*", Decision.ALLOWED),
        ("arn:*:user/team/ana", Decision.NOT_ALLOWED),
    ]:
        statement = allow(Condition={"ArnLike": {"aws:PrincipalArn": pattern}})
        found = decide([{"Statement": statement}], "security-ir:GetCase", ARN, keys.get)
        assert found is decision


def test_a_resource_that_needs_a_star_is_not_allowed_by_an_arn():
    statement = allow(Action="security-ir:ListCases", Resource="arn:aws:security-ir:*:*:*")
    assert said(statement, action="security-ir:ListCases", resource="*") is Decision.NOT_ALLOWED
