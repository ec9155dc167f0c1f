"""Nothing leaves the process for AWS while a mock runs, whatever client sends it.

What finds a host through Python asks `socket.getaddrinfo`: http.client and urllib3, httpx, asyncio
and aiohttp, `socket.create_connection`. So that function stands guard, for all that nobody has
caught before.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from membership_mock.engine.adapters.hosts import is_aws, is_aws_host
from membership_mock.engine.moto import configuration
from membership_mock.engine.moto.patches import Patches
from membership_mock.errors import RequestBlocked

_let_through: ContextVar[bool] = ContextVar("membership_mock_let_through", default=False)


@contextmanager
def let_through() -> Iterator[None]:
    """Let what is sent inside reach the network: somebody who knows the whole URL has decided."""
    token = _let_through.set(True)
    try:
        yield
    finally:
        _let_through.reset(token)


def is_let_through(url: str) -> bool:
    """Return whether a request to ``url`` may reach the network."""
    return _let_through.get() or not is_aws(url) or configuration.passes_through(None, url)


def way_out(host: str) -> str:
    """Return how a test lets requests to ``host`` pass, and where to read on."""
    return (
        "    If the call is meant to reach the network, let it pass:"
        f" mock_membership(config={{'core': {{'passthrough': {{'urls': [r'https?://{host}']}}}}}});\n"
        "    if not, stub this call in the test. See docs/how-to/unmocked-operations.md"
    )


def install(patches: Patches, alive: Callable[[], bool]) -> None:
    """Let no host of AWS be looked up that does not pass.

    Args:
        patches: undone when the mock ends.
        alive: says whether any mock is running; another tool may keep the guard for longer.
    """
    found = socket.getaddrinfo
    if isinstance(found, _Guard):  # an earlier mock's, put back by a tool that ended after it
        socket.getaddrinfo = found.look_up
    patches.set(socket, "getaddrinfo", _Guard(socket.getaddrinfo, alive))


class _Guard:
    """Stands in for `socket.getaddrinfo`."""

    def __init__(self, look_up: Callable[..., Any], alive: Callable[[], bool]) -> None:
        self.look_up = look_up
        self._alive = alive

    def __call__(self, host: Any, *args: Any, **kwargs: Any) -> Any:
        if self._alive():
            name = host.decode("latin-1") if isinstance(host, (bytes, bytearray)) else host
            if isinstance(name, str) and is_aws_host(name) and not _passes(name):
                raise RequestBlocked(
                    f"Something was about to leave for {name}, by an HTTP client or a socket that"
                    " neither membership_mock nor moto serves, and nothing leaves the process for"
                    " AWS while a mock is running.\n"
                    "    served   boto3, requests, urllib3, urllib.request and http.client\n"
                    f"{way_out(name)}"
                )
        return self.look_up(host, *args, **kwargs)


def _passes(host: str) -> bool:
    return any(is_let_through(f"{scheme}://{host}/") for scheme in ("https", "http"))
