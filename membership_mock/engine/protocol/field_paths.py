"""The paths of values in a request, and the errors that readers report for them.

A reader adds broken constraints to a list and continues, so that a refusal can name all of them. A
value of the wrong type ends the request at once. A path is a chain of pairs ``(path of the parent,
name or index)``: it is cheap to extend, and only a refusal needs the whole of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from membership_mock.engine.protocol.refusals import Violation

FieldPath = tuple["FieldPath", str | int] | None
#: checks and returns the value at a path, and adds the constraints that it breaks to the list
Reader = Callable[[Any, FieldPath, list[Violation]], Any]
#: called for a value of the wrong type, with a text that describes the error; may raise or return
Refuse = Callable[[FieldPath, str, list[Violation]], Any]

_JSON_TYPES = {
    dict: "an object", list: "a list", str: "a string", bool: "a boolean",
    int: "a number", float: "a number", type(None): "null",
}  # fmt: skip


class Unparsable(Exception):
    """The request is not JSON, or holds a value of the wrong type; ``detail`` says which."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Invalid(Exception):
    """The request breaks constraints of the model: ``violations``, at least one."""

    def __init__(self, violations: list[Violation]) -> None:
        super().__init__(violations)
        self.violations = violations


def path_of(at: FieldPath) -> tuple[str | int, ...]:
    """Return the field names and indexes from the input shape down to ``at``."""
    path: list[str | int] = []
    while at is not None:
        at, step = at
        path.append(step)
    return tuple(reversed(path))


def raise_unparsable(at: FieldPath, detail: str, found: list[Violation]) -> NoReturn:
    """End the request, because the value at ``at`` has the wrong type."""
    del found
    where = "/".join(map(str, path_of(at)))
    raise Unparsable(f"The value at '/{where}' {detail}." if where else f"The body {detail}.")


def children(value: Any) -> Iterable[tuple[str | int, Any]]:
    """Return the items of a JSON value, each with its name or index."""
    if type(value) is dict:
        return value.items()
    return enumerate(value) if type(value) is list else ()


def not_a(expected: str, value: Any) -> str:
    """Return a text about a value of the wrong JSON type; it does not show the value."""
    return f"must be {expected}, not {_JSON_TYPES.get(type(value), 'this')}"


def missing(at: FieldPath) -> Violation:
    """Return the violation of a required field that was not sent."""
    return Violation(path_of(at), "required", "Member must not be null")
