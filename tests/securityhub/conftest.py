"""What the tests of Security Hub have besides the common fixtures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.securityhub.samples import ADMIN, IRELAND, MEMBER, Organization


@pytest.fixture
def hub(membership_mock: Any) -> Callable[..., Any]:
    """Return what makes a client of an account with a hub."""

    def enabled(account: str, region: str = IRELAND, **arguments: Any) -> Any:
        client = membership_mock.client("securityhub", account=account, region=region)
        client.enable_security_hub(**arguments)
        return client

    return enabled


@pytest.fixture
def admin(hub: Callable[..., Any]) -> Any:
    """An account with a hub that is going to have members."""
    return hub(ADMIN)


@pytest.fixture
def member(hub: Callable[..., Any]) -> Any:
    """An account with a hub that is going to be a member."""
    return hub(MEMBER)


@pytest.fixture
def organization(membership_mock: Any) -> Organization:
    """An organization with nothing but its management account."""
    return Organization(membership_mock)


@pytest.fixture
def admin_id(organization: Organization) -> str:
    """The id of an account of the organization that is going to administer it."""
    return organization.account("security")


@pytest.fixture
def delegated(organization: Organization, admin_id: str) -> Any:
    """The client of the delegated administrator."""
    return organization.delegate(admin_id)
