"""Security Hub: the list of its families."""

from __future__ import annotations

from membership_mock.engine.pipeline.operation import Backend
from membership_mock.securityhub.aggregation.finding_aggregators import FindingAggregators
from membership_mock.securityhub.central_configuration.configuration_policies import (
    ConfigurationPolicies,
)
from membership_mock.securityhub.central_configuration.configuration_rollout import (
    ConfigurationRollout,
)
from membership_mock.securityhub.central_configuration.policy_associations import PolicyAssociations
from membership_mock.securityhub.errors import SecurityHubRefusals
from membership_mock.securityhub.findings.finding_updates import FindingUpdates
from membership_mock.securityhub.findings.findings import Findings
from membership_mock.securityhub.hubs.hubs import Hubs
from membership_mock.securityhub.membership.invitations import Invitations
from membership_mock.securityhub.membership.members import Members
from membership_mock.securityhub.organization.organization_admin import OrganizationAdmin
from membership_mock.securityhub.organization.organization_configuration import (
    OrganizationConfiguration,
)
from membership_mock.securityhub.quotas import QUOTAS
from membership_mock.securityhub.relationships.administration import Administration
from membership_mock.securityhub.relationships.central_configuration import Governance
from membership_mock.securityhub.relationships.delegation import Delegation
from membership_mock.securityhub.relationships.organization_settings import OrganizationSettings
from membership_mock.securityhub.standards.standards import Standards
from membership_mock.securityhub.standards.standards_subscriptions import StandardsSubscriptions
from membership_mock.securityhub.tags import Tags


class SecurityHubBackend(Backend):
    """Security Hub for one account in one region."""

    service = "securityhub"
    families = (
        Hubs,
        Standards,
        StandardsSubscriptions,
        Administration,
        Members,
        Invitations,
        Delegation,
        OrganizationAdmin,
        OrganizationSettings,
        OrganizationConfiguration,
        FindingAggregators,
        Governance,
        ConfigurationPolicies,
        PolicyAssociations,
        ConfigurationRollout,
        Findings,
        FindingUpdates,
        Tags,
    )
    refusals = SecurityHubRefusals()
    quotas = QUOTAS
    unchecked_shapes = frozenset({"AccountDetailsList", "AwsSecurityFinding"})
