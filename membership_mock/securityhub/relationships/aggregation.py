"""What a finding aggregator is: a home region, and the regions that are linked to it.

An account has one at the most, whatever the region; a member uses its administrator's.

Sources: API page CreateFindingAggregator and the user guide on cross-Region aggregation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import field

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.protocol.regions import REGIONS_WITHOUT_OPT_IN, partition_of
from membership_mock.engine.state.summary import Summary, View, listed, one
from membership_mock.engine.state.world import Scope, Store

#: whether each linking mode comes with a list of regions
TAKES_REGIONS: dict[str, bool] = {
    "ALL_REGIONS": False,
    "ALL_REGIONS_EXCEPT_SPECIFIED": True,
    "SPECIFIED_REGIONS": True,
    "NO_REGIONS": False,
}

_REGION = re.compile(r"[a-z]+(?:-[a-z]+)+-\d+")


def is_region(name: str, partition: str) -> bool:
    """Return whether ``name`` reads like a region of ``partition``; AWS adds new ones any time."""
    return _REGION.fullmatch(name) is not None and partition_of(name) == partition


@dataclass
class FindingAggregator:
    """A finding aggregator; the fields are those of GetFindingAggregator.

    Attributes:
        account_id: the account that created it.
    """

    account_id: str
    finding_aggregator_arn: str
    finding_aggregation_region: str
    region_linking_mode: str
    regions: list[str]

    @property
    def partition(self) -> str:
        """The partition that all its regions lie in."""
        return str(partition_of(self.finding_aggregation_region))

    def links(self, region: str) -> bool:
        """Return whether ``region`` is linked to the home region; it is not linked to itself."""
        mode = self.region_linking_mode
        if region == self.finding_aggregation_region or partition_of(region) != self.partition:
            return False
        if mode == "ALL_REGIONS_EXCEPT_SPECIFIED":
            return region not in self.regions
        return mode == "ALL_REGIONS" or (mode == "SPECIFIED_REGIONS" and region in self.regions)

    def reaches(self, region: str) -> bool:
        """Return whether ``region`` is the home region or linked to it."""
        return region == self.finding_aggregation_region or self.links(region)

    def regions_reached(self, in_use: Iterable[str] = ()) -> list[str]:
        """Return the home region and after it the linked ones.

        Args:
            in_use: regions that the account has opted into, as far as one can tell.
        """
        known = {*REGIONS_WITHOUT_OPT_IN.get(self.partition, ()), *in_use, *self.regions}
        return [self.finding_aggregation_region, *filter(self.links, sorted(known))]


@dataclass
class FindingAggregatorStore(Store, scope=Scope.PARTITION):
    """The finding aggregators of all accounts, by account."""

    rank = 4
    aggregators: dict[str, FindingAggregator] = field(default_factory=dict)

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each finding aggregator, in its home region."""
        del key, view
        for account_id, each in self.aggregators.items():
            regions = f": {listed(each.regions)}" if each.regions else ""
            text = f"finding aggregator {each.region_linking_mode}{regions}"
            yield Summary(account_id, each.finding_aggregation_region, "securityhub", one(text))
