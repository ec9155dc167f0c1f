"""The tools for the state of the mock as a whole: snapshot, restore, dump, load, show."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, TextIO

from membership_mock.engine import running
from membership_mock.errors import UsageError
from membership_mock.testing.arguments import naming_arguments
from membership_mock.testing.printing import printable
from membership_mock.testing.running_mock import RunningMock
from membership_mock.testing.show.tree import Part, heading, tree

if TYPE_CHECKING:
    from membership_mock.testing.dumps.dumps import Dump
    from membership_mock.testing.snapshots import Snapshot


@naming_arguments
class WorldTools(RunningMock):
    """The tools of a mock for its world as a whole; most are imported when first used."""

    def snapshot(self) -> Snapshot:
        """Return a copy of the present state, to restore with `restore`, also several times.

        It holds the mocked services, the clock, and moto's Organizations and S3. In a mock with a
        seed it also holds the state of the random source, so that the same ids come again. It does
        not hold the record of calls, the faults, and moto's other services.

        Raises:
            NotRunning: the mock is not running.
        """
        from membership_mock.testing.snapshots import Snapshot

        return Snapshot(self._running())

    def restore(self, snapshot: Snapshot) -> None:
        """Restore the state of a snapshot of this mock.

        Raises:
            NotRunning: the mock is not running.
            UsageError: it is the snapshot of another mock, or not a snapshot.
        """
        from membership_mock.testing import snapshots

        snapshots.restore(self._running(), snapshot)

    @contextmanager
    def rolled_back(self) -> Iterator[None]:
        """Return a block at whose end the state from its beginning is restored.

        Raises:
            NotRunning: the mock is not running.
        """
        before = self.snapshot()
        try:
            yield
        finally:
            self.restore(before)

    def dump(self) -> Dump:
        """Return the state as plain data: to read, to compare, to save as JSON, and to `load`.

        Raises:
            NotRunning: the mock is not running.
            UsageError: moto's Organizations or S3 hold something that cannot be written.
        """
        from membership_mock.testing.dumps import dumps

        return dumps.dump(self._running())

    def load(self, dump: Dump) -> None:
        """Replace the state by that of a dump, of this or any other mock.

        Everything that a snapshot does not hold stays as it is.

        Raises:
            NotRunning: the mock is not running.
            UsageError: this release cannot read the dump, or the dump is not valid; the state
                is as before.
        """
        from membership_mock.testing.dumps import dumps

        dumps.load(self._running(), dump)

    def show(
        self,
        *,
        account: str | None = None,
        region: str | None = None,
        service: str | None = None,
        file: TextIO | None = None,
    ) -> None:
        """Print all accounts as a tree, as ``print(mock)`` does, or the selected part of them.

        Printing changes nothing: no status moves on, and no call is recorded. Long lists are cut.

        Args:
            account: 12 digits: only this account, and what other accounts share with it.
            region: only this region, and what applies to all regions.
            service: only this service, e.g. ``security-ir``.
            file: where to print to; standard output when None.

        Raises:
            UsageError: ``account`` is not 12 digits, ``region`` is not a region, the package does
                not mock ``service``, or ``file`` cannot be written to.
        """
        if file is not None and not hasattr(file, "write"):
            raise UsageError(
                f"file is where to print to, e.g. an open file or sys.stderr, not {file!r}."
            )
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
        """Return a diagram of the administrators with their members, and of the collaborations.

        Args:
            format: ``mermaid``, the text of a flowchart, or ``svg``, an image.
            account: 12 digits: only this account, and what other accounts share with it.
            region: only this region, and what applies to all regions.
            service: only this service, e.g. ``cleanrooms``.

        Raises:
            NotRunning: the mock is not running.
            UsageError: there is no such format, ``account`` is not 12 digits, ``region`` is not a
                region, or the package does not mock ``service``.
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
        try:
            region = self._region()
        except UsageError:  # text that raises hides what it is printed for
            region = "that is not a region"
        return heading(self._entered, entered=self._is_running, region=region)

    def _tree(self, part: Part) -> list[str]:
        """Return the lines of the world, or a line that says why they are missing."""
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
