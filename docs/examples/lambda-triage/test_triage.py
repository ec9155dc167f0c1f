"""Critical findings get one case each, whatever goes wrong in between."""

import json

import pytest

import triage

ACCOUNT, SHOP, REGION = "123456789012", "444455556666", "eu-west-1"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:triage"
PATTERN = {
    "source": ["aws.securityhub"],
    "detail-type": ["Security Hub Findings - Imported"],
    "detail": {"findings": {"Severity": {"Label": ["CRITICAL"]}, "Workflow": {"Status": ["NEW"]}}},
}


@pytest.fixture(autouse=True)
def membership(membership_mock):
    """A membership in the account of the function."""
    return membership_mock.given.security_ir.membership(ACCOUNT, REGION)


@pytest.fixture
def deployed(membership_mock):
    """The rule of EventBridge that calls the function."""
    events = membership_mock.client("events", account=ACCOUNT, region=REGION)
    events.put_rule(Name="triage", EventPattern=json.dumps(PATTERN))
    events.put_targets(Rule="triage", Targets=[{"Id": "1", "Arn": FUNCTION}])
    membership_mock.events.on_target(FUNCTION, triage.handler)


@pytest.fixture
def import_finding(membership_mock):
    """Imports a critical finding, and returns the event that Security Hub sends about it."""

    def import_finding(**fields):
        made = membership_mock.given.securityhub.finding(
            ACCOUNT, region=REGION, **{"Severity": {"Label": "CRITICAL"}, **fields}
        )
        sent = membership_mock.events.filter(
            pattern={"detail": {"findings": {"Id": [made.id]}}}, account=ACCOUNT
        )
        return sent[0].message

    return import_finding


def cases(membership_mock):
    client = membership_mock.client("security-ir", account=ACCOUNT, region=REGION)
    return [client.get_case(caseId=each["caseId"]) for each in client.list_cases()["items"]]


def test_a_critical_finding_gets_a_case_and_is_marked(deployed, import_finding, membership_mock):
    import_finding(Title="Root key in use")

    (case,) = cases(membership_mock)
    assert (case["title"], case["impactedAccounts"]) == ("Root key in use", [ACCOUNT])
    hub = membership_mock.client("securityhub", account=ACCOUNT, region=REGION)
    (finding,) = hub.get_findings()["Findings"]
    assert finding["Workflow"]["Status"] == "NOTIFIED"
    assert finding["Note"]["Text"] == f"Case {case['caseArn'].rpartition('/')[2]}"
    assert membership_mock.events.undelivered == []


def test_accounts_of_resources_are_impacted_too(deployed, import_finding, membership_mock):
    role = f"arn:aws:iam::{SHOP}:role/build"
    import_finding(Resources=[{"Type": "AwsIamRole", "Id": role}])
    (case,) = cases(membership_mock)
    assert case["impactedAccounts"] == [ACCOUNT, SHOP]


def test_the_rule_leaves_other_findings_out(deployed, import_finding, membership_mock):
    import_finding(Severity={"Label": "HIGH"})
    membership_mock.calls.assert_not_called("CreateCase")


def test_the_function_leaves_archived_findings_out(import_finding):
    assert triage.handler(import_finding(RecordState="ARCHIVED"), None) == {"cases": []}


def test_a_second_delivery_opens_no_second_case(import_finding, membership_mock):
    event = import_finding()
    assert triage.handler(event, None) == triage.handler(event, None)
    assert len(cases(membership_mock)) == 1


def test_an_answer_that_is_lost_opens_no_second_case(import_finding, membership_mock):
    event = import_finding()
    membership_mock.fail("CreateCase", "InternalServerException", after=True, times=None)
    with pytest.raises(RuntimeError, match="no case for 1 of 1 findings"):
        triage.handler(event, None)
    membership_mock.faults.clear()

    triage.handler(event, None)

    assert len(cases(membership_mock)) == 1


def test_a_finding_that_is_gone_keeps_its_case(import_finding, membership_mock, caplog):
    event = import_finding()
    event["detail"]["findings"][0]["Id"] = "gone"
    triage.handler(event, None)
    assert len(cases(membership_mock)) == 1
    assert "is not marked" in caplog.text
