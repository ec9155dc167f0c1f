"""What an analyst does in the console of Security Hub: custom actions."""

from __future__ import annotations

from collections.abc import Sequence

from membership_mock.errors import ServiceError, UsageError
from membership_mock.securityhub.hubs.hubs import Hubs
from membership_mock.securityhub.triage.action_events import MOST_FINDINGS, ActionEvents
from membership_mock.securityhub.triage.action_targets import ActionTarget
from membership_mock.testing.argument_types import checking_arguments
from membership_mock.testing.arguments import naming_arguments
from membership_mock.testing.aws_side.side import Side

HUB = "securityhub"


@checking_arguments
@naming_arguments
class ActionSide(Side):
    """The console of Security Hub for one account in one region."""

    def use_custom_action(self, action: str, findings: str | Sequence[str]) -> None:
        """Send findings to EventBridge with a custom action, as an analyst does in the console.

        Each finding is in an event ``Security Hub Findings - Custom Action`` of its own.

        Args:
            action: the ARN, the id or the name of a custom action of this account and region.
            findings: the id of a finding that the account sees in this region, or up to 20 of them.

        Raises:
            UsageError: there is no such action or finding, the account has no hub here, or there
                are no findings or too many.
        """
        ids = [findings] if isinstance(findings, str) else list(findings)
        if not 1 <= len(ids) <= MOST_FINDINGS:
            raise UsageError(
                f"A custom action takes 1 to {MOST_FINDINGS} findings at a time, not {len(ids)}."
            )
        with self._running.world.lock:
            events, target = self._action(action)
            ctx = self._running.pipeline.new_context(
                HUB, "GetFindings", self._account, self._region
            )
            chosen = []
            for each in ids:
                found = events.finding(ctx, each)
                if found is None:
                    raise UsageError(
                        f"Account {self._account} sees no finding with the id {each!r} in"
                        f" {self._region}."
                    )
                chosen.append(found)
            events.send_findings(ctx, target, chosen)

    def send_insight_results(self, action: str, insight_arn: str) -> None:
        """Send the results of an insight to EventBridge with a custom action.

        It is one event ``Security Hub Insight Results`` with at most 100 results.

        Args:
            action: the ARN, the id or the name of a custom action of this account and region.
            insight_arn: the ARN of an insight of the account, or of a managed one.

        Raises:
            UsageError: there is no such action or insight, or the account has no hub here.
        """
        with self._running.world.lock:
            events, target = self._action(action)
            ctx = self._running.pipeline.new_context(
                HUB, "GetInsightResults", self._account, self._region
            )
            try:
                events.send_insight(ctx, target, insight_arn)
            except ServiceError as refusal:
                raise UsageError(
                    f"Account {self._account} has no insight {insight_arn!r} in {self._region}:"
                    f" {refusal.message}"
                ) from refusal

    def _action(self, name: str) -> tuple[ActionEvents, ActionTarget]:
        where = f"Account {self._account} in {self._region}"
        if self._family(HUB, Hubs).of_account(self._account) is None:
            raise UsageError(
                f"{where} has no hub: call EnableSecurityHub first, or"
                " mock.given.securityhub.hub(…)."
            )
        events = self._family(HUB, ActionEvents)
        target = events.target(name)
        if target is None:
            held = ", ".join(events.targets()) or "none"
            raise UsageError(
                f"{where} has no custom action {name!r}; it has: {held}. CreateActionTarget makes"
                " one."
            )
        return events, target
