"""Random walks of five accounts through shared rooms, against a model of both machines.

The model is written from the documentation, apart from the package: it keeps for each room what
each account is there and whether the account still has its membership, and works out every view
of every account from that.
"""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cleanrooms.collaboration_samples import (
    NOBODY,
    STRANGER,
    A,
    B,
    C,
    D,
    join,
    member,
    new_collaboration,
)
from tests.walks import walks

#: change requests have grown since the oldest supported boto3
pytestmark = pytest.mark.newest_model

ACCOUNTS = (A, B, C, D, STRANGER)
STEPS = 50
DENIED, CONFLICT = "AccessDeniedException", "ConflictException"
INVALID, ABSENT = "ValidationException", "ResourceNotFoundException"


class Room:
    """One collaboration, as the documentation describes it."""

    def __init__(self, room_id: str, creator: str, invited: list[str]) -> None:
        self.id = room_id
        self.creator = creator
        self.people = dict.fromkeys([creator, *invited], "INVITED")
        self.memberships: dict[str, str] = {}
        self.deleted = False

    def seen_by(self, account: str) -> bool:
        """Whether the account can look at the room."""
        return not self.deleted and self.people.get(account) in ("INVITED", "ACTIVE")

    def owned_by(self, account: str) -> bool:
        """Whether the account may rule the room."""
        return not self.deleted and account == self.creator

    def membership_status(self, account: str) -> str:
        """Return the status of a membership that the account still has."""
        if self.people[account] == "REMOVED":
            return "REMOVED"
        return "COLLABORATION_DELETED" if self.deleted else "ACTIVE"


