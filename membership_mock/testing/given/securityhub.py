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
from membership_mock.testing.given.securityhub_v2 import (
    SeededAdministratorV2,
    SeededAggregatorV2,
    SeededHubV2,
)
from membership_mock.testing.given.securityhub_v2_triage import (
    SeededAutomationRuleV2,
    SeededConnectorV2,
    SeededTicketV2,
    TriageV2Seeds,
)

__all__ = [
    "SecurityHubSeeds",
    "SeededActionTarget",
    "SeededAdministrator",
    "SeededAdministratorV2",
    "SeededAggregator",
    "SeededAggregatorV2",
    "SeededAutomationRule",
    "SeededAutomationRuleV2",
    "SeededCentralConfiguration",
    "SeededConnectorV2",
    "SeededControl",
    "SeededFinding",
    "SeededHub",
    "SeededHubV2",
    "SeededInsight",
    "SeededMember",
    "SeededOrganizationConfiguration",
    "SeededProduct",
    "SeededTicketV2",
]


class SecurityHubSeeds(
    MemberSeeds, OrganizationSeeds, FindingSeeds, TriageSeeds, ControlSeeds, TriageV2Seeds
):
    """Seeds of Security Hub, from `Given.securityhub`.

    A seed does only what is still missing. Without an account or region, it takes the mock's
    default one.
    """
