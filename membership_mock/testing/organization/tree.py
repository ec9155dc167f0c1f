"""The tree of units and accounts that an organization is built from, and shown as."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from membership_mock.engine.pipeline.caller import account_id
from membership_mock.errors import UsageError

#: A mapping has accounts, by name, with the id or None for a random one; and units, by name, each a
#: mapping or a list. A list has the names of accounts.
Tree: TypeAlias = Mapping[str, "Tree | str | None"] | Sequence[str]

#: What the management account is called in an organization of the mock.
MANAGEMENT = "management"

#: How deep units can be nested below the root. Source: quotas of Organizations, "OU nesting".
DEEPEST = 5

_ID = re.compile(r"\d{12}|ou-[0-9a-z]+-[0-9a-z]+|r-[0-9a-z]+")


@dataclass(frozen=True, slots=True)
class PlannedAccount:
    """An account that will be created.

    Attributes:
        name: its name.
        account_id: its id; None for a random one.
        unit: the path of its unit; empty for the root.
    """

    name: str
    account_id: str | None
    unit: str


@dataclass
class Plan:
    """What to build.

    Attributes:
        units: the path of every unit, a parent before its children.
        accounts: every account, in the order of the tree, by name.
    """

    units: list[str] = field(default_factory=list)
    accounts: dict[str, PlannedAccount] = field(default_factory=dict)

    @property
    def given_ids(self) -> list[str]:
        """The ids that the tree gives."""
        return [each.account_id for each in self.accounts.values() if each.account_id is not None]


def read_tree(tree: object) -> Plan:
    """Return the plan that a tree means.

    Raises:
        UsageError: it is not such a tree; an account, an id or a unit is in it twice; a name or an
            id is not valid; or units are nested deeper than AWS allows.
    """
    plan = Plan()
    _read(tree, "", plan)
    seen: dict[str, str] = {}
    for each in plan.accounts.values():
        if each.account_id is not None:
            first = seen.setdefault(each.account_id, each.name)
            if first != each.name:
                raise UsageError(
                    f"The id {each.account_id} is given to {first!r} and to {each.name!r}: an"
                    " id belongs to one account; write None for a random one."
                )
    return plan


def _read(tree: object, unit: str, plan: Plan) -> None:
    if isinstance(tree, Mapping):
        for name, value in tree.items():
            if value is None or isinstance(value, str):
                _add(name, None if value is None else _given_id(name, value), unit, plan)
            elif isinstance(value, (Mapping, Sequence)) and not isinstance(value, bytes):
                path = child(unit, name)
                plan.units.append(path)
                _read(value, path, plan)
            else:
                raise UsageError(
                    f"{value!r} at {child(unit, name)!r} is neither a unit nor an account: write a"
                    " mapping or a list for a unit; 12 digits as text, or None, for an account."
                )
    elif isinstance(tree, Sequence) and not isinstance(tree, (str, bytes)):
        for name in tree:
            _add(name, None, unit, plan)
    else:
        where = f"of the unit {unit!r}" if unit else "of the organization"
        raise UsageError(
            f"{tree!r} cannot be the tree {where}: write a mapping of names, or a list of the"
            " names of accounts."
        )


def _add(name: object, given: str | None, unit: str, plan: Plan) -> None:
    named = account_name(name)
    if named in plan.accounts:
        other = plan.accounts[named].unit or "the root"
        raise UsageError(
            f"Two accounts are called {named!r}, in {other} and in {unit or 'the root'}: give each"
            " a name of its own, since the test asks for them by name."
        )
    plan.accounts[named] = PlannedAccount(named, given, unit)


def _given_id(name: object, value: str) -> str:
    try:
        return account_id(value)
    except UsageError as error:
        raise UsageError(
            f"{error} It stands for {name!r}, which is an account; a unit of one account is a"
            f" list: {{{name!r}: [{value!r}]}}."
        ) from None


def account_name(name: object) -> str:
    """Return ``name`` if an account can be called so.

    Raises:
        UsageError: it is not text, empty, too long for AWS, an id, or the management account's
            name.
    """
    named = _name(name, "an account", 50)
    if named in (MANAGEMENT, "master"):
        raise UsageError(
            f"{named!r} is the management account's name; call the account something else."
        )
    return named


def unit_name(name: object) -> str:
    """Return ``name`` if a unit can be called so.

    Raises:
        UsageError: it is not text, empty, too long for AWS, an id, or has a slash in it.
    """
    named = _name(name, "a unit", 128)
    if "/" in named:
        raise UsageError(
            f"A unit cannot be called {named!r} here: a slash separates the units of a path; nest"
            " units as mappings."
        )
    return named


def _name(name: object, what: str, longest: int) -> str:
    if not isinstance(name, str) or not name.strip() or len(name) > longest:
        raise UsageError(
            f"{name!r} is not a name of {what}: pass text of 1 to {longest} characters."
            + (
                " A list holds the names of accounts only; write a mapping to nest units."
                if isinstance(name, (Mapping, list, tuple))
                else ""
            )
        )
    if _ID.fullmatch(name):
        raise UsageError(
            f"{name!r} is an id, not a name of {what}."
            + (
                f" To give an account this id, write {{'name': {name!r}}}."
                if what == "an account"
                else ""
            )
        )
    return name


def child(unit: str, name: object) -> str:
    """Return the path of a unit in another one; the empty path is the root's.

    Raises:
        UsageError: the name is not valid, or the unit would be nested too deep.
    """
    path = f"{unit}/{unit_name(name)}" if unit else unit_name(name)
    if path.count("/") >= DEEPEST:
        raise UsageError(
            f"The unit {path!r} would be {path.count('/') + 1} below the root; AWS nests units"
            f" {DEEPEST} deep at the most."
        )
    return path


@dataclass
class Branch:
    """A line of a drawn tree, with the lines below it."""

    text: str
    below: list[Branch] = field(default_factory=list)


def draw(branches: Iterable[Branch], indent: str = "") -> Iterator[str]:
    """Yield the lines of a drawn tree."""
    branches = list(branches)
    for number, branch in enumerate(branches, start=1):
        last = number == len(branches)
        yield f"{indent}{'└── ' if last else '├── '}{branch.text}"
        yield from draw(branch.below, indent + ("    " if last else "│   "))
