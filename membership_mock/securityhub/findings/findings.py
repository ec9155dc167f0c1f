"""Findings that an account sees: its own, its members' and those of linked regions.

A finding belongs to the account and the region that it was imported in, and is kept once.

Sources: API pages GetFindings and AwsSecurityFinding; the user guide on administrator accounts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Backend, operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.securityhub.aggregation.finding_aggregators import FindingAggregators
from membership_mock.securityhub.families import SecurityHubFamily
from membership_mock.securityhub.findings.finding_columns import FindingColumns, Path
from membership_mock.securityhub.findings.finding_filters import Query, compile_filters
from membership_mock.securityhub.findings.finding_order import (
    FoundFindings,
    compile_order,
)
from membership_mock.securityhub.findings.finding_store import (
    Finding,
    FindingIndex,
    FindingStore,
    Identity,
)
from membership_mock.securityhub.findings.visible_findings import VisibleFindings, identified
from membership_mock.securityhub.hubs.hubs import Hubs
from membership_mock.securityhub.relationships.administration import Administration
from membership_mock.securityhub.relationships.aggregation import FindingAggregator


class Findings(SecurityHubFamily):
    """The operation that shows findings, and the findings that it shows."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self._columns: dict[tuple[str, str], FindingColumns] = {}

    @operation("GetFindings")
    def get_findings(
        self,
        ctx: Context,
        filters: dict[str, Any] | None = None,
        sort_criteria: list[dict[str, str]] | None = None,
    ) -> dict[str, Listing[Finding]]:
        """Return the findings that the caller sees from here and that match ``filters``.

        Raises:
            InvalidInputException: the filters or sort criteria are not valid.
        """
        self.of(Hubs).require()
        query = compile_filters(filters or {}, ctx.now)
        order = compile_order(sort_criteria or ())
        return {"Findings": FoundFindings(self.visible(ctx.now), query, order)}

    def regions_unlinked(self, before: FindingAggregator, after: FindingAggregator | None) -> None:
        """Keep findings of regions that are no longer linked visible in the home region."""
        store = self.store(FindingStore)
        unlinked = [
            region
            for region in store.shelves
            if before.links(region) and not (after is not None and after.links(region))
        ]
        store.keep_copies(before.account_id, before.finding_aggregation_region, unlinked)

    def matching(self, query: Query, now: datetime) -> Iterator[tuple[FindingIndex, Finding]]:
        """Yield the findings that the caller sees from here and that match, in no order.

        Each comes after the place where it is kept.
        """
        for part in self.visible(now):
            if query.admits(part.index.account_id, part.index.region):
                for finding in part.matching(query):
                    yield part.index, finding

    def count(self, query: Query, path: Path, now: datetime) -> Counter[Any]:
        """Count the findings that the caller sees from here and that match by their values."""
        counts: Counter[Any] = Counter()
        for part in self.visible(now):
            if query.admits(part.index.account_id, part.index.region):
                counts.update(part.count(query, path))
        return counts

    def identified(self, identity: Identity, now: datetime) -> list[Finding]:
        """Return the findings with a product ARN and an id that the caller sees from here."""
        return identified(self.visible(now), identity)

    def visible(self, now: datetime) -> Iterator[VisibleFindings]:
        """Yield what the caller sees from this region: its own findings and its members'.

        In its home region it sees the same of the linked regions. Those that were linked once have
        left copies behind.
        """
        store = self.store(FindingStore)
        caller, here = self.backend.account_id, self.backend.region_name
        regions: dict[str, int | None] = {}
        owner = self.of(Administration).administrator_of(caller) or caller
        for account_id in (owner, caller):
            regions.update(store.copies.get((account_id, here), {}))
        linked = self.of(FindingAggregators).linked_regions(caller)
        regions.update(dict.fromkeys([here, *linked]))
        for region, until in regions.items():
            shelves = store.shelves.get(region)
            if not shelves:
                continue
            there = self.backend.in_region(region)
            members = there.family(Administration).enabled_members(caller, shelves)
            for account_id in {caller, *members} & shelves.keys():
                index = shelves[account_id]
                index.expire(now)
                columns = self._columns.get((region, account_id))
                if columns is None or columns.index is not index:
                    columns = self._columns[region, account_id] = FindingColumns(index)
                yield VisibleFindings(columns, until)
