"""The resources in the findings of an account in a region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from membership_mock.engine.pipeline.operation import Family
from membership_mock.securityhub.v2.ocsf.resource_documents import id_of
from membership_mock.securityhub.v2.stores.ocsf_store import OcsfRecord
from membership_mock.securityhub.v2.stores.resource_store import (
    AccountResources,
    ResourceRecord,
    ResourceV2Store,
)


class ResourceIndexV2(Family):
    """The resources of this account and region."""

    @property
    def held(self) -> AccountResources:
        """The resources of this account and region."""
        return self.store(ResourceV2Store).of(self.backend.account_id, self.backend.region_name)

    def note(self, record: OcsfRecord, ids: Sequence[str], now: datetime) -> list[ResourceRecord]:
        """Note which resources a finding is about, now that it has arrived, and return them."""
        held = self.held
        unique = list(dict.fromkeys(filter(None, ids)))
        held.unlink(record.uid, unique)
        found = []
        for resource_id in unique:
            resource = held.resources.get(resource_id)
            if resource is None:
                resource = ResourceRecord(
                    resource_id, record.account_id, record.region, record.sequence, now
                )
                held.add(resource)
            resource.findings[record.uid] = None
            resource.version += 1
            found.append(resource)
        held.of_finding[record.uid] = unique
        return found

    def close(self) -> None:
        """Remove the resources, for a hub that was just disabled."""
        self.store(ResourceV2Store).close(self.backend.account_id, self.backend.region_name)


def ids_of(document: Mapping[str, Any]) -> list[str]:
    """Return the ids of the resources that a finding in OCSF is about."""
    return [id_of(resource) for resource in document.get("resources", ())]
