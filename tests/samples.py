"""Valid input for boto3 calls, for tests that are about something else."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

TEAM = [
    {"name": "Ana Silva", "jobTitle": "Lead", "email": "ana@example.com"},
    {"name": "Bo Li", "jobTitle": "Analyst", "email": "bo@example.com"},
]


def new_membership(client: Any, **others: Any) -> str:
    """Create a membership with ``client`` and return its id."""
    answer = client.create_membership(
        **{"membershipName": "Incident response", "incidentResponseTeam": TEAM, **others}
    )
    return str(answer["membershipId"])


def case_input(**others: Any) -> dict[str, Any]:
    """Return the parameters of CreateCase for a self-managed case."""
    return {
        "resolverType": "Self",
        "title": "Unknown key",
        "description": "An access key nobody knows was used.",
        "engagementType": "Security Incident",
        "reportedIncidentStartDate": datetime(2026, 1, 2, tzinfo=timezone.utc),
        "impactedAccounts": ["111122223333"],
        "watchers": [],
        **others,
    }


def new_case(client: Any, **others: Any) -> str:
    """Open a case with ``client``, whose account has an active membership, and return its id."""
    return str(client.create_case(**case_input(**others))["caseId"])
