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
from typing import Any

from membership_mock.engine.state.layouts import is_declared_atom
from membership_mock.errors import UsageError
from membership_mock.testing.dumps.classes import name_of

_JSON = (type(None), bool, int, float, str)
_PLAIN = frozenset(_JSON)
_ATOMS = frozenset((*_JSON, bytes, datetime, timedelta))
#: all are read back as a dict; an OrderedDict differs from it in nothing that matters here
_MAPPINGS = (dict, OrderedDict)

Steps = tuple[str, ...]
#: takes an object, and what writes a value at a place
_Write = Callable[[Any, Callable[[Any, Any, Any], Any]], dict[str, Any]]

_CONTAINERS = (dict, list)

#: what writes out the objects of each dataclass that was seen
_writers: dict[type, _Write] = {}

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


def attributes(found: Any) -> dict[str, Any]:
    """Return the attributes that make up an object of a known class of moto's."""
    if hasattr(found, "__setstate__"):
        state: dict[str, Any] = found.__getstate__()
        return state
    return dict(vars(found))


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


#: where an object is written out: the object around it, and the step from there
_Home = tuple[Any, Any]


class _Writer:
    """Writes one graph.

    Attributes:
        homes: where each object is written out, by its id. The objects live on in the graph, so
            that ids stay theirs.
    """

    def __init__(self, root: dict[str, Any]) -> None:
        self.homes = _homes(root)
        self._pointers: dict[int, str] = {}
        self._times: dict[int, str] = {}

    def outer(self, value: Any, around: Any, step: Any) -> Any:
        """Return how a value is written at a place, which need not be its home."""
        kind: Any = type(value)
        if kind is datetime:
            # many objects have the datetime of one request
            text = self._times.get(id(value))
            if text is None:
                text = self._times[id(value)] = value.isoformat()
            return {"$time": text}
        home = self.homes.get(id(value))
        if home is None:
            return _atom(value)
        if home[0] is not around or home[1] != step:
            return {"$same": self.pointer(value)}
        if kind is dict:
            return self._entries(value, value.items()) if value else {}
        return self.inner(value)

    def inner(self, node: Any) -> Any:
        """Return an object, written out."""
        kind: Any = type(node)
        write = _writers.get(kind)
        if write is not None:
            return write(node, self.outer)
        if kind is list:
            return [
                each if type(each) in _PLAIN else self.outer(each, node, number)
                for number, each in enumerate(node)
            ]
        if kind in _MAPPINGS:
            return self._entries(node, node.items())
        fields = _fields_of(kind)
        if fields is not None:
            _writers[kind] = fields.write
            return fields.write(node, self.outer)
        return self._rare(node)

    def _rare(self, node: Any) -> Any:
        """Return an object of another class than most, written out."""
        kind: Any = type(node)
        if kind is tuple:
            return {"$tuple": [self.outer(each, node, n) for n, each in enumerate(node)]}
        if kind is set:
            return {"$set": sorted(map(_atom, node), key=json.dumps)}
        name = name_of(kind)
        if name is None:
            raise UsageError(
                f"At {self.pointer(node)}: a {kind.__module__}.{kind.__qualname__} cannot be"
                " written into a dump. `mock.snapshot()` keeps it, if that will do."
            )
        if isinstance(node, Enum):
            return {"$type": name, "value": node.value}
        if isinstance(node, dict):
            return {"$type": name, "items": self._entries(node, dict.items(node))}
        made: dict[str, Any] = {"$type": name}
        for attribute, value in attributes(node).items():
            made[attribute] = value if type(value) in _PLAIN else self.outer(value, node, attribute)
        return made

    def pointer(self, node: Any) -> str:
        """Return the JSON pointer to where an object is written out."""
        found = self._pointers.get(id(node))
        if found is None:
            home = self.homes[id(node)]
            if home is None:
                return ""
            around, step = home
            found = "/".join([self.pointer(around), *map(step_text, _steps(around, step))])
            self._pointers[id(node)] = found
        return found

    def _entries(self, node: Any, items: Iterable[tuple[Any, Any]]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, value in items:
            text = key if type(key) is str and key[:1] != "$" else key_text(key)
            made[text] = value if type(value) in _PLAIN else self.outer(value, node, key)
        return made


def _homes(root: dict[str, Any]) -> dict[int, _Home | None]:
    """Return where each object is written out, by its id; None for the root.

    It is where the path to it is shortest, and has the fewest lists in it.
    """
    homes: dict[int, _Home | None] = {id(root): None}
    near: deque[Any] = deque([root])
    through_lists: deque[tuple[Any, _Home]] = deque()
    atoms, never_atoms, containers = _ATOMS, _never_atoms, _CONTAINERS
    while near or through_lists:
        if near:
            node = near.popleft()
        else:
            node, home = through_lists.popleft()
            if id(node) in homes:
                continue
            homes[id(node)] = home
        is_list = type(node) is list
        # what is no atom by its class is looked at closely; of the rest there is a lot
        for step, child in node.items() if type(node) is dict else _parts(node):
            kind = type(child)
            if kind in atoms or (kind not in never_atoms and _is_atom(child)):
                continue
            if is_list:
                through_lists.append((child, (node, step)))
            elif id(child) not in homes:
                homes[id(child)] = node, step
                if child or kind not in containers:
                    near.append(child)
    return homes


def _parts(node: Any) -> Iterable[tuple[Any, Any]]:
    """Return what an object holds that may be no atom, each with the step that leads to it."""
    kind: Any = type(node)
    if kind is list or kind is tuple:
        return enumerate(node)
    fields = _fields_of(kind)
    if fields is not None:
        return fields.parts(node)
    if kind in _MAPPINGS:
        items: Iterable[tuple[Any, Any]] = node.items()
        return items
    if kind is set or isinstance(node, Enum) or name_of(kind) is None:
        return ()
    if isinstance(node, dict):
        return dict.items(node)
    return attributes(node).items()


def _steps(around: Any, step: Any) -> Steps:
    """Return the steps of a JSON pointer that lead from an object to one that it holds."""
    kind: Any = type(around)
    if kind in _MAPPINGS:
        return (key_text(step),)
    if kind is tuple:
        return ("$tuple", str(step))
    if isinstance(around, dict):
        return ("items", key_text(step))
    return (str(step),)


@dataclasses.dataclass(frozen=True, slots=True)
class _Fields:
    """How the fields of a dataclass are read, all of them at once.

    Attributes:
        parts: returns the name and the value of each field that may hold something else than an
            atom.
        write: returns an object written out.
    """

    parts: Callable[[Any], Iterable[tuple[str, Any]]]
    write: _Write


@cache
def _fields_of(kind: Hashable) -> _Fields | None:
    """Return how the fields of a class are read; None if it is no dataclass that a dump may name.

    The functions are generated, as dataclasses generate their ``__init__``: a loop over the names
    for each object would take several times as long.
    """
    if not isinstance(kind, type) or not dataclasses.is_dataclass(kind):
        return None
    name = name_of(kind)
    if name is None:
        return None
    parts, entries = [], [f"'$type': {name!r}"]
    for field in dataclasses.fields(kind):
        value = f"found.{field.name}"
        if not is_declared_atom(field.type):
            parts.append(f"({field.name!r}, {value}), ")
        entries.append(
            f"{field.name!r}: value if type(value := {value}) in plain"
            f" else outer(value, found, {field.name!r})"
        )
    lines = [
        f"def parts(found): return ({''.join(parts)})",
        f"def write(found, outer): return {{{', '.join(entries)}}}",
    ]
    made: dict[str, Any] = {"plain": _PLAIN}
    exec("\n".join(lines), made)  # noqa: S102  nothing but names of attributes varies
    return _Fields(made["parts"], made["write"])


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
