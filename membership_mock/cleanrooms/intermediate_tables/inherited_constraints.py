"""The constraints that an intermediate table inherits from the rules of its base tables.

Source: user guide, "Intermediate table analysis rule": receivers and additional analyses that all
base tables allow, columns that any of them disallows, and the strictest setting of
additional analyses. If all data belong to the owner, nothing is inherited.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass

#: the strictness of each setting of additional analyses; the order is documented
_STRICTNESS = {"NOT_ALLOWED": 0, "ALLOWED": 1, "REQUIRED": 2}

#: the separators between the parts of an ARN
_SEPARATORS = re.compile("[:/]")

_RECEIVERS = "allowedResultReceivers"
_ANALYSES = "allowedAdditionalAnalyses"
_COLUMNS = "disallowedOutputColumns"
_ADDITIONAL = "additionalAnalyses"


@dataclass(frozen=True, slots=True)
class BaseTable:
    """A table from which an intermediate table is made, with its consolidated rule.

    Attributes:
        name: its name in the collaboration.
        id: its id.
        type: its schema type.
        account_id: its owner.
        content: its consolidated rule, without version and type.
    """

    name: str
    id: str
    type: str
    account_id: str
    content: dict[str, Any]


def inherited(bases: Iterable[BaseTable]) -> dict[str, Any]:
    """Return the ``inheritedConstraints`` of a population that uses data of other members.

    Args:
        bases: the tables that its analysis names.
    """
    held = list(bases)
    found: dict[str, Any] = {}
    for name in (_RECEIVERS, _ANALYSES):
        having = [each for each in held if name in each.content]
        if having:
            named = dict.fromkeys(one for each in having for one in each.content[name])
            value = [
                one for one in named if all(_allow(each.content[name], one) for each in having)
            ]
            found[name] = {"value": value, "sources": _sources(having, name)}
    having = [each for each in held if _ADDITIONAL in each.content]
    if having:
        strictest = max((each.content[_ADDITIONAL] for each in having), key=_STRICTNESS.__getitem__)
        found[_ADDITIONAL] = {"value": strictest, "sources": _sources(having, _ADDITIONAL)}
    lineage = [
        {
            "column": column,
            "sourceColumn": column,
            "sourceName": each.name,
            "sourceId": each.id,
            "sourceType": each.type,
            "sourceAccountId": each.account_id,
        }
        for each in held
        for column in each.content.get(_COLUMNS, ())
    ]
    if lineage:
        columns = list(dict.fromkeys(each["column"] for each in lineage))
        found[_COLUMNS] = {"value": columns, "columnLineage": lineage}
    return found


def violations(content: dict[str, Any], constraints: dict[str, Any]) -> list[str]:
    """Return the members in which a rule is less strict than the inherited constraints.

    A member that the rule does not have counts as inherited (inferred [CR-151]).
    """
    found = []
    for name in content.keys() & constraints.keys():
        ours, theirs = content[name], constraints[name]["value"]
        if name == _ADDITIONAL:
            looser = _STRICTNESS[ours] < _STRICTNESS[theirs]
        elif name == _COLUMNS:
            looser = not set(theirs) <= set(ours)
        else:
            looser = not all(_allow(theirs, one) for one in ours)
        if looser:
            found.append(name)
    return sorted(found)


def consolidated(content: dict[str, Any], constraints: dict[str, Any]) -> dict[str, Any]:
    """Return a rule with the inherited constraints."""
    both = dict(content)
    for name in (_RECEIVERS, _ANALYSES):
        if name in constraints:
            allowed = constraints[name]["value"]
            both[name] = [one for one in content.get(name, allowed) if _allow(allowed, one)]
    if _COLUMNS in constraints:
        disallowed = [*content.get(_COLUMNS, ()), *constraints[_COLUMNS]["value"]]
        both[_COLUMNS] = list(dict.fromkeys(disallowed))
    if _ADDITIONAL in constraints:
        words = [content.get(_ADDITIONAL, "NOT_ALLOWED"), constraints[_ADDITIONAL]["value"]]
        both[_ADDITIONAL] = max(words, key=_STRICTNESS.__getitem__)
    return both


def _allow(allowed: Iterable[str], one: str) -> bool:
    """Return whether ``allowed`` has an account or ARN, or an ARN that covers it.

    An ARN may have ``*`` in place of the account, the membership or the id (documented).
    """
    parts = _SEPARATORS.split(one)
    for each in allowed:
        pattern = _SEPARATORS.split(each)
        if len(pattern) == len(parts) and all(
            wide in ("*", narrow) for wide, narrow in zip(pattern, parts, strict=True)
        ):
            return True
    return False


def _sources(bases: Iterable[BaseTable], name: str) -> list[dict[str, Any]]:
    return [
        {
            "name": each.name,
            "id": each.id,
            "type": each.type,
            "value": each.content[name],
            "sourceAccountId": each.account_id,
        }
        for each in bases
    ]
