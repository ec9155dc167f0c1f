"""One fault that a test injects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from membership_mock.testing.call import Call
from membership_mock.testing.calls import Calls
from membership_mock.testing.plans.call_plan import CallPlan, PendingPlans

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.hooks import InterceptedCall
    from membership_mock.engine.running import Running
    from membership_mock.testing.faults.effects import Effect
    from membership_mock.testing.plans.wanted_calls import WantedCalls


class Fault(CallPlan):
    """One fault, from `MembershipMock.fail` or a method of `Faults`.

    As a context manager, it ends with the block.
    """

    _kind: ClassVar[str] = "fault"
    _never: ClassVar[tuple[str, str]] = ("never fired", "never fired")
    _done: ClassVar[str] = "fired"
    _is_fault: ClassVar[bool] = True

    def __init__(
        self, running: Running, pending: PendingPlans[Any], wanted: WantedCalls, effect: Effect
    ) -> None:
        super().__init__(running, pending, wanted)
        self._effect = effect

    @property
    def fired(self) -> Calls:
        """The calls to which it has applied so far."""
        return self._calls_hit()

    def _words(self) -> str:
        return self._effect.words

    def _concerns(self, call: InterceptedCall) -> bool:
        return self._effect.concerns(call) and super()._concerns(call)

    def _missed(self, call: Call) -> str:
        if self._wanted.missed(call) is None and self._effect.refuses_parts:
            return "names none of what is to be refused, or another fault came first"
        return super()._missed(call)
