"""Requests of SDKs that the server cannot serve: an error with a code, in the SDK's own protocol."""

from __future__ import annotations

from typing import Any

import boto3
import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from werkzeug.test import Client

from membership_mock import MembershipMock
from membership_mock.engine.moto.server import Dispatcher
from membership_mock.server.application import Application
from membership_mock.server.error_answers import REST_XML, error_answer
from membership_mock.server.tools.served import Served
from tests.server.raw_http import Raw, signature


def client(service: str, url: str) -> Any:
    """Return a client that repeats what an SDK repeats by default."""
    return boto3.client(
        service,
        endpoint_url=url,
        region_name="eu-west-1",
        aws_access_key_id="111122223333",
        aws_secret_access_key="x",
        config=Config(retries={"mode": "standard"}),
    )


def refusal(call: Any, **parameters: Any) -> ClientError:
    """Return the error of a call, which was made once."""
    with pytest.raises(ClientError) as raised:
        call(**parameters)
    assert raised.value.response["ResponseMetadata"]["RetryAttempts"] == 0
    return raised.value


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("snowball", "list_jobs", {}),  # JSON with a target
        ("detective", "list_graphs", {}),  # REST with JSON
        ("importexport", "list_jobs", {}),  # query
    ],
)
def test_a_service_that_is_not_mocked_is_an_error_of_the_service(
    url: str, service: str, operation: str, parameters: dict[str, Any]
) -> None:
    error = refusal(getattr(client(service, url), operation), **parameters)
    if error.response["Error"]["Code"] != "OperationNotMocked":  # moto may mock more some day
        assert error.response["Error"]["Code"] == "ServiceNotMocked"
        assert "membership_mock nor moto mocks the service" in error.response["Error"]["Message"]
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 501


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("batch", "list_jobs_by_consumable_resource", {"consumableResource": "x"}),  # REST, JSON
        ("kms", "connect_custom_key_store", {"CustomKeyStoreId": "x"}),  # JSON with a target
        (
            "sns",
            "get_data_protection_policy",
            {"ResourceArn": "arn:aws:sns:eu-west-1:1:x"},
        ),  # query
        ("ec2", "describe_fast_launch_images", {}),  # EC2's XML
        ("route53", "get_checker_ip_ranges", {}),  # REST with XML
    ],
)
def test_an_operation_that_moto_does_not_mock_is_an_error_of_the_service(
    url: str, service: str, operation: str, parameters: dict[str, Any]
) -> None:
    error = refusal(getattr(client(service, url), operation), **parameters)
    assert error.response["Error"]["Code"] == "OperationNotMocked"
    assert (
        "not mocked by moto" in error.response["Error"]["Message"]
        or "not been implemented" in (error.response["Error"]["Message"])
    )
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_an_operation_of_ours_that_is_not_mocked_is_an_error_of_the_service(
    url: str, mock: MembershipMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = mock._running().services["securityhub"]
    others = {name: each for name, each in backend.handlers.items() if name != "ListMembers"}
    monkeypatch.setattr(backend, "handlers", others)
    mock._running().pipeline.forget_operations()
    error = refusal(client("securityhub", url).list_members)
    assert error.response["Error"]["Code"] == "OperationNotMocked"
    assert "securityhub.ListMembers was called" in error.response["Error"]["Message"]


@pytest.mark.parametrize("header", ["x", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=a/b"])
def test_a_malformed_signature_is_refused_as_aws_refuses_it(server: Raw, header: str) -> None:
    answer = server.send("GET", "/members", Authorization=header)
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (403, "IncompleteSignature")
    assert "names no key, region and service" in answer.json["message"]


def test_a_crash_of_moto_is_no_page_of_html(
    mock: MembershipMock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a mistake")

    monkeypatch.setattr(Dispatcher, "__call__", broken)
    answer = Client(Application(Served(mock))).get(
        "/v1/x", headers={"Authorization": signature("glue")}
    )
    assert (answer.status_code, answer.json["__type"]) == (501, "MockFailed")
    assert "moto cannot answer GET /v1/x of glue: ZeroDivisionError: a mistake" in answer.text
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_pages_that_services_send_themselves_stay(server: Raw) -> None:
    answer = server.send("GET", "/nothing-here/key")  # S3
    assert answer.status == 404
    assert "<Code>NoSuchBucket</Code>" in answer.text


def test_an_answer_without_content_is_no_html(server: Raw, mock: MembershipMock) -> None:
    mock.given.securityhub.hub("111122223333")
    answer = server.send("DELETE", "/accounts", Authorization=signature("securityhub"))
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")


def test_the_xml_services_are_those_that_botocore_has() -> None:
    loader = botocore.session.Session().get_component("data_loader")
    for service in REST_XML:
        assert loader.load_service_model(service, "service-2")["metadata"]["protocol"] == "rest-xml"


def test_errors_in_cbor_are_read_by_botocore() -> None:
    parsers = pytest.importorskip("botocore.parsers")
    if "smithy-rpc-v2-cbor" not in parsers.PROTOCOL_PARSERS:
        pytest.skip("this botocore does not know CBOR")
    answer = error_answer(
        {"smithy-protocol": "rpc-v2-cbor"}, "x", 501, "ServiceNotMocked", "No. " * 99
    )
    raw = {"status_code": answer.status, "headers": answer.headers, "body": answer.body}
    parsed = parsers.create_parser("smithy-rpc-v2-cbor").parse(raw, None)
    assert parsed["Error"] == {"Code": "ServiceNotMocked", "Message": "No. " * 99}
