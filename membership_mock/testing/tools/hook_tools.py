"""The tools that act before and after calls of the code under test."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from membership_mock.testing.arguments import naming_arguments
from membership_mock.testing.running_mock import RunningMock

if TYPE_CHECKING:
    from membership_mock.testing.call import Call
    from membership_mock.testing.call_hooks.call_hook import Action, CallHook
    from membership_mock.testing.call_hooks.call_hooks import CallHooks


@naming_arguments
class HookTools(RunningMock):
    """The tools of a mock that act before and after calls."""

    def before(
        self,
        operation: str,
        action: Action,
        *,
        nth: int = 1,
        times: int | None = 1,
        account: str | None = None,
        region: str | None = None,
        where: Callable[[Call], bool] | None = None,
        parameters: Mapping[str, Any] | None = None,
        own_calls: bool = False,
    ) -> CallHook:
        """Run an action before a call: when the call has arrived, before any check.

        The action may make calls of any account, move the clock and use all tools. Its calls are
        recorded before the call. If it raises an error, the call is not made.

        Args:
            operation: which calls: ``securityhub.ListMembers``, ``list_members``, a pattern such as
                ``securityhub.*Members``, or the operation of a service that moto mocks, such as
                ``organizations.ListAccounts``.
            action: a function without arguments, or of the `Call`, which has no answer yet.
            nth: before which of these calls it runs first, counted from now on; 1 for the first.
            times: before how many of them it runs, from that one on; None for all further calls.
            account: only calls of this account.
            region: only calls to this region.
            where: only calls for which this function returns true.
            parameters: only calls with these parameters, as `Calls.filter` takes them.
            own_calls: whether calls that the action itself makes count as well.

        Returns:
            The hook: the calls that it ran for, and a way to cancel it.

        Raises:
            NotRunning: the mock is not running.
            UsageError: no such call is possible, or the action cannot be called.
        """
        hook = self.hooks._plan(
            "before",
            operation,
            action,
            nth=nth,
            times=times,
            account=account,
            region=region,
            where=where,
            parameters=parameters,
            own_calls=own_calls,
        )
        self._at_the_end(hook._raise_again)
        return hook

    def after(
        self,
        operation: str,
        action: Action,
        *,
        nth: int = 1,
        times: int | None = 1,
        account: str | None = None,
        region: str | None = None,
        where: Callable[[Call], bool] | None = None,
        parameters: Mapping[str, Any] | None = None,
        own_calls: bool = False,
    ) -> CallHook:
        """Run an action after a call that took effect, before the client gets the answer.

        Calls that the service has refused do not count. The call is recorded when the action runs.
        If the action raises an error, the client gets that instead of the answer.

        Args:
            operation: which calls, as for `before`.
            action: a function without arguments, or of the `Call`, which has its answer.
            nth: after which of these calls it runs first, counted from now on; 1 for the first.
            times: after how many of them it runs, from that one on; None for all further calls.
            account: only calls of this account.
            region: only calls to this region.
            where: only calls for which this function returns true; it may ask for the answer.
            parameters: only calls with these parameters, as `Calls.filter` takes them.
            own_calls: whether calls that the action itself makes count as well.

        Returns:
            The hook: the calls that it ran for, and a way to cancel it.

        Raises:
            NotRunning: the mock is not running.
            UsageError: no such call is possible, or the action cannot be called.
        """
        hook = self.hooks._plan(
            "after",
            operation,
            action,
            nth=nth,
            times=times,
            account=account,
            region=region,
            where=where,
            parameters=parameters,
            own_calls=own_calls,
        )
        self._at_the_end(hook._raise_again)
        return hook

    @property
    def hooks(self) -> CallHooks:
        """The hooks of the mock, with the calls for which they have run."""
        from membership_mock.testing.call_hooks.call_hooks import CallHooks

        return self._running().tool(CallHooks)

    @abstractmethod
    def _at_the_end(self, look: Callable[[], None]) -> None:
        """Call ``look`` when this mock stops, unless the test has failed."""
