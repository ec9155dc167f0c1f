"""Connectors of Security Hub V2, to ticketing systems and to other clouds.

Sources: the API pages of the six operations, the user guide on Jira Cloud and ServiceNow, notes of
a provider of Terraform on the states after creating. What they leave open is marked inferred.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Backend, Family, operation
from membership_mock.engine.pipeline.tagged_resource import TaggedResource
from membership_mock.engine.protocol.pagination import FilteredListing, Listing
from membership_mock.securityhub.errors import (
    ConflictException,
    ResourceNotFoundException,
    ValidationException,
)
from membership_mock.securityhub.v2.access.delegation import DelegationV2
from membership_mock.securityhub.v2.access.home_region import (
    HomeRegionV2,
    not_the_home_region,
)
from membership_mock.securityhub.v2.access.subscription import SubscriptionV2
from membership_mock.securityhub.v2.connectors import cloud_providers
from membership_mock.securityhub.v2.stores.connector_store import (
    AccountConnectors,
    ConnectorV2,
    ConnectorV2Store,
)
from membership_mock.securityhub.v2.stores.entry_order import EntryOrder
from membership_mock.securityhub.v2.stores.rule_store import AutomationRuleV2Store

#: inferred [SH-192]
NOT_FOUND = "Connector not found"
#: by provider: what lists call it
PROVIDER_NAMES: Mapping[str, str] = {
    "JiraCloud": "JIRA_CLOUD",
    "ServiceNow": "SERVICENOW",
    "Azure": "AZURE",
    "GCP": "GCP",
}
#: where Atlassian sends a browser back to (host documented, the rest inferred [SH-245])
_REDIRECT = "https://3rdp.oauth.console.api.aws"
_DEFAULT_DOMAIN = "example.atlassian.net"


class ConnectorsV2(Family):
    """The operations on connectors."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self._order: EntryOrder[ConnectorV2] = EntryOrder(cloud_providers.is_settled)

    @operation("CreateConnectorV2")
    def create_connector_v2(
        self,
        ctx: Context,
        name: str,
        provider: dict[str, Any],
        description: str | None = None,
        kms_key_arn: str | None = None,
        tags: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """Create a connector.

        One to Jira Cloud waits to be authorized (documented), one to ServiceNow is connected at
        once (inferred [SH-246]: its secret holds the credentials), one to another cloud is set up.

        Raises:
            AccessDeniedException: another account administers the caller's organization.
            ConflictException: the name is taken; or a ticketing connector is wanted outside of the
                home region, or without any (inferred [SH-247]).
            ValidationException: the settings are not valid.
        """
        self._require_say(ctx)
        ((kind, given),) = provider.items()
        if kind not in cloud_providers.CLOUDS:
            self._require_home(ctx)
        _require_arn("KmsKeyArn", kms_key_arn)
        settings = _checked(kind, given)
        store = self.store(ConnectorV2Store)
        held = store.of(ctx.account_id)
        if any(each.name == name for each in held.connectors.values()):
            raise ConflictException(f"A connector with the name {name} already exists")
        connector_id = ctx.world.uuid()
        held.last_number += 1
        connector = ConnectorV2(
            number=held.last_number,
            connector_id=connector_id,
            connector_arn=ctx.arn(f"connectorv2/{connector_id}"),
            name=name,
            description=description,
            provider=kind,
            settings=settings,
            created_at=ctx.now,
            updated_at=ctx.now,
            kms_key_arn=kms_key_arn,
            tags=tags or {},
        )
        self._begin(ctx, connector)
        held.connectors[connector_id] = connector
        store.keep(ctx.account_id, held)
        return {
            "ConnectorArn": connector.connector_arn,
            "ConnectorId": connector_id,
            "AuthUrl": settings.get("AuthUrl"),
            "ConnectorStatus": connector.status,
            "EnablementStatus": cloud_providers.enablement(connector),
        }

    @operation("RegisterConnectorV2")
    def register_connector_v2(
        self, ctx: Context, auth_code: str, auth_state: str
    ) -> dict[str, str]:
        """Authorize the connector to Jira Cloud that a state was made for.

        Any code passes, unless the author of a test lets it be refused.

        Raises:
            ResourceNotFoundException: no connector waits for this state (inferred [SH-185]).
        """
        del auth_code
        self._require_say(ctx)
        held = self.store(ConnectorV2Store).of(ctx.account_id)
        found = [each for each in held.connectors.values() if each.auth_state == auth_state]
        if not found:
            raise ResourceNotFoundException(NOT_FOUND)
        (connector,) = found
        connector.auth_state = None
        connector.updated_at = ctx.now
        settings = connector.settings
        if connector.will_refuse:
            connector.status = "FAILED_TO_CONNECT"
            settings["AuthStatus"] = "FAILED"
        else:
            settings["AuthStatus"] = "ACTIVE"
            settings["CloudId"] = ctx.world.uuid()
            settings["Domain"] = connector.domain or _DEFAULT_DOMAIN
            connector.status = "CONNECTED" if "ProjectKey" in settings else "PENDING_CONFIGURATION"
        return {
            "ConnectorArn": connector.connector_arn,
            "ConnectorId": connector.connector_id,
        }

    @operation("GetConnectorV2")
    def get_connector_v2(self, ctx: Context, connector_id: str) -> dict[str, Any]:
        """Return a connector of the caller in this region."""
        self.of(SubscriptionV2).require(ctx)
        connector = self.find(connector_id)
        cloud_providers.look(connector, ctx.now, ctx.world)
        return {
            "ConnectorArn": connector.connector_arn,
            "ConnectorId": connector.connector_id,
            "Name": connector.name,
            "Description": connector.description,
            "KmsKeyArn": connector.kms_key_arn,
            "CreatedAt": connector.created_at,
            "LastUpdatedAt": connector.updated_at,
            "Health": {
                "ConnectorStatus": connector.status,
                "LastCheckedAt": ctx.now,
                "Message": connector.message,
                "Issues": connector.issues or None,
            },
            "ProviderDetail": {connector.provider: connector.settings},
            "EnablementStatus": cloud_providers.enablement(connector),
        }

    @operation("ListConnectorsV2")
    def list_connectors_v2(
        self,
        ctx: Context,
        provider_name: str | None = None,
        connector_status: str | None = None,
        enablement_status: str | None = None,
    ) -> dict[str, Listing[ConnectorV2]]:
        """Return the connectors of the caller in this region, in the order of their creation."""
        self.of(SubscriptionV2).require(ctx)
        held = self.store(ConnectorV2Store).of(ctx.account_id)
        for connector in self._order.unsettled(held.connectors, held.last_number):
            cloud_providers.look(connector, ctx.now, ctx.world)

        def matches(connector: ConnectorV2) -> bool:
            return (
                provider_name in (None, PROVIDER_NAMES[connector.provider])
                and connector_status in (None, connector.status)
                and enablement_status in (None, cloud_providers.enablement(connector))
            )

        return {
            "Connectors": FilteredListing(
                self._order.entries(held.connectors, held.last_number),
                position=lambda each: each.number,
                keep=matches,
                show=_summary,
            )
        }

    @operation("UpdateConnectorV2")
    def update_connector_v2(
        self,
        ctx: Context,
        connector_id: str,
        description: str | None = None,
        provider: dict[str, Any] | None = None,
    ) -> dict[str, str]:
        """Change the description of a connector, or the settings of its provider.

        Raises:
            ConflictException: outside of the home region, for a ticketing connector.
            ValidationException: the settings are those of another provider (inferred [SH-248]).
        """
        self._require_say(ctx)
        connector = self.find(connector_id)
        if connector.provider not in cloud_providers.CLOUDS:
            self._require_home(ctx)
        if provider:
            ((kind, given),) = provider.items()
            if kind != connector.provider:
                raise ValidationException(
                    f"The connector is one to {connector.provider}, not to {kind}"
                )
            self._configure(ctx, connector, given)
        connector.description = description or connector.description
        connector.updated_at = ctx.now
        return {
            "ConnectorStatus": connector.status,
            "EnablementStatus": cloud_providers.enablement(connector),
        }

    @operation("DeleteConnectorV2")
    def delete_connector_v2(self, ctx: Context, connector_id: str) -> dict[str, str]:
        """Delete a connector, which is gone at once.

        Raises:
            ConflictException: an automation rule names it (inferred [SH-186]).
        """
        self._require_say(ctx)
        connector = self.find(connector_id)
        store = self.store_if_any(AutomationRuleV2Store)
        rules = store.accounts.get(ctx.account_id) if store else None
        for rule in rules.ordered if rules else ():
            action = rule.actions[0].get("ExternalIntegrationConfiguration", {})
            if action.get("ConnectorArn") == connector.connector_arn:
                raise ConflictException(f"Automation rule {rule.rule_id} uses the connector")
        del self.store(ConnectorV2Store).of(ctx.account_id).connectors[connector.connector_id]
        if connector.provider in cloud_providers.CLOUDS:
            return {"EnablementStatus": "PENDING_DELETION"}
        return {}

    def find(self, connector_id: str) -> ConnectorV2:
        """Return a connector of the caller in this region, by its id or its ARN.

        Raises:
            ResourceNotFoundException: there is no such connector.
        """
        held: AccountConnectors = self.store(ConnectorV2Store).of(self.backend.account_id)
        connector = held.connectors.get(connector_id.rpartition("/")[2])
        if connector is None or connector_id not in (
            connector.connector_id,
            connector.connector_arn,
        ):
            raise ResourceNotFoundException(NOT_FOUND)
        return connector

    def tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield the connectors of this account and region."""
        store = self.store_if_any(ConnectorV2Store)
        held = store.accounts.get(self.backend.account_id) if store else None
        for each in held.connectors.values() if held else ():
            yield TaggedResource(each.connector_arn, each.tags, "securityhub:connectorv2")

    def _require_say(self, ctx: Context) -> None:
        self.of(SubscriptionV2).require(ctx)
        self.of(DelegationV2).require_own_say()

    def _require_home(self, ctx: Context) -> None:
        """Refuse ticketing outside of the home region (rule noted by Terraform's provider)."""
        aggregator = self.of(HomeRegionV2).aggregator()
        if aggregator is None:
            raise ConflictException(f"No aggregation Region is configured for {ctx.account_id}")
        if aggregator.aggregation_region != ctx.region:
            raise not_the_home_region(ctx.region, aggregator.aggregation_region)

    def _begin(self, ctx: Context, connector: ConnectorV2) -> None:
        """Set the first state of a new connector."""
        if connector.provider == "JiraCloud":
            connector.auth_state = f"{ctx.world.random.getrandbits(192):048x}"
            connector.status = "PENDING_AUTHORIZATION"
            query = {
                "audience": "api.atlassian.com",
                "response_type": "code",
                "state": connector.auth_state,
                "redirect_uri": _REDIRECT,
            }
            url = "https://auth.atlassian.com/authorize"
            connector.settings["AuthUrl"] = f"{url}?{urlencode(query, quote_via=quote, safe='')}"
        elif connector.provider == "ServiceNow":
            connector.status = "CONNECTED"
        else:
            connector.setup = cloud_providers.begun(ctx.now)

    def _configure(self, ctx: Context, connector: ConnectorV2, given: Mapping[str, Any]) -> None:
        """Change the settings of a connector's provider."""
        settings = {**connector.settings, **given}
        _checked(connector.provider, settings)
        connector.settings = settings
        if connector.provider in cloud_providers.CLOUDS:
            connector.setup = cloud_providers.begun(ctx.now)
            connector.is_update = True
            self._order.forget()
        elif connector.status == "PENDING_CONFIGURATION" and "ProjectKey" in settings:
            connector.status = "CONNECTED"


def _checked(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a provider as GetConnectorV2 shows them."""
    if kind in cloud_providers.CLOUDS:
        return cloud_providers.checked(kind, given)
    if kind == "ServiceNow":
        _require_arn("SecretArn", given.get("SecretArn"))
        return {**given, "AuthStatus": "ACTIVE"}
    return dict(given)


def _require_arn(name: str, arn: str | None) -> None:
    """Refuse what is no ARN; that the key or the secret exists is not checked (observed)."""
    if arn is not None and not arn.startswith("arn:"):
        raise ValidationException(f"{name} must be an ARN")


def _summary(connector: ConnectorV2) -> dict[str, Any]:
    return {
        "ConnectorArn": connector.connector_arn,
        "ConnectorId": connector.connector_id,
        "Name": connector.name,
        "Description": connector.description,
        "ProviderSummary": {
            "ProviderName": PROVIDER_NAMES[connector.provider],
            "ConnectorStatus": connector.status,
            "ProviderConfiguration": {connector.provider: connector.settings},
        },
        "CreatedAt": connector.created_at,
        "EnablementStatus": cloud_providers.enablement(connector),
    }
