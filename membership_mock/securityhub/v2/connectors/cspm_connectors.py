"""Connectors of the older service to other clouds.

Sources: the API pages of the five operations. The states, when they pass, and the codes of
refusals are inferred [SH-249].
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from datetime import datetime
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Backend, operation
from membership_mock.engine.pipeline.tagged_resource import TaggedResource
from membership_mock.engine.protocol.pagination import FilteredListing, Listing
from membership_mock.engine.state.lifecycle import Progress, is_over
from membership_mock.engine.state.summary import Summary, View, named, several
from membership_mock.engine.state.world import Scope, Store
from membership_mock.securityhub.errors import (
    ConflictException,
    ResourceNotFoundException,
    ValidationException,
)
from membership_mock.securityhub.families import SecurityHubFamily
from membership_mock.securityhub.hubs.hubs import Hubs
from membership_mock.securityhub.v2.connectors import cloud_providers
from membership_mock.securityhub.v2.stores.connector_store import (
    AccountConnectors,
    ConnectorV2,
)
from membership_mock.securityhub.v2.stores.entry_order import EntryOrder

PENDING_DELETION = "PENDING_DELETION"
NOT_FOUND = "Connector not found"
_PROVIDER_NAMES = {"Azure": "AZURE", "GCP": "GCP"}


@dataclass
class CspmConnectorStore(Store, scope=Scope.ACCOUNT_REGION):
    """The connectors of an account in a region.

    Attributes:
        held: the connectors.
        leaving: how far the deletion of a connector has come, by its id.
    """

    rank = 12
    held: AccountConnectors = field(default_factory=AccountConnectors)
    leaving: dict[str, Progress] = field(default_factory=dict)

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each connector."""
        del view
        account_id, region = key
        if self.held.connectors:
            lines = several(
                "connectors",
                list(self.held.connectors.values()),
                lambda each: f"connector {named(each.name)} to {each.provider}",
            )
            yield Summary(account_id, region, "securityhub", lines)


