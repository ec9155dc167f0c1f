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

An object that several others hold is written out once; `graph` says where.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from enum import Enum
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from membership_mock.errors import UsageError
from membership_mock.testing.dumps.classes import name_of
from membership_mock.testing.dumps.graph import MAPPINGS, PLAIN, Batch, Column, Graph
from membership_mock.testing.dumps.pointers import step_text

Steps = tuple[str, ...]

_flat = chain.from_iterable


def write(root: dict[str, Any]) -> dict[str, Any]:
    """Return a graph as a tree.

    Raises:
        UsageError: there is something in it that cannot be written.
    """
    return _Writer(root).tree()


def key_text(key: Any) -> str:
    """Return a key as text."""
    if type(key) is str and not key.startswith("$"):
        return key
    return "$" + json.dumps(_atom(key), separators=(",", ":"))


class _Writer:
    """Writes one graph."""

    def __init__(self, root: dict[str, Any]) -> None:
        self._graph = Graph(root)
        self._pointers: dict[tuple[int, int], str] = {}
        self._times: dict[int, str] = {}

    def tree(self) -> dict[str, Any]:
        """Return the graph as a tree."""
        batches = self._graph.batches
        for batch in reversed(batches):  # what an object holds is written before the object
            batch.written = self._batch(batch)
        tree: dict[str, Any] = batches[0].written[0]
        return tree

    def _batch(self, batch: Batch) -> list[Any]:
        """Return the objects of a batch, written out."""
        kind, objects = batch.kind, batch.objects
        if kind in MAPPINGS:
            return self._mappings(objects, self._values(batch.columns[0]))
        if kind is list or kind is tuple:
            values = iter(self._values(batch.columns[0]))
            parts = [list(islice(values, len(each))) for each in objects]
            return parts if kind is list else [{"$tuple": part} for part in parts]
        if kind is set:
            return [{"$set": sorted(map(_atom, each), key=json.dumps)} for each in objects]
        name = name_of(kind)
        if name is None:
            raise UsageError(
                f"At {self._pointer(batch, 0)}: a {kind.__module__}.{kind.__qualname__} cannot be"
                " written into a dump. `mock.snapshot()` keeps it, if that will do."
            )
        if issubclass(kind, Enum):
            return [{"$type": name, "value": each.value} for each in objects]
        if issubclass(kind, dict):
            items = self._mappings(objects, self._values(batch.columns[0]))
            return [{"$type": name, "items": each} for each in items]
        columns = list(map(self._values, batch.columns))
        return (
            _rows_of(name, batch.names)(columns) if columns else [{"$type": name} for _ in objects]
        )

    def _mappings(self, objects: list[Any], values: list[Any]) -> list[Any]:
        keys = list(_flat(map(dict.keys, objects)))
        if set(map(type, keys)) != {str} or any(key[:1] == "$" for key in keys):
            keys = list(map(key_text, keys))
        pairs = zip(keys, values, strict=True)
        return [dict(islice(pairs, dict.__len__(each))) if each else {} for each in objects]

    def _values(self, column: Column) -> list[Any]:
        """Return the values of a column as they are written at their places."""
        values, kinds = column.values, column.kinds
        if kinds <= PLAIN:
            return values
        if kinds == {datetime}:
            return self._times_of(values)
        if kinds == {tuple} and set(map(type, _flat(values))) <= PLAIN:
            return [{"$tuple": list(each)} for each in values]
        written = list(values)
        left = len(values)
        for places, batch, start in column.homes:
            found = batch.written[start : start + len(places)]
            if len(places) == len(values):
                return found
            left -= len(places)
            for place, each in zip(places, found, strict=True):
                written[place] = each
        same, known = column.same, self._graph.places
        for place in same:
            written[place] = {"$same": self._pointer(*known[id(values[place])])}
        if left > len(same):
            objects = set(same).union(*[places for places, _, _ in column.homes])
            for place, value in enumerate(values):
                if type(value) not in PLAIN and place not in objects:
                    written[place] = _atom(value)
        return written

    def _times_of(self, times: list[datetime]) -> list[Any]:
        """Return instants, written out; many objects have the datetime of one request."""
        known, ids = self._times, list(map(id, times))
        for place, each in zip(ids, times, strict=True):
            if place not in known:
                known[place] = each.isoformat()
        return [{"$time": known[place]} for place in ids]

    def _pointer(self, batch: Batch, at: int) -> str:
        """Return the JSON pointer to where an object of a batch is written out."""
        found = self._pointers.get((id(batch), at))
        if found is None:
            home = batch.home(at)
            if home is None:
                return ""
            around, holder, step = home
            steps = map(step_text, _steps(around.kind, step))
            found = "/".join([self._pointer(around, holder), *steps])
            self._pointers[id(batch), at] = found
        return found


#: returns objects written out, from the values of each attribute
_Rows = Callable[[list[list[Any]]], list[dict[str, Any]]]


@lru_cache(maxsize=1000)
def _rows_of(name: str, names: tuple[str, ...]) -> _Rows:
    """Return what writes out objects of a class with these attributes.

    It is generated, as dataclasses generate their ``__init__``: a loop over the names for each
    object would take several times as long.
    """
    places = [f"_{number}" for number in range(len(names))]
    entries = "".join(f", {name!r}: {place}" for name, place in zip(names, places, strict=True))
    made: dict[str, Any] = {}
    exec(  # noqa: S102  nothing but names of attributes varies
        "def rows(columns): return ["
        f"{{'$type': {name!r}{entries}}} for {', '.join(places)}, in zip(*columns)]",
        made,
    )
    rows: _Rows = made["rows"]
    return rows


def _steps(kind: Any, step: Any) -> Steps:
    """Return the steps of a JSON pointer that lead from an object of a class to what it holds."""
    if kind in MAPPINGS:
        return (key_text(step),)
    if kind is tuple:
        return ("$tuple", str(step))
    if issubclass(kind, dict):
        return ("items", key_text(step))
    return (str(step),)


def _atom(value: Any) -> Any:
    """Return an immutable value as JSON can hold it."""
    kind = type(value)
    if kind in PLAIN:
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
