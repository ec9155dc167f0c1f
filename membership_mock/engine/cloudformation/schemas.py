"""CloudFormation's schema of a resource type: its properties, and what a template may say.

AWS publishes the schemas. The parts that are read here are in a file beside the rows of a service.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

#: the names of JSON's types in the texts of CloudFormation's validator
_NAMES = {
    "array": "JSONArray",
    "boolean": "Boolean",
    "integer": "Integer",
    "number": "Number",
    "object": "JSONObject",
    "string": "String",
}


class ResourceSchema:
    """The schema of one resource type.

    Args:
        described: as in CloudFormation's registry.

    Attributes:
        properties: the names of all properties.
        primary: those that identify a resource, in the order of its physical id.
        read_only: those that only the service sets, which ``Fn::GetAtt`` returns.
        create_only: those that cannot be changed; ``Parameters/ResourceArn`` is a part of one.
        taggable: whether a resource has tags.
        deletes_first: whether a resource that has to be replaced is deleted before the new one is
            created, and not after.
    """

    def __init__(self, described: Mapping[str, Any]) -> None:
        self._described = described
        self._definitions: Mapping[str, Any] = described.get("definitions", {})
        self.properties: tuple[str, ...] = tuple(described["properties"])
        self.primary = _names(described, "primaryIdentifier")
        self.read_only = _names(described, "readOnlyProperties")
        self.create_only = _names(described, "createOnlyProperties")
        self.required: tuple[str, ...] = tuple(described.get("required", ()))
        self.taggable: bool = described["tags"]
        self.deletes_first = described.get("replacementStrategy") == "delete_then_create"

    def checked(self, properties: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """Return properties in the types of the schema, and what is wrong with them.

        CloudFormation takes text for a number and the reverse, because parameters are text.

        Args:
            properties: as the template gives them, with its functions resolved.

        Returns:
            The properties, and a line per fault in CloudFormation's words; no line if all is well.
        """
        faults = [
            f"#/{name}: extraneous key [{name}] is not permitted"
            for name in properties
            if name in self.read_only and name not in self.required
        ]
        given = {name: value for name, value in properties.items() if name not in self.read_only}
        value = self._converted(given, self._described)
        return value, faults + list(self._faults(value, self._described, "#"))

    def changed_create_only(
        self, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> tuple[str, ...]:
        """Return the properties that differ and cannot be changed."""
        return tuple(
            path for path in self.create_only if _value_at(before, path) != _value_at(after, path)
        )

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            schema = self._definitions[schema["$ref"].rpartition("/")[2]]
        return schema

    def _choices(self, schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        return [
            self._resolved(each) for each in (*schema.get("oneOf", ()), *schema.get("anyOf", ()))
        ]

    def _type(self, schema: Mapping[str, Any]) -> Any:
        return schema.get("type") or ("object" if "properties" in schema else None)

    def _converted(self, value: Any, schema: Mapping[str, Any]) -> Any:
        schema = self._resolved(schema)
        if isinstance(value, dict):
            inner = {
                name: found
                for each in (*self._choices(schema), schema)
                for name, found in each.get("properties", {}).items()
            }
            patterns = list(schema.get("patternProperties", {}).values())
            rest = patterns[0] if patterns else {}
            return {
                name: self._converted(each, inner.get(name, rest))
                for name, each in value.items()
                if each is not None
            }
        if isinstance(value, list):
            return [self._converted(each, schema.get("items", {})) for each in value]
        return _scalar(value, self._type(schema))

    def _faults(self, value: Any, schema: Mapping[str, Any], at: str) -> Iterator[str]:
        schema = self._resolved(schema)
        wanted = self._type(schema)
        if isinstance(wanted, str) and not _is(value, wanted):
            yield f"{at}: expected type: {_NAMES[wanted]}, found: {_name_of(value)}"
            return
        if "enum" in schema and value not in schema["enum"]:
            yield f"{at}: {value} is not a valid enum value"
        choices = self._choices(schema)
        if choices and all(any(self._faults(value, each, at)) for each in choices):
            known = [self._faults(value, each, at) for each in choices]
            yield from (
                next(iter(known))
                if len(known) == 1
                else [f"{at}: #: no subschema matched out of the total {len(choices)} subschemas"]
            )
        if isinstance(value, dict):
            yield from self._faults_of_object(value, schema, at)
        elif isinstance(value, list):
            yield from self._faults_of_list(value, schema, at)
        else:
            yield from _faults_of_scalar(value, schema, at)

    def _faults_of_object(
        self, value: Mapping[str, Any], schema: Mapping[str, Any], at: str
    ) -> Iterator[str]:
        for name in schema.get("required", ()):
            if name not in value:
                yield f"{at}: required key [{name}] not found"
        described = schema.get("properties", {})
        patterns = schema.get("patternProperties", {})
        for name, each in value.items():
            found = described.get(name)
            if found is None:
                found = next((s for p, s in patterns.items() if _matches(p, name)), None)
            if found is not None:
                yield from self._faults(each, found, f"{at}/{name}")
            elif schema.get("additionalProperties") is False:
                yield f"{at}: extraneous key [{name}] is not permitted"

    def _faults_of_list(
        self, value: list[Any], schema: Mapping[str, Any], at: str
    ) -> Iterator[str]:
        if len(value) < schema.get("minItems", 0):
            yield f"{at}: expected minimum item count: {schema['minItems']}, found: {len(value)}"
        if len(value) > schema.get("maxItems", len(value)):
            yield f"{at}: expected maximum item count: {schema['maxItems']}, found: {len(value)}"
        if schema.get("uniqueItems") and any(each in value[:i] for i, each in enumerate(value)):
            yield f"{at}: array items are not unique"
        for number, each in enumerate(value):
            yield from self._faults(each, schema.get("items", {}), f"{at}/{number}")


def _faults_of_scalar(value: Any, schema: Mapping[str, Any], at: str) -> Iterator[str]:
    if isinstance(value, str):
        if len(value) < schema.get("minLength", 0):
            yield f"{at}: expected minLength: {schema['minLength']}, actual: {len(value)}"
        if len(value) > schema.get("maxLength", len(value)):
            yield f"{at}: expected maxLength: {schema['maxLength']}, actual: {len(value)}"
        if "pattern" in schema and not _matches(schema["pattern"], value):
            yield f"{at}: failed validation constraint for keyword [pattern]"
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        if value < schema.get("minimum", value):
            yield f"{at}: {value} is not greater or equal to {schema['minimum']}"
        if value > schema.get("maximum", value):
            yield f"{at}: {value} is not less or equal to {schema['maximum']}"


def _scalar(value: Any, wanted: Any) -> Any:
    """Return a number or a truth value as text, or the reverse, if the schema wants it."""
    if wanted == "string" and isinstance(value, (bool, int, float)):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if wanted == "boolean" and isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if wanted in ("integer", "number") and isinstance(value, str):
        try:
            return int(value) if wanted == "integer" else float(value)
        except ValueError:
            return value
    return value


def _is(value: Any, wanted: str) -> bool:
    if isinstance(value, bool):
        return wanted == "boolean"
    kinds: dict[str, Any] = {
        "array": list,
        "boolean": bool,
        "integer": int,
        "number": (int, float),
        "object": dict,
        "string": str,
    }
    return isinstance(value, kinds[wanted])


def _name_of(value: Any) -> str:
    found = {dict: "JSONObject", list: "JSONArray", str: "String", bool: "Boolean"}
    return found.get(type(value), "Null" if value is None else "Number")


def _matches(pattern: str, value: str) -> bool:
    return re.search(pattern, value) is not None  # Python keeps the compiled pattern


def _names(described: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(path.removeprefix("/properties/") for path in described.get(key, ()))


def _value_at(properties: Mapping[str, Any], path: str) -> Any:
    found: Any = properties
    for part in path.split("/"):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


@cache
def schemas(package: str) -> dict[str, ResourceSchema]:
    """Return the schemas of a service's types, read once per process.

    Args:
        package: the package that holds the file ``schemas.json``.
    """
    described = json.loads(files(package).joinpath("schemas.json").read_text("utf-8"))["types"]
    return {name: ResourceSchema(each) for name, each in described.items()}
