"""Requests of REST-JSON are made quickly, and equal to those that botocore makes, errors as well."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ParamValidationError
from botocore.model import OperationModel
from botocore.serialize import RestJSONSerializer, create_serializer
from botocore.validate import ParamValidationDecorator, ParamValidator
from hypothesis import given, settings
from hypothesis import strategies as st

from membership_mock import mock_membership
from membership_mock.services import SERVICES
from tests.contract.samples_from_model import Samples
from tests.engine.adapters.shape_models import BODY_SHAPES, is_run, members, model_of, outcome
from tests.many_cases import ManyCases

OWN_SERIALIZER = RestJSONSerializer.serialize_to_request
OWN_VALIDATOR = ParamValidator.validate

#: the parts of a request besides its body
LOCATED_SHAPES: dict[str, Any] = {
    **BODY_SHAPES,
    "Root": {
        "type": "structure",
        "required": ["label"],
        "members": members(
            label={"shape": "Text", "location": "uri", "locationName": "Label"},
            path={"shape": "Text", "location": "uri"},
            number={"shape": "Whole", "location": "querystring"},
            flag={"shape": "Flag", "location": "querystring", "locationName": "is-on"},
            at={"shape": "At", "location": "querystring"},
            single={"shape": "Single", "location": "querystring"},
            text={"shape": "Text", "location": "querystring"},
            texts={"shape": "Texts", "location": "querystring", "locationName": "t"},
            byName={"shape": "ByName", "location": "querystring"},
            header={"shape": "Text", "location": "header", "locationName": "x-h"},
            headers={"shape": "ByName", "location": "headers", "locationName": "x-p-"},
            value={"shape": "Text", "location": "header", "jsonvalue": True},
            leaf="Leaf",
        ),
    },
}


class TextOfTheUser(str):
    __slots__ = ()


#: botocore's validator, which the mock does not know
own_validator: Any = type("ParamValidator", (ParamValidator,), {})

OWN = ParamValidationDecorator(own_validator(), RestJSONSerializer())
QUICK = create_serializer("rest-json")

BODY = model_of(BODY_SHAPES).operation_model("Act")
LOCATED = model_of(
    LOCATED_SHAPES, {"method": "PUT", "requestUri": "/act/{Label}/at/{path+}?fixed=1"}
).operation_model("Act")
WITHOUT_BODY = model_of(
    {
        **LOCATED_SHAPES,
        "Root": {
            "type": "structure",
            "members": {
                name: each
                for name, each in LOCATED_SHAPES["Root"]["members"].items()
                if name in {"text", "number", "texts"}
            },
        },
    },
    {"method": "GET", "requestUri": "/act"},
).operation_model("Act")
WITH_PAYLOAD = model_of(
    {
        **BODY_SHAPES,
        "Root": {
            "type": "structure",
            "payload": "leaf",
            "members": members(leaf="Leaf", text={"shape": "Text", "location": "querystring"}),
        },
    }
).operation_model("Act")

texts = st.sampled_from(
    ["", "a", "ab", "a/b c", "é~.-_", "12", "2026-01-31T12:34:56Z", TextOfTheUser("ab"), "\ud800"]
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 3),
    st.floats(),
    texts,
    st.datetimes(),
    st.datetimes(timezones=st.just(timezone(timedelta(hours=2)))),
    st.sampled_from([b"ab", bytearray(b"ab"), Decimal(1), object]),
)
fitting: dict[str, st.SearchStrategy[Any]] = {
    "text": texts,
    "label": texts,
    "path": texts,
    "header": texts,
    "renamed": texts,
    "name": texts,
    "whole": st.integers(0, 3),
    "number": st.one_of(st.integers(0, 3), st.floats(0, 2)),
    "flag": st.booleans(),
    "bytes": st.sampled_from([b"ab", "ab", bytearray(b"ab")]),
    "at": st.datetimes(timezones=st.sampled_from([None, timezone.utc])),
    "atIso": st.datetimes(),
    "texts": st.lists(texts, max_size=2) | st.tuples(texts),
}
keys = sorted({*BODY.input_shape.members, *LOCATED.input_shape.members, "inner", "a", "name", "x"})


def structures(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return parameters most of which have the type of their shape."""
    entries = [st.tuples(st.just(name), fitting.get(name, inner)) for name in keys]
    return st.lists(st.one_of(*entries, st.tuples(st.sampled_from(keys), inner)), max_size=4).map(
        dict
    )


leaves = structures(scalars)
parameters = structures(st.one_of(scalars, leaves, st.lists(leaves, max_size=2)))


@pytest.fixture(autouse=True)
def _mock() -> Iterator[None]:
    with mock_membership():
        yield


def made(serializer: Any, operation: OperationModel, given: Any) -> Callable[[], Any]:
    return partial(serializer.serialize_to_request, given, operation)


