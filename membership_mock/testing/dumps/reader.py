"""Reads the tree of a dump, which `writer` has written, back into a graph of objects.

Objects of known classes are made without running any code of theirs but moto's ``__setstate__``,
which puts the bytes of an S3 object into their file.
"""

from __future__ import annotations

import base64
import json
from collections import deque
from collections.abc import Callable
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, cast

from membership_mock.engine.moto.service_state import is_plain, with_state
from membership_mock.errors import UsageError
from membership_mock.testing.dumps.classes import class_named
from membership_mock.testing.dumps.writer import field_names, step_text

_Put = Callable[[Any], None]


#: what a tree and the graph have in common: it is put in its place as it is
_PLAIN = frozenset((type(None), bool, int, float, str))


class _NotYet(Exception):
    """An object is pointed at that has not been made yet."""


def read(root: dict[str, Any]) -> dict[str, Any]:
    """Return the graph that a tree describes.

    Raises:
        UsageError: the tree is not valid.
    """
    reader = _Reader()
    graph: dict[str, Any] = reader.value(root, "")
    reader.finish()
    return graph


class _Reader:
    """Reads one tree.

    Attributes:
        made: every object by the JSON pointer to where it is written out.
        waiting: what points at objects that were not made yet: where it goes, and what it is.
    """

    def __init__(self) -> None:
        self.made: dict[str, Any] = {}
        self.waiting: deque[tuple[_Put, Any, str]] = deque()

    def finish(self) -> None:
        """Resolve what points at objects further down."""
        in_vain = 0
        while self.waiting and in_vain < len(self.waiting):
            in_vain = 0 if self._place(*self.waiting.popleft()) else in_vain + 1
        if self.waiting:
            _, node, pointer = self.waiting[0]
            raise UsageError(f"At {pointer}: {json.dumps(node)[:200]} points at nothing.")

    def value(self, node: Any, pointer: str) -> Any:
        """Return what ``node``, which stands at ``pointer``, describes.

        Raises:
            _NotYet: it points at an object that has not been made yet.
        """
        if not isinstance(node, (dict, list)):
            return node
        if pointer in self.made:
            return self.made[pointer]
        if isinstance(node, list):
            return self._list(node, pointer)
        if "$type" in node:
            return self._object(node, pointer)
        word: str = next(iter(node), "")
        if word in WORDS:
            return self._special(word, node[word], pointer)
        made = self.made[pointer] = {}
        return self._entries(made, node, pointer)

    def _special(self, word: str, content: Any, pointer: str) -> Any:
        if word == "$same":
            if content not in self.made:
                raise _NotYet
            return self.made[content]
        if word == "$tuple":
            steps = f"{pointer}/{word}"
            made = tuple(self.value(each, f"{steps}/{n}") for n, each in enumerate(content))
            return self.made.setdefault(pointer, made)
        if word == "$set":
            return self.made.setdefault(pointer, set(map(_plain, content)))
        return WORDS[word](content)

    def _list(self, node: list[Any], pointer: str) -> list[Any]:
        made: list[Any] = [None] * len(node)
        self.made[pointer] = made
        for number, each in enumerate(node):
            kind = type(each)
            if kind in _PLAIN:
                made[number] = each
            elif kind is dict and len(each) == 1 and "$time" in each:
                made[number] = datetime.fromisoformat(each["$time"])
            else:
                self._place(_into(made, number), each, f"{pointer}/{number}")
        return made

    def _entries(self, made: dict[Any, Any], node: dict[str, Any], pointer: str) -> Any:
        for text, each in node.items():
            key = _plain(json.loads(text[1:])) if text.startswith("$") else text
            if type(each) in _PLAIN:
                dict.__setitem__(made, key, each)
                continue
            dict.__setitem__(made, key, None)  # what waits keeps its place in the order
            below = f"{pointer}/{step_text(text)}"
            try:
                dict.__setitem__(made, key, self.value(each, below))
            except _NotYet:
                self.waiting.append((_into(made, key), each, below))
        return made

    def _object(self, node: dict[str, Any], pointer: str) -> Any:
        name = node["$type"]
        kind = _class_named(name) if isinstance(name, str) else None
        if kind is None:
            raise UsageError(
                f"At {pointer}: {name!r} is not a class that a dump may name. Dumps are read by the"
                " release that wrote them."
            )
        found = {attribute: each for attribute, each in node.items() if attribute != "$type"}
        if issubclass(kind, Enum):
            return self.made.setdefault(pointer, kind(found["value"]))
        fields = field_names(cast("Any", kind))
        if fields is None and not issubclass(kind, dict):
            for attribute in found:
                if not _is_plain(cast("Any", kind), attribute):
                    raise UsageError(f"At {pointer}: a {name} has no attribute {attribute!r}.")
        if fields is None and hasattr(kind, "__setstate__"):
            state = {
                attribute: self.value(each, f"{pointer}/{step_text(attribute)}")
                for attribute, each in found.items()
            }
            return self.made.setdefault(pointer, with_state(kind, state))
        made = self.made[pointer] = kind.__new__(kind)
        if isinstance(made, dict):
            return self._entries(made, found["items"], f"{pointer}/items")
        if fields is not None and found.keys() != set(fields):
            other = ", ".join(sorted(found.keys() ^ set(fields)))
            raise UsageError(
                f"At {pointer}: a {name} has other attributes in this release: {other}."
            )
        for attribute, each in found.items():
            if type(each) in _PLAIN:
                object.__setattr__(made, attribute, each)
                continue
            if type(each) is dict and "$time" in each:
                object.__setattr__(made, attribute, datetime.fromisoformat(each["$time"]))
                continue
            # slots are filled in any case, so that an object that waits can be shown
            object.__setattr__(made, attribute, None)
            below = f"{pointer}/{step_text(attribute)}"
            try:
                object.__setattr__(made, attribute, self.value(each, below))
            except _NotYet:
                self.waiting.append((_onto(made, attribute), each, below))
        return made

    def _place(self, put: _Put, node: Any, pointer: str) -> bool:
        """Put what ``node`` describes into its place; if it must wait for that, return False."""
        try:
            put(self.value(node, pointer))
        except _NotYet:
            self.waiting.append((put, node, pointer))
            return False
        return True


@cache
def _class_named(name: str) -> type | None:
    return class_named(name)


@cache
def _is_plain(kind: Any, attribute: str) -> bool:
    return is_plain(kind, attribute)


def _into(made: Any, key: Any) -> _Put:
    if isinstance(made, dict):
        return lambda value: dict.__setitem__(made, key, value)
    return lambda value: made.__setitem__(key, value)


def _onto(made: Any, attribute: str) -> _Put:
    return lambda value: object.__setattr__(made, attribute, value)


def _plain(node: Any) -> Any:
    """Return a key or an entry of a set, which are immutable."""
    return _Reader().value(node, "")


#: what each word of a dump does with the value that follows it
WORDS: dict[str, Callable[[Any], Any]] = {
    "$same": _plain,
    "$tuple": tuple,
    "$set": set,
    "$frozenset": lambda content: frozenset(map(_plain, content)),
    "$time": datetime.fromisoformat,
    "$date": date.fromisoformat,
    "$seconds": lambda content: timedelta(seconds=content),
    "$utf8": str.encode,
    "$base64": lambda content: base64.b64decode(content, validate=True),
}
