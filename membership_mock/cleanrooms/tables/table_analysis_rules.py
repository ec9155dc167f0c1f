"""The analysis rule of a configured table: what may be asked of the table.

A table has one rule at the most, whatever its type; another type takes the rule's deletion first.
Sources: the model's texts on AnalysisRuleAggregation, AnalysisRuleList and AnalysisRuleCustom;
texts of errors as marked; the rest is inferred.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from membership_mock.cleanrooms.errors import (
    ConflictException,
    ResourceNotFoundException,
    ValidationException,
)
from membership_mock.cleanrooms.families import CleanRoomsFamily
from membership_mock.cleanrooms.quotas import POLICY_KILOBYTES, Quotas
from membership_mock.cleanrooms.tables.configured_tables import (
    ConfiguredTable,
    ConfiguredTables,
    ConfiguredTableStore,
)
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.state.quotas import QuotaUse
from membership_mock.engine.state.world import World

#: the member of the policy that goes with each type of rule
POLICY_MEMBERS = {"AGGREGATION": "aggregation", "LIST": "list", "CUSTOM": "custom"}

ANY_QUERY = "ANY_QUERY"
ANY_JOB = "ANY_JOB"

_RECEIVERS = "allowedResultReceivers"

#: the types of an identity column; the last two are what Snowflake calls varchar and char as well
_TEXT_TYPES = frozenset({"string", "varchar", "char", "text", "character"})


@dataclass
class AnalysisRule:
    """An analysis rule, of a configured table or of an association."""

    type: str
    policy: dict[str, Any]
    create_time: datetime
    update_time: datetime

    @property
    def content(self) -> dict[str, Any]:
        """The policy without its version and type."""
        content: dict[str, Any] = self.policy["v1"][POLICY_MEMBERS[self.type]]
        return content

    def shown(self, **owner: str) -> dict[str, Any]:
        """Return the answer of the operations on it, which starts with what it belongs to."""
        return {
            "analysisRule": {
                **owner,
                "policy": self.policy,
                "type": self.type,
                "createTime": self.create_time,
                "updateTime": self.update_time,
            }
        }

    def columns(self) -> set[str]:
        """Return every column that the rule names."""
        return {name for _, names in _COLUMN_LISTS[self.type](self.content) for name in names}


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
        """Return the new rule of a table that has none.

        Raises:
            ConflictException: the table has a rule, of whatever type; that the text says
                "already has" is observed.
            ServiceQuotaExceededException: the policy is too large.
            ValidationException: the policy is of another type, names a column that is not
                allowed, or contradicts itself.
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
        """Delete a rule, associated or not: schemas that need it are no longer ready (inferred)."""
        del ctx
        table, _ = self._find(configured_table_identifier, analysis_rule_type)
        table.rule = None

    def _check(self, table: ConfiguredTable, rule_type: str, policy: dict[str, Any]) -> None:
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


def content_of(rule_type: str, policy: dict[str, Any]) -> dict[str, Any]:
    """Return a policy without its version and type.

    Raises:
        ValidationException: it is a policy of another type (inferred).
    """
    (member,) = policy["v1"]
    if member != POLICY_MEMBERS[rule_type]:
        raise ValidationException(
            f"The analysis rule type is {rule_type}, but the policy is one for {member}.",
            field="analysisRulePolicy",
        )
    content: dict[str, Any] = policy["v1"][member]
    return content


def consolidated(rule: AnalysisRule, collaboration_rule: AnalysisRule) -> dict[str, Any]:
    """Return what the rule of a table and that of an association say together.

    Both may name receivers of results; who is to receive some has to be named by both (inferred).
    """
    ours, theirs = rule.content, collaboration_rule.content
    both = {**ours, **theirs}
    if _RECEIVERS in ours and _RECEIVERS in theirs:
        both[_RECEIVERS] = [one for one in theirs[_RECEIVERS] if one in ours[_RECEIVERS]]
    return both


def _shown(table: ConfiguredTable, rule: AnalysisRule) -> dict[str, Any]:
    return rule.shown(configuredTableId=table.id, configuredTableArn=table.arn)


# --- what a policy may say ----------------------------------------------------------------------

ColumnLists = Iterable[tuple[str, Iterable[str]]]


def _columns_of_aggregation(content: dict[str, Any]) -> ColumnLists:
    for each in content["aggregateColumns"]:
        yield "aggregateColumns", each["columnNames"]
    yield "joinColumns", content["joinColumns"]
    yield "dimensionColumns", content["dimensionColumns"]
    yield "outputConstraints", [each["columnName"] for each in content["outputConstraints"]]


