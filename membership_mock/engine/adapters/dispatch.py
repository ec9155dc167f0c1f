"""Decides who answers a request: one of our services, moto, or the network; others are blocked.

Every adapter asks this file. An adapter only takes a request in, and wraps the answer for its
client.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ReadTimeoutError

from membership_mock.engine.adapters.hosts import host_of, is_aws, is_loopback
from membership_mock.engine.moto import configuration
from membership_mock.engine.moto.presence import require_moto
from membership_mock.engine.pipeline.other_calls import body_of
from membership_mock.engine.pipeline.plain_http import PlainHttpRequest, PlainHttpResponse
from membership_mock.engine.pipeline.request_pipeline import RequestPipeline
from membership_mock.engine.protocol.http import HttpAnswer, http_request
from membership_mock.errors import RequestBlocked

_leaving: ContextVar[bool] = ContextVar("membership_mock_leaving", default=False)

#: the host of each request of an event loop that is on its way to the network
_on_their_way: list[str] = []


class Destination(Enum):
    """Who gets a request."""

    OURS = "one of our services"
    MOTO = "moto, and nothing else if moto does not serve it"
    NETWORK = "the network"


def destination(url: str, service: str | None = None) -> Destination:
    """Return who gets a request.

    Args:
        url: where it goes.
        service: the id of the service if it is one of ours; None otherwise, or when only the URL is
            known.
    """
    if not is_loopback(url):
        if configuration.passes_through(service, url):
            return Destination.NETWORK
        if service is not None:
            return Destination.OURS
        if is_aws(url):
            return Destination.MOTO
    return Destination.MOTO if configuration.is_custom_endpoint(url) else Destination.NETWORK


def stays_in_process(url: str, service: str, services: Container[str]) -> bool:
    """Return whether a request of botocore's will not reach the network.

    Args:
        url: where it goes.
        service: the name that it is signed for, which is the id of each of our services.
        services: the ids of our services.
    """
    decided = destination(url, service if service in services else None)
    return decided is not Destination.NETWORK


def may_leave(url: str) -> bool:
    """Return whether a request of any client may reach the network."""
    if _leaving.get() or host_of(url) in _on_their_way:
        return True
    return destination(url) is Destination.NETWORK


@contextmanager
def leaving() -> Iterator[None]:
    """Let what is sent inside the block reach the network: its destination has been decided."""
    token = _leaving.set(True)
    try:
        yield
    finally:
        _leaving.reset(token)


@contextmanager
def leaving_for(url: str) -> Iterator[None]:
    """Let any thread reach the host of ``url`` inside the block: event loops look it up in another.

    Args:
        url: where a request goes whose destination has been decided.
    """
    host = host_of(url)
    _on_their_way.append(host)
    try:
        yield
    finally:
        _on_their_way.remove(host)


def answer(
    request: Any,
    headers: Mapping[str, Any],
    operation: Any,
    pipeline: RequestPipeline,
    *,
    moto_was_asked: bool = False,
) -> HttpAnswer | None:
    """Return the answer to a request that an SDK built on botocore is about to send.

    Args:
        request: botocore's prepared request.
        headers: its headers, looked up without regard to case.
        operation: botocore's model of the operation; None when it is not known.
        pipeline: that of the running mock.
        moto_was_asked: whether `ask_moto` has said already that moto does not serve it.

    Returns:
        The answer; None for a request that is to be sent to the network.

    Raises:
        RequestBlocked: neither we nor moto serve it, and it must not leave.
        OperationNotMocked: it is an operation of one of our services that is not mocked.
        Exception: what a hook of the test author raises.
    """
    ours = _our_service(operation, pipeline)
    if destination(request.url, ours) is Destination.NETWORK:
        return None
    if ours is not None:
        return pipeline.serve(
            ours,
            operation.name,
            http_request(request.method, request.url, headers, request.body),
        )
    found = None if moto_was_asked else ask_moto(request, headers, operation, pipeline)
    if found is None:
        raise _blocked_operation(request, operation, pipeline)
    return found


def leaves(url: str, operation: Any, pipeline: RequestPipeline) -> bool:
    """Return whether `answer` will return None for a request, which is then sent to the network."""
    return destination(url, _our_service(operation, pipeline)) is Destination.NETWORK


def wait(pipeline: RequestPipeline, url: str, delay: float, patience: Any) -> None:
    """Move the mock's clock to the moment when the answer comes or the client stops waiting.

    Args:
        pipeline: that of the running mock.
        url: where the request goes.
        delay: how many seconds the answer takes.
        patience: how many seconds the client waits; it waits for ever if this is not a number.

    Raises:
        ReadTimeoutError: the client waits less than ``delay`` seconds.
    """
    if not isinstance(patience, (int, float)) or delay <= patience:
        pipeline.let_pass(delay)
        return
    pipeline.let_pass(patience)
    raise ReadTimeoutError(endpoint_url=url)


def ask_moto(
    request: Any, headers: Mapping[str, Any], operation: Any, pipeline: RequestPipeline
) -> HttpAnswer | None:
    """Return the answer of moto's own services; None when moto does not serve the request."""
    require_moto()
    from membership_mock.engine.moto.botocore_stubber import answer_of_moto

    if operation is None:
        return answer_of_moto(request)
    body = body_of(operation, request.body)
    sent = http_request(request.method, request.url, headers, body)
    return pipeline.other.serve(operation, sent, lambda: answer_of_moto(request))


