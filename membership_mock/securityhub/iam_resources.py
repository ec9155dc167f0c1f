"""The resources that the operations of Security Hub act on, for IAM policies.

Source: the service authorization reference. Most operations act on the hub. For operations
that it does not list, the resource is inferred [SH-293]. It lists a hub of V2 for some, whose id a
call does not name: policies have to allow all hubs.
"""

from __future__ import annotations

from membership_mock.engine.pipeline.authorization import Dependent, IamResources

_SEES_CONTROLS = Dependent("securityhub:DescribeStandardsControls", "hub/default")
_SETS_CONTROLS = Dependent("securityhub:UpdateStandardsControl", "hub/default")


def _organizations(*actions: str) -> tuple[Dependent, ...]:
    return tuple(Dependent(f"organizations:{action}", "*") for action in actions)


IAM_RESOURCES = IamResources(
    operations={
        "{automation_rules_arns}": ("BatchDeleteAutomationRules", "BatchGetAutomationRules"),
        "{update_automation_rules_request_items.RuleArn}": ("BatchUpdateAutomationRules",),
        "{findings.ProductArn}": ("BatchImportFindings",),
        "{finding_aggregator_arn}": (
            "DeleteFindingAggregator",
            "GetFindingAggregator",
            "UpdateFindingAggregator",
        ),
        "configuration-policy/{identifier}": (
            "DeleteConfigurationPolicy",
            "GetConfigurationPolicy",
            "UpdateConfigurationPolicy",
        ),
        "configuration-policy/{configuration_policy_identifier}": (
            "StartConfigurationPolicyAssociation",
            "StartConfigurationPolicyDisassociation",
        ),
        "{aggregator_v2_arn}": ("DeleteAggregatorV2", "GetAggregatorV2", "UpdateAggregatorV2"),
        "automation-rulev2/{identifier}": (
            "DeleteAutomationRuleV2",
            "GetAutomationRuleV2",
            "UpdateAutomationRuleV2",
        ),
        "connectorv2/{connector_id}": (
            "CreateTicketV2",
            "DeleteConnector",
            "DeleteConnectorV2",
            "GetConnector",
            "GetConnectorV2",
            "UpdateConnector",
            "UpdateConnectorV2",
        ),
        "{resource_arn}": ("ListTagsForResource", "TagResource", "UntagResource"),
        "hubv2/*": (
            "BatchUpdateFindingsV2",
            "DescribeProductsV2",
            "GetFindingStatisticsV2",
            "GetFindingsTrendsV2",
            "GetFindingsV2",
            "GetResourcesStatisticsV2",
            "GetResourcesTrendsV2",
            "GetResourcesV2",
        ),
        "*": (
            "BatchGetConfigurationPolicyAssociations",
            "BatchGetSecurityControls",
            "BatchGetStandardsControlAssociations",
            "BatchUpdateStandardsControlAssociations",
            "CancelExportJobV2",
            "CreateAggregatorV2",
            "CreateAutomationRule",
            "CreateAutomationRuleV2",
            "CreateConfigurationPolicy",
            "CreateConnector",
            "CreateConnectorV2",
            "CreateFindingAggregator",
            "DescribeSecurityHubV2",
            "DisableSecurityHubFeatureV2",
            "DisableSecurityHubV2",
            "EnableSecurityHubFeatureV2",
            "EnableSecurityHubV2",
            "GenerateRecommendedPolicyV2",
            "GetConfigurationPolicyAssociation",
            "GetExportJobV2",
            "GetRecommendedPolicyV2",
            "GetRemediationsV2",
            "GetSecurityControlDefinition",
            "GetSoftwareResourcesV2",
            "GetSoftwareStatisticsV2",
            "GetSoftwareV2",
            "ListAggregatorsV2",
            "ListAutomationRules",
            "ListAutomationRulesV2",
            "ListConfigurationPolicies",
            "ListConfigurationPolicyAssociations",
            "ListConnectors",
            "ListConnectorsV2",
            "ListExportJobsV2",
            "ListExposuresByRemediationV2",
            "ListFindingAggregators",
            "ListFreeTrialStatusesV2",
            "ListSecurityControlDefinitions",
            "ListStandardsControlAssociations",
            "RegisterConnectorV2",
            "StartExportJobV2",
            "UpdateSecurityControl",
        ),
    },
    otherwise="hub/default",
    tagged={
        "CreateAggregatorV2": "aggregatorv2/*",
        "CreateAutomationRule": "automation-rule/*",
        "CreateAutomationRuleV2": "automation-rulev2/*",
        "CreateConfigurationPolicy": "configuration-policy/*",
        "CreateConnectorV2": "connectorv2/*",
        "EnableSecurityHub": "hub/default",
        "EnableSecurityHubV2": "hubv2/*",
    },
    dependents={
        "BatchGetSecurityControls": (_SEES_CONTROLS,),
        "BatchGetStandardsControlAssociations": (_SEES_CONTROLS,),
        "GetSecurityControlDefinition": (_SEES_CONTROLS,),
        "ListStandardsControlAssociations": (_SEES_CONTROLS,),
        "BatchUpdateStandardsControlAssociations": (_SETS_CONTROLS,),
        "UpdateSecurityControl": (_SETS_CONTROLS,),
        "EnableOrganizationAdminAccount": _organizations(
            "DescribeOrganization",
            "EnableAWSServiceAccess",
            "ListAWSServiceAccessForOrganization",
            "ListDelegatedAdministrators",
            "RegisterDelegatedAdministrator",
        ),
        "DisableOrganizationAdminAccount": _organizations(
            "DeregisterDelegatedAdministrator",
            "DescribeOrganization",
            "ListDelegatedAdministrators",
        ),
        "ListOrganizationAdminAccounts": _organizations(
            "DescribeOrganization", "ListDelegatedAdministrators"
        ),
    },
)
