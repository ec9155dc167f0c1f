"""A resource of each type: what it needs, what it looks like, and what can be changed in it."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from typing import Any

MANAGEMENT, ADMIN, PARTNER = (digit * 12 for digit in "123")
REGION, OTHER_REGION = "eu-west-1", "eu-central-1"
CONTROLS = f"arn:aws:securityhub:{REGION}:{ADMIN}:control"
STANDARD = (
    f"arn:aws:securityhub:{REGION}::standards/aws-foundational-security-best-practices/v/1.0.0"
)

HUB = {"Type": "AWS::SecurityHub::Hub", "Properties": {"EnableDefaultStandards": False}}
HUB_V2 = {"Type": "AWS::SecurityHub::HubV2"}
AGGREGATOR = {
    "Type": "AWS::SecurityHub::FindingAggregator",
    "Properties": {"RegionLinkingMode": "SPECIFIED_REGIONS", "Regions": [OTHER_REGION]},
}
AGGREGATOR_V2 = {
    "Type": "AWS::SecurityHub::AggregatorV2",
    "DependsOn": "HubV2",
    "Properties": {"RegionLinkingMode": "SPECIFIED_REGIONS", "LinkedRegions": [OTHER_REGION]},
}
CENTRAL = {
    "Type": "AWS::SecurityHub::OrganizationConfiguration",
    "DependsOn": "Aggregator",
    "Properties": {
        "AutoEnable": False,
        "AutoEnableStandards": "NONE",
        "ConfigurationType": "CENTRAL",
    },
}
POLICY = {
    "Type": "AWS::SecurityHub::ConfigurationPolicy",
    "DependsOn": "Central",
    "Properties": {
        "Name": "baseline",
        "ConfigurationPolicy": {
            "SecurityHub": {
                "ServiceEnabled": True,
                "EnabledStandardIdentifiers": [STANDARD],
                "SecurityControlsConfiguration": {"DisabledSecurityControlIdentifiers": []},
            }
        },
    },
}
AZURE = {
    "AWSConfigConnectorArn": f"arn:aws:config:{REGION}:{ADMIN}:connector/a",
    "ScopeConfiguration": {"ScopeType": "TENANT"},
    "AzureRegions": ["westeurope"],
}
HIGH = [{"Comparison": "EQUALS", "Value": "HIGH"}]

COLLABORATION = {
    "Type": "AWS::CleanRooms::Collaboration",
    "Properties": {
        "Name": "Shared room",
        "Description": "What both of us know.",
        "CreatorDisplayName": "Creator",
        "CreatorMemberAbilities": ["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
        "QueryLogStatus": "DISABLED",
        "Members": [
            {
                "AccountId": PARTNER,
                "DisplayName": "Partner",
                "MemberAbilities": ["CAN_RECEIVE_RESULTS"],
            }
        ],
    },
}
MEMBERSHIP = {
    "Type": "AWS::CleanRooms::Membership",
    # The creator cannot leave, so Clean Rooms refuses to delete this membership before the
    # collaboration. It ends with the collaboration.
    "DeletionPolicy": "Retain",
    "Properties": {
        "CollaborationIdentifier": {"Ref": "Collaboration"},
        "QueryLogStatus": "DISABLED",
    },
}
MEMBERSHIP_ID = {"Ref": "Membership"}
TABLE = {
    "Type": "AWS::CleanRooms::ConfiguredTable",
    "Properties": {
        "Name": "Orders",
        "AllowedColumns": ["customer_id", "city", "amount"],
        "AnalysisMethod": "DIRECT_QUERY",
        "TableReference": {"Glue": {"DatabaseName": "sales", "TableName": "orders"}},
        "AnalysisRules": [
            {
                "Type": "CUSTOM",
                "Policy": {
                    "V1": {
                        "Custom": {
                            "AllowedAnalyses": ["ANY_QUERY"],
                            "AllowedAnalysisProviders": [ADMIN],
                            "DifferentialPrivacy": {"Columns": [{"Name": "customer_id"}]},
                        }
                    }
                },
            }
        ],
    },
}
ROOM = {"Collaboration": COLLABORATION, "Membership": MEMBERSHIP}


def namespace(name: str) -> str:
    """Return the ARN of an ID namespace."""
    return f"arn:aws:entityresolution:{REGION}:{ADMIN}:idnamespace/{name}"


def receivers(*accounts: str) -> list[dict[str, Any]]:
    """Return the rules of an associated table."""
    custom = {"AllowedResultReceivers": list(accounts)}
    return [{"Type": "CUSTOM", "Policy": {"V1": {"Custom": custom}}}]


@dataclass(frozen=True)
class Sample:
    """A resource of one type.

    Attributes:
        kind: the type, without its service.
        properties: those of a new resource.
        change: properties that can be changed without another resource in its place.
        needs: the resources that have to be there first, by logical id.
        unset: read-only attributes that the service leaves out for this resource.
        optional: whether the oldest botocore lacks its operations.
    """

    service: str
    kind: str
    properties: dict[str, Any]
    change: dict[str, Any]
    needs: dict[str, Any] = field(default_factory=dict)
    unset: tuple[str, ...] = ()
    account: str = ADMIN
    optional: bool = False

    @property
    def type(self) -> str:
        """The name of the type."""
        return f"AWS::{self.service}::{self.kind}"

    def resource(self, **changes: Any) -> dict[str, Any]:
        """Return the resource as it stands in a template."""
        return {
            "Type": self.type,
            **({"DependsOn": list(self.needs)} if self.needs else {}),
            "Properties": {**self.properties, **changes},
        }

    def template(self, outputs: Any = (), **changes: Any) -> str:
        """Return a template with the resource, as ``It``, and outputs of its attributes."""
        shown: dict[str, Any] = {name: {"Value": {"Fn::GetAtt": ["It", name]}} for name in outputs}
        shown["Ref"] = {"Value": {"Ref": "It"}}
        return template({**self.needs, "It": self.resource(**changes)}, Outputs=shown)


def template(resources: dict[str, Any], **others: Any) -> str:
    """Return the text of a template."""
    return json.dumps({"Resources": copy.deepcopy(resources), **others})


_CENTRAL = {"Aggregator": AGGREGATOR, "Central": CENTRAL}

SAMPLES = [
    Sample("SecurityHub", "Hub", {"Tags": {"team": "blue"}}, {"AutoEnableControls": False}),
    Sample(
        "SecurityHub",
        "ActionTarget",
        {"Id": "Ticket", "Name": "Ticket", "Description": "Opens a ticket"},
        {"Description": "Opens two tickets"},
        {"Hub": HUB},
    ),
    Sample(
        "SecurityHub",
        "AutomationRule",
        {
            "RuleName": "quiet",
            "RuleOrder": "1",
            "Description": "Suppress what is low",
            "RuleStatus": "ENABLED",
            "Criteria": {"SeverityLabel": [{"Comparison": "EQUALS", "Value": "LOW"}]},
            "Actions": [
                {
                    "Type": "FINDING_FIELDS_UPDATE",
                    "FindingFieldsUpdate": {"Workflow": {"Status": "SUPPRESSED"}},
                }
            ],
            "Tags": {"team": "blue"},
        },
        {"Description": "Suppress more"},
        {"Hub": HUB},
    ),
    Sample(
        "SecurityHub",
        "Insight",
        {"Name": "high", "GroupByAttribute": "ResourceId", "Filters": {"SeverityLabel": HIGH}},
        {"Name": "higher"},
        {"Hub": HUB},
    ),
    Sample(
        "SecurityHub",
        "ProductSubscription",
        {"ProductArn": f"arn:aws:securityhub:{REGION}::product/prowler/prowler"},
        {},
        {"Hub": HUB},
    ),
    Sample(
        "SecurityHub",
        "Standard",
        {"StandardsArn": STANDARD},
        {
            "DisabledStandardsControls": [
                {
                    "StandardsControlArn": f"{CONTROLS}/aws-foundational-security-best-practices/v/1.0.0/IAM.1",
                    "Reason": "not ours",
                }
            ]
        },
        {"Hub": HUB},
    ),
    Sample(
        "SecurityHub",
        "SecurityControl",
        {
            "SecurityControlId": "ACM.1",
            "LastUpdateReason": "policy",
            "Parameters": {"daysToExpiration": {"ValueType": "CUSTOM", "Value": {"Integer": "15"}}},
        },
        {"Parameters": {"daysToExpiration": {"ValueType": "CUSTOM", "Value": {"Integer": "20"}}}},
        {"Hub": HUB},
    ),
    Sample(
        "SecurityHub",
        "FindingAggregator",
        {"RegionLinkingMode": "SPECIFIED_REGIONS", "Regions": [OTHER_REGION]},
        {"Regions": [OTHER_REGION, "us-east-1"]},
        {"Hub": HUB},
    ),
    Sample("SecurityHub", "DelegatedAdmin", {"AdminAccountId": ADMIN}, {}, account=MANAGEMENT),
    Sample(
        "SecurityHub",
        "OrganizationConfiguration",
        CENTRAL["Properties"],
        {"ConfigurationType": "LOCAL", "AutoEnable": True},
        {"Aggregator": AGGREGATOR},
        unset=("StatusMessage",),
    ),
    Sample(
        "SecurityHub",
        "ConfigurationPolicy",
        {**POLICY["Properties"], "Tags": {"team": "blue"}},
        {"Description": "what everyone gets"},
        _CENTRAL,
    ),
    Sample(
        "SecurityHub",
        "PolicyAssociation",
        {
            "ConfigurationPolicyId": {"Fn::GetAtt": ["Policy", "Id"]},
            "TargetId": PARTNER,
            "TargetType": "ACCOUNT",
        },
        {"ConfigurationPolicyId": "SELF_MANAGED_SECURITY_HUB"},
        {**_CENTRAL, "Policy": POLICY},
        unset=("AssociationStatusMessage",),
    ),
    Sample("SecurityHub", "HubV2", {"Tags": {"team": "blue"}}, {"Tags": {"team": "red"}}),
    Sample(
        "SecurityHub",
        "AggregatorV2",
        {**AGGREGATOR_V2["Properties"], "Tags": {"team": "blue"}},
        {"LinkedRegions": [OTHER_REGION, "us-east-1"]},
        {"HubV2": HUB_V2},
    ),
    Sample(
        "SecurityHub",
        "AutomationRuleV2",
        {
            "RuleName": "comment",
            "RuleOrder": 1.5,
            "Description": "Comment what is failed",
            "Criteria": {
                "OcsfFindingCriteria": {
                    "CompositeFilters": [
                        {
                            "StringFilters": [
                                {
                                    "FieldName": "compliance.status",
                                    "Filter": {"Comparison": "EQUALS", "Value": "Fail"},
                                }
                            ]
                        }
                    ]
                }
            },
            "Actions": [
                {
                    "Type": "FINDING_FIELDS_UPDATE",
                    "FindingFieldsUpdate": {"Comment": "seen", "SeverityId": 1, "StatusId": 2},
                }
            ],
        },
        {"RuleStatus": "DISABLED"},
        {"HubV2": HUB_V2, "AggregatorV2": AGGREGATOR_V2},
    ),
    Sample(
        "SecurityHub",
        "Connector",
        {"Name": "azure", "Provider": {"Azure": AZURE}, "Tags": {"team": "blue"}},
        {"Description": "ours"},
        {"Hub": HUB},
        unset=("CreatedBy", "Issues", "Message"),
        optional=True,
    ),
    Sample(
        "SecurityHub",
        "ConnectorV2",
        {"Name": "jira", "Provider": {"JiraCloud": {"ProjectKey": "SEC"}}},
        {"Provider": {"JiraCloud": {"ProjectKey": "OPS"}}},
        {"HubV2": HUB_V2, "AggregatorV2": AGGREGATOR_V2},
        unset=("EnablementStatus", "EnablementStatusReason", "Issues", "Message"),
    ),
    Sample(
        "CleanRooms",
        "Collaboration",
        {**COLLABORATION["Properties"], "Tags": [{"Key": "team", "Value": "blue"}]},
        {"Name": "Our room"},
    ),
    Sample(
        "CleanRooms",
        "Membership",
        {"CollaborationIdentifier": "to be replaced", "QueryLogStatus": "DISABLED"},
        {"QueryLogStatus": "ENABLED"},
        account=PARTNER,
    ),
    Sample(
        "CleanRooms",
        "ConfiguredTable",
        TABLE["Properties"],
        {"Description": "All orders", "AnalysisRules": {"Ref": "AWS::NoValue"}},
    ),
    Sample(
        "CleanRooms",
        "ConfiguredTableAssociation",
        {
            "Name": "orders",
            "MembershipIdentifier": MEMBERSHIP_ID,
            "ConfiguredTableIdentifier": {"Fn::GetAtt": ["Table", "ConfiguredTableIdentifier"]},
            "RoleArn": f"arn:aws:iam::{ADMIN}:role/glue",
            "ConfiguredTableAssociationAnalysisRules": receivers(ADMIN),
        },
        {"ConfiguredTableAssociationAnalysisRules": receivers(PARTNER)},
        {**ROOM, "Table": TABLE},
    ),
    Sample(
        "CleanRooms",
        "AnalysisTemplate",
        {
            "Name": "cities",
            "MembershipIdentifier": MEMBERSHIP_ID,
            "Format": "SQL",
            "Source": {"Text": "SELECT city FROM orders WHERE amount > :least"},
            "AnalysisParameters": [{"Name": "least", "Type": "INTEGER", "DefaultValue": 0}],
        },
        {"Description": "by city"},
        ROOM,
    ),
    Sample(
        "CleanRooms",
        "PrivacyBudgetTemplate",
        {
            "MembershipIdentifier": MEMBERSHIP_ID,
            "PrivacyBudgetType": "DIFFERENTIAL_PRIVACY",
            "AutoRefresh": "CALENDAR_MONTH",
            "Parameters": {"Epsilon": 10, "UsersNoisePerQuery": "30"},
        },
        {"Parameters": {"Epsilon": 12, "UsersNoisePerQuery": 40}},
        ROOM,
    ),
    Sample(
        "CleanRooms",
        "IdNamespaceAssociation",
        {
            "Name": "source",
            "MembershipIdentifier": MEMBERSHIP_ID,
            "InputReferenceConfig": {
                "InputReferenceArn": namespace("source"),
                "ManageResourcePolicies": True,
            },
        },
        {"Description": "our customers"},
        ROOM,
    ),
    Sample(
        "CleanRooms",
        "IdMappingTable",
        {
            "Name": "ids",
            "MembershipIdentifier": MEMBERSHIP_ID,
            "InputReferenceConfig": {
                "InputReferenceArn": f"arn:aws:entityresolution:{REGION}:{ADMIN}:idmappingworkflow/map",
                "ManageResourcePolicies": False,
            },
        },
        {"Description": "who is who"},
        {
            **ROOM,
            **{
                name.title(): {
                    "Type": "AWS::CleanRooms::IdNamespaceAssociation",
                    "Properties": {
                        "Name": name,
                        "MembershipIdentifier": MEMBERSHIP_ID,
                        "InputReferenceConfig": {
                            "InputReferenceArn": namespace(name),
                            "ManageResourcePolicies": True,
                        },
                    },
                }
                for name in ("source", "target")
            },
        },
    ),
    Sample(
        "CleanRooms",
        "IntermediateTable",
        {
            "Name": "cities",
            "MembershipIdentifier": MEMBERSHIP_ID,
            "PopulationAnalysisConfiguration": {
                "SqlParameters": {
                    "QueryString": "SELECT city, COUNT(*) AS n FROM orders GROUP BY city"
                }
            },
        },
        {"Description": "how many"},
        {
            **ROOM,
            "Table": TABLE,
            "Orders": {
                "Type": "AWS::CleanRooms::ConfiguredTableAssociation",
                "Properties": {
                    "Name": "orders",
                    "MembershipIdentifier": MEMBERSHIP_ID,
                    "ConfiguredTableIdentifier": {"Ref": "Table"},
                    "RoleArn": f"arn:aws:iam::{ADMIN}:role/glue",
                },
            },
        },
        optional=True,
    ),
]
BY_TYPE = {sample.type: sample for sample in SAMPLES}
