"""Faults of calls to services that this package does not mock: moto's, and those of none."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from membership_mock import UnexpectedCall, UsageError

ONCE = Config(retries={"total_max_attempts": 1})
ROLE = {"RoleArn": "arn:aws:iam::111111111111:role/audit", "RoleSessionName": "audit"}
PLACE = {"Bucket": "reports", "Key": "k"}

Operation = tuple[str, str, dict[str, Any]]
ASSUME: Operation = ("sts", "assume_role", ROLE)
GET: Operation = ("s3", "get_object", PLACE)
HEAD: Operation = ("s3", "head_object", PLACE)


def ask(mock: Any, operation: Operation, **others: Any) -> Any:
    service, method, arguments = operation
    return getattr(mock.client(service, config=ONCE, **others), method)(**arguments)


def test_parameters_choose_the_calls_of_each_kind_of_fault(membership_mock: Any) -> None:
    wanted = {"RoleSessionName": "audit"}
    membership_mock.fail("sts.AssumeRole", "AccessDenied", parameters=wanted)
    late = membership_mock.faults.delay("sts.AssumeRole", 5, parameters={"RoleArn": "other"})
    ask(membership_mock, ("sts", "assume_role", {**ROLE, "RoleSessionName": "build"}))
    with pytest.raises(ClientError, match="AccessDenied"):
        ask(membership_mock, ASSUME)
    assert membership_mock.faults.unfired == [late]
    late.cancel()
    with pytest.raises(UsageError, match="no parameter 'RoleArm'; nearest: 'RoleArn'"):
        membership_mock.fail("sts.AssumeRole", "AccessDenied", parameters={"RoleArm": "x"})


@pytest.mark.parametrize(
    ("operation", "error", "called", "kind", "code", "status"),
    [
        ("sts.AssumeRole", "AccessDenied", ASSUME, "ClientError", "AccessDenied", 403),
        ("sts.assume_role", "Throttling", ASSUME, "ClientError", "Throttling", 400),
        (
            "sts.*",
            "ThrottlingException",
            ASSUME,
            "ClientError",
            "ThrottlingException",
            400,
        ),
        (
            "iam.GetRole",
            "NoSuchEntityException",
            ("iam", "get_role", {"RoleName": "r"}),
            "NoSuchEntityException",
            "NoSuchEntity",
            404,
        ),
        (
            "ec2.DescribeInstances",
            "InvalidInstanceID.NotFound",
            ("ec2", "describe_instances", {}),
            "ClientError",
            "InvalidInstanceID.NotFound",
            400,
        ),
        (
            "organizations.*",
            "TooManyRequestsException",
            ("organizations", "list_accounts", {}),
            "TooManyRequestsException",
            "TooManyRequestsException",
            400,
        ),
        (
            "lambda.Invoke",
            "TooManyRequestsException",
            ("lambda", "invoke", {"FunctionName": "f"}),
            "TooManyRequestsException",
            "TooManyRequestsException",
            429,
        ),
        (
            "dynamodb.GetItem",
            "ProvisionedThroughputExceededException",
            ("dynamodb", "get_item", {"TableName": "t", "Key": {"a": {"S": "b"}}}),
            "ProvisionedThroughputExceededException",
            "ProvisionedThroughputExceededException",
            400,
        ),
        (
            "sqs.GetQueueUrl",
            "AWS.SimpleQueueService.NonExistentQueue",
            ("sqs", "get_queue_url", {"QueueName": "q"}),
            "QueueDoesNotExist",
            "AWS.SimpleQueueService.NonExistentQueue",
            400,
        ),
        (
            "cloudwatch.DescribeAlarms",
            "InvalidNextToken",
            ("cloudwatch", "describe_alarms", {}),
            "InvalidNextToken",
            "InvalidNextToken",
            400,
        ),
        (
            "route53.GetHostedZone",
            "NoSuchHostedZone",
            ("route53", "get_hosted_zone", {"Id": "Z"}),
            "NoSuchHostedZone",
            "NoSuchHostedZone",
            404,
        ),
        ("s3.GetObject", "NoSuchKey", GET, "NoSuchKey", "NoSuchKey", 404),
        ("s3.GetObject", "SlowDown", GET, "ClientError", "SlowDown", 503),
        ("s3.HeadObject", "NoSuchKey", HEAD, "ClientError", "404", 404),
        ("s3.HeadObject", "403", HEAD, "ClientError", "403", 403),
        (
            "voice-id.ListDomains",
            "AccessDeniedException",
            ("voice-id", "list_domains", {}),
            "AccessDeniedException",
            "AccessDeniedException",
            400,
        ),
    ],
)
def test_an_error_is_that_of_the_service(
    membership_mock: Any,
    operation: str,
    error: str,
    called: Operation,
    kind: str,
    code: str,
    status: int,
) -> None:
    fault = membership_mock.fail(operation, error)
    with pytest.raises(ClientError) as caught:
        ask(membership_mock, called)
    response = caught.value.response
    assert (type(caught.value).__name__, response["Error"]["Code"]) == (kind, code)
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert response["Error"]["Message"]
    (call,) = fault.fired
    assert (call.error_code, call.status) == (code, status)
    assert call.request_id == response["ResponseMetadata"]["RequestId"]


def test_members_message_and_hint_are_those_that_the_test_sets(membership_mock: Any) -> None:
    membership_mock.fail(
        "lambda.Invoke",
        "TooManyRequestsException",
        message="Slow down",
        members={"Reason": "CallerRateLimitExceeded"},
        retry_after=3,
    )
    client = membership_mock.client("lambda", config=ONCE)
    with pytest.raises(client.exceptions.TooManyRequestsException, match="Slow down") as caught:
        client.invoke(FunctionName="f")
    assert caught.value.response["Reason"] == "CallerRateLimitExceeded"
    assert caught.value.response["retryAfterSeconds"] == "3"
    membership_mock.fail("s3.GetObject", "InvalidObjectState", members={"StorageClass": "GLACIER"})
    with pytest.raises(ClientError) as caught:
        ask(membership_mock, GET)
    assert caught.value.response["StorageClass"] == "GLACIER"


def test_where_account_and_times_choose_the_calls(membership_mock: Any) -> None:
    fault = membership_mock.fail(
        "sts.AssumeRole",
        "AccessDenied",
        times=2,
        account="222222222222",
        where=lambda call: call.parameters["RoleArn"].endswith("/audit"),
    )
    other = ("sts", "assume_role", {**ROLE, "RoleArn": "arn:aws:iam::111111111111:role/other"})
    ask(membership_mock, ASSUME)
    ask(membership_mock, other, account="222222222222")
    for _ in range(2):
        with pytest.raises(ClientError, match="AccessDenied"):
            ask(membership_mock, ASSUME, account="222222222222")
    ask(membership_mock, ASSUME, account="222222222222")
    assert (len(fault.fired), fault.remaining) == (2, 0)
    assert len(membership_mock.calls) == 5


def test_a_lost_answer_of_s3_leaves_the_object(membership_mock: Any) -> None:
    s3 = membership_mock.client("s3", config=ONCE)
    s3.create_bucket(Bucket="reports")
    membership_mock.fail("s3.PutObject", "ReadTimeoutError", after=True)
    membership_mock.fail("s3.GetObject", "ConnectionClosedError")
    with pytest.raises(ReadTimeoutError):
        s3.put_object(**PLACE, Body=b"kept")
    with pytest.raises(ConnectionClosedError):
        s3.get_object(**PLACE)
    assert s3.get_object(**PLACE)["Body"].read() == b"kept"
    codes = [call.error_code for call in membership_mock.calls]
    assert codes == [None, "ReadTimeoutError", "ConnectionClosedError", None]


def test_an_error_after_the_effect_leaves_the_effect(membership_mock: Any) -> None:
    organizations = membership_mock.client("organizations", config=ONCE)
    membership_mock.fail("organizations.CreateOrganization", "ServiceException", after=True)
    with pytest.raises(organizations.exceptions.ServiceException):
        organizations.create_organization(FeatureSet="ALL")
    assert organizations.describe_organization()["Organization"]["FeatureSet"] == "ALL"


def test_a_slow_answer_moves_the_clock_and_a_hasty_client_gives_up(membership_mock: Any) -> None:
    membership_mock.clock.freeze()
    start = membership_mock.clock.now()
    membership_mock.faults.delay("sts.GetCallerIdentity", 30, times=None)
    membership_mock.client("sts").get_caller_identity()
    assert (membership_mock.clock.now() - start).total_seconds() == 30
    hasty = Config(read_timeout=5, retries={"total_max_attempts": 1})
    with pytest.raises(ReadTimeoutError):
        membership_mock.client("sts", config=hasty).get_caller_identity()
    assert (membership_mock.clock.now() - start).total_seconds() == 35


def test_botocore_retries_a_call_that_was_throttled(
    membership_mock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    naps: list[float] = []
    monkeypatch.setattr("botocore.endpoint.time.sleep", naps.append)
    membership_mock.fail("s3.ListBuckets", "SlowDown", times=2)
    membership_mock.client("s3").list_buckets()
    assert len(naps) == 2
    codes = [call.error_code for call in membership_mock.calls]
    assert codes == ["SlowDown", "SlowDown", None]


def test_a_bare_pattern_stands_for_the_services_of_this_package(membership_mock: Any) -> None:
    membership_mock.fail("*", "ServiceUnavailable", times=None)
    membership_mock.client("sts").get_caller_identity()
    with pytest.raises(ClientError, match="ServiceUnavailable"):
        membership_mock.client("securityhub", config=ONCE).describe_hub()


def test_a_call_that_strict_mode_refuses_meets_no_fault(membership_mock: Any) -> None:
    fault = membership_mock.fail("sts.AssumeRole", "AccessDenied")
    with pytest.raises(UnexpectedCall), membership_mock.strict("securityhub.*"):
        ask(membership_mock, ASSUME)
    assert len(fault.fired) == 0
    fault.cancel()


def test_faults_hit_as_many_calls_of_threads_as_they_say(membership_mock: Any) -> None:
    fault = membership_mock.fail("sts.GetCallerIdentity", "AccessDenied", times=5)

    def call(_: int) -> bool:
        try:
            membership_mock.client("sts", config=ONCE).get_caller_identity()
        except ClientError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(call, range(12))) == [False] * 5 + [True] * 7
    assert len(fault.fired) == 5


@pytest.mark.parametrize(
    ("operation", "error", "said"),
    [
        ("sts.AssumeRole", "AcessDenied", "nearest: 'AccessDenied'"),
        ("sts.AsumeRole", "AccessDenied", "nearest: 'AssumeRole'"),
        ("st.AssumeRole", "AccessDenied", "not a service of AWS .* nearest: 'sts'"),
        ("s3.GetObject", "NoSuchKy", "it declares InvalidObjectState, NoSuchKey; .* 'NoSuchKey'"),
        ("organizations.*", "ChildNotFoundException", "of the .* operations do not declare"),
        ("events.PutEvents", "NoSuchKey", "does not declare 'NoSuchKey'"),
        ("s3.GetObject", "999", "does not declare '999'"),
    ],
)
def test_an_error_that_the_service_does_not_send_is_a_usage_error(
    membership_mock: Any, operation: str, error: str, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        membership_mock.fail(operation, error)


@pytest.mark.parametrize("operation", ["iam.CreateUser", "s3.GetObject", "ec2.DescribeRegions"])
def test_text_that_xml_cannot_hold_is_a_usage_error(membership_mock: Any, operation: str) -> None:
    with pytest.raises(UsageError, match=r"cannot look like that: XML cannot hold .* '\\x01'"):
        membership_mock.fail(operation, "ThrottlingException", message="a\x01")


@pytest.mark.parametrize("operation", ["lambda.Invoke", "iam.CreateUser", "GetInsights"])
def test_half_a_character_and_a_code_that_http_cannot_send_are_usage_errors(
    membership_mock: Any, operation: str
) -> None:
    with pytest.raises(UsageError, match="half of a surrogate pair, which is not a character"):
        membership_mock.fail(operation, "ThrottlingException", message="\ud800")
    for code in ("Thröttling", "a b", "a\nb"):
        with pytest.raises(UsageError, match="is not the code of an error"):
            membership_mock.fail(operation, code, force=True)
    numbered = ClientError({"Error": {"Code": 429}}, "Invoke")
    with pytest.raises(UsageError, match="429 is not the code of an error"):
        membership_mock.fail(operation, numbered)


def test_an_error_without_members_says_so(membership_mock: Any) -> None:
    with pytest.raises(UsageError, match=r"has no member 'Key'; it has: only a message\."):
        membership_mock.fail("s3.GetObject", "NoSuchKey", members={"Key": "k"})


def test_what_is_wrong_can_be_forced_and_single_accounts_are_not_refused_elsewhere(
    membership_mock: Any,
) -> None:
    membership_mock.fail("sts.AssumeRole", "Teapot", status=418, force=True)
    with pytest.raises(ClientError, match="Teapot") as caught:
        ask(membership_mock, ASSUME)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 418
    with pytest.raises(UsageError, match="cannot refuse single accounts"):
        membership_mock.faults.refuse_accounts("guardduty.CreateMembers", ["111111111111"])
    with pytest.raises(UsageError, match=r"has no member 'Raeson'.*nearest: 'Reason'"):
        membership_mock.fail("lambda.Invoke", "TooManyRequestsException", members={"Raeson": "x"})
    with pytest.raises(UsageError, match="Reason is 'x', which the model does not know"):
        membership_mock.fail("lambda.Invoke", "TooManyRequestsException", members={"Reason": "x"})
