"""The events of which families of Security Hub notify each other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family
from membership_mock.securityhub.relationships.aggregation import FindingAggregator


class SecurityHubFamily(Family):
    """A family that follows what happens to hubs, linked regions and findings; by default nothing.

    The methods are called on the backend of whoever acts, which may be another account's.
    """

    def followers(self) -> Iterator[SecurityHubFamily]:
        """Yield every family of this backend that follows such events."""
        for kind in self.backend.families:
            if issubclass(kind, SecurityHubFamily):
                yield self.of(kind)

    def hub_enabled(self, account_id: str, now: datetime, *, default_standards: bool) -> None:
        """Follow the new hub of an account in this region.

        Args:
            account_id: whose hub it is.
            now: when it was enabled.
            default_standards: whether the standards that come with a hub were asked for.
        """

    def hub_disabling(self, account_id: str) -> None:
        """Remove what does not outlive the hub of an account in this region."""

    def has_connector(self, provider: str, now: datetime) -> bool:
        """Return whether this account has an enabled connector to another cloud in this region."""
        del provider, now
        return False

    def regions_unlinked(self, before: FindingAggregator, after: FindingAggregator | None) -> None:
        """Follow the change of a finding aggregator, called in its home region.

        Args:
            before: the aggregator as it was.
            after: what it has become; None once it is deleted.
        """

    def controls_disabled(
        self, account_id: str, now: datetime, control_id: str | None = None
    ) -> None:
        """Follow that controls are no longer enabled in a standard of an account in this region.

        Args:
            account_id: whose controls they are.
            now: when that happened.
            control_id: the only control that it may be; None for any of them.
        """

    def accounts_with_control_findings(self) -> Collection[str]:
        """Return the accounts in this region for which `controls_disabled` changes findings."""
        return ()

    def finding_imported(
        self, ctx: Context, given: Mapping[str, Any], identity: tuple[str, str]
    ) -> None:
        """Follow a finding of this account that was imported, or a new version of one.

        Args:
            ctx: the request that imported it, which may be another account's.
            given: the finding as the provider sent it.
            identity: its ProductArn and Id, by which it is kept.
        """

    def finding_archived(self, account_id: str, identity: tuple[str, str], now: datetime) -> None:
        """Follow a finding of an account in this region that the service itself has archived.

        Args:
            account_id: whose finding it is.
            identity: product ARN and id of the finding.
            now: when that happened.
        """
