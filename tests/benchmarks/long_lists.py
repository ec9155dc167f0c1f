"""Lists of many entries: a full walk, and a page in several places."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from tests.benchmarks.measuring import Action, Effort, Figure, Row, ready, require, take_turns

PAGE = 25
#: where in a list a page is measured
PLACES = {"at the beginning": 0.0, "in the middle": 0.5, "at the end": 1.0}
WALK = "a full walk, per page"
WORST_PAGE = "the worst page"


@dataclass
class LongList:
    """A list in which everything is known: ``expected`` is what a walk has to show, in order.

    Attributes:
        call: the client's method with the parameters that choose the list.
        expected: the ids of all entries.
        shown: where an answer has the entries, and an entry its id.
        asked: the parameters for the size of a page and for the page token.
        tokens: what leads to each page, as far as walked.
    """

    call: Callable[..., dict[str, Any]]
    expected: Sequence[str]
    shown: tuple[str, str]
    asked: tuple[str, str] = ("maxResults", "nextToken")
    tokens: list[str | None] = field(default_factory=lambda: [None])

    @property
    def name(self) -> str:
        """How long it is, for the table."""
        return f"{len(self.expected):,}"

    @property
    def pages(self) -> int:
        """How many pages it has."""
        return -(-len(self.expected) // PAGE)

    def page(self, token: str | None) -> dict[str, Any]:
        """Return the page behind a token."""
        size_key, token_key = self.asked
        return self.call(**{size_key: PAGE}, **({} if token is None else {token_key: token}))

    def at(self, place: float) -> Action:
        """Return the call for the page at ``place``: 0 is the first, 1 the last."""
        return partial(self.page, self.tokens[round(place * (self.pages - 1))])

    def walk(self) -> Action:
        """Return what shows one page after the other, and then starts again."""
        entries, own_id = self.shown
        seen: list[str] = []
        number = 0

        def step() -> None:
            nonlocal number, seen
            answer = self.page(self.tokens[number])
            seen += [entry[own_id] for entry in answer[entries]]
            number += 1
            token = answer.get(self.asked[1])
            if token is None:
                require(seen == self.expected, f"a walk over {self.name} {entries} misses some")
                number, seen = 0, []
            elif number == len(self.tokens):
                self.tokens.append(token)

        return step


def walk_and_pages(lists: Sequence[LongList], effort: Effort) -> dict[str, Figure]:
    """Measure the longest of lists, the last one, against the shortest, the first one.

    Returns:
        Of a full walk (``walk``), a page in several places, and the worst of these (``page``). The
        figure of the walk is of totals, not of medians, so a page now and then that costs much
        would show; the shortest list is walked over and over.
    """
    short, long = lists[0], lists[-1]
    for between in lists[1:-1]:
        step = between.walk()
        for _ in range(between.pages):
            step()
    walks = {each.name: ready(each.walk()) for each in (short, long)}
    times = take_turns(walks, long.pages)
    totals = {name: sum(map(sum, rounds)) for name, rounds in times.rounds.items()}
    parts = {f"{name}, per page": total / long.pages / 1000 for name, total in totals.items()}
    figures = {"walk": Figure(totals[long.name] / totals[short.name], "x", parts)}
    for where, place in PLACES.items():
        pages = {each.name: ready(each.at(place)) for each in lists}
        figures[where] = take_turns(pages, effort.rounds * 5).figure(long.name, short.name)
    worst = max(PLACES, key=lambda where: figures[where].value)
    parts = {f"{name} {worst}": taken for name, taken in figures[worst].parts.items()}
    return {**figures, "page": replace(figures[worst], parts=parts)}


def one_of(figures: Callable[[Effort], Mapping[str, Figure]], name: str, effort: Effort) -> Figure:
    """Return one figure of several that are measured together, since filling a world takes long."""
    return figures(effort)[name]


def long_list_rows(
    operation: str,
    figures: Callable[[Effort], Mapping[str, Figure]],
    shown: Mapping[str, str],
    bar: float = 1.2,
) -> list[Row]:
    """Return the rows of a list.

    Args:
        operation: the operation that lists.
        figures: what measures its lists, as `walk_and_pages` does.
        shown: which of the figures stand in the table, and what they are called there.
        bar: the bar of each.
    """
    return [
        Row(f"{operation}, {text}: longest / shortest", bar, partial(one_of, figures, key))
        for key, text in shown.items()
    ]
