"""The controls of a configuration policy, and their effect in an account.

Sources: the user guide on configuration policies, on custom parameters and on controls of global
resources; API page SecurityControlsConfiguration. Errors are inferred [SH-70].
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from membership_mock.engine.pipeline.operation import Family
from membership_mock.securityhub.controls import parameters
from membership_mock.securityhub.controls.control_states import ControlStates
from membership_mock.securityhub.controls.customizations import Customizations
from membership_mock.securityhub.controls.known_controls import KnownControls
from membership_mock.securityhub.controls.refusals import unknown_controls, unnamed_control

ENABLED = "EnabledSecurityControlIdentifiers"
DISABLED = "DisabledSecurityControlIdentifiers"
PARAMETERS = "SecurityControlCustomParameters"


class PolicyControls(Family):
    """The controls of configuration policies, for the family of the policies."""

    def check(self, controls: Mapping[str, Any]) -> None:
        """Refuse controls that do not exist, and parameters that they cannot have.

        Custom parameters of controls that the policy disables are taken (inferred [SH-134]).

        Args:
            controls: ``SecurityControlsConfiguration`` of the policy.

        Raises:
            InvalidInputException: there is such a control or parameter, or parameters of no
                control.
        """
        known = self.of(KnownControls)
        customs = controls.get(PARAMETERS) or ()
        if any("SecurityControlId" not in each for each in customs):
            raise unnamed_control(PARAMETERS)
        named = [
            *(controls.get(ENABLED) or ()),
            *(controls.get(DISABLED) or ()),
            *(each["SecurityControlId"] for each in customs),
        ]
        unknown = [each for each in named if known.find(each) is None]
        if unknown:
            raise unknown_controls(unknown)
        for each in customs:
            control = known.find(each["SecurityControlId"])
            if control is not None:
                parameters.check(control, each.get("Parameters") or {})

    def carry_out(
        self, account_id: str, controls: Mapping[str, Any], regions: list[str], now: datetime
    ) -> None:
        """Apply a policy to the controls of an account in this region.

        Args:
            account_id: the account; it is subscribed to the standards of the policy already.
            controls: ``SecurityControlsConfiguration`` of the policy.
            regions: the regions that the policy reaches, the home region first.
            now: when that happens.
        """
        self.of(ControlStates).apply_policy(
            account_id, controls.get(ENABLED), controls.get(DISABLED), regions, now
        )
        self.of(Customizations).apply_policy(account_id, controls.get(PARAMETERS) or (), now)