@pytest.mark.parametrize(
    "operation",
    [BODY, LOCATED, WITHOUT_BODY, WITH_PAYLOAD],
    ids=["body", "all", "query", "payload"],
)
def test_any_request_is_made_as_botocore_makes_it(operation: OperationModel) -> None:
    allowed = operation.input_shape.members.keys()

    @settings(max_examples=100, deadline=None)
    @given(parameters=parameters, only_known=st.booleans())
    def check(parameters: Any, only_known: bool) -> None:
        if only_known:
            parameters = {name: each for name, each in parameters.items() if name in allowed}
            if operation is LOCATED:
                parameters = {"label": "ab", "path": "a/b", **parameters}
        assert outcome(made(QUICK, operation, parameters)) == outcome(
            made(OWN, operation, parameters)
        )

    check()


LEAF = {"name": "ab", "at": datetime(2026, 1, 31, 12, 0, 0, 125_999, tzinfo=timezone.utc)}


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        (BODY, {"leaves": [LEAF], "leavesByName": {"b": LEAF, "a": LEAF}, "choice": {"b": LEAF}}),
        (BODY, {"at": "2026-01-31", "atIso": 1_700_000_000, "renamed": "ab", "document": {"a": 1}}),
        (BODY, {"leavesByName": {1: LEAF}}),
        (BODY, {}),
        (LOCATED, {"label": "a/b", "path": "a/b c", "header": "ab", "headers": {"a": 1}}),
        (LOCATED, {"label": "ab", "path": "ab", "value": "ab", "leaf": LEAF, "single": 0.5}),
        (LOCATED, {"label": "ab", "path": "ab", "texts": ["ab", "cd"], "byName": {"a": 1}}),
        (LOCATED, {"label": "ab", "path": "ab", "at": LEAF["at"], "flag": False, "number": 2}),
        (LOCATED, {"label": "ab"}),
        (WITHOUT_BODY, {"text": "ab", "number": True}),
        (WITH_PAYLOAD, {"leaf": LEAF, "text": "ab"}),
        (WITH_PAYLOAD, {}),
    ],
)
def test_requests_of_every_kind_are_made_as_botocore_makes_them(
    operation: OperationModel, parameters: Any
) -> None:
    assert outcome(made(QUICK, operation, parameters)) == outcome(made(OWN, operation, parameters))


@pytest.mark.parametrize("service", SERVICES)
def test_the_requests_of_every_operation_are_equal_to_those_of_botocore(service: str) -> None:
    samples = Samples(service)
    with ManyCases() as cases:
        for name in SERVICES[service].handlers:
            operation = samples.operation(name)
            tried = [samples.input(name, "least"), samples.input(name, "most")]
            for field in samples.fields(name):
                tried += [each.parameters for each in islice(samples.breaks(name, field), 2)]
            for given in tried:
                with cases.case(name):
                    assert outcome(made(QUICK, operation, given)) == outcome(
                        made(OWN, operation, given)
                    )


@pytest.mark.parametrize("service", SERVICES)
def test_usual_requests_are_not_made_by_botocore(service: str) -> None:
    samples = Samples(service)
    slow = []
    for name in SERVICES[service].handlers:
        operation = samples.operation(name)
        if operation.input_shape is None:
            continue
        call = made(QUICK, operation, samples.input(name, "least"))
        if is_run(OWN_VALIDATOR, call) or is_run(OWN_SERIALIZER, call):
            slow.append(name)
    assert slow == []


def test_an_error_of_botocore_is_raised_for_wrong_parameters() -> None:
    with pytest.raises(ParamValidationError, match="Invalid type for parameter text, value: 1"):
        QUICK.serialize_to_request({"text": 1}, BODY)


@pytest.mark.parametrize("name", ["_validate_string", "_validate_timestamp"])
def test_a_validator_that_another_tool_replaces_is_called(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"root": {"text": "ab", "at": datetime(2026, 1, 31, tzinfo=timezone.utc)}}
    QUICK.serialize_to_request(given, BODY)
    seen = []
    monkeypatch.setattr(ParamValidator, name, lambda self, value, *_: seen.append(value))
    QUICK.serialize_to_request(given, BODY)
    assert seen


def test_a_serializer_with_a_method_of_its_own_is_asked() -> None:
    serializer = create_serializer("rest-json")
    serializer._serializer.serialize_to_request = lambda *_: "mine"
    assert serializer.serialize_to_request({"text": "ab"}, BODY) == "mine"


def test_a_client_that_does_not_validate_sends_what_it_is_given(membership_mock: Any) -> None:
    session = membership_mock.session(region="eu-west-1")
    client = session.client("security-ir", config=Config(parameter_validation=False))
    with pytest.raises(client.exceptions.ClientError, match="ValidationException"):
        client.get_case(caseId="no id")


def test_the_parameters_of_the_user_are_not_changed() -> None:
    leaves = [{"name": "ab"}]
    given = {"leaves": leaves, "renamed": "ab"}
    QUICK.serialize_to_request(given, BODY)
    assert given == {"leaves": [{"name": "ab"}], "renamed": "ab"}
    assert given["leaves"] is leaves
