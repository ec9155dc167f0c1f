"""Puts boto3's default session aside while a mock runs: it may have credentials of its own."""

from __future__ import annotations

from typing import Any

import boto3


class NoDefaultSession:
    """Puts boto3's default session aside, as moto does with `unittest.mock`, in less time.

    When mocks overlap, the last one stops what the first one has started: `stop` without `start`
    does nothing. Neither does `start` when the session is aside already: a mock that has begun
    without moto has put it there, and moto starts later.
    """

    def __init__(self) -> None:
        self._before: list[Any] = []

    def start(self) -> None:
        """Let the next client make a new session."""
        if not self._before:
            self._before.append(boto3.DEFAULT_SESSION)
            boto3.DEFAULT_SESSION = None

    def stop(self) -> None:
        """Put the session back."""
        if self._before:
            boto3.DEFAULT_SESSION = self._before.pop()
