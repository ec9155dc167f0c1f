"""The schemas of configured table associations, and their checks of analyses.

AWS checks a query against the rules of every table that it names. This mock reads only the names of
the tables, so it checks what follows from these: whether each is ready, whether its rule allows
this analysis, and whether the receivers may receive.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from membership_mock.cleanrooms.privacy.privacy_budget_store import PrivacyBudgetTemplateStore
from membership_mock.cleanrooms.schemas.schema_index import TABLE, SchemaEntry
from membership_mock.cleanrooms.schemas.schema_source import (
    DIRECT_JOB,
    DIRECT_QUERY,
    Demand,
    SchemaSource,
    Use,
)
from membership_mock.cleanrooms.tables.analysis_rule import (
    ANY_JOB,
    ANY_QUERY,
    POLICY_MEMBERS,
    consolidated,
)
from membership_mock.cleanrooms.tables.configured_tables import ConfiguredTable
from membership_mock.cleanrooms.tables.table_associations import (
    TableAssociation,
    TableAssociations,
    TableAssociationStore,
)
from membership_mock.cleanrooms.tables.table_status import DEFERRED, DIRECT, status_details


class TableSchemas(SchemaSource):
    """The schemas of configured table associations."""

    schema_type = TABLE

    def summary_of(self, entry: SchemaEntry) -> dict[str, Any]:
        """Return the members of SchemaSummary that depend on the kind of table."""
        association, table = self._parts(entry)
        return {
            "createTime": association.create_time,
            "updateTime": association.update_time,
            "analysisRuleTypes": table.analysis_rule_types,
            "analysisMethod": table.analysis_method,
            "selectedAnalysisMethods": table.selected_analysis_methods,
            "resourceArn": association.arn,
        }

    def schema_of(self, entry: SchemaEntry, now: datetime) -> dict[str, Any]:
        """Return the members of Schema that SchemaSummary does not have."""
        del now
        association, table = self._parts(entry)
        return {
            "columns": table.columns.shown(),
            "partitionKeys": table.columns.partition_keys_shown(),
            "description": association.description or "",
            "schemaStatusDetails": self._status(association, table),
            "schemaTypeProperties": {
                "configuredTableAssociation": {"configuredTableAssociationId": association.id}
            },
        }

    def rule_of(self, entry: SchemaEntry, kind: str) -> dict[str, Any] | None:
        """Return the rule of the table and that of the association, and both in one."""
        association, table = self._parts(entry)
        rule, ours = table.rule, association.rules.get(kind)
        if rule is None or rule.type != kind or ours is None:
            return None
        return {
            "createTime": rule.create_time,
            "updateTime": max(rule.update_time, ours.update_time),
            "policy": rule.policy,
            "collaborationPolicy": ours.policy,
            "consolidatedPolicy": {"v1": {POLICY_MEMBERS[kind]: consolidated(rule, ours)}},
        }

    def objection(self, entry: SchemaEntry, use: Use, now: datetime) -> str | None:
        """Return text: why a table cannot be used; None if it can."""
        del now
        association, table = self._parts(entry)
        details = self._status(association, table)
        direct = next((each for each in details if each["analysisType"] == DIRECT), None)
        if direct is None and use.receivers is not None:
            return "its analysis rule requires additional analyses."
        reasons = [
            each
            for each in (direct or details[0])["reasons"] or ()
            if use.receivers is not None or each["code"] not in DEFERRED
        ]
        if reasons:
            return " ".join(f"{each['code']}: {each['message']}" for each in reasons)
        if use.method == DIRECT_JOB and table.is_private:
            # inferred [CR-185]: the user guide speaks of queries only
            return "tables with differential privacy can be used in queries only."
        if use.method not in (table.selected_analysis_methods or [table.analysis_method]):
            return f"its analysis method is {table.analysis_method}."
        return _objection_of_rules(association, table, use)

    def demand(self, entry: SchemaEntry) -> Demand:
        """Return the demand of the use of a table on budgets."""
        _, table = self._parts(entry)
        private = []
        if table.rule is not None and table.is_private:
            columns = table.rule.content["differentialPrivacy"]["columns"]
            private.append((table.account_id, frozenset(each["name"] for each in columns)))
        rule_types = {entry.name: table.rule.type} if table.rule is not None else {}
        return Demand({entry.arn: entry.name}, private, rule_types)

    def _parts(self, entry: SchemaEntry) -> tuple[TableAssociation, ConfiguredTable]:
        association = self.store(TableAssociationStore).by_id[entry.resource_id]
        return association, self.of(TableAssociations).table_of(association)

    def _status(
        self, association: TableAssociation, table: ConfiguredTable
    ) -> list[dict[str, Any]]:
        templates = self.store(PrivacyBudgetTemplateStore)
        budget = templates.differential_privacy_of(association.collaboration_id)
        return status_details(table, association, has_privacy_budget=budget is not None)


def _objection_of_rules(
    association: TableAssociation, table: ConfiguredTable, use: Use
) -> str | None:
    rule = table.rule
    if rule is None:  # a missing rule is one of the reasons already
        return None
    if use.template_arn is not None and use.method == DIRECT_QUERY and rule.type != "CUSTOM":
        return f"its analysis rule of type {rule.type} allows no analysis templates."
    if rule.type == "CUSTOM" and use.runner != table.account_id:
        wildcard = ANY_QUERY if use.method == DIRECT_QUERY else ANY_JOB
        providers = rule.content.get("allowedAnalysisProviders", [])
        allowed = rule.content["allowedAnalyses"]
        by_name = use.template_arn is not None and use.template_arn in allowed
        # providers are required for queries only
        by_author = use.author in providers or (wildcard == ANY_JOB and not providers)
        if not by_name and not (wildcard in allowed and by_author):
            return "its analysis rule does not allow this analysis."
    elif rule.type != "CUSTOM" and use.method != DIRECT_QUERY:
        return f"its analysis rule of type {rule.type} allows queries only."
    receivers = consolidated(rule, association.rules[rule.type]).get("allowedResultReceivers", ())
    refused = [account_id for account_id in use.receivers or () if account_id not in receivers]
    if refused:
        return f"its analysis rules do not let {', '.join(refused)} receive results."
    return None
