"""The hub of Security Hub V2: enabling, describing and disabling it, and its features.

Sources: the API pages of the five operations; observed answers of DescribeSecurityHubV2; what a
provider of Terraform reads back after each call. What they leave open is marked inferred.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, operation
from membership_mock.engine.pipeline.tagged_resource import TaggedResource
from membership_mock.engine.protocol.timestamps import WRITING
from membership_mock.securityhub.errors import AccessDeniedException
from membership_mock.securityhub.v2.access.subscription import SubscriptionV2
from membership_mock.securityhub.v2.arrivals.arrivals import ArrivalsV2
from membership_mock.securityhub.v2.stores.aggregator_store import AggregatorV2Store
from membership_mock.securityhub.v2.stores.connector_store import ConnectorV2Store
from membership_mock.securityhub.v2.stores.export_store import ExportStore
from membership_mock.securityhub.v2.stores.hub_store import FeatureState, HubV2, HubV2Store
from membership_mock.securityhub.v2.stores.ocsf_store import OcsfFindingStore
from membership_mock.securityhub.v2.stores.remediation_store import (
    RecommendationStore,
    RemediationStore,
)
from membership_mock.securityhub.v2.stores.rule_store import AutomationRuleV2Store
from membership_mock.securityhub.v2.stores.software_store import SoftwareStore

#: all features there are
FEATURES = ("NETWORK_SCANNING",)
#: rule documented for features, inferred [SH-261] for the hub; text inferred [SH-192]
MANAGED_BY_POLICY = "{} is managed by an organization policy."


class HubsV2(Family):
    """The operations on the hub."""

    @operation("EnableSecurityHubV2")
    def enable_security_hub_v2(
        self, ctx: Context, tags: dict[str, str] | None = None
    ) -> dict[str, str]:
        """Enable the caller's hub in this region, and return its ARN.

        A hub that is enabled already stays as it is, its tags included (inferred [SH-262]: the
        operation declares no conflict).
        """
        store = self.store(HubV2Store)
        hub = store.hubs.get(ctx.account_id)
        if hub is None:
            hub = store.hubs[ctx.account_id] = HubV2(
                account_id=ctx.account_id,
                hub_v2_arn=ctx.arn(f"hubv2/{ctx.world.uuid()}"),
                subscribed_at=ctx.now,
                tags=tags or {},
            )
            store.trials.setdefault(ctx.account_id, ctx.now)
            self.of(ArrivalsV2).open(ctx.now)
        return {"HubV2Arn": hub.hub_v2_arn}

    @operation("DescribeSecurityHubV2")
    def describe_security_hub_v2(self, ctx: Context) -> dict[str, Any]:
        """Return the caller's hub in this region, with all features there are.

        That a feature that was never switched shows as DISABLED, from the time of the hub on, is
        inferred [SH-263].

        Raises:
            ResourceNotFoundException: there is no hub (observed).
        """
        hub = self.of(SubscriptionV2).require_for_hub_operation(ctx)
        untouched = FeatureState(enabled=False, updated_at=hub.subscribed_at)
        states = {name: hub.features.get(name, untouched) for name in FEATURES}
        return {
            "HubV2Arn": hub.hub_v2_arn,
            # a string, unlike the timestamps of other operations
            "SubscribedAt": WRITING["iso8601"](hub.subscribed_at),
            "Features": {
                name: {
                    "FeatureStatus": "ENABLED" if state.enabled else "DISABLED",
                    "UpdatedAt": state.updated_at,
                }
                for name, state in states.items()
            },
        }

    @operation("DisableSecurityHubV2")
    def disable_security_hub_v2(self, ctx: Context) -> None:
        """Disable the caller's hub in this region; what V2 keeps there goes with it.

        Features and findings can no longer be reached (documented), so that aggregator, automation
        rules, connectors, export jobs and what customers noted on findings are gone
        (inferred [SH-264]). The older service keeps its findings. Without a hub nothing happens
        (inferred [SH-265]: the operation declares neither a conflict nor that something is
        missing).

        Raises:
            AccessDeniedException: an organization policy enabled the hub (inferred [SH-261]).
        """
        hub = self.of(SubscriptionV2).of_account(ctx.account_id)
        if hub is None:
            return
        if hub.by_policy:
            raise AccessDeniedException(MANAGED_BY_POLICY.format("Security Hub V2"))
        self._forget(ctx)

    @operation("EnableSecurityHubFeatureV2", optional=True)
    def enable_security_hub_feature_v2(self, ctx: Context, feature_name: str) -> None:
        """Switch a feature of the caller's hub on; on one that is on it changes nothing."""
        self._switch(ctx, feature_name, enabled=True)

    @operation("DisableSecurityHubFeatureV2", optional=True)
    def disable_security_hub_feature_v2(self, ctx: Context, feature_name: str) -> None:
        """Switch a feature of the caller's hub off; on one that is off it changes nothing."""
        self._switch(ctx, feature_name, enabled=False)

    def tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield the hub of this account and region."""
        hub = self.of(SubscriptionV2).of_account(self.backend.account_id)
        if hub is not None:
            yield TaggedResource(
                arn=hub.hub_v2_arn, tags=hub.tags, resource_type="securityhub:hubv2"
            )

    def _forget(self, ctx: Context) -> None:
        """Drop what V2 keeps of the caller in this region."""
        del self.store(HubV2Store).hubs[ctx.account_id]
        held = self.store(OcsfFindingStore).of(ctx.account_id, ctx.region)
        recommended = self.store(RecommendationStore)
        for uid in held.records if held else ():
            recommended.recommendations.pop(uid, None)
            recommended.planned.pop(uid, None)
        self.of(ArrivalsV2).close()
        aggregation = self.store(AggregatorV2Store)
        aggregation.copies.pop((ctx.account_id, ctx.region), None)
        aggregators = aggregation.aggregators
        aggregator = aggregators.get(ctx.account_id)
        if aggregator is not None and aggregator.aggregation_region == ctx.region:
            del aggregators[ctx.account_id]
        self.store(AutomationRuleV2Store).accounts.pop(ctx.account_id, None)
        self.store(ConnectorV2Store).accounts.pop(ctx.account_id, None)
        self.store(ExportStore).jobs.clear()
        for kept in (self.store(SoftwareStore).software, self.store(RemediationStore).targets):
            kept.get(ctx.region, {}).pop(ctx.account_id, None)

    def _switch(self, ctx: Context, name: str, *, enabled: bool) -> None:
        """Switch a feature.

        Raises:
            AccessDeniedException: an organization policy manages it (rule documented).
            ResourceNotFoundException: there is no hub (rule documented, error inferred [SH-266]).
        """
        hub = self.of(SubscriptionV2).require_for_hub_operation(ctx)
        if hub.by_policy:
            raise AccessDeniedException(MANAGED_BY_POLICY.format(f"Feature {name}"))
        state = hub.features.get(name)
        if state is None or state.enabled != enabled:
            hub.features[name] = FeatureState(enabled, ctx.now)
