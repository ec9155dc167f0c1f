"""What `mock.show` prints about a store: lines, made only as far as they are printed.

A summary changes no state: a status that changes at the next read stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.organizations import Organization

T = TypeVar("T")

#: how many characters of a name are shown
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One resource, as a line of text.

    Attributes:
        text: the line.
        below: the indented lines of resources that belong to it.
    """

    text: str
    below: tuple[Lines, ...] = ()


@dataclass(frozen=True, slots=True)
class Lines:
    """The resources of one kind.

    Attributes:
        things: the kind in the plural, for the text that says how many are not shown.
        count: how many there are.
        lines: one for each; read only as far as they are printed.
    """

    things: str
    count: int
    lines: Iterable[Line]


@dataclass(frozen=True, slots=True)
class Summary:
    """The resources of an account in a region.

    Attributes:
        account: its 12 digits; empty for all accounts.
        region: the region; empty for all regions.
        service: the service's id.
        lines: the resources.
    """

    account: str
    region: str
    service: str
    lines: Lines


@dataclass(frozen=True)
class View:
    """Other data that a summary may read besides its own store.

    Attributes:
        find_store: returns the store of a kind with a key; None if there is none.
        now: the time of the summary, in UTC.
        organization_of: returns the organization of an account in a partition; None if it is in
            none.
    """

    find_store: Callable[[Any, tuple[str, ...]], Any]
    now: datetime
    organization_of: Callable[[str, str], Organization | None]


def one(text: str, *below: Lines) -> Lines:
    """Return a single line."""
    return Lines("", 1, (Line(text, below),))


def several(things: str, held: Sequence[T], show: Callable[[T], Line | str]) -> Lines:
    """Return a line for each of ``held``, in order; ``show`` is called only for printed ones."""

    def lines() -> Iterator[Line]:
        for each in held:
            shown = show(each)
            yield Line(shown) if isinstance(shown, str) else shown

    return Lines(things, len(held), lines())


def by_account(held: Iterable[T], account_of: Callable[[T], str]) -> dict[str, list[T]]:
    """Return the entries of ``held`` by account, in the same order."""
    found: dict[str, list[T]] = {}
    for each in held:
        found.setdefault(account_of(each), []).append(each)
    return found


def named(name: object) -> str:
    """Return a name in quotes: on one line, printable, and shortened if it is long."""
    text = str(name)
    return repr(text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…")


def listed(things: Sequence[str], most: int = 5) -> str:
    """Return texts with commas between them, shortened when there are many."""
    more = [f"… and {len(things) - most:,} more"] if len(things) > most else []
    return ", ".join([*islice(things, most), *more])
