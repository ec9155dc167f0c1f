"""Finds what EventBridge refuses in an event pattern: errors, and patterns that can never match.

Sources: the EventBridge user guide on comparison operators; the texts of AWS's open-source matcher,
Event Ruler, as public reports show them. If no report was found, the text is inferred.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from typing import Any

#: the longest pattern (documented as the limit of PutRule)
LONGEST = 4096

_COMPARISONS = ("=", "<", "<=", ">", ">=")


def fault_of(pattern: Any) -> str:
    """Return what is wrong with a pattern; empty if it is valid.

    Args:
        pattern: the pattern, parsed from JSON.
    """
    try:
        return _of_object(pattern)
    except RecursionError:
        return "Event pattern is too deep"


def _of_object(pattern: Any) -> str:
    if not isinstance(pattern, Mapping):
        return "Filter is not an object"
    if not pattern:
        return "Empty objects are not allowed"
    return next(filter(None, (_of_entry(name, each) for name, each in pattern.items())), "")


def _of_entry(name: str, wanted: Any) -> str:
    if name == "$or" and isinstance(wanted, list):
        return next(filter(None, map(_of_object, wanted)), "")
    if isinstance(wanted, Mapping):
        return _of_object(wanted)
    if not isinstance(wanted, list):
        return f'"{name}" must be an object or an array'
    if not wanted:
        return "Empty arrays are not allowed"
    return next(filter(None, map(_of_value, wanted)), "")


def _of_value(wanted: Any) -> str:
    if isinstance(wanted, Mapping):
        if len(wanted) != 1:
            return "Only one key allowed in match expression"
        ((name, argument),) = wanted.items()
        test = _OPERATORS.get(name)
        return f"Unrecognized match type {name}" if test is None else test(argument)
    if wanted is None or isinstance(wanted, (str, int, float)):
        return ""
    return "Match value must be String, number, true, false, or null"


def _affix(kind: str) -> Callable[[Any], str]:
    def fault(argument: Any) -> str:
        if isinstance(argument, Mapping):
            is_right = list(argument) == ["equals-ignore-case"]
            argument = argument.get("equals-ignore-case")
        else:
            is_right = True
        is_right = is_right and isinstance(argument, str)
        return "" if is_right else f"{kind} match pattern must be a string"

    return fault


def _text(kind: str) -> Callable[[Any], str]:
    return lambda argument: (
        "" if isinstance(argument, str) else f"{kind} match pattern must be a string"
    )


def _wildcard(argument: Any) -> str:
    if isinstance(argument, str) and "**" in argument:
        return f"Consecutive wildcard characters at pos {argument.index('**')}"
    return _text("wildcard")(argument)


def _exists(argument: Any) -> str:
    return (
        "" if isinstance(argument, bool) else "exists match pattern must be either true or false."
    )


def _anything_but(argument: Any) -> str:
    if isinstance(argument, Mapping):
        if len(argument) != 1:
            return "Only one key allowed in match expression"
        ((name, inner),) = argument.items()
        test = _INSIDE_ANYTHING_BUT.get(name)
        if test is None:
            return f"Unsupported anything-but pattern: {name}"
        return next(filter(None, map(test, inner if isinstance(inner, list) else [inner])), "")
    given = argument if isinstance(argument, list) else [argument]
    if not given or not all(each is None or isinstance(each, (str, int, float)) for each in given):
        return "Value of anything-but must be an array or single string/number value."
    return ""


def _numeric(argument: Any) -> str:
    if not isinstance(argument, list):
        return "Value of numeric must be an array."
    if not argument or len(argument) % 2:
        return "Invalid member in numeric match: a comparison needs an operator and a number"
    for sign, bound in zip(argument[::2], argument[1::2], strict=True):
        if sign not in _COMPARISONS:
            return f"Unrecognized numeric range operator: {sign}"
        if isinstance(bound, bool) or not isinstance(bound, (int, float)):
            return f"Value of {sign} must be numeric"
    return ""


def _cidr(argument: Any) -> str:
    try:
        ipaddress.ip_network(argument, strict=False)
    except (TypeError, ValueError):
        return "Malformed CIDR, one '/' required"
    return ""


_INSIDE_ANYTHING_BUT: Mapping[str, Callable[[Any], str]] = {
    "prefix": _affix("prefix"),
    "suffix": _affix("suffix"),
    "equals-ignore-case": _text("equals-ignore-case"),
    "wildcard": _wildcard,
}

_OPERATORS: Mapping[str, Callable[[Any], str]] = {
    **_INSIDE_ANYTHING_BUT,
    "anything-but": _anything_but,
    "cidr": _cidr,
    "exists": _exists,
    "numeric": _numeric,
}
