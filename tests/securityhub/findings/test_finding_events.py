"""The events of findings, custom actions and insights that Security Hub sends to EventBridge."""

from __future__ import annotations

import pytest

from membership_mock import mock_membership
from membership_mock.errors import UsageError

ADMIN, MEMBER, OTHER = "111111111111", "222222222222", "333333333333"
HOME, LINKED, ELSEWHERE = "eu-west-1", "us-east-1", "ap-south-1"
IMPORTED, V2 = "Security Hub Findings - Imported", "Findings Imported V2"


@pytest.fixture
def mock():
    with mock_membership(account=ADMIN, region=HOME) as mock:
        yield mock


def feeds(events):
    """Return the accounts and regions that events were sent to."""
    return sorted((each.account, each.region) for each in events)


def test_each_finding_of_a_batch_is_an_event_with_all_of_its_fields(mock):
    found = mock.given.securityhub.findings(3, ADMIN)
    events = mock.events.assert_sent(IMPORTED, times=3)
    for event, finding in zip(events, found, strict=True):
        (sent,) = event.detail["findings"]
        assert event.resources == (f"{finding.product_arn}/{finding.id}",)
        hub = mock.client("securityhub")
        wanted = {"Id": [{"Value": finding.id, "Comparison": "EQUALS"}]}
        assert hub.get_findings(Filters=wanted)["Findings"] == [sent]


def test_updates_are_events_and_findings_that_are_not_taken_are_none(mock):
    finding = mock.given.securityhub.finding(ADMIN)
    hub = mock.client("securityhub")
    named = {"Id": finding.id, "ProductArn": finding.product_arn}
    hub.batch_update_findings(
        FindingIdentifiers=[named, {**named, "Id": "unknown"}], Workflow={"Status": "NOTIFIED"}
    )
    (event,) = mock.events.filter(IMPORTED)[1:]
    assert event.detail["findings"][0]["Workflow"] == {"Status": "NOTIFIED"}
    # earlier events still show the finding as it was
    assert mock.events[0].detail["findings"][0]["Workflow"] == {"Status": "NEW"}
    (held,) = hub.get_findings()["Findings"]
    answer = hub.batch_import_findings(Findings=[held, {**held, "Title": ""}])
    assert answer["FailedCount"] == 1
    mock.events.assert_sent(IMPORTED, times=2)  # no newer version came
    hub.update_findings(Filters={}, RecordState="ARCHIVED")
    assert mock.events[-1].detail["findings"][0]["RecordState"] == "ARCHIVED"


def test_automation_rules_have_acted_on_what_is_sent(mock):
    mock.given.securityhub.automation_rule(
        ADMIN,
        criteria={"Title": [{"Value": "Root", "Comparison": "PREFIX"}]},
        update={"Severity": {"Label": "CRITICAL"}},
    )
    mock.given.securityhub.finding(ADMIN, Title="Root key")
    (event,) = mock.events.filter(IMPORTED)
    assert event.detail["findings"][0]["Severity"]["Label"] == "CRITICAL"


def test_administrator_and_home_region_get_the_events_of_members(mock):
    for region in (HOME, LINKED, ELSEWHERE):
        mock.given.securityhub.member(ADMIN, MEMBER, region=region)
    mock.given.securityhub.aggregator(ADMIN, linked_regions=[LINKED], region=HOME)
    mock.given.securityhub.hub(OTHER, region=LINKED)
    for account, region, expected in [
        (MEMBER, LINKED, [(ADMIN, HOME), (ADMIN, LINKED), (MEMBER, HOME), (MEMBER, LINKED)]),
        (MEMBER, HOME, [(ADMIN, HOME), (MEMBER, HOME)]),
        (MEMBER, ELSEWHERE, [(ADMIN, ELSEWHERE), (MEMBER, ELSEWHERE)]),
        (ADMIN, LINKED, [(ADMIN, HOME), (ADMIN, LINKED)]),
        (OTHER, LINKED, [(OTHER, LINKED)]),
    ]:
        seen = len(mock.events)
        mock.given.securityhub.finding(account, region=region)
        assert feeds(mock.events[seen:]) == sorted(expected)
    # and each account that gets an event sees the finding there
    for event in mock.events:
        hub = mock.client("securityhub", account=event.account, region=event.region)
        ids = [each["Id"] for each in hub.get_findings()["Findings"]]
        assert event.detail["findings"][0]["Id"] in ids


def test_an_update_by_the_administrator_is_sent_to_the_member_too(mock):
    mock.given.securityhub.member(ADMIN, MEMBER)
    finding = mock.given.securityhub.finding(MEMBER)
    seen = len(mock.events)
    mock.client("securityhub").batch_update_findings(
        FindingIdentifiers=[{"Id": finding.id, "ProductArn": finding.product_arn}], Confidence=7
    )
    assert feeds(mock.events[seen:]) == [(ADMIN, HOME), (MEMBER, HOME)]


