"""What the library `requests` sends, which moto catches with the library `responses`.

A test may also use `responses` or `requests_mock` itself, which then gets all requests. It answers
what the test has registered. A request to a host of AWS that the test has not registered, for
instance to a presigned URL, is answered by the mock as without the tool, and never reaches AWS.
"""

from __future__ import annotations

import sys
from typing import Any

from requests.adapters import HTTPAdapter
from responses import PassthroughResponse, RequestsMock

from membership_mock.engine.adapters.dispatch import leaving, may_leave
from membership_mock.engine.adapters.hosts import is_aws
from membership_mock.engine.moto import configuration
from membership_mock.engine.moto.patches import Patches
from membership_mock.engine.moto.responses import is_of_moto


def install(patches: Patches) -> None:
    """Pass on the requests that moto's configuration or a test's own tool allows.

    Args:
        patches: undone when the mock ends.
    """
    on_request = patches.original(RequestsMock, "_on_request")

    def decide(self: Any, adapter: Any, request: Any, **kwargs: Any) -> Any:
        # moto's own passes on all that matches nothing; another one only what a test has named
        url = str(request.url)
        if configuration.passes_through(None, url) or not (is_of_moto(self) or is_aws(url)):
            with leaving():
                return on_request(self, adapter, request, **kwargs)
        return on_request(self, adapter, request, **kwargs)

    patches.set(RequestsMock, "_on_request", decide)

    find = patches.original(RequestsMock, "_find_match")

    def find_match(self: Any, request: Any) -> Any:
        found = find(self, request)
        if found[0] is None and not is_of_moto(self) and _stays(request.url):
            # It goes on to urllib3, where it is answered in the process.
            return PassthroughResponse(request.method, str(request.url)), []
        return found

    patches.set(RequestsMock, "_find_match", find_match)


def install_in_requests_mock(patches: Patches) -> None:
    """Do the same for the library `requests_mock`, which has been imported."""
    library = sys.modules["requests_mock.adapter"]
    no_address = sys.modules["requests_mock.exceptions"].NoMockAddress
    ask = patches.original(library.Adapter, "send")

    def send(self: Any, request: Any, **kwargs: Any) -> Any:
        try:
            return ask(self, request, **kwargs)
        except no_address:
            if not _stays(request.url):
                raise
        return HTTPAdapter().send(request, **kwargs)

    patches.set(library.Adapter, "send", send)


def _stays(url: Any) -> bool:
    """Return whether a URL is at a host of AWS, and its requests may not leave."""
    return is_aws(str(url)) and not may_leave(str(url))
