"""Fills many objects of a dataclass at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable
from enum import Enum
from functools import cache
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True)
class Filled:
    """How the objects of a dataclass are filled.

    Attributes:
        keys: the keys of a node that describes an object, in their order.
        fill: takes the objects and, for each field, the values that they get; sets the fields.
    """

    keys: tuple[str, ...]
    fill: Callable[[list[Any], list[list[Any]]], None]


@cache
def filled_class(kind: Hashable) -> Filled | None:
    """Return how the objects of a class are filled; None if it is no dataclass.

    The function is generated, as dataclasses generate their ``__init__``: a loop over the names for
    each object would take several times as long.
    """
    if not isinstance(kind, type) or issubclass(kind, (dict, Enum)):
        return None
    if not dataclasses.is_dataclass(kind):
        return None
    names = [field.name for field in dataclasses.fields(kind)]
    is_frozen = kind.__setattr__ is not object.__setattr__
    put = "put(made, {0!r}, _{0})" if is_frozen else "made.{0} = _{0}"
    lines = [
        "def fill(objects, columns):",
        f"    for made, {''.join(f'_{name}, ' for name in names)} in zip(objects, *columns):",
        "        pass",
        *(f"        {put.format(name)}" for name in names),
    ]
    scope: dict[str, Any] = {"put": object.__setattr__}
    exec("\n".join(lines), scope)  # noqa: S102  nothing but names of attributes varies
    return Filled(("$type", *names), scope["fill"])
