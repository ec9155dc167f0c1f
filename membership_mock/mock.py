"""The mock that a test author holds: decorator, context manager, start and stop."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, Literal, TypeVar, cast, overload

from membership_mock.decoration import decorated
from membership_mock.engine import caller, running
from membership_mock.errors import NotRunning
from membership_mock.options import Options
from membership_mock.services import SERVICES
from membership_mock.testing.aws_side import AwsSide
from membership_mock.testing.calls import Call, Calls
from membership_mock.testing.clock import MockClock
from membership_mock.testing.faults import Fault, Faults
from membership_mock.testing.given import Given
from membership_mock.testing.organization import MockOrganization
from membership_mock.testing.quotas import MockQuotas
from membership_mock.testing.snapshots import Dump, Snapshot

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
            options = self._options
            entrance = running.Entrance(
                options.config,
                options.account,
                options.seed,
                options.settle,
                options.instant,
            )
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
        return cast(T, decorated(target, lambda: MembershipMock(self._options)))

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

    # --- the scene ---

    def organization(self) -> MockOrganization:
        """Return a new organization."""
        return MockOrganization()

    @property
    def given(self) -> Given:
        """Seeds: the world in a wanted state, in one call each, by the rules of the API."""
        return Given()

    @property
    def clock(self) -> MockClock:
        """The clock of the mocked world, to freeze and to move.

        Raises:
            NotRunning: the mock is not running.
        """
        return self._running().tool(MockClock)

    @property
    def quotas(self) -> MockQuotas:
        """The quotas of the mocked services, to read and to set."""
        return MockQuotas()

    # --- faults ---

    def fail(self) -> Fault:
        """Let calls fail."""
        return Fault()

    @property
    def faults(self) -> Faults:
        """The faults of the mocked world: inject them, read what they hit, withdraw them."""
        return Faults()

    # --- the world, kept and compared ---

    def snapshot(self) -> Snapshot:
        """Return the world as it is now, to go back to with `restore`."""
        return Snapshot()

    def restore(self, snapshot: Snapshot) -> None:
        """Put the world back to a snapshot."""

    def dump(self) -> Dump:
        """Return the world as plain data."""
        return Dump()

    def load(self, dump: Dump) -> None:
        """Replace the world by what a dump holds."""

    # --- the world, shown ---

    def show(self) -> None:
        """Print the world as a tree."""

    def diagram(self) -> str:
        """Return the world as a picture."""
        return ""

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
    seed: int | str | None = None,
    settle: Literal["read", "clock"] | None = None,
    now: datetime | date | str | None = None,
) -> MembershipMock: ...
def mock_membership(target: Any = None, /, **options: Any) -> Any:
    """Return a mock to use as decorator or context manager; used bare, decorate right away.

    Args:
        target: the decorated function or class, when used as ``@mock_membership`` without brackets.
        **options: see `membership_mock.options.Options`: ``config``, ``account``, ``region``,
            ``seed``, ``settle``, ``now``.

    Raises:
        TypeError: an option is unknown, or the target cannot be decorated.
        UsageError: an option's value cannot be right.
    """
    mock = MembershipMock(Options.of(**options))
    return mock if target is None else mock(target)
