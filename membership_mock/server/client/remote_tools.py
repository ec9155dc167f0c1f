"""The tools of a server that hold something: the clock, quotas, seeds, sides of AWS."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from membership_mock.errors import UsageError
from membership_mock.server.client.transport import Transport, named
from membership_mock.server.tools.states import ClockState
from membership_mock.server.tools.table import BY_NAME
from membership_mock.testing.clock import Instant
from membership_mock.testing.names import nearest_to
from membership_mock.testing.quotas import QuotaState


class RemoteTools:
    """Tools with a common prefix, e.g. ``given.securityhub``, by the names that the mock has.

    Args:
        transport: sends the calls.
        prefix: what stands before the names.
        side: account and region of a side of AWS.
    """

    def __init__(
        self, transport: Transport, prefix: str, side: dict[str, str | None] | None = None
    ) -> None:
        self._transport = transport
        self._prefix = prefix
        self._side = side

    def __getattr__(self, name: str) -> Any:
        path = f"{self._prefix}.{name}"
        tool = BY_NAME.get(path)
        if tool is None:
            below = [each for each in BY_NAME if each.startswith(f"{self._prefix}.")]
            if any(each.startswith(f"{path}.") for each in below):
                return RemoteTools(self._transport, path, self._side)
            known = {each.removeprefix(f"{self._prefix}.").partition(".")[0] for each in below}
            raise AttributeError(f"{self._prefix} has no {name!r}{nearest_to(name, known)}")

        @functools.wraps(tool.says)
        def use(*args: Any, **kwargs: Any) -> Any:
            return self._transport.send(tool, named(tool, args, kwargs), self._side)

        return use

    def __dir__(self) -> list[str]:
        names = (
            each.removeprefix(f"{self._prefix}.")
            for each in BY_NAME
            if each.startswith(f"{self._prefix}.")
        )
        return sorted({each.partition(".")[0] for each in names})

    def __repr__(self) -> str:
        return f"<{self._prefix} at {self._transport.url}>"


class RemoteClock:
    """The clock of a server."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def __repr__(self) -> str:
        state = self._state()
        return f"<RemoteClock {state.now}{', frozen' if state.frozen else ''}>"

    def now(self) -> datetime:
        """Return the present instant of the mocked services, in UTC."""
        return datetime.fromisoformat(self._state().now)

    @property
    def frozen(self) -> bool:
        """Whether the clock is frozen."""
        return self._state().frozen

    def freeze(self, at: Instant | None = None) -> AbstractContextManager[RemoteClock]:
        """Freeze the clock at once, until `unfreeze` or the end of a ``with`` block.

        Raises:
            UsageError: ``at`` is in the past, or not an instant.
        """
        block = _Frozen(self, was_frozen=self.frozen)
        self._transport.use("clock.freeze", at)
        return block

    def unfreeze(self) -> None:
        """Let the clock run on from where it is frozen."""
        self._transport.use("clock.unfreeze")

    def move_to(self, at: Instant) -> None:
        """Move the clock forward to an instant.

        Raises:
            UsageError: ``at`` is in the past, or not an instant.
        """
        self._transport.use("clock.move_to", at)

    def advance(self, by: timedelta | None = None, **parts: float | None) -> None:
        """Move the clock forward by a time, or by ``seconds``, ``minutes``, ``hours``, ``days``.

        Raises:
            UsageError: no time is given, or it is negative or too long.
        """
        if by is not None:
            if parts:
                raise UsageError("advance() takes a timedelta, or e.g. minutes=20, not both.")
            parts = {"seconds": by.total_seconds()}
        self._transport.use("clock.advance", **parts)

    def _state(self) -> ClockState:
        state: ClockState = self._transport.use("clock")
        return state


class _Frozen(AbstractContextManager[RemoteClock]):
    """The block in which a clock is frozen."""

    def __init__(self, clock: RemoteClock, *, was_frozen: bool) -> None:
        self._clock = clock
        self._was_frozen = was_frozen

    def __enter__(self) -> RemoteClock:
        return self._clock

    def __exit__(self, *_: object) -> None:
        if not self._was_frozen:
            self._clock.unfreeze()


class RemoteQuotas:
    """The quotas of a server; iterate it for those of the default account and region."""

    def __init__(self, transport: Transport) -> None:
        self._use: Callable[..., Any] = transport.use

    def get(self, service: str, name: str, **place: str | None) -> QuotaState:
        """Return a quota of an ``account`` in a ``region``, as `MockQuotas.get` does.

        Raises:
            UsageError: there is no such quota, or the account or region is not valid.
        """
        state: QuotaState = self._use("quotas.get", service, name, **place)
        return state

    def states(self, service: str | None = None, **place: str | None) -> list[QuotaState]:
        """Return every quota of an ``account`` in a ``region``, as `MockQuotas.states` does.

        Raises:
            UsageError: there is no such service, or the account or region is not valid.
        """
        states: list[QuotaState] = self._use("quotas.states", service, **place)
        return states

    def set(self, service: str, name: str, limit: int, **place: str | None) -> None:
        """Set a quota, as `MockQuotas.set` does.

        Raises:
            UsageError: there is no such quota, or an account has more than that already.
        """
        self._use("quotas.set", service, name, limit, **place)

    def unset(
        self, service: str | None = None, name: str | None = None, **place: str | None
    ) -> None:
        """Let the default count again, as `MockQuotas.unset` does.

        Raises:
            UsageError: there is no such quota, or an account has more than the default already.
        """
        self._use("quotas.unset", service, name, **place)

    def __iter__(self) -> Iterator[QuotaState]:
        return iter(self.states())

    def __len__(self) -> int:
        return len(self.states())
