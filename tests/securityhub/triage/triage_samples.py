"""Filters, rules and short words for what tests of triage ask again and again."""

from __future__ import annotations

from typing import Any

from tests.securityhub.findings.finding_samples import finding
from tests.securityhub.samples import IRELAND

PROWLER = f"arn:aws:securityhub:{IRELAND}::product/prowler/prowler"
FALCON = f"arn:aws:securityhub:{IRELAND}:517716713836:product/crowdstrike/crowdstrike-falcon"
LATER = "2026-02-02T00:00:00Z"


def equals(*values: str) -> list[dict[str, str]]:
    """Return the filters that ask for one of these values."""
    return [{"Value": value, "Comparison": "EQUALS"} for value in values]


def rule(client: Any, criteria: Any, order: int = 1, **update: Any) -> str:
    """Create an automation rule, and return its ARN."""
    options = {name: update.pop(name) for name in ("IsTerminal", "RuleStatus") if name in update}
    return str(
        client.create_automation_rule(
            RuleOrder=order,
            RuleName="a rule",
            Description="A rule of a test",
            Criteria=criteria,
            Actions=[{"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": update}],
            **options,
        )["RuleArn"]
    )


def change_rule(client: Any, arn: str, **changes: Any) -> None:
    """Change an automation rule."""
    items = [{"RuleArn": arn, **changes}]
    client.batch_update_automation_rules(UpdateAutomationRulesRequestItems=items)


def later(name: str = "one", **fields: Any) -> Any:
    """Return a later version of a finding."""
    return finding(name, **{"UpdatedAt": LATER, **fields})


def history(client: Any, identifier: Any, **window: Any) -> list[Any]:
    """Return the history of a finding."""
    answer = client.get_finding_history(FindingIdentifier=identifier, **window)
    return list(answer["Records"])


def groups(client: Any, arn: str) -> dict[str, int]:
    """Return what an insight counts, in the order in which it is shown."""
    results = client.get_insight_results(InsightArn=arn)["InsightResults"]
    return {one["GroupByAttributeValue"]: one["Count"] for one in results["ResultValues"]}
