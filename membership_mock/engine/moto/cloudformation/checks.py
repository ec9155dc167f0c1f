"""Checks of a template before anything is made: what CloudFormation refuses at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from membership_mock.engine.moto.cloudformation.stack_resources import TypeTable
from membership_mock.engine.moto.cloudformation.templates import (
    CircularDependency,
    dependencies,
    in_order,
    references,
    resources_of,
)


def refusal(template: Mapping[str, Any], table: TypeTable) -> str:
    """Return why CloudFormation refuses a template with a resource of ours; empty if it accepts it.

    The texts are observed in public reports.
    """
    resources = resources_of(template)
    malformed = _malformed(template)
    if malformed:
        return malformed
    known = {*resources, *template.get("Parameters", {}), *template.get("Mappings", {})}
    unknown = {
        name
        for each in resources.values()
        for name in dependencies(each)
        if name not in known and not name.startswith("AWS::")
    }
    if unknown:
        return (
            "Template format error: Unresolved resource dependencies"
            f" [{', '.join(sorted(unknown))}] in the Resources block of the template"
        )
    unknown = {
        name
        for name, _ in references(template.get("Outputs") or {})
        if name not in known and not name.startswith("AWS::")
    }
    if unknown:
        return (
            "Template format error: Unresolved resource dependencies"
            f" [{', '.join(sorted(unknown))}] in the Outputs block of the template"
        )
    for each in (*resources.values(), template.get("Outputs") or {}):
        for name, attribute in references(each):
            kind = table.find(resources.get(name, {}).get("Type"))
            if kind is None or not attribute:
                continue
            if attribute.partition(".")[0] not in kind.schema.read_only:
                return (
                    f"Template error: resource {name} does not support attribute type {attribute}"
                    " in Fn::GetAtt"
                )
    try:
        in_order(resources)
    except CircularDependency as circle:
        return str(circle)
    return ""


def _malformed(template: Mapping[str, Any]) -> str:
    """Return what is wrong with the form of a template; empty if nothing is.

    Without this check, moto would fail with an error of Python. The texts on members that have to
    be objects are inferred, the others observed.
    """
    given = template["Resources"]
    conditions = template.get("Conditions") or {}
    for name, each in given.items():
        if not isinstance(each, Mapping):
            return "Template format error: Any Resources member must be an object."
        if not isinstance(each.get("Type"), str):
            return (
                f"Template format error: [/Resources/{name}] Every Resources object must contain a"
                " Type member."
            )
        if not isinstance(each.get("Properties", {}), Mapping):
            return (
                f"Template format error: [/Resources/{name}] Any Properties member must be an"
                " object."
            )
        condition = each.get("Condition")
        if condition is not None and (
            not isinstance(condition, str) or condition not in conditions
        ):
            return (
                f"Template format error: Unresolved condition dependency {condition} in the"
                " Resources block of the template"
            )
    outputs = template.get("Outputs") or {}
    if not isinstance(outputs, Mapping):
        return "Template format error: Outputs must be an object."
    for name, each in outputs.items():
        if not isinstance(each, Mapping):
            return "Template format error: Any Outputs member must be an object."
        if "Value" not in each:
            return (
                f"Template format error: [/Outputs/{name}] Every Outputs member must contain a"
                " Value object."
            )
    return _malformed_function(template)


def _malformed_function(value: Any) -> str:
    """Return what is wrong with the arguments of a function; empty if nothing is."""
    if isinstance(value, Mapping):
        for name, given in value.items():
            if name == "Fn::GetAtt" and not _is_attribute(given):
                return (
                    "Template error: every Fn::GetAtt object requires two non-empty parameters, the"
                    " resource name and the resource attribute"
                )
            if name == "Fn::Sub" and not _is_substitution(given):
                return (
                    "Template error: One or more Fn::Sub intrinsic functions don't specify expected"
                    " arguments. Specify a string as first argument, and an optional second"
                    " argument to specify a mapping of values to replace in the string"
                )
    if not isinstance(value, (Mapping, list)):
        return ""
    inner = value.values() if isinstance(value, Mapping) else value
    return next(filter(None, map(_malformed_function, inner)), "")


def _is_attribute(given: Any) -> bool:
    if isinstance(given, list):  # moto splits the short form of YAML at every dot
        return len(given) > 1 and isinstance(given[0], str)
    return isinstance(given, str) and "." in given


def _is_substitution(given: Any) -> bool:
    if isinstance(given, list) and len(given) == 2:
        return isinstance(given[0], str) and isinstance(given[1], Mapping)
    return isinstance(given, str)


def unrecognized(types: Iterable[str]) -> str:
    """Return AWS's message for unknown types (observed in public reports)."""
    return f"Template format error: Unrecognized resource types: [{', '.join(types)}]"
