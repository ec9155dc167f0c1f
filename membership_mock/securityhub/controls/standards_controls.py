"""The older operations on the controls of a standard, by the ids that the standard gives them.

Sources: API pages of the two operations, published CLI examples; issues and test runs of clients
against the real service for the texts of refusals.
"""

from __future__ import annotations

import re
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.securityhub.controls.catalogue import StandardsControl
from membership_mock.securityhub.controls.control_states import ControlStates
from membership_mock.securityhub.controls.known_controls import KnownControls
from membership_mock.securityhub.controls.refusals import (
    NO_REASON,
    NO_SUCH_STANDARDS_CONTROL,
    NO_SUCH_SUBSCRIPTION,
    REASON_WITHOUT_DISABLING,
)
from membership_mock.securityhub.errors import (
    InvalidInputException,
    ResourceNotFoundException,
)
from membership_mock.securityhub.hubs.hubs import Hubs
from membership_mock.securityhub.resource_arns import check_own
from membership_mock.securityhub.standards.control_settings import ControlSetting
from membership_mock.securityhub.standards.standards import Standards, Subscription

#: a standard and a control id in what follows ``control/`` in an ARN
_CONTROL = re.compile(r"(.+/v/[^/]+)/([^/]+)")


class StandardsControls(Family):
    """The operations on the controls of a standard."""

    @operation("DescribeStandardsControls", differs="Descriptions are the titles.")
    def describe_standards_controls(
        self, ctx: Context, standards_subscription_arn: str
    ) -> dict[str, Listing[StandardsControl] | list[StandardsControl]]:
        """Return the controls of a standard that the caller has enabled.

        They are in the byte order of their ids (observed). The list is empty while the subscription
        is pending (documented); the call is a look at it. Controls that the Region does not have
        are left out (inferred [SH-206]).

        Raises:
            AccessDeniedException: the ARN is no subscription of the caller's account and Region
                (inferred [SH-116] from UpdateStandardsControl).
            InvalidInputException: it is not an ARN of Security Hub (inferred [SH-207]).
            ResourceNotFoundException: the standard is not enabled (text inferred [SH-192]).
        """
        self.of(Hubs).require()
        arn = standards_subscription_arn
        check_own(ctx, arn, "subscription/")
        subscription = self.of(Standards).held(ctx.account_id, ctx.now).get(arn)
        if subscription is None:
            raise ResourceNotFoundException(NO_SUCH_SUBSCRIPTION)
        if not self.of(ControlStates).ready(subscription, ctx):
            return {"Controls": []}
        return {
            "Controls": Listing(
                self.of(KnownControls).of_standard(subscription.resource),
                lambda each: each.control_id,
                show=lambda each: self._shown(subscription, each),
            )
        }

    @operation("UpdateStandardsControl")
    def update_standards_control(
        self,
        ctx: Context,
        standards_control_arn: str,
        control_status: str | None = None,
        disabled_reason: str | None = None,
    ) -> None:
        """Enable or disable a control in one standard.

        Neither a status nor a reason changes nothing (inferred [SH-136]). Setting what holds
        already renews the reason and the time (inferred [SH-135]). An empty reason counts as none:
        clients send it when they enable a control (observed).

        Raises:
            AccessDeniedException: the ARN is not one of the caller's account and Region
                (observed), or a configuration policy governs the caller.
            InvalidInputException: a reason is missing when disabling (documented), or given when
                enabling (observed).
            ResourceNotFoundException: there is no such control, or the standard is not enabled
                (observed), or not ready for updates (documented); the last one is a look at the
                subscription (inferred [SH-301]).
        """
        self.of(Hubs).require()
        self.of(Hubs).require_not_centrally_managed()
        check_own(ctx, standards_control_arn, "control/")
        resource = standards_control_arn.removeprefix(ctx.arn("control/"))
        reason = disabled_reason if disabled_reason and disabled_reason.strip() else None
        if control_status == "DISABLED" and reason is None:
            raise InvalidInputException(NO_REASON)
        if control_status != "DISABLED" and reason is not None:
            raise InvalidInputException(REASON_WITHOUT_DISABLING)
        subscription, control = self._find(ctx, resource)
        if control_status is not None:
            enabled = control_status == "ENABLED"
            setting = ControlSetting("ENABLED" if enabled else "DISABLED", ctx.now, reason)
            self.of(ControlStates).put(ctx.account_id, subscription, [control], setting)

    def _find(self, ctx: Context, resource: str) -> tuple[Subscription, StandardsControl]:
        parts = _CONTROL.fullmatch(resource)
        if parts is not None:
            standard, arn_id = parts.groups()
            states = self.of(ControlStates)
            for subscription in states.subscriptions(ctx.account_id):
                if subscription.resource != standard:
                    continue
                for control in self.of(KnownControls).of_standard(standard):
                    if control.arn_id == arn_id and states.ready(subscription, ctx):
                        return subscription, control
        raise ResourceNotFoundException(NO_SUCH_STANDARDS_CONTROL)

    def _shown(self, subscription: Subscription, control: StandardsControl) -> dict[str, Any]:
        setting = self.of(ControlStates).setting(subscription, control)
        security_control = self.of(KnownControls).find(control.security_control_id)
        disabled = setting.status == "DISABLED"
        return {
            "StandardsControlArn": standards_control_arn(subscription, control.arn_id),
            "ControlStatus": setting.status,
            "DisabledReason": setting.reason if disabled else None,
            "ControlStatusUpdatedAt": setting.updated_at,
            "ControlId": control.control_id,
            "Title": control.title,
            "Description": control.title,
            "RemediationUrl": security_control.remediation_url if security_control else None,
            "SeverityRating": security_control.severity if security_control else None,
            "RelatedRequirements": control.related_requirements,
        }


def standards_control_arn(subscription: Subscription, arn_id: str) -> str:
    """Return the ARN of a control in a standard that an account is subscribed to."""
    prefix, _, resource = subscription.standards_subscription_arn.partition(":subscription/")
    return f"{prefix}:control/{resource}/{arn_id}"
