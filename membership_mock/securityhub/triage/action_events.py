"""The events of custom actions, which an analyst sends to EventBridge in the console.

Source: the user guide's pages on event types and event formats: each finding in an event of its
own, at most 20 findings and 100 results of an insight at a time. No operation of the API does that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family
from membership_mock.securityhub.findings.finding_store import Finding
from membership_mock.securityhub.findings.findings import Findings
from membership_mock.securityhub.triage.action_targets import ActionTarget, ActionTargetStore
from membership_mock.securityhub.triage.insights import Insights

FINDINGS_EVENT = "Security Hub Findings - Custom Action"
INSIGHT_EVENT = "Security Hub Insight Results"

#: Source: user guide.
MOST_FINDINGS = 20
MOST_RESULTS = 100


class ActionEvents(Family):
    """The use of custom actions by this account in this region."""

    def target(self, name: str) -> ActionTarget | None:
        """Return a custom action by its ARN, its id or its name; None if there is none."""
        for each in self.store(ActionTargetStore).targets.values():
            if name in (
                each.action_target_arn,
                each.action_target_arn.rpartition("/")[2],
                each.name,
            ):
                return each
        return None

    def targets(self) -> list[str]:
        """Return the ids of the custom actions."""
        held = self.store(ActionTargetStore).targets
        return [arn.rpartition("/")[2] for arn in held]

    def finding(self, ctx: Context, finding_id: str) -> Finding | None:
        """Return a finding that this account sees from here, by its id; None if there is none."""
        for part in self.of(Findings).visible(ctx.now):
            for each in part.index.by_id.get(finding_id, ()):
                if part.shows(each):
                    return each
        return None

    def send_findings(
        self, ctx: Context, target: ActionTarget, findings: Sequence[Finding]
    ) -> None:
        """Send one event for each finding."""
        for finding in findings:
            detail = {**_action(target), "findings": [finding.fields]}
            ctx.emit(FINDINGS_EVENT, [target.action_target_arn], detail)

    def send_insight(self, ctx: Context, target: ActionTarget, insight_arn: str) -> None:
        """Send the results of an insight, as they are now.

        Raises:
            ServiceError: the account has no such insight here.
        """
        insights = self.of(Insights)
        results = insights.get_insight_results(ctx, insight_arn)["InsightResults"]
        values: list[Mapping[str, Any]] = results["ResultValues"][:MOST_RESULTS]
        detail = {
            **_action(target),
            "insightArn": insight_arn,
            "insightName": insights.name_of(ctx, insight_arn),
            "resultType": results["GroupByAttribute"],
            "number of results": str(len(values)),
            "insightResults": [{each["GroupByAttributeValue"]: each["Count"]} for each in values],
        }
        ctx.emit(INSIGHT_EVENT, [target.action_target_arn], detail)


def _action(target: ActionTarget) -> dict[str, Any]:
    return {"actionName": target.name, "actionDescription": target.description}
