"""The status of an associated table: whether it is ready for analyses, and if not, why.

Source: the model's reason codes; user guide, "Add a collaboration analysis rule": both the table
and the association need their rule (observed as well). The code of each state, and all
texts, are inferred [CR-65, CR-84].
"""

from __future__ import annotations

from typing import Any

from membership_mock.cleanrooms.tables.analysis_rule import ANY_QUERY
from membership_mock.cleanrooms.tables.configured_tables import ConfiguredTable
from membership_mock.cleanrooms.tables.table_associations import TableAssociation

DIRECT = "DIRECT_ANALYSIS"
ADDITIONAL = "ADDITIONAL_ANALYSIS"

#: the codes that this mock can give, with their texts
REASONS = {
    "ANALYSIS_RULE_MISSING": (
        "The configured table has no analysis rule: configure it with"
        " CreateConfiguredTableAnalysisRule."
    ),
    "ANALYSIS_TEMPLATES_NOT_CONFIGURED": "The analysis rule allows no analyses.",
    "ANALYSIS_PROVIDERS_NOT_CONFIGURED": "The analysis rule allows no analysis providers.",
    "DIFFERENTIAL_PRIVACY_POLICY_NOT_CONFIGURED": (
        "The collaboration has no privacy budget template for differential privacy."
    ),
    "COLLABORATION_ANALYSIS_RULE_NOT_CONFIGURED": (
        "The configured table association has no collaboration analysis rule: configure it with"
        " CreateConfiguredTableAssociationAnalysisRule."
    ),
    "ANALYSIS_RULE_TYPES_NOT_COMPATIBLE": (
        "The collaboration analysis rule is not of the type of the configured table's rule."
    ),
    "RESULT_RECEIVERS_NOT_CONFIGURED": "The collaboration analysis rule names no result receivers.",
    "RESULT_RECEIVERS_NOT_ALLOWED": (
        "The analysis rule requires additional analyses, so results cannot be received."
    ),
    "ADDITIONAL_ANALYSES_NOT_CONFIGURED": (
        "The collaboration analysis rule names no additional analyses."
    ),
    "ADDITIONAL_ANALYSES_NOT_ALLOWED": "The analysis rule allows no additional analyses.",
}

#: the reasons that count when an intermediate table is used, not when it is filled (documented)
DEFERRED = frozenset(
    {
        "RESULT_RECEIVERS_NOT_CONFIGURED",
        "RESULT_RECEIVERS_NOT_ALLOWED",
        "ADDITIONAL_ANALYSES_NOT_CONFIGURED",
        "ADDITIONAL_ANALYSES_NOT_ALLOWED",
    }
)


def status_details(
    table: ConfiguredTable, association: TableAssociation, *, has_privacy_budget: bool
) -> list[dict[str, Any]]:
    """Return the status of the schema of ``association``, once per type of analysis.

    Direct analyses come first, unless the rule requires additional ones; these are listed when the
    rule allows them, or the association names some.

    Args:
        table: the configured table.
        association: the association.
        has_privacy_budget: whether the collaboration has a budget for differential privacy.
    """
    rule = table.rule
    if rule is None:
        return [_detail(DIRECT, None, ["ANALYSIS_RULE_MISSING"])]
    configurations = _configurations(rule.content)
    wanted = rule.content.get("additionalAnalyses", "NOT_ALLOWED")
    common = _reasons_of_rule(rule.type, rule.content, has_privacy_budget)
    collaboration_rule = association.rules.get(rule.type)
    if collaboration_rule is None:
        code = (
            "ANALYSIS_RULE_TYPES_NOT_COMPATIBLE"
            if association.rules
            else "COLLABORATION_ANALYSIS_RULE_NOT_CONFIGURED"
        )
        kind = ADDITIONAL if wanted == "REQUIRED" else DIRECT
        return [_detail(kind, rule.type, [*common, code], configurations)]
    receivers = collaboration_rule.content.get("allowedResultReceivers")
    analyses = collaboration_rule.content.get("allowedAdditionalAnalyses")
    details = []
    if wanted != "REQUIRED":
        reasons = [] if receivers else ["RESULT_RECEIVERS_NOT_CONFIGURED"]
        details.append(_detail(DIRECT, rule.type, [*common, *reasons], configurations))
    if wanted != "NOT_ALLOWED" or analyses:
        reasons = [] if analyses else ["ADDITIONAL_ANALYSES_NOT_CONFIGURED"]
        if wanted == "NOT_ALLOWED":
            reasons = ["ADDITIONAL_ANALYSES_NOT_ALLOWED"]
        if wanted == "REQUIRED" and receivers:
            reasons.append("RESULT_RECEIVERS_NOT_ALLOWED")
        details.append(_detail(ADDITIONAL, rule.type, [*common, *reasons], configurations))
    return details


def _reasons_of_rule(
    rule_type: str, content: dict[str, Any], has_privacy_budget: bool
) -> list[str]:
    reasons = []
    if rule_type == "CUSTOM":
        if not content["allowedAnalyses"]:
            reasons.append("ANALYSIS_TEMPLATES_NOT_CONFIGURED")
        if ANY_QUERY in content["allowedAnalyses"] and not content.get("allowedAnalysisProviders"):
            reasons.append("ANALYSIS_PROVIDERS_NOT_CONFIGURED")
        if "differentialPrivacy" in content and not has_privacy_budget:
            reasons.append("DIFFERENTIAL_PRIVACY_POLICY_NOT_CONFIGURED")
    return reasons


def _configurations(content: dict[str, Any]) -> list[str] | None:
    return ["DIFFERENTIAL_PRIVACY"] if "differentialPrivacy" in content else None


def _detail(
    analysis_type: str,
    rule_type: str | None,
    codes: list[str],
    configurations: list[str] | None = None,
) -> dict[str, Any]:
    reasons = [{"code": code, "message": REASONS[code]} for code in codes]
    return {
        "status": "NOT_READY" if codes else "READY",
        "reasons": reasons or None,
        "analysisRuleType": rule_type,
        "configurations": configurations,
        "analysisType": analysis_type,
    }
