"""What is kept of controls: their custom parameters, and those that AWS has released meanwhile.

The parameters of a control are the same in all standards. Whether it is enabled is kept with the
subscription to the standard.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from datetime import datetime
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.lifecycle import A_MINUTE, Progress
from membership_mock.engine.state.summary import Summary, View, one
from membership_mock.engine.state.world import Scope, Store

#: how long the checks of a control still use its old parameters (inferred [SH-199])
STEPS = (A_MINUTE,)


@dataclass
class Customization:
    """What was done to the parameters of a control.

    Attributes:
        values: the custom values by parameter, each a union such as ``{"Integer": 15}``.
        reason: why they were last updated.
        update: UPDATING, and then READY.
    """

    values: dict[str, dict[str, Any]]
    reason: str | None
    update: Progress

    def is_updating(self, now: datetime) -> bool:
        """Return whether checks may still use the old values."""
        return self.update.steps_by(STEPS, now) == 0


@dataclass
class ControlStore(Store, scope=Scope.REGION):
    """The custom parameters of controls in a region, by account and control."""

    rank = 7
    customized: dict[str, dict[str, Customization]] = field(default_factory=dict)

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each control with custom parameters, whether they are in use yet."""
        del view
        (region,) = key
        for account_id, held in self.customized.items():
            for control_id, custom in held.items():
                shown = ", ".join(
                    f"{name} {next(iter(value.values()), None)}"
                    for name, value in custom.values.items()
                )
                if shown:
                    text = f"control {control_id} with {shown}"
                    yield Summary(account_id, region, "securityhub", one(text))

    def customizations(self, account_id: str) -> dict[str, Customization]:
        """Return the customizations of an account's controls by control."""
        return self.customized.get(account_id, {})


@dataclass
class ReleasedControl:
    """A control that AWS has released while the mock runs, for the author of a test.

    Attributes:
        standards: the standards that have it, such as ``pci-dss/v/4.0.1``.
        released_at: when.
    """

    id: str
    title: str
    severity: str
    standards: list[str]
    released_at: datetime


@dataclass
class ReleasedControlStore(Store, scope=Scope.WORLD):
    """The controls that AWS has released while the mock runs, by id."""

    controls: dict[str, ReleasedControl] = field(default_factory=dict)
