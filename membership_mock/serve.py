"""The mock over HTTP, for programs in other languages: moto's server, with our services in it."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from membership_mock.engine import running
from membership_mock.mock import mock_membership

#: what ends the server: Ctrl+C, and how a shell, a container or a service manager ends a program
_ENDING = (signal.SIGINT, signal.SIGTERM)


def serve_forever(host: str, port: int, keep_calls: int = 1_000) -> int:
    """Serve until SIGINT or SIGTERM, and return the exit status.

    Args:
        host: the address to listen on.
        port: the port to listen on; 0 takes a free one, which is printed.
        keep_calls: how many of the latest calls are kept for certain, so that a server that runs
            for weeks does not grow by each call.

    Returns:
        0 when a signal has ended the server; 1 when it could not start, after one sentence on
        standard error that says why.
    """
    try:
        from moto import server as moto_server
        from moto.server import DomainDispatcherApplication, create_backend_app
        from werkzeug.serving import WSGIRequestHandler, make_server
    except ImportError:
        return _refuse(
            "The server needs moto's server extra: pip install 'membership-mock[server]'"
        )
    try:
        # Here, not in werkzeug, which ends only the thread that cannot listen.
        listening = _listen(host, port)
    except (OSError, OverflowError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return _refuse(f"Cannot listen on {host}:{port}: {reason}")
    with listening, _interrupted_by_signals(), mock_membership(unmocked_calls="ignore"):
        running.require().record.most = running.require().events.most = keep_calls
        server = make_server(
            host,
            port,
            DomainDispatcherApplication(create_backend_app),
            threaded=True,
            # newer releases of moto have one of their own
            request_handler=getattr(moto_server, "MotoRequestHandler", WSGIRequestHandler),
            fd=listening.fileno(),
        )
        serving = threading.Thread(target=server.serve_forever, daemon=True)
        serving.start()
        address, taken = listening.getsockname()[:2]
        try:
            shown = f"[{address}]" if ":" in address else address
            sys.stdout.write(f"Serving on http://{shown}:{taken} (Ctrl+C stops)\n")
            sys.stdout.flush()
            threading.Event().wait()
        finally:
            server.shutdown()
            serving.join()
            server.server_close()
    return 0


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        if os.name == "posix":  # else a server that has just ended keeps its port for a while
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen()
    except BaseException:
        listening.close()
        raise
    return listening


@contextmanager
def _interrupted_by_signals() -> Iterator[None]:
    """End the block at SIGINT and at SIGTERM, whatever the process that started this one has set.

    A shell lets programs in the background ignore SIGINT. Process 1 of a container ignores every
    signal that it has no handler for.
    """
    before = {each: signal.signal(each, signal.default_int_handler) for each in _ENDING}
    try:
        yield
    except KeyboardInterrupt:
        for each in _ENDING:  # the block has ended in order; a second signal changes nothing
            signal.signal(each, signal.SIG_IGN)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
