"""An organization rolls Security Hub out over two regions, and takes it back.

The code between the lines is a user's, after the scripts that people publish for this.
"""

from __future__ import annotations

import contextlib
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

MANAGEMENT = "999999999999"
REGIONS = ("eu-west-1", "us-east-1")
PRINCIPAL = "securityhub.amazonaws.com"
ROLE = "OrganizationAccountAccessRole"

# --- the user's code -------------------------------------------------------------------------


def client_of(account: str, region: str) -> Any:
    """Return a Security Hub client of a member account, by the role that Organizations makes."""
    credentials = boto3.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/{ROLE}", RoleSessionName="rollout"
    )["Credentials"]
    return boto3.client(
        "securityhub",
        region_name=region,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )


def accounts_of_the_organization() -> list[str]:
    """Return the ids of all active accounts."""
    pages = boto3.client("organizations").get_paginator("list_accounts").paginate()
    return [one["Id"] for page in pages for one in page["Accounts"] if one["Status"] == "ACTIVE"]


def members_of(client: Any) -> dict[str, str]:
    """Return the status of each member."""
    pages = client.get_paginator("list_members").paginate(OnlyAssociated=False)
    return {one["AccountId"]: one["MemberStatus"] for page in pages for one in page["Members"]}


def roll_out(security: str) -> None:
    """Make ``security`` the administrator, and all accounts its members."""
    for region in REGIONS:
        management = boto3.client("securityhub", region_name=region)
        with contextlib.suppress(management.exceptions.ResourceConflictException):
            management.enable_security_hub()
        admins = management.list_organization_admin_accounts()["AdminAccounts"]
        if security not in [one["AccountId"] for one in admins]:
            management.enable_organization_admin_account(AdminAccountId=security)

        admin = client_of(security, region)
        admin.update_organization_configuration(AutoEnable=True, AutoEnableStandards="NONE")
        known = {security, *members_of(admin)}
        others = [one for one in accounts_of_the_organization() if one not in known]
        for start in range(0, len(others), 50):
            details = [{"AccountId": one} for one in others[start : start + 50]]
            answer = admin.create_members(AccountDetails=details)
            assert not answer["UnprocessedAccounts"], answer["UnprocessedAccounts"]
    home = client_of(security, REGIONS[0])
    if not home.list_finding_aggregators()["FindingAggregators"]:
        home.create_finding_aggregator(
            RegionLinkingMode="SPECIFIED_REGIONS", Regions=list(REGIONS[1:])
        )


def roll_back(security: str) -> None:
    """Undo `roll_out`, and leave no hub behind."""
    home = client_of(security, REGIONS[0])
    for one in home.list_finding_aggregators()["FindingAggregators"]:
        home.delete_finding_aggregator(FindingAggregatorArn=one["FindingAggregatorArn"])
    for region in REGIONS:
        admin = client_of(security, region)
        admin.update_organization_configuration(AutoEnable=False, AutoEnableStandards="NONE")
        members = list(members_of(admin))
        for start in range(0, len(members), 50):
            admin.disassociate_members(AccountIds=members[start : start + 50])
            admin.delete_members(AccountIds=members[start : start + 50])
        management = boto3.client("securityhub", region_name=region)
        management.disable_organization_admin_account(AdminAccountId=security)
        management.disable_security_hub()
        for account in accounts_of_the_organization():
            if account != MANAGEMENT:
                disable(client_of(account, region))
    boto3.client("organizations").deregister_delegated_administrator(
        AccountId=security, ServicePrincipal=PRINCIPAL
    )


def disable(client: Any) -> None:
    """Disable Security Hub unless it is disabled."""
    try:
        client.disable_security_hub()
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise


# --- the story -------------------------------------------------------------------------------

pytestmark = pytest.mark.membership_mock(account=MANAGEMENT)


@pytest.fixture
def create_account(membership_mock: Any) -> Any:
    """Return what adds an account to an organization that starts with the management account."""
    organizations = boto3.client("organizations")
    organizations.create_organization(FeatureSet="ALL")

    def create(name: str) -> str:
        status = organizations.create_account(AccountName=name, Email=f"{name}@example.com")
        return str(status["CreateAccountStatus"]["AccountId"])

    return create


