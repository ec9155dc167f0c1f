"""The actions that a test has planned before and after calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, overload

from membership_mock.engine import running as engine
from membership_mock.engine.pipeline.hooks import Hook, Proceed
from membership_mock.engine.protocol.wire.answers import FIRST_ERROR_STATUS
from membership_mock.errors import NotRunning, UsageError
from membership_mock.testing.arguments import naming_arguments
from membership_mock.testing.call import Call
from membership_mock.testing.call_hooks.call_hook import Action, CallHook
from membership_mock.testing.operation_names import operations_matching
from membership_mock.testing.plans.call_plan import PendingPlans
from membership_mock.testing.plans.plans import Plans
from membership_mock.testing.plans.wanted_calls import WantedCalls, Where

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.call_record import Entry
    from membership_mock.engine.pipeline.context import Context
    from membership_mock.engine.pipeline.hooks import InterceptedCall
    from membership_mock.engine.protocol.http import HttpAnswer
    from membership_mock.engine.running import Running


@naming_arguments
class CallHooks(Sequence[CallHook]):
    """The hooks of a running mock, from `MembershipMock.hooks`, in the order in which they came.

    Hooks that are used up or over are included.
    """

    def __init__(self, running: Running) -> None:
        self._running = running
        before, after = _Before(), _After(running)
        self._pending: dict[str, PendingPlans[CallHook]] = {
            "before": PendingPlans(running, before),
            "after": PendingPlans(running, after),
        }
        before.pending, after.pending = self._pending["before"], self._pending["after"]

    @overload
    def __getitem__(self, index: int) -> CallHook: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[CallHook]: ...
    def __getitem__(self, index: int | slice) -> CallHook | Sequence[CallHook]:
        return self._all[index]

    def __len__(self) -> int:
        return len(self._all)

    def __repr__(self) -> str:
        return "\n".join(repr(hook) for hook in self._all) or "no hooks"

    @property
    def unused(self) -> list[CallHook]:
        """The hooks that have never run, without the cancelled ones."""
        return [hook for hook in self._all if hook._is_unused]

    def clear(self) -> None:
        """Remove all hooks."""
        hooks = self._all
        for hook in hooks:
            hook.cancel()
        self._running.tool(Plans).forget(*hooks)

    @property
    def _all(self) -> list[CallHook]:
        return [plan for plan in self._running.tool(Plans) if isinstance(plan, CallHook)]

    def _plan(
        self,
        when: Literal["before", "after"],
        operation: str,
        action: Action,
        *,
        nth: int,
        times: int | None,
        account: str | None,
        region: str | None,
        where: Where | None,
        parameters: Mapping[str, Any] | None,
        own_calls: bool,
    ) -> CallHook:
        """Plan an action; see `MembershipMock.before` and `MembershipMock.after`."""
        if engine.require() is not self._running or self._running.tool(CallHooks) is not self:
            raise NotRunning(
                "These hooks belong to a mock that has ended or was reset; ask the running one for"
                " `mock.hooks`."
            )
        if not (type(nth) is int and nth > 0):
            raise UsageError(f"nth is the number of a call, 1 for the first one, not {nth!r}.")
        wanted = WantedCalls.checked(
            operation,
            operations_matching(operation),
            times=times,
            account=account,
            region=region,
            where=where,
            parameters=parameters,
            skip=nth - 1,
        )
        with self._running.world.lock:
            pending = self._pending[when]
            hook = CallHook(self._running, pending, wanted, when, action, own_calls=own_calls)
            pending.add(hook)
        return hook


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a call: before it is answered, or when it is over."""

    entry: Entry

    @property
    def context(self) -> Context:
        """Who calls what, where and when."""
        return self.entry.context

    def as_entry(self) -> Entry:
        """Return the call as the record has it."""
        return self.entry


class _Before(Hook):
    """The link of the hooks' chain that lets a test act before calls."""

    rank = 5  # after the strict mode: nothing may happen to a call that is not allowed
    pending: PendingPlans[CallHook]

    def arrives(self, entry: Entry) -> None:
        """Run the actions for a call that has arrived."""
        if _for_operation(self.pending, entry.context):
            _run(self.pending, entry)
            entry.context.now = entry.context.world.clock.now()  # an action may have moved it


class _After(Hook):
    """The link of the hooks' chain that lets a test act after calls that took effect."""

    #: within the faults, since a call whose answer a fault takes away has taken effect; around
    #: canned answers, which are all that happens at such a call
    rank = 5
    pending: PendingPlans[CallHook]

    def __init__(self, running: Running) -> None:
        self._running = running
        self._took_effect: dict[int, Context] = {}  # by id: a context that is kept keeps its id

    def around(self, call: InterceptedCall, proceed: Proceed) -> HttpAnswer:
        """Note a call that takes effect."""
        answer = proceed()
        if answer.status < FIRST_ERROR_STATUS and _for_operation(self.pending, call.context):
            self._took_effect[id(call.context)] = call.context
        return answer

    def is_over(self, context: Context) -> None:
        """Run the actions for a call that took effect, which is recorded by now."""
        if self._took_effect.pop(id(context), None) is None:
            return
        for entry in reversed(self._running.record.entries):
            if entry.context is context:
                _run(self.pending, entry)
                return


def _for_operation(pending: PendingPlans[CallHook], context: Context) -> list[CallHook]:
    target = (context.service, context.operation)
    return [hook for hook in pending if target in hook._wanted.targets]


def _run(pending: PendingPlans[CallHook], entry: Entry) -> None:
    """Run the hooks that are for a call, one after the other, while the world's lock is free."""
    for hook in _for_operation(pending, entry.context):
        with entry.context.world.lock:
            is_for = hook._is_for(_Known(entry))
            if hook.remaining == 0:
                pending.drop_finished()
        if is_for:
            hook._run(Call(entry))
