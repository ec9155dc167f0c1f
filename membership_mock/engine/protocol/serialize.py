"""Serialize a handler's answer, or an error, to status, headers and body.

A shape is compiled to a *writer*, a closure that turns a Python value into a JSON value. None in
place of a writer means that values are written as they are. An answer is a mapping with the API's
field names, or an object whose attributes are these names in snake case. The attributes of a class
are looked up once.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import math
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from membership_mock.engine.protocol import model, timestamps
from membership_mock.engine.protocol.json_text import json_writer
from membership_mock.errors import ServiceError

Writer = Callable[[Any], Any]
Answer = tuple[int, dict[str, str], bytes]
#: for each field of an object: its getter, its name on the wire, its writer
Plan = tuple[tuple[Callable[[Any], Any], str, Writer | None], ...]

JSON_TYPE = "application/json"
#: the status of an error that sets none and that the installed botocore does not model
UNKNOWN_ERROR_STATUS = 400


class AnswerWriter:
    """Turns the answers of one operation into HTTP.

    Args:
        operation: the operation in botocore's model.
        writers: compiles the shapes of its service.
    """

    def __init__(self, operation: OperationModel, writers: Writers) -> None:
        shape = operation.output_shape
        members: dict[str, Shape] = dict(shape.members) if shape else {}
        payload = shape.serialization.get("payload") if shape else None
        body = [
            name
            for name, member in members.items()
            if "location" not in member.serialization and name != payload
        ]
        self._status = model.success_status(operation)
        self._members = members
        self._located = [name for name in members if name not in body and name != payload]
        self._payload = payload
        self._write_payload = writers.of(members[payload]) if payload else None
        self._write_body = (
            writers.structure(shape, body) if shape and body and not payload else None
        )

    def serialize(self, answer: object) -> Answer:
        """Return status, headers and body of a successful answer.

        Args:
            answer: a mapping with the API's field names, an object with attributes in snake case,
                or None for an answer without fields.
        """
        # an empty answer has the type of JSON as well; a server would add another type
        status, headers, body = self._status, {"content-type": JSON_TYPE}, b""
        if self._write_body is not None:
            body = _encode(self._write_body({} if answer is None else answer))
        elif self._payload is not None:
            body, headers["content-type"] = self._payload_of(answer)
        for name in self._located:
            value = _field(answer, name)
            if value is None:
                continue
            member = self._members[name]
            wire = member.serialization.get("name", name)
            location = member.serialization["location"]
            if location == "statusCode":
                status = int(value)
            elif location == "headers":
                headers.update((wire.lower() + key, str(text)) for key, text in value.items())
            else:
                headers[wire.lower()] = header_text(member, value)
        return status, headers, body

    def _payload_of(self, answer: object) -> tuple[bytes, str]:
        name = str(self._payload)
        value = _field(answer, name)
        if value is None:
            return b"", JSON_TYPE
        kind = self._members[name].type_name
        if kind == "blob":
            return bytes(value), "application/octet-stream"
        if kind == "string":
            return str(value).encode(), "text/plain"
        return _encode(self._write_payload(value) if self._write_payload else value), JSON_TYPE


class ErrorWriter:
    """Turns the errors of one service into HTTP, also when no operation is known.

    Args:
        service: the service's id.
        writers: compiles its shapes.
    """

    def __init__(self, service: str, writers: Writers) -> None:
        self._service = service
        self._writers = writers
        self._shapes: dict[str, StructureShape | None] = {}

    def serialize(self, error: ServiceError) -> Answer:
        """Return status, headers and body of ``error``.

        Raises:
            TypeError: if the error has fields that its shape lacks, or lacks required ones.
        """
        code = error.code
        if code not in self._shapes:
            found = model.error_shape(self._service, code)
            self._shapes[code] = found if isinstance(found, StructureShape) else None
        shape = self._shapes[code]
        headers = {"x-amzn-errortype": code, "content-type": JSON_TYPE, **error.headers}
        if shape is None:
            if error.fields:
                raise TypeError(
                    f"{self._service} models no {code}, so that its fields"
                    f" {', '.join(error.fields)} have no names"
                )
            body = _common_error(self._service, code, error.message)
            return error.status or UNKNOWN_ERROR_STATUS, headers, _encode(body)
        values = self._values(shape, error)
        body = {}
        for name, value in values.items():
            member = shape.members[name]
            wire = member.serialization.get("name", name)
            if member.serialization.get("location") == "header":
                headers[wire.lower()] = header_text(member, value)
            else:
                write = self._writers.of(member)
                body[wire] = write(value) if write else value
        status = error.status or shape.metadata.get("error", {}).get("httpStatusCode")
        return int(status or UNKNOWN_ERROR_STATUS), headers, _encode(body)

    def _values(self, shape: StructureShape, error: ServiceError) -> dict[str, Any]:
        """Return the members of the shape that the error sets, by their names."""
        given = {name: value for name, value in error.fields.items() if value is not None}
        values = {}
        for name in shape.members:
            value = given.pop(model.snake(name), None)
            if value is None:
                # the members that every error has; services differ in their spelling
                value = {"message": error.message, "code": error.code}.get(name.lower())
            if value is not None:
                values[name] = value
        unknown = given.keys() - {model.snake(name) for name in shape.members}
        if unknown:
            raise TypeError(f"{shape.name} of {self._service} has no {', '.join(sorted(unknown))}")
        absent = [name for name in shape.required_members if name not in values]
        if absent:
            raise TypeError(f"{shape.name} of {self._service} requires {', '.join(absent)}")
        return values


class Writers:
    """Compiles the shapes of one service to writers, each once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, object], Writer | None] = {}

    def of(self, shape: Shape) -> Writer | None:
        """Return the writer of ``shape``; None if its values are written as they are."""
        key = (shape.name, shape.type_name, shape.serialization.get("timestampFormat"))
        if key not in self._known:
            self._known[key] = self._compile(shape)
        return self._known[key]

    def structure(self, shape: StructureShape, names: Iterable[str]) -> Writer:
        """Return the writer of a structure of which only the fields ``names`` are written."""
        fields = _Fields(self, shape, names)
        plans: dict[type, Plan | None] = {}

        def write_structure(value: Any) -> dict[str, Any]:
            kind = type(value)
            out = {}
            if kind is not dict:
                if kind not in plans:
                    plans[kind] = _plan(value, fields, shape)
                plan = plans[kind]
                if plan is not None:
                    for get, wire, write in plan:
                        item = get(value)
                        if item is not None:
                            out[wire] = item if write is None else write(item)
                    return out
            for name, item in value.items():
                if item is not None:
                    field = fields[name]
                    # the installed botocore may be older than the field
                    if field is not None:
                        wire, write = field
                        out[wire] = item if write is None else write(item)
            return out

        unions = [name for name in names if getattr(shape.members[name], "is_tagged_union", False)]
        return _without_empty_unions(write_structure, shape, unions) if unions else write_structure

    def _compile(self, shape: Shape) -> Writer | None:
        if shape.metadata.get("document"):
            return None
        if isinstance(shape, StructureShape):
            return self.structure(shape, shape.members)
        if isinstance(shape, ListShape):
            return _list_writer(self.of(shape.member))
        if isinstance(shape, MapShape):
            return _map_writer(self.of(shape.value))
        if shape.type_name == "timestamp":
            return timestamps.WRITING[timestamps.format_of(shape, None)]
        return _SCALAR_WRITERS.get(shape.type_name)


