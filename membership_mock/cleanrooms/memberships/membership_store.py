"""A membership and where the memberships of a region are kept, for all families of Clean Rooms.

A membership has no status of its own: it follows from its member's and from the collaboration, see
`collaboration_store.MEMBERSHIP_STATUS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from membership_mock.cleanrooms.collaborations import payment
from membership_mock.cleanrooms.collaborations.collaboration_store import (
    MEMBERSHIP_STATUS,
    Collaboration,
    Member,
)
from membership_mock.cleanrooms.region_index import shelve, unshelve
from membership_mock.engine.state.summary import Summary, View, by_account, named, several
from membership_mock.engine.state.world import Scope, Store


@dataclass
class Membership:
    """A membership; fields that are not explained are those of GetMembership.

    Attributes:
        account_id: whose it is.
        collaboration: where it belongs, deleted or not.
        member: what the account is there.
        sequence: its place in the order of joining.
        payment_configuration: what the member accepted to pay for, every part present.
    """

    id: str
    arn: str
    account_id: str
    collaboration: Collaboration = field(repr=False, compare=False)
    member: Member = field(repr=False, compare=False)
    sequence: int
    create_time: datetime
    update_time: datetime
    query_log_status: str
    job_log_status: str | None
    default_result_configuration: dict[str, Any] | None
    default_job_result_configuration: dict[str, Any] | None
    payment_configuration: payment.Payment
    is_metrics_enabled: bool
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """Whether it can be used, and if not, why; DELETED is for families, no answer shows it."""
        key = (self.member.status, self.collaboration.deleted)
        return MEMBERSHIP_STATUS.get(key, "DELETED")

    @property
    def collaboration_id(self) -> str:
        """The id of the collaboration, deleted or not."""
        return self.collaboration.id

    @property
    def collaboration_arn(self) -> str:
        """The ARN of the collaboration."""
        return self.collaboration.arn

    @property
    def collaboration_name(self) -> str:
        """The present name of the collaboration (inferred: it follows a change)."""
        return self.collaboration.name

    @property
    def collaboration_creator_account_id(self) -> str:
        """The account that created the collaboration."""
        return self.collaboration.creator_account_id

    @property
    def collaboration_creator_display_name(self) -> str:
        """What the creator calls itself."""
        return self.collaboration.creator_display_name

    @property
    def member_abilities(self) -> list[str]:
        """What the member may do."""
        return self.member.abilities

    @property
    def ml_member_abilities(self) -> dict[str, Any] | None:
        """What the member may receive of machine learning."""
        return self.member.ml_abilities


@dataclass
class MembershipStore(Store, scope=Scope.REGION):
    """The memberships of a region that are not deleted.

    Attributes:
        memberships: each by its id.
        held: those of an account with a status, and under the status "" all of the account.
        created: how many there ever were.
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
        """Let the account find ``membership`` under its present status, or nowhere once deleted."""
        kept = membership.id in self.memberships
        statuses = {"", membership.status} if kept else set()
        for status in ("", *dict.fromkeys(MEMBERSHIP_STATUS.values())):
            shelf = self.held.setdefault((membership.account_id, status), [])
            if status in statuses:
                shelve(shelf, membership)
            else:
                unshelve(shelf, membership)


def _outline_of(membership: Membership) -> str:
    return (
        f"membership {membership.id} {membership.status} in collaboration"
        f" {named(membership.collaboration_name)}"
    )
