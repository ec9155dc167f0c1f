"""Answers the requests of botocore's clients: the file that knows how botocore sends.

A handler among botocore's built-in ones reaches only sessions made afterwards; a method of its
endpoint class reaches every client of every age. So `install` replaces two methods there, one to
learn the operation and one where the request would leave for the network, and keeps moto's own
handler away from our services.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse
from botocore.client import ClientCreator
from botocore.credentials import Credentials
from botocore.endpoint import Endpoint
from botocore.exceptions import ConnectionClosedError, NoRegionError
from botocore.signers import RequestSigner

from membership_mock.engine.adapters import (
    botocore_headers,
    dispatch,
    emitted_events,
    endpoint_rules,
    event_handlers,
    json_answers,
    json_requests,
    new_clients,
    retry_checks,
    sessions,
    signing,
    timestamps,
    user_agents,
)
from membership_mock.engine.adapters.botocore_headers import SentHeaders, set_headers

if TYPE_CHECKING:
    from membership_mock.engine.adapters.outlived_clients import ClientsOfMock
    from membership_mock.engine.moto.patches import Patches
    from membership_mock.engine.pipeline.request_pipeline import RequestPipeline
    from membership_mock.engine.protocol.http import HttpAnswer

_OPERATION = "membership_mock_operation"
_ENDPOINT = "membership_mock_endpoint"
_UNSERVED = "membership_mock_unserved"


def install(
    patches: Patches,
    current: Callable[[], RequestPipeline | None],
    services: frozenset[str],
    clients: ClientsOfMock,
) -> None:
    """Catch the requests of every client, whenever it was made.

    Args:
        patches: undone when the mock ends.
        current: returns the pipeline of the running mock; None if no mock is running.
        services: the ids of our services.
        clients: gets each client that is made inside a mock.
    """
    respond = patches.original(Endpoint, "_do_get_response")

    def remember_operation(self: Any, request: Any, operation_model: Any, context: Any) -> Any:
        if current() is not None:
            setattr(request, _OPERATION, operation_model)
            setattr(request, _ENDPOINT, self)
        return respond(self, request, operation_model, context)

    patches.set(Endpoint, "_do_get_response", remember_operation, asks_itself=True)

    sending = patches.original(Endpoint, "_send")

    def send(self: Any, request: Any) -> Any:
        # A tool may keep this function longer than its mock runs: it serves the running mock.
        pipeline = current()
        if pipeline is None:
            return sending(self, request)
        operation = getattr(request, _OPERATION, None)
        asked = getattr(request, _UNSERVED, False)
        try:
            answer = dispatch.answer(
                request, SentHeaders(request.headers), operation, pipeline, moto_was_asked=asked
            )
        except ConnectionClosedError as lost:
            _say_what_was_sent(lost, request)
            raise
        if answer is None:
            with dispatch.leaving():
                return sending(self, request)
        return _answered(pipeline, self, request, answer)

    patches.set(Endpoint, "_send", send, asks_itself=True)

    auth = patches.original(RequestSigner, "get_auth_instance")

    @functools.wraps(auth)
    def get_auth_instance(self: Any, *args: Any, **kwargs: Any) -> Any:
        # A client that was made before the mock, without credentials, signs as well.
        if current() is None:
            return auth(self, *args, **kwargs)
        if self._credentials is None and kwargs.get("request_credentials") is None:
            kwargs["request_credentials"] = Credentials("FOOBARKEY", "FOOBARSECRET")
        return auth(self, *args, **kwargs)

    patches.set(RequestSigner, "get_auth_instance", get_auth_instance, asks_itself=True)
    _watch_new_clients(patches, clients)
    signing.install(patches, services)
    for module in (
        sessions,
        event_handlers,
        new_clients,
        emitted_events,
        user_agents,
        endpoint_rules,
        retry_checks,
        botocore_headers,
        json_answers,
        json_requests,
        timestamps,
    ):
        module.install(patches)


def install_in_moto(patches: Patches, current: Callable[[], RequestPipeline | None]) -> None:
    """Let moto's own handler of requests ask `dispatch`, once moto is imported.

    Args:
        patches: undone when the mock ends.
        current: returns the pipeline of the running mock; None if no mock is running.
    """
    from moto.core.botocore_stubber import BotocoreStubber

    asking = patches.original(BotocoreStubber, "__call__")

    def stubbed(self: Any, event_name: str, request: Any, **others: Any) -> Any:
        # The event is `before-send.<service id>.<operation>`. What moto does not serve goes on
        # to `send`, which keeps it from the network.
        pipeline = current()
        if pipeline is None:
            return asking(self, event_name, request, **others)
        if not self.enabled or event_name.split(".", 2)[1] in pipeline.services:
            return None
        operation = getattr(request, _OPERATION, None)
        if dispatch.leaves(request.url, operation, pipeline):
            return None  # no hook sees it here: a server in this process may serve it
        try:
            headers = SentHeaders(request.headers)
            answer = dispatch.ask_moto(request, headers, operation, pipeline)
        except ConnectionClosedError as lost:
            _say_what_was_sent(lost, request)
            raise
        if answer is None:
            setattr(request, _UNSERVED, True)
            return None
        return _answered(pipeline, getattr(request, _ENDPOINT, None), request, answer)

    patches.set(BotocoreStubber, "__call__", stubbed, asks_itself=True)


def response_of(request: Any, answer: HttpAnswer) -> AWSResponse:
    """Return an answer to a request as botocore gets it."""
    return _response(request.url, answer)


def _watch_new_clients(patches: Patches, clients: ClientsOfMock) -> None:
    """Note each client that is made inside the mock."""
    create = patches.original(ClientCreator, "create_client")

    @functools.wraps(create)
    def create_client(self: Any, service_name: str, *args: Any, **kwargs: Any) -> Any:
        try:
            client = create(self, service_name, *args, **kwargs)
        except NoRegionError as error:
            if hasattr(error, "add_note"):  # it came with Python 3.11
                error.add_note(_NO_REGION)
            raise
        clients.note(service_name, client)
        return client

    patches.set(ClientCreator, "create_client", create_client)


#: what a traceback adds to botocore's error, which is the one that AWS's users get
_NO_REGION = (
    "membership_mock: name a region (region_name=…, or the variable AWS_DEFAULT_REGION), or start"
    " the mock with missing_region='mock'. More: python -m membership_mock docs"
    " accounts-and-regions"
)


def _say_what_was_sent(lost: ConnectionClosedError, request: Any) -> None:
    """Set the request on an error, as botocore does on its own errors."""
    lost.request = lost.request or request


def _answered(
    pipeline: RequestPipeline, endpoint: Any, request: Any, answer: HttpAnswer
) -> AWSResponse:
    """Wait as long as the answer takes, and return it as botocore gets it."""
    if answer.delay:
        dispatch.wait(pipeline, request.url, answer.delay, _patience(endpoint, request))
    return _response(request.url, answer)


def _patience(endpoint: Any, request: Any) -> Any:
    """Return how many seconds a client waits for an answer; no number if it waits for ever."""
    # A newer botocore may set a time for this request, which overrides the client's.
    patience = (getattr(request, "context", None) or {}).get("read_timeout")
    if patience is None:
        timeout = getattr(getattr(endpoint, "http_session", None), "_timeout", None)
        patience = getattr(timeout, "read_timeout", timeout)
    return patience


def _response(url: str, answer: HttpAnswer) -> AWSResponse:
    """Return an answer as botocore gets it from urllib3."""
    response: AWSResponse = AWSResponse.__new__(AWSResponse)
    # As botocore makes it, but its headers are made once.
    vars(response).update(_NO_RESPONSE, url=url, status_code=answer.status)
    response.raw = _RawBody(answer.body)
    set_headers(response, answer)
    return response


#: the attributes of a response of botocore's
_NO_RESPONSE = vars(AWSResponse("", 0, (), None))


class _RawBody(BytesIO):
    """A response body as urllib3 would give it."""

    def stream(self, amt: int | None = None, decode_content: bool | None = None) -> Iterator[bytes]:
        """Yield the whole body at once."""
        del amt, decode_content
        if chunk := self.read():
            yield chunk
