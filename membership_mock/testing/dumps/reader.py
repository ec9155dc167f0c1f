"""Reads the tree of a dump, which `writer` has written, back into a graph of objects.

Objects of known classes are made without running any code of theirs but moto's ``__setstate__``,
which puts the bytes of an S3 object into their file.
"""

from __future__ import annotations

import base64
import dataclasses
import json
from collections import deque
from collections.abc import Callable, Hashable
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, cast

from membership_mock.engine.moto.service_state import is_plain, with_state
from membership_mock.errors import UsageError
from membership_mock.testing.dumps.classes import class_named
from membership_mock.testing.dumps.writer import step_text

_Put = Callable[[Any], None]


#: the values that a tree and the graph have in common, which are used as they are
_PLAIN = frozenset((type(None), bool, int, float, str))


class _NotYet(Exception):
    """An object is pointed at that has not been made yet."""


def read(root: dict[str, Any]) -> dict[str, Any]:
    """Return the graph that a tree describes.

    Raises:
        UsageError: the tree is not valid.
    """
    reader = _Reader(root)
    graph: dict[str, Any] = reader.value(root)
    reader.finish()
    return graph


class _Reader:
    """Reads one tree.

    Attributes:
        made: every object by the id of the node that describes it.
        waiting: what points at objects that were not made yet: where it goes, and what it is.
    """

    def __init__(self, root: Any) -> None:
        self.made: dict[int, Any] = {}
        self.waiting: deque[tuple[_Put, Any]] = deque()
        self._root = root
        self._is_finishing = False
        self._below: dict[str, Any] = {"": root}
        self._times: dict[str, datetime] = {}

    def finish(self) -> None:
        """Resolve what points at objects further down."""
        self._is_finishing = True
        in_vain = 0
        while self.waiting and in_vain < len(self.waiting):
            in_vain = 0 if self._place(*self.waiting.popleft()) else in_vain + 1
        if self.waiting:
            _, node = self.waiting[0]
            where = self._pointer_to(node)
            raise UsageError(f"At {where}: {json.dumps(node)[:200]} points at nothing.")

    def value(self, node: Any) -> Any:
        """Return what a node describes.

        Raises:
            _NotYet: it points at an object that has not been made yet.
        """
        if not isinstance(node, (dict, list)):
            return node
        if isinstance(node, list):
            return self._list(node)
        if self._is_finishing and id(node) in self.made:
            return self.made[id(node)]
        if "$type" in node:
            return self._object(node)
        word: str = next(iter(node), "")
        if word in WORDS:
            return self._special(word, node)
        made = self.made[id(node)] = {}
        return self._entries(made, node)

    def _special(self, word: str, node: dict[str, Any]) -> Any:
        content = node[word]
        if word == "$same":
            return self._same(content)
        if word == "$tuple":
            made = tuple([self.value(each) for each in content])
            return self.made.setdefault(id(node), made)
        if word == "$set":
            return self.made.setdefault(id(node), set(map(_plain, content)))
        return WORDS[word](content)

    def _same(self, pointer: Any) -> Any:
        """Return the object that is described at a JSON pointer.

        Raises:
            _NotYet: there is none, or it has not been made yet.
        """
        node = self._node_at(pointer) if isinstance(pointer, str) else None
        if node is None:
            hash(pointer)  # what cannot be a key is no pointer
            raise _NotYet
        try:
            return self.made[id(node)]
        except KeyError:
            raise _NotYet from None

    def _node_at(self, pointer: str) -> Any:
        """Return the node at a JSON pointer; None if there is none."""
        found = self._below.get(pointer)
        if found is not None:
            return found
        before, slash, step = pointer.rpartition("/")
        around = self._node_at(before) if slash else None
        if isinstance(around, dict):
            found = around.get(step.replace("~1", "/").replace("~0", "~"))
        elif isinstance(around, list) and step.isdecimal() and str(int(step)) == step:
            found = around[int(step)] if int(step) < len(around) else None
        if isinstance(found, (dict, list)):
            self._below[pointer] = found
            return found
        return None

    def _list(self, node: list[Any]) -> list[Any]:
        if self._is_finishing and id(node) in self.made:
            found: list[Any] = self.made[id(node)]
            return found
        made: list[Any] = [None] * len(node)
        self.made[id(node)] = made
        for number, each in enumerate(node):
            kind = type(each)
            if kind in _PLAIN:
                made[number] = each
            elif kind is dict and len(each) == 1 and "$time" in each:
                made[number] = self.time(each["$time"])
            else:
                self._place(_into(made, number), each)
        return made

    def _entries(self, made: dict[Any, Any], node: dict[str, Any]) -> Any:
        put = dict.__setitem__
        for text, each in node.items():
            key = _plain(json.loads(text[1:])) if text[:1] == "$" else text
            if type(each) in _PLAIN:
                put(made, key, each)
                continue
            put(made, key, None)  # what waits keeps its place in the order
            try:
                put(made, key, self.value(each))
            except _NotYet:
                self.waiting.append((_into(made, key), each))
        return made

    def _object(self, node: dict[str, Any]) -> Any:
        name = node["$type"]
        kind = _class_named(name) if isinstance(name, str) else None
        if kind is None:
            raise UsageError(
                f"At {self._pointer_to(node)}: {name!r} is not a class that a dump may name. Dumps"
                " are read by the release that wrote them."
            )
        fields = _fields_of(cast("Any", kind))
        if fields is None:
            return self._other_object(kind, node)
        new: Any = kind.__new__
        made = self.made[id(node)] = new(kind)
        if tuple(node) != fields.keys and node.keys() != set(fields.keys):
            other = ", ".join(sorted(node.keys() ^ set(fields.keys)))
            raise UsageError(
                f"At {self._pointer_to(node)}: a {name} has other attributes in this release:"
                f" {other}."
            )
        fields.fill(made, node, self._attribute)
        return made

    def _other_object(self, kind: Any, node: dict[str, Any]) -> Any:
        """Return an enumeration's member, or an object of moto's, which declares no fields."""
        found = {attribute: each for attribute, each in node.items() if attribute != "$type"}
        if issubclass(kind, Enum):
            return self.made.setdefault(id(node), kind(found["value"]))
        if not issubclass(kind, dict):
            for attribute in found:
                if not _is_plain(kind, attribute):
                    where, name = self._pointer_to(node), node["$type"]
                    raise UsageError(f"At {where}: a {name} has no attribute {attribute!r}.")
            if hasattr(kind, "__setstate__"):
                state = {attribute: self.value(each) for attribute, each in found.items()}
                return self.made.setdefault(id(node), with_state(kind, state))
        made = self.made[id(node)] = kind.__new__(kind)
        if isinstance(made, dict):
            return self._entries(made, found["items"])
        for attribute, each in found.items():
            if type(each) in _PLAIN:
                object.__setattr__(made, attribute, each)
            else:
                self._attribute(made, attribute, each)
        return made

    def _attribute(self, made: Any, attribute: str, node: Any) -> None:
        """Set an attribute to what a node describes, now or once that is made."""
        put = object.__setattr__
        if type(node) is dict and "$time" in node:
            put(made, attribute, self.time(node["$time"]))
            return
        try:
            put(made, attribute, self.value(node))
        except _NotYet:
            put(made, attribute, None)  # slots are filled, so that an object can be shown
            self.waiting.append((_onto(made, attribute), node))

    def time(self, text: Any) -> datetime:
        """Return the instant that a text in ISO 8601 names."""
        found = self._times.get(text)
        if found is None:  # many objects have the datetime of one request
            found = self._times[text] = datetime.fromisoformat(text)
        return found

    def _place(self, put: _Put, node: Any) -> bool:
        """Put what ``node`` describes into its place; if it must wait for that, return False."""
        try:
            put(self.value(node))
        except _NotYet:
            self.waiting.append((put, node))
            return False
        return True

    def _pointer_to(self, wanted: Any) -> str:
        """Return the JSON pointer to a node, for a message."""
        near: deque[tuple[Any, str]] = deque([(self._root, "")])
        while near:
            node, pointer = near.popleft()
            if node is wanted:
                return pointer
            if isinstance(node, dict):
                near += ((each, f"{pointer}/{step_text(key)}") for key, each in node.items())
            elif isinstance(node, list):
                near += ((each, f"{pointer}/{number}") for number, each in enumerate(node))
        return ""


