"""The connectors of Security Hub V2, and the tickets that were made through them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from datetime import datetime
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.lifecycle import Progress
from membership_mock.engine.state.summary import Summary, View, named, several
from membership_mock.engine.state.world import Scope, Store


@dataclass
class Ticket:
    """A ticket in a ticketing system.

    Attributes:
        ticket_id: its id there.
        url: where it is shown.
        finding_uid: the finding it is about; None for one that tests the connector.
        title: the title of the finding.
        updates: how many times the finding has changed since.
    """

    ticket_id: str
    url: str
    finding_uid: str | None
    title: str
    updates: int = 0


@dataclass
class ConnectorV2:
    """A connector.

    Attributes:
        number: its number in the order of creation.
        connector_id: a UUID.
        connector_arn: its ARN.
        name: its name, which is its own in the account and region.
        description: what the customer says of it.
        provider: ``JiraCloud``, ``ServiceNow``, ``Azure`` or ``GCP``.
        settings: the settings of the provider, as GetConnectorV2 shows them.
        created_at: when it was created.
        updated_at: when it was last changed.
        kms_key_arn: the key that it was created with.
        tags: the value of each tag by its key.
        status: the status of a ticketing connector, or what AWS says of any other.
        auth_state: what RegisterConnectorV2 finds it by, until it has done so.
        will_refuse: whether the next registration fails.
        domain: the domain of Jira that it will be authorized for.
        issues: what is wrong with it, as Health shows it.
        message: the message in ``Health``.
        ticket_trouble: why tickets cannot be created: ``project`` or ``issue type``.
        setup: how far the set-up of a connector to another cloud has come.
        is_update: whether that set-up is an update.
        tickets: the tickets that were made through it.
    """

    number: int
    connector_id: str
    connector_arn: str
    name: str
    description: str | None
    provider: str
    settings: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    kms_key_arn: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    status: str = "UNKNOWN"
    auth_state: str | None = None
    will_refuse: bool = False
    domain: str | None = None
    issues: list[dict[str, str]] = field(default_factory=list)
    message: str | None = None
    ticket_trouble: str | None = None
    setup: Progress | None = None
    is_update: bool = False
    tickets: list[Ticket] = field(default_factory=list)


@dataclass
class AccountConnectors:
    """The connectors of an account in a region, in the order of their creation.

    Attributes:
        connectors: every one by its id.
        last_number: how many connectors have been numbered.
        last_ticket: how many tickets have been numbered.
        by_finding: the ticket of each finding that has one, by the finding's uid.
    """

    connectors: dict[str, ConnectorV2] = field(default_factory=dict)
    last_number: int = 0
    last_ticket: int = 0
    by_finding: dict[str, Ticket] = field(default_factory=dict)


@dataclass
class ConnectorV2Store(Store, scope=Scope.REGION):
    """The connectors of all accounts in a region, by account."""

    rank = 24
    accounts: dict[str, AccountConnectors] = field(default_factory=dict)

    def of(self, account_id: str) -> AccountConnectors:
        """Return the connectors of an account; of one without any, what `keep` can keep."""
        return self.accounts.get(account_id) or AccountConnectors()

    def keep(self, account_id: str, held: AccountConnectors) -> None:
        """Keep the connectors of an account."""
        self.accounts[account_id] = held

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each connector."""
        del view
        (region,) = key
        for account_id, held in self.accounts.items():
            if held.connectors:
                lines = several("connectors V2", list(held.connectors.values()), _line)
                yield Summary(account_id, region, "securityhub", lines)


def _line(connector: ConnectorV2) -> str:
    tickets = f", tickets: {len(connector.tickets):,}" if connector.tickets else ""
    return (
        f"connector V2 {named(connector.name)} to {connector.provider}, {connector.status}{tickets}"
    )
