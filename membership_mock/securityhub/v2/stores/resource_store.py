"""The resources of Security Hub V2: those of findings, and those that tests record."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import field
from datetime import datetime
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.world import Scope, Store


@dataclass(eq=False)
class ResourceRecord:
    """A resource of an account in a region.

    Attributes:
        resource_id: its ARN, or its id where it has none.
        account_id: the account that owns it.
        region: where it is.
        sequence: the number of the arrival that it came with.
        created_at: since when it is known.
        findings: the uids of the findings that are about it.
        recorded: what a test has said of it; None for nothing.
        criticality: what an automation rule has set, and the name of the rule; None for nothing.
        version: grows with each change of it or of its findings.
    """

    resource_id: str
    account_id: str
    region: str
    sequence: int
    created_at: datetime
    findings: dict[str, None] = field(default_factory=dict)
    recorded: dict[str, Any] | None = None
    criticality: tuple[str, str] | None = None
    version: int = 0

    @property
    def place(self) -> str:
        """Its place in the order of GetResourcesV2."""
        return f"{self.resource_id}\x1f{self.account_id}\x1f{self.region}"


@dataclass
class AccountResources:
    """The resources of one account in one region.

    Attributes:
        resources: every one by its id.
        ordered: the same, ascending by their places.
        of_finding: the ids of the resources that each finding is about, by the finding's uid.
    """

    resources: dict[str, ResourceRecord] = field(default_factory=dict)
    ordered: list[ResourceRecord] = field(default_factory=list)
    of_finding: dict[str, list[str]] = field(default_factory=dict)

    def add(self, record: ResourceRecord) -> None:
        """Keep a resource, whose id must be new."""
        self.resources[record.resource_id] = record
        insort(self.ordered, record, key=_place)

    def remove(self, record: ResourceRecord) -> None:
        """Drop a resource."""
        del self.resources[record.resource_id]
        del self.ordered[bisect_left(self.ordered, record.place, key=_place)]

    def touch(self, uid: str) -> None:
        """Note that a finding has changed."""
        for resource_id in self.of_finding.get(uid, ()):
            self.resources[resource_id].version += 1

    def unlink(self, uid: str, kept: Iterable[str] = ()) -> None:
        """Part a finding from its resources, but for those that are kept; the rest may go."""
        for resource_id in set(self.of_finding.pop(uid, ())) - set(kept):
            record = self.resources[resource_id]
            record.findings.pop(uid, None)
            record.version += 1
            if not record.findings and record.recorded is None:
                self.remove(record)


@dataclass
class ResourceV2Store(Store, scope=Scope.PARTITION):
    """The resources of all accounts in all regions, by region and account."""

    rank = 25
    resources: dict[str, dict[str, AccountResources]] = field(default_factory=dict)

    def of(self, account_id: str, region: str) -> AccountResources:
        """Return the resources of an account in a region, which may be none yet."""
        return self.resources.setdefault(region, {}).setdefault(account_id, AccountResources())

    def close(self, account_id: str, region: str) -> None:
        """Remove the resources of an account that has disabled its hub."""
        self.resources.get(region, {}).pop(account_id, None)


def _place(record: ResourceRecord) -> str:
    return record.place
