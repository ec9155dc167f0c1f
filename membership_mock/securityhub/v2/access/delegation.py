"""The delegated administrator of Security Hub V2, which is the same in all regions.

Sources: the user guide on designating the administrator; observed answers that are the same in
every region.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.operation import Family
from membership_mock.engine.state.organizations import Organization
from membership_mock.engine.state.summary import Summary, View, one
from membership_mock.engine.state.world import Scope, Store
from membership_mock.securityhub.errors import AccessDeniedException

#: rule documented, text inferred [SH-192]
ADMINISTRATORS_ONLY = (
    "Account {} is a member of an organization. Only the delegated administrator account or a"
    " standalone account can do this."
)


@dataclass
class DelegationV2Store(Store, scope=Scope.PARTITION):
    """The delegated administrators for V2, by the management account of the organization."""

    rank = 19
    administrators: dict[str, str] = field(default_factory=dict)

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each organization, under both accounts."""
        del key, view
        for management, administrator in self.administrators.items():
            text = f"administers Security Hub V2 in the organization of {management}"
            yield Summary(administrator, "", "securityhub", one(text))
            text = f"has the delegated administrator {administrator} for Security Hub V2"
            yield Summary(management, "", "securityhub", one(text))


class DelegationV2(Family):
    """The administrator of V2 in the caller's organization, for the other families."""

    def administrator(self) -> str | None:
        """Return the delegated administrator of the caller's organization; None if none."""
        store = self.store_if_any(DelegationV2Store)
        if store is None or not store.administrators:
            return None
        organization = self._organization()
        if organization is None:
            return None
        administrator = store.administrators.get(organization.management_account_id)
        return administrator if administrator in organization.accounts else None

    def led_organization(self) -> Organization | None:
        """Return the organization that the caller is the delegated administrator of."""
        store = self.store_if_any(DelegationV2Store)
        account_id = self.backend.account_id
        if store is None or account_id not in store.administrators.values():
            return None
        organization = self._organization()
        if organization is None:
            return None
        leads = store.administrators.get(organization.management_account_id) == account_id
        return organization if leads else None

    def is_led(self) -> bool:
        """Return whether another account administers the caller's organization.

        An account of an organization without a delegated administrator counts as standalone
        (inferred [SH-230]).
        """
        return self.administrator() not in (None, self.backend.account_id)

    def require_own_say(self) -> None:
        """Refuse what only a delegated administrator or a standalone account may do.

        Raises:
            AccessDeniedException: another account administers the caller's organization.
        """
        if self.is_led():
            raise AccessDeniedException(ADMINISTRATORS_ONLY.format(self.backend.account_id))

    def _organization(self) -> Organization | None:
        return self.backend.world.organization_of(self.backend.account_id, self.backend.partition)
