"""What a client has set up at a server for calls that are still to come: faults and answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, ClassVar, TypeVar, overload

from membership_mock.errors import UnexpectedCall, UsageError
from membership_mock.server.client.remote_calls import RemoteCall
from membership_mock.server.client.transport import Transport
from membership_mock.server.tools.states import AnswerState, FaultState, StrictState
from membership_mock.testing.calls import Calls
from membership_mock.testing.faults.connections import connection_error
from membership_mock.testing.faults.errors import code_of

P = TypeVar("P", bound="RemotePlan")


class RemotePlan:
    """A fault or a canned answer of a server; as a context manager it is over after the block.

    Attributes:
        id: its id at the server.
    """

    #: what the names of its tools begin with, and the one for the calls that it was used for
    _kind: ClassVar[str]
    _hits: ClassVar[str]

    def __init__(self, transport: Transport, state: FaultState | AnswerState) -> None:
        self._transport = transport
        self.id = state.id
        self._text = state.text

    @property
    def remaining(self) -> int | None:
        """How many more calls it is for; None for all that come."""
        state: FaultState | AnswerState = self._transport.use(self._kind, id=self.id)
        return state.remaining

    def cancel(self) -> None:
        """Withdraw it: it applies to no further call, and does not count as unused."""
        self._transport.use(f"{self._kind}.cancel", id=self.id)

    def _calls(self) -> Calls:
        found = self._transport.use(f"{self._kind}.{self._hits}", id=self.id)
        calls = [RemoteCall(each) for each in found.calls]
        return Calls(lambda: calls)

    def __enter__(self: P) -> P:  # noqa: PYI019  Self came with Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        self._transport.use(f"{self._kind}.end", id=self.id)

    def __repr__(self) -> str:
        return self._text


class RemoteFault(RemotePlan):
    """A fault of a server; as a context manager it is over at the end of the block."""

    _kind = "fault"
    _hits = "fired"

    @property
    def fired(self) -> Calls:
        """The calls to which it has applied so far."""
        return self._calls()


class RemoteAnswer(RemotePlan):
    """A canned answer of a server; as a context manager it is over at the end of the block."""

    _kind = "answer"
    _hits = "used"

    @property
    def used(self) -> Calls:
        """The calls that it has answered so far."""
        return self._calls()


class RemotePlans(Sequence[P]):
    """The plans of one kind, in the order in which they were made."""

    _tools: ClassVar[str]
    _none: ClassVar[str]
    _plan: type[P]

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    @overload
    def __getitem__(self, index: int) -> P: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[P]: ...
    def __getitem__(self, index: int | slice) -> P | Sequence[P]:
        return self._listed(self._tools)[index]

    def __len__(self) -> int:
        return len(self._listed(self._tools))

    def __iter__(self) -> Iterator[P]:
        return iter(self._listed(self._tools))

    def __repr__(self) -> str:
        return "\n".join(map(repr, self)) or self._none

    def clear(self) -> None:
        """Withdraw all of them, and forget them."""
        self._transport.use(f"{self._tools}.clear")

    def _make(self, name: str, *args: Any, **others: Any) -> P:
        if others.pop("where", None) is not None:
            raise UsageError("where is a function, which cannot be sent to a server: leave it out.")
        state = self._transport.use(f"{self._tools}.{name}", *args, **others)
        return self._plan(self._transport, state)

    def _listed(self, name: str) -> list[P]:
        return [self._plan(self._transport, each) for each in self._transport.use(name)]


class RemoteFaults(RemotePlans[RemoteFault]):
    """The faults of a server, in the order of injection."""

    _tools = "faults"
    _none = "no faults"
    _plan = RemoteFault

    def fail(
        self, operation: str, error: str | type[Exception] | Exception, **others: Any
    ) -> RemoteFault:
        """Make calls fail; the arguments are those of `Faults.fail`, except ``where``.

        Raises:
            UsageError: no such call is possible, or AWS would not give this answer.
        """
        sent = dict(others)
        name: Any = error
        if not isinstance(error, str):
            lost = connection_error(error)
            if lost is None:
                name, message, members = code_of(error)
                if sent.get("message") is None:
                    sent["message"] = message
                sent["members"] = {**members, **(sent.get("members") or {})} or None
            else:
                name = (lost if isinstance(lost, type) else type(lost)).__name__
        return self._make("fail", operation, name, **sent)

    def refuse_accounts(
        self, operation: str, accounts: Sequence[str], **others: Any
    ) -> RemoteFault:
        """Let calls refuse some accounts; the arguments are those of `Faults.refuse_accounts`.

        Raises:
            UsageError: the operation does not refuse single accounts.
        """
        return self._make("refuse_accounts", operation, accounts, **others)

    def refuse_entries(
        self, operation: str, entries: Sequence[str | Mapping[str, Any]], **others: Any
    ) -> RemoteFault:
        """Let calls fail for some entries; the arguments are those of `Faults.refuse_entries`.

        Raises:
            UsageError: the operation does not answer for single entries.
        """
        return self._make("refuse_entries", operation, entries, **others)

    def delay(self, operation: str, seconds: float, **others: Any) -> RemoteFault:
        """Delay answers; the arguments are those of `Faults.delay`.

        Raises:
            UsageError: no such call is possible.
        """
        return self._make("delay", operation, seconds, **others)

    @property
    def unfired(self) -> list[RemoteFault]:
        """The faults that have applied to no call, without the cancelled ones."""
        return self._listed("faults.unfired")

    def assert_all_fired(self) -> None:
        """Check that every fault has applied to a call, and that every planned ending was used.

        Raises:
            UnfiredFault: a fault has not, or an ending was not used.
        """
        self._transport.use("faults.assert_all_fired")


class RemoteAnswers(RemotePlans[RemoteAnswer]):
    """The canned answers of a server, in the order in which they were given."""

    _tools = "answers"
    _none = "no canned answers"
    _plan = RemoteAnswer

    def give(
        self,
        operation: str,
        answer: Mapping[str, Any] | Sequence[Mapping[str, Any]],
        **others: Any,
    ) -> RemoteAnswer:
        """Let calls be answered by the test; the arguments are those of `Answers.give`.

        Functions cannot be sent: neither as an answer, nor as ``where``.

        Raises:
            UsageError: no such call is possible, or the operation does not answer like that.
        """
        return self._make("give", operation, answer, **others)

    @property
    def unused(self) -> list[RemoteAnswer]:
        """The answers that no call has got, without the cancelled ones."""
        return self._listed("answers.unused")

    def assert_all_used(self) -> None:
        """Check that each canned answer was used.

        Raises:
            UnusedPlan: an answer was not used; the text shows the calls that came nearest.
        """
        self._transport.use("answers.assert_all_used")


@contextmanager
def strict(transport: Transport, allowed: Sequence[str]) -> Iterator[None]:
    """Let every call at the server that is not allowed fail while the block runs."""
    state: StrictState = transport.use("strict.start", list(allowed))
    try:
        yield
    except BaseException:
        # The error of the block is more useful than what strict mode says about it.
        with suppress(UnexpectedCall):
            transport.use("strict.stop", id=state.id)
        raise
    transport.use("strict.stop", id=state.id)
