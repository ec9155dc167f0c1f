"""What an organization's administrator has configured for its accounts, per region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from membership_mock.engine.operation import Family


@dataclass
class Settings:
    """The settings of a delegated administrator in a region.

    Attributes:
        auto_enable: whether accounts that join the organization become members at once.
        auto_enable_standards: which standards are switched on for them.
        configuration_type: LOCAL, or CENTRAL when configuration policies rule.
    """

    auto_enable: bool = False
    auto_enable_standards: Literal["NONE", "DEFAULT"] = "DEFAULT"
    configuration_type: Literal["LOCAL", "CENTRAL"] = "LOCAL"


class OrganizationConfiguration(Family):
    """The operations on the organization's configuration."""

    def settings(self, admin_account: str) -> Settings:
        """Return the settings of a delegated administrator in this region."""
        raise NotImplementedError
