"""Check JSON values against every type and constraint of the service model.

A shape is compiled to a *reader*, a closure that takes a JSON value, checks it and returns the
value for the handler. The readers of scalar values are in `scalar_readers`. `field_paths` says how
a reader reports a broken constraint.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from membership_mock.engine.protocol.field_paths import (
    FieldPath,
    Reader,
    Refuse,
    children,
    missing,
    not_a,
    path_of,
    raise_unparsable,
)
from membership_mock.engine.protocol.refusals import Violation
from membership_mock.engine.protocol.scalar_readers import (
    SCALARS,
    from_text,
    length_limits,
    timestamp_reader,
)


class Fields(dict[str, tuple[str, Reader] | None]):
    """The fields of a structure by their names on the wire; each is compiled when first sent."""

    def __init__(
        self,
        readers: Readers,
        shape: StructureShape,
        names: Iterable[str],
        rename: Callable[[str], str],
        *,
        sensitive: bool = False,
    ) -> None:
        super().__init__()
        self._compile = partial(readers.of, sensitive=sensitive)
        self._rename = rename
        self._members = {
            shape.members[name].serialization.get("name", name): (name, shape.members[name])
            for name in names
        }

    def __missing__(self, key: str) -> tuple[str, Reader] | None:
        member = self._members.get(key)
        if member is None:
            return None
        field = self[key] = (self._rename(member[0]), self._compile(member[1]))
        return field


class Readers:
    """Compiles the shapes of one service to readers, each once.

    Args:
        unique_lists: names of list shapes that refuse equal entries.
        unchecked_shapes: names of structures that the handler gets unchecked, and of lists that may
            be longer than their maximum.
        refuse: called for a value of the wrong type; it may raise or return.
        strict: also refuse nulls and fields that the model does not know.
    """

    def __init__(
        self,
        unique_lists: frozenset[str] = frozenset(),
        unchecked_shapes: frozenset[str] = frozenset(),
        *,
        refuse: Refuse = raise_unparsable,
        strict: bool = False,
    ) -> None:
        self._unique_lists = unique_lists
        self._unchecked_shapes = unchecked_shapes
        self._refuse = refuse
        self._strict = strict
        self._known: dict[tuple[str, str, object, bool], Reader] = {}

    def of(self, shape: Shape, *, sensitive: bool = False) -> Reader:
        """Return the reader of JSON values of ``shape``.

        Args:
            shape: the shape, as a member refers to it.
            sensitive: whether a shape around it is sensitive.
        """
        sensitive = sensitive or bool(shape.metadata.get("sensitive"))
        stamp = shape.serialization.get("timestampFormat")
        key = (shape.name, shape.type_name, stamp, sensitive)
        reader = self._known.get(key)
        if reader is None:
            reader = self._known[key] = self._compile(shape, sensitive)
        return reader

    def fields(
        self, shape: StructureShape, names: Iterable[str], rename: Callable[[str], str]
    ) -> Fields:
        """Return the body fields ``names`` of the top-level ``shape``."""
        return Fields(self, shape, names, rename, sensitive=bool(shape.metadata.get("sensitive")))

    def payload(self, shape: Shape) -> Reader:
        """Return the reader of ``shape`` as the whole body; a blob is then raw bytes."""
        if shape.type_name == "blob":
            return lambda body, _at, _found: body
        return self.of(shape)

    def text(self, shape: Shape, location: str) -> Reader:
        """Return the reader of values outside the body, which are texts.

        The reader of a label takes its text. The reader of a query parameter or a header takes the
        list of texts that were sent under its name. The reader of a map takes a mapping of such
        lists.
        """
        sensitive = bool(shape.metadata.get("sensitive"))
        if isinstance(shape, MapShape):
            return self._map_of(shape, self.text(shape.value, location), sensitive=sensitive)
        if isinstance(shape, ListShape):
            item = self._scalar(shape.member, location, sensitive=sensitive)
            read_list = self._list_of(shape, item, sensitive=sensitive)
            if location != "header":
                return read_list
            return lambda texts, at, found: read_list(
                [part.strip() for text in texts for part in text.split(",")], at, found
            )
        read = self._scalar(shape, location)
        if location == "uri":
            return read
        return lambda texts, at, found: read(texts[-1], at, found)

    def _scalar(self, shape: Shape, location: str, *, sensitive: bool = False) -> Reader:
        if shape.type_name == "timestamp":
            return timestamp_reader(shape, self._refuse, sensitive, location)
        return from_text(shape, self.of(shape, sensitive=sensitive), self._refuse)

    def _compile(self, shape: Shape, sensitive: bool) -> Reader:
        if shape.metadata.get("document"):
            return _document(self._refuse)
        if isinstance(shape, StructureShape):
            if shape.name in self._unchecked_shapes:
                return _document(self._refuse)
            return self._structure(shape, sensitive)
        if isinstance(shape, ListShape):
            item = self.of(shape.member, sensitive=sensitive)
            return self._list_of(shape, item, sensitive=sensitive)
        if isinstance(shape, MapShape):
            item = self.of(shape.value, sensitive=sensitive)
            return self._map_of(shape, item, sensitive=sensitive)
        return SCALARS[shape.type_name](shape, self._refuse, sensitive)

    def _structure(self, shape: StructureShape, sensitive: bool) -> Reader:
        refuse, strict = self._refuse, self._strict
        fields = Fields(self, shape, shape.members, str, sensitive=sensitive)
        names = list(shape.required_members)
        required = frozenset(names)
        union = bool(shape.metadata.get("union"))

        def read_structure(value: Any, at: FieldPath, found: list[Violation]) -> Any:
            if type(value) is not dict:
                return refuse(at, not_a("an object", value), found)
            out = {}
            for key, item in value.items():
                if item is not None:
                    field = fields[key]
                    if field is not None:
                        name, read = field
                        out[name] = read(item, (at, key), found)
                    elif strict:
                        refuse((at, key), "is not a field of the model", found)
                elif strict:
                    refuse((at, key), "must not be null", found)
            if not required <= out.keys():
                found.extend(missing((at, name)) for name in names if name not in out)
            if union and len(out) != 1:
                return refuse(at, f"must have exactly one member set, not {len(out)}", found)
            return out

        return read_structure

    def _list_of(self, shape: ListShape, read: Reader, *, sensitive: bool) -> Reader:
        refuse = self._refuse
        least, most, text = length_limits(shape)
        unique = shape.name in self._unique_lists
        if shape.name in self._unchecked_shapes:
            most = sys.maxsize

        def read_list(value: Any, at: FieldPath, found: list[Violation]) -> Any:
            if type(value) is not list:
                return refuse(at, not_a("a list", value), found)
            size = len(value)
            if not least <= size <= most:
                found.append(
                    Violation(path_of(at), "length", text, value, size, sensitive, (least, most))
                )
                if size > most:
                    return value
            out = [read(item, (at, index), found) for index, item in enumerate(value)]
            if unique and size > 1 and len(set(map(_frozen, out))) < size:
                found.append(
                    Violation(
                        path_of(at), "unique", "Member must have unique values", value,
                        sensitive=sensitive,
                    )
                )  # fmt: skip
            return out

        return read_list

    def _map_of(self, shape: MapShape, read: Reader, *, sensitive: bool) -> Reader:
        refuse, strict = self._refuse, self._strict
        least, most, text = length_limits(shape)
        read_key = self.of(shape.key, sensitive=sensitive)

        def read_map(value: Any, at: FieldPath, found: list[Violation]) -> Any:
            if type(value) is not dict:
                return refuse(at, not_a("an object", value), found)
            size = len(value)
            if not least <= size <= most:
                found.append(
                    Violation(path_of(at), "length", text, value, size, sensitive, (least, most))
                )
                if size > most:
                    return value
            out = {}
            for key, item in value.items():
                inner = (at, key)
                if item is not None:
                    out[read_key(key, inner, found)] = read(item, inner, found)
                elif strict:
                    refuse(inner, "must not be null", found)
            return out

        return read_map


def _document(refuse: Refuse) -> Reader:

    def read_document(value: Any, at: FieldPath, found: list[Violation]) -> Any:
        # JSON has no infinity, but Python reads 1e999 as one
        if type(value) is float and math.isinf(value):
            return refuse(at, "is out of the range of floating point numbers", found)
        for key, item in children(value):
            read_document(item, (at, key), found)
        return value

    return read_document


def _frozen(value: Any) -> Any:
    if type(value) is dict:
        return frozenset((key, _frozen(item)) for key, item in value.items())
    return tuple(map(_frozen, value)) if type(value) is list else value
