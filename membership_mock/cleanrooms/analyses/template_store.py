"""The data and the store of analysis templates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from datetime import datetime
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.summary import Summary, View, by_account, named, several
from membership_mock.engine.state.world import Scope, Store


@dataclass
class AnalysisTemplate:
    """A template; fields that are not explained are those of GetAnalysisTemplate.

    Attributes:
        creator_account_id: the account that owns it.
        sequence: its place in the order of creation.
        is_synthetic_data: True, otherwise absent (inferred [CR-135]).
        source_metadata: the SHA-256 of each artifact; None for a query, or if an artifact was
            not in a bucket of the author at creation.
    """

    id: str
    arn: str
    creator_account_id: str
    sequence: int
    collaboration_id: str
    collaboration_arn: str
    membership_id: str
    membership_arn: str
    name: str
    description: str | None
    create_time: datetime
    update_time: datetime
    schema: dict[str, Any]
    format: str
    source: dict[str, Any]
    analysis_parameters: list[dict[str, Any]] | None
    error_message_configuration: dict[str, Any] | None
    synthetic_data_parameters: dict[str, Any] | None
    tags: dict[str, str]
    source_metadata: dict[str, Any] | None = None

    @property
    def is_synthetic_data(self) -> bool | None:
        """Whether it makes synthetic data."""
        return True if self.synthetic_data_parameters else None

    @property
    def is_sql(self) -> bool:
        """Whether it is a query rather than a job."""
        return self.format == "SQL"


@dataclass
class AnalysisTemplateStore(Store, scope=Scope.REGION):
    """The templates: by id, by membership and by collaboration, each in the order of creation.

    The templates of a member that has left are no longer in ``by_collaboration``.
    """

    rank = 6
    by_id: dict[str, AnalysisTemplate] = field(default_factory=dict)
    by_membership: dict[str, list[AnalysisTemplate]] = field(default_factory=dict)
    by_collaboration: dict[str, list[AnalysisTemplate]] = field(default_factory=dict)
    created: int = 0

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each template."""
        del view
        held = by_account(self.by_id.values(), lambda each: each.creator_account_id)
        for account_id, templates in held.items():
            lines = several("analysis templates", templates, _outline_of)
            yield Summary(account_id, key[0], "cleanrooms", lines)

    def shared(self, collaboration_id: str, arn: str) -> AnalysisTemplate | None:
        """Return the template with this ARN that the members of a collaboration see."""
        held = self.by_collaboration.get(collaboration_id, ())
        return next((each for each in held if each.arn == arn), None)


def _outline_of(template: AnalysisTemplate) -> str:
    return (
        f"analysis template {named(template.name)} ({template.format}) in collaboration"
        f" {template.collaboration_id}"
    )
