"""Seeds of Security Hub: hubs, members in any status, organizations, findings and their triage."""

from __future__ import annotations

from membership_mock.testing.given.securityhub_controls import ControlSeeds, SeededControl
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
from membership_mock.testing.given.securityhub_products import SeededProduct
from membership_mock.testing.given.securityhub_triage import (
    SeededActionTarget,
    SeededAutomationRule,
    SeededInsight,
    TriageSeeds,
)

__all__ = [
    "SecurityHubSeeds",
    "SeededActionTarget",
    "SeededAdministrator",
    "SeededAggregator",
    "SeededAutomationRule",
    "SeededCentralConfiguration",
    "SeededControl",
    "SeededFinding",
    "SeededHub",
    "SeededInsight",
    "SeededMember",
    "SeededOrganizationConfiguration",
    "SeededProduct",
]


class SecurityHubSeeds(MemberSeeds, OrganizationSeeds, FindingSeeds, TriageSeeds, ControlSeeds):
    """Seeds of Security Hub, from `Given.securityhub`.

    A seed does only what is still missing. Without an account or region, it takes the mock's
    default one.
    """
