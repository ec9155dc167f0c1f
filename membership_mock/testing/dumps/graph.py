"""The objects of a graph in batches of one class, and the place of each where it is written out.

An object that several others hold is written out in one place: at the end of the path with the
fewest lists in it, and of these the shortest. If there are several, the alphabetical order of the
classes that hold the object decides, then the order of their fields, then the order of entries. So
the place stays the same when other objects are added or deleted.

Most of the work is done by loops in C over the values of one field of all objects of a class.
"""

from __future__ import annotations

import dataclasses
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache
from itertools import accumulate, chain, repeat
from typing import Any

from membership_mock.engine.state.reference_counts import ONE_OWNER, references
from membership_mock.testing.dumps.classes import name_of

#: what JSON has itself
PLAIN = frozenset((type(None), bool, int, float, str))
_ATOMS = frozenset((*PLAIN, bytes, datetime, timedelta))
#: all are read back as a dict; an OrderedDict differs from it in nothing that matters here
MAPPINGS = (dict, OrderedDict)

#: the types that were seen of which no value is an atom
_never_atoms: set[type] = {dict, list, set}

_flat = chain.from_iterable


@dataclasses.dataclass(eq=False, slots=True)
class Column:
    """Values that the objects of one batch hold.

    Attributes:
        values: the values.
        kinds: their types.
        homes: the objects that are written out here: their places in the column, the batch that
            they are in, and the place there of the first one.
        same: the places of objects that are written out elsewhere.
    """

    values: list[Any]
    kinds: set[type]
    homes: list[tuple[Sequence[int], Batch, int]] = dataclasses.field(default_factory=list)
    same: list[int] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(eq=False, slots=True)
class Batch:
    """Objects of one class.

    Attributes:
        kind: the class.
        objects: the objects.
        names: the attributes whose values the columns are; empty for containers.
        columns: the values of each attribute; for containers, all entries or values.
        origins: where the objects are written out: the place of the first of some of them, the
            batch and the column there, and their places in that column.
        ends: for containers, where the entries of each of them end in the column; empty until that
            is asked for.
        keys: for mappings, the keys of all entries; empty until that is asked for.
        written: the objects, written out.
    """

    kind: Any
    objects: list[Any] = dataclasses.field(default_factory=list)
    names: tuple[str, ...] = ()
    columns: list[Column] = dataclasses.field(default_factory=list)
    origins: list[tuple[int, Batch, int, Sequence[int]]] = dataclasses.field(default_factory=list)
    ends: list[int] = dataclasses.field(default_factory=list)
    keys: list[Any] = dataclasses.field(default_factory=list)
    written: list[Any] = dataclasses.field(default_factory=list)

    def home(self, at: int) -> tuple[Batch, int, Any] | None:
        """Return where an object is written out; None for the root.

        Args:
            at: the place of the object.

        Returns:
            The batch of the object around it, the place there, and the step from there.
        """
        if not self.origins:
            return None
        number = bisect_right(self.origins, at, key=lambda origin: origin[0]) - 1
        start, around, column, places = self.origins[number]
        place = places[at - start]
        if around.names:
            return around, place, around.names[column]
        if not around.ends:
            around.ends = list(accumulate(map(_size, around.objects)))
        holder = bisect_right(around.ends, place)
        if issubclass(around.kind, dict):
            if not around.keys:
                around.keys = list(_flat(map(dict.keys, around.objects)))
            return around, holder, around.keys[place]
        return around, holder, place - (around.ends[holder - 1] if holder else 0)


#: the batches of the objects that were found and not looked into yet, by class, and by attributes
#: where a class does not declare them
_Near = dict[tuple[Any, ...], Batch]


