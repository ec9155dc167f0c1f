"""The shape of an answer: its paths and types, where a recording must not show values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from membership_mock.engine.protocol.model import Shape
from membership_mock.parity.results import ABSENT, Difference

#: the names of types in a shape, by the type in the service model
_NUMBERS = ("integer", "long", "float", "double")
TYPES = ("structure", "map", "list", "string", "timestamp", "boolean", "blob", *_NUMBERS)


def shape_of(answer: Any, shape: Shape | None) -> dict[str, str]:
    """Return the paths of an answer and their types; all entries of a list count as one.

    Args:
        answer: the answer in plain JSON values.
        shape: its shape in the service model; None when the model does not know it.
    """
    return {path: kind for path, kind, _ in _members("", answer, shape)}


def shape_differences(
    expected: Mapping[str, str], answer: Any, shape: Shape | None, *, partial: bool
) -> list[Difference]:
    """Return how an answer differs from a recorded shape.

    Args:
        expected: types by path; ``string = ENABLED , DISABLED`` names the values there may be. A
            map may be called a structure, as it is where the model is not known.
        answer: the answer in plain JSON values.
        shape: its shape in the service model.
        partial: whether further paths are allowed.
    """
    members = list(_members("", answer, shape))
    found: list[Difference] = []
    present = {path for path, _, _ in members}
    for path, text in expected.items():
        if path not in present and _is_possible(path, present):
            found.append(Difference(path, text, ABSENT))
    seen = set()
    for path, kind, value in members:
        if path not in expected:
            if not partial and path not in seen:
                found.append(Difference(path, ABSENT, kind))
        else:
            known, _, values = expected[path].partition(" = ")
            allowed = {each.strip() for each in values.split(",")} if values else None
            if kind != known.strip() and not (kind == "map" and known.strip() == "structure"):
                found.append(Difference(path, known.strip(), kind))
            elif allowed is not None and allowed != {"[]"} and _text(value) not in allowed:
                found.append(Difference(path, expected[path], value))
        seen.add(path)
    return found


def _is_possible(path: str, present: set[str]) -> bool:
    """Return whether an absent path is worth a difference: what holds it is there."""
    parent, dot, _ = path.rpartition(".")
    if path.endswith("[]"):
        return False  # the list may be empty
    return not dot or parent in present


def _members(path: str, value: Any, shape: Shape | None) -> Iterator[tuple[str, str, Any]]:
    kind = shape.type_name if shape is not None else None
    if path:
        yield path, kind or type(value).__name__, value
    if isinstance(value, Mapping) and kind != "map":
        for name, each in value.items():
            inner = shape.members.get(name) if kind == "structure" else None  # type: ignore[union-attr]
            yield from _members(f"{path}.{name}" if path else name, each, inner)
    elif isinstance(value, list):
        for each in value:
            member = shape.member if kind == "list" else None  # type: ignore[union-attr]
            yield from _members(f"{path}[]", each, member)


def _text(value: Any) -> str:
    return str(value)
