"""From a graph of objects to a tree of plain data that JSON can hold.

What JSON has itself stays as it is. All else is an object with one word that begins with ``$``:

======================  =====================================================================
``$type``               an object of the class of this name; its attributes stand beside it
``$same``               the object that stands at this JSON pointer of the same dump
``$time``, ``$date``    an instant or a day, by ISO 8601
``$seconds``            a span of time
``$tuple``, ``$set``    an immutable list, and a list without an order
``$frozenset``          an immutable list without an order
``$utf8``, ``$base64``  bytes: as text where they are text
======================  =====================================================================

A key that is not text, or begins with ``$``, is written as ``$`` and its JSON.

An object that several others hold is written out once: where the path to it is shortest and has the
fewest lists in it. That place stays the same when other objects are added or deleted.
"""

from __future__ import annotations

import base64
import dataclasses
import json
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterable
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any

from membership_mock.errors import UsageError
from membership_mock.testing.dumps.classes import name_of

_JSON = (type(None), bool, int, float, str)
_PLAIN = frozenset(_JSON)
_ATOMS = frozenset((*_JSON, bytes, datetime, timedelta))
#: all are read back as a dict; an OrderedDict differs from it in nothing that matters here
_MAPPINGS = (dict, OrderedDict)

Steps = tuple[str, ...]

# The types that were seen of which no value is an atom.
_never_atoms: set[type] = {dict, list, set}


def write(root: dict[str, Any]) -> dict[str, Any]:
    """Return a graph as a tree.

    Raises:
        UsageError: there is something in it that cannot be written.
    """
    writer = _Writer(root)
    written: dict[str, Any] = writer.inner(root)
    return written


@cache
def field_names(kind: Hashable) -> tuple[str, ...] | None:
    """Return the names of a dataclass's fields; None for another class."""
    if not isinstance(kind, type) or not dataclasses.is_dataclass(kind):
        return None
    return tuple(field.name for field in dataclasses.fields(kind))


def attributes(found: Any) -> dict[str, Any]:
    """Return the attributes that make up an object of a known class."""
    kind: Any = type(found)
    names = field_names(kind)
    if names is not None:
        return dict(zip(names, _reader_of(kind)(found), strict=True))
    if hasattr(found, "__setstate__"):
        state: dict[str, Any] = found.__getstate__()
        return state
    return dict(vars(found))


@cache
def _reader_of(kind: Hashable) -> Callable[[Any], tuple[Any, ...]]:
    """Return what reads all fields of an object of a dataclass."""
    names = field_names(kind) or ()
    if len(names) > 1:
        return attrgetter(*names)
    return lambda found: tuple(getattr(found, name) for name in names)


def key_text(key: Any) -> str:
    """Return a key as text."""
    if type(key) is str and not key.startswith("$"):
        return key
    return "$" + json.dumps(_atom(key), separators=(",", ":"))


def step_text(step: str) -> str:
    """Return one step of a JSON pointer (RFC 6901)."""
    if "/" not in step and "~" not in step:
        return step
    return step.replace("~", "~0").replace("/", "~1")


