"""What the tests of triage have besides those of Security Hub."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.config import Config

from tests.securityhub.samples import ADMIN, IRELAND


@pytest.fixture
def hasty(membership_mock: Any, admin: Any) -> Any:
    """The administrator's client, which does not retry what is over a quota."""
    del admin
    config = Config(retries={"total_max_attempts": 1})
    return membership_mock.client("securityhub", account=ADMIN, region=IRELAND, config=config)
