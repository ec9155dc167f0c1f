"""Gets moto's answers to plain HTTP requests of clients other than `requests`.

moto's URL patterns and our plain HTTP endpoints are registered with the library `responses`, which
catches what `requests` sends. The adapters of other HTTP clients ask here for the same answers.
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
    """`responses` has no answer to a request, and would send it to the network."""


class _NoNetwork(HTTPAdapter):  # type: ignore[misc]  # requests is untyped here
    """Raises for every request that `responses` would send to the network."""

    def get_connection_with_tls_context(self, *_args: Any, **_kwargs: Any) -> Any:
        raise _UnansweredError

    def get_connection(self, *_args: Any, **_kwargs: Any) -> Any:  # of requests before 2.32
        raise _UnansweredError


_no_network = _NoNetwork()


def is_of_moto(mock: object) -> bool:
    """Return whether a mock of `responses` is moto's own, and not one of a test."""
    return mock is responses_mock


def answer(request: PlainHttpRequest) -> PlainHttpResponse | None:
    """Return what `requests` would get for ``request``; None if neither moto nor we serve it."""
    prepared = PreparedRequest()
    prepared.method, prepared.url = request.method, request.url
    prepared.headers = CaseInsensitiveDict(request.headers)
    prepared.body = request.body or None
    if request.method == "PUT" and prepared.headers.get("Content-Type") == _FORM:
        # The default of `urllib.request`, with which moto's S3 would store nothing.
        prepared.headers["Content-Type"] = "binary/octet-stream"
    try:
        raw = responses_mock.unbound_on_send()(_no_network, prepared).raw
    except _UnansweredError:
        return None
    body = raw.read(decode_content=False)
    if (raw.status, body) in _UNSERVED:
        return None
    return PlainHttpResponse(raw.status, dict(raw.headers), body)
