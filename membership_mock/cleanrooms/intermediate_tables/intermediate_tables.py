"""Intermediate tables, which the member who can query makes from tables of a collaboration.

Sources: API pages of the operations; user guide, "Working with intermediate tables"; what they
leave open is marked inferred.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from membership_mock.cleanrooms.analyses.analysis_templates import AnalysisTemplates
from membership_mock.cleanrooms.analyses.sql_tables import tables_in
from membership_mock.cleanrooms.collaborations.abilities import QUERY
from membership_mock.cleanrooms.collaborations.collaboration_store import Membership
from membership_mock.cleanrooms.collaborations.membership_resources import (
    MembershipResourceFamily,
    MembershipResources,
)
from membership_mock.cleanrooms.errors import (
    AccessDeniedException,
    ConflictException,
    ValidationException,
)
from membership_mock.cleanrooms.intermediate_tables.intermediate_store import (
    Dependency,
    IntermediateTable,
    IntermediateTableStore,
    IntermediateTableVersion,
)
from membership_mock.cleanrooms.intermediate_tables.running_population import RunningPopulation
from membership_mock.cleanrooms.memberships.memberships import Memberships
from membership_mock.cleanrooms.ordered_index import sequence_of
from membership_mock.cleanrooms.schemas.schema_index import (
    INTERMEDIATE_TABLE,
    SchemaEntry,
    SchemaIndex,
)
from membership_mock.cleanrooms.schemas.schema_source import leave_collaboration
from membership_mock.cleanrooms.tag_keys import check_tag_keys
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.protocol.pagination import Listing

#: how long data are kept by default (documented)
RETENTION_IN_DAYS = 30


class IntermediateTables(MembershipResourceFamily[IntermediateTable]):
    """The operations on intermediate tables and their versions."""

    thing = "intermediate table"
    tag_type = "cleanrooms:intermediatetable"

    @property
    def resources(self) -> MembershipResources[IntermediateTable]:
        """The tables of the region."""
        return self.store(IntermediateTableStore).tables

    def membership_ended(self, membership: Membership, now: datetime) -> None:
        """Remove the tables from the collaboration; their owner keeps them."""
        super().membership_ended(membership, now)
        for each in self.resources.of_membership(membership.id):
            leave_collaboration(self, each.arn, now, deleted=False)

    @operation("CreateIntermediateTable", optional=True)
    def create_intermediate_table(
        self,
        ctx: Context,
        membership_identifier: str,
        name: str,
        population_analysis_configuration: dict[str, Any],
        description: str | None = None,
        kms_key_arn: str | None = None,
        retention_in_days: int = RETENTION_IN_DAYS,
        tags: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """Create a table without data.

        Raises:
            AccessDeniedException: the caller cannot query (inferred [CR-156]).
            ConflictException: the collaboration has a table of that name, of any kind, or the
                membership is not ACTIVE.
            ResourceNotFoundException: the template does not exist.
            ValidationException: the analysis has neither a text nor a template, or both, or its
                template is of another format (inferred [CR-72], as for StartProtectedQuery).
        """
        check_tag_keys(tags or {}, "tags")
        membership = self.of(Memberships).require_active(membership_identifier)
        if QUERY not in membership.member_abilities:
            raise AccessDeniedException
        names = self.names_in(membership, population_analysis_configuration)
        index = self.store(SchemaIndex)
        index.require_new_name(membership.collaboration_id, name)
        table_id = ctx.world.uuid()
        arn = f"{membership.arn}/intermediatetable/{table_id}"
        table = IntermediateTable(
            id=table_id,
            arn=arn,
            creator_account_id=ctx.account_id,
            sequence=self.resources.created,
            collaboration_id=membership.collaboration_id,
            collaboration_arn=membership.collaboration_arn,
            membership_id=membership.id,
            membership_arn=membership.arn,
            name=name,
            description=description,
            create_time=ctx.now,
            update_time=ctx.now,
            kms_key_arn=kms_key_arn,
            population_analysis_configuration=population_analysis_configuration,
            retention_in_days=retention_in_days,
            dependencies=self.dependencies(membership, names, arn),
            tags=tags or {},
        )
        self.store(IntermediateTableStore).add(table)
        index.add(
            SchemaEntry(
                INTERMEDIATE_TABLE,
                name,
                table.arn,
                table_id,
                ctx.account_id,
                membership.id,
                membership.collaboration_id,
            )
        )
        return self.shown(table, ctx.now)

    @operation("GetIntermediateTable", optional=True)
    def get_intermediate_table(
        self, ctx: Context, membership_identifier: str, intermediate_table_identifier: str
    ) -> dict[str, Any]:
        """Return a table of a membership of the caller; this read may advance its population."""
        membership = self.of(Memberships).find(membership_identifier)
        table = self.find(membership, intermediate_table_identifier)
        self.of(RunningPopulation).look(table, ctx.now)
        return self.shown(table, ctx.now)

    @operation("ListIntermediateTables", optional=True)
    def list_intermediate_tables(
        self, ctx: Context, membership_identifier: str
    ) -> dict[str, Listing[IntermediateTable]]:
        """Return the tables of a membership of the caller's, oldest first (inferred [CR-102])."""
        membership = self.of(Memberships).find(membership_identifier)
        held = self.resources.of_membership(membership.id)

        def show(table: IntermediateTable) -> IntermediateTable:
            self.of(RunningPopulation).let_time_pass(table, ctx.now)
            return table

        return {"intermediateTableSummaries": Listing(held, sequence_of, show=show)}

    @operation("ListIntermediateTableVersions", optional=True)
    def list_intermediate_table_versions(
        self, ctx: Context, membership_identifier: str, intermediate_table_identifier: str
    ) -> dict[str, Listing[IntermediateTableVersion]]:
        """Return the populations of a table, newest first (inferred [CR-158]).

        A read takes a running population a step further.
        """
        membership = self.of(Memberships).find(membership_identifier)
        table = self.find(membership, intermediate_table_identifier)
        self.of(RunningPopulation).look(table, ctx.now)
        versions = Listing(
            table.versions,
            sequence_of,
            descending=True,
            show=lambda version: table.version_at(version, ctx.now),
        )
        return {"intermediateTableVersionSummaries": versions}

    @operation("UpdateIntermediateTable", optional=True)
    def update_intermediate_table(
        self,
        ctx: Context,
        intermediate_table_identifier: str,
        membership_identifier: str,
        description: str | None = None,
        kms_key_arn: str | None = None,
        columns: list[dict[str, str]] | None = None,
    ) -> dict[str, Any]:
        """Change what is given, and return the table; only the types of columns can change.

        Raises:
            AccessDeniedException: the membership is not ACTIVE (inferred [CR-12]).
            ValidationException: a column does not exist, or the table has no data
                (inferred [CR-159]).
        """
        membership = self.of(Memberships).require_active(membership_identifier, conflict=False)
        table = self.find(membership, intermediate_table_identifier)
        self.of(RunningPopulation).let_time_pass(table, ctx.now)
        types = {each["name"]: each["type"] for each in columns or ()}
        unknown = sorted(types.keys() - {each["name"] for each in table.columns})
        if unknown:
            raise ValidationException(
                f"Intermediate table {table.name} has no columns named {', '.join(unknown)}.",
                field="columns",
            )
        for each in table.columns:
            each["type"] = types.get(each["name"], each["type"])
        table.description = table.description if description is None else description
        table.kms_key_arn = table.kms_key_arn if kms_key_arn is None else kms_key_arn
        table.update_time = ctx.now
        return self.shown(table, ctx.now)

    @operation("DeleteIntermediateTable", optional=True)
    def delete_intermediate_table(
        self, ctx: Context, membership_identifier: str, intermediate_table_identifier: str
    ) -> None:
        """Delete a table, its data, versions, rule and access budget; a repetition changes nothing.

        Tables that were made from it lose their base (inferred [CR-114]).

        Raises:
            ConflictException: it is being populated (inferred [CR-160]).
        """
        membership = self.of(Memberships).find(membership_identifier)
        store = self.store(IntermediateTableStore)
        if store.deleted.get(intermediate_table_identifier) == membership.id:
            return
        table = self.find(membership, intermediate_table_identifier)
        self.of(RunningPopulation).let_time_pass(table, ctx.now)
        if table.status == "POPULATE_STARTED":
            raise ConflictException(
                f"Intermediate table {table.id} cannot be deleted while it is being populated.",
                table.id,
                "MEMBERSHIP",
                "INVALID_STATE",
            )
        store.remove(table)
        leave_collaboration(self, table.arn, ctx.now, deleted=True)

    # --- its base tables, and its answer ---

    def names_in(self, membership: Membership, configuration: dict[str, Any]) -> list[str]:
        """Return the names of the tables that an analysis uses.

        Raises:
            ResourceNotFoundException: there is no such template.
            ValidationException: see `create_intermediate_table`.
        """
        (kind,) = configuration
        text, arn = (configuration[kind].get(each) for each in ("queryString", _TEMPLATE))
        if (text is None) == (arn is None):
            raise ValidationException(
                "Exactly one of queryString and analysisTemplateArn is required.", field=_FIELD
            )
        if arn is None:
            if not str(text).strip():
                raise ValidationException("The query is empty.", "INVALID_QUERY", _FIELD)
            return tables_in(str(text))
        template = self.of(AnalysisTemplates).in_collaboration(membership.collaboration, arn)
        if template.is_sql != (kind == "sqlParameters"):
            raise ValidationException(
                f"Analysis template {arn} is in the format {template.format}, which does not go"
                f" with {kind}.",
                field=_FIELD,
            )
        names: list[str] = template.schema.get("referencedTables", [])
        return names

    def dependencies(
        self, membership: Membership, names: list[str], own_arn: str
    ) -> list[Dependency]:
        """Return the tables with these names and their base tables; unknown names are ignored.

        Two tables may be made from each other's data in turn; no table is its own base.

        Args:
            membership: the owner's.
            names: the names in the analysis.
            own_arn: the ARN of the table whose analysis it is.
        """
        index = self.store(SchemaIndex)
        found: dict[str, Dependency] = {}
        behind: list[Dependency] = []
        for name in names:
            entry = index.meant(membership.collaboration_id, name)
            if entry is None or entry.arn == own_arn:
                continue
            found[entry.arn] = Dependency(
                entry.arn, entry.resource_id, entry.name, entry.type, "DIRECT", entry.account_id
            )
            if entry.type == INTERMEDIATE_TABLE:
                behind += self.resources.by_id[entry.resource_id].dependencies
        for each in behind:
            if each.arn == own_arn:
                continue
            indirect = Dependency(
                each.arn, each.id, each.name, each.type, "INDIRECT", each.creator_account_id
            )
            found.setdefault(each.arn, indirect)
        return list(found.values())

    def shown(self, table: IntermediateTable, now: datetime) -> dict[str, Any]:
        """Return the answer of the operations on a table."""
        return {
            "intermediateTable": {
                "id": table.id,
                "arn": table.arn,
                "name": table.name,
                "description": table.description,
                "membershipArn": table.membership_arn,
                "membershipId": table.membership_id,
                "collaborationArn": table.collaboration_arn,
                "collaborationId": table.collaboration_id,
                "childResources": self.children_of(table.arn, now),
                "createTime": table.create_time,
                "updateTime": table.update_time,
                "status": table.status,
                "statusReason": table.status_reason,
                "kmsKeyArn": table.kms_key_arn,
                "populationAnalysisConfiguration": table.population_analysis_configuration,
                "retentionInDays": table.retention_in_days,
                "tableDependencies": [_dependency(each) for each in table.dependencies],
                "intermediateTableVersion": _version(table.active) if table.active else None,
                "analysisRuleTypes": table.analysis_rule_types,
                "schema": {"columns": table.columns} if table.active else None,
            }
        }


_FIELD = "populationAnalysisConfiguration"
_TEMPLATE = "analysisTemplateArn"


def _dependency(dependency: Dependency) -> dict[str, str]:
    return {
        "id": dependency.id,
        "name": dependency.name,
        "type": dependency.type,
        "parentType": dependency.parent_type,
        "creatorAccountId": dependency.creator_account_id,
    }


def _version(version: IntermediateTableVersion) -> dict[str, Any]:
    return {
        "versionId": version.version_id,
        "analysisId": version.analysis_id,
        "analysisType": version.analysis_type,
        "kmsKeyArn": version.kms_key_arn,
        "parameters": version.parameters,
        "inheritedConstraints": version.inherited,
        "expirationTime": version.expiration_time,
    }
