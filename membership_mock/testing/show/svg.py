"""A picture as SVG: accounts in columns, administrators left of members, collaborations below.

The text is in a fixed-width font, so that its width is known without the font.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from membership_mock.testing.show.picture import columns

if TYPE_CHECKING:
    from membership_mock.testing.show.picture import Arrow, Box, Card, Picture

#: pixels: the width of a column of text, the height of a line, the room around things
COLUMN, LINE, PAD, GAP, MARGIN = 7.3, 16, 10, 14, 24
#: pixels between two arrows that end at the same box, and between two that begin in one column
SLOT, BUS = 20, 8
#: the height of the title of a frame
TITLE = 28
#: cards begin a new row when they are wider than the accounts above, or than this
LEAST_WIDTH = 960

STYLE = """
    text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace }
    .paper { fill: #ffffff } text { fill: #1f2328 } .title { font-weight: bold }
    .quiet { fill: #59636e } .frame { fill: #f6f8fa; stroke: #8c959f }
    .account { fill: #ffffff; stroke: #0969da } .rest { fill: #ffffff; stroke: #8c959f }
    .card { fill: #ffffff; stroke: #8250df } .arrow { fill: none; stroke: #59636e }
    .tip { fill: #59636e } .open { stroke-dasharray: 5 4 } .in { fill: #8250df }
    .out { fill: none; stroke: #8250df }
    @media (prefers-color-scheme: dark) {
      .paper { fill: #0d1117 } text { fill: #e6edf3 } .quiet { fill: #9198a1 }
      .frame { fill: #151b23; stroke: #656c76 } .account { fill: #0d1117; stroke: #4493f8 }
      .rest { fill: #0d1117; stroke: #656c76 } .card { fill: #0d1117; stroke: #ab7df8 }
      .arrow { stroke: #9198a1 } .tip { fill: #9198a1 } .in { fill: #ab7df8 }
      .out { stroke: #ab7df8 }
    }
"""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a box stands."""

    x: float
    y: float
    width: float
    height: float


def svg(picture: Picture) -> str:
    """Return a picture as the text of an SVG file that needs no other."""
    return _Drawing(picture).text()


class _Drawing:
    """Places everything, and then draws it: frames first, then arrows, then boxes."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._incoming: dict[str, list[Arrow]] = {each: [] for each in picture.boxes}
        self._outgoing: dict[str, list[Arrow]] = {each: [] for each in picture.boxes}
        for arrow in picture.arrows:
            self._incoming[arrow.target].append(arrow)
            self._outgoing[arrow.source].append(arrow)
        self._levels = self._find_levels()
        self._sources = self._number_sources()
        self._places: dict[str, _Place] = {}
        self._frames: dict[str, _Place] = {}
        self._cards: dict[str, _Place] = {}
        self._lefts = self._find_columns()
        self._height = float(MARGIN)
        self._width = self._right_edge() + MARGIN
        self._place_boxes()
        self._place_cards()

    # --- places ---

    def _find_levels(self) -> dict[str, int]:
        """Return the column of each box: right of its administrators, but for circles."""
        levels: dict[str, int] = {}

        def level(box: str, above: tuple[str, ...]) -> int:
            if box not in levels:
                sources = {arrow.source for arrow in self._incoming[box]} - {box, *above}
                found = [level(each, (*above, box)) + 1 for each in sorted(sources)]
                levels[box] = max(found, default=0)
            return levels[box]

        for box in self._picture.boxes:
            level(box, ())
        return levels

    def _number_sources(self) -> dict[str, int]:
        """Return the number of each administrator among those of its column."""
        counts: dict[int, int] = {}
        numbers: dict[str, int] = {}
        for box, level in self._levels.items():
            if self._outgoing[box]:
                numbers[box] = counts[level] = counts.get(level, -1) + 1
        return numbers

    def _find_columns(self) -> list[float]:
        """Return where each column begins, and where one more would."""
        count = max(self._levels.values(), default=0) + 1
        at: list[list[str]] = [[] for _ in range(count + 1)]
        for box, level in self._levels.items():
            at[level].append(box)

        def labelled(level: int) -> float:
            labels = [arrow.label for box in at[level] for arrow in self._incoming[box]]
            longest = max((columns(each) for each in labels), default=0)
            return longest * COLUMN + 2 * PAD if longest else 0.0

        lefts, self._channels = [MARGIN + PAD + labelled(0)], list[float]()
        for level in range(count):
            boxes = [self._picture.boxes[each] for each in at[level]]
            self._channels.append(lefts[-1] + max((_width(box.lines) for box in boxes), default=0))
            buses = sum(self._levels[each] == level for each in self._sources)
            lefts.append(self._channels[-1] + buses * BUS + labelled(level + 1) + PAD + GAP)
        return lefts

    def _right_edge(self) -> float:
        right = max(
            (self._lefts[at] + _width(self._picture.boxes[box].lines) + PAD
             for box, at in self._levels.items()),
            default=0.0,
        )  # fmt: skip
        titles = [_width([title]) + MARGIN for title in self._picture.frames.values()]
        return max([right, LEAST_WIDTH, *titles])

    def _place_boxes(self) -> None:
        for frame in (*self._picture.frames, ""):
            inside = [box for box in self._picture.boxes.values() if box.frame == frame]
            if not inside and not frame:
                continue
            top = self._height
            bottoms = {0: top + (TITLE if frame else 0)}
            for box in sorted(inside, key=self._order):
                level = self._levels[box.id]
                y = bottoms.setdefault(level, top + (TITLE if frame else 0))
                slots = len(self._incoming[box.id]) * SLOT
                height = max(len(box.lines) * LINE + PAD, slots + PAD)
                width = _width(box.lines)
                self._places[box.id] = _Place(self._lefts[level], y, width, height)
                bottoms[level] = y + height + GAP
            self._height = max(bottoms.values())
            if frame:
                places = [self._places[box.id] for box in inside]
                rights = [place.x + place.width + PAD for place in places]
                rights.append(MARGIN + _width([self._picture.frames[frame]]))
                width = max(rights) - MARGIN
                self._frames[frame] = _Place(MARGIN, top, width, self._height - top)
                self._height += GAP

    def _order(self, box: Box) -> tuple[int, int, bool, str]:
        sources = [self._sources[arrow.source] for arrow in self._incoming[box.id]]
        return self._levels[box.id], min(sources, default=-1), box.rest, box.id

    def _place_cards(self) -> None:
        x, tallest = float(MARGIN), 0.0
        for card in self._picture.cards:
            texts = [card.title, *card.lines, *(f"   {row.text}" for row in card.rows)]
            width = _width(texts)
            height = (1 + len(card.lines) + len(card.rows)) * LINE + PAD + PAD / 2
            if x > MARGIN and x + width > self._width - MARGIN:
                self._height += tallest + GAP
                x, tallest = MARGIN, 0.0
            self._cards[card.id] = _Place(x, self._height, width, height)
            x += width + GAP
            tallest = max(tallest, height)
        self._height += tallest + MARGIN
        everything = (*self._places.values(), *self._frames.values(), *self._cards.values())
        self._width = max((each.x + each.width for each in everything), default=10 * MARGIN)
        self._width += MARGIN

    # --- drawing ---

    def text(self) -> str:
        """Return the file."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        picture = self._picture
        if not picture.boxes and not picture.cards:
            self._height = MARGIN * 2 + LINE
        size = f"{_number(self._width)} {_number(self._height)}"
        width, height = size.split()
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
            f' viewBox="0 0 {size}" role="img" aria-labelledby="title description">'
        )
        yield '  <title id="title">Accounts and what they share</title>'
        yield f'  <desc id="description">{escape(_description(picture))}</desc>'
        yield f"  <style>{STYLE}  </style>"
        yield (
            '  <defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8"'
            ' markerHeight="8" orient="auto"><path class="tip" d="M0,0 L8,4 L0,8 z"/>'
            "</marker></defs>"
        )
        yield f'  <rect class="paper" width="{width}" height="{height}"/>'
        if not picture.boxes and not picture.cards:
            yield _line_of_text(MARGIN, MARGIN + LINE, "nothing to draw", "quiet")
        for frame, place in self._frames.items():
            yield '  <g class="organization">'
            yield _rectangle(place, "frame")
            yield _line_of_text(place.x + PAD, place.y + 18, picture.frames[frame], "title")
            yield "  </g>"
        for box in picture.boxes.values():
            yield from self._arrows_to(box)
        for box in picture.boxes.values():
            place = self._places[box.id]
            yield '  <g class="node">'
            yield _rectangle(place, "rest" if box.rest else "account")
            for number, line in enumerate(box.lines):
                style = "title" if number == 0 and not box.rest else "quiet"
                yield _line_of_text(place.x + PAD, place.y + (number + 1) * LINE, line, style)
            yield "  </g>"
        for card in picture.cards:
            yield from self._card(card)
        yield "</svg>"

    def _arrows_to(self, box: Box) -> Iterator[str]:
        target = self._places[box.id]
        for number, arrow in enumerate(self._incoming[box.id]):
            source = self._places[arrow.source]
            y = target.y + PAD / 2 + (number + 0.75) * SLOT
            middle = source.y + source.height / 2
            if self._levels[arrow.source] < self._levels[box.id]:
                channel = self._channels[self._levels[arrow.source]]
                start = source.x + source.width
                bus = channel + PAD + self._sources[arrow.source] * BUS
            else:  # two who administer each other, in different regions
                start, bus = source.x, target.x - PAD
                middle = source.y + source.height - PAD / 2
            path = f"M{_number(start)},{_number(middle)} H{_number(bus)} V{_number(y)}"
            dashed = "" if arrow.settled else " open"
            yield (
                f'  <path class="arrow{dashed}" marker-end="url(#tip)"'
                f' d="{path} H{_number(target.x)}"/>'
            )
            left = target.x - PAD - columns(arrow.label) * COLUMN
            yield _line_of_text(left, y - 4, arrow.label, "quiet label")

    def _card(self, card: Card) -> Iterator[str]:
        place = self._cards[card.id]
        x, y = place.x + PAD, place.y + LINE + 2
        yield '  <g class="room">'
        yield _rectangle(place, "card")
        yield _line_of_text(x, y, card.title, "title")
        for line in card.lines:
            y += LINE
            yield _line_of_text(x, y, line, "quiet")
        for row in card.rows:
            y += LINE
            if row.box:
                style = "in" if row.settled else "out"
                yield (
                    f'    <circle class="{style}" cx="{_number(x + 6)}" cy="{_number(y - 4)}"'
                    ' r="4"/>'
                )
            yield _line_of_text(x + 3 * COLUMN, y, row.text)
        yield "  </g>"


def _width(lines: Iterable[str]) -> float:
    return max((columns(line) for line in lines), default=0) * COLUMN + 2 * PAD


def _rectangle(place: _Place, style: str) -> str:
    x, y, width, height = map(_number, (place.x, place.y, place.width, place.height))
    return f'    <rect class="{style}" x="{x}" y="{y}" width="{width}" height="{height}" rx="6"/>'


def _line_of_text(x: float, y: float, text: str, style: str = "") -> str:
    named = f' class="{style}"' if style else ""
    return f'    <text{named} x="{_number(x)}" y="{_number(y)}">{escape(text)}</text>'


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _description(picture: Picture) -> str:
    """Return the picture in words, for those who do not see it."""
    said = [f"{each.source} to {each.target}: {each.label}" for each in picture.arrows]
    for card in picture.cards:
        rows: Sequence[str] = [row.text for row in card.rows]
        said.append(f"{card.title}, {', '.join(card.lines)}: {'; '.join(rows)}")
    return ". ".join(said) or "There are no relationships."
