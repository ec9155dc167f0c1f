"""What several tests of cases begin with, and how they look at a refusal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

START = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)

TEAM = [
    {"name": "Alice", "jobTitle": "Lead", "email": "alice@example.com"},
    {"name": "Robert", "jobTitle": "Analyst", "email": "robert@example.com"},
]


def member_client(mock: Any, account: str = "111111111111", region: str = "eu-west-1") -> Any:
    """Return a client of an account that has just created a membership."""
    client = mock.client("security-ir", account=account, region=region)
    client.create_membership(membershipName="Example", incidentResponseTeam=TEAM)
    return client


def new_case(client: Any, resolver: str = "Self", **fields: Any) -> str:
    """Open a case and return its id."""
    arguments = {
        "resolverType": resolver,
        "title": "Leaked key",
        "description": "A key was found in a public repository.",
        "engagementType": "Security Incident",
        "reportedIncidentStartDate": datetime(2026, 3, 1, tzinfo=timezone.utc),
        "impactedAccounts": ["111111111111"],
        "watchers": [],
        **fields,
    }
    return str(client.create_case(**arguments)["caseId"])


def refusal(call: Callable[..., Any], **arguments: Any) -> Any:
    """Return the error that a call is refused with."""
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    return refused.value.response


def code(response: Any) -> str:
    """Return the code of a refusal."""
    return str(response["Error"]["Code"])
