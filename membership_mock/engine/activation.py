"""One start of a mock: its options, and the line of the test that made it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from weakref import ref

from membership_mock.engine.lazy_dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Activation:
    """One start of a mock, with the options that count from then on.

    Attributes:
        config: moto's configuration.
        account: the account of every call that names none; None leaves it to the outer mocks.
        seed: what the random source starts from; None leaves it as it is.
        settle: ``read`` or ``clock``, as `World.settles_at_read` explains; None leaves it to the
            outer mocks.
        now: where the clock stands still from then on, in UTC; None leaves it as it is.
        region_of_code: the region of sessions that have none; None leaves it to the outer mocks.
    """

    config: Mapping[str, Any]
    account: str | None = None
    seed: int | str | None = None
    settle: str | None = None
    now: datetime | None = None
    region_of_code: str | None = None


class StartedMock(ref[Any]):
    """A weak reference to a mock that a test author has started, with the place of the start.

    Attributes:
        at: file and line of the start.
    """

    __slots__ = ("at",)

    def __new__(cls, mock: Any, at: str) -> StartedMock:  # noqa: PYI034  Self came with 3.11
        """Return a reference with the place of the start."""
        del at
        return super().__new__(cls, mock)

    def __init__(self, mock: Any, at: str) -> None:
        super().__init__(mock)  # type: ignore[call-arg]  # typeshed knows __new__ only
        self.at = at
