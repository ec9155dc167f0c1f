"""Reads a template: the types of its resources, and which resource needs which."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

# no name has a dollar sign, and without it unclosed names take no quadratic time
_SUBSTITUTED = re.compile(r"\$\{([^!}$][^}$]*)\}")

#: the type of a stack in a stack
NESTED = "AWS::CloudFormation::Stack"


#: what moto raises when it does not understand a template
STUMBLES = (AttributeError, IndexError, KeyError, TypeError, ValueError)


def unreadable(error: BaseException) -> str:
    """Return the refusal of a template that moto does not understand; AWS's text differs."""
    return f"Template format error: moto cannot read the template: {type(error).__name__}: {error}"


def parsed(text: str, models: Any) -> Any:
    """Return a parsed template.

    Args:
        text: the template.
        models: moto's models of CloudFormation, which read YAML; JSON is read faster here.

    Raises:
        Exception: it is neither JSON nor YAML.
    """
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text)
        except ValueError:
            pass  # YAML may begin with a brace too
    return models.Stack.parse_template(text)


def resources_of(template: Any) -> dict[str, dict[str, Any]]:
    """Return the resources of a parsed template that are mappings, by logical id."""
    found = template.get("Resources") if isinstance(template, Mapping) else None
    if not isinstance(found, Mapping):
        return {}
    return {str(name): each for name, each in found.items() if isinstance(each, dict)}


def types_of(template: Any) -> set[str]:
    """Return the types of a parsed template."""
    found = (each.get("Type") for each in resources_of(template).values())
    return {kind for kind in found if isinstance(kind, str)}


def attribute_of(given: Any) -> tuple[Any, Any]:
    """Return the resource and the attribute that ``Fn::GetAtt`` names, in any of its forms."""
    parts = given.split(".", 1) if isinstance(given, str) else given
    rest = parts[1:]
    return parts[0], rest[0] if len(rest) == 1 else ".".join(map(str, rest))


def references(value: Any) -> Iterator[tuple[str, str]]:
    """Yield what a part of a template refers to: a name, and the attribute or an empty text."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            if key == "Ref" and isinstance(each, str):
                yield each, ""
            elif key == "Fn::GetAtt" and isinstance(each, (list, str)):
                if each and isinstance(each[0], str):
                    name, attribute = attribute_of(each)
                    yield name, attribute if isinstance(attribute, str) else str(attribute)
                    yield from references(attribute)
            elif key == "Fn::Sub":
                yield from _substituted(each)
            else:
                yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def _substituted(value: Any) -> Iterator[tuple[str, str]]:
    text, own = (value, {}) if isinstance(value, str) else (value[0], value[1])
    yield from references(list(own.values()))
    for name in _SUBSTITUTED.findall(text):
        resource, _, attribute = name.strip().partition(".")
        if resource not in own:
            yield resource, attribute


def dependencies(resource: Mapping[str, Any]) -> set[str]:
    """Return what a resource needs first: what it refers to, and what it depends on."""
    depends = resource.get("DependsOn") or []
    return {
        *([depends] if isinstance(depends, str) else depends),
        *(name for name, _ in references(resource.get("Properties", {}))),
    }


def in_order(resources: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the logical ids in an order in which each comes after those that it needs.

    Otherwise they keep the order of the template, so a test runs in the same way each time. On AWS,
    resources that do not need each other are created at the same time.

    Raises:
        CircularDependency: some need each other.
    """
    ordered: dict[str, None] = {}
    visiting: dict[str, None] = {}

    def visit(name: str) -> None:
        if name in ordered:
            return
        if name in visiting:
            names = list(visiting)
            raise CircularDependency(names[names.index(name) :])
        visiting[name] = None
        for needed in sorted(
            dependencies(resources[name]) & resources.keys(), key=position.__getitem__
        ):
            visit(needed)
        del visiting[name]
        ordered[name] = None

    position = {name: number for number, name in enumerate(resources)}
    for name in resources:
        visit(name)
    return list(ordered)


class CircularDependency(Exception):
    """Resources need each other.

    Attributes:
        names: their logical ids.
    """

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"Circular dependency between resources: [{', '.join(names)}]")
        self.names = names
