"""Sets up and changes an organization of moto's without requests.

If Organizations has an operation, moto's own method is called, and our services are notified as for
a request. Changes that only AWS makes (suspend and reinstate an account) are made here, with the
same notifications.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import moto  # before its modules, as `require_moto` explains
import moto.backends

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.moto.modules import models_of, require_models_of
from membership_mock.engine.moto.organization_changes import (
    ONE_ADMINISTRATOR,
    Arrival,
    announced,
    arriving,
)
from membership_mock.engine.moto.organizations import organization_of
from membership_mock.engine.state.organizations import Organization, OrganizationChange

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.backends import Backends
    from membership_mock.engine.state.world import World

__all__ = [
    "ONE_ADMINISTRATOR",
    "Account",
    "MotoOrganization",
    "NewAccount",
    "Unit",
    "account_ids",
    "keep_roles",
    "known_principals",
    "organization_of",
]


#: moto's name for the role of the management account in the accounts that it creates
_ACCESS_ROLE = "OrganizationAccountAccessRole"


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to add to an organization.

    Attributes:
        name: its name.
        account_id: its 12 digits, not in use yet.
        parent_id: the root or the unit to put it in.
    """

    name: str
    account_id: str
    parent_id: str


@dataclass(frozen=True, slots=True)
class Account:
    """An account of an organization, as moto has it at one moment."""

    account_id: str
    name: str
    status: str
    parent_id: str


@dataclass(frozen=True, slots=True)
class Unit:
    """An organizational unit, as moto has it at one moment; the root is not a unit."""

    unit_id: str
    name: str
    parent_id: str


def _models() -> Any:
    """Return moto's Organizations; its import through moto also installs our services in it."""
    moto.backends.get_backend("organizations")
    return require_models_of("organizations")


def known_principals() -> tuple[list[str], list[str]]:
    """Return the principals that can have trusted access, and a delegated administrator."""
    models = _models()
    return (
        list(models.FakeServiceAccess.TRUSTED_SERVICES),
        list(models.FakeDelegatedAdministrator.SUPPORTED_SERVICES),
    )


def account_ids(wanted: int, taken: Iterable[str], partition: str) -> list[str]:
    """Return new account ids from moto's random source.

    Args:
        wanted: how many.
        taken: ids that are in use.
        partition: no organization in this partition has the new ids.
    """
    models = _models()
    used = set(taken)
    found: list[str] = []
    while len(found) < wanted:
        account_id = str(models.utils.make_random_account_id())
        if account_id not in used and organization_of(account_id, partition) is None:
            used.add(account_id)
            found.append(account_id)
    return found


def keep_roles() -> Callable[[], None]:
    """Return a function that deletes the roles that moto creates in new accounts from now on."""
    before = {role_id for _, role_id in _access_roles()}

    def delete_new_roles() -> None:
        for iam, role_id in _access_roles():
            if role_id not in before:
                iam.delete_role(_ACCESS_ROLE)

    return delete_new_roles


def _access_roles() -> list[tuple[Any, str]]:
    """Return moto's IAM backend and the id of the management account's role, for every account."""
    models = models_of("iam")
    if models is None:
        return []
    return [
        (iam, role_id)
        for held in list(models.iam_backends.values())
        for iam in list(held.values())
        for role_id, role in list(iam.roles.items())
        if role.name == _ACCESS_ROLE
    ]


