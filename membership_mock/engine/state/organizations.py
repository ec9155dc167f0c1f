"""An AWS organization as our services see it, and the changes that may happen to one.

moto holds the organization; `engine.moto.organizations` reads it for each request.
"""

from __future__ import annotations

from abc import abstractmethod
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import accumulate, chain
from typing import Any, Literal, NamedTuple, TypeVar

from membership_mock.engine.lazy_dataclasses import dataclass

T = TypeVar("T")

#: the operations of Organizations that change an organization in a way that our services follow
OrganizationOperation = Literal[
    "create_account",
    "move_account",
    "close_account",
    "remove_account_from_organization",
    "delete_organizational_unit",
    "delete_organization",
    "register_delegated_administrator",
    "deregister_delegated_administrator",
    "enable_aws_service_access",
    "disable_aws_service_access",
]


class OrganizationAccount(NamedTuple):
    """An account of an organization.

    Attributes:
        account_id: its 12 digits.
        active: False once the account is suspended or closed; it stays in the organization.
        parent_id: the root or the organizational unit that it is in.
        name: its name in the organization.
    """

    account_id: str
    active: bool
    parent_id: str
    name: str = ""


class OrganizationAccounts(Mapping[str, OrganizationAccount]):
    """The accounts of an organization by their ids, in the order of joining.

    Looking up an account does not read the others, unless the organization has changed.
    """

    @property
    @abstractmethod
    def ascending(self) -> Sequence[str]:
        """The ids of all accounts, ascending."""

    @property
    @abstractmethod
    def by_parent(self) -> Mapping[str, Sequence[str]]:
        """The ids of the accounts in the root and in each unit, by its id."""

    @property
    @abstractmethod
    def active(self) -> frozenset[str]:
        """The ids of the accounts that are neither suspended nor closed."""


class UnitParents(Mapping[str, str]):
    """The parent of each unit of an organization, by the unit's id; the root is not a unit."""

    @property
    @abstractmethod
    def ascending(self) -> Sequence[str]:
        """The ids of all units, ascending."""


class _Joined(Sequence[str]):
    """Several sequences one after another, which are not copied."""

    def __init__(self, parts: Iterable[Sequence[str]]) -> None:
        self._parts = [part for part in parts if part]
        self._starts = [0, *accumulate(map(len, self._parts))]

    def __len__(self) -> int:
        return self._starts[-1]

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self[each] for each in range(len(self))[place]]
        at = range(len(self))[place]
        part = bisect_right(self._starts, at) - 1
        return self._parts[part][at - self._starts[part]]


@dataclass(frozen=True)
class Organization:
    """An organization at one moment.

    Attributes:
        organization_id: ``o-`` and ten letters or digits.
        management_account_id: the account that owns the organization.
        all_features: whether all features are enabled (not only consolidated billing).
        root_id: the root of the tree of units.
        accounts: every account by its id, the management account among them; read when asked for.
        unit_parents: the parent of each organizational unit, by the unit's id.
        delegated: the accounts that are delegated administrators, by service principal.
        trusted_services: the service principals with trusted access.
    """

    organization_id: str
    management_account_id: str
    all_features: bool
    root_id: str
    accounts: OrganizationAccounts
    unit_parents: UnitParents
    delegated: Mapping[str, tuple[str, ...]]
    trusted_services: frozenset[str]

    def has_unit(self, unit_id: str) -> bool:
        """Return whether the organization has this unit (the root is not a unit)."""
        return unit_id in self.unit_parents

    @property
    def targets(self) -> Sequence[str]:
        """The ids of all accounts, of all units and of the root, ascending."""
        parts = [self.accounts.ascending, self.unit_parents.ascending, [self.root_id]]
        # ids of accounts are digits, those of units begin with "ou-", that of the root with "r-"
        ends = [end for part in parts if part for end in (part[0], part[-1])]
        if ends == sorted(ends):
            return _Joined(parts)
        return sorted(chain.from_iterable(parts))

    def accounts_below(self, unit_ids: Iterable[str]) -> list[str]:
        """Return the ids of the accounts in these units and in all units below them."""
        wanted = set(unit_ids)
        if not wanted:
            return []
        is_below = dict.fromkeys(wanted, True)
        found: list[str] = []
        for parent, accounts in self.accounts.by_parent.items():
            if parent not in is_below:  # each unit is looked up once, not each account
                passed, below = self.inherited(parent, is_below)
                is_below.update(dict.fromkeys(passed, bool(below)))
            if is_below[parent]:
                found += accounts
        return found

    def inherited(self, parent_id: str, known: Mapping[str, T]) -> tuple[list[str], T | None]:
        """Return the value that a unit has itself, or inherits from a unit above it.

        Args:
            parent_id: a unit or the root.
            known: the values by unit.

        Returns:
            The units from ``parent_id`` up to the first one with a value, without it; and that
            value, or None if no unit up to the root has one.
        """
        chain: dict[str, None] = {}
        at: str | None = parent_id
        while at is not None and at not in chain:
            if at in known:
                return list(chain), known[at]
            chain[at] = None
            at = self.unit_parents.get(at)
        return list(chain), None

    def ancestors(self, parent_id: str) -> list[str]:
        """Return ``parent_id``, its parent, and so on up to the root."""
        return self.inherited(parent_id, {})[0]


@dataclass(frozen=True, slots=True)
class OrganizationChange:
    """A change of an organization.

    Attributes:
        kind: the change, named like the operation of Organizations that makes it. An existing
            account joins by accept_handshake. AWS itself suspends and reinstates accounts, without
            an operation.
        management_account_id: the account that owns the organization.
        partition: the partition that the organization lives in.
        now: when it happens, in UTC.
        account_id: the changed account; None if the change concerns no account.
        service_principal: the service; None if the change concerns no service.
    """

    kind: (
        OrganizationOperation | Literal["accept_handshake", "suspend_account", "reinstate_account"]
    )
    management_account_id: str
    partition: str
    now: datetime
    account_id: str | None = None
    service_principal: str | None = None
