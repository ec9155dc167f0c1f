"""Values of canned answers: checked against the model, and written so that botocore reads them."""

from __future__ import annotations

import io
import json
from datetime import datetime, timezone
from typing import Any

import pytest
from botocore.config import Config

from membership_mock import UsageError

ONCE = Config(retries={"total_max_attempts": 1})
DAY = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "given",
    [
        DAY,
        DAY.replace(tzinfo=None),
        "2026-01-02T03:04:05Z",
        "2026-01-02T04:04:05+01:00",
        DAY.timestamp(),
    ],
)
def test_an_instant_is_given_in_any_form(membership_mock: Any, given: Any) -> None:
    membership_mock.answer("organizations.ListAccounts", {"Accounts": [{"JoinedTimestamp": given}]})
    membership_mock.answer("s3.HeadObject", {"LastModified": given})
    (account,) = membership_mock.client("organizations").list_accounts()["Accounts"]
    assert account["JoinedTimestamp"] == DAY
    head = membership_mock.client("s3").head_object(Bucket="reports", Key="k")
    assert head["LastModified"] == DAY


@pytest.mark.parametrize("given", [b"text", "text", bytearray(b"text"), io.BytesIO(b"text")])
def test_bytes_and_streams_are_given_in_any_form(membership_mock: Any, given: Any) -> None:
    membership_mock.answer("s3.GetObject", {"Body": given, "Metadata": {"k": "v"}})
    s3 = membership_mock.client("s3")
    for _ in range(2):
        answer = s3.get_object(Bucket="reports", Key="k")
        assert answer["Body"].read() == b"text"
        assert answer["Metadata"] == {"k": "v"}


def test_what_boto3_returned_can_be_given_again(membership_mock: Any) -> None:
    organizations = membership_mock.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    answer = organizations.list_accounts()
    membership_mock.answer("organizations.ListAccounts", answer)
    again = organizations.list_accounts()
    assert [each["Arn"] for each in again["Accounts"]] == [
        each["Arn"] for each in answer["Accounts"]
    ]


POLICY = {"Statement": [{"Effect": "Allow", "Resource": "arn:aws:s3:::a/100%25+b", "Action": "*"}]}


def test_policies_and_templates_can_be_given_as_boto3_returns_them(membership_mock: Any) -> None:
    iam = membership_mock.client("iam")
    iam.create_role(RoleName="audit", AssumeRolePolicyDocument=json.dumps(POLICY))
    role = iam.get_role(RoleName="audit")
    assert membership_mock.calls[-1].answer["Role"]["AssumeRolePolicyDocument"] == POLICY
    membership_mock.answer("iam.GetRole", role)
    assert iam.get_role(RoleName="other")["Role"]["AssumeRolePolicyDocument"] == POLICY

    template = {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}}}
    membership_mock.answer("cloudformation.GetTemplate", {"TemplateBody": template})
    answer = membership_mock.client("cloudformation").get_template(StackName="s")
    assert answer["TemplateBody"] == template
    assert membership_mock.calls[-1].answer["TemplateBody"] == template