class Graph:
    """The objects that a mapping holds, at any depth.

    Attributes:
        batches: all objects; each batch stands after those that its objects are written out in.
        places: the batch and the place there of each object that may have several owners, by its
            id. The objects live on in the batches, so that ids stay theirs.
    """

    def __init__(self, root: dict[str, Any]) -> None:
        self.batches: list[Batch] = []
        self.places: dict[int, tuple[Batch, int]] = {}
        self._in_lists: list[Batch] = []
        near: _Near = {(dict,): Batch(dict, [root])}
        self.places[id(root)] = near[dict,], 0
        while near or self._in_lists:
            found: _Near = {}
            if near:
                for key in sorted(near, key=_sort_key):
                    self.batches.append(near[key])
                    self._look_into(near[key], found)
            else:
                lists, self._in_lists = self._in_lists, []
                for batch in lists:
                    self._find(batch, batch.columns[0], found)
            near = found

    def _look_into(self, batch: Batch, found: _Near) -> None:
        """Find what the objects of a batch hold."""
        kind, objects = batch.kind, batch.objects
        fields = fields_of(kind)
        if fields is not None:
            batch.names = fields.names
            for values in fields.columns(objects):
                self._add(batch, values, found)
        elif kind is list or kind is tuple:
            self._add(batch, list(_flat(objects)), found)
        elif issubclass(kind, dict):
            self._add(batch, list(_flat(map(dict.values, objects))), found)
        elif kind is not set and not issubclass(kind, Enum) and name_of(kind) is not None:
            rows = _attributes(kind, objects)
            batch.names = tuple(rows[0])
            for name in batch.names:
                self._add(batch, [row[name] for row in rows], found)

    def _add(self, batch: Batch, values: list[Any], found: _Near) -> None:
        """Add a column to a batch, and find the objects in it."""
        column = Column(values, set(map(type, values)))
        batch.columns.append(column)
        if column.kinds <= _ATOMS:
            return
        if batch.kind is list:
            self._in_lists.append(batch)
        else:
            self._find(batch, column, found)

    def _find(self, batch: Batch, column: Column, found: _Near) -> None:
        """Find the objects in the last column of a batch."""
        values = column.values
        if len(column.kinds) == 1 and column.kinds <= _never_atoms:
            self._find_objects(batch, range(len(values)), values, found)
            return
        kinds = list(map(type, values))
        for kind in dict.fromkeys(kinds):
            if kind in _ATOMS:
                continue
            places = [place for place, each in enumerate(kinds) if each is kind]
            places = _objects_of(kind, places, values)
            if places:
                held = [values[place] for place in places]
                self._find_objects(batch, places, held, found)

    def _find_objects(
        self, batch: Batch, places: Sequence[int], held: list[Any], found: _Near
    ) -> None:
        """Find those objects in the last column of a batch that are of one class.

        Args:
            batch: the batch.
            places: their places in the column.
            held: the objects.
            found: where new objects are added.
        """
        column, known = batch.columns[-1], self.places
        is_alone = max(map(references, held)) <= ONE_OWNER + (held is not column.values)
        ids: list[int] = []
        if not is_alone:
            ids = list(map(id, held))
            if not known.keys().isdisjoint(ids) or len(set(ids)) < len(ids):
                fresh: dict[int, tuple[int, Any]] = {}
                for each, place, value in zip(ids, places, held, strict=True):
                    if each in known or each in fresh:
                        column.same.append(place)
                    else:
                        fresh[each] = place, value
                if not fresh:
                    return
                ids = list(fresh)
                places, held = map(list, zip(*fresh.values(), strict=True))
        kind = type(held[0])
        for key, chosen in _by_attributes(kind, held):
            inner = found.setdefault(key, Batch(kind))
            start = len(inner.objects)
            taken = places if chosen is None else [places[number] for number in chosen]
            column.homes.append((taken, inner, start))
            inner.origins.append((start, batch, len(batch.columns) - 1, taken))
            inner.objects += held if chosen is None else [held[number] for number in chosen]
            if ids:
                taken_ids = ids if chosen is None else [ids[number] for number in chosen]
                end = len(inner.objects)
                known.update(zip(taken_ids, zip(repeat(inner), range(start, end)), strict=True))


def _size(container: Any) -> int:
    """Return how many entries a container has; one class of moto's S3 counts otherwise by `len`."""
    return dict.__len__(container) if isinstance(container, dict) else len(container)


def _sort_key(key: tuple[Any, ...]) -> tuple[str, ...]:
    """Return what batches are sorted by: the name of the class, then the attributes."""
    return (name_of(key[0]) or key[0].__qualname__, *key[1:])


def _by_attributes(
    kind: Any, objects: list[Any]
) -> Iterable[tuple[tuple[Any, ...], list[int] | None]]:
    """Return objects of one class in groups with the same attributes.

    Returns:
        For each group the key of its batch, and the places of its objects; None for all objects,
        which is usual: only where a class does not declare its attributes can objects differ.
    """
    if _is_uniform(kind):
        return [((kind,), None)]
    names = list(map(tuple, _attributes(kind, objects)))
    different = dict.fromkeys(names)
    if len(different) == 1:
        return [((kind, *names[0]), None)]
    return [
        ((kind, *key), [number for number, each in enumerate(names) if each == key])
        for key in different
    ]


@cache
def _is_uniform(kind: Any) -> bool:
    """Return whether the objects of a class have no attributes that it does not declare."""
    return (
        kind in (*MAPPINGS, list, tuple, set)
        or fields_of(kind) is not None
        or issubclass(kind, (dict, Enum))
        or name_of(kind) is None
    )


def _attributes(kind: Any, objects: list[Any]) -> list[dict[str, Any]]:
    """Return the attributes that make up each object of a known class of moto's."""
    if hasattr(kind, "__setstate__"):
        return [found.__getstate__() for found in objects]
    return list(map(vars, objects))


@dataclasses.dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a dataclass.

    Attributes:
        names: their names.
        columns: returns the values of each field of many objects.
    """

    names: tuple[str, ...]
    columns: Callable[[list[Any]], Sequence[list[Any]]]


@cache
def fields_of(kind: Any) -> Fields | None:
    """Return the fields of a class; None if it is no dataclass that a dump may name.

    The function that reads them is generated, as dataclasses generate their ``__init__``: a loop
    over the names for each object would take several times as long.
    """
    if not isinstance(kind, type) or not dataclasses.is_dataclass(kind) or name_of(kind) is None:
        return None
    names = tuple(field.name for field in dataclasses.fields(kind))
    lists = "".join(f"[found.{name} for found in objects], " for name in names)
    made: dict[str, Any] = {}
    exec(f"def columns(objects): return ({lists})", made)  # noqa: S102  only names vary
    return Fields(names, made["columns"])


def _objects_of(kind: Any, places: list[int], values: list[Any]) -> list[int]:
    """Return the places of those values that are no atoms; all are of one class."""
    if kind in _never_atoms:
        return places
    if kind is tuple or kind is frozenset:
        if set(map(type, _flat([values[place] for place in places]))) <= _ATOMS:
            return []
        return [place for place in places if not is_atom(values[place])]
    return [] if is_atom(values[places[0]]) else places


def is_atom(value: Any) -> bool:
    """Return whether nothing can change a value, nor what it holds."""
    kind = type(value)
    if kind in _never_atoms:
        return False
    if kind in (tuple, frozenset):
        return all(map(is_atom, value))
    if kind in _ATOMS or isinstance(value, date):  # freezegun has dates of its own
        return True
    _never_atoms.add(kind)
    return False
