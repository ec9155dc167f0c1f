"""Calls to the services that moto mocks, in the record and in assertions."""

from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from membership_mock import RequestBlocked, UnexpectedCall, UsageError, mock_membership
from tests.testing.calls.test_record_size import bytes_per_call

ONCE = Config(retries={"total_max_attempts": 1})
ADMIN, OTHER = "111111111111", "222222222222"
ROLE = "arn:aws:iam::222222222222:role/audit"


@pytest.fixture
def s3(membership_mock: Any) -> Any:
    s3 = membership_mock.client("s3", config=ONCE)
    s3.create_bucket(Bucket="reports")
    return s3


# --- parameters and answers ---


def test_a_role_that_was_assumed_can_be_asserted(membership_mock: Any) -> None:
    sts = membership_mock.client("sts", account=ADMIN, region="eu-west-1")
    tags = [{"Key": "team", "Value": "red & blue"}]
    answer = sts.assume_role(RoleArn=ROLE, RoleSessionName="audit", Tags=tags, DurationSeconds=900)
    (call,) = membership_mock.calls.assert_called("sts.AssumeRole", parameters={"RoleArn": ROLE})
    assert call.parameters == {
        "RoleArn": ROLE,
        "RoleSessionName": "audit",
        "Tags": tags,
        "DurationSeconds": 900,
    }
    del answer["ResponseMetadata"]
    assert call.answer == answer
    assert (call.account, call.region, call.status, call.error) == (ADMIN, "eu-west-1", 200, None)
    membership_mock.calls.assert_not_called("sts.AssumeRole", account=OTHER)


def test_the_detail_of_an_event_can_be_asserted(membership_mock: Any) -> None:
    events = membership_mock.client("events")
    entry = {"Source": "my.app", "DetailType": "Invited", "Detail": json.dumps({"to": OTHER})}
    events.put_events(Entries=[entry])

    def invites_other(call: Any) -> bool:
        return any(json.loads(e["Detail"])["to"] == OTHER for e in call.parameters["Entries"])

    membership_mock.calls.assert_called("events.PutEvents", where=invites_other, times=1)
    membership_mock.calls.assert_called("put_events", service="events", parameters={})
    assert membership_mock.calls[0].answer["FailedEntryCount"] == 0


def test_calls_of_all_services_stand_in_their_true_order(membership_mock: Any) -> None:
    hub = membership_mock.client("securityhub")
    sts = membership_mock.client("sts")
    sts.get_caller_identity()
    hub.enable_security_hub()
    sts.get_caller_identity()
    hub.describe_hub()
    order = [f"{call.service}.{call.operation}" for call in membership_mock.calls]
    assert order == [
        "sts.GetCallerIdentity",
        "securityhub.EnableSecurityHub",
        "sts.GetCallerIdentity",
        "securityhub.DescribeHub",
    ]
    membership_mock.calls.assert_in_order(
        "sts.get_caller_identity", "securityhub.Enable*", "sts.*", "*.Describe*", exactly=True
    )
    assert len(membership_mock.calls.filter("*.Get*")) == 2
    assert len(membership_mock.calls.filter("Get*", service="sts")) == 2
    assert len(membership_mock.calls.filter("Assume*", service="sts")) == 0
    assert len(membership_mock.calls.filter("*", parameters={"EnableDefaultStandards": 1})) == 0
    assert len(membership_mock.calls.filter(service="securityhub")) == 2
    assert "sts.GetCallerIdentity by 123456789012" in membership_mock.calls.last(3)
    assert membership_mock.passed_through() == {"sts.GetCallerIdentity": 2}


