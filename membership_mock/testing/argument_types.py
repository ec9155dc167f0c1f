"""Arguments of another type than a tool takes: refused in words, before the tool does anything."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from types import FunctionType, NoneType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from membership_mock.errors import UsageError
from membership_mock.testing.printing import shortened

T = TypeVar("T")

#: how many characters of a wrong value are shown
_SHOWN = 80

_WORDS: Mapping[Any, str] = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "True or False",
    bytes: "bytes",
    date: "a day, e.g. date(2026, 3, 14)",
    datetime: "a datetime",
    NoneType: "None",
}


def checking_arguments(cls: type[T]) -> type[T]:
    """Return a class whose public methods refuse arguments that do not fit their type hints."""
    for name, method in list(vars(cls).items()):
        if isinstance(method, FunctionType) and not name.startswith("_"):
            setattr(cls, name, _checking(method))
    return cls


def _checking(method: FunctionType) -> Callable[..., Any]:
    signature = inspect.signature(method)
    hints: dict[str, Any] = {}

    @functools.wraps(method)
    def checked(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        if not hints:
            hints.update(get_type_hints(method))
        try:
            given = signature.bind(*args, **kwargs).arguments
        except TypeError:
            return method(*args, **kwargs)  # Python says which argument is missing
        for name, value in given.items():
            kind = signature.parameters[name].kind
            if name in hints and kind not in (kind.VAR_KEYWORD, kind.VAR_POSITIONAL):
                check_type(value, hints[name], name)
        return method(*args, **kwargs)

    method.__qualname__ = method.__name__
    return checked


def check_type(value: object, hint: Any, where: str) -> None:
    """Refuse a value that does not fit a type hint; a hint of a class of this package fits all.

    Raises:
        UsageError: the value does not fit; the text names the place and what is expected there.
    """
    wrong = _misfit(value, hint, where)
    if wrong is not None:
        raise UsageError(f"{wrong}.")


def _misfit(value: object, hint: Any, where: str) -> str | None:
    """Return why a value does not fit, in words; None if it fits."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        found = [_misfit(value, each, where) for each in inner]
        if None in found:
            return None
        deeper = [one for one in found if one is not None and not one.startswith(f"{where} is ")]
        return deeper[0] if deeper else _wrong(value, hint, where)
    if origin is Literal:
        kinds = tuple({type(each) for each in inner})
        return None if isinstance(value, kinds) else _wrong(value, hint, where)
    if hint in _WORDS:
        expected = (int, float) if hint is float else hint
        fits = isinstance(value, expected) and (hint is bool or not isinstance(value, bool))
        return None if fits else _wrong(value, hint, where)
    if origin is tuple:
        return _misfit_of_tuple(value, hint, where)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            return _wrong(value, hint, where)
        named = {f"{where}[{key!r}]": each for key, each in value.items()}
        keys = (_misfit(key, inner[0], f"a key of {where}") for key in value)
        values = (_misfit(each, inner[1], place) for place, each in named.items())
        return _first((*keys, *values))
    if isinstance(origin, type) and issubclass(origin, Iterable):
        if not isinstance(value, Iterable) or isinstance(value, (str, bytes)):
            return _wrong(value, hint, where)
        if not isinstance(value, (Sequence, set, frozenset)):
            return None  # it could be read only once
        return _first(_misfit(each, inner[0], f"{where}[{n}]") for n, each in enumerate(value))
    return None


def _misfit_of_tuple(value: object, hint: Any, where: str) -> str | None:
    inner = get_args(hint)
    if not isinstance(value, (tuple, list)):
        return _wrong(value, hint, where)
    kinds = [inner[0]] * len(value) if inner[1:] == (...,) else list(inner)
    if len(kinds) != len(value):
        return _wrong(value, hint, where)
    pairs = enumerate(zip(value, kinds, strict=True))
    return _first(_misfit(each, kind, f"{where}[{n}]") for n, (each, kind) in pairs)


def _first(found: Iterable[str | None]) -> str | None:
    return next((each for each in found if each is not None), None)


def _wrong(value: object, hint: Any, where: str) -> str:
    return f"{where} is {_words(hint)}, not {shortened(repr(value), _SHOWN)}"


def _words(hint: Any) -> str:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(map(_words, inner)))
    if origin is Literal:
        return f"one of {', '.join(map(repr, inner))}"
    if origin is tuple and inner[1:] != (...,):
        return f"a tuple of {len(inner)}"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return "a mapping"
    if isinstance(origin, type) and issubclass(origin, Iterable):
        return "a list"
    return _WORDS.get(hint, str(getattr(hint, "__name__", hint)))
