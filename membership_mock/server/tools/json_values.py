"""Arguments and results of tools as JSON, and back, by the type hints of the tools."""

from __future__ import annotations

import base64
import binascii
import json
import types
from collections.abc import Collection, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from typing import Any, Union, get_args, get_origin, get_type_hints

from membership_mock.errors import UsageError
from membership_mock.testing.dumps.dumps import Dump
from membership_mock.testing.names import nearest_to
from membership_mock.testing.organization.organization import MockOrganization
from membership_mock.testing.printing import shortened

#: the key of an object that stands for bytes
BASE64 = "base64"

#: how many characters of a wrong value are shown
_SHOWN = 80


def to_json(value: Any) -> Any:
    """Return a value as JSON can hold it.

    Bytes are ``{"base64": "…"}``, instants and days are text in ISO 8601, and results with named
    fields are objects.

    Raises:
        UsageError: JSON has nothing for it.
    """
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (bytes, bytearray)):
        return {BASE64: base64.b64encode(value).decode()}
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Dump):
        return value.data
    if isinstance(value, MockOrganization):
        return {
            "organization_id": value.organization_id,
            "management": value.management,
            "root_id": value.root_id,
            "accounts": value.accounts,
            "units": value.units,
        }
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: to_json(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_json(each) for key, each in value.items()}
    if isinstance(value, Collection):
        return [to_json(each) for each in value]
    shown = shortened(repr(value), _SHOWN)
    if callable(value):
        raise UsageError(
            f"{shown} is a function, which cannot be sent to a server: use it in the process that"
            " runs the mock."
        )
    raise UsageError(f"{shown} cannot be sent as JSON.")


def with_bytes(value: Any) -> Any:
    """Return a JSON value with the bytes that objects in it stand for, at any depth.

    Raises:
        UsageError: such an object is not base64.
    """
    if isinstance(value, Mapping):
        if set(value) == {BASE64}:
            return _bytes(value, "bytes")
        return {name: with_bytes(each) for name, each in value.items()}
    if isinstance(value, list):
        return [with_bytes(each) for each in value]
    return value


def from_json(value: Any, hint: Any, where: str) -> Any:
    """Return the value of a type that JSON stands for; a value of another type as it is.

    Args:
        value: what JSON held.
        hint: the type.
        where: the name of the argument, for messages.

    Raises:
        UsageError: it cannot stand for one, e.g. because a field of an object is missing.
    """
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _of_any(value, inner, where)
    if hint is bytes:
        return _bytes(value, where)
    if hint is Dump:
        return Dump.from_json(json.dumps(value))
    if hint is float and type(value) is int:  # JSON does not tell them apart
        return float(value)
    if hint in (date, datetime) and isinstance(value, str):
        return _instant(value, hint, where)
    if is_dataclass(hint) and isinstance(hint, type) and isinstance(value, Mapping):
        return _object(value, hint, where)
    if origin is tuple and isinstance(value, list):
        kinds = [inner[0]] * len(value) if inner[1:] == (...,) else list(inner)
        if len(kinds) != len(value):
            raise UsageError(f"{where} is a list of {len(kinds)}, not of {len(value)}.")
        return tuple(from_json(each, kind, where) for each, kind in zip(value, kinds, strict=True))
    if origin in (Sequence, list) and isinstance(value, list) and inner:
        return [from_json(each, inner[0], where) for each in value]
    if isinstance(origin, type) and issubclass(origin, Mapping) and isinstance(value, Mapping):
        kind = inner[1] if len(inner) == 2 else Any
        return {key: from_json(each, kind, f"{where}.{key}") for key, each in value.items()}
    return value


def _of_any(value: Any, kinds: Sequence[Any], where: str) -> Any:
    """Return the value of the one of some types that it can stand for."""
    if isinstance(value, str) and str in kinds:
        return value
    if isinstance(value, Mapping):
        if set(value) == {BASE64} and bytes in kinds:
            return _bytes(value, where)
        for kind in kinds:
            if is_dataclass(kind) or get_origin(kind) is not None:
                return from_json(value, kind, where)
    for kind in kinds:
        if isinstance(value, list) and get_origin(kind) in (Sequence, list, tuple):
            return from_json(value, kind, where)
    for kind in (date, datetime, float):
        if kind in kinds and int not in kinds:
            return from_json(value, kind, where)
    return value


def _instant(value: str, kind: type[date], where: str) -> date:
    try:
        return kind.fromisoformat(value)
    except ValueError:
        shown = "an instant" if kind is datetime else "a day, e.g. '2026-01-31'"
        raise UsageError(f"{where} is {shown}, not {value!r}.") from None


def _bytes(value: Any, where: str) -> Any:
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, Mapping) and set(value) == {BASE64} and isinstance(value[BASE64], str):
        try:
            return base64.b64decode(value[BASE64], validate=True)
        except (binascii.Error, ValueError) as error:
            raise UsageError(f"{where}.{BASE64} is not base64: {error}.") from None
    return value


def _object(value: Mapping[str, Any], kind: type, where: str) -> Any:
    """Return a result of a tool, read from the object that it was sent as."""
    known: dict[str, Field[Any]] = {each.name: each for each in fields(kind)}
    for name in value:
        if name not in known:
            raise UsageError(
                f"{where} has no {name!r}{nearest_to(str(name), known)}"
                f" A {kind.__name__} has: {', '.join(known)}."
            )
    for name, each in known.items():
        if name not in value and each.default is MISSING and each.default_factory is MISSING:
            raise UsageError(
                f"{where} lacks {name!r}: send the whole {kind.__name__} that the seed answered."
            )
    hints = get_type_hints(kind)
    return kind(
        **{name: from_json(each, hints[name], f"{where}.{name}") for name, each in value.items()}
    )
