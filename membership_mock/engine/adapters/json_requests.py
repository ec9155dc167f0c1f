"""Requests of REST-JSON, validated and serialized quickly while a mock runs.

botocore walks through the parameters of a call twice, and looks up for each value how its shape is
handled. Here each shape is compiled once to a *writer*, a function that checks a value and returns
what stands in the request. A writer accepts only what botocore surely accepts. For anything else
botocore validates and serializes the whole call, so its errors are botocore's own: for a value that
breaks a constraint, for an unusual type, and for parameters in headers or as the whole body.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Any

import botocore.serialize
import botocore.utils
import botocore.validate
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from membership_mock.engine.adapters.compiled_models import CompiledModels, UnusualError
from membership_mock.engine.moto.patches import Patches
from membership_mock.engine.protocol.json_text import json_writer

#: Returns what stands in a request for a value that botocore surely accepts.
Writer = Callable[[Any], Any]

#: the methods of botocore that decide how a call is validated and serialized; if one is missing or
#: replaced, botocore handles the call
_VALIDATOR = (
    "validate",
    "_check_special_validation_cases",
    "_type_check_datetime",
    "_validate",
    "_validate_blob",
    "_validate_boolean",
    "_validate_double",
    "_validate_float",
    "_validate_integer",
    "_validate_list",
    "_validate_long",
    "_validate_map",
    "_validate_string",
    "_validate_structure",
    "_validate_timestamp",
)
_SERIALIZER = (
    "serialize_to_request",
    "_convert_timestamp_to_str",
    "_create_default_request",
    "_default_serialize",
    "_expand_host_prefix",
    "_get_base64",
    "_get_uri_and_query_string_value",
    "_handle_float",
    "_partition_parameters",
    "_render_uri_template",
    "_requires_empty_body",
    "_serialize",
    "_serialize_body_params",
    "_serialize_content_type",
    "_serialize_empty_body",
    "_serialize_payload",
    "_serialize_type_blob",
    "_serialize_type_double",
    "_serialize_type_float",
    "_serialize_type_list",
    "_serialize_type_map",
    "_serialize_type_structure",
    "_serialize_type_timestamp",
)

#: texts that stand in a path as they are
_PLAIN = re.compile(r"[A-Za-z0-9._~-]+")

_decorator = getattr(botocore.validate, "ParamValidationDecorator", object)
_validator: Any = getattr(botocore.validate, "ParamValidator", None)
_serializer: Any = getattr(botocore.serialize, "RestJSONSerializer", None)
_of_validator, _of_serializer = attrgetter(*_VALIDATOR), attrgetter(*_SERIALIZER)


def _methods() -> Any:
    """Return what botocore's classes have now; None if something is missing."""
    try:
        return _of_validator(_validator), _of_serializer(_serializer)
    except AttributeError:
        return None


# What they have before anybody patches them.
_usual = _methods()
_own: Any = vars(_decorator).get("serialize_to_request")


def install(patches: Patches) -> None:
    """Validate and serialize requests quickly until ``patches`` are undone."""
    if _usual is None or _methods() != _usual:
        return
    slow = patches.original_of(_decorator, "serialize_to_request", (_own,))
    if slow is None:
        return

    def serialize_to_request(self: Any, parameters: Any, operation_model: Any) -> Any:
        validates, serializes = self._param_validator, self._serializer
        if (
            type(serializes) is _serializer
            and type(validates) is _validator
            and not vars(validates)
            and len(vars(serializes)) == 1  # the precision of timestamps, and no method
            and _methods() == _usual
        ):
            try:
                writers = _writers.of(operation_model.input_shape, serializes._timestamp_precision)
                return writers.of_operation(operation_model)(parameters)
            except Exception:  # noqa: BLE001, S110  botocore handles it, and raises its own error
                pass
        return slow(self, parameters, operation_model)

    patches.set(_decorator, "serialize_to_request", serialize_to_request)


