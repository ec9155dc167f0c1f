"""The operation of a request is found again for every operation that botocore can send.

Some thousand operations of the services that moto's users call most are serialized by botocore, and
named by what was sent.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.awsrequest import HeadersDict
from botocore.model import OperationModel, Shape
from botocore.serialize import create_serializer

from membership_mock.engine.protocol.http import HttpRequest
from membership_mock.engine.protocol.model import model_in_protocol, service_model
from membership_mock.engine.protocol.wire.operations import operation_of, services_signed_as

#: a few services of each protocol, with those that share a signing name
SERVICES = [
    "apigateway",
    "apigatewayv2",
    "batch",
    "cloudwatch",
    "ec2",
    "elb",
    "elbv2",
    "iam",
    "kms",
    "lambda",
    "organizations",
    "rds",
    "route53",
    "s3",
    "s3control",
    "ses",
    "sesv2",
    "sqs",
    "stepfunctions",
    "sts",
]
#: operations whose requests look like those of another one, which is meant more often
SAME_REQUEST = {
    "GetBucketLifecycle": "GetBucketLifecycleConfiguration",
    "GetBucketNotification": "GetBucketNotificationConfiguration",
    "ListDirectoryBuckets": "ListBuckets",
    "PutBucketLifecycle": "PutBucketLifecycleConfiguration",
    "PutBucketNotification": "PutBucketNotificationConfiguration",
}
_SCALARS: dict[str, Any] = {
    "blob": b"x",
    "boolean": True,
    "double": 1.0,
    "float": 1.0,
    "integer": 5,
    "long": 5,
    "map": {},
    "timestamp": "2026-01-01T00:00:00Z",
}


def sample(shape: Shape) -> Any:
    """Return a value with the required members only."""
    if shape.type_name == "structure":
        return {name: sample(shape.members[name]) for name in shape.required_members}
    if shape.type_name == "list":
        return [sample(shape.member)]
    if shape.type_name == "string":
        return shape.enum[0] if shape.enum else "a" * max(3, shape.metadata.get("min", 1))
    return _SCALARS[shape.type_name]


def sent(operation: OperationModel) -> HttpRequest:
    """Return what botocore sends for an operation, without its signature."""
    serializer = create_serializer(operation.service_model.resolved_protocol, False)
    shape = operation.input_shape
    made = serializer.serialize_to_request(sample(shape) if shape else {}, operation)
    path, _, constant = made["url_path"].partition("?")
    others = made["query_string"]
    query = "&".join(
        part
        for part in (constant, others if isinstance(others, str) else urlencode(others, doseq=True))
        if part
    )
    headers = HeadersDict()
    headers.update(made["headers"])
    body = made["body"]
    if isinstance(body, dict):
        body = urlencode(body, doseq=True)
        headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
    body = body.encode() if isinstance(body, str) else body
    url = f"http://localhost:5000{path}?{query}"
    return HttpRequest(
        made["method"], url, path, query, headers, body if isinstance(body, bytes) else b""
    )


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_is_found_in_what_botocore_sends(service: str) -> None:
    model = service_model(service)
    signing_name = str(model.signing_name)
    found = {}
    for name in model.operation_names:
        operation = operation_of(signing_name, sent(model.operation_model(name)))
        found[name] = operation and (operation.service_model.service_name, operation.name)
    assert found == {
        name: (service, SAME_REQUEST.get(name, name)) for name in model.operation_names
    }
    assert len(found) > 5


def test_services_are_found_by_the_name_that_their_requests_are_signed_for() -> None:
    assert services_signed_as("monitoring")[0] == "cloudwatch"
    assert services_signed_as("rds")[0] == "rds"
    assert {"elb", "elbv2"} <= set(services_signed_as("elasticloadbalancing"))
    assert services_signed_as("nothing-like-that") == ()


def test_the_protocol_of_the_request_counts_and_not_that_of_botocore() -> None:
    rpc = HttpRequest(
        "POST",
        "http://localhost/service/GraniteServiceVersion20100801/operation/ListMetrics",
        "/service/GraniteServiceVersion20100801/operation/ListMetrics",
        "",
        {"Smithy-Protocol": "rpc-v2-cbor"},
        b"\xa0",
    )
    form = HttpRequest("GET", "http://localhost/", "/", "Action=ListMetrics", {}, b"")
    target = HttpRequest(
        "POST",
        "http://localhost/",
        "/",
        "",
        {"X-Amz-Target": "GraniteServiceVersion20100801.ListMetrics"},
        b"{}",
    )
    found = [operation_of("monitoring", each) for each in (rpc, form, target)]
    assert [each and each.name for each in found] == ["ListMetrics"] * 3
    assert [each and each.service_model.resolved_protocol for each in found] == [
        "smithy-rpc-v2-cbor",
        "query",
        "json",
    ]
    assert model_in_protocol("cloudwatch", "") is service_model("cloudwatch")


@pytest.mark.parametrize(
    ("signing_name", "path", "query", "headers"),
    [
        ("sts", "/", "Action=GetCallerIdentitty", {}),
        ("sts", "/", "Action=GetCallerIdentity&Version=1999-01-01", {}),
        ("kms", "/", "", {"X-Amz-Target": "TrentService.ListKeyss"}),
        ("kms", "/", "", {"X-Amz-Target": "Other.ListKeys"}),
        ("lambda", "/2015-03-31/functionss", "", {}),
        ("nothing-like-that", "/", "Action=ListKeys", {}),
    ],
)
def test_a_request_that_no_operation_has_is_of_none(
    signing_name: str, path: str, query: str, headers: dict[str, str]
) -> None:
    request = HttpRequest("GET", f"http://localhost{path}?{query}", path, query, headers, b"")
    assert operation_of(signing_name, request) is None
