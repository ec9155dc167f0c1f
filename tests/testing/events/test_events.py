"""`mock.events`: what was sent, to which rules and targets, and what was not delivered."""

from __future__ import annotations

import json
import threading
import warnings

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from membership_mock import mock_membership
from membership_mock.errors import NotRunning, UsageError

A, B = "111111111111", "222222222222"
REGION = "eu-west-1"
IMPORTED = "Security Hub Findings - Imported"
TEAM = [
    {"name": "Ana Silva", "jobTitle": "Lead", "email": "ana@example.com"},
    {"name": "Bo Li", "jobTitle": "Analyst", "email": "bo@example.com"},
]
HIGH = {"detail": {"findings": {"Severity": {"Label": ["HIGH"]}}}}


@pytest.fixture
def mock():
    with mock_membership(account=A, region=REGION) as mock:
        yield mock


def rule(mock, target, pattern=None, *, account=A, name="rule", **more):
    """Make a rule for all our events with one target."""
    events = mock.client("events", account=account)
    wanted = pattern or {"source": ["aws.securityhub", "aws.security-ir", "aws.cleanrooms"]}
    events.put_rule(Name=name, EventPattern=json.dumps(wanted), **more)
    events.put_targets(Rule=name, Targets=[{"Id": "1", **target}])
    return events


def queue(mock, name="queue", account=A, **attributes):
    """Make a queue, and return a function that returns what has come, and its ARN."""
    sqs = mock.client("sqs", account=account)
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]

    def received():
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(each["Body"]) for each in found]

    return received, {"Arn": f"arn:aws:sqs:{REGION}:{account}:{name}"}


def test_a_queue_gets_the_event_in_its_documented_form(mock):
    received, target = queue(mock)
    mock.clock.freeze("2026-11-01T12:30:00Z")
    rule(mock, target, {"source": ["aws.security-ir"], "detail-type": ["Case Created"]})
    case = mock.given.security_ir.case()
    assert received() == [
        {
            "version": "0",
            "id": mock.events.filter("Case Created")[0].id,
            "detail-type": "Case Created",
            "source": "aws.security-ir",
            "account": A,
            "time": "2026-11-01T12:30:00Z",
            "region": REGION,
            "resources": [f"arn:aws:security-ir:{REGION}:{A}:case/{case.case_id}"],
            "detail": {"caseId": case.case_id, "createdBy": A},
        }
    ]


def test_a_pattern_reaches_into_the_list_of_findings(mock):
    received, target = queue(mock)
    rule(mock, target, {"source": ["aws.securityhub"], **HIGH})
    mock.given.securityhub.finding(Severity={"Label": "LOW"})
    mock.given.securityhub.finding(Severity={"Label": "HIGH"}, Title="Root key")
    (message,) = received()
    assert message["detail"]["findings"][0]["Title"] == "Root key"


def test_a_disabled_rule_delivers_nothing_until_it_is_enabled(mock):
    received, target = queue(mock)
    events = rule(mock, target, State="DISABLED")
    mock.given.security_ir.membership()
    assert received() == []
    events.enable_rule(Name="rule")
    mock.given.security_ir.case()
    assert [each["detail-type"] for each in received()] == ["Case Created"]


def test_a_rule_of_another_account_or_region_gets_nothing(mock):
    received, target = queue(mock, account=B)
    rule(mock, target, account=B)
    mock.given.security_ir.membership()
    assert received() == []
    assert mock.events[0].deliveries == []


def test_a_refused_call_sends_nothing(mock):
    ir = mock.client("security-ir")
    mock.given.security_ir.membership()
    before = len(mock.events)
    with pytest.raises(ir.exceptions.ConflictException):
        ir.create_membership(membershipName="Second", incidentResponseTeam=TEAM)
    assert len(mock.events) == before


def test_a_refused_seed_sends_nothing(mock):
    with pytest.raises(UsageError):
        mock.given.security_ir.case(status="Nonsense")
    with pytest.raises(UsageError):
        mock.given.securityhub.finding(Nonsense=1)
    mock.events.assert_not_sent()


