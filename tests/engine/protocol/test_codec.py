"""The codec reads what botocore writes, botocore reads what it writes, and bad input is refused."""

from __future__ import annotations

import dataclasses
import enum
import json
import re
import types
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.model import (
    ListShape,
    MapShape,
    OperationModel,
    ServiceModel,
    Shape,
    StructureShape,
)
from botocore.parsers import create_parser

from membership_mock.engine.protocol import model
from membership_mock.engine.protocol.codec import (
    Invalid,
    Paging,
    Unparsable,
    codec,
    service_error_response,
)
from membership_mock.engine.protocol.fit import error_misfits, misfits, strays
from membership_mock.engine.protocol.parse import MAX_DEPTH, RequestParser
from membership_mock.engine.protocol.patterns import matcher
from membership_mock.engine.protocol.readers import Readers
from membership_mock.engine.protocol.refusals import Violation
from membership_mock.engine.protocol.serialize import AnswerWriter, Writers
from membership_mock.errors import ServiceError
from tests.engine.protocol import samples
from tests.many_cases import ManyCases

UNIQUE = frozenset({"IncidentResponseTeam", "Watchers", "ImpactedAccounts"})
CASE: dict[str, Any] = {
    "resolverType": "Self",
    "title": "A title",
    "description": "What happened",
    "engagementType": "Investigation",
    "reportedIncidentStartDate": 1700000000,
    "impactedAccounts": [],
    "watchers": [],
}
MEMBER = {"name": "Alice", "jobTitle": "Chief", "email": "alice@example.com"}
VARIANTS = {"required": (False, 0), "full": (True, 0), "union-2": (True, 1), "union-3": (True, 2)}

every_service = pytest.mark.parametrize("service", samples.SERVICES)


def parse(
    service: str, name: str, body: object = b"", *, path: str | None = None, query: str = ""
) -> dict[str, Any]:
    """Return the arguments of a request; ``body`` may be anything that JSON can say."""
    compiled = codec(service, name, UNIQUE)
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return compiled.parse(path or compiled.model.http["requestUri"], query, {}, sent)


def violations(service: str, name: str, body: object, **where: str) -> list[Violation]:
    """Return the constraints that a request breaks."""
    with pytest.raises(Invalid) as refused:
        parse(service, name, body, **where)
    return refused.value.violations


def detail(service: str, name: str, body: object, **where: str) -> str:
    """Return why a request cannot be parsed."""
    with pytest.raises(Unparsable) as refused:
        parse(service, name, body, **where)
    assert str(refused.value) == refused.value.detail
    return refused.value.detail


def create_case(**changes: Any) -> dict[str, Any]:
    return parse("security-ir", "CreateCase", {**CASE, **changes})


def case_detail(**changes: Any) -> str:
    return detail("security-ir", "CreateCase", {**CASE, **changes})


def case_violations(**changes: Any) -> list[Violation]:
    return violations("security-ir", "CreateCase", {**CASE, **changes})


def shape_of(traits: dict[str, Any], **others: dict[str, Any]) -> Shape:
    """Return a shape of a made-up model, for what the three services do not have."""
    shapes = {"Top": traits, "String": {"type": "string"}, **others}
    document = {"metadata": {"serviceId": "Made up"}, "operations": {}, "shapes": shapes}
    return ServiceModel(document, "made-up").shape_for("Top")


# ---- round trips through botocore -----------------------------------------------------------


def operations(service: str) -> list[str]:
    return list(model.service_model(service).operation_names)


@every_service
def test_the_arguments_are_what_botocore_was_given(service: str) -> None:
    with ManyCases() as cases:
        for name in operations(service):
            operation = model.service_model(service).operation_model(name)
            shape = operation.input_shape
            for variant, (full, pick) in VARIANTS.items():
                with cases.case(name, variant):
                    parameters = samples.sample(shape, full=full, pick=pick) if shape else {}
                    request = samples.request_for(operation, parameters)
                    path, query = samples.split(request.url)

                    arguments = codec(service, name, frozenset()).parse(
                        path, query, request.headers, request.body or b""
                    )

                    expected = {model.snake(key): value for key, value in parameters.items()}
                    assert arguments == expected
    assert cases.tried == len(operations(service)) * len(VARIANTS)


@pytest.mark.parametrize("kind", ["mapping", "object"])
@every_service
def test_botocore_reads_the_answer_that_a_handler_gave(service: str, kind: str) -> None:
    parser = create_parser("rest-json")
    with ManyCases() as cases:
        for name in operations(service):
            shape = model.service_model(service).operation_model(name).output_shape
            for variant, (full, pick) in VARIANTS.items():
                with cases.case(name, variant):
                    answer = samples.sample(shape, full=full, pick=pick) if shape else {}
                    given = as_object(shape, answer) if kind == "object" else answer

                    status, headers, body = codec(service, name, UNIQUE).serialize(given)

                    sent = {"status_code": status, "headers": headers, "body": body}
                    read = parser.parse(sent, shape)
                    read.pop("ResponseMetadata", None)
                    assert read == answer
                    assert misfits(service, name, body, status, headers) == []
                    assert strays(service, name, given) == []
    assert cases.tried == len(operations(service)) * len(VARIANTS)


