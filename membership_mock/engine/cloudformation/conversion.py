"""Converts the properties of a resource to the parameters of an operation, and answers back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from membership_mock.engine.protocol.model import Shape
from membership_mock.errors import UsageError


def member_of(names: Mapping[str, Any], name: str) -> str | None:
    """Return the entry of ``names`` that is spelt like ``name``, whatever the case."""
    if name in names:
        return name
    wanted = name.lower()
    return next((each for each in names if each.lower() == wanted), None)


def to_parameter(value: Any, shape: Shape, at: str) -> Any:
    """Return a property in the form that an operation takes.

    Names differ in case only, since all of AWS's schemas are derived from its APIs.

    Args:
        value: the property, in the types of its schema.
        shape: that of the operation's parameter.
        at: where the property stands, for a message.

    Raises:
        UsageError: the botocore in use does not know a part of the property.
    """
    if shape.type_name == "structure" and isinstance(value, Mapping) and shape.members:
        converted = {}
        for name, each in value.items():
            member = member_of(shape.members, name)
            if member is None:
                raise UsageError(
                    f"{at}.{name} is in CloudFormation's schema, but the botocore in use knows no"
                    f" such member of {shape.name}: leave it out, or install a newer botocore."
                )
            converted[member] = to_parameter(each, shape.members[member], f"{at}.{name}")
        return converted
    if shape.type_name == "map" and isinstance(value, Mapping):
        return {
            name: to_parameter(each, shape.value, f"{at}.{name}") for name, each in value.items()
        }
    if shape.type_name == "list" and isinstance(value, list):
        return [to_parameter(each, shape.member, at) for each in value]
    return value


def to_attribute(value: Any) -> Any:
    """Return a part of an answer in the form that ``Fn::GetAtt`` returns."""
    if isinstance(value, datetime):
        utc = value.astimezone(timezone.utc)
        return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return {name: to_attribute(each) for name, each in value.items()}
    if isinstance(value, list):
        return [to_attribute(each) for each in value]
    return value


def found_at(answer: Any, path: str) -> Any:
    """Return the part of an answer at a path such as ``Insights.0``; None if it has none."""
    for part in path.split(".") if path else ():
        if isinstance(answer, Mapping):
            answer = answer.get(part)
        elif isinstance(answer, list) and int(part) < len(answer):
            answer = answer[int(part)]
        else:
            return None
    return answer
