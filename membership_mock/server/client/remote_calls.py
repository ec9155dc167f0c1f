"""The calls of a server, as the mock's own `Calls` reads and asserts them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime

from membership_mock.errors import ServiceError, UsageError
from membership_mock.server.client.transport import Transport, error_of
from membership_mock.server.tools.states import CallsState, CallState
from membership_mock.testing.call import Call

#: how many calls are fetched at once
_BATCH = 500


class RemoteCall(Call):
    """One call that a server has served; instants among its parameters are text."""

    def __init__(self, state: CallState) -> None:
        self.number = state.number
        self.service = state.service
        self.operation = state.operation
        self.account = state.account
        self.region = state.region
        self.at = datetime.fromisoformat(state.at)
        self.request_id = state.request_id
        self.parameters = state.parameters
        self.answer = state.answer
        self.error = _error(state)
        self._status = state.status

    @property
    def status(self) -> int | None:
        """The HTTP status of the answer; None when the mock refused with a usage error."""
        return self._status


def _error(state: CallState) -> Exception | None:
    if state.error is None:
        return None
    found = error_of(state.error.code, state.error.message)
    if type(found) is not UsageError:
        return found
    kind: type[ServiceError] = type(state.error.code, (ServiceError,), {"code": state.error.code})
    return kind(state.error.message)


class RemoteRecord:
    """Reads the record of a server, each call once."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._calls: list[RemoteCall] = []
        self._lock = threading.Lock()

    def read(self) -> Sequence[Call]:
        """Return the calls that are in the record now."""
        with self._lock:
            while True:
                since = self._calls[-1].number if self._calls else 0
                found: CallsState = self._transport.use("calls", since=since, limit=_BATCH)
                self._calls += [RemoteCall(each) for each in found.calls]
                if len(found.calls) < _BATCH:
                    break
            # A reset has emptied the record, or calls were dropped from its start.
            first = found.last - found.matching + 1
            self._calls = [each for each in self._calls if each.number >= first]
            return list(self._calls)
