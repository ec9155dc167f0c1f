"""Errors that services send though no operation declares them, with their statuses."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from membership_mock.engine.protocol.model import error_shape, service_model
from membership_mock.engine.protocol.wire.requests import protocol_of
from membership_mock.engine.protocol.wire.writers import QUERY_CODES
from membership_mock.services import SERVICES

#: Errors that every operation of every service may send, and their statuses. Source: the newest
#: edition of the API references' page "Common Errors" (older ones say 400 in more places). A
#: status that a service's own model has goes before. The last three are on no such page: they are
#: what a gateway in front of a service sends, and what older signatures were answered with.
COMMON: Mapping[str, tuple[int, str]] = {
    "AccessDeniedException": (403, "User is not authorized to perform this action."),
    "ExpiredTokenException": (403, "The security token included in the request is expired"),
    "IncompleteSignature": (403, "The request signature does not conform to AWS standards."),
    "InternalFailure": (500, "The request could not be processed because of an internal failure."),
    "MalformedHttpRequestException": (400, "The body of the request could not be processed."),
    "NotAuthorized": (401, "You do not have permission to perform this action."),
    "OptInRequired": (403, "The AWS access key ID needs a subscription for the service."),
    "RequestAbortedException": (400, "The request was aborted before a reply was sent."),
    "RequestEntityTooLargeException": (413, "The request entity is too large."),
    "RequestExpired": (400, "The request has expired."),
    "RequestTimeoutException": (408, "Reading the request timed out."),
    "ServiceUnavailable": (503, "The service is temporarily unavailable."),
    "ThrottlingException": (400, "Rate exceeded"),
    "UnknownOperationException": (404, "The operation is not known."),
    "UnrecognizedClientException": (403, "The security token included in the request is invalid."),
    "ValidationError": (400, "The input does not satisfy the constraints of the service."),
    "InvalidClientTokenId": (403, "The security token included in the request is invalid."),
    "InvalidSignatureException": (403, "The request signature does not match."),
    "TooManyRequestsException": (429, "Too Many Requests"),
}

#: What services with the older protocols, query and EC2's, send besides. Sources: the pages
#: "Common Errors" of IAM, STS and CloudFormation, and "Error codes" of the EC2 API.
_QUERY: Mapping[str, tuple[int, str]] = {
    "AccessDenied": (403, "User is not authorized to perform this action."),
    "AuthFailure": (401, "AWS was not able to validate the provided access credentials"),
    "ExpiredToken": (403, "The security token included in the request is expired"),
    "InternalError": (500, "An internal error has occurred"),
    "InvalidAction": (400, "The action or operation requested is invalid."),
    "InvalidParameterCombination": (400, "Parameters that must not be used together were used."),
    "InvalidParameterValue": (400, "An invalid or out-of-range value was supplied."),
    "MalformedQueryString": (404, "The query string contains a syntax error."),
    "MissingAction": (400, "The request is missing an action or a required parameter."),
    "MissingAuthenticationToken": (403, "Request is missing Authentication Token"),
    "MissingParameter": (400, "A required parameter is not supplied."),
    "RequestLimitExceeded": (503, "Request limit exceeded."),
    "SignatureDoesNotMatch": (403, "The request signature does not match."),
    "Throttling": (400, "Rate exceeded"),
    "Unavailable": (503, "The server is overloaded and can't handle the request."),
    "UnauthorizedOperation": (403, "You are not authorized to perform this operation."),
}

#: What S3 sends besides, of which its model has a few only. Source: "Error responses" in its API
#: reference.
_S3: Mapping[str, tuple[int, str]] = {
    "AccessDenied": (403, "Access Denied"),
    "BadDigest": (400, "The Content-MD5 you specified did not match what we received."),
    "BucketAlreadyExists": (409, "The requested bucket name is not available."),
    "BucketAlreadyOwnedByYou": (409, "The bucket you tried to create already exists."),
    "BucketNotEmpty": (409, "The bucket you tried to delete is not empty"),
    "EntityTooLarge": (400, "Your proposed upload exceeds the maximum allowed object size."),
    "EntityTooSmall": (400, "Your proposed upload is smaller than the minimum allowed size"),
    "ExpiredToken": (400, "The provided token has expired."),
    "InternalError": (500, "We encountered an internal error. Please try again."),
    "InvalidAccessKeyId": (403, "The AWS Access Key Id you provided does not exist."),
    "InvalidArgument": (400, "Invalid Argument"),
    "InvalidBucketName": (400, "The specified bucket is not valid."),
    "InvalidDigest": (400, "The Content-MD5 you specified is not valid."),
    "InvalidObjectState": (403, "The operation is not valid for the current state of the object."),
    "InvalidPart": (400, "One or more of the specified parts could not be found."),
    "InvalidRange": (416, "The requested range is not satisfiable"),
    "InvalidRequest": (400, "The request is not valid."),
    "KeyTooLongError": (400, "Your key is too long"),
    "MalformedXML": (400, "The XML you provided was not well-formed."),
    "MethodNotAllowed": (405, "The specified method is not allowed against this resource."),
    "NoSuchBucket": (404, "The specified bucket does not exist"),
    "NoSuchBucketPolicy": (404, "The bucket policy does not exist"),
    "NoSuchCORSConfiguration": (404, "The CORS configuration does not exist"),
    "NoSuchKey": (404, "The specified key does not exist."),
    "NoSuchLifecycleConfiguration": (404, "The lifecycle configuration does not exist"),
    "NoSuchPublicAccessBlockConfiguration": (404, "The public access block does not exist"),
    "NoSuchTagSet": (404, "The TagSet does not exist"),
    "NoSuchUpload": (404, "The specified upload does not exist."),
    "NoSuchVersion": (404, "The specified version does not exist."),
    "NoSuchWebsiteConfiguration": (404, "The specified bucket has no website configuration"),
    "NotImplemented": (501, "A header you provided implies functionality that is not implemented"),
    "OperationAborted": (409, "A conflicting conditional operation is currently in progress."),
    "OwnershipControlsNotFoundError": (404, "The bucket ownership controls were not found"),
    "PreconditionFailed": (412, "At least one of the preconditions you specified did not hold"),
    "ReplicationConfigurationNotFoundError": (404, "The replication configuration was not found"),
    "RequestTimeout": (400, "Your socket connection to the server was not read from in time."),
    "RequestTimeTooSkewed": (403, "The difference between the times is too large."),
    "ServerSideEncryptionConfigurationNotFoundError": (404, "There is no such configuration"),
    "ServiceUnavailable": (503, "Please reduce your request rate."),
    "SignatureDoesNotMatch": (403, "The request signature we calculated does not match."),
    "SlowDown": (503, "Please reduce your request rate."),
    "TooManyBuckets": (400, "You have attempted to create more buckets than allowed"),
}

#: What services with the JSON protocols send besides, where their models do not declare it.
_JSON: Mapping[str, tuple[int, str]] = {
    "InternalServerError": (500, "An internal server error occurred."),
    "InternalServerException": (500, "An internal server error occurred."),
    "MissingAuthenticationTokenException": (403, "Missing Authentication Token"),
    "ServiceUnavailableException": (503, "The service is temporarily unavailable."),
}


@cache
def common_errors(service: str) -> Mapping[str, tuple[int, str]]:
    """Return the errors that any operation of a service may send, with status and text."""
    if service in SERVICES:
        return COMMON
    if service == "s3":
        return {**COMMON, **_S3}
    model = service_model(service)
    protocol = protocol_of(model.operation_model(model.operation_names[0]))
    return {**COMMON, **(_QUERY if protocol in ("query", "ec2", "rest-xml") else _JSON)}


def error_code(service: str, name: str) -> str:
    """Return the code of an error that a test has named by its code or by its class.

    The two differ in some services: ``NoSuchEntityException`` of IAM has the code ``NoSuchEntity``.
    """
    if service in SERVICES or error_shape(service, name) is not None:
        return name
    for code, older in QUERY_CODES.get(service, {}).items():
        if older == name:
            return code
    for shape in service_model(service).error_shapes:
        if shape.name == name:
            return str(shape.error_code)
    return name


def models_no_errors(service: str) -> bool:
    """Return whether the model of a service has no errors at all, such as that of EC2."""
    return service not in SERVICES and not service_model(service).error_shapes
