"""The events of findings that Security Hub sends to EventBridge, and their receivers.

Sources: the user guide's pages on event types and event formats. That ``account`` and ``region``
are those of the event bus that gets the event is inferred [SH-294].
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from membership_mock.engine.pipeline.operation import Family
from membership_mock.securityhub.aggregation.finding_aggregators import FindingAggregators
from membership_mock.securityhub.findings.finding_store import Finding
from membership_mock.securityhub.hubs.hubs import Hubs
from membership_mock.securityhub.relationships.administration import Administration

IMPORTED_EVENT = "Security Hub Findings - Imported"

#: an account and a region
Feed = tuple[str, str]


class FindingEvents(Family):
    """The event feeds that findings of this region are in."""

    def feeds(self, account_id: str) -> list[Feed]:
        """Return the accounts that get events of an account's findings here, each with a region.

        These are the account and its administrator, and either of them in its home region as well.
        """
        here = self.backend.region_name
        aggregators = self.of(FindingAggregators)
        administrator = self.of(Administration).administrator_of(account_id)
        feeds: list[Feed] = []
        for reader in filter(None, (account_id, administrator)):
            feeds.append((reader, here))
            aggregator = aggregators.followed(reader)
            if aggregator is None or not aggregator.links(here):
                continue
            home = self.backend.in_region(aggregator.finding_aggregation_region, reader)
            is_linked = here in home.family(FindingAggregators).linked_regions(reader)
            if is_linked and home.family(Hubs).of_account(reader) is not None:
                feeds.append((reader, home.region_name))
        return feeds

    def announce(
        self, account_id: str, finding: Finding, at: datetime, feeds: list[Feed] | None = None
    ) -> None:
        """Send the event of a finding that was imported or updated.

        Args:
            account_id: the account of the finding.
            finding: the finding, as it is now.
            at: when that happened, in UTC.
            feeds: the receivers; those of `feeds` when None.
        """
        resources = [named(finding)]
        detail = partial(_detail, finding.fields)
        for reader, region in self.feeds(account_id) if feeds is None else feeds:
            self.emit(IMPORTED_EVENT, resources, detail, at, reader, region)


def named(finding: Finding) -> str:
    """Return the name of a finding in ``resources`` of an event."""
    return "/".join(finding.identity)


def _detail(fields: dict[str, Any]) -> dict[str, Any]:
    return {"findings": [fields]}
