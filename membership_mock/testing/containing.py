"""Partial comparison: what a test names of a value, and what it leaves open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from membership_mock.errors import UsageError


def containing(*parts: Any) -> Containing:
    """Return a matcher: it equals every list with an entry for each part, and every such text.

    Use it in the ``parameters`` of `Calls.filter` and the assertions, at any depth, or in a plain
    comparison: ``call.parameters["Findings"] == containing({"Id": "one"})``.

    Args:
        *parts: entries of the list; of a mapping, some members are enough. Or pieces of a text.

    Raises:
        UsageError: no parts are given.
    """
    if not parts:
        raise UsageError(
            "containing() takes what is to be in the list, e.g. containing({'Id': 'x'})."
        )
    return Containing(parts)


class Containing:
    """Equals a list that has an entry for each part, and a text in which each part stands."""

    __hash__ = None  # type: ignore[assignment]  # it equals many values

    def __init__(self, parts: tuple[Any, ...]) -> None:
        self.parts = parts

    def __eq__(self, whole: object) -> bool:
        if isinstance(whole, Containing):
            return self.parts == whole.parts
        if isinstance(whole, str):
            return all(isinstance(part, str) and part in whole for part in self.parts)
        if isinstance(whole, (list, tuple)):
            return all(any(contains(entry, part) for entry in whole) for part in self.parts)
        return NotImplemented

    def __repr__(self) -> str:
        return f"containing({', '.join(map(repr, self.parts))})"


def contains(whole: Any, part: Any) -> bool:
    """Return whether ``whole`` has everything that ``part`` asks for; mappings may be partial."""
    if isinstance(part, Mapping) and isinstance(whole, Mapping):
        return all(key in whole and contains(whole[key], value) for key, value in part.items())
    return bool(whole == part)
