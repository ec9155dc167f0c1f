"""Whether a document that the author of a test gives can be a finding in OCSF."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any


class MalformedDocument(ValueError):
    """A document cannot be a finding in OCSF; the text says why."""


_WORDS = {dict: "a mapping", list: "a list", str: "text", int: "a whole number"}


def check_like(given: object, like: object, path: str = "") -> None:
    """Refuse a value that is not of JSON, or not of the type that its place has.

    Args:
        given: what the author of the test gives.
        like: a value of the place, whose types count; None where any value may stand.
        path: the name of the place; empty for the whole document.

    Raises:
        MalformedDocument: it is of another type, which the text names.
    """
    where = path or "a finding"
    if isinstance(given, Mapping):
        _expect(like, dict, where, given)
        below = like if isinstance(like, Mapping) else {}
        for name, value in given.items():
            if not isinstance(name, str):
                raise MalformedDocument(f"the name {name!r} in {where} is not text")
            check_like(value, below.get(name), f"{path}.{name}" if path else name)
    elif isinstance(given, Sequence) and not isinstance(given, (str, bytes)):
        _expect(like, list, where, given)
        entry = like[0] if isinstance(like, list) and like else None
        for number, value in enumerate(given):
            check_like(value, entry, f"{where}[{number}]")
    elif given is None:
        if not isinstance(like, (str, type(None))):
            raise MalformedDocument(f"{where} cannot be None; leave it out")
    elif isinstance(given, (bool, float)):
        _expect(like, bool, where, given)
        if isinstance(given, float) and not math.isfinite(given):
            raise MalformedDocument(f"{where} is {given}, which JSON does not have")
    elif isinstance(given, (int, str)):
        _expect(like, type(given), where, given)
    else:
        raise MalformedDocument(f"{where} is {given!r}, which is not a value of JSON")


def _expect(like: Any, kind: type, where: str, given: object) -> None:
    """Refuse ``given``, which is of the type ``kind``, where a value like ``like`` has to be."""
    if like is not None and not isinstance(like, kind):
        wanted = next(words for each, words in _WORDS.items() if isinstance(like, each))
        raise MalformedDocument(f"{where} is {wanted}, not {given!r}")
