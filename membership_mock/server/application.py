"""The WSGI application of the server: it decides who answers a request."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from werkzeug.utils import redirect
from werkzeug.wrappers import Request

from membership_mock.server import origins, toolbox
from membership_mock.server.aws_requests import AwsRequests
from membership_mock.server.page.page import page
from membership_mock.server.tools.served import Served
from membership_mock.server.tools.table import PREFIX

#: moto's own tools, e.g. the one that empties the world
_MOTO_API = "/moto-api"


class Application:
    """Answers requests to the tools, of browsers, and of SDKs.

    Args:
        served: what the tools work on.
        allowed_hosts: names of hosts that the server goes by, besides the local ones.
    """

    def __init__(self, served: Served, allowed_hosts: Collection[str] = ()) -> None:
        self._served = served
        self._allowed = frozenset(name.lower().rstrip(".") for name in allowed_hosts)
        self._aws = AwsRequests(lambda: served.mock._running().pipeline)

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer a request."""
        path = environ.get("PATH_INFO") or "/"
        if path == PREFIX or path.startswith((f"{PREFIX}/", _MOTO_API)):
            request = Request(environ)
            why = origins.refusal(request.headers, request.scheme, self._allowed)
            if why is not None:
                refused = toolbox.refused(403, "ForeignPage", why)
                return refused(environ, start_response)
            if path in (PREFIX, f"{PREFIX}/"):
                return page(request)(environ, start_response)
            if not path.startswith(_MOTO_API):
                return toolbox.answer(self._served, request)(environ, start_response)
        elif path == "/" and _is_of_a_browser(environ):
            return redirect(f"{PREFIX}/")(environ, start_response)
        return self._aws(environ, start_response)


def _is_of_a_browser(environ: dict[str, Any]) -> bool:
    """Return whether a person looks at the root, and not a program that lists the buckets of S3."""
    return (
        environ["REQUEST_METHOD"] == "GET"
        and "text/html" in environ.get("HTTP_ACCEPT", "")
        and "HTTP_AUTHORIZATION" not in environ
        and not environ.get("QUERY_STRING")
    )
