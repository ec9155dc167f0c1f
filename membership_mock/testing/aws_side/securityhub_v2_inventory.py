"""What AWS finds in an account by itself, set by a test."""

from __future__ import annotations

from typing import Any

from membership_mock.engine.protocol.model import service_model, snake
from membership_mock.errors import UsageError
from membership_mock.securityhub.findings.finding_store import FindingStore
from membership_mock.securityhub.v2.arrivals.resource_index import ResourceIndexV2
from membership_mock.securityhub.v2.ocsf.resource_types import category_of
from membership_mock.securityhub.v2.stores.resource_store import ResourceRecord
from membership_mock.testing.argument_types import checking_arguments
from membership_mock.testing.arguments import naming_arguments
from membership_mock.testing.aws_side.securityhub_v2 import HUB
from membership_mock.testing.aws_side.securityhub_v2_connectors import ConnectorSide
from membership_mock.testing.names import nearest_to


@checking_arguments
@naming_arguments
class InventorySide(ConnectorSide):
    """What AWS finds of the resources of one account in one region."""

    def record_resource(self, resource_id: str, **fields: Any) -> None:
        """Record a resource in Security Hub V2, with or without a finding about it.

        Args:
            resource_id: its ARN, or its id where it has none.
            **fields: fields of GetResourcesV2 in snake case that are to differ from the defaults,
                e.g. ``resource_type="AWS::S3::Bucket"``, ``resource_config={"configuration": {}}``.

        Raises:
            UsageError: the account has no hub of V2 in this region, or there is no such field.
        """
        members = service_model(HUB).shape_for("ResourceResult").members
        names = {snake(name): name for name in members}
        for name in fields:
            if name not in names:
                raise UsageError(f"{name!r} is no field of a resource{nearest_to(name, names)}")
        given = {names[name]: value for name, value in fields.items()}
        if "ResourceType" in given:
            given.setdefault("ResourceCategory", category_of(given["ResourceType"]))
        with self._running.world.lock:
            ctx = self._v2_context("GetResourcesV2")
            index = self._family(HUB, ResourceIndexV2)
            record = index.held.resources.get(resource_id)
            if record is None:
                sequence = index.store(FindingStore).next_sequence()
                record = ResourceRecord(resource_id, self._account, self._region, sequence, ctx.now)
                index.held.add(record)
            record.recorded = {**(record.recorded or {}), **given}
            record.version += 1
