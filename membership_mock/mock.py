"""The mock that a test author holds: decorator, context manager, start and stop."""

from __future__ import annotations

import functools
import inspect
import os
import threading
import unittest
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar, cast, overload

from membership_mock.engine import caller, running
from membership_mock.errors import NotRunning
from membership_mock.options import Options
from membership_mock.services import SERVICES
from membership_mock.testing.aws_side import AwsSide
from membership_mock.testing.calls import Call, Calls

T = TypeVar("T")


class MembershipMock:
    """A mock of AWS accounts and what they share, while it runs.

    Use `mock_membership` or the pytest fixture ``membership_mock`` to get one. Starting it starts
    moto's `mock_aws` as well; nested mocks share one world, emptied when the outermost ends.

    Args:
        options: what to start it with.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._entrances: list[running.Entrance] = []
        self._lock = threading.Lock()
        self._entered: running.Running | None = None
        self._calls: list[Call] = []

    # --- start and stop ---

    def start(self) -> MembershipMock:
        """Start the mock, and return it. Call `stop` as often as `start`."""
        with self._lock:
            entrance = running.Entrance(self._options.config, self._options.account)
            entered = running.enter(SERVICES, entrance)
            self._entrances.append(entrance)
            if entered is not self._entered:
                self._entered, self._calls = entered, []
        return self

    def stop(self) -> None:
        """Stop the mock.

        Raises:
            NotRunning: it was stopped more often than started.
        """
        with self._lock:
            if not self._entrances:
                raise NotRunning("This mock was stopped more often than it was started.")
            running.leave(self._entrances.pop())

    def reset(self) -> None:
        """Empty the world, moto's other services included, and the record of calls.

        Raises:
            NotRunning: the mock is not running.
        """
        self._running().reset()

    def __enter__(self) -> MembershipMock:  # noqa: PYI034  Self came with Python 3.11
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def __aenter__(self) -> MembershipMock:  # noqa: PYI034  likewise
        return self.start()

    async def __aexit__(self, *_: object) -> None:
        self.stop()

    def __call__(self, target: T) -> T:
        """Decorate a function, an async function, a generator of either kind, or a test class."""
        if isinstance(target, type):
            return cast(T, _decorate_class(target, self._options))
        if callable(target) and not _is_fixture(target):
            return cast(T, _decorate_function(target, self._options))
        raise TypeError(
            f"mock_membership cannot decorate {target!r}: it takes functions and classes."
            + (
                " Put @mock_membership below @pytest.fixture, next to the function."
                if _is_fixture(target)
                else ""
            )
        )

    # --- clients and accounts ---

    def session(self, account: str | None = None, region: str | None = None) -> Any:
        """Return a `boto3.Session` of an account.

        Args:
            account: 12 digits; the mock's default account when None.
            region: the session's region; the mock's default region when None.

        Raises:
            NotRunning: the mock is not running.
            UsageError: ``account`` is not 12 digits.
        """
        import boto3

        default = self._running().road.default_account
        return boto3.Session(
            aws_access_key_id=caller.account_id(account or default),
            aws_secret_access_key="membership-mock",  # noqa: S106  no secret: moto never looks
            region_name=region or self._region(),
        )

    def client(
        self, service: str, account: str | None = None, region: str | None = None, **kwargs: Any
    ) -> Any:
        """Return a boto3 client of an account, for any service.

        Args:
            service: the service's id, e.g. ``security-ir`` or ``organizations``.
            account: 12 digits; the mock's default account when None.
            region: the client's region; the mock's default region when None.
            **kwargs: whatever else `boto3.Session.client` takes, e.g. ``config``.

        Raises:
            NotRunning: the mock is not running.
            UsageError: ``account`` is not 12 digits.
        """
        return self.session(account, region).client(service, **kwargs)

    @contextmanager
    def as_account(self, account: str) -> Iterator[None]:
        """Let every call inside the block come from ``account``, whatever client makes it.

        It holds for the running thread or task, for our services and for moto's.

        Raises:
            UsageError: ``account`` is not 12 digits.
        """
        with caller.acting_as(account):
            yield

    def aws_side(self, account: str | None = None, region: str | None = None) -> AwsSide:
        """Return AWS's side of an account: how its queries end, what its services find.

        Args:
            account: 12 digits; the mock's default account when None.
            region: the region; the mock's default region when None.

        Raises:
            NotRunning: the mock is not running.
            UsageError: ``account`` is not 12 digits.
        """
        running = self._running()
        named = caller.account_id(account or running.road.default_account)
        return AwsSide(running, named, region or self._region())

    # --- what happened ---

    @property
    def calls(self) -> Calls:
        """Every call to the mocked services, in order; readable after the mock has ended, too."""
        return Calls(self._read_calls)

    def report(self) -> str:
        """Return the last calls and the state of the world as text, for a failed test's report."""
        if self._entered is None:
            return "The mock has not been started."
        world = list(self._entered.world.outline())
        if not world:
            world = ["empty" if self._entrances else "gone: the mock has ended"]
        text = "\n".join(
            [
                "Last calls:",
                Calls(self._read_calls).last(10),
                "World:",
                *(f"  {line}" for line in world),
            ]
        )
        # What JSON can escape need not be a character: half a surrogate pair cannot be printed.
        return text.encode("utf-8", "backslashreplace").decode()

    def _read_calls(self) -> Sequence[Call]:
        with self._lock:
            entries = self._entered.record.entries if self._entered else []
            if len(self._calls) > len(entries):  # the mock was reset
                self._calls = []
            self._calls += [Call(entry) for entry in entries[len(self._calls) :]]
            return list(self._calls)

    def _running(self) -> running.Running:
        if not self._entrances:
            raise NotRunning(
                "This mock is not running: enter it with `with mock_membership() as mock:`, or call"
                " `mock.start()`."
            )
        return running.require()

    def _region(self) -> str:
        named = self._options.region or os.environ.get("AWS_DEFAULT_REGION")
        return named or os.environ.get("AWS_REGION") or "us-east-1"


