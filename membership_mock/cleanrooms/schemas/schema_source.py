"""What a family of tables says for its schemas, and for the queries and jobs that use them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from membership_mock.cleanrooms.collaborations.clean_rooms_family import CleanRoomsFamily
from membership_mock.cleanrooms.schemas.schema_index import SchemaEntry, SchemaIndex

#: the methods of analysis, as answers call them
DIRECT_QUERY = "DIRECT_QUERY"
DIRECT_JOB = "DIRECT_JOB"


@dataclass(frozen=True, slots=True)
class Use:
    """What a query or job wants with its tables.

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
    """What a query or job takes from budgets.

    Attributes:
        tables: the names of the tables whose access budgets it takes from, by ARN.
        private: the tables with differential privacy: their owner and their identifier columns.
        rule_types: the types of the analysis rules of configured tables, by the table's name.
    """

    tables: dict[str, str] = field(default_factory=dict)
    private: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    rule_types: dict[str, str] = field(default_factory=dict)

    def add(self, other: Demand) -> None:
        """Take from the budgets of ``other`` as well, from each once."""
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
        """Return why a table cannot be used, in words; None if it can."""

    @abstractmethod
    def demand(self, entry: SchemaEntry) -> Demand:
        """Return what the use of a table takes from budgets."""


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
    """Take a table out of its collaboration, and let the others follow.

    Args:
        family: whose table it is.
        arn: the ARN of the table.
        now: the present.
        deleted: whether its owner has it no longer either.
    """
    index = family.store(SchemaIndex)
    if deleted:
        index.remove(arn)
    else:
        index.hide(arn)
    family.announce_removal(arn, now, deleted=deleted)
