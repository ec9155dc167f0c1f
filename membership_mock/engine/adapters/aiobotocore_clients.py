"""Answers the requests of aiobotocore's clients, and of aioboto3, which is built on it.

aiobotocore overrides the methods of botocore's endpoint with coroutines, so what is replaced there
never reaches it. This file replaces the same methods on aiobotocore's own classes, and asks the
same `dispatch`.

It never imports aiobotocore: it takes the classes from modules that the process has imported. So a
process without aiobotocore spends no time here. An import while a mock runs is noticed when the
first client is made, by a method that aiobotocore inherits from botocore.
"""

from __future__ import annotations

import copy
import functools
import inspect
import sys
import threading
from collections.abc import AsyncIterator, Callable
from io import BytesIO
from typing import TYPE_CHECKING, Any

from botocore.client import ClientCreator
from botocore.exceptions import ConnectionClosedError

from membership_mock.engine.adapters import dispatch
from membership_mock.engine.adapters.botocore_headers import SentHeaders, set_headers
from membership_mock.engine.adapters.outlived_clients import ClientsOfMock
from membership_mock.engine.moto.patches import KeptPatches, Patches
from membership_mock.errors import RequestBlocked

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.request_pipeline import RequestPipeline
    from membership_mock.engine.protocol.http import HttpAnswer

#: the attribute of a request that holds its operation, and tells that aiobotocore sends it
_OPERATION = "membership_mock_async_operation"

#: the module that aiobotocore imports last of those below
_LAST_MODULE = "aiobotocore.client"

#: what of aiobotocore this file uses: module, class, method
_NEEDED = (
    ("aiobotocore.endpoint", "AioEndpoint", "_do_get_response"),
    ("aiobotocore.endpoint", "AioEndpoint", "_send"),
    ("aiobotocore.signers", "AioRequestSigner", "get_auth_instance"),
    ("aiobotocore.client", "AioClientCreator", "create_client"),
    ("aiobotocore.awsrequest", "AioAWSResponse", "__init__"),
    ("aiobotocore.credentials", "AioCredentials", "__init__"),
)

#: the releases that the tests run with
_TESTED = "3.0.0 to 3.10.0"


