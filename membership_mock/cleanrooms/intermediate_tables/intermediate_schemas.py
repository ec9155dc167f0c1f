"""The schemas of intermediate tables, and their checks of analyses.

Sources: the service model's reason codes; user guide, "Working with intermediate tables"; what
they leave open is marked inferred.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from membership_mock.cleanrooms.intermediate_tables.inherited_constraints import (
    consolidated,
    violations,
)
from membership_mock.cleanrooms.intermediate_tables.intermediate_store import (
    IntermediateTable,
    IntermediateTableStore,
)
from membership_mock.cleanrooms.intermediate_tables.running_population import RunningPopulation
from membership_mock.cleanrooms.privacy.privacy_budget_store import PrivacyBudgetTemplateStore
from membership_mock.cleanrooms.schemas.schema_index import INTERMEDIATE_TABLE, SchemaEntry
from membership_mock.cleanrooms.schemas.schema_source import (
    DIRECT_JOB,
    DIRECT_QUERY,
    Demand,
    SchemaSource,
    Use,
)

#: the reasons why a table is not ready, with our texts. The codes are documented; their order is
#: inferred [CR-153].
REASONS = {
    "INTERMEDIATE_TABLE_DISALLOWED_BY_DATA_PROVIDER": (
        "The owner of a base table has disallowed the intermediate table."
    ),
    "INTERMEDIATE_TABLE_BASE_TABLE_REMOVED": "A base table of the intermediate table is gone.",
    "INTERMEDIATE_TABLE_RETENTION_PERIOD_EXPIRED": (
        "The retention period of the intermediate table is over."
    ),
    "INTERMEDIATE_TABLE_NOT_POPULATED": "The intermediate table is not populated.",
    "INTERMEDIATE_TABLE_ANALYSIS_RULE_MISSING": "The intermediate table has no analysis rule.",
    "INTERMEDIATE_TABLE_INHERITED_CONSTRAINTS_VIOLATED": (
        "The analysis rule is less strict than the rules of the base tables."
    ),
    "DIFFERENTIAL_PRIVACY_POLICY_NOT_CONFIGURED": (
        "The collaboration has no privacy budget template for differential privacy."
    ),
}


class IntermediateSchemas(SchemaSource):
    """The schemas of intermediate tables."""

    schema_type = INTERMEDIATE_TABLE

    def summary_of(self, entry: SchemaEntry) -> dict[str, Any]:
        """Return the members of SchemaSummary; the model's pattern allows no ARN of this kind."""
        table = self._table(entry)
        return {
            "createTime": table.create_time,
            "updateTime": table.update_time,
            "analysisRuleTypes": table.analysis_rule_types,
            # inferred [CR-116]: the pages say that queries and jobs can use it
            "analysisMethod": "MULTIPLE",
            "selectedAnalysisMethods": [DIRECT_QUERY, DIRECT_JOB],
        }

    def schema_of(self, entry: SchemaEntry, now: datetime) -> dict[str, Any]:
        """Return the members of Schema that SchemaSummary does not have."""
        table = self._table(entry)
        self.of(RunningPopulation).let_time_pass(table, now)
        codes = self._reasons(table)
        return {
            "columns": table.columns,
            "partitionKeys": [],
            "description": table.description or "",
            "schemaStatusDetails": [
                {
                    "status": "NOT_READY" if codes else "READY",
                    "reasons": [{"code": each, "message": REASONS[each]} for each in codes] or None,
                    "analysisRuleType": table.rule.type if table.rule else None,
                    "configurations": ["DIFFERENTIAL_PRIVACY"] if table.is_private else None,
                    "analysisType": "DIRECT_ANALYSIS",
                }
            ],
            "schemaTypeProperties": {"intermediateTable": {"intermediateTableId": table.id}},
        }

    def rule_of(self, entry: SchemaEntry, kind: str) -> dict[str, Any] | None:
        """Return the rule of a table, without and with inherited constraints."""
        table = self._table(entry)
        if table.rule is None or table.rule.type != kind:
            return None
        return {
            "createTime": table.rule.create_time,
            "updateTime": table.rule.update_time,
            "policy": _policy(table.rule.content),
            "consolidatedPolicy": _policy(_content(table)),
        }

    def objection(self, entry: SchemaEntry, use: Use, now: datetime) -> str | None:
        """Return text: why a table cannot be used; None if it can.

        The member who can query owns it, so the allowed analyses do not restrict that member
        (inferred [CR-154], as for own tables).
        """
        table = self._table(entry)
        self.of(RunningPopulation).let_time_pass(table, now)
        codes = self._reasons(table)
        if codes:
            return " ".join(f"{code}: {REASONS[code]}" for code in codes)
        if use.method == DIRECT_JOB and table.is_private:
            return "tables with differential privacy can be used in queries only."
        if use.receivers is None:
            return None
        content = _content(table)
        if content.get("additionalAnalyses") == "REQUIRED":
            return "its analysis rule requires additional analyses."
        allowed = content.get("allowedResultReceivers")
        refused = [each for each in use.receivers if allowed is not None and each not in allowed]
        if refused:
            return f"its analysis rules do not let {', '.join(refused)} receive results."
        return None

    def demand(self, entry: SchemaEntry) -> Demand:
        """Return the demand on its own budget and on the budgets of all its base tables.

        Differential privacy of base tables was paid for by the population (documented).
        """
        table = self._table(entry)
        tables = {entry.arn: entry.name}
        tables.update({each.arn: each.name for each in table.dependencies})
        private = []
        if table.rule is not None and table.is_private:
            columns = table.rule.content["differentialPrivacy"]["columns"]
            private.append((table.creator_account_id, frozenset(one["name"] for one in columns)))
        return Demand(tables, private)

    def _table(self, entry: SchemaEntry) -> IntermediateTable:
        return self.store(IntermediateTableStore).tables.by_id[entry.resource_id]

    def _reasons(self, table: IntermediateTable) -> list[str]:
        """Return the reason codes of a table that is not ready."""
        codes = []
        constraints = table.active.inherited if table.active else {}
        if table.status == "DISALLOWED_BY_DATA_PROVIDER":
            codes.append("INTERMEDIATE_TABLE_DISALLOWED_BY_DATA_PROVIDER")
        elif table.status == "BASE_TABLE_REMOVED":
            codes.append("INTERMEDIATE_TABLE_BASE_TABLE_REMOVED")
        elif table.status == "RETENTION_PERIOD_EXPIRED":
            codes.append("INTERMEDIATE_TABLE_RETENTION_PERIOD_EXPIRED")
        elif table.active is None:
            codes.append("INTERMEDIATE_TABLE_NOT_POPULATED")
        elif table.rule is None:
            codes.append("INTERMEDIATE_TABLE_ANALYSIS_RULE_MISSING")
        elif violations(table.rule.content, constraints):
            codes.append("INTERMEDIATE_TABLE_INHERITED_CONSTRAINTS_VIOLATED")
        templates = self.store(PrivacyBudgetTemplateStore)
        if table.is_private and templates.differential_privacy_of(table.collaboration_id) is None:
            codes.append("DIFFERENTIAL_PRIVACY_POLICY_NOT_CONFIGURED")
        return codes


def _policy(content: dict[str, Any]) -> dict[str, Any]:
    """Return a policy as schemas show it, where the allowed analyses are required."""
    return {"v1": {"custom": {"allowedAnalyses": [], **content}}}


def _content(table: IntermediateTable) -> dict[str, Any]:
    constraints = table.active.inherited if table.active else {}
    return consolidated(table.rule.content if table.rule else {}, constraints)
