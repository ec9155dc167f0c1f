"""The resources that the operations of Clean Rooms act on, for IAM policies.

Source: the service authorization reference. For operations that it does not list yet, the resource
is inferred [CR-202] from similar operations. A resource that a call names by neither an id nor an
ARN, such as the association of a schema, is not checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from membership_mock.cleanrooms.collaborations.collaboration_store import CollaborationStore
from membership_mock.cleanrooms.memberships.membership_store import MembershipStore
from membership_mock.engine.pipeline.authorization import Dependent, IamResources
from membership_mock.engine.pipeline.context import Context

_MEMBERSHIP = "membership/{membership_identifier}"
_COLLABORATION = "collaboration/{collaboration_identifier}"
_TABLE = "configuredtable/{configured_table_identifier}"
_ASSOCIATION = (
    f"{_MEMBERSHIP}/configuredtableassociation/{{configured_table_association_identifier}}"
)
_TEMPLATE = f"{_MEMBERSHIP}/analysistemplate/{{analysis_template_identifier}}"
_AUDIENCE = (
    f"{_MEMBERSHIP}/configuredaudiencemodelassociation"
    "/{configured_audience_model_association_identifier}"
)
_MAPPING = f"{_MEMBERSHIP}/idmappingtable/{{id_mapping_table_identifier}}"
_NAMESPACE = f"{_MEMBERSHIP}/idnamespaceassociation/{{id_namespace_association_identifier}}"
_BUDGET = f"{_MEMBERSHIP}/privacybudgettemplate/{{privacy_budget_template_identifier}}"
_INTERMEDIATE = f"{_MEMBERSHIP}/intermediatetable/{{intermediate_table_identifier}}"

_SEES_SCHEMA = Dependent("cleanrooms:GetSchema", _COLLABORATION)
_TO_CLEAN_ROOMS = {"iam:passedtoservice": "cleanrooms.amazonaws.com"}
_GLUE = "arn:{partition}:glue:{region}:{account}"
_GLUE_DATABASE = "{table_reference.glue.databaseName}"
_OUTPUT = "result_configuration.outputConfiguration"
_BUCKET = f"{{{_OUTPUT}.s3.bucket}}"
_DISTRIBUTED_BUCKET = f"{{{_OUTPUT}.distribute.locations.s3.bucket}}"


def _passes(role: str) -> Dependent:
    return Dependent("iam:PassRole", role, _TO_CLEAN_ROOMS)


def _writes_to(bucket: str) -> tuple[Dependent, ...]:
    arn = f"arn:{{partition}}:s3:::{bucket}"
    return (
        Dependent("s3:GetBucketLocation", arn),
        Dependent("s3:ListBucket", arn),
        Dependent("s3:PutObject", f"{arn}/*"),
    )


def _owner(context: Context, resource: str) -> str | None:
    """Return the creator of a collaboration, which owns it, for any caller."""
    kind, _, name = resource.partition("/")
    if kind != "collaboration":
        return None
    store = context.world.held_at(CollaborationStore, (context.region,))
    found = store.collaborations.get(name) if store else None
    return found.creator_account_id if found else None


def _collaboration_of(context: Context, arguments: Mapping[str, Any]) -> str | None:
    """Return the id of the collaboration that the membership of a call is in."""
    store = context.world.held_at(MembershipStore, (context.region,))
    found = store.memberships.get(str(arguments.get("membership_identifier"))) if store else None
    return found.collaboration_id if found else None


IAM_RESOURCES = IamResources(
    operations={
        _COLLABORATION: (
            "BatchGetCollaborationAnalysisTemplate",
            "BatchGetSchema",
            "BatchGetSchemaAnalysisRule",
            "CreateCollaborationChangeRequest",
            "CreateMembership",
            "DeleteCollaboration",
            "DeleteMember",
            "GetCollaboration",
            "GetCollaborationAnalysisTemplate",
            "GetCollaborationChangeRequest",
            "GetCollaborationConfiguredAudienceModelAssociation",
            "GetCollaborationIdNamespaceAssociation",
            "GetCollaborationPrivacyBudgetTemplate",
            "GetSchema",
            "GetSchemaAnalysisRule",
            "ListCollaborationAnalysisTemplates",
            "ListCollaborationChangeRequests",
            "ListCollaborationConfiguredAudienceModelAssociations",
            "ListCollaborationIdNamespaceAssociations",
            "ListCollaborationPrivacyBudgetTemplates",
            "ListCollaborationPrivacyBudgets",
            "ListMembers",
            "ListSchemas",
            "UpdateCollaboration",
            "UpdateCollaborationChangeRequest",
        ),
        _MEMBERSHIP: (
            "CreateAnalysisTemplate",
            "CreateConfiguredAudienceModelAssociation",
            "CreateConfiguredTableAssociation",
            "CreateIdMappingTable",
            "CreateIdNamespaceAssociation",
            "CreateIntermediateTable",
            "CreatePrivacyBudgetTemplate",
            "DeleteIdMappingTable",
            "DeleteIdNamespaceAssociation",
            "DeleteMembership",
            "DisallowIntermediateTable",
            "GetAnalysisLogExport",
            "GetIdMappingTable",
            "GetIdNamespaceAssociation",
            "GetMembership",
            "GetProtectedJob",
            "GetProtectedQuery",
            "ListAnalysisLogExports",
            "ListAnalysisTemplates",
            "ListConfiguredAudienceModelAssociations",
            "ListConfiguredTableAssociations",
            "ListIdMappingTables",
            "ListIdNamespaceAssociations",
            "ListIntermediateTables",
            "ListPrivacyBudgetTemplates",
            "ListPrivacyBudgets",
            "ListProtectedJobs",
            "ListProtectedQueries",
            "PopulateIdMappingTable",
            "PreviewPrivacyImpact",
            "StartAnalysisLogExport",
            "StartProtectedJob",
            "StartProtectedQuery",
            "UpdateIdMappingTable",
            "UpdateIdNamespaceAssociation",
            "UpdateMembership",
            "UpdateProtectedJob",
            "UpdateProtectedQuery",
        ),
        _TABLE: (
            "CreateConfiguredTableAnalysisRule",
            "CreateConfiguredTableAssociation",
            "DeleteConfiguredTable",
            "DeleteConfiguredTableAnalysisRule",
            "GetConfiguredTable",
            "GetConfiguredTableAnalysisRule",
            "UpdateConfiguredTable",
            "UpdateConfiguredTableAnalysisRule",
        ),
        _ASSOCIATION: (
            "CreateConfiguredTableAssociationAnalysisRule",
            "DeleteConfiguredTableAssociation",
            "DeleteConfiguredTableAssociationAnalysisRule",
            "GetConfiguredTableAssociation",
            "GetConfiguredTableAssociationAnalysisRule",
            "UpdateConfiguredTableAssociation",
            "UpdateConfiguredTableAssociationAnalysisRule",
        ),
        _TEMPLATE: ("DeleteAnalysisTemplate", "GetAnalysisTemplate", "UpdateAnalysisTemplate"),
        _AUDIENCE: (
            "DeleteConfiguredAudienceModelAssociation",
            "GetConfiguredAudienceModelAssociation",
            "UpdateConfiguredAudienceModelAssociation",
        ),
        _MAPPING: (
            "DeleteIdMappingTable",
            "GetIdMappingTable",
            "PopulateIdMappingTable",
            "UpdateIdMappingTable",
        ),
        _NAMESPACE: (
            "DeleteIdNamespaceAssociation",
            "GetIdNamespaceAssociation",
            "UpdateIdNamespaceAssociation",
        ),
        _BUDGET: (
            "DeletePrivacyBudgetTemplate",
            "GetPrivacyBudgetTemplate",
            "UpdatePrivacyBudgetTemplate",
        ),
        _INTERMEDIATE: (
            "CreateIntermediateTableAnalysisRule",
            "DeleteIntermediateTable",
            "DeleteIntermediateTableAnalysisRule",
            "GetIntermediateTable",
            "GetIntermediateTableAnalysisRule",
            "ListIntermediateTableVersions",
            "PopulateIntermediateTable",
            "UpdateIntermediateTable",
            "UpdateIntermediateTableAnalysisRule",
        ),
        "{analysis_template_arns}": ("BatchGetCollaborationAnalysisTemplate",),
        "{analysis_template_arn}": ("GetCollaborationAnalysisTemplate",),
        "{resource_arn}": ("ListTagsForResource", "TagResource", "UntagResource"),
        f"{_MEMBERSHIP}/analysistemplate/*": ("CreateAnalysisTemplate", "ListAnalysisTemplates"),
        f"{_MEMBERSHIP}/configuredaudiencemodelassociation/*": (
            "CreateConfiguredAudienceModelAssociation",
            "ListConfiguredAudienceModelAssociations",
        ),
        f"{_MEMBERSHIP}/configuredtableassociation/*": (
            "CreateConfiguredTableAssociation",
            "ListConfiguredTableAssociations",
        ),
        f"{_MEMBERSHIP}/idmappingtable/*": ("CreateIdMappingTable", "ListIdMappingTables"),
        f"{_MEMBERSHIP}/idnamespaceassociation/*": (
            "CreateIdNamespaceAssociation",
            "ListIdNamespaceAssociations",
        ),
        f"{_MEMBERSHIP}/privacybudgettemplate/*": (
            "CreatePrivacyBudgetTemplate",
            "ListPrivacyBudgetTemplates",
        ),
        f"{_MEMBERSHIP}/intermediatetable/*": (
            "CreateIntermediateTable",
            "ListIntermediateTables",
        ),
        "collaboration/*": ("CreateCollaboration",),
        "configuredtable/*": ("CreateConfiguredTable",),
        "membership/*": ("CreateMembership",),
        "*": ("ListCollaborations", "ListConfiguredTables", "ListMemberships"),
    },
    tagged={
        "CreateAnalysisTemplate": f"{_MEMBERSHIP}/analysistemplate/*",
        "CreateCollaboration": "collaboration/*",
        "CreateConfiguredAudienceModelAssociation": (
            f"{_MEMBERSHIP}/configuredaudiencemodelassociation/*"
        ),
        "CreateConfiguredTable": "configuredtable/*",
        "CreateConfiguredTableAssociation": f"{_MEMBERSHIP}/configuredtableassociation/*",
        "CreateIdMappingTable": f"{_MEMBERSHIP}/idmappingtable/*",
        "CreateIdNamespaceAssociation": f"{_MEMBERSHIP}/idnamespaceassociation/*",
        "CreateIntermediateTable": f"{_MEMBERSHIP}/intermediatetable/*",
        "CreateMembership": "membership/*",
        "CreatePrivacyBudgetTemplate": f"{_MEMBERSHIP}/privacybudgettemplate/*",
    },
    dependents={
        "BatchGetCollaborationAnalysisTemplate": (
            Dependent("cleanrooms:GetCollaborationAnalysisTemplate", "{analysis_template_arns}"),
        ),
        "BatchGetSchema": (_SEES_SCHEMA,),
        "BatchGetSchemaAnalysisRule": (_SEES_SCHEMA,),
        "GetSchemaAnalysisRule": (_SEES_SCHEMA,),
        "CreateConfiguredTable": (
            Dependent("glue:GetDatabase", f"{_GLUE}:database/{_GLUE_DATABASE}"),
            Dependent(
                "glue:GetTable",
                f"{_GLUE}:table/{_GLUE_DATABASE}/{{table_reference.glue.tableName}}",
            ),
        ),
        "CreateConfiguredTableAssociation": (_passes("{role_arn}"),),
        "UpdateConfiguredTableAssociation": (_passes("{role_arn}"),),
        "CreateMembership": (
            _passes("{default_result_configuration.roleArn}"),
            _passes("{default_job_result_configuration.roleArn}"),
        ),
        "UpdateMembership": (
            _passes("{default_result_configuration.roleArn}"),
            _passes("{default_job_result_configuration.roleArn}"),
        ),
        "StartProtectedQuery": (
            Dependent("cleanrooms:GetSchema", "collaboration/{its_collaboration}"),
            Dependent(
                "cleanrooms:GetCollaborationAnalysisTemplate",
                "{sql_parameters.analysisTemplateArn}",
            ),
            *_writes_to(_BUCKET),
            *_writes_to(_DISTRIBUTED_BUCKET),
        ),
    },
    owner=_owner,
    derived={"its_collaboration": _collaboration_of},
)
