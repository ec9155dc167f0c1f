"""What an intermediate table is, what may happen to it, and where the tables are kept.

Sources: the model's statuses; user guide, "Working with intermediate tables"; the rest
is marked inferred.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import datetime
from typing import Any, Literal

from membership_mock.cleanrooms.collaborations.membership_resources import (
    MembershipResource,
    MembershipResources,
)
from membership_mock.cleanrooms.ordered_index import sequence_of
from membership_mock.cleanrooms.tables.analysis_rule import AnalysisRule
from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.summary import Summary, View, by_account, named, several
from membership_mock.engine.state.world import Scope, Store

Event = Literal["populate", "succeed", "fail", "expire", "disallow", "lose base"]

#: What may happen to an intermediate table, and the status it has afterwards; any other event is
#: refused, or does not happen. Source: the model's statuses and the user guide; that a table which
#: is disallowed or has lost its base stays so, and which of the two wins, is inferred [CR-155].
NEXT_STATUS: Mapping[tuple[str, Event], str] = {
    ("CREATED", "populate"): "POPULATE_STARTED",
    ("CREATED", "disallow"): "DISALLOWED_BY_DATA_PROVIDER",
    ("CREATED", "lose base"): "BASE_TABLE_REMOVED",
    ("POPULATE_STARTED", "succeed"): "POPULATE_SUCCESS",
    ("POPULATE_STARTED", "fail"): "POPULATE_FAILED",
    ("POPULATE_STARTED", "expire"): "POPULATE_STARTED",
    ("POPULATE_STARTED", "disallow"): "DISALLOWED_BY_DATA_PROVIDER",
    ("POPULATE_STARTED", "lose base"): "BASE_TABLE_REMOVED",
    ("POPULATE_SUCCESS", "populate"): "POPULATE_STARTED",
    ("POPULATE_SUCCESS", "expire"): "RETENTION_PERIOD_EXPIRED",
    ("POPULATE_SUCCESS", "disallow"): "DISALLOWED_BY_DATA_PROVIDER",
    ("POPULATE_SUCCESS", "lose base"): "BASE_TABLE_REMOVED",
    ("POPULATE_FAILED", "populate"): "POPULATE_STARTED",
    ("POPULATE_FAILED", "expire"): "RETENTION_PERIOD_EXPIRED",
    ("POPULATE_FAILED", "disallow"): "DISALLOWED_BY_DATA_PROVIDER",
    ("POPULATE_FAILED", "lose base"): "BASE_TABLE_REMOVED",
    ("RETENTION_PERIOD_EXPIRED", "populate"): "POPULATE_STARTED",
    ("RETENTION_PERIOD_EXPIRED", "disallow"): "DISALLOWED_BY_DATA_PROVIDER",
    ("RETENTION_PERIOD_EXPIRED", "lose base"): "BASE_TABLE_REMOVED",
    ("DISALLOWED_BY_DATA_PROVIDER", "disallow"): "DISALLOWED_BY_DATA_PROVIDER",
    ("DISALLOWED_BY_DATA_PROVIDER", "lose base"): "DISALLOWED_BY_DATA_PROVIDER",
    ("BASE_TABLE_REMOVED", "disallow"): "BASE_TABLE_REMOVED",
    ("BASE_TABLE_REMOVED", "lose base"): "BASE_TABLE_REMOVED",
}

#: the statuses that nothing leads out of (inferred [CR-155])
FINAL = ("DISALLOWED_BY_DATA_PROVIDER", "BASE_TABLE_REMOVED")


@dataclass
class Dependency:
    """A table that an intermediate table is made of; the fields are those of its answers.

    Attributes:
        arn: the ARN of the table.
    """

    arn: str
    id: str
    name: str
    type: str
    parent_type: str
    creator_account_id: str


@dataclass
class IntermediateTableVersion:
    """One population; fields that are not explained are those of ListIntermediateTableVersions.

    Attributes:
        sequence: its place in the order of populations.
        parameters: what the analysis was run with.
        columns: the columns that it found, of a version that succeeded.
        inherited: the constraints that it took over from its base tables.
    """

    version_id: str
    table_id: str
    sequence: int
    create_time: datetime
    analysis_id: str
    analysis_type: str
    kms_key_arn: str | None
    parameters: dict[str, str] | None
    status: str = "POPULATE_STARTED"
    expiration_time: datetime | None = None
    columns: list[dict[str, str]] = field(default_factory=list)
    inherited: dict[str, Any] = field(default_factory=dict)

    def is_over(self, now: datetime) -> bool:
        """Whether its retention period is over by ``now``."""
        return self.expiration_time is not None and self.expiration_time <= now


@dataclass(kw_only=True)
class IntermediateTable(MembershipResource):
    """A table; fields that are not explained are those of GetIntermediateTable.

    Attributes:
        dependencies: all tables that it is made of, through other intermediate tables as well.
        rule: its analysis rule; it has one at the most.
        versions: its populations, oldest first.
        active: the version whose data can be used; None for none.
    """

    kms_key_arn: str | None
    population_analysis_configuration: dict[str, Any]
    retention_in_days: int
    dependencies: list[Dependency]
    status: str = "CREATED"
    status_reason: str | None = None
    rule: AnalysisRule | None = None
    versions: list[IntermediateTableVersion] = field(default_factory=list)
    active: IntermediateTableVersion | None = None

    @property
    def analysis_rule_types(self) -> list[str]:
        """The type of its analysis rule, or nothing."""
        return [self.rule.type] if self.rule else []

    @property
    def is_private(self) -> bool:
        """Whether its analysis rule has differential privacy."""
        return self.rule is not None and "differentialPrivacy" in self.rule.content

    @property
    def is_multi_party(self) -> bool:
        """Whether any of its data are another member's, also through other intermediate tables."""
        return any(each.creator_account_id != self.creator_account_id for each in self.dependencies)

    @property
    def columns(self) -> list[dict[str, str]]:
        """The columns of the data that can be used."""
        return self.active.columns if self.active else []

    def move(self, event: Event, reason: str | None = None) -> None:
        """Let ``event``, which the table must allow, happen; its data go with a final status."""
        self.status = NEXT_STATUS[self.status, event]
        self.status_reason = reason
        if self.status in FINAL:
            self.active = None

    def has_expired(self, now: datetime) -> bool:
        """Whether the retention period of the data that it has is over by ``now``."""
        return self.active is not None and self.active.is_over(now)

    def is_due(self, now: datetime) -> bool:
        """Whether it has data that `let_time_pass` lets go."""
        return self.active is not None and self.active.is_over(now)

    def let_time_pass(self, now: datetime) -> None:
        """Let the data go that can be used, if their retention period is over."""
        if self.active is not None:
            self.version_at(self.active, now)

    def version_at(self, version: IntermediateTableVersion, now: datetime) -> Any:
        """Return one of its versions, whose data go if their retention period is over."""
        if version.status == "POPULATE_SUCCESS" and version.is_over(now):
            version.status, version.columns = "RETENTION_PERIOD_EXPIRED", []
            if version is self.active:
                self.active = None
                self.move("expire")
        return version


