"""New controls that AWS releases, and whether accounts have them enabled at once.

Sources: the user guide on enabling new controls automatically, and on configuration policies.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from membership_mock.engine.pipeline.operation import Backend, Family
from membership_mock.securityhub.controls.control_store import ReleasedControl, ReleasedControlStore
from membership_mock.securityhub.hubs.hubs import HubStore
from membership_mock.securityhub.relationships.central_configuration import Governance
from membership_mock.securityhub.relationships.deferred_rollouts import DeferredRollouts
from membership_mock.securityhub.standards.control_settings import ControlSetting
from membership_mock.securityhub.standards.standards import StandardsStore


class ControlReleases(Family):
    """The controls that AWS releases, for the author of a test."""

    def release(
        self, control_id: str, title: str, severity: str, standards: Sequence[str], now: datetime
    ) -> None:
        """Add a control to standards, in all accounts and regions.

        It is enabled where these standards are, unless ``AutoEnableControls`` of the hub is off
        (documented). In an account that a configuration policy governs, the policy decides.

        Args:
            control_id: its id, which must be new.
            title: its title.
            severity: its severity.
            standards: the standards, such as ``pci-dss/v/4.0.1``; they must exist.
            now: when that happens.
        """
        self.of(DeferredRollouts).catch_up_everywhere()
        world = self.backend.world
        released = ReleasedControl(control_id, title, severity, list(standards), now)
        self.store(ReleasedControlStore).controls[control_id] = released
        for (region,), hubs in world.stores(HubStore):
            for account_id, hub in hubs.hubs.items():
                there = self.backend.in_region(region, account_id)
                _set(there, released, enabled=hub.auto_enable_controls)


def _set(backend: Backend, released: ReleasedControl, *, enabled: bool) -> None:
    """Set a new control in the standards of an account, where that differs from the usual."""
    account_id = backend.account_id
    governance = backend.family(Governance)
    store = governance.store(StandardsStore)
    subscriptions = store.of(account_id).values()
    concerned = [each for each in subscriptions if each.resource in released.standards]
    if not concerned or governance.is_centrally_managed(account_id):
        return
    for subscription in concerned:
        if not enabled or subscription.policy is not None:
            setting = ControlSetting("ENABLED" if enabled else "DISABLED", released.released_at)
            store.set_control(subscription, released.id, setting)
