"""The mock over HTTP, for programs in other languages: moto's server, with our services in it."""

from __future__ import annotations

import sys
import threading

from membership_mock.mock import mock_membership


def serve_forever(host: str, port: int) -> int:
    """Serve until interrupted, and return the exit status.

    Args:
        host: the address to listen on.
        port: the port to listen on; 0 takes a free one, which is printed.
    """
    try:
        from moto.server import ThreadedMotoServer
    except ImportError:
        sys.stderr.write(
            "The server needs moto's server extra: pip install 'membership-mock[server]'\n"
        )
        return 1
    with mock_membership():
        server = ThreadedMotoServer(ip_address=host, port=port, verbose=False)
        server.start()
        address, taken = server.get_host_and_port()
        sys.stdout.write(f"Serving on http://{address}:{taken} (Ctrl+C stops)\n")
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            pass
        finally:
            server.stop()
    return 0
