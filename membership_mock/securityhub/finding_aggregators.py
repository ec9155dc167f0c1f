"""Finding aggregators: which region shows the findings of which others."""

from __future__ import annotations

from membership_mock.engine.operation import Family
from membership_mock.securityhub.aggregation import FindingAggregator, FindingAggregatorStore


class FindingAggregators(Family):
    """The operations on finding aggregators."""

    def of_account(self, account_id: str) -> FindingAggregator | None:
        """Return the finding aggregator that an account itself has created, in whatever region."""
        return self.store(FindingAggregatorStore).aggregators.get(account_id)

    def linked_regions(self, account_id: str) -> list[str]:
        """Return the regions whose findings an account sees in this one, besides those of here."""
        raise NotImplementedError
