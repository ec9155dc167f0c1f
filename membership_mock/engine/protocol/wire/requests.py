"""Read the parameters of a request to any service of AWS, in any protocol.

It is for the record of calls to services that moto answers: nothing is validated, and what does not
fit the model is left out. Requests to our own services are parsed by `codec`.

The bodies of the JSON, REST and CBOR protocols look alike in both directions, so botocore's own
parser of answers reads them. The rest is read here: paths, query strings, and the two query
protocols.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, unquote

from botocore.awsrequest import HeadersDict
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape
from botocore.parsers import ResponseParserError, create_parser

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.protocol import timestamps

#: the errors of reading a request that does not fit its model
_MISFITS = (ValueError, TypeError, KeyError, AttributeError, OverflowError, ResponseParserError)

#: one object for all requests and answers without such headers
NO_HEADERS: Mapping[str, Any] = MappingProxyType({})


def protocol_of(operation: OperationModel) -> str:
    """Return the protocol in which botocore calls an operation, e.g. ``query``."""
    return str(operation.service_model.resolved_protocol)


def parameters(
    operation: OperationModel,
    host: str,
    path: str,
    query: str,
    headers: Mapping[str, Any],
    body: bytes,
) -> dict[str, Any]:
    """Return the parameters of a request by their API names; empty if it does not fit the model.

    Args:
        operation: the operation in botocore's model.
        host: the host that it was sent to.
        path: the path as it was sent.
        query: the query string as it was sent.
        headers: those that hold parameters.
        body: the bytes of the body; empty for a body that is a stream.
    """
    shape = operation.input_shape
    if shape is None:
        return {}
    protocol = protocol_of(operation)
    try:
        if protocol in ("query", "ec2"):
            sent = dict(parse_qsl(body.decode() or query, keep_blank_values=True))
            return _QueryReader(sent, is_ec2=protocol == "ec2").structure(shape, "")
        found = _outside(operation, shape, host, path, query)
        found |= _inside(operation, shape, protocol, headers, body)
    except _MISFITS:
        return {}
    return {name: found[name] for name in shape.members if name in found}


@dataclass(frozen=True, slots=True)
class HeaderNames:
    """Headers that hold members of a structure, in lower case.

    Attributes:
        names: the whole names.
        prefixes: what the names of others begin with.
    """

    names: frozenset[str]
    prefixes: tuple[str, ...]

    def of(self, headers: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return those of some headers."""
        found = {
            name: value
            for name, value in headers.items()
            if name.lower() in self.names or name.lower().startswith(self.prefixes)
        }
        return found or NO_HEADERS


def sent_in(operation: OperationModel) -> HeaderNames | None:
    """Return the headers that hold parameters of an operation; None if no header does."""
    return _located(operation.input_shape)


def answered_in(operation: OperationModel) -> HeaderNames | None:
    """Return the headers that hold members of an operation's answer; None if no header does."""
    return _located(operation.output_shape)


def _located(shape: StructureShape | None) -> HeaderNames | None:
    names, prefixes = set(), []
    for name, member in (shape.members if shape else {}).items():
        location = member.serialization.get("location")
        wire = str(member.serialization.get("name", name)).lower()
        if location == "header":
            names.add(wire)
        elif location == "headers":
            prefixes.append(wire)
    return HeaderNames(frozenset(names), tuple(prefixes)) if names or prefixes else None


def _inside(
    operation: OperationModel,
    shape: StructureShape,
    protocol: str,
    headers: Mapping[str, Any],
    body: bytes,
) -> dict[str, Any]:
    """Return the parameters in headers and body."""
    texts = HeadersDict()
    for name, value in headers.items():
        texts[name] = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    raw = {"status_code": 200, "headers": texts, "body": body}
    found: dict[str, Any] = create_parser(protocol).parse(raw, shape)
    found.pop("ResponseMetadata", None)
    payload = shape.serialization.get("payload")
    if payload is not None and (operation.has_streaming_input or not body):
        found.pop(payload, None)
    for name, member in shape.members.items():
        # the parser makes an empty mapping for missing headers
        if member.serialization.get("location") == "headers" and not found.get(name):
            found.pop(name, None)
    return found


def _outside(
    operation: OperationModel, shape: StructureShape, host: str, path: str, query: str
) -> dict[str, Any]:
    """Return the parameters in host, path and query string."""
    found: dict[str, Any] = {}
    texts = _labels(operation, host, path)
    constant = operation.http.get("requestUri", "").partition("?")[2]
    queries: dict[str, list[str]] = {}
    for key, text in parse_qsl(query, keep_blank_values=True):
        queries.setdefault(key, []).append(text)
    for name, member in shape.members.items():
        location = member.serialization.get("location")
        wire = str(member.serialization.get("name", name))
        if name in texts or wire in texts:
            found[name] = _scalar(member, texts.get(wire, texts.get(name, "")))
        elif location == "querystring" and wire in queries:
            values = queries[wire]
            found[name] = (
                [_scalar(member.member, text) for text in values]
                if isinstance(member, ListShape)
                else _scalar(member, values[0])
            )
        elif location == "querystring" and isinstance(member, MapShape):
            several = isinstance(member.value, ListShape)
            known = _names(shape) | {key for key, _ in parse_qsl(constant, keep_blank_values=True)}
            others = {key: texts for key, texts in queries.items() if key not in known}
            if others:
                found[name] = {
                    key: list(texts) if several else texts[0] for key, texts in others.items()
                }
    return found


