"""What the page on looking at the world shows is what its world looks like, but for the ids."""

from __future__ import annotations

import re
from typing import Any

import pytest

from membership_mock import mock_membership
from tests.documentation.pages import DOCS, blocks

PAGE = DOCS / "how-to/look-at-the-world.md"
DRAWING = DOCS / "how-to/look-at-the-world.svg"
STALE = "stale; write it again: python -m tests.documentation.test_look_at_the_world"

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def plain(text: str) -> str:
    """Return ``text`` with ids as nobody has them."""
    return _UUID.sub("00000000-0000-4000-8000-000000000000", text)


def world() -> dict[str, str]:
    """Return the world of the page, by the language of the block that shows it."""
    (module,) = (block for block in blocks(PAGE) if block.file)
    names: dict[str, Any] = {}
    exec(module.text, names)
    with mock_membership(seed="world") as mock:
        names["furnish"](mock)
        return {"text": f"{mock}\n", "mermaid": mock.diagram(), "svg": mock.diagram("svg")}


@pytest.mark.parametrize("language", ["text", "mermaid"])
def test_the_page_shows_the_world_as_it_looks(language: str) -> None:
    (block,) = (block for block in blocks(PAGE) if block.language == language)
    assert plain(block.text) == plain(world()[language]), STALE


def test_the_drawing_beside_the_page_is_fresh() -> None:
    assert plain(DRAWING.read_text(encoding="utf-8")) == plain(world()["svg"]), STALE


if __name__ == "__main__":
    shown, text = world(), PAGE.read_text(encoding="utf-8")
    for block in blocks(PAGE):
        if block.language in shown:
            text = text.replace(block.text, shown[block.language])
    PAGE.write_text(text, encoding="utf-8")
    DRAWING.write_text(shown["svg"], encoding="utf-8")
