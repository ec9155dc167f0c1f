"""Connections that fail: what botocore raises when it gets no answer to read."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import suppress
from string import Formatter
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

from membership_mock.errors import ServiceError, UsageError
from membership_mock.testing.faults.effects import Effect, Proceed

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.hooks import InterceptedCall
    from membership_mock.engine.protocol.http import HttpAnswer

_SUGGESTED = "ReadTimeoutError, ConnectTimeoutError, EndpointConnectionError, ConnectionClosedError"


class LostConnection(Effect):
    """The client gets no answer.

    Args:
        error: what botocore raises instead: a class, or an exception to raise as it is.
        message: what went wrong, for the classes whose text names a reason.
        after: whether the call takes effect before the connection fails.

    Raises:
        UsageError: the error takes no ``message``, or the call cannot have taken effect.
    """

    def __init__(
        self, error: type[BotoCoreError] | BotoCoreError, message: str | None, *, after: bool
    ) -> None:
        kind: type[BotoCoreError] = error if isinstance(error, type) else type(error)
        self._error = error
        self._after = after
        self._fields = [name for _, name, _, _ in Formatter().parse(kind.fmt) if name]
        self._message = message
        if message is not None and (error is not kind or "error" not in self._fields):
            raise UsageError(
                f"{kind.__name__} makes its text itself, so it does not take message={message!r}."
            )
        if after and issubclass(kind, NoConnection):
            raise UsageError(
                f"{kind.__name__} means that the request never reached the service, so it cannot"
                " come after the effect; take ReadTimeoutError or ConnectionClosedError."
            )
        self.words = f"ends in {kind.__name__}" + (" after it took effect" if after else "")

    def apply(self, call: InterceptedCall, proceed: Proceed) -> HttpAnswer:
        """Raise what botocore raises."""
        if self._after:
            with suppress(ServiceError):  # a refusal is an answer, and lost like any other
                proceed()
        if not isinstance(self._error, type):
            raise copy.copy(self._error)
        known = {"endpoint_url": call.request.url, "proxy_url": call.request.url}
        reason = self._message or "injected by a fault"
        raise self._error(**{name: known.get(name, reason) for name in self._fields})


def connection_error(error: object) -> type[BotoCoreError] | BotoCoreError | None:
    """Return the error of a connection that ``error`` means; None if it means another one.

    Args:
        error: the name of a class of botocore's, a class, or an exception.

    Raises:
        UsageError: it is an exception that no connection raises.
    """
    if isinstance(error, str):
        return next((each for each in _kinds() if each.__name__ == error), None)
    kind = error if isinstance(error, type) else type(error)
    if issubclass(kind, (HTTPClientError, NoConnection)):
        return error
    if issubclass(kind, ClientError):
        return None
    same_name = connection_error(kind.__name__)
    if issubclass(kind, BaseException):
        raise UsageError(
            f"A call cannot end in {kind.__name__}: sending a request does not raise it."
            + (
                f" botocore has a class of the same name: botocore.exceptions.{kind.__name__}."
                if same_name
                else f" Name an error of the service, or of the connection: {_SUGGESTED}, …"
            )
        )
    raise UsageError(
        f"{error!r} is not an error: pass a code such as 'ThrottlingException', a class of"
        f" `client.exceptions`, or a class or exception of botocore.exceptions: {_SUGGESTED}, …"
    )


def connection_error_names() -> list[str]:
    """Return the names of the errors of connections."""
    return sorted(each.__name__ for each in _kinds())


def _kinds() -> Iterator[type[BotoCoreError]]:
    """Yield botocore's classes for errors without an answer."""
    waiting: list[type[BotoCoreError]] = [HTTPClientError, NoConnection]
    while waiting:
        each = waiting.pop(0)
        if each.__module__ == "botocore.exceptions":
            yield each
            waiting += each.__subclasses__()
