"""Every call that a mock has served, in order, as it came; what it means is found when it is read.

A test may make a million calls, so a call keeps only what can be asked for later: no URL, none of
the headers that only its signature needs, and no stack of an error of the service.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sized
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from membership_mock.errors import ServiceError

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.context import Context
    from membership_mock.engine.protocol.codec import OperationCodec
    from membership_mock.engine.protocol.http import HttpAnswer, HttpRequest


#: the headers of a request whose parameters are all elsewhere
_NO_HEADERS: Mapping[str, Any] = MappingProxyType({})


@dataclass(slots=True)
class RecordedRequest:
    """What a call's parameters can be read from.

    Attributes:
        method: upper case.
        path: the path as it was sent, percent-encoded.
        query: the query string as it was sent, without the question mark.
        headers: those that hold parameters of the operation.
        body: the bytes of the body.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, Any]
    body: bytes

    @classmethod
    def of(cls, request: HttpRequest, codec: OperationCodec | None = None) -> RecordedRequest:
        """Return what is kept of a request.

        Args:
            request: what was sent.
            codec: that of its operation; None when the operation is not known or not mocked.
        """
        headers = _NO_HEADERS
        if codec is not None and codec.is_header is not None:
            is_header = codec.is_header
            headers = {name: value for name, value in request.headers.items() if is_header(name)}
        return cls(request.method, request.path, request.query, headers, request.body)


@dataclass(slots=True)
class Entry:
    """One call.

    Attributes:
        context: who called what, where and when.
        request: what is kept of what was sent.
        answer: what was answered; None when a usage error was raised instead.
        error: the service's error, or the usage error; None when the call succeeded.
    """

    context: Context
    request: RecordedRequest
    answer: HttpAnswer | None
    error: Exception | None


@dataclass(frozen=True, slots=True)
class PassedCall:
    """A call to one of moto's own services.

    Attributes:
        service: the service's id, e.g. ``organizations``.
        operation: the operation's name, e.g. ``ListAccounts``.
        account: the 12 digits of the account that called.
        region: the region that was called.
        at: the instant of the call, in UTC.
        calls_before: how many calls to our services had been made before.
    """

    service: str
    operation: str
    account: str
    region: str
    at: datetime
    calls_before: int


class Record:
    """The calls of one running mock, in the order in which they took effect.

    Attributes:
        entries: those to our services.
        passed: those to moto's other services.
        most: how many calls of each kind are kept for certain, the latest; all when None. Up to
            twice as many are there, so that not every call has to move the others.
        dropped: how many calls came before ``entries``, so that each call keeps its number.
    """

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.dropped = 0
        self.passed: list[PassedCall] = []
        self.most: int | None = None

    def clear(self) -> None:
        """Start new lists; who holds an old one keeps it as it is."""
        self.dropped += len(self.entries)
        self.entries, self.passed = [], []

    @contextmanager
    def rolled_back(self) -> Iterator[None]:
        """Remove the calls that were made inside the block when it ends."""
        entries, passed = list(self.entries), list(self.passed)
        try:
            yield
        finally:
            self.entries, self.passed = entries, passed

    def add(
        self,
        context: Context,
        request: RecordedRequest,
        answer: HttpAnswer | None,
        error: Exception | None,
    ) -> None:
        """Add one call to one of our services."""
        if isinstance(error, ServiceError):  # nobody sees it raised, and its stack is large
            error.__traceback__ = error.__context__ = error.__cause__ = None
        self.entries.append(Entry(context, request, answer, error))
        if self._is_long(self.entries):
            kept = self.entries[-self.most :] if self.most else []
            self.dropped += len(self.entries) - len(kept)
            self.entries = kept

    def add_passed(self, call: PassedCall) -> None:
        """Add one call to one of moto's services."""
        self.passed.append(call)
        if self._is_long(self.passed):
            self.passed = self.passed[-self.most :] if self.most else []

    def _is_long(self, calls: Sized) -> bool:
        return self.most is not None and len(calls) > 2 * self.most
