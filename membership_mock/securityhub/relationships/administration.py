"""Which account is whose administrator, and who becomes a member as an account of an organization.

The operations are in ``members.py`` and ``invitations.py``; here is what the other families
read and change.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
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
from membership_mock.securityhub.relationships.deferred_rollouts import DeferredRollouts


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
        limit = self.limit(MEMBERS, administrator_id)
        return not self.of(DeferredRollouts).may_have_more(administrator_id, limit)

    def administrator_of(self, account_id: str) -> str | None:
        """Return the administrator whose enabled member an account is; None if it has none."""
        association = self._associations(account_id).of_member(account_id)
        return association.administrator_id if association else None

    def has_enabled_members(self, account_id: str) -> bool:
        """Return whether an account is the administrator of enabled members."""
        self._associations(account_id)
        return self.of(DeferredRollouts).has_enabled(account_id)

    def enabled_members(self, administrator_id: str, accounts: Iterable[str]) -> list[str]:
        """Return those of some accounts that are enabled members of an administrator."""
        store, deferred = self._associations(administrator_id), self.of(DeferredRollouts)
        members = store.roster(administrator_id).members
        found = []
        for account_id in accounts:
            enabled = deferred.ends_enabled(administrator_id, account_id)
            if enabled is None:
                member = members.get(account_id)
                enabled = member is not None and member.member_status == "Enabled"
            if enabled:
                found.append(account_id)
        return found

    def is_member(self, administrator_id: str, account_id: str) -> bool:
        """Return whether ``account_id`` is an enabled member of ``administrator_id``."""
        self.of(DeferredRollouts).catch_up(account_id)
        association = self.store(AssociationStore).find(administrator_id, account_id)
        return association is not None and association.member_status == "Enabled"

    def _associations(self, account_id: str) -> AssociationStore:
        """Return the associations, without those of accounts that are gone for good by now.

        Those of ``account_id`` are as it sees them.
        """
        self.of(DeferredRollouts).catch_up(account_id)
        store = self.store(AssociationStore)
        if store.closed:
            store.drop_closed(self.backend.world.clock.now())
        return store

    def obstacle(self, administrator_id: str, account_id: str) -> str | None:
        """Return why an account of the organization cannot become a member; None if it can.

        The texts are those of CreateMembers.
        """
        self.of(DeferredRollouts).catch_up(account_id)
        store = self.store(AssociationStore)
        if account_id == administrator_id:
            return OWN_ACCOUNT
        current = store.of_member(account_id)
        if current is not None:
            return ALREADY_LISTED if current.administrator_id == administrator_id else OTHERS_MEMBER
        if self.of(DeferredRollouts).has_enabled(account_id):
            return IS_ADMINISTRATOR
        if store.find(administrator_id, account_id) is None and self.is_full(administrator_id):
            return LIMIT_REACHED
        return None

    def enroll(
        self, administrator_id: str, account_id: str, now: datetime, sequence: int | None = None
    ) -> None:
        """Make an account of the organization an enabled member, unless there is an `obstacle`.

        Args:
            administrator_id: the delegated administrator.
            account_id: the account.
            now: when that happens.
            sequence: its place in the order of creation, if one was reserved for it; obstacles were
                checked then, and are not checked again.
        """
        if self._enroll(administrator_id, account_id, "enroll", now, sequence):
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

    def dismiss(self, administrator_id: str, account_id: str, now: datetime) -> None:
        """End the association of an administrator with a member by organization, if it is one."""
        store = self.store(AssociationStore)
        association = store.find(administrator_id, account_id)
        if association and association.by_organization and association.allows("leave"):
            store.move(association, "leave", now)

    def enroll_suspended(self, administrator_id: str, account_id: str, now: datetime) -> None:
        """Note that an account was to be enrolled while it was suspended."""
        self._enroll(administrator_id, account_id, "enroll suspended", now)

    def _enroll(
        self,
        administrator_id: str,
        account_id: str,
        event: Event,
        now: datetime,
        sequence: int | None = None,
    ) -> bool:
        if sequence is None and self.obstacle(administrator_id, account_id) is not None:
            return False
        store = self.store(AssociationStore)
        association = store.find(administrator_id, account_id) or store.create(
            administrator_id, account_id, None, now, sequence
        )
        store.move(association, event, now)
        return True
