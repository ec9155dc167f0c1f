"""Configured tables: the part of a table that an account lets its collaborations use.

A configured table belongs to an account in a region and needs no membership. Sources: API pages of
the operations; the recorded shapes of GetConfiguredTable and ListConfiguredTables; what they leave
open is marked inferred.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from datetime import datetime
from typing import Any

from membership_mock.cleanrooms.collaborations.clean_rooms_family import CleanRoomsFamily
from membership_mock.cleanrooms.errors import (
    ConflictException,
    ResourceNotFoundException,
    ValidationException,
)
from membership_mock.cleanrooms.ordered_index import add_to_index, remove_from_index, sequence_of
from membership_mock.cleanrooms.quotas import ALLOWED_COLUMNS, CONFIGURED_TABLES, Quotas
from membership_mock.cleanrooms.tables.analysis_rule import AnalysisRule, refuse_outside_s3
from membership_mock.cleanrooms.tables.table_columns import Columns, columns_of
from membership_mock.cleanrooms.tag_keys import check_tag_keys
from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.pipeline.tagged_resource import TaggedResource
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.state.quotas import QuotaUse
from membership_mock.engine.state.summary import Summary, View, named, several
from membership_mock.engine.state.world import Scope, Store, World

_BOTH_METHODS = {"DIRECT_QUERY", "DIRECT_JOB"}

_TRUST_IN_GLUE = "a Glue database that the mock does not have is taken on trust"


@dataclass
class ConfiguredTable:
    """A configured table; fields that are not explained are those of GetConfiguredTable.

    Attributes:
        account_id: the account that owns it.
        sequence: its place in the order of creation.
        columns: the types of the allowed columns, as far as the mock knows the table.
        rule: its analysis rule; a table has one at the most.
        associations: the ids of its associations.
    """

    id: str
    arn: str
    account_id: str
    sequence: int
    name: str
    description: str | None
    table_reference: dict[str, Any]
    create_time: datetime
    update_time: datetime
    analysis_method: str
    selected_analysis_methods: list[str] | None
    allowed_columns: list[str]
    columns: Columns
    tags: dict[str, str]
    rule: AnalysisRule | None = None
    associations: list[str] = field(default_factory=list)

    @property
    def analysis_rule_types(self) -> list[str]:
        """The type of its analysis rule, or nothing."""
        return [self.rule.type] if self.rule else []

    @property
    def is_private(self) -> bool:
        """Whether its analysis rule has differential privacy."""
        return self.rule is not None and "differentialPrivacy" in self.rule.content

    @property
    def table_type(self) -> str | None:
        """The kind of its reference; absent for Glue, as in the recordings of June 2026."""
        (kind,) = self.table_reference
        return None if kind == "glue" else kind.upper()


@dataclass
class ConfiguredTableStore(Store, scope=Scope.REGION):
    """The configured tables: by id, and by account in the order of creation."""

    rank = 4
    by_id: dict[str, ConfiguredTable] = field(default_factory=dict)
    by_account: dict[str, list[ConfiguredTable]] = field(default_factory=dict)
    created: int = 0

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each table."""
        del view
        for account_id, tables in self.by_account.items():
            if tables:
                lines = several("configured tables", tables, _outline_of)
                yield Summary(account_id, key[0], "cleanrooms", lines)

    def add(self, table: ConfiguredTable) -> None:
        """Add a new table."""
        self.created += 1
        self.by_id[table.id] = table
        add_to_index(self.by_account.setdefault(table.account_id, []), table)

    def remove(self, table: ConfiguredTable) -> None:
        """Remove a table."""
        del self.by_id[table.id]
        remove_from_index(self.by_account[table.account_id], table)


def _outline_of(table: ConfiguredTable) -> str:
    rule = f"analysis rule {table.rule.type}" if table.rule else "no analysis rule"
    uses = len(table.associations)
    return (
        f"configured table {named(table.name)}, {rule},"
        f" {uses} association{'' if uses == 1 else 's'}"
    )


