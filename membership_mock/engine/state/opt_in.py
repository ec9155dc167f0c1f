"""The regions that accounts have opted into or out of.

Source: AWS Account Management Reference Guide, on enabling regions and on the status of a region.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from datetime import datetime

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.lifecycle import A_MINUTE, Progress
from membership_mock.engine.state.summary import Summary, View, one
from membership_mock.engine.state.world import Scope, Store, World

#: how long enabling or disabling takes; AWS says minutes to hours (inferred)
DURATIONS = (A_MINUTE,)


@dataclass
class RegionChange:
    """The latest change of an opt-in region by an account.

    Attributes:
        enables: whether it enables the region; otherwise it disables it.
        course: the progress of the change.
    """

    enables: bool
    course: Progress

    def status(self, steps: int) -> str:
        """Return the status after that many steps of `course`."""
        if steps:
            return "ENABLED" if self.enables else "DISABLED"
        return "ENABLING" if self.enables else "DISABLING"


@dataclass
class OptInStore(Store, scope=Scope.WORLD):
    """The opt-in regions that accounts have enabled or disabled, by account and region."""

    rank = 8
    changes: dict[str, dict[str, RegionChange]] = field(default_factory=dict)

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each region that was enabled or disabled."""
        del key
        for account_id, changes in self.changes.items():
            for region, change in changes.items():
                status = change.status(change.course.steps_by(DURATIONS, view.now))
                yield Summary(account_id, region, "account", one(f"region {status}"))


def status_of(world: World, account_id: str, region: str, now: datetime, *, read: bool) -> str:
    """Return the status of an opt-in region for an account.

    Args:
        world: the state.
        account_id: the account.
        region: a region that is not enabled by default.
        now: the time of the request.
        read: whether the caller gets to see the status, so that it may change.
    """
    store = world.held_at(OptInStore, ())
    change = store.changes.get(account_id, {}).get(region) if store else None
    if change is None:
        return "DISABLED"
    if read:
        change.course.look(DURATIONS, now, world)
    else:
        change.course.pass_time(DURATIONS, now)
    return change.status(change.course.steps)


def change_region(
    world: World, account_id: str, region: str, now: datetime, *, enables: bool
) -> None:
    """Begin to enable an opt-in region for an account, or to disable it."""
    changes = world.store_at(OptInStore, ()).changes.setdefault(account_id, {})
    changes[region] = RegionChange(enables, Progress([now]))


def enabled_regions(world: World, account_id: str) -> list[str]:
    """Return the opt-in regions that an account has enabled, or is about to."""
    store = world.held_at(OptInStore, ())
    held = store.changes.get(account_id, {}) if store else {}
    return [region for region, change in held.items() if change.enables]
