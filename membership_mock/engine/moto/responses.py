"""moto's answers to requests that no SDK made, for other clients than `requests`.

moto hands its patterns, and our doors, to the library `responses`, which catches what `requests`
sends. Whoever catches the requests of another client can ask here.
"""

from __future__ import annotations

from typing import Any

from moto.core.models import responses_mock
from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict

from membership_mock.engine.pipeline.plain_http import PlainHttpRequest, PlainHttpResponse

#: What moto answers to a request that matches none of its services, or none of a service's URLs.
_UNSERVED = {(400, b"The method is not implemented"), (404, b"Not yet implemented")}

_FORM = "application/x-www-form-urlencoded"


class _UnansweredError(Exception):
    """`responses` has nothing to say to a request, and sends it on."""


class _Nowhere(HTTPAdapter):  # type: ignore[misc]  # requests is untyped here
    """Where a request goes that `responses` sends on."""

    def get_connection_with_tls_context(self, *_args: Any, **_kwargs: Any) -> Any:
        raise _UnansweredError

    def get_connection(self, *_args: Any, **_kwargs: Any) -> Any:  # of requests before 2.32
        raise _UnansweredError


_nowhere = _Nowhere()


def answer(request: PlainHttpRequest) -> PlainHttpResponse | None:
    """Return what `requests` would get for ``request``; None when nobody serves it."""
    prepared = PreparedRequest()
    prepared.method, prepared.url = request.method, request.url
    prepared.headers = CaseInsensitiveDict(request.headers)
    prepared.body = request.body or None
    if request.method == "PUT" and prepared.headers.get("Content-Type") == _FORM:
        # `urllib.request` says so unless it is told otherwise, and moto's S3 would store nothing.
        prepared.headers["Content-Type"] = "binary/octet-stream"
    try:
        raw = responses_mock.unbound_on_send()(_nowhere, prepared).raw
    except _UnansweredError:
        return None
    body = raw.read(decode_content=False)
    if (raw.status, body) in _UNSERVED:
        return None
    return PlainHttpResponse(raw.status, dict(raw.headers), body)
