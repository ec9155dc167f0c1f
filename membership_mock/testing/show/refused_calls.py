"""The hint at `explain` in a failed test's report, for a call that one of our services refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from membership_mock.errors import ServiceError
from membership_mock.services import SERVICES

if TYPE_CHECKING:
    from membership_mock.engine.running import Running

#: how many of the last calls are considered; the report shows as many
_LAST = 10


def refused_calls(running: Running) -> list[str]:
    """Return a line on the last refusal of one of our services; none if the last calls have none.

    Errors that the test has injected need no explanation.
    """
    from membership_mock.testing.faults.errors import InjectedError

    for entry in reversed(running.record.entries[-_LAST:]):
        service, error = entry.context.service, entry.error
        if (
            service in SERVICES
            and isinstance(error, ServiceError)
            and not isinstance(error, InjectedError)
        ):
            name = f"{service}.{entry.context.operation}"
            return [f"Errors of {name} and their sources: python -m membership_mock explain {name}"]
    return []
