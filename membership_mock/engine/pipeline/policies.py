"""Evaluates identity-based policies of IAM for an action on a resource.

Source: the IAM user guide on policy evaluation, on policy elements and on condition operators.
"""

from __future__ import annotations

import fnmatch
import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timezone
from enum import Enum
from functools import lru_cache
from typing import Any

#: returns the values of a condition key, whose name is in lower case; None for a key that the
#: request does not have
Keys = Callable[[str], Sequence[str] | None]


class Decision(Enum):
    """The result of evaluating policies."""

    ALLOWED = "allowed"
    DENIED = "explicitly denied"
    NOT_ALLOWED = "not allowed"


def decide(
    policies: Iterable[Mapping[str, Any]], action: str, resource: str, keys: Keys
) -> Decision:
    """Return whether policies allow an action on a resource.

    Args:
        policies: the documents, parsed from JSON.
        action: with the service, e.g. ``securityhub:GetFindings``.
        resource: an ARN, or ``*`` for an action on no resource.
        keys: the condition keys of the request.
    """
    decision = Decision.NOT_ALLOWED
    for policy in policies:
        for statement in _listed(policy.get("Statement", [])):
            if not _applies(statement, action, resource, keys):
                continue
            if statement.get("Effect") == "Deny":
                return Decision.DENIED
            decision = Decision.ALLOWED
    return decision


def _applies(statement: Mapping[str, Any], action: str, resource: str, keys: Keys) -> bool:
    lower = action.lower()
    if "NotAction" in statement:
        acts = not any(_like(each.lower(), lower) for each in _listed(statement["NotAction"]))
    else:
        acts = any(_like(each.lower(), lower) for each in _listed(statement.get("Action", [])))
    if not acts:
        return False
    if "NotResource" in statement:
        patterns = _listed(statement["NotResource"])
        concerns = not any(_like(_filled(each, keys), resource) for each in patterns)
    else:
        patterns = _listed(statement.get("Resource", []))
        concerns = any(_like(_filled(each, keys), resource) for each in patterns)
    return concerns and all(
        _holds(operator, key, _listed(wanted), keys)
        for operator, tests in statement.get("Condition", {}).items()
        for key, wanted in tests.items()
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _filled(text: str, keys: Keys) -> str:
    """Replace the variables in a text of a policy, such as ``${aws:PrincipalAccount}``."""

    def value(found: re.Match[str]) -> str:
        name, _, default = found[1].partition(",")
        if name in ("*", "?", "$"):
            return name
        held = keys(name.strip().lower())
        return held[0] if held else default.strip().strip("'") or found[0]

    return re.sub(r"\$\{([^}]+)\}", value, text) if "${" in text else text


@lru_cache(maxsize=1024)
def _expression(pattern: str) -> re.Pattern[str]:
    # only * and ? are special in a policy
    return re.compile(fnmatch.translate(pattern.replace("[", "[[]")), re.DOTALL)


def _like(pattern: str, text: str) -> bool:
    return pattern in ("*", text) or _expression(pattern).match(text) is not None


def _same(wanted: str, value: str) -> bool:
    return wanted == value


def _same_in_any_case(wanted: str, value: str) -> bool:
    return wanted.casefold() == value.casefold()


def _arn_like(wanted: str, value: str) -> bool:
    """Compare two ARNs part by part: a wildcard does not match across a colon."""
    patterns, parts = wanted.split(":", 5), value.split(":", 5)
    return len(patterns) == len(parts) and all(map(_like, patterns, parts))


def _numeric(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    return lambda wanted, value: compare(float(value), float(wanted))


def _dated(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    return lambda wanted, value: compare(_moment(value), _moment(wanted))


def _moment(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()


def _in_network(wanted: str, value: str) -> bool:
    return ipaddress.ip_address(value) in ipaddress.ip_network(wanted, strict=False)


_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "Equals": lambda a, b: a == b,
    "LessThan": lambda a, b: a < b,
    "LessThanEquals": lambda a, b: a <= b,
    "GreaterThan": lambda a, b: a > b,
    "GreaterThanEquals": lambda a, b: a >= b,
}

_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": _same,
    "StringEqualsIgnoreCase": _same_in_any_case,
    "StringLike": _like,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "Bool": _same_in_any_case,
    "BinaryEquals": _same,
    "IpAddress": _in_network,
    **{f"Numeric{name}": _numeric(compare) for name, compare in _COMPARE.items()},
    **{f"Date{name}": _dated(compare) for name, compare in _COMPARE.items()},
}

#: the operators that are the opposite of another one
_OPPOSITES: Mapping[str, str] = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
}


def _holds(operator: str, key: str, wanted: Sequence[Any], keys: Keys) -> bool:
    """Return whether one condition holds."""
    quantifier, _, name = operator.rpartition(":")
    if_exists = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    values = keys(key.lower())
    texts = [_filled(_text(each), keys) for each in wanted]
    if name == "Null":
        return (values is None) == (texts[0].lower() == "true")
    is_opposite = name in _OPPOSITES
    test = _OPERATORS.get(_OPPOSITES.get(name, name))
    if test is None:  # IAM accepts no policy with an operator that does not exist
        return False
    if values is None:
        return if_exists or is_opposite or quantifier == "ForAllValues"
    found = [any(_safely(test, each, value) for each in texts) for value in values]
    if is_opposite:
        found = [not each for each in found]
    if quantifier == "ForAnyValue":
        return any(found)
    return all(found)


def _safely(test: Callable[[str, str], bool], wanted: str, value: str) -> bool:
    """Return whether a test holds; False for a value of another type than the operator's."""
    try:
        return test(wanted, value)
    except ValueError:
        return False


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
