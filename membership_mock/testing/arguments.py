"""The messages for arguments and attributes that a tool does not have."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from types import FunctionType
from typing import Any, NoReturn, TypeVar

from membership_mock.errors import UsageError
from membership_mock.testing.names import nearest_to

T = TypeVar("T")

#: what other libraries call an argument of a tool
_KNOWN_AS = {
    "account_id": "account",
    "call_count": "times",
    "count": "times",
    "number": "times",
    "params": "parameters",
    "region_name": "region",
}


def naming_arguments(cls: type[T]) -> type[T]:
    """Return a class whose public methods name the nearest argument when one is unknown.

    Python's own message names the class that a method stands on, which no user knows. Arguments
    ``**wanted`` are those of the class's method ``filter``. A wrong use ends at the line of the
    test, and not inside of the method.
    """
    for name, method in list(vars(cls).items()):
        if isinstance(method, FunctionType) and not name.startswith("_"):
            setattr(cls, name, _naming(method, getattr(cls, "filter", None)))
    return naming_attributes(cls)


def naming_attributes(cls: type[T]) -> type[T]:
    """Return a class that names the nearest attribute when one is unknown."""

    def missing(self: Any, name: str) -> NoReturn:
        if hasattr(type(self), name):  # a property has raised an AttributeError of its own
            object.__getattribute__(self, name)
        kind = type(self).__name__
        known = [each for each in dir(type(self)) if not each.startswith("_")]
        raise AttributeError(
            f"{kind!r} object has no attribute {name!r}{nearest_to(name, known)}".rstrip(".")
        )

    setattr(cls, "__getattr__", missing)  # noqa: B010  type checkers would allow any name
    return cls


def unknown_argument(method: str, name: str, known: Iterable[str]) -> TypeError:
    """Return the error for an argument that a method does not have."""
    names = list(known)
    meant = _KNOWN_AS.get(name)
    nearest = f"; nearest: {meant!r}." if meant in names else nearest_to(name, names)
    return TypeError(
        f"{method}() has no argument {name!r}{nearest} Its arguments: {', '.join(names)}."
    )


def ending_here(error: UsageError) -> UsageError:
    """Return an error without the frames that it has passed so far: its text says everything."""
    return error.with_traceback(None)


def _naming(method: FunctionType, chosen_by: FunctionType | None) -> Callable[..., Any]:
    code = inspect.unwrap(method).__code__
    known = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
    takes_any = False
    if code.co_flags & inspect.CO_VARKEYWORDS:
        if "wanted" in code.co_varnames and chosen_by is not None:
            inner = inspect.unwrap(chosen_by).__code__
            rest = inner.co_varnames[1 : inner.co_argcount + inner.co_kwonlyargcount]
            known += tuple(name for name in rest if name not in known)
        else:
            takes_any = True

    @functools.wraps(method)
    def checked(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        if not takes_any:
            for name in kwargs:
                if name not in known:
                    raise unknown_argument(method.__name__, name, known)
        try:
            return method(*args, **kwargs)
        except UsageError as error:
            raise ending_here(error)  # noqa: B904  it is the same error

    # Python's messages about missing arguments say this name.
    plain: Any = inspect.unwrap(method)  # of a method that makes a block
    plain.__qualname__ = method.__qualname__ = method.__name__
    return checked