@every_service
def test_botocore_reads_the_error_that_a_handler_raised(service: str) -> None:
    parser = create_parser("rest-json")
    codes = [shape.error_code for shape in model.service_model(service).error_shapes]
    with ManyCases() as cases:
        for code in codes:
            for full in (True, False):
                with cases.case(code, "full" if full else "required"):
                    shape = model.error_shape(service, code)
                    assert shape is not None
                    members = samples.sample(shape, full=full)
                    fields = {
                        model.snake(key): value
                        for key, value in members.items()
                        if key.lower() not in ("message", "code")
                    }
                    error = type(code, (ServiceError,), {})("What went wrong", **fields)

                    status, headers, body = service_error_response(service, error)

                    answer = {"status_code": status, "headers": Headers(headers), "body": body}
                    read = {**parser.parse(answer, None), **parser.parse(answer, shape)}
                    assert status == shape.metadata["error"]["httpStatusCode"]
                    assert read["Error"]["Code"] == code
                    assert read["Error"]["Message"] == "What went wrong"
                    assert {key: read[key] for key in members if model.snake(key) in fields} == {
                        key: value for key, value in members.items() if model.snake(key) in fields
                    }
                    assert error_misfits(service, None, status, headers, body) == []
    assert cases.tried == 2 * len(codes)


class Headers(dict[str, str]):
    """Headers that ignore case, as those that botocore gets do."""

    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__({key.lower(): value for key, value in headers.items()})

    def __contains__(self, key: object) -> bool:
        return super().__contains__(str(key).lower())

    def __getitem__(self, key: str) -> str:
        return super().__getitem__(key.lower())


def as_object(shape: Shape | None, value: Any) -> Any:
    """Return ``value`` with every structure as an object with attributes in snake case."""
    if shape is None or shape.metadata.get("document"):
        return types.SimpleNamespace() if shape is None else value
    if isinstance(shape, StructureShape):
        return types.SimpleNamespace(
            **{
                model.snake(key): as_object(shape.members[key], value.get(key))
                for key in shape.members
                if value is not None
            }
        ) if value is not None else None  # fmt: skip
    if isinstance(shape, ListShape) and value is not None:
        return tuple(as_object(shape.member, item) for item in value)
    if isinstance(shape, MapShape) and value is not None:
        return {key: as_object(shape.value, item) for key, item in value.items()}
    return value


# ---- bodies that cannot be parsed ------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(b"{", "The body is not valid JSON", id="cut off"),
        pytest.param(b"{} {}", "The body is not valid JSON", id="more than one value"),
        pytest.param(b"{'a': 1}", "The body is not valid JSON", id="Python's quotes"),
        pytest.param(b"\xef\xbb\xbf{}", "The body is not valid JSON", id="byte order mark"),
        pytest.param(b'{"title": NaN}', "NaN is not a JSON value", id="NaN"),
        pytest.param(b'{"x": -Infinity}', "-Infinity is not a JSON value", id="Infinity"),
        pytest.param(b'{"title": "a\nb"}', "The body is not valid JSON", id="raw line break"),
        pytest.param(b'{"title": "\xff"}', "The body is not valid UTF-8", id="not UTF-8"),
        pytest.param('{"title": "a"}'.encode("utf-16"), "not valid UTF-8", id="UTF-16"),
        pytest.param(b"[]", "The body must be a JSON object, not a list.", id="list"),
        pytest.param(b'"text"', "The body must be a JSON object, not a string.", id="string"),
        pytest.param(b"null", "The body must be a JSON object, not null.", id="null"),
        pytest.param(b'{"a":' * 100_000, "The body is nested too deeply", id="bomb of objects"),
        pytest.param(
            b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
            "The body is nested too deeply",
            id="bomb of lists",
        ),
        pytest.param(
            b'{"x":' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}",
            "The body is nested too deeply",
            id="one level too deep",
        ),
        pytest.param(
            b'{"title": "\\ud800"}', "The value at '/title' has half of a surrogate pair",
            id="lone surrogate",
        ),
        pytest.param(
            b'{"tags": {"\\uDfff": "a"}}', "The value at '/tags' has a name with half",
            id="lone surrogate in a key",
        ),
        pytest.param(
            b'{"maxResults": ' + b"9" * 5000 + b"}", "The body is not valid JSON",
            id="thousands of digits",
        ),
    ],
)  # fmt: skip
def test_a_body_that_is_no_json_object_is_unparsable(body: bytes, expected: str) -> None:
    assert expected in detail("security-ir", "CreateCase", body)


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        pytest.param("title", True, "'/title' must be a string, not a boolean", id="bool"),
        pytest.param("title", 5, "'/title' must be a string, not a number", id="number"),
        pytest.param("title", ["a"], "'/title' must be a string, not a list", id="list"),
        pytest.param("watchers", "a", "'/watchers' must be a list, not a string", id="string"),
        pytest.param("watchers", {}, "'/watchers' must be a list, not an object", id="object"),
        pytest.param(
            "watchers", ["a"], "'/watchers/0' must be an object, not a string", id="item"
        ),
        pytest.param(
            "impactedAccounts", [None], "'/impactedAccounts/0' must be a string, not null",
            id="null in a list",
        ),
        pytest.param(
            "watchers", [{"email": 1}], "'/watchers/0/email' must be a string, not a number",
            id="nested",
        ),
        pytest.param("tags", [], "'/tags' must be an object, not a list", id="map"),
        pytest.param("tags", {"a": 1}, "'/tags/a' must be a string, not a number", id="map value"),
        pytest.param(
            "reportedIncidentStartDate", "2026-01-31T00:00:00Z",
            "'/reportedIncidentStartDate' must be a number of seconds since 1970, not a string",
            id="timestamp as text",
        ),
        pytest.param(
            "reportedIncidentStartDate", True,
            "must be a number of seconds since 1970, not a boolean", id="timestamp as boolean",
        ),
        pytest.param(
            "reportedIncidentStartDate", 1e20, "must be a number of seconds since 1970",
            id="timestamp out of range",
        ),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_type_is_unparsable_and_named(
    field: str, value: object, expected: str
) -> None:
    assert expected in case_detail(**{field: value})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(b"true", "must be an integer, not a boolean", id="boolean"),
        pytest.param(b'"10"', "must be an integer, not a string", id="string"),
        pytest.param(b"1.5", "must be an integer, not a number with a fraction", id="fraction"),
        pytest.param(b"10.0", "must be an integer, not a number with a fraction", id="10.0"),
        pytest.param(b"1e1", "must be an integer, not a number with a fraction", id="exponent"),
        pytest.param(b"2147483648", "must be an integer of 32 bits", id="too large"),
        pytest.param(b"-2147483649", "must be an integer of 32 bits", id="too small"),
    ],
)
def test_an_integer_is_taken_strictly(value: bytes, expected: str) -> None:
    assert expected in detail("security-ir", "ListCases", b'{"maxResults": %s}' % value)


