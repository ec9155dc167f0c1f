"""Organizations with many accounts, and an administrator of Security Hub."""

from __future__ import annotations

from typing import Any

from moto.organizations.models import FakeAccount, organizations_backends

from tests.benchmarks.filling import lister


def new_organization(management: str, size: int) -> list[str]:
    """Return the accounts of a new organization, but for its management account.

    They are made by moto's class: CreateAccount takes moto longer the more accounts there are.
    """
    lister("organizations", management).create_organization(FeatureSet="ALL")
    backend = organizations_backends[management]["aws"]
    made = [
        FakeAccount(backend.org, AccountName=f"account {n}", Email=f"a{n}@example.com")
        for n in range(size)
    ]
    backend.accounts += made
    for account in made:
        organizations_backends.master_accounts[account.id] = (management, "aws")
    return [account.id for account in made]


def delegate(management: str, admin_id: str, region: str) -> Any:
    """Return a client of the account that administers the organization from now on."""
    hub = lister("securityhub", management, region)
    hub.enable_organization_admin_account(AdminAccountId=admin_id)
    return lister("securityhub", admin_id, region)
