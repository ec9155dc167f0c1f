"""What the tests of Security Hub V2 have besides the common fixtures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.securityhub.samples import IRELAND, Organization
from tests.securityhub.v2.samples import World


@pytest.fixture
def hub_v2(membership_mock: Any) -> Callable[..., Any]:
    """Return what makes a client of an account with a hub of V2."""

    def enabled(account: str, region: str = IRELAND, **arguments: Any) -> Any:
        client = membership_mock.client("securityhub", account=account, region=region)
        client.enable_security_hub_v2(**arguments)
        return client

    return enabled


@pytest.fixture
def led(membership_mock: Any, organization: Organization) -> World:
    """An organization whose account ``security`` administers V2, with two more accounts."""
    return World(membership_mock, organization)