def test_a_long_has_64_bits() -> None:
    upload = {"fileName": "a", "contentLength": 1 << 63}
    path = "/v1/cases/0123456789/get-presigned-url"
    assert "must be an integer of 64 bits" in detail(
        "security-ir", "GetCaseAttachmentUploadUrl", upload, path=path
    )


def test_the_type_of_a_value_comes_before_constraints() -> None:
    assert "'/description' must be a string" in case_detail(title="", description=1)


def test_a_union_needs_exactly_one_member() -> None:
    def associate(target: dict[str, str]) -> dict[str, Any]:
        return {"ConfigurationPolicyIdentifier": "p", "Target": target}

    name = "StartConfigurationPolicyAssociation"
    both = {"AccountId": "111111111111", "RootId": "r-abcd"}
    expected = "The value at '/Target' must have exactly one member set, not"
    assert detail("securityhub", name, associate(both)) == f"{expected} 2."
    assert detail("securityhub", name, associate({})) == f"{expected} 0."
    assert detail("securityhub", name, associate({"Other": "x"})) == f"{expected} 0."
    assert parse("securityhub", name, associate({"RootId": "r-abcd"}))["target"] == {
        "RootId": "r-abcd"
    }


# ---- what is let through ---------------------------------------------------------------------


def test_an_empty_body_is_an_empty_object() -> None:
    assert parse("security-ir", "ListCases", b"") == parse("security-ir", "ListCases", b"{}") == {}


def test_only_fields_that_were_sent_are_arguments() -> None:
    assert set(create_case()) == set(map(model.snake, CASE))


def test_null_is_absent_at_every_level() -> None:
    watcher = {"email": "a@example.com", "name": None}
    arguments = create_case(threatActorIpAddresses=None, watchers=[watcher], tags={"a": None})

    assert "threat_actor_ip_addresses" not in arguments
    assert arguments["watchers"] == [{"email": "a@example.com"}]
    assert arguments["tags"] == {}


def test_unknown_fields_are_dropped_at_every_level() -> None:
    arguments = create_case(watchers=[{"email": "a@example.com", "new": 1}], new=[{}])

    assert "new" not in arguments
    assert arguments["watchers"] == [{"email": "a@example.com"}]


def test_the_last_of_equal_keys_counts() -> None:
    assert parse("security-ir", "ListCases", b'{"maxResults": 1, "maxResults": 2}') == {
        "max_results": 2
    }


def test_a_surrogate_pair_is_the_character_it_stands_for() -> None:
    assert create_case(title="\N{GRINNING FACE}")["title"] == "\N{GRINNING FACE}"


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, datetime(1970, 1, 1, tzinfo=timezone.utc)),
        (-1, datetime(1969, 12, 31, 23, 59, 59, tzinfo=timezone.utc)),
        (1700000000.1239, datetime(2023, 11, 14, 22, 13, 20, 124000, tzinfo=timezone.utc)),
    ],
)
def test_a_timestamp_is_an_aware_datetime_with_milliseconds(
    seconds: float, expected: datetime
) -> None:
    assert (
        create_case(reportedIncidentStartDate=seconds)["reported_incident_start_date"] == expected
    )


def test_a_body_is_ignored_where_the_model_has_none() -> None:
    path = "/v1/cases/0123456789/close-case"
    assert parse("security-ir", "CloseCase", b"no JSON", path=path) == {"case_id": "0123456789"}


# ---- labels and query ------------------------------------------------------------------------

MEMBERS = "/collaborations/12345678-1234-1234-1234-123456789012/members"


def operation_of(
    uri: str, *, request: dict[str, Any] | None = None, output: dict[str, Any] | None = None
) -> OperationModel:
    """Return an operation of a made-up model, for places that the three services do not use."""
    names = ("string", "integer", "double", "boolean", "timestamp", "blob")
    shapes: dict[str, Any] = {name.title(): {"type": name} for name in names}
    shapes["Integers"] = {"type": "list", "member": {"shape": "Integer"}}
    shapes["Map"] = {"type": "map", "key": {"shape": "String"}, "value": {"shape": "String"}}
    shapes["Thing"] = {"type": "structure", "members": {"a": {"shape": "Integer"}}}
    description: dict[str, Any] = {"name": "Do", "http": {"method": "POST", "requestUri": uri}}
    for name, traits in (("input", request), ("output", output)):
        if traits is not None:
            shapes[name] = {"type": "structure", **traits}
            description[name] = {"shape": name}
    document = {
        "metadata": {"serviceId": "Made up", "protocol": "rest-json"},
        "operations": {"Do": description},
        "shapes": shapes,
    }
    return ServiceModel(document, "made-up").operation_model("Do")


