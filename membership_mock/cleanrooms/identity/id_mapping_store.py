"""The data of ID mapping tables, the jobs that fill them, and their store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from datetime import datetime
from typing import Any

from membership_mock.cleanrooms.collaborations.membership_resources import (
    MembershipResource,
    MembershipResources,
)
from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.lifecycle import A_MINUTE, Progress
from membership_mock.engine.state.summary import (
    Summary,
    View,
    by_account,
    listed,
    named,
    one,
    several,
)
from membership_mock.engine.state.world import Scope, Store, World

#: how long a job takes in this mock, without a read (AWS: up to hours)
JOB_RUNS = (5 * A_MINUTE,)

#: the endings that a test may choose. Source: the statuses of jobs of Entity Resolution.
JOB_ENDINGS = ("SUCCEEDED", "FAILED")


@dataclass
class IdMappingJob:
    """A job of Entity Resolution that fills an ID mapping table.

    Attributes:
        id: its id.
        outcome: its planned ending, see `JOB_ENDINGS`.
        progress: its one step.
    """

    id: str
    outcome: str
    progress: Progress


@dataclass(kw_only=True)
class IdMappingTable(MembershipResource):
    """A table; fields that are not explained are those of GetIdMappingTable.

    Attributes:
        sources: the ids of the two ID namespace associations, by their type.
        populated: whether it has data.
        job: the running job; None if no job runs.
    """

    input_reference_config: dict[str, Any]
    kms_key_arn: str | None
    sources: dict[str, str]
    populated: bool = False
    job: IdMappingJob | None = None

    @property
    def workflow_arn(self) -> str:
        """The ARN of the workflow that fills it."""
        return str(self.input_reference_config["inputReferenceArn"])

    @property
    def input_sources(self) -> list[dict[str, str]]:
        """The two associations, as answers show them."""
        return [
            {"idNamespaceAssociationId": each, "type": kind} for kind, each in self.sources.items()
        ]

    def is_due(self, now: datetime) -> bool:
        """Whether a job runs that `let_time_pass` ends."""
        return self.job is not None and self.job.progress.steps_by(JOB_RUNS, now) > 0

    def let_time_pass(self, now: datetime) -> None:
        """End a job that is due."""
        if self.job is not None and self.job.progress.pass_time(JOB_RUNS, now):
            self._end(self.job)

    def look(self, now: datetime, world: World) -> None:
        """End a job that is due, or that this read ends."""
        if self.job is not None and self.job.progress.look(JOB_RUNS, now, world):
            self._end(self.job)

    def _end(self, job: IdMappingJob) -> None:
        # the data of an earlier job stay when a later job fails (inferred [CR-143])
        self.populated = self.populated or job.outcome == "SUCCEEDED"
        self.job = None


@dataclass
class IdMappingTableStore(Store, scope=Scope.REGION):
    """The tables of a region.

    Attributes:
        tables: the tables.
        planned: the planned endings of an account's next jobs, by account.
        made_with: the ids of the tables that were made with an association, by its id.
    """

    rank = 6
    tables: MembershipResources[IdMappingTable] = field(default_factory=MembershipResources)
    planned: dict[str, list[str]] = field(default_factory=dict)
    made_with: dict[str, list[str]] = field(default_factory=dict)

    def add(self, table: IdMappingTable) -> None:
        """Add a new table."""
        self.tables.add(table)
        for association_id in table.sources.values():
            self.made_with.setdefault(association_id, []).append(table.id)

    def remove(self, table: IdMappingTable) -> None:
        """Remove a table and its data."""
        self.tables.remove(table)
        for association_id in table.sources.values():
            self.made_with[association_id].remove(table.id)

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each table, and one for each planned ending."""
        del view
        held = by_account(self.tables.by_id.values(), lambda each: each.creator_account_id)
        for account_id, tables in held.items():
            lines = several("ID mapping tables", tables, _outline_of)
            yield Summary(account_id, key[0], "cleanrooms", lines)
        for account_id, planned in self.planned.items():
            if planned:
                text = f"the next ID mapping job will end in {listed(planned)}"
                yield Summary(account_id, key[0], "cleanrooms", one(text))


def _outline_of(table: IdMappingTable) -> str:
    state = "populated" if table.populated else "not populated"
    running = ", a job runs" if table.job else ""
    return (
        f"ID mapping table {named(table.name)}, {state}{running}, in collaboration"
        f" {table.collaboration_id}"
    )
