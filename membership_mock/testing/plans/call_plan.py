"""Plans for calls: which calls come, how many are left, which ones were hit."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from membership_mock.testing.call import Call
from membership_mock.testing.calls import Calls
from membership_mock.testing.plans.plans import Plan, Plans
from membership_mock.testing.plans.wanted_calls import KnownCall, WantedCalls
from membership_mock.testing.printing import times_as_text

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.context import Context
    from membership_mock.engine.pipeline.hooks import Hook, InterceptedCall
    from membership_mock.engine.running import Running

P = TypeVar("P", bound="CallPlan")

#: how many calls a report shows
_SHOWN = 5


class CallPlan(Plan):
    """A plan for calls. As a context manager, it ends with the block.

    Args:
        running: the mock whose calls it is for; it joins the mock's `Plans`.
        pending: drops it when it is over.
        wanted: which calls it is for.
    """

    #: what it does to a call, for its text: ``fired``
    _done: ClassVar[str] = "used"

    def __init__(self, running: Running, pending: PendingPlans[Any], wanted: WantedCalls) -> None:
        self._record = running.record
        self._pending = pending
        self._wanted = wanted
        self._since = running.record.dropped + len(running.record.entries)
        self._hits: list[Context] = []
        self._dropped = 0  # how many hits came before those
        self._skipped = 0
        self._over = False
        self._withdrawn = False
        running.tool(Plans).add(self)

    @property
    def remaining(self) -> int | None:
        """How many more calls it is for; None for all that come."""
        if self._over:
            return 0
        times = self._wanted.times
        return None if times is None else times - self._count

    def cancel(self) -> None:
        """Withdraw it: it applies to no further call, and does not count as unused."""
        self._withdrawn = True
        self._end()

    def __enter__(self: P) -> P:  # noqa: PYI019  Self came with Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def __repr__(self) -> str:
        hits = self._count
        done = f"{self._done} {times_as_text(hits)}" if hits else f"not {self._done}"
        over = ", over" if self._over else ""
        name, wanted = self._wanted.operation, self._wanted
        return f"<{type(self).__name__}: {name} {self._words()}{wanted}; {done}{over}>"

    @abstractmethod
    def _words(self) -> str:
        """Return what it does, as text that follows the name of an operation."""

    @property
    def _is_unused(self) -> bool:
        return not self._count and not self._withdrawn

    @property
    def _count(self) -> int:
        """How many calls it was used for."""
        return self._dropped + len(self._hits)

    def _calls_hit(self) -> Calls:
        return Calls(self._read_hit)

    def _read_hit(self) -> list[Call]:
        hits = {id(context) for context in self._hits}
        return [Call(entry) for entry in self._record.entries if id(entry.context) in hits]

    def _end(self) -> None:
        self._over = True
        self._pending.drop_finished()

    def _concerns(self, call: InterceptedCall) -> bool:
        """Return whether it is for this call, once the first ones have been skipped."""
        return self._includes(call)

    def _includes(self, call: KnownCall) -> bool:
        """Return whether a call is one of the wanted ones, and not one of the first to skip."""
        if not self._wanted.include(call):
            return False
        if self._skipped < self._wanted.skip:
            self._skipped += 1
            return False
        return True

    def _hit(self, call: KnownCall) -> None:
        """Note that it is used for this call."""
        self._hits.append(call.context)
        most = self._record.most
        if most is not None and len(self._hits) > 2 * most:  # the record has dropped them, too
            self._dropped += len(self._hits) - most
            self._hits = self._hits[-most:] if most else []

    def _reasons(self) -> Sequence[str]:
        """Return the calls that it was nearly used for, each with the reason why it was not."""
        first = max(self._since - self._record.dropped, 0)  # a server keeps the latest calls only
        calls = [Call(entry) for entry in self._record.entries[first:]]
        same = [c for c in calls if (c.service, c.operation) in self._wanted.targets]
        if not same:
            last = [f"{call!r}" for call in calls[-_SHOWN:]]
            return (
                ["It was not called at all; the last calls:", *last]
                if last
                else ["There were no calls."]
            )
        more = [f"… and {len(same) - _SHOWN} more"] if len(same) > _SHOWN else []
        shown = [f"{call!r}  [{self._missed(call)}]" for call in same[:_SHOWN]]
        return ["The nearest calls:", *shown, *more]

    def _causes(self) -> list[str]:
        """Return reasons of its own why it may not have been used for a call."""
        return []

    def _missed(self, call: Call) -> str:
        certain = self._wanted.missed(call)
        if certain is not None:
            return certain
        fault = "another fault" if self._is_fault else "a fault"
        causes = [f"refused before, or hit by {fault}"] if call.error is not None else []
        causes += self._causes()
        causes += ["where returned false"] if self._wanted.where is not None else []
        causes += ["one of the first, which it skips"] if self._wanted.skip else []
        return ", or ".join(causes) or f"the {self._kind} was over, or another one came first"


class PendingPlans(list[P]):
    """The plans of one kind that are not used up, and the hook that applies them.

    Without plans the hook leaves the pipeline, so that calls pay nothing.

    Args:
        running: the running mock.
        hook: what applies the plans to calls.
    """

    def __init__(self, running: Running, hook: Hook) -> None:
        super().__init__()
        self._lock = running.world.lock
        self._hooks = running.pipeline.hooks
        self._hook = hook
        self._of: dict[tuple[str, str], list[P]] = {}

    def add(self, plan: P) -> None:
        """Let a plan apply to calls from now on."""
        with self._lock:
            self.append(plan)
            for target in plan._wanted.targets:
                self._of.setdefault(target, []).append(plan)
            self._hooks.add(self._hook)

    def of(self, call: InterceptedCall) -> Sequence[P]:
        """Return the plans that may be for a call, in the order in which they were made."""
        return self._of.get((call.context.service, call.context.operation), ())

    def drop_finished(self) -> None:
        """Drop the plans that are used up or over; without plans, leave the pipeline."""
        with self._lock:
            self[:] = [plan for plan in self if plan.remaining != 0]
            self._of = {
                target: left
                for target, plans in self._of.items()
                if (left := [plan for plan in plans if plan.remaining != 0])
            }
            if not self._of:
                self._hooks.remove(self._hook)
