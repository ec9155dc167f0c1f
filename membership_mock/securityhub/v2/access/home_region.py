"""The regions that an account sees in Security Hub V2, and checks for its home region.

Sources: the user guide on aggregation; an observed refusal of GetAggregatorV2.
"""

from __future__ import annotations

from membership_mock.engine.pipeline.operation import Family
from membership_mock.securityhub.errors import ConflictException
from membership_mock.securityhub.v2.access.delegation import DelegationV2
from membership_mock.securityhub.v2.stores.aggregator_store import (
    AggregatorV2,
    AggregatorV2Store,
)

#: observed, but for the middle, which the source abridges
NOT_THE_HOME_REGION = "The current Region {here} does not match the aggregation Region {home}"


class HomeRegionV2(Family):
    """The home region of the caller, and the regions that are linked to it."""

    def aggregator(self) -> AggregatorV2 | None:
        """Return the aggregator that is in force for the caller; None without one.

        That of an account whose organization another account administers is not
        (inferred [SH-232]).
        """
        store = self.store_if_any(AggregatorV2Store)
        found = store.aggregators.get(self.backend.account_id) if store else None
        return None if found is None or self.of(DelegationV2).is_led() else found

    def regions(self) -> dict[str, int | None]:
        """Return the regions whose findings the caller sees here.

        Returns:
            For each region the number of the last arrival that is seen, None for all of them. The
            linked regions are among them in the home region; those that were linked once have left
            copies behind.
        """
        here = self.backend.region_name
        seen: dict[str, int | None] = {here: None}
        store = self.store_if_any(AggregatorV2Store)
        if store is None:
            return seen
        seen.update(store.copies.get((self.backend.account_id, here), {}))
        aggregator = self.aggregator()
        if aggregator is not None and aggregator.aggregation_region == here:
            seen.update(dict.fromkeys(aggregator.linked_regions))
        seen[here] = None
        return seen

    def refuse_linked(self) -> None:
        """Refuse what is done in the home region only, if this region is linked to another one.

        Raises:
            ConflictException: it is.
        """
        aggregator = self.aggregator()
        here = self.backend.region_name
        if aggregator is not None and here in aggregator.linked_regions:
            raise not_the_home_region(here, aggregator.aggregation_region)


def not_the_home_region(here: str, home: str) -> ConflictException:
    """Return the error for what only the home region may do."""
    return ConflictException(NOT_THE_HOME_REGION.format(here=here, home=home))