class AsyncInterceptor:
    """Catches what aiobotocore sends, from `put` to `remove`; one for all mocks of a process.

    Args:
        current: returns the pipeline of the running mock; None if no mock is running. Clients and
            tools may outlive this interceptor.
        services: the ids of our services.
    """

    def __init__(
        self, current: Callable[[], RequestPipeline | None], services: frozenset[str]
    ) -> None:
        self._current = current
        self._clients = ClientsOfMock(services, lambda: current() is not None, _respond)
        self._for_imports = KeptPatches(self._notice_imports)
        self._for_requests = KeptPatches(self._take_over)
        self._for_refusals = KeptPatches(self._refuse)
        self._lock = threading.Lock()
        self._may_put = False

    def put(self) -> None:
        """Catch the requests of every client, as soon as the process has imported aiobotocore."""
        self._may_put = True
        self._for_imports.put()
        self._put_if_imported()

    def remove(self) -> None:
        """Let aiobotocore send again, but for clients made inside the mock."""
        with self._lock:
            self._may_put = False  # for a client that another thread is making
            self._for_requests.remove()
            self._for_refusals.remove()
        self._for_imports.remove()
        self._clients.guard()

    def _notice_imports(self, patches: Patches) -> None:
        """Look for aiobotocore when one of its clients is made."""
        make = patches.original(ClientCreator, "__init__")

        @functools.wraps(make)
        def __init__(creator: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
            make(creator, *args, **kwargs)
            if type(creator) is not ClientCreator:
                self._put_if_imported()

        patches.set(ClientCreator, "__init__", __init__)

    def _put_if_imported(self) -> None:
        module = sys.modules.get(_LAST_MODULE)
        if module is None:
            return
        if getattr(module.__spec__, "_initializing", False):
            return  # another thread is importing it, and has made no client yet
        with self._lock:
            if self._may_put:
                self._may_put = False
                (self._for_refusals if _missing() else self._for_requests).put()

    def _take_over(self, patches: Patches) -> None:
        self._take_requests(patches)
        self._sign_without_credentials(patches)
        self._watch_new_clients(patches)

    def _take_requests(self, patches: Patches) -> None:
        current = self._current
        endpoint = sys.modules["aiobotocore.endpoint"].AioEndpoint

        respond = patches.original(endpoint, "_do_get_response")

        @functools.wraps(respond)
        async def remember_operation(
            self: Any, request: Any, operation_model: Any, *args: Any, **kwargs: Any
        ) -> Any:
            if current() is not None:
                setattr(request, _OPERATION, operation_model)
            return await respond(self, request, operation_model, *args, **kwargs)

        patches.set(endpoint, "_do_get_response", remember_operation, asks_itself=True)

        sending = patches.original(endpoint, "_send")

        @functools.wraps(sending)
        async def send(self: Any, request: Any) -> Any:
            # A tool may keep this function longer than its mock runs: it serves the running mock.
            pipeline = current()
            if pipeline is None:
                return await sending(self, request)
            operation = getattr(request, _OPERATION, None)
            answer = None
            if not dispatch.leaves(request.url, operation, pipeline):
                whole = await _with_bytes(request)
                try:
                    headers = SentHeaders(request.headers)
                    answer = dispatch.answer(whole, headers, operation, pipeline)
                except ConnectionClosedError as lost:  # the one that says what was sent
                    lost.request = lost.request or request
                    raise
            if answer is None:
                with dispatch.leaving_for(request.url):
                    return await sending(self, request)
            if answer.delay:
                dispatch.wait(pipeline, request.url, answer.delay, _patience(self, request))
            return _response(request, answer, self.http_session)

        patches.set(endpoint, "_send", send, asks_itself=True)

        # A process with aiobotocore starts moto with the mock.
        from moto.core.botocore_stubber import BotocoreStubber

        asking = patches.original(BotocoreStubber, "__call__")

        @functools.wraps(asking)
        def stubbed(self: Any, event_name: str, request: Any, **others: Any) -> Any:
            # moto would give an answer that cannot be awaited; `send` asks moto instead.
            if hasattr(request, _OPERATION):
                return None
            return asking(self, event_name, request, **others)

        patches.set(BotocoreStubber, "__call__", stubbed)

    def _sign_without_credentials(self, patches: Patches) -> None:
        """Let a client sign that was made before the mock, where no credentials were found."""
        current = self._current
        signer = sys.modules["aiobotocore.signers"].AioRequestSigner
        credentials = sys.modules["aiobotocore.credentials"].AioCredentials
        auth = patches.original(signer, "get_auth_instance")

        @functools.wraps(auth)
        async def get_auth_instance(self: Any, *args: Any, **kwargs: Any) -> Any:
            if (
                current() is not None
                and self._credentials is None
                and kwargs.get("request_credentials") is None
            ):
                kwargs["request_credentials"] = credentials("FOOBARKEY", "FOOBARSECRET")
            return await auth(self, *args, **kwargs)

        patches.set(signer, "get_auth_instance", get_auth_instance, asks_itself=True)

    def _watch_new_clients(self, patches: Patches) -> None:
        """Note each client that is made inside the mock."""
        creator = sys.modules["aiobotocore.client"].AioClientCreator
        create = patches.original(creator, "create_client")
        clients = self._clients

        @functools.wraps(create)
        async def create_client(self: Any, service_name: str, *args: Any, **kwargs: Any) -> Any:
            client = await create(self, service_name, *args, **kwargs)
            clients.note(service_name, client)
            return client

        patches.set(creator, "create_client", create_client)

    def _refuse(self, patches: Patches) -> None:
        """Refuse each call and say what to do: this release of aiobotocore is built differently."""
        client = getattr(sys.modules[_LAST_MODULE], "AioBaseClient", None)
        if "_make_api_call" not in vars(client or object):
            return  # the network guard stops the calls
        current = self._current
        calling = patches.original(client, "_make_api_call")

        @functools.wraps(calling)
        async def refuse(self: Any, operation_name: str, *args: Any, **kwargs: Any) -> Any:
            pipeline = current()
            operation = self.meta.service_model.operation_model(operation_name)
            if pipeline is None or dispatch.leaves(self.meta.endpoint_url, operation, pipeline):
                return await calling(self, operation_name, *args, **kwargs)
            name = f"{self.meta.service_model.service_name}.{operation_name}"
            pipeline.unmocked[name] += 1
            raise RequestBlocked(
                f"{name} was called with a client of aiobotocore {_release()}, which"
                f" membership_mock cannot serve: it has no {_missing()}.\n"
                f"    Install a release of aiobotocore that is tested: {_TESTED};"
                " see python -m membership_mock docs async\n"
                "    Or send the client to the server: python -m membership_mock docs server"
            )

        patches.set(client, "_make_api_call", refuse, asks_itself=True)


def _missing() -> str:
    """Return the first name that this file needs and the imported aiobotocore does not have."""
    for module, owner, method in _NEEDED:
        found = getattr(sys.modules.get(module), owner, None)
        if found is None:
            return f"{module}.{owner}"
        # what is replaced has to be the class's own; what is only called may be inherited
        if method not in vars(found) and (method != "__init__" or not hasattr(found, method)):
            return f"{module}.{owner}.{method}"
    return ""


def _release() -> str:
    return str(getattr(sys.modules.get("aiobotocore"), "__version__", "of an unknown release"))


def _patience(endpoint: Any, request: Any) -> Any:
    """Return how many seconds a client waits for an answer; no number if it waits for ever."""
    # A newer botocore may set a time for this request, which overrides the client's.
    patience = (getattr(request, "context", None) or {}).get("read_timeout")
    if patience is None:
        timeout = getattr(endpoint.http_session, "_timeout", None)
        # aiohttp's and httpx's names for it
        patience = getattr(timeout, "sock_read", getattr(timeout, "read", None))
    return patience


async def _with_bytes(request: Any) -> Any:
    """Return a request whose body has been read, which may have to be awaited.

    The request itself keeps its body: a retry rewinds it.
    """
    body = request.body
    if not hasattr(body, "read"):
        return request
    found = body.read()
    whole = copy.copy(request)
    whole.body = await found if inspect.isawaitable(found) else found
    return whole


def _response(request: Any, answer: HttpAnswer, http_session: Any) -> Any:
    """Return an answer as aiobotocore gets it from one of its HTTP clients."""
    with_httpx = sys.modules.get("aiobotocore.httpxsession")
    if with_httpx is not None and isinstance(http_session, with_httpx.HttpxSession):
        return _httpx_response(request, answer, with_httpx.httpx)
    return _respond(request, answer)


def _respond(request: Any, answer: HttpAnswer) -> Any:
    """Return an answer as aiobotocore gets it from aiohttp."""
    response = sys.modules["aiobotocore.awsrequest"].AioAWSResponse(
        request.url, answer.status, (), _RawResponse(request.url, answer)
    )
    response._content = answer.body
    set_headers(response, answer)
    return response


def _httpx_response(request: Any, answer: HttpAnswer, httpx: Any) -> Any:
    """Return an answer as aiobotocore gets it from httpx, whose bodies are read differently."""
    raw = httpx.Response(
        answer.status,
        headers={name: str(text) for name, text in answer.headers.items()},
        stream=httpx.ByteStream(answer.body),
        request=httpx.Request(request.method, request.url),
    )
    response = sys.modules["aiobotocore.awsrequest"].HttpxAWSResponse(
        request.url, answer.status, (), raw
    )
    response._content = answer.body
    set_headers(response, answer)
    return response


class _RawResponse:
    """A response of aiohttp, as far as aiobotocore and the bodies that it returns use one."""

    def __init__(self, url: str, answer: HttpAnswer) -> None:
        self.url = url
        self.status = answer.status
        self.headers = answer.headers
        self.content = _Stream(answer.body)
        self.closed = False

    async def read(self) -> bytes:
        """Return the rest of the body."""
        return await self.content.read()

    def at_eof(self) -> bool:
        """Return whether the whole body has been read."""
        return self.content.at_eof()

    def close(self) -> None:
        """Close the response."""
        self.closed = True

    def release(self) -> None:
        """Return the connection to the pool; there is no connection."""
        self.closed = True

    async def __aenter__(self) -> _RawResponse:  # noqa: PYI034  Self came with Python 3.11
        return self

    async def __aexit__(self, *raised: object) -> None:
        self.release()


class _Stream:
    """The body of a response of aiohttp."""

    def __init__(self, body: bytes) -> None:
        self._body = BytesIO(body)
        self._size = len(body)

    async def read(self, n: int = -1) -> bytes:
        """Return at most ``n`` bytes; the rest of the body when negative."""
        return self._body.read(n)

    async def readany(self) -> bytes:
        """Return what has arrived, which is the rest of the body."""
        return self._body.read()

    async def readline(self) -> bytes:
        """Return the next line with its end."""
        return self._body.readline()

    def at_eof(self) -> bool:
        """Return whether the whole body has been read."""
        return self._body.tell() >= self._size

    async def iter_chunked(self, n: int) -> AsyncIterator[bytes]:
        """Yield the rest of the body in pieces of at most ``n`` bytes."""
        while chunk := self._body.read(n):
            yield chunk

    async def iter_any(self) -> AsyncIterator[bytes]:
        """Yield the rest of the body at once."""
        if chunk := self._body.read():
            yield chunk

    async def iter_chunks(self) -> AsyncIterator[tuple[bytes, bool]]:
        """Yield the rest of the body at once, as the end of a chunk of HTTP."""
        if chunk := self._body.read():
            yield chunk, True
