"""Whether what was read from a dump has the types that the code declares for it.

A dump may have been edited by hand. A value that would make a later call fail with a confusing
error is refused when the dump is loaded.
"""

from __future__ import annotations

import dataclasses
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from functools import cache
from operator import attrgetter
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from membership_mock.engine.state.clock import Clock
from membership_mock.engine.state.world import Store
from membership_mock.errors import UsageError
from membership_mock.testing.dumps.classes import classes_beside, name_of

#: returns whether a value is right, and collects the objects whose fields must be checked as well
_Check = Callable[[Any, list[Any]], bool]

#: the types that have no parts to check
_SCALARS = frozenset((type(None), bool, int, float, str, bytes, date, timedelta))


def require_types(roots: Sequence[Store | Clock]) -> None:
    """Refuse objects in which a field, at any depth, is not what its class declares.

    Raises:
        UsageError: there is such a field.
    """
    near: list[Any] = list(roots)
    seen: set[int] = set()
    while near:
        by_class: dict[Any, list[Any]] = {}
        for each in near:
            if id(each) not in seen:
                seen.add(id(each))
                by_class.setdefault(type(each), []).append(each)
        near = []
        for kind, objects in by_class.items():
            for name, usual, check in _checks(kind):
                values = list(map(attrgetter(name), objects))
                if set(map(type, values)) <= usual:
                    continue
                for value in values:
                    if not check(value, near):
                        title = name_of(kind) or kind.__name__
                        raise UsageError(f"The {name} of a {title} cannot be {_shown(value)}.")


def declared(kind: type) -> dict[str, Any]:
    """Return the types of a dataclass's fields by name."""
    hints = get_type_hints(kind, localns=_names_around(kind))
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


@cache
def _checks(kind: Any) -> list[tuple[str, frozenset[Any], _Check]]:
    """Return the name of each field, the types that are right for sure, and what checks others."""
    return [(name, _usual(hint), _check_of(hint)) for name, hint in declared(kind).items()]


def _usual(hint: Any) -> frozenset[Any]:
    """Return types of which any value is right for a field that is declared so."""
    if get_origin(hint) in (Union, types.UnionType):
        return frozenset().union(*map(_usual, get_args(hint)))
    return frozenset((type(None) if hint is None else hint,)) & _SCALARS


def _names_around(kind: type) -> dict[str, Any]:
    """Return what annotations may name: some modules import it for the type checker only."""
    return {**classes_beside(kind), **vars(sys.modules[kind.__module__])}


@cache
def _check_of(hint: Any) -> _Check:
    """Return what checks values that are declared so."""
    origin, inner = get_origin(hint), get_args(hint)
    if isinstance(hint, TypeVar):
        return _is_json if hint.__bound__ is None else _check_of(hint.__bound__)
    if hint is Any:
        return _is_json
    if origin is Literal:
        return lambda value, _: type(value) is str and value in inner
    if origin in (Union, types.UnionType):
        checks = [_check_of(each) for each in inner]
        return lambda value, near: any(check(value, near) for check in checks)
    if origin is not None:
        return _check_of_parts(origin, inner)
    if hint is None or hint is type(None):
        return lambda value, _: value is None
    if hint is datetime:
        return lambda value, _: isinstance(value, datetime) and value.tzinfo is not None
    if hint in (int, float):
        return lambda value, _: isinstance(value, (int, hint)) and type(value) is not bool
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _object_of(hint)
    return lambda value, _: isinstance(value, hint)


def _check_of_parts(origin: Any, inner: tuple[Any, ...]) -> _Check:
    """Return what checks containers, and generic classes of ours."""
    if dataclasses.is_dataclass(origin):
        return _object_of(origin)
    if origin is tuple and inner[1:] != (...,):
        places = [_check_of(each) for each in inner]
        return lambda value, near: (
            isinstance(value, tuple)
            and len(value) == len(places)
            and all(check(each, near) for check, each in zip(places, value, strict=True))
        )
    if issubclass(origin, Mapping):
        of_key, of_value = map(_check_of, inner)
        usual_key, usual_value = map(_usual, inner)
        return lambda value, near: (
            isinstance(value, origin)
            and (
                not value
                or (
                    (set(map(type, value)) <= usual_key or all(of_key(key, near) for key in value))
                    and (
                        set(map(type, value.values())) <= usual_value
                        or all(of_value(each, near) for each in value.values())
                    )
                )
            )
        )
    if issubclass(origin, (Sequence, AbstractSet)):
        of_each = _check_of(inner[0])
        return lambda value, near: (
            isinstance(value, origin)
            and not isinstance(value, (str, bytes))
            and all(of_each(each, near) for each in value)
        )
    return lambda value, _: isinstance(value, origin)


def _is_json(value: Any, _near: list[Any]) -> bool:
    """Return whether a value without a declared type is one of JSON, as parameters of calls are."""
    left = [value]
    seen: set[int] = set()
    while left:
        part = left.pop()
        if isinstance(part, (dict, list)):
            if id(part) in seen:
                continue
            seen.add(id(part))
            if type(part) is dict and all(type(key) is str for key in part):
                left += part.values()
            elif type(part) is list:
                left += part
            else:
                return False
        elif part is not None and type(part) not in (bool, int, float, str):
            return False
    return True


def _object_of(kind: Any) -> _Check:
    """Return what checks objects of a class of ours; their fields are checked later."""

    def check(value: Any, near: list[Any]) -> bool:
        if isinstance(value, kind):
            near.append(value)
            return True
        return False

    return check


def _shown(value: Any) -> str:
    return f"a {type(value).__qualname__}" if not isinstance(value, (str, int)) else repr(value)
