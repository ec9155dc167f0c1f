"""Schemas: the tables of a collaboration as all its members see them.

A schema is not stored: each read makes it from a configured table association, its table and their
rules. Sources: API pages of the operations; what they leave open is
marked inferred.
"""

from __future__ import annotations

from typing import Any

from membership_mock.cleanrooms.collaborations.clean_rooms_family import CleanRoomsFamily
from membership_mock.cleanrooms.collaborations.collaboration_store import Collaboration
from membership_mock.cleanrooms.collaborations.collaborations import Collaborations
from membership_mock.cleanrooms.errors import ResourceNotFoundException
from membership_mock.cleanrooms.ordered_index import sequence_of
from membership_mock.cleanrooms.privacy.privacy_budget_store import PrivacyBudgetTemplateStore
from membership_mock.cleanrooms.tables.analysis_rule import POLICY_MEMBERS, consolidated
from membership_mock.cleanrooms.tables.schema_status import status_details
from membership_mock.cleanrooms.tables.table_associations import (
    TableAssociation,
    TableAssociations,
    TableAssociationStore,
)
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.protocol.pagination import Listing

#: the only type of schema in this mock; the others belong to operations that are not mocked
TABLE = "TABLE"


class Schemas(CleanRoomsFamily):
    """The operations on schemas."""

    @operation("GetSchema")
    def get_schema(self, ctx: Context, collaboration_identifier: str, name: str) -> dict[str, Any]:
        """Return a schema of a collaboration that the caller created or has joined."""
        del ctx
        collaboration = self.of(Collaborations).joined(collaboration_identifier)
        found = self.store(TableAssociationStore).named(collaboration.id, name)
        if found is None:
            raise _no_such_schema(name)
        return {"schema": self._schema(collaboration, found)}

    @operation("BatchGetSchema")
    def batch_get_schema(
        self, ctx: Context, collaboration_identifier: str, names: list[str]
    ) -> dict[str, Any]:
        """Return schemas in the order of the names, each once, and an error per unknown name.

        The code of an error is the name of the exception (inferred).
        """
        del ctx
        collaboration = self.of(Collaborations).joined(collaboration_identifier)
        store = self.store(TableAssociationStore)
        schemas, errors = [], []
        for name in dict.fromkeys(names):
            found = store.named(collaboration.id, name)
            if found is not None:
                schemas.append(self._schema(collaboration, found))
            else:
                missing = _no_such_schema(name)
                errors.append({"name": name, "code": missing.code, "message": missing.message})
        return {"schemas": schemas, "errors": errors}

    @operation("ListSchemas")
    def list_schemas(
        self, ctx: Context, collaboration_identifier: str, schema_type: str | None = None
    ) -> dict[str, Listing[TableAssociation]]:
        """Return the schemas of a collaboration, in the order of association.

        Args:
            ctx: the request.
            collaboration_identifier: a collaboration that the caller created or has joined.
            schema_type: only those of this type; ID mapping tables and intermediate tables are not
                mocked, so the list is empty.
        """
        del ctx
        collaboration = self.of(Collaborations).joined(collaboration_identifier)
        held = self.store(TableAssociationStore).by_collaboration.get(collaboration.id, [])
        return {
            "schemaSummaries": Listing(
                held if schema_type in (None, TABLE) else [],
                sequence_of,
                show=lambda association: self._summary(collaboration, association),
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
            ResourceNotFoundException: no such schema; or its table has no rule of this type, or
                its association none to go with it (the latter is observed).
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

        The code of an error is the name of the exception (inferred).
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

    def _summary(
        self, collaboration: Collaboration, association: TableAssociation
    ) -> dict[str, Any]:
        table = self.of(TableAssociations).table_of(association)
        return {
            "name": association.name,
            "type": TABLE,
            "creatorAccountId": association.account_id,
            "createTime": association.create_time,
            "updateTime": association.update_time,
            "collaborationId": collaboration.id,
            "collaborationArn": collaboration.arn,
            "analysisRuleTypes": table.analysis_rule_types,
            "analysisMethod": table.analysis_method,
            "selectedAnalysisMethods": table.selected_analysis_methods,
            "resourceArn": association.arn,
        }

    def _schema(
        self, collaboration: Collaboration, association: TableAssociation
    ) -> dict[str, Any]:
        table = self.of(TableAssociations).table_of(association)
        return {
            **self._summary(collaboration, association),
            "columns": table.columns.shown(),
            "partitionKeys": table.columns.partition_keys_shown(),
            "description": association.description or "",
            "schemaStatusDetails": status_details(
                table,
                association,
                has_privacy_budget=self._has_privacy_budget(collaboration),
            ),
            "schemaTypeProperties": {
                "configuredTableAssociation": {"configuredTableAssociationId": association.id}
            },
        }

    def _has_privacy_budget(self, collaboration: Collaboration) -> bool:
        templates = self.store(PrivacyBudgetTemplateStore)
        return templates.differential_privacy_of(collaboration.id) is not None

    def _rule(
        self, collaboration: Collaboration, name: str, kind: str
    ) -> dict[str, Any] | ResourceNotFoundException:
        """Return the rule of a schema, or why it has none."""
        association = self.store(TableAssociationStore).named(collaboration.id, name)
        if association is None:
            return _no_such_schema(name)
        rule = self.of(TableAssociations).table_of(association).rule
        ours = association.rules.get(kind)
        if rule is None or rule.type != kind or ours is None:
            return ResourceNotFoundException(
                f"No such analysis rule with schema name: {name} and type {kind}",
                name,
                "CONFIGURED_TABLE_ASSOCIATION",
            )
        both = {"v1": {POLICY_MEMBERS[kind]: consolidated(rule, ours)}}
        return {
            "collaborationId": collaboration.id,
            "type": kind,
            "name": name,
            "createTime": rule.create_time,
            "updateTime": max(rule.update_time, ours.update_time),
            "policy": rule.policy,
            "collaborationPolicy": ours.policy,
            "consolidatedPolicy": both,
        }


def _no_such_schema(name: str) -> ResourceNotFoundException:
    return ResourceNotFoundException(
        f"No such schema with name: {name}", name, "CONFIGURED_TABLE_ASSOCIATION"
    )
