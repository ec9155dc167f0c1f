"""One action that a test has planned before or after calls."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from membership_mock.engine.pipeline.caller import acting_as_signed
from membership_mock.errors import HookFailed, UsageError
from membership_mock.testing.call import Call
from membership_mock.testing.calls import Calls
from membership_mock.testing.plans.call_plan import CallPlan, PendingPlans

if TYPE_CHECKING:
    from membership_mock.engine.running import Running
    from membership_mock.testing.plans.wanted_calls import KnownCall, WantedCalls

#: What a test does before or after a call: a function of the call, or of nothing.
Action = Callable[[], Any] | Callable[[Call], Any]

#: the hooks whose actions are running in this thread or task
_at_work: ContextVar[tuple[CallHook, ...]] = ContextVar("membership_mock_hooks", default=())


class CallHook(CallPlan):
    """One action before or after calls, from `MembershipMock.before` or `MembershipMock.after`.

    As a context manager, it ends with the block.
    """

    _kind: ClassVar[str] = "hook"
    _never: ClassVar[tuple[str, str]] = ("never ran", "never ran")
    _done: ClassVar[str] = "run"

    def __init__(
        self,
        running: Running,
        pending: PendingPlans[Any],
        wanted: WantedCalls,
        when: Literal["before", "after"],
        action: Action,
        *,
        own_calls: bool,
    ) -> None:
        self._call: Any = action
        self._takes_call = _takes_call(action)
        self._when = when
        self._own_calls = own_calls
        self._place = _place_in_the_test()
        self._failure: HookFailed | None = None
        super().__init__(running, pending, wanted)

    @property
    def ran(self) -> Calls:
        """The calls before or after which it has run so far."""
        return self._calls_hit()

    def cancel(self) -> None:
        """Withdraw it: it runs no more, and does not count as unused or as failed."""
        self._failure = None
        super().cancel()

    def __exit__(self, kind: object = None, *others: object) -> None:
        super().__exit__(kind, *others)
        if kind is None:  # else the error of the block says more
            self._raise_again()

    def _words(self) -> str:
        return f"with {_name(self._call)} {self._when} it ({self._place})"

    def _is_for(self, call: KnownCall) -> bool:
        """Return whether it is to run for a call, and note that it does."""
        if self.remaining == 0 or (self in _at_work.get() and not self._own_calls):
            return False
        if not self._includes(call):
            return False
        self._hit(call)
        return True

    def _run(self, call: Call) -> None:
        """Let the test act.

        Raises:
            HookFailed: the action has raised an error.
        """
        try:
            with acting_as_signed(), self._working():
                _finished(self._call, self._call(call) if self._takes_call else self._call())
        except HookFailed:  # of another hook, whose action a call of this one has started
            raise
        except Exception as error:
            self._failure = HookFailed(
                f"{_name(self._call)} of the hook at {self._place} has raised"
                f" {type(error).__name__}: {error}\n"
                f"    {self._when} the call {call!r}"
            )
            raise self._failure from error

    @contextmanager
    def _working(self) -> Iterator[None]:
        token = _at_work.set((*_at_work.get(), self))
        try:
            yield
        finally:
            _at_work.reset(token)

    def _raise_again(self) -> None:
        """Raise once more what the action has raised: the code under test may have caught it."""
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def _missed(self, call: Call) -> str:
        certain = self._wanted.missed(call)
        if certain is not None:
            return certain
        if self._when == "after" and call.error is not None:
            return "it failed, and the hook runs after calls that take effect"
        causes = ["where returned false"] if self._wanted.where is not None else []
        if self._wanted.skip:
            causes.append(f"the hook is for call number {self._wanted.skip + 1}")
        return ", or ".join(causes) or "the hook was over"


def _takes_call(action: Any) -> bool:
    """Return whether an action is a function of the call; False if it takes no argument.

    Raises:
        UsageError: it can be called in neither way, or is a coroutine function.
    """
    if not callable(action):
        raise UsageError(
            "The action of a hook is a function of the call or of nothing, e.g. `lambda: …`, not"
            f" {action!r}."
        )
    if inspect.iscoroutinefunction(action):
        raise _cannot_wait(action)
    try:
        signature = inspect.signature(action)
    except (TypeError, ValueError):  # some functions in C do not tell theirs
        return False
    for arguments in ((), (None,)):
        try:
            signature.bind(*arguments)
        except TypeError:
            continue
        return bool(arguments)
    raise UsageError(
        f"The action of a hook gets the call or nothing, but {_name(action)}{signature} needs other"
        " arguments: write `lambda: …` around it."
    )


def _finished(action: Any, found: object) -> None:
    """Refuse what an action returns if it would have to be awaited."""
    if inspect.iscoroutine(found):
        found.close()
        raise _cannot_wait(action)


def _cannot_wait(action: Any) -> UsageError:
    return UsageError(
        f"The action of a hook is a plain function, and {_name(action)} returns a coroutine:"
        " nothing would await it."
    )


def _name(action: Any) -> str:
    return str(getattr(action, "__name__", repr(action)))


def _place_in_the_test() -> str:
    """Return file and line of the code that uses this package."""
    frame = sys._getframe()
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(
        "membership_mock."
    ):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"
