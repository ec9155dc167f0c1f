"""Which account of an organization is its Security Hub administrator, per region.

The operations are in ``organization_admin.py``; here is what the other families need to know.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from membership_mock.engine.moto_bridge import organization_of
from membership_mock.engine.operation import Family
from membership_mock.engine.world import Scope, Store

SERVICE_PRINCIPAL = "securityhub.amazonaws.com"


@dataclass
class DelegationStore(Store, scope=Scope.REGION):
    """The delegated administrators of a region, by the management account of the organization."""

    administrators: dict[str, str] = field(default_factory=dict)

    def outline(self, key: tuple[str, ...]) -> Iterator[str]:
        """Yield a line for each organization."""
        for management, administrator in self.administrators.items():
            yield f"{administrator} {' '.join(key)} administers the organization of {management}"


class Delegation(Family):
    """Who administers the caller's organization, for the other families."""

    def delegated_administrator(self) -> str | None:
        """Return the delegated administrator of the caller's organization in this region."""
        administrators = self.store(DelegationStore).administrators
        if not administrators:
            return None
        organization = organization_of(self.backend.account_id, self.backend.partition)
        if organization is None:
            return None
        administrator = administrators.get(organization.management_account_id)
        return administrator if administrator in organization.accounts else None