def located(location: str, shape: str, name: str, **traits: str) -> dict[str, str]:
    return {"location": location, "shape": shape, "locationName": name, **traits}


OUTSIDE = {
    "Label": located("uri", "Timestamp", "label"),
    "Greedy": located("uri", "String", "greedy"),
    "Numbers": located("querystring", "Integers", "n"),
    "Flag": located("querystring", "Boolean", "flag"),
    "Ratio": located("querystring", "Double", "ratio"),
    "When": located("querystring", "Timestamp", "when"),
    "Epoch": located("querystring", "Timestamp", "epoch", timestampFormat="unixTimestamp"),
    "Rest": located("querystring", "Map", "rest"),
    "Date": located("header", "Timestamp", "X-Date"),
    "Count": located("header", "Integer", "X-Count"),
    "Meta": located("headers", "Map", "x-meta-"),
}


def test_every_place_outside_the_body_is_read_as_botocore_fills_it() -> None:
    operation = operation_of("/{label}/x/{greedy+}", request={"members": OUTSIDE})
    parameters = {
        "Label": samples.WHEN,
        "Greedy": "a/b c",
        "Numbers": [1, -2],
        "Flag": False,
        "Ratio": 0.25,
        "When": samples.WHEN.replace(microsecond=250000),
        "Epoch": samples.WHEN,
        "Rest": {"other": "x y", "more": "1"},
        "Date": samples.WHEN,
        "Count": 3,
        "Meta": {"one": "1", "two": "2"},
    }
    request = samples.request_for(operation, parameters)
    path, query = samples.split(request.url)

    arguments = RequestParser(operation, Readers()).parse(path, query, request.headers, b"")

    assert arguments == {name.lower(): value for name, value in parameters.items()}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("flag=yes", "'/Flag' must be true or false"),
        ("ratio=half", "'/Ratio' must be a number"),
        ("ratio=1e999", "'/Ratio' is out of the range"),
        ("n=1&n=x", "'/Numbers/1' must be an integer"),
        ("when=1700000000", "'/When' must be a timestamp like"),
        ("when=2026-01-31", "'/When' must be a timestamp like"),
        ("when=2026-13-01T00:00:00Z", "'/When' must be a timestamp like"),
        ("when=", "'/When' must be a timestamp like"),
        ("epoch=now", "'/Epoch' must be a number of seconds"),
        ("other=%ff", "'/other' is not valid UTF-8"),
    ],
)
def test_a_text_outside_the_body_has_to_be_what_the_model_says(query: str, expected: str) -> None:
    parser = RequestParser(
        operation_of("/{label}/x/{greedy+}", request={"members": OUTSIDE}), Readers()
    )
    with pytest.raises(Unparsable, match=re.escape(expected)):
        parser.parse("/2026-01-31T00:00:00Z/x/a", query, {}, b"")


@pytest.mark.parametrize(
    "sent",
    ["2026-01-31T12:30:15Z", "2026-01-31T12:30:15.000Z", "2026-01-31T13%3A30%3A15%2B01%3A00"],
)
def test_a_timestamp_in_the_query_may_have_a_fraction_and_an_offset(sent: str) -> None:
    parser = RequestParser(
        operation_of("/", request={"members": {"When": OUTSIDE["When"]}}), Readers()
    )
    assert parser.parse("/", f"when={sent}", {}, b"") == {"when": samples.WHEN}


@pytest.mark.parametrize(
    ("shape", "body", "expected"),
    [
        ("Thing", b'{"a": 1}', {"a": 1}),
        ("Blob", b"\x00\xff", b"\x00\xff"),
        ("String", "Zoë".encode(), "Zoë"),
    ],
)
def test_a_payload_is_the_whole_body(shape: str, body: bytes, expected: object) -> None:
    traits = {"payload": "Body", "members": {"Body": {"shape": shape}}}
    operation = operation_of("/", request=traits, output=traits)

    assert RequestParser(operation, Readers()).parse("/", "", {}, body) == {"body": expected}
    assert RequestParser(operation, Readers()).parse("/", "", {}, b"") == {}
    written = AnswerWriter(operation, Writers()).serialize({"Body": expected})[2]
    assert written == body.replace(b" ", b"")


def test_an_answer_may_have_fields_in_status_and_headers() -> None:
    members = {
        "Status": {"location": "statusCode", "shape": "Integer"},
        "Date": OUTSIDE["Date"],
        "Flag": located("header", "Boolean", "X-Flag"),
        "Numbers": located("header", "Integers", "X-Numbers"),
        "Meta": OUTSIDE["Meta"],
        "Named": {"shape": "String", "locationName": "name"},
    }
    answer = {
        "Status": 202,
        "Date": samples.WHEN,
        "Flag": True,
        "Numbers": [1, 2],
        "Meta": {"one": "1"},
        "Named": "x",
    }
    operation = operation_of("/", output={"members": members})

    assert AnswerWriter(operation, Writers()).serialize(answer) == (
        202,
        {
            "content-type": "application/json",
            "x-date": "Sat, 31 Jan 2026 12:30:15 GMT",
            "x-flag": "true",
            "x-numbers": "1,2",
            "x-meta-one": "1",
        },
        b'{"name":"x"}',
    )


