"""A security team runs Security Hub V2 for an organization in two regions, from enabling to triage.

The code between the lines is a user's: clients by account and region, and nothing of the mock.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

HOME, LINKED = "eu-west-1", "us-east-1"
FEATURE = "SecurityHubV2"

# --- the user's code -------------------------------------------------------------------------


def is_enabled(client: Any) -> bool:
    """Return whether Security Hub V2 is enabled."""
    try:
        client.describe_security_hub_v2()
    except client.exceptions.ResourceNotFoundException:
        return False
    return True


def set_up(management: Any, clients_of: Any, security: str, accounts: list[str]) -> None:
    """Designate the security account, enable V2 everywhere and link the regions."""
    listed = management.list_organization_admin_accounts(Feature=FEATURE)["AdminAccounts"]
    if [each["AccountId"] for each in listed] != [security]:
        management.enable_organization_admin_account(AdminAccountId=security, Feature=FEATURE)
    for account in accounts:
        for region in (HOME, LINKED):
            client = clients_of(account, region)
            if not is_enabled(client):
                client.enable_security_hub_v2(Tags={"owner": "security"})
    home = clients_of(security, HOME)
    wanted = {"RegionLinkingMode": "SPECIFIED_REGIONS", "LinkedRegions": [LINKED]}
    aggregators = home.list_aggregators_v2()["AggregatorsV2"]
    if aggregators:
        home.update_aggregator_v2(AggregatorV2Arn=aggregators[0]["AggregatorV2Arn"], **wanted)
    else:
        home.create_aggregator_v2(**wanted)


def downgrade_sandbox(home: Any, sandbox: str) -> None:
    """Let findings of the sandbox account come in as low."""
    leaf = {
        "FieldName": "cloud.account.uid",
        "Filter": {"Value": sandbox, "Comparison": "EQUALS"},
    }
    home.create_automation_rule_v2(
        RuleName="sandbox",
        Description="Nothing in the sandbox is urgent.",
        RuleOrder=1,
        Criteria={"OcsfFindingCriteria": {"CompositeFilters": [{"StringFilters": [leaf]}]}},
        Actions=[{"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {"SeverityId": 2}}],
    )


def urgent(home: Any) -> Iterator[dict[str, Any]]:
    """Yield the new findings that are high or worse, the oldest first."""
    filters = {
        "CompositeFilters": [
            {
                "NumberFilters": [{"FieldName": "severity_id", "Filter": {"Gte": 4}}],
                "StringFilters": [
                    {
                        "FieldName": "status",
                        "Filter": {"Value": "New", "Comparison": "EQUALS"},
                    }
                ],
                "Operator": "AND",
            }
        ]
    }
    pages = home.get_paginator("get_findings_v2").paginate(
        Filters=filters,
        SortCriteria=[{"Field": "finding_info.created_time_dt", "SortOrder": "asc"}],
        PaginationConfig={"PageSize": 2},
    )
    for page in pages:
        yield from page["Findings"]


def take_on(home: Any, findings: list[dict[str, Any]], comment: str) -> int:
    """Take findings on, and return how many that worked for."""
    answer = home.batch_update_findings_v2(
        MetadataUids=[each["metadata"]["uid"] for each in findings],
        StatusId=2,
        Comment=comment,
    )
    return len(answer["ProcessedFindings"])


def by_account(home: Any) -> dict[str, int]:
    """Return how many findings each account has."""
    (result,) = home.get_finding_statistics_v2(
        GroupByRules=[{"GroupByField": "cloud.account.uid"}]
    )["GroupByResults"]
    return {each["FieldValue"]: each["Count"] for each in result["GroupByValues"]}


# --- the test ---------------------------------------------------------------------------------


def _report(client: Any, account: str, region: str, name: str, label: str, day: int) -> None:
    """Send a finding as a scanner does."""
    with contextlib.suppress(ClientError):
        client.enable_security_hub(EnableDefaultStandards=False)
    stamp = f"2026-02-{day:02}T00:00:00Z"
    answer = client.batch_import_findings(
        Findings=[
            {
                "SchemaVersion": "2018-10-08",
                "Id": name,
                "ProductArn": (f"arn:aws:securityhub:{region}:{account}:product/{account}/default"),
                "GeneratorId": "scanner",
                "AwsAccountId": account,
                "CreatedAt": stamp,
                "UpdatedAt": stamp,
                "Types": ["Software and Configuration Checks"],
                "Severity": {"Label": label},
                "Title": name,
                "Description": name,
                "Resources": [{"Type": "AwsS3Bucket", "Id": f"arn:aws:s3:::{name}"}],
            }
        ]
    )
    assert answer["FailedCount"] == 0


@pytest.fixture
def accounts(membership_mock: Any) -> Any:
    """The organization's accounts, by name."""
    return membership_mock.organization(["security", "shop", "sandbox"])


def test_from_enabling_to_triage(membership_mock: Any, accounts: Any) -> None:
    def clients_of(account: str, region: str) -> Any:
        return membership_mock.client("securityhub", account=account, region=region)

    security, shop, sandbox = (accounts[name] for name in ("security", "shop", "sandbox"))
    management = clients_of(accounts.management, HOME)
    for _ in range(2):  # what sets up can run again
        set_up(management, clients_of, security, [security, shop, sandbox])
    home = clients_of(security, HOME)
    downgrade_sandbox(home, sandbox)

    _report(clients_of(shop, HOME), shop, HOME, "public-bucket", "CRITICAL", 1)
    _report(clients_of(shop, LINKED), shop, LINKED, "old-key", "HIGH", 2)
    _report(clients_of(sandbox, LINKED), sandbox, LINKED, "toy", "CRITICAL", 3)
    membership_mock.aws_side(account=security, region=LINKED).ocsf_finding(
        {"finding_info": {"uid": "path-to-data", "title": "path-to-data"}},
        kind="exposure",
        severity="High",
    )

    found = list(urgent(home))
    assert [each["finding_info"]["title"] for each in found] == [
        "public-bucket",
        "old-key",
        "path-to-data",
    ]
    assert by_account(home) == {shop: 2, security: 1, sandbox: 1}
    assert take_on(home, found, "We are on it.") == 3
    assert list(urgent(home)) == []

    # the shop sees its own finding, and what the security team noted on it
    own = clients_of(shop, LINKED).get_findings_v2()["Findings"]
    assert [(each["status"], each["comment"]) for each in own] == [("In Progress", "We are on it.")]
    assert clients_of(sandbox, LINKED).get_findings_v2()["Findings"][0]["severity"] == "Low"
    buckets = {each["ResourceId"] for each in home.get_resources_v2()["Resources"]}
    assert {"arn:aws:s3:::public-bucket", "arn:aws:s3:::toy"} <= buckets

    # without its role the security account sees its own findings only
    management.disable_organization_admin_account(AdminAccountId=security, Feature=FEATURE)
    assert by_account(home) == {security: 1}
    assert membership_mock.calls.filter(operation="GetFindingsV2", account=shop)
