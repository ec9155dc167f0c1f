"""What the library `requests` sends, which moto catches with the library `responses`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.models import responses_mock
from responses import RequestsMock

from membership_mock.engine.adapters.dispatch import leaving
from membership_mock.engine.moto import configuration
from membership_mock.engine.moto.patches import Patches


def install(patches: Patches, _alive: Callable[[], bool]) -> None:
    """Let through what moto's configuration lets pass, or a `responses` of the test's own.

    Args:
        patches: undone when the mock ends.
    """
    on_request = patches.original(RequestsMock, "_on_request")

    def decide(self: Any, adapter: Any, request: Any, **kwargs: Any) -> Any:
        # moto's own lets all through that matches nothing; another one only what a test has named
        if self is not responses_mock or configuration.passes_through(None, str(request.url)):
            with leaving():
                return on_request(self, adapter, request, **kwargs)
        return on_request(self, adapter, request, **kwargs)

    patches.set(RequestsMock, "_on_request", decide)
