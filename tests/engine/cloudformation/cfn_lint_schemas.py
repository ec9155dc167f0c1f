"""The resource schemas that come with cfn-lint, without what the mock does not read.

`python -m tests.engine.cloudformation.cfn_lint_schemas` writes the files of the package anew.
"""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

#: the folder of each service in the package, by the start of its types
FOLDERS = {"AWS::CleanRooms::": "cleanrooms", "AWS::SecurityHub::": "securityhub"}

#: the keywords that are kept
KEPT = {
    "additionalProperties",
    "allOf",
    "anyOf",
    "createOnlyProperties",
    "definitions",
    "enum",
    "items",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "oneOf",
    "pattern",
    "patternProperties",
    "primaryIdentifier",
    "properties",
    "readOnlyProperties",
    "replacementStrategy",
    "required",
    "type",
    "uniqueItems",
    "$ref",
}
#: the keywords whose value is a mapping of names to schemas
NAMED = {"definitions", "patternProperties", "properties"}


def compact(schema: Any) -> Any:
    """Return a schema with the kept keywords only."""
    if isinstance(schema, list):
        return [compact(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {}
    for key, value in schema.items():
        if key in NAMED:
            kept[key] = {name: compact(each) for name, each in value.items()}
        elif key in KEPT:
            kept[key] = compact(value)
    return kept


def folder() -> Path:
    """Return the folder of cfn-lint's schemas."""
    spec = find_spec("cfnlint")
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent / "data" / "schemas"


def schemas_of(prefix: str) -> tuple[str, dict[str, Any]]:
    """Return the date of cfn-lint's schemas, and those of the types that start so."""
    root = folder()
    types = json.loads((root / "providers" / "us-east-1.json").read_text())
    found = {}
    for name, file in sorted(types.items()):
        if name.startswith(prefix):
            full = json.loads((root / "resources" / f"{file}.json").read_text())
            found[name] = compact(full)
            tagging = full.get("tagging", {})
            found[name]["tags"] = bool(tagging.get("taggable", True) and "Tags" in str(tagging))
    return json.loads((root / "version.json").read_text())["schema_date"], found


def write() -> None:
    """Write the files of the package."""
    package = Path(__file__).parents[3] / "membership_mock"
    for prefix, service in FOLDERS.items():
        date, found = schemas_of(prefix)
        lines = ",\n".join(
            f"{json.dumps(name)}: {json.dumps(schema, separators=(',', ':'), sort_keys=True)}"
            for name, schema in found.items()
        )
        source = f"CloudFormation's public resource schemas of {date[:10]}, from cfn-lint"
        path = package / service / "cloudformation" / "schemas.json"
        path.write_text(f'{{"source": "{source}",\n"types": {{\n{lines}\n}}}}\n')


if __name__ == "__main__":
    write()
