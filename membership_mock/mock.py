"""The mock of a test: decorator, context manager, start and stop."""

from __future__ import annotations

import os
import sys
import threading
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from datetime import date, datetime
from typing import Any, Literal, TypeVar, cast, overload

from membership_mock.call_site import levels_up, where_called
from membership_mock.decoration import decorated
from membership_mock.engine import running
from membership_mock.engine.activation import Activation, StartedMock
from membership_mock.engine.pipeline import caller, observers
from membership_mock.errors import (
    NotRunning,
    OperationNotMocked,
    UnexpectedCall,
    UsageError,
)
from membership_mock.options import Options
from membership_mock.services import SERVICES
from membership_mock.testing.arguments import naming_arguments
from membership_mock.testing.call import Call
from membership_mock.testing.client_arguments import NOT_OF_THE_USER, client_of, region_of
from membership_mock.testing.events.events import undelivered_report
from membership_mock.testing.plans.plans import Known, Plans
from membership_mock.toolbox import Toolbox

T = TypeVar("T")
Decorated = TypeVar("Decorated", bound="Callable[..., Any] | type")


@naming_arguments
class MembershipMock(Toolbox):
    """A mock of AWS accounts, with the tools of the test author.

    Use `mock_membership` or the pytest fixture ``membership_mock`` to get one. moto's `mock_aws`
    starts with it, or when the process first imports moto. Nested mocks share one world, which is
    emptied when the outermost ends.

    Args:
        options: the options of the mock.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._activations: list[ExitStack] = []
        self._lock = threading.Lock()
        self._entered: running.Running | None = None
        self._calls: list[Call] = []
        self._calls_of = []
        self._kept_report = None
        self._failing = False

    # --- start and stop ---

    def start(self) -> MembershipMock:
        """Start the mock, and return it. Call `stop` as often as `start`."""
        with self._lock:
            options = self._options
            activation = Activation(
                options.config,
                options.account,
                options.seed,
                options.settle,
                options.instant,
                self._region() if options.missing_region == "mock" else None,
            )
            entered = running.enter(SERVICES, activation)
            with ExitStack() as cleanup:
                cleanup.callback(running.leave, activation)
                cleanup.push(self._keep_report)
                this = StartedMock(self, where_called())
                is_inner = bool(entered.mocks)
                entered.mocks.append(this)
                cleanup.callback(entered.mocks.remove, this)
                # The tools are imported only if they are used, since that takes time.
                if options.strict is not None:
                    from membership_mock.testing.strict import Strictness

                    strict = entered.tool(Strictness).allowing(options.allowed_calls)
                    cleanup.enter_context(strict)
                if options.sleep == "virtual":
                    from membership_mock.testing.sleeps.virtual_time import VirtualTime

                    cleanup.enter_context(entered.tool(VirtualTime).block())
                if options.unused_plans != "ignore":
                    # What is planned already belongs to an outer mock.
                    known = entered.tool(Plans).known() if is_inner else Known()
                    option = options.unused_plans or (None if is_inner else "warn")
                    cleanup.callback(self._look_for_unused_plans, entered, known, option)
                before = entered.pipeline.unmocked.copy()
                cleanup.callback(self._look_for_unmocked_calls, entered, before)
                cleanup.callback(self._look_for_undelivered_events, entered)
                self._activations.append(cleanup.pop_all())
            self._entered = entered
            self._kept_report = None
        observers.present(self)
        return self

    def stop(self) -> None:
        """Stop the mock.

        Raises:
            NotRunning: it was stopped more often than started.
            UnexpectedCall: strict mode refused a call, and the code caught the error and went on.
            HookFailed: the action of a hook raised an error, and the code caught it and went on.
            UnusedPlan: a canned answer was never used, for instance, and the option
                ``unused_plans`` is ``error``; an `UnfiredFault` if it is a fault or an ending.
            OperationNotMocked: an operation was called that is not mocked, the code caught the
                error and went on, and the option ``unmocked_calls`` is ``error``.
        """
        self._stop(failing=sys.exc_info()[0] is not None)

    def _stop(self, *, failing: bool) -> None:
        with self._lock:
            if not self._activations:
                raise NotRunning(
                    "This mock was stopped more often than it was started: call `stop()` once for"
                    " each `start()`. A `with` block and a decorator stop it by themselves."
                )
            self._failing = failing
            cleanup = self._activations.pop()
        cleanup.close()

    def _keep_report(self, *raised: object) -> None:
        """Keep the report while the world exists, if the test has failed and the report is read.

        Args:
            raised: the exception that one of the mock's options raises at the end, if any.
        """
        if (self._failing or any(raised)) and observers.keep(self):
            with suppress(Exception):  # an error in the report must not hide the failed test
                self._kept_report = self.report()

    def _look_for_unused_plans(
        self, entered: running.Running, known: Known, option: str | None
    ) -> None:
        """Report what was planned after ``known``, and never used.

        Args:
            entered: the engine's running mock.
            known: what an outer mock reports.
            option: what happens to the report; None leaves it to an outer mock.
        """
        plans = entered.tool(Plans)
        if self._failing:  # the report has the reason of the failure only
            plans.excuse(known)
            return
        unused = plans.unreported(known, option) if option is not None else None
        if unused is None:
            return
        if option == "error":
            raise unused
        warnings.warn(str(unused), stacklevel=levels_up())

    def _look_for_unmocked_calls(self, entered: running.Running, before: Counter[str]) -> None:
        """Report the calls since ``before`` that no mock has answered."""
        calls = entered.pipeline.unmocked - before
        # An outer mock must not report them again.
        entered.pipeline.unmocked = entered.pipeline.unmocked - calls
        option = self._options.unmocked_calls
        if not calls or self._failing or option == "ignore":
            return
        if option == "error":
            raise OperationNotMocked(_unmocked_report(calls))
        warnings.warn(_unmocked_report(calls), stacklevel=levels_up())

    def _look_for_undelivered_events(self, entered: running.Running) -> None:
        """Warn of events that a target did not get; an outer mock does not warn again."""
        failures = self.events.undelivered[entered.events.reported :]
        entered.events.reported += len(failures)
        if failures and not self._failing:
            warnings.warn(undelivered_report(failures), stacklevel=levels_up())

    @contextmanager
    def _isolated(self) -> Iterator[None]:
        """Undo, when the block ends, what happened in it: changes, recorded calls and plans."""
        from membership_mock.testing.sleeps.virtual_time import VirtualTime

        entered = self._running()
        with ExitStack() as undone:
            undone.enter_context(self.rolled_back())
            undone.enter_context(entered.record.rolled_back())
            undone.enter_context(entered.tool(VirtualTime).rolled_back())
            undone.enter_context(entered.events.rolled_back())
            undone.enter_context(entered.event_bridge.rolled_back())
            undone.enter_context(entered.tool(Plans).rolled_back())
            yield

    def reset(self) -> None:
        """Empty the mock: its state, moto's services, and the recorded calls.

        Raises:
            NotRunning: the mock is not running.
        """
        self._running().reset()

    def __enter__(self) -> MembershipMock:  # noqa: PYI034  Self came with Python 3.11
        return self.start()

    def __exit__(self, kind: object = None, error: object = None, trace: object = None) -> None:
        # The error of the block is more useful than what strict mode says about it.
        with suppress(UnexpectedCall) if error is not None else nullcontext():
            self._stop(failing=error is not None)

    async def __aenter__(self) -> MembershipMock:  # noqa: PYI034  likewise
        return self.start()

    async def __aexit__(self, *raised: object) -> None:
        self.__exit__(*raised)

    def __call__(self, target: T) -> T:
        """Decorate a function, an async function, a generator of either kind, or a test class.

        It runs around each call, or around each test of a class. Its tools can be used there.
        """
        return cast(T, decorated(target, lambda: self))

    # --- clients and accounts ---

    def session(self, account: str | None = None, region: str | None = None) -> Any:
        """Return a `boto3.Session` of an account.

        It ignores endpoints and the profile that the environment or a configuration file names.

        Args:
            account: 12 digits; the mock's default account when None.
            region: the session's region; the mock's default region when None.

        Raises:
            NotRunning: the mock is not running.
            UsageError: ``account`` is not 12 digits, or ``region`` is not a region.
        """
        import boto3
        import botocore.session

        default = self._running().pipeline.default_account
        return boto3.Session(
            botocore_session=botocore.session.Session(session_vars=NOT_OF_THE_USER),
            aws_access_key_id=caller.account_id(default if account is None else account),
            aws_secret_access_key="membership-mock",  # noqa: S106  not a secret: moto ignores it
            region_name=self._region() if region is None else caller.region_name(region),
        )

    def client(
        self, service: str, account: str | None = None, region: str | None = None, **kwargs: Any
    ) -> Any:
        """Return a boto3 client of an account, for any service.

        Args:
            service: the service's id, e.g. ``security-ir`` or ``organizations``.
            account: 12 digits; the mock's default account when None.
            region: the client's region; the mock's default region when None.
            **kwargs: whatever else `boto3.Session.client` takes, e.g. ``config``; its
                ``region_name`` is another name for ``region``.

        Raises:
            NotRunning: the mock is not running.
            UsageError: ``account`` is not 12 digits, ``region`` is not a region, or AWS has no such
                service.
        """
        session = self.session(account, region_of("client", region, kwargs))
        return client_of(session, service, kwargs)

    @contextmanager
    def as_account(self, account: str, *, threads: bool = False) -> Iterator[None]:
        """Make every call inside the block as ``account``, from any client.

        It applies to the running thread or task, for all services.

        Args:
            account: 12 digits.
            threads: whether it holds as well for the work that is submitted to a thread pool inside
                the block, for threads that are started there, and for what these start in turn.

        Raises:
            NotRunning: ``threads`` is given, and the mock is not running.
            UsageError: ``account`` is not 12 digits.
        """
        from membership_mock.testing.thread_accounts import ThreadAccounts

        acting_as = self._running().tool(ThreadAccounts).acting_as if threads else caller.acting_as
        with acting_as(account):
            yield

    # --- what the tools need ---

    def _at_the_end(self, look: Callable[[], None]) -> None:
        self._activations[-1].callback(lambda: None if self._failing else look())

    @property
    def _is_running(self) -> bool:
        return bool(self._activations)

    def _running(self) -> running.Running:
        __tracebackhide__ = True
        if not self._activations:
            raise NotRunning(
                "This mock is not running: enter it with `with mock_membership() as mock:`, or call"
                " `mock.start()`."
            )
        return running.require()

    def _region(self) -> str:
        if self._options.region is not None:
            return self._options.region
        for variable in ("AWS_DEFAULT_REGION", "AWS_REGION"):
            named = os.environ.get(variable)
            if named:
                try:
                    return caller.region_name(named)
                except UsageError as error:
                    raise UsageError(f"The environment variable {variable}: {error}") from None
        return "us-east-1"


def _unmocked_report(calls: Counter[str]) -> str:
    """Return a text about calls that no mock has answered."""
    listed = ", ".join(
        name if times == 1 else f"{name} ({times} times)" for name, times in sorted(calls.items())
    )
    return (
        f"No mock answers {listed}: the call has raised an error, and the code under test caught it"
        f" and went on. Answer it in the test: mock.answer({min(calls)!r}, {{…}}). If the error is"
        " meant to happen, start the mock with unmocked_calls='ignore'."
        " More: python -m membership_mock docs unmocked-operations"
    )


@overload
def mock_membership(target: Decorated, /) -> Decorated: ...
@overload
def mock_membership(
    target: None = None,
    /,
    *,
    config: Mapping[str, Any] | None = None,
    account: str | None = None,
    region: str | None = None,
    seed: int | str | None = None,
    settle: Literal["read", "clock"] | None = None,
    strict: str | Sequence[str] | None = None,
    now: datetime | date | str | None = None,
    unused_plans: Literal["ignore", "warn", "error"] | None = None,
    unmocked_calls: Literal["ignore", "warn", "error"] | None = None,
    sleep: Literal["real", "virtual"] | None = None,
    missing_region: Literal["error", "mock"] | None = None,
    unfired_faults: Literal["ignore", "warn", "error"] | None = None,
) -> MembershipMock: ...
def mock_membership(target: Any = None, /, **options: Any) -> Any:
    """Return a mock to use as decorator or context manager; without brackets, decorate ``target``.

    Args:
        target: the decorated function or class, when used as ``@mock_membership`` without brackets.
        **options: the options of the mock. `membership_mock.options.Options` explains them.
            ``config``: a mapping that `moto.mock_aws` takes as well.
            ``account``: the account of calls whose credentials name none, 12 digits.
            ``region``: the default region of the mock's own clients.
            ``seed``: an int or text that makes ids repeatable.
            ``settle``: ``read`` or ``clock``, when slow changes of a status happen.
            ``strict``: the only calls that are allowed, as patterns of operations.
            ``now``: the instant at which the clock is frozen.
            ``unused_plans``: ``ignore``, ``warn`` or ``error``, for faults that never fired etc.
            ``unmocked_calls``: the same words, for calls that no mock answers.
            ``sleep``: ``real`` or ``virtual``, for sleeps of the code under test.
            ``missing_region``: ``error`` or ``mock``, for clients that name no region.

    Raises:
        TypeError: an option is unknown, or the target cannot be decorated.
        UsageError: an option has a value that is not allowed.
    """
    __tracebackhide__ = True
    mock = MembershipMock(Options.of(**options))
    return mock if target is None else mock(target)
