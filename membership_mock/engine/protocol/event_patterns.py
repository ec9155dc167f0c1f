"""Matches events with event patterns of EventBridge.

Sources: the EventBridge user guide on event patterns and on comparison operators; the readme of
AWS's open-source matcher, Event Ruler, on arrays and on fields that do not exist.
"""

from __future__ import annotations

import fnmatch
import ipaddress
import json
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

_ABSENT = object()

#: the escaped asterisk and the escaped backslash of a wildcard
_ESCAPED = (r"\*", "\\\\")
#: the special characters of a pattern of `fnmatch`
_LITERAL = re.compile(r"[*?\[]")

_NUMERIC: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class UnknownOperatorError(ValueError):
    """A pattern has an operator that EventBridge does not have."""


def matches(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Return whether an event matches a pattern.

    A field that is a list matches if one of its elements does. In a list of objects, one object has
    to match the whole pattern of that list.

    Args:
        pattern: the pattern, parsed from JSON.
        event: the event, of the types that JSON has.

    Raises:
        UnknownOperatorError: the pattern has an operator that EventBridge does not have.
    """
    return _object_matches(pattern, event, event, ())


def _object_matches(
    pattern: Mapping[str, Any], node: Any, event: Mapping[str, Any], path: tuple[str, ...]
) -> bool:
    if isinstance(node, list):
        return any(_object_matches(pattern, each, event, path) for each in node) or (
            not node and _object_matches(pattern, _ABSENT, event, path)
        )
    for name, wanted in pattern.items():
        if name == "$or" and isinstance(wanted, list):
            if not any(_object_matches(each, node, event, path) for each in wanted):
                return False
            continue
        value = node.get(name, _ABSENT) if isinstance(node, Mapping) else _ABSENT
        if isinstance(wanted, Mapping):
            if not _object_matches(wanted, value, event, (*path, name)):
                return False
        elif not _field_matches(wanted, value, event, (*path, name)):
            return False
    return True


def _field_matches(
    wanted: Sequence[Any], value: Any, event: Mapping[str, Any], path: tuple[str, ...]
) -> bool:
    values = list(_leaves(value))
    for each in wanted:
        if isinstance(each, Mapping) and "exists" in each:
            if each["exists"] and values:
                return True
            # a field exists for all elements of a list if one of them has it
            if not each["exists"] and not any(True for _ in _at(event, path)):
                return True
        elif any(_value_matches(each, value) for value in values):
            return True
    return False


def _leaves(value: Any) -> Iterator[Any]:
    """Yield the values of a field: each element of a list; nothing for an object."""
    if isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    elif value is not _ABSENT and not isinstance(value, Mapping):
        yield value


def _at(node: Any, path: Sequence[str]) -> Iterator[Any]:
    """Yield the values at a path, in all elements of the lists on the way."""
    if isinstance(node, list):
        for each in node:
            yield from _at(each, path)
    elif not path:
        yield from _leaves(node)
    elif isinstance(node, Mapping) and path[0] in node:
        yield from _at(node[path[0]], path[1:])


def _value_matches(wanted: Any, value: Any) -> bool:
    if not isinstance(wanted, Mapping):
        # as text: 300 and 300.0 are not the same, nor are 1 and true
        return type(wanted) is type(value) and json.dumps(wanted) == json.dumps(value)
    for name, argument in wanted.items():
        test = _OPERATORS.get(name)
        if test is None:
            raise UnknownOperatorError(f"EventBridge has no comparison operator {name!r}.")
        if not test(argument, value):
            return False
    return True


def _prefix(argument: Any, value: Any) -> bool:
    if isinstance(argument, Mapping):
        return _folded(value).startswith(_folded(argument["equals-ignore-case"]))
    return isinstance(value, str) and value.startswith(argument)


def _suffix(argument: Any, value: Any) -> bool:
    if isinstance(argument, Mapping):
        return _folded(value).endswith(_folded(argument["equals-ignore-case"]))
    return isinstance(value, str) and value.endswith(argument)


def _equals_ignore_case(argument: Any, value: Any) -> bool:
    return isinstance(value, str) and _folded(value) == _folded(argument)


def _folded(value: Any) -> str:
    return value.casefold() if isinstance(value, str) else ""


def _anything_but(argument: Any, value: Any) -> bool:
    if isinstance(argument, Mapping):
        # the operators inside may have a list of values that must not match
        return not any(
            _value_matches({name: each}, value)
            for name, given in argument.items()
            for each in (given if isinstance(given, list) else [given])
        )
    excluded = argument if isinstance(argument, list) else [argument]
    return not any(_value_matches(each, value) for each in excluded)


def _numeric(argument: Sequence[Any], value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    pairs = zip(argument[::2], argument[1::2], strict=True)
    return all(_NUMERIC[sign](value, bound) for sign, bound in pairs)


def _cidr(argument: str, value: Any) -> bool:
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(argument, strict=False)
    except ValueError:
        return False


def _wildcard(argument: str, value: Any) -> bool:
    return isinstance(value, str) and _expression(argument).fullmatch(value) is not None


@lru_cache(maxsize=256)
def _expression(wildcard: str) -> re.Pattern[str]:
    # The expression of fnmatch does not backtrack, so a pattern with many asterisks is cheap.
    parts = re.split(r"(\\[*\\]|\*)", wildcard)
    shell = "".join(
        "*" if part == "*" else _LITERAL.sub(r"[\g<0>]", part[1:] if part in _ESCAPED else part)
        for part in parts
    )
    return re.compile(fnmatch.translate(shell), re.DOTALL)


_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "prefix": _prefix,
    "suffix": _suffix,
    "equals-ignore-case": _equals_ignore_case,
    "anything-but": _anything_but,
    "numeric": _numeric,
    "cidr": _cidr,
    "wildcard": _wildcard,
}
