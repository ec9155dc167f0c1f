"""The findings of all places are counted, and one that cannot be read stops no other."""

import asyncio

import pytest

pytest.importorskip("aiobotocore")

from report import report

SHOP, PAY, LAB = "111122223333", "444455556666", "777788889999"
REGIONS = ["eu-west-1", "us-east-1"]


@pytest.fixture(autouse=True)
def findings(membership_mock):
    given = membership_mock.given.securityhub
    for account in (SHOP, PAY, LAB):
        for region in REGIONS:
            given.hub(account, region=region)
    given.findings([{"Severity": {"Label": "LOW"}}] * 120, SHOP, region="eu-west-1")
    given.findings([{"Severity": {"Label": "HIGH"}}] * 2, PAY, region="us-east-1")
    given.finding(PAY, region="eu-west-1", Severity={"Label": "CRITICAL"})
    given.finding(LAB, region="eu-west-1", RecordState="ARCHIVED")


def run(**options):
    return asyncio.run(report([SHOP, PAY, LAB], REGIONS, **options))


def test_open_findings_are_counted_over_pages_and_regions(membership_mock):
    found = run()
    assert found.failures == {}
    assert found.severities == {SHOP: {"LOW": 120}, PAY: {"HIGH": 2, "CRITICAL": 1}, LAB: {}}
    assert found.worst(1) == [PAY]
    membership_mock.calls.assert_called("GetFindings", account=SHOP, region="eu-west-1", times=2)


def test_an_account_without_security_hub_stops_no_other(membership_mock):
    membership_mock.client("securityhub", account=LAB, region="us-east-1").disable_security_hub()
    found = run()
    assert "InvalidAccessException" in found.failures[LAB, "us-east-1"]
    assert found.failures.keys() == {(LAB, "us-east-1")}
    assert found.severities[PAY] == {"HIGH": 2, "CRITICAL": 1}


def test_throttled_calls_are_tried_again_without_waiting(membership_mock):
    fault = membership_mock.fail("GetFindings", "ThrottlingException", times=4)
    assert run().failures == {}
    assert len(fault.fired) == 4


def test_a_place_whose_back_off_takes_too_long_is_given_up(membership_mock):
    membership_mock.fail("GetFindings", "ThrottlingException", times=None, account=LAB)
    found = run(timeout=0.001)
    assert "took more than 0.001 seconds" in found.failures[LAB, "eu-west-1"]
