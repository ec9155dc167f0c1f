"""The calls that a mock has served, for reading and for assertions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, overload

from membership_mock.errors import UsageError
from membership_mock.testing.arguments import naming_arguments
from membership_mock.testing.call import Call
from membership_mock.testing.conditions import check_where, holds
from membership_mock.testing.containing import contains
from membership_mock.testing.operation_names import (
    check_caller,
    check_parameters,
    operations_wanted,
)
from membership_mock.testing.printing import times_as_text

_SHOWN = 10


@naming_arguments
class Calls(Sequence[Call]):
    """Calls in the order in which they took effect; a view that grows while the mock runs.

    Iterate it, index it, narrow it with `filter`, or let `assert_called` and `assert_not_called`
    look for a call and show what was called instead.
    """

    def __init__(self, read: Callable[[], Sequence[Call]]) -> None:
        self._read = read

    @overload
    def __getitem__(self, index: int) -> Call: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Call]: ...
    def __getitem__(self, index: int | slice) -> Call | Sequence[Call]:
        return self._read()[index]

    def __len__(self) -> int:
        return len(self._read())

    def __iter__(self) -> Iterator[Call]:
        return iter(self._read())

    def __repr__(self) -> str:
        return "\n".join(repr(call) for call in self) or "no calls"

    def filter(
        self,
        operation: str | None = None,
        *,
        service: str | None = None,
        account: str | None = None,
        region: str | None = None,
        error: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        where: Callable[[Call], bool] | None = None,
    ) -> Calls:
        """Return the calls that match everything given.

        Args:
            operation: ``CreateCase``, ``create_case`` or ``security-ir.CreateCase``, or a pattern:
                ``securityhub.Create*``, ``*.List*``. One of moto's services is named with it:
                ``sts.AssumeRole``.
            service: the service's id.
            account: the 12 digits of the calling account.
            region: the region that was called.
            error: the code of the error that was answered, e.g. ``ConflictException``.
            parameters: some of the parameters, by API name; nested mappings may be partial too, and
                lists with `containing`.
            where: a function of a call that returns whether it is wanted.

        Raises:
            UsageError: no service has the operation, or no call can match.
        """
        operations = operations_wanted(service, operation)
        check_caller(account, region)
        if error is not None and not isinstance(error, str):
            raise UsageError(f"error is a code, e.g. 'ConflictException', not {error!r}.")
        if parameters is not None and not isinstance(parameters, Mapping):
            raise UsageError(f"parameters is a mapping by API names, not {parameters!r}.")
        # a pattern for the service stands for other services as well, of any parameters
        if parameters is not None and operations is not None and operations.pattern is None:
            check_parameters(operations.operations, parameters)
        check_where(where)

        def matches(call: Call) -> bool:
            return (
                (service is None or call.service == service)
                and (operations is None or operations.include(call.service, call.operation))
                and (account is None or call.account == account)
                and (region is None or call.region == region)
                and (error is None or call.error_code == error)
                and (parameters is None or contains(call.parameters, parameters))
                and (where is None or holds(where, call))
            )

        return Calls(lambda: [call for call in self._read() if matches(call)])

    def assert_called(
        self, operation: str | None = None, *, times: int | None = None, **wanted: Any
    ) -> Calls:
        """Return the calls that match everything given; fail if there are none.

        Args:
            operation: as for `filter`.
            times: how many there must be exactly; by default at least one.
            **wanted: as for `filter`.

        Raises:
            AssertionError: there are none, or another number; the text shows what was called
                instead.
            UsageError: as for `filter`.
        """
        __tracebackhide__ = True
        if times is not None and not (type(times) is int and times >= 0):
            raise UsageError(
                f"times is a number of calls, or None for at least one, not {times!r}."
            )
        found = self.filter(operation, **wanted)
        if (len(found) == times) if times is not None else len(found) > 0:
            return found
        instead = self._instead(operation, wanted.get("service"), is_number_wrong=bool(found))
        expected = "at least once" if times is None else times_as_text(times)
        raise AssertionError(
            f"expected {_describe(operation, wanted)} to be called {expected},"
            f" but it was {_called(found)}.\n{instead}"
        )

    def assert_not_called(self, operation: str | None = None, **wanted: Any) -> None:
        """Check that no call matches everything given.

        Args:
            operation: as for `filter`.
            **wanted: as for `filter`.

        Raises:
            AssertionError: there are such calls; the text shows them.
            UsageError: as for `filter`.
        """
        __tracebackhide__ = True
        found = self.filter(operation, **wanted)
        if found:
            shown = "\n".join(f"    {call!r}" for call in found[:_SHOWN])
            raise AssertionError(
                f"expected {_describe(operation, wanted)} not to be called,"
                f" but it was {_called(found)}:\n{shown}"
            )

    def assert_in_order(
        self, *wanted: str | tuple[str, Mapping[str, Any]], exactly: bool = False
    ) -> Sequence[Call]:
        """Return the first calls that match ``wanted``, one for each, in that order.

        Args:
            *wanted: an operation as for `filter`, or a pair of an operation and what else `filter`
                takes, e.g. ``("CreateCase", {"account": "111122223333"})``.
            exactly: whether there must be no other calls; otherwise there may be others before,
                between and after them.

        Raises:
            AssertionError: there are no such calls in this order; the text shows which one is
                missing.
            UsageError: no mocked service has the operation.
        """
        __tracebackhide__ = True
        steps = [_step(each) for each in wanted]
        calls = list(self._read())
        positions: list[int] = []
        for operation, others in steps:
            found = self._positions(calls, operation, others)
            start = positions[-1] + 1 if positions else 0
            position = next((each for each in found if each >= start), None)
            if position is None:
                raise AssertionError(_out_of_order(steps, calls, positions, found))
            positions.append(position)
        if exactly and len(calls) != len(steps):
            others_too = [n for n in range(len(calls)) if n not in positions]
            raise AssertionError(
                f"expected these calls and no others, but there were {len(others_too)} more:\n"
                + _numbered(calls, others_too)
            )
        return [calls[position] for position in positions]

    def _positions(
        self, calls: Sequence[Call], operation: str, others: Mapping[str, Any]
    ) -> list[int]:
        matching = {id(call) for call in Calls(lambda: calls).filter(operation, **others)}
        return [n for n, call in enumerate(calls) if id(call) in matching]

    def last(self, count: int) -> str:
        """Return the last ``count`` calls as text, one per line, with their numbers.

        Raises:
            UsageError: ``count`` is not a number from 0 on.
        """
        if type(count) is not int or count < 0:
            raise UsageError(f"count is a number of calls, not {count!r}.")
        calls = self._read()
        start = max(len(calls) - count, 0)
        lines = [f"{start + n + 1:>4}  {call!r}" for n, call in enumerate(calls[start:])]
        if start:
            lines.insert(0, f"      … {start} earlier")
        return "\n".join(lines) or "      no calls"

    def _instead(self, operation: str | None, service: str | None, *, is_number_wrong: bool) -> str:
        calls = list(self._read())
        if not calls:
            return "    Nothing was called at all."
        wanted = operations_wanted(service, operation)
        named = {name for _, name in wanted.operations} if wanted is not None else set()
        same = [call for call in calls if call.operation in named]
        shown = same or calls
        name = named.pop() if len(named) == 1 else operation
        if is_number_wrong:
            title = "    What was called:"
        elif same:
            title = f"    {name} was called, but differently:"
        else:
            title = "    What was called instead:"
        more = [f"      … and {len(shown) - _SHOWN} more"] if len(shown) > _SHOWN else []
        return "\n".join([title, *(f"      {call!r}" for call in shown[:_SHOWN]), *more])


def _step(wanted: object) -> tuple[str, Mapping[str, Any]]:
    """Return an operation and what else is wanted of its call."""
    if isinstance(wanted, str):
        return wanted, {}
    if isinstance(wanted, (tuple, list)) and len(wanted) == 2 and isinstance(wanted[1], Mapping):
        return wanted[0], wanted[1]
    raise UsageError(
        "A step is an operation, or a pair of it and what else `filter` takes, e.g."
        f" ('CreateCase', {{'account': '111122223333'}}), not {wanted!r}."
    )


def _out_of_order(
    steps: Sequence[tuple[str, Mapping[str, Any]]],
    calls: Sequence[Call],
    positions: Sequence[int],
    found: Sequence[int],
) -> str:
    """Return a message: which step is missing, what came before it, and what was called instead."""
    here = len(positions)
    name = _describe(*steps[here])
    lines = [f"expected {len(steps)} calls in order, but number {here + 1} did not come: {name}"]
    for number, (operation, others) in enumerate(steps):
        mark = "ok     " if number < here else "MISSING" if number == here else "       "
        at = f" (call {positions[number] + 1})" if number < here else ""
        lines.append(f"    {mark} {number + 1}. {_describe(operation, others)}{at}")
    if found:
        lines.append("    It was called, but too early:")
        lines.append(_numbered(calls, found))
    elif calls:
        lines.append("    What was called:")
        lines.append(_numbered(calls, range(len(calls))))
    else:
        lines.append("    Nothing was called at all.")
    return "\n".join(lines)


def _numbered(calls: Sequence[Call], positions: Sequence[int]) -> str:
    shown = [f"      {n + 1:>4}  {calls[n]!r}" for n in positions[:_SHOWN]]
    more = [f"            … and {len(positions) - _SHOWN} more"] if len(positions) > _SHOWN else []
    return "\n".join([*shown, *more])


def _called(found: Sequence[Call]) -> str:
    return f"called {times_as_text(len(found))}" if found else "not called"


def _describe(operation: str | None, wanted: Mapping[str, Any]) -> str:
    rest = ", ".join(f"{name}={value!r}" for name, value in wanted.items() if value is not None)
    return (operation or "any operation") + (f" with {rest}" if rest else "")
