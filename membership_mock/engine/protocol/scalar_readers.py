"""Readers of scalar values: texts, numbers, booleans, blobs, timestamps.

Each function compiles a shape of its kind; see `readers`.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import sys
from collections.abc import Callable
from typing import Any

from botocore.model import Shape

from membership_mock.engine.protocol import timestamps
from membership_mock.engine.protocol.field_paths import FieldPath, Reader, Refuse, not_a, path_of
from membership_mock.engine.protocol.patterns import matcher
from membership_mock.engine.protocol.refusals import Violation

_BITS = {"integer": 31, "long": 63}
_FLOATS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_INTEGER = re.compile(r"[-+]?[0-9]{1,30}")
_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")


def string_reader(shape: Shape, refuse: Refuse, sensitive: bool) -> Reader:
    """Return the reader of texts: their length, pattern and values."""
    meta = shape.metadata
    least, most, text = length_limits(shape)
    values, pattern = meta.get("enum"), meta.get("pattern")
    allowed = frozenset(values or ())
    enum_text = f"Member must satisfy enum value set: [{', '.join(values or ())}]"
    match = matcher(pattern) if pattern else None
    pattern_text = f"Member must satisfy regular expression pattern: {pattern}"

    def read_free(value: Any, at: FieldPath, found: list[Violation]) -> Any:
        if type(value) is not str:
            return refuse(at, not_a("a string", value), found)
        return value

    if not text and not values and match is None:
        return read_free

    def read_string(value: Any, at: FieldPath, found: list[Violation]) -> Any:
        if type(value) is not str:
            return refuse(at, not_a("a string", value), found)
        if not least <= len(value) <= most:
            found.append(
                Violation(path_of(at), "length", text, value, len(value), sensitive, (least, most))
            )
        # a text of a forbidden length may be huge, so the pattern is not matched against it
        elif match is not None and match(value) is None:
            found.append(
                Violation(path_of(at), "pattern", pattern_text, value, sensitive=sensitive)
            )
        if allowed and value not in allowed:
            found.append(Violation(path_of(at), "enum", enum_text, value, sensitive=sensitive))
        return value

    return read_string


def blob_reader(shape: Shape, refuse: Refuse, sensitive: bool) -> Reader:
    """Return the reader of base64 strings, which become bytes."""
    least, most, text = length_limits(shape)

    def read_blob(value: Any, at: FieldPath, found: list[Violation]) -> Any:
        if type(value) is not str:
            return refuse(at, not_a("a base64 string", value), found)
        try:
            blob = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            return refuse(at, "must be a base64 string", found)
        if not least <= len(blob) <= most:
            found.append(
                Violation(path_of(at), "length", text, blob, len(blob), sensitive, (least, most))
            )
        return blob

    return read_blob


def integer_reader(shape: Shape, refuse: Refuse, sensitive: bool) -> Reader:
    """Return the reader of integers of 32 or 64 bits."""
    bits = _BITS[shape.type_name]
    floor, ceiling = -(1 << bits), (1 << bits) - 1
    low, high, text = range_limits(shape)
    least, most = max(low, floor), min(high, ceiling)

    def read_integer(value: Any, at: FieldPath, found: list[Violation]) -> Any:
        if type(value) is not int:
            expected = not_a("an integer", value)
            if type(value) is float:
                expected = "must be an integer, not a number with a fraction or exponent"
            return refuse(at, expected, found)
        if not least <= value <= most:
            if not floor <= value <= ceiling:
                return refuse(at, f"must be an integer of {bits + 1} bits", found)
            found.append(
                Violation(path_of(at), "range", text, value, None, sensitive, (least, most))
            )
        return value

    return read_integer


def number_reader(shape: Shape, refuse: Refuse, sensitive: bool) -> Reader:
    """Return the reader of floating point numbers."""
    low, high, text = range_limits(shape)

    def read_number(value: Any, at: FieldPath, found: list[Violation]) -> Any:
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
            found.append(Violation(path_of(at), "range", text, value, None, sensitive, (low, high)))
        return number

    return read_number


def boolean_reader(shape: Shape, refuse: Refuse, sensitive: bool) -> Reader:
    """Return the reader of booleans."""
    del shape, sensitive

    def read_boolean(value: Any, at: FieldPath, found: list[Violation]) -> Any:
        if type(value) is not bool:
            return refuse(at, not_a("a boolean", value), found)
        return value

    return read_boolean


def timestamp_reader(
    shape: Shape, refuse: Refuse, sensitive: bool, location: str | None = None
) -> Reader:
    """Return the reader of timestamps; ``location`` is None in bodies."""
    del sensitive
    form = timestamps.format_of(shape, location)
    types, convert, expected = timestamps.READING[form]
    number_in_text = location is not None and form == "unixtimestamp"

    def read_timestamp(value: Any, at: FieldPath, found: list[Violation]) -> Any:
        if number_in_text and _NUMBER.fullmatch(value):
            value = float(value)
        if type(value) not in types:
            return refuse(at, not_a(expected, value), found)
        try:
            return convert(value)
        except (ValueError, OverflowError):
            return refuse(at, f"must be {expected}", found)

    return read_timestamp


SCALARS: dict[str, Callable[[Shape, Refuse, bool], Reader]] = {
    "string": string_reader,
    "blob": blob_reader,
    "integer": integer_reader,
    "long": integer_reader,
    "float": number_reader,
    "double": number_reader,
    "boolean": boolean_reader,
    "timestamp": timestamp_reader,
}


def from_text(shape: Shape, read: Reader, refuse: Refuse) -> Reader:
    """Return a reader that converts a text, and passes the value to ``read``."""
    kind = shape.type_name
    if kind in _BITS:

        def read_integer(text: str, at: FieldPath, found: list[Violation]) -> Any:
            if _INTEGER.fullmatch(text) is None:
                return refuse(at, "must be an integer", found)
            return read(int(text), at, found)

        return read_integer
    if kind in ("float", "double"):

        def read_number(text: str, at: FieldPath, found: list[Violation]) -> Any:
            if text in _FLOATS:
                return read(text, at, found)
            if _NUMBER.fullmatch(text) is None:
                return refuse(at, "must be a number", found)
            return read(float(text), at, found)

        return read_number
    if kind == "boolean":

        def read_boolean(text: str, at: FieldPath, found: list[Violation]) -> Any:
            if text not in ("true", "false"):
                return refuse(at, "must be true or false", found)
            return text == "true"

        return read_boolean
    return read


def length_limits(shape: Shape) -> tuple[int, int, str]:
    """Return the least and the greatest length, and AWS's text for them; "" for no limits."""
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    text = _bounds("Member must have length", "between", low, high)
    return low or 0, sys.maxsize if high is None else high, text


def range_limits(shape: Shape) -> tuple[float, float, str]:
    """Return the least and the greatest number, and AWS's text for them; "" for no limits."""
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    text = _bounds("Member must be", "between", low, high)
    return -math.inf if low is None else low, math.inf if high is None else high, text


def _bounds(start: str, between: str, low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"{start} {between} {low} and {high}, inclusive"
    if low is not None:
        return f"{start} greater than or equal to {low}"
    return "" if high is None else f"{start} less than or equal to {high}"
