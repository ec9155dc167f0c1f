"""An organization of the mock: its accounts by name, its units, and clients of its accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from membership_mock.engine.moto.organization_setup import (
    MotoOrganization,
    NewAccount,
    account_ids,
)
from membership_mock.engine.pipeline.caller import account_id as checked_id
from membership_mock.errors import UsageError
from membership_mock.testing.arguments import naming_arguments
from membership_mock.testing.client_arguments import client_of, region_of
from membership_mock.testing.organization.directory import Directory, listed
from membership_mock.testing.organization.services import (
    SECURITYHUB,
    OrganizationServices,
    check_regions,
    delegated_principal,
    outsider,
    trusted_principal,
)
from membership_mock.testing.organization.tree import MANAGEMENT, account_name, child

if TYPE_CHECKING:
    from membership_mock.engine.running import Running


@naming_arguments
class MockOrganization:
    """An organization in moto, from `MembershipMock.organization`; accounts go by their names.

    Every method takes an account's id as well as its name, and a unit's id as well as its path. The
    object holds no state: it reads and changes moto's organization, as `organizations` clients do.
    Its own calls are not recorded.

    Iterating gives the names of the accounts, the management account's (``management``) first.
    """

    def __init__(
        self,
        running: Running,
        moto: MotoOrganization,
        organization_id: str,
        session: Callable[[str | None, str | None], Any],
        regions: Sequence[str],
    ) -> None:
        self._running = running
        self._moto = moto
        self._session = session
        self._regions = list(regions)
        self._services = OrganizationServices(running, moto)
        self._directory = Directory(running, moto, organization_id)
        self.organization_id = organization_id

    # --- who and where ---

    @property
    def management(self) -> str:
        """The id of the management account."""
        return self._moto.management

    @property
    def root_id(self) -> str:
        """The id of the root, above all units."""
        return self._directory.read().root_id

    @property
    def accounts(self) -> dict[str, str]:
        """The ids of the accounts by name, as they are now, with suspended and closed accounts.

        If `organizations` clients have used a name twice, it is the id of the account that joined
        first.
        """
        return self._directory.ids()

    @property
    def units(self) -> dict[str, str]:
        """The ids of the units by path, e.g. ``Workloads/Prod``, as they are now."""
        return {path: unit_id for unit_id, path in self._directory.paths().items() if path}

    def id(self, account: str) -> str:
        """Return the id of an account.

        Raises:
            UsageError: the organization has no account of this name.
        """
        return self._directory.account(account).account_id

    def unit(self, path: str) -> str:
        """Return the id of a unit, by its path from the root: ``Workloads/Prod``.

        Raises:
            UsageError: the organization has no such unit.
        """
        return self._directory.place(path, root=False)

    def __getitem__(self, account: str) -> str:
        return self.id(account)

    def __iter__(self) -> Iterator[str]:
        return iter(self.accounts)

    def __len__(self) -> int:
        return len(self._directory.accounts())

    def __contains__(self, account: object) -> bool:
        return any(
            account in (self._directory.name_of(each), each.account_id)
            for each in self._directory.accounts()
        )

    def session(self, account: str | None = None, region: str | None = None) -> Any:
        """Return a `boto3.Session` of an account.

        Args:
            account: its name; the management account when None.
            region: the session's region; the mock's default region when None.

        Raises:
            UsageError: the organization has no such account.
        """
        named = MANAGEMENT if account is None else account
        return self._session(self._directory.account(named).account_id, region)

    def client(
        self, service: str, account: str | None = None, region: str | None = None, **kwargs: Any
    ) -> Any:
        """Return a boto3 client of an account, for any service.

        Args:
            service: the service's id, e.g. ``securityhub`` or ``organizations``.
            account: its name; the management account when None.
            region: the client's region; the mock's default region when None.
            **kwargs: whatever else `boto3.Session.client` takes, e.g. ``config``; its
                ``region_name`` is another name for ``region``.

        Raises:
            UsageError: the organization has no such account, or AWS has no such service.
        """
        session = self.session(account, region_of("client", region, kwargs))
        return client_of(session, service, kwargs)

    # --- accounts come and go ---

    def join(self, name: str, unit: str | None = None, account_id: str | None = None) -> str:
        """Add an account to the organization, and return its id.

        Args:
            name: what it is called.
            unit: the path of its unit; the root when None.
            account_id: an existing account, which is invited and accepts; a new account is created
                when None.

        Raises:
            UsageError: the name is taken or not valid, there is no such unit, or the account is in
                an organization.
        """
        with self._running.world.lock:
            taken = self.accounts
            if account_name(name) in taken:
                raise UsageError(f"{name!r} is in the organization already: {taken[name]}.")
            parent_id = self._directory.place(unit)
            if account_id is None:
                (found,) = account_ids(1, taken.values(), self._moto.partition)
            else:
                found = outsider(checked_id(account_id), self._moto.partition)
            self._moto.join(NewAccount(name, found, parent_id), invited=account_id is not None)
        return found

    def move(self, account: str, unit: str | None) -> None:
        """Move an account to a unit, or to the root when ``unit`` is None.

        Raises:
            UsageError: there is no such account or unit, or the account is there already.
        """
        with self._running.world.lock:
            found = self._directory.account(account)
            destination = self._directory.place(unit)
            if destination == found.parent_id:
                raise UsageError(f"{account!r} is in {unit or 'the root'!r} already.")
            self._moto.move(found.account_id, found.parent_id, destination)

    def suspend(self, account: str) -> None:
        """Suspend an account, as AWS itself does, e.g. for a bill that is not paid.

        Raises:
            UsageError: there is no such account, it is not active, or is the management account.
        """
        with self._running.world.lock:
            found = self._directory.active_member(account, "suspended")
            self._moto.suspend(found.account_id)

    def reinstate(self, account: str) -> None:
        """Make a suspended or closed account active again, as AWS Support can for 90 days.

        What a service has ended because the account was closed stays ended.

        Raises:
            UsageError: there is no such account, or it is active.
        """
        with self._running.world.lock:
            found = self._directory.account(account)
            if found.status == "ACTIVE":
                raise UsageError(f"{account!r} is active: nothing has to be reinstated.")
            self._moto.reinstate(found.account_id)

    def close(self, account: str) -> None:
        """Close an account; it stays in the organization, suspended.

        A delegated administrator that is closed stays registered until it is deregistered.

        Raises:
            UsageError: there is no such account, it is not active, or is the management account.
        """
        with self._running.world.lock:
            found = self._directory.active_member(account, "closed")
            self._moto.close(found.account_id)

    def leave(self, account: str) -> None:
        """Remove an account from the organization. It is standalone then, and may `join` again.

        Raises:
            UsageError: there is no such account, it is the management account, or a delegated
                administrator, which AWS does not let leave.
        """
        with self._running.world.lock:
            found = self._directory.member(account, "removed")
            of = [
                principal
                for principal, registered in self._directory.read().delegated.items()
                if found.account_id in registered
            ]
            if of:
                raise UsageError(
                    f"{account!r} is the delegated administrator of {', '.join(of)}, and AWS lets"
                    f" no such account leave: `undelegate({of[0]!r})` first."
                )
            self._moto.remove(found.account_id)

    # --- units ---

    def add_unit(self, path: str) -> str:
        """Create a unit, and return its id; the units above it must exist.

        Args:
            path: where it is, e.g. ``Workloads/Prod``; a name alone is a unit below the root.

        Raises:
            UsageError: it exists already, its parent does not, its name is not valid, or it would
                be nested too deep.
        """
        if not isinstance(path, str):
            raise UsageError(f"{path!r} is not the path of a unit: pass e.g. 'Workloads/Prod'.")
        above, _, name = path.rpartition("/")
        with self._running.world.lock:
            units = self.units
            if child(above, name) in units:
                raise UsageError(f"The unit {path!r} is there already: {units[path]}.")
            return self._moto.add_unit(name, self._directory.place(above or None))

    def remove_unit(self, unit: str) -> None:
        """Delete a unit, which must be empty.

        Raises:
            UsageError: there is no such unit, or accounts or units are in it.
        """
        with self._running.world.lock:
            unit_id = self._directory.place(unit, root=False)
            inside = [
                self._directory.name_of(each)
                for each in self._directory.accounts()
                if each.parent_id == unit_id
            ]
            inside += [each.name for each in self._moto.units() if each.parent_id == unit_id]
            if inside:
                raise UsageError(
                    f"The unit {unit!r} is not empty: {listed(inside)} in it. Move or remove"
                    " what is in it first."
                )
            self._moto.remove_unit(unit_id)

    # --- services ---

    def trust(self, service: str) -> None:
        """Enable trusted access for a service; a second time it changes nothing.

        Args:
            service: its id, e.g. ``security-ir``, or its principal.

        Raises:
            UsageError: there is no such service, or it does not work with Organizations.
        """
        principal = trusted_principal(service)
        with self._running.world.lock:
            self._directory.require_there()
            self._moto.trust(principal)

    def distrust(self, service: str) -> None:
        """Disable trusted access for a service.

        Raises:
            UsageError: there is no such service, or it has no trusted access.
        """
        principal = trusted_principal(service)
        with self._running.world.lock:
            if principal not in self._directory.read().trusted_services:
                raise UsageError(f"{service!r} has no trusted access to the organization.")
            self._moto.distrust(principal)

    def delegate(self, service: str, account: str, *, regions: Sequence[str] | None = None) -> None:
        """Make an account the delegated administrator of a service, and enable trusted access.

        Args:
            service: its id, e.g. ``securityhub``, or its principal.
            account: the account's name.
            regions: where Security Hub's administrator is designated, which is done per region;
                those of the organization when None. Other services have no regions here.

        Raises:
            UsageError: there is no such service or account, the service cannot have a delegated
                administrator or has another one, or the account cannot become one.
        """
        principal = delegated_principal(service)
        with self._running.world.lock:
            found = self._directory.account(account)
            if regions is not None and principal != SECURITYHUB:
                raise UsageError(
                    f"A delegated administrator of {service!r} is registered for all regions at"
                    " once: leave `regions` out."
                )
            chosen = self._regions if regions is None else regions
            where = check_regions(chosen, self._moto.partition)
            self._services.check_candidate(principal, found.account_id, where)
            self._services.delegate(principal, found.account_id, where)

    def undelegate(self, service: str, account: str | None = None) -> None:
        """Deregister a delegated administrator, in all regions.

        Args:
            service: its id, e.g. ``securityhub``, or its principal.
            account: the account's name; may be None if the service has one administrator.

        Raises:
            UsageError: there is no such service or account, or it is not a delegated administrator.
        """
        principal = delegated_principal(service)
        with self._running.world.lock:
            registered = self._directory.read().delegated.get(principal, ())
            if account is not None:
                chosen = self._directory.account(account).account_id
            elif len(registered) == 1:
                chosen = registered[0]
            else:
                raise UsageError(
                    f"{service!r} has {len(registered) or 'no'} delegated administrators"
                    + (": say which one is meant." if registered else ".")
                )
            if chosen not in registered:
                raise UsageError(f"{account!r} is not a delegated administrator of {service!r}.")
            self._moto.deregister(principal, chosen)

    # --- shown ---

    def __repr__(self) -> str:
        try:
            return self._directory.drawn()
        except UsageError:
            return f"<MockOrganization {self.organization_id}, gone>"
