"""The tools that make calls fail: faults, and strict mode."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from membership_mock.testing.arguments import naming_arguments
from membership_mock.testing.running_mock import RunningMock

if TYPE_CHECKING:
    from membership_mock.testing.call import Call
    from membership_mock.testing.faults.fault import Fault
    from membership_mock.testing.faults.faults import Faults


@naming_arguments
class FaultTools(RunningMock):
    """The tools of a mock that make calls fail; each is imported when it is first used."""

    def fail(
        self,
        operation: str,
        error: str | type[Exception] | Exception,
        *,
        message: str | None = None,
        members: Mapping[str, Any] | None = None,
        times: int | None = 1,
        account: str | None = None,
        region: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        where: Callable[[Call], bool] | None = None,
        skip: int = 0,
        after: bool = False,
        retry_after: int | None = None,
        status: int | None = None,
        force: bool = False,
    ) -> Fault:
        """Make calls fail with an error of the service or of the connection.

        Args:
            operation: which calls: ``securityhub.CreateMembers``, ``create_members``, or a pattern
                such as ``securityhub.*Members`` or ``*``. Calls to moto's services are named with
                the service: ``sts.AssumeRole``, ``organizations.*``.
            error: the code of an error that the operation declares or that is common to all
                services; its class from ``client.exceptions``; or an error of the connection from
                ``botocore.exceptions``, such as ``ReadTimeoutError``, by name, class or exception.
            message: the error's text; what the service's model says about it when None.
            members: the error's other members; those that it needs and the test does not set are
                filled from the call.
            times: to how many calls it applies; None for all further calls.
            account: only calls of this account.
            region: only calls to this region.
            parameters: only calls with these parameters, as `Calls.filter` takes them.
            where: only calls for which this function returns true.
            skip: how many matching calls to leave alone first.
            after: let the call take effect first, so that only its answer is lost.
            retry_after: after how many seconds the client may try again.
            status: another HTTP status than the model's; needs ``force``.
            force: send it even if the operation does not declare it.

        Raises:
            NotRunning: the mock is not running.
            UsageError: no such call is possible, or AWS would not give this answer.
        """
        return self.faults.fail(
            operation,
            error,
            message=message,
            members=members,
            times=times,
            account=account,
            region=region,
            parameters=parameters,
            where=where,
            skip=skip,
            after=after,
            retry_after=retry_after,
            status=status,
            force=force,
        )

    @property
    def faults(self) -> Faults:
        """The faults of the mock, with the calls to which they have applied."""
        from membership_mock.testing.faults.faults import Faults

        return self._running().tool(Faults)

    def strict(self, *allowed: str) -> AbstractContextManager[None]:
        """Return a context in which a call that is not ``allowed`` fails at once.

        It applies to all accounts, regions and services. Of nested contexts, only the innermost
        applies.

        Args:
            *allowed: operations, e.g. ``CreateCase`` or ``securityhub.CreateMembers``, or patterns
                of them, e.g. ``securityhub.*`` or ``organizations.List*``. None allows no call.

        Raises:
            NotRunning: the mock is not running.
            UsageError: there is no such service, or no mocked service has such an operation.
            UnexpectedCall: at the end, if the code under test caught the one that was raised.
        """
        from membership_mock.testing.strict import Strictness

        return self._running().tool(Strictness).allowing(allowed)
