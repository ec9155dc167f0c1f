"""What other companies do with the connectors of Security Hub, done by a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from membership_mock.errors import UsageError
from membership_mock.securityhub.v2.connectors.connectors import ConnectorsV2
from membership_mock.securityhub.v2.connectors.cspm_connectors import (
    CspmConnectors,
    CspmConnectorStore,
)
from membership_mock.securityhub.v2.stores.connector_store import ConnectorV2, ConnectorV2Store
from membership_mock.testing.argument_types import checking_arguments
from membership_mock.testing.arguments import naming_arguments
from membership_mock.testing.aws_side.securityhub_v2 import HUB, TrendSide
from membership_mock.testing.names import nearest_to

HealthStatus = Literal["CONNECTED", "DEGRADED", "FAILED_TO_CONNECT"]
_HEALTH = ("CONNECTED", "DEGRADED", "FAILED_TO_CONNECT")


@dataclass(frozen=True)
class Authorization:
    """The result of opening a connector's AuthUrl, for RegisterConnectorV2.

    Attributes:
        auth_code: the ``AuthCode``.
        auth_state: the ``AuthState``.
    """

    auth_code: str
    auth_state: str


@dataclass(frozen=True)
class MadeTicket:
    """A ticket that was made through a connector.

    Attributes:
        ticket_id: its id in the ticketing system.
        url: where it is shown there.
        finding_uid: the ``metadata.uid`` of its finding; None for a dry run.
        title: the title of the finding.
        updates: how many later versions of the finding went to it.
    """

    ticket_id: str
    url: str
    finding_uid: str | None
    title: str
    updates: int


@checking_arguments
@naming_arguments
class ConnectorSide(TrendSide):
    """What other companies do with the connectors of one account in one region."""

    def authorize_connector(
        self, connector_id: str, *, domain: str = "example.atlassian.net"
    ) -> Authorization:
        """Authorize a connector to Jira Cloud, as a user does who opens its AuthUrl and agrees.

        Args:
            connector_id: a connector of Security Hub V2 of this account and region, by id or ARN.
            domain: the domain of Jira that it is for.

        Returns:
            What RegisterConnectorV2 takes.

        Raises:
            UsageError: there is no such connector, or it waits for no authorization.
        """
        return self._visited(connector_id, domain, refused=False)

    def refuse_connector(self, connector_id: str) -> Authorization:
        """Refuse the authorization of a connector to Jira Cloud: its code will fail.

        RegisterConnectorV2 then leaves the connector as FAILED_TO_CONNECT. Result and errors are
        those of `authorize_connector`.

        Args:
            connector_id: a connector of Security Hub V2 of this account and region, by id or ARN.
        """
        return self._visited(connector_id, "", refused=True)

    def set_connector_health(
        self,
        connector_id: str,
        status: HealthStatus,
        *,
        message: str | None = None,
        issues: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Set the health of a connector that was connected.

        Args:
            connector_id: a connector of Security Hub V2, or of the older service, of this account
                and region, by id or ARN.
            status: ``CONNECTED``, ``DEGRADED`` or ``FAILED_TO_CONNECT``.
            message: the message in ``Health``.
            issues: code and message of each thing that is wrong, e.g.
                ``[("AUTHENTICATION_FAILURE", "The secret has expired.")]``.

        Raises:
            UsageError: there is no such connector, it was never connected, or there is no such
                status.
        """
        if status not in _HEALTH:
            raise UsageError(f"{status!r} is no health{nearest_to(status, _HEALTH)}")
        with self._running.world.lock:
            connector = self._connector(connector_id)
            if connector.status not in _HEALTH:
                raise UsageError(
                    f"The connector {connector.name} is {connector.status}, and has no health yet."
                )
            connector.status = status
            connector.message = message
            connector.issues = [{"Code": code, "Message": text} for code, text in issues]

    def break_tickets(self, connector_id: str, trouble: Literal["project", "issue type"]) -> None:
        """Make tickets through a connector to Jira Cloud fail, until `mend_tickets`.

        Args:
            connector_id: a connector of Security Hub V2 of this account and region, by id or ARN.
            trouble: ``project`` when Jira does not have it any more, ``issue type`` when the app
                of Security Hub is not installed for it.

        Raises:
            UsageError: there is no such connector, or no such trouble.
        """
        if trouble not in ("project", "issue type"):
            raise UsageError(f"The trouble is 'project' or 'issue type', not {trouble!r}.")
        with self._running.world.lock:
            connector = self._connector(connector_id)
            if connector.provider != "JiraCloud":
                raise UsageError(f"{connector.name} is not a connector to Jira Cloud.")
            connector.ticket_trouble = trouble

    def mend_tickets(self, connector_id: str) -> None:
        """Make tickets through a connector work again.

        Args:
            connector_id: a connector of Security Hub V2 of this account and region, by id or ARN.

        Raises:
            UsageError: there is no such connector.
        """
        with self._running.world.lock:
            self._connector(connector_id).ticket_trouble = None

    def tickets(self, connector_id: str) -> tuple[MadeTicket, ...]:
        """Return the tickets that calls and automation rules have made through a connector.

        Args:
            connector_id: a connector of Security Hub V2 of this account and region, by id or ARN.

        Raises:
            UsageError: there is no such connector.
        """
        with self._running.world.lock:
            return tuple(
                MadeTicket(each.ticket_id, each.url, each.finding_uid, each.title, each.updates)
                for each in self._connector(connector_id).tickets
            )

    def _visited(self, connector_id: str, domain: str, *, refused: bool) -> Authorization:
        world = self._running.world
        with world.lock:
            connector = self._connector(connector_id)
            if connector.auth_state is None:
                raise UsageError(
                    f"The connector {connector.name} is {connector.status}: only one to Jira Cloud"
                    " that was just created waits to be authorized."
                )
            connector.will_refuse = refused
            connector.domain = domain or None
            return Authorization(world.uuid(), connector.auth_state)

    def _connector(self, connector_id: str) -> ConnectorV2:
        store = self._family(HUB, ConnectorsV2).store_if_any(ConnectorV2Store)
        older = self._family(HUB, CspmConnectors).store_if_any(CspmConnectorStore)
        known: Mapping[str, ConnectorV2] = {
            **(store.of(self._account).connectors if store else {}),
            **(older.held.connectors if older else {}),
        }
        connector = known.get(connector_id.rpartition("/")[2])
        if connector is None:
            names = ", ".join(each.name for each in known.values()) or "none"
            raise UsageError(
                f"Account {self._account} has no connector {connector_id} in {self._region}; it"
                f" has: {names}."
            )
        return connector
