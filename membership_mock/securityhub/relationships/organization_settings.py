"""The settings that a delegated administrator has for the accounts of its organization, per region.

The operations are in ``organization/organization_configuration.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from datetime import datetime
from typing import Literal

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.operation import Family
from membership_mock.engine.state.lifecycle import A_MINUTE, Progress
from membership_mock.engine.state.summary import Summary, View, one
from membership_mock.engine.state.world import Scope, Store, World
from membership_mock.securityhub.relationships.central_configuration import Governance

#: how long central configuration stays PENDING where time has to pass (inferred [SH-49])
STEPS = (A_MINUTE,)


@dataclass
class Settings:
    """The settings of a delegated administrator in a region.

    Attributes:
        auto_enable: whether accounts that join the organization become members at once.
        auto_enable_standards: which standards are switched on for them.
        configuration_type: LOCAL, or CENTRAL when configuration policies rule.
        set_up: how far CENTRAL has been set up: PENDING, and then ENABLED; None when there is
            nothing to set up.
    """

    auto_enable: bool = False
    auto_enable_standards: Literal["NONE", "DEFAULT"] = "DEFAULT"
    configuration_type: Literal["LOCAL", "CENTRAL"] = "LOCAL"
    set_up: Progress | None = None

    def look(self, now: datetime, world: World) -> str:
        """Return the status of the configuration; the read may let it settle."""
        if self.set_up is None:
            return "ENABLED"
        self.set_up.look(STEPS, now, world)
        return "ENABLED" if self.set_up.steps else "PENDING"


@dataclass
class SettingsStore(Store, scope=Scope.REGION):
    """The settings of the delegated administrators in a region, by their account."""

    rank = 2
    settings: dict[str, Settings] = field(default_factory=dict)

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each administrator."""
        (region,) = key
        for account_id, each in self.settings.items():
            pending = each.set_up is not None and not each.set_up.steps_by(STEPS, view.now)
            text = (
                f"organization configuration {each.configuration_type}"
                f"{', PENDING' if pending else ''}, AutoEnable {each.auto_enable},"
                f" AutoEnableStandards {each.auto_enable_standards}"
            )
            yield Summary(account_id, region, "securityhub", one(text))


class OrganizationSettings(Family):
    """The settings of delegated administrators, for the other families."""

    def settings(self, admin_account: str) -> Settings:
        """Return the settings of a delegated administrator in this region.

        In a region that is linked to the home region of a central configuration, these are the
        settings of the home region.
        """
        backend = self.backend
        aggregator = self.of(Governance).aggregator(admin_account)
        if aggregator is not None and aggregator.reaches(backend.region_name):
            home = backend.world.store(
                SettingsStore,
                account_id=admin_account,
                region=aggregator.finding_aggregation_region,
                partition=backend.partition,
            ).settings.get(admin_account)
            if home is not None and home.configuration_type == "CENTRAL":
                return home
        return self.store(SettingsStore).settings.get(admin_account) or Settings()

    def without_home(self, admin_account: str) -> bool:
        """Return whether an account uses central configuration, and has no home region for it."""
        return self.of(Governance).aggregator(admin_account) is None and any(
            settings.configuration_type == "CENTRAL"
            for settings, _ in self._everywhere(admin_account)
        )

    def move_home(self, admin_account: str) -> None:
        """Make the settings for central configuration, wherever they are, those of this region."""
        for settings, store in list(self._everywhere(admin_account)):
            if settings.configuration_type == "CENTRAL":
                del store.settings[admin_account]
                self.store(SettingsStore).settings[admin_account] = settings

    def _everywhere(self, admin_account: str) -> Iterator[tuple[Settings, SettingsStore]]:
        for _, store in self.backend.world.stores(SettingsStore):
            if admin_account in store.settings:
                yield store.settings[admin_account], store

    def forget(self, admin_account: str) -> None:
        """Drop the settings in this region of an account that is administrator no more."""
        self.store(SettingsStore).settings.pop(admin_account, None)
