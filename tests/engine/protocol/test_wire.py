"""Requests and answers of many services in every protocol, from their models, there and back."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from botocore.awsrequest import create_request_object, prepare_request_dict
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape
from botocore.serialize import create_serializer

from membership_mock.engine.protocol.http import as_bytes, http_request
from membership_mock.engine.protocol.model import service_model, snake
from membership_mock.engine.protocol.wire import cbor
from membership_mock.engine.protocol.wire.answers import FIRST_ERROR_STATUS, answer_read, error_read
from membership_mock.engine.protocol.wire.requests import parameters, protocol_of
from membership_mock.engine.protocol.wire.writers import answer_written, error_written
from membership_mock.errors import ServiceError
from membership_mock.testing.output_values import checked

#: a service or more of each protocol
SERVICES = (
    "sts",
    "iam",
    "ec2",
    "organizations",
    "events",
    "dynamodb",
    "sqs",
    "lambda",
    "securityhub",
    "s3",
    "route53",
    "cloudwatch",
)
#: operations of S3 that take no sample: two members of the first ones have one name on the wire,
#: and a parameter of the last one is part of the host
_OUT_OF_USE = {"GetBucketNotification", "PutBucketNotification", "WriteGetObjectResponse"}
#: every how many operations one is tried of a service with hundreds
_STEP = {"ec2": 25, "iam": 5, "securityhub": 8, "s3": 2, "lambda": 2, "route53": 2}
_DAY = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
_SCALARS: dict[str, Any] = {
    "string": "a <b> & c",
    "character": "c",
    "boolean": True,
    "integer": 7,
    "long": 70000000000,
    "float": 1.5,
    "double": 2.25,
    "timestamp": _DAY,
    "blob": b"\x00\xffbytes",
}


def sample(shape: Shape, depth: int = 0) -> Any:
    """Return a value with every member of a shape, down to some depth."""
    if isinstance(shape, StructureShape):
        if shape.metadata.get("document"):
            return {"any": ["thing"]}
        if getattr(shape, "is_tagged_union", False):
            depth = min(depth, 3)
        members = {
            name: sample(each, depth + 1)
            for name, each in shape.members.items()
            if depth < 4 or each.type_name in _SCALARS or name in shape.required_members
            if depth < 9 and not each.serialization.get("jsonvalue")
        }
        if getattr(shape, "is_tagged_union", False):
            return dict(list(members.items())[:1])
        required = shape.required_members
        return {
            n: each for n, each in members.items() if each not in ([], {}, [{}]) or n in required
        }
    if isinstance(shape, ListShape):
        each = sample(shape.member, depth + 1)
        return [] if each in ({}, []) else [each, each]
    if isinstance(shape, MapShape):
        each = sample(shape.value, depth + 1)
        return {} if each in ({}, []) else {"Key1": each, "Key2": each}
    enum = getattr(shape, "enum", None)
    return enum[0] if enum else _SCALARS[shape.type_name]


def operations(service: str) -> list[OperationModel]:
    model = service_model(service)
    names = model.operation_names[:: _STEP.get(service, 1)]
    found = [model.operation_model(name) for name in names]
    return [
        each
        for each in found
        if not (each.has_event_stream_output or each.has_event_stream_input)
        and each.name not in _OUT_OF_USE
    ]


@pytest.mark.parametrize("service", SERVICES)
def test_an_answer_is_read_by_botocore_as_it_was_given(service: str) -> None:
    for operation in operations(service):
        shape = operation.output_shape
        given = sample(shape) if shape is not None else {}
        value, wrong = checked(shape, given)
        assert wrong == [], operation.name
        for name in [n for n, each in (shape.members if shape else {}).items() if _is_status(each)]:
            value[name] = 202
        answer = answer_written(operation, value, "the-id")
        expected = dict(value)
        if shape is not None and operation.has_streaming_output:
            answer.body = b""  # as the record has it
            expected.pop(shape.serialization["payload"])
        assert answer_read(operation, answer) == expected, operation.name


def _is_status(member: Shape) -> bool:
    return member.serialization.get("location") == "statusCode"


@pytest.mark.parametrize("service", SERVICES)
def test_the_parameters_of_a_request_are_read_as_they_were_sent(service: str) -> None:
    for operation in operations(service):
        if operation.input_shape is None:
            continue
        given = sample(operation.input_shape)
        serialized = create_serializer(protocol_of(operation), False).serialize_to_request(
            given, operation
        )
        host = f"https://{serialized.pop('host_prefix', '')}{service}.amazonaws.com"
        prepare_request_dict(serialized, host, {})
        sent = create_request_object(serialized).prepare()
        request = http_request(sent.method, sent.url, sent.headers, None)
        streams = operation.has_streaming_input
        body = b"" if streams else as_bytes(sent.body)
        found = parameters(
            operation, sent.url.split("/")[2], request.path, request.query, sent.headers, body
        )
        expected = {name: each for name, each in given.items() if name in found or not streams}
        for name in ("ContentLength", "ContentType", "contentType"):  # botocore sets it anyway
            if name in found.keys() - expected.keys():
                del found[name]
        assert found == expected, operation.name


class _Undeclared(ServiceError):
    code = "NobodyDeclaresIt"
    status = 418


@pytest.mark.parametrize("service", SERVICES)
def test_an_error_is_read_by_botocore_with_its_code_status_and_message(service: str) -> None:
    shapes = service_model(service).error_shapes
    (operation, *_) = operations(service)
    for shape in [None, *shapes]:
        error: ServiceError = _Undeclared("Said <so>")
        if shape is not None:
            members = {
                snake(name): sample(each)
                for name, each in shape.members.items()
                if name.lower() not in ("message", "code", "type")
            }
            kind = type(shape.name, (ServiceError,), {"code": shape.error_code})
            error = kind("Said <so>", **members)
        answer = error_written(operation, error, "the-id")
        assert answer.status >= FIRST_ERROR_STATUS
        code, message = error_read(operation, answer)
        assert code.rpartition(".")[2] in (error.code, "NonExistentQueue", "QueueAlreadyExists")
        assert message == "Said <so>"


@pytest.mark.parametrize(
    "value",
    [0, 23, 24, 255, 256, 65536, 2**40, -1, -500, "", "é" * 30, b"\x00" * 300, True, None, 1.5],
)
def test_cbor_of_a_value_is_read_by_botocore_as_it_was(value: Any) -> None:
    import io

    from botocore.parsers import create_parser

    parser = create_parser("smithy-rpc-v2-cbor")
    stream = io.BufferedReader(io.BytesIO(cbor.encode({"list": [value], "day": _DAY})))
    assert parser.parse_data_item(stream) == {"list": [value], "day": _DAY}
