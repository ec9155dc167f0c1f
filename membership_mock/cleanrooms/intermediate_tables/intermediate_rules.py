"""The analysis rule of an intermediate table: the use that its owner allows.

The rule of a table with other members' data can only be stricter than their rules. Source: user
guide, "Intermediate table analysis rule"; what it leaves open is marked inferred.
"""

from __future__ import annotations

from typing import Any

from membership_mock.cleanrooms.collaborations.clean_rooms_family import CleanRoomsFamily
from membership_mock.cleanrooms.collaborations.collaboration_store import Membership
from membership_mock.cleanrooms.errors import ConflictException, ResourceNotFoundException
from membership_mock.cleanrooms.intermediate_tables.inherited_constraints import violations
from membership_mock.cleanrooms.intermediate_tables.intermediate_store import (
    FINAL,
    IntermediateTable,
)
from membership_mock.cleanrooms.intermediate_tables.intermediate_tables import IntermediateTables
from membership_mock.cleanrooms.intermediate_tables.running_population import RunningPopulation
from membership_mock.cleanrooms.memberships.memberships import Memberships
from membership_mock.cleanrooms.quotas import POLICY_KILOBYTES, Quotas
from membership_mock.cleanrooms.tables.analysis_rule import AnalysisRule, kilobytes
from membership_mock.cleanrooms.tables.custom_rules import (
    check_custom,
    check_receivers,
    check_threshold,
    contradiction,
)
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation


class IntermediateTableRules(CleanRoomsFamily):
    """The operations on the analysis rules of intermediate tables."""

    @operation("CreateIntermediateTableAnalysisRule", optional=True)
    def create_intermediate_table_analysis_rule(
        self,
        ctx: Context,
        membership_identifier: str,
        intermediate_table_identifier: str,
        analysis_rule_type: str,
        analysis_rule_policy: dict[str, Any],
    ) -> dict[str, Any]:
        """Create the analysis rule of a table, and return it.

        Raises:
            ConflictException: the table has a rule, was disallowed or has lost a base table
                (inferred [CR-152]); or the membership is not ACTIVE.
            ServiceQuotaExceededException: the policy is too large.
            ValidationException: the policy contradicts itself, names columns or receivers that do
                not exist, or is less strict than the rules of the base tables.
        """
        membership = self.of(Memberships).require_active(membership_identifier)
        table = self._table(ctx, membership, intermediate_table_identifier)
        if table.rule is not None:
            raise ConflictException(
                f"Intermediate table {table.id} already has an analysis rule of type"
                f" {table.rule.type}.",
                table.id,
                "MEMBERSHIP",
                "ALREADY_EXISTS",
            )
        _require_usable(table)
        _check(membership, table, analysis_rule_policy)
        self.of(Quotas).require_room(POLICY_KILOBYTES, 0, kilobytes(analysis_rule_policy))
        table.rule = AnalysisRule(analysis_rule_type, analysis_rule_policy, ctx.now, ctx.now)
        return _shown(table, table.rule)

    @operation("GetIntermediateTableAnalysisRule", optional=True)
    def get_intermediate_table_analysis_rule(
        self,
        ctx: Context,
        membership_identifier: str,
        intermediate_table_identifier: str,
        analysis_rule_type: str,
    ) -> dict[str, Any]:
        """Return the rule of a table of a membership of the caller's."""
        del analysis_rule_type  # CUSTOM is the only type
        membership = self.of(Memberships).find(membership_identifier)
        return _shown(*self._find(ctx, membership, intermediate_table_identifier))

    @operation("UpdateIntermediateTableAnalysisRule", optional=True)
    def update_intermediate_table_analysis_rule(
        self,
        ctx: Context,
        membership_identifier: str,
        intermediate_table_identifier: str,
        analysis_rule_type: str,
        analysis_rule_policy: dict[str, Any],
    ) -> dict[str, Any]:
        """Replace the policy of a rule, and return the rule.

        Raises:
            ConflictException: the table was disallowed or has lost a base table, or the membership
                is not ACTIVE (inferred [CR-12, CR-152]).
            ValidationException: as for CreateIntermediateTableAnalysisRule, or the policy is too
                large (inferred [CR-118]: the operation declares no quota).
        """
        del analysis_rule_type
        membership = self.of(Memberships).require_active(membership_identifier)
        table, rule = self._find(ctx, membership, intermediate_table_identifier)
        _require_usable(table)
        _check(membership, table, analysis_rule_policy)
        most = self.limit(POLICY_KILOBYTES)
        if kilobytes(analysis_rule_policy) > most:
            raise contradiction(f"The policy is larger than {most} KB.")
        rule.policy, rule.update_time = analysis_rule_policy, ctx.now
        return _shown(table, rule)

    @operation("DeleteIntermediateTableAnalysisRule", optional=True)
    def delete_intermediate_table_analysis_rule(
        self,
        ctx: Context,
        membership_identifier: str,
        intermediate_table_identifier: str,
        analysis_rule_type: str,
    ) -> None:
        """Delete a rule; without one the table cannot be queried (documented)."""
        del analysis_rule_type
        membership = self.of(Memberships).find(membership_identifier)
        table, _ = self._find(ctx, membership, intermediate_table_identifier)
        table.rule = None

    def _table(self, ctx: Context, membership: Membership, table_id: str) -> IntermediateTable:
        table = self.of(IntermediateTables).find(membership, table_id)
        self.of(RunningPopulation).let_time_pass(table, ctx.now)
        return table

    def _find(
        self, ctx: Context, membership: Membership, table_id: str
    ) -> tuple[IntermediateTable, AnalysisRule]:
        table = self._table(ctx, membership, table_id)
        if table.rule is None:
            raise ResourceNotFoundException(
                f"No such analysis rule with intermediateTableId: {table.id}",
                table.id,
                "MEMBERSHIP",
            )
        return table, table.rule


def _require_usable(table: IntermediateTable) -> None:
    if table.status in FINAL:
        raise ConflictException(
            f"Intermediate table {table.id} is {table.status}.",
            table.id,
            "MEMBERSHIP",
            "INVALID_STATE",
        )


def _check(membership: Membership, table: IntermediateTable, policy: dict[str, Any]) -> None:
    content = policy["v1"]["custom"]
    rule = AnalysisRule("CUSTOM", policy, table.create_time, table.create_time)
    types = {each["name"]: each["type"] for each in table.columns}
    unknown = sorted(rule.columns() - types.keys()) if types else []
    if unknown:
        raise contradiction(
            f"Intermediate table {table.name} has no columns named {', '.join(unknown)}."
        )
    check_custom(content)
    for each in content.get("aggregationThresholds", ()):
        check_threshold(types, each)
    check_receivers(membership.collaboration, content.get("allowedResultReceivers", ()))
    constraints = table.active.inherited if table.active else {}
    looser = violations(content, constraints)
    if looser:
        raise contradiction(
            "The analysis rule is less strict than the rules of the base tables in"
            f" {', '.join(looser)}."
        )


def _shown(table: IntermediateTable, rule: AnalysisRule) -> dict[str, Any]:
    return {
        "analysisRule": {
            "intermediateTableIdentifier": table.id,
            "intermediateTableArn": table.arn,
            "analysisRulePolicy": rule.policy,
            "analysisRuleType": rule.type,
            "createTime": rule.create_time,
            "updateTime": rule.update_time,
        }
    }
