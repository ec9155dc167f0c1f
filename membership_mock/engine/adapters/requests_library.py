"""Requests of the library `requests`, which moto catches with the library `responses`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from responses import RequestsMock

from membership_mock.engine.adapters.dispatch import leaving
from membership_mock.engine.moto import configuration
from membership_mock.engine.moto.patches import Patches
from membership_mock.engine.moto.responses import is_of_moto


def install(patches: Patches, _alive: Callable[[], bool]) -> None:
    """Let requests leave that moto's configuration, or the test's own `responses`, lets through.

    Args:
        patches: undone when the mock ends.
    """
    on_request = patches.original(RequestsMock, "_on_request")

    def decide(self: Any, adapter: Any, request: Any, **kwargs: Any) -> Any:
        # moto's own lets through what matches nothing, a test's own what the test names
        if not is_of_moto(self) or configuration.passes_through(None, str(request.url)):
            with leaving():
                return on_request(self, adapter, request, **kwargs)
        return on_request(self, adapter, request, **kwargs)

    patches.set(RequestsMock, "_on_request", decide)
