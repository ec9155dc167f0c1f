"""The parts of a call to a service of moto that the record keeps.

Its parameters and its answer are parsed when a test reads them. A stream, such as an object of S3,
is neither read nor kept.
"""

from __future__ import annotations

from sys import intern
from typing import Any, cast
from urllib.parse import urlsplit

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.call_record import RecordedRequest
from membership_mock.engine.protocol.http import HttpAnswer, HttpRequest
from membership_mock.engine.protocol.model import OperationModel
from membership_mock.engine.protocol.wire.answers import FIRST_ERROR_STATUS
from membership_mock.engine.protocol.wire.requests import (
    NO_HEADERS,
    HeaderNames,
    answered_in,
    sent_in,
)


@dataclass(frozen=True, slots=True)
class OtherOperation:
    """The parts to keep of calls to one operation of a service of moto.

    Attributes:
        sent: the headers that hold parameters; None if no header does.
        answered: the headers that hold members of the answer; None if no header does.
        has_labels_in_host: whether a parameter may be in the name of the host.
        streams_request: whether the body of a request is a stream.
        streams_answer: whether the body of an answer is a stream.
    """

    sent: HeaderNames | None
    answered: HeaderNames | None
    has_labels_in_host: bool
    streams_request: bool
    streams_answer: bool

    @classmethod
    def of(cls, model: OperationModel) -> OtherOperation:
        """Return the parts to keep of calls to an operation."""
        is_s3 = model.service_model.service_name == "s3"
        return cls(
            sent_in(model),
            answered_in(model),
            is_s3 or bool((model.endpoint or {}).get("hostPrefix")),
            bool(model.has_streaming_input),
            bool(model.has_streaming_output),
        )

    def request(self, request: HttpRequest) -> RecordedRequest:
        """Return the parts of a request that are kept."""
        headers = self.sent.of(request.headers) if self.sent is not None else NO_HEADERS
        # most calls go to the same few hosts
        host = intern(urlsplit(request.url).hostname or "") if self.has_labels_in_host else ""
        return RecordedRequest(
            request.method,
            request.path,
            request.query,
            headers,
            request.body,
            host,
            request.protocol,
        )

    def answer(self, answer: HttpAnswer) -> HttpAnswer:
        """Return the parts of an answer that are kept."""
        if answer.status >= FIRST_ERROR_STATUS:  # the code of an error may be in a header
            return answer
        headers = NO_HEADERS if self.answered is None else self.answered.of(answer.headers)
        body = b"" if self.streams_answer else answer.body
        return HttpAnswer(answer.status, cast("dict[str, str]", headers), body, answer.delay)


def body_of(model: OperationModel, body: Any) -> bytes:
    """Return the body of a request as bytes; empty for a stream, which is left unread."""
    if model.has_streaming_input or not body:
        return b""
    if isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    return bytes(body) if isinstance(body, (bytearray, memoryview)) else b""
