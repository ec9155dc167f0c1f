"""Clients that were made inside a mock and are used after it: they must not reach AWS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakSet

from botocore.client import BaseClient

from membership_mock.engine.adapters.hosts import is_loopback
from membership_mock.engine.moto import configuration
from membership_mock.engine.moto.presence import is_imported
from membership_mock.engine.protocol.http import HttpAnswer
from membership_mock.errors import ClientOutlivedMock


class ClientsOfMock:
    """The clients of our services that were made inside a mock, by weak references.

    Args:
        services: the ids of our services.
        alive: returns whether any mock is running.
        respond: returns an answer to a request in the form that these clients expect.
    """

    def __init__(
        self,
        services: frozenset[str],
        alive: Callable[[], bool],
        respond: Callable[[Any, HttpAnswer], Any],
    ) -> None:
        self._services = services
        self._guard = _Guard(alive, respond)
        self._clients: WeakSet[Any] = WeakSet()

    def note(self, service: str, client: Any) -> None:
        """Note a new client, unless it is meant for the network, or a stand-in of another tool."""
        if (
            service in self._services
            and isinstance(client, BaseClient)
            and not configuration.passes_through(service, client.meta.endpoint_url)
        ):
            self._clients.add(client)

    def guard(self) -> None:
        """Let the clients answer with `ClientOutlivedMock` from now on, when no mock is running."""
        if not self._clients:
            return
        clients, self._clients = self._clients, WeakSet()
        for client in clients:
            service_id = client.meta.service_model.service_id.hyphenize()
            client.meta.events.register_first(
                f"before-send.{service_id}", self._guard, unique_id="membership-mock-guard"
            )


class _Guard:
    """A handler of botocore's event ``before-send``."""

    def __init__(
        self, alive: Callable[[], bool], respond: Callable[[Any, HttpAnswer], Any]
    ) -> None:
        self._alive = alive
        self._respond = respond

    def __call__(self, request: Any, event_name: str, **_others: Any) -> Any:
        if self._alive() or is_loopback(request.url):
            return None
        if is_imported():
            from membership_mock.engine.moto.botocore_stubber import answer_of_moto, is_moto_mocking

            if is_moto_mocking():  # a plain mock_aws: moto has some of these services
                if configuration.passes_through(None, request.url):
                    return None
                answer = answer_of_moto(request)
                if answer is not None:
                    return self._respond(request, answer)
        _, service, operation = event_name.split(".", 2)
        raise ClientOutlivedMock(
            f"{service}.{operation} was called with a client that was made inside a mock, but none"
            " is running any more, and the call would have gone to AWS"
            f" ({urlsplit(request.url).hostname}).\n"
            "    Make the client inside the test, or keep the mock running around the call; a"
            " client for the real AWS has to be made outside of the mock."
        )