def test_parameters_are_read_in_each_protocol(membership_mock: Any) -> None:
    def client(service: str) -> Any:
        return membership_mock.client(service, config=ONCE)

    filters = [{"Name": "tag:team", "Values": ["red", "blue"]}]
    client("ec2").describe_instances(Filters=filters, MaxResults=5)
    client("organizations").create_organization(FeatureSet="ALL")
    client("lambda").list_functions(MaxItems=4)
    client("route53").create_hosted_zone(Name="example.com.", CallerReference="1")
    keys = {"TableName": "t", "Key": {"id": {"B": b"\x00\x01"}}}
    with pytest.raises(ClientError):
        client("dynamodb").get_item(**keys)
    points = [{"MetricName": "m", "Value": 1.5}]
    client("cloudwatch").put_metric_data(Namespace="n", MetricData=points)
    assert [call.parameters for call in membership_mock.calls] == [
        {"Filters": filters, "MaxResults": 5},
        {"FeatureSet": "ALL"},
        {"MaxItems": 4},
        {"Name": "example.com.", "CallerReference": "1"},
        keys,
        {"Namespace": "n", "MetricData": points},
    ]
    assert membership_mock.calls[1].answer["Organization"]["FeatureSet"] == "ALL"


def test_an_error_of_moto_is_recorded_with_its_code_and_message(
    membership_mock: Any, s3: Any
) -> None:
    iam = membership_mock.client("iam")
    for call in (
        lambda: iam.get_role(RoleName="nobody"),
        lambda: s3.get_object(Bucket="reports", Key="none"),
        lambda: s3.head_object(Bucket="reports", Key="none"),
    ):
        with pytest.raises(ClientError):
            call()
    calls = membership_mock.calls[1:]
    assert [call.error_code for call in calls] == ["NoSuchEntity", "NoSuchKey", "404"]
    assert [call.answer for call in calls] == [None, None, None]
    assert str(calls[0].error) == "Role nobody not found"
    assert calls[0].status == 404
    membership_mock.calls.assert_called("iam.GetRole", error="NoSuchEntity")
    assert repr(calls[0]).endswith('{"RoleName": "nobody"} -> NoSuchEntity')


# --- S3 and its streams ---


def test_bucket_and_key_are_read_wherever_they_stand(membership_mock: Any) -> None:
    for style in ("virtual", "path"):
        config = Config(s3={"addressing_style": style})
        s3 = membership_mock.client("s3", config=config)
        s3.create_bucket(Bucket=f"my-{style}")
        s3.put_object(Bucket=f"my-{style}", Key="a/b c", Body=b"x", Metadata={"k": "v"})
    s3.create_bucket(Bucket="with.dots")
    puts = membership_mock.calls.filter("s3.PutObject")
    wanted = {"Key": "a/b c", "Metadata": {"k": "v"}}
    assert [call.parameters["Bucket"] for call in puts] == ["my-virtual", "my-path"]
    membership_mock.calls.assert_called("s3.PutObject", parameters=wanted, times=2)
    membership_mock.calls.assert_called("s3.CreateBucket", parameters={"Bucket": "with.dots"})


class Once(io.BytesIO):
    """A file that fails when it is read once more after its end."""

    over = False

    def read(self, *args: Any) -> bytes:
        assert not self.over, "the record has read a stream"
        return super().read(*args)


def test_streams_are_neither_read_nor_kept(membership_mock: Any, s3: Any) -> None:
    body = Once(b"content of an object" * 1000)
    s3.put_object(Bucket="reports", Key="k", Body=body)
    body.over = True
    stream = s3.get_object(Bucket="reports", Key="k")["Body"]
    put, get = membership_mock.calls[1:]
    assert "Body" not in put.parameters
    assert "Body" not in get.answer
    assert get.answer["ContentLength"] == 20_000
    assert put._entry.request.body == get._entry.answer.body == b""
    assert stream.read() == b"content of an object" * 1000


def test_the_location_of_a_bucket_is_read(membership_mock: Any, s3: Any) -> None:
    west = {"LocationConstraint": "eu-west-1"}
    s3.create_bucket(Bucket="west", CreateBucketConfiguration=west)
    s3.get_bucket_location(Bucket="west")
    s3.get_bucket_location(Bucket="reports")
    assert membership_mock.calls[-2].answer == west
    assert membership_mock.calls[-1].answer == {"LocationConstraint": None}
    membership_mock.calls.assert_called(
        "s3.CreateBucket", parameters={"CreateBucketConfiguration": west}
    )


# --- calls that moto has not answered ---


