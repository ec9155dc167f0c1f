"""Where in a request a value stands, and what is wrong with it there.

A reader notes broken constraints in a list and goes on, so that a refusal can name all of them; a
value of the wrong type ends the request at once. The place of a value is a chain of pairs
``(place of the parent, name or index)``, which costs next to nothing until somebody asks for the
whole path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from membership_mock.engine.protocol.refusals import Violation

Place = tuple["Place", str | int] | None
#: reads the value at a place, and adds the constraints that it breaks to the list
Reader = Callable[[Any, Place, list[Violation]], Any]
#: what happens to a value of the wrong type, of which the text tells; it does not have to raise
Refuse = Callable[[Place, str, list[Violation]], Any]

_JSON_TYPES = {
    dict: "an object", list: "a list", str: "a string", bool: "a boolean",
    int: "a number", float: "a number", type(None): "null",
}  # fmt: skip


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
