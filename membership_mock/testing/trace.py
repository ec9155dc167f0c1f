"""The calls of a test as text, in order."""

from __future__ import annotations

from collections.abc import Sequence

from membership_mock.engine.pipeline.observers import RecordView
from membership_mock.testing.call import Call
from membership_mock.testing.printing import printable


def trace(views: Sequence[RecordView]) -> str:
    """Return the calls in some views of records, one per line; "" if there are no calls."""
    lines = [
        f"{number:>6}  {Call(entry)!r}"
        for each in views
        for number, entry in enumerate(each.seen(), start=1)
    ]
    return printable("\n".join(lines))
