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
    """Return why CloudFormation refuses a template with a resource of ours; empty if it does not.

    The texts are observed in public reports.
    """
    resources = resources_of(template)
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


def unrecognized(types: Iterable[str]) -> str:
    """Return AWS's message for types that it does not know (observed in public reports)."""
    return f"Template format error: Unrecognized resource types: [{', '.join(types)}]"
