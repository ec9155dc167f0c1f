"""Input for any operation of any service, made from its input shape: valid, and broken in one place.

Nothing here knows a service. The same arguments always give the same values.
"""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Literal
from urllib.parse import quote, urlencode

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from membership_mock.engine.protocol import model
from tests.contract.matching_texts import breaking, matching

Path = tuple[str | int, ...]
Put = Callable[[Any], dict[str, Any]]
#: how large a valid value is: as small as allowed with required fields only, or the opposite
Extent = Literal["least", "most"]

_NUMBERS = ("integer", "long", "float", "double")
_BITS = {"integer": 31, "long": 63}
#: a value of the wrong JSON type, by the type of the shape
_WRONG_JSON: Mapping[str, Any] = {
    "structure": "text",
    "list": {},
    "map": [],
    "string": 1,
    "blob": 1,
    "integer": "1",
    "long": "1",
    "float": "many",
    "double": "many",
    "boolean": "true",
    "timestamp": "yesterday",
}
#: the same for what stands in the query as text
_WRONG_TEXT: Mapping[str, str] = {
    "integer": "one",
    "long": "one",
    "float": "many",
    "double": "many",
    "boolean": "maybe",
    "timestamp": "yesterday",
}
_FIRST_DAY = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Break:
    """Input for an operation that breaks one constraint of its input shape.

    Attributes:
        operation: the operation's name.
        path: the place of the broken value.
        kind: the constraint, as `membership_mock.engine.protocol.refusals.Violation` calls it; ``type`` for
            a value that is not of the shape's type.
        how: which side of it, e.g. ``length-over``.
        parameters: the whole input, by API names.
        by_botocore: whether botocore can write this input; else `wire` has to.
    """

    operation: str
    path: Path
    kind: str
    how: str
    parameters: dict[str, Any]
    by_botocore: bool = True

    def __str__(self) -> str:
        return f"{self.operation}-{'/'.join(str(step)[:40] for step in self.path)}-{self.how}"


