"""The tools that read what was called."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from membership_mock.testing.arguments import naming_arguments
from membership_mock.testing.call import Call
from membership_mock.testing.calls import Calls
from membership_mock.testing.operation_names import check_caller
from membership_mock.testing.running_mock import RunningMock

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.call_record import Entry


@naming_arguments
class CallTools(RunningMock):
    """The tools of a mock that read what was called."""

    _lock: threading.Lock
    #: the calls that were read so far, and the record's list that they were read from
    _calls: list[Call]
    _calls_of: list[Entry]

    @property
    def calls(self) -> Calls:
        """All calls to services of AWS, in order; also after the mock has ended.

        They include the calls to moto's services.
        """
        return Calls(self._read_calls)

    def passed_through(
        self, *, account: str | None = None, region: str | None = None
    ) -> Counter[str]:
        """Return how often moto's other services were called, by ``organizations.ListAccounts``.

        Args:
            account: count the calls of this account only.
            region: count the calls in this region only.

        Raises:
            UsageError: ``account`` is not 12 digits, or ``region`` is not a region.
        """
        check_caller(account, region)
        passed = [entry.context for entry in self._entered.record.passed] if self._entered else []
        return Counter(
            f"{call.service}.{call.operation}"
            for call in passed
            if account in (None, call.account_id) and region in (None, call.region)
        )

    def _read_calls(self) -> Sequence[Call]:
        with self._lock:
            entries = self._entered.record.entries if self._entered else []
            if entries is not self._calls_of:  # another mock, or its record was emptied
                self._calls_of, self._calls = entries, []
            self._calls += [Call(entry) for entry in entries[len(self._calls) :]]
            return list(self._calls)
