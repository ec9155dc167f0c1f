"""The aggregators of Security Hub V2."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.summary import Summary, View, listed, one
from membership_mock.engine.state.world import Scope, Store


@dataclass
class AggregatorV2:
    """An aggregator; the fields are those of GetAggregatorV2.

    Attributes:
        account_id: the account that created it.
        tags: the value of each tag by its key.
    """

    account_id: str
    aggregator_v2_arn: str
    aggregation_region: str
    region_linking_mode: str
    linked_regions: list[str]
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class AggregatorV2Store(Store, scope=Scope.PARTITION):
    """The aggregators of all accounts.

    Attributes:
        aggregators: by the account that created it.
        copies: by account and home region: the regions that are no longer linked, and up to which
            number of the order of arrival their findings stay visible there.
    """

    rank = 21
    aggregators: dict[str, AggregatorV2] = field(default_factory=dict)
    copies: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each aggregator, in its home region."""
        del key, view
        for account_id, each in self.aggregators.items():
            text = f"aggregator V2: {listed(each.linked_regions) or 'no linked Regions'}"
            yield Summary(account_id, each.aggregation_region, "securityhub", one(text))
