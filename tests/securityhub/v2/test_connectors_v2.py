"""Connectors of Security Hub V2, and the tickets that are made through them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from membership_mock.errors import UsageError
from tests.securityhub.samples import ADMIN, IRELAND, refused
from tests.securityhub.v2.ocsf import finding, imported, only, where
from tests.securityhub.v2.samples import FRANKFURT, World

JIRA = {"JiraCloud": {"ProjectKey": "SEC"}}
SECRET = f"arn:aws:secretsmanager:{IRELAND}:{ADMIN}:secret:snow"
SERVICE_NOW = {"ServiceNow": {"InstanceName": "example", "SecretArn": SECRET}}
AZURE = {
    "Azure": {
        "AWSConfigConnectorArn": "arn:aws:config:eu-west-1:111111111111:connector/a",
        "ScopeConfiguration": {"ScopeType": "TENANT"},
        "AzureRegions": ["westeurope"],
    }
}


@pytest.fixture
def home(hub_v2: Callable[..., Any]) -> Any:
    """A client in the home region of an account."""
    client = hub_v2(ADMIN)
    client.create_aggregator_v2(RegionLinkingMode="SPECIFIED_REGIONS", LinkedRegions=[FRANKFURT])
    return client


@pytest.fixture
def aws(membership_mock: Any) -> Any:
    """AWS's side of the account."""
    return membership_mock.aws_side(account=ADMIN, region=IRELAND)


def _status(client: Any, connector_id: str) -> str:
    connector = client.get_connector_v2(ConnectorId=connector_id)
    return str(connector["Health"]["ConnectorStatus"])


def _registered(client: Any, aws: Any, connector_id: str) -> None:
    visit = aws.authorize_connector(connector_id)
    client.register_connector_v2(AuthCode=visit.auth_code, AuthState=visit.auth_state)


def test_a_connector_to_jira_waits_to_be_authorized(home: Any, aws: Any) -> None:
    created = home.create_connector_v2(Name="jira", Provider=JIRA, Tags={"team": "blue"})
    connector_id, arn = created["ConnectorId"], created["ConnectorArn"]
    assert arn == f"arn:aws:securityhub:{IRELAND}:{ADMIN}:connectorv2/{connector_id}"
    assert created["ConnectorStatus"] == "PENDING_AUTHORIZATION"
    visit = aws.authorize_connector(connector_id, domain="acme.atlassian.net")
    query = parse_qs(urlsplit(created["AuthUrl"]).query)
    assert query["state"] == [visit.auth_state]
    answer = home.register_connector_v2(AuthCode=visit.auth_code, AuthState=visit.auth_state)
    assert answer["ConnectorId"] == connector_id
    shown = home.get_connector_v2(ConnectorId=arn)
    assert shown["Health"]["ConnectorStatus"] == "CONNECTED"
    detail = shown["ProviderDetail"]["JiraCloud"]
    assert (detail["ProjectKey"], detail["Domain"]) == ("SEC", "acme.atlassian.net")
    assert detail["AuthStatus"] == "ACTIVE"
    assert home.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"team": "blue"}


def test_without_a_project_the_connector_waits_for_one(home: Any, aws: Any) -> None:
    created = home.create_connector_v2(Name="jira", Provider={"JiraCloud": {}})
    connector_id = created["ConnectorId"]
    _registered(home, aws, connector_id)
    assert _status(home, connector_id) == "PENDING_CONFIGURATION"
    home.update_connector_v2(ConnectorId=connector_id, Provider=JIRA, Description="ours")
    assert _status(home, connector_id) == "CONNECTED"
    assert home.get_connector_v2(ConnectorId=connector_id)["Description"] == "ours"


def test_an_authorization_is_used_once_and_can_fail(home: Any, aws: Any) -> None:
    connector_id = home.create_connector_v2(Name="jira", Provider=JIRA)["ConnectorId"]
    visit = aws.refuse_connector(connector_id)
    register = home.register_connector_v2
    register(AuthCode=visit.auth_code, AuthState=visit.auth_state)
    assert _status(home, connector_id) == "FAILED_TO_CONNECT"
    for state in (visit.auth_state, "unknown"):
        answer = refused(register, AuthCode="code", AuthState=state)
        assert answer == ("ResourceNotFoundException", 404, "Connector not found")
    with pytest.raises(UsageError, match="waits to be authorized"):
        aws.authorize_connector(connector_id)


def test_a_connector_to_servicenow_is_connected_at_once(home: Any) -> None:
    created = home.create_connector_v2(Name="snow", Provider=SERVICE_NOW)
    assert created["ConnectorStatus"] == "CONNECTED"
    assert "AuthUrl" not in created
    shown = home.get_connector_v2(ConnectorId=created["ConnectorId"])
    assert shown["ProviderDetail"]["ServiceNow"]["AuthStatus"] == "ACTIVE"


