"""The custom parameters of controls, which are the same in all standards that have a control.

Sources: API page UpdateSecurityControl; the user guide on custom parameters, and on what a
configuration policy does to them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.state.lifecycle import Progress
from membership_mock.securityhub.controls import parameters
from membership_mock.securityhub.controls.control_store import (
    STEPS,
    ControlStore,
    Customization,
)
from membership_mock.securityhub.controls.known_controls import KnownControls
from membership_mock.securityhub.families import SecurityHubFamily
from membership_mock.securityhub.relationships.deferred_rollouts import DeferredRollouts


class Customizations(SecurityHubFamily):
    """The custom parameters of the controls of this region, for the other families."""

    def of_control(self, account_id: str, control_id: str) -> Customization | None:
        """Return what an account has done to the parameters of a control; None for nothing."""
        self.of(DeferredRollouts).catch_up(account_id)
        return self.store(ControlStore).customizations(account_id).get(control_id)

    def values(self, account_id: str, control_id: str) -> dict[str, dict[str, Any]]:
        """Return the custom values of a control's parameters."""
        found = self.of_control(account_id, control_id)
        return found.values if found else {}

    def update_status(self, custom: Customization | None, ctx: Context) -> str:
        """Return READY or UPDATING; the question is a look, after which an update is over."""
        if custom is None:
            return "READY"
        custom.update.look(STEPS, ctx.now, ctx.world)
        return "UPDATING" if custom.is_updating(ctx.now) else "READY"

    def update(
        self,
        account_id: str,
        control_id: str,
        wanted: Mapping[str, Mapping[str, Any]],
        reason: str | None,
        now: datetime,
    ) -> None:
        """Set parameters of a control, which have been checked; it is UPDATING from now on."""
        self.of(DeferredRollouts).catch_up(account_id)
        values = parameters.merged(self.values(account_id, control_id), wanted)
        held = self.store(ControlStore).customized.setdefault(account_id, {})
        held[control_id] = Customization(values, reason, Progress([now]))

    def checked(self, account_id: str, control_id: str, now: datetime) -> None:
        """End the update of a control, whose check has run with the new values."""
        custom = self.of_control(account_id, control_id)
        if custom is not None and custom.is_updating(now):
            custom.update.take(now)

    def hub_disabling(self, account_id: str) -> None:
        """Reset all parameters of an account (documented)."""
        self.store(ControlStore).customized.pop(account_id, None)

    def apply_policy(
        self, account_id: str, listed: Sequence[Mapping[str, Any]], now: datetime
    ) -> None:
        """Let a configuration policy set the parameters of all controls of an account.

        A control that the policy does not list goes back to its defaults; of one that it lists, a
        parameter that is not named keeps its value (both documented). A control that this region
        does not have is passed over.

        Args:
            account_id: the account.
            listed: ``SecurityControlCustomParameters`` of the policy.
            now: when that happens.
        """
        wanted = {each["SecurityControlId"]: each.get("Parameters") or {} for each in listed}
        held = self.store(ControlStore).customizations(account_id)
        for control_id in [each for each in held if each not in wanted]:
            if held[control_id].values:
                held[control_id] = Customization({}, None, Progress([now]))
        for control_id, given in wanted.items():
            control = self.of(KnownControls).find(control_id)
            if control is None or not control.is_available(self.backend.region_name):
                continue
            before = self.values(account_id, control_id)
            if parameters.merged(before, given) != before:
                self.update(account_id, control_id, given, None, now)