def test_an_answer_that_is_lost_has_sent_its_event(mock):
    mock.given.security_ir.membership()
    ir = mock.client("security-ir")
    case = mock.given.security_ir.case()
    mock.fail("CloseCase", "InternalServerException", after=True, times=None)
    with pytest.raises(ir.exceptions.InternalServerException):
        ir.close_case(caseId=case.case_id)
    mock.events.assert_sent("Case Closed", times=1)


def test_the_first_call_of_an_idempotency_token_sends_the_only_event(mock):
    ir = mock.client("security-ir")
    for _ in range(2):
        ir.create_membership(clientToken="t", membershipName="First", incidentResponseTeam=TEAM)
    mock.events.assert_sent("Membership Created", times=1)


def test_a_function_stands_in_for_lambda_and_acts_as_its_account(mock):
    arn = f"arn:aws:lambda:{REGION}:{A}:function:triage"
    mock.given.securityhub.hub(A)
    mock.given.securityhub.hub(B)

    def triage(event, context):
        finding = event["detail"]["findings"][0]
        boto3.client("securityhub", region_name=event["region"]).batch_update_findings(
            FindingIdentifiers=[{"Id": finding["Id"], "ProductArn": finding["ProductArn"]}],
            Note={"Text": context.function_name, "UpdatedBy": "triage"},
        )
        assert boto3.client("sts", region_name=REGION).get_caller_identity()["Account"] == B

    mock.events.on_target(arn.replace(A, B), triage)
    new = {"Note": {"UpdatedBy": [{"exists": False}]}}
    rule(mock, {"Arn": arn.replace(A, B)}, {"detail": {"findings": new}}, account=B)
    mock.given.securityhub.finding(B)
    (call,) = mock.calls.assert_called("BatchUpdateFindings", account=B)
    assert call.answer["UnprocessedFindings"] == []
    assert mock.events.undelivered == []
    mock.events.assert_sent(IMPORTED, account=B, times=2)


def test_events_that_cause_one_another_for_ever_are_stopped(mock):
    def again(event):
        finding = event["detail"]["findings"][0]
        mock.client("securityhub").batch_update_findings(
            FindingIdentifiers=[{"Id": finding["Id"], "ProductArn": finding["ProductArn"]}],
            Confidence=1,
        )

    mock.events.on_target("arn:aws:lambda:*", again)
    rule(mock, {"Arn": f"arn:aws:lambda:{REGION}:{A}:function:loop"})
    with pytest.warns(UserWarning, match="looks like a loop"):
        mock.given.securityhub.finding()
        mock._look_for_undelivered_events(mock._entered)
    assert len(mock.events) == 17


def test_events_that_a_function_puts_itself_are_counted_and_stopped_as_well(mock):
    events = mock.client("events")
    depth, deepest = [], []

    def again(_):
        depth.append(1)
        deepest.append(len(depth))
        events.put_events(Entries=[{"Source": "mine", "DetailType": "Mine", "Detail": "{}"}])
        depth.pop()

    mock.events.on_target("arn:aws:lambda:*", again)
    rule(mock, {"Arn": f"arn:aws:lambda:{REGION}:{A}:function:loop"}, {"source": ["mine"]})
    events.put_events(Entries=[{"Source": "mine", "DetailType": "Mine", "Detail": "{}"}])
    assert deepest == [1] * 16, "each event is delivered after the function has returned"
    (failed,) = mock.events.undelivered
    assert "looks like a loop" in failed.failure
    mock._entered.events.reported = 1


def test_a_function_of_an_alias_has_the_name_of_the_function(mock):
    names = []
    mock.events.on_target("arn:aws:lambda:*", lambda _, context: names.append(context))
    rule(mock, {"Arn": f"arn:aws:lambda:{REGION}:{A}:function:triage:live"})
    mock.given.security_ir.membership()
    assert [each.function_name for each in names] == ["triage"]


