"""The data of collaborations, members and memberships, and the transitions of a member.

A collaboration is stored once for all accounts of its region; the view of an account is derived.

Sources: the API pages and the user guide (leaving, removing, deleting); the rest is
marked inferred.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from datetime import datetime
from typing import Any, Literal

from membership_mock.cleanrooms.collaborations.payment import Payment
from membership_mock.cleanrooms.ordered_index import add_to_index, remove_from_index
from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.summary import Line, Summary, View, by_account, named, several
from membership_mock.engine.state.world import Scope, Store

MemberEvent = Literal["join", "leave", "remove"]

#: The events of a member, with the status afterwards; any other event is refused.
#: Source: user guide (leaving, removing); that an invitation can be taken back, and that removing
#: a member that has left changes nothing, is inferred [CR-10, CR-11].
NEXT_MEMBER_STATUS: dict[tuple[str, MemberEvent], str] = {
    ("INVITED", "join"): "ACTIVE",
    ("INVITED", "remove"): "REMOVED",
    ("ACTIVE", "leave"): "LEFT",
    ("ACTIVE", "remove"): "REMOVED",
    ("LEFT", "remove"): "LEFT",
    ("REMOVED", "remove"): "REMOVED",
    ("REMOVED", "leave"): "REMOVED",
}

#: The status of a membership, by its member's status and whether the collaboration was deleted.
#: It ends when its member leaves. Source: user guide (deleting a collaboration, events).
MEMBERSHIP_STATUS: dict[tuple[str, bool], str] = {
    ("ACTIVE", False): "ACTIVE",
    ("REMOVED", False): "REMOVED",
    ("ACTIVE", True): "COLLABORATION_DELETED",
    ("REMOVED", True): "REMOVED",
}

#: the statuses of members who see the collaboration
VISIBLE = ("INVITED", "ACTIVE")


@dataclass
class Member:
    """A member of a collaboration; fields that are not explained are those of MemberSummary.

    Attributes:
        collaboration_id: its collaboration.
        sequence: its place in the order of invitations.
        membership_id: allocated at the invitation (observed); None once the membership is deleted.
        membership: its membership; None before it has joined and after it has left.
    """

    account_id: str
    display_name: str
    status: str
    abilities: list[str]
    ml_abilities: dict[str, Any] | None
    payment_configuration: Payment
    create_time: datetime
    update_time: datetime
    collaboration_id: str
    sequence: int
    membership_id: str | None
    membership_arn: str | None
    membership: Membership | None = None


@dataclass
class Collaboration:
    """A collaboration; fields that are not explained are those of GetCollaboration.

    Attributes:
        members: all accounts that were ever invited, in the order of invitations.
        deleted: whether it was deleted; memberships of it remain.
    """

    id: str
    arn: str
    name: str
    description: str | None
    creator_account_id: str
    creator_display_name: str
    create_time: datetime
    update_time: datetime
    data_encryption_metadata: dict[str, bool] | None
    query_log_status: str
    job_log_status: str | None
    analytics_engine: str
    auto_approved_change_types: list[str] | None
    allowed_result_regions: list[str]
    is_metrics_enabled: bool
    members: dict[str, Member] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    deleted: bool = False

    def member(self, account_id: str) -> Member | None:
        """Return the account as a present or former member; None if it was never a member."""
        return self.members.get(account_id)

    def active_members(self) -> Iterator[Member]:
        """Yield the members who have joined and not left."""
        return (member for member in self.members.values() if member.status == "ACTIVE")

    def members_here(self) -> Iterator[Member]:
        """Yield the members who are invited or have joined."""
        return (member for member in self.members.values() if member.status in VISIBLE)

    def invited_here(self) -> int:
        """Return how many members are invited or active besides the creator, who cannot leave."""
        return sum(1 for _ in self.members_here()) - 1


@dataclass
class Membership:
    """A membership; fields that are not explained are those of GetMembership.

    Attributes:
        account_id: the account that owns it.
        collaboration: the collaboration that it is in, deleted or not.
        member: the account's entry among the members of the collaboration.
        sequence: its place in the order of joining.
        payment_configuration: the costs that the member accepted to pay, with every part present.
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
    payment_configuration: Payment
    is_metrics_enabled: bool
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """Its status; DELETED is for families only, no answer shows it."""
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
        """The present name of the collaboration (inferred [CR-16]: it follows changes)."""
        return self.collaboration.name

    @property
    def collaboration_creator_account_id(self) -> str:
        """The account that created the collaboration."""
        return self.collaboration.creator_account_id

    @property
    def collaboration_creator_display_name(self) -> str:
        """The display name of the creator."""
        return self.collaboration.creator_display_name

    @property
    def member_abilities(self) -> list[str]:
        """The abilities of the member."""
        return self.member.abilities

    @property
    def ml_member_abilities(self) -> dict[str, Any] | None:
        """The abilities of the member in machine learning."""
        return self.member.ml_abilities