def _columns_of_list(content: dict[str, Any]) -> ColumnLists:
    yield "joinColumns", content["joinColumns"]
    yield "listColumns", content["listColumns"]


def _columns_of_custom(content: dict[str, Any]) -> ColumnLists:
    yield "disallowedOutputColumns", content.get("disallowedOutputColumns", ())
    privacy = content.get("differentialPrivacy", {})
    yield "differentialPrivacy", [each["name"] for each in privacy.get("columns", ())]
    for each in content.get("aggregationThresholds", ()):
        yield "aggregationThresholds", each["identityColumns"]
        yield "outputColumnThresholds", _output_columns(each)
    yield from content.get("comparisonControls", {}).items()


_COLUMN_LISTS: dict[str, Callable[[dict[str, Any]], ColumnLists]] = {
    "AGGREGATION": _columns_of_aggregation,
    "LIST": _columns_of_list,
    "CUSTOM": _columns_of_custom,
}


def kilobytes(policy: dict[str, Any]) -> int:
    """Return how many kilobytes a policy takes, a begun one counted as a whole one."""
    return -(-len(json.dumps(policy)) // 1024)


def _check_content(table: ConfiguredTable, rule_type: str, content: dict[str, Any]) -> None:
    for where, names in _COLUMN_LISTS[rule_type](content):
        unknown = sorted(set(names) - set(table.allowed_columns))
        if unknown:
            raise _contradiction(
                f"The allowed columns of the configured table do not have {', '.join(unknown)},"
                f" named in {where}."
            )
    if rule_type == "AGGREGATION" and content.get("additionalAnalyses", "NOT_ALLOWED") != (
        "NOT_ALLOWED"
    ):
        raise _contradiction(
            "Additional analyses are supported for the list and custom analysis rules only."
        )
    if rule_type == "LIST":
        both = sorted(set(content["joinColumns"]) & set(content["listColumns"]))
        if both:
            raise _contradiction(
                f"A column cannot be a join column and a list column: {', '.join(both)}."
            )
    if rule_type == "CUSTOM":
        _check_custom(content)
        for each in content.get("aggregationThresholds", ()):
            _check_threshold(table, each)


def _check_custom(content: dict[str, Any]) -> None:
    allowed = content["allowedAnalyses"]
    if ANY_QUERY in allowed and not content.get("allowedAnalysisProviders"):
        raise _contradiction("Allowed analysis providers are required for ANY_QUERY.")
    privacy = "differentialPrivacy" in content
    only_jobs = bool(allowed) and set(allowed) == {ANY_JOB}
    for name in ("aggregationThresholds", "comparisonControls"):
        if name in content and (privacy or only_jobs):
            raise _contradiction(
                f"{name} cannot be used with differential privacy, or when only jobs are allowed."
            )
    identity = {
        name
        for each in content.get("aggregationThresholds", ())
        for name in each["identityColumns"]
    }
    literal = content.get("comparisonControls", {}).get("allowedLiteralComparisonColumns", ())
    if identity & set(literal):
        raise _contradiction(
            "The identity column of a threshold cannot be compared with literals:"
            f" {', '.join(sorted(identity & set(literal)))}."
        )


def _check_threshold(table: ConfiguredTable, threshold: dict[str, Any]) -> None:
    """Source: the model's texts on AggregationThreshold and OutputColumnThreshold."""
    for name in threshold["identityColumns"]:
        kind = table.columns.types[name]
        if kind.partition("(")[0].strip().lower() not in _TEXT_TYPES:
            raise _contradiction(
                f"The identity column {name} has the type {kind}; it must be string, varchar, or"
                " char."
            )
    names = _output_columns(threshold)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise _contradiction(
            f"outputColumnThresholds can specify each column only once: {', '.join(twice)}."
        )
    if any(
        each["minimumIdentityCount"] == 1 for each in threshold.get("outputColumnThresholds", ())
    ):
        raise _contradiction(
            "The minimumIdentityCount of an output column must be 0, or 2 or greater."
        )


def _output_columns(threshold: dict[str, Any]) -> list[str]:
    return [each["outputColumnName"] for each in threshold.get("outputColumnThresholds", ())]


def _contradiction(message: str) -> ValidationException:
    return ValidationException(message, field="analysisRulePolicy")