def test_a_coroutine_is_not_taken_for_a_delivery(mock):
    async def handler(_):
        raise AssertionError("never awaited")

    def ordinary(event):
        return handler(event)

    with pytest.raises(UsageError, match="not awaited, so it cannot be the coroutine function"):
        mock.events.on_target("arn:aws:lambda:*", handler)
    mock.events.on_target("arn:aws:lambda:*", ordinary)
    rule(mock, {"Arn": f"arn:aws:lambda:{REGION}:{A}:function:f"})
    mock.given.security_ir.membership()
    (failed,) = mock.events.undelivered
    assert "returned a coroutine" in failed.failure
    mock._entered.events.reported = 1


def test_what_a_target_raises_does_not_reach_the_caller(mock):
    def broken(_):
        raise ValueError("no disk")

    mock.events.on_target("arn:aws:lambda:*", broken)
    rule(mock, {"Arn": f"arn:aws:lambda:{REGION}:{A}:function:f"}, name="broken")
    mock.given.security_ir.membership()
    (failed,) = mock.events.undelivered
    assert (failed.detail_type, failed.failure) == ("Membership Created", "ValueError: no disk")
    with pytest.warns(UserWarning, match="by rule broken to arn:aws:lambda.*no disk"):
        mock._look_for_undelivered_events(mock._entered)


@pytest.mark.parametrize(
    ("arn", "why"),
    [
        (f"arn:aws:lambda:{REGION}:{A}:function:f", r"mock\.events\.on_target"),
        (f"arn:aws:states:{REGION}:{A}:stateMachine:m", r"mock\.events\.on_target"),
        (f"arn:aws:sqs:{REGION}:{A}:nowhere", "no such queue"),
        (f"arn:aws:sns:{REGION}:{A}:nowhere", "no such topic"),
        (f"arn:aws:logs:{REGION}:{A}:log-group:/aws/events/no", "no such log group"),
        (f"arn:aws:kinesis:{REGION}:{A}:stream/no", "no such stream"),
        (f"arn:aws:firehose:{REGION}:{A}:deliverystream/no", "no such delivery stream"),
        (f"arn:aws:events:{REGION}:{A}:event-bus/no", "no such event bus"),
        (f"arn:aws:events:{REGION}:{A}:api-destination/x/1", "MOTO_EVENTS_INVOKE_HTTP"),
    ],
)
def test_the_end_of_the_mock_warns_of_what_was_not_delivered(arn, why):
    with (
        pytest.warns(UserWarning, match=why),
        mock_membership(account=A, region=REGION) as mock,
    ):
        rule(mock, {"Arn": arn})
        mock.given.security_ir.membership()
    assert mock.events[0].targets == []


