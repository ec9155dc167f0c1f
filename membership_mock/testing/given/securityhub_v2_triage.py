"""Seeds of Security Hub V2: connectors, automation rules, tickets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from membership_mock.testing.aws_side.aws_side import AwsSide
from membership_mock.testing.given.securityhub_hubs import SERVICE
from membership_mock.testing.given.securityhub_v2 import HubV2Seeds
from membership_mock.testing.names import not_one_of

Provider = Literal["JIRA_CLOUD", "SERVICENOW"]
_PROVIDERS = ("JIRA_CLOUD", "SERVICENOW")
_STATUSES = {
    "JIRA_CLOUD": (
        "PENDING_AUTHORIZATION",
        "PENDING_CONFIGURATION",
        "CONNECTED",
        "DEGRADED",
        "FAILED_TO_CONNECT",
    ),
    "SERVICENOW": ("CONNECTED", "DEGRADED", "FAILED_TO_CONNECT"),
}


@dataclass(frozen=True)
class SeededConnectorV2:
    """A connector to a ticketing system.

    Attributes:
        account: whose it is.
        region: where it is.
        id: its id.
        arn: its ARN.
        status: its status.
        auth_url: where it is authorized; None for ServiceNow.
    """

    account: str
    region: str
    id: str
    arn: str
    status: str
    auth_url: str | None


@dataclass(frozen=True)
class SeededAutomationRuleV2:
    """An automation rule of Security Hub V2.

    Attributes:
        account: whose it is.
        region: where it is.
        arn: its ARN.
        id: its id.
    """

    account: str
    region: str
    arn: str
    id: str


@dataclass(frozen=True)
class SeededTicketV2:
    """A ticket for a finding.

    Attributes:
        id: its id in the ticketing system.
        url: where it is shown there.
        connector: the id of the connector that it was made through.
        finding: the ``metadata.uid`` of the finding.
    """

    id: str
    url: str
    connector: str
    finding: str


class TriageV2Seeds(HubV2Seeds):
    """Seeds of what is done with findings in Security Hub V2."""

    def connector_v2(
        self,
        account: str | None = None,
        *,
        provider: Provider = "JIRA_CLOUD",
        status: str = "CONNECTED",
        name: str = "tickets",
        project_key: str = "SEC",
        instance: str = "example",
        region: str | None = None,
    ) -> SeededConnectorV2:
        """Return a new connector to a ticketing system, in the home region of an account.

        Hub and aggregator are made where they are missing, and one to Jira Cloud is authorized.

        Args:
            account: whose connector.
            provider: ``JIRA_CLOUD`` or ``SERVICENOW``.
            status: ``CONNECTED``, ``DEGRADED`` or ``FAILED_TO_CONNECT``; for Jira Cloud also
                ``PENDING_AUTHORIZATION`` or ``PENDING_CONFIGURATION``.
            name: its name.
            project_key: the project of Jira.
            instance: the instance of ServiceNow.
            region: where.

        Raises:
            SeedRefused: the name is taken, the account is a member, or its home is another region.
            UsageError: no such connector has that status.
        """
        if provider not in _PROVIDERS:
            raise not_one_of(provider, "a provider of connectors", _PROVIDERS)
        if status not in _STATUSES[provider]:
            what = f"a status of a connector to {provider}"
            raise not_one_of(status, what, _STATUSES[provider])
        account, region = self._setup.account(account), self._setup.region(region)
        with self._setup.seed("securityhub.connector_v2"):
            self.hub_v2(account, region=region)
            listed = self._setup.call(SERVICE, "ListAggregatorsV2", account, region)
            if not listed["AggregatorsV2"]:
                self.aggregator_v2(account, region=region)
            settings: dict[str, Any]
            if provider == "SERVICENOW":
                partition = self._setup.partition(region)
                secret = f"arn:{partition}:secretsmanager:{region}:{account}:secret:{name}"
                settings = {"ServiceNow": {"InstanceName": instance, "SecretArn": secret}}
            elif status == "PENDING_CONFIGURATION":
                settings = {"JiraCloud": {}}
            else:
                settings = {"JiraCloud": {"ProjectKey": project_key}}
            made = self._setup.call(
                SERVICE, "CreateConnectorV2", account, region, Name=name, Provider=settings
            )
            aws = AwsSide(self._setup.running, account, region)
            if provider == "JIRA_CLOUD" and status != "PENDING_AUTHORIZATION":
                visit = aws.authorize_connector(made["ConnectorId"])
                self._setup.call(
                    SERVICE,
                    "RegisterConnectorV2",
                    account,
                    region,
                    AuthCode=visit.auth_code,
                    AuthState=visit.auth_state,
                )
            if status == "DEGRADED":
                aws.set_connector_health(made["ConnectorId"], "DEGRADED")
            elif status == "FAILED_TO_CONNECT":
                aws.set_connector_health(made["ConnectorId"], "FAILED_TO_CONNECT")
            return SeededConnectorV2(
                account,
                region,
                made["ConnectorId"],
                made["ConnectorArn"],
                status,
                made.get("AuthUrl"),
            )

    def automation_rule_v2(
        self,
        criteria: Mapping[str, Any] | None = None,
        *,
        severity: int | None = None,
        status: int | None = None,
        comment: str | None = None,
        connector: SeededConnectorV2 | None = None,
        order: float = 1.0,
        name: str = "triage",
        account: str | None = None,
        region: str | None = None,
    ) -> SeededAutomationRuleV2:
        """Return a new automation rule on findings.

        Args:
            criteria: the value of each field, e.g. ``{"severity": "High"}``; or the whole filter,
                with ``CompositeFilters``. None for all findings.
            severity: the SeverityId to set.
            status: the StatusId to set.
            comment: the comment to set.
            connector: makes tickets through this one, in place of setting fields.
            order: its RuleOrder.
            name: its name.
            account: whose rule; that of the connector, or the mock's default account, when None.
            region: where; likewise.

        Raises:
            SeedRefused: the account may have no more rules, or none here; or nothing is to be done.
        """
        if connector is not None:
            account, region = account or connector.account, region or connector.region
        account, region = self._setup.account(account), self._setup.region(region)
        with self._setup.seed("securityhub.automation_rule_v2"):
            self.hub_v2(account, region=region)
            made = self._setup.call(
                SERVICE,
                "CreateAutomationRuleV2",
                account,
                region,
                RuleName=name,
                Description="A rule that a test has seeded.",
                RuleOrder=order,
                Criteria={"OcsfFindingCriteria": _filters(criteria or {})},
                Actions=[_action(severity, status, comment, connector)],
            )
            return SeededAutomationRuleV2(account, region, made["RuleArn"], made["RuleId"])

    def ticket_v2(self, connector: SeededConnectorV2, finding: str) -> SeededTicketV2:
        """Return a new ticket for a finding.

        Args:
            connector: the connector that it is made through.
            finding: the ``metadata.uid`` of a finding that the connector's account sees.

        Raises:
            SeedRefused: the connector is not connected, or the finding has a ticket already.
        """
        with self._setup.seed("securityhub.ticket_v2"):
            made = self._setup.call(
                SERVICE,
                "CreateTicketV2",
                connector.account,
                connector.region,
                ConnectorId=connector.id,
                FindingMetadataUid=finding,
            )
            return SeededTicketV2(made["TicketId"], made["TicketSrcUrl"], connector.id, finding)


def _filters(criteria: Mapping[str, Any]) -> dict[str, Any]:
    if not criteria or "CompositeFilters" in criteria:
        return dict(criteria)
    leaves = [
        {"FieldName": name, "Filter": {"Value": value, "Comparison": "EQUALS"}}
        for name, value in criteria.items()
    ]
    return {"CompositeFilters": [{"StringFilters": leaves, "Operator": "AND"}]}


def _action(
    severity: int | None,
    status: int | None,
    comment: str | None,
    connector: SeededConnectorV2 | None,
) -> dict[str, Any]:
    if connector is not None:
        return {
            "Type": "EXTERNAL_INTEGRATION",
            "ExternalIntegrationConfiguration": {"ConnectorArn": connector.arn},
        }
    update = {"SeverityId": severity, "StatusId": status, "Comment": comment}
    given = {key: value for key, value in update.items() if value is not None}
    return {"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": given}
