"""Analysis rules of configured tables and of associations: their policies and columns."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from membership_mock.cleanrooms.errors import ValidationException
from membership_mock.engine.lazy_dataclasses import dataclass

#: the member of the policy that goes with each type of rule
POLICY_MEMBERS = {"AGGREGATION": "aggregation", "LIST": "list", "CUSTOM": "custom"}


ANY_QUERY = "ANY_QUERY"


ANY_JOB = "ANY_JOB"


_RECEIVERS = "allowedResultReceivers"


#: additional analyses in a rule of the type AGGREGATION. Source of the refusal: the model's text on
#: ConfiguredTableAssociationAnalysisRuleAggregation; its wording is inferred [CR-84].
NO_ADDITIONAL_ANALYSES = (
    "Additional analyses are supported for the list and custom analysis rules only."
)


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
        """Return the answer of the operations on it, after ``owner``, which names its table."""
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
        return {name for _, names in COLUMN_LISTS[self.type](self.content) for name in names}


def refuse_outside_s3(rule_type: str, reference: dict[str, Any]) -> None:
    """Refuse a rule of a type that only tables in S3 can have.

    Source of the rule: user guide, "Analysis rules in AWS Clean Rooms"; the error is
    inferred [CR-58]. A table in S3 is one that AWS Glue describes.

    Raises:
        ValidationException: the type is not CUSTOM, and the table is elsewhere.
    """
    (kind,) = reference
    if rule_type != "CUSTOM" and kind != "glue":
        raise ValidationException(
            f"Analysis rules of type {rule_type} are supported for tables in Amazon S3 only, not"
            f" for {kind}.",
            field="analysisRuleType",
        )


def content_of(rule_type: str, policy: dict[str, Any]) -> dict[str, Any]:
    """Return a policy without its version and type.

    Raises:
        ValidationException: it is a policy of another type (inferred [CR-51]).
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
    """Return the rule of a table and that of an association merged into one policy.

    Both may name receivers of results; a receiver has to be named by both
    (inferred [CR-66]).
    """
    ours, theirs = rule.content, collaboration_rule.content
    both = {**ours, **theirs}
    if _RECEIVERS in ours and _RECEIVERS in theirs:
        both[_RECEIVERS] = [one for one in theirs[_RECEIVERS] if one in ours[_RECEIVERS]]
    return both


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
        yield "outputColumnThresholds", output_columns(each)
    yield from content.get("comparisonControls", {}).items()


COLUMN_LISTS: dict[str, Callable[[dict[str, Any]], ColumnLists]] = {
    "AGGREGATION": _columns_of_aggregation,
    "LIST": _columns_of_list,
    "CUSTOM": _columns_of_custom,
}


def kilobytes(policy: dict[str, Any]) -> int:
    """Return how many kilobytes a policy takes, rounded up."""
    return -(-len(json.dumps(policy)) // 1024)


def output_columns(threshold: dict[str, Any]) -> list[str]:
    """Return the output columns that an aggregation threshold names."""
    return [each["outputColumnName"] for each in threshold.get("outputColumnThresholds", ())]
