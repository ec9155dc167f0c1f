"""A team connects Security Hub V2 to Jira, and lets findings become tickets.

The code between the lines is a user's.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

TEAM, REGION = "111111111111", "eu-west-1"

# --- the user's code -------------------------------------------------------------------------


def connect(client: Any, visit: Any) -> str:
    """Create a connector to Jira, have it authorized, and return its id once it is connected.

    Args:
        client: the team's client in the home region.
        visit: opens an address in a browser, and returns code and state of the redirect.
    """
    created = client.create_connector_v2(
        Name="jira", Provider={"JiraCloud": {}}, Description="Tickets of the team"
    )
    code, state = visit(created["ConnectorId"], created["AuthUrl"])
    client.register_connector_v2(AuthCode=code, AuthState=state)
    client.update_connector_v2(
        ConnectorId=created["ConnectorId"], Provider={"JiraCloud": {"ProjectKey": "OPS"}}
    )
    health = client.get_connector_v2(ConnectorId=created["ConnectorId"])["Health"]
    if health["ConnectorStatus"] != "CONNECTED":
        raise RuntimeError(f"The connector is {health['ConnectorStatus']}.")
    return str(created["ConnectorId"])


def ticket_for(client: Any, connector: str, finding: dict[str, Any]) -> str | None:
    """Return the id of a new ticket for a finding; None if it has one already."""
    uid = finding["metadata"]["uid"]
    try:
        ticket = client.create_ticket_v2(ConnectorId=connector, FindingMetadataUid=uid)
    except client.exceptions.ConflictException:
        return None
    client.batch_update_findings_v2(
        MetadataUids=[uid], StatusId=2, Comment=f"See {ticket['TicketSrcUrl']}"
    )
    return str(ticket["TicketId"])


# --- the test ---------------------------------------------------------------------------------


def test_from_a_connector_to_the_ticket_of_a_finding(membership_mock: Any) -> None:
    client = membership_mock.client("securityhub", account=TEAM, region=REGION)
    client.enable_security_hub_v2()
    client.create_aggregator_v2(RegionLinkingMode="SPECIFIED_REGIONS", LinkedRegions=[])
    aws = membership_mock.aws_side(account=TEAM, region=REGION)

    def visit(connector_id: str, url: str) -> tuple[str, str]:
        agreed = aws.authorize_connector(connector_id, domain="team.atlassian.net")
        assert parse_qs(urlsplit(url).query)["state"] == [agreed.auth_state]
        return agreed.auth_code, agreed.auth_state

    connector = connect(client, visit)
    test = client.create_ticket_v2(
        ConnectorId=connector, FindingMetadataUid="TEST_FINDING", Mode="DRYRUN"
    )
    assert test["TicketId"] == "OPS-1"

    aws.ocsf_finding({"finding_info": {"title": "Mining"}}, severity="Critical")
    (finding,) = client.get_findings_v2()["Findings"]
    assert ticket_for(client, connector, finding) == "OPS-2"
    assert ticket_for(client, connector, finding) is None
    (after,) = client.get_findings_v2()["Findings"]
    assert after["comment"] == "See https://team.atlassian.net/browse/OPS-2"
    assert after["status"] == "In Progress"

    # from now on a rule does it
    arn = client.get_connector_v2(ConnectorId=connector)["ConnectorArn"]
    client.create_automation_rule_v2(
        RuleName="tickets",
        Description="A ticket for each critical finding",
        RuleOrder=1,
        Criteria={
            "OcsfFindingCriteria": {
                "CompositeFilters": [
                    {"NumberFilters": [{"FieldName": "severity_id", "Filter": {"Gte": 5}}]}
                ]
            }
        },
        Actions=[
            {
                "Type": "EXTERNAL_INTEGRATION",
                "ExternalIntegrationConfiguration": {"ConnectorArn": arn},
            }
        ],
    )
    aws.ocsf_finding({"finding_info": {"title": "Exfiltration"}}, severity="Critical")
    aws.ocsf_finding({"finding_info": {"title": "Noise"}}, severity="Low")
    made = aws.tickets(connector)
    assert [each.title for each in made] == [
        "TESTING Test CreateTicketV2 Finding",
        "Mining",
        "Exfiltration",
    ]

    # Jira loses the project: new tickets fail, old ones stay
    aws.break_tickets(connector, "project")
    aws.ocsf_finding({"finding_info": {"title": "Later"}}, severity="Critical")
    assert len(aws.tickets(connector)) == 3
