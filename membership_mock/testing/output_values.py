"""Values that a test gives for an answer or an error, checked against the service's model."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote

from membership_mock.engine.protocol.model import ListShape, MapShape, Shape, StructureShape
from membership_mock.engine.protocol.parse import is_text
from membership_mock.testing.names import nearest_to

_INTEGERS = ("integer", "long", "short", "byte", "bigInteger")
#: texts that botocore returns as mappings, of IAM, in percent encoding, and of CloudFormation
_POLICY, _TEMPLATE = "policyDocumentType", "TemplateBody"
_DOCUMENTS = (_POLICY, _TEMPLATE)
_NUMBERS = ("float", "double", "bigDecimal")


def checked(
    shape: StructureShape | None, value: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """Return a value as the answer writers take it, and what is wrong with it.

    Args:
        shape: the shape of an answer or an error; None if it has no members.
        value: the members by their API names. An instant is a datetime, a number of seconds since
            1970 or an ISO 8601 text; bytes may be text or a file that is open for reading.

    Returns:
        The value, and sentences about missing required members, wrong types and unknown names.
    """
    wrong: list[str] = []
    if shape is None:
        wrong.extend(f"it has no member {name!r}" for name in value)
        return {}, wrong
    return _structure(shape, value, "", wrong), wrong


def _structure(
    shape: StructureShape, value: Mapping[str, Any], path: str, wrong: list[str]
) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, given in value.items():
        member = shape.members.get(name)
        if member is None:
            where = f"{path or shape.name} has no member {name!r}"
            wrong.append((where + nearest_to(str(name), shape.members)).rstrip("."))
        elif given is not None:
            out[name] = _value(member, given, f"{path}.{name}".lstrip("."), wrong)
    wrong.extend(
        f"{path or shape.name} lacks the required member {name!r}"
        for name in shape.required_members
        if name not in out
    )
    if getattr(shape, "is_tagged_union", False) and len(out) != 1:
        wrong.append(f"{path or shape.name} is a union, so one member is set, not {len(out)}")
    return out


def _value(shape: Shape, value: Any, path: str, wrong: list[str]) -> Any:
    if shape.metadata.get("document") or getattr(shape, "is_document_type", False):
        return value
    if isinstance(shape, StructureShape):
        if isinstance(value, Mapping):
            return _structure(shape, value, path, wrong)
        return _not(wrong, path, "a mapping", value)
    if isinstance(shape, ListShape):
        if isinstance(value, (list, tuple)):
            return [
                _value(shape.member, each, f"{path}[{number}]", wrong)
                for number, each in enumerate(value)
            ]
        return _not(wrong, path, "a list", value)
    if isinstance(shape, MapShape):
        if isinstance(value, Mapping):
            return {
                str(key): _value(shape.value, each, f"{path}[{key!r}]", wrong)
                for key, each in value.items()
            }
        return _not(wrong, path, "a mapping", value)
    return _scalar(shape, value, path, wrong)


def _scalar(shape: Shape, value: Any, path: str, wrong: list[str]) -> Any:
    kind = shape.type_name
    if kind == "timestamp":
        return _instant(value, path, wrong)
    if kind == "blob":
        return _bytes(value, path, wrong)
    if kind == "boolean":
        return value if isinstance(value, bool) else _not(wrong, path, "True or False", value)
    if kind in _INTEGERS:
        is_integer = isinstance(value, int) and not isinstance(value, bool)
        return value if is_integer else _not(wrong, path, "an integer", value)
    if kind in _NUMBERS:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
        return _not(wrong, path, "a number", value)
    if not isinstance(value, str):
        if shape.serialization.get("jsonvalue"):
            return value
        if isinstance(value, Mapping) and shape.name in _DOCUMENTS:  # as boto3 returns it
            document = json.dumps(value)
            return quote(document) if shape.name == _POLICY else document
        return _not(wrong, path, "text", value)
    if not is_text(value):
        wrong.append(f"{path} has half of a surrogate pair, which is not a character")
        return value
    known = list(getattr(shape, "enum", None) or ())
    if known and value not in known:
        wrong.append(f"{path} is {value!r}, which the model does not know" + _nearest(value, known))
    return value


def _nearest(value: str, known: list[str]) -> str:
    return nearest_to(value, known).rstrip(".") or f"; it knows {', '.join(known[:6])}"


def _instant(value: Any, path: str, wrong: list[str]) -> Any:
    found: datetime | None = None
    if isinstance(value, datetime):
        found = value
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        with suppress(ValueError, OverflowError, OSError):  # further than a datetime reaches
            found = datetime.fromtimestamp(value, timezone.utc)
    elif isinstance(value, str):
        try:
            found = datetime.fromisoformat(value.replace("Z", "+00:00"))
        except ValueError:
            found = None
    if found is None:
        return _not(wrong, path, "an instant: a datetime, or text such as 2026-01-31T12:00Z", value)
    return found if found.tzinfo is not None else found.replace(tzinfo=timezone.utc)


def _bytes(value: Any, path: str, wrong: list[str]) -> Any:
    if hasattr(value, "read"):
        value = value.read()
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    return _not(wrong, path, "bytes", value)


def _not(wrong: list[str], path: str, expected: str, value: Any) -> Any:
    wrong.append(f"{path} is {expected}, not {value!r}")
    return value
