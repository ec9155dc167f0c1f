"""The data of a picture of the world, and how names are written in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from unicodedata import east_asian_width

#: how much of a name is drawn
LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Box:
    """An account, or one box for many accounts that are not drawn.

    Attributes:
        id: 12 digits, or an identifier of its own.
        lines: what stands in it.
        frame: the organization that it belongs to; empty for none.
        rest: whether it stands for many accounts.
    """

    id: str
    lines: tuple[str, ...]
    frame: str
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Arrow:
    """A relationship between an administrator and a member.

    Attributes:
        source: the box of the administrator.
        target: the box of the member.
        label: the status, and where.
        settled: whether both sides have agreed; else it is dashed.
    """

    source: str
    target: str
    label: str
    settled: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a card.

    Attributes:
        box: the box of the account; empty for none.
        text: what it says.
        label: what the account is there, in short.
        settled: whether the account has joined.
    """

    box: str
    text: str
    label: str
    settled: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A collaboration, or a membership that covers accounts.

    Attributes:
        id: an identifier.
        title: its name.
        lines: what else there is to say of it.
        rows: the accounts in it.
    """

    id: str
    title: str
    lines: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass
class Picture:
    """What there is to draw.

    Attributes:
        frames: the title of each organization, by its id.
        boxes: each by its id.
        arrows: between boxes.
        cards: collaborations and memberships.
    """

    frames: dict[str, str] = field(default_factory=dict)
    boxes: dict[str, Box] = field(default_factory=dict)
    arrows: list[Arrow] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)


def short(name: object) -> str:
    """Return a name on one line, printable whatever is in it, and not too long."""
    text = "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode()
        for each in " ".join(str(name).split())[:LONGEST_NAME]
    )
    if columns(text) <= LONGEST_NAME and len(text) >= len(str(name).strip()):
        return text
    while columns(text) >= LONGEST_NAME:
        text = text[:-1]
    return text + "…"


def columns(text: str) -> int:
    """Return how many columns of a fixed-width font ``text`` takes at the most."""
    return sum(2 if east_asian_width(each) in "WF" or ord(each) > 0xFFFF else 1 for each in text)