class ConfiguredTables(CleanRoomsFamily):
    """The operations on configured tables."""

    @classmethod
    def quota_uses(cls, world: World, now: datetime) -> Iterator[QuotaUse]:
        """Yield how many tables each account has, and how many columns each table."""
        del now
        for (region,), store in world.stores(ConfiguredTableStore):
            for account_id, held in store.by_account.items():
                yield QuotaUse(CONFIGURED_TABLES, account_id, region, len(held))
            for table in store.by_id.values():
                number = len(table.allowed_columns)
                yield QuotaUse(ALLOWED_COLUMNS, table.account_id, region, number, table.id)

    def find(self, configured_table_identifier: str) -> ConfiguredTable:
        """Return a configured table of this account.

        Raises:
            ResourceNotFoundException: the account has no such table in this region.
        """
        table = self.store(ConfiguredTableStore).by_id.get(configured_table_identifier)
        if table is None or table.account_id != self.backend.account_id:
            raise ResourceNotFoundException(
                f"No such configured table with id: {configured_table_identifier}",
                configured_table_identifier,
                "CONFIGURED_TABLE",
            )
        return table

    def tags_of(self, arn: str) -> dict[str, str] | None:
        """Return the stored tags of a configured table of this account."""
        table = self.store(ConfiguredTableStore).by_id.get(arn.rpartition("/")[2])
        return table.tags if table is not None and self._is_own(table, arn) else None

    def tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield the configured tables of this account."""
        for table in self.store(ConfiguredTableStore).by_account.get(self.backend.account_id, ()):
            yield TaggedResource(table.arn, table.tags, resource_type="cleanrooms:configuredtable")

    @operation("CreateConfiguredTable", differs=_TRUST_IN_GLUE)
    def create_configured_table(
        self,
        ctx: Context,
        name: str,
        table_reference: dict[str, Any],
        allowed_columns: list[str],
        analysis_method: str,
        description: str | None = None,
        selected_analysis_methods: list[str] | None = None,
        tags: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """Return a new configured table, without an analysis rule; names need not be unique.

        If the account has the Glue database in the same mock, the table and the allowed columns
        have to be there (inferred [CR-44]: which error; that the table must exist is documented).

        Raises:
            ServiceQuotaExceededException: the account has too many tables, or too many columns
                are given.
            ValidationException: the table or a column does not exist, or the analysis methods do
                not go together.
        """
        check_tag_keys(tags or {}, "tags")
        _check_methods(analysis_method, selected_analysis_methods)
        reference = _with_region(table_reference, ctx.region)
        columns = self._columns(ctx, reference, allowed_columns)
        store = self.store(ConfiguredTableStore)
        used = len(store.by_account.get(ctx.account_id, ()))
        self.of(Quotas).require_room(CONFIGURED_TABLES, used)
        table_id = ctx.world.uuid()
        table = ConfiguredTable(
            id=table_id,
            arn=ctx.arn(f"configuredtable/{table_id}"),
            account_id=ctx.account_id,
            sequence=store.created,
            name=name,
            description=description,
            table_reference=reference,
            create_time=ctx.now,
            update_time=ctx.now,
            analysis_method=analysis_method,
            selected_analysis_methods=selected_analysis_methods,
            allowed_columns=allowed_columns,
            columns=columns,
            tags=tags or {},
        )
        store.add(table)
        return {"configuredTable": table}

    @operation("GetConfiguredTable")
    def get_configured_table(
        self, ctx: Context, configured_table_identifier: str
    ) -> dict[str, ConfiguredTable]:
        """Return a configured table of the caller's."""
        del ctx
        return {"configuredTable": self.find(configured_table_identifier)}

    @operation("ListConfiguredTables")
    def list_configured_tables(self, ctx: Context) -> dict[str, Listing[ConfiguredTable]]:
        """Return the configured tables of the caller's, oldest first."""
        tables = self.store(ConfiguredTableStore).by_account.get(ctx.account_id, ())
        return {"configuredTableSummaries": Listing(tables, sequence_of)}

    @operation("UpdateConfiguredTable", differs=_TRUST_IN_GLUE)
    def update_configured_table(
        self,
        ctx: Context,
        configured_table_identifier: str,
        name: str | None = None,
        description: str | None = None,
        table_reference: dict[str, Any] | None = None,
        allowed_columns: list[str] | None = None,
        analysis_method: str | None = None,
        selected_analysis_methods: list[str] | None = None,
    ) -> dict[str, ConfiguredTable]:
        """Change what is given, and return the table.

        An analysis method other than MULTIPLE drops the selected methods (inferred [CR-182]).

        Raises:
            ConflictException: the analysis rule uses a column that would go (inferred [CR-47]).
            ServiceQuotaExceededException: too many columns are given.
            ValidationException: as for CreateConfiguredTable.
        """
        table = self.find(configured_table_identifier)
        method = analysis_method or table.analysis_method
        selected = selected_analysis_methods
        if selected is None and method == "MULTIPLE":
            selected = table.selected_analysis_methods
        _check_methods(method, selected)
        reference, allowed, columns = table.table_reference, table.allowed_columns, table.columns
        if table_reference is not None or allowed_columns is not None:
            reference = _with_region(table_reference or reference, ctx.region)
            allowed = allowed_columns or allowed
            columns = self._columns(ctx, reference, allowed)
            if table.rule is not None:
                refuse_outside_s3(table.rule.type, reference)
        gone = (table.rule.columns() if table.rule else set()) - set(allowed)
        if gone:
            raise ConflictException(
                f"The analysis rule of configured table {table.id} uses these columns:"
                f" {', '.join(sorted(gone))}.",
                table.id,
                "CONFIGURED_TABLE",
                "INVALID_STATE",
            )

        table.name = table.name if name is None else name
        table.description = table.description if description is None else description
        table.table_reference, table.allowed_columns, table.columns = reference, allowed, columns
        table.analysis_method, table.selected_analysis_methods = method, selected
        table.update_time = ctx.now
        return {"configuredTable": table}

    @operation("DeleteConfiguredTable")
    def delete_configured_table(self, ctx: Context, configured_table_identifier: str) -> None:
        """Delete a configured table, and its analysis rule with it.

        That a rule does not hold it back is observed in AWS's own CloudFormation handlers.

        Raises:
            ConflictException: it is associated with a membership (inferred [CR-48]: the reason).
        """
        del ctx
        table = self.find(configured_table_identifier)
        if table.associations:
            raise ConflictException(
                f"Configured table {table.id} has {len(table.associations)} configured table"
                f" association(s): {', '.join(table.associations)}.",
                table.id,
                "CONFIGURED_TABLE",
                "SUBRESOURCES_EXIST",
            )
        self.store(ConfiguredTableStore).remove(table)

    def _is_own(self, table: ConfiguredTable, arn: str) -> bool:
        return table.arn == arn and table.account_id == self.backend.account_id

    def _columns(self, ctx: Context, reference: dict[str, Any], allowed: list[str]) -> Columns:
        self.of(Quotas).require_room(ALLOWED_COLUMNS, 0, len(allowed))
        return columns_of(ctx, reference, allowed)


def _with_region(reference: dict[str, Any], region: str) -> dict[str, Any]:
    """Return a reference that names its region, as Clean Rooms fills it in for Glue.

    Source: recorded responses of GetConfiguredTable; for Athena it is inferred [CR-183].
    """
    (kind,) = reference
    if kind in ("glue", "athena"):
        return {kind: {"region": region, **reference[kind]}}
    return reference


def _check_methods(method: str, selected: list[str] | None) -> None:
    """Source: the model's text on selectedAnalysisMethods; that MULTIPLE needs them is observed."""
    if selected is not None and set(selected) != _BOTH_METHODS:
        raise ValidationException(
            "You must specify at least two analysis methods.", field="selectedAnalysisMethods"
        )
    if (method == "MULTIPLE") != (selected is not None):
        raise ValidationException(
            "The selected analysis methods are required when the analysis method is MULTIPLE, and"
            " are not allowed otherwise.",
            field="selectedAnalysisMethods",
        )
