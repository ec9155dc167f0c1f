"""Which account is whose administrator, and who becomes a member as an account of an organization.

The operations are in ``members.py`` and ``invitations.py``; here is what the other families
read and change.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import datetime

from membership_mock.engine.pipeline.operation import Family
from membership_mock.engine.state.quotas import QuotaUse
from membership_mock.engine.state.world import World
from membership_mock.securityhub.errors import (
    ALREADY_LISTED,
    IS_ADMINISTRATOR,
    LIMIT_REACHED,
    OTHERS_MEMBER,
    OWN_ACCOUNT,
)
from membership_mock.securityhub.quotas import INVITATIONS, INVITED_MEMBERS, MEMBERS
from membership_mock.securityhub.relationships.associations import AssociationStore, Event
from membership_mock.securityhub.relationships.central_configuration import Governance


class Administration(Family):
    """Who is whose administrator in this region, and who may become a member."""

    @classmethod
    def quota_uses(cls, world: World, now: datetime) -> Iterator[QuotaUse]:
        """Yield how many members each administrator has, and of which kind."""
        del now
        for (region,), store in world.stores(AssociationStore):
            for account_id, roster in store.rosters.items():
                yield QuotaUse(MEMBERS, account_id, region, len(roster.ordered))
                yield QuotaUse(INVITED_MEMBERS, account_id, region, roster.by_invitation)
                yield QuotaUse(INVITATIONS, account_id, region, roster.invited)

    def is_full(self, administrator_id: str) -> bool:
        """Return whether an administrator has as many members as it may have."""
        members = self.store(AssociationStore).roster(administrator_id).ordered
        return len(members) >= self.limit(MEMBERS, administrator_id)

    def administrator_of(self, account_id: str) -> str | None:
        """Return the administrator whose enabled member an account is; None if it has none."""
        association = self._associations().of_member(account_id)
        return association.administrator_id if association else None

    def enabled_members(self, account_id: str) -> list[str]:
        """Return the accounts that are enabled members of an administrator, the first one first."""
        return [each.account_id for each in self._associations().roster(account_id).enabled]

    def is_member(self, administrator_id: str, account_id: str) -> bool:
        """Return whether ``account_id`` is an enabled member of ``administrator_id``."""
        association = self.store(AssociationStore).find(administrator_id, account_id)
        return association is not None and association.member_status == "Enabled"

    def _associations(self) -> AssociationStore:
        """Return the associations, without those of accounts that are gone for good by now."""
        store = self.store(AssociationStore)
        if store.closed:
            store.drop_closed(self.backend.world.clock.now())
        return store

    def obstacle(self, administrator_id: str, account_id: str) -> str | None:
        """Return why an account of the organization cannot become a member; None if it can.

        The texts are those of CreateMembers.
        """
        store = self.store(AssociationStore)
        if account_id == administrator_id:
            return OWN_ACCOUNT
        current = store.of_member(account_id)
        if current is not None:
            return ALREADY_LISTED if current.administrator_id == administrator_id else OTHERS_MEMBER
        if store.roster(account_id).enabled:
            return IS_ADMINISTRATOR
        if store.find(administrator_id, account_id) is None and self.is_full(administrator_id):
            return LIMIT_REACHED
        return None

    def enroll(self, administrator_id: str, account_id: str, now: datetime) -> None:
        """Make an account of the organization an enabled member, unless there is an `obstacle`."""
        if self._enroll(administrator_id, account_id, "enroll", now):
            self.of(Governance).stop_aggregation(account_id)

    def adopt_members(self, administrator_id: str, accounts: Container[str]) -> None:
        """Make those members ones by organization that are in it and accepted an invitation.

        They belong to it as soon as their administrator administers the organization (documented).

        Args:
            administrator_id: the delegated administrator.
            accounts: those of its organization.
        """
        store = self.store(AssociationStore)
        for association in store.roster(administrator_id).enabled:
            if association.account_id in accounts and not association.by_organization:
                store.adopt(association)

    def enroll_suspended(self, administrator_id: str, account_id: str, now: datetime) -> None:
        """Note that an account was to be enrolled while it was suspended."""
        self._enroll(administrator_id, account_id, "enroll suspended", now)

    def _enroll(self, administrator_id: str, account_id: str, event: Event, now: datetime) -> bool:
        if self.obstacle(administrator_id, account_id) is not None:
            return False
        store = self.store(AssociationStore)
        association = store.find(administrator_id, account_id) or store.create(
            administrator_id, account_id, None, now
        )
        store.move(association, event, now)
        return True
