"""HTTP requests and answers in the form of the pipeline, the same for all adapters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from membership_mock.engine.lazy_dataclasses import dataclass

#: what HTTP allows in a header. Source: RFC 9110, sections 5.1 and 5.5
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile("[\t\x20-\x7e\x80-\xff]*")


@dataclass(slots=True)
class HttpRequest:
    """An HTTP request.

    Attributes:
        method: upper case.
        url: the whole URL as it was sent.
        path: the path as it was sent, percent-encoded.
        query: the query string as it was sent, without the question mark.
        headers: by name, in any case.
        body: the bytes of the body.
        invoked_by: the service that sends it on behalf of the caller, e.g.
            ``cloudformation.amazonaws.com``; empty for a request of a client.
        protocol: the protocol of a request to one of moto's services, as botocore calls it, if it
            may be another one than botocore's clients use; empty otherwise.
    """

    method: str
    url: str
    path: str
    query: str
    headers: Mapping[str, Any]
    body: bytes
    invoked_by: str = ""
    protocol: str = ""


@dataclass(slots=True)
class HttpAnswer:
    """An HTTP answer.

    Attributes:
        status: the HTTP status.
        headers: by name, in lower case.
        body: the bytes of the body.
        delay: how many seconds the client would have waited for it.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    delay: float = 0.0


def unfit_header(headers: Mapping[str, str]) -> str | None:
    """Return why HTTP cannot send one of the headers of an answer; None if it can send them."""
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name):
            return f"{name!r} cannot be the name of an HTTP header"
        if not _HEADER_VALUE.fullmatch(value):
            return f"an HTTP header cannot have the value {value!r}"
    return None


def http_request(method: str, url: str, headers: Mapping[str, Any], body: Any) -> HttpRequest:
    """Return the request that a client library is about to send.

    Args:
        method: upper case.
        url: the whole URL.
        headers: a mapping that ignores case.
        body: bytes, text, a readable file, or None.
    """
    start = url.find("/", url.find("//") + 2)
    if start < 0:
        path = query = ""
    else:
        path, _, query = url[start:].partition("?")
    return HttpRequest(method, url, path or "/", query, headers, as_bytes(body))


def as_bytes(body: Any) -> bytes:
    """Return a body as bytes, whatever form a client library gave it."""
    if body is None:
        return b""
    if isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    if hasattr(body, "read"):
        return as_bytes(body.read())
    if isinstance(body, (bytearray, memoryview)):
        return bytes(body)
    return b"".join(as_bytes(part) for part in body)


def from_moto(request: Any, full_url: str) -> HttpRequest:
    """Convert the request that moto passes to a response handler.

    It is a WSGI request in server mode, and a client library's prepared request otherwise.
    """
    if hasattr(request, "get_data"):
        return from_wsgi(request, full_url, as_bytes(request.get_data()))
    return http_request(request.method.upper(), full_url, request.headers, request.body)


def from_wsgi(request: Any, full_url: str, body: bytes) -> HttpRequest:
    """Convert a request of werkzeug.

    Args:
        request: what was sent.
        full_url: the whole URL.
        body: the bytes of its body, or none if they are not needed.
    """
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or request.path
    parts = urlsplit(raw) if "://" in raw else None
    path = (parts.path if parts else raw.partition("?")[0]) or "/"
    query = request.query_string.decode("latin-1")
    return HttpRequest(request.method.upper(), full_url, path, query, request.headers, body)
