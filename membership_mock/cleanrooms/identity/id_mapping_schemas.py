"""The schemas of ID mapping tables, and the one rule that all of them have.

Sources: the service model; user guide, "ID mapping table analysis rule" and "Query an ID mapping
table"; what they leave open is marked inferred.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from membership_mock.cleanrooms.identity.entity_resolution import SOURCE, TARGET
from membership_mock.cleanrooms.identity.id_mapping_store import IdMappingTable, IdMappingTableStore
from membership_mock.cleanrooms.identity.id_namespace_associations import IdNamespaceAssociations
from membership_mock.cleanrooms.schemas.schema_index import ID_MAPPING_TABLE, SchemaEntry
from membership_mock.cleanrooms.schemas.schema_source import (
    DIRECT_QUERY,
    Demand,
    SchemaSource,
    Use,
)

#: the columns of every ID mapping table (documented, in another case) by the type of the namespace
#: whose ids they have; that both are strings is inferred [CR-142]
_COLUMNS = {SOURCE: "sourceid", TARGET: "targetid"}

#: the text of the one reason why the schema is not ready (inferred [CR-84])
NOT_POPULATED = "The ID mapping table is not populated."


class IdMappingSchemas(SchemaSource):
    """The schemas of ID mapping tables."""

    schema_type = ID_MAPPING_TABLE

    @property
    def _tables(self) -> dict[str, IdMappingTable]:
        return self.store(IdMappingTableStore).tables.by_id

    def summary_of(self, entry: SchemaEntry) -> dict[str, Any]:
        """Return the members of SchemaSummary that depend on the kind of table."""
        table = self._tables[entry.resource_id]
        return {
            "createTime": table.create_time,
            "updateTime": table.update_time,
            # the rule exists from the beginning and cannot be edited (documented)
            "analysisRuleTypes": [ID_MAPPING_TABLE],
            "analysisMethod": DIRECT_QUERY,
            "resourceArn": table.arn,
        }

    def schema_of(self, entry: SchemaEntry, now: datetime) -> dict[str, Any]:
        """Return the members of Schema that SchemaSummary lacks; this read ends a running job."""
        table = self._tables[entry.resource_id]
        table.look(now, self.backend.world)
        reason = {"code": "ID_MAPPING_TABLE_NOT_POPULATED", "message": NOT_POPULATED}
        return {
            "columns": [{"name": name, "type": "string"} for name in _COLUMNS.values()],
            "partitionKeys": [],
            "description": table.description or "",
            "schemaStatusDetails": [
                {
                    "status": "READY" if table.populated else "NOT_READY",
                    "reasons": None if table.populated else [reason],
                    "analysisRuleType": ID_MAPPING_TABLE,
                    "analysisType": "DIRECT_ANALYSIS",
                }
            ],
            "schemaTypeProperties": {
                "idMappingTable": {
                    "idMappingTableId": table.id,
                    "idMappingTableInputSource": table.input_sources,
                }
            },
        }

    def rule_of(self, entry: SchemaEntry, kind: str) -> dict[str, Any] | None:
        """Return the rule that every ID mapping table has.

        A column is a dimension column too if its namespace's association allows that (documented).
        """
        if kind != ID_MAPPING_TABLE:
            return None
        table = self._tables[entry.resource_id]
        columns = list(_COLUMNS.values())
        associations = self.of(IdNamespaceAssociations).resources.by_id
        dimensions = [
            _COLUMNS[each.type]
            for each in map(associations.get, table.sources.values())
            if each is not None and each.id_mapping_config["allowUseAsDimensionColumn"]
        ]
        content: dict[str, Any] = {
            "joinColumns": columns,
            "queryConstraints": [{"requireOverlap": {"columns": columns}}],
        }
        if dimensions:
            content["dimensionColumns"] = dimensions
        return {
            "createTime": table.create_time,
            "updateTime": table.update_time,
            "policy": {"v1": {"idMappingTable": content}},
        }

    def objection(self, entry: SchemaEntry, use: Use, now: datetime) -> str | None:
        """Return text: why a table cannot be used; None if it can.

        The other tables of the query decide who may query and receive results (documented).
        """
        table = self._tables[entry.resource_id]
        if table.is_due(now):
            self.keep_for_refusal()
            table.let_time_pass(now)
        if not table.populated:
            return f"ID_MAPPING_TABLE_NOT_POPULATED: {NOT_POPULATED}"
        if use.method != DIRECT_QUERY:
            return f"its analysis method is {DIRECT_QUERY}."
        return None

    def demand(self, entry: SchemaEntry) -> Demand:
        """Return an empty demand: the table cannot have a budget (documented)."""
        del entry
        return Demand()