@pytest.mark.parametrize(
    ("test", "why"),
    [
        ({"starts-with": "aws"}, "EventBridge has no comparison operator 'starts-with'"),
        ({"prefix": {}}, "the pattern cannot be read: KeyError"),
    ],
)
def test_a_pattern_that_aws_would_refuse_does_not_reach_the_caller(test, why):
    with mock_aws():
        # a rule of moto's alone, whose pattern has not been checked
        events = boto3.client("events", REGION)
        events.put_rule(Name="rule", EventPattern=json.dumps({"source": [test]}))
        events.put_targets(
            Rule="rule", Targets=[{"Id": "1", "Arn": "arn:aws:lambda:eu-west-1:1:function:f"}]
        )
        with mock_membership(region=REGION) as mock:
            mock.given.security_ir.membership()
            (failed,) = mock.events.undelivered
            assert failed.failure.startswith(why)
            mock._entered.events.reported = 1


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ({}, "Empty objects are not allowed"),
        ([], "Filter is not an object"),
        ({"source": "aws.securityhub"}, '"source" must be an object or an array'),
        ({"source": []}, "Empty arrays are not allowed"),
        (
            {"detail": {"findings": [{"Severity": {"Label": ["HIGH"]}}]}},
            "Unrecognized match type Severity",
        ),
        ({"source": [["x"]]}, "Match value must be String, number, true, false, or null"),
        ({"source": [{"prefix": "a", "suffix": "b"}]}, "Only one key allowed in match expression"),
        ({"source": [{"prefix": 5}]}, "prefix match pattern must be a string"),
        ({"source": [{"wildcard": "a**"}]}, "Consecutive wildcard characters at pos 1"),
        ({"source": [{"exists": "yes"}]}, "exists match pattern must be either true or false."),
        ({"a": [{"numeric": ["<"]}]}, "Invalid member in numeric match"),
        ({"a": [{"numeric": ["~", 1]}]}, "Unrecognized numeric range operator: ~"),
        ({"a": [{"numeric": ["<", "1"]}]}, "Value of < must be numeric"),
        ({"a": [{"cidr": "10.0.0"}]}, "Malformed CIDR"),
        ({"a": [{"anything-but": []}]}, "Value of anything-but must be an array or single"),
        ({"a": [{"anything-but": {"exists": True}}]}, "Unsupported anything-but pattern: exists"),
        ({"$or": [{"a": ["b"]}, {"a": "b"}]}, '"a" must be an object or an array'),
    ],
)
def test_a_pattern_that_aws_refuses_is_refused(mock, pattern, why):
    events = mock.client("events")
    with pytest.raises(ClientError) as refused:
        events.put_rule(Name="rule", EventPattern=json.dumps(pattern))
    error = refused.value.response["Error"]
    assert error["Code"] == "InvalidEventPatternException"
    assert error["Message"].startswith(f"Event pattern is not valid. Reason: {why}")
    assert events.list_rules()["Rules"] == []
    with pytest.raises(UsageError):
        mock.events.filter(pattern=pattern)


def test_a_pattern_that_is_too_long_is_refused(mock):
    deep = '{"a":' * 5000 + '["x"]' + "}" * 5000
    with pytest.raises(ClientError, match="length less than or equal to 4096"):
        mock.client("events").put_rule(Name="rule", EventPattern=deep)
    inner = ["x"]
    for _ in range(3000):
        inner = {"a": inner}
    with pytest.raises(UsageError, match="too deep"):
        mock.events.filter(pattern=inner)


def test_a_failed_test_is_not_hidden_by_a_warning():
    with (
        warnings.catch_warnings(),
        pytest.raises(ZeroDivisionError),
        mock_membership(account=A, region=REGION) as mock,
    ):
        warnings.simplefilter("error")
        rule(mock, {"Arn": f"arn:aws:sqs:{REGION}:{A}:nowhere"})
        mock.given.security_ir.membership()
        1 / 0  # noqa: B018