@pytest.mark.parametrize("sent", ["ten", "1.0", "", "1_0", "%D9%A1"])
def test_a_number_in_the_query_has_to_be_one(sent: str) -> None:
    assert "'/maxResults' must be an integer" in detail(
        "cleanrooms", "ListMembers", b"", path=MEMBERS, query=f"maxResults={sent}"
    )


def test_a_list_in_the_query_is_a_repeated_parameter() -> None:
    arguments = parse(
        "security-ir",
        "UntagResource",
        path="/v1/tags/arn%3Aaws%3Asecurity-ir%3Aeu-west-1%3A111111111111%3Acase%2F0123456789",
        query="tagKeys=a+b&other=x&tagKeys=c%26%C3%A9",
    )
    assert arguments == {
        "resource_arn": "arn:aws:security-ir:eu-west-1:111111111111:case/0123456789",
        "tag_keys": ["a b", "c&é"],
    }


def test_a_decoded_path_gives_the_same_label() -> None:
    arn = "arn:aws:security-ir:eu-west-1:111111111111:case/0123456789"
    assert parse("security-ir", "ListTagsForResource", path=f"/v1/tags/{arn}") == {
        "resource_arn": arn
    }


def test_a_label_that_is_no_utf8_is_unparsable() -> None:
    assert detail("security-ir", "GetCase", b"", path="/v1/cases/%ff/get-case") == (
        "The value at '/caseId' is not valid UTF-8."
    )


def test_an_empty_label_is_a_missing_field() -> None:
    (found,) = violations("security-ir", "GetCase", b"", path="/v1/cases//get-case")
    assert (found.path, found.kind) == (("caseId",), "required")


# ---- constraints -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param(
            {"title": None},
            Violation(("title",), "required", "Member must not be null"),
            id="required",
        ),
        pytest.param(
            {"watchers": [{"name": "Bob"}]},
            Violation(("watchers", 0, "email"), "required", "Member must not be null"),
            id="required in a structure",
        ),
        pytest.param(
            {"title": "x" * 301},
            Violation(
                ("title",), "length", "Member must have length between 1 and 300, inclusive",
                "x" * 301, 301, sensitive=True,
            ),
            id="length",
        ),
        pytest.param(
            {"engagementType": "Other"},
            Violation(
                ("engagementType",), "enum",
                "Member must satisfy enum value set: [Security Incident, Investigation]", "Other",
            ),
            id="enum",
        ),
        pytest.param(
            {"impactedAccounts": ["11111111111x"]},
            Violation(
                ("impactedAccounts", 0), "pattern",
                "Member must satisfy regular expression pattern: [0-9]{12}", "11111111111x",
            ),
            id="pattern",
        ),
        pytest.param(
            {"impactedAccounts": ["111111111111", "222222222222", "111111111111"]},
            Violation(
                ("impactedAccounts",), "unique", "Member must have unique values",
                ["111111111111", "222222222222", "111111111111"],
            ),
            id="unique",
        ),
        pytest.param(
            {"tags": {"a" * 129: "x"}},
            Violation(
                ("tags", "a" * 129), "length",
                "Member must have length between 1 and 128, inclusive", "a" * 129, 129,
            ),
            id="key of a map",
        ),
    ],
)  # fmt: skip
def test_a_broken_constraint_is_a_violation(changes: dict[str, Any], expected: Violation) -> None:
    assert case_violations(**changes) == [expected]


def test_numbers_have_a_range() -> None:
    assert violations("security-ir", "ListCases", {"maxResults": 26}) == [
        Violation(
            ("maxResults",), "range", "Member must be between 1 and 25, inclusive", 26
        )
    ]  # fmt: skip


def test_a_number_in_the_query_has_a_range_too() -> None:
    (found,) = violations("cleanrooms", "ListMembers", b"", path=MEMBERS, query="maxResults=0")
    assert (found.kind, found.value) == ("range", 0)


def test_a_list_that_is_too_long_is_refused_by_its_length_alone() -> None:
    (found,) = case_violations(impactedAccounts=["x"] * 201)
    assert (found.path, found.kind, found.length) == (("impactedAccounts",), "length", 201)


def test_structures_are_equal_whatever_the_order_of_their_fields() -> None:
    backwards = dict(reversed(MEMBER.items()))
    (found,) = violations(
        "security-ir",
        "CreateMembership",
        {"membershipName": "name", "incidentResponseTeam": [MEMBER, backwards]},
    )
    assert found.kind == "unique"


def test_lists_that_nobody_called_unique_may_repeat_entries() -> None:
    services = ["Amazon EC2", "Amazon EC2"]
    assert create_case(impactedServices=services)["impacted_services"] == services


def test_a_length_counts_code_points() -> None:
    assert create_case(title="\N{GRINNING FACE}" * 300)
    assert case_violations(title="\N{GRINNING FACE}" * 301)[0].length == 301


def test_all_violations_are_reported_in_the_order_of_the_model() -> None:
    members = list(model.service_model("security-ir").shape_for("CreateCaseRequest").members)
    found = case_violations(
        watchers=[{"name": ""}, {"email": "x"}], title="", resolverType=None, description=""
    )
    fields = [violation.path[0] for violation in found]
    assert sorted(fields, key=members.index) == fields
    assert [violation.path for violation in found] == [
        ("resolverType",),
        ("title",),
        ("description",),
        ("watchers", 0, "name"),
        ("watchers", 0, "email"),
        ("watchers", 1, "email"),
    ]


