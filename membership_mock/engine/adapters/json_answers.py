"""JSON answers, parsed quickly while a mock runs.

botocore looks up anew for each value how its shape is parsed. Here each shape is compiled once to a
*reader*, a function that takes a JSON value and returns what botocore's parser returns: equal, and
in the same order. A structure with anything unusual in it is left to botocore: with a value of
another type than its shape, with a structure that is null in a list, with an unknown member in a
union. So errors are botocore's own. All answers are left to botocore if the parser is a class of
the user's, or if another tool has replaced one of its methods.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from operator import attrgetter
from typing import Any

import botocore.parsers
import botocore.utils
from botocore.model import ListShape, MapShape, Shape, StructureShape

from membership_mock.engine.adapters.compiled_models import (
    CompiledModels,
    UnusualError,
    own_functions,
)
from membership_mock.engine.adapters.timestamps import quickly_read
from membership_mock.engine.moto.patches import Patches

#: Returns a JSON value as botocore's parser does.
Reader = Callable[[Any], Any]

#: the types of shapes for which every JSON parser of botocore has a handler
_HANDLERS = ("structure", "list", "map", "blob", "timestamp")
#: the types for which only a parser of REST-JSON has a handler
_CONVERTING = ("boolean", "integer", "long", "float", "double")
#: the other methods of botocore's parsers that decide how a value is parsed
_PRIVATE = (
    "_default_blob_parser",
    "_default_handle",
    "_has_unknown_tagged_union_member",
    "_parse_shape",
)


# What botocore's classes have before anybody patches them.
_own = own_functions(
    *(
        getattr(botocore.parsers, name, object)
        for name in ("ResponseParser", "BaseJSONParser", "BaseRestParser", "RestJSONParser")
    )
)


def install(patches: Patches) -> None:
    """Parse JSON answers quickly until ``patches`` are undone."""
    parser = getattr(botocore.parsers, "BaseJSONParser", None)
    usual_timestamps = getattr(botocore.utils, "parse_timestamp", None)
    slow = patches.original_of(parser or object, "_handle_structure", _own)
    if slow is None or usual_timestamps is None:
        return
    kinds: dict[type, _Kind | None] = {}

    def _handle_structure(self: Any, shape: Any, value: Any) -> Any:
        kind = kinds.get(type(self), _unknown)
        if kind is _unknown:
            kind = kinds[type(self)] = _kind_of(type(self), ours)
        if (
            kind is not None
            and kind.look_up(type(self)) == kind.handlers
            and self._timestamp_parser is usual_timestamps
            and getattr(self._blob_parser, "__func__", None) is kind.blob_parser
        ):
            try:
                return _readers.of(shape, kind.converts).of(shape)(value)
            except Exception:  # noqa: BLE001, S110  botocore parses it, and raises its own error
                pass
        return slow(self, shape, value)

    patches.set(parser, "_handle_structure", _handle_structure)
    ours = vars(parser)["_handle_structure"]


class _Kind:
    """A class of parsers whose values are parsed as botocore's own classes parse them.

    Args:
        kind: the class.
        names: what decides how it parses values.

    Attributes:
        look_up: takes the class; returns what it has under these names now.
        handlers: what it had at first.
        converts: whether it converts numbers and booleans.
        blob_parser: the function that parses blobs, unless the user has another one.
    """

    __slots__ = ("blob_parser", "converts", "handlers", "look_up")

    def __init__(self, kind: Any, names: tuple[str, ...]) -> None:
        self.look_up = attrgetter(*names)
        self.handlers = self.look_up(kind)
        self.converts = hasattr(kind, "_handle_integer")
        self.blob_parser = kind._default_blob_parser


#: stands for a class that was not checked yet
_unknown: Any = object()


def _kind_of(kind: Any, ours: Any) -> _Kind | None:
    """Return how a class parses; None if that is not known here."""
    found = {each for each in dir(kind) if each.startswith("_handle_")}
    types = {name.removeprefix("_handle_") for name in found}
    scalars = types & {*_CONVERTING}
    known = {*_HANDLERS, *scalars, "string", *_NOT_OF_TYPES}
    if not types <= known or not types >= {*_HANDLERS} or scalars not in (set(), {*_CONVERTING}):
        return None
    names = (*sorted(found), *_PRIVATE)
    if not all(hasattr(kind, name) for name in names):
        return None
    is_own = all(
        getattr(kind, f"_handle_{each}") in _own or each == "structure"
        for each in types - _NOT_OF_TYPES
    ) and all(getattr(kind, name) in _own for name in _PRIVATE)
    return _Kind(kind, names) if is_own and kind._handle_structure is ours else None


#: methods whose names begin like those of handlers, but handle no type
_NOT_OF_TYPES = frozenset({"event_stream", "json_body", "unknown_tagged_union_member"})


class _Readers:
    """Compiles the shapes of one service model to readers, each once.

    Args:
        converts: whether numbers and booleans are converted.
    """

    def __init__(self, converts: bool) -> None:
        self._known: dict[tuple[Any, ...], Reader | None] = {}
        self._scalars = _CONVERTERS if converts else {}

    def of(self, shape: Shape) -> Any:
        """Return the reader of a shape; None if its values stay as they are."""
        serialization, metadata = shape.serialization, shape.metadata
        key = (
            shape.name,
            shape.type_name,
            serialization.get("location"),
            serialization.get("eventstream"),
            metadata.get("document"),
            metadata.get("union"),
        )
        if key not in self._known:
            self._known[key] = self._compile(shape)
        return self._known[key]

    def _compile(self, shape: Shape) -> Reader | None:
        if shape.serialization.get("location") or shape.serialization.get("eventstream"):
            return _refuse  # it is not in the body
        if isinstance(shape, StructureShape):
            if shape.is_document_type:
                return None
            fields = _Fields(self, shape)
            return _union(fields) if shape.is_tagged_union else _structure(fields)
        if isinstance(shape, ListShape):
            return _list(self.of(shape.member))
        if isinstance(shape, MapShape):
            return _map(self.of(shape.key), self.of(shape.value))
        return _SCALARS.get(shape.type_name) or self._scalars.get(shape.type_name)


class _Fields(dict[str, "tuple[int, str, Reader | None] | None"]):
    """The members of a structure by their names on the wire; each is compiled when first sent.

    Args:
        readers: those of the model.
        shape: the structure.

    Attributes:
        order: the names of the members in the order of the model.
    """

    def __init__(self, readers: _Readers, shape: StructureShape) -> None:
        super().__init__()
        self.order: tuple[str, ...] = tuple(shape.members)
        self._readers = readers
        self._members: dict[str, tuple[int, str, Shape]] = {}
        for index, (name, member) in enumerate(shape.members.items()):
            wire = member.serialization.get("name", name)
            if wire in self._members:
                raise UnusualError(wire)
            self._members[wire] = (index, name, member)

    def __missing__(self, wire: str) -> tuple[int, str, Reader | None] | None:
        member = self._members.get(wire)
        if member is None:
            return None
        index, name, shape = member
        field = self[wire] = (index, name, self._readers.of(shape))
        return field


def _structure(fields: _Fields) -> Reader:
    order = fields.order

    def read_structure(value: Any) -> dict[str, Any]:
        found = {}
        latest = -1
        is_ordered = True
        for wire, item in value.items():
            if item is not None:
                field = fields[wire]
                if field is not None:
                    index, name, read = field
                    if index < latest:
                        is_ordered = False
                    latest = index
                    found[name] = item if read is None else read(item)
        if is_ordered:
            return found
        return {name: found[name] for name in order if name in found}

    return read_structure


def _union(fields: _Fields) -> Reader:
    read_structure = _structure(fields)

    def read_union(value: Any) -> dict[str, Any]:
        found: dict[str, Any] = read_structure(value)
        sent = [wire for wire, item in value.items() if item is not None and wire != "__type"]
        if len(sent) != 1 or len(found) != 1:
            raise UnusualError
        return found

    return read_union


def _list(read: Reader | None) -> Reader:
    def read_list(values: Any) -> list[Any]:
        if type(values) is not list:
            raise UnusualError
        return values[:] if read is None else [read(value) for value in values]

    return read_list


def _map(read_key: Reader | None, read: Reader | None) -> Reader:
    def read_map(values: Any) -> dict[Any, Any]:
        if read_key is not None:
            raise UnusualError
        if read is None:
            return {**values}  # raises unless it is a mapping
        return {key: read(value) for key, value in values.items()}

    return read_map


def _refuse(value: Any) -> Any:
    raise UnusualError(value)


def _read_timestamp(value: Any) -> Any:
    found = quickly_read(value)
    return botocore.utils.parse_timestamp(value) if found is None else found


def _read_boolean(value: Any) -> bool:
    if type(value) is not bool:
        raise UnusualError
    return value


_SCALARS: dict[str, Reader] = {"blob": base64.b64decode, "timestamp": _read_timestamp}
_CONVERTERS: dict[str, Reader] = {
    "boolean": _read_boolean,
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
}

_readers = CompiledModels(_Readers)
