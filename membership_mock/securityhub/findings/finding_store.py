"""The store of findings: each is stored once, with the account and region that it comes from.

Its own account, its administrator and the home region all read this one record.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.summary import Summary, View, one
from membership_mock.engine.state.world import Scope, Store
from membership_mock.securityhub.findings.finding_changes import KEPT, Change, updates_between
from membership_mock.securityhub.findings.finding_merge import PROVIDER_FIELDS

#: How long findings are kept after the latest import or update. Source: the user guide's pages on
#: quotas and on data retention.
RETENTION = timedelta(days=90)
RETENTION_WHEN_ARCHIVED = timedelta(days=30)

#: product ARN and id: what makes two findings the same one
Identity = tuple[str, str]


@dataclass
class Finding:
    """A finding.

    Attributes:
        fields: what GetFindings shows of it, with the names of the API.
        sequence: its number in the order of first imports.
        place: its sort key in the default order of GetFindings, which is descending.
        touched: when it was last imported or updated.
        customer_fields: the fields that BatchUpdateFindings has set: no provider overwrites them.
        changes: its history, oldest first.
        until_import: what fields were before UpdateFindings has set them, None for one that was not
            there: the next import takes these up again. None if it has set none.
    """

    fields: dict[str, Any]
    sequence: int
    place: str
    touched: datetime
    customer_fields: set[str] = field(default_factory=set)
    changes: list[Change] = field(default_factory=list)
    until_import: dict[str, Any] | None = None

    @property
    def identity(self) -> Identity:
        """What makes two findings the same one."""
        return self.fields["ProductArn"], self.fields["Id"]

    @property
    def expiry(self) -> datetime:
        """When the finding is deleted, unless it is imported or updated before."""
        is_archived = self.fields.get("RecordState") == "ARCHIVED"
        return self.touched + (RETENTION_WHEN_ARCHIVED if is_archived else RETENTION)

    @property
    def lasting_fields(self) -> dict[str, Any]:
        """The fields without what UpdateFindings has set."""
        return {**self.fields, **self.until_import} if self.until_import else self.fields

    def set_by_customer(self, changes: Iterable[str]) -> None:
        """Remember which fields a customer or a rule has set, by their names."""
        for name in changes:
            if name in PROVIDER_FIELDS:
                self.customer_fields.add(name)
            if self.until_import:
                self.until_import.pop(name, None)

    def set_until_import(self, changes: Mapping[str, Any]) -> None:
        """Set fields that the next import takes back."""
        self.until_import = {
            **{name: self.fields.get(name) for name in changes},
            **(self.until_import or {}),
        }
        self.fields = {**self.fields, **changes}

    def note_creation(self, at: datetime, source: str, identity: str) -> None:
        """Begin the history."""
        self.changes.append(Change(at, True, source, identity, []))

    def note_changes(
        self, at: datetime, source: str, identity: str, before: Mapping[str, Any]
    ) -> None:
        """Write into the history what differs from earlier fields, if anything does."""
        updates = updates_between(before, self.fields)
        if updates:
            if self.changes and self.changes[0].at <= at - KEPT:
                self.changes = [each for each in self.changes if each.at > at - KEPT]
            change = Change(at, False, source, identity, updates)
            insort(self.changes, change, key=_at)  # a test may turn time back


@dataclass
class FindingIndex:
    """The findings of one account in one region, indexed by identity, by id and by place.

    Attributes:
        findings: every finding by its identity.
        by_id: the same by their ids, which products may share.
        ordered: the same, ascending by their places.
        next_expiry: no finding expires before this time; None when there are no findings.
        removed: how many findings have been dropped, by which others notice it.
    """

    account_id: str
    region: str
    findings: dict[Identity, Finding] = field(default_factory=dict)
    by_id: dict[str, list[Finding]] = field(default_factory=dict)
    ordered: list[Finding] = field(default_factory=list)
    next_expiry: datetime | None = None
    removed: int = 0

    def add(self, finding: Finding) -> None:
        """Add a finding, whose identity must be new."""
        self.findings[finding.identity] = finding
        self.by_id.setdefault(finding.fields["Id"], []).append(finding)
        insort(self.ordered, finding, key=_place)
        self.expect_expiry_of(finding)

    def remove(self, finding: Finding) -> None:
        """Drop a finding."""
        self.removed += 1
        del self.findings[finding.identity]
        same_id = self.by_id[finding.fields["Id"]]
        same_id.remove(finding)
        if not same_id:
            del self.by_id[finding.fields["Id"]]
        del self.ordered[bisect_left(self.ordered, finding.place, key=_place)]

    def updated_between(self, start: datetime, end: datetime) -> range:
        """Return where in ``ordered`` the findings are that were updated from start to end."""
        low = bisect_left(self.ordered, _stamp(start), key=_place)
        # "0" comes right after "/", which stands behind the stamp in a place
        return range(low, bisect_left(self.ordered, f"{_stamp(end)}0", key=_place))

    def expect_expiry_of(self, finding: Finding) -> None:
        """Look for expired findings in time for this one, which is new or may expire earlier."""
        if self.next_expiry is None or finding.expiry < self.next_expiry:
            self.next_expiry = finding.expiry

    def expire(self, now: datetime) -> None:
        """Drop findings that were not imported or updated for 90 days, or 30 if archived."""
        if self.next_expiry is None or now < self.next_expiry:
            return
        for finding in [each for each in self.ordered if each.expiry <= now]:
            self.remove(finding)
        self.next_expiry = min((each.expiry for each in self.ordered), default=None)


@dataclass
class FindingStore(Store, scope=Scope.PARTITION):
    """The findings of all accounts in all regions.

    Attributes:
        shelves: the index of each account that has findings, by region and account. Dumps of
            older releases have this name.
        last_sequence: what the latest finding was numbered.
        copies: by the account that aggregated findings, and its home region: the regions that are
            no longer linked, and up to which sequence their findings had been copied by then.
    """

    rank = 8
    shelves: dict[str, dict[str, FindingIndex]] = field(default_factory=dict)
    last_sequence: int = 0
    copies: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each account and region with findings."""
        del key, view
        for region, shelves in self.shelves.items():
            for account_id, index in shelves.items():
                if index.ordered:
                    text = f"findings: {len(index.ordered):,}"
                    yield Summary(account_id, region, "securityhub", one(text))

    def index_of(self, account_id: str, region: str) -> FindingIndex:
        """Return the findings of an account in a region; the index is created on first use."""
        in_region = self.shelves.setdefault(region, {})
        if account_id not in in_region:
            in_region[account_id] = FindingIndex(account_id, region)
        return in_region[account_id]

    def keep_copies(self, account_id: str, home_region: str, regions: Iterable[str]) -> None:
        """Keep findings of regions that are no longer linked visible in the home region.

        Source: API page DeleteFindingAggregator; that it
        goes for regions that are taken out of an aggregator as well is inferred [SH-113].

        Args:
            account_id: whose finding aggregator it is.
            home_region: where it stands.
            regions: the regions that are no longer linked.
        """
        kept = self.copies.setdefault((account_id, home_region), {})
        kept.update(dict.fromkeys(regions, self.last_sequence))

    def imported(
        self, old: Finding | None, fields: dict[str, Any], updated_at: datetime, now: datetime
    ) -> Finding:
        """Return the record of a finding after an import; it is not kept yet.

        Args:
            old: the record before; None for a new finding.
            fields: all fields of the finding.
            updated_at: the instant that its UpdatedAt names.
            now: when it was imported.
        """
        sequence = self.next_sequence() if old is None else old.sequence
        return Finding(
            fields=fields,
            sequence=sequence,
            place=place_of(updated_at, sequence),
            touched=now,
            customer_fields=set() if old is None else old.customer_fields,
            changes=[] if old is None else old.changes,
        )

    def next_sequence(self) -> int:
        """Return the number of a new finding."""
        self.last_sequence += 1
        return self.last_sequence


def place_of(updated_at: datetime, sequence: int) -> str:
    """Return the sort key of a finding; downwards, the latest update comes first.

    Findings of the same instant come in the order of their import.
    """
    return f"{_stamp(updated_at)}/{10**12 - sequence:012d}"


def _stamp(instant: datetime) -> str:
    return instant.isoformat(timespec="microseconds")


def _at(change: Change) -> datetime:
    return change.at


def _place(finding: Finding) -> str:
    return finding.place
