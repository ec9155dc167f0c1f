"""Make recorded calls on a mock, and compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, UnknownServiceError

from membership_mock.engine.protocol.model import (
    OperationModel,
    paginators,
    service_model,
    service_names,
    snake,
)
from membership_mock.errors import OperationNotMocked, RequestBlocked, UsageError
from membership_mock.mock import MembershipMock
from membership_mock.parity.comparison import Comparison
from membership_mock.parity.identities import Identities
from membership_mock.parity.plain_form import check_reference
from membership_mock.parity.recorded_call import RecordedCall, RecordedError
from membership_mock.parity.results import ABSENT, Difference, Outcome, Result
from membership_mock.parity.shapes import shape_differences
from membership_mock.parity.values import instant, plain, sendable, texts_changed
from membership_mock.testing.names import nearest_to

#: what a service answers to a call: the answer, or the error
_Answered = tuple["Mapping[str, Any] | None", "RecordedError | None", "int | None"]


class Playback:
    """Makes the calls of one recording on a running mock, in their order.

    Args:
        mock: the mock.
        account: the account of calls that name none; the mock's default account when None.
        region: the region of calls that name none; the mock's default region when None.
        ignore: paths that are not compared, as `Comparison` takes them.
        any_order: whether the order of lists is left out of account.
    """

    def __init__(
        self,
        mock: MembershipMock,
        *,
        account: str | None = None,
        region: str | None = None,
        ignore: Sequence[str] = (),
        any_order: bool = False,
    ) -> None:
        self._mock = mock
        self._account = account
        self._region = region
        self._ignore = ignore
        self._any_order = any_order
        self._identities = Identities()
        self._times: set[datetime] = set()
        self._clients: dict[tuple[str, str | None, str | None], Any] = {}

    def presume(self, name: str, world: Mapping[str, Any], ids: Mapping[str, str]) -> None:
        """Bring the mock into the state that a recording presumes.

        Args:
            name: the recording, for messages.
            world: the state, as `mock.given.world` takes it.
            ids: references to parts of it, by the ids that the recording calls them.

        Raises:
            UsageError: the state cannot be reached, or a reference leads to nothing.
        """
        try:
            names = self._mock.given.world(dict(world)) if world else {}
        except UsageError as error:
            raise UsageError(f"{name}: the presumed state cannot be reached: {error}") from error
        for recorded, reference in ids.items():
            check_reference(name, recorded, reference)
            self._identities.pair(recorded, _resolved(name, reference, names))

    def check(self, call: RecordedCall) -> Result:
        """Make a recorded call, and return how the mock has answered.

        Raises:
            UsageError: a set-up call was refused.
        """
        if call.service not in service_names():
            near = nearest_to(call.service, service_names())
            return self._not_mocked(call, f"botocore has no service {call.service!r}{near}")
        model = service_model(call.service)
        if call.operation not in model.operation_names:
            near = nearest_to(call.operation, model.operation_names)
            return self._not_mocked(call, f"the service has no operation {call.operation!r}{near}")
        operation = model.operation_model(call.operation)
        unknown = [each for each in call.parameters if each not in _parameters(operation)]
        if unknown:
            return self._not_mocked(
                call, f"this botocore has no parameter {unknown[0]!r} of {call.operation}"
            )
        self._identities.sent(call.parameters)
        texts_changed(call.parameters, self._note_time)
        try:
            answer, error, status = self._answered(call, operation)
        except (OperationNotMocked, RequestBlocked, NotImplementedError) as refusal:
            return self._not_mocked(call, str(refusal))
        if call.setup:
            if error is not None:
                raise UsageError(
                    f"{call.place}: the set-up call {call.service}.{call.operation} was refused:"
                    f" {error.code}: {error.message}"
                )
            self._comparison(call).answers(call.answer or {}, answer, operation.output_shape)
            return self._result(call, Outcome.SET_UP)
        if error is not None or call.error is not None:
            differences = self._refusals(call, answer, error)
            outcome = Outcome.REFUSED_OTHERWISE
        else:
            differences = self._answers(call, operation, answer)
            outcome = Outcome.DIFFERS
        if call.status is not None and status != call.status:
            differences.append(Difference("status", call.status, status))
        comparison = self._comparison(call)
        differences = [each for each in differences if not comparison.is_ignored(each.path)]
        return self._result(call, outcome if differences else Outcome.EQUAL, differences)

    def _answers(
        self, call: RecordedCall, operation: OperationModel, answer: Mapping[str, Any] | None
    ) -> list[Difference]:
        shape = operation.output_shape
        if call.shape is not None:
            return shape_differences(call.shape, answer, shape, partial=call.partial)
        return self._comparison(call).answers(call.answer, answer, shape)

    def _refusals(
        self, call: RecordedCall, answer: Mapping[str, Any] | None, error: RecordedError | None
    ) -> list[Difference]:
        expected = call.error
        if expected is None or error is None:
            recorded = call.answer if call.answer is not None else call.shape
            return [
                Difference("error code", expected.code, ABSENT, "the mock has answered")
                if expected is not None
                else Difference("error code", ABSENT, _code_and_text(error), "the mock refuses"),
                Difference("answer", ABSENT if expected else recorded, answer or ABSENT),
            ][: 2 if expected is not None else 1]
        found = []
        if expected.code != error.code:
            found.append(Difference("error code", expected.code, error.code))
        text = error.message or ""
        comparison = self._comparison(call)
        if expected.message is not None:
            found += comparison.texts("error text", expected.message, text)
        if expected.contains is not None:
            part = self._identities.translated(expected.contains)
            if part not in text:
                found.append(Difference("error text", f"… {part} …", text))
        known = {name: each for name, each in error.members.items() if name in expected.members}
        return [*found, *comparison.answers(dict(expected.members), known, None)]

    def _answered(self, call: RecordedCall, operation: OperationModel) -> _Answered:
        parameters = self._identities.translated(call.parameters)
        parameters = sendable(parameters, operation.input_shape)
        try:
            answer = getattr(self._client(call), snake(call.operation))(**parameters)
        except ClientError as refused:
            members = dict(refused.response)
            told, meta = members.pop("Error", {}), members.pop("ResponseMetadata", {})
            error = RecordedError(
                str(told.get("Code", "")), told.get("Message"), None, plain(members)
            )
            return None, error, meta.get("HTTPStatusCode")
        except BotoCoreError as unsent:
            return None, RecordedError(type(unsent).__name__, str(unsent)), None
        status = answer.pop("ResponseMetadata", {}).get("HTTPStatusCode")
        return plain(answer), None, status

    def _client(self, call: RecordedCall) -> Any:
        account, region = call.account or self._account, call.region or self._region
        key = (call.service, account, region)
        if key not in self._clients:
            # What another SDK has sent is sent here too, and nothing is tried again.
            config = Config(parameter_validation=False, retries={"total_max_attempts": 1})
            try:
                client = self._mock.client(call.service, account, region, config=config)
            except UnknownServiceError as error:
                raise OperationNotMocked(str(error)) from error
            except UsageError as error:
                raise UsageError(f"{call.place}: {error}") from error
            self._clients[key] = client
        return self._clients[key]

    def _comparison(self, call: RecordedCall) -> Comparison:
        paging = paginators(call.service).get(call.operation)
        tokens = paging["output_token"] if paging else []
        return Comparison(
            f"{call.service}.{call.operation}",
            self._identities,
            ignore=self._ignore,
            partial=call.partial or call.setup,
            any_order=self._any_order,
            chosen_times=frozenset(self._times),
            page_tokens=frozenset([tokens] if isinstance(tokens, str) else tokens),
        )

    def _note_time(self, text: str) -> str:
        found = instant(text)
        if found is not None:
            self._times.add(found)
        return text

    def _not_mocked(self, call: RecordedCall, why: str) -> Result:
        return self._result(call, Outcome.NOT_MOCKED, note=why)

    def _result(
        self,
        call: RecordedCall,
        outcome: Outcome,
        differences: Sequence[Difference] = (),
        note: str = "",
    ) -> Result:
        return Result(
            call,
            outcome,
            tuple(differences),
            account=call.account or self._account or self._mock._running().pipeline.default_account,
            region=call.region or self._region or self._mock._region(),
            note=note,
        )


def _parameters(operation: OperationModel) -> Mapping[str, Any]:
    shape = operation.input_shape
    return shape.members if shape is not None else {}


def _code_and_text(error: RecordedError | None) -> str:
    return f"{error.code}: {error.message}" if error is not None else ""


def _resolved(name: str, reference: str, names: Mapping[str, Any]) -> str:
    first, *fields = reference[1:].split(".")
    if first not in names:
        raise UsageError(f"{name}: 'world' has nothing called {first!r}{nearest_to(first, names)}")
    value = names[first]
    for field in fields:
        found = value.get(field) if isinstance(value, Mapping) else getattr(value, field, None)
        if found is None:
            raise UsageError(f"{name}: {reference!r} leads to nothing: there is no {field!r}.")
        value = found
    return str(value)
