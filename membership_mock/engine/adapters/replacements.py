"""All that the adapters replace in other libraries while a mock runs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from membership_mock.engine.adapters import (
    botocore_clients,
    default_region,
    environment,
    http_clients,
    network_guard,
)
from membership_mock.engine.adapters.aiobotocore_clients import AsyncInterceptor
from membership_mock.engine.adapters.outlived_clients import ClientsOfMock
from membership_mock.engine.moto.patches import KeptPatches

if TYPE_CHECKING:
    from membership_mock.engine.moto.patches import Patches
    from membership_mock.engine.pipeline.request_pipeline import RequestPipeline


class Replacements:
    """What intercepts requests, and lets clients be made quickly; one for all mocks of a process.

    Args:
        current: returns the pipeline of the mock that is running; None if none is. Clients and
            tools may keep a replacement for longer than its mock runs.
        region: returns the region of sessions that have none; None leaves them without one.
        services: the ids of our services.
    """

    def __init__(
        self,
        current: Callable[[], RequestPipeline | None],
        region: Callable[[], str | None],
        services: frozenset[str],
    ) -> None:
        self._current = current
        self._region = region
        self._services = services
        self._clients = ClientsOfMock(services, self._is_running, botocore_clients.response_of)
        self._botocore = KeptPatches(self._install_in_botocore)
        self._async_clients = AsyncInterceptor(current, services)
        self._other_clients = KeptPatches(self._install_in_others)
        self._moto = KeptPatches(self._install_in_moto)
        self._requests_mock = KeptPatches(self._install_in_requests_mock)

    def put(self) -> None:
        """Intercept the requests of every client, also of those that exist already."""
        self._botocore.put()
        self._async_clients.put()
        self._other_clients.put()

    def put_in_moto(self) -> None:
        """Intercept what moto catches itself; it has been imported."""
        self._moto.put()
        if hasattr(sys.modules.get("requests_mock.adapter"), "Adapter"):  # it has been imported
            self._requests_mock.put()

    def remove(self) -> None:
        """Let clients send again, except those made inside the mock: they would call AWS."""
        self._requests_mock.remove()
        self._other_clients.remove()
        self._async_clients.remove()
        self._botocore.remove()
        self._moto.remove()
        self._clients.guard()

    def _install_in_botocore(self, patches: Patches) -> None:
        botocore_clients.install(patches, self._current, self._services, self._clients)

    def _install_in_others(self, patches: Patches) -> None:
        for module in (network_guard, http_clients, environment):
            module.install(patches, self._is_running)
        default_region.install(patches, self._region)

    def _install_in_moto(self, patches: Patches) -> None:
        from membership_mock.engine.adapters import requests_library
        from membership_mock.engine.moto import action_names, backend_urls

        botocore_clients.install_in_moto(patches, self._current)
        action_names.install(patches)
        backend_urls.install(patches)
        requests_library.install(patches)

    @staticmethod
    def _install_in_requests_mock(patches: Patches) -> None:
        from membership_mock.engine.adapters import requests_library

        requests_library.install_in_requests_mock(patches)

    def _is_running(self) -> bool:
        return self._current() is not None
