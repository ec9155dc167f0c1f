"""Copies of plain data: made and read back in about half the time that pickles take.

A copy holds the objects in batches of one class, level by level from the roots, and keeps the
values of a batch in lists. So most of the work is done by loops in C over long lists. Values that
nothing can change, such as text and datetimes, are not copied at all.

A reference to an object is the position of the object in the copy. So what several objects hold
stays one object, and cycles are possible. Most objects have only one owner, which their reference
count shows without a look-up; only the others are looked up by their ids.
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import chain, islice, repeat
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.layouts import (
    ATOMS,
    CONTAINERS,
    COPIED,
    DECLARED,
    MAPPINGS,
    NotPlainError,
    is_atom_class,
    layout_of,
    names_of,
    source_of,
)
from membership_mock.engine.state.reference_counts import ONE_OWNER, references

_flat = chain.from_iterable


class SharedError(Exception):
    """Two parts hold the same object."""


#: containers with so many entries are copied each alone
_LARGE = 1000


@dataclass(slots=True)
class _Column:
    """The values of a column, some of which are references.

    Attributes:
        values: the values that are atoms, at their places; None if all are references.
        places: where the references are; None if everywhere.
        positions: the positions of the objects that are referred to, a range if they are in order.
    """

    values: list[Any] | None
    places: list[int] | None
    positions: Sequence[int]

    def read(self, made: list[Any]) -> Sequence[Any]:
        """Return the values, with the objects of ``made`` for references."""
        positions = self.positions
        if isinstance(positions, range):
            return made[positions.start : positions.stop]
        if self.values is None or self.places is None:
            return [made[at] for at in positions]
        found = list(self.values)
        for place, at in zip(self.places, positions, strict=True):
            found[place] = made[at]
        return found


#: a column without references is the list of its values
_AnyColumn = Sequence[Any] | _Column


@dataclass(slots=True)
class _Batch:
    """Objects of one class, in the order of their positions.

    Attributes:
        kind: the class.
        count: how many they are.
        names: the attributes; None for containers.
        sure: those of the attributes that hold only atoms.
        rows: for each object, the values of the attributes in `sure`; for mappings, all keys.
        columns: for each other attribute, its values; for containers, all entries or values.
        sizes: how many entries each container has; None if there are none at all.
        wholes: copies of the containers, if they hold only atoms; sizes is None then.
    """

    kind: type[Any]
    count: int
    names: tuple[str, ...] | None = None
    sure: tuple[str, ...] = ()
    rows: list[Any] | None = None
    columns: list[_AnyColumn] | None = None
    sizes: list[int] | None = None
    wholes: list[Any] | None = None

    def make(self) -> list[Any]:
        """Return the objects, still empty but for those in `wholes`."""
        kind = self.kind
        if self.wholes is not None:
            return list(map(kind.copy, self.wholes))
        if kind is dict:
            return [{} for _ in range(self.count)]
        if kind is list:
            return [[] for _ in range(self.count)]
        if self.names is None:
            return [kind() for _ in range(self.count)]
        # classes of moto have their own __new__, which registers new objects
        new: Any = kind.__new__
        return list(map(new, repeat(kind, self.count)))

    def fill(self, objects: list[Any], made: list[Any]) -> None:
        """Fill the objects, some of which refer to others of ``made``."""
        columns: list[Sequence[Any]] = [
            each.read(made) if isinstance(each, _Column) else each for each in self.columns or ()
        ]
        if self.names is not None:
            write = layout_of(self.kind, self.names, self.sure).write
            if write is not None:
                write(objects, self.rows, columns)
        elif self.sizes is not None:
            (values,) = columns
            if self.kind in MAPPINGS:
                _fill_mappings(objects, self.sizes, zip(self.rows or (), values, strict=True))
            elif self.kind is list:
                _fill_lists(objects, self.sizes, iter(values))
            else:
                entries = iter(values)
                for each, size in zip(objects, self.sizes, strict=True):
                    each.update(islice(entries, size))


def _fill_mappings(objects: list[Any], sizes: list[int], pairs: Iterator[tuple[Any, Any]]) -> None:
    for each, size in zip(objects, sizes, strict=True):
        if size == 1:
            key, value = next(pairs)
            each[key] = value
        elif size:
            each.update(islice(pairs, size))


def _fill_lists(objects: list[Any], sizes: list[int], values: Iterator[Any]) -> None:
    for each, size in zip(objects, sizes, strict=True):
        if size == 1:
            each.append(next(values))
        elif size:
            each.extend(islice(values, size))


class Frozen:
    """A copy of some objects and of all that they hold, which can be read back any number of times.

    Args:
        batches: all objects.
        roots: the objects that were copied.
    """

    def __init__(self, batches: list[_Batch], roots: _AnyColumn) -> None:
        self._batches = batches
        self._roots = roots

    @cached_property
    def size(self) -> int:
        """How many bytes it takes as a pickle."""
        return len(pickle.dumps((self._batches, self._roots), pickle.HIGHEST_PROTOCOL))

    def thaw(self) -> list[Any]:
        """Return new objects that are equal to those that were copied."""
        made: list[Any] = []
        for batch in self._batches:
            made += batch.make()
        start = 0
        for batch in self._batches:
            end = start + batch.count
            batch.fill(made[start:end], made)
            start = end
        roots = self._roots
        return list(roots.read(made) if isinstance(roots, _Column) else roots)


class Freezer:
    """Makes copies of several parts of one graph, which share no object that can change."""

    def __init__(self) -> None:
        self._elsewhere: set[int] = set()
        self._positions: dict[int, int] = {}
        self._count = 0
        self._waiting: deque[tuple[Any, list[Any]]] = deque()

    def part(self, roots: list[Any]) -> Frozen:
        """Return a copy of ``roots`` and of all that they hold.

        Raises:
            NotPlainError: there is an object that cannot be copied.
            SharedError: an earlier part holds one of the objects.
        """
        self._elsewhere.update(self._positions)
        self._positions = {}
        self._count = 0
        self._waiting.clear()
        column = self._column(roots)
        batches: list[_Batch] = []
        while self._waiting:
            kind, objects = self._waiting.popleft()
            batches += (self._batch(kind, each) for each in _separated(kind, objects))
        return Frozen(batches, column)

    def _batch(self, kind: Any, objects: list[Any]) -> _Batch:
        batch = _Batch(kind, len(objects))
        if kind in CONTAINERS:
            if any(objects):
                self._entries(batch, objects)
            return batch
        source = source_of(kind, objects)
        names, sure = names_of(kind, source)
        layout = layout_of(kind, names, sure)
        try:
            if layout.rows is not None:
                batch.rows = layout.rows(source)
                if not hasattr(kind, DECLARED) and not set(map(type, _flat(batch.rows))) <= ATOMS:
                    sure = ()  # the other objects hold more than the first one
                    layout = layout_of(kind, names, sure)
                    batch.rows = None
            columns = [read(source) for read in layout.columns]
        except KeyError:
            raise NotPlainError(kind) from None
        batch.names, batch.sure = names, sure
        if columns:
            batch.columns = list(map(self._column, columns))
        return batch

    def _entries(self, batch: _Batch, objects: list[Any]) -> None:
        """Copy what containers hold into their batch."""
        kind = batch.kind
        is_mapping = kind in MAPPINGS
        keys = _only_atoms(list(_flat(objects))) if is_mapping else None
        values = list(_flat(map(kind.values, objects) if is_mapping else objects))
        column = _only_atoms(values) if kind is set else self._column(values)
        if column is values:
            batch.wholes = list(map(kind.copy, objects))
        else:
            batch.sizes, batch.rows, batch.columns = list(map(len, objects)), keys, [column]

    def _column(self, column: list[Any]) -> _AnyColumn:
        kinds = set(map(type, column))
        if kinds <= ATOMS:
            return column
        if len(kinds) == 1:
            (kind,) = kinds
            if kind in COPIED:
                return _Column(None, None, self._positions_of(kind, column))
            if kind is tuple and set(map(type, _flat(column))) <= ATOMS:
                return column
        return self._mixed(column)

    def _new(self, kind: type, objects: list[Any]) -> range:
        """Return the positions of objects that were not seen before."""
        start = self._count
        self._count += len(objects)
        self._waiting.append((kind, objects))
        return range(start, self._count)

    def _positions_of(self, kind: type, column: list[Any]) -> Sequence[int]:
        """Return the positions of objects of one class, which may have been seen before."""
        if max(map(references, column)) <= ONE_OWNER:
            return self._new(kind, column)
        ids = list(map(id, column))
        positions = self._positions
        if positions:
            with suppress(KeyError):
                return list(map(positions.__getitem__, ids))
        numbered = dict(zip(ids, range(self._count, self._count + len(ids)), strict=True))
        if len(numbered) == len(ids) and positions.keys().isdisjoint(numbered):
            self._require_not_elsewhere(numbered)
            positions.update(numbered)
            return self._new(kind, column)
        fresh = dict(zip(ids, column, strict=True))
        fresh = {each: found for each, found in fresh.items() if each not in positions}
        self._require_not_elsewhere(fresh)
        positions.update(zip(fresh, self._new(kind, list(fresh.values())), strict=True))
        return list(map(positions.__getitem__, ids))

    def _require_not_elsewhere(self, ids: dict[int, Any]) -> None:
        """Refuse objects that an earlier part holds, by their ids.

        Raises:
            SharedError: there is one.
        """
        if self._elsewhere and not self._elsewhere.isdisjoint(ids):
            raise SharedError

    def _mixed(self, column: list[Any]) -> _AnyColumn:
        """Return a column of values of several classes."""
        kinds = list(map(type, column))
        copied = [kind for kind in dict.fromkeys(kinds) if not _are_atoms(kind, column, kinds)]
        if not copied:
            return column
        values = list(column)
        found: list[tuple[int, int]] = []
        for kind in copied:
            held = [place for place, each in enumerate(kinds) if each is kind]
            positions = self._positions_of(kind, [column[place] for place in held])
            found += zip(held, positions, strict=True)
            for place in held:
                values[place] = None
        return _Column(values, [place for place, _ in found], [at for _, at in found])


def _separated(kind: type, objects: list[Any]) -> Iterator[list[Any]]:
    """Yield the objects of a batch in the same order, but each large container alone.

    What one container holds is usually of one class, which takes less time to copy.
    """
    start = 0
    if kind in CONTAINERS and len(objects) > 1 and max(map(len, objects)) >= _LARGE:
        for place, each in enumerate(objects):
            if len(each) >= _LARGE:
                if start < place:
                    yield objects[start:place]
                yield [each]
                start = place + 1
    if start < len(objects):
        yield objects[start:]


def _are_atoms(kind: type, column: list[Any], kinds: list[type]) -> bool:
    """Return whether nothing can change the values of one class in a column.

    Raises:
        NotPlainError: they cannot be changed, but what they hold can.
    """
    if kind is tuple or kind is frozenset:
        values = [value for value, each in zip(column, kinds, strict=True) if each is kind]
        return set(map(type, _flat(values))) <= ATOMS or all(map(_is_atom, values))
    return is_atom_class(kind)


def _is_atom(value: Any) -> bool:
    """Return whether nothing can change a value, nor what it holds.

    Raises:
        NotPlainError: it cannot be changed, but what it holds can.
    """
    kind = type(value)
    if kind is tuple or kind is frozenset:
        if all(map(_is_atom, value)):
            return True
        raise NotPlainError(kind)
    return is_atom_class(kind)


def _only_atoms(values: list[Any]) -> list[Any]:
    """Return keys of mappings or entries of sets.

    Raises:
        NotPlainError: one of them could be changed.
    """
    if not set(map(type, values)) <= ATOMS and not all(map(_is_atom, values)):
        raise NotPlainError
    return values
