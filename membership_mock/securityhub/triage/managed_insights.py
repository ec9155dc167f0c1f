"""The managed insights of Security Hub, the same in every account.

Source: the user guide's page on managed insights, for numbers, titles, groups and filters.
Inferred [SH-225] are the attributes that 21, 28 and 32 are grouped by, which the page describes in
words.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

Filters = dict[str, list[dict[str, Any]]]

_PRACTICES = (
    "Software and Configuration Checks/Industry and Regulatory Standards"
    "/AWS Security Best Practices"
)
_REACHABILITY = "Software and Configuration Checks/AWS Security Best Practices/Network Reachability"
_CIS = "arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule"
_BUCKET, _INSTANCE = "AwsS3Bucket", "AwsEc2Instance"


def _strings(comparison: str, *values: str) -> list[dict[str, Any]]:
    return [{"Value": value, "Comparison": comparison} for value in values]


def _days(number: int) -> list[dict[str, Any]]:
    return [{"DateRange": {"Value": number, "Unit": "DAYS"}}]


#: what all have that do not say otherwise
_OPEN: Filters = {
    "RecordState": _strings("EQUALS", "ACTIVE"),
    "WorkflowStatus": _strings("EQUALS", "NEW", "NOTIFIED"),
}


def _of(
    *, resource_type: str = "", types: Sequence[str] = (), exactly: str = "", **more: Any
) -> Filters:
    """Return the filters of an insight on open findings.

    Args:
        resource_type: the type of the resources.
        types: how the types of the findings begin.
        exactly: the type of the findings.
        **more: further filters.
    """
    filters = dict(_OPEN)
    if types:
        filters["Type"] = _strings("PREFIX", *types)
    if exactly:
        filters["Type"] = _strings("EQUALS", exactly)
    if resource_type:
        filters["ResourceType"] = _strings("EQUALS", resource_type)
    return {**filters, **more}


#: the number in the ARN, the title, what it is grouped by, the filters
_INSIGHTS: tuple[tuple[int, str, str, Filters], ...] = (
    (1, "1. AWS resources with the most findings", "ResourceId", _of()),
    (
        10,
        "2. S3 buckets with public write or read permissions",
        "ResourceId",
        _of(resource_type=_BUCKET, types=["Effects/Data Exposure"]),
    ),
    (
        3,
        "3. AMIs that are generating the most findings",
        "ResourceAwsEc2InstanceImageId",
        _of(resource_type=_INSTANCE),
    ),
    (
        14,
        "4. EC2 instances involved in known Tactics, Techniques, and Procedures (TTPs)",
        "ResourceId",
        _of(resource_type=_INSTANCE, types=["TTPs"]),
    ),
    (
        9,
        "5. AWS principals with suspicious access key activity",
        "ResourceAwsIamAccessKeyPrincipalName",
        _of(resource_type="AwsIamAccessKey"),
    ),
    (
        6,
        "6. AWS resources instances that don't meet security standards / best practices",
        "ResourceId",
        _of(exactly=_PRACTICES),
    ),
    (
        7,
        "7. AWS resources associated with potential data exfiltration",
        "ResourceId",
        _of(types=["Effects/Data Exfiltration/"]),
    ),
    (
        8,
        "8. AWS resources associated with unauthorized resource consumption",
        "ResourceId",
        _of(types=["Effects/Resource Consumption"]),
    ),
    (
        11,
        "9. S3 buckets that don't meet security standards / best practice",
        "ResourceId",
        _of(resource_type=_BUCKET, exactly=_PRACTICES),
    ),
    (
        12,
        "10. S3 buckets with sensitive data",
        "ResourceId",
        _of(resource_type=_BUCKET, types=["Sensitive Data Identifications/"]),
    ),
    (
        13,
        "11. Credentials that may have leaked",
        "ResourceId",
        _of(types=["Sensitive Data Identifications/Passwords/"]),
    ),
    (
        16,
        "12. EC2 instances that have missing security patches for important vulnerabilities",
        "ResourceId",
        _of(
            resource_type=_INSTANCE,
            types=["Software and Configuration Checks/Vulnerabilities/CVE"],
        ),
    ),
    (
        17,
        "13. EC2 instances with general unusual behavior",
        "ResourceId",
        _of(resource_type=_INSTANCE, types=["Unusual Behaviors"]),
    ),
    (
        18,
        "14. EC2 instances that have ports accessible from the Internet",
        "ResourceId",
        _of(resource_type=_INSTANCE, types=[_REACHABILITY]),
    ),
    (
        19,
        "15. EC2 instances that don't meet security standards / best practices",
        "ResourceId",
        _of(
            resource_type=_INSTANCE,
            types=[
                "Software and Configuration Checks/Industry and Regulatory Standards/",
                "Software and Configuration Checks/AWS Security Best Practices",
            ],
        ),
    ),
    (
        21,
        "16. EC2 instances that are open to the Internet",
        "ResourceId",
        _of(resource_type=_INSTANCE, types=[_REACHABILITY]),
    ),
    (
        22,
        "17. EC2 instances associated with adversary reconnaissance",
        "ResourceId",
        _of(resource_type=_INSTANCE, types=["TTPs/Discovery/Recon"]),
    ),
    (
        23,
        "18. AWS resources that are associated with malware",
        "ResourceId",
        _of(
            types=[
                "Effects/Data Exfiltration/Trojan",
                "TTPs/Initial Access/Trojan",
                "TTPs/Command and Control/Backdoor",
                "TTPs/Command and Control/Trojan",
                "Software and Configuration Checks/Backdoor",
                "Unusual Behaviors/VM/Backdoor",
            ]
        ),
    ),
    (
        24,
        "19. AWS resources associated with cryptocurrency issues",
        "ResourceId",
        _of(
            types=[
                "Effects/Resource Consumption/Cryptocurrency",
                "TTPs/Command and Control/CryptoCurrency",
            ]
        ),
    ),
    (
        25,
        "20. AWS resources with unauthorized access attempts",
        "ResourceId",
        _of(
            types=[
                "TTPs/Command and Control/UnauthorizedAccess",
                "TTPs/Initial Access/UnauthorizedAccess",
                "Effects/Data Exfiltration/UnauthorizedAccess",
                "Unusual Behaviors/User/UnauthorizedAccess",
                "Effects/Resource Consumption/UnauthorizedAccess",
            ]
        ),
    ),
    (
        26,
        "21. Threat Intel indicators with the most hits in the last week",
        "ThreatIntelIndicatorValue",
        {"CreatedAt": _days(7)},
    ),
    (27, "22. Top accounts by counts of findings", "AwsAccountId", _of()),
    (28, "23. Top products by counts of findings", "ProductName", _of()),
    (29, "24. Severity by counts of findings", "SeverityLabel", _of()),
    (30, "25. Top S3 buckets by counts of findings", "ResourceId", _of(resource_type=_BUCKET)),
    (31, "26. Top EC2 instances by counts of findings", "ResourceId", _of(resource_type=_INSTANCE)),
    (
        32,
        "27. Top AMIs by counts of findings",
        "ResourceAwsEc2InstanceImageId",
        _of(resource_type=_INSTANCE),
    ),
    (
        33,
        "28. Top IAM users by counts of findings",
        "ResourceAwsIamAccessKeyPrincipalName",
        _of(resource_type="AwsIamAccessKey"),
    ),
    (
        34,
        "29. Top resources by counts of failed CIS checks",
        "ResourceId",
        _of(
            GeneratorId=_strings("PREFIX", _CIS),
            UpdatedAt=_days(1),
            ComplianceStatus=_strings("EQUALS", "FAILED"),
        ),
    ),
    (35, "30. Top integrations by counts of findings", "ProductArn", _of()),
    (
        36,
        "31. Resources with the most failed security checks",
        "ResourceId",
        _of(UpdatedAt=_days(1), ComplianceStatus=_strings("EQUALS", "FAILED")),
    ),
    (
        37,
        "32. IAM users with suspicious activity",
        "ResourceAwsIamUserUserName",
        _of(resource_type="AwsIamUser"),
    ),
    (
        38,
        "33. Resources with the most AWS Health findings",
        "ResourceId",
        {"ProductName": _strings("EQUALS", "Health")},
    ),
    (
        39,
        "34. Resources with the most AWS Config findings",
        "ResourceId",
        {"ProductName": _strings("EQUALS", "Config")},
    ),
    (40, "35. Applications with the most findings", "ResourceApplicationArn", _of()),
)


@cache
def managed_insights(partition: str) -> dict[str, dict[str, Any]]:
    """Return the managed insights of a partition by ARN, as GetInsights shows them."""
    prefix = f"arn:{partition}:securityhub:::insight/securityhub/default/"
    return {
        f"{prefix}{number}": {
            "InsightArn": f"{prefix}{number}",
            "Name": title,
            "Filters": filters,
            "GroupByAttribute": grouped_by,
        }
        for number, title, grouped_by, filters in _INSIGHTS
    }


def is_managed(arn: str) -> bool:
    """Return whether an ARN has the form of a managed insight's."""
    return ":securityhub:::insight/securityhub/default/" in arn
