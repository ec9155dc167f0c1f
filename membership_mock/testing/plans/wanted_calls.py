"""Which calls a plan is for, and how many of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from membership_mock.errors import UsageError
from membership_mock.testing.call import Call
from membership_mock.testing.conditions import check_where, holds
from membership_mock.testing.containing import contains
from membership_mock.testing.operation_names import check_caller, check_parameters
from membership_mock.testing.printing import times_as_text

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.call_record import Entry
    from membership_mock.engine.pipeline.context import Context

#: A function of a call that returns whether the plan is for it.
Where = Callable[[Call], bool]


class KnownCall(Protocol):
    """A call, as far as it has come."""

    @property
    def context(self) -> Context:
        """Who called what, where and when."""

    def as_entry(self) -> Entry:
        """Return the call as the record has it, or will have it."""


@dataclass(frozen=True)
class WantedCalls:
    """Which calls a plan is for, and how many of them; see `WantedCalls.checked`."""

    operation: str
    targets: frozenset[tuple[str, str]]
    times: int | None
    account: str | None = None
    region: str | None = None
    where: Where | None = None
    parameters: Mapping[str, Any] | None = None
    skip: int = 0

    @classmethod
    def checked(
        cls,
        operation: str,
        targets: frozenset[tuple[str, str]],
        *,
        times: int | None,
        account: str | None = None,
        region: str | None = None,
        where: Where | None = None,
        parameters: Mapping[str, Any] | None = None,
        skip: int = 0,
    ) -> WantedCalls:
        """Return the calls that a test has asked for.

        Args:
            operation: the operation or pattern as the test has written it.
            targets: service id and name of each operation that it stands for.
            times: how many calls the plan is for; None for all that come.
            account: only calls of this account.
            region: only calls to this region.
            where: only calls for which this function returns true.
            parameters: only calls with these parameters, by API name; nested mappings may be
                partial.
            skip: how many of these calls come first that the plan is not for.

        Raises:
            UsageError: a value is of the wrong kind, or no such call is possible.
        """
        if times is not None and not (type(times) is int and times > 0):
            raise UsageError(f"times is a positive number, or None for always, not {times!r}.")
        if not (type(skip) is int and skip >= 0):
            raise UsageError(f"skip is a number of calls, not {skip!r}.")
        check_caller(account, region)
        check_where(where)
        if parameters is not None:
            if not isinstance(parameters, Mapping):
                raise UsageError(f"parameters is a mapping by API names, not {parameters!r}.")
            check_parameters(targets, parameters)
        if len(targets) == 1:
            operation = ".".join(next(iter(targets)))
        return cls(operation, targets, times, account, region, where, parameters, skip)

    def include(self, call: KnownCall) -> bool:
        """Return whether a call is one of them, whatever their number.

        Raises:
            UsageError: the function of ``where`` has raised an error.
        """
        context = call.context
        if self.account not in (None, context.account_id):
            return False
        if self.region not in (None, context.region):
            return False
        if self.parameters is None and self.where is None:
            return True
        recorded = Call(call.as_entry())
        if self.parameters is not None and not contains(recorded.parameters, self.parameters):
            return False
        return self.where is None or holds(self.where, recorded)

    def missed(self, call: Call) -> str | None:
        """Return why a recorded call is not one of them for certain; None if it may be one."""
        if self.account not in (None, call.account):
            return f"from {call.account}, not {self.account}"
        if self.region not in (None, call.region):
            return f"in {call.region}, not {self.region}"
        if self.parameters is not None and not contains(call.parameters, self.parameters):
            return "with other parameters"
        return None

    def __str__(self) -> str:
        parts = []
        if self.account is not None:
            parts.append(f" for {self.account}")
        if self.region is not None:
            parts.append(f" in {self.region}")
        if self.parameters is not None:
            parts.append(f" with {dict(self.parameters)!r}")
        if self.where is not None:
            parts.append(f" where {getattr(self.where, '__name__', self.where)!s}")
        parts.append(f", {'always' if self.times is None else times_as_text(self.times)}")
        if self.skip:
            parts.append(f" from call number {self.skip + 1} on")
        return "".join(parts)
