"""Processes that are forked while a mock runs.

A forked child has a copy of the world. Threads of the parent do not exist in the child, so a lock
that one of them holds at that moment would stay locked there for ever. The forking thread waits
for a call that is being served, so that the copy is whole; it does not wait for ever, since that
call may wait for the forking thread.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

#: how many seconds a fork waits for a call that is being served
_PATIENCE = 5


class _Forking(threading.local):
    """The locks that a thread holds while it forks."""

    held: list[Any]


def keep_locks_usable(
    locks: Callable[[], Iterable[Any]], others: Callable[[], Iterable[Any]]
) -> None:
    """Let the locks be free in every child that is forked from now on.

    Args:
        locks: returns the locks to wait for, in the order in which calls take them.
        others: returns the locks that a child renews without a wait in the parent.
    """
    forking = _Forking()

    def before() -> None:
        forking.held = [lock for lock in locks() if lock.acquire(timeout=_PATIENCE)]

    def after_in_parent() -> None:
        for lock in reversed(forking.held):
            lock.release()

    def after_in_child() -> None:
        for lock in (*locks(), *others()):
            lock._at_fork_reinit()

    if hasattr(os, "register_at_fork"):  # not on Windows
        os.register_at_fork(
            before=before, after_in_parent=after_in_parent, after_in_child=after_in_child
        )
