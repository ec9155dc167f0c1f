"""Base tables of intermediate tables: their owners may disallow a table, and their removal ends it.

Source: user guide, "Disallow an intermediate table" and "Delete an intermediate table"; what they
leave open is marked inferred.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from membership_mock.cleanrooms.collaborations.clean_rooms_family import CleanRoomsFamily
from membership_mock.cleanrooms.errors import AccessDeniedException, ResourceNotFoundException
from membership_mock.cleanrooms.intermediate_tables.intermediate_store import (
    Event,
    IntermediateTable,
    IntermediateTableStore,
)
from membership_mock.cleanrooms.intermediate_tables.running_population import RunningPopulation
from membership_mock.cleanrooms.memberships.memberships import Memberships
from membership_mock.cleanrooms.schemas.schema_index import INTERMEDIATE_TABLE, SchemaIndex
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation


class BaseTables(CleanRoomsFamily):
    """The operation and the hooks by which base tables affect intermediate tables."""

    @operation("DisallowIntermediateTable", optional=True)
    def disallow_intermediate_table(
        self,
        ctx: Context,
        membership_identifier: str,
        intermediate_table_name: str,
        include_descendants: bool = True,
    ) -> None:
        """Forbid the use of a table that is made from the caller's data; this is final.

        The name is looked up in the collaboration of the caller's own membership
        (inferred [CR-110]: the model speaks of the membership that has the table, which the caller
        does not own). Doing so again changes nothing.

        Args:
            ctx: the request.
            membership_identifier: a membership of the caller's.
            intermediate_table_name: the name of the table.
            include_descendants: whether tables that are made of this one are disallowed as well.

        Raises:
            AccessDeniedException: none of its base tables is the caller's (inferred [CR-149]).
            ConflictException: the membership is not ACTIVE (inferred [CR-12]).
            ResourceNotFoundException: the collaboration has no such intermediate table.
        """
        membership = self.of(Memberships).require_active(membership_identifier)
        store = self.store(IntermediateTableStore)
        index = self.store(SchemaIndex)
        entry = index.named(membership.collaboration_id, intermediate_table_name)
        if entry is None or entry.type != INTERMEDIATE_TABLE:
            raise ResourceNotFoundException(
                f"No such intermediate table with name: {intermediate_table_name}",
                intermediate_table_name,
                "MEMBERSHIP",
            )
        table = store.tables.by_id[entry.resource_id]
        if all(each.creator_account_id != ctx.account_id for each in table.dependencies):
            raise AccessDeniedException(
                f"None of the base tables of intermediate table {table.name} belongs to account"
                f" {ctx.account_id}."
            )
        descendants = store.made_of(table.arn) if include_descendants else []
        for each in (table, *descendants):
            self._end(each, "disallow", ctx.now)

    def resource_removed(self, arn: str, now: datetime, *, deleted: bool) -> None:
        """End the tables that were made from a removed table."""
        del deleted
        for each in self.store(IntermediateTableStore).made_of(arn):
            self._end(each, "lose base", now)

    def child_resources(self, arn: str, now: datetime) -> list[dict[str, Any]]:
        """Return the tables that are made from the table ``arn``.

        The id is shown to their owner only (inferred [CR-112]: it is optional in the model).
        """
        children = []
        for each in self.store(IntermediateTableStore).made_of(arn):
            self.of(RunningPopulation).let_time_pass(each, now)
            own = each.creator_account_id == self.backend.account_id
            children.append(
                {
                    "resourceId": each.id if own else None,
                    "resourceType": INTERMEDIATE_TABLE,
                    "resourceName": each.name,
                    "ownerAccountId": each.creator_account_id,
                    "resourceStatus": each.status,
                }
            )
        return children

    def _end(self, table: IntermediateTable, event: Event, now: datetime) -> None:
        """End a table, and delete its data.

        A running population is cancelled (inferred [CR-150]).
        """
        before = table.status
        self.of(RunningPopulation).let_time_pass(table, now)
        table.move(event, table.status_reason)
        if table.status != before:
            table.status_reason, table.update_time = None, now
        self.of(RunningPopulation).cancel(table, now)
