"""The resources that the operations of Security Incident Response act on, for IAM policies.

Source: the service authorization reference. It does not list GetFindingMetrics, ListInvestigations
and SendFeedback; their resources are inferred [IR-111].
"""

from __future__ import annotations

from membership_mock.engine.pipeline.authorization import IamResources

IAM_RESOURCES = IamResources(
    operations={
        "case/{case_id}": (
            "CloseCase",
            "CreateCaseComment",
            "GetCase",
            "GetCaseAttachmentDownloadUrl",
            "GetCaseAttachmentUploadUrl",
            "ListCaseEdits",
            "ListComments",
            "ListInvestigations",
            "SendFeedback",
            "UpdateCase",
            "UpdateCaseComment",
            "UpdateCaseStatus",
            "UpdateResolverType",
        ),
        "membership/{membership_id}": (
            "BatchGetMemberAccountDetails",
            "CancelMembership",
            "GetFindingMetrics",
            "GetMembership",
            "UpdateMembership",
        ),
        "{resource_arn}": ("ListTagsForResource", "TagResource", "UntagResource"),
        "case/*": ("CreateCase",),
        "membership/*": ("CreateMembership",),
        "*": ("ListCases", "ListMemberships"),
    },
    tagged={"CreateCase": "case/*", "CreateMembership": "membership/*"},
)
