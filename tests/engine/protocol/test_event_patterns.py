"""Event patterns and inputs of targets, as the EventBridge user guide describes them."""

from __future__ import annotations

import json

import pytest

from membership_mock.engine.protocol.event_inputs import input_of, part_of
from membership_mock.engine.protocol.event_patterns import UnknownOperatorError, matches

EVENT = {
    "source": "aws.securityhub",
    "detail-type": "Security Hub Findings - Imported",
    "time": "2026-11-01T12:00:00Z",
    "resources": ["arn:aws:ec2:eu-west-1:111111111111:instance/i-1", "other"],
    "detail": {
        "findings": [
            {
                "Severity": {"Label": "HIGH", "Normalized": 70},
                "Title": "Root key",
                "Resources": [
                    {"Type": "AwsEc2Instance", "Ip": "10.0.1.7"},
                    {"Type": "AwsS3Bucket", "Public": True},
                ],
                "Note": None,
            },
            {"Severity": {"Label": "LOW", "Normalized": 1.0}, "Title": "Tag"},
        ],
        "empty": [],
        "text": "",
    },
}


def finding(pattern):
    return {"detail": {"findings": pattern}}


@pytest.mark.parametrize(
    "pattern",
    [
        {"source": ["aws.securityhub"]},
        {"source": ["aws.guardduty", "aws.securityhub"]},
        {"resources": ["other"]},
        finding({"Severity": {"Label": ["HIGH"]}}),
        finding({"Severity": {"Label": ["LOW"]}, "Title": ["Tag"]}),
        finding({"Resources": {"Type": ["AwsS3Bucket"], "Public": [True]}}),
        finding({"Note": [None]}),
        {"detail": {"text": [""]}},
        finding({"Title": [{"prefix": "Roo"}]}),
        finding({"Title": [{"prefix": {"equals-ignore-case": "ROOT"}}]}),
        finding({"Title": [{"suffix": "key"}]}),
        finding({"Title": [{"suffix": {"equals-ignore-case": "KEY"}}]}),
        finding({"Title": [{"equals-ignore-case": "root KEY"}]}),
        finding({"Title": [{"wildcard": "R*t*"}]}),
        finding({"Title": [{"anything-but": ["Tag", "x"]}]}),
        finding({"Title": [{"anything-but": {"prefix": "Ta"}}]}),
        finding({"Title": [{"anything-but": {"suffix": ["key", "x"]}}]}),
        finding({"Title": [{"anything-but": {"wildcard": "*key"}}]}),
        finding({"Severity": {"Normalized": [{"numeric": [">", 60, "<=", 70]}]}}),
        finding({"Severity": {"Normalized": [{"numeric": ["=", 1]}]}}),
        finding({"Resources": {"Ip": [{"cidr": "10.0.0.0/16"}]}}),
        finding({"Title": [{"exists": True}]}),
        finding({"Nothing": [{"exists": False}]}),
        {"detail": {"empty": [{"exists": False}]}},
        {"detail": {"findings": [{"exists": False}]}},  # exists is about values, not objects
        {"$or": [{"source": ["x"]}, {"detail": {"text": [""]}}]},
    ],
)
def test_a_pattern_matches(pattern):
    assert matches(pattern, EVENT)


@pytest.mark.parametrize(
    "pattern",
    [
        {"source": ["aws.guardduty"]},
        {"source": ["AWS.securityhub"]},
        finding({"Severity": {"Label": ["CRITICAL"]}}),
        finding({"Severity": {"Label": ["LOW"]}, "Title": ["Root key"]}),  # of two findings
        finding({"Resources": {"Type": ["AwsEc2Instance"], "Public": [True]}}),  # of two resources
        finding({"Severity": {"Normalized": [70.0]}}),  # as text it is another number
        finding({"Resources": {"Public": [1]}}),
        finding({"Resources": {"Public": [{"numeric": ["=", 1]}]}}),
        finding({"Title": [{"anything-but": ["Tag", "Root key"]}]}),
        finding({"Nothing": [{"anything-but": ["x"]}]}),
        finding({"Title": [{"wildcard": "R*t"}]}),
        finding({"Severity": {"Normalized": [{"numeric": [">", 70]}]}}),
        finding({"Title": [{"cidr": "10.0.0.0/16"}]}),
        finding({"Resources": {"Public": [{"exists": False}]}}),  # one of the resources has it
        finding({"Title": ["Tag"], "Note": [{"exists": False}]}),  # the other finding has it
        {"detail": {"findings": [{"exists": True}]}},
        {"detail": {"nothing": {"more": ["x"]}}},
        {"$or": [{"source": ["x"]}, {"detail": {"text": ["y"]}}]},
    ],
)
def test_a_pattern_does_not_match(pattern):
    assert not matches(pattern, EVENT)


