"""Resolves the nodes of a dump that point at other places, when all objects are made."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import islice, repeat
from typing import Any

from membership_mock.engine.moto.service_state import with_state
from membership_mock.errors import UsageError
from membership_mock.testing.dumps.classes import class_named
from membership_mock.testing.dumps.pointers import pointer_to
from membership_mock.testing.dumps.words import WORDS

#: puts a value into an object at a step
_Put = Callable[[Any, Any, Any], object]


class _NotYet(Exception):
    """What a node points at has not been made yet."""


class Waiting:
    """The nodes of a tree that point at other places.

    Args:
        root: the tree.
        made: every object by the id of the node that describes it; complete when `resolve` is
            called.
    """

    def __init__(self, root: Any, made: dict[int, Any]) -> None:
        self._root = root
        self._made = made
        # for each call of `add`: ``put``, the holders, the steps, and the nodes that wait
        self._waiting: list[tuple[_Put, list[Any], list[Any], list[Any]]] = []
        self._below: dict[str, Any] = {"": root}

    def add(
        self,
        put: _Put,
        holders: Iterable[Any],
        steps: Iterable[Any],
        column: list[Any],
        late: Sequence[int],
    ) -> None:
        """Let some nodes of a column wait.

        Args:
            put: puts a value into an object at a step.
            holders: for each node of the column, the object that holds it.
            steps: for each node, the key, index or attribute in that object.
            column: the nodes.
            late: the places of those that wait.
        """
        if not late:
            return
        nodes = column
        if len(late) < len(column):
            places = list(zip(holders, steps, strict=False))
            holders, steps = zip(*[places[place] for place in late], strict=True)
            nodes = [column[place] for place in late]
        self._waiting.append((put, list(holders), list(islice(steps, len(nodes))), nodes))

    def resolve(self) -> None:
        """Resolve what points at other places."""
        left: deque[tuple[_Put, Any, Any, Any]] = deque()
        for put, holders, steps, nodes in self._waiting:
            values = self._all_same(nodes)
            if values is None:
                left += zip(repeat(put), holders, steps, nodes, strict=False)
            else:
                deque(map(put, holders, steps, values), maxlen=0)
        in_vain = 0
        while left and in_vain < len(left):
            put, holder, step, node = left.popleft()
            try:
                value = self._late(node)
            except _NotYet:
                left.append((put, holder, step, node))
                in_vain += 1
            else:
                put(holder, step, value)
                in_vain = 0
        if left:
            node = left[0][-1]
            where = pointer_to(self._root, node)
            raise UsageError(f"At {where}: {json.dumps(node)[:200]} points at nothing.")

    def _all_same(self, nodes: list[dict[str, Any]]) -> list[Any] | None:
        """Return what nodes point at; None if one does something else, or points at nothing yet."""
        try:
            pointers = [node["$same"] for node in nodes]
            found = {pointer: self._same(pointer) for pointer in dict.fromkeys(pointers)}
        except (_NotYet, KeyError):
            return None
        return [found[pointer] for pointer in pointers]

    def _late(self, node: Any) -> Any:
        """Return what a node describes, after all objects in batches were made.

        Raises:
            _NotYet: it points at an object that has not been made yet.
        """
        if id(node) in self._made:
            return self._made[id(node)]
        if not isinstance(node, dict):
            return node
        if "$type" in node:
            state = {name: self._late(each) for name, each in node.items() if name != "$type"}
            made = with_state(class_named(node["$type"]), state)
            return self._made.setdefault(id(node), made)
        if "$same" in node:
            return self._same(node["$same"])
        if "$tuple" in node:
            parts = tuple([self._late(each) for each in node["$tuple"]])
            return self._made.setdefault(id(node), parts)
        (word,) = node
        return WORDS[word](node[word])

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
            return self._made[id(node)]
        except KeyError:
            raise _NotYet from None

    def _node_at(self, pointer: str) -> Any:
        """Return the node at a JSON pointer; None if the pointer leads nowhere."""
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
