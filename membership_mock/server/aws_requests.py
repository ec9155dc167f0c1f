"""Requests of SDKs: moto's server answers them, and where it cannot, the error is worded here.

moto's server sends a page of HTML with status 500 where it cannot go on. SDKs repeat such a call,
and show nothing of the page.
"""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.datastructures import EnvironHeaders

from membership_mock.engine.moto.server import Dispatcher, ServiceUnknown
from membership_mock.errors import UsageError
from membership_mock.server.error_answers import ErrorAnswer, error_answer

Environ = dict[str, Any]
StartResponse = Callable[..., Any]

#: AWS4-HMAC-SHA256 Credential=<key>/<day>/<region>/<service>/aws4_request
_CREDENTIAL = re.compile(r"Credential=[^,]*?/[^/,]+/(?P<region>[^/,]+)/(?P<service>[^/,]+)/[^/,]+")
#: the page that Flask sends for a path that none of a service's handlers has
_PAGE = b"<!doctype html"


class AwsRequests:
    """A WSGI application that answers requests of SDKs.

    Args:
        check: raises a usage error when no mock runs that could answer.
    """

    def __init__(self, check: Callable[[], object]) -> None:
        self._check = check
        self._moto = Dispatcher()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        headers = EnvironHeaders(environ)
        authorization = headers.get("Authorization")
        found = _CREDENTIAL.search(authorization or "")
        service = found["service"].lower() if found else None
        operation = _operation(environ, service)

        def send(answer: ErrorAnswer) -> Iterable[bytes]:
            sent = {**answer.headers, "Content-Length": str(len(answer.body))}
            start_response(f"{answer.status} {_REASONS[answer.status]}", list(sent.items()))
            return [answer.body]

        if authorization is not None and found is None and _is_malformed(authorization):
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
            self._check()
            return _with_worded_pages(
                self._moto, environ, start_response, send, headers, service, operation
            )
        except UsageError as error:
            return send(error_answer(headers, service, 501, type(error).__name__, str(error)))
        except ServiceUnknown:
            return send(
                error_answer(
                    headers,
                    service,
                    501,
                    "ServiceNotMocked",
                    f"Neither membership_mock nor moto mocks the service {service}. Every mocked"
                    " operation: `python -m membership_mock operations`, and moto's own list.",
                )
            )
        except NotImplementedError as error:
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


def _with_worded_pages(
    application: Callable[..., Iterable[bytes]],
    environ: Environ,
    start_response: StartResponse,
    send: Callable[[ErrorAnswer], Iterable[bytes]],
    headers: EnvironHeaders,
    service: str | None,
    operation: str,
) -> Iterable[bytes]:
    """Answer with an application; a page of HTML that says 404 or 405 becomes an error."""
    started: list[Any] = []

    def start(status: str, sent: list[tuple[str, str]], *rest: Any) -> Any:
        if status[:3] in ("404", "405") and any(
            name.lower() == "content-type" and value.startswith("text/html") for name, value in sent
        ):
            started[:] = [status, sent, *rest]
            return lambda _: None
        return start_response(status, sent, *rest)

    answered = application(environ, start)
    if not started:
        return answered
    body = b"".join(answered)
    if body.lstrip()[: len(_PAGE)].lower() != _PAGE:
        start_response(*started)
        return [body]
    return send(
        error_answer(
            headers, service, 501, "OperationNotMocked", f"{operation} is not mocked by moto."
        )
    )
