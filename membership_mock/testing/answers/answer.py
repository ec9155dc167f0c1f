"""One canned answer that a test gives."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

from membership_mock.engine.protocol.http import unfit_header
from membership_mock.engine.protocol.model import OperationModel, service_model
from membership_mock.engine.protocol.wire.writers import answer_written
from membership_mock.errors import UsageError
from membership_mock.testing.call import Call
from membership_mock.testing.calls import Calls
from membership_mock.testing.conditions import misfit_of_one_argument, name_of
from membership_mock.testing.faults.connections import LostConnection, connection_error
from membership_mock.testing.faults.effects import Effect
from membership_mock.testing.faults.errors import ErrorAnswer, code_of
from membership_mock.testing.output_values import checked
from membership_mock.testing.plans.call_plan import CallPlan, PendingPlans

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.hooks import InterceptedCall
    from membership_mock.engine.protocol.http import HttpAnswer
    from membership_mock.engine.running import Running
    from membership_mock.testing.plans.wanted_calls import WantedCalls

#: A function of a call that returns the members of its answer; None leaves it to what comes next.
AnswerFunction = Callable[[Call], "Mapping[str, Any] | None"]
#: What a call is answered with: the members of the answer by their API names, a function, or an
#: error of botocore's: `ClientError`, or one of the connection.
Canned = Mapping[str, Any] | AnswerFunction | Exception

#: an answer as it is kept: its members, a function, or an error
_Kept = Mapping[str, Any] | AnswerFunction | Effect


class Answer(CallPlan):
    """One canned answer, from `MembershipMock.answer`.

    As a context manager, it ends with the block.
    """

    _kind: ClassVar[str] = "canned answer"

    def __init__(
        self,
        running: Running,
        pending: PendingPlans[Any],
        wanted: WantedCalls,
        values: Values,
    ) -> None:
        super().__init__(running, pending, wanted)
        self._lock = running.world.lock
        self._values = values

    @property
    def used(self) -> Calls:
        """The calls that it has answered so far."""
        return self._calls_hit()

    @property
    def _is_limited(self) -> bool:
        return self._wanted.times is not None

    @property
    def _is_unused(self) -> bool:
        return len(self._hits) < (self._values.count or 1) and not self._withdrawn

    def _words(self) -> str:
        return self._values.words

    def _reasons(self) -> Sequence[str]:
        count, hits = self._values.count or 1, len(self._hits)
        if hits:
            return [f"Calls have had the first {hits} of its {count} answers, and no other."]
        return super()._reasons()

    def _causes(self) -> list[str]:
        return ["its function returned None"] if self._values.asks else []

    def _take(self, call: InterceptedCall) -> _Kept:
        """Return what the call is answered with, and count the call."""
        canned = self._values.at(self._count)
        self._hit(call)
        return canned

    def _give_back(self, call: InterceptedCall) -> None:
        """Count a call no longer: its function has left it to what comes next."""
        with self._lock:
            for number in range(len(self._hits) - 1, -1, -1):  # it is one of the latest
                if self._hits[number] is call.context:
                    del self._hits[number]
                    break


class Values:
    """What the calls for an operation are answered with.

    Args:
        service: the service's id.
        operation: the operation's name.
        answer: the members of an answer, a function of the call, an error of botocore's, or a
            sequence of these.
        force: whether it may lack required members, or have values that the model does not know.

    Attributes:
        words: what it is, as text that follows the name of the operation.
        count: how many calls it is for; None if it is not a sequence.
        asks: whether a function is among them.

    Raises:
        UsageError: the operation does not answer like that.
    """

    def __init__(self, service: str, operation: str, answer: object, *, force: bool) -> None:
        self._model: OperationModel = service_model(service).operation_model(operation)
        self._name = f"{service}.{operation}"
        self._force = force
        if self._model.has_event_stream_output:
            raise UsageError(
                f"{self._name} answers with a stream of events, which cannot be canned."
            )
        several = isinstance(answer, Sequence) and not isinstance(answer, (str, bytes))
        given = list(answer) if isinstance(answer, Sequence) and several else [answer]
        if not given:
            raise UsageError(f"The sequence of answers for {self._name} is empty.")
        self._canned = [self._checked(each) for each in given]
        self.count = len(given) if several else None
        self.asks = any(callable(each) for each in self._canned)
        first = self._canned[0]
        if several:
            self.words = f"gives {self.count} answer{'s' if len(given) > 1 else ''}"
        elif isinstance(first, Effect):
            self.words = first.words
        else:
            self.words = "answers" if isinstance(first, Mapping) else f"answers by {name_of(first)}"

    def at(self, number: int) -> _Kept:
        """Return what the call of a number, from 0 on, is answered with."""
        return self._canned[number if self.count is not None else 0]

    def write(self, canned: _Kept, call: InterceptedCall) -> HttpAnswer | None:
        """Return the answer to a call; None if a function leaves it to what comes next.

        Raises:
            UsageError: a function has raised an error or returned what does not fit.
            ServiceError: the answer is botocore's `ClientError`, or a function has raised one.
            BotoCoreError: likewise an error of the connection.
        """
        if isinstance(canned, Effect):
            return canned.apply(call, _nothing)
        if isinstance(canned, Mapping):
            value = canned
        else:
            asked = self._ask(canned, call)
            if asked is None:
                return None
            value = self._members(asked, f"The function {name_of(canned)} of mock.answer: ")
        context = call.context
        if not context.request_id:  # that of a call that moto would have answered
            context.request_id = context.world.uuid()
        return answer_written(self._model, value, context.request_id)

    def _ask(self, function: AnswerFunction, call: InterceptedCall) -> Mapping[str, Any] | None:
        recorded = Call(call.as_entry())
        try:
            with call.context.world.lock.released():  # it may wait for calls of other threads
                return function(recorded)
        except (ClientError, HTTPClientError, NoConnection) as error:
            self._failing(error, force=True).apply(call, _nothing)
            raise
        except (UsageError, AssertionError):
            raise
        except Exception as error:
            raise UsageError(
                f"The function {name_of(function)} of mock.answer has raised"
                f" {type(error).__name__}: {error}\n    for the call {recorded!r}\n"
                "    It returns the members of the answer, or None to leave the call to the mock,"
                " and may raise botocore's ClientError or an error of the connection."
            ) from error

    def _checked(self, given: object) -> _Kept:
        if isinstance(given, Mapping):
            return self._members(given, "")
        if isinstance(given, Exception):
            return self._failing(given, force=self._force)
        if callable(given) and not isinstance(given, type):
            _check_function(given)
            return given
        raise UsageError(
            f"An answer of {self._name} is a mapping of its members by API names, a function of the"
            " call, an error such as botocore's ClientError, or a list of these, not"
            f" {given!r}."
        )

    def _failing(self, error: Exception, *, force: bool) -> Effect:
        """Return what lets a call end in an error of botocore's.

        Raises:
            UsageError: it is another error, or one that the operation does not send.
        """
        lost = connection_error(error)
        if lost is not None:
            return LostConnection(lost, None, after=False)
        code, message, members = code_of(error)
        status = getattr(error, "response", {}).get("ResponseMetadata", {}).get("HTTPStatusCode")
        return ErrorAnswer(
            frozenset({(self._model.service_model.service_name, self._model.name)}),
            code,
            message=message,
            members=members,
            retry_after=None,
            status=status if force else None,
            after=False,
            force=force,
        )

    def _members(self, given: object, prefix: str) -> dict[str, Any]:
        """Return the members of an answer as they are written.

        Raises:
            UsageError: they do not fit the model.
        """
        if not isinstance(given, Mapping):
            raise UsageError(
                f"{prefix}An answer of {self._name} is a mapping of its members by API names, not"
                f" {given!r}."
            )
        members = {name: each for name, each in given.items() if name != "ResponseMetadata"}
        value, wrong = checked(self._model.output_shape, members)
        if wrong and not self._force:
            raise UsageError(
                f"{prefix}{self._name} does not answer like that: {'; '.join(wrong)}.\n"
                "    To answer so all the same, pass force=True."
            )
        try:
            unfit = unfit_header(answer_written(self._model, value, "").headers)
        except (TypeError, ValueError, AttributeError, KeyError, OverflowError) as error:
            unfit = "; ".join(wrong) or str(error)
        if unfit is not None:
            raise UsageError(
                f"{prefix}An answer of {self._name} cannot be written like that: {unfit}."
            )
        return value


def _check_function(function: Callable[..., object]) -> None:
    """Refuse a function that cannot be called with a call, or that has to be awaited.

    Raises:
        UsageError: it is one of these.
    """
    if inspect.iscoroutinefunction(function):
        raise UsageError(
            f"The function of mock.answer is a plain one, and {name_of(function)} returns a"
            " coroutine: nothing would await it."
        )
    misfit = misfit_of_one_argument(function)
    if misfit is not None:
        raise UsageError(
            f"The function of mock.answer gets the call, but {misfit} does not"
            " take one argument: write `lambda call: …`."
        )


def _nothing() -> HttpAnswer:
    raise AssertionError("an error that comes before the effect has no effect")
