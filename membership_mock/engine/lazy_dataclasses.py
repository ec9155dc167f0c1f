"""Dataclasses whose methods are generated when an object of the class is first made.

`dataclasses.dataclass` writes and compiles up to six functions for each class when its module is
imported. For the classes of one service that takes longer than the rest of the import, and a test
does not use most of them. Here the ``__init__`` of a class is compiled when it is first called, and
all classes share the other functions. Type checkers see `dataclasses.dataclass` itself.

Public classes, which users create and inspect, are ordinary dataclasses.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field, fields, make_dataclass
from functools import cache
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass", "is_frozen"]

#: the attribute of a class that says whether its objects are frozen
FROZEN = "__membership_mock_frozen__"


def _lazy(
    cls: type | None = None,
    /,
    *,
    frozen: bool = False,
    eq: bool = True,
    slots: bool = False,
    kw_only: bool = False,
) -> Any:
    """Make a class a dataclass, as `dataclasses.dataclass` does with the same arguments."""

    def make(cls: Any) -> Any:
        defined = vars(cls)
        is_hashed = "__hash__" in defined and not (
            defined["__hash__"] is None and "__eq__" in defined
        )
        made: Any = dataclasses.dataclass(
            init=False, repr=False, eq=False, slots=slots, kw_only=kw_only
        )(cls)
        if "__init__" not in defined:
            made.__init__ = _init_of(made)
        setattr(made, FROZEN, frozen)
        shared: dict[str, Any] = {} if "__repr__" in defined else {"__repr__": _repr}
        if eq:
            if "__eq__" not in defined:
                shared["__eq__"] = _eq
            if not is_hashed:
                shared["__hash__"] = _hash if frozen else None
        if frozen:
            shared |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
            if slots:  # copies and pickles set the attributes, which is refused
                shared |= {"__getstate__": _state, "__setstate__": _set_state}
        for name, value in shared.items():
            setattr(made, name, value)
        return made

    return make if cls is None else make(cls)


if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    dataclass = _lazy


def is_frozen(kind: type) -> bool:
    """Return whether a class is a frozen dataclass, made here or by the standard library."""
    own = vars(kind)
    if FROZEN in own:
        return bool(own[FROZEN])
    parameters = own.get("__dataclass_params__")
    return parameters is not None and bool(parameters.frozen)


def _init_of(cls: Any) -> Callable[..., None]:
    """Return an ``__init__`` that is replaced by the dataclass's own at its first call."""

    def __init__(self: Any, /, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        specified = [(each.name, each.type, _copy(each)) for each in fields(cls)]
        after = {"__post_init__": None} if hasattr(cls, "__post_init__") else {}
        own: Any = make_dataclass(
            cls.__name__, specified, namespace=after, repr=False, eq=False, frozen=is_frozen(cls)
        )
        generated = own.__init__
        generated.__qualname__ = f"{cls.__qualname__}.__init__"
        cls.__init__ = generated
        generated(self, *args, **kwargs)

    return __init__


def _copy(of: dataclasses.Field[Any]) -> Any:
    """Return a new field like ``of``, which belongs to its class."""
    return field(
        default=of.default, default_factory=of.default_factory, init=of.init, kw_only=of.kw_only
    )


def _getter(cls: Any, use: str) -> Callable[[Any], Any]:
    """Return a function that returns the values of an object's fields that have a use.

    Args:
        cls: its class.
        use: ``compare`` or ``hash``.
    """
    names = [
        each.name
        for each in fields(cls)
        if (each.compare if use == "compare" or each.hash is None else each.hash)
    ]
    if len(names) > 1:
        return attrgetter(*names)
    return lambda of: tuple(getattr(of, name) for name in names)


# Made once for each class that is compared.
_values: Any = cache(_getter)


@recursive_repr()
def _repr(self: Any) -> str:
    shown = (f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _eq(self: Any, other: object) -> Any:
    if type(other) is not type(self):
        return NotImplemented
    values = _values(type(self), "compare")
    return bool(values(self) == values(other))


def _hash(self: Any) -> int:
    return hash(_values(type(self), "hash")(self))


def _refuse_to_set(self: Any, name: str, value: Any) -> None:
    del self, value
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: Any, name: str) -> None:
    del self
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, each.name) for each in fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for each, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, each.name, value)