class Samples:
    """Makes input for the operations of one service.

    Args:
        service: the service's id.
        unique_lists: the list shapes that refuse equal entries.
        unchecked_shapes: structures of which the service checks each by itself, and lists that it
            takes however long they are.
        given: values to use for some shapes, by the name of the shape: ids of resources that exist.
    """

    def __init__(
        self,
        service: str,
        unique_lists: frozenset[str] = frozenset(),
        unchecked_shapes: frozenset[str] = frozenset(),
        given: Mapping[str, Any] | None = None,
    ) -> None:
        self.service = service
        self._unique_lists = unique_lists
        self._unchecked_shapes = unchecked_shapes
        self._given = given or {}

    def operation(self, name: str) -> OperationModel:
        """Return the model of an operation."""
        return model.service_model(self.service).operation_model(name)

    def input(self, operation: str, extent: Extent) -> dict[str, Any]:
        """Return valid input for an operation."""
        shape = self.operation(operation).input_shape
        found = dict(self.value(shape, extent)) if shape else {}
        for name, value in found.items():
            if value == [] and "location" in shape.members[name].serialization:
                # an empty list in a query cannot be told from none
                found[name] = self._list(shape.members[name], 1, extent)
        return found

    def fields(self, operation: str) -> list[str]:
        """Return the names of all input fields of an operation."""
        shape = self.operation(operation).input_shape
        return list(shape.members) if shape else []

    # --- valid values ---

    def value(
        self, shape: Shape, extent: Extent, index: int = 0, around: tuple[str, ...] = ()
    ) -> Any:
        """Return a valid value of ``shape``.

        Args:
            shape: the shape.
            extent: how large it is.
            index: values for different indexes differ, as far as the shape has so many.
            around: the names of the structures around it; recursive shapes end there.
        """
        if index == 0 and shape.name in self._given:
            return self._given[shape.name]
        if shape.metadata.get("document"):
            return {"index": index}
        if isinstance(shape, StructureShape):
            return self._structure(shape, extent, index, around)
        if isinstance(shape, ListShape):
            return self._list(shape, self._size(shape, extent), extent, index, around)
        if isinstance(shape, MapShape):
            return self._map(shape, self._size(shape, extent), extent, index, around)
        return self._scalar(shape, extent, index)

    def _structure(
        self, shape: StructureShape, extent: Extent, index: int, around: tuple[str, ...]
    ) -> dict[str, Any]:
        names = list(shape.required_members) if extent == "least" else list(shape.members)
        if extent == "most" and (shape.name in around or len(around) > 6):
            names = list(shape.required_members)
        if shape.metadata.get("union"):
            names = list(shape.members)[:1]
        inside = (*around, shape.name)
        return {name: self.value(shape.members[name], extent, index, inside) for name in names}

    def _size(self, shape: ListShape | MapShape, extent: Extent) -> int:
        least, most = shape.metadata.get("min", 0), shape.metadata.get("max")
        if extent == "least":
            return int(least)
        entry = shape.member if isinstance(shape, ListShape) else shape.value
        if not isinstance(entry, StructureShape) or len(entry.members) <= 5:
            return max(2, least) if most is None else int(most)
        # large entries in large numbers say no more than a few of them
        return max(2, least) if most is None else max(min(2, most), least)

    def _list(
        self,
        shape: ListShape,
        size: int,
        extent: Extent,
        index: int = 0,
        around: tuple[str, ...] = (),
    ) -> list[Any]:
        unique = shape.name in self._unique_lists
        # there are few different entries of the least size
        larger: Extent = "most" if unique else extent
        found: list[Any] = []
        spare = []
        for attempt in range(index, index + 3 * size + 10):
            if len(found) == size:
                break
            entry = self.value(
                shape.member, larger if attempt >= index + size else extent, attempt, around
            )
            (spare if entry in found else found).append(entry)
        if not unique:
            found += spare[: size - len(found)]
        return found

    def _map(
        self,
        shape: MapShape,
        size: int,
        extent: Extent,
        index: int = 0,
        around: tuple[str, ...] = (),
    ) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for attempt in range(index, index + 3 * size + 10):
            if len(found) == size:
                break
            # there are few different keys of one character
            size_of_key = extent if attempt < index + size else "most"
            key = self.value(shape.key, size_of_key, attempt, around)
            found[key] = self.value(shape.value, extent, attempt, around)
        return found

    def _scalar(self, shape: Shape, extent: Extent, index: int) -> Any:
        kind = shape.type_name
        low, high = shape.metadata.get("min"), shape.metadata.get("max")
        if kind == "string":
            return self._text(shape, extent, index)
        if kind == "boolean":
            return extent == "most"
        if kind == "timestamp":
            return _FIRST_DAY + timedelta(days=index)
        if kind == "blob":
            size = (low or 1) if extent == "least" else min(high or 64, 4096)
            return (str(index).encode() * size)[:size]
        if kind in _NUMBERS:
            number = low if extent == "least" else high
            if number is None:
                number = low if low is not None else min(index + 1, high or index + 1)
            return float(number) if kind in ("float", "double") else int(number)
        raise LookupError(f"{shape.name} has the type {kind}, of which there is no sample")

    def _text(self, shape: Shape, extent: Extent, index: int) -> str:
        meta = shape.metadata
        if meta.get("enum"):
            return str(meta["enum"][index % len(meta["enum"])])
        low = max(meta.get("min", 0), 1)
        high = meta.get("max", max(low, 64))
        want = low if extent == "least" else high
        if meta.get("pattern"):
            return matching(meta["pattern"], low, high, want, index)
        return _letters(want, index, "é" if extent == "most" else "")

    # --- broken values ---

    def breaks(self, operation: str, field: str) -> Iterator[Break]:
        """Yield input that breaks one constraint in or below a field, for each constraint there is."""
        shape = self.operation(operation).input_shape
        member = shape.members[field]
        location = member.serialization.get("location")
        least = self.input(operation, "least")
        if field in shape.required_members:
            without = {name: value for name, value in least.items() if name != field}
            # a path cannot leave a label out, only leave it empty
            yield Break(operation, (field,), "required", "missing", without, location != "uri")
            if location is None:
                null = {**least, field: None}
                yield Break(operation, (field,), "required", "null", null, by_botocore=False)

        def put(value: Any) -> dict[str, Any]:
            return {**least, field: value}

        for path, kind, how, parameters, by_botocore in self._within(
            member, (field,), put, location, set()
        ):
            yield Break(operation, path, kind, how, parameters, by_botocore)

    def _within(
        self,
        shape: Shape,
        path: Path,
        put: Put,
        location: str | None,
        seen: set[tuple[str, str]],
    ) -> Iterator[tuple[Path, str, str, dict[str, Any], bool]]:
        unchecked = shape.name in self._unchecked_shapes and isinstance(shape, StructureShape)
        if unchecked or shape.metadata.get("document"):
            return
        for wrong, how in self._wrong_types(shape, location):
            yield path, "type", how, put(wrong), False
        if isinstance(shape, StructureShape):
            yield from self._within_structure(shape, path, put, seen)
        elif isinstance(shape, ListShape):
            yield from self._within_list(shape, path, put, location, seen)
        elif isinstance(shape, MapShape):
            yield from self._within_map(shape, path, put, seen)
        else:
            for kind, how, value in self._broken_scalars(shape, location):
                yield path, kind, how, put(value), True

    def _wrong_types(self, shape: Shape, location: str | None) -> Iterator[tuple[Any, str]]:
        kind = shape.type_name
        if location is None:
            yield _WRONG_JSON[kind], "wrong-type"
            if kind in _BITS:
                yield 1.5, "fraction"
                yield 1 << _BITS[kind], "too-many-bits"
            if kind == "blob":
                yield "no base64!", "no-base64"
        elif kind in _WRONG_TEXT:
            yield _WRONG_TEXT[kind], "wrong-type"

    def _within_structure(
        self, shape: StructureShape, path: Path, put: Put, seen: set[tuple[str, str]]
    ) -> Iterator[tuple[Path, str, str, dict[str, Any], bool]]:
        whole = self.value(shape, "least")
        union = shape.metadata.get("union")
        if union:
            yield path, "type", "no-member", put({}), True
            if len(shape.members) > 1:
                both = {
                    name: self.value(shape.members[name], "least")
                    for name in list(shape.members)[:2]
                }
                yield path, "type", "two-members", put(both), True
        for name in shape.required_members:
            without = {each: value for each, value in whole.items() if each != name}
            yield (*path, name), "required", "missing", put(without), True
            yield (*path, name), "required", "null", put({**whole, name: None}), False
        for name, member in shape.members.items():
            # each field of each structure once: it may be reached in many ways, or contain itself
            if (shape.name, name) in seen:
                continue
            seen.add((shape.name, name))

            def put_member(value: Any, name: str = name) -> dict[str, Any]:
                return put({name: value} if union else {**whole, name: value})

            yield from self._within(member, (*path, name), put_member, None, seen)

    def _within_list(
        self,
        shape: ListShape,
        path: Path,
        put: Put,
        location: str | None,
        seen: set[tuple[str, str]],
    ) -> Iterator[tuple[Path, str, str, dict[str, Any], bool]]:
        least, most = shape.metadata.get("min", 0), shape.metadata.get("max")
        # an empty list in a query cannot be told from none
        if least > 1 or (least == 1 and location is None):
            yield path, "length", "length-under", put(self._list(shape, least - 1, "least")), True
        if most is not None and shape.name not in self._unchecked_shapes:
            over = self._list(shape, most + 1, "least")
            # fewer different entries than the list may hold: uniqueness breaks as well
            over += over[: most + 1 - len(over)]
            yield path, "length", "length-over", put(over), True
        entries = self._list(shape, max(least, 1), "least")
        if shape.name in self._unique_lists and (most is None or most > len(entries)):
            yield path, "unique", "unique", put([*entries, entries[0]]), True
        yield from self._within(
            shape.member,
            (*path, 0),
            lambda value: put([value, *entries[1:]]),
            location if shape.member.type_name not in ("structure", "list", "map") else None,
            seen,
        )

    def _within_map(
        self, shape: MapShape, path: Path, put: Put, seen: set[tuple[str, str]]
    ) -> Iterator[tuple[Path, str, str, dict[str, Any], bool]]:
        least, most = shape.metadata.get("min", 0), shape.metadata.get("max")
        if least > 0:
            yield path, "length", "length-under", put(self._map(shape, least - 1, "least")), True
        if most is not None:
            yield path, "length", "length-over", put(self._map(shape, most + 1, "least")), True
        entries = self._map(shape, max(least, 1), "least")
        first = next(iter(entries))
        others = {key: value for key, value in entries.items() if key != first}
        for kind, how, key in self._broken_scalars(shape.key, None):
            yield (*path, key), kind, f"key-{how}", put({key: entries[first], **others}), True
        yield from self._within(
            shape.value, (*path, first), lambda value: put({first: value, **others}), None, seen
        )

    def _broken_scalars(self, shape: Shape, location: str | None) -> Iterator[tuple[str, str, Any]]:
        low, high = shape.metadata.get("min"), shape.metadata.get("max")
        if shape.type_name in _NUMBERS:
            if low is not None:
                yield "range", "range-under", low - 1
            if high is not None:
                yield "range", "range-over", high + 1
        elif shape.type_name == "blob":
            if low:
                yield "length", "length-under", b"x" * (low - 1)
            if high is not None and high < 1 << 20:
                yield "length", "length-over", b"x" * (high + 1)
        elif shape.type_name == "string":
            yield from self._broken_texts(shape, location)

    def _broken_texts(self, shape: Shape, location: str | None) -> Iterator[tuple[str, str, str]]:
        meta = shape.metadata
        low, high, pattern = meta.get("min", 0), meta.get("max"), meta.get("pattern")
        fitting = self.value(shape, "least")
        # an empty label is a missing one, and an empty text cannot be told from none in a query
        if low > 1 or (low == 1 and location is None):
            yield "length", "length-under", fitting[: low - 1]
        if high is not None:
            yield "length", "length-over", _of_length(pattern, high + 1)
        if pattern:
            wrong = breaking(pattern, fitting)
            if wrong is not None:
                yield "pattern", "pattern", wrong
        if meta.get("enum"):
            yield "enum", "enum", "No such value"[: high or None]


