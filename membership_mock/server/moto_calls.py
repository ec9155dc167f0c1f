"""Calls that moto's server answers, with the hooks and the record of the mock around them.

The record keeps calls to every service, and faults, canned answers and hooks apply to each of them,
as in the process. A request whose operation is not known, such as one that is not signed, goes to
moto without them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.client import responses as reasons
from io import BytesIO
from typing import Any

from botocore.exceptions import ConnectionError as NoConnection
from botocore.exceptions import HTTPClientError
from botocore.model import OperationModel
from werkzeug.wrappers import Request

from membership_mock.engine.adapters.moto_handlers import hang_up
from membership_mock.engine.moto.server import Dispatcher, ServiceUnknown
from membership_mock.engine.pipeline.request_pipeline import RequestPipeline
from membership_mock.engine.protocol.http import HttpAnswer, HttpRequest, from_wsgi
from membership_mock.engine.protocol.wire.operations import may_name_operation, operation_of
from membership_mock.errors import OperationNotMocked

#: the page that Flask sends for a path that none of a service's handlers has
_PAGE = b"<!doctype html"


class NotMocked(Exception):
    """moto does not mock the operation of a request, and no plan of the mock answers it."""


class ServiceNotMocked(Exception):
    """Neither this package nor moto mocks the service of a request, and no plan answers it."""

    def __init__(self, service: str | None) -> None:
        super().__init__(
            f"Neither membership_mock nor moto mocks the service {service}. What is mocked:"
            " python -m membership_mock operations, and moto's own list."
        )


class MotoCalls:
    """Answers requests to AWS with moto's server, which passes those to our services on to us."""

    def __init__(self) -> None:
        self._moto = Dispatcher()

    def answer(
        self, pipeline: RequestPipeline, environ: dict[str, Any], signing_name: str | None
    ) -> Answer:
        """Return the answer to a request.

        Args:
            pipeline: that of the running mock.
            environ: the request in WSGI's form.
            signing_name: the name of the service in its signature; None if it has none.

        Raises:
            NotMocked: moto does not mock the request, whose operation is not known.
            OperationNotMocked: moto does not mock the operation.
            ServiceNotMocked: moto does not mock the service.
            Exception: what moto's code or a hook raises.
        """
        request = Request(environ)
        is_read = may_name_operation(request.headers.get("Content-Type", ""))
        sent = from_wsgi(request, request.url, _body(request) if is_read else b"")
        model = operation_of(signing_name, sent) if signing_name is not None else None
        if model is None or model.service_model.service_name in pipeline.services:
            try:
                return _asked(self._moto, environ)
            except ServiceUnknown as error:
                raise ServiceNotMocked(signing_name) from error
        if not is_read and not model.has_streaming_input:
            sent.body = _body(request)
        sent.protocol = str(model.service_model.resolved_protocol)
        try:
            return self._answer_model(pipeline, environ, model, sent)
        except (HTTPClientError, NoConnection) as error:  # a fault that a test has injected
            hang_up(environ)
            return Answer("504 Gateway Timeout", [], str(error).encode())

    def _answer_model(
        self,
        pipeline: RequestPipeline,
        environ: dict[str, Any],
        model: OperationModel,
        sent: HttpRequest,
    ) -> Answer:
        asked: list[tuple[HttpAnswer, Answer]] = []
        unserved: list[Exception] = []
        service = model.service_model.service_name
        name = f"{service}.{model.name}"

        def ask() -> HttpAnswer | None:
            try:
                answer = _asked(self._moto, environ)
            except (NotMocked, NotImplementedError) as error:
                why = f": {error}" if str(error) else "."
                unserved.append(OperationNotMocked(f"{name} is not mocked by moto{why}"))
                return None
            except ServiceUnknown:
                unserved.append(ServiceNotMocked(service))
                return None
            asked.append((answer.as_http(), answer))
            return asked[-1][0]

        found = pipeline.other.serve(model, sent, ask)
        if found is None:
            pipeline.unmocked[name] += 1
            pipeline.other.record_blocked(model, sent, unserved[0])
            raise unserved[0]
        if found.delay:
            pipeline.let_pass(found.delay)
        if asked and found is asked[0][0]:
            return asked[0][1]
        return Answer.of_http(found)


@dataclass
class Answer:
    """An answer in WSGI's form.

    Attributes:
        status: code and reason.
        headers: name and value of each.
        body: the bytes of the body.
    """

    status: str
    headers: list[tuple[str, str]]
    body: bytes

    @classmethod
    def of_http(cls, answer: HttpAnswer) -> Answer:
        """Return an answer that a hook has given."""
        headers = {**answer.headers, "content-length": str(len(answer.body))}
        headers.pop("date", None)  # the server sets its own
        status = f"{answer.status} {reasons.get(answer.status, '')}".rstrip()
        return cls(status, list(headers.items()), answer.body)

    def as_http(self) -> HttpAnswer:
        """Return the answer for hooks and the record."""
        headers = {name.lower(): value for name, value in self.headers}
        return HttpAnswer(int(self.status[:3]), headers, self.body)

    def send(self, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request of WSGI."""
        start_response(self.status, self.headers)
        return [self.body]


def _asked(moto: Callable[..., Iterable[bytes]], environ: dict[str, Any]) -> Answer:
    """Return moto's answer; a page of HTML that says 404 or 405 is no answer of AWS.

    Raises:
        NotMocked: moto has sent such a page.
    """
    started: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], *_: Any) -> Callable[[bytes], None]:
        started[:] = [status, headers]
        return lambda _: None

    parts = moto(environ, start)
    try:
        body = b"".join(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
    status, headers = started
    is_page = any(
        name.lower() == "content-type" and value.startswith("text/html") for name, value in headers
    )
    if status[:3] in ("404", "405") and is_page and body.lstrip()[: len(_PAGE)].lower() == _PAGE:
        raise NotMocked
    return Answer(status, headers, body)


def _body(request: Request) -> bytes:
    """Return the body of a request, and leave it there for moto."""
    body = request.get_data()
    request.environ["wsgi.input"] = BytesIO(body)
    return body
