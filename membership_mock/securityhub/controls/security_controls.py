"""The operations on security controls: their definitions and their parameters.

A security control is the same check in all standards that have it.

Sources: API pages of the four operations, published CLI examples; what they leave open is marked
inferred.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.securityhub.controls import parameters
from membership_mock.securityhub.controls.catalogue import SecurityControl
from membership_mock.securityhub.controls.control_states import ControlStates, standard_named
from membership_mock.securityhub.controls.customizations import Customizations
from membership_mock.securityhub.controls.known_controls import KnownControls
from membership_mock.securityhub.controls.refusals import (
    STILL_UPDATING,
    ItemRefused,
    check_size,
    invalid_standard,
    unavailable,
)
from membership_mock.securityhub.errors import ResourceInUseException, ResourceNotFoundException
from membership_mock.securityhub.hubs.hubs import Hubs
from membership_mock.securityhub.standards.standards import Standards

#: all controls of the catalogue are for AWS; those for other clouds are not in it
PROVIDER = "AWS"
#: Source: API page ListSecurityControlDefinitions.
PAGE = 25


class SecurityControls(Family):
    """The operations on security controls."""

    @operation(
        "ListSecurityControlDefinitions",
        page_size=PAGE,
        differs="Controls for Azure and Google Cloud are not listed; descriptions are the titles.",
    )
    def list_security_control_definitions(
        self,
        ctx: Context,
        standards_arn: str | None = None,
        providers: list[str] | None = None,
    ) -> dict[str, Listing[SecurityControl]]:
        """Return the definitions of all controls, or those of a standard, enabled or not.

        They are in the byte order of their ids.

        Raises:
            InvalidInputException: there is no such standard (text documented for another
                operation).
        """
        del ctx
        self.of(Hubs).require()
        found: Sequence[SecurityControl] = self.of(KnownControls).all()
        if standards_arn is not None:
            resource = standard_named(self.of(Standards), standards_arn)
            if resource is None:
                raise invalid_standard(standards_arn).as_error()
            found = [each for each in found if resource in each.standards]
        if providers and PROVIDER not in providers:
            found = ()
        return {
            "SecurityControlDefinitions": Listing(
                found, lambda each: each.id, show=lambda each: self._defined(each, listed=True)
            )
        }

    @operation("GetSecurityControlDefinition", differs="The description is the title.")
    def get_security_control_definition(
        self, ctx: Context, security_control_id: str
    ) -> dict[str, Any]:
        """Return the definition of a control, which is named by its id, not by an ARN.

        Raises:
            ResourceNotFoundException: there is no such control (text inferred [SH-192]).
        """
        del ctx
        self.of(Hubs).require()
        control = self.of(KnownControls).find(security_control_id)
        if control is None:
            raise ResourceNotFoundException(
                f"The security control {security_control_id} was not found"
            )
        return {"SecurityControlDefinition": self._defined(control, listed=False)}

    @operation("BatchGetSecurityControls", differs="The description is the title.")
    def batch_get_security_controls(
        self, ctx: Context, security_control_ids: list[str]
    ) -> dict[str, list[dict[str, Any]]]:
        """Return controls with their status and their parameters, in the order of the request.

        They are named by id or ARN; one that is named twice comes once (inferred [SH-126]). A
        control that is UPDATING is READY at the next read.
        """
        self.of(Hubs).require()
        check_size("SecurityControlIds", security_control_ids)
        found: dict[str, dict[str, Any]] = {}
        unprocessed = []
        for identifier in dict.fromkeys(security_control_ids):
            try:
                control = self.of(KnownControls).identified(identifier)
            except ItemRefused as refusal:
                unprocessed.append(
                    {
                        "SecurityControlId": identifier,
                        "ErrorCode": refusal.code,
                        "ErrorReason": refusal.reason,
                    }
                )
                continue
            if control.id not in found:
                found[control.id] = self._shown(ctx, control)
        return {"SecurityControls": list(found.values()), "UnprocessedIds": unprocessed}

    @operation("UpdateSecurityControl")
    def update_security_control(
        self,
        ctx: Context,
        security_control_id: str,
        parameters: dict[str, dict[str, Any]],
        last_update_reason: str | None = None,
    ) -> None:
        """Set parameters of a control; those that are not named keep their values (documented).

        The reason is that of the last update, so one without a reason clears it
        (inferred [SH-130]).

        Raises:
            AccessDeniedException: a configuration policy governs the caller, or the ARN is that of
                another account or Region (inferred [SH-203]).
            InvalidInputException: the control has no such parameter, it cannot have that value, or
                the Region does not have the control (rules documented, errors
                inferred [SH-128, SH-202]); then none is set.
            ResourceInUseException: the control is still UPDATING (the moment is inferred [SH-199]).
                The refusal counts as a read, so that a later try succeeds.
            ResourceNotFoundException: there is no such control.
        """
        self.of(Hubs).require()
        self.of(Hubs).require_not_centrally_managed()
        try:
            control = self.of(KnownControls).identified(security_control_id)
        except ItemRefused as refusal:
            raise refusal.as_error() from None
        check_parameters(control, parameters, ctx.region)
        customizations = self.of(Customizations)
        custom = customizations.of_control(ctx.account_id, control.id)
        if customizations.update_status(custom, ctx) == "UPDATING":
            raise ResourceInUseException(STILL_UPDATING.format(control.id))
        customizations.update(ctx.account_id, control.id, parameters, last_update_reason, ctx.now)

    def _defined(self, control: SecurityControl, *, listed: bool) -> dict[str, Any]:
        """Return the definition of a control; a list leaves its parameters out (documented)."""
        available = control.is_available(self.backend.region_name)
        answer: dict[str, Any] = {
            **described(control),
            "CurrentRegionAvailability": "AVAILABLE" if available else "UNAVAILABLE",
            "CustomizableProperties": ["Parameters"] if control.parameters else [],
        }
        if control.parameters and not listed:
            answer["ParameterDefinitions"] = {
                name: parameters.definition(control, each)
                for name, each in control.parameters.items()
            }
        return answer

    def _shown(self, ctx: Context, control: SecurityControl) -> dict[str, Any]:
        customizations = self.of(Customizations)
        custom = customizations.of_control(ctx.account_id, control.id)
        enabled = self.of(ControlStates).is_enabled(ctx.account_id, control)
        return {
            **described(control),
            "SecurityControlArn": self.of(KnownControls).arn(control.id),
            "SecurityControlStatus": "ENABLED" if enabled else "DISABLED",
            "UpdateStatus": customizations.update_status(custom, ctx),
            "Parameters": parameters.shown(control, custom.values if custom else {}),
            "LastUpdateReason": custom.reason if custom else None,
        }


def described(control: SecurityControl) -> dict[str, Any]:
    """Return what all answers about a control have in common."""
    return {
        "SecurityControlId": control.id,
        "Title": control.title,
        "Description": control.title,
        "RemediationUrl": control.remediation_url,
        "SeverityRating": control.severity,
        "Provider": PROVIDER,
    }


def check_parameters(
    control: SecurityControl, wanted: dict[str, dict[str, Any]], region: str
) -> None:
    """Refuse parameters that a control cannot have in a region, as UpdateSecurityControl does."""
    if not control.is_available(region):
        raise unavailable(control.id, region)
    parameters.check(control, wanted)
