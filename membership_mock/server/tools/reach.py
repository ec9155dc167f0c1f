"""Which calls the plans of a server can reach."""

from __future__ import annotations

from membership_mock.errors import UsageError
from membership_mock.services import SERVICES
from membership_mock.testing.operation_names import operations_matching


def check_reached(tool: str, operation: str) -> None:
    """Refuse a plan for operations that only moto's part of the server sees.

    Args:
        tool: the name of the tool.
        operation: the operation or pattern as the client has written it.

    Raises:
        UsageError: no operation of the mocked services is meant, or there is none like that.
    """
    if not any(service in SERVICES for service, _ in operations_matching(operation)):
        raise UsageError(
            f"{tool} over HTTP is for calls to {', '.join(sorted(SERVICES))}; {operation!r} is of"
            " another service, which moto's part of the server answers without asking the mock. Use"
            " it in the process that runs the mock, with a client there."
        )
