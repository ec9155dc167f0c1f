"""Seeds of Security Hub: hubs, members in any status, organizations, findings."""

from __future__ import annotations

from membership_mock.testing.given.securityhub_findings import FindingSeeds, SeededFinding
from membership_mock.testing.given.securityhub_hubs import SeededHub
from membership_mock.testing.given.securityhub_members import MemberSeeds, SeededMember
from membership_mock.testing.given.securityhub_organization import (
    OrganizationSeeds,
    SeededAdministrator,
    SeededAggregator,
    SeededCentralConfiguration,
    SeededOrganizationConfiguration,
)

__all__ = [
    "SecurityHubSeeds",
    "SeededAdministrator",
    "SeededAggregator",
    "SeededCentralConfiguration",
    "SeededFinding",
    "SeededHub",
    "SeededMember",
    "SeededOrganizationConfiguration",
]


class SecurityHubSeeds(MemberSeeds, OrganizationSeeds, FindingSeeds):
    """Seeds of Security Hub, from `Given.securityhub`.

    A seed does only what is still missing. Without an account or region, it takes the mock's
    default one.
    """
