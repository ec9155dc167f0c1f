"""The path in a finding of each attribute that filters and sort criteria name.

The names are those of ``AwsSecurityFindingFilters``: ``SeverityLabel`` is ``Severity.Label``,
``ResourceAwsEc2InstanceVpcId`` is ``Resources[].Details.AwsEc2Instance.VpcId``. The service model
has both names and fields, so that the paths are computed and not listed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from membership_mock.engine.protocol import model
from membership_mock.engine.protocol.model import ListShape, Shape, StructureShape

#: structures that the names of filters leave out
_PASSED_OVER = ("Remediation", "Details")


@cache
def attributes() -> dict[str, str]:
    """Return the attributes that findings can be filtered by, each with its kind of filter.

    The kinds are the names of shapes: ``StringFilter``, ``DateFilter`` and so on.
    """
    shape = model.service_model("securityhub").shape_for("AwsSecurityFindingFilters")
    return {name: member.member.name for name, member in shape.members.items()}


@cache
def path_of(attribute: str) -> tuple[str, ...]:
    """Return the names of the fields that lead to an attribute; lists on the way do not show.

    An attribute that no single field stands for (Keyword) has the empty path.
    """
    finding = model.service_model("securityhub").shape_for("AwsSecurityFinding")
    return _resolve(finding, attribute) or ()


def values(fields: Mapping[str, Any], path: tuple[str, ...]) -> list[Any]:
    """Return what stands at ``path``: nothing, one value, or one for each item of a list."""
    level: list[Any] = [fields]
    for name in path:
        below: list[Any] = []
        for item in level:
            value = item.get(name)
            if value is None:
                continue
            if type(value) is list:
                below += value
            else:
                below.append(value)
        level = below
    return level


def texts(value: Mapping[str, Any] | list[Any]) -> list[str]:
    """Return every text in a finding, or in a part of one."""
    found: list[str] = []
    _collect(value, found.append)
    return found


def _collect(value: Any, add: Callable[[str], None]) -> None:
    for item in value.values() if type(value) is dict else value:
        kind = type(item)
        if kind is str:
            add(item)
        elif kind is dict or kind is list:
            _collect(item, add)


def _resolve(shape: StructureShape, name: str) -> tuple[str, ...] | None:
    """Return the path to ``name`` below ``shape``; None if the shape does not have it."""
    members: dict[str, Shape] = shape.members
    for own in (name, f"{name}s"):
        if own in members:
            return (own,)
    if len(members) == 1:  # AssociatedStandards.StandardsId is called AssociatedStandardsId
        only = next(iter(members))
        if only.endswith(name):
            return (only,)
    for member in sorted(members, key=len, reverse=True):
        below = _structure(members[member])
        if below is None:
            continue
        for start in (member, member.removesuffix("s")):
            if name.startswith(start):
                rest = _resolve(below, name[len(start) :])
                if rest:
                    return (member, *rest)
        if member in _PASSED_OVER:
            rest = _resolve(below, name)
            if rest:
                return (member, *rest)
    return None


def _structure(shape: Shape) -> StructureShape | None:
    """Return the structure that ``shape`` is, or is a list of; None if it is neither."""
    if isinstance(shape, ListShape):
        shape = shape.member
    return shape if isinstance(shape, StructureShape) else None