class _Writers:
    """Compiles the operations and shapes of one service model to writers, each once.

    Args:
        precision: the precision of timestamps that the serializer of a client has.
    """

    def __init__(self, precision: Any) -> None:
        self._known: dict[tuple[Any, ...], Writer] = {}
        self._operations: dict[str, tuple[Any, Writer]] = {}
        self._serializer = botocore.serialize.RestJSONSerializer(timestamp_precision=precision)
        self._query_format = self._serializer.QUERY_STRING_TIMESTAMP_FORMAT

    def of_operation(self, operation: OperationModel) -> Writer:
        """Return the function that turns parameters into botocore's dictionary of a request."""
        found = self._operations.get(operation.name)
        if found is None or found[0] is not operation.http:
            made = _operation(self, operation)
            found = self._operations[operation.name] = (operation.http, made)
        return found[1]

    def of(self, shape: Shape) -> Writer:
        """Return the writer of a shape in a body of JSON."""
        metadata, serialization = shape.metadata, shape.serialization
        key = (
            shape.name,
            shape.type_name,
            metadata.get("min"),
            metadata.get("document"),
            metadata.get("union"),
            serialization.get("timestampFormat"),
            serialization.get("location"),
        )
        if key not in self._known:
            self._known[key] = self._compile(shape)
        return self._known[key]

    def _compile(self, shape: Shape) -> Writer:
        if shape.serialization.get("location"):
            return _refuse
        least = shape.metadata.get("min", 0)
        if isinstance(shape, StructureShape):
            return _refuse if shape.is_document_type else _structure(self, shape)
        if isinstance(shape, ListShape):
            return _list(self.of(shape.member), least)
        if isinstance(shape, MapShape):
            return _map(self.of(shape.key), self.of(shape.value))
        kind = shape.type_name
        if kind == "string":
            return _string(least)
        if kind in ("integer", "long"):
            return _number(int, shape.metadata.get("min", -math.inf))
        if kind in ("double", "float"):
            return _number(float, shape.metadata.get("min", -math.inf))
        if kind == "timestamp":
            return self._timestamp_of(shape, None)
        return _OTHERS.get(kind, _refuse)

    def in_query(self, shape: Shape) -> Writer:
        """Return the writer of a parameter of the query."""
        if shape.type_name == "boolean":
            return _boolean_text
        if shape.type_name == "timestamp":
            return self._timestamp_of(shape, self._query_format)
        if isinstance(shape, ListShape) and shape.member.type_name == "string":
            return _list(self.of(shape.member), shape.metadata.get("min", 0))
        if shape.type_name == "string":
            return _string(shape.metadata.get("min", 0))
        if shape.type_name in ("integer", "long"):
            return _number(int, shape.metadata.get("min", -math.inf))
        return _refuse

    def _timestamp_of(self, shape: Shape, usual_format: str | None) -> Writer:
        form = shape.serialization.get("timestampFormat", usual_format)
        # botocore's validator reads the value with this function, and refuses what it refuses.
        return partial(self._serializer._convert_timestamp_to_str, timestamp_format=form)


class _Fields(dict[str, "tuple[str, Writer]"]):
    """The members of a structure by their names; each is compiled when first given."""

    def __init__(self, writers: _Writers, shape: StructureShape) -> None:
        super().__init__()
        self._writers = writers
        self._shape = shape

    def __missing__(self, name: str) -> tuple[str, Writer]:
        member = self._shape.members[name]
        field = (str(member.serialization.get("name", name)), self._writers.of(member))
        self[name] = field
        return field


