"""The sources of the reference pages, and the links by which marks lead to them.

A mark such as *documented* is a reference-style link, ``[documented][UG:edit-a-case]``. The table
"Sources" of a page says what each key stands for, and the definitions at its end repeat the
addresses for Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from membership_mock.manual.pages import Page, pages

_ROW = re.compile(r"^\| `([^`]+)` \| (.+?) \| <(https://[^>]+)> \|$")
#: a link to a source: its words and its key
LINK = re.compile(r"\[([^\[\]]+)\]\[([A-Z][^\[\]]*)\]")
#: the definition of a key at the end of a page
DEFINITION = re.compile(r"^\[([A-Z][^\[\]]*)\]: (https://\S+)$")
_TITLE = re.compile(r'"([^"]+)"')
_API_PAGES = re.compile(r"API pages? ((?:[A-Z]\w+(?:, and |, | and )?)+)")


@dataclass(frozen=True)
class Source:
    """A source of what a reference page states.

    Attributes:
        key: what marks call it, e.g. ``UG:edit-a-case``.
        what: what it is, e.g. ``user guide, "Edit a case"``.
        address: where it is.
    """

    key: str
    what: str
    address: str


def pages_of(service: str) -> list[Page]:
    """Return the reference pages of a service: the one of its name, and those on parts of it."""
    return [
        page
        for page in pages().values()
        if page.folder == "reference" and f"{page.topic}-".startswith(f"{service}-")
    ]


@cache
def sources_of(service: str) -> dict[str, Source]:
    """Return all sources of the pages of a service by their keys."""
    found = {}
    for page in pages_of(service):
        for line in page.text.splitlines():
            row = _ROW.match(line)
            if row:
                found[row[1]] = Source(row[1], row[2], row[3])
    return found


def linked_keys(text: str) -> list[str]:
    """Return the keys of the sources that a text links to, in their order."""
    return [link[2] for link in LINK.finditer(text)]


def named_sources(service: str, docstring: str) -> Iterator[Source]:
    """Yield the sources that a docstring names: pages of the user guide by their titles."""
    named = set(_TITLE.findall(" ".join(docstring.split())))
    for source in sources_of(service).values():
        if named.intersection(_TITLE.findall(source.what)):
            yield source


def named_api_pages(docstring: str) -> list[str]:
    """Return the operations and shapes whose API pages a docstring names."""
    text = " ".join(docstring.split())
    return [
        name for found in _API_PAGES.finditer(text) for name in re.findall(r"[A-Z]\w+", found[1])
    ]


def with_addresses(service: str, text: str) -> str:
    """Return Markdown whose links to sources have the addresses in them."""
    known = sources_of(service)
    return LINK.sub(
        lambda link: f"[{link[1]}]({known[link[2]].address})" if link[2] in known else link[0],
        text,
    )
