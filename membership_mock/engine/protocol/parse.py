"""Parse a request into typed arguments, from its path labels, query, headers and body."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

from botocore.model import OperationModel, Shape

from membership_mock.engine.protocol import model
from membership_mock.engine.protocol.field_paths import (
    FieldPath,
    Invalid,
    Reader,
    Unparsable,
    children,
    missing,
    not_a,
    raise_unparsable,
)
from membership_mock.engine.protocol.readers import Readers
from membership_mock.engine.protocol.refusals import Violation
from membership_mock.engine.protocol.router import Template

__all__ = ["Invalid", "RequestParser", "Unparsable", "json_object"]

#: how deep a body may be nested; real ones stay under 30 (inferred: AWS publishes no figure)
MAX_DEPTH = 100

Argument = tuple[str, FieldPath, Reader]


class RequestParser:
    """Turns the requests for one operation into arguments.

    Args:
        operation: the operation in botocore's model.
        readers: compiles the shapes of its service.
    """

    def __init__(self, operation: OperationModel, readers: Readers) -> None:
        shape = operation.input_shape
        members: dict[str, Shape] = dict(shape.members) if shape else {}
        by_location: dict[str | None, list[str]] = {}
        for name, member in members.items():
            location = member.serialization.get("location")
            by_location.setdefault(location, []).append(name)

        def wire(name: str) -> str:
            return str(members[name].serialization.get("name", name))

        def argument(name: str, reader: Reader) -> Argument:
            return model.snake(name), (None, name), reader

        def outside(location: str) -> dict[str, Argument]:
            return {
                wire(name): argument(name, readers.text(members[name], location))
                for name in by_location.get(location, ())
            }

        required = shape.required_members if shape else ()
        self._required = {model.snake(name): name for name in required}
        self._required_names = frozenset(self._required)
        self._order = {wire(name): index for index, name in enumerate(members)}
        self._order.update((name, index) for index, name in enumerate(members))

        self._template = Template(operation.http["requestUri"])
        labels = outside("uri")
        self._labels = [labels[label] for label in self._template.labels]
        self._query = outside("querystring")
        maps = [
            wire(name)
            for name in by_location.get("querystring", ())
            if members[name].type_name == "map"
        ]
        self._query_map = self._query.pop(maps[0]) if maps else None
        self._headers = [(key.lower(), *field) for key, field in outside("header").items()]
        self._prefixes = [(key.lower(), *field) for key, field in outside("headers").items()]
        self.reads_headers = bool(self._headers or self._prefixes)

        self._payload: tuple[Argument, Callable[[bytes], Any]] | None = None
        self._body = None
        payload = shape.serialization.get("payload") if shape else None
        if payload:
            decode = _PAYLOADS.get(members[payload].type_name, json_object)
            self._payload = (argument(payload, readers.payload(members[payload])), decode)
        elif shape and None in by_location:
            self._body = readers.fields(shape, by_location[None], model.snake)

    def parse(
        self, path: str, query: str, headers: Mapping[str, Any], body: bytes
    ) -> dict[str, Any]:
        """Return the fields that were sent, by their names in snake case.

        Args:
            path: the path, which matches the operation's template.
            query: the query string, still encoded.
            headers: the headers, in any spelling.
            body: the raw body.

        Raises:
            Unparsable: if the request does not have the form that the protocol asks for.
            Invalid: if it has, but breaks constraints.
        """
        found: list[Violation] = []
        out: dict[str, Any] = {}
        if self._labels:
            self._parse_labels(path, out, found)
        if query and (self._query or self._query_map):
            self._parse_query(query, out, found)
        if self._headers or self._prefixes:
            self._parse_headers(headers, out, found)
        if body:
            if self._body is not None:
                fields = self._body
                for key, item in json_object(body).items():
                    if item is not None:
                        field = fields[key]
                        if field is not None:
                            name, read = field
                            out[name] = read(item, (None, key), found)
            elif self._payload is not None:
                (name, at, read), decode = self._payload
                out[name] = read(decode(body), at, found)
        if not self._required_names <= out.keys():
            found.extend(
                missing((None, api_name))
                for name, api_name in self._required.items()
                if name not in out
            )
        if found:
            raise Invalid(sorted(found, key=lambda violation: self._order[str(violation.path[0])]))
        return out

    def is_header(self, name: str) -> bool:
        """Return whether the header ``name`` holds an argument."""
        lower = name.lower()
        return any(lower == key for key, *_ in self._headers) or any(
            lower.startswith(prefix) for prefix, *_ in self._prefixes
        )

    def _parse_labels(self, path: str, out: dict[str, Any], found: list[Violation]) -> None:
        texts = self._template.read(path)
        if texts is None:
            raise Unparsable(f"The path {path} does not have the form of this operation's.")
        for (name, at, read), label in zip(self._labels, texts, strict=True):
            text = _unquoted(label, at) if "%" in label or not label.isascii() else label
            if text:
                out[name] = read(text, at, found)

    def _parse_query(self, query: str, out: dict[str, Any], found: list[Violation]) -> None:
        sent: dict[str, list[str]] = {}
        for pair in query.split("&"):
            if pair:
                key, _, value = pair.replace("+", " ").partition("=")
                key = _unquoted(key, None)
                sent.setdefault(key, []).append(_unquoted(value, (None, key)))
        rest: dict[str, list[str]] = {}
        for key, texts in sent.items():
            field = self._query.get(key)
            if field is not None:
                name, at, read = field
                out[name] = read(texts, at, found)
            else:
                rest[key] = texts
        if self._query_map and rest:
            name, at, read = self._query_map
            out[name] = read(rest, at, found)

    def _parse_headers(
        self, headers: Mapping[str, Any], out: dict[str, Any], found: list[Violation]
    ) -> None:
        sent = {
            key.lower(): value.decode("latin-1") if isinstance(value, bytes) else str(value)
            for key, value in headers.items()
        }
        for key, name, at, read in self._headers:
            if key in sent:
                out[name] = read([sent[key]], at, found)
        for prefix, name, at, read in self._prefixes:
            entries = {
                key[len(prefix) :]: [text] for key, text in sent.items() if key.startswith(prefix)
            }
            if entries:
                out[name] = read(entries, at, found)


def json_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object that ``body`` holds.

    Raises:
        Unparsable: if it holds anything else, is nested too deeply, or has lone surrogates.
    """
    text = _utf8(body)
    try:
        document = _decode(text)
    except RecursionError:
        raise Unparsable("The body is nested too deeply.") from None
    except ValueError as error:
        raise Unparsable(f"The body is not valid JSON: {error}.") from None
    if type(document) is not dict:
        raise_unparsable(None, not_a("a JSON object", document), [])
    if text.count("{") + text.count("[") > MAX_DEPTH and _is_deep(document):
        raise Unparsable(f"The body is nested too deeply: {MAX_DEPTH} levels are the most.")
    if "\\" in text and ("\\ud" in text or "\\uD" in text):
        _refuse_surrogates(document, None)
    return document


