"""Carries the account of `as_account(…, threads=True)` into the threads that the code starts."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from membership_mock.engine.moto.patches import Patches
from membership_mock.engine.pipeline import caller

if TYPE_CHECKING:
    from membership_mock.engine.running import Running

#: whether what a thread or task starts now belongs to its account
_carries: ContextVar[bool] = ContextVar("membership_mock_carries_account", default=False)


class ThreadAccounts:
    """What starts threads is replaced from the first such block to the end of the mock."""

    outlives_reset = True

    def __init__(self, running: Running) -> None:
        patches = Patches()
        running.at_end.callback(patches.undo)
        self._carry_submitted(patches)
        self._carry_started(patches)

    @contextmanager
    def acting_as(self, account: str) -> Iterator[None]:
        """Let every call inside the block, and of what it starts in threads, be the account's.

        Raises:
            UsageError: ``account`` is not 12 digits.
        """
        with _carrying(account):
            yield

    @staticmethod
    def _carry_submitted(patches: Patches) -> None:
        submit = patches.original(ThreadPoolExecutor, "submit")

        @functools.wraps(submit)
        def submit_as_account(self: Any, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
            account = _carried_account()
            if account is None:
                return submit(self, fn, *args, **kwargs)
            # The executor may start a thread now, which later does the work of others.
            token = _carries.set(False)
            try:
                return submit(self, _as_account(account, fn), *args, **kwargs)
            finally:
                _carries.reset(token)

        patches.set(ThreadPoolExecutor, "submit", submit_as_account)

        make = patches.original(ThreadPoolExecutor, "__init__")

        @functools.wraps(make)
        def make_with_account(
            self: Any,
            max_workers: Any = None,
            thread_name_prefix: Any = "",
            initializer: Any = None,
            *args: Any,
            **kwargs: Any,
        ) -> None:
            account = _carried_account()
            if account is not None and callable(initializer):
                initializer = _as_account(account, initializer)
            make(self, max_workers, thread_name_prefix, initializer, *args, **kwargs)

        patches.set(ThreadPoolExecutor, "__init__", make_with_account)

    @staticmethod
    def _carry_started(patches: Patches) -> None:
        start = patches.original(threading.Thread, "start")

        @functools.wraps(start)
        def start_as_account(self: Any) -> None:
            account = _carried_account()
            if account is None or self.ident is not None:  # the latter is refused
                start(self)
                return
            run = self.run

            def run_as_account() -> None:
                del self.run
                _as_account(account, run)()

            self.run = run_as_account
            start(self)

        patches.set(threading.Thread, "start", start_as_account)


def _carried_account() -> str | None:
    return caller.acting_account() if _carries.get() else None


@contextmanager
def _carrying(account: str) -> Iterator[None]:
    with caller.acting_as(account):
        token = _carries.set(True)
        try:
            yield
        finally:
            _carries.reset(token)


def _as_account(account: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function, assigned=(), updated=())
    def call(*args: Any, **kwargs: Any) -> Any:
        with _carrying(account):
            return function(*args, **kwargs)

    return call
