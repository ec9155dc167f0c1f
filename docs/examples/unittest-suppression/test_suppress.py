"""A suite of unittest: `python -m unittest` runs it, and so does pytest."""

import unittest
from unittest.mock import patch

import suppress
from membership_mock import mock_membership
from suppress import Rule

ADMIN, SHOP, PAY = "111122223333", "444455556666", "777788889999"
REGION = "eu-west-1"

mock = mock_membership(account=ADMIN, region=REGION)


@mock
class SuppressTest(unittest.TestCase):
    """Each test has a mock of its own, in which the administrator has two members."""

    def setUp(self):
        for account in (SHOP, PAY):
            mock.given.securityhub.member(ADMIN, account)
        self.hub = mock.client("securityhub")

    def fail_control(self, control, *accounts, times=1):
        """Let a control fail for so many buckets of each account."""
        for account in accounts:
            buckets = {f"arn:aws:s3:::{account}-{number}": "FAILED" for number in range(times)}
            mock.aws_side(account, REGION).evaluate_control(control, buckets)

    def statuses(self):
        pages = self.hub.get_paginator("get_findings").paginate()
        found = [finding for page in pages for finding in page["Findings"]]
        return {(each["AwsAccountId"], each["Workflow"]["Status"]) for each in found}

    def test_findings_of_all_members_are_suppressed(self):
        self.fail_control("S3.8", SHOP, PAY)
        result = suppress.suppress(self.hub, Rule("S3.8", "Public by design"))
        self.assertEqual(len(result.suppressed), 2)
        self.assertEqual(self.statuses(), {(SHOP, "SUPPRESSED"), (PAY, "SUPPRESSED")})

    def test_the_reason_becomes_the_note(self):
        self.fail_control("S3.8", SHOP)
        suppress.suppress(self.hub, Rule("S3.8", "Public by design"))
        (finding,) = self.hub.get_findings()["Findings"]
        self.assertEqual(finding["Note"]["Text"], "Public by design")

    def test_other_accounts_keep_theirs(self):
        self.fail_control("S3.8", SHOP, PAY)
        suppress.suppress(self.hub, Rule("S3.8", "Public by design", accounts=(SHOP,)))
        self.assertEqual(self.statuses(), {(SHOP, "SUPPRESSED"), (PAY, "NEW")})

    def test_other_controls_keep_theirs(self):
        self.fail_control("S3.1", SHOP)
        result = suppress.suppress(self.hub, Rule("S3.8", "Public by design"))
        self.assertEqual(result.suppressed, [])
        mock.calls.assert_not_called("BatchUpdateFindings")

    def test_many_findings_take_several_calls(self):
        self.fail_control("S3.8", SHOP, times=5)
        with patch.object(suppress, "BATCH", 2):
            result = suppress.suppress(self.hub, Rule("S3.8", "Public by design"))
        self.assertEqual(len(set(result.suppressed)), 5)
        mock.calls.assert_called("BatchUpdateFindings", times=3)

    def test_a_finding_that_vanishes_in_between_is_reported(self):
        self.fail_control("S3.8", SHOP)
        found = suppress.matching(self.hub, Rule("S3.8", "x"))
        gone = {**found[0], "Id": "gone"}
        with patch.object(suppress, "matching", return_value=[*found, gone]):
            result = suppress.suppress(self.hub, Rule("S3.8", "Public by design"))
        self.assertEqual(result.suppressed, [found[0]["Id"]])
        self.assertEqual(result.refused.keys(), {"gone"})


if __name__ == "__main__":
    unittest.main()
