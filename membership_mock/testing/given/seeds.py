"""The base of all seeds: who makes their calls, and the check of their arguments' types."""

from __future__ import annotations

import functools
import inspect
import re
import types
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

from membership_mock.errors import UsageError
from membership_mock.testing.arguments import unknown_argument
from membership_mock.testing.printing import shortened
from membership_mock.testing.type_hints import hints_of

if TYPE_CHECKING:
    from membership_mock.testing.given.setup import Setup

#: how many characters of a wrong value are shown
_SHOWN = 200


class Seeds:
    """Seeds of a service: every public method of a subclass is one, and checks what it is given.

    Args:
        setup: makes the calls.
    """

    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    def __init_subclass__(cls) -> None:
        for name, value in list(vars(cls).items()):
            if inspect.isfunction(value) and not name.startswith("_"):
                setattr(cls, name, _checked(value))


def check_types(
    path: str,
    method: Callable[..., Any],
    arguments: Mapping[str, Any],
    is_unknown: Callable[[object], bool] = lambda _: False,
) -> None:
    """Refuse arguments that are not of the types that a method's annotations name.

    Args:
        path: the seed that they are for, for the message.
        method: the method.
        arguments: by name; those that only its ``**fields`` can take are checked by the service.
        is_unknown: whether a value is a reference, whose type is not known yet.

    Raises:
        UsageError: one is of another type.
    """
    hints = _hints(getattr(method, "__func__", method))
    for name, value in arguments.items():
        if name in hints and not _fits(value, hints[name], is_unknown):
            words = re.sub(r"\s+", " ", str(inspect.signature(method).parameters[name].annotation))
            raise UsageError(
                f"{path}.{name}: {shortened(repr(value), _SHOWN)} is not {words}."
                + (" Write it as text: leading zeros of an id count." if _is_number(value) else "")
            )


def _fits(value: object, hint: Any, is_unknown: Callable[[object], bool]) -> bool:
    """Return whether a value can be of a type, as far as a quick check shows.

    Any collection passes for a sequence, e.g. the values of a mapping, but neither text nor a
    mapping does.
    """
    if hint is Any or is_unknown(value):
        return True
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return any(_fits(value, each, is_unknown) for each in inner)
    if origin is Literal:
        return isinstance(value, str)  # the seed's own message lists the values
    if hint is None or hint is type(None):
        return value is None
    if isinstance(value, bool):
        return hint in (bool, object)
    kind = origin or hint
    if not isinstance(kind, type):
        return True
    if kind is Sequence:
        kind = Collection
        if isinstance(value, (str, bytes, Mapping)):
            return False
    if not isinstance(value, kind):
        return False
    if isinstance(value, Mapping) and len(inner) == 2:
        return all(
            _fits(key, inner[0], is_unknown) and _fits(each, inner[1], is_unknown)
            for key, each in value.items()
        )
    if kind is Collection and inner and isinstance(value, Collection):
        return all(_fits(each, inner[0], is_unknown) for each in value)
    return True


def _checked(method: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(method)

    @functools.wraps(method)
    def seed(*args: Any, **kwargs: Any) -> Any:
        try:
            arguments = signature.bind(*args, **kwargs).arguments
        except TypeError:
            for name in kwargs:
                if name not in signature.parameters:
                    known = [each for each in signature.parameters if each != "self"]
                    raise unknown_argument(method.__name__, name, known) from None
            return method(*args, **kwargs)  # which raises Python's message
        check_types(method.__name__, method, arguments)
        return method(*args, **kwargs)

    method.__qualname__ = method.__name__  # which that message says
    return seed


@functools.cache
def _hints(method: Callable[..., Any]) -> dict[str, Any]:
    """Return the types of a method's parameters, except ``*args`` and ``**kwargs``."""
    kept = {
        name
        for name, each in inspect.signature(method).parameters.items()
        if each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)
    }
    return {name: hint for name, hint in hints_of(method).items() if name in kept}


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
