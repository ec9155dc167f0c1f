"""Hooks: the tools of the test author as links of one chain, for calls to every AWS service.

Hooks run three times in a call. When the call arrives, before anything else happens, each hook may
refuse it with a usage error, as strict mode does. Around the handler, each hook may answer instead,
change the answer, or pass the call on to the next hook, as faults do. The last link of the chain is
the handler of one of our services, or moto. When the call is over and recorded, each hook is
notified, before the client gets the answer.

Calls to our services have been parsed, validated and authorized when the hooks around them run.
The world's lock is held around the handler, but not when the call arrives or is over, where an
action of the test author may wait for calls of other threads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.call_record import Entry, OtherEntry, RecordedRequest
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.protocol.http import HttpAnswer, HttpRequest
from membership_mock.engine.protocol.model import OperationModel


@dataclass(slots=True)
class InterceptedCall:
    """A call that is about to be answered.

    Attributes:
        context: caller, operation, region and time.
        request: the request as it was sent.
        model: botocore's model of the operation.
        is_ours: whether one of our services answers the call, and not moto.
        arguments: the parameters of a call to one of our services, in snake case; changing them
            changes what the handler gets. Empty for a call to one of moto's services.
        recorded: the parts of the request that the record keeps.
    """

    context: Context
    request: HttpRequest
    model: OperationModel
    is_ours: bool
    arguments: dict[str, Any]
    recorded: RecordedRequest

    def as_entry(self) -> Entry:
        """Return the call as the record has it before it is answered."""
        kind = Entry if self.is_ours else OtherEntry
        return kind(self.context, self.recorded, None, None)


#: Answers a call: the rest of the chain.
Proceed = Callable[[], HttpAnswer]


class Hook:
    """One link of the chain; a subclass overrides the methods it needs.

    Attributes:
        rank: its position in the chain; a hook with a lower rank sees a call before the others.
        outlives_reset: whether it stays when the mock is reset.
    """

    rank: int = 0
    outlives_reset: bool = False

    def arrives(self, entry: Entry) -> None:
        """Inspect a call before anything else happens.

        Args:
            entry: the call as the record has it before it is answered.

        Raises:
            UsageError: the call is refused.
        """

    def around(self, call: InterceptedCall, proceed: Proceed) -> HttpAnswer:
        """Answer a call, with the rest of the chain or without it.

        Raises:
            ServiceError: the answer is an error of the service.
            Exception: the client gets no answer.
        """
        del call
        return proceed()

    def is_over(self, context: Context) -> None:
        """Act after a call that was answered or has failed, and is recorded.

        Args:
            context: that of the call, the same object as when it arrived.

        Raises:
            UsageError: the client gets this error instead of the answer.
        """


class HookChain:
    """The hooks of a running mock, in the order in which a call meets them."""

    def __init__(self) -> None:
        self._hooks: tuple[Hook, ...] = ()
        self._arriving: tuple[Hook, ...] = ()
        self._around: tuple[Hook, ...] = ()
        self._after: tuple[Hook, ...] = ()

    def add(self, hook: Hook) -> None:
        """Add ``hook`` for further calls, unless the chain has it already."""
        if hook not in self._hooks:
            self._set((*self._hooks, hook))

    def remove(self, hook: Hook) -> None:
        """Remove ``hook`` for further calls."""
        self._set(tuple(each for each in self._hooks if each is not hook))

    def reset(self) -> None:
        """Remove every hook that does not outlive a reset."""
        self._set(tuple(each for each in self._hooks if each.outlives_reset))

    @property
    def is_empty_around(self) -> bool:
        """Whether no hook overrides `Hook.around`."""
        return not self._around

    @property
    def is_empty_outside(self) -> bool:
        """Whether no hook overrides `Hook.arrives` or `Hook.is_over`."""
        return not (self._arriving or self._after)

    def arrive(self, entry: Entry) -> None:
        """Let each hook inspect a call that has just arrived."""
        for hook in self._arriving:
            hook.arrives(entry)

    def end(self, context: Context) -> None:
        """Tell each hook that a call is over."""
        for hook in self._after:
            hook.is_over(context)

    def run(self, call: InterceptedCall, answer: Proceed) -> HttpAnswer:
        """Return the answer to a call: that of the first hook that gives one, or ``answer()``."""
        proceed = answer
        for hook in reversed(self._around):
            proceed = _link(hook, call, proceed)
        return proceed()

    def _set(self, hooks: tuple[Hook, ...]) -> None:
        # New tuples: a call in another thread goes on with those that it began with.
        self._hooks = tuple(sorted(hooks, key=lambda hook: hook.rank))
        self._arriving = tuple(h for h in self._hooks if type(h).arrives is not Hook.arrives)
        self._around = tuple(h for h in self._hooks if type(h).around is not Hook.around)
        self._after = tuple(h for h in self._hooks if type(h).is_over is not Hook.is_over)


def _link(hook: Hook, call: InterceptedCall, proceed: Proceed) -> Proceed:
    return lambda: hook.around(call, proceed)
