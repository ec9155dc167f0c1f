"""Hubs: an account that has one in a region is subscribed to Security Hub there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from membership_mock.engine.operation import Family
from membership_mock.engine.world import Scope, Store
from membership_mock.securityhub.errors import not_subscribed


@dataclass
class Hub:
    """A hub; fields that are not explained are those of DescribeHub.

    Attributes:
        account_id: whose hub it is.
        subscribed_at: when it was enabled.
    """

    account_id: str
    hub_arn: str
    subscribed_at: datetime
    auto_enable_controls: bool = True
    control_finding_generator: str = "SECURITY_CONTROL"
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class HubStore(Store, scope=Scope.REGION):
    """The hubs of all accounts in a region, by account."""

    hubs: dict[str, Hub] = field(default_factory=dict)


class Hubs(Family):
    """The operations on hubs."""

    def require(self) -> Hub:
        """Return the caller's hub in this region.

        Raises:
            InvalidAccessException: there is none.
        """
        hub = self.of_account(self.backend.account_id)
        if hub is None:
            raise not_subscribed(self.backend.account_id)
        return hub

    def of_account(self, account_id: str) -> Hub | None:
        """Return the hub of an account in this region; None if it has none."""
        return self.store(HubStore).hubs.get(account_id)

    def enable(
        self,
        account_id: str,
        *,
        default_standards: bool,
        now: datetime,
        control_finding_generator: str | None = None,
        tags: dict[str, str] | None = None,
    ) -> Hub:
        """Return the hub of an account in this region, which is enabled if there was none."""
        raise NotImplementedError

    def disable(self, account_id: str, now: datetime) -> None:
        """Take the hub of an account in this region away, with all that goes with it."""
        raise NotImplementedError
