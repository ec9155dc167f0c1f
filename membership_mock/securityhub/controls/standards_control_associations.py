"""The operations on the associations of controls with standards.

Sources: API pages of the three operations, published CLI and SDK examples; what they leave open is
marked inferred.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.securityhub.controls.catalogue import SecurityControl, StandardsControl
from membership_mock.securityhub.controls.control_states import (
    ControlStates,
    requirements_of,
    standard_named,
)
from membership_mock.securityhub.controls.known_controls import KnownControls
from membership_mock.securityhub.controls.refusals import (
    ItemRefused,
    check_size,
    invalid_standard,
    no_such_association,
)
from membership_mock.securityhub.controls.standards_controls import standards_control_arn
from membership_mock.securityhub.errors import InvalidInputException
from membership_mock.securityhub.hubs.hubs import Hubs
from membership_mock.securityhub.standards.control_settings import ControlSetting
from membership_mock.securityhub.standards.standards import Standards, Subscription

#: Source: API page ListStandardsControlAssociations.
PAGE = 25

#: a subscription, and a control as its standard has it
_Association = tuple[Subscription, Sequence[StandardsControl]]


class StandardsControlAssociations(Family):
    """The operations on the associations of controls with standards."""

    @operation(
        "ListStandardsControlAssociations",
        page_size=PAGE,
        differs="Descriptions are the titles.",
    )
    def list_standards_control_associations(
        self, ctx: Context, security_control_id: str
    ) -> dict[str, Listing[_Association]]:
        """Return the associations of a control with the standards that the caller has enabled.

        Standards that are not ready for updates are left out (documented); the call is a look at
        them. They are in the order of GetEnabledStandards (inferred [SH-125]).

        Raises:
            AccessDeniedException: the ARN is that of a control of another account or region
                (inferred [SH-203] from UpdateStandardsControl).
            InvalidInputException: there is no such control (inferred [SH-204]: no other error is
                modelled).
        """
        self.of(Hubs).require()
        try:
            control = self.of(KnownControls).identified(security_control_id)
        except ItemRefused as refusal:
            if refusal.code == "ACCESS_DENIED":
                raise refusal.as_error() from None
            raise InvalidInputException(refusal.reason) from None
        found = []
        for subscription in self.of(ControlStates).subscriptions(ctx.account_id):
            requirements = requirements_of(control, subscription, ctx.region)
            if requirements and self.of(ControlStates).ready(subscription, ctx):
                found.append((subscription, requirements))
        return {
            "StandardsControlAssociationSummaries": Listing(
                found, lambda each: each[0].sequence, show=lambda each: self._shown(control, *each)
            )
        }

    @operation("BatchGetStandardsControlAssociations", differs="Descriptions are the titles.")
    def batch_get_standards_control_associations(
        self, ctx: Context, standards_control_association_ids: list[dict[str, str]]
    ) -> dict[str, list[dict[str, Any]]]:
        """Return associations, in the order of the request; one that is asked twice comes once.

        Standards that are not ready for updates are unprocessed (documented); the call is a look
        at them.
        """
        self.of(Hubs).require()
        check_size("StandardsControlAssociationIds", standards_control_association_ids)
        ready = self._ready(ctx)
        details: dict[tuple[str, str], dict[str, Any]] = {}
        unprocessed = []
        for each in standards_control_association_ids:
            try:
                control, subscription, requirements = self._find(ctx, ready, each)
            except ItemRefused as refusal:
                unprocessed.append(
                    {
                        "StandardsControlAssociationId": each,
                        "ErrorCode": refusal.code,
                        "ErrorReason": refusal.reason,
                    }
                )
                continue
            details[control.id, subscription.standards_arn] = {
                **self._shown(control, subscription, requirements),
                "StandardsControlArns": [
                    standards_control_arn(subscription, one.arn_id) for one in requirements
                ],
            }
        return {
            "StandardsControlAssociationDetails": list(details.values()),
            "UnprocessedAssociations": unprocessed,
        }

    @operation("BatchUpdateStandardsControlAssociations")
    def batch_update_standards_control_associations(
        self, ctx: Context, standards_control_association_updates: list[dict[str, str]]
    ) -> dict[str, list[dict[str, Any]]]:
        """Enable and disable controls in standards; a refused change does not stop the others.

        A control that a standard has for two requirements is set for both (inferred [SH-198]); of
        several updates of one association the last one counts (inferred [SH-126]). A reason is not
        demanded, and may be given for enabling as well (both inferred [SH-131, SH-205]).

        Raises:
            AccessDeniedException: a configuration policy governs the caller (rule documented,
                text observed for other operations).
        """
        self.of(Hubs).require()
        self.of(Hubs).require_not_centrally_managed()
        check_size("StandardsControlAssociationUpdates", standards_control_association_updates)
        ready = self._ready(ctx)
        unprocessed = []
        for each in standards_control_association_updates:
            try:
                _, subscription, requirements = self._find(ctx, ready, each)
            except ItemRefused as refusal:
                unprocessed.append(
                    {
                        "StandardsControlAssociationUpdate": each,
                        "ErrorCode": refusal.code,
                        "ErrorReason": refusal.reason,
                    }
                )
                continue
            enabled = each["AssociationStatus"] == "ENABLED"
            setting = ControlSetting(
                "ENABLED" if enabled else "DISABLED", ctx.now, each.get("UpdatedReason")
            )
            self.of(ControlStates).put(ctx.account_id, subscription, requirements, setting)
        return {"UnprocessedAssociationUpdates": unprocessed}

    def _ready(self, ctx: Context) -> dict[str, Subscription]:
        """Return the subscriptions whose controls can be listed and set, by standard."""
        states = self.of(ControlStates)
        held = states.subscriptions(ctx.account_id)
        return {each.resource: each for each in held if states.ready(each, ctx)}

    def _find(
        self, ctx: Context, ready: dict[str, Subscription], item: dict[str, str]
    ) -> tuple[SecurityControl, Subscription, Sequence[StandardsControl]]:
        """Return the association that an item of a request names.

        Raises:
            ItemRefused: there is no such association, or a name is malformed.
        """
        resource = standard_named(self.of(Standards), item["StandardsArn"])
        if resource is None:
            raise invalid_standard(item["StandardsArn"])
        control = self.of(KnownControls).identified(item["SecurityControlId"])
        subscription = ready.get(resource)
        requirements = requirements_of(control, subscription, ctx.region) if subscription else ()
        if subscription is None or not requirements:
            raise no_such_association(control.id, item["StandardsArn"])
        return control, subscription, requirements

    def _shown(
        self,
        control: SecurityControl,
        subscription: Subscription,
        requirements: Sequence[StandardsControl],
    ) -> dict[str, Any]:
        setting = self.of(ControlStates).association(subscription, requirements)
        related = [text for each in requirements for text in each.related_requirements]
        return {
            "StandardsArn": subscription.standards_arn,
            "SecurityControlId": control.id,
            "SecurityControlArn": self.of(KnownControls).arn(control.id),
            "AssociationStatus": setting.status,
            "RelatedRequirements": related,
            "UpdatedAt": setting.updated_at,
            "UpdatedReason": setting.reason,
            "StandardsControlTitle": requirements[0].title,
            "StandardsControlDescription": requirements[0].title,
        }