def _refuse_constant(name: str) -> NoReturn:
    message = f"{name} is not a JSON value"
    raise ValueError(message)


_decoder = json.JSONDecoder(parse_constant=_refuse_constant)


def _decode(text: str) -> Any:
    """Return the value of a JSON text.

    Raises:
        ValueError: the text is not JSON.
    """
    try:
        # SDKs send JSON without white space around it
        document, end = _decoder.scan_once(text, 0)  # type: ignore[attr-defined]
    except StopIteration:
        end = -1
    return document if end == len(text) else _decoder.decode(text)


def _utf8(body: bytes) -> str:
    try:
        return str(body, "utf-8")
    except UnicodeDecodeError as error:
        raise Unparsable(f"The body is not valid UTF-8: {error.reason}.") from None


_PAYLOADS: dict[str, Callable[[bytes], Any]] = {"blob": bytes, "string": _utf8}


def _unquoted(text: str, at: FieldPath) -> str:
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeError:
        raise_unparsable(at, "is not valid UTF-8", [])


def _is_deep(document: Any) -> bool:
    level = [document]
    for _ in range(MAX_DEPTH):
        level = [item for value in level for _, item in children(value)]
        if not level:
            return False
    return True


def _refuse_surrogates(value: Any, at: FieldPath) -> None:
    """Refuse half a surrogate pair: JSON can express it, but UTF-8 cannot encode it."""
    if type(value) is str and not is_text(value):
        raise_unparsable(at, "has half of a surrogate pair, which is not a character", [])
    for key, item in children(value):
        if type(key) is str and not is_text(key):
            raise_unparsable(at, "has a name with half of a surrogate pair", [])
        _refuse_surrogates(item, (at, key))


def is_text(value: str) -> bool:
    """Return whether UTF-8 can encode a text: JSON and Python allow half of a surrogate pair."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
