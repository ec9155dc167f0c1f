"""The lists of Security Hub."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.growing_lists.growing_list import ACCOUNT, REGION, Add, GrowingList, account, growing
from tests.securityhub.findings.finding_samples import bring, finding, identifier

LISTS: list[GrowingList] = []
SERVICE = "securityhub"
_list = partial(growing, LISTS, SERVICE)
Started = tuple[Any, dict[str, Any], Add]
LOW = [{"Value": "LOW", "Comparison": "EQUALS"}]


def _client(mock: Any, *quotas: str) -> Any:
    for quota in quotas:
        mock.quotas.set(SERVICE, quota, 1_000_000)
    client = mock.client(SERVICE, account=ACCOUNT, region=REGION)
    client.enable_security_hub(EnableDefaultStandards=False)
    return client


@_list("ListMembers", "that are not associated")
def _members(mock: Any) -> Started:
    client = _client(mock, "invited_members")

    def add(number: int) -> None:
        client.create_members(AccountDetails=[{"AccountId": account(number)}])

    return client, {"OnlyAssociated": False}, add


@_list("ListMembers")
def _enabled_members(mock: Any) -> Started:
    client = _client(mock, "invited_members", "outstanding_invitations")

    def add(number: int) -> None:
        mock.given.securityhub.member(ACCOUNT, account(number), region=REGION)

    return client, {}, add


@_list("ListInvitations")
def _invitations(mock: Any) -> Started:
    client = _client(mock)

    def add(number: int) -> None:
        other = mock.client(SERVICE, account=account(number), region=REGION)
        other.enable_security_hub(EnableDefaultStandards=False)
        other.create_members(AccountDetails=[{"AccountId": ACCOUNT}])
        other.invite_members(AccountIds=[ACCOUNT])

    return client, {}, add


@_list("ListConfigurationPolicyAssociations")
def _associations(mock: Any) -> Started:
    organizations = mock.client("organizations", account=ACCOUNT, region="us-east-1")
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    created = organizations.create_account(AccountName="security", Email="sec@example.com")
    security = created["CreateAccountStatus"]["AccountId"]
    hub = mock.client(SERVICE, account=ACCOUNT, region=REGION)
    hub.enable_organization_admin_account(AdminAccountId=security)
    client = mock.client(SERVICE, account=security, region=REGION)
    client.create_finding_aggregator(RegionLinkingMode="NO_REGIONS")
    client.update_organization_configuration(
        AutoEnable=False,
        AutoEnableStandards="NONE",
        OrganizationConfiguration={"ConfigurationType": "CENTRAL"},
    )
    off = {"SecurityHub": {"ServiceEnabled": False}}
    policy = client.create_configuration_policy(Name="off", ConfigurationPolicy=off)["Id"]

    def add(number: int) -> None:
        created = organizations.create_organizational_unit(ParentId=root, Name=f"unit {number}")
        client.start_configuration_policy_association(
            ConfigurationPolicyIdentifier=policy,
            Target={"OrganizationalUnitId": created["OrganizationalUnit"]["Id"]},
        )

    return client, {}, add


@_list("GetFindings")
def _findings(mock: Any) -> Started:
    client = _client(mock)
    return client, {}, lambda number: bring(client, _finding(number))


@_list("GetFindings", "that are the same but for one")
def _some_findings(mock: Any) -> Started:
    client = _client(mock)
    for number in range(20):
        bring(client, _finding(-number, Severity={"Label": "LOW"}))
    return client, {"Filters": {"SeverityLabel": LOW}}, lambda n: bring(client, _finding(n))


def _finding(number: int, **fields: Any) -> Any:
    return finding(f"finding {number}", account=ACCOUNT, region=REGION, **fields)


@_list("GetFindingHistory")
def _history(mock: Any) -> Started:
    client = _client(mock)
    bring(client, finding(account=ACCOUNT, region=REGION))
    one = identifier(account=ACCOUNT, region=REGION)

    def add(number: int) -> None:
        mock.clock.advance(seconds=1)  # the time of a note is a change as well
        note = {"Text": f"Note {number}", "UpdatedBy": "ana"}
        client.batch_update_findings(FindingIdentifiers=[one], Note=note)

    return client, {"FindingIdentifier": one}, add


@_list("GetInsights")
def _insights(mock: Any) -> Started:
    client = _client(mock, "insights")

    def add(number: int) -> None:
        client.create_insight(
            Name=f"{number}", Filters={"SeverityLabel": LOW}, GroupByAttribute="ResourceId"
        )

    return client, {}, add


@_list("DescribeActionTargets")
def _action_targets(mock: Any) -> Started:
    client = _client(mock, "action_targets")
    return (
        client,
        {},
        lambda n: client.create_action_target(Name=f"{n}", Description="Ticket", Id=f"Ticket{n}"),
    )
