"""The store of the memberships of a region, for all families of Clean Rooms.

The status of a membership is not stored: it follows from the statuses of its member and of the
collaboration, see `collaboration_store.MEMBERSHIP_STATUS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from membership_mock.cleanrooms.collaborations.collaboration_store import (
    MEMBERSHIP_STATUS,
    Membership,
)
from membership_mock.cleanrooms.ordered_index import add_to_index, remove_from_index
from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.summary import Summary, View, by_account, named, several
from membership_mock.engine.state.world import Scope, Store


@dataclass
class MembershipStore(Store, scope=Scope.REGION):
    """The memberships of a region that are not deleted.

    Attributes:
        memberships: each by its id.
        held: those of an account with a status, and under the status "" all of the account.
        created: how many were ever added.
    """

    rank = 2
    memberships: dict[str, Membership] = field(default_factory=dict)
    held: dict[tuple[str, str], list[Membership]] = field(default_factory=dict)
    created: int = 0

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each membership."""
        del view
        held = by_account(self.memberships.values(), lambda each: each.account_id)
        for account_id, memberships in held.items():
            lines = several("memberships", memberships, _outline_of)
            yield Summary(account_id, key[0], "cleanrooms", lines)

    def file(self, membership: Membership) -> None:
        """List ``membership`` under its present status; a deleted membership is not listed."""
        kept = membership.id in self.memberships
        statuses = {"", membership.status} if kept else set()
        for status in ("", *dict.fromkeys(MEMBERSHIP_STATUS.values())):
            index = self.held.setdefault((membership.account_id, status), [])
            if status in statuses:
                add_to_index(index, membership)
            else:
                remove_from_index(index, membership)


def _outline_of(membership: Membership) -> str:
    return (
        f"membership {membership.id} {membership.status} in collaboration"
        f" {named(membership.collaboration_name)}"
    )
