"""Schemas: the tables of a collaboration as all its members see them.

A schema is not stored: each read derives it from its table and the rules of that table, see
`SchemaSource`. Sources: API pages of the operations; what they leave open is marked
inferred.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from membership_mock.cleanrooms.collaborations.clean_rooms_family import CleanRoomsFamily
from membership_mock.cleanrooms.collaborations.collaboration_store import Collaboration
from membership_mock.cleanrooms.collaborations.collaborations import Collaborations
from membership_mock.cleanrooms.errors import ResourceNotFoundException
from membership_mock.cleanrooms.ordered_index import sequence_of
from membership_mock.cleanrooms.schemas.schema_index import SchemaEntry, SchemaIndex
from membership_mock.cleanrooms.schemas.schema_source import source_of
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.protocol.pagination import Listing


class Schemas(CleanRoomsFamily):
    """The operations on schemas."""

    @operation("GetSchema")
    def get_schema(self, ctx: Context, collaboration_identifier: str, name: str) -> dict[str, Any]:
        """Return a schema of a collaboration that the caller created or has joined."""
        collaboration = self.of(Collaborations).joined(collaboration_identifier)
        found = self.store(SchemaIndex).named(collaboration.id, name)
        if found is None:
            raise _no_such_schema(name)
        return {"schema": self._schema(found, collaboration, ctx.now)}

    @operation("BatchGetSchema")
    def batch_get_schema(
        self, ctx: Context, collaboration_identifier: str, names: list[str]
    ) -> dict[str, Any]:
        """Return schemas in the order of the names, each once, and an error per unknown name.

        The code of an error is the name of the exception (inferred [CR-64]).
        """
        collaboration = self.of(Collaborations).joined(collaboration_identifier)
        index = self.store(SchemaIndex)
        schemas, errors = [], []
        for name in dict.fromkeys(names):
            found = index.named(collaboration.id, name)
            if found is not None:
                schemas.append(self._schema(found, collaboration, ctx.now))
            else:
                missing = _no_such_schema(name)
                errors.append({"name": name, "code": missing.code, "message": missing.message})
        return {"schemas": schemas, "errors": errors}

    @operation("ListSchemas")
    def list_schemas(
        self, ctx: Context, collaboration_identifier: str, schema_type: str | None = None
    ) -> dict[str, Listing[SchemaEntry]]:
        """Return the schemas of a collaboration, in the order of their creation.

        Args:
            ctx: the request.
            collaboration_identifier: a collaboration that the caller created or has joined.
            schema_type: the type that entries must have.
        """
        del ctx
        collaboration = self.of(Collaborations).joined(collaboration_identifier)
        held = self.store(SchemaIndex).visible.get((collaboration.id, schema_type or ""), ())
        return {
            "schemaSummaries": Listing(
                held, sequence_of, show=lambda entry: self._summary(entry, collaboration)
            )
        }

    @operation("GetSchemaAnalysisRule")
    def get_schema_analysis_rule(
        self,
        ctx: Context,
        collaboration_identifier: str,
        name: str,
        type: str,  # noqa: A002  the field's name
    ) -> dict[str, Any]:
        """Return the rule of a schema: the table's policy, the association's, and both in one.

        Raises:
            ResourceNotFoundException: no such schema; or its table or its association has no rule
                of this type (observed for the association).
        """
        del ctx
        collaboration = self.of(Collaborations).joined(collaboration_identifier)
        rule = self._rule(collaboration, name, type)
        if isinstance(rule, ResourceNotFoundException):
            raise rule
        return {"analysisRule": rule}

    @operation("BatchGetSchemaAnalysisRule")
    def batch_get_schema_analysis_rule(
        self,
        ctx: Context,
        collaboration_identifier: str,
        schema_analysis_rule_requests: list[dict[str, str]],
    ) -> dict[str, Any]:
        """Return the rules of schemas in the order of the requests, and an error per missing one.

        The code of an error is the name of the exception (inferred [CR-64]).
        """
        del ctx
        collaboration = self.of(Collaborations).joined(collaboration_identifier)
        rules, errors = [], []
        asked = [(each["name"], each["type"]) for each in schema_analysis_rule_requests]
        for name, kind in dict.fromkeys(asked):
            rule = self._rule(collaboration, name, kind)
            if isinstance(rule, ResourceNotFoundException):
                errors.append(
                    {"name": name, "type": kind, "code": rule.code, "message": rule.message}
                )
            else:
                rules.append(rule)
        return {"analysisRules": rules, "errors": errors}

    def _summary(self, entry: SchemaEntry, collaboration: Collaboration) -> dict[str, Any]:
        return {
            "name": entry.name,
            "type": entry.type,
            "creatorAccountId": entry.account_id,
            "collaborationId": collaboration.id,
            "collaborationArn": collaboration.arn,
            **source_of(self, entry).summary_of(entry),
        }

    def _schema(
        self, entry: SchemaEntry, collaboration: Collaboration, now: datetime
    ) -> dict[str, Any]:
        # a read takes a step first, and shows the state afterwards
        more = source_of(self, entry).schema_of(entry, now)
        return {**self._summary(entry, collaboration), **more}

    def _rule(
        self, collaboration: Collaboration, name: str, kind: str
    ) -> dict[str, Any] | ResourceNotFoundException:
        """Return the rule of a schema, or the error that there is no rule."""
        entry = self.store(SchemaIndex).named(collaboration.id, name)
        if entry is None:
            return _no_such_schema(name)
        rule = source_of(self, entry).rule_of(entry, kind)
        if rule is None:
            return ResourceNotFoundException(
                f"No such analysis rule with schema name: {name} and type {kind}",
                name,
                "CONFIGURED_TABLE_ASSOCIATION",
            )
        return {"collaborationId": collaboration.id, "type": kind, "name": name, **rule}


def _no_such_schema(name: str) -> ResourceNotFoundException:
    return ResourceNotFoundException(
        f"No such schema with name: {name}", name, "CONFIGURED_TABLE_ASSOCIATION"
    )
