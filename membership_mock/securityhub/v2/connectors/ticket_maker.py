"""Tickets in ticketing systems: made by a call or by an automation rule, one for a finding.

Sources: the user guide on Jira Cloud, on ServiceNow and on testing an integration (ids, addresses
and two refusals). What they leave open is marked inferred.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from membership_mock.engine.pipeline.operation import Family
from membership_mock.securityhub.errors import ConflictException
from membership_mock.securityhub.v2.stores.connector_store import (
    AccountConnectors,
    ConnectorV2,
    ConnectorV2Store,
    Ticket,
)
from membership_mock.securityhub.v2.stores.ocsf_store import OcsfRecord

#: the title of the finding that tests a connector (documented)
TEST_TITLE = "TESTING Test CreateTicketV2 Finding"
#: by what is wrong with the project in Jira: what the service says (documented)
TROUBLES: Mapping[str, str] = {
    "project": "Cannot find jira project",
    "issue type": "Security Hub issue type not found",
}
TICKETING = ("JiraCloud", "ServiceNow")


class TicketMakerV2(Family):
    """The tickets of this account and region."""

    def make(self, connector: ConnectorV2, finding_uid: str | None, title: str) -> Ticket:
        """Return a new ticket.

        Args:
            connector: through which connector.
            finding_uid: for which finding; None for a test of the connector.
            title: the title of the finding.

        Raises:
            ConflictException: the connector is not connected (inferred [SH-250]), the project
                cannot be used (documented), or the finding has a ticket (inferred [SH-250]).
        """
        held = self._held()
        if connector.provider not in TICKETING or connector.status != "CONNECTED":
            raise ConflictException(f"Connector {connector.connector_id} is not connected")
        if connector.ticket_trouble is not None:
            raise ConflictException(TROUBLES[connector.ticket_trouble])
        if finding_uid is not None and finding_uid in held.by_finding:
            raise ConflictException(f"A ticket already exists for finding {finding_uid}")
        ticket_id, url = self._numbered(held, connector)
        ticket = Ticket(ticket_id, url, finding_uid, title)
        connector.tickets.append(ticket)
        if finding_uid is not None:
            held.by_finding[finding_uid] = ticket
        return ticket

    def for_rule(self, connector_arn: str, record: OcsfRecord, document: Mapping[str, Any]) -> None:
        """Make a ticket for a finding that a rule matches, unless it has one or none can be made.

        That nothing happens when the connector is not connected is inferred [SH-184].
        """
        held = self._held()
        connector = held.connectors.get(connector_arn.rpartition("/")[2])
        if connector is None or record.uid in held.by_finding:
            return
        try:
            self.make(connector, record.uid, document["finding_info"]["title"])
        except ConflictException:
            return

    def note_update(self, record: OcsfRecord) -> None:
        """Let the ticket of a finding follow a later version of the finding (documented)."""
        store = self.store_if_any(ConnectorV2Store)
        held = store.accounts.get(self.backend.account_id) if store else None
        ticket = held.by_finding.get(record.uid) if held else None
        if ticket is not None:
            ticket.updates += 1

    def _held(self) -> AccountConnectors:
        return self.store(ConnectorV2Store).of(self.backend.account_id)

    def _numbered(self, held: AccountConnectors, connector: ConnectorV2) -> tuple[str, str]:
        """Return the id and the address of a new ticket."""
        settings = connector.settings
        if connector.provider == "ServiceNow":
            ticket_id = f"{self.backend.world.random.getrandbits(128):032x}"
            page = f"x_aws_se_0_finding.do?sys_id={ticket_id}"
            instance = settings["InstanceName"]
            return ticket_id, f"https://{instance}.service-now.com/nav_to.do?uri={page}"
        held.last_ticket += 1
        ticket_id = f"{settings['ProjectKey']}-{held.last_ticket}"
        return ticket_id, f"https://{settings['Domain']}/browse/{ticket_id}"
