"""The world as a picture: administrators with members, collaborations, and memberships.

It is read into a `Picture`, in a stable order and cut where it is too long. ``mermaid.py`` and
``svg.py`` write the picture as text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from membership_mock.cleanrooms.collaborations.collaboration_store import CollaborationStore
from membership_mock.errors import UsageError
from membership_mock.security_ir.memberships.membership_store import MembershipStore
from membership_mock.securityhub.relationships.associations import AssociationStore
from membership_mock.securityhub.relationships.delegation import DelegationStore
from membership_mock.testing.names import nearest_to
from membership_mock.testing.show.mermaid import mermaid
from membership_mock.testing.show.picture import Arrow, Box, Card, Picture, Row, short
from membership_mock.testing.show.tree import Part, WorldView

if TYPE_CHECKING:
    from membership_mock.cleanrooms.collaborations.collaboration_store import Collaboration
    from membership_mock.engine.running import Running
    from membership_mock.engine.state.organizations import Organization
    from membership_mock.engine.state.world import World

T = TypeVar("T")

#: how many members of an administrator, collaboration, organization or membership are drawn
DRAWN = 10
#: how many administrators, collaborations and memberships are drawn
DRAWN_GROUPS = 20

FORMATS = ("mermaid", "svg")


def diagram(running: Running, form: str, part: Part) -> str:
    """Return a picture of a running mock's world as text.

    Args:
        running: the mock.
        form: ``mermaid`` or ``svg``.
        part: what to draw.

    Raises:
        UsageError: there is no such format.
    """
    if form not in FORMATS:
        raise UsageError(
            f"{form!r} is not a format of a diagram: {', '.join(FORMATS)}"
            + nearest_to(str(form), FORMATS)
        )
    with running.world.lock:
        picture = _Painter(running, part).paint()
    if form == "svg":
        from membership_mock.testing.show.svg import svg

        return svg(picture)
    return mermaid(picture)


class _Painter:
    """Reads a world into a picture."""

    def __init__(self, running: Running, part: Part) -> None:
        self._world: World = running.world
        self._part = part
        self._view = WorldView(running)
        self._picture = Picture()
        self._frame_of = {
            account: organization
            for _, organization in self._view.organizations
            for account in organization.accounts
        }

    def paint(self) -> Picture:
        """Return the picture."""
        if self._part.service in (None, "securityhub"):
            self._administrators()
        if self._part.service in (None, "cleanrooms"):
            self._rooms()
        if self._part.service in (None, "security-ir"):
            self._memberships()
        if self._part == Part(region=self._part.region):
            self._organizations()
        elif self._part.account is not None and self._part.account in self._frame_of:
            self._box(self._part.account)
        picture = self._picture
        picture.boxes = dict(sorted(picture.boxes.items(), key=_box_order))
        picture.frames = dict(sorted(picture.frames.items()))
        return picture

    # --- Security Hub ---

    def _administrators(self) -> None:
        """Draw an arrow for each pair and status, with its regions."""
        regions: dict[str, dict[tuple[str, str, bool], list[str]]] = {}
        for (region,), store in sorted(self._world.stores(AssociationStore), key=_key):
            if not self._is_there(region):
                continue
            for administrator, roster in store.rosters.items():
                pairs = regions.setdefault(administrator, {})
                for each in roster.ordered:
                    if self._concerns(administrator, each.account_id):
                        pair = (each.account_id, each.member_status, each.by_organization)
                        pairs.setdefault(pair, []).append(region)
        drawn = [(each, pairs) for each, pairs in sorted(regions.items()) if pairs]
        for administrator, pairs in drawn[:DRAWN_GROUPS]:
            source = self._box(administrator)
            members = list(dict.fromkeys(account for account, _, _ in pairs))
            shown, more = _cut(members)
            kept = set(shown)
            for (account, status, by_organization), where in pairs.items():
                if account in kept:
                    way = "organization" if by_organization else "invitation"
                    by = "" if status in ("Created", "Invited") else f" by {way}"
                    self._picture.arrows.append(
                        Arrow(
                            source,
                            self._box(account),
                            f"{status}{by}, {_places(where)}",
                            status == "Enabled",
                        )
                    )
            if more:
                target = self._rest(f"more_of_{administrator}", f"… {more:,} more members")
                self._picture.arrows.append(Arrow(source, target, "members", settled=True))
        self._too_many(len(drawn), "administrators")

    def _delegations(self, account: str) -> list[str]:
        found = [
            region
            for (region,), store in sorted(self._world.stores(DelegationStore), key=_key)
            if account in store.administrators.values() and self._is_there(region)
        ]
        return [f"Security Hub administrator, {_places(found)}"] if found else []

    # --- Clean Rooms ---

    def _rooms(self) -> None:
        rooms = [
            (region, each)
            for (region,), store in sorted(self._world.stores(CollaborationStore), key=_key)
            for each in store.collaborations.values()
            if self._is_there(region) and self._concerns(each.creator_account_id, *each.members)
        ]
        for number, (region, room) in enumerate(rooms[:DRAWN_GROUPS], 1):
            self._picture.cards.append(self._room(f"room{number}", region, room))
        self._too_many(len(rooms), "collaborations")

    def _room(self, card: str, region: str, room: Collaboration) -> Card:
        shown, more = _cut(list(room.members.values()))
        rows = []
        for each in shown:
            creator = each.account_id == room.creator_account_id
            label = f"{'creator, ' if creator else ''}{each.status}"
            rows.append(
                Row(
                    self._box(each.account_id),
                    f"{each.account_id} “{short(each.display_name)}” {label}",
                    label,
                    each.status == "ACTIVE",
                )
            )
        if more:
            rows.append(Row("", f"… {more:,} more members", "", settled=True))
        lines = (f"collaboration in {region}", room.id)
        return Card(card, f"“{short(room.name)}”", lines, tuple(rows))

    # --- Security Incident Response ---

    def _memberships(self) -> None:
        now = self._world.clock.now()
        held = []
        for (partition,), store in sorted(self._world.stores(MembershipStore), key=_key):
            for each in store.memberships.values():
                organization = self._view.organization_of(each.account_id, partition)
                covered = sorted(each.covered(organization) - {each.account_id})
                if self._is_there(each.region) and self._concerns(each.account_id, *covered):
                    held.append((each, covered))
        for number, (each, covered) in enumerate(held[:DRAWN_GROUPS], 1):
            own = Row(self._box(each.account_id), f"{each.account_id} holds it", "holds", True)
            shown, more = _cut(covered)
            rows = [Row(self._box(one), f"{one} is covered", "covers", True) for one in shown]
            if more:
                rows.append(Row("", f"… {more:,} more accounts are covered", "", settled=True))
            self._picture.cards.append(
                Card(
                    f"membership{number}",
                    f"“{short(each.membership_name)}” {each.status_at(now)}",
                    (f"security-ir membership in {each.region}", each.membership_id),
                    (own, *rows),
                )
            )
        self._too_many(len(held), "memberships")

    # --- organizations ---

    def _organizations(self) -> None:
        """Draw the other accounts of the organizations, as many as fit."""
        for _, organization in self._view.organizations:
            frame = organization.organization_id
            self._frame(organization)
            drawn = {each for each in self._picture.boxes if each in organization.accounts}
            shown = [each for each in organization.accounts if each not in drawn]
            shown, more = _cut(shown, max(DRAWN - len(drawn), 2))
            for account in shown:
                self._box(account)
            if more:
                identity = f"more_in_{frame}"
                text = f"… {more:,} more accounts"
                self._picture.boxes[identity] = Box(identity, (text,), frame, rest=True)

    def _frame(self, organization: Organization) -> str:
        identity = organization.organization_id
        self._picture.frames.setdefault(identity, f"organization {identity}")
        return identity

    # --- boxes ---

    def _box(self, account: str) -> str:
        if account not in self._picture.boxes:
            organization = self._frame_of.get(account)
            lines = [account]
            name = self._view.names.get(account)
            if name:
                lines.append(f"“{short(name)}”")
            frame = ""
            if organization is not None:
                frame = self._frame(organization)
                if organization.management_account_id == account:
                    lines.append("management account")
                if not organization.accounts[account].active:
                    lines.append("suspended")
            if self._part.service in (None, "securityhub"):
                lines += self._delegations(account)
            self._picture.boxes[account] = Box(account, tuple(lines), frame)
        return account

    def _rest(self, identity: str, text: str) -> str:
        self._picture.boxes[identity] = Box(identity, (text,), "", rest=True)
        return identity

    def _too_many(self, count: int, things: str) -> None:
        if count > DRAWN_GROUPS:
            self._rest(f"more_{things}", f"… {count - DRAWN_GROUPS:,} more {things}")

    def _concerns(self, *accounts: str) -> bool:
        return self._part.account is None or self._part.account in accounts

    def _is_there(self, region: str) -> bool:
        return self._part.region in (None, region)


def _places(regions: Sequence[str]) -> str:
    return regions[0] if len(regions) == 1 else f"{len(regions)} regions"


def _cut(things: list[T], most: int = DRAWN) -> tuple[list[T], int]:
    """Return those that are drawn, and how many are not; one alone is drawn as well."""
    if len(things) <= most + 1:
        return things, 0
    return things[:most], len(things) - most


def _key(pair: tuple[tuple[str, ...], object]) -> tuple[str, ...]:
    return pair[0]


def _box_order(pair: tuple[str, Box]) -> tuple[bool, str]:
    return pair[1].rest, pair[0]
