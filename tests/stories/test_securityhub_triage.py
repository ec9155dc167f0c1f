"""Stories of triage: a finding on its way to a custom action, and a vendor with customers."""

from __future__ import annotations

from typing import Any

from tests.securityhub.findings.finding_samples import bring, finding, identifier, names, update
from tests.securityhub.samples import ADMIN, IRELAND, MEMBER, accept, invite, refused
from tests.securityhub.triage.triage_samples import equals, groups, history, later, rule

VENDOR = "517716713836"
FALCON = f"arn:aws:securityhub:{IRELAND}:{VENDOR}:product/crowdstrike/crowdstrike-falcon"


def test_a_finding_is_triaged_from_its_import_to_its_ticket_and_back(membership_mock: Any) -> None:
    clock = membership_mock.clock
    clock.freeze("2026-03-02T09:00:00Z")
    security, shop = (
        membership_mock.client("securityhub", account=account, region=IRELAND)
        for account in (ADMIN, MEMBER)
    )
    security.enable_security_hub()
    shop.enable_security_hub()
    invite(security, MEMBER)
    accept(shop, ADMIN)

    # noise is suppressed for everybody, and what is open counts
    noise = rule(
        security,
        {"GeneratorId": [{"Value": "noise", "Comparison": "CONTAINS"}]},
        Workflow={"Status": "SUPPRESSED"},
        Note={"Text": "accepted risk", "UpdatedBy": "security"},
    )
    open_findings = {"WorkflowStatus": equals("NEW", "NOTIFIED"), "RecordState": equals("ACTIVE")}
    by_account = security.create_insight(
        Name="open", Filters=open_findings, GroupByAttribute="AwsAccountId"
    )["InsightArn"]
    bring(shop, finding("port", MEMBER), finding("noise", MEMBER, GeneratorId="scanner/noise"))
    bring(security, finding("own"))
    assert groups(security, by_account) == {ADMIN: 1, MEMBER: 1}

    # an analyst sends the finding to a ticket, as the console would
    clock.advance(hours=1)
    ticket = security.create_action_target(
        Name="Open a ticket", Description="Opens a ticket", Id="Ticket"
    )["ActionTargetArn"]
    (action,) = security.describe_action_targets(ActionTargetArns=[ticket])["ActionTargets"]
    port = identifier("port", MEMBER)
    update(
        security,
        port,
        Workflow={"Status": "NOTIFIED"},
        UserDefinedFields={"ticket": "T-1", "action": action["Name"]},
    )

    # the shop closes the port, and the scanner archives the finding
    clock.advance(days=1)
    update(shop, port, Workflow={"Status": "RESOLVED"})
    bring(
        shop,
        later("port", AwsAccountId=MEMBER, ProductArn=port["ProductArn"], RecordState="ARCHIVED"),
    )
    assert groups(security, by_account) == {ADMIN: 1}

    # it is back, and so is the investigation
    clock.advance(days=1)
    bring(
        shop,
        later(
            "port",
            AwsAccountId=MEMBER,
            ProductArn=port["ProductArn"],
            UpdatedAt="2026-03-04T10:00:00Z",
        ),
    )
    assert groups(security, by_account) == {ADMIN: 1, MEMBER: 1}
    told = [
        (
            one["UpdateTime"].day,
            one["UpdateSource"]["Identity"].split(":")[4],
            {each["UpdatedField"]: each.get("NewValue") for each in one["Updates"]},
        )
        for one in history(shop, port)
    ]
    assert told == [
        (4, MEMBER, {"RecordState": "ACTIVE", "Workflow.Status": "NEW"}),
        (3, MEMBER, {"RecordState": "ARCHIVED"}),
        (3, MEMBER, {"Workflow.Status": "RESOLVED"}),
        (
            2,
            ADMIN,
            {
                "Workflow.Status": "NOTIFIED",
                "UserDefinedFields": '{"ticket":"T-1","action":"Open a ticket"}',
            },
        ),
        (2, MEMBER, {}),
    ]
    suppressed = identifier("noise", MEMBER)
    assert history(shop, suppressed)[0]["UpdateSource"]["Identity"] == noise
    assert names(shop, Filters={"WorkflowStatus": equals("SUPPRESSED")}) == ["noise"]

    # the member can read all that, and change none of it
    text = f"Account {MEMBER} is not authorized to perform this operation"
    assert refused(shop.list_automation_rules) == ("AccessDeniedException", 403, text)


def test_a_vendor_imports_after_subscription(membership_mock: Any) -> None:
    first, second, vendor = (
        membership_mock.client("securityhub", account=account, region=IRELAND)
        for account in (ADMIN, MEMBER, VENDOR)
    )
    first.enable_security_hub()
    second.enable_security_hub()

    def scan() -> list[tuple[str, str]]:
        """Import a finding for each account, and return what has failed."""
        answer = vendor.batch_import_findings(
            Findings=[
                finding(f"malware-{each}", each, ProductArn=FALCON) for each in (ADMIN, MEMBER)
            ]
        )
        return [(one["Id"], one["ErrorCode"]) for one in answer["FailedFindings"]]

    # nobody is a customer
    assert [code for _, code in scan()] == ["InvalidAccess", "InvalidAccess"]

    # the first account finds the product and subscribes to it
    (product,) = (
        each
        for page in first.get_paginator("describe_products").paginate()
        for each in page["Products"]
        if each["ProductName"] == "CrowdStrike Falcon"
    )
    assert product["ProductArn"] == FALCON
    subscription = first.enable_import_findings_for_product(ProductArn=FALCON)
    arn = subscription["ProductSubscriptionArn"]
    assert arn in first.list_enabled_products_for_import()["ProductSubscriptions"]
    assert scan() == [(f"malware-{MEMBER}", "InvalidAccess")]

    # whatever comes is seen, counted and kept when the subscription ends
    top_products = "arn:aws:securityhub:::insight/securityhub/default/28"
    assert groups(first, top_products) == {"CrowdStrike Falcon": 1}
    first.disable_import_findings_for_product(ProductSubscriptionArn=arn)
    assert [code for _, code in scan()] == ["InvalidAccess", "InvalidAccess"]
    assert names(first) == [f"malware-{ADMIN}"]
    assert names(second) == []
