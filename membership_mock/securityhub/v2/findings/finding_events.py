"""The events of findings that Security Hub V2 sends to EventBridge, and their receivers.

Source: the user guide's page on the event format of V2. Which accounts get them besides the
account of the finding is inferred [SH-295] from which accounts see it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from membership_mock.engine.pipeline.operation import Family
from membership_mock.securityhub.findings.finding_store import FindingStore
from membership_mock.securityhub.v2.access.delegation import DelegationV2
from membership_mock.securityhub.v2.access.subscription import SubscriptionV2
from membership_mock.securityhub.v2.ocsf.documents import overlaid, provided
from membership_mock.securityhub.v2.stores.aggregator_store import AggregatorV2Store
from membership_mock.securityhub.v2.stores.ocsf_store import OcsfRecord

IMPORTED_EVENT = "Findings Imported V2"


class FindingEventsV2(Family):
    """The event feeds that findings of this account and region are in."""

    def announce(self, record: OcsfRecord, at: datetime) -> None:
        """Send the event of a finding of this account and region that is new or has changed.

        Args:
            record: the finding, as it is now.
            at: when that happened, in UTC.
        """
        fields = None
        if record.identity is not None:
            index = self.store(FindingStore).shelves[record.region][record.account_id]
            fields = index.findings[record.identity].fields
        # made when it is wanted, of what does not change until then
        kept = replace(record, overlay=dict(record.overlay))
        detail = partial(_detail, kept, fields)
        for reader, region in self._feeds(record.account_id):
            self.emit(IMPORTED_EVENT, [record.uid], detail, at, reader, region)

    def _feeds(self, account_id: str) -> Iterator[tuple[str, str]]:
        """Yield the accounts that get the events, each with a region where it has a hub of V2."""
        here = self.backend.region_name
        store = self.store_if_any(AggregatorV2Store)
        administrator = self.of(DelegationV2).administrator()
        for reader in dict.fromkeys(filter(None, (account_id, administrator))):
            regions = [here]
            aggregator = store.aggregators.get(reader) if store else None
            if aggregator is not None and here in aggregator.linked_regions:
                regions.append(aggregator.aggregation_region)
            for region in regions:
                subscription = self.backend.in_region(region, reader).family(SubscriptionV2)
                if subscription.of_account(reader) is not None:
                    yield reader, region


def _detail(record: OcsfRecord, fields: dict[str, Any] | None) -> dict[str, Any]:
    document = record.document if fields is None else provided(fields, record)
    return {"findings": [overlaid(document or {}, record.overlay)]}
