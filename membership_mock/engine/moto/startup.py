"""moto's own start and stop, without its most expensive part.

moto registers some 1,300 patterns with `responses` at each outermost start, for requests that do
not come from botocore. The patterns are always the same, so they are made once per process and
registered together. If a release of moto has another registry, moto's own start runs instead.
"""

from __future__ import annotations

import http.client
import itertools
from collections.abc import Mapping, Sequence
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from moto import mock_aws
from moto.backend_index import backend_url_patterns
from moto.core import models
from moto.core.custom_responses_mock import CallbackResponse
from moto.core.models import MockAWS, botocore_stubber, responses_mock
from requests.adapters import HTTPAdapter

from membership_mock.engine.moto.default_session import NoDefaultSession
from membership_mock.engine.moto.organizations import forget_members_of_deleted_organizations
from membership_mock.engine.pipeline.plain_http import PlainHttpEndpoint, PlainHttpRequest
from membership_mock.engine.protocol.http import http_request
from membership_mock.errors import NotRunning

if TYPE_CHECKING:
    from membership_mock.engine.state.world import World

#: what `responses` replaces, as it names it
_TARGET = "requests.adapters.HTTPAdapter.send"

# moto's patterns, and the responses that were made from them, by HTTP method.
_prepared: list[tuple[list[Any], dict[str, list[CallbackResponse]]]] = []


class MotoStart:
    """moto, started for one running mock.

    Args:
        config: moto's configuration, as `mock_aws` takes it.
        endpoints: what our services serve outside their APIs.
        world: their state.
        session: what has put the default session aside, if the mock has begun without moto; moto's
            backends are new then and are not reset. None if moto starts with the mock.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        endpoints: Sequence[PlainHttpEndpoint],
        world: World,
        session: NoDefaultSession | None,
    ) -> None:
        self._mock = mock_aws(config=dict(config))
        self._late = session is not None
        self._restores_session = False
        self._world = world
        self._endpoints = endpoints
        self._started = False
        if type(self._mock) is MockAWS:
            # Set on the instance: moto counts nested mocks on the class.
            self._mock._enable_patching = self._enable_patching
            if hasattr(self._mock, "_default_session_mock"):
                self._mock._default_session_mock = session or NoDefaultSession()
                self._restores_session = True

    def start(self) -> None:
        """Start moto; when a `mock_aws` is running already, join it."""
        self._mock.start(reset=not self._late)
        forget_members_of_deleted_organizations()
        self._started = True
        self._register_endpoints()

    def stop(self) -> bool:
        """Stop moto; when another `mock_aws` is still running, leave it.

        Returns:
            Whether moto puts the default session back, which it does when the last mock stops.
        """
        if not self._started:
            return False
        self._started = False
        self._remove_endpoints()
        self._mock.stop()
        forget_members_of_deleted_organizations()
        return self._restores_session

    def reset(self) -> None:
        """Empty all of moto's backends."""
        from moto.core.base_backend import BackendDict
        from moto.core.model_instances import reset_model_data

        BackendDict.reset()
        reset_model_data()
        responses_mock.calls.reset()  # which holds whole bodies

    def _enable_patching(self, reset: bool = True) -> None:
        registry = getattr(responses_mock, "_registry", None)
        registered = getattr(registry, "_registered", None)
        if not isinstance(registered, dict):
            MockAWS._enable_patching(self._mock, reset=reset)
            return
        botocore_stubber.enabled = True
        if reset:
            self._mock.reset()
        _start_catching_requests()
        registered = responses_mock._registry._registered
        for method, prepared in _prepare().items():
            registered[method] = list(prepared)

    def _register_endpoints(self) -> None:
        registered = responses_mock._registry._registered
        self._responses = [
            response for endpoint in self._endpoints for response in _responses_of(endpoint)
        ]
        for response in self._responses:
            response.world = self._world
            registered[response.method].insert(0, response)

    def _remove_endpoints(self) -> None:
        registered = responses_mock._registry._registered
        for response in self._responses:
            response.world = None
            each_of_method = registered[response.method]
            for at, each in enumerate(each_of_method):  # it is among the first
                if each is response:
                    del each_of_method[at]
                    break


def _start_catching_requests() -> None:
    """Do what ``responses_mock.start()`` does, without `unittest.mock`, which is slow."""
    if (
        getattr(responses_mock, "target", None) != _TARGET
        or getattr(responses_mock, "_patcher", True) is not None
    ):
        responses_mock.start()
        return
    responses_mock._patcher = patcher = _Patcher()
    patcher.start(responses_mock.unbound_on_send())


class _Patcher:
    """Replaces the method of `requests` that sends; `responses` calls `stop`."""

    def start(self, send: Any) -> None:
        """Replace the method."""
        self._before = vars(HTTPAdapter)["send"]
        HTTPAdapter.send = send

    def stop(self) -> None:
        """Put the method back that was there."""
        HTTPAdapter.send = self._before


class _EndpointResponse(CallbackResponse):  # type: ignore[misc]  # moto is untyped here
    """Answers exactly what an endpoint returns; in some releases, moto's own class changes it.

    Args:
        endpoint: what answers.
        method: the HTTP method.

    Attributes:
        world: the state of the running mock; None if none is running.
    """

    def __init__(self, endpoint: PlainHttpEndpoint, method: str) -> None:
        super().__init__(method=method, url=endpoint.pattern, callback=None)
        self._endpoint = endpoint
        self._calls = _no_calls
        self.world: World | None = None

    def get_response(self, request: Any) -> Any:
        """Return the endpoint's answer in urllib3's form."""
        world = self.world
        if world is None:
            raise NotRunning("The mock has ended while another thread was calling.")
        sent = http_request(request.method, request.url, request.headers, request.body)
        with world.lock:
            answer = self._endpoint.serve(
                world, PlainHttpRequest(sent.method, sent.url, sent.headers, sent.body)
            )
        return models.responses.HTTPResponse(
            status=answer.status,
            reason=http.client.responses.get(answer.status),
            body=BytesIO(answer.body),
            headers=answer.headers,
            preload_content=False,
            decode_content=False,
        )


@cache
def _responses_of(endpoint: PlainHttpEndpoint) -> list[_EndpointResponse]:
    """Return the responses of an endpoint, which all mocks of the process share."""
    return [_EndpointResponse(endpoint, method) for method in models.RESPONSES_METHODS]


def _prepare() -> dict[str, list[CallbackResponse]]:
    """Return the responses of all of moto's patterns, made again when the patterns change."""
    if not _prepared or _prepared[0][0] != backend_url_patterns:
        callback = getattr(
            botocore_stubber, "process_prepared_request", botocore_stubber.process_request
        )
        unserved = models.re.compile(r"https?://.+\.amazonaws.com/.*")
        made = {
            method: [
                *(
                    CallbackResponse(method=method, url=pattern, callback=callback)
                    for _, pattern in backend_url_patterns
                ),
                CallbackResponse(
                    method=method, url=unserved, callback=models.not_implemented_callback
                ),
            ]
            for method in models.RESPONSES_METHODS
        }
        for each in itertools.chain.from_iterable(made.values()):
            each._calls = _no_calls
        _prepared[:] = [(list(backend_url_patterns), made)]
    return _prepared[0][1]


class _NoCalls(models.responses.CallList):  # type: ignore[misc]  # responses is untyped here
    """Keeps no calls: the patterns outlive a mock, and `responses_mock.calls` has all calls."""

    def add_call(self, call: Any) -> None:
        """Do nothing."""


_no_calls = _NoCalls()
