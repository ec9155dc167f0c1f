"""The table of Security Hub's resource types.

Which operations a type uses is documented: its schema lists the permissions of each handler. A
property that the operation for changes does not accept keeps its value (inferred [SH-340]).
"""

from __future__ import annotations

from typing import Any

from membership_mock.engine.cloudformation.handler_calls import HandlerCalls
from membership_mock.engine.cloudformation.resource_type import Resource, ResourceType, Step
from membership_mock.securityhub.cloudformation.irregular_types import (
    AutomationRuleType,
    DelegatedAdminType,
    HubType,
    HubV2Type,
    OrganizationConfigurationType,
    ProductSubscriptionType,
    SecurityControlType,
    StandardType,
)

_PACKAGE = "membership_mock.securityhub.cloudformation"


def _target(resource: Resource, _: HandlerCalls) -> dict[str, Any]:
    """Return the target of an association, whose member says what it is."""
    members = {
        "ACCOUNT": "AccountId",
        "ORGANIZATIONAL_UNIT": "OrganizationalUnitId",
        "ROOT": "RootId",
    }
    return {members[resource.properties["TargetType"]]: resource.properties["TargetId"]}


def _only(name: str) -> Any:
    return lambda resource, _: [resource.values[name]]


#: what of a connector's provider can be changed, by provider (documented, in the model)
_CHANGEABLE = {
    "JiraCloud": ("ProjectKey",),
    "ServiceNow": ("SecretArn",),
    "Azure": ("ScopeConfiguration", "AzureRegions"),
    "GCP": ("ScopeConfiguration", "GCPRegions"),
}


def _provider_update(resource: Resource, _: HandlerCalls) -> dict[str, Any]:
    return {
        provider: {name: value for name, value in settings.items() if name in _CHANGEABLE[provider]}
        for provider, settings in resource.properties["Provider"].items()
    }


_HEALTH = {
    "ConnectorStatus": "Health.ConnectorStatus",
    "Issues": "Health.Issues",
    "LastCheckedAt": "Health.LastCheckedAt",
    "Message": "Health.Message",
}


def _connector(kind: str) -> ResourceType:
    return ResourceType(
        f"AWS::SecurityHub::{kind}",
        _PACKAGE,
        create=Step(f"Create{kind}"),
        read=Step(f"Get{kind}"),
        update=Step(f"Update{kind}", {"Provider": _provider_update}),
        delete=Step(f"Delete{kind}"),
        attributes=_HEALTH,
        arn="ConnectorArn",
    )


