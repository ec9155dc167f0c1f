"""Answers requests to the services of moto: hooks see each call, and it is recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from membership_mock.engine.pipeline.call_record import Entry, OtherEntry
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.hooks import HookChain, InterceptedCall
from membership_mock.engine.pipeline.other_calls import OtherOperation
from membership_mock.engine.pipeline.setup_calls import is_setup_call
from membership_mock.engine.protocol.http import HttpAnswer, HttpRequest
from membership_mock.engine.protocol.model import OperationModel
from membership_mock.engine.protocol.regions import partition_of
from membership_mock.errors import ServiceError

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.call_record import Record
    from membership_mock.engine.state.world import World

#: Asks moto for its answer; returns None if moto does not serve the request.
Ask = Callable[[], HttpAnswer | None]


class _UnservedError(Exception):
    """moto does not serve the request."""


class OtherPipeline:
    """Answers the requests to moto's services in one running mock.

    Args:
        world: the state of the mock.
        record: stores every call.
        hooks: what the test author does to calls.
        caller_of: returns account and region of the caller of a request.
        arrive: lets each hook inspect a call that has arrived, and records it if one refuses it.
    """

    def __init__(
        self,
        world: World,
        record: Record,
        hooks: HookChain,
        caller_of: Callable[[HttpRequest], tuple[str, str]],
        arrive: Callable[[Entry], None],
    ) -> None:
        self._world = world
        self._record = record
        self._hooks = hooks
        self._caller_of = caller_of
        self._arrive = arrive
        self._operations: dict[tuple[str, str], OtherOperation] = {}

    def serve(self, model: OperationModel, request: HttpRequest, ask: Ask) -> HttpAnswer | None:
        """Answer a request.

        Args:
            model: botocore's model of the operation.
            request: what was sent; without its body if that is a stream.
            ask: returns the answer of moto; None if moto does not serve the request.

        Returns:
            The answer; None if moto does not serve the request, and then nothing is recorded.

        Raises:
            Exception: what a hook raises, or moto.
        """
        if is_setup_call():
            return ask()
        context = self._context_of(model, request)
        key = (context.service, context.operation)
        operation = self._operations.get(key)
        if operation is None:
            operation = self._operations[key] = OtherOperation.of(model)
        call = InterceptedCall(context, request, model, False, {}, operation.request(request))
        if self._hooks.is_empty_outside:
            return self._answer(call, operation, ask)
        self._arrive(call.as_entry())
        try:
            return self._answer(call, operation, ask)
        finally:
            self._hooks.end(context)

    def record_blocked(self, model: OperationModel, request: HttpRequest, error: Exception) -> None:
        """Record a call that neither we nor moto serve, and that must not leave the process."""
        if not is_setup_call():
            recorded = OtherOperation.of(model).request(request)
            self._record.add(OtherEntry(self._context_of(model, request), recorded, None, error))

    def _answer(
        self, call: InterceptedCall, operation: OtherOperation, ask: Ask
    ) -> HttpAnswer | None:
        """Answer a request that has arrived, and record it."""
        context, recorded = call.context, call.recorded
        try:
            answer = ask() if self._hooks.is_empty_around else self._around(call, ask)
        except Exception as raised:
            self._record.add(OtherEntry(context, recorded, None, raised))
            raise
        if answer is not None:
            self._record.add(OtherEntry(context, recorded, operation.answer(answer), None))
        return answer

    def _around(self, call: InterceptedCall, ask: Ask) -> HttpAnswer | None:
        def answer() -> HttpAnswer:
            found = ask()
            if found is None:
                raise _UnservedError
            return found

        try:
            return self._hooks.run(call, answer)
        except _UnservedError:
            return None
        except ServiceError as error:
            from membership_mock.engine.protocol.wire.writers import error_written

            request_id = call.context.request_id = self._world.uuid()
            has_body = call.request.method != "HEAD"
            return error_written(call.model, error, request_id, has_body=has_body)

    def _context_of(self, model: OperationModel, request: HttpRequest) -> Context:
        account, region = self._caller_of(request)
        return Context(
            self._world,
            model.service_model.service_name,
            model.name,
            account,
            region,
            partition_of(region),
            self._world.clock.now(),
            "",
        )