@overload
def mock_membership(target: Callable[..., Any] | type, /) -> Any: ...
@overload
def mock_membership(
    target: None = None,
    /,
    *,
    config: Mapping[str, Any] | None = None,
    account: str | None = None,
    region: str | None = None,
) -> MembershipMock: ...
def mock_membership(target: Any = None, /, **options: Any) -> Any:
    """Return a mock to use as decorator or context manager; used bare, decorate right away.

    Args:
        target: the decorated function or class, when used as ``@mock_membership`` without brackets.
        **options: see `membership_mock.options.Options`: ``config``, ``account``, ``region``.

    Raises:
        TypeError: an option is unknown, or the target cannot be decorated.
        UsageError: an option's value cannot be right.
    """
    mock = MembershipMock(Options.of(**options))
    return mock if target is None else mock(target)


def _is_fixture(target: object) -> bool:
    return type(target).__name__ == "FixtureFunctionDefinition" or hasattr(
        target, "_pytestfixturefunction"
    )


def _decorate_function(function: Any, options: Options) -> Any:
    """Return ``function`` with a mock of its own around each call."""
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def coroutine(*args: Any, **kwargs: Any) -> Any:
            with MembershipMock(options):
                return await function(*args, **kwargs)

        return coroutine
    if inspect.isasyncgenfunction(function):

        @functools.wraps(function)
        async def async_generator(*args: Any, **kwargs: Any) -> Any:
            with MembershipMock(options):
                inner = function(*args, **kwargs)
                try:
                    value = await inner.__anext__()
                    while True:
                        try:
                            sent = yield value
                        except BaseException as thrown:  # noqa: BLE001, PERF203  the inner one's
                            value = await inner.athrow(thrown)
                        else:
                            value = await inner.asend(sent)
                except StopAsyncIteration:
                    return
                finally:
                    await inner.aclose()

        return async_generator
    if inspect.isgeneratorfunction(function):

        @functools.wraps(function)
        def generator(*args: Any, **kwargs: Any) -> Any:
            with MembershipMock(options):
                return (yield from function(*args, **kwargs))

        return generator

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        with MembershipMock(options):
            return function(*args, **kwargs)

    return call


def _decorate_class(cls: type, options: Options) -> type:
    """Put one mock around each test of a class: around its set-up, the test and its tear-down."""
    if issubclass(cls, unittest.TestCase):
        # `run` is the one method that has all of a test inside, asyncSetUp and clean-ups too.
        for name in ("run", "debug"):
            setattr(cls, name, _decorate_function(getattr(cls, name), options))
        return cls
    for name, attribute in list(vars(cls).items()):
        if isinstance(attribute, type) and name.startswith("Test"):
            _decorate_class(attribute, options)
        elif name.startswith("test") and inspect.isfunction(attribute):
            # Inside pytest the set-up has started the world already, and this joins it.
            setattr(cls, name, _decorate_function(attribute, options))
    _bracket(cls, options)
    _bracket_heirs(cls, options)
    return cls


def _bracket(cls: Any, options: Options) -> None:
    """Start a mock before pytest's ``setup_method`` and stop it after ``teardown_method``."""
    set_up = getattr(cls, "setup_method", None)
    tear_down = getattr(cls, "teardown_method", None)
    bracket = object()

    def stop(self: Any) -> None:
        # A set-up and a tear-down that are overridden need not both call those they override.
        started = vars(self).get("_membership_mocks", [])
        if any(each is bracket for each, _ in started):
            last: object = None
            while last is not bracket:
                last, mock = started.pop()
                mock.stop()

    def setup_method(self: Any, method: Any = None) -> None:
        mock = MembershipMock(options).start()
        vars(self).setdefault("_membership_mocks", []).append((bracket, mock))
        try:
            if set_up is not None:
                _call(set_up, self, method)
        except BaseException:
            stop(self)
            raise

    def teardown_method(self: Any, method: Any = None) -> None:
        try:
            if tear_down is not None:
                _call(tear_down, self, method)
        finally:
            stop(self)

    cls.setup_method = setup_method
    cls.teardown_method = teardown_method


def _bracket_heirs(cls: Any, options: Options) -> None:
    """Bracket the subclasses that override ``setup_method`` or ``teardown_method``, too."""
    own = vars(cls).get("__init_subclass__")

    def __init_subclass__(heir: Any, /, **kwargs: Any) -> None:  # noqa: N807
        if own is None:
            super(cls, heir).__init_subclass__(**kwargs)
        else:
            own.__func__(heir, **kwargs)
        if not vars(heir).keys().isdisjoint(("setup_method", "teardown_method")):
            _bracket(heir, options)

    cls.__init_subclass__ = classmethod(__init_subclass__)


def _call(function: Any, self: Any, method: Any) -> None:
    """Call a set-up or tear-down, which may take the test method or not."""
    if len(inspect.signature(function).parameters) > 1:
        function(self, method)
    else:
        function(self)