@pytest.mark.newest_model
def test_a_connector_to_another_cloud_is_set_up_and_updated(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN)
    created = client.create_connector_v2(Name="azure", Provider=AZURE)
    assert (created["ConnectorStatus"], created["EnablementStatus"]) == (
        "UNKNOWN",
        "PENDING_ENABLEMENT",
    )
    connector_id = created["ConnectorId"]
    shown = client.get_connector_v2(ConnectorId=connector_id)
    assert shown["EnablementStatus"] == "ENABLED"
    assert shown["Health"]["ConnectorStatus"] == "CONNECTED"
    narrower = {
        "Azure": {
            "ScopeConfiguration": {"ScopeType": "SUBSCRIPTION", "ScopeValues": ["s-1"]},
            "AzureRegions": ["northeurope"],
        }
    }
    update = client.update_connector_v2(ConnectorId=connector_id, Provider=narrower)
    assert update["EnablementStatus"] == "PENDING_UPDATE"
    detail = client.get_connector_v2(ConnectorId=connector_id)["ProviderDetail"]["Azure"]
    assert detail["AzureRegions"] == ["northeurope"]
    assert detail["AWSConfigConnectorArn"] == AZURE["Azure"]["AWSConfigConnectorArn"]
    deleted = client.delete_connector_v2(ConnectorId=connector_id)
    assert deleted["EnablementStatus"] == "PENDING_DELETION"
    assert refused(client.get_connector_v2, ConnectorId=connector_id)[1] == 404


@pytest.mark.newest_model
def test_a_narrow_scope_needs_values(hub_v2: Callable[..., Any]) -> None:
    create = hub_v2(ADMIN).create_connector_v2
    scope = {"ScopeConfiguration": {"ScopeType": "SUBSCRIPTION"}}
    answer = refused(create, Name="azure", Provider={"Azure": {**AZURE["Azure"], **scope}})
    assert answer == (
        "ValidationException",
        400,
        "Azure.ScopeConfiguration.ScopeValues is required for SUBSCRIPTION",
    )


def test_connectors_are_listed_in_the_order_of_creation_and_filtered(home: Any) -> None:
    for number in range(5):
        home.create_connector_v2(Name=f"jira-{number}", Provider=JIRA)
    home.create_connector_v2(Name="snow", Provider=SERVICE_NOW)
    first = home.list_connectors_v2(MaxResults=4)
    rest = home.list_connectors_v2(MaxResults=4, NextToken=first["NextToken"])
    names = [one["Name"] for one in first["Connectors"] + rest["Connectors"]]
    assert names == [*(f"jira-{number}" for number in range(5)), "snow"]
    connected = home.list_connectors_v2(ConnectorStatus="CONNECTED")["Connectors"]
    assert [one["Name"] for one in connected] == ["snow"]
    jira = home.list_connectors_v2(ProviderName="JIRA_CLOUD")["Connectors"]
    assert len(jira) == 5
    assert home.list_connectors_v2(
        ProviderName="JIRA_CLOUD", ConnectorStatus="CONNECTED"
    )["Connectors"] == []  # fmt: skip


def test_names_are_unique_and_settings_are_checked(home: Any) -> None:
    connector_id = home.create_connector_v2(Name="jira", Provider=JIRA)["ConnectorId"]
    create = home.create_connector_v2
    assert refused(create, Name="jira", Provider=JIRA)[:2] == ("ConflictException", 409)
    wrong = {"ServiceNow": {"InstanceName": "x", "SecretArn": "secret"}}
    assert refused(create, Name="snow", Provider=wrong)[2] == "SecretArn must be an ARN"
    assert refused(create, Name="key", Provider=JIRA, KmsKeyArn="key")[0] == "ValidationException"
    update = home.update_connector_v2
    other = {"ServiceNow": {"SecretArn": SECRET}}
    assert refused(update, ConnectorId=connector_id, Provider=other)[0] == "ValidationException"
    assert refused(update, ConnectorId="none", Description="x")[2] == "Connector not found"
    assert len(home.list_connectors_v2()["Connectors"]) == 1


def test_ticketing_belongs_to_the_home_region(home: Any, hub_v2: Callable[..., Any]) -> None:
    linked = hub_v2(ADMIN, FRANKFURT)
    code, status, text = refused(linked.create_connector_v2, Name="jira", Provider=JIRA)
    assert (code, status) == ("ConflictException", 409)
    assert text == f"The current Region {FRANKFURT} does not match the aggregation Region {IRELAND}"
    without = hub_v2("666666666666")
    assert refused(without.create_connector_v2, Name="jira", Provider=JIRA) == (
        "ConflictException",
        409,
        "No aggregation Region is configured for 666666666666",
    )


def test_a_member_configures_no_integrations(led: World) -> None:
    member = led.client(led.first)
    assert refused(member.create_connector_v2, Name="jira", Provider=JIRA)[:2] == (
        "AccessDeniedException",
        403,
    )


def test_health_comes_from_aws(home: Any, aws: Any) -> None:
    connector_id = home.create_connector_v2(Name="snow", Provider=SERVICE_NOW)["ConnectorId"]
    aws.set_connector_health(connector_id, "FAILED_TO_CONNECT", message="The secret has expired.")
    health = home.get_connector_v2(ConnectorId=connector_id)["Health"]
    assert health["ConnectorStatus"] == "FAILED_TO_CONNECT"
    assert health["Message"] == "The secret has expired."
    with pytest.raises(UsageError, match="no connector none"):
        aws.set_connector_health("none", "CONNECTED")
    with pytest.raises(UsageError, match="not a health of a connector"):
        aws.set_connector_health(connector_id, "FINE")


