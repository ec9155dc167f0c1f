"""A picture as the text of a Mermaid flowchart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from membership_mock.testing.show.picture import Picture


def mermaid(picture: Picture) -> str:
    """Return a picture as the text of a Mermaid flowchart."""
    return "\n".join(_mermaid(picture)) + "\n"


def _mermaid(picture: Picture) -> Iterator[str]:
    yield "flowchart LR"
    if not picture.boxes and not picture.cards:
        yield '    empty["nothing to draw"]'
    frames: Mapping[str, str] = {"": "", **picture.frames}
    for frame, title in frames.items():
        indent = "    "
        if frame:
            yield f'    subgraph {_identifier("org", frame)}["{_text(title)}"]'
            indent = "        "
        for box in picture.boxes.values():
            if box.frame == frame:
                yield f"{indent}{_node(box.id)}{_label(box.lines, '()' if box.rest else '[]')}"
        if frame:
            yield "    end"
    for arrow in picture.arrows:
        line = "-->" if arrow.settled else "-.->"
        yield f'    {_node(arrow.source)} {line}|"{_text(arrow.label)}"| {_node(arrow.target)}'
    for card in picture.cards:
        yield f"    {card.id}{_label((card.title, *card.lines), '{{}}')}"
        for number, row in enumerate(card.rows):
            line = "---" if row.settled else "-.-"
            if row.box:
                yield f'    {card.id} {line}|"{_text(row.label)}"| {_node(row.box)}'
            else:
                rest = f"{card.id}_rest{number}"
                yield f"    {card.id} {line} {rest}{_label((row.text,), '()')}"


def _label(lines: Iterable[str], ends: str) -> str:
    half = len(ends) // 2
    return f'{ends[:half]}"{"<br/>".join(map(_text, lines))}"{ends[half:]}'


def _node(identity: str) -> str:
    return _identifier("a", identity)


def _identifier(prefix: str, text: str) -> str:
    return prefix + "_" + "".join(each if each.isalnum() else "_" for each in text)


def _text(text: str) -> str:
    """Return ``text`` with everything that means something to Mermaid, HTML or Markdown escaped.

    Even a colon may mean something: Mermaid takes ``style x:#35;`` for a style, wherever it stands.
    """
    return "".join(
        each if each.isalnum() or each in " ,.-“”…" else f"#{ord(each)};" for each in text
    )
