"""The operation on tickets."""

from __future__ import annotations

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, operation
from membership_mock.securityhub.errors import ResourceNotFoundException
from membership_mock.securityhub.findings.finding_store import FindingStore
from membership_mock.securityhub.v2.access.delegation import DelegationV2
from membership_mock.securityhub.v2.access.subscription import SubscriptionV2
from membership_mock.securityhub.v2.connectors.connectors import ConnectorsV2
from membership_mock.securityhub.v2.connectors.ticket_maker import TEST_TITLE, TicketMakerV2
from membership_mock.securityhub.v2.findings.visibility import VisibleFindings
from membership_mock.securityhub.v2.ocsf.documents import shown

DRY_RUN = "DRYRUN"


class TicketsV2(Family):
    """The operation that creates tickets."""

    @operation("CreateTicketV2")
    def create_ticket_v2(
        self,
        ctx: Context,
        connector_id: str,
        finding_metadata_uid: str,
        mode: str | None = None,
    ) -> dict[str, str]:
        """Create a ticket for a finding, or with the mode DRYRUN one that tests the connector.

        A dry run makes a ticket each time, whatever finding it names (documented).

        Raises:
            AccessDeniedException: another account administers the caller's organization.
            ConflictException: the connector cannot be used, or the finding has a ticket.
            ResourceNotFoundException: there is no such connector, or the caller sees no such
                finding (text inferred [SH-192]).
        """
        self.of(SubscriptionV2).require(ctx)
        self.of(DelegationV2).require_own_say()
        connector = self.of(ConnectorsV2).find(connector_id)
        uid, title = None, TEST_TITLE
        if mode != DRY_RUN:
            record = self.of(VisibleFindings).finder(ctx.now)(finding_metadata_uid)
            document = record and shown(self.store(FindingStore), record)
            if not document:
                raise ResourceNotFoundException("Finding not found")
            uid, title = finding_metadata_uid, document["finding_info"]["title"]
        ticket = self.of(TicketMakerV2).make(connector, uid, title)
        return {"TicketId": ticket.ticket_id, "TicketSrcUrl": ticket.url}