# --- tickets ---


@pytest.fixture
def jira(home: Any, aws: Any) -> str:
    """The id of a connector to Jira that is connected."""
    connector_id = str(home.create_connector_v2(Name="jira", Provider=JIRA)["ConnectorId"])
    _registered(home, aws, connector_id)
    return connector_id


def test_a_finding_gets_one_ticket_that_follows_it(home: Any, aws: Any, jira: str) -> None:
    imported(home, finding())
    uid = only(home)["metadata"]["uid"]
    ticket = home.create_ticket_v2(ConnectorId=jira, FindingMetadataUid=uid)
    assert ticket["TicketId"] == "SEC-1"
    assert ticket["TicketSrcUrl"] == "https://example.atlassian.net/browse/SEC-1"
    again = refused(home.create_ticket_v2, ConnectorId=jira, FindingMetadataUid=uid)
    assert again == ("ConflictException", 409, f"A ticket already exists for finding {uid}")
    imported(home, finding(UpdatedAt="2026-02-02T00:00:00Z"))
    (made,) = aws.tickets(jira)
    assert (made.ticket_id, made.finding_uid, made.title) == ("SEC-1", uid, "Open port")
    assert made.updates == 1


def test_a_dry_run_makes_a_ticket_each_time(home: Any, aws: Any) -> None:
    snow = home.create_connector_v2(Name="snow", Provider=SERVICE_NOW)["ConnectorId"]
    for _ in range(2):
        ticket = home.create_ticket_v2(
            ConnectorId=snow, FindingMetadataUid="TEST_FINDING", Mode="DRYRUN"
        )
        assert len(ticket["TicketId"]) == 32
        assert ticket["TicketSrcUrl"] == (
            "https://example.service-now.com/nav_to.do?uri=x_aws_se_0_finding.do"
            f"?sys_id={ticket['TicketId']}"
        )
    assert {one.title for one in aws.tickets(snow)} == {"TESTING Test CreateTicketV2 Finding"}


def test_tickets_that_cannot_be_made_are_refused(home: Any, aws: Any, jira: str) -> None:
    imported(home, finding())
    uid = only(home)["metadata"]["uid"]
    create = home.create_ticket_v2
    assert refused(create, ConnectorId=jira, FindingMetadataUid="none") == (
        "ResourceNotFoundException",
        404,
        "Finding not found",
    )
    assert refused(create, ConnectorId="none", FindingMetadataUid=uid)[2] == "Connector not found"
    for trouble, text in (
        ("project", "Cannot find jira project"),
        ("issue type", "Security Hub issue type not found"),
    ):
        aws.break_tickets(jira, trouble)
        answer = refused(create, ConnectorId=jira, FindingMetadataUid=uid)
        assert answer == ("ConflictException", 409, text)
    aws.mend_tickets(jira)
    aws.set_connector_health(jira, "FAILED_TO_CONNECT")
    text = f"Connector {jira} is not connected"
    assert refused(create, ConnectorId=jira, FindingMetadataUid=uid)[2] == text
    assert aws.tickets(jira) == ()


def test_a_rule_makes_tickets_and_keeps_its_connector(home: Any, aws: Any, jira: str) -> None:
    arn = home.get_connector_v2(ConnectorId=jira)["ConnectorArn"]
    rule = home.create_automation_rule_v2(
        RuleName="tickets",
        Description="A ticket for each",
        RuleOrder=1,
        Criteria={"OcsfFindingCriteria": where("String", "severity", Value="High")},
        Actions=[
            {
                "Type": "EXTERNAL_INTEGRATION",
                "ExternalIntegrationConfiguration": {"ConnectorArn": arn},
            }
        ],
    )
    imported(home, finding("a"), finding("b", Severity={"Label": "LOW"}))
    imported(home, finding("a", UpdatedAt="2026-02-02T00:00:00Z"))
    (made,) = aws.tickets(jira)
    assert made.updates == 1
    code, _, text = refused(home.delete_connector_v2, ConnectorId=jira)
    assert (code, rule["RuleId"] in text) == ("ConflictException", True)
    home.delete_automation_rule_v2(Identifier=rule["RuleId"])
    home.delete_connector_v2(ConnectorId=jira)


def test_the_administrator_makes_tickets_for_members(led: World) -> None:
    administrator, member = led.client(led.security), led.client(led.first)
    administrator.create_aggregator_v2(RegionLinkingMode="SPECIFIED_REGIONS", LinkedRegions=[])
    snow = administrator.create_connector_v2(Name="snow", Provider=SERVICE_NOW)["ConnectorId"]
    imported(member, finding(account=led.first))
    uid = only(administrator)["metadata"]["uid"]
    assert administrator.create_ticket_v2(ConnectorId=snow, FindingMetadataUid=uid)["TicketId"]
