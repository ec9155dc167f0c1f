"""Texts that match a regular expression of the service model, and texts that do not.

Written from the expression itself, always the same for the same arguments. The models' expressions
are Java's; what Python reads differently is rewritten in `_python`, to something narrower.
"""

from __future__ import annotations

import random
import re
from functools import cache
from typing import Any

try:
    from re import _constants as ops  # type: ignore[attr-defined]  # Python 3.11 and later
    from re import _parser as parser  # type: ignore[attr-defined]
except ImportError:  # pragma: no cover
    import sre_constants as ops  # type: ignore[import-not-found,no-redef]
    import sre_parse as parser  # type: ignore[import-not-found,no-redef]

_PRINTABLE = [chr(code) for code in range(33, 127)]
#: candidates for classes without a printable ASCII character
_OTHERS = [" ", "\t", "é", "ß", "語"]
#: what `breaking` puts in place of a character; no slash, which ends a label of a path
_WRONG = ["!", " ", "é", "#", "~", "_", "A", "x", "\n"]
#: Unicode categories that some character classes name, as a few of their characters
_CATEGORIES = {"L": "a-zA-Z", "N": "0-9", "Pc": "_", "Pd": r"\-", "Zs": " "}


@cache
def matching(pattern: str, low: int, high: int, want: int, seed: object) -> str:
    """Return a text of ``pattern`` with ``low`` to ``high`` characters, as near to ``want`` as it goes.

    Raises:
        LookupError: none was found; then the pattern needs a line in this file.
    """
    tree = _parsed(pattern)
    least = int(tree.getwidth()[0])
    for attempt in range(60):
        rng = random.Random(f"{pattern}/{want}/{seed}/{attempt}")
        text = _write(tree, rng, [max(want - least, 0)])
        if low <= len(text) <= high and matches(pattern, text):
            return text
    raise LookupError(f"no text of {low} to {high} characters was found for {pattern!r}")


def breaking(pattern: str, text: str) -> str | None:
    """Return a text of the same length as ``text`` that does not match; None if all of them do."""
    for wrong in _WRONG:
        for candidate in (wrong + text[1:], text[:-1] + wrong, wrong * len(text)):
            if not matches(pattern, candidate):
                return candidate
    return None


def matches(pattern: str, text: str) -> bool:
    """Return whether the whole of ``text`` matches."""
    return _compiled(pattern).fullmatch(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(_python(pattern), re.ASCII | re.DOTALL)


@cache
def _parsed(pattern: str) -> Any:
    return parser.parse(_python(pattern))


def _python(pattern: str) -> str:
    def category(found: re.Match[str]) -> str:
        return _CATEGORIES.get(found[1], "")

    return re.sub(r"\\p\{(\w+)\}", category, pattern)


def _write(tree: Any, rng: random.Random, budget: list[int]) -> str:
    """Return a text for a parsed expression; ``budget`` is how much longer than needed it may get."""
    return "".join(_write_one(op, argument, rng, budget) for op, argument in tree)


def _write_one(op: Any, argument: Any, rng: random.Random, budget: list[int]) -> str:
    if op is ops.LITERAL:
        return chr(argument)
    if op is ops.NOT_LITERAL:
        return next(char for char in _PRINTABLE if ord(char) != argument)
    if op is ops.ANY:
        return "x"
    if op is ops.IN:
        return rng.choice(_characters(tuple(argument)))
    if op is ops.BRANCH:
        return _write(rng.choice(argument[1]), rng, budget)
    if op is ops.SUBPATTERN:
        return _write(argument[-1], rng, budget)
    if op in (ops.MAX_REPEAT, ops.MIN_REPEAT):
        low, high, repeated = argument
        text = "".join(_write(repeated, rng, [0]) for _ in range(low))
        for _ in range(min(int(high) - low, 2000)):
            more = _write(repeated, rng, [0])
            if not more or len(more) > budget[0]:
                break
            budget[0] -= len(more)
            text += more
        return text
    # anchors and look-arounds add nothing; `matching` checks the whole text in the end
    if op in (ops.AT, ops.ASSERT, ops.ASSERT_NOT):
        return ""
    raise LookupError(f"{op} is not supported here")


@cache
def _characters(members: tuple[Any, ...]) -> list[str]:
    fitting = [char for char in _PRINTABLE if _is_in(members, char)]
    return fitting or [char for char in _OTHERS if _is_in(members, char)]


def _is_in(members: Any, char: str) -> bool:
    negated, found = False, False
    for op, argument in members:
        if op is ops.NEGATE:
            negated = True
        elif op is ops.LITERAL:
            found |= ord(char) == argument
        elif op is ops.RANGE:
            found |= argument[0] <= ord(char) <= argument[1]
        elif op is ops.CATEGORY:
            found |= re.fullmatch(_CLASSES[argument], char, re.ASCII) is not None
    return found != negated


_CLASSES = {
    ops.CATEGORY_DIGIT: r"\d",
    ops.CATEGORY_NOT_DIGIT: r"\D",
    ops.CATEGORY_SPACE: r"\s",
    ops.CATEGORY_NOT_SPACE: r"\S",
    ops.CATEGORY_WORD: r"\w",
    ops.CATEGORY_NOT_WORD: r"\W",
}
