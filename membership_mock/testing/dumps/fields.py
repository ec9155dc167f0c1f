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
from itertools import chain
from operator import attrgetter
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from membership_mock.engine.state.clock import Clock
from membership_mock.engine.state.world import Store
from membership_mock.errors import UsageError
from membership_mock.testing.dumps.classes import classes_beside, name_of

#: returns whether values are right, and collects the objects whose fields must be checked as well
_Check = Callable[[list[Any], list[Any]], bool]

#: the types that have no parts to check
_SCALARS = frozenset((type(None), bool, int, float, str, bytes, date, timedelta))

_flat = chain.from_iterable


def require_types(roots: Sequence[Store | Clock]) -> None:
    """Refuse objects in which a field, at any depth, is not what its class declares.

    The values of one field of all objects of a class are checked together.

    Raises:
        UsageError: there is such a field.
    """
    near: list[Any] = list(roots)
    seen: set[int] = set()
    while near:
        fresh = dict(zip(map(id, near), near, strict=True))
        for each in seen.intersection(fresh):
            del fresh[each]
        seen.update(fresh)
        found = list(fresh.values())
        near = []
        kinds = list(map(type, found))
        for kind in dict.fromkeys(kinds):
            objects = [each for each, of in zip(found, kinds, strict=True) if of is kind]
            for name, check in _checks(kind):
                values = list(map(attrgetter(name), objects))
                if not check(values, near):
                    wrong = next(value for value in values if not check([value], []))
                    title = name_of(kind) or kind.__name__
                    raise UsageError(f"The {name} of a {title} cannot be {_shown(wrong)}.")


def declared(kind: type) -> dict[str, Any]:
    """Return the types of a dataclass's fields by name."""
    hints = get_type_hints(kind, localns=_names_around(kind))
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


@cache
def _checks(kind: Any) -> list[tuple[str, _Check]]:
    """Return the name of each field, and what checks its values."""
    return [(name, _check_of(hint)) for name, hint in declared(kind).items()]


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
    usual, check = _usual(hint), _check_of_unusual(hint)
    if not usual:
        return check

    def checked(values: list[Any], near: list[Any]) -> bool:
        if set(map(type, values)) <= usual:
            return True
        return check([value for value in values if type(value) not in usual], near)

    return checked


def _check_of_unusual(hint: Any) -> _Check:
    """Return what checks values of which no type is sure to be right."""
    origin, inner = get_origin(hint), get_args(hint)
    if isinstance(hint, TypeVar):
        return _are_json if hint.__bound__ is None else _check_of(hint.__bound__)
    if hint is Any:
        return _are_json
    if origin is Literal:
        return lambda values, _: set(map(type, values)) <= {str} and set(values) <= set(inner)
    if origin in (Union, types.UnionType):
        return _check_of_any(inner)
    if origin is not None:
        return _check_of_parts(origin, inner)
    if hint is datetime:
        return lambda values, _: all(
            isinstance(value, datetime) and value.tzinfo is not None for value in values
        )
    if hint in (int, float):
        return lambda values, _: all(
            isinstance(value, (int, hint)) and type(value) is not bool for value in values
        )
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _objects_of(hint)
    expected = type(None) if hint is None else hint
    return lambda values, _: _are(expected, values)


def _check_of_any(hints: tuple[Any, ...]) -> _Check:
    """Return what checks values that are declared in one of several ways."""
    checks = [_check_of(each) for each in hints]
    (most, *others) = [_check_of(each) for each in hints if not _usual(each)] or checks

    def check(values: list[Any], near: list[Any]) -> bool:
        if not others and most(values, near):
            return True
        return all(any(each([value], near) for each in checks) for value in values)

    return check


def _are(kind: Any, values: list[Any]) -> bool:
    """Return whether values are all of a class, or of one below it."""
    return all(issubclass(each, kind) for each in set(map(type, values)))


def _check_of_parts(origin: Any, inner: tuple[Any, ...]) -> _Check:
    """Return what checks containers, and generic classes of ours."""
    if dataclasses.is_dataclass(origin):
        return _objects_of(origin)
    if origin is tuple and inner[1:] != (...,):
        places = [_check_of(each) for each in inner]
        return lambda values, near: (
            _are(tuple, values)
            and set(map(len, values)) <= {len(places)}
            and all(
                check([value[place] for value in values], near)
                for place, check in enumerate(places)
            )
        )
    if issubclass(origin, Mapping):
        of_key, of_value = map(_check_of, inner)
        return lambda values, near: (
            _are(origin, values)
            and of_key(list(_flat(values)), near)
            and of_value(list(_flat(value.values() for value in values)), near)
        )
    if issubclass(origin, (Sequence, AbstractSet)):
        of_each = _check_of(inner[0])
        return lambda values, near: (
            _are(origin, values)
            and not any(isinstance(value, (str, bytes)) for value in values)
            and of_each(list(_flat(values)), near)
        )
    return lambda values, _: _are(origin, values)


def _are_json(values: list[Any], _near: list[Any]) -> bool:
    """Return whether values without a declared type are of JSON, as parameters of calls are."""
    return all(map(_is_json, values))


def _is_json(value: Any) -> bool:
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


def _objects_of(kind: Any) -> _Check:
    """Return what checks objects of a class of ours; their fields are checked later."""

    def check(values: list[Any], near: list[Any]) -> bool:
        if not _are(kind, values):
            return False
        near += values
        return True

    return check


def _shown(value: Any) -> str:
    return f"a {type(value).__qualname__}" if not isinstance(value, (str, int)) else repr(value)