def _operation(writers: _Writers, operation: OperationModel) -> Writer:
    """Return the writer of the parameters of an operation."""
    shape, http = operation.input_shape, operation.http
    members = shape.members
    if (
        operation.endpoint is not None
        or "authPath" in http
        or shape.serialization.get("payload")
        or shape.is_document_type
        or shape.metadata.get("union")
    ):
        return _refuse
    method, template = http.get("method", "POST"), http["requestUri"]
    required = frozenset(shape.metadata.get("required", ()))
    in_path = [(each, each.removesuffix("+")) for each in re.findall(r"{(.*?)}", template)]
    has_body = any("location" not in member.serialization for member in members.values())
    labels: dict[str, tuple[str, Writer]] = {}
    query: dict[str, tuple[str, Writer]] = {}
    others: set[str] = set()
    for name, member in members.items():
        location, wire = (member.serialization.get(key) for key in ("location", "name"))
        if location == "uri" and member.type_name == "string":
            labels[name] = (wire or name, _string(member.metadata.get("min", 0)))
        elif location == "querystring":
            query[name] = (wire or name, writers.in_query(member))
        elif location is not None:
            others.add(name)
    body = _Fields(writers, shape)

    def write(parameters: Any) -> dict[str, Any]:
        if type(parameters) is not dict or not required <= parameters.keys():
            raise UnusualError
        texts, sent, document = {}, {}, {}
        for name, value in parameters.items():
            if name in labels:
                wire, check = labels[name]
                texts[wire] = check(value)
            elif name in query:
                wire, check = query[name]
                sent[wire] = check(value)
            elif name in others:
                raise UnusualError
            else:
                wire, check = body[name]
                document[wire] = check(value)
        path = template
        if in_path:
            path = template.format(
                **{place: _quoted(texts[name], place) for place, name in in_path}
            )
        return {
            "url_path": path,
            "query_string": sent,
            "method": method,
            "headers": {"Content-Type": "application/json"} if has_body else {},
            "body": _written(document).encode() if has_body else b"",
        }

    return write


def _quoted(text: str, place: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    if place.endswith("+"):
        return str(botocore.utils.percent_encode(text, safe="/~"))
    return str(botocore.utils.percent_encode(text))


def _structure(writers: _Writers, shape: StructureShape) -> Writer:
    fields = _Fields(writers, shape)
    required = frozenset(shape.metadata.get("required", ()))
    is_union = shape.metadata.get("union")

    def write_structure(value: Any) -> dict[str, Any]:
        if type(value) is not dict or not required <= value.keys():
            raise UnusualError
        if is_union and len(value) != 1:
            raise UnusualError
        written = {}
        for name, item in value.items():
            wire, write = fields[name]
            written[wire] = write(item)
        return written

    return write_structure


def _list(write: Writer, least: int) -> Writer:
    def write_list(values: Any) -> list[Any]:
        if type(values) is not list or len(values) < least:
            raise UnusualError
        return [write(value) for value in values]

    return write_list


def _map(write_key: Writer, write: Writer) -> Writer:
    def write_map(values: Any) -> dict[str, Any]:
        if type(values) is not dict:
            raise UnusualError
        return {write_key(key): write(value) for key, value in values.items()}

    return write_map


def _string(least: int) -> Writer:
    def write_string(value: Any) -> str:
        if type(value) is not str or len(value) < least:
            raise UnusualError
        return value

    return write_string


def _number(kind: type[float], least: float) -> Writer:
    def write_number(value: Any) -> Any:
        # JSON has neither infinity nor NaN
        if type(value) is not kind or not least <= value < math.inf:
            raise UnusualError
        return value

    return write_number


def _boolean(value: Any) -> bool:
    if type(value) is not bool:
        raise UnusualError
    return value


def _boolean_text(value: Any) -> str:
    return "true" if _boolean(value) else "false"


def _blob(value: Any) -> str:
    if type(value) is not bytes:
        raise UnusualError
    return base64.b64encode(value).decode()


def _refuse(value: Any) -> Any:
    raise UnusualError(value)


#: Writes a body as botocore does, which calls `json.dumps`.
_written = json_writer(", ", ": ", _refuse, allow_nan=True)

_OTHERS: dict[str, Writer] = {"boolean": _boolean, "blob": _blob}

_writers = CompiledModels(_Writers)
