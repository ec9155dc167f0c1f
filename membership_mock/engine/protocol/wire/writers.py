"""Write answers and errors of any service of AWS, in the protocol of its service.

botocore reads the result as an answer of AWS: it raises the modelled class of an error, with its
code, message, status and members.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.model import OperationModel, Shape, StructureShape

from membership_mock.engine.protocol.http import HttpAnswer
from membership_mock.engine.protocol.model import service_model, snake, success_status
from membership_mock.engine.protocol.serialize import AnswerWriter, Writers, header_text
from membership_mock.engine.protocol.wire import xml
from membership_mock.engine.protocol.wire.cbor import encode
from membership_mock.engine.protocol.wire.requests import protocol_of
from membership_mock.errors import ServiceError

_CBOR = "smithy-rpc-v2-cbor"
_XML_TYPE = "text/xml"
_SQS = "AWS.SimpleQueueService."
#: the codes that SQS had for its errors in the query protocol, and still sends in a header. Source:
#: the API reference of SQS; its model does not have them.
QUERY_CODES: Mapping[str, Mapping[str, str]] = {
    "sqs": {
        "BatchEntryIdsNotDistinct": f"{_SQS}BatchEntryIdsNotDistinct",
        "BatchRequestTooLong": f"{_SQS}BatchRequestTooLong",
        "EmptyBatchRequest": f"{_SQS}EmptyBatchRequest",
        "InvalidBatchEntryId": f"{_SQS}InvalidBatchEntryId",
        "MessageNotInflight": f"{_SQS}MessageNotInflight",
        "PurgeQueueInProgress": f"{_SQS}PurgeQueueInProgress",
        "QueueDeletedRecently": f"{_SQS}QueueDeletedRecently",
        "QueueDoesNotExist": f"{_SQS}NonExistentQueue",
        "QueueNameExists": "QueueAlreadyExists",
        "TooManyEntriesInBatchRequest": f"{_SQS}TooManyEntriesInBatchRequest",
        "UnsupportedOperation": f"{_SQS}UnsupportedOperation",
    }
}
#: the status of an error without a status in the model
_CLIENT_ERROR, _SERVER_ERROR = 400, 500


def answer_written(
    operation: OperationModel, value: Mapping[str, Any], request_id: str
) -> HttpAnswer:
    """Return an answer of a service.

    Args:
        operation: the operation in botocore's model.
        value: the members of the answer by their API names; they fit the model.
        request_id: the id that the answer carries.
    """
    protocol, shape = protocol_of(operation), operation.output_shape
    headers = {"x-amzn-requestid": request_id}
    if protocol == "rest-xml":
        return _rest_xml(operation, shape, value, headers)
    if protocol in ("query", "ec2"):
        text = _query_body(operation, shape, value, request_id, is_ec2=protocol == "ec2")
        return HttpAnswer(200, {**headers, "content-type": _XML_TYPE}, text.encode())
    if protocol == _CBOR:
        return HttpAnswer(200, {**headers, **_CBOR_HEADERS}, encode(value))
    if protocol == "json":
        write = Writers().structure(shape, shape.members) if shape is not None else dict
        body = json.dumps(write(dict(value))).encode()
        return HttpAnswer(200, {**headers, "content-type": _json_type(operation)}, body)
    status, more, body = AnswerWriter(operation, Writers()).serialize(value)
    return HttpAnswer(status, {**headers, **more}, body)


def error_written(
    operation: OperationModel, error: ServiceError, request_id: str, *, has_body: bool = True
) -> HttpAnswer:
    """Return an error of a service.

    Args:
        operation: the operation in botocore's model.
        error: the error; its fields are the members of its shape in snake case.
        request_id: the id that the answer carries.
        has_body: whether the answer may have a body; False for the answer to a HEAD request.

    Raises:
        TypeError: the error has fields that its shape lacks.
    """
    protocol, service = protocol_of(operation), operation.service_model.service_name
    shape = service_model(service).shape_for_error_code(error.code)
    status = error.status or status_of(shape)
    values = _error_members(shape, error)
    in_headers = {
        name for name in values if shape.members[name].serialization.get("location") == "header"
    }
    headers = {"x-amzn-requestid": request_id, **error.headers}
    for name in in_headers:
        wire = str(shape.members[name].serialization.get("name", name))
        headers[wire.lower()] = header_text(shape.members[name], values.pop(name))
    sender = "Receiver" if status >= _SERVER_ERROR else "Sender"
    if protocol in ("query", "ec2", "rest-xml"):
        headers["content-type"] = _XML_TYPE
        if service == "s3":
            headers["x-amz-request-id"] = request_id
        inner = xml.element("Code", xml.text(error.code))
        inner += xml.element("Message", xml.text(error.message))
        inner += "" if shape is None else xml.members(shape, values, values)
        body = _xml_error("s3" if service == "s3" else protocol, inner, request_id, sender).encode()
    else:
        name = shape.name if shape is not None else error.code
        if "awsQueryCompatible" in operation.service_model.metadata:
            older = QUERY_CODES.get(service, {}).get(error.code, error.code)
            headers["x-amzn-query-error"] = f"{older};{sender}"
        if protocol == _CBOR:
            headers |= _CBOR_HEADERS
            body = encode({"__type": name, "message": error.message, **values})
        else:
            write = Writers().structure(shape, values) if shape is not None else dict
            document = {"message": error.message, **write(values)}
            if protocol == "rest-json":
                headers |= {"x-amzn-errortype": error.code, "content-type": "application/json"}
            else:
                document = {"__type": name, **document}
                headers["content-type"] = _json_type(operation)
            body = json.dumps(document).encode()
    return HttpAnswer(status, headers, body if has_body else b"", error.delay)


def _xml_error(form: str, inner: str, request_id: str, sender: str) -> str:
    if form == "s3":
        return xml.element("Error", inner + xml.element("RequestId", request_id))
    if form == "ec2":
        errors = xml.element("Errors", xml.element("Error", inner))
        return xml.element("Response", errors + xml.element("RequestID", request_id))
    error = xml.element("Error", xml.element("Type", sender) + inner)
    return xml.element("ErrorResponse", error + xml.element("RequestId", request_id))


def status_of(shape: Shape | None) -> int:
    """Return the HTTP status of an error in the model; 400 if the model has no status."""
    if shape is None:
        return _CLIENT_ERROR
    said = shape.metadata.get("error", {}).get("httpStatusCode")
    return int(said or (_SERVER_ERROR if shape.metadata.get("fault") else _CLIENT_ERROR))


_CBOR_HEADERS = {"content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}


def _error_members(shape: Shape | None, error: ServiceError) -> dict[str, Any]:
    """Return the members that an error sets, without those that every error has."""
    names = {snake(name): name for name in getattr(shape, "members", ())}
    unknown = error.fields.keys() - names.keys()
    if unknown:
        raise TypeError(f"{error.code} has no {', '.join(sorted(unknown))}")
    return {
        names[name]: value
        for name, value in error.fields.items()
        if value is not None and names[name].lower() not in ("message", "code")
    }


def _json_type(operation: OperationModel) -> str:
    version = operation.service_model.metadata.get("jsonVersion", "1.0")
    return f"application/x-amz-json-{version}"


def _query_body(
    operation: OperationModel,
    shape: StructureShape | None,
    value: Mapping[str, Any],
    request_id: str,
    *,
    is_ec2: bool,
) -> str:
    inner = "" if shape is None else xml.members(shape, value, shape.members)
    wrapper = None if shape is None else shape.serialization.get("resultWrapper")
    if wrapper:
        inner = xml.element(str(wrapper), inner)
    if is_ec2:
        inner = xml.element("requestId", request_id) + inner
    else:
        inner += xml.element("ResponseMetadata", xml.element("RequestId", request_id))
    return xml.element(f"{operation.name}Response", inner)


def _rest_xml(
    operation: OperationModel,
    shape: StructureShape | None,
    value: Mapping[str, Any],
    headers: dict[str, str],
) -> HttpAnswer:
    status, body = success_status(operation), b""
    if operation.service_model.service_name == "s3":
        headers["x-amz-request-id"] = headers["x-amzn-requestid"]
    if shape is None:
        return HttpAnswer(status, headers, b"")
    payload = shape.serialization.get("payload")
    inside = []
    for name, given in value.items():
        member = shape.members[name]
        wire = str(member.serialization.get("name", name))
        location = member.serialization.get("location")
        if location == "header":
            headers[wire.lower()] = header_text(member, given)
        elif location == "headers":
            headers |= {wire.lower() + key: str(text) for key, text in given.items()}
        elif location == "statusCode":
            status = int(given)
        elif name == payload:
            body = _payload(member, name, given)
        elif operation.name == "GetBucketLocation":  # its root is its only member
            body = xml.element(name, xml.text(given)).encode()
        else:
            inside.append(name)
    if inside:
        body = xml.element(f"{operation.name}Result", xml.members(shape, value, inside)).encode()
    elif not body and payload is None:
        body = xml.element(f"{operation.name}Result", "").encode() if _has_body(shape) else b""
    if body and not operation.has_streaming_output:
        headers.setdefault("content-type", "application/xml")
    return HttpAnswer(status, headers, body)


def _has_body(shape: StructureShape) -> bool:
    return any("location" not in member.serialization for member in shape.members.values())


def _payload(member: Shape, name: str, value: Any) -> bytes:
    if isinstance(member, StructureShape):
        wire = str(member.serialization.get("name", name))
        return xml.element(wire, xml.members(member, value, member.members)).encode()
    return bytes(value) if isinstance(value, (bytes, bytearray)) else str(value).encode()
