"""The seeds of Security Hub V2."""

from __future__ import annotations

from typing import Any

import pytest

from membership_mock.errors import SeedRefused, UsageError
from tests.securityhub.samples import ADMIN, IRELAND, MANAGEMENT, Organization, refused
from tests.securityhub.v2.ocsf import finding, imported, only
from tests.securityhub.v2.samples import FRANKFURT


def test_a_hub_by_policy_cannot_be_changed(membership_mock: Any) -> None:
    hub = membership_mock.given.securityhub.hub_v2(ADMIN, policy=True, region=IRELAND)
    client = membership_mock.client("securityhub", account=ADMIN, region=IRELAND)
    assert client.describe_security_hub_v2()["HubV2Arn"] == hub.arn
    assert refused(client.disable_security_hub_v2) == (
        "AccessDeniedException",
        403,
        "Security Hub V2 is managed by an organization policy.",
    )
    assert client.describe_security_hub_v2()["HubV2Arn"] == hub.arn


@pytest.mark.newest_model
def test_features_by_policy_cannot_be_switched(membership_mock: Any) -> None:
    hub = membership_mock.given.securityhub.hub_v2(
        ADMIN, features=["NETWORK_SCANNING"], policy=True, region=IRELAND
    )
    assert hub.features == ("NETWORK_SCANNING",)
    client = membership_mock.client("securityhub", account=ADMIN, region=IRELAND)
    answer = refused(client.disable_security_hub_feature_v2, FeatureName="NETWORK_SCANNING")
    assert answer == (
        "AccessDeniedException",
        403,
        "Feature NETWORK_SCANNING is managed by an organization policy.",
    )


def test_an_administrator_comes_with_its_hub(
    membership_mock: Any, organization: Organization
) -> None:
    security = organization.account("security")
    made = membership_mock.given.securityhub.organization_admin_v2(security, region=IRELAND)
    assert (made.account, made.management) == (security, MANAGEMENT)
    client = membership_mock.client("securityhub", account=security, region=IRELAND)
    assert client.describe_security_hub_v2()["HubV2Arn"]
    with pytest.raises(SeedRefused, match="in no organization"):
        membership_mock.given.securityhub.organization_admin_v2(ADMIN)


def test_an_aggregator_comes_with_hubs_in_all_its_regions(membership_mock: Any) -> None:
    given = membership_mock.given.securityhub
    made = given.aggregator_v2(ADMIN, linked_regions=[FRANKFURT], region=IRELAND)
    again = given.aggregator_v2(ADMIN, region=IRELAND)
    assert again.arn == made.arn
    client = membership_mock.client("securityhub", account=ADMIN, region=IRELAND)
    assert client.get_aggregator_v2(AggregatorV2Arn=made.arn)["LinkedRegions"] == []
    linked = membership_mock.client("securityhub", account=ADMIN, region=FRANKFURT)
    assert linked.describe_security_hub_v2()["HubV2Arn"]


@pytest.mark.parametrize(
    ("provider", "status"),
    [
        ("JIRA_CLOUD", "PENDING_AUTHORIZATION"),
        ("JIRA_CLOUD", "PENDING_CONFIGURATION"),
        ("JIRA_CLOUD", "CONNECTED"),
        ("JIRA_CLOUD", "FAILED_TO_CONNECT"),
        ("SERVICENOW", "CONNECTED"),
        ("SERVICENOW", "FAILED_TO_CONNECT"),
    ],
)
def test_a_connector_has_the_status_that_is_asked_for(
    membership_mock: Any, provider: Any, status: str
) -> None:
    made = membership_mock.given.securityhub.connector_v2(
        ADMIN, provider=provider, status=status, region=IRELAND
    )
    client = membership_mock.client("securityhub", account=ADMIN, region=IRELAND)
    (shown,) = client.list_connectors_v2()["Connectors"]
    assert shown["ConnectorId"] == made.id
    assert shown["ProviderSummary"]["ConnectorStatus"] == made.status == status
    assert len(membership_mock.calls) == 1


def test_a_status_that_a_connector_cannot_have_is_refused(membership_mock: Any) -> None:
    connector = membership_mock.given.securityhub.connector_v2
    with pytest.raises(
        UsageError, match="'PENDING_AUTHORIZATION' is not a status of a connector to SERVICENOW"
    ):
        connector(ADMIN, provider="SERVICENOW", status="PENDING_AUTHORIZATION")
    with pytest.raises(UsageError, match="is not a provider"):
        connector(ADMIN, provider="JIRA")


def test_rules_and_tickets_are_seeded_with_what_they_need(membership_mock: Any) -> None:
    given = membership_mock.given.securityhub
    connector = given.connector_v2(ADMIN, provider="SERVICENOW", region=IRELAND)
    given.automation_rule_v2({"severity": "High"}, severity=5, account=ADMIN, region=IRELAND)
    client = membership_mock.client("securityhub", account=ADMIN, region=IRELAND)
    imported(client, finding())
    shown = only(client)
    assert shown["severity"] == "Critical"
    ticket = given.ticket_v2(connector, shown["metadata"]["uid"])
    (made,) = membership_mock.aws_side(account=ADMIN, region=IRELAND).tickets(connector.id)
    assert made.ticket_id == ticket.id
    given.automation_rule_v2(connector=connector)
    imported(client, finding("two", Severity={"Label": "LOW"}))
    assert len(membership_mock.aws_side(account=ADMIN, region=IRELAND).tickets(connector.id)) == 2
    with pytest.raises(SeedRefused, match="A ticket already exists"):
        given.ticket_v2(connector, shown["metadata"]["uid"])
