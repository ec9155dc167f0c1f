"""The canned answers of a running mock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from membership_mock.engine import running as engine
from membership_mock.engine.pipeline.hooks import Hook, Proceed
from membership_mock.errors import NotRunning, UsageError
from membership_mock.testing.answers.answer import Answer, Canned, Values
from membership_mock.testing.arguments import naming_arguments
from membership_mock.testing.operation_names import as_text, is_pattern, operations_matching
from membership_mock.testing.plans.call_plan import PendingPlans
from membership_mock.testing.plans.plans import Plans, unused_plans
from membership_mock.testing.plans.wanted_calls import WantedCalls, Where

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.hooks import InterceptedCall
    from membership_mock.engine.protocol.http import HttpAnswer
    from membership_mock.engine.running import Running


@naming_arguments
class Answers(Sequence[Answer]):
    """The canned answers of a running mock, from `MembershipMock.answers`, as they were given.

    Answers that are used up or over are included.
    """

    def __init__(self, running: Running) -> None:
        self._running = running
        self._pending: PendingPlans[Answer] = PendingPlans(running, _AnswerHook(self._answer))

    @overload
    def __getitem__(self, index: int) -> Answer: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Answer]: ...
    def __getitem__(self, index: int | slice) -> Answer | Sequence[Answer]:
        return self._all[index]

    def __len__(self) -> int:
        return len(self._all)

    def __repr__(self) -> str:
        return "\n".join(repr(answer) for answer in self._all) or "no canned answers"

    def give(
        self,
        operation: str,
        answer: Canned | Sequence[Canned],
        *,
        times: int | None = None,
        account: str | None = None,
        region: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        where: Where | None = None,
        force: bool = False,
    ) -> Answer:
        """Give a canned answer to matching calls.

        Args:
            operation: which calls: ``securityhub.GetInsights``, ``get_insights``, or with its
                service any operation of AWS, whether it is mocked or not: ``ses.SendEmail``.
            answer: the members of the answer by their API names; a function of the call that
                returns them, or None to leave the call to what comes next; an error of botocore's,
                `ClientError` or one of the connection; or a list of these, of which each is for
                one call.
            times: how many calls are answered; None for all further calls. A list is for as many
                calls as it has entries.
            account: only calls of this account.
            region: only calls to this region.
            parameters: only calls with these parameters, by API name; nested mappings may be
                partial.
            where: only calls for which this function returns true.
            force: answer so even if required members are missing, or values are not in the model.

        Raises:
            NotRunning: the mock is not running.
            UsageError: no such call is possible, or the operation does not answer like that.
        """
        target = self._target(operation)
        values = Values(*target, answer, force=force)
        if values.count is not None:
            if times is not None:
                raise UsageError(
                    "A list of answers is for as many calls as it has entries: leave times out, or"
                    " give one answer."
                )
            times = values.count
        wanted = WantedCalls.checked(
            operation,
            frozenset({target}),
            times=times,
            account=account,
            region=region,
            parameters=parameters,
            where=where,
        )
        with self._running.world.lock:
            given = Answer(self._running, self._pending, wanted, values)
            self._pending.add(given)
        return given

    @property
    def unused(self) -> list[Answer]:
        """The answers that no call has had, and lists that were not used up; none withdrawn."""
        return [answer for answer in self._all if answer._is_unused]

    def assert_all_used(self) -> None:
        """Check that a call has had each answer, and each entry of a list.

        Raises:
            UnusedPlan: an answer was not used; the text shows the calls that came nearest.
        """
        __tracebackhide__ = True
        unused = self.unused
        error = unused_plans(unused)
        if error is not None:
            self._running.tool(Plans).told(unused)
            raise error

    def clear(self) -> None:
        """Remove all canned answers."""
        answers = self._all
        for answer in answers:
            answer.cancel()
        self._running.tool(Plans).forget(*answers)

    @property
    def _all(self) -> list[Answer]:
        return [plan for plan in self._running.tool(Plans) if isinstance(plan, Answer)]

    def _target(self, operation: str) -> tuple[str, str]:
        """Return service id and name of the operation that ``operation`` stands for."""
        if engine.require() is not self._running or self._running.tool(Answers) is not self:
            raise NotRunning(
                "These answers belong to a mock that has ended or was reset; ask the running one"
                " for `mock.answers`."
            )
        if is_pattern(as_text(operation)):
            raise UsageError(
                f"A canned answer is for one operation, not for {operation!r}: each operation has"
                " an answer of another form."
            )
        found = sorted(operations_matching(operation))
        if len(found) > 1:
            names = " or ".join(f"{service}.{name}" for service, name in found)
            raise UsageError(f"Several services have {operation!r}: name one, {names}.")
        return found[0]

    def _answer(self, call: InterceptedCall, proceed: Proceed) -> HttpAnswer:
        """Answer a call by the first answer that is for it, or let it proceed."""
        tried: list[Answer] = []
        while True:
            with self._running.world.lock:
                chosen = self._choose(call, tried)
                canned = chosen._take(call) if chosen is not None else None
            if chosen is None or canned is None:
                return proceed()
            found = chosen._values.write(canned, call)
            if found is not None:
                if chosen.remaining == 0:
                    self._pending.drop_finished()
                return found
            chosen._give_back(call)
            tried.append(chosen)

    def _choose(self, call: InterceptedCall, tried: Sequence[Answer]) -> Answer | None:
        """Return the answer that a call gets.

        Answers for a number of calls come first, in the order in which they were given; then the
        latest of the others.
        """
        pending = self._pending.of(call)
        limited = [answer for answer in pending if answer._is_limited]
        others = [answer for answer in reversed(pending) if not answer._is_limited]
        for answer in (*limited, *others):
            if answer not in tried and answer.remaining != 0 and answer._concerns(call):
                return answer
        return None


class _AnswerHook(Hook):
    """The link of the hooks' chain by which canned answers see calls, after the faults."""

    rank = 10

    def __init__(self, answer: Callable[[InterceptedCall, Proceed], HttpAnswer]) -> None:
        self._answer = answer

    def around(self, call: InterceptedCall, proceed: Proceed) -> HttpAnswer:
        """Answer a call by the canned answer that is for it, or let it proceed."""
        return self._answer(call, proceed)
