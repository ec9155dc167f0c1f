"""Lets moto's Organizations use the mock's clock once a test has set it.

moto takes every timestamp of an organization from two functions of its module of models. While the
mock's clock shows the real time, moto's own functions are used.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from membership_mock.engine.moto.patches import Patches
    from membership_mock.engine.state.world import World


def install(patches: Patches, models: Any, world: Callable[[], World]) -> None:
    """Let moto's Organizations follow the clock of the world, until ``patches`` are undone.

    Args:
        patches: keeps what is replaced.
        models: moto's module of the models of Organizations.
        world: returns the world; its clock is used once it was frozen or moved.
    """
    real_now = patches.original(models, "utcnow")
    seconds_since_1970 = patches.original(models, "unix_time")

    def utcnow() -> datetime:
        clock = world().clock
        now: datetime = clock.now().replace(tzinfo=None) if clock.is_set else real_now()
        return now

    def unix_time(at: datetime | None = None) -> float:
        seconds: float = seconds_since_1970(utcnow() if at is None else at)
        return seconds

    patches.set(models, "utcnow", utcnow)
    patches.set(models, "unix_time", unix_time)


def keep_in_order(accounts: list[Any]) -> None:
    """Let the account that joined last have a later time than the one before it.

    moto finds the next page of accounts by the time of their joining. So no two accounts may
    have the same time, even while the clock is frozen.
    """
    if len(accounts) > 1:
        last, before = accounts[-1], accounts[-2]
        last.create_time = max(last.create_time, before.create_time + timedelta(microseconds=1))