def _names(shape: StructureShape) -> set[str]:
    return {str(each.serialization.get("name", name)) for name, each in shape.members.items()}


def _labels(operation: OperationModel, host: str, path: str) -> dict[str, str]:
    template, _, _ = operation.http.get("requestUri", "/").partition("?")
    if operation.service_model.service_name == "s3" and "{Bucket}" in template:
        path = path_with_bucket(host, path)
    found: dict[str, str] = {}
    prefix = (operation.endpoint or {}).get("hostPrefix", "")
    for pattern, text in (
        (path_pattern(template) + "/?", path),
        (path_pattern(prefix) + ".*", host),
    ):
        matched = re.fullmatch(pattern, text, re.DOTALL)
        if matched is not None:
            found |= {
                _name_of(group): unquote(value) for group, value in matched.groupdict().items()
            }
    return found


def path_with_bucket(host: str, path: str) -> str:
    """Return the path of a request to S3 with its bucket, which may be in the host instead."""
    if re.match(r"s3[.-]", host) or not re.search(r"\.s3[.-]", host):
        return path
    bucket = re.split(r"\.s3[.-]", host, maxsplit=1)[0]
    return f"/{bucket}{path}".rstrip("/") if path == "/" else f"/{bucket}{path}"


@cache
def path_pattern(template: str) -> str:
    """Return a template with ``{labels}`` as a pattern with a group for each of them."""
    parts = re.split(r"{([\w-]+)(\+?)}", template)
    out = re.escape(parts[0])
    for name, greedy, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        group = name.replace("-", "__")
        out += f"(?P<{group}>{'.+' if greedy else '[^/]+'}){re.escape(text)}"
    return out


def _name_of(group: str) -> str:
    return group.replace("__", "-")


class _QueryReader:
    """Reads the parameters of a query protocol.

    Args:
        sent: the fields of the form.
        is_ec2: whether it is the protocol of EC2, which names fields and lists differently.
    """

    def __init__(self, sent: Mapping[str, str], *, is_ec2: bool) -> None:
        self._sent = sent
        self._is_ec2 = is_ec2

    def structure(self, shape: StructureShape, prefix: str) -> dict[str, Any]:
        """Return the members of a structure whose fields begin with ``prefix``."""
        found = {}
        for name, member in shape.members.items():
            at = f"{prefix}{self._wire(member, name)}"
            at = self._flattened(member, at)
            if at in self._sent or any(key.startswith(f"{at}.") for key in self._sent):
                found[name] = self._read(member, at)
        return found

    def _read(self, shape: Shape, at: str) -> Any:
        if isinstance(shape, StructureShape):
            return self.structure(shape, f"{at}.")
        if isinstance(shape, ListShape):
            if self._is_ec2 or shape.serialization.get("flattened"):
                each = at
            else:
                each = f"{at}.{shape.member.serialization.get('name', 'member')}"
            return [self._read(shape.member, item) for item in self._numbered(each)]
        if isinstance(shape, MapShape):
            each = at if shape.serialization.get("flattened") else f"{at}.entry"
            key = shape.key.serialization.get("name", "key")
            value = shape.value.serialization.get("name", "value")
            return {
                self._sent.get(f"{item}.{key}", ""): self._read(shape.value, f"{item}.{value}")
                for item in self._numbered(each)
            }
        return _scalar(shape, self._sent.get(at, ""))

    def _numbered(self, at: str) -> list[str]:
        """Return the prefixes of the entries of a list, in order."""
        start = len(at) + 1
        numbers = {key[start:].partition(".")[0] for key in self._sent if key.startswith(f"{at}.")}
        return [f"{at}.{number}" for number in sorted(filter(str.isdecimal, numbers), key=int)]

    def _wire(self, shape: Shape, name: str) -> str:
        named = shape.serialization.get("name")
        if not self._is_ec2:
            return str(named or name)
        other = shape.serialization.get("queryName")
        if other:
            return str(other)
        return f"{named[0].upper()}{named[1:]}" if named else name

    def _flattened(self, shape: Shape, at: str) -> str:
        """Return the path of a flattened list: its last name is that of the entries."""
        if self._is_ec2 or not isinstance(shape, ListShape):
            return at
        inner = shape.member.serialization.get("name")
        if not shape.serialization.get("flattened") or not inner:
            return at
        return f"{at.rpartition('.')[0]}.{inner}".lstrip(".")


def _scalar(shape: Shape, text: str) -> Any:
    """Return a value that was sent as text; the text itself if it does not fit the model."""
    read = _SCALARS.get(shape.type_name)
    try:
        return text if read is None else read(shape, text)
    except (*_MISFITS, NotBase64):
        return text


def _timestamp(shape: Shape, text: str) -> Any:
    form = timestamps.format_of(shape, "querystring")
    value: Any = float(text) if form == "unixtimestamp" else text
    return timestamps.READING[form][1](value)


_SCALARS: Mapping[str, Callable[[Shape, str], Any]] = {
    "boolean": lambda _, text: text == "true",
    "integer": lambda _, text: int(text),
    "long": lambda _, text: int(text),
    "float": lambda _, text: float(text),
    "double": lambda _, text: float(text),
    "blob": lambda _, text: b64decode(text, validate=True),
    "timestamp": _timestamp,
}
