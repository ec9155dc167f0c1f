"""The schemas of the package are those of CloudFormation, and every row fits its schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from types import SimpleNamespace
from typing import Any

import botocore
import pytest

from membership_mock.engine.cloudformation.conversion import member_of
from membership_mock.engine.cloudformation.resource_type import ResourceType
from membership_mock.engine.cloudformation.schemas import ResourceSchema
from membership_mock.engine.protocol.model import service_model
from membership_mock.services import SERVICES
from tests.engine.cloudformation.cfn_lint_schemas import FOLDERS, schemas_of

release = tuple(map(int, botocore.__version__.split(".")[:2]))
ROWS: list[tuple[ResourceType, str]] = [
    (kind, service) for service, backend in SERVICES.items() for kind in backend.resource_types()
]
by_row = pytest.mark.parametrize(
    ("kind", "service"), ROWS, ids=[kind.name.removeprefix("AWS::") for kind, _ in ROWS]
)


def ours(folder: str) -> dict[str, Any]:
    text = files(f"membership_mock.{folder}.cloudformation").joinpath("schemas.json").read_text()
    return dict(json.loads(text)["types"])


@pytest.mark.parametrize(("prefix", "folder"), FOLDERS.items(), ids=FOLDERS.values())
def test_the_schemas_are_those_of_cfn_lint(prefix: str, folder: str) -> None:
    pytest.importorskip("cfnlint", reason="cfn-lint is not installed")
    date, published = schemas_of(prefix)
    if (
        date[:10]
        not in files(f"membership_mock.{folder}.cloudformation")
        .joinpath("schemas.json")
        .read_text()
        .partition("\n")[0]
    ):
        pytest.skip(f"cfn-lint has schemas of another day, {date[:10]}")
    assert ours(folder) == published


def test_every_published_type_is_in_the_table() -> None:
    published = {name for folder in FOLDERS.values() for name in ours(folder)}
    assert published == {kind.name for kind, _ in ROWS}


@by_row
def test_every_pattern_is_one_that_python_reads(kind: ResourceType, service: str) -> None:
    del service
    for pattern in patterns(kind.schema._described):
        re.compile(pattern)


def patterns(described: Any) -> Iterator[str]:
    if isinstance(described, dict):
        yield from [each for each in (described.get("pattern"),) if isinstance(each, str)]
        yield from described.get("patternProperties", ())
        described = list(described.values())
    if isinstance(described, list):
        for each in described:
            yield from patterns(each)


@by_row
def test_the_identifier_and_the_attributes_are_known(kind: ResourceType, service: str) -> None:
    del service
    schema = kind.schema
    assert schema.primary
    assert set(schema.primary) | set(schema.read_only) <= set(schema.properties)
    assert kind.attributes.keys() <= set(schema.primary) | set(schema.read_only)
    if schema.taggable:
        assert kind.arn in schema.read_only


@by_row
def test_every_property_reaches_the_service(kind: ResourceType, service: str) -> None:
    """A property that no operation takes would be lost; a row that takes none is wrong."""
    if not set(kind.operations) <= set(service_model(service).operation_names):
        pytest.skip("the botocore in use does not know its operations")
    calls: Any = SimpleNamespace(model=service_model(service).operation_model)
    writable = set(kind.schema.properties) - set(kind.schema.read_only) - {"Tags"}
    assert writable - kind.taken(calls) <= NEW
    assert kind.elsewhere <= writable


@by_row
def test_the_api_requires_nothing_that_a_template_may_leave_out(
    kind: ResourceType, service: str
) -> None:
    """And every part of a property has its member in the API."""
    if not set(kind.operations) <= set(service_model(service).operation_names):
        pytest.skip("the botocore in use does not know its operations")
    shape = service_model(service).operation_model(kind.create.operation).input_shape
    found = set(differences(kind.schema, shape, kind.schema._described, ""))
    assert found <= DIFFERENT.get(kind.name, set()) | {
        each for each in found if release < (1, 43) and each.startswith(".")
    }


def differences(schema: ResourceSchema, shape: Any, described: Any, at: str) -> Iterator[str]:
    """Yield what the API requires and the schema does not, and parts that the API does not have."""
    described = schema._resolved(described)
    if shape.type_name == "list":
        yield from differences(schema, shape.member, described.get("items", {}), at)
    if shape.type_name != "structure":
        return
    choices = [described, *schema._choices(described)]
    properties = {name: each for one in choices for name, each in one.get("properties", {}).items()}
    required = {name for one in choices for name in one.get("required", ())}
    for name in shape.required_members:
        if member_of(properties, name) not in required:
            yield f"{at}.{name}"
    for name, each in properties.items():
        member = member_of(shape.members, name)
        if member is not None:
            yield from differences(schema, shape.members[member], each, f"{at}.{name}")
        elif at:
            yield f"{at}.{name}"


#: what a row brings about by a function
DIFFERENT = {
    "AWS::CleanRooms::Collaboration": {
        ".members",
        ".creatorMemberAbilities",
        ".Members.memberAbilities",
    },
    "AWS::CleanRooms::PrivacyBudgetTemplate": {
        ".Parameters.BudgetParameters",
        ".Parameters.Epsilon",
        ".Parameters.ResourceArn",
        ".Parameters.UsersNoisePerQuery",
    },
    "AWS::SecurityHub::PolicyAssociation": {".ConfigurationPolicyIdentifier", ".Target"},
    "AWS::SecurityHub::Standard": {".StandardsSubscriptionRequests"},
}

#: the properties that the oldest supported botocore does not know
NEW = {"IsMetricsEnabled"} if release < (1, 43) else set()


# --- the validator --------------------------------------------------------------------------------

SCHEMA = ResourceSchema(
    {
        "additionalProperties": False,
        "createOnlyProperties": ["/properties/Name", "/properties/Part/Fixed"],
        "definitions": {"Count": {"type": "integer", "minimum": 1, "maximum": 3}},
        "oneOf": [{"required": ["Name"]}, {"required": ["Other"]}],
        "primaryIdentifier": ["/properties/Id"],
        "properties": {
            "Count": {"$ref": "#/definitions/Count"},
            "Flag": {"type": "boolean"},
            "Id": {"type": "string"},
            "List": {
                "type": "array",
                "items": {"type": "string"},
                "minItems": 1,
                "maxItems": 2,
                "uniqueItems": True,
            },
            "Map": {
                "additionalProperties": False,
                "patternProperties": {"^[a-z]+$": {"type": "number"}},
                "type": "object",
            },
            "Name": {"type": "string", "minLength": 2, "maxLength": 3, "pattern": "^[a-z]*$"},
            "Other": {"enum": ["A", "B"], "type": "string"},
            "Part": {"type": "object", "properties": {"Fixed": {}, "Free": {}}},
        },
        "readOnlyProperties": ["/properties/Id"],
        "tags": False,
        "type": "object",
    }
)


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ({"Name": "ab", "Count": "2"}, {"Name": "ab", "Count": 2}),
        ({"Name": "ab", "Flag": "true"}, {"Name": "ab", "Flag": True}),
        ({"Name": "ab", "Map": {"a": "1.5"}}, {"Name": "ab", "Map": {"a": 1.5}}),
        ({"Name": "ab", "List": [1, True]}, {"Name": "ab", "List": ["1", "true"]}),
        ({"Other": "A", "Part": None}, {"Other": "A"}),
    ],
)
def test_text_and_numbers_take_the_type_of_the_schema(given: Any, taken: Any) -> None:
    assert SCHEMA.checked(given) == (taken, [])


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({}, "#: #: no subschema matched out of the total 2 subschemas"),
        ({"Name": "ab", "Id": "x"}, "#/Id: extraneous key [Id] is not permitted"),
        ({"Name": "ab", "X": 1}, "#: extraneous key [X] is not permitted"),
        ({"Name": "a"}, "#/Name: expected minLength: 2, actual: 1"),
        ({"Name": "abcd"}, "#/Name: expected maxLength: 3, actual: 4"),
        ({"Name": "AB"}, "#/Name: failed validation constraint for keyword [pattern]"),
        ({"Other": "C"}, "#/Other: C is not a valid enum value"),
        ({"Other": "A", "Count": 0}, "#/Count: 0 is not greater or equal to 1"),
        ({"Other": "A", "Count": 4}, "#/Count: 4 is not less or equal to 3"),
        ({"Other": "A", "Count": "many"}, "#/Count: expected type: Integer, found: String"),
        ({"Other": "A", "Flag": "maybe"}, "#/Flag: expected type: Boolean, found: String"),
        ({"Other": "A", "List": []}, "#/List: expected minimum item count: 1, found: 0"),
        ({"Other": "A", "List": ["1"] * 3}, "#/List: expected maximum item count: 2, found: 3"),
        ({"Other": "A", "List": ["1", 1]}, "#/List: array items are not unique"),
        ({"Other": "A", "List": [{}]}, "#/List/0: expected type: String, found: JSONObject"),
        ({"Other": "A", "Map": {"1": 1}}, "#/Map: extraneous key [1] is not permitted"),
        ({"Other": "A", "Map": [1]}, "#/Map: expected type: JSONObject, found: JSONArray"),
    ],
)
def test_a_fault_is_named_in_the_words_of_cloudformation(given: Any, fault: str) -> None:
    assert fault in SCHEMA.checked(given)[1]


def test_create_only_parts_of_a_property_are_compared() -> None:
    before = {"Name": "ab", "Part": {"Fixed": 1, "Free": 1}}
    changed = SCHEMA.changed_create_only
    assert changed(before, before) == ()
    assert changed(before, {"Name": "ab", "Part": {"Fixed": 1, "Free": 2}}) == ()
    assert changed(before, {"Name": "ab", "Part": {"Fixed": 2}}) == ("Part/Fixed",)
    assert changed(before, {"Part": {"Fixed": 1}}) == ("Name",)
