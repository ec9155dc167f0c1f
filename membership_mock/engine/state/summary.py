"""What a store has to show at a view: lines, which are read only as far as they are shown.

Making an summary moves nothing: a status that settles at the next read stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from membership_mock.engine.state.organizations import Organization

T = TypeVar("T")

#: how much of a name is shown
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One thing in a line of text.

    Attributes:
        text: the line.
        below: what belongs to it.
    """

    text: str
    below: tuple[Lines, ...] = ()


@dataclass(frozen=True, slots=True)
class Lines:
    """Things of one kind.

    Attributes:
        things: what they are, in the plural, to say how many are not shown.
        count: how many there are.
        lines: one for each; read no further than it is shown.
    """

    things: str
    count: int
    lines: Iterable[Line]


@dataclass(frozen=True, slots=True)
class Summary:
    """What an account has to show in a region.

    Attributes:
        account: its 12 digits; empty for what goes for all of them.
        region: the region; empty for what goes for all of them.
        service: the service's id.
        lines: what there is.
    """

    account: str
    region: str
    service: str
    lines: Lines


@dataclass(frozen=True)
class View:
    """What a look at the world goes by.

    Attributes:
        find_store: returns the store of a kind with a key; None if there is none.
        now: when the look is taken, in UTC.
        organization_of: returns the organization of an account in a partition; None if of none.
    """

    find_store: Callable[[Any, tuple[str, ...]], Any]
    now: datetime
    organization_of: Callable[[str, str], Organization | None]


def one(text: str, *below: Lines) -> Lines:
    """Return a single line."""
    return Lines("", 1, (Line(text, below),))


def several(things: str, held: Sequence[T], show: Callable[[T], Line | str]) -> Lines:
    """Return a line for each of ``held``, in their order; `show` writes those that are needed."""

    def lines() -> Iterator[Line]:
        for each in held:
            shown = show(each)
            yield Line(shown) if isinstance(shown, str) else shown

    return Lines(things, len(held), lines())


def by_account(held: Iterable[T], account_of: Callable[[T], str]) -> dict[str, list[T]]:
    """Return what each account has of ``held``, in the same order."""
    found: dict[str, list[T]] = {}
    for each in held:
        found.setdefault(account_of(each), []).append(each)
    return found


def named(name: object) -> str:
    """Return a name in quotes: on one line, printable whatever is in it, and not too long."""
    text = str(name)
    return repr(text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…")


def listed(things: Sequence[str], most: int = 5) -> str:
    """Return things with commas between them, cut when there are many."""
    more = [f"… and {len(things) - most:,} more"] if len(things) > most else []
    return ", ".join([*islice(things, most), *more])
