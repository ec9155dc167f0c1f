"""Read the answer of any service of AWS as botocore does."""

from __future__ import annotations

import re
from typing import Any

from botocore.awsrequest import HeadersDict
from botocore.handlers import json_decode_policies, json_decode_template_body
from botocore.model import OperationModel
from botocore.parsers import ResponseParserError, create_parser

from membership_mock.engine.protocol.http import HttpAnswer
from membership_mock.engine.protocol.wire.requests import protocol_of

#: the errors of reading an answer that does not fit its model
_MISFITS = (ValueError, TypeError, KeyError, AttributeError, ResponseParserError)
#: from this status on, botocore treats an answer as an error
FIRST_ERROR_STATUS = 300


def answer_read(operation: OperationModel, answer: HttpAnswer) -> dict[str, Any]:
    """Return the answer as boto3 returns it, without ``ResponseMetadata``.

    The body of a stream is missing, because the record does not keep it. Policies of IAM and
    templates of CloudFormation are mappings, as in boto3. Other changes that botocore's event
    handlers make to some answers, such as decoded keys of S3, are not made here.
    """
    shape = operation.output_shape
    try:
        parsed = _parse(operation, answer)
    except _MISFITS:
        return {}
    parsed.pop("ResponseMetadata", None)
    service = operation.service_model.service_name
    if service == "iam":
        json_decode_policies(parsed, operation)
    elif (service, operation.name) == ("cloudformation", "GetTemplate"):
        json_decode_template_body(parsed)
    if operation.name == "GetBucketLocation":  # the root of its body is its only member
        found = re.search(r">([^<>]+)</LocationConstraint>", answer.body.decode())
        return {"LocationConstraint": found[1] if found else None}
    if shape is not None and operation.has_streaming_output:
        parsed.pop(shape.serialization.get("payload"), None)
    return parsed


def error_read(operation: OperationModel, answer: HttpAnswer) -> tuple[str, str]:
    """Return code and message of an answer that is an error."""
    try:
        found = _parse(operation, answer).get("Error", {})
    except _MISFITS:
        found = {}
    return str(found.get("Code") or answer.status), str(found.get("Message") or "")


def _parse(operation: OperationModel, answer: HttpAnswer) -> dict[str, Any]:
    headers = HeadersDict()
    headers.update(answer.headers)
    raw = {"status_code": answer.status, "headers": headers, "body": answer.body}
    parsed: dict[str, Any] = create_parser(protocol_of(operation)).parse(
        raw, operation.output_shape
    )
    return parsed
