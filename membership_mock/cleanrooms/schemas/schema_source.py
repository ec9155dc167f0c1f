"""The interface of a family of tables to schemas, and to the queries and jobs that use them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection
from dataclasses import field
from datetime import datetime
from typing import Any, ClassVar

from membership_mock.cleanrooms.collaborations.clean_rooms_family import CleanRoomsFamily
from membership_mock.cleanrooms.schemas.schema_index import SchemaEntry, SchemaIndex
from membership_mock.engine.lazy_dataclasses import dataclass

#: the methods of analysis, as answers name them
DIRECT_QUERY = "DIRECT_QUERY"
DIRECT_JOB = "DIRECT_JOB"


@dataclass(frozen=True, slots=True)
class Use:
    """The use of tables by a query or job.

    Attributes:
        method: `DIRECT_QUERY` or `DIRECT_JOB`.
        runner: the account that runs it.
        author: the account that wrote it: the runner, or that of its template.
        template_arn: the template that it comes from, if any.
        receivers: the accounts that receive its result; None if it fills an intermediate table, for
            which that is asked later.
    """

    method: str
    runner: str
    author: str
    template_arn: str | None
    receivers: Collection[str] | None


@dataclass(slots=True)
class Demand:
    """The demand of a query or job on budgets.

    Attributes:
        tables: the names of the tables whose access budgets it takes from, by ARN.
        private: the tables with differential privacy: their owner and their identifier columns.
        rule_types: the types of the analysis rules of configured tables, by the table's name.
    """

    tables: dict[str, str] = field(default_factory=dict)
    private: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    rule_types: dict[str, str] = field(default_factory=dict)

    def add(self, other: Demand) -> None:
        """Add the demand of ``other``, each budget once."""
        self.tables.update(other.tables)
        self.rule_types.update(other.rule_types)
        self.private += [each for each in other.private if each not in self.private]


class SchemaSource(CleanRoomsFamily):
    """A family whose resources are tables of collaborations; each of these is an entry."""

    schema_type: ClassVar[str]

    @abstractmethod
    def summary_of(self, entry: SchemaEntry) -> dict[str, Any]:
        """Return the members of SchemaSummary that depend on the kind of table."""

    @abstractmethod
    def schema_of(self, entry: SchemaEntry, now: datetime) -> dict[str, Any]:
        """Return the members of Schema that SchemaSummary does not have."""

    @abstractmethod
    def rule_of(self, entry: SchemaEntry, kind: str) -> dict[str, Any] | None:
        """Return times and policies of the rule of a type; None without such a rule."""

    @abstractmethod
    def objection(self, entry: SchemaEntry, use: Use, now: datetime) -> str | None:
        """Return text: why a table cannot be used; None if it can."""

    @abstractmethod
    def demand(self, entry: SchemaEntry) -> Demand:
        """Return the demand of the use of a table on budgets."""


def source_of(family: CleanRoomsFamily, entry: SchemaEntry) -> SchemaSource:
    """Return the family of the same backend that a table belongs to."""
    return next(
        each
        for each in family.all_families()
        if isinstance(each, SchemaSource) and each.schema_type == entry.type
    )


def leave_collaboration(
    family: CleanRoomsFamily, arn: str, now: datetime, *, deleted: bool
) -> None:
    """Remove a table from its collaboration, and notify the other families.

    Args:
        family: the family of the table.
        arn: the ARN of the table.
        now: the present.
        deleted: whether it is deleted for its owner as well.
    """
    index = family.store(SchemaIndex)
    if deleted:
        index.remove(arn)
    else:
        index.hide(arn)
    family.announce_removal(arn, now, deleted=deleted)
