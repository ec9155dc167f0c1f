"""Finds the accounts and units of moto's Organizations without reading all of them.

moto keeps them in lists, which any code may change. So an index of a list is used only after a
check. For one account or unit, it is checked that it still stands at its place in the list. For all
others, it is checked that the list has the same entries, which takes about 1 ns for each.

A list does not show that an account got another id, unit or status. While a mock runs, moto's
classes count such changes. If they do not, each index is made anew.
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from membership_mock.engine.state.organizations import (
    OrganizationAccount,
    OrganizationAccounts,
    UnitParents,
)

if TYPE_CHECKING:
    from membership_mock.engine.moto.patches import Patches

_ID = operator.attrgetter("id")
_SETTER = "__setattr__"
#: the attribute of the function that sets attributes, which has the count
_COUNTED = "membership_mock_changes"


class Changes:
    """Counts the changes of accounts and units that their lists do not show.

    Attributes:
        of_ids: how many got another id.
        of_details: how many got another parent or status.
    """

    def __init__(self) -> None:
        self.of_ids = 0
        self.of_details = 0


def install(patches: Patches, models: Any) -> None:
    """Let moto's accounts and units count their changes, until ``patches`` are undone."""
    changes = Changes()
    for kind in (models.FakeAccount, models.FakeOrganizationalUnit):
        _count(patches, kind, changes)


def _count(patches: Patches, kind: Any, changes: Changes) -> None:
    if hasattr(vars(kind).get(_SETTER), _COUNTED):
        delattr(kind, _SETTER)  # another tool has put ours back after the end of its mock
    own = patches.has(kind, _SETTER)
    put: Any = patches.original(kind, _SETTER) if own else kind.__setattr__

    def set_attribute(self: Any, name: str, value: Any) -> None:
        is_change = name in ("id", "parent_id", "status") and name in vars(self)
        put(self, name, value)
        if is_change:
            if name == "id":
                changes.of_ids += 1
            else:
                changes.of_details += 1

    setattr(set_attribute, _COUNTED, changes)
    patches.set(kind, _SETTER, set_attribute)


def _changes_of(models: Any) -> Changes | None:
    """Return the count of changes; None if not all changes are counted."""
    counts = {
        getattr(vars(kind).get(_SETTER), _COUNTED, None)
        for kind in (models.FakeAccount, models.FakeOrganizationalUnit)
    }
    return counts.pop() if len(counts) == 1 else None


class _Index:
    """The entries of a list by their ids, at one moment.

    Args:
        listed: a copy of the list.
        changes: counts changes of the entries; None if changes are not counted.
    """

    def __init__(self, listed: list[Any], changes: Changes | None) -> None:
        self.listed = listed
        self._changes = changes
        self.of_ids = changes.of_ids if changes else 0
        ids = list(map(_ID, listed))
        self.by_id: dict[str, Any] = dict(zip(ids, listed, strict=True))
        self.places: dict[str, int] = dict(zip(ids, range(len(ids)), strict=True))
        self._details: tuple[int, dict[str, list[str]], frozenset[str]] | None = None

    @cached_property
    def ascending(self) -> list[str]:
        """All ids, ascending."""
        return sorted(self.by_id)

    @cached_property
    def units(self) -> list[str]:
        """The ids of units, in the order of the list, which has the root as well."""
        return [each.id for each in self.listed if each.parent_id is not None]

    @cached_property
    def ascending_units(self) -> list[str]:
        """The ids of units, ascending."""
        return sorted(self.units)

    def fits(self, changes: Changes | None, live: list[Any]) -> bool:
        """Return whether the index would be the same if it was made now."""
        return (
            changes is not None
            and changes is self._changes
            and changes.of_ids == self.of_ids
            and self.listed == live
        )

    def found(self, live: list[Any], account_id: str) -> Any:
        """Return the entry with an id if the list still has it at its place; otherwise None."""
        place = self.places.get(account_id)
        if place is None or len(live) != len(self.listed):
            return None
        entry = self.listed[place]
        return entry if live[place] is entry and entry.id == account_id else None

    def details(self) -> tuple[dict[str, list[str]], frozenset[str]]:
        """Return the ids of the accounts of each parent, and those of all active accounts."""
        counted = self._changes.of_details if self._changes else -1
        known = self._details
        if known is None or known[0] != counted or counted < 0:
            below: defaultdict[str, list[str]] = defaultdict(list)
            active = []
            for account_id, account in self.by_id.items():
                below[account.parent_id].append(account_id)
                if account.status == "ACTIVE":
                    active.append(account_id)
            known = self._details = counted, dict(below), frozenset(active)
        return known[1:]


