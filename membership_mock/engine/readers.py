"""From JSON values to checked Python values: every type and every constraint of the service model.

A shape is compiled to a *reader*, a closure that takes a JSON value, checks it and returns what a
handler gets. A reader notes broken constraints in a list and goes on, so that a refusal can name
all of them; a value of the wrong type ends the request at once. The place of a value is a chain of
pairs ``(place of the parent, name or index)``, which costs next to nothing until somebody asks for
the whole path.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import sys
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NoReturn

from botocore.model import ListShape, MapShape, Shape, StructureShape

from membership_mock.engine import timestamps
from membership_mock.engine.patterns import matcher
from membership_mock.engine.refusals import Violation

Place = tuple["Place", str | int] | None
Reader = Callable[[Any, Place, list[Violation]], Any]
Refuse = Callable[[Place, str, list[Violation]], Any]

_BITS = {"integer": 31, "long": 63}
_FLOATS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_JSON_TYPES = {
    dict: "an object", list: "a list", str: "a string", bool: "a boolean",
    int: "a number", float: "a number", type(None): "null",
}  # fmt: skip
_INTEGER = re.compile(r"[-+]?[0-9]{1,30}")
_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")


class Unparsable(Exception):
    """The request is no JSON, or holds a value of the wrong type; ``detail`` says which."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Invalid(Exception):
    """The request breaks constraints of the model: ``violations``, at least one."""

    def __init__(self, violations: list[Violation]) -> None:
        super().__init__(violations)
        self.violations = violations


def path_of(place: Place) -> tuple[str | int, ...]:
    """Return field names and indexes from the input shape down to ``place``."""
    path: list[str | int] = []
    while place is not None:
        place, step = place
        path.append(step)
    return tuple(reversed(path))