def test_findings_of_controls_are_sent_also_when_they_are_archived(mock):
    mock.given.securityhub.control("IAM.6", ADMIN)
    mock.aws_side().evaluate_control("IAM.6", "FAILED")
    (failed,) = mock.events.assert_sent(IMPORTED, times=1)
    assert failed.detail["findings"][0]["Compliance"]["SecurityControlId"] == "IAM.6"
    hub = mock.client("securityhub")
    for each in hub.get_enabled_standards()["StandardsSubscriptions"]:
        hub.batch_disable_standards(StandardsSubscriptionArns=[each["StandardsSubscriptionArn"]])
    archived = mock.events[-1]
    assert archived.detail["findings"][0]["RecordState"] == "ARCHIVED"


def test_a_custom_action_sends_each_finding_in_an_event_of_its_own(mock):
    mock.given.securityhub.member(ADMIN, MEMBER)
    mock.given.securityhub.action_target(ADMIN, name="Ticket", description="Open a ticket")
    arn = mock.client("securityhub").describe_action_targets()["ActionTargets"][0][
        "ActionTargetArn"
    ]
    found = mock.given.securityhub.findings(2, MEMBER)
    mock.aws_side(ADMIN).use_custom_action("Ticket", [each.id for each in found])
    events = mock.events.assert_sent("Security Hub Findings - Custom Action", times=2)
    for event, finding in zip(events, found, strict=True):
        assert (event.account, event.resources) == (ADMIN, (arn,))
        assert event.detail["actionName"] == "Ticket"
        assert event.detail["actionDescription"] == "Open a ticket"
        assert [each["Id"] for each in event.detail["findings"]] == [finding.id]
    mock.aws_side(ADMIN).use_custom_action(arn, found[0].id)
    mock.events.assert_sent("Security Hub Findings - Custom Action", times=3)


def test_results_of_an_insight_are_one_event(mock):
    mock.given.securityhub.action_target(ADMIN, name="Ticket")
    insight = mock.given.securityhub.insight(ADMIN, name="By label", group_by="SeverityLabel")
    for label in ("HIGH", "HIGH", "LOW"):
        mock.given.securityhub.finding(ADMIN, Severity={"Label": label})
    mock.aws_side(ADMIN).send_insight_results("Ticket", insight.arn)
    (event,) = mock.events.assert_sent("Security Hub Insight Results", times=1)
    assert event.detail == {
        "actionName": "Ticket",
        "actionDescription": "An action that a test has seeded.",
        "insightArn": insight.arn,
        "insightName": "By label",
        "resultType": "SeverityLabel",
        "number of results": "2",
        "insightResults": [{"HIGH": 2}, {"LOW": 1}],
    }


def test_what_cannot_be_done_in_the_console_is_a_usage_error(mock):
    side = mock.aws_side(ADMIN)
    with pytest.raises(UsageError, match="has no hub"):
        side.use_custom_action("Ticket", "x")
    mock.given.securityhub.action_target(ADMIN, name="Ticket")
    with pytest.raises(UsageError, match="has no custom action 'Tickets'"):
        side.use_custom_action("Tickets", "x")
    with pytest.raises(UsageError, match="sees no finding with the id 'x'"):
        side.use_custom_action("Ticket", "x")
    with pytest.raises(UsageError, match="1 to 20 findings"):
        side.use_custom_action("Ticket", [])
    with pytest.raises(UsageError, match="has no insight 'arn:x'"):
        side.send_insight_results("Ticket", "arn:x")
    mock.events.assert_not_sent()


@pytest.mark.newest_model
def test_v2_sends_findings_in_ocsf_to_hubs_of_v2(mock):
    mock.given.securityhub.aggregator_v2(ADMIN, linked_regions=[LINKED], region=HOME)
    finding = mock.given.securityhub.finding(ADMIN, region=LINKED, Title="Root key")
    assert feeds(mock.events.filter(V2)) == [(ADMIN, HOME), (ADMIN, LINKED)]
    (event, _) = mock.events.filter(V2)
    hub = mock.client("securityhub")
    (shown,) = hub.get_findings_v2()["Findings"]
    assert event.detail["findings"] == [shown]
    assert event.resources == (shown["metadata"]["uid"],)
    hub.batch_update_findings_v2(MetadataUids=[shown["metadata"]["uid"]], SeverityId=5)
    latest = mock.events[-1].detail["findings"][0]
    assert (latest["severity"], event.detail["findings"][0]["severity"]) == (
        "Critical",
        shown["severity"],
    )
    uid = mock.aws_side(ADMIN, HOME).ocsf_finding(severity="High")
    (made,) = [each for each in mock.events.filter(V2) if each.resources == (uid,)]
    assert made.detail["findings"][0]["severity"] == "High"
    mock.events.assert_sent(IMPORTED, times=1)
    assert finding.id