class CspmConnectors(SecurityHubFamily):
    """The operations on connectors of the older service."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self._order: EntryOrder[ConnectorV2] = EntryOrder(cloud_providers.is_settled)

    @operation("CreateConnector", optional=True)
    def create_connector(
        self,
        ctx: Context,
        name: str,
        provider: dict[str, Any],
        description: str | None = None,
        tags: dict[str, str] | None = None,
    ) -> dict[str, str]:
        """Create a connector to Azure or GCP, which is then enabled.

        Raises:
            ConflictException: the name is taken.
            InvalidAccessException: the account has no hub of the older service.
            ValidationException: a scope of subscriptions or projects does not name any.
        """
        self.of(Hubs).require()
        ((kind, given),) = provider.items()
        settings = cloud_providers.checked(kind, given)
        held = self.store(CspmConnectorStore).held
        if any(each.name == name for each in self._present(ctx.now)):
            raise ConflictException(f"A connector with the name {name} already exists")
        self._forget_gone(ctx.now)
        held.last_number += 1
        connector_id = ctx.world.uuid()
        connector = held.connectors[connector_id] = ConnectorV2(
            number=held.last_number,
            connector_id=connector_id,
            connector_arn=ctx.arn(f"connector/{connector_id}"),
            name=name,
            description=description,
            provider=kind,
            settings=settings,
            created_at=ctx.now,
            updated_at=ctx.now,
            tags=tags or {},
            setup=cloud_providers.begun(ctx.now),
        )
        return {
            "ConnectorArn": connector.connector_arn,
            "ConnectorId": connector_id,
            "ConnectorStatus": connector.status,
            "EnablementStatus": self._enablement(connector),
        }

    @operation("GetConnector", optional=True)
    def get_connector(self, ctx: Context, connector_id: str) -> dict[str, Any]:
        """Return a connector of the caller in this region."""
        self.of(Hubs).require()
        connector = self._present_one(ctx, connector_id)
        self._look_at(ctx, connector)
        return {
            "ConnectorArn": connector.connector_arn,
            "ConnectorId": connector.connector_id,
            "Name": connector.name,
            "Description": connector.description,
            "CreatedAt": connector.created_at,
            "LastUpdatedAt": connector.updated_at,
            "Health": {
                "ConnectorStatus": connector.status,
                "Message": connector.message,
                "LastCheckedAt": ctx.now,
                "Issues": connector.issues or None,
            },
            "ProviderDetail": {connector.provider: connector.settings},
            "EnablementStatus": self._enablement(connector),
        }

    @operation("ListConnectors", optional=True)
    def list_connectors(
        self,
        ctx: Context,
        provider_name: str | None = None,
        connector_status: str | None = None,
        enablement_status: str | None = None,
    ) -> dict[str, Listing[ConnectorV2]]:
        """Return the connectors of the caller in this region, in the order of their creation."""
        self.of(Hubs).require()
        self._forget_gone(ctx.now)
        held = self.store(CspmConnectorStore).held
        for connector in self._order.unsettled(held.connectors, held.last_number):
            self._look_at(ctx, connector)

        def matches(connector: ConnectorV2) -> bool:
            return (
                provider_name in (None, _PROVIDER_NAMES[connector.provider])
                and connector_status in (None, connector.status)
                and enablement_status in (None, self._enablement(connector))
            )

        return {
            "Connectors": FilteredListing(
                self._order.entries(held.connectors, held.last_number),
                position=lambda each: each.number,
                keep=matches,
                show=self._summary,
            )
        }

    @operation("UpdateConnector", optional=True)
    def update_connector(
        self,
        ctx: Context,
        connector_id: str,
        description: str | None = None,
        provider: dict[str, Any] | None = None,
    ) -> dict[str, str]:
        """Change the description of a connector, or its scope and regions.

        Raises:
            ConflictException: the connector is being enabled, updated or deleted.
            ValidationException: the settings are those of another provider.
        """
        self.of(Hubs).require()
        connector = self._settled(ctx, connector_id)
        if provider:
            ((kind, given),) = provider.items()
            if kind != connector.provider:
                raise ValidationException(
                    f"The connector is one to {connector.provider}, not to {kind}"
                )
            connector.settings = {**connector.settings, **cloud_providers.checked(kind, given)}
            connector.setup = cloud_providers.begun(ctx.now)
            connector.is_update = True
            self._order.forget()
        connector.description = description or connector.description
        connector.updated_at = ctx.now
        return {
            "ConnectorStatus": connector.status,
            "EnablementStatus": self._enablement(connector),
        }

    @operation("DeleteConnector", optional=True)
    def delete_connector(self, ctx: Context, connector_id: str) -> dict[str, str]:
        """Delete a connector, which is gone at the next read, or after a minute of the clock.

        Raises:
            ConflictException: the connector is being enabled, updated or deleted.
        """
        self.of(Hubs).require()
        connector = self._settled(ctx, connector_id)
        store = self.store(CspmConnectorStore)
        store.leaving[connector.connector_id] = cloud_providers.begun(ctx.now)
        return {"EnablementStatus": PENDING_DELETION}

    def tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield the connectors of this account and region."""
        store = self.store_if_any(CspmConnectorStore)
        for each in store.held.connectors.values() if store else ():
            yield TaggedResource(each.connector_arn, each.tags, "securityhub:connector")

    def has_connector(self, provider: str, now: datetime) -> bool:
        """Return whether this account has an enabled connector to ``provider`` in this region."""
        store = self.store_if_any(CspmConnectorStore)
        return store is not None and any(
            each.provider == provider
            and each.connector_id not in store.leaving
            and self._is_set_up(each, now)
            for each in store.held.connectors.values()
        )

    def find(self, connector_id: str) -> ConnectorV2:
        """Return a connector of the caller in this region, by its id or its ARN.

        Raises:
            ResourceNotFoundException: there is no such connector.
        """
        known = self.store(CspmConnectorStore).held.connectors
        connector = known.get(connector_id.rpartition("/")[2])
        if connector is None or connector_id not in (
            connector.connector_id,
            connector.connector_arn,
        ):
            raise ResourceNotFoundException(NOT_FOUND)
        return connector

    def _present(self, now: datetime) -> Iterator[ConnectorV2]:
        """Yield the connectors of this account and region whose deletion is not over."""
        for connector in self.store(CspmConnectorStore).held.connectors.values():
            if not self._is_gone(connector, now):
                yield connector

    def _is_gone(self, connector: ConnectorV2, now: datetime) -> bool:
        leaving = self.store(CspmConnectorStore).leaving.get(connector.connector_id)
        return leaving is not None and is_over(leaving.moments[0], now, self.backend.world)

    def _forget_gone(self, now: datetime) -> None:
        store = self.store(CspmConnectorStore)
        for connector_id in list(store.leaving):
            if self._is_gone(store.held.connectors[connector_id], now):
                del store.leaving[connector_id]
                del store.held.connectors[connector_id]

    def _present_one(self, ctx: Context, connector_id: str) -> ConnectorV2:
        connector = self.find(connector_id)
        if self._is_gone(connector, ctx.now):
            raise ResourceNotFoundException(NOT_FOUND)
        return connector

    def _look_at(self, ctx: Context, connector: ConnectorV2) -> None:
        if connector.connector_id not in self.store(CspmConnectorStore).leaving:
            cloud_providers.look(connector, ctx.now, ctx.world)

    def _settled(self, ctx: Context, connector_id: str) -> ConnectorV2:
        """Return a connector that is neither being set up nor deleted, as far as time tells."""
        connector = self._present_one(ctx, connector_id)
        if (
            not self._is_set_up(connector, ctx.now)
            or connector.connector_id in self.store(CspmConnectorStore).leaving
        ):
            raise ConflictException(
                f"Connector {connector.connector_id} is {self._enablement(connector)}"
            )
        return connector

    def _is_set_up(self, connector: ConnectorV2, now: datetime) -> bool:
        setup = connector.setup
        return setup is None or setup.steps_by(cloud_providers.STEPS, now) > 0

    def _enablement(self, connector: ConnectorV2) -> str:
        if connector.connector_id in self.store(CspmConnectorStore).leaving:
            return PENDING_DELETION
        return cloud_providers.enablement(connector)

    def _summary(self, connector: ConnectorV2) -> dict[str, Any]:
        return {
            "ConnectorArn": connector.connector_arn,
            "ConnectorId": connector.connector_id,
            "Name": connector.name,
            "Description": connector.description,
            "ProviderSummary": {
                "ProviderName": _PROVIDER_NAMES[connector.provider],
                "ConnectorStatus": connector.status,
                "ProviderConfiguration": {connector.provider: connector.settings},
            },
            "CreatedAt": connector.created_at,
            "EnablementStatus": self._enablement(connector),
        }
