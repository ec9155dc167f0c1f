"""Critical findings get one case each, whatever goes wrong in between."""

import pytest

import triage

ACCOUNT, SHOP, REGION = "123456789012", "444455556666", "eu-west-1"


@pytest.fixture(autouse=True)
def response(membership_mock):
    """A membership in the account of the function."""
    membership_mock.given.security_ir.membership(ACCOUNT, REGION)


@pytest.fixture
def hub(membership_mock):
    return membership_mock.client("securityhub", account=ACCOUNT, region=REGION)


@pytest.fixture
def event_of(membership_mock, hub):
    """Imports a finding, and returns the event that EventBridge sends about it."""

    def import_finding(**fields):
        made = membership_mock.given.securityhub.finding(
            ACCOUNT, region=REGION, **{"Severity": {"Label": "CRITICAL"}, **fields}
        )
        same = {"Id": [{"Value": made.id, "Comparison": "EQUALS"}]}
        findings = hub.get_findings(Filters=same)["Findings"]
        return {
            "detail-type": "Security Hub Findings - Imported",
            "source": "aws.securityhub",
            "account": ACCOUNT,
            "region": REGION,
            "detail": {"findings": findings},
        }

    return import_finding


def cases(membership_mock):
    client = membership_mock.client("security-ir", account=ACCOUNT, region=REGION)
    return [client.get_case(caseId=each["caseId"]) for each in client.list_cases()["items"]]


def test_a_critical_finding_gets_a_case_and_is_marked(event_of, hub, membership_mock):
    answer = triage.handler(event_of(Title="Root key in use"), None)

    (case,) = cases(membership_mock)
    assert answer["cases"] == [case["caseArn"].rpartition("/")[2]]
    assert (case["title"], case["impactedAccounts"]) == ("Root key in use", [ACCOUNT])
    (finding,) = hub.get_findings()["Findings"]
    assert finding["Workflow"]["Status"] == "NOTIFIED"
    assert finding["Note"]["Text"] == f"Case {answer['cases'][0]}"


def test_accounts_of_resources_are_impacted_too(event_of, membership_mock):
    role = f"arn:aws:iam::{SHOP}:role/build"
    triage.handler(event_of(Resources=[{"Type": "AwsIamRole", "Id": role}]), None)
    (case,) = cases(membership_mock)
    assert case["impactedAccounts"] == [ACCOUNT, SHOP]


@pytest.mark.parametrize("fields", [{"Severity": {"Label": "HIGH"}}, {"RecordState": "ARCHIVED"}])
def test_other_findings_get_none(event_of, membership_mock, fields):
    assert triage.handler(event_of(**fields), None) == {"cases": []}
    membership_mock.calls.assert_not_called("CreateCase")


def test_a_second_delivery_opens_no_second_case(event_of, membership_mock):
    event = event_of()
    assert triage.handler(event, None) == triage.handler(event, None)
    assert len(cases(membership_mock)) == 1


def test_an_answer_that_is_lost_opens_no_second_case(event_of, membership_mock):
    event = event_of()
    membership_mock.fail("CreateCase", "InternalServerException", after=True, times=None)
    with pytest.raises(RuntimeError, match="no case for 1 of 1 findings"):
        triage.handler(event, None)
    membership_mock.faults.clear()

    triage.handler(event, None)

    assert len(cases(membership_mock)) == 1


def test_a_finding_that_is_gone_keeps_its_case(event_of, membership_mock, caplog):
    event = event_of()
    event["detail"]["findings"][0]["Id"] = "gone"
    triage.handler(event, None)
    assert len(cases(membership_mock)) == 1
    assert "is not marked" in caplog.text