def _letters(length: int, index: int, filler: str) -> str:
    """Return different letters for different indexes, as far as there are so many."""
    rng = random.Random(f"letters/{index}")
    head = "".join(rng.choices(string.ascii_lowercase, k=min(length, 12)))
    return head + (filler or "x") * (length - len(head))


def _of_length(pattern: str | None, length: int) -> str:
    """Return a text of this length, which matches the pattern if such a text is easily found."""
    if pattern is None:
        return "x" * length
    try:
        return matching(pattern, length, length, length, "over")
    except LookupError:
        return "x" * length


# --- from input to HTTP, for what botocore refuses to write ---


@dataclass(frozen=True)
class Wire:
    """A request as it goes out: method, path with query, body."""

    method: str
    target: str
    body: bytes


def wire(operation: OperationModel, parameters: Mapping[str, Any]) -> Wire:
    """Return the request for ``parameters``, whatever the types of the values in them."""
    shape = operation.input_shape
    members: Mapping[str, Shape] = shape.members if shape else {}
    path = operation.http["requestUri"].partition("?")[0]
    query: list[tuple[str, str]] = []
    body = {}
    for name, member in members.items():
        location = member.serialization.get("location")
        key = member.serialization.get("name", name)
        value = parameters.get(name)
        if location == "uri":
            text = quote(_as_text(value if value is not None else ""), safe="")
            path = path.replace("{" + key + "}", text).replace("{" + key + "+}", text)
        elif name not in parameters:
            continue
        elif location == "querystring":
            entries = value if isinstance(value, list) else [value]
            query += [(key, _as_text(entry)) for entry in entries]
        elif location is None and not shape.serialization.get("payload"):
            body[key] = _as_json(member, value)
        else:
            raise LookupError(f"{operation.name}.{name} stands in a place unknown to the tests")
    sends_body = any("location" not in member.serialization for member in members.values())
    target = path + (f"?{urlencode(query, quote_via=quote)}" if query else "")
    return Wire(operation.http["method"], target, json.dumps(body).encode() if sends_body else b"")


def _as_text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _as_json(shape: Shape, value: Any) -> Any:
    """Return a value as JSON, with the names on the wire; what is of the wrong type stays as it is."""
    if isinstance(value, datetime):
        if shape.serialization.get("timestampFormat") == "iso8601":
            return _as_text(value)
        return value.timestamp()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if shape.metadata.get("document"):
        return value
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return {
            shape.members[name].serialization.get("name", name): _as_json(shape.members[name], item)
            for name, item in value.items()
        }
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_as_json(shape.member, item) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {key: _as_json(shape.value, item) for key, item in value.items()}
    return value