def test_a_call_that_is_refused_or_blocked_is_recorded(membership_mock: Any) -> None:
    with pytest.raises(UnexpectedCall), membership_mock.strict("securityhub.*"):
        membership_mock.client("sts").get_caller_identity()
    with pytest.raises(RequestBlocked, match=r"mock\.answer\('voice-id\.ListDomains', {…}\)"):
        membership_mock.client("voice-id").list_domains(MaxResults=3)
    refused, blocked = membership_mock.calls
    assert (refused.operation, refused.error_code) == ("GetCallerIdentity", "UnexpectedCall")
    assert (blocked.operation, blocked.error_code) == ("ListDomains", "RequestBlocked")
    assert blocked.parameters == {"MaxResults": 3}
    assert membership_mock.passed_through() == {}


def test_setup_is_not_recorded_and_a_reset_forgets_calls(membership_mock: Any) -> None:
    membership_mock.organization(["shop"])
    assert len(membership_mock.calls) == 0
    membership_mock.client("organizations").list_accounts()
    assert len(membership_mock.calls) == 1
    membership_mock.reset()
    assert len(membership_mock.calls) == 0


def test_calls_stay_readable_after_the_mock() -> None:
    with mock_membership() as mock:
        mock.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="audit")
    mock.calls.assert_called("sts.AssumeRole", parameters={"RoleArn": ROLE})


def test_calls_of_many_threads_are_all_there(membership_mock: Any) -> None:
    def ask(number: int) -> None:
        account = f"{number:012}"
        membership_mock.client("sts", account=account).get_caller_identity()
        membership_mock.client("cleanrooms", account=account).list_collaborations()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask, range(1, 9)))
    assert len(membership_mock.calls) == 16
    for number in range(1, 9):
        account = f"{number:012}"
        (call,) = membership_mock.calls.filter("sts.GetCallerIdentity", account=account)
        assert call.answer["Account"] == account


def test_assertions_say_what_was_called_instead(membership_mock: Any) -> None:
    membership_mock.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="audit")
    with pytest.raises(AssertionError, match=r"AssumeRole was called, but differently:\n.*audit"):
        membership_mock.calls.assert_called("sts.AssumeRole", parameters={"RoleArn": "other"})
    with pytest.raises(UsageError, match="no parameter 'RoleArm'; nearest: 'RoleArn'"):
        membership_mock.calls.assert_called("sts.AssumeRole", parameters={"RoleArm": ROLE})
    with pytest.raises(UsageError, match=r"'sts\.AsumeRole' is not an operation of sts; nearest"):
        membership_mock.calls.filter("sts.AsumeRole")
    with pytest.raises(UsageError, match=r"No operation of sts matches 'sts\.List\*'"):
        membership_mock.calls.filter("sts.List*")


def test_a_service_may_be_named_apart_from_its_operation(membership_mock: Any) -> None:
    membership_mock.client("sts").get_caller_identity()
    membership_mock.calls.assert_called("GetCallerIdentity", service="sts")
    with pytest.raises(AssertionError, match="What was called instead"):
        membership_mock.calls.assert_called("AssumeRole", service="sts")


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        ("sts:AssumeRole", "as IAM writes it: write 'sts.AssumeRole'"),
        ("eventbridge.PutEvents", "boto3 calls it 'events'"),
        ("SecurityHub.GetMembers", "boto3 calls it 'securityhub'"),
        ("step_functions.StartExecution", "boto3 calls it 'stepfunctions'"),
        ("brakt.GetDevice", "nearest: 'braket'"),
    ],
)
def test_other_names_of_a_service_lead_to_that_of_boto3(
    membership_mock: Any, operation: str, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        membership_mock.calls.assert_not_called(operation)
    with pytest.raises(UsageError, match=said):
        membership_mock.answer(operation, {})


# --- what it costs ---


def test_a_call_keeps_a_kilobyte_at_most(membership_mock: Any) -> None:
    membership_mock.organization(["shop"])
    assert bytes_per_call(membership_mock.client("sts").get_caller_identity) < 1_000
    assert bytes_per_call(membership_mock.client("organizations").list_accounts) < 1_200
