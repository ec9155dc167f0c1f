"""The hubs of Security Hub V2, and when the free trial of each account began."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from datetime import datetime

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.summary import Summary, View, one
from membership_mock.engine.state.world import Scope, Store


@dataclass
class FeatureState:
    """Whether a feature of a hub is on, and since when it is as it is."""

    enabled: bool
    updated_at: datetime


@dataclass
class HubV2:
    """The hub of one account in one region.

    Attributes:
        account_id: whose hub it is.
        hub_v2_arn: its ARN.
        subscribed_at: when it was enabled.
        features: the features that were switched on or off, by name.
        tags: the value of each tag by its key.
        by_policy: whether an organization policy enabled it and manages its features.
    """

    account_id: str
    hub_v2_arn: str
    subscribed_at: datetime
    features: dict[str, FeatureState] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    by_policy: bool = False


@dataclass
class HubV2Store(Store, scope=Scope.REGION):
    """The hubs of all accounts in a region.

    Attributes:
        hubs: the hub of each account that has one.
        trials: when the free trial of each account began, which outlives the hub.
    """

    rank = 20
    hubs: dict[str, HubV2] = field(default_factory=dict)
    trials: dict[str, datetime] = field(default_factory=dict)

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each hub."""
        del view
        (region,) = key
        for account_id, hub in self.hubs.items():
            on = [name for name, state in hub.features.items() if state.enabled]
            features = f", features: {', '.join(sorted(on))}" if on else ""
            managed = ", by an organization policy" if hub.by_policy else ""
            yield Summary(account_id, region, "securityhub", one(f"hub V2{managed}{features}"))
