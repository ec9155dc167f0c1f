"""One call that a mock has served: what was sent, what was answered, by which account."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from membership_mock.engine.protocol.codec import Invalid, Unparsable, codec
from membership_mock.engine.protocol.model import model_in_protocol, service_model, snake
from membership_mock.engine.protocol.wire.answers import (
    FIRST_ERROR_STATUS,
    answer_read,
    error_read,
)
from membership_mock.engine.protocol.wire.requests import parameters
from membership_mock.errors import ServiceError
from membership_mock.testing.arguments import naming_attributes
from membership_mock.testing.printing import printable, shortened

if TYPE_CHECKING:
    from botocore.model import OperationModel

    from membership_mock.engine.pipeline.call_record import Entry


@naming_attributes
class Call:
    """One call to a service of AWS: to one of this package, or to one that moto mocks.

    Attributes:
        service: the service's id, e.g. ``security-ir``.
        operation: the operation's name, e.g. ``CreateCase``.
        account: the 12 digits of the account that called.
        region: the region that was called.
        at: the instant of the call, in UTC.
        request_id: the id that the answer carried; empty for a call that moto has answered.
        invoked_by: the service that made the call on behalf of the account, e.g.
            ``cloudformation.amazonaws.com``; empty for a call of a client.
    """

    def __init__(self, entry: Entry) -> None:
        self._entry = entry
        context = entry.context
        self.service = context.service
        self.operation = context.operation
        self.account = context.account_id
        self.region = context.region
        self.at: datetime = context.now
        self.request_id = context.request_id
        self.invoked_by = context.invoked_by

    @cached_property
    def error(self) -> Exception | None:
        """What was raised: a service's error or a usage error; None when the call succeeded."""
        entry = self._entry
        answer = entry.answer
        if entry.is_ours or entry.error is not None:
            return entry.error
        if answer is None or answer.status < FIRST_ERROR_STATUS:
            return None
        code, message = error_read(self._model, answer)
        kind = type(code, (ServiceError,), {"code": code, "status": answer.status})
        found: Exception = kind(message)
        return found

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """The parameters by their API names, as they would be passed to boto3.

        For a request that was refused as malformed: the JSON object of its body, or an empty one.
        Of a call to one of moto's services, what botocore has sent: with what it adds by itself,
        but without the body of a stream.
        """
        request = self._entry.request
        if not self._entry.is_ours:
            return parameters(
                self._model,
                request.host,
                request.path,
                request.query,
                request.headers,
                request.body,
            )
        if self.operation not in service_model(self.service).operation_names:
            return _json_object(request.body)  # no operation has the route
        shape = self._model.input_shape
        names = {snake(name): name for name in shape.members} if shape else {}
        try:
            sent = codec(self.service, self.operation, frozenset()).parse(
                request.path, request.query, request.headers, request.body
            )
        except (Invalid, Unparsable):
            return _json_object(request.body)
        return {names[name]: value for name, value in sent.items()}

    @cached_property
    def answer(self) -> dict[str, Any] | None:
        """The answer as boto3 returned it, without ``ResponseMetadata``; None for an error.

        The body of a stream is left out.
        """
        answer = self._entry.answer
        if answer is None or self.error is not None:
            return None
        return answer_read(self._model, answer)

    @property
    def status(self) -> int | None:
        """The HTTP status of the answer; None when a usage error was raised instead."""
        return self._entry.answer.status if self._entry.answer else None

    @property
    def error_code(self) -> str | None:
        """The code of the error, e.g. ``ConflictException``; None when the call succeeded."""
        if isinstance(self.error, ServiceError):
            return self.error.code
        return type(self.error).__name__ if self.error else None

    @property
    def _model(self) -> OperationModel:
        protocol = self._entry.request.protocol
        return model_in_protocol(self.service, protocol).operation_model(self.operation)

    def __repr__(self) -> str:
        outcome = self.status if self.error is None else self.error_code
        return (
            f"{self.service}.{self.operation} by {self.account} in {self.region}"
            f" {_short(self.parameters)}"
            + ("" if outcome is None else f" -> {outcome}")  # it has none before it is answered
        )


def _short(value: Any, limit: int = 160) -> str:
    return shortened(printable(json.dumps(value, default=str, ensure_ascii=False)), limit)


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
