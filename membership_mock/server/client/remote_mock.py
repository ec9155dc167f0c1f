"""The mock of a server, with the names that a mock in this process has."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from typing import Any, Literal, TextIO, cast

from membership_mock.errors import UsageError
from membership_mock.mock import MembershipMock
from membership_mock.server.client.remote_calls import RemoteRecord
from membership_mock.server.client.remote_events import RemoteEvents, events_of
from membership_mock.server.client.remote_plans import (
    RemoteAnswer,
    RemoteAnswers,
    RemoteFault,
    RemoteFaults,
    strict,
)
from membership_mock.server.client.remote_tools import RemoteClock, RemoteQuotas, RemoteTools
from membership_mock.server.client.transport import Transport
from membership_mock.server.tools.states import HealthState, SnapshotState, UnusedPlansState
from membership_mock.server.tools.table import IN_PROCESS
from membership_mock.testing.aws_side.aws_side import AwsSide
from membership_mock.testing.calls import Calls
from membership_mock.testing.dumps.dumps import Dump
from membership_mock.testing.given.given import Given
from membership_mock.testing.names import nearest_to
from membership_mock.testing.printing import printable


class RemoteMock:
    """The tools of a mock that a server in another process runs.

    They have the names and arguments of `MembershipMock`, and raise the usage errors that the
    server answers. Functions cannot be sent, so there are no hooks, faults and canned answers have
    no ``where``, and no canned answer is a function.

    Args:
        url: the server's URL, as it prints it.
        ca_file: the certificate to trust, in PEM; those of the machine when None.
        timeout: seconds to wait for an answer.

    Raises:
        UsageError: ``url`` is not one.
    """

    def __init__(self, url: str, *, ca_file: str | None = None, timeout: float = 60) -> None:
        self._transport = Transport(url, ca_file, timeout)
        self._record = RemoteRecord(self._transport)

    @property
    def url(self) -> str:
        """The server's URL."""
        return self._transport.url

    def health(self) -> HealthState:
        """Return what the server serves.

        Raises:
            NotRunning: no server answers.
        """
        state: HealthState = self._transport.use("health")
        return state

    def reset(self) -> None:
        """Empty the world, the record of calls and the faults."""
        self._transport.use("reset")

    # --- clients ---

    def session(self, account: str | None = None, region: str | None = None) -> Any:
        """Return a `boto3.Session` of an account; its clients need the server's ``endpoint_url``.

        Args:
            account: 12 digits; the server's default account when None.
            region: the session's region; the server's default region when None.
        """
        import boto3

        if account is None or region is None:
            health = self.health()
            account, region = account or health.account, region or health.region
        return boto3.Session(
            aws_access_key_id=account,
            aws_secret_access_key="membership-mock",  # noqa: S106  not a secret
            region_name=region,
        )

    def client(
        self, service: str, account: str | None = None, region: str | None = None, **kwargs: Any
    ) -> Any:
        """Return a boto3 client of an account whose calls go to the server, for any service.

        Args:
            service: the service's id, e.g. ``security-ir`` or ``organizations``.
            account: 12 digits; the server's default account when None.
            region: the client's region; the server's default region when None.
            **kwargs: whatever else `boto3.Session.client` takes, e.g. ``config``.
        """
        given = {"endpoint_url": self.url, "verify": self._transport.ca_file, **kwargs}
        return self.session(account, region).client(service, **given)

    # --- faults, canned answers, calls and events ---

    def fail(
        self, operation: str, error: str | type[Exception] | Exception, **others: Any
    ) -> RemoteFault:
        """Let calls fail; the arguments are those of `MembershipMock.fail`, except ``where``.

        Raises:
            UsageError: no such call is possible, or AWS would not give this answer.
        """
        return self.faults.fail(operation, error, **others)

    @cached_property
    def faults(self) -> RemoteFaults:
        """The faults of the server."""
        return RemoteFaults(self._transport)

    def strict(self, *allowed: str) -> AbstractContextManager[None]:
        """Return a context in which a call that is not ``allowed`` fails at the server.

        It holds for the calls of all clients to every service. The arguments are those of
        `MembershipMock.strict`.

        Raises:
            UsageError: there is no such service, or no mocked service has such an operation.
            UnexpectedCall: at the end, if a call has failed.
        """
        return strict(self._transport, allowed)

    def answer(
        self,
        operation: str,
        answer: Mapping[str, Any] | Sequence[Mapping[str, Any]],
        **others: Any,
    ) -> RemoteAnswer:
        """Let calls be answered by the test, as `MembershipMock.answer` does, without functions.

        Raises:
            UsageError: no such call is possible, or the operation does not answer like that.
        """
        return self.answers.give(operation, answer, **others)

    @cached_property
    def answers(self) -> RemoteAnswers:
        """The canned answers of the server."""
        return RemoteAnswers(self._transport)

    def unused_plans(self) -> UnusedPlansState:
        """Return how many faults and answers were never used, and a report that names them."""
        state: UnusedPlansState = self._transport.use("unused_plans")
        return state

    @cached_property
    def events(self) -> RemoteEvents:
        """Every event that the server has sent to EventBridge, in order."""
        return events_of(self._transport)

    @cached_property
    def calls(self) -> Calls:
        """Every call in the server's record, in order; filters and assertions run here."""
        return Calls(self._record.read)

    # --- set-up ---

    @cached_property
    def given(self) -> Given:
        """Seeds, with the names and results of `MembershipMock.given`."""
        return cast("Given", RemoteTools(self._transport, "given"))

    def aws_side(self, account: str | None = None, region: str | None = None) -> AwsSide:
        """Return AWS's side of an account, with the names of `MembershipMock.aws_side`.

        Args:
            account: 12 digits; the server's default account when None.
            region: the region; the server's default region when None.
        """
        side = {"account": account, "region": region}
        return cast("AwsSide", RemoteTools(self._transport, "aws_side", side))

    def organization(self, tree: Any = (), **others: Any) -> dict[str, Any]:
        """Build an organization; the arguments are those of `MembershipMock.organization`.

        Returns:
            ``organization_id``, ``management``, ``root_id``, and the ids of the ``accounts`` by
            name and of the ``units`` by path.

        Raises:
            UsageError: an argument is not valid; nothing was built.
        """
        built: dict[str, Any] = self._transport.use("organization", tree, **others)
        return built

    @cached_property
    def clock(self) -> RemoteClock:
        """The clock of the mocked services."""
        return RemoteClock(self._transport)

    @cached_property
    def quotas(self) -> RemoteQuotas:
        """The quotas of the mocked services."""
        return RemoteQuotas(self._transport)

    # --- the world ---

    def snapshot(self) -> SnapshotState:
        """Keep the world at the server as it is now, to go back to with `restore`."""
        state: SnapshotState = self._transport.use("snapshot")
        return state

    def restore(self, snapshot: SnapshotState | str) -> None:
        """Put the world back to a snapshot, or to the one of an id, e.g. ``start``.

        Raises:
            UsageError: the server has no such snapshot.
        """
        name = snapshot.id if isinstance(snapshot, SnapshotState) else snapshot
        self._transport.use("restore", name)

    @contextmanager
    def rolled_back(self) -> Iterator[None]:
        """Return a block at whose end the state from its beginning is restored."""
        before = self.snapshot()
        try:
            yield
        finally:
            self.restore(before)
            self._transport.use("snapshot.forget", id=before.id)

    def dump(self) -> Dump:
        """Return the state as plain data: to read, to compare, to save as JSON, and to `load`.

        Raises:
            UsageError: moto's Organizations or S3 hold something that cannot be written.
        """
        dump: Dump = self._transport.use("dump")
        return dump

    def load(self, dump: Dump) -> None:
        """Replace the world by what a dump holds.

        Raises:
            UsageError: the dump cannot be read; the world is as it was.
        """
        if not isinstance(dump, Dump):
            raise UsageError(f"load() takes what dump() returned, not {type(dump).__name__}.")
        self._transport.use("load", dump)

    def show(self, *, file: TextIO | None = None, **part: str | None) -> None:
        """Print the world, or the part of an ``account``, a ``region`` or a ``service``.

        Raises:
            UsageError: the part is not valid.
        """
        text = self._transport.use("show", **part)
        encoding = getattr(file or sys.stdout, "encoding", None) or "utf-8"
        print(printable(text.rstrip("\n"), encoding), file=file)

    def diagram(
        self,
        format: Literal["mermaid", "svg"] = "mermaid",  # noqa: A002  the word for it
        **part: str | None,
    ) -> str:
        """Return a picture of the world; the arguments are those of `MembershipMock.diagram`.

        Raises:
            UsageError: there is no such format, or the part is not valid.
        """
        return str(self._transport.use("diagram", format, **part))

    def __getattr__(self, name: str) -> Any:
        why = IN_PROCESS.get(name, "it is for the process that runs the mock")
        if name in IN_PROCESS or hasattr(MembershipMock, name):
            raise AttributeError(
                f"RemoteMock has no {name!r}: {why}. See `python -m membership_mock docs server`."
            )
        public = [each for each in dir(type(self)) if not each.startswith("_")]
        raise AttributeError(f"RemoteMock has no {name!r}{nearest_to(name, public)}")

    def __str__(self) -> str:
        return str(self._transport.use("show")).rstrip("\n")

    def __repr__(self) -> str:
        return f"<RemoteMock at {self.url}>"
