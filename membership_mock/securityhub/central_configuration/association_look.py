"""What a read of the associations of configuration policies shows: type, status and message.

Sources: the API pages, the published CLI examples for the messages, the user guide on the status of
associations.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.state.lifecycle import is_over
from membership_mock.engine.state.organizations import Organization
from membership_mock.securityhub.relationships.central_configuration import (
    SELF_MANAGED,
    Applied,
    CentralConfiguration,
    Sources,
    type_of,
)

AssociationSummary = dict[str, Any]

#: documented by the CLI examples, the one about a unit and the one about the root
APPLIED = "Association applied successfully on this target."
CHILDREN_FAILED = "One or more children under this target failed association."
ROOT_FAILED = (
    "Policy association failed because {} organizational units or accounts under this root failed."
)


class Look:
    """A read of associations, for which each part of the organization is looked up once.

    Args:
        ctx: the request.
        central: the caller's central configuration.
        organization: its organization.

    Attributes:
        organization: the same.
    """

    def __init__(
        self, ctx: Context, central: CentralConfiguration, organization: Organization
    ) -> None:
        self.organization = organization
        self._ctx = ctx
        self._central = central
        self._sources = Sources(central, self.organization)

    @cached_property
    def _failed_below(self) -> Counter[str]:
        return self._central.failed_below(self.organization)

    def finds(self, target_id: str, wanted: Mapping[str, str]) -> bool:
        """Return whether a target has an association with these fields."""
        source = self._sources.of(target_id)
        if source is None:
            return False
        if not wanted:
            return True
        policy_id = wanted.get("ConfigurationPolicyId", source.configuration_policy_id)
        if policy_id != source.configuration_policy_id:
            return False
        # the status takes the longest, and is looked at last
        kind = "APPLIED" if source.target_id == target_id else "INHERITED"
        if wanted.get("AssociationType", kind) != kind:
            return False
        return (
            "AssociationStatus" not in wanted
            or self._status(source, target_id) == (wanted["AssociationStatus"])
        )

    def at(self, target_id: str) -> AssociationSummary | None:
        """Return the association of a target; None if nothing applies to it."""
        source = self._sources.of(target_id)
        if source is None:
            return None
        status = self._status(source, target_id)
        message = None
        if status == "FAILED":
            message = self._failure(source, target_id)
        elif status == "SUCCESS" and source.configuration_policy_id != SELF_MANAGED:
            message = APPLIED
        return {
            "ConfigurationPolicyId": source.configuration_policy_id,
            "TargetId": target_id,
            "TargetType": type_of(self.organization, target_id),
            "AssociationType": "APPLIED" if source.target_id == target_id else "INHERITED",
            "UpdatedAt": self._updated_at(source, target_id),
            "AssociationStatus": status,
            "AssociationStatusMessage": message,
        }

    def _updated_at(self, source: Applied, target_id: str) -> datetime:
        outcome = self._central.outcomes.get(target_id)
        return outcome.updated_at if outcome else source.updated_at

    def _status(self, source: Applied, target_id: str) -> str:
        if not is_over(self._updated_at(source, target_id), self._ctx.now, self._ctx.world):
            return "PENDING"
        return "FAILED" if self._failure(source, target_id) else "SUCCESS"

    def _failure(self, source: Applied, target_id: str) -> str | None:
        """Return why what applies to a target has failed; None if it has not."""
        if target_id in self.organization.accounts:
            outcome = self._central.outcomes.get(target_id)
            return outcome.failure if outcome else None
        is_applied = source.target_id == target_id
        failed = source.failed if is_applied else self._failed_below[target_id]
        if not failed:
            return None
        is_root = target_id == self.organization.root_id
        return ROOT_FAILED.format(failed) if is_root else CHILDREN_FAILED