def test_an_organization_is_rolled_out_and_back(create_account: Any) -> None:
    security, *workloads = [create_account(name) for name in ("security", "prod", "dev")]
    roll_out(security)
    roll_out(security)  # a pipeline runs again and again, so the second time must be harmless

    for region in REGIONS:
        admin = client_of(security, region)
        assert members_of(admin) == dict.fromkeys([MANAGEMENT, *workloads], "Enabled")
        for account in workloads:
            member = client_of(account, region)
            assert member.get_administrator_account()["Administrator"]["AccountId"] == security
            assert member.describe_hub()["HubArn"].split(":")[3:5] == [region, account]
            assert (
                member.list_finding_aggregators()["FindingAggregators"]
                == (
                    client_of(security, REGIONS[0]).list_finding_aggregators()["FindingAggregators"]
                )
            )

    # an account joins, one leaves, one is closed
    organizations = boto3.client("organizations")
    joined = create_account("new")
    organizations.remove_account_from_organization(AccountId=workloads[0])
    organizations.close_account(AccountId=workloads[1])
    for region in REGIONS:
        assert members_of(client_of(security, region)) == {
            MANAGEMENT: "Enabled",
            workloads[0]: "Removed",
            workloads[1]: "Enabled",  # suspended, and gone in 90 days
            joined: "Enabled",
        }
        assert not client_of(joined, region).get_enabled_standards()["StandardsSubscriptions"]

    roll_back(security)
    for region in REGIONS:
        management = boto3.client("securityhub", region_name=region)
        assert management.list_organization_admin_accounts()["AdminAccounts"] == []
        for account in (security, joined):
            client = client_of(account, region)
            with pytest.raises(client.exceptions.InvalidAccessException):
                client.describe_hub()


def test_findings_of_members_reach_the_administrators_home_region(create_account: Any) -> None:
    security, workload = create_account("security"), create_account("prod")
    roll_out(security)
    for region in REGIONS:
        report(client_of(workload, region), workload, region)

    home, away = (client_of(security, region) for region in REGIONS)
    assert regions_of_findings(home, workload) == set(REGIONS)
    assert regions_of_findings(away, workload) == {REGIONS[1]}

    # what the administrator notes is seen by the member; what ends with the membership is the view
    (found,) = away.get_findings()["Findings"]
    home.batch_update_findings(
        FindingIdentifiers=[{"Id": found["Id"], "ProductArn": found["ProductArn"]}],
        Workflow={"Status": "SUPPRESSED"},
    )
    (seen,) = client_of(workload, REGIONS[1]).get_findings()["Findings"]
    assert seen["Workflow"]["Status"] == "SUPPRESSED"
    away.disassociate_members(AccountIds=[workload])
    assert regions_of_findings(home, workload) == {REGIONS[0]}
    home.disassociate_members(AccountIds=[workload])
    assert regions_of_findings(home, workload) == regions_of_findings(away, workload) == set()


def report(client: Any, account: str, region: str) -> None:
    """Report a finding of the account's own product."""
    answer = client.batch_import_findings(
        Findings=[
            {
                "SchemaVersion": "2018-10-08",
                "Id": f"open-port-{region}",
                "ProductArn": f"arn:aws:securityhub:{region}:{account}:product/{account}/default",
                "GeneratorId": "port-scanner",
                "AwsAccountId": account,
                "Types": ["Software and Configuration Checks"],
                "CreatedAt": "2026-01-02T03:04:05.000Z",
                "UpdatedAt": "2026-01-02T03:04:05.000Z",
                "Severity": {"Label": "HIGH"},
                "Title": "Open port",
                "Description": "Port 22 is open to the world.",
                "Resources": [{"Type": "AwsEc2Instance", "Id": "i-0123456789abcdef0"}],
            }
        ]
    )
    assert answer["SuccessCount"] == 1, answer["FailedFindings"]


def regions_of_findings(client: Any, account: str) -> set[str]:
    """Return the regions that the findings of an account come from."""
    filters = {"AwsAccountId": [{"Value": account, "Comparison": "EQUALS"}]}
    return {one["Region"] for one in client.get_findings(Filters=filters)["Findings"]}
