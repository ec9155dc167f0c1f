"""Values for the members of an injected error that the test does not set, taken from the call.

Every value fits the model. That AWS would choose the same value is inferred.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from membership_mock.engine.protocol.model import snake
from membership_mock.engine.state.quotas import Quota, limit_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from membership_mock.engine.pipeline.hooks import InterceptedCall
    from membership_mock.engine.protocol.model import Shape, StructureShape

#: the reasons to choose from: the first that the model knows
_REASONS = ("OTHER", "INVALID_CONFIGURATION", "INVALID_STATE")
_FIELDS = "FIELD_VALIDATION_FAILED"
_RESOURCE = re.compile(r"(.+?)(?:Id|Identifier|Arn)", re.IGNORECASE)
_WORD = re.compile(r"[A-Z][a-z0-9]*")


def fill(shape: StructureShape, given: Mapping[str, Any], call: InterceptedCall) -> dict[str, Any]:
    """Return values for the members of an error's shape that are not ``given``, by name.

    Args:
        shape: the error's.
        given: the members that the test sets, by name.
        call: the call that fails.
    """
    filled: dict[str, Any] = {}
    resource_type, resource_id = _resource(call, shape.members.get("resourceType"))
    quota_name, quota_value = _cleanrooms_quota(call)
    for name, member in shape.members.items():
        if name in given or name.lower() in ("message", "code"):
            continue  # the message is in every error, and so is the code
        if name == "resourceId":
            filled[name] = resource_id
        elif name == "resourceType":
            filled[name] = resource_type
        elif name == "serviceCode":
            filled[name] = call.context.service
        elif name == "quotaCode":
            filled[name] = _quota_code(call)
        elif name == "quotaName":
            filled[name] = quota_name
        elif name == "quotaValue":
            filled[name] = quota_value
        elif name == "reason" and "fieldList" in given and _FIELDS in _enum(member):
            filled[name] = _FIELDS
        elif _enum(member):
            filled[name] = next(
                (each for each in _REASONS if each in _enum(member)), _enum(member)[0]
            )
        elif name in shape.required_members:
            filled[name] = _any(member)
    return filled


def sample(shape: StructureShape) -> dict[str, Any]:
    """Return values for the members that an error of this shape has to have, whatever the call."""
    return {
        name: (_enum(shape.members[name]) or [_any(shape.members[name])])[0]
        for name in shape.required_members
        if name.lower() != "message"
    }


def _enum(member: Shape) -> list[str]:
    return list(getattr(member, "enum", None) or ())


def _any(member: Shape) -> Any:
    """Return a value for a member of an unknown purpose, by its type."""
    values: dict[str, Any] = {"integer": 1, "long": 1, "double": 1.0, "float": 1.0, "boolean": True}
    values |= {"list": [], "map": {}, "structure": {}}
    return values.get(member.type_name, "unknown")


def _resource(call: InterceptedCall, type_member: Shape | None) -> tuple[str, str]:
    """Return type and id of the innermost resource that the call names.

    A call that names no resource is about the one that it creates; its id is the caller's account.
    """
    enum = _enum(type_member) if type_member is not None else []
    for name, value in _identifiers(call):
        kind = _typed(name, enum)
        if kind is not None:
            return kind, value
    noun = "".join(_WORD.findall(call.context.operation)[1:])
    made = _typed(noun, enum) or ("MEMBERSHIP" if "MEMBERSHIP" in enum else [*enum, noun][0])
    found = next((value for _, value in _identifiers(call)), call.context.account_id)
    return made, found


def _identifiers(call: InterceptedCall) -> Iterator[tuple[str, str]]:
    """Yield kind and value of what the call names: in the path from its end, then in the body."""
    model = call.model
    path = re.findall(r"{(\w+)\+?}", model.http["requestUri"])
    shape = model.input_shape
    others = [name for name in (shape.members if shape else ()) if name not in path]
    for name in [*reversed(path), *others]:
        value = call.arguments.get(snake(name))
        found = _RESOURCE.fullmatch(name)
        if found is not None and isinstance(value, str):
            yield found[1], value


def _typed(kind: str, enum: list[str]) -> str | None:
    """Return a kind of resource as the model spells it; None if the model has no such kind."""
    if not enum:
        return kind[:1].upper() + kind[1:]
    words = _WORD.findall(kind[:1].upper() + kind[1:])
    spelled = "_".join(words).upper()
    return spelled if spelled in enum else None


def _quota_code(call: InterceptedCall) -> str:
    from membership_mock.security_ir.quotas import ACTIVE, CREATED_IN_A_DAY

    quota = ACTIVE.get(str(call.arguments.get("resolver_type")), CREATED_IN_A_DAY)
    return str(quota.code)


def _cleanrooms_quota(call: InterceptedCall) -> tuple[str, float]:
    """Return the quota of Clean Rooms whose name has most in common with the operation's."""
    from membership_mock.cleanrooms.quotas import QUOTAS

    words = [word.lower() for word in _WORD.findall(call.context.operation)[1:]]

    def in_common(quota: Quota) -> int:
        counted = [_singular(word) for word in quota.title.partition(" per ")[0].lower().split()]
        return sum((2 if word == words[-1] else 1) for word in words if _singular(word) in counted)

    quota = max(QUOTAS, key=in_common)
    context = call.context
    return quota.title, float(limit_of(context.world, quota, context.account_id, context.region))


def _singular(word: str) -> str:
    return re.sub(r"ies$", "y", word) if word.endswith("ies") else word.removesuffix("s")
