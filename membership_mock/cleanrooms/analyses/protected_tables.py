"""The tables that an analysis uses, and whether their rules allow it.

Names that are not tables of the collaboration are ignored. That AWS refuses at the start, and with
this error, is inferred [CR-133].
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from membership_mock.cleanrooms.collaborations.clean_rooms_family import CleanRoomsFamily
from membership_mock.cleanrooms.errors import ValidationException
from membership_mock.cleanrooms.quotas import TABLES_PER_QUERY, Quotas
from membership_mock.cleanrooms.schemas.schema_index import SchemaEntry, SchemaIndex
from membership_mock.cleanrooms.schemas.schema_source import Demand, Use, source_of


class ProtectedTables(CleanRoomsFamily):
    """Checks analyses against the rules of their tables."""

    def check(self, collaboration_id: str, names: Iterable[str], use: Use, now: datetime) -> Demand:
        """Return the demand of an analysis on budgets, if every table allows the analysis.

        Raises:
            ServiceQuotaExceededException: it names too many tables.
            ValidationException: a table is not ready, or its rules do not allow the analysis; or
                tables with differential privacy must not be used together.
        """
        used = self._used(collaboration_id, names)
        self.of(Quotas).require_room(TABLES_PER_QUERY, 0, len(used))
        demand = Demand()
        for entry in used:
            source = source_of(self, entry)
            reason = source.objection(entry, use, now)
            if reason:
                raise ValidationException(
                    f"Table {entry.name} cannot be used: {reason}", "INVALID_QUERY"
                )
            demand.add(source.demand(entry))
        check_together(demand)
        return demand

    def demand(self, collaboration_id: str, names: Iterable[str]) -> Demand:
        """Return the demand of an analysis on budgets, without checking whether it is allowed."""
        demand = Demand()
        for entry in self._used(collaboration_id, names):
            demand.add(source_of(self, entry).demand(entry))
        return demand

    def _used(self, collaboration_id: str, names: Iterable[str]) -> list[SchemaEntry]:
        """Return the tables with these names, each once."""
        index = self.store(SchemaIndex)
        found = (index.meant(collaboration_id, name) for name in names)
        return list({each.arn: each for each in found if each is not None}.values())


def check_together(demand: Demand) -> None:
    """Refuse tables that must not be used together.

    Sources: user guide, "Limitations of differential privacy" and "Analysis rules in AWS Clean
    Rooms" (tables of one query have rules of one type); the errors, and that AWS refuses at the
    start, are inferred [CR-77, CR-133].

    Raises:
        ValidationException: they must not be used together.
    """
    if len(set(demand.rule_types.values())) > 1:
        named = ", ".join(f"{name} ({kind})" for name, kind in demand.rule_types.items())
        raise ValidationException(
            f"All tables of a query must have analysis rules of the same type, not {named}.",
            "INVALID_QUERY",
        )
    if len({owner for owner, _ in demand.private}) > 1:
        raise ValidationException(
            "A query cannot use tables with differential privacy of two members.", "INVALID_QUERY"
        )
    if len({columns for _, columns in demand.private}) > 1:
        raise ValidationException(
            "The tables with differential privacy in a query must have the same user identifier"
            " column.",
            "INVALID_QUERY",
        )
