"""The messages for arguments that a tool does not have."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from types import FunctionType
from typing import Any, TypeVar

from membership_mock.testing.names import nearest_to

T = TypeVar("T")


def naming_arguments(cls: type[T]) -> type[T]:
    """Return a class whose public methods name the nearest argument when one is unknown.

    Python's own message names the class that a method stands on, which no user knows.
    """
    for name, method in list(vars(cls).items()):
        if isinstance(method, FunctionType) and not name.startswith("_"):
            setattr(cls, name, _naming(method))
    return cls


def unknown_argument(method: str, name: str, known: Iterable[str]) -> TypeError:
    """Return the error for an argument that a method does not have."""
    names = list(known)
    return TypeError(
        f"{method}() has no argument {name!r}{nearest_to(name, names)}"
        f" Its arguments: {', '.join(names)}."
    )


def _naming(method: FunctionType) -> Callable[..., Any]:
    plain: Any = inspect.unwrap(method)  # of a method that makes a block
    code = plain.__code__
    if code.co_flags & inspect.CO_VARKEYWORDS:
        return method
    known = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]

    @functools.wraps(method)
    def checked(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        for name in kwargs:
            if name not in known:
                raise unknown_argument(method.__name__, name, known)
        return method(*args, **kwargs)

    # Python's messages about missing arguments say this name.
    plain.__qualname__ = method.__qualname__ = method.__name__
    return checked
