"""The products that Security Hub V2 works with.

No recorded answer is known: the list has the products that the user guide and recorded findings
name, in our own words (inferred [SH-256]).
"""

from __future__ import annotations

from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.securityhub.v2.access.subscription import SubscriptionV2
from membership_mock.securityhub.v2.queries.fields import names_of

SENDS, RECEIVES, UPDATES = (
    "SEND_FINDINGS_TO_SECURITY_HUB",
    "RECEIVE_FINDINGS_FROM_SECURITY_HUB",
    "UPDATE_FINDINGS_IN_SECURITY_HUB",
)
EXTENDED = "EXTENDED_PLAN"

#: name, company, description, category, kinds of integration, where it is set up
_PRODUCTS: tuple[tuple[str, str, str, str, tuple[str, ...], str], ...] = (
    (
        "AWS Security Hub CSPM",
        "AWS",
        "Checks resources against security standards.",
        "Posture management",
        (SENDS,),
        "https://console.aws.amazon.com/securityhub/",
    ),
    (
        "Amazon GuardDuty",
        "AWS",
        "Detects threats in accounts, workloads and data.",
        "Threat detection",
        (SENDS,),
        "https://console.aws.amazon.com/guardduty/",
    ),
    (
        "Amazon Inspector",
        "AWS",
        "Finds vulnerabilities in instances, images, functions and code.",
        "Vulnerability management",
        (SENDS,),
        "https://console.aws.amazon.com/inspector/",
    ),
    (
        "Amazon Macie",
        "AWS",
        "Finds sensitive data in buckets.",
        "Sensitive data",
        (SENDS,),
        "https://console.aws.amazon.com/macie/",
    ),
    (
        "IAM Access Analyzer",
        "AWS",
        "Finds external and unused access.",
        "Identity",
        (SENDS,),
        "https://console.aws.amazon.com/access-analyzer/",
    ),
    (
        "Jira Cloud",
        "Atlassian",
        "Takes findings as issues and reports their progress.",
        "Ticketing",
        (RECEIVES, UPDATES),
        "https://www.atlassian.com/software/jira",
    ),
    (
        "ServiceNow ITSM",
        "ServiceNow",
        "Takes findings as incidents and reports their progress.",
        "Ticketing",
        (RECEIVES, UPDATES),
        "https://www.servicenow.com/products/itsm.html",
    ),
    *(
        (
            name,
            name,
            f"Security products of {name} in the extended plan.",
            "Extended plan",
            (EXTENDED,),
            f"https://www.{name.lower()}.com/",
        )
        for name in ("CrowdStrike", "Okta", "Proofpoint", "Splunk")
    ),
)


class ProductsV2(Family):
    """The operation on products."""

    @operation(
        "DescribeProductsV2",
        differs="The products are those that public sources name, described in our own words.",
    )
    def describe_products_v2(self, ctx: Context) -> dict[str, Listing[Any]]:
        """Return the products that can be integrated, by name."""
        self.of(SubscriptionV2).require(ctx)
        known = names_of("IntegrationV2Type")  # the botocore in use may lack the extended plan
        return {
            "ProductsV2": Listing(
                sorted(each for each in _PRODUCTS if known.issuperset(each[4])),
                position=lambda product: product[0],
                show=_shown,
            )
        }


def _shown(product: tuple[str, str, str, str, tuple[str, ...], str]) -> dict[str, Any]:
    name, company, description, category, kinds, url = product
    return {
        "ProductV2Name": name,
        "CompanyName": company,
        "Description": description,
        "Categories": [category],
        "IntegrationV2Types": list(kinds),
        "ActivationUrl": url,
    }
