"""One fault that a test injects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from membership_mock.engine.pipeline.call_record import Entry, RecordedRequest
from membership_mock.engine.protocol.codec import codec
from membership_mock.testing.calls import Call, Calls, holds
from membership_mock.testing.faults.refusals import RefusedAccounts

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.call_record import Record
    from membership_mock.engine.pipeline.context import Context
    from membership_mock.engine.pipeline.hooks import InterceptedCall
    from membership_mock.testing.faults.effects import Effect

#: A function of a call that returns whether the fault is for it.
Where = Callable[[Call], bool]

#: how many calls are shown that a fault nearly hit
_SHOWN = 5


class Fault:
    """One fault, from `MembershipMock.fail` or a method of `Faults`.

    As a context manager it is over at the end of the block.
    """

    def __init__(
        self,
        record: Record,
        ended: Callable[[], None],
        operation: str,
        targets: frozenset[tuple[str, str]],
        effect: Effect,
        *,
        times: int | None,
        account: str | None,
        region: str | None,
        where: Where | None,
    ) -> None:
        self._record = record
        self._ended = ended
        self._operation = operation
        self._targets = targets
        self._effect = effect
        self._times = times
        self._account = account
        self._region = region
        self._where = where
        self._since = len(record.entries)
        self._hits: list[Context] = []
        self._over = False
        self._withdrawn = False
        self._reported: str | None = None  # how the test was told that it never fired

    @property
    def fired(self) -> Calls:
        """The calls that it has hit so far."""
        return Calls(self._read_fired)

    @property
    def remaining(self) -> int | None:
        """How many more calls it will hit; None for all that come."""
        if self._over:
            return 0
        return None if self._times is None else self._times - len(self._hits)

    def cancel(self) -> None:
        """Withdraw the fault: it hits no more calls, and does not count as unfired."""
        self._withdrawn = True
        self._end()

    def __enter__(self) -> Fault:  # noqa: PYI034  Self came with Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def __repr__(self) -> str:
        parts = [f"{self._operation} {self._effect.words}"]
        if self._account is not None:
            parts.append(f"for {self._account}")
        if self._region is not None:
            parts.append(f"in {self._region}")
        if self._where is not None:
            parts.append(f"where {getattr(self._where, '__name__', self._where)!s}")
        often = "always" if self._times is None else _times(self._times)
        fired = f"fired {_times(len(self._hits))}" if self._hits else "not fired"
        over = ", over" if self._over else ""
        return f"<Fault: {' '.join(parts)}, {often}; {fired}{over}>"

    @property
    def _is_unfired(self) -> bool:
        return not self._hits and not self._withdrawn

    def _read_fired(self) -> list[Call]:
        hits = {id(context) for context in self._hits}
        return [Call(entry) for entry in self._record.entries if id(entry.context) in hits]

    def _end(self) -> None:
        self._over = True
        self._ended()

    def _concerns(self, call: InterceptedCall) -> bool:
        """Return whether the fault is for this call."""
        context = call.context
        return (
            self._account in (None, context.account_id)
            and self._region in (None, context.region)
            and self._effect.concerns(call)
            and (self._where is None or holds(self._where, _as_recorded(call)))
        )

    def _nearest(self) -> list[str]:
        """Return the calls that the fault nearly hit, each with the reason why it did not."""
        calls = [Call(entry) for entry in self._record.entries[self._since :]]
        same = [call for call in calls if (call.service, call.operation) in self._targets]
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

    def _missed(self, call: Call) -> str:
        if self._account not in (None, call.account):
            return f"from {call.account}, not {self._account}"
        if self._region not in (None, call.region):
            return f"in {call.region}, not {self._region}"
        if isinstance(self._effect, RefusedAccounts):
            return "names none of the accounts, or another fault came first"
        causes = ["refused before, or hit by another fault"] if call.error is not None else []
        causes += ["where returned false"] if self._where is not None else []
        return ", or ".join(causes) or "the fault was over, or another one came first"


def _as_recorded(call: InterceptedCall) -> Call:
    """Return a call that has no answer yet."""
    request = RecordedRequest.of(
        call.request, codec(call.context.service, call.context.operation, frozenset())
    )
    return Call(Entry(call.context, request, None, None))


def unfired_report(unfired: Sequence[Fault]) -> str:
    """Return a text about faults that hit no call, each with the calls that it nearly hit."""
    count = "One fault" if len(unfired) == 1 else f"{len(unfired)} faults"
    lines = [f"{count} never fired:"]
    for fault in unfired:
        title, *calls = fault._nearest()
        lines += [f"    {fault!r}", f"      {title}", *(f"        {call}" for call in calls)]
    return "\n".join(lines)


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