@dataclasses.dataclass(frozen=True, slots=True)
class _Fields:
    """How the objects of a dataclass are filled.

    Attributes:
        keys: what a node has that describes one.
        fill: sets all fields of an object to what a node describes; it takes what sets those that
            are not there as they are.
    """

    keys: tuple[str, ...]
    fill: Callable[[Any, dict[str, Any], Callable[[Any, str, Any], None]], None]


@cache
def _fields_of(kind: Hashable) -> _Fields | None:
    """Return how the objects of a class are filled; None if it is no dataclass.

    The function is generated, as dataclasses generate their ``__init__``: a loop over the names for
    each object would take several times as long.
    """
    if not isinstance(kind, type) or issubclass(kind, (dict, Enum)):
        return None
    if not dataclasses.is_dataclass(kind):
        return None
    is_frozen = kind.__setattr__ is not object.__setattr__
    names = [field.name for field in dataclasses.fields(kind)]
    lines = ["def fill(made, node, other):", "    pass"]
    for name in names:
        lines += [
            f"    value = node[{name!r}]",
            "    if type(value) in plain:",
            f"        put(made, {name!r}, value)" if is_frozen else f"        made.{name} = value",
            "    else:",
            f"        other(made, {name!r}, value)",
        ]
    scope: dict[str, Any] = {"plain": _PLAIN, "put": object.__setattr__}
    exec("\n".join(lines), scope)  # noqa: S102  nothing but names of attributes varies
    return _Fields(("$type", *names), scope["fill"])


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
    return _Reader(node).value(node)


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
