"""What a test author does with a mock while it runs: the tools, all in one place."""

from __future__ import annotations

import sys
import threading
from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Literal, TextIO

from membership_mock.engine import running
from membership_mock.engine.pipeline import caller
from membership_mock.testing import snapshots
from membership_mock.testing.aws_side.aws_side import AwsSide
from membership_mock.testing.calls import Call, Calls
from membership_mock.testing.clock import MockClock
from membership_mock.testing.dumps import dumps
from membership_mock.testing.dumps.dumps import Dump
from membership_mock.testing.faults.fault import Fault
from membership_mock.testing.faults.faults import Faults
from membership_mock.testing.given.given import Given
from membership_mock.testing.given.setup import Setup
from membership_mock.testing.operation_names import check_caller
from membership_mock.testing.organization.build import build as build_organization
from membership_mock.testing.organization.organization import MockOrganization
from membership_mock.testing.organization.tree import Tree
from membership_mock.testing.printing import printable
from membership_mock.testing.quotas import MockQuotas
from membership_mock.testing.running_mock import RunningMock
from membership_mock.testing.show.tree import Part, heading, tree
from membership_mock.testing.snapshots import Snapshot
from membership_mock.testing.strict import Strictness

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.call_record import Entry
    from membership_mock.engine.running import Running


class Toolbox(RunningMock):
    """The tools of a `MembershipMock`."""

    _lock: threading.Lock
    #: the running mock that was entered last, also after its end
    _entered: Running | None
    #: the report of a test that has failed in it, when it has ended since
    _last_words: str | None
    #: what was read of its record, and of which list
    _calls: list[Call]
    _calls_of: list[Entry]

    @property
    @abstractmethod
    def _is_running(self) -> bool:
        """Whether this mock has been started and not been stopped."""

    # --- AWS's side ---

    def aws_side(self, account: str | None = None, region: str | None = None) -> AwsSide:
        """Return AWS's side of an account: how its queries end, what its services find.

        Args:
            account: 12 digits; the mock's default account when None.
            region: the region; the mock's default region when None.

        Raises:
            NotRunning: the mock is not running.
            UsageError: ``account`` is not 12 digits, or ``region`` cannot be a region.
        """
        setup = Setup(self)
        return AwsSide(setup.running, setup.account(account), setup.region(region))

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
            management=caller.account_id(
                running.pipeline.default_account if management is None else management
            ),
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
        return Given(self, self.organization)

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
        account: str | None = None,
        region: str | None = None,
        service: str | None = None,
    ) -> str:
        """Return a picture of who is whose administrator and who sits in which collaboration.

        Args:
            format: ``mermaid``, the text of a flowchart, or ``svg``, a file that needs no other.
            account: 12 digits: only what this account has to do with.
            region: only what is in this region, and what goes for all regions.
            service: only what is of this service, e.g. ``cleanrooms``.

        Raises:
            NotRunning: the mock is not running.
            UsageError: there is no such format, ``account`` is not 12 digits, ``region`` is none,
                or the package does not mock ``service``.
        """
        from membership_mock.testing.show import diagrams

        part = Part.of(account=account, region=region, service=service)
        return diagrams.diagram(self._running(), format, part)

    def __str__(self) -> str:
        lines = (f"  {line}" for line in self._tree(Part()))
        return printable("\n".join([self._heading(), *lines]))

    def __repr__(self) -> str:
        return f"<{self._heading()}>"

    def _heading(self) -> str:
        entered = self._is_running
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
        return ["empty" if running.is_current(self._entered) else "gone: the mock has ended"]

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

        Raises:
            UsageError: ``account`` is not 12 digits, or ``region`` is none.
        """
        check_caller(account, region)
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
        if self._last_words is not None and not self._is_running:
            return self._last_words
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
            if entries is not self._calls_of:  # another mock, or it has forgotten its calls
                self._calls_of, self._calls = entries, []
            self._calls += [Call(entry) for entry in entries[len(self._calls) :]]
            return list(self._calls)
