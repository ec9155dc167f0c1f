"""Serves a mock over HTTP in threads, for the command line and for tests."""

from __future__ import annotations

import os
import socket
import ssl
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from membership_mock.server.tools.served import Served
from membership_mock.server.tools.table import PREFIX

if TYPE_CHECKING:
    from membership_mock.mock import MembershipMock

#: seconds that a client may take for the handshake of TLS
_HANDSHAKE = 10


@contextmanager
def serving(
    mock: MembershipMock,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    tls: ssl.SSLContext | None = None,
    allowed_hosts: Collection[str] = (),
) -> Iterator[str]:
    """Serve a mock over HTTP while the block runs.

    Use it as ``with serving(mock) as url:``. Calls and tools are served in parallel, in threads.

    Args:
        mock: the mock, which is running.
        host: the address to listen on.
        port: the port to listen on; 0 takes a free one.
        tls: serves HTTPS with this certificate; HTTP when None.
        allowed_hosts: names that the server goes by, besides the local ones.

    Returns:
        The URL of the server, in the ``as`` part.

    Raises:
        OSError: it cannot listen there.
        ImportError: moto's server extra is missing.
    """
    with (
        listening(host, port) as listener,
        run(Served(mock), listener, host, tls, allowed_hosts, log=False) as url,
    ):
        yield url


@contextmanager
def run(
    served: Served,
    listener: socket.socket,
    host: str,
    tls: ssl.SSLContext | None = None,
    allowed_hosts: Collection[str] = (),
    *,
    log: bool,
) -> Iterator[str]:
    """Serve on a socket that listens while the block runs; its ``as`` part is the URL.

    Args:
        served: what is served.
        listener: the socket.
        host: the address or name that it listens on.
        tls: as for `serving`.
        allowed_hosts: as for `serving`.
        log: whether every request is a line on standard error.
    """
    from membership_mock.server.application import Application

    served.keep(served.mock.snapshot(), "start")
    address, port = listener.getsockname()[:2]
    server = _Server(
        host,
        port,
        Application(served, {*allowed_hosts, host}),
        handler=_handler(log=log),
        fd=listener.fileno(),
    )
    server.secure(tls)
    serving = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
    serving.start()
    try:
        shown = f"[{address}]" if ":" in address else address
        yield f"{'https' if tls else 'http'}://{shown}:{port}"
    finally:
        server.shutdown()
        serving.join()
        server.server_close()


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Here, not in werkzeug, which ends only the thread that cannot listen.

    Raises:
        OSError: the port is taken, or the host is not an address of this machine.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        if os.name == "posix":  # else a server that has just ended keeps its port for a while
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except BaseException:
        listener.close()
        raise
    return listener


class _Server(ThreadedWSGIServer):
    """A server that shakes hands in the request's thread, so that no client stops the others."""

    _tls: ssl.SSLContext | None = None

    def secure(self, tls: ssl.SSLContext | None) -> None:
        """Serve HTTPS from now on."""
        self._tls = self.ssl_context = tls

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Answer the requests of one connection."""
        if self._tls is None:
            super().finish_request(request, client_address)
            return
        try:
            request.settimeout(_HANDSHAKE)
            secured = self._tls.wrap_socket(request, server_side=True)
            secured.settimeout(None)
        except OSError:  # plain HTTP, or a client that does not trust the certificate
            return
        try:
            super().finish_request(secured, client_address)
        finally:
            with suppress(OSError):
                secured.shutdown(socket.SHUT_RDWR)
            secured.close()


def _handler(*, log: bool) -> type[WSGIRequestHandler]:
    """Return the class that reads requests, with or without an access log."""
    from membership_mock.engine.moto.server import REQUEST_HANDLER

    class Handler(REQUEST_HANDLER):  # type: ignore[valid-type,misc]  # which it is depends on moto
        def log_request(self, *args: Any, **kwargs: Any) -> None:
            # The page in the browser asks every second. What is not HTTP has no path.
            if log and not getattr(self, "path", "").startswith(PREFIX):
                super().log_request(*args, **kwargs)

        def handle_expect_100(self) -> bool:
            # Werkzeug tells the client to continue when it runs the application: once is enough.
            return True

    return Handler
