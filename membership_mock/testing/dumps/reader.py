"""Reads the tree of a dump, which `writer` has written, back into a graph of objects.

The nodes of the tree are read level by level, all nodes of one class together. So most of the work
is done by loops in C over the values of one field of all nodes of a class. An object is made when
the node that describes it is found, and filled afterwards. What points at another place waits until
all objects are made.

Objects of known classes are made without running any code of theirs but moto's ``__setstate__``,
which puts the bytes of an S3 object into their file.
"""

from __future__ import annotations

import dataclasses
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from enum import Enum
from functools import cache
from itertools import chain, islice, repeat
from operator import itemgetter
from typing import Any, NoReturn

from membership_mock.engine.moto.service_state import is_plain, with_state
from membership_mock.errors import UsageError
from membership_mock.testing.dumps.classes import class_named
from membership_mock.testing.dumps.filling import filled_class
from membership_mock.testing.dumps.graph import PLAIN
from membership_mock.testing.dumps.pointers import pointer_to
from membership_mock.testing.dumps.waiting import Waiting
from membership_mock.testing.dumps.words import NO_CLASSES, WORDS, key_of

_flat = chain.from_iterable


def read(root: dict[str, Any]) -> dict[str, Any]:
    """Return the graph that a tree describes.

    Raises:
        UsageError: the tree is not valid.
    """
    graph: dict[str, Any] = _Reader(root).graph()
    return graph


@dataclasses.dataclass(eq=False, slots=True)
class _Batch:
    """Objects of one class that were made but not filled yet.

    Attributes:
        kind: the class; dict for each mapping.
        nodes: the nodes that describe what they hold.
        made: the objects.
        names: their attributes; empty for containers.
    """

    kind: Any
    names: tuple[str, ...] = ()
    nodes: list[Any] = dataclasses.field(default_factory=list)
    made: list[Any] = dataclasses.field(default_factory=list)