@dataclass
class CollaborationStore(Store, scope=Scope.REGION):
    """The collaborations of a region.

    Attributes:
        collaborations: those that are not deleted, by id, in the order of creation.
        rooms: the members of an account, by account and status; under the status "" all that see
            their collaboration.
        created: how many collaborations an account has created and not deleted.
        members: how many members were ever added.
    """

    rank = 1
    collaborations: dict[str, Collaboration] = field(default_factory=dict)
    rooms: dict[tuple[str, str], list[Member]] = field(default_factory=dict)
    created: dict[str, int] = field(default_factory=dict)
    members: int = 0

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each collaboration, under its creator and under its members."""
        del view
        (region,) = key
        held = list(self.collaborations.values())
        for creator, created in by_account(held, lambda each: each.creator_account_id).items():
            lines = several("collaborations", created, _of_creator)
            yield Summary(creator, region, "cleanrooms", lines)
        others = [
            (member, each)
            for each in held
            for member in each.members.values()
            if member.account_id != each.creator_account_id
        ]
        for account_id, memberships in by_account(others, lambda pair: pair[0].account_id).items():
            lines = several("collaborations", memberships, _of_member)
            yield Summary(account_id, region, "cleanrooms", lines)

    def add(self, collaboration: Collaboration) -> None:
        """Add a new collaboration, which has no members yet."""
        self.collaborations[collaboration.id] = collaboration
        creator = collaboration.creator_account_id
        self.created[creator] = self.created.get(creator, 0) + 1

    def delete(self, collaboration: Collaboration) -> None:
        """Remove a collaboration; its memberships keep their reference to it."""
        collaboration.deleted = True
        del self.collaborations[collaboration.id]
        self.created[collaboration.creator_account_id] -= 1
        for member in collaboration.members.values():
            self._file(member, ())

    def move(self, member: Member, event: MemberEvent, now: datetime) -> None:
        """Apply ``event``, which the table must allow, to ``member``."""
        status = NEXT_MEMBER_STATUS[member.status, event]
        if status != member.status:
            member.status = status
            member.update_time = now
        live = member.collaboration_id in self.collaborations
        self._file(member, (status, "") if live and status in VISIBLE else ())

    def invite(
        self,
        collaboration: Collaboration,
        account_id: str,
        now: datetime,
        *,
        membership_id: str,
        display_name: str,
        abilities: list[str],
        ml_abilities: dict[str, Any] | None,
        payment_configuration: Payment,
    ) -> None:
        """Add an account as an invited member of ``collaboration``; it must not be a member yet."""
        home = collaboration.arn.split(":")[:4]
        self.members += 1
        member = collaboration.members[account_id] = Member(
            account_id=account_id,
            display_name=display_name,
            status="INVITED",
            abilities=abilities,
            ml_abilities=some_or_none(ml_abilities),
            payment_configuration=payment_configuration,
            create_time=now,
            update_time=now,
            collaboration_id=collaboration.id,
            sequence=self.members,
            membership_id=membership_id,
            membership_arn=":".join([*home, account_id, f"membership/{membership_id}"]),
        )
        self._file(member, ("INVITED", ""))

    def _file(self, member: Member, statuses: tuple[str, ...]) -> None:
        """List the member under ``statuses`` only."""
        for status in (*VISIBLE, ""):
            index = self.rooms.setdefault((member.account_id, status), [])
            if status in statuses:
                add_to_index(index, member)
            else:
                remove_from_index(index, member)


def _of_creator(collaboration: Collaboration) -> Line:
    members = several("members", list(collaboration.members.values()), _member_line)
    name = named(collaboration.name)
    return Line(f"created collaboration {name} {collaboration.id}", (members,))


def _member_line(member: Member) -> str:
    abilities = f": {', '.join(member.abilities)}" if member.abilities else ""
    return f"{member.account_id} {named(member.display_name)} {member.status}{abilities}"


def _of_member(pair: tuple[Member, Collaboration]) -> str:
    member, collaboration = pair
    return (
        f"{member.status} in collaboration {named(collaboration.name)} {collaboration.id}"
        f" of {collaboration.creator_account_id}"
    )


def some_or_none(ml_abilities: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the abilities of a member in machine learning; None, and so absent, if it has none."""
    return ml_abilities if ml_abilities and any(ml_abilities.values()) else None
