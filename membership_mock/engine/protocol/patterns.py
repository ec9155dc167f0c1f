r"""Translate the regular expressions of the service model to Python.

The models use Java's syntax. A pattern that cannot be translated is not checked: `matcher` returns
None for it.

- A pattern has to match the whole value: the models write ``.*`` around those that may match
  anywhere, which there includes line breaks.
- ``\d``, ``\w``, ``\s`` and ``\b`` match ASCII only, and ``$`` matches only the very end.
- ``\p{L}`` and the like become ranges, a pair of ``\u`` surrogates becomes its character.
- Groups do not capture and ``(x+)*`` becomes ``x*``: the same texts match, but no text makes the
  match take exponential time.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable
from functools import cache
from itertools import groupby

Match = Callable[[str], object]

_TOKEN = re.compile(
    r"""
    \\p\{(?P<category>\w+)\}
    | \\u(?P<high>[Dd][89ABab][0-9A-Fa-f]{2})\\u(?P<low>[Dd][C-Fc-f][0-9A-Fa-f]{2})
    | \\.
    | \[\^\\u0000-\\u(?P<below>[0-9A-Fa-f]{4})\]   # a class that Python can merge with others
    | \[\^?
    | \]
    | \((?!\?)
    | \$
    | [&~|]
    """,
    re.VERBOSE | re.DOTALL,
)
_CLASS = r"(\[(?:[^\]\\]|\\.)*\])"
_NESTED = re.compile(rf"\(\?:{_CLASS}([+*])\)([+*])")


@cache
def matcher(pattern: str) -> Match | None:
    """Return a function that is truthy for matching texts; None if Python lacks the syntax."""
    try:
        return re.compile(translate(pattern), re.ASCII).fullmatch
    except (re.error, OverflowError):
        return None


def translate(pattern: str) -> str:
    """Return ``pattern`` as a Python pattern; the whole text has to match it."""
    if pattern.startswith(".*"):
        pattern = "(?s:.*)" + pattern[2:]
    if pattern.endswith(".*") and not pattern.endswith("\\.*"):
        pattern = pattern[:-2] + "(?s:.*)"
    in_class = False

    def replace(token: re.Match[str]) -> str:
        nonlocal in_class
        text = token[0]
        if token["category"]:
            ranges = _category(token["category"])
            return ranges if in_class else f"[{ranges}]"
        if token["high"]:
            high, low = int(token["high"], 16), int(token["low"], 16)
            return f"\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"
        if text.startswith("\\"):
            return text
        if in_class:
            in_class = text != "]"
            # Python reserves these for future set operations
            return text if text == "]" else "".join(f"\\{character}" for character in text)
        if token["below"]:
            return f"[\\U{int(token['below'], 16) + 1:08x}-\\U{sys.maxunicode:08x}]"
        if text.startswith("["):
            in_class = True
            return text
        return {"(": "(?:", "$": r"\Z"}.get(text, text)

    def merge(nested: re.Match[str]) -> str:
        return nested[1] + ("+" if nested[2] == nested[3] == "+" else "*")

    return _NESTED.sub(merge, _TOKEN.sub(replace, pattern))


def _category(name: str) -> str:
    """Return the characters of a Unicode category (``L``, ``Pd``) as ranges for a class."""
    ranges = [span for category, span in _spans() if category.startswith(name)]
    if not ranges:
        raise re.error(f"unknown category {name}")
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)


@cache
def _spans() -> tuple[tuple[str, tuple[int, int]], ...]:
    """Return all code points as spans of one category each; slow, so called only when needed."""
    spans = []
    runs = groupby(range(sys.maxunicode + 1), key=lambda code: unicodedata.category(chr(code)))
    for category, run in runs:
        codes = list(run)
        spans.append((category, (codes[0], codes[-1])))
    return tuple(spans)
