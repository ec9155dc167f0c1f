"""Response handlers for moto: they serve the requests that moto has matched by URL.

Such requests come from moto's server, from its proxy, and from `requests` in the same process.
"""

from __future__ import annotations

import functools
import json
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ConnectionError as NoConnection
from botocore.exceptions import HTTPClientError

from membership_mock.engine.protocol.http import from_moto
from membership_mock.errors import UsageError

if TYPE_CHECKING:
    from membership_mock.engine.moto.parts import ResponseHandler
    from membership_mock.engine.pipeline.request_pipeline import RequestPipeline


@functools.cache
def response_handler(service: str, pipeline: Callable[[], RequestPipeline]) -> ResponseHandler:
    """Return what moto calls to serve a request that did not come from botocore.

    Args:
        service: the id of one of our services.
        pipeline: returns the pipeline of the mock that runs; moto's server outlives mocks.
    """

    def serve(request: Any, full_url: str, _headers: Any) -> tuple[int, dict[str, str], bytes]:
        over_http = "SERVER_SOFTWARE" in getattr(request, "environ", ())
        try:
            answer = pipeline().serve(service, None, from_moto(request, full_url))
        except UsageError as error:
            if not over_http:
                raise
            # The client is in another process and gets the text; SDKs do not retry a 501.
            headers = {
                "content-type": "application/json",
                "x-amzn-errortype": type(error).__name__,
            }
            return 501, headers, json.dumps({"message": str(error)}).encode()
        except (HTTPClientError, NoConnection) as error:  # a fault that a test has injected
            if not over_http:
                raise
            hang_up(request.environ)
            headers = {"content-type": "application/json"}
            return 504, headers, json.dumps({"message": str(error)}).encode()
        if answer.delay:
            pipeline().let_pass(answer.delay)
        if over_http:
            del answer.headers["date"]  # a real server sets its own
        return answer.status, answer.headers, answer.body

    serve.__name__ = f"serve_{service.replace('-', '_')}"
    return serve


def hang_up(environ: Mapping[str, Any]) -> None:
    """Close the connection of a request, if the server exposes it, so that the answer is lost.

    Args:
        environ: the request in WSGI's form.
    """
    connection = environ.get("werkzeug.socket")
    if connection is not None:
        with suppress(OSError):  # the client has closed it already
            connection.shutdown(socket.SHUT_RDWR)
