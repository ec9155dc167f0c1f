"""Accounts, findings and short words for the tests of Security Hub V2."""

from __future__ import annotations

from typing import Any

from tests.securityhub.samples import IRELAND, Organization

ALONE = "777777777777"
FRANKFURT = "eu-central-1"
LONDON = "eu-west-2"


class World:
    """An organization with an administrator for V2, and clients of its accounts.

    Attributes:
        security: the id of the administrator.
        first: the id of a member.
        second: the id of another member.
    """

    def __init__(self, mock: Any, organization: Organization) -> None:
        self.mock = mock
        self.organization = organization
        self.security, self.first, self.second = organization.accounts(("security", "one", "two"))
        organization.hub().enable_organization_admin_account(
            AdminAccountId=self.security, Feature="SecurityHubV2"
        )

    def client(self, account: str, region: str = IRELAND) -> Any:
        """Return the client of an account, whose hub of V2 is enabled."""
        client = self.mock.client("securityhub", account=account, region=region)
        client.enable_security_hub_v2()
        return client