class Indexes:
    """The indexes of moto's organizations, for one world."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Any, dict[str, _Index]] = WeakKeyDictionary()

    def known(self, backend: Any, name: str) -> _Index | None:
        """Return the last index of a list of a backend, which may not fit any more."""
        found = self._known.get(backend)
        return found.get(name) if found else None

    def fitting(self, models: Any, backend: Any, name: str) -> _Index:
        """Return an index of a list of a backend as it is now."""
        changes, live = _changes_of(models), getattr(backend, name)
        known = self.known(backend, name)
        if known is None or not known.fits(changes, live):
            known = _Index(list(live), changes)
            self._known.setdefault(backend, {})[name] = known
        return known


class _Entries:
    """The entries of a list of moto's, each read when it is asked for.

    As soon as one answer needs the whole list, all later answers are about the list at that moment.

    Args:
        indexes: the indexes of the world.
        models: moto's module.
        backend: the backend that has the list.
        name: the attribute.
    """

    def __init__(self, indexes: Indexes, models: Any, backend: Any, name: str) -> None:
        self._where = models, backend, name
        self._indexes = indexes
        self._live: list[Any] = getattr(backend, name)
        # An index that may be out of date: `find` checks each entry that it finds with it.
        self._hint = None if _changes_of(models) is None else indexes.known(backend, name)
        self._index: _Index | None = None

    @property
    def index(self) -> _Index:
        """The index of the whole list."""
        if self._index is None:
            self._index = self._indexes.fitting(*self._where)
        return self._index

    def find(self, entry_id: str) -> Any:
        """Return the entry with an id; None if the list has no such entry."""
        if self._index is None and self._hint is not None:
            found = self._hint.found(self._live, entry_id)
            if found is not None:
                return found
        return self.index.by_id.get(entry_id)


class Accounts(OrganizationAccounts):
    """The accounts of an organization, each created when it is read: there may be thousands."""

    def __init__(self, indexes: Indexes, models: Any, backend: Any) -> None:
        self._entries = _Entries(indexes, models, backend, "accounts")

    def __getitem__(self, account_id: str) -> OrganizationAccount:
        account = self._entries.find(account_id)
        if account is None:
            raise KeyError(account_id)
        return _account(account)

    def get(self, account_id: str, default: Any = None) -> Any:
        """Return an account; ``default`` if the organization does not have it."""
        account = self._entries.find(account_id)
        return default if account is None else _account(account)

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries.index.by_id)

    def __len__(self) -> int:
        return len(self._entries.index.by_id)

    def __contains__(self, account_id: object) -> bool:
        return self._entries.find(account_id) is not None  # type: ignore[arg-type]

    @property
    def ascending(self) -> Sequence[str]:
        """The ids of all accounts, ascending."""
        return self._entries.index.ascending

    @property
    def by_parent(self) -> Mapping[str, Sequence[str]]:
        """The ids of the accounts in the root and in each unit, by its id."""
        return self._entries.index.details()[0]

    @property
    def active(self) -> frozenset[str]:
        """The ids of the accounts that are neither suspended nor closed."""
        return self._entries.index.details()[1]


def _account(account: Any) -> OrganizationAccount:
    return OrganizationAccount(
        account.id, account.status == "ACTIVE", account.parent_id, str(account.name)
    )


class Units(UnitParents):
    """The parents of the units of an organization, each read when it is asked for."""

    def __init__(self, indexes: Indexes, models: Any, backend: Any) -> None:
        self._entries = _Entries(indexes, models, backend, "ou")

    def __getitem__(self, unit_id: str) -> str:
        unit = self._entries.find(unit_id)
        if unit is None or unit.parent_id is None:  # moto counts the root among the units
            raise KeyError(unit_id)
        parent_id: str = unit.parent_id
        return parent_id

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries.index.units)

    def __len__(self) -> int:
        return len(self._entries.index.units)

    def __contains__(self, unit_id: object) -> bool:
        unit = self._entries.find(unit_id)  # type: ignore[arg-type]
        return unit is not None and unit.parent_id is not None

    @property
    def ascending(self) -> Sequence[str]:
        """The ids of all units, ascending."""
        return self._entries.index.ascending_units
