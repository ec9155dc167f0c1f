"""The analysis rule of a configured table: the analyses that may use the table.

A table has at most one rule, of any type. To change the type, the rule has to be deleted first.
Sources: the model's texts on AnalysisRuleAggregation, AnalysisRuleList and AnalysisRuleCustom;
texts of errors as marked; the rest is inferred [CR-51, CR-84].
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from membership_mock.cleanrooms.collaborations.clean_rooms_family import CleanRoomsFamily
from membership_mock.cleanrooms.errors import (
    ConflictException,
    ResourceNotFoundException,
)
from membership_mock.cleanrooms.quotas import POLICY_KILOBYTES, Quotas
from membership_mock.cleanrooms.tables.analysis_rule import (
    COLUMN_LISTS,
    NO_ADDITIONAL_ANALYSES,
    AnalysisRule,
    content_of,
    kilobytes,
    refuse_outside_s3,
)
from membership_mock.cleanrooms.tables.configured_tables import (
    ConfiguredTable,
    ConfiguredTables,
    ConfiguredTableStore,
)
from membership_mock.cleanrooms.tables.custom_rules import (
    check_custom,
    check_threshold,
    contradiction,
)
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.state.quotas import QuotaUse
from membership_mock.engine.state.world import World


class TableAnalysisRules(CleanRoomsFamily):
    """The operations on the analysis rules of configured tables."""

    @classmethod
    def quota_uses(cls, world: World, now: datetime) -> Iterator[QuotaUse]:
        """Yield how large each policy is."""
        del now
        for (region,), store in world.stores(ConfiguredTableStore):
            for table in store.by_id.values():
                if table.rule is not None:
                    size = kilobytes(table.rule.policy)
                    yield QuotaUse(POLICY_KILOBYTES, table.account_id, region, size, table.id)

    @operation("CreateConfiguredTableAnalysisRule")
    def create_configured_table_analysis_rule(
        self,
        ctx: Context,
        configured_table_identifier: str,
        analysis_rule_type: str,
        analysis_rule_policy: dict[str, Any],
    ) -> dict[str, Any]:
        """Create the analysis rule of a table, and return it.

        Raises:
            ConflictException: the table has a rule, of whatever type; that the text says
                "already has" is observed.
            ServiceQuotaExceededException: the policy is too large.
            ValidationException: the policy is of another type, names a column that is not
                allowed, or contradicts itself; or the type is only for tables in S3.
        """
        table = self.of(ConfiguredTables).find(configured_table_identifier)
        self._check(table, analysis_rule_type, analysis_rule_policy)
        if table.rule is not None:
            raise ConflictException(
                f"Configured table {table.id} already has an analysis rule of type"
                f" {table.rule.type}.",
                table.id,
                "CONFIGURED_TABLE",
                "ALREADY_EXISTS",
            )
        table.rule = AnalysisRule(analysis_rule_type, analysis_rule_policy, ctx.now, ctx.now)
        return _shown(table, table.rule)

    @operation("GetConfiguredTableAnalysisRule")
    def get_configured_table_analysis_rule(
        self, ctx: Context, configured_table_identifier: str, analysis_rule_type: str
    ) -> dict[str, Any]:
        """Return the rule of a table."""
        del ctx
        return _shown(*self._find(configured_table_identifier, analysis_rule_type))

    @operation("UpdateConfiguredTableAnalysisRule")
    def update_configured_table_analysis_rule(
        self,
        ctx: Context,
        configured_table_identifier: str,
        analysis_rule_type: str,
        analysis_rule_policy: dict[str, Any],
    ) -> dict[str, Any]:
        """Replace the policy of a rule, and return the rule.

        Raises:
            ServiceQuotaExceededException: the policy is too large.
            ValidationException: as for CreateConfiguredTableAnalysisRule.
        """
        table, rule = self._find(configured_table_identifier, analysis_rule_type)
        self._check(table, analysis_rule_type, analysis_rule_policy)
        rule.policy, rule.update_time = analysis_rule_policy, ctx.now
        return _shown(table, rule)

    @operation("DeleteConfiguredTableAnalysisRule")
    def delete_configured_table_analysis_rule(
        self, ctx: Context, configured_table_identifier: str, analysis_rule_type: str
    ) -> None:
        """Delete a rule, even of an associated table: schemas that need it are no longer ready.

        That it is allowed is inferred [CR-52].
        """
        del ctx
        table, _ = self._find(configured_table_identifier, analysis_rule_type)
        table.rule = None

    def _check(self, table: ConfiguredTable, rule_type: str, policy: dict[str, Any]) -> None:
        refuse_outside_s3(rule_type, table.table_reference)
        content = content_of(rule_type, policy)
        self.of(Quotas).require_room(POLICY_KILOBYTES, 0, kilobytes(policy))
        _check_content(table, rule_type, content)

    def _find(
        self, configured_table_identifier: str, rule_type: str
    ) -> tuple[ConfiguredTable, AnalysisRule]:
        """Return a table and its rule; the text of the refusal is observed."""
        table = self.of(ConfiguredTables).find(configured_table_identifier)
        if table.rule is None or table.rule.type != rule_type:
            raise ResourceNotFoundException(
                f"No such analysis rule with configuredTableId: {table.id} and type {rule_type}",
                table.id,
                "CONFIGURED_TABLE",
            )
        return table, table.rule


def _shown(table: ConfiguredTable, rule: AnalysisRule) -> dict[str, Any]:
    return rule.shown(configuredTableId=table.id, configuredTableArn=table.arn)


# --- checks of a policy ----------------------------------------------------------------------


def _check_content(table: ConfiguredTable, rule_type: str, content: dict[str, Any]) -> None:
    for where, names in COLUMN_LISTS[rule_type](content):
        unknown = sorted(set(names) - set(table.allowed_columns))
        if unknown:
            raise contradiction(
                f"The allowed columns of the configured table do not have {', '.join(unknown)},"
                f" named in {where}."
            )
    if rule_type == "AGGREGATION" and content.get("additionalAnalyses", "NOT_ALLOWED") != (
        "NOT_ALLOWED"
    ):
        raise contradiction(NO_ADDITIONAL_ANALYSES)
    if rule_type == "LIST":
        both = sorted(set(content["joinColumns"]) & set(content["listColumns"]))
        if both:
            raise contradiction(
                f"A column cannot be a join column and a list column: {', '.join(both)}."
            )
    if rule_type == "CUSTOM":
        check_custom(content)
        if "differentialPrivacy" in content and "glue" not in table.table_reference:
            # documented; the error is inferred [CR-184]
            raise contradiction(
                "Differential privacy is supported for tables of the AWS Glue Data Catalog only."
            )
        for each in content.get("aggregationThresholds", ()):
            check_threshold(table.columns.types, each)
