"""Whether controls are enabled, per standard, and who has decided it.

An association of a control with a standard, and the standards control of the older operations, are
one state. It is kept with the subscription to the standard, and only where it differs from what
enabling the standard brings: all controls enabled. What a configuration policy decides on all
controls is kept as its lists.

Sources: the user guide on enabling and disabling controls and standards, on configuration policies,
on controls of global resources.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from membership_mock.engine.pipeline.context import Context
from membership_mock.securityhub.controls import catalogue
from membership_mock.securityhub.controls.catalogue import SecurityControl, StandardsControl
from membership_mock.securityhub.controls.known_controls import KnownControls
from membership_mock.securityhub.families import SecurityHubFamily
from membership_mock.securityhub.relationships.deferred_rollouts import DeferredRollouts
from membership_mock.securityhub.standards.control_settings import (
    ControlsByPolicy,
    ControlSetting,
    Status,
)
from membership_mock.securityhub.standards.standards import (
    Standards,
    StandardsStore,
    Subscription,
)


class ControlStates(SecurityHubFamily):
    """Which controls of an account are enabled in this region, for the other families."""

    def subscriptions(self, account_id: str) -> Iterator[Subscription]:
        """Yield an account's subscriptions in their order, without those that are being deleted."""
        self.of(DeferredRollouts).catch_up(account_id)
        for each in self.store(StandardsStore).of(account_id).values():
            if each.deleting_since is None:
                yield each

    def ready(self, subscription: Subscription, ctx: Context) -> bool:
        """Return whether the controls of a subscription can be listed and set.

        They cannot while it is pending. The question is a look at it, after which it may settle,
        so that code which asks until there are controls comes to an end.
        """
        pending = subscription.pending(ctx.now)
        self.store(StandardsStore).see(subscription, ctx.now, ctx.world)
        return not pending and subscription.deleting_since is None

    def setting(self, subscription: Subscription, requirement: StandardsControl) -> ControlSetting:
        """Return whether a control is enabled in a standard, since when, and why."""
        found = self.store(StandardsStore).settings_of(subscription).get(requirement.arn_id)
        if found is not None:
            return found
        since, policy = subscription.enabled_at, subscription.policy
        status: Status = "ENABLED"
        control_id = requirement.security_control_id
        if policy is not None:
            since = policy.updated_at
            status = "ENABLED" if self._lets(policy, control_id) else "DISABLED"
        released_at = self.of(KnownControls).released_at(control_id)
        return ControlSetting(status, max(since, released_at) if released_at else since)

    def association(
        self, subscription: Subscription, requirements: Sequence[StandardsControl]
    ) -> ControlSetting:
        """Return the setting of a control that a standard may have for several requirements.

        It is ENABLED while it is so for one of them (inferred [SH-198]); the latest change of those
        counts.
        """
        found = [self.setting(subscription, each) for each in requirements]
        enabled = [each for each in found if each.status == "ENABLED"]
        return max(enabled or found, key=lambda each: each.updated_at)

    def put(
        self,
        account_id: str,
        subscription: Subscription,
        requirements: Iterable[StandardsControl],
        setting: ControlSetting,
    ) -> None:
        """Set a control in one standard, for some of the requirements that it is there for.

        Those who follow what happens to controls are told if it is disabled.
        """
        for each in requirements:
            self.store(StandardsStore).set_control(subscription, each.arn_id, setting)
            if setting.status == "DISABLED":
                for follower in self.followers():
                    follower.controls_disabled(
                        account_id, setting.updated_at, each.security_control_id
                    )

    def is_enabled(self, account_id: str, control: SecurityControl) -> bool:
        """Return whether a control is enabled in one enabled standard at least.

        The rule is inferred [SH-127].
        """
        return any(True for _ in self.enabled_requirements(account_id, control))

    def enabled_requirements(
        self, account_id: str, control: SecurityControl
    ) -> Iterator[tuple[Subscription, StandardsControl]]:
        """Yield the requirements that a control is enabled for, each after the subscription."""
        if not control.is_available(self.backend.region_name):
            return
        for subscription in self.subscriptions(account_id):
            for each in control.standards.get(subscription.resource, ()):
                if self.setting(subscription, each).status == "ENABLED":
                    yield subscription, each

    def apply_policy(
        self,
        account_id: str,
        enabled: list[str] | None,
        disabled: list[str] | None,
        regions: list[str],
        now: datetime,
    ) -> None:
        """Let a configuration policy decide on all controls of an account in this region.

        What the account has set itself is overwritten. What the policy has decided before and is
        unchanged since stays as it is.

        Args:
            account_id: the account; it is subscribed to the standards of the policy already.
            enabled: the controls that the policy enables, if it disables all others.
            disabled: the controls that it disables, if it enables all others.
            regions: the regions that the policy reaches, the home region first.
            now: when that happens.
        """
        wanted = ControlsByPolicy(
            None if enabled is None else tuple(enabled),
            None if disabled is None else tuple(disabled),
            tuple(regions),
            now,
        )
        store = self.store(StandardsStore)
        changed = False
        for subscription in self.subscriptions(account_id):
            before = subscription.policy
            is_set = bool(store.settings_of(subscription))
            if before is None or is_set or not before.decides_as(wanted):
                store.put(replace(subscription, policy=wanted))
                store.settings.pop(subscription.standards_subscription_arn, None)
                changed = True
        for follower in self.followers() if changed else ():
            follower.controls_disabled(account_id, now)

    def _lets(self, policy: ControlsByPolicy, control_id: str) -> bool:
        """Return whether a policy enables a control in this region.

        Controls of global resources are enabled in one region only (documented).
        """
        if not policy.names(control_id):
            return False
        control = catalogue.security_controls().get(control_id)
        if control is None or not control.checks_global:
            return True
        region = self.backend.region_name
        return control_id in catalogue.checked_here(region, policy.regions)


def requirements_of(
    control: SecurityControl, subscription: Subscription, region: str
) -> Sequence[StandardsControl]:
    """Return a control as a subscribed standard has it in a region; nothing if it has not."""
    if not control.is_available(region):
        return ()
    return control.standards.get(subscription.resource, ())


def standard_named(standards: Standards, arn: str) -> str | None:
    """Return the standard that an ARN names, such as ``pci-dss/v/3.2.1``; None for no standard.

    Its region and its account do not matter (documented by examples that leave them out, or have
    them where the answer has not).
    """
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or parts[2] != "securityhub":
        return None
    if parts[5].partition("/")[0] not in ("standards", "ruleset"):
        return None
    found = standards.find(arn)
    return found.resource if found else None
