"""The pages of the documentation, and what the tests read from them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import dropwhile, takewhile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

_FENCE = re.compile(r"^(?P<ticks>`{3,})(?P<language>[\w{}-]*)\s*$")
_NOTE = re.compile(r"^<!-- (?P<what>not run|file): (?P<text>.+) -->$")
_NEEDS = re.compile(r"^<!-- needs: (?P<package>\w+) -->$", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6} (?P<title>.+)$")
_LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        language: what stands behind the opening fence, e.g. ``python``.
        text: what stands between the fences.
        line: the number of the line of the opening fence, from 1.
        not_run: why the tests do not execute it; None when they do.
        file: the file that it is, for the blocks after it; None when it is none.
    """

    language: str
    text: str
    line: int
    not_run: str | None = None
    file: str | None = None


def pages() -> list[Path]:
    """Return every page that a reader may come across."""
    built = {"_build", "_generated"}  # by Sphinx
    inside = [page for page in sorted(DOCS.rglob("*.md")) if built.isdisjoint(page.parts)]
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *inside]


def name_of(page: Path) -> str:
    """Return the path of a page from the root of the project."""
    return page.relative_to(ROOT).as_posix()


@cache
def blocks(page: Path) -> tuple[Block, ...]:
    """Return the fenced blocks of a page in order."""
    return tuple(_blocks(page.read_text(encoding="utf-8").splitlines()))


def _blocks(lines: list[str]) -> Iterator[Block]:
    opening, ticks, language, note = 0, "", "", None
    for number, line in enumerate(lines, 1):
        fence = _FENCE.match(line)
        if ticks and line.rstrip() == ticks:
            told = {note["what"]: note["text"]} if note else {}
            text = "".join(f"{each}\n" for each in lines[opening : number - 1])
            yield Block(language, text, opening, told.get("not run"), told.get("file"))
            ticks = ""
        elif not ticks and fence:
            opening, ticks, language = number, fence["ticks"], fence["language"]
            note = _NOTE.match(next((each for each in reversed(lines[: number - 1]) if each), ""))
    assert not ticks, f"the block that opens in line {opening} has no end"


def needs(page: Path) -> str | None:
    """Return the package that the examples of a page need besides those that all tests need."""
    found = _NEEDS.search(page.read_text(encoding="utf-8"))
    return found["package"] if found else None


@cache
def prose(page: Path) -> str:
    """Return a page without its fenced blocks."""
    lines = page.read_text(encoding="utf-8").splitlines()
    for block in blocks(page):
        end = block.line + block.text.count("\n") + 1
        lines[block.line - 1 : end] = [""] * (end - block.line + 1)
    return "\n".join(lines)


def headings(page: Path) -> list[str]:
    """Return the headings of a page."""
    found = (_HEADING.match(line) for line in prose(page).splitlines())
    return [heading["title"] for heading in found if heading]


def anchors(page: Path) -> set[str]:
    """Return what a link may have behind its ``#``, as code hosts and MyST spell it."""
    return {anchor(title) for title in headings(page)}


def anchor(title: str) -> str:
    """Return the anchor of a heading."""
    plain = unicodedata.normalize("NFKC", title).lower().replace("`", "")
    return re.sub(r"[^\w\- ]", "", plain).strip().replace(" ", "-")


def links(page: Path) -> list[str]:
    """Return the targets of the links of a page."""
    return [link["target"] for link in _LINK.finditer(prose(page))]


def tables(page: Path) -> list[list[str]]:
    """Return the rows of all tables of a page as lists of cells, without heads' rulers."""
    return _rows(prose(page).splitlines())


def table(page: Path, title: str) -> list[list[str]]:
    """Return the rows of the first table below a heading, its head among them."""
    lines = iter(prose(page).splitlines())
    assert any(line.lstrip("# ") == title and line.startswith("#") for line in lines), title
    below = dropwhile(lambda line: not line.startswith("|"), lines)
    return _rows(takewhile(lambda line: line.startswith("|"), below))


def _rows(lines: Iterable[str]) -> list[list[str]]:
    rows = [line.strip().removeprefix("|") for line in lines if line.startswith("|")]
    cells = [[cell.strip() for cell in row.removesuffix("|").split("|")] for row in rows]
    return [row for row in cells if not all(set(cell) <= set("-: ") for cell in row)]