@dataclass
class IntermediateTableStore(Store, scope=Scope.REGION):
    """The tables of a region.

    Attributes:
        tables: the tables.
        dependents: the ids of the tables that are made of a table, by its ARN.
        populating: the id of the table that a query or job fills, by the id of the analysis.
        deleted: the membership of each table that was deleted, by the table's id.
    """

    rank = 7
    tables: MembershipResources[IntermediateTable] = field(default_factory=MembershipResources)
    dependents: dict[str, list[str]] = field(default_factory=dict)
    populating: dict[str, str] = field(default_factory=dict)
    deleted: dict[str, str] = field(default_factory=dict)

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each table, with its status by now."""
        held = by_account(self.tables.by_id.values(), lambda each: each.creator_account_id)
        for account_id, tables in held.items():
            lines = several("intermediate tables", tables, lambda each: _outline_of(each, view.now))
            yield Summary(account_id, key[0], "cleanrooms", lines)

    def add(self, table: IntermediateTable) -> None:
        """Add a new table."""
        self.tables.add(table)
        self._depend(table)

    def change_dependencies(self, table: IntermediateTable, dependencies: list[Dependency]) -> None:
        """Let a table be made of ``dependencies``."""
        self._forget_dependencies(table)
        table.dependencies = dependencies
        self._depend(table)

    def remove(self, table: IntermediateTable) -> None:
        """Remove a table, but for its id."""
        self.tables.remove(table)
        self._forget_dependencies(table)
        self.deleted[table.id] = table.membership_id

    def made_of(self, arn: str) -> list[IntermediateTable]:
        """Return the tables that are made of the table ``arn``, directly or not, oldest first."""
        found = [self.tables.by_id[each] for each in self.dependents.get(arn, ())]
        return sorted(found, key=sequence_of)

    def _depend(self, table: IntermediateTable) -> None:
        for each in table.dependencies:
            self.dependents.setdefault(each.arn, []).append(table.id)

    def _forget_dependencies(self, table: IntermediateTable) -> None:
        for each in table.dependencies:
            self.dependents[each.arn].remove(table.id)


def _outline_of(table: IntermediateTable, now: datetime) -> str:
    status = NEXT_STATUS[table.status, "expire"] if table.has_expired(now) else table.status
    rule = "" if table.rule else ", no analysis rule"
    return (
        f"intermediate table {named(table.name)} {status}{rule} in collaboration"
        f" {table.collaboration_id}"
    )
