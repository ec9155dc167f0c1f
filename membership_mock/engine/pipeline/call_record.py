"""The calls that a mock has served, in order, as bytes that are parsed when a test reads them.

A test may make a million calls, so an entry keeps only what a test can read later: no URL, no
headers that only the signature needs, and no stack of a service error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.errors import ServiceError

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.context import Context
    from membership_mock.engine.protocol.codec import OperationCodec
    from membership_mock.engine.protocol.http import HttpAnswer, HttpRequest


#: the headers of a request without parameters in headers
_NO_HEADERS: Mapping[str, Any] = MappingProxyType({})


@dataclass(slots=True)
class RecordedRequest:
    """The parts of a request that can hold parameters.

    Attributes:
        method: upper case.
        path: the path as it was sent, percent-encoded.
        query: the query string as it was sent, without the question mark.
        headers: those that hold parameters of the operation.
        body: the bytes of the body.
        host: the host it was sent to, if that can hold parameters.
        protocol: its protocol, if botocore's clients may use another one.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, Any]
    body: bytes
    host: str = ""
    protocol: str = ""

    @classmethod
    def of(cls, request: HttpRequest, codec: OperationCodec | None = None) -> RecordedRequest:
        """Return the parts of a request that are kept.

        Args:
            request: the whole request.
            codec: that of its operation; None when the operation is not known or not mocked.
        """
        headers = _NO_HEADERS
        if codec is not None and codec.is_header is not None:
            is_header = codec.is_header
            headers = {name: value for name, value in request.headers.items() if is_header(name)}
        return cls(request.method, request.path, request.query, headers, request.body)


@dataclass(slots=True)
class Entry:
    """One call to one of our services.

    Attributes:
        context: who called what, where and when.
        request: the parts of the request that are kept.
        answer: the answer; None when a usage error was raised instead.
        error: the service's error, or the usage error; None when the call succeeded. For a call
            that moto answers, an error of the service is in the answer instead.
    """

    is_ours: ClassVar[bool] = True

    context: Context
    request: RecordedRequest
    answer: HttpAnswer | None
    error: Exception | None


class OtherEntry(Entry):
    """One call to a service that moto answers."""

    __slots__ = ()
    is_ours: ClassVar[bool] = False


class Record:
    """The calls of one running mock, in the order in which they took effect.

    Attributes:
        entries: the calls, to our services and to moto's.
        most: how many of the latest calls are always kept; None keeps all. Up to twice as many are
            held, so that old calls are dropped together.
        dropped: how many calls came before ``entries``, so that each call keeps its number.
    """

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.dropped = 0
        self.most: int | None = None

    @property
    def passed(self) -> list[Entry]:
        """The calls that moto has answered."""
        return [each for each in self.entries if not each.is_ours and each.answer is not None]

    def clear(self) -> None:
        """Start a new list, because other objects may hold the old one."""
        self.dropped += len(self.entries)
        self.entries = []

    @contextmanager
    def rolled_back(self) -> Iterator[None]:
        """Remove the calls that were made inside the block when it ends."""
        entries = list(self.entries)
        try:
            yield
        finally:
            self.entries = entries

    def add(self, entry: Entry) -> None:
        """Add one call."""
        error = entry.error
        if isinstance(error, ServiceError):  # the test gets botocore's error; this stack is large
            error.__traceback__ = error.__context__ = error.__cause__ = None
        self.entries.append(entry)
        if self.most is not None and len(self.entries) > 2 * self.most:
            kept = self.entries[-self.most :] if self.most else []
            self.dropped += len(self.entries) - len(kept)
            self.entries = kept
