"""The faults that a test injects into calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from membership_mock.engine import running as engine
from membership_mock.engine.pipeline.hooks import Hook, Proceed
from membership_mock.errors import NotRunning, UsageError
from membership_mock.testing.arguments import naming_arguments
from membership_mock.testing.aws_side.unused_endings import unused_endings
from membership_mock.testing.clock import MockClock
from membership_mock.testing.faults.connections import LostConnection, connection_error
from membership_mock.testing.faults.effects import Delay, Effect
from membership_mock.testing.faults.entries import RefusedEntries
from membership_mock.testing.faults.errors import ErrorAnswer, code_of
from membership_mock.testing.faults.fault import Fault
from membership_mock.testing.faults.refusals import RefusedAccounts
from membership_mock.testing.operation_names import (
    operations_matching,
)
from membership_mock.testing.plans.call_plan import PendingPlans
from membership_mock.testing.plans.plans import Plans, unused_plans
from membership_mock.testing.plans.wanted_calls import WantedCalls, Where

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.hooks import InterceptedCall
    from membership_mock.engine.protocol.http import HttpAnswer
    from membership_mock.engine.running import Running


@naming_arguments
class Faults(Sequence[Fault]):
    """The faults of a running mock, from `MembershipMock.faults`, in the order of injection.

    Faults that are used up or over are included.
    """

    def __init__(self, running: Running) -> None:
        self._running = running
        self._pending: PendingPlans[Fault] = PendingPlans(running, _FaultHook(self._answer))
        running.pipeline.let_pass = self._let_pass

    @overload
    def __getitem__(self, index: int) -> Fault: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Fault]: ...
    def __getitem__(self, index: int | slice) -> Fault | Sequence[Fault]:
        return self._all[index]

    def __len__(self) -> int:
        return len(self._all)

    def __repr__(self) -> str:
        return "\n".join(repr(fault) for fault in self._all) or "no faults"

    @property
    def _all(self) -> list[Fault]:
        return [plan for plan in self._running.tool(Plans) if isinstance(plan, Fault)]

    def fail(
        self,
        operation: str,
        error: str | type[Exception] | Exception,
        *,
        message: str | None = None,
        members: Mapping[str, Any] | None = None,
        times: int | None = 1,
        account: str | None = None,
        region: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        where: Where | None = None,
        skip: int = 0,
        after: bool = False,
        retry_after: int | None = None,
        status: int | None = None,
        force: bool = False,
    ) -> Fault:
        """Make calls fail with an error of the service or of the connection.

        Args:
            operation: which calls: ``securityhub.CreateMembers``, ``create_members``, or a pattern
                such as ``securityhub.*Members`` or ``*``. Calls to moto's services are named with
                the service: ``sts.AssumeRole``, ``organizations.*``.
            error: the code of an error that the operation declares or that is common to all
                services; its class from ``client.exceptions``; or an error of the connection from
                ``botocore.exceptions``, such as ``ReadTimeoutError``, by name, class or exception.
            message: the error's text; what the service's model says about it when None.
            members: the error's other members; those that it needs and the test does not set are
                filled from the call.
            times: to how many calls it applies; None for all further calls.
            account: only calls of this account.
            region: only calls to this region.
            parameters: only calls with these parameters, as `Calls.filter` takes them.
            where: only calls for which this function returns true.
            skip: how many matching calls to leave alone first.
            after: let the call take effect first, so that only its answer is lost.
            retry_after: after how many seconds the client may try again.
            status: another HTTP status than the model's; needs ``force``.
            force: send it even if the operation does not declare it.

        Raises:
            NotRunning: the mock is not running.
            UsageError: no such call is possible, or AWS would not give this answer.
        """
        if members is not None and not isinstance(members, Mapping):
            raise UsageError(f"members is a mapping from names to values, not {members!r}.")
        targets = self._targets(operation)
        lost = connection_error(error)
        if lost is None:
            code, said, more = code_of(error)
            effect: Effect = ErrorAnswer(
                targets,
                code,
                message=said if message is None else message,
                members={**more, **(members or {})},
                retry_after=retry_after,
                status=status,
                after=after,
                force=force,
            )
        else:
            useless = {"members": members, "retry_after": retry_after, "status": status}
            for name, value in useless.items():
                if value is not None:
                    raise UsageError(
                        f"A connection that fails has no answer, and so no {name}: leave it out,"
                        " or name an error of the service."
                    )
            effect = LostConnection(lost, message, after=after)
        return self._inject(
            operation, targets, effect, times, account, region, parameters, where, skip
        )

    def refuse_accounts(
        self,
        operation: str,
        accounts: Sequence[str],
        *,
        reason: str | None = None,
        code: str | None = None,
        times: int | None = 1,
        account: str | None = None,
        region: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        where: Where | None = None,
        skip: int = 0,
    ) -> Fault:
        """Let calls refuse some accounts and process all others.

        They come back in ``UnprocessedAccounts``, or in the ``errors`` of
        BatchGetMemberAccountDetails. Calls that name none of them are not hit.

        Args:
            operation: which calls, as for `fail`.
            accounts: the accounts to refuse, 12 digits each.
            reason: the reason that the answer gives.
            code: the code of their error, where the operation has one.
            times: to how many calls it applies; None for all further calls.
            account: only calls of this account.
            region: only calls to this region.
            parameters: only calls with these parameters, as `Calls.filter` takes them.
            where: only calls for which this function returns true.
            skip: how many matching calls to leave alone first.

        Raises:
            NotRunning: the mock is not running.
            UsageError: the operation does not refuse single accounts, or an account is not 12
                digits.
        """
        targets = self._targets(operation)
        effect = RefusedAccounts(targets, accounts, reason, code)
        return self._inject(
            operation, targets, effect, times, account, region, parameters, where, skip
        )

    def refuse_entries(
        self,
        operation: str,
        entries: Sequence[str | Mapping[str, Any]],
        *,
        code: str | int | None = None,
        reason: str | None = None,
        times: int | None = 1,
        account: str | None = None,
        region: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        where: Where | None = None,
        skip: int = 0,
    ) -> Fault:
        """Make calls fail for some of their entries, and process all others.

        They come back in ``FailedFindings``, ``UnprocessedFindings``, ``UnprocessedIds`` and so on;
        they have no effect. The fault does not apply to calls without such entries.

        Args:
            operation: which calls, as for `fail`; it must answer for each entry, as
                ``securityhub.BatchImportFindings`` does.
            entries: what names the entries to refuse: an id or ARN, or a mapping with some members
                of an entry, by API name, which may be partial at any depth.
            code: the code of their error; that of an internal error when None.
            reason: the text of their error; what the service's model says about the code when None.
            times: to how many calls it applies; None for all further calls.
            account: only calls of this account.
            region: only calls to this region.
            parameters: only calls with these parameters, as `Calls.filter` takes them.
            where: only calls for which this function returns true.
            skip: how many matching calls to leave alone first.

        Raises:
            NotRunning: the mock is not running.
            UsageError: the operation does not answer for single entries, has no such code, or its
                entries no such member.
        """
        targets = self._targets(operation)
        effect = RefusedEntries(targets, entries, reason, code)
        return self._inject(
            operation, targets, effect, times, account, region, parameters, where, skip
        )

    def delay(
        self,
        operation: str,
        seconds: float,
        *,
        times: int | None = 1,
        account: str | None = None,
        region: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        where: Where | None = None,
        skip: int = 0,
    ) -> Fault:
        """Delay answers: the mock's clock moves, and the test does not wait.

        A client with a shorter read timeout gets its ``ReadTimeoutError`` at once; the effect of
        the call stays. A delay can be combined with another fault of the same call.

        Args:
            operation: which calls, as for `fail`.
            seconds: how long the answer takes.
            times: to how many calls it applies; None for all further calls.
            account: only calls of this account.
            region: only calls to this region.
            parameters: only calls with these parameters, as `Calls.filter` takes them.
            where: only calls for which this function returns true.
            skip: how many matching calls to leave alone first.

        Raises:
            NotRunning: the mock is not running.
            UsageError: no such call is possible, or ``seconds`` is not a positive number.
        """
        targets, effect = self._targets(operation), Delay(seconds)
        return self._inject(
            operation, targets, effect, times, account, region, parameters, where, skip
        )

    @property
    def unfired(self) -> list[Fault]:
        """The faults that have applied to no call, without the cancelled ones."""
        return [fault for fault in self._all if fault._is_unused]

    def assert_all_fired(self) -> None:
        """Check that every fault has applied to a call, and that every planned ending was used.

        Raises:
            UnfiredFault: a fault has not, and the text shows the calls that it nearly hit; or no
                query or job has had an ending that `AwsSide.end_query` or `end_job` planned.
        """
        __tracebackhide__ = True
        faults, endings = self.unfired, unused_endings(self._running.world)
        unfired = unused_plans(faults, endings)
        if unfired is not None:
            self._running.tool(Plans).told(faults, endings)
            raise unfired

    def clear(self) -> None:
        """Remove all faults."""
        faults = self._all
        for fault in faults:
            fault.cancel()
        self._running.tool(Plans).forget(*faults)

    def _targets(self, operation: str) -> frozenset[tuple[str, str]]:
        """Return the operations that ``operation`` stands for."""
        if engine.require() is not self._running or self._running.tool(Faults) is not self:
            raise NotRunning(
                "These faults belong to a mock that has ended or was reset; ask the running one for"
                " `mock.faults`."
            )
        return operations_matching(operation)

    def _inject(
        self,
        operation: str,
        targets: frozenset[tuple[str, str]],
        effect: Effect,
        times: int | None,
        account: str | None,
        region: str | None,
        parameters: Mapping[str, Any] | None,
        where: Where | None,
        skip: int,
    ) -> Fault:
        wanted = WantedCalls.checked(
            operation,
            targets,
            times=times,
            account=account,
            region=region,
            parameters=parameters,
            where=where,
            skip=skip,
        )
        with self._running.world.lock:
            fault = Fault(self._running, self._pending, wanted, effect)
            self._pending.add(fault)
        return fault

    def _let_pass(self, seconds: float) -> None:
        """Move the mock's clock forward by the time that a caller would have waited."""
        self._running.tool(MockClock).advance(seconds=seconds)

    def _answer(self, call: InterceptedCall, proceed: Proceed) -> HttpAnswer:
        """Answer a call by the first fault that is for it, and by others that go with it."""
        pending = self._pending.of(call)
        if not pending:
            return proceed()
        chosen: list[Fault] = []
        with self._running.world.lock:
            for fault in pending:
                fits = all(fault._effect.goes_with(other._effect) for other in chosen)
                if fits and fault.remaining != 0 and fault._concerns(call):
                    chosen.append(fault)
            for fault in chosen:
                fault._hit(call)
            if any(fault.remaining == 0 for fault in chosen):
                self._pending.drop_finished()
        # The delay is outermost: it applies to the answer that the other effects make.
        effects = [fault._effect for fault in chosen]
        effects.sort(key=lambda effect: not isinstance(effect, Delay))
        return _apply(effects, call, proceed)


class _FaultHook(Hook):
    """The link of the hooks' chain by which faults see calls."""

    def __init__(self, answer: Callable[[InterceptedCall, Proceed], HttpAnswer]) -> None:
        self._answer = answer

    def around(self, call: InterceptedCall, proceed: Proceed) -> HttpAnswer:
        """Answer a call by the faults that are for it, or let it proceed."""
        return self._answer(call, proceed)


def _apply(effects: Sequence[Effect], call: InterceptedCall, proceed: Proceed) -> HttpAnswer:
    if not effects:
        return proceed()
    return effects[0].apply(call, lambda: _apply(effects[1:], call, proceed))