class _Writer:
    """Writes one graph.

    Attributes:
        homes: where each object is written out: the id of the object around it, and the steps from
            there. The objects live on in the graph, so that ids stay theirs.
    """

    def __init__(self, root: dict[str, Any]) -> None:
        self.homes: dict[int, tuple[int, Steps] | None] = {}
        near: deque[tuple[Any, tuple[int, Steps] | None]] = deque([(root, None)])
        through_lists: deque[tuple[Any, tuple[int, Steps] | None]] = deque()
        while near or through_lists:
            node, home = near.popleft() if near else through_lists.popleft()
            if id(node) in self.homes:
                continue
            self.homes[id(node)] = home
            push = through_lists.append if type(node) is list else near.append
            around = id(node)
            # what is no atom by its class is looked at closely; of the rest there is a lot
            before, text_of, parts = _parts(node)
            for step, child in parts:
                kind = type(child)
                if kind in _ATOMS or (kind not in _never_atoms and _is_atom(child)):
                    continue
                push((child, (around, (*before, text_of(step)) if before else (text_of(step),))))
        self._pointers: dict[int, str] = {}

    def outer(self, value: Any, around: int, steps: Steps) -> Any:
        """Return how a value is written at a place, which need not be its home."""
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind is datetime:
            return {"$time": value.isoformat()}
        if _is_atom(value):
            return _atom(value)
        if self.homes[id(value)] != (around, steps):
            return {"$same": self.pointer(id(value))}
        return self.inner(value)

    def inner(self, node: Any) -> Any:
        """Return an object, written out."""
        kind: Any = type(node)
        around = id(node)
        if kind in _MAPPINGS:
            return self._entries(node, around, ())
        if kind is list:
            return [
                each if type(each) in _PLAIN else self.outer(each, around, (str(n),))
                for n, each in enumerate(node)
            ]
        if kind is tuple:
            parts = [self.outer(each, around, ("$tuple", str(n))) for n, each in enumerate(node)]
            return {"$tuple": parts}
        if kind is set:
            return {"$set": sorted(map(_atom, node), key=json.dumps)}
        name = name_of(kind)
        if name is None:
            raise UsageError(
                f"At {self.pointer(around)}: a {kind.__module__}.{kind.__qualname__} cannot be"
                " written into a dump. `mock.snapshot()` keeps it, if that will do."
            )
        if isinstance(node, Enum):
            return {"$type": name, "value": node.value}
        if isinstance(node, dict):
            return {"$type": name, "items": self._entries(node, around, ("items",))}
        made: dict[str, Any] = {"$type": name}
        names = field_names(kind)
        held = (
            attributes(node).items()
            if names is None
            else zip(names, _reader_of(kind)(node), strict=True)
        )
        for attribute, value in held:
            made[attribute] = (
                value if type(value) in _PLAIN else self.outer(value, around, (attribute,))
            )
        return made

    def pointer(self, node: int) -> str:
        """Return the JSON pointer to where an object is written out."""
        found = self._pointers.get(node)
        if found is None:
            home = self.homes[node]
            if home is None:
                return ""
            around, steps = home
            found = "/".join([self.pointer(around), *map(step_text, steps)])
            self._pointers[node] = found
        return found

    def _entries(self, node: dict[Any, Any], around: int, before: Steps) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, value in dict.items(node):
            text = key if type(key) is str and key[:1] != "$" else key_text(key)
            made[text] = (
                value if type(value) in _PLAIN else self.outer(value, around, (*before, text))
            )
        return made


def _parts(node: Any) -> tuple[Steps, Callable[[Any], str], Iterable[tuple[Any, Any]]]:
    """Return what an object holds.

    Returns:
        The steps that lead to all of it, what makes the last step to a value a text, and the last
        step and the value of each.
    """
    kind: Any = type(node)
    if kind in _MAPPINGS:
        return (), key_text, node.items()
    if kind is list:
        return (), str, enumerate(node)
    if kind is tuple:
        return ("$tuple",), str, enumerate(node)
    if kind is set or isinstance(node, Enum) or name_of(kind) is None:
        return (), str, ()
    if isinstance(node, dict):
        return ("items",), key_text, dict.items(node)
    names = field_names(kind)
    if names is not None:
        return (), str, zip(names, _reader_of(kind)(node), strict=True)
    return (), str, attributes(node).items()


def _is_atom(value: Any) -> bool:
    kind = type(value)
    if kind in _never_atoms:
        return False
    if kind in (tuple, frozenset):
        return all(map(_is_atom, value))
    if kind in _ATOMS or isinstance(value, date):  # freezegun has dates of its own
        return True
    _never_atoms.add(kind)
    return False


def _atom(value: Any) -> Any:
    """Return an immutable value as JSON can hold it."""
    kind = type(value)
    if kind in _JSON:
        return value
    if isinstance(value, datetime):
        return {"$time": value.isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    if kind is timedelta:
        return {"$seconds": value.total_seconds()}
    if kind is bytes:
        try:
            return {"$utf8": value.decode()}
        except UnicodeDecodeError:
            return {"$base64": base64.b64encode(value).decode()}
    if kind is tuple:
        return {"$tuple": [_atom(each) for each in value]}
    if kind is frozenset:
        return {"$frozenset": sorted(map(_atom, value), key=json.dumps)}
    raise UsageError(f"{value!r} cannot be written into a dump as a key or in a set.")
