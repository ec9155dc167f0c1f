"""The hub of Security Hub V2 that an account has in a region, for all families of V2.

Sources: observed answers of DescribeSecurityHubV2, ListAggregatorsV2 and GetConnectorV2 without a
hub. That the others answer alike, with the error that they declare, is inferred [SH-234].
"""

from __future__ import annotations

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family
from membership_mock.engine.protocol import model
from membership_mock.errors import ServiceError
from membership_mock.securityhub.errors import (
    AccessDeniedException,
    ConflictException,
    ResourceNotFoundException,
)
from membership_mock.securityhub.v2.stores.hub_store import HubV2, HubV2Store

#: observed for DescribeSecurityHubV2, inferred [SH-234] for the operations on features
NOT_SUBSCRIBED = "You are not subscribed to HubV2"


class SubscriptionV2(Family):
    """The hub of an account in this region."""

    def of_account(self, account_id: str) -> HubV2 | None:
        """Return the hub of an account in this region; None if it has none."""
        store = self.store_if_any(HubV2Store)
        return None if store is None else store.hubs.get(account_id)

    def require(self, ctx: Context) -> HubV2:
        """Return the caller's hub in this region.

        Raises:
            ConflictException: the hub is not enabled.
            AccessDeniedException: the same, where the operation declares no conflict.
        """
        hub = self.of_account(ctx.account_id)
        if hub is None:
            raise not_enabled(ctx)
        return hub

    def require_for_hub_operation(self, ctx: Context) -> HubV2:
        """Return the caller's hub in this region, for an operation on the hub itself.

        Raises:
            ResourceNotFoundException: the hub is not enabled.
        """
        hub = self.of_account(ctx.account_id)
        if hub is None:
            raise ResourceNotFoundException(NOT_SUBSCRIBED)
        return hub


def not_enabled(ctx: Context) -> ServiceError:
    """Return the error for an account without a hub in the region of the call."""
    described = model.service_model(ctx.service).operation_model(ctx.operation)
    kind: type[ServiceError] = ConflictException
    if ConflictException.code not in model.declared_errors(described):
        kind = AccessDeniedException
    return kind(f"Security Hub V2 is not enabled for {ctx.account_id}")
