"""Markdown for a terminal: headings are underlined, code is indented, links are words."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from membership_mock.manual.pages import FOLDERS, Page, pages, topic_of
from membership_mock.manual.sources import DEFINITION, LINK

_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
_ITEM = re.compile(r"( *)([-*]|\d+\.) +")


def contents() -> str:
    """Return the list of all pages: topic and title, by folder."""
    width = max(map(len, pages())) + 2
    lines = ["Print a page with `python -m membership_mock docs TOPIC`."]
    for folder, caption in FOLDERS.items():
        lines += ["", caption]
        lines += [
            f"  {each.topic:<{width}}{plain(each.title)}"
            for each in pages().values()
            if each.folder == folder
        ]
    return "\n".join(lines) + "\n"


def rendered(page: Page, width: int = 88) -> str:
    """Return a page as text for a terminal.

    Args:
        page: the page.
        width: how long a line of prose is at most; code and tables keep their lines.
    """
    return "\n".join(_lines(page.text, width)).strip() + "\n"


def plain(text: str) -> str:
    """Return a line of prose without Markdown's links and pictures; topics name other pages.

    Links to sources keep the key, e.g. ``documented [UG:edit-a-case]``.
    """
    return LINK.sub(r"\1 [\2]", _LINK.sub(_words_of_link, _IMAGE.sub(r"[picture: \1]", text)))


def _words_of_link(found: re.Match[str]) -> str:
    words, target = found[1], found[2]
    if target.startswith("#"):
        return words
    if "://" in target:
        return f"{words} <{target}>"
    topic = topic_of(target.partition("#")[0])
    return f"{words} (docs {topic})" if topic in pages() else words


def _lines(text: str, width: int) -> Iterator[str]:
    fence = ""
    for line in text.splitlines():
        stripped = line.strip()
        if fence:
            if stripped == fence:
                fence = ""
            else:
                yield f"    {line}".rstrip()
        elif stripped.startswith("```"):
            fence = stripped[: len(stripped) - len(stripped.lstrip("`"))]
        elif line.startswith("#"):
            title = plain(line.lstrip("#").strip())
            yield title
            yield ("=" if line.startswith("# ") else "-") * len(title)
        elif stripped.startswith("|"):
            yield plain(line)
        elif not stripped.startswith("<!--") and not DEFINITION.match(line):
            yield from _wrapped(plain(line), width)


def _wrapped(line: str, width: int) -> list[str]:
    item = _ITEM.match(line)
    indent = " " * (item.end() if item else len(line) - len(line.lstrip()))
    return textwrap.wrap(
        line,
        width,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [""]
