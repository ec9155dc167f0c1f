"""The calls that CloudFormation makes to a service on behalf of the owner of a stack."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.caller import acting_as
from membership_mock.engine.protocol.http import HttpRequest
from membership_mock.engine.protocol.model import OperationModel, service_model
from membership_mock.errors import UsageError

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.request_pipeline import RequestPipeline

#: the principal that makes the calls
PRINCIPAL = "cloudformation.amazonaws.com"

#: CloudFormation's codes of what a handler may report, by the service's error. Those of Clean Rooms
#: are observed in its published handlers, the others are inferred [SH-341] from the names of the
#: errors.
_HANDLER_CODES = {
    "AccessDenied": "AccessDenied",
    "AccessDeniedException": "AccessDenied",
    "ConflictException": "AlreadyExists",
    "InternalException": "ServiceInternalError",
    "InternalServerException": "ServiceInternalError",
    "InvalidAccessException": "AccessDenied",
    "InvalidInputException": "InvalidRequest",
    "LimitExceededException": "ServiceLimitExceeded",
    "ResourceConflictException": "AlreadyExists",
    "ResourceNotFoundException": "NotFound",
    "ServiceQuotaExceededException": "ServiceLimitExceeded",
    "ThrottlingException": "Throttling",
    "TooManyRequestsException": "Throttling",
    "UnrecognizedClientException": "InvalidCredentials",
    "ValidationException": "InvalidRequest",
}


class HandlerFailed(Exception):
    """A service refused what a resource needs.

    Attributes:
        code: CloudFormation's code for it, e.g. ``InvalidRequest``.
        message: the service's text, with service, status and request id as the SDK adds them.
        is_of_policies: whether IAM refused the call, so that the refusal says nothing about the
            resource.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.is_of_policies = " is not authorized to perform: " in message


@dataclass(frozen=True, slots=True)
class StackCaller:
    """The account and region that CloudFormation calls for.

    Attributes:
        account_id: the account of the stack.
        region: its region.
        access_key: the access key that asked for the change of the stack; empty when policies are
            not applied, as in a stack set.
        security_token: the session token that belongs to the key; empty if there is none.
    """

    account_id: str
    region: str
    access_key: str = ""
    security_token: str = ""


class HandlerCalls:
    """Calls the operations of one service, through the pipeline that serves every request.

    Args:
        pipeline: that of the running mock.
        service: the service's id.
        caller: the account and region that CloudFormation calls for.
    """

    def __init__(self, pipeline: RequestPipeline, service: str, caller: StackCaller) -> None:
        self.caller = caller
        self.service = service
        self._pipeline = pipeline

    def model(self, operation: str) -> OperationModel:
        """Return botocore's model of an operation.

        Raises:
            UsageError: the botocore in use does not know it.
        """
        described = service_model(self.service)
        if operation not in described.operation_names:
            raise UsageError(
                f"A template needs {self.service}.{operation}, which the botocore in use does not"
                " know: install a newer botocore, or leave the property out."
            )
        return described.operation_model(operation)

    def __call__(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call an operation.

        Args:
            operation: its name.
            **parameters: as boto3 takes them.

        Returns:
            The answer as boto3 returns it, without ``ResponseMetadata``.

        Raises:
            HandlerFailed: the service refused it, or gave no answer.
            UsageError: what the test author's tools raise.
        """
        model = self.model(operation)
        request = self._request(model, parameters)
        try:
            with acting_as(self.caller.account_id):
                answer = self._pipeline.serve(self.service, operation, request)
        except UsageError:
            raise
        except Exception as failure:  # a fault that leaves the client without an answer
            raise HandlerFailed("NetworkFailure", str(failure)) from failure
        raw = {"status_code": answer.status, "headers": answer.headers, "body": answer.body}
        parsed: dict[str, Any] = _parser().parse(raw, model.output_shape)
        parsed.pop("ResponseMetadata", None)
        if answer.status >= 300:
            error = parsed.get("Error", {})
            name = service_model(self.service).service_id.replace(" ", "")
            raise HandlerFailed(
                _HANDLER_CODES.get(error.get("Code", ""), "GeneralServiceException"),
                f"{error.get('Message', '')} (Service: {name}, Status Code: {answer.status},"
                f" Request ID: {answer.headers['x-amzn-requestid']})",
            )
        return parsed

    def _request(self, model: OperationModel, parameters: Mapping[str, Any]) -> HttpRequest:
        sent = _serializer().serialize_to_request(dict(parameters), model)
        caller, service = self.caller, self.service
        body = sent["body"]
        headers = {
            **sent["headers"],
            "Authorization": (
                f"AWS4-HMAC-SHA256 Credential={caller.access_key}/19700101/{caller.region}/"
                f"{service}/aws4_request, SignedHeaders=host, Signature="
            ),
        }
        if caller.security_token:
            headers["X-Amz-Security-Token"] = caller.security_token
        query = _query(sent["query_string"])
        path = sent["url_path"]
        url = f"https://{service}.{caller.region}.amazonaws.com{path}"
        return HttpRequest(
            sent["method"],
            f"{url}?{query}" if query else url,
            path,
            query,
            headers,
            body if isinstance(body, bytes) else str(body or "").encode(),
            PRINCIPAL,
        )


def _query(parameters: Any) -> str:
    return urlencode(parameters, doseq=True) if parameters else ""


@cache
def _serializer() -> Any:
    return create_serializer("rest-json", include_validation=False)


@cache
def _parser() -> Any:
    return create_parser("rest-json")