class Walk:
    """Rooms, the accounts that use them, and what is expected of each step."""

    def __init__(self, clients: dict[str, Any], seed: int) -> None:
        self.clients = clients
        self.random = Random(seed)
        self.rooms: list[Room] = []
        self.history: list[str] = []
        self.joined: list[tuple[Room, str]] = []

    def step(self) -> None:
        """Let an account do something, and compare what comes of it with the model."""
        actions = [self.create] * (2 if len(self.rooms) < 5 else 0)
        if self.rooms:
            actions += [self.join] * 4 + [self.leave, self.remove, self.add] * 2 + [self.delete]
        action, account = self.random.choice(actions), self.random.choice(ACCOUNTS)
        room = self.random.choice(self.rooms) if self.rooms else None
        expected, actual = action(account, room)
        self.history.append(f"{account[0]} {action.__name__} {room and room.id[:4]}: {actual}")
        assert actual == expected, self.history

    def create(self, account: str, _: Any) -> tuple[Any, Any]:
        others = [one for one in ACCOUNTS if one != account]
        invited = self.random.sample(others, self.random.randrange(5))
        made = new_collaboration(
            self.clients[account],
            *map(member, invited),
            autoApprovedChangeRequestTypes=["ADD_MEMBER"],
        )
        self.rooms.append(Room(made["id"], account, invited))
        return None, None

    def join(self, account: str, room: Room) -> tuple[Any, Any]:
        actual = code(join, self.clients[account], room.id)
        if not room.seen_by(account):
            return DENIED, actual
        if room.people[account] == "ACTIVE":
            return CONFLICT, actual
        room.people[account] = "ACTIVE"
        self.joined.append((room, account))
        seen = self.clients[account].get_collaboration(collaborationIdentifier=room.id)
        room.memberships[account] = seen["collaboration"]["membershipId"]
        return None, actual

    def leave(self, account: str, room: Room) -> tuple[Any, Any]:
        membership = room.memberships.get(account)
        actual = code(
            self.clients[account].delete_membership, membershipIdentifier=membership or NOBODY
        )
        if membership is None:
            return ABSENT, actual
        if room.owned_by(account):
            return CONFLICT, actual
        if room.people[account] == "ACTIVE":
            room.people[account] = "LEFT"
        del room.memberships[account]
        return None, actual

    def remove(self, account: str, room: Room) -> tuple[Any, Any]:
        if self.random.random() < 0.7:
            account = room.creator
        target = self.random.choice(ACCOUNTS)
        actual = code(
            self.clients[account].delete_member,
            collaborationIdentifier=room.id,
            accountId=target,
        )
        if not room.owned_by(account):
            return DENIED, actual
        if target == room.creator:
            return INVALID, actual
        if target not in room.people:
            return ABSENT, actual
        if room.people[target] != "LEFT":
            room.people[target] = "REMOVED"
        return None, actual

    def add(self, account: str, room: Room) -> tuple[Any, Any]:
        if self.random.random() < 0.7:
            account = room.creator
        target = self.random.choice(ACCOUNTS)
        change = {"accountId": target, "memberAbilities": [], "displayName": "Newcomer"}
        actual = code(
            self.clients[account].create_collaboration_change_request,
            collaborationIdentifier=room.id,
            changes=[{"specificationType": "MEMBER", "specification": {"member": change}}],
        )
        if not room.owned_by(account):
            return DENIED, actual
        if target == room.creator:
            # its ability to receive results would be revoked, and that is not automatic
            self.withdraw(room)
            return None, actual
        if target in room.people:
            return INVALID, actual
        room.people[target] = "INVITED"
        return None, actual

    def withdraw(self, room: Room) -> None:
        client = self.clients[room.creator]
        asked = client.list_collaboration_change_requests(collaborationIdentifier=room.id)
        client.update_collaboration_change_request(
            collaborationIdentifier=room.id,
            changeRequestIdentifier=asked["collaborationChangeRequestSummaries"][-1]["id"],
            action="CANCEL",
        )

    def delete(self, account: str, room: Room) -> tuple[Any, Any]:
        actual = code(self.clients[account].delete_collaboration, collaborationIdentifier=room.id)
        if not room.owned_by(account):
            return DENIED, actual
        room.deleted = True
        return None, actual

    def compare(self) -> None:
        """Compare every view of every account with the model."""
        for account, client in self.clients.items():
            assert self.rooms_of(client) == self.expected_rooms(account), self.history
            assert self.memberships_of(client) == self.expected_memberships(account), self.history
            for room in self.rooms:
                people = room.people if room.seen_by(account) else DENIED
                assert people_of(client, room) == people, self.history

    def rooms_of(self, client: Any) -> dict[str, Any]:
        def listed(**filters: str) -> set[Any]:
            return {
                (each["id"], each["memberStatus"], each.get("membershipId"))
                for each in client.list_collaborations(**filters)["collaborationList"]
            }

        one = self.random.choice(["INVITED", "ACTIVE"])
        every = listed()
        assert listed(memberStatus=one) == {each for each in every if each[1] == one}
        return {room: (status, membership) for room, status, membership in every}

    def expected_rooms(self, account: str) -> dict[str, Any]:
        return {
            room.id: (room.people[account], room.memberships.get(account))
            for room in self.rooms
            if room.seen_by(account)
        }

    def memberships_of(self, client: Any) -> dict[str, str]:
        def listed(**filters: str) -> list[tuple[str, str]]:
            items = client.list_memberships(**filters)["membershipSummaries"]
            return [(each["id"], each["status"]) for each in items]

        every = listed()
        one = self.random.choice(["ACTIVE", "REMOVED", "COLLABORATION_DELETED"])
        assert listed(status=one) == [each for each in every if each[1] == one]
        for membership, status in every:
            whole = client.get_membership(membershipIdentifier=membership)["membership"]
            assert whole["status"] == status
        return dict(every)

    def expected_memberships(self, account: str) -> dict[str, str]:
        return {
            room.memberships[account]: room.membership_status(account)
            for room, who in self.joined
            if who == account and account in room.memberships
        }


def people_of(client: Any, room: Room) -> Any:
    """Return who is what in a room, as one account sees it, or the code of the refusal."""
    try:
        answer = client.list_members(collaborationIdentifier=room.id)["memberSummaries"]
    except ClientError as refusal:
        return refusal.response["Error"]["Code"]
    return {each["accountId"]: each["status"] for each in answer}


def code(call: Any, *arguments: Any, **others: Any) -> str | None:
    """Return the code of the error that a call ends with; None if it succeeds."""
    try:
        call(*arguments, **others)
    except ClientError as refusal:
        return str(refusal.response["Error"]["Code"])
    return None


@pytest.mark.parametrize("seed", range(walks(6)))
def test_every_view_of_every_account_agrees_with_the_model(clients, seed):
    walk = Walk(clients, seed)
    for _ in range(STEPS):
        walk.step()
        walk.compare()