def test_everything_under_a_sensitive_shape_is_sensitive() -> None:
    shape = shape_of(
        {"type": "structure", "sensitive": True, "members": {"a": {"shape": "List"}}},
        List={"type": "list", "member": {"shape": "Text"}},
        Text={"type": "string", "min": 2},
    )
    found: list[Violation] = []
    Readers().of(shape)({"a": ["x"]}, None, found)
    assert [violation.sensitive for violation in found] == [True]


@pytest.mark.parametrize(
    ("traits", "value", "constraint"),
    [
        ({"type": "string", "min": 2}, "x", "have length greater than or equal to 2"),
        ({"type": "string", "max": 2}, "xyz", "have length less than or equal to 2"),
        ({"type": "integer", "min": 2}, 1, "be greater than or equal to 2"),
        ({"type": "double", "max": 0.5}, 0.6, "be less than or equal to 0.5"),
        ({"type": "double", "min": 0, "max": 1}, "NaN", "be between 0 and 1, inclusive"),
        ({"type": "blob", "max": 2}, "eHl6", "have length less than or equal to 2"),
    ],
)
def test_one_sided_bounds_are_worded_as_aws_words_them(
    traits: dict[str, Any], value: object, constraint: str
) -> None:
    found: list[Violation] = []
    Readers().of(shape_of(traits))(value, None, found)
    assert [violation.constraint for violation in found] == [f"Member must {constraint}"]


@pytest.mark.parametrize(
    ("traits", "value", "expected"),
    [
        ({"type": "blob"}, "eHl6", b"xyz"),
        ({"type": "double"}, 1, 1.0),
        ({"type": "double"}, "-Infinity", float("-inf")),
        ({"type": "timestamp", "timestampFormat": "iso8601"}, "2026-01-31T12:30:15Z", samples.WHEN),
        (
            {"type": "timestamp", "timestampFormat": "rfc822"},
            "Sat, 31 Jan 2026 12:30:15 GMT",
            samples.WHEN,
        ),
        ({"type": "structure", "document": True, "members": {}}, [1, None], [1, None]),
    ],
)
def test_values_are_read_as_the_protocol_says(
    traits: dict[str, Any], value: object, expected: object
) -> None:
    found: list[Violation] = []
    read = Readers().of(shape_of(traits))(value, None, found)
    assert (read, type(read), found) == (expected, type(expected), [])


@pytest.mark.parametrize(
    ("traits", "value"),
    [
        ({"type": "blob"}, "no base64!"),
        ({"type": "double"}, "1.5"),
        ({"type": "double"}, True),
        ({"type": "double"}, float("inf")),
        ({"type": "double"}, 10**400),
        ({"type": "boolean"}, 1),
        ({"type": "boolean"}, "true"),
        ({"type": "timestamp", "timestampFormat": "iso8601"}, 1700000000),
        ({"type": "timestamp", "timestampFormat": "iso8601"}, "2026-01-31 12:30:15"),
        ({"type": "timestamp", "timestampFormat": "rfc822"}, "yesterday"),
        ({"type": "structure", "document": True, "members": {}}, {"a": [float("inf")]}),
    ],
)
def test_values_that_the_protocol_does_not_know_are_refused(
    traits: dict[str, Any], value: object
) -> None:
    with pytest.raises(Unparsable):
        Readers().of(shape_of(traits))(value, None, [])


# ---- patterns --------------------------------------------------------------------------------


def patterns() -> list[tuple[str, str]]:
    found = {}
    for service in samples.SERVICES:
        described = model.service_model(service)
        for name in described.shape_names:
            pattern = described.shape_for(name).metadata.get("pattern")
            if pattern:
                found[f"{service}-{name}"] = pattern
    return sorted(found.items())


@pytest.mark.parametrize(("name", "pattern"), patterns(), ids=[name for name, _ in patterns()])
def test_every_pattern_is_expressible_and_ends_on_hostile_texts(name: str, pattern: str) -> None:
    matches = matcher(pattern)
    assert matches is not None, name

    text = samples.text_for(pattern, 1, None)
    for hostile in (text[-1] * 2000, text[0] * 2000, "a" * 2000, text * 20):
        matches(hostile + "\x00")


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        pytest.param("[0-9]{12}", "1111111111111", False, id="the whole text"),
        pytest.param("^[0-9]+$", "1\n", False, id="the end is the very end"),
        pytest.param(r".*\S.*", "\n a\n", True, id="anywhere, over line breaks"),
        pytest.param(r".*\S.*", " \n", False, id="nothing but space"),
        pytest.param(r"\d+", "\N{ARABIC-INDIC DIGIT ONE}", False, id="digits are ASCII"),
        pytest.param(r"[\p{L}\p{Pd}]+", "Zoë-", True, id="categories"),
        pytest.param(r"\p{L}+", "a1", False, id="category outside a class"),
        pytest.param(r"[\uD800\uDC00-\uDBFF\uDFFF]", "\U0001f600", True, id="pair of surrogates"),
        pytest.param(r"([a-z]+)*x", "abx", True, id="nested repetition"),
        pytest.param(r"[a&&b[]+", "a&b[", True, id="no set operations"),
        pytest.param(r"([^\u0000-\u007F]|[a-z])+", "aé", True, id="merged classes"),
    ],
)
def test_a_pattern_means_what_it_means_on_aws(pattern: str, text: str, expected: bool) -> None:
    matches = matcher(pattern)
    assert matches is not None
    assert bool(matches(text)) is expected


