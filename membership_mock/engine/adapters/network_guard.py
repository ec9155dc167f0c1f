"""Keep every request to AWS in the process while a mock runs, whichever client sends it.

Clients in Python look hosts up with `socket.getaddrinfo`: http.client and urllib3, httpx, asyncio
and aiohttp, `socket.create_connection`. The guard replaces that function, and refuses hosts of AWS
that no other adapter has handled.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from membership_mock.engine.adapters.dispatch import may_leave, way_out
from membership_mock.engine.adapters.hosts import is_aws_host
from membership_mock.engine.moto.patches import Patches
from membership_mock.errors import RequestBlocked


def install(patches: Patches, alive: Callable[[], bool]) -> None:
    """Refuse to look up hosts of AWS, unless requests to them may leave.

    Args:
        patches: undone when the mock ends.
        alive: returns whether any mock is running; another tool may keep the guard for longer.
    """
    found = socket.getaddrinfo
    if isinstance(found, _Guard):  # of an earlier mock, put back by a tool that ended later
        socket.getaddrinfo = found.look_up
    patches.set(socket, "getaddrinfo", _Guard(socket.getaddrinfo, alive))


class _Guard:
    """Replaces `socket.getaddrinfo`."""

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
                    "    served   boto3, aiobotocore, requests, urllib3, urllib.request and"
                    " http.client\n"
                    f"{way_out(name)}"
                )
        return self.look_up(host, *args, **kwargs)


def _passes(host: str) -> bool:
    return any(may_leave(f"{scheme}://{host}/") for scheme in ("https", "http"))
