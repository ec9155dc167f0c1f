"""Requests of SDKs: moto's server answers them, and where it cannot, the error is worded here.

moto's server sends a page of HTML with status 500 where it cannot go on. SDKs repeat such a call,
and show nothing of the page.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.datastructures import EnvironHeaders

from membership_mock.engine.pipeline.request_pipeline import RequestPipeline
from membership_mock.engine.protocol.wire.operations import signed_for
from membership_mock.errors import UsageError
from membership_mock.server.error_answers import ErrorAnswer, error_answer
from membership_mock.server.moto_calls import MotoCalls, NotMocked, ServiceNotMocked

Environ = dict[str, Any]
StartResponse = Callable[..., Any]


class AwsRequests:
    """A WSGI application that answers requests of SDKs.

    Args:
        pipeline: returns that of the running mock; raises a usage error when none runs.
    """

    def __init__(self, pipeline: Callable[[], RequestPipeline]) -> None:
        self._pipeline = pipeline
        self._moto = MotoCalls()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        headers = EnvironHeaders(environ)
        authorization = headers.get("Authorization")
        service = signed_for(authorization or "")
        operation = _operation(environ, service)

        def send(answer: ErrorAnswer) -> Iterable[bytes]:
            sent = {**answer.headers, "Content-Length": str(len(answer.body))}
            start_response(f"{answer.status} {_REASONS[answer.status]}", list(sent.items()))
            return [answer.body]

        if authorization is not None and service is None and _is_malformed(authorization):
            return send(
                error_answer(
                    headers,
                    None,
                    403,
                    "IncompleteSignature",
                    "The header Authorization names no key, region and service: 'AWS4-HMAC-SHA256"
                    " Credential=KEY/DAY/REGION/SERVICE/aws4_request, …' is expected.",
                )
            )
        try:
            answer = self._moto.answer(self._pipeline(), environ, service)
            return answer.send(start_response)
        except UsageError as error:
            return send(error_answer(headers, service, 501, type(error).__name__, str(error)))
        except ServiceNotMocked as error:
            return send(error_answer(headers, service, 501, "ServiceNotMocked", str(error)))
        except (NotMocked, NotImplementedError) as error:
            return send(
                error_answer(
                    headers,
                    service,
                    501,
                    "OperationNotMocked",
                    f"{operation} is not mocked by moto{f': {error}' if str(error) else '.'}",
                )
            )
        except Exception as error:  # noqa: BLE001  whatever moto raises has to become an answer
            traceback.print_exc(file=sys.stderr)
            return send(
                error_answer(
                    headers,
                    service,
                    501,
                    "MockFailed",
                    f"moto cannot answer {operation}: {type(error).__name__}: {error}",
                )
            )


_REASONS = {403: "Forbidden", 501: "Not Implemented"}


def _is_malformed(authorization: str) -> bool:
    """Return whether a header is a signature of AWS without a credential, or no scheme at all."""
    return authorization.startswith("AWS4-") or len(authorization.split()) < 2


def _operation(environ: Environ, service: str | None) -> str:
    """Return what was called, as far as headers and path tell."""
    target = environ.get("HTTP_X_AMZ_TARGET")
    if target:
        return f"{service}.{target.rpartition('.')[2]}"
    return f"{environ['REQUEST_METHOD']} {environ.get('PATH_INFO', '/')} of {service or 'S3'}"