def test_a_pattern_that_python_cannot_express_constrains_nothing() -> None:
    assert matcher(r"\P{L}[") is None
    shape = shape_of({"type": "string", "pattern": r"\P{L}["})
    found: list[Violation] = []
    assert Readers().of(shape)("anything", None, found) == "anything"
    assert not found


def test_a_huge_text_is_answered_at_once() -> None:
    hub = {"Id": "0" * 10_000_000}
    with pytest.raises((Invalid, Unparsable)):
        parse("securityhub", "BatchImportFindings", {"Findings": [hub]})
    assert case_violations(title="x" * 10_000_000)[0].kind == "length"


# ---- answers ---------------------------------------------------------------------------------


class Status(enum.Enum):
    SUBMITTED = "Submitted"


@dataclasses.dataclass(slots=True)
class Item:
    case_id: str
    last_updated_date: datetime
    case_status: Status = Status.SUBMITTED
    title: str | None = None
    internal: object = dataclasses.field(default_factory=object)

    @property
    def case_arn(self) -> str:
        return f"arn:{self.case_id}"


class Plain:
    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)

    def items(self) -> list[Any]:
        raise AssertionError("a method is no field")


def test_an_object_answers_with_its_attributes_and_properties() -> None:
    when = samples.WHEN + timedelta(milliseconds=123, microseconds=999)
    answer = {"items": (Item("1", when), {"caseId": "2"}), "total": 2, "nextToken": None}

    status, headers, body = codec("security-ir", "ListCases", UNIQUE).serialize(answer)

    assert (status, headers) == (200, {"content-type": "application/json"})
    assert json.loads(body) == {
        "items": [
            {
                "caseId": "1",
                "lastUpdatedDate": samples.WHEN.timestamp() + 0.123,
                "caseArn": "arn:1",
                "caseStatus": "Submitted",
            },
            {"caseId": "2"},
        ],
        "total": 2,
    }


def test_a_method_is_no_field() -> None:
    body = codec("security-ir", "ListCases", UNIQUE).serialize(Plain(total=1))[2]
    assert json.loads(body) == {"total": 1}


def test_objects_of_one_class_may_have_different_attributes() -> None:
    compiled = codec("security-ir", "CreateCaseComment", UNIQUE)
    assert json.loads(compiled.serialize(Plain(comment_id="000001"))[2]) == {"commentId": "000001"}
    assert json.loads(compiled.serialize(Plain(other=1))[2]) == {}


@pytest.mark.parametrize(
    ("name", "status"), [("UpdateCase", 200), ("TagResource", 204), ("UntagResource", 200)]
)
@pytest.mark.parametrize("answer", [None, {}], ids=["None", "empty"])
def test_an_answer_without_fields_has_no_body(name: str, status: int, answer: object) -> None:
    # over HTTP, a server would say text/html of an answer that names no type
    headers = {"content-type": "application/json"}
    assert codec("security-ir", name, UNIQUE).serialize(answer) == (status, headers, b"")


def test_an_empty_answer_of_a_shape_with_fields_is_an_empty_object() -> None:
    assert codec("security-ir", "ListCases", UNIQUE).serialize(None)[2] == b"{}"


def test_headers_of_two_answers_are_not_shared() -> None:
    compiled = codec("security-ir", "CreateCase", UNIQUE)
    compiled.serialize({"caseId": "1"})[1]["x"] = "y"
    assert "x" not in compiled.serialize({"caseId": "1"})[1]


@pytest.mark.parametrize("answer", [5, "text", [], {"caseId": object()}])
def test_an_answer_that_is_no_answer_is_a_type_error(answer: object) -> None:
    with pytest.raises(TypeError):
        codec("security-ir", "CreateCase", UNIQUE).serialize(answer)


@pytest.mark.parametrize(
    ("traits", "value", "expected"),
    [
        ({"type": "timestamp"}, samples.WHEN, int(samples.WHEN.timestamp())),
        ({"type": "timestamp"}, datetime(1969, 12, 31, 23, 59, 59, 500000, timezone.utc), -0.5),
        (
            {"type": "timestamp", "timestampFormat": "iso8601"},
            samples.WHEN.astimezone(timezone(timedelta(hours=1))),
            "2026-01-31T12:30:15.000Z",
        ),
        (
            {"type": "timestamp", "timestampFormat": "rfc822"},
            samples.WHEN,
            "Sat, 31 Jan 2026 12:30:15 GMT",
        ),
        ({"type": "blob"}, b"xyz", "eHl6"),
        ({"type": "double"}, float("inf"), "Infinity"),
        ({"type": "float"}, float("nan"), "NaN"),
        ({"type": "list", "member": {"shape": "String"}}, ("a", None), ["a"]),
        (
            {"type": "map", "key": {"shape": "String"}, "value": {"shape": "String"}},
            {"a": "b", "c": None},
            {"a": "b"},
        ),
    ],
)
def test_values_are_written_as_the_protocol_says(
    traits: dict[str, Any], value: object, expected: object
) -> None:
    write = Writers().of(shape_of(traits))
    assert write is not None
    written = write(value)
    assert (written, type(written)) == (expected, type(expected))


def test_a_datetime_without_time_zone_is_a_type_error() -> None:
    write = Writers().of(shape_of({"type": "timestamp"}))
    assert write is not None
    with pytest.raises(TypeError, match="has no time zone"):
        write(samples.WHEN.replace(tzinfo=None))


# ---- errors ----------------------------------------------------------------------------------


class ThrottlingException(ServiceError):
    pass


class ValidationException(ServiceError):
    pass


class BadRequestException(ServiceError):
    status = 400


