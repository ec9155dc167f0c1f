"""What is in an organization: accounts by name or id, units by path or id."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, cast

from membership_mock.engine.moto.organization_setup import Account, MotoOrganization
from membership_mock.engine.running import require
from membership_mock.engine.state.organizations import Organization
from membership_mock.errors import NotRunning, UsageError
from membership_mock.testing.organization.tree import MANAGEMENT, Branch, draw

if TYPE_CHECKING:
    from membership_mock.engine.running import Running


class Directory:
    """The names in one organization, looked up in moto each time.

    Args:
        running: the mock that the organization lives in.
        moto: the organization.
        organization_id: which one; the management account may create another one later.
    """

    def __init__(self, running: Running, moto: MotoOrganization, organization_id: str) -> None:
        self._running = running
        self._moto = moto
        self._organization_id = organization_id

    def read(self) -> Organization:
        """Return the organization as it is now."""
        self.require_there()
        return cast(Organization, self._moto.read())

    def require_there(self) -> None:
        """Refuse to work on an organization that does not exist any more.

        Raises:
            NotRunning: its mock has ended.
            UsageError: it was deleted, or the mock was reset.
        """
        if require() is not self._running:
            raise NotRunning("This organization belongs to a mock that has ended; build a new one.")
        if self._moto.organization_id != self._organization_id:
            raise UsageError(
                f"The organization {self._organization_id} is gone: the mock was reset or its"
                " world put back to what it was before, or the organization was deleted. Build a"
                " new one with `mock.organization(...)`."
            )

    def accounts(self) -> list[Account]:
        """Return every account."""
        with self._running.world.lock:
            self.require_there()
            return self._moto.accounts()

    def ids(self) -> dict[str, str]:
        """Return the ids of the accounts by name; of two with one name, the first one's."""
        found: dict[str, str] = {}
        for account in self.accounts():
            found.setdefault(self.name_of(account), account.account_id)
        return found

    def name_of(self, account: Account) -> str:
        """Return an account's name; moto calls every management account ``master``."""
        return MANAGEMENT if account.account_id == self._moto.management else account.name

    def account(self, named: str) -> Account:
        """Return an account by its name or id.

        Raises:
            UsageError: there is no such account.
        """
        with self._running.world.lock:
            self.require_there()
            found = self._moto.find(self._moto.management if named == MANAGEMENT else named)
            if found is None:
                raise UsageError(
                    f"The organization {self._organization_id} has no account {named!r}"
                    + nearest(named, list(self.ids()))
                )
            return found

    def member(self, named: str, what: str) -> Account:
        """Return an account that is not the management account.

        Args:
            named: its name or id.
            what: the participle of what is to be done, for the message.

        Raises:
            UsageError: there is no such account, or it is the management account.
        """
        found = self.account(named)
        if found.account_id == self._moto.management:
            raise UsageError(
                f"The management account cannot be {what}: AWS asks to remove or close all other"
                " accounts first, and then ends the organization."
            )
        return found

    def active_member(self, named: str, what: str) -> Account:
        """Return an account like `member`, provided that it is active.

        Raises:
            UsageError: likewise, or it is suspended or closed.
        """
        found = self.member(named, what)
        if found.status != "ACTIVE":
            raise UsageError(f"{named!r} is suspended or closed already: `reinstate` it first.")
        return found

    def paths(self) -> dict[str, str]:
        """Return the path of each unit by its id, and that of the root, which is empty."""
        with self._running.world.lock:
            paths = {self.read().root_id: ""}
            for unit in self._moto.units():  # a parent is older than its children
                above = paths.get(unit.parent_id)
                if above is not None:
                    paths[unit.unit_id] = f"{above}/{unit.name}" if above else unit.name
            return paths

    def place(self, path: str | None, *, root: bool = True) -> str:
        """Return the id of a unit, by its path or id.

        Args:
            path: None stands for the root.
            root: whether the root is allowed.

        Raises:
            UsageError: there is no such unit.
        """
        paths = self.paths()
        for unit_id, known in paths.items():
            names = (known, unit_id) if known else (None, unit_id)
            if path in names and (known or root):
                return unit_id
        raise UsageError(
            f"The organization {self._organization_id} has no unit {path!r}"
            + nearest(path, list(filter(None, paths.values())))
        )

    def drawn(self) -> str:
        """Return the tree of units and accounts, one per line."""
        with self._running.world.lock:
            organization = self.read()
            lines = list(draw(self._branches(organization)))
        return "\n".join([f"organization {self._organization_id}", *lines])

    def _branches(self, organization: Organization) -> list[Branch]:
        roles: dict[str, list[str]] = {}
        for principal, registered in organization.delegated.items():
            for account in registered:
                roles.setdefault(account, []).append(principal.removesuffix(".amazonaws.com"))
        units = self._moto.units()
        places = {organization.root_id: Branch("")}
        places.update({unit.unit_id: Branch(unit.name) for unit in units})
        for each in self._moto.accounts():
            text = f"{self.name_of(each)} {each.account_id}"
            if each.status != "ACTIVE":
                text += f" {each.status}"
            if each.account_id in roles:
                text += f", delegated administrator of {', '.join(roles[each.account_id])}"
            if each.parent_id in places:  # moto deletes units with accounts in them
                places[each.parent_id].below.append(Branch(text))
        for unit in units:
            if unit.parent_id in places:
                places[unit.parent_id].below.append(places[unit.unit_id])
        return places[organization.root_id].below


def nearest(named: object, known: list[str]) -> str:
    """Return the end of a message about an unknown name: the nearest one, or all known names."""
    found = difflib.get_close_matches(str(named), known, n=1)
    return f"; nearest: {found[0]!r}." if found else f"; it has {listed(known)}."


def listed(names: list[str]) -> str:
    """Return names as text, the first ones if there are many."""
    shown = ", ".join(map(repr, names[:6])) or "none"
    return shown + (f", … ({len(names)} in all)" if len(names) > 6 else "")
