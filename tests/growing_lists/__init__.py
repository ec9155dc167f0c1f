"""Every list operation that is mocked, with what makes its list longer.

A module here has the lists of one service. `LISTS` has all of them, and `BOUNDED` has the
operations whose lists cannot become long, each with the reason.
"""

from __future__ import annotations

from tests.growing_lists import (
    cleanrooms,
    cleanrooms_associations,
    security_ir,
    securityhub,
    securityhub_v2,
)
from tests.growing_lists.growing_list import GrowingList

LISTS: list[GrowingList] = [
    *security_ir.LISTS,
    *securityhub.LISTS,
    *securityhub_v2.LISTS,
    *cleanrooms.LISTS,
    *cleanrooms_associations.LISTS,
]
BOUNDED: dict[tuple[str, str], str] = {
    ("security-ir", "ListInvestigations"): "every case has the same few actions",
    ("securityhub", "DescribeProducts"): "the catalogue, and what a test adds to it",
    ("securityhub", "DescribeProductsV2"): "the catalogue, and what a test adds to it",
    ("securityhub", "DescribeStandards"): "a dozen standards",
    ("securityhub", "DescribeStandardsControls"): "the controls of a standard",
    ("securityhub", "GetEnabledStandards"): "a dozen standards",
    ("securityhub", "GetFindingsTrendsV2"): "32 points in time",
    ("securityhub", "GetRecommendedPolicyV2"): "the steps of one policy, which a test has set",
    ("securityhub", "GetResourcesTrendsV2"): "32 points in time",
    ("securityhub", "ListAggregatorsV2"): "one aggregator",
    ("securityhub", "ListExposuresByRemediationV2"): "the exposures that a test has set at once",
    ("securityhub", "ListAutomationRules"): "100 rules",
    ("securityhub", "ListConfigurationPolicies"): "20 policies",
    ("securityhub", "ListEnabledProductsForImport"): "the catalogue, and what a test adds to it",
    ("securityhub", "ListFindingAggregators"): "one aggregator",
    ("securityhub", "ListOrganizationAdminAccounts"): "one administrator",
    ("securityhub", "ListSecurityControlDefinitions"): "the controls of the catalogue",
    ("securityhub", "ListStandardsControlAssociations"): "a dozen standards",
}
