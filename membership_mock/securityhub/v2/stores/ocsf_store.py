"""The records of findings in Security Hub V2, with the fields that customers and rules have set.

A finding that the older service has imported is kept there and nowhere else; here is a record of
it, for as long as the account has a hub of V2. A finding that a test has written in OCSF is here
as a whole.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import field
from datetime import datetime
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.summary import Summary, View, one
from membership_mock.engine.state.world import Scope, Store
from membership_mock.securityhub.findings.finding_store import RETENTION

#: ProductArn and Id of a finding of the older service
Identity = tuple[str, str]


@dataclass(eq=False)
class OcsfRecord:
    """A finding, as Security Hub V2 knows it.

    Attributes:
        uid: its ``metadata.uid``, which stays the same.
        account_id: whose finding it is.
        region: where it was imported.
        sequence: its number in the order of first arrival.
        place: its place in the order of GetFindingsV2, which goes downwards.
        touched: when it was last imported or updated; it is kept for 90 days from then on.
        created_at: when it arrived first.
        activity_id: what happened to it last: 1 Create, 2 Update, 3 Close.
        identity: what finds it in the older service; None if it is not there.
        document: what the provider says of it in OCSF; None if the older service has it.
        workflow: the status that the provider gave it, in the words of the older service.
        compliance: the status of its compliance as imported last; None without compliance.
        note: the text that the provider gave it.
        overlay: what customers and automation rules have set: ``comment``, ``severity_id``,
            ``status_id``. The last writer of a field counts.
        version: grows with each change.
    """

    uid: str
    account_id: str
    region: str
    sequence: int
    place: str
    touched: datetime
    created_at: datetime
    activity_id: int
    identity: Identity | None = None
    document: dict[str, Any] | None = None
    workflow: str = "NEW"
    compliance: str | None = None
    note: str | None = None
    overlay: dict[str, Any] = field(default_factory=dict)
    version: int = 0


@dataclass
class AccountFindings:
    """The findings of one account in one region.

    Attributes:
        records: every one by its uid.
        by_identity: the uid of each that the older service has.
        ordered: all of them, ascending by their places.
        next_expiry: none expires before, but for those that the older service drops.
        removed_there: how many findings the older service had dropped at the last look.
    """

    account_id: str
    region: str
    records: dict[str, OcsfRecord] = field(default_factory=dict)
    by_identity: dict[Identity, str] = field(default_factory=dict)
    ordered: list[OcsfRecord] = field(default_factory=list)
    next_expiry: datetime | None = None
    removed_there: int = 0

    def add(self, record: OcsfRecord) -> None:
        """Keep a record, whose uid must be new."""
        self.records[record.uid] = record
        if record.identity is not None:
            self.by_identity[record.identity] = record.uid
        insort(self.ordered, record, key=_place)
        expiry = record.touched + RETENTION
        if self.next_expiry is None or expiry < self.next_expiry:
            self.next_expiry = expiry

    def move(self, record: OcsfRecord, place: str) -> None:
        """Give a record another place in the order."""
        del self.ordered[bisect_left(self.ordered, record.place, key=_place)]
        record.place = place
        insort(self.ordered, record, key=_place)

    def remove(self, record: OcsfRecord) -> None:
        """Drop a record."""
        del self.records[record.uid]
        if record.identity is not None:
            del self.by_identity[record.identity]
        del self.ordered[bisect_left(self.ordered, record.place, key=_place)]


@dataclass
class OcsfFindingStore(Store, scope=Scope.PARTITION):
    """The findings of all accounts in all regions, as Security Hub V2 knows them.

    Attributes:
        findings: those of each account with a hub of V2, by region and account.
        homes: region and account of each finding, by its uid.
    """

    rank = 22
    findings: dict[str, dict[str, AccountFindings]] = field(default_factory=dict)
    homes: dict[str, tuple[str, str]] = field(default_factory=dict)

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each account and region with findings that a test has written."""
        del key, view
        for region, accounts in self.findings.items():
            for account_id, held in accounts.items():
                written = len(held.records) - len(held.by_identity)
                if written:
                    text = f"findings written in OCSF: {written:,}"
                    yield Summary(account_id, region, "securityhub", one(text))

    def of(self, account_id: str, region: str) -> AccountFindings | None:
        """Return the findings of an account in a region; None without a hub of V2."""
        return self.findings.get(region, {}).get(account_id)

    def find(self, uid: str) -> OcsfRecord | None:
        """Return the finding with a uid, of any account; None if it does not exist."""
        home = self.homes.get(uid)
        held = self.of(home[1], home[0]) if home else None
        return held.records.get(uid) if held else None

    def open(self, account_id: str, region: str) -> AccountFindings:
        """Return the findings of an account that has just enabled its hub."""
        held = AccountFindings(account_id, region)
        self.findings.setdefault(region, {})[account_id] = held
        return held

    def close(self, account_id: str, region: str) -> None:
        """Remove the findings of an account that has disabled its hub."""
        held = self.findings.get(region, {}).pop(account_id, None)
        for uid in held.records if held else ():
            self.homes.pop(uid, None)


def _place(record: OcsfRecord) -> str:
    return record.place
