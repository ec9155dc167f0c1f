"""Whether the arguments of a tool are of the types that its signature names."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal, Union, get_args, get_origin

from membership_mock.errors import UsageError
from membership_mock.testing.arguments import ending_here, unknown_argument
from membership_mock.testing.printing import shortened
from membership_mock.testing.type_hints import hints_of

#: how many characters of a wrong value are shown
_SHOWN = 200
#: numbers from here on may stand for an id
_LIKE_AN_ID = 1000
#: what messages call a type, as one and as many
_WORDS: Mapping[Any, tuple[str, str]] = {
    str: ("text", "text"),
    int: ("a whole number", "whole numbers"),
    float: ("a number", "numbers"),
    bool: ("True or False", "True or False"),
    bytes: ("bytes", "bytes"),
    date: ("a date", "dates"),
    datetime: ("a datetime", "datetimes"),
    type(None): ("None", "None"),
}


def check_types(
    path: str,
    method: Callable[..., Any],
    arguments: Mapping[str, Any],
    is_unknown: Callable[[object], bool] = lambda _: False,
) -> None:
    """Refuse arguments that are not of the types that a method's annotations name.

    Args:
        path: the tool that they are for, for the message.
        method: the method.
        arguments: by name; those that only its ``**fields`` can take are checked by the service.
        is_unknown: whether a value is a reference, whose type is not known yet.

    Raises:
        UsageError: one is of another type.
    """
    hints = _hints(getattr(method, "__func__", method))
    for name, value in arguments.items():
        if name in hints and not _fits(value, hints[name], is_unknown):
            takes_text = str in (hints[name], *get_args(hints[name]))
            raise UsageError(
                f"{path}.{name}: {shortened(repr(value), _SHOWN)} is not {_words(hints[name])}."
                + (
                    " Write it as text: leading zeros of an id count."
                    if takes_text and type(value) is int and value >= _LIKE_AN_ID
                    else ""
                )
            )


def checking_types(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method that refuses arguments it does not have, and those of other types."""

    @functools.wraps(method)
    def checked(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        signature = _signature(method)
        try:
            arguments = signature.bind(*args, **kwargs).arguments
        except TypeError:
            for name in kwargs:
                if name not in signature.parameters:
                    known = [each for each in signature.parameters if each != "self"]
                    raise unknown_argument(method.__name__, name, known) from None
            return method(*args, **kwargs)  # which raises Python's message
        try:
            check_types(method.__name__, method, arguments)
            return method(*args, **kwargs)
        except UsageError as error:
            raise ending_here(error)  # noqa: B904  it is the same error

    method.__qualname__ = method.__name__  # which that message says
    return checked


def _fits(value: object, hint: Any, is_unknown: Callable[[object], bool]) -> bool:
    """Return whether a value can be of a type, as far as a quick check shows.

    Any collection passes for a sequence, e.g. the values of a mapping, but neither text nor a
    mapping does.
    """
    if hint is Any or is_unknown(value):
        return True
    origin, inner = get_origin(hint), get_args(hint)
    fits = functools.partial(_fits, is_unknown=is_unknown)
    if origin in (Union, types.UnionType):
        return any(fits(value, each) for each in inner)
    if origin is Literal:
        return isinstance(value, str)  # the tool's own message lists the values
    if hint is None or hint is type(None):
        return value is None
    if isinstance(value, bool):
        return hint in (bool, object)
    kind = origin or hint
    return not isinstance(kind, type) or _is_of(value, kind, inner, fits)


def _is_of(
    value: object, kind: type, inner: tuple[Any, ...], fits: Callable[[object, Any], bool]
) -> bool:
    """Return whether a value is of a class, and what it contains of the inner types."""
    if kind is float:
        return isinstance(value, (int, float))
    if kind is Sequence:
        kind = Collection
        if isinstance(value, (str, bytes, Mapping)):
            return False
    if kind is tuple:  # a list of as many will do
        if not isinstance(value, Sequence) or isinstance(value, (str, bytes)):
            return False
        return len(value) == len(inner) and all(map(fits, value, inner))
    if not isinstance(value, kind):
        return False
    if isinstance(value, Mapping) and len(inner) == 2:
        return all(fits(key, inner[0]) and fits(each, inner[1]) for key, each in value.items())
    if kind is Collection and inner and isinstance(value, Collection):
        return all(fits(each, inner[0]) for each in value)
    return True


def _words(hint: Any, *, many: bool = False) -> str:
    """Return what a message calls a type: ``text or None`` for ``str | None``."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(_words(each, many=many) for each in inner))
    if origin is Literal:
        return "text"
    if hint in _WORDS:
        return _WORDS[hint][many]
    kind = origin or hint
    name = str(getattr(kind, "__name__", kind))
    if kind is Sequence:
        return f"{'lists' if many else 'a list'} of {_words(inner[0], many=True)}"
    if kind is Mapping or kind is dict:
        of = f" from {_words(inner[0], many=True)} to {_words(inner[1], many=True)}"
        return ("mappings" if many else "a mapping") + (of if inner and Any not in inner else "")
    if kind is tuple:
        return f"{'tuples' if many else 'a tuple'} of {len(inner)}"
    if kind is Callable:
        return "functions" if many else "a function"
    return name if many else f"a {name}"


_signature = functools.cache(inspect.signature)


@functools.cache
def _hints(method: Callable[..., Any]) -> dict[str, Any]:
    """Return the types of a method's parameters, except ``*args`` and ``**kwargs``."""
    kept = {
        name
        for name, each in _signature(method).parameters.items()
        if each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)
    }
    return {name: hint for name, hint in hints_of(method).items() if name in kept}
