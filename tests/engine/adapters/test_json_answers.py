"""JSON answers are parsed quickly, and equal to what botocore's own parser returns."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.parsers import BaseJSONParser, JSONParser, RestJSONParser
from hypothesis import given, settings
from hypothesis import strategies as st

from membership_mock import mock_membership
from membership_mock.engine.protocol.model import service_model
from membership_mock.services import SERVICES
from tests.engine.adapters.shape_models import BODY_SHAPES, is_run, members, model_of, outcome
from tests.many_cases import ManyCases

OUTPUT = model_of(BODY_SHAPES).operation_model("Act").output_shape
OWN_STRUCTURES = BaseJSONParser._handle_structure

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 2),
    st.integers(1_600_000_000, 1_900_000_000),
    st.floats(),
    st.sampled_from(
        ["", "true", "ab", "12", "2026-01-31T12:34:56.789Z", "YWI=", "no base64", "NaN", "\ud800"]
    ),
)
names = st.sampled_from(
    [*BODY_SHAPES["Root"]["members"], "RenamedOnTheWire", "name", "inner", "a", "b", "__type", "x"]
)
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=6),
    max_leaves=12,
)


class _OwnRest(RestJSONParser):
    """botocore's parser, which the mock does not know."""

    def _parse_shape(self, shape: Any, node: Any) -> Any:
        return super()._parse_shape(shape, node)


class _OwnJson(JSONParser):
    def _parse_shape(self, shape: Any, node: Any) -> Any:
        return super()._parse_shape(shape, node)


@pytest.fixture(autouse=True)
def _mock() -> Iterator[None]:
    with mock_membership():
        yield


def parsed(parser: Any, document: Any, shape: Any = OUTPUT) -> Any:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return parser.parse({"status_code": 200, "headers": {}, "body": body}, shape)


def fitting(shape: Shape, depth: int = 0) -> Any:
    """Return a JSON value of a shape, with all of its members."""
    if isinstance(shape, StructureShape):
        wires = {each.serialization.get("name", name): each for name, each in shape.members.items()}
        chosen = list(wires.items())[: 1 if shape.metadata.get("union") else None]
        found = {
            wire: fitting(member, depth + 1)
            for wire, member in chosen
            if depth < 4 or not isinstance(member, (StructureShape, ListShape, MapShape))
        }
        return {**found, "aFieldOfTheFuture": 1}
    if isinstance(shape, ListShape):
        return [fitting(shape.member, depth + 1)] * 2
    if isinstance(shape, MapShape):
        return {"key": fitting(shape.value, depth + 1)}
    values = {
        "string": "text",
        "boolean": True,
        "timestamp": 1_700_000_000.125,
        "blob": base64.b64encode(b"bytes").decode(),
    }
    return values.get(shape.type_name, 7)


@pytest.mark.parametrize(
    ("kind", "own"), [(RestJSONParser, _OwnRest), (JSONParser, _OwnJson)], ids=["rest", "json"]
)
def test_any_answer_is_parsed_as_botocore_parses_it(kind: Any, own: Any) -> None:
    @settings(max_examples=100, deadline=None)
    @given(document=documents)
    def check(document: Any) -> None:
        assert outcome(partial(parsed, kind(), document)) == outcome(
            partial(parsed, own(), document)
        )

    check()


@pytest.mark.parametrize(
    "service", [*SERVICES, "organizations", "dynamodb", "kms", "stepfunctions", "lambda"]
)
def test_the_answers_of_every_operation_are_equal_to_those_of_botocore(service: str) -> None:
    described = service_model(service)
    rest = described.metadata["protocol"] == "rest-json"
    quick, own = (RestJSONParser(), _OwnRest()) if rest else (JSONParser(), _OwnJson())
    with ManyCases() as cases:
        for name in described.operation_names:
            shape = described.operation_model(name).output_shape
            if shape is None:
                continue
            sent = fitting(shape)
            backwards = dict(reversed(sent.items()))
            for document in (sent, backwards):
                with cases.case(name):
                    assert outcome(partial(parsed, quick, document, shape)) == outcome(
                        partial(parsed, own, document, shape)
                    )