def raise_unparsable(place: Place, detail: str, found: list[Violation]) -> NoReturn:
    """End the request because the value at ``place`` cannot be what the model says."""
    del found
    where = "/".join(map(str, path_of(place)))
    raise Unparsable(f"The value at '/{where}' {detail}." if where else f"The body {detail}.")


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
        unchecked_shapes: names of structures that are handed on as they were sent, and of lists
            that may be longer than their maximum.
        refuse: what happens to a value of the wrong type; it does not have to raise.
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
            unchecked = shape.name in self._unchecked_shapes and shape.type_name == "structure"
            if unchecked or shape.metadata.get("document"):
                kind = "document"
            else:
                kind = _KINDS.get(shape.type_name, shape.type_name)
            reader = self._known[key] = getattr(self, f"_{kind}")(shape, sensitive)
        return reader

    def fields(
        self, shape: StructureShape, names: Iterable[str], rename: Callable[[str], str]
    ) -> Fields:
        """Return the body fields ``names`` of the top-level ``shape``."""
        return Fields(self, shape, names, rename, sensitive=bool(shape.metadata.get("sensitive")))

    def payload(self, shape: Shape) -> Reader:
        """Return the reader of ``shape`` as the whole body; a blob then comes as it is."""
        if shape.type_name == "blob":
            return lambda body, _place, _found: body
        return self.of(shape)

    def text(self, shape: Shape, location: str) -> Reader:
        """Return the reader of what stands outside the body.

        It takes the text of a label; of query parameters and headers, the list of texts that were
        sent under the name; and of maps in those places, a mapping of such lists.
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
        kind, refuse = shape.type_name, self._refuse
        if kind == "timestamp":
            return self._timestamp(shape, sensitive, location)
        read = self.of(shape, sensitive=sensitive)
        if kind in _BITS:

            def read_integer(text: str, at: Place, found: list[Violation]) -> Any:
                if _INTEGER.fullmatch(text) is None:
                    return refuse(at, "must be an integer", found)
                return read(int(text), at, found)

            return read_integer
        if kind in ("float", "double"):

            def read_number(text: str, at: Place, found: list[Violation]) -> Any:
                if text in _FLOATS:
                    return read(text, at, found)
                if _NUMBER.fullmatch(text) is None:
                    return refuse(at, "must be a number", found)
                return read(float(text), at, found)

            return read_number
        if kind == "boolean":

            def read_boolean(text: str, at: Place, found: list[Violation]) -> Any:
                if text not in ("true", "false"):
                    return refuse(at, "must be true or false", found)
                return text == "true"

            return read_boolean
        return read

    def _structure(self, shape: StructureShape, sensitive: bool) -> Reader:
        refuse, strict = self._refuse, self._strict
        fields = Fields(self, shape, shape.members, str, sensitive=sensitive)
        names = list(shape.required_members)
        required = frozenset(names)
        union = bool(shape.metadata.get("union"))

        def read_structure(value: Any, at: Place, found: list[Violation]) -> Any:
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

    def _list(self, shape: ListShape, sensitive: bool) -> Reader:
        return self._list_of(shape, self.of(shape.member, sensitive=sensitive), sensitive=sensitive)

    def _list_of(self, shape: ListShape, read: Reader, *, sensitive: bool) -> Reader:
        refuse = self._refuse
        least, most, text = _length(shape)
        unique = shape.name in self._unique_lists
        if shape.name in self._unchecked_shapes:
            most = sys.maxsize

        def read_list(value: Any, at: Place, found: list[Violation]) -> Any:
            if type(value) is not list:
                return refuse(at, not_a("a list", value), found)
            size = len(value)
            if not least <= size <= most:
                found.append(Violation(path_of(at), "length", text, value, size, sensitive))
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

    def _map(self, shape: MapShape, sensitive: bool) -> Reader:
        return self._map_of(shape, self.of(shape.value, sensitive=sensitive), sensitive=sensitive)

    def _map_of(self, shape: MapShape, read: Reader, *, sensitive: bool) -> Reader:
        refuse, strict = self._refuse, self._strict
        least, most, text = _length(shape)
        read_key = self.of(shape.key, sensitive=sensitive)

        def read_map(value: Any, at: Place, found: list[Violation]) -> Any:
            if type(value) is not dict:
                return refuse(at, not_a("an object", value), found)
            size = len(value)
            if not least <= size <= most:
                found.append(Violation(path_of(at), "length", text, value, size, sensitive))
                if size > most:
                    return value
            out = {}
            for key, item in value.items():
                place = (at, key)
                if item is not None:
                    out[read_key(key, place, found)] = read(item, place, found)
                elif strict:
                    refuse(place, "must not be null", found)
            return out

        return read_map

    def _string(self, shape: Shape, sensitive: bool) -> Reader:
        refuse, meta = self._refuse, shape.metadata
        least, most, text = _length(shape)
        values, pattern = meta.get("enum"), meta.get("pattern")
        allowed = frozenset(values or ())
        enum_text = f"Member must satisfy enum value set: [{', '.join(values or ())}]"
        match = matcher(pattern) if pattern else None
        pattern_text = f"Member must satisfy regular expression pattern: {pattern}"

        def read_free(value: Any, at: Place, found: list[Violation]) -> Any:
            if type(value) is not str:
                return refuse(at, not_a("a string", value), found)
            return value

        if not text and not values and match is None:
            return read_free

        def read_string(value: Any, at: Place, found: list[Violation]) -> Any:
            if type(value) is not str:
                return refuse(at, not_a("a string", value), found)
            if not least <= len(value) <= most:
                found.append(Violation(path_of(at), "length", text, value, len(value), sensitive))
            # a text of a forbidden length may be huge: no pattern looks at it
            elif match is not None and match(value) is None:
                found.append(
                    Violation(path_of(at), "pattern", pattern_text, value, sensitive=sensitive)
                )
            if allowed and value not in allowed:
                found.append(Violation(path_of(at), "enum", enum_text, value, sensitive=sensitive))
            return value

        return read_string

    def _blob(self, shape: Shape, sensitive: bool) -> Reader:
        refuse = self._refuse
        least, most, text = _length(shape)

        def read_blob(value: Any, at: Place, found: list[Violation]) -> Any:
            if type(value) is not str:
                return refuse(at, not_a("a base64 string", value), found)
            try:
                blob = base64.b64decode(value, validate=True)
            except (binascii.Error, ValueError):
                return refuse(at, "must be a base64 string", found)
            if not least <= len(blob) <= most:
                found.append(Violation(path_of(at), "length", text, blob, len(blob), sensitive))
            return blob

        return read_blob

    def _integer(self, shape: Shape, sensitive: bool) -> Reader:
        refuse = self._refuse
        bits = _BITS[shape.type_name]
        floor, ceiling = -(1 << bits), (1 << bits) - 1
        low, high, text = _range(shape)
        least, most = max(low, floor), min(high, ceiling)

        def read_integer(value: Any, at: Place, found: list[Violation]) -> Any:
            if type(value) is not int:
                expected = not_a("an integer", value)
                if type(value) is float:
                    expected = "must be an integer, not a number with a fraction or exponent"
                return refuse(at, expected, found)
            if not least <= value <= most:
                if not floor <= value <= ceiling:
                    return refuse(at, f"must be an integer of {bits + 1} bits", found)
                found.append(Violation(path_of(at), "range", text, value, sensitive=sensitive))
            return value

        return read_integer

    def _number(self, shape: Shape, sensitive: bool) -> Reader:
        refuse = self._refuse
        low, high, text = _range(shape)

        def read_number(value: Any, at: Place, found: list[Violation]) -> Any:
            kind = type(value)
            if kind is float or kind is int:
                try:
                    number = float(value)
                except OverflowError:
                    number = math.inf
                if math.isinf(number):
                    return refuse(at, "is out of the range of floating point numbers", found)
            elif kind is str and value in _FLOATS:
                number = _FLOATS[value]
            else:
                return refuse(at, not_a("a number", value), found)
            if text and not low <= number <= high:
                found.append(Violation(path_of(at), "range", text, value, sensitive=sensitive))
            return number

        return read_number

    def _boolean(self, shape: Shape, sensitive: bool) -> Reader:
        del shape, sensitive
        refuse = self._refuse

        def read_boolean(value: Any, at: Place, found: list[Violation]) -> Any:
            if type(value) is not bool:
                return refuse(at, not_a("a boolean", value), found)
            return value

        return read_boolean

    def _timestamp(self, shape: Shape, sensitive: bool, location: str | None = None) -> Reader:
        del sensitive
        refuse = self._refuse
        form = timestamps.format_of(shape, location)
        types, convert, expected = timestamps.READING[form]
        number_in_text = location is not None and form == "unixtimestamp"

        def read_timestamp(value: Any, at: Place, found: list[Violation]) -> Any:
            if number_in_text and _NUMBER.fullmatch(value):
                value = float(value)
            if type(value) not in types:
                return refuse(at, not_a(expected, value), found)
            try:
                return convert(value)
            except (ValueError, OverflowError):
                return refuse(at, f"must be {expected}", found)

        return read_timestamp

    def _document(self, shape: Shape, sensitive: bool) -> Reader:
        del shape, sensitive
        refuse = self._refuse

        def read_document(value: Any, at: Place, found: list[Violation]) -> Any:
            # JSON knows no infinity, yet 1e999 is read as one
            if type(value) is float and math.isinf(value):
                return refuse(at, "is out of the range of floating point numbers", found)
            for key, item in children(value):
                read_document(item, (at, key), found)
            return value

        return read_document


_KINDS = {"long": "integer", "float": "number", "double": "number"}


def children(value: Any) -> Iterable[tuple[str | int, Any]]:
    """Return what a JSON value holds, each with its name or index."""
    if type(value) is dict:
        return value.items()
    return enumerate(value) if type(value) is list else ()


def not_a(expected: str, value: Any) -> str:
    """Return what is wrong with a value of the wrong JSON type; the value itself is not shown."""
    return f"must be {expected}, not {_JSON_TYPES.get(type(value), 'this')}"


def missing(place: Place) -> Violation:
    """Return the violation of a required field that was not sent."""
    return Violation(path_of(place), "required", "Member must not be null")


def _frozen(value: Any) -> Any:
    if type(value) is dict:
        return frozenset((key, _frozen(item)) for key, item in value.items())
    return tuple(map(_frozen, value)) if type(value) is list else value


def _length(shape: Shape) -> tuple[int, int, str]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    text = _bounds("Member must have length", "between", low, high)
    return low or 0, sys.maxsize if high is None else high, text


def _range(shape: Shape) -> tuple[float, float, str]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    text = _bounds("Member must be", "between", low, high)
    return -math.inf if low is None else low, math.inf if high is None else high, text


def _bounds(start: str, between: str, low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"{start} {between} {low} and {high}, inclusive"
    if low is not None:
        return f"{start} greater than or equal to {low}"
    return "" if high is None else f"{start} less than or equal to {high}"