def test_an_unknown_operator_is_an_error_and_no_match():
    with pytest.raises(UnknownOperatorError, match="'starts-with'"):
        matches({"source": [{"starts-with": "aws"}]}, EVENT)


def test_a_wildcard_can_be_escaped():
    assert matches({"a": [{"wildcard": r"1\*2*"}]}, {"a": "1*23"})
    assert not matches({"a": [{"wildcard": r"1\*2*"}]}, {"a": "1x23"})


def test_a_wildcard_means_a_question_mark_and_a_bracket_as_they_are():
    assert matches({"a": [{"wildcard": r"[a?]\\*"}]}, {"a": r"[a?]\c"})
    assert not matches({"a": [{"wildcard": "[a?]*"}]}, {"a": "aac"})


def test_a_wildcard_of_many_asterisks_is_not_tried_in_every_way():
    assert not matches({"a": [{"wildcard": "*a" * 40 + "*b"}]}, {"a": "a" * 5000})
    assert matches({"a": [{"wildcard": "*a" * 40 + "*b"}]}, {"a": "a" * 5000 + "b"})


RULE = "arn:aws:events:eu-west-1:111111111111:rule/high"


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ({"Input": '{"a": 1}'}, '{"a": 1}'),
        ({"InputPath": "$.detail.findings[1].Title"}, '"Tag"'),
        ({"InputPath": "$.detail.findings[*].Title"}, '["Root key", "Tag"]'),
        ({"InputPath": "$.detail['text']"}, '""'),
        ({"InputPath": "$.detail.findings[7].Title"}, "null"),
        ({}, json.dumps(EVENT)),
    ],
)
def test_a_target_gets_a_constant_a_part_or_everything(target, text):
    assert input_of(target, EVENT, RULE) == text


def test_a_path_that_is_none_is_an_error():
    with pytest.raises(ValueError, match="starts with"):
        part_of(EVENT, "detail")
    with pytest.raises(ValueError, match="not a JSON path"):
        part_of(EVENT, "$detail")


def transformed(template, **paths):
    transformer = {"InputTemplate": template, "InputPathsMap": paths}
    return input_of({"InputTransformer": transformer}, EVENT, RULE)


def test_a_template_of_json_quotes_text_and_keeps_numbers_and_objects():
    made = transformed(
        '{"what": <title>, "line": "<title> (<score>)", "score": <score>, "all": <severity>,'
        ' "rule": <aws.events.rule-name>, "none": <none>}',
        title="$.detail.findings[0].Title",
        score="$.detail.findings[0].Severity.Normalized",
        severity="$.detail.findings[0].Severity",
        none="$.detail.nothing",
    )
    assert json.loads(made) == {
        "what": "Root key",
        "line": "Root key (70)",
        "score": 70,
        "all": {"Label": "HIGH", "Normalized": 70},
        "rule": "high",
        "none": None,
    }


def test_a_template_of_text_stays_text_and_unknown_variables_stay_as_they_are():
    made = transformed('"Finding <title> <other>"', title="$.detail.findings[0].Title")
    assert made == '"Finding Root key <other>"'


def test_the_whole_event_can_be_part_of_a_template():
    made = json.loads(transformed('{"original": <aws.events.event.json>}'))
    assert made == {"original": EVENT}
