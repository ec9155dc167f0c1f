"""The numbers of past days that tests have recorded."""

from __future__ import annotations

from dataclasses import field
from datetime import date

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.world import Scope, Store


@dataclass
class RecordedDay:
    """The numbers of a past day, which replace those derived from findings.

    Attributes:
        severities: how many findings of each severity; None where nothing was said.
        resources: how many resources; None where nothing was said.
    """

    severities: dict[str, int] | None = None
    resources: int | None = None


@dataclass
class TrendStore(Store, scope=Scope.REGION):
    """The days that tests have recorded, by account and day."""

    rank = 29
    days: dict[str, dict[date, RecordedDay]] = field(default_factory=dict)
