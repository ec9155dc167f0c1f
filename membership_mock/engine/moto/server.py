"""moto's server: the application that finds the service of a request, and the request handler.

It needs moto's server extra; import it late.
"""

from __future__ import annotations

from typing import Any

from moto import backends
from moto import server as moto_server
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler

#: reads a request from a socket; newer releases of moto have one of their own
REQUEST_HANDLER: type[WSGIRequestHandler] = getattr(
    moto_server, "MotoRequestHandler", WSGIRequestHandler
)


class ServiceUnknown(Exception):
    """moto mocks no service of a host."""


class Dispatcher(DomainDispatcherApplication):  # type: ignore[misc]  # moto is untyped here
    """moto's WSGI application, which raises `ServiceUnknown` instead of failing later on."""

    def __init__(self) -> None:
        super().__init__(create_backend_app)

    def get_backend_for_host(self, host: str | None) -> Any:
        """Return the name of the service of a host; None if there is no host."""
        if host is None:
            return None
        if host == "moto_api" or host in backends.list_of_moto_modules():
            return host
        for backend, pattern in self.backend_url_patterns:
            if pattern.match(f"http://{host}"):
                return backend
        raise ServiceUnknown(host)
