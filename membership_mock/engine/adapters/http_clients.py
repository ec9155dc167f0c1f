"""Answer requests of http.client and urllib3 in the process. No other file knows how they send.

Both, and `urllib.request` on top of them, write the request to the socket of a connection and read
the answer from it. The method `HTTPConnection.putrequest` gets the whole URL. If the URL is at a
host of AWS, an `_InProcessSocket` replaces the real socket. The clients handle redirects, retries,
streams and errors themselves.
"""

from __future__ import annotations

import http.client
import io
from collections.abc import Callable, Iterator
from typing import Any

import urllib3.connection

from membership_mock.engine.adapters.dispatch import answer_plain, leaving, may_leave
from membership_mock.engine.adapters.hosts import is_aws
from membership_mock.engine.moto.patches import Patches
from membership_mock.engine.pipeline.plain_http import PlainHttpRequest, PlainHttpResponse

#: headers of the connection, which are written again
_OF_THE_CONNECTION = {"connection", "transfer-encoding"}
_BODILESS = {204, 304}

#: `http.client.HTTPConnection`, under a name that no other tool replaces: vcrpy
#: puts classes of its own into both modules while a cassette is open
_CONNECTION: Any = urllib3.connection._HTTPConnection  # type: ignore[attr-defined]


def _kinds(base: Any) -> Iterator[Any]:
    """Yield the connection classes of both modules, even if a tool has replaced them there."""
    if base.__module__ in ("http.client", "urllib3.connection"):
        yield base
        for kind in base.__subclasses__():
            yield from _kinds(kind)


_CONNECTIONS: tuple[Any, ...] = tuple(_kinds(_CONNECTION))


def install(patches: Patches, alive: Callable[[], bool]) -> None:
    """Answer requests to hosts of AWS.

    Args:
        patches: undone when the mock ends.
        alive: returns whether any mock is running.
    """
    putrequest = patches.original(_CONNECTION, "putrequest")

    def begin(self: Any, method: str, url: str, *args: Any, **kwargs: Any) -> None:
        putrequest(self, method, url, *args, **kwargs)
        if alive():
            _direct(self, method, url)

    patches.set(_CONNECTION, "putrequest", begin)

    for kind in _CONNECTIONS:
        patches.set(kind, "connect", _connect_later(patches.original(kind, "connect"), alive))


def _connect_later(connect: Callable[[Any], None], alive: Callable[[], bool]) -> Any:
    def wait_for_the_url(self: Any) -> None:  # urllib3 connects for HTTPS before it knows it
        if alive() and not may_leave(f"{_origin(self)}/"):
            self.sock = _InProcessSocket("", "")
            self.is_verified = True  # else urllib3 warns
        else:
            connect(self)

    return wait_for_the_url


def _origin(connection: Any) -> str:
    """Return scheme, host and port that a connection leads to, through a proxy or not."""
    host, port = connection.host, connection.port
    if connection._tunnel_host:
        host, port = connection._tunnel_host, connection._tunnel_port
    scheme = "https" if connection.default_port == http.client.HTTPS_PORT else "http"
    host = str(host).lower()  # in the form that urllib3, requests and moto's patterns use
    return f"{scheme}://{host}" + (f":{port}" if port and port != connection.default_port else "")


def _direct(connection: Any, method: str, target: str) -> None:
    """Send a request to the mock, or to the network."""
    if target.startswith(("http://", "https://")):  # for a proxy
        url = target
    else:
        url = _origin(connection) + (target if target.startswith("/") else f"/{target}")
    if not is_aws(url):
        return
    if not may_leave(url):
        if connection.sock is not None:
            connection.sock.close()
        connection.sock = _InProcessSocket(method, url)
    elif connection.sock is None or isinstance(connection.sock, _InProcessSocket):
        connection.sock = None
        with leaving():
            connection.connect()


class _InProcessSocket:
    """Takes one request and returns its answer, with the methods of a socket that clients use."""

    def __init__(self, method: str, url: str) -> None:
        self._method = method
        self._url = url
        self._sent = bytearray()

    def sendall(self, data: Any) -> None:
        """Take a part of the request; raise `TypeError` if it is not bytes, as a socket does."""
        self._sent += memoryview(data)

    def makefile(self, *_args: Any, **_kwargs: Any) -> io.BufferedReader:
        """Return the answer to the request, which is computed when it is read."""
        return io.BufferedReader(_Answer(self._serve))

    def _serve(self) -> bytes:
        end = self._sent.index(b"\r\n\r\n") + 4
        head = bytes(self._sent[:end])
        headers = http.client.parse_headers(io.BytesIO(head.partition(b"\r\n")[2]))
        with memoryview(self._sent) as sent:  # which may be long, and is copied once
            body = bytes(sent[end:])
        self._sent.clear()
        if headers.get("transfer-encoding", "").lower() == "chunked":
            del headers["transfer-encoding"]
            body = _unchunked(body)
            headers["Content-Length"] = str(len(body))
        answer = answer_plain(
            PlainHttpRequest(self._method, self._url, dict(headers.items()), body)
        )
        return _as_sent(self._method, answer)

    def settimeout(self, timeout: float | None) -> None:
        """Do nothing: answers are there at once."""

    def shutdown(self, how: int) -> None:
        """Do nothing: there is no connection."""

    def close(self) -> None:
        """Do nothing: the answer can still be read to its end."""


class _Answer(io.RawIOBase):
    """An answer that is computed when the client reads it, because it handles errors there."""

    def __init__(self, make: Callable[[], bytes]) -> None:
        self._make = make
        self._made: io.BytesIO | None = None

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read a part of the answer."""
        if self._made is None:
            self._made = io.BytesIO(self._make())
        return self._made.readinto(buffer)


def _unchunked(body: bytes) -> bytes:
    parts, at = [], 0
    while at < len(body):
        begin = body.index(b"\r\n", at) + 2
        end = begin + int(body[at:begin].partition(b";")[0], 16)
        parts.append(body[begin:end])
        at = end + 2
    return b"".join(parts)


def _as_sent(method: str, answer: PlainHttpResponse) -> bytes:
    """Return an answer as a server would write it."""
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name.lower() not in _OF_THE_CONNECTION
    }
    body = b"" if method == "HEAD" else answer.body
    if method != "HEAD":  # there it is the length of the body that GET would get
        headers = {name: headers[name] for name in headers if name.lower() != "content-length"}
        if answer.status not in _BODILESS:
            headers["Content-Length"] = str(len(body))
    headers["Connection"] = "close"  # so that the next request opens a new one
    lines = [f"HTTP/1.1 {answer.status} {http.client.responses.get(answer.status, '')}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + body
