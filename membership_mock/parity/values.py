"""Values of parameters and answers: plain JSON in a recording, Python's own for boto3."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any

from membership_mock.engine.protocol.model import Shape


def plain(value: Any) -> Any:
    """Return a value of boto3 in plain JSON: times in ISO 8601, bytes in base 64."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, datetime):
        utc = value if value.tzinfo is None else value.astimezone(timezone.utc)
        return utc.isoformat().replace("+00:00", "Z")
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if value is None or isinstance(value, (str, int, float)):
        return value
    return str(value)


def sendable(value: Any, shape: Shape | None) -> Any:
    """Return a plain value as boto3 takes it: bytes where the model has bytes.

    Args:
        value: a value from a recording.
        shape: its shape in the model; None when the model does not know it.
    """
    kind = shape.type_name if shape is not None else None
    if kind == "structure" and isinstance(value, Mapping):
        return {name: sendable(each, shape.members.get(name)) for name, each in value.items()}  # type: ignore[union-attr]
    if kind == "list" and isinstance(value, list):
        return [sendable(each, shape.member) for each in value]  # type: ignore[union-attr]
    if kind == "map" and isinstance(value, Mapping):
        return {name: sendable(each, shape.value) for name, each in value.items()}  # type: ignore[union-attr]
    if kind == "blob" and isinstance(value, str):
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            return value.encode()
    return value


def texts_changed(value: Any, change: Callable[[str], str]) -> Any:
    """Return a plain value in which ``change`` was applied to every text, keys of mappings too."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {change(key): texts_changed(each, change) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [texts_changed(each, change) for each in value]
    return value


def instant(value: Any) -> datetime | None:
    """Return the time that a value is: ISO 8601 or seconds since 1970; None if it is no time."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        try:
            return datetime.fromtimestamp(value, tz=timezone.utc)
        except (ValueError, OverflowError, OSError):
            return None
    if not isinstance(value, str) or len(value) < len("2026-01-01T00:00"):
        return None
    try:
        found = datetime.fromisoformat(_for_older_pythons(value))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)


def _for_older_pythons(text: str) -> str:
    """Return ISO 8601 as Python 3.10 reads it: an offset instead of Z, six digits of a second."""
    text = f"{text[:-1]}+00:00" if text.endswith("Z") else text
    head, point, tail = text.partition(".")
    if not point:
        return text
    digits = tail[: len(tail) - len(tail.lstrip("0123456789"))]
    return f"{head}.{digits[:6]:0<6}{tail[len(digits) :]}"
