"""Errors that AWS was seen to send although the operation does not declare them.

Each stands with where it was seen; the checks of the whole suite let these through and nothing else.
"""

from __future__ import annotations

#: sent for any operation of any service, before it is reached (API references, "Common errors")
COMMON = frozenset(
    {"InvalidSignatureException", "RequestEntityTooLargeException", "UnrecognizedClientException"}
)

#: by service: the operation, or None for any, and the code
OBSERVED: dict[str, frozenset[tuple[str | None, str]]] = {
    "securityhub": frozenset(
        {
            # the invitation family; the AWS provider of Terraform handles its texts
            (None, "BadRequestException"),
            # rules are the administrator's (documented); the other three operations declare it
            ("BatchUpdateAutomationRules", "AccessDeniedException"),
            ("BatchDeleteAutomationRules", "AccessDeniedException"),
            # the ARN of a product, or of another account (issue 2340 of boto3)
            ("DisableImportFindingsForProduct", "AccessDeniedException"),
            # the same for other ARNs, inferred from that
            ("UpdateInsight", "AccessDeniedException"),
            ("DeleteInsight", "AccessDeniedException"),
            ("GetInsights", "AccessDeniedException"),
            ("GetInsightResults", "AccessDeniedException"),
            ("UpdateActionTarget", "AccessDeniedException"),
            ("DeleteActionTarget", "AccessDeniedException"),
            # a product that does not exist (an issue of Prowler)
            ("EnableImportFindingsForProduct", "ResourceNotFoundException"),
            # a foreign account in a finding (logs of importers)
            ("BatchImportFindings", "AccessDeniedException"),
            # with the status 401 for a member (issues of landing zone tools)
            ("CreateFindingAggregator", "InvalidInputException"),
            # a foreign ARN: seen for UpdateStandardsControl, which has the same check of ARNs
            # (issues of the AWS provider of Terraform)
            ("DescribeStandardsControls", "AccessDeniedException"),
            ("ListStandardsControlAssociations", "AccessDeniedException"),
            # logs and code of public clients; the latter is inferred from the former
            ("GetEnabledStandards", "AccessDeniedException"),
            ("BatchDisableStandards", "AccessDeniedException"),
            # outside of an organization (logs of public clients)
            ("ListOrganizationAdminAccounts", "AccessDeniedException"),
            # clients of the samples of AWS treat it as done
            ("DisableOrganizationAdminAccount", "ResourceNotFoundException"),
            # refused by IAM, which any operation may be (API reference, "Common errors")
            ("BatchUpdateFindings", "AccessDeniedException"),
            ("CreateInsight", "AccessDeniedException"),
            ("TagResource", "AccessDeniedException"),
            # on members and administrators (the AWS provider of Terraform waits for it to go)
            ("DisableSecurityHub", "InvalidInputException"),
            # its tags have limits, and it declares no other error for them
            ("EnableSecurityHub", "InvalidInputException"),
            # likewise its MaxResults
            ("ListEnabledProductsForImport", "InvalidInputException"),
        }
    ),
}


def allowed(service: str, operation: str) -> frozenset[str]:
    """Return the codes that an operation may send without declaring them."""
    seen = OBSERVED.get(service, frozenset())
    return COMMON | {code for name, code in seen if name in (None, operation)}
