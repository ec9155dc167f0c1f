"""How the world of one dump differs from that of another, one line per change."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

from membership_mock.errors import UsageError
from membership_mock.testing.dumps.words import WORDS
from membership_mock.testing.printing import shortened

#: how much of a value is shown
_SHOWN = 120

#: with more entries, or more pairs of equal ones, lists are compared place by place
_ALIGNED = 2_000


class _Missing:
    """What stands for a value that is not there."""

    def __bool__(self) -> bool:
        return False


_MISSING: Any = _Missing()


def difference(before: dict[str, Any], after: dict[str, Any], ignore: Sequence[str]) -> list[str]:
    """Return a line for each change.

    Args:
        before: the world of a dump.
        after: that of another.
        ignore: patterns of places that do not count; ``*`` is any text.
    """
    patterns = [".*".join(map(re.escape, pattern.split("*"))) for pattern in ignore]
    ignored = re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or "(?!)")
    return list(_Comparison(ignored).worlds(before, after))


class _Comparison:
    """Compares two trees; places are like ``securityhub HubStore eu-west-1 hubs[…].tags``."""

    def __init__(self, ignored: re.Pattern[str]) -> None:
        self._ignored = ignored

    def worlds(self, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
        """Yield a line for each change of the world.

        Raises:
            UsageError: a dump, which may have been edited by hand, is malformed.
        """
        for place, old, new in _sections(before, after):
            where = " ".join(place)
            try:
                changes = list(self._values(where, old, new))
            except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
                raise UsageError(
                    f"At {where}, one of the two dumps holds what no dump holds, and cannot be"
                    f" compared: {error}. Was it edited by hand?"
                ) from error
            yield from changes

    def _values(self, place: str, old: Any, new: Any) -> Iterator[str]:
        if old == new or self._ignored.fullmatch(place):
            return
        if old is _MISSING:
            yield f"{place}: added {_shown(new)}"
        elif new is _MISSING:
            yield f"{place}: removed {_shown(old)}"
        elif isinstance(old, list) and isinstance(new, list):
            yield from self._lists(place, old, new)
        elif (
            isinstance(old, dict)
            and isinstance(new, dict)
            and _word(old) == _word(new)
            and _word(old) in (None, "$type")
            and old.get("$type") == new.get("$type")
        ):
            yield from self._entries(place, old, new)
        elif _word(old) == _word(new) == "$set":
            yield from self._sets(place, old["$set"], new["$set"])
        else:
            yield f"{place}: {_shown(old)} -> {_shown(new)}"

    def _entries(self, place: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
        is_object = "$type" in old
        for key in _keys(old, new):
            step = f".{key}" if is_object else f"[{_key(key)}]"
            if is_object and old.keys() == {"$type", "items"}:  # one of moto's mappings
                step = ""
            yield from self._values(
                f"{place}{step}", old.get(key, _MISSING), new.get(key, _MISSING)
            )

    def _sets(self, place: str, old: list[Any], new: list[Any]) -> Iterator[str]:
        was, now = ({json.dumps(each): each for each in side} for side in (old, new))
        for text, each in now.items():
            if text not in was:
                yield f"{place}: added {_shown(each)}"
        for text, each in was.items():
            if text not in now:
                yield f"{place}: removed {_shown(each)}"

    def _lists(self, place: str, old: list[Any], new: list[Any]) -> Iterator[str]:
        for tag, old_start, old_end, new_start, new_end in _changes(old, new):
            if tag == "replace" and old_end - old_start == new_end - new_start:
                for number in range(old_end - old_start):
                    yield from self._values(
                        f"{place}[{old_start + number}]",
                        old[old_start + number],
                        new[new_start + number],
                    )
                continue
            for number in range(old_start, old_end):
                yield from self._values(f"{place}[{number}]", old[number], _MISSING)
            for number in range(new_start, new_end):
                yield from self._values(f"{place}[{number}]", _MISSING, new[number])


def _sections(
    before: dict[str, Any], after: dict[str, Any]
) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """Yield the place of each attribute at the top, with what it was and what it is.

    A store stands below service, name and place; what is moto's below service and account.
    """
    for service in _keys(before["stores"], after["stores"]):
        names = [world["stores"].get(service, {}) for world in (before, after)]
        for name in _keys(*names):
            places = [each.get(name, {}) for each in names]
            for place in _keys(*places):
                yield from _attributes((service, name, place), *(e.get(place) for e in places))
    for service in ("organizations", "s3"):
        sides = [world[service] for world in (before, after)]
        backends = [side.get("backends", {}) for side in sides]
        for place in _keys(*backends):
            yield from _attributes((service, place), *(each.get(place) for each in backends))
        rest = [{k: v for k, v in side.items() if k != "backends"} for side in sides]
        yield from _attributes((service,), *rest)
    yield from _attributes(("clock",), before["clock"], after["clock"])


def _attributes(
    head: tuple[str, ...], old: dict[str, Any] | None, new: dict[str, Any] | None
) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    for name in _keys(old or {}, new or {}):
        if name == "$type":
            continue
        was, now = ((side or {}).get(name, _MISSING) for side in (old, new))
        if old is None or new is None:  # list the contents one by one
            was, now = (_emptied(now), now) if old is None else (was, _emptied(was))
        if was or now:  # an empty container is not a change
            yield (*head, name), was, now


def _emptied(value: Any) -> Any:
    """Return an empty value of the same kind, or `_MISSING` for what is not a container."""
    if isinstance(value, list):
        return []
    return {} if isinstance(value, dict) and _word(value) is None else _MISSING


def _keys(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    return list(dict.fromkeys([*old, *new]))


def _changes(old: list[Any], new: list[Any]) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield what differs between two lists, as `SequenceMatcher.get_opcodes` does."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    old_end, new_end = len(old) - end, len(new) - end
    was, now = (
        [json.dumps(each, sort_keys=True) for each in side]
        for side in (old[start:old_end], new[start:new_end])
    )
    times = Counter(now)
    if max(len(was), len(now), sum(times[text] for text in was)) > _ALIGNED:
        shorter = min(old_end, new_end)
        yield "replace", start, shorter, start, shorter
        yield "delete", shorter, old_end, shorter, shorter
        yield "insert", shorter, shorter, shorter, new_end
        return
    for tag, a, b, c, d in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if tag != "equal":
            yield tag, start + a, start + b, start + c, start + d


def _word(value: Any) -> str | None:
    """Return the word that says what a JSON object stands for; None if it is a mapping."""
    if isinstance(value, dict):
        word: str = next(iter(value), "")
        if word == "$type" or word in WORDS:
            return word
    return None


def _key(text: str) -> str:
    return _shown(json.loads(text[1:])) if text.startswith("$") else text


def _shown(value: Any) -> str:
    return shortened(_text(value), _SHOWN)


def _text(value: Any) -> str:
    word = _word(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    if not isinstance(value, dict):
        return repr(value)
    if word == "$type":
        inner = ", ".join(f"{k}={_text(v)}" for k, v in value.items() if k != "$type")
        return f"{value[word].rpartition('.')[2]}({inner})"
    if word is None:
        return "{" + ", ".join(f"{_key(k)!r}: {_text(v)}" for k, v in value.items()) + "}"
    content = value[word]
    if word == "$same":
        return f"the one at {content}"
    if word in ("$set", "$frozenset"):
        return "{" + ", ".join(map(_text, content)) + "}"
    if word == "$tuple":
        return f"({', '.join(map(_text, content))})"
    return str(content) if word in ("$time", "$date") else repr(content)