def _without_empty_unions(write: Writer, shape: StructureShape, unions: list[str]) -> Writer:
    """Leave out a union whose only member the installed botocore does not know."""
    wires = [str(shape.members[name].serialization.get("name", name)) for name in unions]

    def write_without(value: Any) -> dict[str, Any]:
        out: dict[str, Any] = write(value)
        for wire in wires:
            if out.get(wire) == {}:
                del out[wire]
        return out

    return write_without


class _Fields(dict[str, tuple[str, Writer | None] | None]):
    """The fields of a structure by their names; each is compiled when first written."""

    def __init__(self, writers: Writers, shape: StructureShape, names: Iterable[str]) -> None:
        super().__init__()
        self._writers = writers
        self._members = {name: shape.members[name] for name in names}
        self.names = tuple(self._members)

    def __missing__(self, name: str) -> tuple[str, Writer | None] | None:
        member = self._members.get(name)
        if member is None:
            return None
        field = (str(member.serialization.get("name", name)), self._writers.of(member))
        self[name] = field
        return field


def header_text(shape: Shape, value: Any) -> str:
    """Return ``value`` as the text of a header."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return str(timestamps.WRITING[timestamps.format_of(shape, "header")](value))
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(shape, ListShape):
        return ",".join(header_text(shape.member, item) for item in value)
    if shape.serialization.get("jsonvalue"):
        value = json.dumps(value).encode()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value)


def _plan(value: object, fields: _Fields, shape: Shape) -> Plan | None:
    """Return how to read the fields of an object of this type; None if it is a mapping."""
    kind: Any = type(value)
    if isinstance(value, Mapping):
        return None
    if kind.__module__ == "builtins":
        raise TypeError(f"{value!r} is neither a mapping nor an object with fields of {shape.name}")
    is_dataclass = dataclasses.is_dataclass(kind)
    own = {field.name for field in dataclasses.fields(kind)} if is_dataclass else set()
    steps: list[tuple[Callable[[Any], Any], str, Writer | None]] = []
    for name in fields.names:
        snake = model.snake(name)
        get: Callable[[Any], Any] | None
        if snake in own:
            get = attrgetter(snake)
        elif hasattr(kind, snake):
            # a method with the name of a field, such as ``items`` or ``count``, is not that field
            get = None if callable(getattr(kind, snake)) else attrgetter(snake)
        else:
            get = None if own or not hasattr(value, "__dict__") else _optional(snake)
        field = fields[name]
        if get is not None and field is not None:
            steps.append((get, *field))
    return tuple(steps)


def _optional(name: str) -> Callable[[Any], Any]:
    return lambda value: getattr(value, name, None)


def _field(answer: object, name: str) -> Any:
    if isinstance(answer, Mapping):
        return answer.get(name)
    return getattr(answer, model.snake(name), None)


def _list_writer(write: Writer | None) -> Writer:
    if write is None:
        return lambda values: [value for value in values if value is not None]
    return lambda values: [write(value) for value in values if value is not None]


def _map_writer(write: Writer | None) -> Writer:
    if write is None:
        return lambda values: {key: value for key, value in values.items() if value is not None}
    return lambda values: {key: write(value) for key, value in values.items() if value is not None}


def _write_blob(value: bytes | str) -> str:
    return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()


def _write_float(value: float) -> float | str:
    number = float(value)
    if math.isfinite(number):
        return number
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


_SCALAR_WRITERS: dict[str, Writer] = {
    "blob": _write_blob,
    "float": _write_float,
    "double": _write_float,
}


def _default(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    message = f"{value!r} ({type(value).__name__}) is not a value of the service model"
    raise TypeError(message)


_written = json_writer(",", ":", _default, allow_nan=False)


def _encode(document: object) -> bytes:
    return _written(document).encode()


def _common_error(service: str, code: str, message: str) -> dict[str, str]:
    """Return the body of an error that the model does not know, in the spelling of its service."""
    return {"Message": message, "Code": code} if _capitalizes(service) else {"message": message}


@cache
def _capitalizes(service: str) -> bool:
    shapes = model.service_model(service).error_shapes
    return any("Message" in getattr(shape, "members", ()) for shape in shapes)
