"""The mock that a test author holds: decorator, context manager, start and stop."""

from __future__ import annotations

import os
import sys
import threading
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from datetime import date, datetime
from typing import Any, Literal, TextIO, TypeVar, cast, overload

from membership_mock.decoration import decorated
from membership_mock.engine import caller, running
from membership_mock.errors import NotRunning, UnexpectedCall, UnfiredFault
from membership_mock.options import Options
from membership_mock.services import SERVICES
from membership_mock.testing import dumps, snapshots
from membership_mock.testing.aws_side import AwsSide
from membership_mock.testing.calls import Call, Calls
from membership_mock.testing.clock import MockClock
from membership_mock.testing.dumps import Dump
from membership_mock.testing.fault import Fault, unfired_report
from membership_mock.testing.faults import Faults
from membership_mock.testing.given import Given
from membership_mock.testing.organization import MockOrganization
from membership_mock.testing.organization_build import build as build_organization
from membership_mock.testing.organization_tree import Tree
from membership_mock.testing.quotas import MockQuotas
from membership_mock.testing.snapshots import Snapshot
from membership_mock.testing.strict import Strictness
from membership_mock.testing.tree import Part, heading, printable, tree

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
        self._entrances: list[ExitStack] = []
        self._lock = threading.Lock()
        self._entered: running.Running | None = None
        self._calls: list[Call] = []
        self._failing = False

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
            with ExitStack() as on_the_way_out:
                on_the_way_out.callback(running.leave, entrance)
                if options.strict is not None:
                    strict = entered.tool(Strictness).allowing(options.allowed_calls)
                    on_the_way_out.enter_context(strict)
                if options.unfired_faults != "ignore":
                    # Faults that were there before are somebody else's.
                    known = list(entered.tool(Faults))
                    on_the_way_out.callback(self._look_for_unfired_faults, entered, known)
                self._entrances.append(on_the_way_out.pop_all())
            if entered is not self._entered:
                self._entered, self._calls = entered, []
        return self

    def stop(self) -> None:
        """Stop the mock.

        Raises:
            NotRunning: it was stopped more often than started.
            UnexpectedCall: strict mode refused a call, and the code went on as if nothing had
                happened.
            UnfiredFault: a fault has hit no call, and the option ``unfired_faults`` is ``error``.
        """
        self._stop(failing=sys.exc_info()[0] is not None)

    def _stop(self, *, failing: bool) -> None:
        with self._lock:
            if not self._entrances:
                raise NotRunning("This mock was stopped more often than it was started.")
            self._failing = failing
            self._entrances.pop().close()

    def _look_for_unfired_faults(self, entered: running.Running, known: Sequence[Fault]) -> None:
        """Tell of faults that came after ``known`` and hit no call, if nothing else is wrong."""
        unfired = [fault for fault in entered.tool(Faults).unfired if fault not in known]
        if self._failing or not unfired:
            return
        if self._options.unfired_faults == "error":
            raise UnfiredFault(unfired_report(unfired))
        warnings.warn(unfired_report(unfired), stacklevel=2)

    def reset(self) -> None:
        """Empty the world, moto's other services included, and the record of calls.

        Raises:
            NotRunning: the mock is not running.
        """
        self._running().reset()

    def __enter__(self) -> MembershipMock:  # noqa: PYI034  Self came with Python 3.11
        return self.start()

    def __exit__(self, kind: object = None, error: object = None, trace: object = None) -> None:
        # What went wrong inside is the better news than what the tools have to say about it.
        with suppress(UnexpectedCall) if error is not None else nullcontext():
            self._stop(failing=error is not None)

    async def __aenter__(self) -> MembershipMock:  # noqa: PYI034  likewise
        return self.start()

    async def __aexit__(self, *raised: object) -> None:
        self.__exit__(*raised)

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

    def organization(
        self,
        tree: Tree = (),
        *,
        management: str | None = None,
        delegated: Mapping[str, str | Sequence[str]] | None = None,
        trusted: Sequence[str] = (),
        regions: Sequence[str] | None = None,
    ) -> MockOrganization:
        """Return a new organization of AWS Organizations, built from names.

        Args:
            tree: accounts and units by name. In a mapping, the value of an account is its id as 12
                digits, or None for a random one; the value of a unit is again a mapping, or a list
                of names of accounts. What stands at the top is directly below the root.
            management: the account that owns it, 12 digits; the mock's default account when None.
            delegated: the name of the account, or a list of them, that is the delegated
                administrator of a service, by the service's id (``securityhub``) or principal.
            trusted: services with trusted access, which those of ``delegated`` have anyway.
            regions: where Security Hub's delegated administrator is designated, since that is done
                per region; the mock's default region when None. They tell the partition, too.

        Raises:
            NotRunning: the mock is not running.
            UsageError: something about it cannot be; nothing was built.
        """
        running = self._running()
        return build_organization(
            running,
            tree,
            management=caller.account_id(management or running.road.default_account),
            delegated={} if delegated is None else delegated,
            trusted=trusted,
            regions=[self._region()] if regions is None else regions,
            session=self.session,
        )

    @property
    def given(self) -> Given:
        """Seeds: the world in a wanted state, in one call each, by the rules of the API.

        Raises:
            NotRunning: the mock is not running.
        """
        self._running()
        return Given(self)

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
        return MockQuotas(self._running, self._region)

    # --- faults ---

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
        where: Callable[[Call], bool] | None = None,
        after: bool = False,
        retry_after: int | None = None,
        status: int | None = None,
        force: bool = False,
    ) -> Fault:
        """Let calls end in an error of the service, or of the connection; see `Faults.fail`.

        Raises:
            NotRunning: the mock is not running.
            UsageError: no such call can come, or AWS would not answer it so.
        """
        return self.faults.fail(
            operation,
            error,
            message=message,
            members=members,
            times=times,
            account=account,
            region=region,
            where=where,
            after=after,
            retry_after=retry_after,
            status=status,
            force=force,
        )

    @property
    def faults(self) -> Faults:
        """The faults of the mocked world: inject them, read what they hit, withdraw them."""
        return self._running().tool(Faults)

    # --- the world, kept and compared ---

    def snapshot(self) -> Snapshot:
        """Return the world as it is now, to go back to with `restore` as often as you like.

        It holds our services, the clock, and moto's Organizations and S3; in a mock with a seed
        also where the random source stands, so that the same ids come again. Not in it: the record
        of calls, faults, and moto's other services.

        Raises:
            NotRunning: the mock is not running.
        """
        return Snapshot(self._running())

    def restore(self, snapshot: Snapshot) -> None:
        """Put the world back to a snapshot of this mock.

        Raises:
            NotRunning: the mock is not running.
            UsageError: it is the snapshot of another mock, or none at all.
        """
        snapshots.restore(self._running(), snapshot)

    @contextmanager
    def rolled_back(self) -> Iterator[None]:
        """Put the world back, when the block ends, to what it was when the block began.

        Raises:
            NotRunning: the mock is not running.
        """
        before = self.snapshot()
        try:
            yield
        finally:
            self.restore(before)

    def dump(self) -> Dump:
        """Return the world as plain data: to read, to compare, to save as JSON, and to `load`.

        Raises:
            NotRunning: the mock is not running.
            UsageError: moto's Organizations or S3 hold something that cannot be written.
        """
        return dumps.dump(self._running())

    def load(self, dump: Dump) -> None:
        """Replace the world by what a dump holds, of this or any other mock.

        What a snapshot does not hold stays as it is.

        Raises:
            NotRunning: the mock is not running.
            UsageError: the dump cannot be read by this release, or holds what it must not; the
                world is as it was.
        """
        dumps.load(self._running(), dump)

    # --- the world, shown ---

    def show(
        self,
        *,
        account: str | None = None,
        region: str | None = None,
        service: str | None = None,
        file: TextIO | None = None,
    ) -> None:
        """Print the world as a tree, as ``print(mock)`` does, or the part of it that is asked for.

        Looking moves nothing: no status settles, and no call is recorded. Long lists are cut.

        Args:
            account: 12 digits: what this account has and what others have with it.
            region: only what is in this region, and what goes for all regions.
            service: only what is of this service, e.g. ``security-ir``.
            file: where to print to; standard output when None.

        Raises:
            UsageError: ``account`` is not 12 digits, ``region`` is none, or the package does not
                mock ``service``.
        """
        part = Part.of(account=account, region=region, service=service)
        text = "\n".join([self._heading(), *(f"  {line}" for line in self._tree(part))])
        print(printable(text, getattr(file or sys.stdout, "encoding", None) or "utf-8"), file=file)

    def diagram(
        self,
        format: Literal["mermaid", "svg"] = "mermaid",  # noqa: A002  the word for it
        *,
        service: str | None = None,
        account: str | None = None,
    ) -> str:
        """Return a picture of who is whose administrator and who sits in which collaboration.

        Args:
            format: ``mermaid``, the text of a flowchart, or ``svg``, a file that needs no other.
            service: only what is of this service, e.g. ``cleanrooms``.
            account: 12 digits: only what this account has to do with.

        Raises:
            NotRunning: the mock is not running.
            UsageError: there is no such format, ``account`` is not 12 digits, or the package does
                not mock ``service``.
        """
        from membership_mock.testing import diagrams

        part = Part.of(account=account, service=service)
        return diagrams.diagram(self._running(), format, part)

    def __str__(self) -> str:
        lines = (f"  {line}" for line in self._tree(Part()))
        return printable("\n".join([self._heading(), *lines]))

    def __repr__(self) -> str:
        return f"<{self._heading()}>"

    def _heading(self) -> str:
        entered = bool(self._entrances)
        return heading(self._entered, entered=entered, region=self._region())

    def _tree(self, part: Part) -> list[str]:
        """Return the lines of the world, or a line that says why there are none."""
        if self._entered is None:
            return []
        try:
            lines = tree(self._entered, part)
        except Exception as error:  # noqa: BLE001  a report that raises hides the failed test
            return [f"the world cannot be shown: {error!r}"]
        if lines:
            return lines
        if not part.is_all:
            return ["nothing"]
        return ["empty" if self._entrances else "gone: the mock has ended"]

    # --- what happened ---

    def strict(self, *allowed: str) -> AbstractContextManager[None]:
        """Return a context in which a call that is not ``allowed`` fails at once.

        It holds for all accounts and regions, for our services and for moto's; the innermost
        counts.

        Args:
            *allowed: operations, e.g. ``CreateCase`` or ``securityhub.CreateMembers``, or patterns
                of them, e.g. ``securityhub.*`` or ``organizations.List*``. None allows no call.

        Raises:
            NotRunning: the mock is not running.
            UsageError: there is no such service, or none of ours has such an operation.
            UnexpectedCall: at the end, if the code under test caught the one that was raised.
        """
        return self._running().tool(Strictness).allowing(allowed)

    def passed_through(
        self, *, account: str | None = None, region: str | None = None
    ) -> Counter[str]:
        """Return how often moto's other services were called, by ``organizations.ListAccounts``.

        Args:
            account: count the calls of this account only.
            region: count the calls in this region only.
        """
        passed = list(self._entered.record.passed) if self._entered else []
        return Counter(
            f"{call.service}.{call.operation}"
            for call in passed
            if account in (None, call.account) and region in (None, call.region)
        )

    @property
    def calls(self) -> Calls:
        """Every call to the mocked services, in order; readable after the mock has ended, too."""
        return Calls(self._read_calls)

    def report(self) -> str:
        """Return the last calls and the state of the world as text, for a failed test's report."""
        if self._entered is None:
            return "The mock has not been started."
        text = "\n".join(
            [
                "Last calls:",
                Calls(self._read_calls).last(10),
                "World:",
                *(f"  {line}" for line in self._tree(Part())),
            ]
        )
        return printable(text)

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
    strict: str | Sequence[str] | None = None,
    now: datetime | date | str | None = None,
    unfired_faults: Literal["ignore", "warn", "error"] | None = None,
) -> MembershipMock: ...
def mock_membership(target: Any = None, /, **options: Any) -> Any:
    """Return a mock to use as decorator or context manager; used bare, decorate right away.

    Args:
        target: the decorated function or class, when used as ``@mock_membership`` without brackets.
        **options: see `membership_mock.options.Options`: ``config``, ``account``, ``region``,
            ``seed``, ``settle``, ``strict``, ``now``, ``unfired_faults``.

    Raises:
        TypeError: an option is unknown, or the target cannot be decorated.
        UsageError: an option's value cannot be right.
    """
    mock = MembershipMock(Options.of(**options))
    return mock if target is None else mock(target)
