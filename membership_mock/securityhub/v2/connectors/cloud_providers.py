"""Connectors to other clouds: what both services that have them ask of Azure and GCP.

Sources: the API pages. That they need a minute to be enabled or updated, or a look, is
inferred [SH-243].
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from membership_mock.engine.state.lifecycle import A_MINUTE, Progress
from membership_mock.engine.state.world import World
from membership_mock.securityhub.errors import ValidationException
from membership_mock.securityhub.v2.stores.connector_store import ConnectorV2

CLOUDS = ("Azure", "GCP")
STEPS = (A_MINUTE,)
#: the scopes that name what they are about
_NARROW = ("SUBSCRIPTION", "PROJECT")


def checked(provider: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a connector to another cloud.

    Raises:
        ValidationException: a scope of subscriptions or projects names none (inferred [SH-244]), or
            the AWS Config connector is no ARN.
    """
    scope = settings["ScopeConfiguration"]
    if scope["ScopeType"] in _NARROW and not scope.get("ScopeValues"):
        raise ValidationException(
            f"{provider}.ScopeConfiguration.ScopeValues is required for {scope['ScopeType']}"
        )
    arn = settings.get("AWSConfigConnectorArn")
    if arn is not None and not arn.startswith("arn:"):
        raise ValidationException(f"{provider}.AWSConfigConnectorArn must be an ARN")
    return dict(settings)


def begun(now: datetime) -> Progress:
    """Return the start of a set-up, which the answer to the call that began it shows."""
    return Progress([now], shown=True)


def look(connector: ConnectorV2, now: datetime, world: World) -> None:
    """Let a set-up end when its time is over, or when the connector is read."""
    setup = connector.setup
    if setup is None:
        return
    setup.look(STEPS, now, world)
    if setup.steps and connector.status == "UNKNOWN":
        connector.status = "CONNECTED"


def is_settled(connector: ConnectorV2) -> bool:
    """Return whether a look at a connector changes nothing any more."""
    setup = connector.setup
    return setup is None or (
        setup.steps == len(STEPS) and setup.shown and connector.status != "UNKNOWN"
    )


def enablement(connector: ConnectorV2) -> str:
    """Return the EnablementStatus of a connector, as it is now."""
    if connector.setup is None or connector.setup.steps:
        return "ENABLED"
    return "PENDING_UPDATE" if connector.is_update else "PENDING_ENABLEMENT"
