"""The part of a mock that its tools need: where it runs, and sessions of its accounts.

It stands below all tools, so that a tool can be given a mock without knowing the class of it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from membership_mock.engine.running import Running


class RunningMock(ABC):
    """A mock as its tools see it."""

    #: the engine's running mock that was entered last, also after its end
    _entered: Running | None

    @property
    @abstractmethod
    def _is_running(self) -> bool:
        """Whether this mock was started and is not stopped yet."""

    @abstractmethod
    def _running(self) -> Running:
        """Return the engine's running mock.

        Raises:
            NotRunning: the mock is not running.
        """

    @abstractmethod
    def _region(self) -> str:
        """Return the mock's default region."""

    @abstractmethod
    def session(self, account: str | None = None, region: str | None = None) -> Any:
        """Return a `boto3.Session` of an account."""
