"""Calls to moto's services over HTTP are recorded, and plans of the mock reach them."""

from __future__ import annotations

from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from membership_mock import MembershipMock, UnexpectedCall
from membership_mock.server.client import RemoteMock
from tests.server.raw_http import signature

ADMIN, MEMBER = "111122223333", "444455556666"


@pytest.fixture
def remote(url: str) -> RemoteMock:
    return RemoteMock(url)


def client(service: str, url: str, account: str = ADMIN) -> Any:
    """Return a client of the server that makes each call once."""
    return boto3.client(
        service,
        endpoint_url=url,
        region_name="eu-west-1",
        aws_access_key_id=account,
        aws_secret_access_key="x",
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )


def recorded(mock: MembershipMock) -> list[tuple[str, str, dict[str, Any]]]:
    """Return service, operation and parameters of the calls that the mock has served."""
    return [(call.service, call.operation, call.parameters) for call in mock.calls]


def test_calls_in_each_protocol_are_recorded_with_account_parameters_and_answer(
    url: str, mock: MembershipMock
) -> None:
    client("sts", url).get_caller_identity()  # query
    client("ec2", url).describe_vpcs(VpcIds=[])  # EC2's query
    client("kms", url, MEMBER).list_keys(Limit=7)  # JSON with a target
    client("batch", url).describe_job_queues(maxResults=5)  # REST with JSON
    client("route53", url).list_hosted_zones(MaxItems="3")  # REST with XML
    assert recorded(mock) == [
        ("sts", "GetCallerIdentity", {}),
        ("ec2", "DescribeVpcs", {}),
        ("kms", "ListKeys", {"Limit": 7}),
        ("batch", "DescribeJobQueues", {"maxResults": 5}),
        ("route53", "ListHostedZones", {"MaxItems": "3"}),
    ]
    assert [call.account for call in mock.calls] == [ADMIN, ADMIN, MEMBER, ADMIN, ADMIN]
    identity = mock.calls[0].answer
    assert identity is not None
    assert identity["Account"] == ADMIN


def test_objects_of_s3_are_stored_and_read_through_the_hooks(
    url: str, mock: MembershipMock
) -> None:
    s3 = client("s3", url)
    s3.create_bucket(
        Bucket="results", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    s3.put_object(Bucket="results", Key="a/b c.csv", Body=b"1,2\n" * 1000)
    s3.copy_object(Bucket="results", Key="copy", CopySource="results/a/b c.csv")
    assert s3.get_object(Bucket="results", Key="copy")["Body"].read() == b"1,2\n" * 1000
    assert s3.list_objects_v2(Bucket="results")["KeyCount"] == 2
    assert [(call.operation, call.parameters.get("Key")) for call in mock.calls] == [
        ("CreateBucket", None),
        ("PutObject", "a/b c.csv"),
        ("CopyObject", "copy"),
        ("GetObject", "copy"),
        ("ListObjectsV2", None),
    ]


def test_a_request_in_another_protocol_than_botocores_is_read_and_refused_in_it(
    url: str, mock: MembershipMock, remote: RemoteMock
) -> None:
    remote.fail("sqs.ListQueues", "AccessDenied", times=1, force=True)
    sent = "Action=ListQueues&Version=2012-11-05&MaxResults=5"
    headers = {
        "Authorization": signature("sqs"),
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
    }
    parts = urlsplit(url)
    connection = HTTPConnection(str(parts.hostname), parts.port)
    connection.request("POST", "/", sent, headers)
    refused = connection.getresponse()
    text = refused.read().decode()
    connection.close()
    assert "<Code>AccessDenied</Code>" in text  # botocore itself would call in JSON
    (call,) = mock.calls
    assert (call.operation, call.parameters) == ("ListQueues", {"MaxResults": 5})
    assert call.error_code == "AccessDenied"


def test_faults_canned_answers_and_delays_reach_every_service(
    url: str, mock: MembershipMock, remote: RemoteMock
) -> None:
    remote.fail("organizations.ListAccounts", "TooManyRequestsException", times=1)
    remote.answer("ses.GetSendQuota", {"Max24HourSend": 9.0})
    remote.answer("detective.ListGraphs", {"GraphList": []})  # which moto does not mock
    with pytest.raises(ClientError) as raised:
        client("organizations", url).list_accounts()
    assert raised.value.response["Error"]["Code"] == "TooManyRequestsException"
    assert client("ses", url).get_send_quota()["Max24HourSend"] == 9.0
    assert client("detective", url).list_graphs()["GraphList"] == []
    before = mock.clock.now()
    remote.faults.delay("sts.GetCallerIdentity", seconds=30)
    client("sts", url).get_caller_identity()
    assert (mock.clock.now() - before).total_seconds() >= 30
    mock.faults.assert_all_fired()
    mock.answers.assert_all_used()


def test_a_call_that_moto_does_not_mock_is_recorded_with_its_error(
    url: str, mock: MembershipMock
) -> None:
    with pytest.raises(ClientError, match=r"kms\.ConnectCustomKeyStore is not mocked") as raised:
        client("kms", url).connect_custom_key_store(CustomKeyStoreId="x")
    with pytest.raises(ClientError, match="the service detective"):
        client("detective", url).list_graphs()
    first, second = mock.calls
    assert (first.service, first.operation, first.answer) == ("kms", "ConnectCustomKeyStore", None)
    assert first.error_code == raised.value.response["Error"]["Code"] == "OperationNotMocked"
    assert str(first.error) == raised.value.response["Error"]["Message"]
    assert second.error_code == "ServiceNotMocked"


def test_a_lost_connection_is_one_for_the_client(url: str, mock: MembershipMock) -> None:
    mock.fail("sts.GetCallerIdentity", ConnectionClosedError)
    with pytest.raises((ConnectionClosedError, ClientError)):
        client("sts", url).get_caller_identity()


def test_strict_mode_refuses_calls_to_every_service(url: str, remote: RemoteMock) -> None:
    with (
        pytest.raises(UnexpectedCall, match="GetCallerIdentity"),
        remote.strict("sts.AssumeRole"),
        pytest.raises(ClientError, match="UnexpectedCall"),
    ):
        client("sts", url).get_caller_identity()