RESOURCE_TYPES: tuple[ResourceType, ...] = (
    ResourceType(
        "AWS::SecurityHub::ActionTarget",
        _PACKAGE,
        create=Step("CreateActionTarget"),
        read=Step(
            "DescribeActionTargets",
            {"ActionTargetArns": _only("ActionTargetArn")},
            "ActionTargets.0",
        ),
        update=Step("UpdateActionTarget"),
        delete=Step("DeleteActionTarget"),
    ),
    ResourceType(
        "AWS::SecurityHub::AggregatorV2",
        _PACKAGE,
        create=Step("CreateAggregatorV2"),
        read=Step("GetAggregatorV2"),
        update=Step("UpdateAggregatorV2"),
        delete=Step("DeleteAggregatorV2"),
        arn="AggregatorV2Arn",
    ),
    AutomationRuleType(
        "AWS::SecurityHub::AutomationRule",
        _PACKAGE,
        create=Step("CreateAutomationRule"),
        read=Step("BatchGetAutomationRules", {"AutomationRulesArns": _only("RuleArn")}, "Rules.0"),
        delete=Step("BatchDeleteAutomationRules", {"AutomationRulesArns": _only("RuleArn")}),
        arn="RuleArn",
    ),
    ResourceType(
        "AWS::SecurityHub::AutomationRuleV2",
        _PACKAGE,
        create=Step("CreateAutomationRuleV2"),
        read=Step("GetAutomationRuleV2", {"Identifier": "RuleArn"}),
        update=Step("UpdateAutomationRuleV2", {"Identifier": "RuleArn"}),
        delete=Step("DeleteAutomationRuleV2", {"Identifier": "RuleArn"}),
        arn="RuleArn",
    ),
    ResourceType(
        "AWS::SecurityHub::ConfigurationPolicy",
        _PACKAGE,
        create=Step("CreateConfigurationPolicy"),
        read=Step("GetConfigurationPolicy", {"Identifier": "Arn"}),
        update=Step("UpdateConfigurationPolicy", {"Identifier": "Arn"}),
        delete=Step("DeleteConfigurationPolicy", {"Identifier": "Arn"}),
        attributes={"ServiceEnabled": "ConfigurationPolicy.SecurityHub.ServiceEnabled"},
    ),
    _connector("Connector"),
    _connector("ConnectorV2"),
    DelegatedAdminType(
        "AWS::SecurityHub::DelegatedAdmin",
        _PACKAGE,
        create=Step("EnableOrganizationAdminAccount"),
        read=Step("ListOrganizationAdminAccounts", found="AdminAccounts.0"),
        delete=Step("DisableOrganizationAdminAccount"),
    ),
    ResourceType(
        "AWS::SecurityHub::FindingAggregator",
        _PACKAGE,
        create=Step("CreateFindingAggregator"),
        read=Step("GetFindingAggregator"),
        update=Step("UpdateFindingAggregator"),
        delete=Step("DeleteFindingAggregator"),
    ),
    HubType(
        "AWS::SecurityHub::Hub",
        _PACKAGE,
        create=Step("EnableSecurityHub"),
        read=Step("DescribeHub"),
        update=Step("UpdateSecurityHubConfiguration"),
        delete=Step("DisableSecurityHub"),
        attributes={"ARN": "HubArn"},
        arn="ARN",
    ),
    HubV2Type(
        "AWS::SecurityHub::HubV2",
        _PACKAGE,
        create=Step("EnableSecurityHubV2"),
        read=Step("DescribeSecurityHubV2"),
        delete=Step("DisableSecurityHubV2"),
        elsewhere=frozenset({"NetworkScanning"}),
        arn="HubV2Arn",
    ),
    ResourceType(
        "AWS::SecurityHub::Insight",
        _PACKAGE,
        create=Step("CreateInsight"),
        read=Step("GetInsights", {"InsightArns": _only("InsightArn")}, "Insights.0"),
        update=Step("UpdateInsight"),
        delete=Step("DeleteInsight"),
    ),
    OrganizationConfigurationType(
        "AWS::SecurityHub::OrganizationConfiguration",
        _PACKAGE,
        create=OrganizationConfigurationType.UPDATE,
        read=Step("DescribeOrganizationConfiguration"),
        update=OrganizationConfigurationType.UPDATE,
        delete=OrganizationConfigurationType.RESET,
        elsewhere=frozenset({"ConfigurationType"}),
        attributes={
            "Status": "OrganizationConfiguration.Status",
            "StatusMessage": "OrganizationConfiguration.StatusMessage",
        },
        pending=("OrganizationConfiguration.Status", "PENDING"),
    ),
    ResourceType(
        "AWS::SecurityHub::PolicyAssociation",
        _PACKAGE,
        create=Step(
            "StartConfigurationPolicyAssociation",
            {"ConfigurationPolicyIdentifier": "ConfigurationPolicyId", "Target": _target},
        ),
        read=Step("GetConfigurationPolicyAssociation", {"Target": _target}),
        update=Step(
            "StartConfigurationPolicyAssociation",
            {"ConfigurationPolicyIdentifier": "ConfigurationPolicyId", "Target": _target},
        ),
        delete=Step(
            "StartConfigurationPolicyDisassociation",
            {"ConfigurationPolicyIdentifier": "ConfigurationPolicyId", "Target": _target},
        ),
        # The form of the identifier is inferred [SH-298]: a target has one association.
        attributes={"AssociationIdentifier": "TargetId"},
        elsewhere=frozenset({"TargetId", "TargetType"}),
        pending=("AssociationStatus", "PENDING"),
    ),
    ProductSubscriptionType(
        "AWS::SecurityHub::ProductSubscription",
        _PACKAGE,
        create=Step("EnableImportFindingsForProduct"),
        read=Step("ListEnabledProductsForImport"),
        delete=Step("DisableImportFindingsForProduct"),
    ),
    SecurityControlType(
        "AWS::SecurityHub::SecurityControl",
        _PACKAGE,
        create=SecurityControlType.UPDATE,
        read=SecurityControlType.READ,
        update=SecurityControlType.UPDATE,
        delete=SecurityControlType.RESET,
        elsewhere=frozenset({"SecurityControlArn"}),
        pending=("UpdateStatus", "UPDATING"),
    ),
    StandardType(
        "AWS::SecurityHub::Standard",
        _PACKAGE,
        create=Step(
            "BatchEnableStandards",
            {
                "StandardsSubscriptionRequests": lambda resource, _: [
                    {"StandardsArn": resource.properties["StandardsArn"]}
                ]
            },
            "StandardsSubscriptions.0",
        ),
        read=Step(
            "GetEnabledStandards",
            {"StandardsSubscriptionArns": _only("StandardsSubscriptionArn")},
            "StandardsSubscriptions.0",
        ),
        delete=Step(
            "BatchDisableStandards",
            {"StandardsSubscriptionArns": _only("StandardsSubscriptionArn")},
        ),
        pending=("StandardsStatus", "PENDING"),
        elsewhere=frozenset({"DisabledStandardsControls", "StandardsArn"}),
    ),
)
