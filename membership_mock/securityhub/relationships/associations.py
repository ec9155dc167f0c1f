"""The relationship between an administrator and a member: stored once, seen from both sides.

The administrator sees it as a member of its list, the member as an invitation and as its
administrator. `NEXT_STATUS` has every event that may happen to it.

Sources: the user guide and API pages on member accounts, logs of real calls; what they leave open
is marked inferred, and follows GuardDuty, whose memberships are of the same family.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import field
from datetime import datetime, timedelta
from typing import Literal

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.summary import Summary, View, several
from membership_mock.engine.state.world import Scope, Store

Status = Literal[
    "Created", "Invited", "Enabled", "Removed", "Resigned", "Deleted", "AccountSuspended"
]

Event = Literal[
    # the administrator
    "invite",
    "disassociate",
    "delete",
    # the administrator of an organization, about an account of the organization
    "enroll",
    "enroll suspended",
    # the member
    "accept",
    "decline",
    "resign",
    # the organization
    "leave",
    "close",
]

#: What may happen to an association, and the status it has afterwards; Deleted means that it is
#: gone from the list. Inferred [SH-14, SH-16, SH-18, SH-25] are: what becomes of an invitation that
#: is disassociated, that a declined one may still be accepted or sent again, and that an account of
#: the organization can be enrolled whatever invitations went before.
NEXT_STATUS: dict[tuple[Status, Event], Status] = {
    ("Created", "invite"): "Invited",
    ("Created", "disassociate"): "Created",
    ("Created", "delete"): "Deleted",
    ("Created", "enroll"): "Enabled",
    ("Created", "enroll suspended"): "AccountSuspended",
    ("Created", "close"): "Deleted",
    ("Invited", "accept"): "Enabled",
    ("Invited", "decline"): "Resigned",
    ("Invited", "disassociate"): "Removed",
    ("Invited", "delete"): "Deleted",
    ("Invited", "enroll"): "Enabled",
    ("Invited", "enroll suspended"): "AccountSuspended",
    ("Invited", "close"): "Deleted",
    ("Enabled", "resign"): "Resigned",
    ("Enabled", "disassociate"): "Removed",
    ("Enabled", "leave"): "Removed",
    ("Enabled", "close"): "Deleted",
    ("Resigned", "accept"): "Enabled",
    ("Resigned", "decline"): "Resigned",
    ("Resigned", "invite"): "Invited",
    ("Resigned", "disassociate"): "Resigned",
    ("Resigned", "delete"): "Deleted",
    ("Resigned", "enroll"): "Enabled",
    ("Resigned", "enroll suspended"): "AccountSuspended",
    ("Resigned", "close"): "Deleted",
    ("Removed", "invite"): "Invited",
    ("Removed", "disassociate"): "Removed",
    ("Removed", "delete"): "Deleted",
    ("Removed", "enroll"): "Enabled",
    ("Removed", "enroll suspended"): "AccountSuspended",
    ("Removed", "close"): "Deleted",
    ("AccountSuspended", "enroll"): "Enabled",
    ("AccountSuspended", "enroll suspended"): "AccountSuspended",
    ("AccountSuspended", "disassociate"): "Removed",
    ("AccountSuspended", "delete"): "Deleted",
    ("AccountSuspended", "leave"): "Removed",
    ("AccountSuspended", "close"): "Deleted",
}

#: events after which there is no invitation that the member could see, accept or decline
WITHDRAWING: frozenset[Event] = frozenset(
    {"disassociate", "delete", "enroll", "enroll suspended", "leave", "close"}
)


#: How long a closed account is suspended before it is gone for good. Source: the guide of AWS
#: Account Management, "Close an AWS account".
GONE_AFTER = timedelta(days=90)


@dataclass(frozen=True)
class Invitation:
    """What an administrator has sent to an account; the fields are those of ListInvitations.

    Attributes:
        sequence: its place in the order of sending.
    """

    invitation_id: str
    invited_at: datetime
    sequence: int


@dataclass
class Association:
    """An administrator and a member; fields that are not explained are those of ListMembers.

    Attributes:
        account_id: the member.
        by_organization: whether the member belongs to it as an account of the organization.
        given_email: the address that the administrator gave.
        invitation: what the member may answer; None when there is nothing.
        sequence: its place in the order of creation.
    """

    administrator_id: str
    account_id: str
    member_status: Status
    updated_at: datetime
    sequence: int
    by_organization: bool = False
    given_email: str | None = None
    invited_at: datetime | None = None
    invitation: Invitation | None = None

    @property
    def master_id(self) -> str:
        """The administrator, by the older name of the field."""
        return self.administrator_id

    @property
    def email(self) -> str | None:
        """The address that was given; members by organization show none (observed)."""
        return None if self.by_organization else self.given_email

    def allows(self, event: Event) -> bool:
        """Return whether ``event`` may happen now."""
        return (self.member_status, event) in NEXT_STATUS


@dataclass
class Roster:
    """The associations of one administrator.

    Attributes:
        members: every association by the member's account.
        ordered: the same in the order of creation.
        enabled: those that are Enabled, in the order of creation.
        by_invitation: how many are not members by organization.
        invited: how many are Invited.
    """

    members: dict[str, Association] = field(default_factory=dict)
    ordered: list[Association] = field(default_factory=list)
    enabled: list[Association] = field(default_factory=list)
    by_invitation: int = 0
    invited: int = 0

    def count(self, association: Association, change: int) -> None:
        """Add an association, as it is at the moment, to the counts (1), or remove it (-1)."""
        self.by_invitation += change * (not association.by_organization)
        self.invited += change * (association.member_status == "Invited")


#: what an association is to its member, in words
_SEEN_BY_MEMBER: dict[Status, str] = {
    "Created": "listed by {}, not invited",
    "Invited": "invited by {}",
    "Enabled": "member of {}",
    "Removed": "removed by {}",
    "Resigned": "resigned from {}",
    "AccountSuspended": "suspended member of {}",
}


def _way(association: Association) -> str:
    return "by organization" if association.by_organization else "by invitation"


def _of_administrator(association: Association) -> str:
    text = f"has member {association.account_id} {association.member_status}"
    said = association.member_status in ("Created", "Invited")
    return text if said else f"{text}, {_way(association)}"


def _of_member(association: Association) -> str:
    words = _SEEN_BY_MEMBER.get(association.member_status, "{}: " + association.member_status)
    text = words.format(association.administrator_id)
    if association.member_status == "Enabled":
        text += f", {_way(association)}"
    if association.invitation is not None and association.member_status == "Resigned":
        text += ", may still accept"
    return text


@dataclass
class AssociationStore(Store, scope=Scope.REGION):
    """All associations of a region.

    Attributes:
        rosters: the associations of each administrator.
        administrators: whose lists an account is on, in the order in which they put it there.
        invited: those with an invitation, by member, in the order of the invitations.
        last_sequence: what the latest association or invitation was numbered.
        closed: when accounts were closed that are on an administrator's list.
    """

    rank = 6
    rosters: dict[str, Roster] = field(default_factory=dict)
    administrators: dict[str, tuple[str, ...]] = field(default_factory=dict)
    invited: dict[str, list[Association]] = field(default_factory=dict)
    last_sequence: int = 0
    closed: dict[str, datetime] = field(default_factory=dict)

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each association, under both accounts."""
        del view
        (region,) = key
        for administrator_id, roster in self.rosters.items():
            lines = several("members", roster.ordered, _of_administrator)
            yield Summary(administrator_id, region, "securityhub", lines)
        for account_id in self.administrators:
            lines = several("administrators", list(self._wanted(account_id)), _of_member)
            yield Summary(account_id, region, "securityhub", lines)

    def roster(self, administrator_id: str) -> Roster:
        """Return the associations of an administrator; empty if it has none."""
        return self.rosters.get(administrator_id) or Roster()

    def find(self, administrator_id: str, account_id: str) -> Association | None:
        """Return the association of these two; None if they have none."""
        roster = self.rosters.get(administrator_id)
        return None if roster is None else roster.members.get(account_id)

    def of_member(self, account_id: str) -> Association | None:
        """Return the association in which an account is an enabled member; there is at most one."""
        wanted = self._wanted(account_id)
        return next((each for each in wanted if each.member_status == "Enabled"), None)

    def invitations(self, account_id: str) -> list[Association]:
        """Return the associations that an account has an invitation of, the oldest one first."""
        return self.invited.get(account_id, [])

    def create(
        self,
        administrator_id: str,
        account_id: str,
        email: str | None,
        now: datetime,
        sequence: int | None = None,
    ) -> Association:
        """Return a new association, in the status Created.

        Args:
            administrator_id: the administrator.
            account_id: the member.
            email: the address that the administrator gave.
            now: when that happens.
            sequence: its place in the order of creation, which was kept for it; None for the next.
        """
        association = Association(
            administrator_id=administrator_id,
            account_id=account_id,
            member_status="Created",
            updated_at=now,
            sequence=self._next() if sequence is None else sequence,
            given_email=email,
        )
        roster = self.rosters.setdefault(administrator_id, Roster())
        roster.members[account_id] = association
        insort(roster.ordered, association, key=_sequence)
        roster.count(association, 1)
        before = self.administrators.get(account_id, ())
        self.administrators[account_id] = (*before, administrator_id)
        return association

    def move(
        self, association: Association, event: Event, now: datetime, invitation_id: str = ""
    ) -> None:
        """Change the status of an association.

        Args:
            association: the one to change.
            event: what happens to it; `NEXT_STATUS` must allow it.
            now: the instant of the change, in UTC.
            invitation_id: the id of the new invitation; only the event ``invite`` needs one.
        """
        before = association.member_status
        after = NEXT_STATUS[before, event]
        if after == before:
            return
        roster = self.rosters[association.administrator_id]
        roster.count(association, -1)
        association.member_status = after
        association.updated_at = now
        if event in WITHDRAWING:
            self.withdraw(association)
        if event == "invite":
            association.by_organization = False
            association.invited_at = now
            self.withdraw(association)
            association.invitation = Invitation(invitation_id, now, self._next())
            self.invited.setdefault(association.account_id, []).append(association)
        elif event in ("enroll", "enroll suspended"):
            association.by_organization = True
            association.invited_at = now
        roster.count(association, 1)
        if before == "Enabled":
            _take(roster.enabled, association)
        if after == "Enabled":
            insort(roster.enabled, association, key=_sequence)
        if after == "Deleted":
            self._drop(association)

    def adopt(self, association: Association) -> None:
        """Make a member that accepted an invitation one by organization."""
        roster = self.rosters[association.administrator_id]
        roster.count(association, -1)
        association.by_organization = True
        self.withdraw(association)
        roster.count(association, 1)

    def withdraw(self, association: Association) -> None:
        """Take the invitation away, if there is one."""
        if association.invitation is None:
            return
        invited = self.invited[association.account_id]
        del invited[bisect_left(invited, invitation_sequence(association), key=invitation_sequence)]
        if not invited:
            del self.invited[association.account_id]
        association.invitation = None

    def forget_administrator(self, administrator_id: str) -> None:
        """Drop every association of an administrator, and with them its invitations."""
        for association in list(self.roster(administrator_id).ordered):
            self._drop(association)

    def close_account(self, account_id: str, now: datetime) -> None:
        """Drop the list of an account that was closed, and note when that was.

        On the lists of others it stays until it is gone for good, see `drop_closed`.
        """
        self.forget_administrator(account_id)
        if account_id in self.administrators:
            self.closed[account_id] = now

    def drop_closed(self, now: datetime) -> None:
        """Drop the associations of accounts that were closed 90 days ago or earlier."""
        for account_id, closed_at in list(self.closed.items()):
            gone_at = closed_at + GONE_AFTER
            if gone_at <= now:
                del self.closed[account_id]
                for association in list(self._wanted(account_id)):
                    self.move(association, "close", gone_at)

    def _drop(self, association: Association) -> None:
        administrator_id, account_id = association.administrator_id, association.account_id
        self.withdraw(association)
        roster = self.rosters[administrator_id]
        roster.count(association, -1)
        del roster.members[account_id]
        _take(roster.ordered, association)
        if not roster.ordered:
            del self.rosters[administrator_id]
        others = tuple(each for each in self.administrators[account_id] if each != administrator_id)
        if others:
            self.administrators[account_id] = others
        else:
            del self.administrators[account_id]

    def _wanted(self, account_id: str) -> Iterator[Association]:
        """Yield the associations of an account with those whose lists it is on."""
        for administrator_id in self.administrators.get(account_id, ()):
            yield self.rosters[administrator_id].members[account_id]

    def _next(self) -> int:
        self.last_sequence += 1
        return self.last_sequence


def invitation_sequence(association: Association) -> int:
    """Return the place of the invitation in the order of sending; 0 without one."""
    return association.invitation.sequence if association.invitation else 0


def _sequence(association: Association) -> int:
    return association.sequence


def _take(ordered: list[Association], association: Association) -> None:
    del ordered[bisect_left(ordered, association.sequence, key=_sequence)]