def answer_plain(request: PlainHttpRequest) -> PlainHttpResponse:
    """Return the answer to a request of an HTTP client that is not an SDK.

    Raises:
        RequestBlocked: neither we nor moto serve it.
    """
    require_moto()
    from membership_mock.engine.moto import responses

    found = responses.answer(request)
    if found is None:
        raise blocked(f"{request.method} {request.url.partition('?')[0]}", request.url)
    return found


def blocked(
    name: str, url: str, *, caller: str = "", operation: str | None = None
) -> RequestBlocked:
    """Return the error for a request that must not leave; it says how to mock or allow the request.

    Args:
        name: what was called.
        url: where it was about to go.
        caller: the account and region that called; empty when they are not known.
        operation: the operation with its service, as `mock.answer` takes it; None if not known.
    """
    host = urlsplit(url).hostname or ""
    own = f"    To answer it in the test: mock.answer({operation!r}, {{…}})\n" if operation else ""
    return RequestBlocked(
        f"{name} was about to leave for {host}, but neither membership_mock nor moto serves it,"
        " and nothing leaves the process for AWS while a mock is running.\n"
        + (f"    caller   {caller}\n" if caller else "")
        + own
        + way_out(host)
    )


def way_out(host: str) -> str:
    """Return text: how a test lets requests to ``host`` pass, and the page that explains it."""
    return (
        "    To let it reach the network:"
        f" mock_membership(config={{'core': {{'passthrough': {{'urls': [r'https?://{host}']}}}}}})\n"
        "    More: python -m membership_mock docs unmocked-operations"
    )


def _our_service(operation: Any, pipeline: RequestPipeline) -> str | None:
    """Return the id of the service of an operation if it is one of ours."""
    service = operation.service_model.service_name if operation is not None else None
    return service if service in pipeline.services else None


def _blocked_operation(request: Any, operation: Any, pipeline: RequestPipeline) -> RequestBlocked:
    body = b"" if operation is None else body_of(operation, request.body)
    sent = http_request(request.method, request.url, request.headers, body)
    account, region = pipeline.caller_of(sent)
    if operation is None:
        pipeline.unmocked["a service"] += 1
        return blocked("a service", request.url, caller=f"{account} in {region}")
    name = f"{operation.service_model.service_name}.{operation.name}"
    error = blocked(name, request.url, caller=f"{account} in {region}", operation=name)
    pipeline.unmocked[name] += 1
    pipeline.other.record_blocked(operation, sent, error)
    return error
