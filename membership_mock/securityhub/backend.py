"""Security Hub: the list of its families."""

from __future__ import annotations

from typing import Any, ClassVar

from membership_mock.engine.pipeline.operation import Backend
from membership_mock.securityhub.aggregation.finding_aggregators import FindingAggregators
from membership_mock.securityhub.central_configuration.configuration_policies import (
    ConfigurationPolicies,
)
from membership_mock.securityhub.central_configuration.configuration_rollout import (
    ConfigurationRollout,
)
from membership_mock.securityhub.central_configuration.policy_associations import PolicyAssociations
from membership_mock.securityhub.checks.control_checks import ControlChecks
from membership_mock.securityhub.checks.control_findings import ControlFindings
from membership_mock.securityhub.controls.control_releases import ControlReleases
from membership_mock.securityhub.controls.control_states import ControlStates
from membership_mock.securityhub.controls.customizations import Customizations
from membership_mock.securityhub.controls.known_controls import KnownControls
from membership_mock.securityhub.controls.policy_controls import PolicyControls
from membership_mock.securityhub.controls.security_controls import SecurityControls
from membership_mock.securityhub.controls.standards_control_associations import (
    StandardsControlAssociations,
)
from membership_mock.securityhub.controls.standards_controls import StandardsControls
from membership_mock.securityhub.errors import SecurityHubRefusals
from membership_mock.securityhub.findings.finding_events import FindingEvents
from membership_mock.securityhub.findings.finding_updates import FindingUpdates
from membership_mock.securityhub.findings.findings import Findings
from membership_mock.securityhub.hubs.hubs import Hubs
from membership_mock.securityhub.iam_resources import IAM_RESOURCES
from membership_mock.securityhub.membership.invitations import Invitations
from membership_mock.securityhub.membership.members import Members
from membership_mock.securityhub.organization.organization_admin import OrganizationAdmin
from membership_mock.securityhub.organization.organization_configuration import (
    OrganizationConfiguration,
)
from membership_mock.securityhub.quotas import QUOTAS
from membership_mock.securityhub.relationships.administration import Administration
from membership_mock.securityhub.relationships.central_configuration import Governance
from membership_mock.securityhub.relationships.deferred_rollouts import DeferredRollouts
from membership_mock.securityhub.relationships.delegation import Delegation
from membership_mock.securityhub.relationships.organization_settings import OrganizationSettings
from membership_mock.securityhub.standards.standards import Standards
from membership_mock.securityhub.standards.standards_subscriptions import StandardsSubscriptions
from membership_mock.securityhub.tags import Tags
from membership_mock.securityhub.triage.action_events import ActionEvents
from membership_mock.securityhub.triage.action_targets import ActionTargets
from membership_mock.securityhub.triage.automation_rules import AutomationRules
from membership_mock.securityhub.triage.finding_history import FindingHistory
from membership_mock.securityhub.triage.finding_import import FindingImport
from membership_mock.securityhub.triage.insights import Insights
from membership_mock.securityhub.triage.product_subscriptions import ProductSubscriptions
from membership_mock.securityhub.triage.products import Products
from membership_mock.securityhub.v2.families import V2_FAMILIES, V2_PAGINATORS


class SecurityHubBackend(Backend):
    """Security Hub for one account in one region."""

    service = "securityhub"
    iam_resources = IAM_RESOURCES
    families = (
        Hubs,
        Standards,
        StandardsSubscriptions,
        KnownControls,
        ControlStates,
        Customizations,
        PolicyControls,
        ControlReleases,
        SecurityControls,
        StandardsControlAssociations,
        StandardsControls,
        ControlFindings,
        ControlChecks,
        Administration,
        DeferredRollouts,
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
        FindingEvents,
        ActionEvents,
        FindingImport,
        FindingHistory,
        Products,
        ProductSubscriptions,
        Insights,
        ActionTargets,
        AutomationRules,
        Tags,
        *V2_FAMILIES,
    )
    refusals = SecurityHubRefusals()
    quotas = QUOTAS
    added_paginators: ClassVar = {
        "ListAutomationRules": {
            "input_token": "NextToken",
            "limit_key": "MaxResults",
            "output_token": "NextToken",
            "result_key": "AutomationRulesMetadata",
        },
        **V2_PAGINATORS,
    }
    #: an empty DisabledReason is taken, though the model forbids it (observed), and so is an empty
    #: map of tags: the user guide shows such a request (documented)
    model_corrections: ClassVar = {
        "TagMap": {"min": 0},
        "DisabledReason": {"type": "string"},
        "UpdateStandardsControlRequest": {
            "members": {"DisabledReason": {"shape": "DisabledReason"}}
        },
    }
    #: documentation and published commands send it for the first page (documented)
    first_page_tokens = frozenset({"NULL"})
    unchecked_shapes = frozenset({"AccountDetailsList", "AwsSecurityFinding"})

    @classmethod
    def resource_types(cls) -> tuple[Any, ...]:
        """Return the rows of the table of CloudFormation's resource types."""
        from membership_mock.securityhub.cloudformation.resource_types import RESOURCE_TYPES

        return RESOURCE_TYPES
