"""The methods of families that serve operations, found by their marks."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Sequence
from types import CodeType, FunctionType
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.protocol import model


@dataclass(frozen=True, slots=True)
class Mark:
    """What the decorator `operation` stores on a method.

    Attributes:
        name: the operation in its API spelling.
        differs: a known difference from AWS, for the table of mocked operations.
        optional: the oldest supported botocore does not have the operation yet.
        page_size: the number of entries of a page when the caller gives none; 0 for the highest
            number that the model allows.
        action: the IAM action that allows the operation, without the service; empty if it has
            the operation's name.
    """

    name: str
    differs: str
    optional: bool
    page_size: int = 0
    action: str = ""


@dataclass(frozen=True, slots=True)
class Handler:
    """The method that serves an operation.

    Attributes:
        mark: the arguments of its decorator.
        family: the class that defines it.
        method: the function itself, not bound.
        accepts: the parameters it takes besides the context, in snake case.
    """

    mark: Mark
    family: type[Any]
    method: Callable[..., Any]
    accepts: tuple[str, ...]

    def where(self) -> str:
        """Return the method with its file and line, for messages."""
        code = self.method.__code__
        return f"{self.method.__qualname__} ({code.co_filename}:{code.co_firstlineno})"


def _methods(family: type) -> list[FunctionType]:
    """Return the functions of a family and of the classes above it, by name."""
    found: dict[str, Any] = {}
    for kind in reversed(family.__mro__):
        found.update(vars(kind))
    return [found[name] for name in sorted(found) if isinstance(found[name], FunctionType)]


def _parameters(method: FunctionType) -> tuple[str, ...]:
    """Return the names of a method's parameters; `inspect` takes some ms for all methods."""
    code: CodeType = inspect.unwrap(method).__code__
    if code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS):
        return tuple(inspect.signature(method).parameters)
    return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


def collect(backend: str, service: str, families: Sequence[type]) -> dict[str, Handler]:
    """Return the handlers of a service by operation.

    Args:
        backend: the name of the backend class, for messages.
        service: the service's id.
        families: its families.

    Raises:
        TypeError: a mark names no operation of the service, or two methods have the same mark.
    """
    known = model.service_model(service).operation_names
    handlers: dict[str, Handler] = {}
    for family in families:
        for method in _methods(family):
            mark: Mark | None = getattr(method, "__operation__", None)
            if mark is None:
                continue
            handler = Handler(mark, family, method, _parameters(method)[2:])
            if mark.name not in known:
                if mark.optional:
                    continue
                nearest = difflib.get_close_matches(mark.name, known, n=1)
                raise TypeError(
                    f"{backend}: {handler.where()} is marked {mark.name}, which is not an operation"
                    f" of {service}" + (f"; nearest: {nearest[0]}" if nearest else "")
                )
            if mark.name in handlers:
                raise TypeError(
                    f"{backend}: {mark.name} is served twice, by {handlers[mark.name].where()}"
                    f" and {handler.where()}"
                )
            handlers[mark.name] = handler
    return handlers
