"""What an account has decided on the controls of a standard that it is subscribed to.

It goes with the subscription. Only what differs from what enabling the
standard brings is kept; what a configuration policy decides on all controls is kept as its lists.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from membership_mock.engine.lazy_dataclasses import dataclass

Status = Literal["ENABLED", "DISABLED"]


@dataclass(frozen=True)
class ControlSetting:
    """Whether a control is enabled in a standard.

    Attributes:
        status: ENABLED or DISABLED.
        updated_at: when that was set; if it never was, when the standard was enabled.
        reason: why, in the words of the request that set it.
    """

    status: Status
    updated_at: datetime
    reason: str | None = None


@dataclass(frozen=True)
class ControlsByPolicy:
    """What a configuration policy has decided on the controls of one standard of an account.

    Attributes:
        enabled: the controls that it enables, all others being disabled; None for the reverse.
        disabled: the controls that it disables, all others being enabled; None for the reverse.
        regions: the regions that the policy reaches, the home region first.
        updated_at: when it was carried out.
    """

    enabled: tuple[str, ...] | None
    disabled: tuple[str, ...] | None
    regions: tuple[str, ...]
    updated_at: datetime

    def decides_as(self, other: ControlsByPolicy) -> bool:
        """Return whether another policy decides the same."""
        return (self.enabled, self.disabled, self.regions) == (
            other.enabled,
            other.disabled,
            other.regions,
        )

    def names(self, control_id: str) -> bool:
        """Return whether the lists of the policy let a control be enabled."""
        if self.enabled is not None:
            return control_id in self.enabled
        return control_id not in (self.disabled or ())
