"""What the tables of the reference pages state of an operation, with the marks.

The rows with numbers are not among them: see `choices`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from membership_mock.manual.pages import Page
from membership_mock.manual.sources import pages_of

_MARK = re.compile(r"\b(?:documented|observed|inferred)\b")
_NUMBERED = re.compile(r"^\| (?:IR|SH|CR)-\d+ \|")
#: the head of the column of marks
MARKS = "How we know"


@dataclass(frozen=True)
class Statement:
    """A row of a table with a mark.

    Attributes:
        topic: the page that it stands on.
        section: the heading above it.
        text: its cells, each behind the head of its column.
        mark: the cell on how it is known; empty where the mark stands in another cell.
    """

    topic: str
    section: str
    text: str
    mark: str


@cache
def statements_on(service: str, operation: str) -> tuple[Statement, ...]:
    """Return the marked rows, without numbers, that name an operation or link to its API page.

    Args:
        service: the service's id.
        operation: the operation's name.
    """
    word = re.compile(rf"\b{operation}\b")
    return tuple(each for each in _statements(service) if word.search(f"{each.text} {each.mark}"))


@cache
def _statements(service: str) -> tuple[Statement, ...]:
    return tuple(each for page in pages_of(service) for each in _marked_rows(page))


def _marked_rows(page: Page) -> Iterator[Statement]:
    section = ""
    head: list[str] = []
    for line in page.text.splitlines():
        if line.startswith("#"):
            section = line.lstrip("# ")
        if not line.startswith("|"):
            head = []
        elif not head:
            head = _cells(line)
        elif not set(line) <= set("|-: ") and not _NUMBERED.match(line) and _MARK.search(line):
            cells = dict(zip(head, _cells(line), strict=False))
            mark = cells.pop(MARKS, "")
            text = "; ".join(
                f"{name}: {cell}" if name else cell for name, cell in cells.items() if cell
            )
            yield Statement(page.topic, section, text, mark)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