def test_topics_logs_and_streams_are_served(mock):
    received, target = queue(mock)
    sns = mock.client("sns")
    topic = sns.create_topic(Name="topic")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=target["Arn"])
    rule(mock, {"Arn": topic}, name="to-topic")
    logs = mock.client("logs")
    logs.create_log_group(logGroupName="/aws/events/ours")
    group = f"arn:aws:logs:{REGION}:{A}:log-group:/aws/events/ours"
    rule(mock, {"Arn": group, "InputPath": "$.detail"}, name="to-logs")
    kinesis = mock.client("kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    rule(mock, {"Arn": f"arn:aws:kinesis:{REGION}:{A}:stream/s"}, name="to-stream")

    membership = mock.given.security_ir.membership()

    (notice,) = received()
    assert json.loads(notice["Message"])["detail-type"] == "Membership Created"
    (entry,) = logs.filter_log_events(logGroupName="/aws/events/ours")["events"]
    assert json.loads(entry["message"]) == {"membershipId": membership.membership_id}
    shard = kinesis.list_shards(StreamName="s")["Shards"][0]["ShardId"]
    start = kinesis.get_shard_iterator(
        StreamName="s", ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    (record,) = kinesis.get_records(ShardIterator=start)["Records"]
    assert json.loads(record["Data"])["detail"] == {"membershipId": membership.membership_id}
    assert mock.events[0].rules == ["to-topic", "to-logs", "to-stream"]


def test_a_fifo_queue_is_served_when_it_deduplicates_by_content(mock):
    received, target = queue(mock, "q.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    rule(mock, {**target, "SqsParameters": {"MessageGroupId": "g"}})
    mock.given.security_ir.membership()
    assert len(received()) == 1


def test_a_transformed_input_is_delivered(mock):
    received, target = queue(mock)
    transformer = {
        "InputPathsMap": {"title": "$.detail.findings[0].Title", "account": "$.account"},
        "InputTemplate": '{"text": "<title> in <account>"}',
    }
    rule(mock, {**target, "InputTransformer": transformer}, {"source": ["aws.securityhub"]})
    mock.given.securityhub.finding(Title="Root key")
    assert received() == [{"text": f"Root key in {A}"}]


def test_an_archive_keeps_events_and_replays_them(mock):
    received, target = queue(mock)
    events = rule(mock, target, {"source": ["aws.security-ir"], "replay-name": ["again"]})
    bus = f"arn:aws:events:{REGION}:{A}:event-bus/default"
    archive = events.create_archive(ArchiveName="all", EventSourceArn=bus)["ArchiveArn"]
    mock.given.security_ir.membership()
    assert events.describe_archive(ArchiveName="all")["EventCount"] == 1
    assert received() == []
    events.start_replay(
        ReplayName="again",
        EventSourceArn=archive,
        EventStartTime="2020-01-01T00:00:00Z",
        EventEndTime="2040-01-01T00:00:00Z",
        Destination={"Arn": bus},
    )
    (message,) = received()
    assert (message["detail-type"], message["replay-name"]) == ("Membership Created", "again")


def test_a_bus_of_another_account_gets_the_event_as_it_is_if_it_allows_that(mock):
    received, target = queue(mock, account=B)
    theirs = mock.client("events", account=B)
    theirs.create_event_bus(Name="security")
    pattern = json.dumps({"account": [A]})
    theirs.put_rule(Name="all", EventBusName="security", EventPattern=pattern)
    theirs.put_targets(Rule="all", EventBusName="security", Targets=[{"Id": "1", **target}])
    rule(mock, {"Arn": f"arn:aws:events:{REGION}:{B}:event-bus/security"})

    mock.given.security_ir.membership()
    assert received() == []
    (failed,) = mock.events.undelivered
    assert "PutPermission" in failed.failure

    theirs.put_permission(
        EventBusName="security", Action="events:PutEvents", Principal=A, StatementId="s"
    )
    case = mock.given.security_ir.case()
    (message,) = received()
    assert message["detail"]["caseId"] == case.case_id
    assert (message["account"], message["id"]) == (A, mock.events[-1].id)
    assert [each.target for each in mock.events[-1].deliveries] == [
        target["Arn"],
        f"arn:aws:events:{REGION}:{B}:event-bus/security",
    ]
    mock._entered.events.reported = 1


def test_an_event_of_another_bus_is_not_sent_on_to_a_third_one(mock):
    received, target = queue(mock)
    events = mock.client("events")
    everything = json.dumps({"account": [A]})
    buses = {name: f"arn:aws:events:{REGION}:{A}:event-bus/{name}" for name in ("two", "three")}
    for name, to in (("two", {"Arn": buses["three"]}), ("three", target)):
        events.create_event_bus(Name=name)
        events.put_rule(Name="on", EventBusName=name, EventPattern=everything)
        events.put_targets(Rule="on", EventBusName=name, Targets=[{"Id": "1", **to}])
    rule(mock, {"Arn": buses["two"]})
    rule(mock, {"Arn": f"arn:aws:events:{REGION}:{A}:event-bus/default"}, name="itself")

    mock.given.security_ir.membership()
    assert received() == []
    failures = {each.failure for each in mock.events.undelivered}
    assert failures == {
        "EventBridge sends an event that came from another event bus to no further bus"
    }
    assert len(mock.events[0].deliveries) == 5
    mock._entered.events.reported = len(mock.events.undelivered)


def test_events_that_a_test_puts_itself_match_and_fail_alike(mock):
    received, target = queue(mock)
    pattern = {"source": ["mine"], "detail": {"items": {"kind": ["a"]}}}
    events = rule(mock, target, pattern)
    events.put_targets(
        Rule="rule", Targets=[{"Id": "2", "Arn": f"arn:aws:lambda:{REGION}:{A}:function:f"}]
    )
    detail = json.dumps({"items": [{"kind": "b"}, {"kind": "a"}]})
    events.put_events(Entries=[{"Source": "mine", "DetailType": "Mine", "Detail": detail}])
    (message,) = received()
    assert (message["account"], message["detail-type"]) == (A, "Mine")
    assert "ingestion-time" not in message
    (failed,) = mock.events.undelivered
    assert (failed.source, failed.target_id) == ("mine", "2")
    assert len(mock.events) == 0
    with pytest.warns(UserWarning, match="on_target"):
        mock._look_for_undelivered_events(mock._entered)


def test_a_pattern_can_be_tried_out(mock):
    events = mock.client("events")
    event = {
        **dict.fromkeys(("id", "account", "time", "region"), "x"),
        "source": "s",
        "detail-type": "t",
        "resources": [],
        "detail": {"findings": [{"Severity": {"Label": "HIGH"}}]},
    }
    for pattern, result in ((HIGH, True), ({"source": ["other"]}, False)):
        answer = events.test_event_pattern(
            EventPattern=json.dumps(pattern), Event=json.dumps(event)
        )
        assert answer["Result"] is result
    with pytest.raises(ClientError, match="Parameter Event is not valid"):
        events.test_event_pattern(EventPattern=json.dumps(HIGH), Event="{")


def test_events_are_filtered_and_asserted_like_calls(mock):
    received, target = queue(mock)
    rule(mock, target, {"source": ["aws.securityhub"]}, name="hub")
    mock.given.securityhub.finding(Severity={"Label": "HIGH"})
    mock.given.security_ir.membership(B, "us-east-1")
    events = mock.events
    assert [each.detail_type for each in events] == [IMPORTED, "Membership Created"]
    assert len(events.filter(source="securityhub", pattern=HIGH, rule="hub")) == 1
    assert len(events.filter(source="aws.securityhub", where=lambda each: not each.targets)) == 0
    (found,) = events.assert_sent("Member*", account=B, region="us-east-1", times=1)
    assert found.message["detail"] == found.detail
    with pytest.raises(AssertionError, match="Case Created to be sent at least once"):
        events.assert_sent("Case Created")
    with pytest.raises(AssertionError, match="was sent, but differently"):
        events.assert_sent(IMPORTED, account=B)
    with pytest.raises(AssertionError, match=r"but it was sent once\.\n    What was sent:\n"):
        events.assert_sent(IMPORTED, times=2)
    with pytest.raises(AssertionError, match="not to be sent, but it was sent once"):
        events.assert_not_sent(IMPORTED)
    events.assert_not_sent("Case *")
    assert "Membership Created" in repr(events)
    del received


def test_wrong_arguments_are_named(mock):
    with pytest.raises(UsageError, match="not an account id"):
        mock.events.filter(account="1")
    with pytest.raises(UsageError, match='"source" must be an object or an array'):
        mock.events.filter(pattern={"source": "x"})
    with pytest.raises(UsageError, match="Unrecognized match type starts"):
        mock.events.filter(pattern={"source": [{"starts": "aws"}]})
    findings = {"detail": {"findings": [{"Severity": {"Label": ["HIGH"]}}]}}
    with pytest.raises(UsageError, match=r"type Severity\..* is entered without a list"):
        mock.events.assert_not_sent(pattern=findings)
    with pytest.raises(UsageError, match="number of events"):
        mock.events.assert_sent(times=-1)
    with pytest.raises(TypeError, match="no argument 'acount'"):
        mock.events.filter(acount=A)
    with pytest.raises(UsageError, match="not the ARN of a target"):
        mock.events.on_target("triage", print)
    with pytest.raises(UsageError, match="called with the event"):
        mock.events.on_target("arn:aws:lambda:*", "print")


def test_events_can_be_read_after_the_mock_and_functions_cannot_be_added():
    with mock_membership(account=A, region=REGION) as mock:
        mock.given.security_ir.membership()
    assert [each.detail_type for each in mock.events] == ["Membership Created"]
    with pytest.raises(NotRunning):
        mock.events.on_target("arn:aws:lambda:*", print)


def test_a_reset_forgets_events_and_functions(mock):
    mock.events.on_target("arn:aws:lambda:*", print)
    mock.given.security_ir.membership()
    mock.reset()
    assert list(mock.events) == []
    assert mock._entered.event_bridge.functions == []


def test_earlier_events_are_kept_in_less_than_a_kilobyte_each(mock):
    rule(mock, {"Arn": f"arn:aws:lambda:{REGION}:{A}:function:f"})
    got = []
    mock.events.on_target("arn:aws:lambda:*", got.append)
    mock.given.securityhub.finding(Title="first")
    for _ in range(110):
        mock.given.securityhub.finding()
    log = mock._entered.events
    assert [type(each.given) for each in log.sent[:11]] == [bytes] * 11
    assert max(len(each.given) for each in log.sent[:11]) < 700
    assert mock.events[0].message == got[0]
    (first,) = mock.events.filter(pattern={"detail": {"findings": {"Title": ["first"]}}})
    assert first.detail["findings"][0]["Title"] == "first"


def test_a_server_keeps_the_latest_events_and_deliveries_only(mock):
    mock._entered.events.most = 3
    mock.events.on_target("arn:aws:lambda:*", lambda event: None)
    events = rule(mock, {"Arn": f"arn:aws:lambda:{REGION}:{A}:function:f"}, {"account": [A]})
    for number in range(9):
        mock.given.securityhub.finding(Title=str(number))
        events.put_events(Entries=[{"Source": "mine", "DetailType": "Mine", "Detail": "{}"}])
    assert 3 <= len(mock.events) <= 6
    assert mock.events[-1].detail["findings"][0]["Title"] == "8"
    assert mock.events[-1].rules == ["rule"]
    assert 3 <= len(mock._entered.events.deliveries) <= 6


def test_ids_come_again_with_a_seed_and_change_no_other_ids():
    def ids(*, rules):
        with mock_membership(account=A, region=REGION, seed=1) as mock:
            if rules:
                rule(mock, {"Arn": "arn:aws:lambda:eu-west-1:111111111111:function:f"})
                mock.events.on_target("arn:aws:lambda:*", lambda event: event["id"])
            made = mock.given.security_ir.membership().membership_id
            return made, mock.events[0].id

    assert ids(rules=False) == ids(rules=False)
    assert ids(rules=True)[1] == ids(rules=True)[1]
    assert ids(rules=False)[0].startswith("m-")


def test_events_of_threads_are_all_delivered(mock):
    received, target = queue(mock)
    rule(mock, target, {"detail-type": ["Case Created"]})
    mock.given.security_ir.membership()
    threads = [
        threading.Thread(target=mock.given.security_ir.case, kwargs={"title": f"case {n}"})
        for n in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({each["id"] for each in received()}) == 6
    numbers = [each.id for each in mock.events]
    assert len(numbers) == len(set(numbers)) == 7


def test_deliveries_of_events_that_the_test_has_sent_are_bounded_as_well(mock):
    events = rule(mock, queue(mock)[1], {"source": ["mine"]})
    log = mock._running().events
    log.most = 2
    try:
        for _ in range(12):
            events.put_events(Entries=[{"Source": "mine", "DetailType": "x", "Detail": "{}"}])
            assert 1 <= len(log.deliveries) <= 4
    finally:
        log.most = None