def test_text_in_xml_is_read_as_it_was_given_or_refused(membership_mock: Any) -> None:
    letter = {"Source": "a@b.co", "Destination": {}, "Message": {"Subject": {"Data": "s"}}}
    letter["Message"]["Body"] = {}
    membership_mock.answer("ses.SendEmail", {"MessageId": "a\r\nb\tc ]]> <&>"})
    ses = membership_mock.client("ses")
    assert ses.send_email(**letter)["MessageId"] == "a\r\nb\tc ]]> <&>"
    with pytest.raises(UsageError, match="XML cannot hold the character"):
        membership_mock.answer("ses.SendEmail", {"MessageId": "a\x01"})


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param({"ETag": "a\r\nb"}, r"the value 'a\\r\\nb'", id="line"),
        pytest.param({"ContentType": "日本"}, "the value '日本'", id="characters"),
        pytest.param({"Metadata": {"a b": "c"}}, "'x-amz-meta-a b' cannot be the name", id="name"),
    ],
)
def test_what_http_cannot_send_in_a_header_is_refused(
    membership_mock: Any, answer: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        membership_mock.answer("s3.GetObject", answer)
    membership_mock.answer("s3.GetObject", lambda _: answer)
    with pytest.raises(UsageError, match=said):
        membership_mock.client("s3").get_object(Bucket="reports", Key="k")


def test_half_a_character_is_refused_in_json_as_well(membership_mock: Any) -> None:
    with pytest.raises(UsageError, match="Name has half of a surrogate pair"):
        membership_mock.answer("organizations.ListAccounts", {"Accounts": [{"Name": "\ud800"}]})


def test_json_and_bytes_in_headers_are_read_as_they_were_given(membership_mock: Any) -> None:
    """A header holds them in Base64: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html"""
    slots = {"Size": "large", "Note": "é"}
    membership_mock.answer("lex-runtime.PostContent", {"slots": slots, "audioStream": b""})
    lex = membership_mock.client("lex-runtime")
    answer = lex.post_content(
        botName="b", botAlias="a", userId="us", contentType="text/plain", inputStream=b"x"
    )
    assert answer["slots"] == slots


@pytest.mark.parametrize(
    ("operation", "answer", "said"),
    [
        ("securityhub.GetInsights", {}, "lacks the required member 'Insights'"),
        ("securityhub.GetInsights", {"Insight": []}, "no member 'Insight'; nearest: 'Insights'"),
        (
            "securityhub.GetInsights",
            {"Insights": [{"Nam": "x"}]},
            r"Insights\[0\] has no member 'Nam'; nearest: 'Name'; Insights\[0\] lacks",
        ),
        ("securityhub.GetInsights", {"Insights": {}}, "Insights is a list, not {}"),
        ("sts.GetCallerIdentity", {"Account": 1}, "Account is text, not 1"),
        (
            "organizations.ListAccounts",
            {"Accounts": [{"Status": "ACTVE"}]},
            r"Accounts\[0\].Status is 'ACTVE', .* nearest: 'ACTIVE'",
        ),
        (
            "organizations.ListAccounts",
            {"Accounts": [{"JoinedTimestamp": "today"}]},
            r"Accounts\[0\].JoinedTimestamp is an instant",
        ),
        (
            "organizations.ListAccounts",
            {"Accounts": [{"JoinedTimestamp": 1e30}]},
            r"Accounts\[0\].JoinedTimestamp is an instant",
        ),
        ("s3.GetObject", {"Body": 7}, "Body is bytes, not 7"),
        ("s3.GetObject", {"ContentLength": "7"}, "ContentLength is an integer, not '7'"),
        ("s3.GetObject", {"Metadata": ["k"]}, r"Metadata is a mapping, not \['k'\]"),
        ("s3.GetObject", {"DeleteMarker": "yes"}, "DeleteMarker is True or False, not 'yes'"),
        ("cloudwatch.GetMetricData", {"MetricDataResults": [{"Values": ["1"]}]}, "is a number"),
        ("events.DeleteRule", {"Rule": 1}, "it has no member 'Rule'"),
        ("dynamodb.GetItem", {"Item": {"a": "b"}}, r"Item\['a'\] is a mapping, not 'b'"),
    ],
)
def test_what_the_operation_does_not_answer_is_a_usage_error(
    membership_mock: Any, operation: str, answer: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        membership_mock.answer(operation, answer)
    assert "force=True" in str(caught.value)


def test_what_the_model_does_not_know_can_be_forced(membership_mock: Any) -> None:
    forced = {"Accounts": [{"Status": "NEW_ONE"}], "Unknown": 1}
    membership_mock.answer("organizations.ListAccounts", forced, force=True)
    answer = membership_mock.client("organizations").list_accounts()
    assert answer["Accounts"] == [{"Status": "NEW_ONE"}]
    with pytest.raises(UsageError, match="cannot be written like that"):
        membership_mock.answer("organizations.ListAccounts", {"Accounts": 7}, force=True)