class _Reader:
    """Reads one tree.

    Attributes:
        made: every object by the id of the node that describes it; those in batches are added at
            the end.
        waiting: the nodes that point at other places.
    """

    def __init__(self, root: Any) -> None:
        self.made: dict[int, Any] = {}
        self.waiting = Waiting(root, self.made)
        self._root = root
        self._near: dict[tuple[Any, ...], _Batch] = {}
        self._times: dict[str, datetime] = {}

    def graph(self) -> Any:
        """Return what the root describes."""
        (found,), _ = self._values([self._root])
        batches: list[_Batch] = []
        levels = 0
        while self._near:
            levels += 1
            if levels > sys.getrecursionlimit():  # made in Python, and holding itself
                raise RecursionError
            near, self._near = self._near, {}
            for batch in near.values():
                batches.append(batch)
                self._fill(batch)
        for batch in batches:
            self.made.update(zip(map(id, batch.nodes), batch.made, strict=True))
        self.waiting.resolve()
        return found

    def _fill(self, batch: _Batch) -> None:
        """Fill the objects of a batch."""
        kind, nodes, made = batch.kind, batch.nodes, batch.made
        if kind is dict:
            keys = [key_of(text) if text[:1] == "$" else text for text in _flat(nodes)]
            column = list(_flat(map(dict.values, nodes)))
            values, late = self._values(column)
            sizes = list(map(len, nodes))
            pairs = zip(keys, values, strict=True)
            for each, size in zip(made, sizes, strict=True):
                if size:
                    dict.update(each, islice(pairs, size))
            self.waiting.add(dict.__setitem__, _flat(map(repeat, made, sizes)), keys, column, late)
        elif kind is list:
            column = list(_flat(nodes))
            values, late = self._values(column)
            sizes = list(map(len, nodes))
            entries = iter(values)
            for each, size in zip(made, sizes, strict=True):
                each.extend(islice(entries, size))
            steps = _flat(map(range, sizes))
            self.waiting.add(list.__setitem__, _flat(map(repeat, made, sizes)), steps, column, late)
        else:
            columns = []
            for name in batch.names:
                column = [node[name] for node in nodes]
                values, late = self._values(column)
                columns.append(values)
                self.waiting.add(object.__setattr__, made, repeat(name), column, late)
            fields = filled_class(kind)
            if fields is not None:
                fields.fill(made, columns)
                return
            for name, values in zip(batch.names, columns, strict=True):
                deque(map(object.__setattr__, made, repeat(name), values), maxlen=0)

    def _values(self, nodes: list[Any]) -> tuple[list[Any], list[int]]:
        """Return what nodes describe, and the places of those that have to wait."""
        kinds = set(map(type, nodes))
        if kinds <= PLAIN:
            return nodes, []
        values: list[Any] = list(nodes)
        late: list[int] = []
        lists = {kind for kind in kinds if issubclass(kind, list)}
        if lists:
            held = [place for place, each in enumerate(nodes) if type(each) in lists]
            self._put_new(_Batch(list), held, [[] for _ in held], values)
        mappings = {kind for kind in kinds if issubclass(kind, dict)}
        if mappings:
            found = _one_word(nodes) if kinds == {dict} else None
            for word, places in (found or self._by_word(nodes, mappings)).items():
                late += self._described(word, places, values)
            for place in late:
                values[place] = None
        return values, late

    def _by_word(self, nodes: list[Any], kinds: set[type]) -> Mapping[str, Sequence[int]]:
        """Return the places of mappings by the class that they name, or by their word."""
        found: dict[str, list[int]] = {}
        for place, node in enumerate(nodes):
            if type(node) in kinds:
                if "$type" in node:
                    word = node["$type"]
                    if type(word) is not str or word in NO_CLASSES:
                        self._refuse_class(node)
                else:
                    word = next(iter(node), "")
                    if word not in WORDS:
                        word = ""
                if word in found:
                    found[word].append(place)
                else:
                    found[word] = [place]
        return found

    def _described(self, word: str, places: Sequence[int], values: list[Any]) -> Sequence[int]:
        """Replace nodes with one word by what they describe.

        Returns:
            The places of those that have to wait.
        """
        if word == "":
            self._put_new(_Batch(dict), places, [{} for _ in places], values)
        elif word == "$time":
            texts = [values[place]["$time"] for place in places]
            times = self._times
            for text in set(texts).difference(times):  # many objects have that of one request
                times[text] = datetime.fromisoformat(text)
            for place, text in zip(places, texts, strict=True):
                values[place] = times[text]
        elif word == "$same":
            return places
        elif word == "$tuple":
            return self._tuples(places, values)
        elif word in WORDS:
            for place in places:
                node = values[place]
                values[place] = WORDS[word](node[word])
                if word == "$set":
                    self.made[id(node)] = values[place]
        else:
            return self._objects(word, places, values)
        return []

    def _put_new(
        self, batch: _Batch, places: Sequence[int], made: list[Any], values: list[Any]
    ) -> None:
        """Put new objects in place of the nodes that describe them, to be filled later.

        Args:
            batch: a new batch, which is used if there is none for such objects yet.
            places: the places of the nodes.
            made: the objects.
            values: the column with the nodes.
        """
        batch = self._near.setdefault((batch.kind, *batch.names), batch)
        batch.nodes += [values[place] for place in places]
        batch.made += made
        for place, each in zip(places, made, strict=True):
            values[place] = each

    def _tuples(self, places: Sequence[int], values: list[Any]) -> Sequence[int]:
        contents = [list(values[place]["$tuple"]) for place in places]
        parts, late = self._values(list(_flat(contents)))
        waiting, entries, start = set(late), iter(parts), 0
        left: list[int] = []
        for place, content in zip(places, contents, strict=True):
            end = start + len(content)
            made = tuple(islice(entries, len(content)))
            if waiting and not waiting.isdisjoint(range(start, end)):
                left.append(place)
            else:
                self.made[id(values[place])] = made
                values[place] = made
            start = end
        return left

    def _objects(self, name: str, places: Sequence[int], values: list[Any]) -> Sequence[int]:
        """Replace nodes of one class by new objects.

        Returns:
            The places of those that have to wait.
        """
        nodes = [values[place] for place in places]
        kind: Any = class_named(name)
        if kind is None:
            self._refuse_class(nodes[0])
        fields = filled_class(kind)
        if fields is not None:
            if set(map(tuple, nodes)) != {fields.keys}:
                self._require_keys(nodes, name, fields.keys)
            self._put_new(_Batch(kind, fields.keys[1:]), places, _new(kind, len(nodes)), values)
            return []
        if not issubclass(kind, (Enum, dict)):
            self._require_plain(nodes, name, kind)
            if not hasattr(kind, "__setstate__") and len(shapes := set(map(tuple, nodes))) == 1:
                names = tuple(each for each in shapes.pop() if each != "$type")
                self._put_new(_Batch(kind, names), places, _new(kind, len(nodes)), values)
                return []
        return [
            place
            for place, node in zip(places, nodes, strict=True)
            if not self._other_object(kind, node, place, values)
        ]

    def _require_keys(self, nodes: list[Any], name: str, keys: tuple[str, ...]) -> None:
        for node in nodes:
            if node.keys() != set(keys):
                other = ", ".join(sorted(node.keys() ^ set(keys)))
                where = pointer_to(self._root, node)
                raise UsageError(
                    f"At {where}: a {name} has other attributes in this release: {other}."
                )

    def _require_plain(self, nodes: list[Any], name: str, kind: type) -> None:
        """Refuse nodes that describe objects of moto's with attributes that cannot be state."""
        attributes = set(_flat(nodes)) - {"$type"}
        wrong = {each for each in attributes if not _is_plain(kind, each)}
        for node in nodes if wrong else ():
            for attribute in filter(wrong.__contains__, node):
                where = pointer_to(self._root, node)
                raise UsageError(f"At {where}: a {name} has no attribute {attribute!r}.")

    def _other_object(self, kind: Any, node: dict[str, Any], place: int, values: list[Any]) -> bool:
        """Put an enumeration's member, or an object of moto's, which declares no fields, in place.

        Returns:
            Whether it need not wait.
        """
        if issubclass(kind, Enum):
            values[place] = self.made.setdefault(id(node), kind(node["value"]))
            return True
        if issubclass(kind, dict):
            made = self.made[id(node)] = kind.__new__(kind)
            values[place] = node["items"]
            self._put_new(_Batch(dict), [place], [made], values)
            return True
        names = tuple(each for each in node if each != "$type")
        if hasattr(kind, "__setstate__"):
            parts, late = self._values([node[each] for each in names])
            if late:
                return False
            state = dict(zip(names, parts, strict=True))
            values[place] = self.made[id(node)] = with_state(kind, state)
            return True
        self._put_new(_Batch(kind, names), [place], _new(kind, 1), values)
        return True

    def _refuse_class(self, node: dict[str, Any]) -> NoReturn:
        where, name = pointer_to(self._root, node), node["$type"]
        raise UsageError(
            f"At {where}: {name!r} is not a class that a dump may name. Dumps are read by the"
            " release that wrote them."
        )


def _one_word(nodes: list[dict[str, Any]]) -> dict[str, Sequence[int]] | None:
    """Return the places of mappings by their word, if it is sure that all have the same one.

    That is the usual case, and the check takes less time than to look at each of them.

    Returns:
        None if it is not sure.
    """
    places = range(len(nodes))
    if not any(nodes):
        return {"": places}
    word = next(iter(nodes[0]), "")
    if word == "$type":
        with suppress(KeyError, TypeError):
            names = set(map(itemgetter("$type"), nodes))
            if len(names) == 1 and NO_CLASSES.isdisjoint(names):
                (name,) = names
                return {name: places} if type(name) is str else None
    elif word in WORDS and set(map(len, nodes)) == {1} and set(_flat(nodes)) == {word}:
        return {word: places}
    return None


def _new(kind: Any, count: int) -> list[Any]:
    """Return new objects of a class, not filled."""
    return list(map(kind.__new__, repeat(kind, count)))


@cache
def _is_plain(kind: Any, attribute: str) -> bool:
    return is_plain(kind, attribute)
