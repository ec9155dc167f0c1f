"""Checks policies of the type CUSTOM, of configured tables and of intermediate tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from membership_mock.cleanrooms.collaborations.abilities import RECEIVE_RESULTS
from membership_mock.cleanrooms.collaborations.collaboration_store import VISIBLE, Collaboration
from membership_mock.cleanrooms.errors import ValidationException
from membership_mock.cleanrooms.tables.analysis_rule import ANY_JOB, ANY_QUERY, output_columns

#: the types of an identity column; the last two are what Snowflake calls varchar and char as well
_TEXT_TYPES = frozenset({"string", "varchar", "char", "text", "character"})


def check_custom(content: dict[str, Any]) -> None:
    """Refuse a policy that contradicts itself, without looking at columns.

    Raises:
        ValidationException: it does (inferred [CR-186]).
    """
    allowed = content.get("allowedAnalyses", ())
    if ANY_QUERY in allowed and not content.get("allowedAnalysisProviders"):
        raise contradiction("Allowed analysis providers are required for ANY_QUERY.")
    privacy = "differentialPrivacy" in content
    only_jobs = bool(allowed) and set(allowed) == {ANY_JOB}
    for name in ("aggregationThresholds", "comparisonControls"):
        if name in content and (privacy or only_jobs):
            raise contradiction(
                f"{name} cannot be used with differential privacy, or when only jobs are allowed."
            )
    identity = {
        name
        for each in content.get("aggregationThresholds", ())
        for name in each["identityColumns"]
    }
    literal = content.get("comparisonControls", {}).get("allowedLiteralComparisonColumns", ())
    if identity & set(literal):
        raise contradiction(
            "The identity column of a threshold cannot be compared with literals:"
            f" {', '.join(sorted(identity & set(literal)))}."
        )


def check_threshold(types: Mapping[str, str], threshold: dict[str, Any]) -> None:
    """Refuse an aggregation threshold that contradicts itself or the columns.

    Source: the model's texts on AggregationThreshold and OutputColumnThreshold.

    Args:
        types: the types of the columns, as far as they are known.
        threshold: the threshold.

    Raises:
        ValidationException: it does (inferred [CR-53, CR-186]).
    """
    for name in threshold["identityColumns"]:
        kind = types.get(name)
        if kind is not None and kind.partition("(")[0].strip().lower() not in _TEXT_TYPES:
            raise contradiction(
                f"The identity column {name} has the type {kind}; it must be string, varchar, or"
                " char."
            )
    names = output_columns(threshold)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise contradiction(
            f"outputColumnThresholds can specify each column only once: {', '.join(twice)}."
        )
    if any(
        each["minimumIdentityCount"] == 1 for each in threshold.get("outputColumnThresholds", ())
    ):
        raise contradiction(
            "The minimumIdentityCount of an output column must be 0, or 2 or greater."
        )


def check_receivers(collaboration: Collaboration, receivers: Iterable[str]) -> None:
    """Refuse receivers of results who cannot receive any.

    Raises:
        ValidationException: an account is not a member with that ability (inferred [CR-61]).
    """
    for account_id in receivers:
        member = collaboration.member(account_id)
        if (
            member is None
            or member.status not in VISIBLE
            or RECEIVE_RESULTS not in member.abilities
        ):
            raise contradiction(
                f"Account {account_id} is not a member of the collaboration who can receive"
                " results."
            )


def contradiction(message: str) -> ValidationException:
    """Return the error for a contradictory policy."""
    return ValidationException(message, field="analysisRulePolicy")
