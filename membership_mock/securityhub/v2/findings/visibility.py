"""The findings that a caller of Security Hub V2 sees.

A standalone account and a member see their own; the delegated administrator those of all accounts
of the organization with a hub of V2; either of them in the home region those of the linked regions
too. Sources: the texts of Scopes in the API reference, observed answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.operation import Backend, Family
from membership_mock.securityhub.findings.finding_store import RETENTION, FindingStore
from membership_mock.securityhub.v2.access.home_region import HomeRegionV2
from membership_mock.securityhub.v2.access.scopes import ScopesV2
from membership_mock.securityhub.v2.ocsf.documents import shown
from membership_mock.securityhub.v2.queries.document_columns import DocumentColumns
from membership_mock.securityhub.v2.queries.fields import Document
from membership_mock.securityhub.v2.queries.pages import Source
from membership_mock.securityhub.v2.stores.ocsf_store import (
    AccountFindings,
    OcsfFindingStore,
    OcsfRecord,
)
from membership_mock.securityhub.v2.stores.resource_store import ResourceV2Store


@dataclass(frozen=True)
class Seen:
    """The findings that a caller sees of one account in one region.

    Attributes:
        findings: where they are kept.
        until: the number of the last arrival that is seen; None for all of them.
    """

    findings: AccountFindings
    until: int | None

    def has(self, record: OcsfRecord) -> bool:
        """Return whether the caller sees a finding, which is kept there."""
        return self.until is None or record.sequence <= self.until


class VisibleFindings(Family):
    """The findings that the caller sees from here."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self._columns: dict[tuple[str, str], DocumentColumns[OcsfRecord]] = {}

    def seen(self, now: datetime, scopes: Mapping[str, Any] | None = None) -> list[Seen]:
        """Return the findings that the caller sees, by account and region.

        Args:
            now: the present, for findings that expire.
            scopes: Scopes of the request.
        """
        accounts = self.of(ScopesV2).accounts(scopes)
        store = self.store(OcsfFindingStore)
        found = []
        for region, until in self.of(HomeRegionV2).regions().items():
            held = store.findings.get(region)
            if not held:
                continue
            # whichever of the two is smaller decides what a request costs
            few = [one for one in held if one in accounts]
            for account_id in few:
                self.expire(held[account_id], now)
                found.append(Seen(held[account_id], until))
        return found

    def sources(
        self,
        now: datetime,
        scopes: Mapping[str, Any] | None = None,
        uids: set[str] | None = None,
    ) -> list[Source[OcsfRecord]]:
        """Return what the caller sees, for a list.

        Args:
            now: the present.
            scopes: Scopes of the request.
            uids: the only findings that can match; None if any can.
        """
        older = self.store(FindingStore)
        sources = []
        for each in self.seen(now, scopes):
            ordered = each.findings.ordered
            columns = self._columns_of(each.findings) if uids is None else None
            if uids is not None:
                records = each.findings.records
                ordered = sorted(
                    (records[uid] for uid in uids if uid in records), key=lambda one: one.place
                )

            def document(record: OcsfRecord, each: Seen = each) -> dict[str, Any] | None:
                return shown(older, record) if each.has(record) else None

            sources.append(Source(ordered, document, columns))
        return sources

    def _columns_of(self, held: AccountFindings) -> DocumentColumns[OcsfRecord]:
        key = (held.region, held.account_id)
        found = self._columns.get(key)
        if found is None or found.held is not held:

            def document(record: OcsfRecord) -> Document | None:
                return shown(self.store(FindingStore), record)

            found = self._columns[key] = DocumentColumns(held, document)
        return found

    def documents(
        self, now: datetime, scopes: Mapping[str, Any] | None = None
    ) -> Iterator[Document]:
        """Yield all findings that the caller sees."""
        for source in self.sources(now, scopes):
            for record in source.ordered:
                document = source.document(record)
                if document is not None:
                    yield document

    def regions(self) -> list[str]:
        """Return the regions whose findings the caller sees from here."""
        return list(self.of(HomeRegionV2).regions())

    def finder(self, now: datetime) -> Callable[[str], OcsfRecord | None]:
        """Return what finds a finding that the caller sees by its uid, and None for others."""
        store = self.store(OcsfFindingStore)
        regions = self.of(HomeRegionV2).regions()
        accounts = self.of(ScopesV2).accounts()

        def find(uid: str) -> OcsfRecord | None:
            region, account_id = store.homes.get(uid, ("", ""))
            if region not in regions or account_id not in accounts:
                return None
            held = store.findings[region][account_id]
            self.expire(held, now)
            record = held.records.get(uid)
            return record if record and Seen(held, regions[region]).has(record) else None

        return find

    def expire(self, held: AccountFindings, now: datetime) -> None:
        """Drop findings that are unchanged for 90 days or that the older service has dropped."""
        index = self.store(FindingStore).shelves.get(held.region, {}).get(held.account_id)
        removed_there = 0
        if index is not None:
            index.expire(now)
            removed_there = index.removed
        is_early = held.next_expiry is not None and now < held.next_expiry
        if is_early and held.removed_there == removed_there:
            return
        held.removed_there = removed_there
        oldest: datetime | None = None
        for record in list(held.ordered):
            touched: datetime | None = record.touched
            if record.identity is not None:
                finding = index.findings.get(record.identity) if index else None
                touched = finding.touched if finding else None
            if touched is None or touched + RETENTION <= now:
                held.remove(record)
                self.store(ResourceV2Store).of(held.account_id, held.region).unlink(record.uid)
                self.store(OcsfFindingStore).homes.pop(record.uid, None)
            elif oldest is None or touched < oldest:
                oldest = touched
        held.next_expiry = None if oldest is None else oldest + RETENTION