def test_a_usual_answer_is_not_parsed_by_botocore() -> None:
    document = {
        "text": "ab",
        "whole": 1,
        "number": 1,
        "flag": True,
        "bytes": "YWI=",
        "at": 1_700_000_000,
        "leaves": [{"name": "ab", "at": "2026-01-31T12:34:56.789Z"}],
        "leavesByName": {"b": {"name": "ab"}},
        "choice": {"a": "ab", "__type": "Choice", "b": None},
        "document": {"any": [None]},
        "root": {"text": None},
    }
    for kind in (RestJSONParser, JSONParser):
        assert not is_run(OWN_STRUCTURES, partial(parsed, kind(), document))


@pytest.mark.parametrize(
    "document",
    [
        {"leaves": [None]},
        {"choice": {"c": 1}},
        {"choice": {"a": "ab", "c": 1}},
        {"byName": {"a": None}},
        {"byName": []},
        {"texts": "ab"},
        {"at": "Tue, 14 Nov 2023 22:13:20", "leaves": 1},
    ],
)
def test_an_unusual_answer_is_parsed_by_botocore(document: Any) -> None:
    assert outcome(partial(parsed, RestJSONParser(), document)) == outcome(
        partial(parsed, _OwnRest(), document)
    )
    assert is_run(OWN_STRUCTURES, partial(outcome, partial(parsed, RestJSONParser(), document)))


def test_members_that_stand_in_headers_are_parsed_by_botocore() -> None:
    shapes = {
        **BODY_SHAPES,
        "Root": {
            "type": "structure",
            "members": members(
                text="Text",
                listed={"shape": "Texts", "location": "header", "locationName": "x-listed"},
                value={"shape": "Text", "location": "header", "jsonvalue": True},
            ),
        },
    }
    shape = model_of(shapes).operation_model("Act").output_shape
    found = RestJSONParser().parse(
        {
            "status_code": 200,
            "headers": {"x-listed": "a, b", "value": base64.b64encode(b'{"a": 1}').decode()},
            "body": b'{"text": "ab"}',
        },
        shape,
    )
    del found["ResponseMetadata"]
    assert found == {"text": "ab", "listed": ["a", "b"], "value": {"a": 1}}
    for document in ({"x-listed": "c, d"}, {"value": "eyJhIjogMn0="}):
        assert outcome(partial(parsed, RestJSONParser(), document, shape)) == outcome(
            partial(parsed, _OwnRest(), document, shape)
        )


def test_parsers_that_the_user_has_chosen_stay() -> None:
    document = {"at": 1_700_000_000, "bytes": "YWI="}
    mine = RestJSONParser(timestamp_parser=lambda value: ("at", value), blob_parser=len)
    found = parsed(mine, document)
    assert (found["at"], found["bytes"]) == (("at", 1_700_000_000), 4)


@pytest.mark.parametrize("name", ["_handle_timestamp", "_handle_structure", "_handle_map"])
def test_a_handler_that_another_tool_replaces_is_called(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    parser = RestJSONParser()
    document = {"root": {"at": 1_700_000_000, "byName": {"a": 1}}}
    parsed(parser, document)
    seen = []
    original = getattr(BaseJSONParser, name)

    def spy(self: Any, shape: Any, value: Any) -> Any:
        seen.append(value)
        return original(self, shape, value)

    monkeypatch.setattr(BaseJSONParser, name, spy)
    parsed(parser, document)
    inner = {
        "_handle_timestamp": 1_700_000_000,
        "_handle_map": {"a": 1},
        "_handle_structure": document["root"],
    }
    assert inner[name] in seen


def test_two_models_whose_shapes_have_the_same_names_are_not_mixed_up() -> None:
    other = {**BODY_SHAPES, "Root": {"type": "structure", "members": members(text="At")}}
    shape = model_of(other).operation_model("Act").output_shape
    assert parsed(RestJSONParser(), {"text": "12"})["text"] == "12"
    assert parsed(RestJSONParser(), {"text": 1_700_000_000}, shape)["text"].year == 2023