class MotoOrganization:
    """The organization of one management account, by its ids.

    The caller has made the checks that moto lacks.

    Args:
        management: the management account.
        partition: the partition that the organization lives in.
        backends: the backends of our services, which are notified of every change.
        world: their state.
    """

    def __init__(
        self,
        management: str,
        partition: str,
        backends: Backends,
        world: World,
    ) -> None:
        self.management = management
        self.partition = partition
        self._backends = backends
        self._world = world

    def create(self, region: str) -> str:
        """Create the organization, with all features enabled; return its id."""
        self._backend.create_organization(region=region, FeatureSet="ALL")
        return str(self._backend.org.id)

    def read(self) -> Organization | None:
        """Return the organization as it is; None if the management account has none of its own."""
        organization = organization_of(self.management, self.partition)
        if organization is None or organization.management_account_id != self.management:
            return None
        return organization

    @property
    def organization_id(self) -> str | None:
        """The id of the organization, quicker than `read`; None if there is no organization."""
        organization = self._backend.org
        return None if organization is None else str(organization.id)

    def accounts(self) -> list[Account]:
        """Return every account, in the order of joining."""
        return [_account(each) for each in self._backend.accounts]

    def find(self, named: str) -> Account | None:
        """Return the account of this name or id that joined first; None if no account has it."""
        found = (each for each in self._backend.accounts if named in (each.name, each.id))
        return next(map(_account, found), None)

    def units(self) -> list[Unit]:
        """Return every unit, in the order of creation."""
        return [
            Unit(each.id, each.name, each.parent_id) for each in self._backend.ou if each.parent_id
        ]

    # --- units and accounts ---

    def add_unit(self, name: str, parent_id: str) -> str:
        """Create a unit; return its id."""
        with _in_new_list(self._backend, "ou"):
            created = self._backend.create_organizational_unit(Name=name, ParentId=parent_id)
        return str(created["OrganizationalUnit"]["Id"])

    def remove_unit(self, unit_id: str) -> None:
        """Delete a unit."""
        self._backend.delete_organizational_unit(OrganizationalUnitId=unit_id)

    def fill(self, accounts: Iterable[NewAccount]) -> None:
        """Create the first accounts of a new organization.

        It takes time in proportion to their number, because no account is moved.
        """
        latest = self._backend.accounts[-1].create_time
        for new in accounts:
            # Inside the block, our services see an organization of one account. That is harmless:
            # a new organization has no administrator.
            with _in_new_list(self._backend, "accounts"):
                account = self._create_account(new.name, Arrival(new.account_id), latest)
            account.parent_id = new.parent_id
            latest = account.create_time

    def join(self, new: NewAccount, *, invited: bool) -> None:
        """Add an account to the root, as AWS does, and move it from there.

        Args:
            new: the account.
            invited: whether it exists already and joins by accepting an invitation.
        """
        latest = self._backend.accounts[-1].create_time
        self._create_account(new.name, Arrival(new.account_id, invited), latest)
        root_id = self._backend.org.root_id
        if new.parent_id != root_id:
            self.move(new.account_id, root_id, new.parent_id)

    def move(self, account_id: str, source_id: str, destination_id: str) -> None:
        """Move an account."""
        self._backend.move_account(
            AccountId=account_id, SourceParentId=source_id, DestinationParentId=destination_id
        )

    def suspend(self, account_id: str) -> None:
        """Suspend an account, as AWS itself may do."""
        self._set_status(account_id, "SUSPENDED", "suspend_account")

    def reinstate(self, account_id: str) -> None:
        """Make a suspended or closed account active again, as AWS Support does."""
        self._set_status(account_id, "ACTIVE", "reinstate_account")

    def close(self, account_id: str) -> None:
        """Close an account."""
        self._backend.close_account(AccountId=account_id)

    def remove(self, account_id: str) -> None:
        """Remove an account from the organization."""
        self._backend.remove_account_from_organization(AccountId=account_id)

    # --- services ---

    def trust(self, principal: str) -> None:
        """Enable trusted access for a service; a repetition changes nothing."""
        self._backend.enable_aws_service_access(ServicePrincipal=principal)

    def distrust(self, principal: str) -> None:
        """Disable trusted access for a service."""
        self._backend.disable_aws_service_access(ServicePrincipal=principal)

    def register(self, principal: str, account_id: str) -> None:
        """Register a delegated administrator."""
        self._backend.register_delegated_administrator(
            ServicePrincipal=principal, AccountId=account_id
        )

    def deregister(self, principal: str, account_id: str) -> None:
        """Deregister a delegated administrator."""
        self._backend.deregister_delegated_administrator(
            ServicePrincipal=principal, AccountId=account_id
        )

    @property
    def _backend(self) -> Any:
        return _models().organizations_backends[self.management][self.partition]

    def _create_account(self, name: str, arrival: Arrival, latest: datetime) -> Any:
        """Let moto create an account with a given id; return moto's account.

        Args:
            name: its name.
            arrival: its id, and how it joins.
            latest: when the account before it joined.
        """
        backend = self._backend
        with arriving(arrival), _without_new_roles(arrival):
            backend.create_account(AccountName=name, Email=_email(name))
        account = backend.accounts[-1]
        if arrival.invited:
            account.joined_method = "INVITED"
        # moto finds the next page of accounts by the time of their joining, so no two may have the
        # same, even while the clock is frozen
        account.create_time = max(account.create_time, latest + timedelta(microseconds=1))
        return account

    def _set_status(
        self,
        account_id: str,
        status: str,
        kind: Literal["suspend_account", "reinstate_account"],
    ) -> None:
        change = OrganizationChange(
            kind=kind,
            management_account_id=self.management,
            partition=self.partition,
            now=self._world.clock.now(),
            account_id=account_id,
        )
        with announced(self._backends, self._world, change):
            account = self._backend.get_account_by_id(account_id)
            account.status = account.state = status


@contextmanager
def _in_new_list(backend: Any, name: str) -> Iterator[None]:
    """Give moto an empty list for what it creates inside the block, and append it afterwards.

    moto searches the whole list twice for each new account or unit, so a thousand of them would
    take it a million steps.
    """
    held: list[Any] = getattr(backend, name)
    created: list[Any] = []
    setattr(backend, name, created)
    try:
        yield
    finally:
        held += created
        setattr(backend, name, held)


@contextmanager
def _without_new_roles(arrival: Arrival) -> Iterator[None]:
    """Delete the management account's role, which moto creates, from an invited account.

    Source: user guide, "Creating the OrganizationAccountAccessRole in an invited member account".
    """
    if not arrival.invited:
        yield
        return
    iam = moto.backends.get_backend("iam")[arrival.account_id]["global"]
    before = set(iam.roles)
    yield
    for role_id in iam.roles.keys() - before:
        iam.delete_role(iam.roles[role_id].name)


def _account(account: Any) -> Account:
    return Account(account.id, account.name, account.status, account.parent_id)


def _email(name: str) -> str:
    return f"{re.sub(r'[^a-z0-9.]+', '-', name.lower()).strip('-.') or 'account'}@example.com"
