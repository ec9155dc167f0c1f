"""Replaces what differs from run to run in a world by names that stay the same.

Each id becomes a name with a number, ``id-1``, in the order in which the ids stand in the dump. The
same id has the same name everywhere, in keys and inside of ARNs as well, so two worlds are equal
only if their ids are related in the same way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from membership_mock.errors import UsageError
from membership_mock.testing.names import nearest_to

_IDS = (
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",  # of most resources
    r"(?:ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|o-[0-9a-z]{10,32}|r-[0-9a-z]{4}|(?:p|car)-[0-9a-z]{8})",
    r"(?:m-[0-9a-z]{10,32}|inv-[0-9a-f]{10,32}|[0-9]{10}(?!\.\d))",  # of Security Incident Response
    r"(?:[0-9a-f]{64}|[0-9a-f]{48}|[0-9a-z]{32})",  # tokens and jobs
)
#: before a word: the steps of JSON pointers and of percent-encoded paths end in a letter or a digit
_START = r"(?:(?<=~[01])|(?<=%2F)|(?<![0-9A-Za-z]))"
#: a time in text: ISO 8601, the two forms in a presigned URL, and a number in a stored request
_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"
    r"|\d{8}T\d{6}Z|(?<=%2F)20\d{6}(?=%2F)|(?<=\": )\d{10}(?:\.\d+)?(?![\d.])",
    re.ASCII,
)

#: the matchers that go by a name, each with the pattern that its text has, but for times
_NAMED: Mapping[str, re.Pattern[str] | None] = {
    "ids": re.compile(rf"{_START}(?:{'|'.join(_IDS)})(?![0-9A-Za-z])", re.ASCII),
    "accounts": re.compile(rf"{_START}[0-9]{{12}}(?![0-9A-Za-z])", re.ASCII),
    "times": None,
}

#: a mask: ``ids``, ``accounts``, ``times``, or a pattern of text
Mask = str | re.Pattern[str]

#: what stands for each time
_SOME_TIME = "some time"
#: the words of a dump whose value is a time
_TIMES = ("$time", "$date")
#: an attribute of moto's with a time in it, as seconds since 1970, and one of ours with a duration
_STAMP = re.compile(r"Date|Timestamp|_date|_time", re.ASCII)
_DURATION = re.compile(r"Duration", re.ASCII)


def masked(world: dict[str, Any], masks: Iterable[Mask]) -> dict[str, Any]:
    """Return the world of a dump with names for what ``masks`` match.

    Args:
        world: its parts by name, one of them the clock.
        masks: what to replace.

    Raises:
        UsageError: a mask is none, or no masks are given.
    """
    if isinstance(masks, (str, re.Pattern)) or not isinstance(masks, Iterable):
        raise UsageError(f"mask is a list of masks: write mask=[{masks!r}].")
    chosen = [_checked(mask) for mask in masks]
    patterns = [(name, pattern) for name, pattern in chosen if pattern is not None]
    masking = _Masking(patterns, times=any(name == "times" for name, _ in chosen))
    masking.number(world)
    replaced: dict[str, Any] = masking.value(world)
    if masking.times:
        replaced["clock"] = {}
    return replaced


def _checked(mask: object) -> tuple[str, re.Pattern[str] | None]:
    """Return the name that takes the place of a match, and the pattern of the text."""
    if isinstance(mask, re.Pattern) and isinstance(mask.pattern, str):
        return "match", mask
    if isinstance(mask, str) and mask in _NAMED:
        return (mask if mask == "times" else mask.removesuffix("s")), _NAMED[mask]
    raise UsageError(
        f"{mask!r} is not a mask: pass {', '.join(map(repr, _NAMED))}, or a compiled regular"
        " expression of text" + nearest_to(str(mask), _NAMED)
    )


class _Masking:
    """Replaces what the masks match, in one world."""

    def __init__(self, patterns: Sequence[tuple[str, re.Pattern[str]]], *, times: bool) -> None:
        self.times = times
        self._patterns = patterns
        self._names: dict[str, str] = {}
        self._count: dict[str, int] = {}

    def number(self, root: Any) -> None:
        """Give a name to each match, in the order of the dump; what only sets hold comes last."""
        waiting: list[list[Any]] = []
        near = [root]
        while near:
            value = near.pop()
            if isinstance(value, str):
                self.text(value)
            elif isinstance(value, list):
                near += reversed(value)
            elif isinstance(value, dict):
                word = next(iter(value), "")
                if word in ("$set", "$frozenset"):
                    waiting.append(value[word])
                    continue
                if word in ("$same", "$base64"):
                    continue  # what it points at has a name by its own place
                for key, inner in reversed(value.items()):
                    near += (inner, key)
        for members in waiting:
            # by what is known of each, not by its own random text
            for _, member in sorted((self._known(each), json.dumps(each)) for each in members):
                self.number(json.loads(member))

    def value(self, value: Any, key: str = "") -> Any:
        """Return a value with everything replaced."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(each, key) for each in value]
        if isinstance(value, dict):
            word = next(iter(value), "")
            if self.times and word in _TIMES:
                return {word: _SOME_TIME}
            if word == "$base64":
                return value
            if word in ("$set", "$frozenset"):
                members = [self.value(each) for each in value[word]]
                return {word: sorted(members, key=json.dumps)}
            return self._entries(value)
        if self.times and type(value) in (int, float):
            is_stamp = value > 10**9 and _STAMP.search(key)
            return _SOME_TIME if is_stamp or _DURATION.search(key) else value
        return value

    def text(self, text: str) -> str:
        """Return a text with every match replaced."""
        if self.times:
            text = _TIME.sub(_SOME_TIME, text)
        for kind, pattern in self._patterns:
            text = pattern.sub(partial(self._named, kind), text)
        return text

    def _entries(self, value: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, inner in value.items():
            masked_key = unique = self.text(key)
            again = 1
            while unique in made:  # two times, e.g., that are the same by now
                again += 1
                unique = f"{masked_key} ({again})"
            made[unique] = self.value(inner, key)
        return made

    def _named(self, kind: str, found: re.Match[str]) -> str:
        name = self._names.get(found[0])
        if name is None:
            number = self._count[kind] = self._count.get(kind, 0) + 1
            name = self._names[found[0]] = f"{kind}-{number}"
        return name

    def _known(self, value: Any) -> str:
        """Return a value as text, with the names that are given so far and blanks for others."""
        text = json.dumps(value)
        for _, pattern in self._patterns:
            text = pattern.sub(lambda found: self._names.get(found[0], ""), text)
        return text
