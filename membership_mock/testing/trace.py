"""The calls of a test as text, in order, with the calls to moto's other services among them."""

from __future__ import annotations

from collections.abc import Sequence

from membership_mock.engine.pipeline.call_record import PassedCall
from membership_mock.engine.pipeline.observers import RecordView
from membership_mock.testing.calls import Call
from membership_mock.testing.printing import printable


def trace(views: Sequence[RecordView]) -> str:
    """Return the calls in some views of records, one per line; "" if there are no calls."""
    lines: list[str] = []
    for each in views:
        entries, passed = each.seen()
        waiting = list(passed)
        for number, entry in enumerate(entries):
            while waiting and waiting[0].calls_before <= each.entries_before + number:
                lines.append(_passed(waiting.pop(0)))
            lines.append(f"{number + 1:>6}  {Call(entry)!r}")
        lines += [_passed(call) for call in waiting]
    return printable("\n".join(lines))


def _passed(call: PassedCall) -> str:
    return f"     -  {call.service}.{call.operation} by {call.account} in {call.region}, for moto"