class InvalidInputException(ServiceError):
    pass


def test_an_error_has_its_code_in_a_header_and_its_members_where_the_model_has_them() -> None:
    error = ThrottlingException("slow down", retry_after_seconds=3, quota_code=None)
    assert service_error_response("security-ir", error) == (
        429,
        {
            "x-amzn-errortype": "ThrottlingException",
            "content-type": "application/json",
            "retry-after": "3",
        },
        b'{"message":"slow down"}',
    )


@pytest.mark.parametrize("error", [BadRequestException("no"), InvalidInputException("no")])
def test_errors_of_security_hub_repeat_their_code(error: ServiceError) -> None:
    status, headers, body = service_error_response("securityhub", error)
    assert status == 400
    assert headers["x-amzn-errortype"] == error.code
    assert json.loads(body) == {"Message": "no", "Code": error.code}


def test_an_error_that_the_model_does_not_know_has_a_message_only() -> None:
    error = BadRequestException("no")
    assert service_error_response("security-ir", error)[::2] == (400, b'{"message":"no"}')


def test_an_error_may_set_a_status_of_its_own() -> None:
    error = type("InvalidInputException", (InvalidInputException,), {"status": 401})("no")
    assert service_error_response("securityhub", error)[0] == 401


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ThrottlingException("x", colour="red", size=1), "has no colour, size"),
        (ValidationException("x"), "requires reason"),
        (BadRequestException("x", reason="y"), "models no BadRequestException"),
    ],
)
def test_an_error_that_does_not_fit_its_shape_is_a_type_error(
    error: ServiceError, message: str
) -> None:
    with pytest.raises(TypeError, match=message):
        service_error_response("security-ir", error)


# ---- what is known of an operation -----------------------------------------------------------


def test_the_idempotency_token_is_known() -> None:
    compiled = codec("security-ir", "CreateCase", UNIQUE)
    assert (compiled.token_field, compiled.token_name) == ("client_token", "clientToken")
    assert codec("security-ir", "GetCase", UNIQUE).token_field is None


def test_the_paging_is_botocores() -> None:
    assert codec("securityhub", "ListMembers", UNIQUE).paging == Paging(
        "next_token", "max_results", "NextToken", "NextToken", "Members", 50
    )
    assert codec("security-ir", "GetCase", UNIQUE).paging is None


def test_fields_and_labels_are_known() -> None:
    compiled = codec("security-ir", "CreateCaseComment", UNIQUE)
    assert set(compiled.fields) == {"case_id", "client_token", "body"}
    assert compiled.labels == ("case_id",)


def test_a_codec_is_compiled_once() -> None:
    assert codec("security-ir", "GetCase", UNIQUE) is codec("security-ir", "GetCase", UNIQUE)


# ---- the check of answers itself -------------------------------------------------------------


def test_every_misfit_of_an_answer_is_found() -> None:
    item = {"caseId": "x", "caseStatus": "Open", "lastUpdatedDate": "now", "new": 1, "title": None}
    body = json.dumps({"items": [item, {}], "total": 1.5, "other": 1}).encode()

    found = misfits("security-ir", "ListCases", body, 201)

    for expected in (
        "status is 201, not 200",
        "'/items/0/caseId' = 'x': Member must have length between 10 and 32, inclusive",
        "'/items/0/caseStatus' = 'Open': Member must satisfy enum value set",
        "'/items/0/lastUpdatedDate' must be a number of seconds since 1970, not a string",
        "'/items/0/new' is not a field of the model",
        "'/items/0/title' must not be null",
        "'/items/1/caseId' = None: Member must not be null",
        "'/total' must be an integer, not a number with a fraction",
        "'/other' is not a field of the model",
    ):
        assert any(text.startswith(expected) for text in found), (expected, found)
    assert len(found) == 9


def test_an_answer_that_should_be_empty_is_a_misfit() -> None:
    assert misfits("security-ir", "UpdateCase", b"", 200) == []
    assert len(misfits("security-ir", "UpdateCase", b"{}", 200)) == 1
    assert len(misfits("security-ir", "ListCases", b"", 200)) == 1


def test_errors_have_to_be_declared_or_allowed() -> None:
    status, headers, body = service_error_response("securityhub", BadRequestException("no"))
    arguments = ("securityhub", "CreateMembers", status, headers, body)
    assert error_misfits(*arguments) == ["BadRequestException is not declared by CreateMembers"]
    assert error_misfits(*arguments, allowed={"BadRequestException"}) == []


def test_misfits_of_errors_are_found() -> None:
    headers = {"x-amzn-ErrorType": "ValidationException", "content-type": "application/json"}
    found = error_misfits("security-ir", "GetCase", 500, headers, b'{"reason": "BECAUSE"}')
    assert "status is 500, not 400" in found
    assert any("'/reason'" in text and "enum" in text for text in found)
    assert any("'/message'" in text and "not be null" in text for text in found)
    assert error_misfits("security-ir", "GetCase", 400, {}, b"{}") == [
        "there is no x-amzn-errortype header"
    ]


def test_keys_that_the_output_shape_does_not_have_are_found_before_they_are_dropped() -> None:
    answer = {"items": [{"caseId": "0123456789", "case_arn": "x"}], "Total": 1}
    assert strays("security-ir", "ListCases", answer) == ["/items/*/case_arn", "/Total"]
    body = codec("security-ir", "ListCases", UNIQUE).serialize(answer)[2]
    assert json.loads(body) == {"items": [{"caseId": "0123456789"}]}
