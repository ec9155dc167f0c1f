"""botocore's requests in, botocore's responses out: the only file that knows how botocore sends.

A handler among botocore's built-in ones reaches only sessions made afterwards; a method of its
endpoint class reaches every client of every age. So `Interceptor` replaces two methods there, one
to learn the operation and one where the request would leave for the network, and keeps moto's own
handler away from our services.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from weakref import WeakSet

from botocore.awsrequest import AWSResponse, HeadersDict, _HeaderKey
from botocore.client import ClientCreator
from botocore.credentials import Credentials
from botocore.endpoint import Endpoint
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from botocore.signers import RequestSigner
from moto.core.botocore_stubber import BotocoreStubber

from membership_mock.engine.adapters import dispatch, sessions, signing, timestamps
from membership_mock.engine.adapters.hosts import is_loopback
from membership_mock.engine.moto import configuration
from membership_mock.engine.moto.botocore_stubber import answer_of_moto, is_moto_mocking
from membership_mock.engine.moto.patches import Patches
from membership_mock.errors import ClientOutlivedMock

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.request_pipeline import RequestPipeline
    from membership_mock.engine.protocol.http import HttpAnswer

_OPERATION = "membership_mock_operation"


class Interceptor:
    """Catches what botocore sends, from `put` to `remove`.

    Args:
        current: returns the pipeline of the mock that is running; None if none is. Clients and
            tools may outlive this interceptor.
        services: the ids of our services.
    """

    def __init__(
        self, current: Callable[[], RequestPipeline | None], services: frozenset[str]
    ) -> None:
        self._current = current
        self._services = services
        self._patches = Patches()
        self._clients: WeakSet[Any] = WeakSet()

    def put(self) -> None:
        """Catch the requests of every client, whenever it was made."""
        patches = self._patches
        current = self._current

        respond = patches.original(Endpoint, "_do_get_response")

        def remember_operation(self: Any, request: Any, operation_model: Any, context: Any) -> Any:
            if current() is not None:
                setattr(request, _OPERATION, operation_model)
            return respond(self, request, operation_model, context)

        patches.set(Endpoint, "_do_get_response", remember_operation, asks_itself=True)

        sending = patches.original(Endpoint, "_send")

        def send(self: Any, request: Any) -> Any:
            # A tool may keep this function after its mock has ended: it serves the running one.
            pipeline = current()
            if pipeline is None:
                return sending(self, request)
            operation = getattr(request, _OPERATION, None)
            try:
                answer = dispatch.answer(request, _Sent(request.headers), operation, pipeline)
            except ConnectionClosedError as lost:  # the one that says what was sent
                lost.request = lost.request or request
                raise
            if answer is None:
                with dispatch.leaving():
                    return sending(self, request)
            if answer.delay:
                _wait(pipeline, self, request, answer.delay)
            return _response(request.url, answer)

        patches.set(Endpoint, "_send", send, asks_itself=True)

        asking = patches.original(BotocoreStubber, "__call__")

        def stubbed(self: Any, event_name: str, request: Any, **others: Any) -> Any:
            # The event is `before-send.<service id>.<operation>`. What moto does not serve goes on
            # to `send`, which lets nothing slip to the network.
            pipeline = current()
            if pipeline is None:
                return asking(self, event_name, request, **others)
            if not self.enabled or event_name.split(".", 2)[1] in pipeline.services:
                return None
            operation = getattr(request, _OPERATION, None)
            answer = dispatch.ask_moto(request, _Sent(request.headers), operation, pipeline)
            return None if answer is None else _response(request.url, answer)

        patches.set(BotocoreStubber, "__call__", stubbed, asks_itself=True)

        auth = patches.original(RequestSigner, "get_auth_instance")

        @functools.wraps(auth)
        def get_auth_instance(self: Any, *args: Any, **kwargs: Any) -> Any:
            # A client made before the mock, where no credentials were to be found, signs as well.
            if current() is None:
                return auth(self, *args, **kwargs)
            if self._credentials is None and kwargs.get("request_credentials") is None:
                kwargs["request_credentials"] = Credentials("FOOBARKEY", "FOOBARSECRET")
            return auth(self, *args, **kwargs)

        patches.set(RequestSigner, "get_auth_instance", get_auth_instance, asks_itself=True)
        self._watch_new_clients()
        sessions.install(patches)
        signing.install(patches, self._services)
        timestamps.install(patches)

    def remove(self) -> None:
        """Let botocore send again, but for clients made inside the mock: they would reach AWS."""
        self._patches.undo()
        guard = _Guard(lambda: self._current() is not None)
        for client in self._clients:
            service_id = client.meta.service_model.service_id.hyphenize()
            client.meta.events.register_first(
                f"before-send.{service_id}", guard, unique_id="membership-mock-guard"
            )

    def _watch_new_clients(self) -> None:
        """Note each client that is made inside the mock."""
        create = self._patches.original(ClientCreator, "create_client")
        services, clients = self._services, self._clients

        @functools.wraps(create)
        def create_client(self: Any, service_name: str, *args: Any, **kwargs: Any) -> Any:
            client = create(self, service_name, *args, **kwargs)
            if service_name in services and not configuration.passes_through(
                service_name, client.meta.endpoint_url
            ):
                clients.add(client)
            return client

        self._patches.set(ClientCreator, "create_client", create_client)


class _Guard:
    """Stops a client that was made inside a mock from reaching AWS after it."""

    def __init__(self, alive: Callable[[], bool]) -> None:
        self._alive = alive

    def __call__(self, request: Any, event_name: str, **_others: Any) -> AWSResponse | None:
        if self._alive() or is_loopback(request.url):
            return None
        if is_moto_mocking():  # a plain mock_aws: moto has some of these services
            if configuration.passes_through(None, request.url):
                return None
            answer = answer_of_moto(request)
            if answer is not None:
                return _response(request.url, answer)
        _, service, operation = event_name.split(".", 2)
        raise ClientOutlivedMock(
            f"{service}.{operation} was called with a client that was made inside a mock, but none"
            " is running any more, and the call would have gone to AWS"
            f" ({urlsplit(request.url).hostname}).\n"
            "    Make the client inside the test, or keep the mock running around the call; a"
            " client for the real AWS has to be made outside of the mock."
        )


def _wait(pipeline: RequestPipeline, endpoint: Any, request: Any, delay: float) -> None:
    """Let the mock's clock, and no real one, go on until the answer comes or the client gives up.

    Raises:
        ReadTimeoutError: the client waits less than ``delay`` seconds for an answer.
    """
    # What a newer botocore wants for this one request goes before what the client was made with.
    patience = (getattr(request, "context", None) or {}).get("read_timeout")
    if patience is None:
        timeout = getattr(endpoint.http_session, "_timeout", None)
        patience = getattr(timeout, "read_timeout", timeout)
    if not isinstance(patience, (int, float)) or delay <= patience:
        pipeline.let_pass(delay)
        return
    pipeline.let_pass(patience)
    raise ReadTimeoutError(endpoint_url=request.url)


#: botocore's key of a header's name; the names are few, and making keys is half of a response
_header_key = functools.lru_cache(maxsize=256)(_HeaderKey)


class _Sent(HeadersDict):  # type: ignore[misc]  # botocore is untyped
    """The headers of a request, which finds what everybody looks for without making keys anew."""

    def __init__(self, headers: HeadersDict) -> None:
        self._dict = headers._dict

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of a header, whatever the case of its name."""
        return self._dict.get(_header_key(name), default)


def _response(url: str, answer: HttpAnswer) -> AWSResponse:
    """Return an answer as botocore gets it from urllib3."""
    response = AWSResponse(url, answer.status, (), _RawBody(answer.body))
    response.headers._dict = {_header_key(name): text for name, text in answer.headers.items()}
    return response


class _RawBody(BytesIO):
    """A response body as urllib3 would give it."""

    def stream(self, amt: int | None = None, decode_content: bool | None = None) -> Iterator[bytes]:
        """Yield the whole body at once."""
        del amt, decode_content
        if chunk := self.read():
            yield chunk
