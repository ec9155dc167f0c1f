"""The remediations of exposures and the recommended policies that tests have recorded."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.lifecycle import Progress
from membership_mock.engine.state.world import Scope, Store

#: the most urgent one first
PRIORITIES = ("Critical", "High", "Medium", "Low")


@dataclass
class RemediationTarget:
    """A change that would remedy exposures.

    Attributes:
        target_uid: its id.
        priority: ``Critical``, ``High``, ``Medium`` or ``Low``.
        status: ``New``, ``Updated`` or ``Resolved``.
        summary: RemediationSummary as GetRemediationsV2 shows it.
        resource: Resource likewise.
        trait: Trait likewise.
        guidance: Guidance likewise; None without guidance.
        exposures: uid, severity before and severity after of each exposure; None after for one
            that it resolves.
        updated_at: when it was last changed.
        number: its number in the order of their creation.
    """

    target_uid: str
    priority: str
    status: str
    summary: dict[str, Any]
    resource: dict[str, Any]
    trait: dict[str, Any]
    guidance: dict[str, Any] | None
    exposures: list[tuple[str, str, str | None]]
    updated_at: datetime
    number: int

    @property
    def place(self) -> str:
        """Its place in the order of GetRemediationsV2."""
        return f"{PRIORITIES.index(self.priority)}/{self.number:09d}"


@dataclass
class RemediationStore(Store, scope=Scope.PARTITION):
    """The remediations of all accounts in all regions, by region, account and id."""

    rank = 28
    targets: dict[str, dict[str, dict[str, RemediationTarget]]] = field(default_factory=dict)
    last_number: int = 0


@dataclass
class Recommendation:
    """The policy that is recommended for a finding on unused permissions.

    Attributes:
        began_at: when it was asked for.
        progress: how far its generation has come.
        steps: what is recommended; None for what the mock makes up.
        error: code and message of a generation that fails; None for one that does not.
    """

    began_at: datetime
    progress: Progress
    steps: list[dict[str, Any]] | None = None
    error: tuple[str, str] | None = None


@dataclass
class RecommendationStore(Store, scope=Scope.PARTITION):
    """The recommendations of all accounts.

    Attributes:
        recommendations: by the ``metadata.uid`` of the finding.
        planned: how the generation for a finding ends, if a test has said so before it began.
    """

    rank = 28
    recommendations: dict[str, Recommendation] = field(default_factory=dict)
    planned: dict[str, tuple[list[dict[str, Any]] | None, tuple[str, str] | None]] = field(
        default_factory=dict
    )
