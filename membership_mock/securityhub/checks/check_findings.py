"""Makes the finding about the check of a control in Security Hub's form.

Sources: the user guide's page of sample control findings, one for each standard and one for several
(documented); control findings in public logs of 2023 to 2025 (observed), for the severity of passed
checks and for the parameters.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import cache
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.protocol import model
from membership_mock.securityhub.controls import parameters
from membership_mock.securityhub.controls.catalogue import (
    TAGGING,
    SecurityControl,
    StandardsControl,
    form_of,
)
from membership_mock.securityhub.controls.standards_controls import standards_control_arn
from membership_mock.securityhub.findings.finding_severity import LABELS
from membership_mock.securityhub.standards.standards import Subscription

_TYPE = "Software and Configuration Checks/Industry and Regulatory Standards"
#: observed
_RECOMMENDATION = (
    "For information on how to correct this issue, consult the AWS Security Hub controls"
    " documentation."
)
#: Source: the model, which accepts no more.
_MOST_REQUIREMENTS = 32
#: the one standard of today whose ARN has no region
_RULESET = "cis-aws-foundations-benchmark/v/1.2.0"

#: the types of resources that have other names in findings than in CloudFormation
_RESOURCE_TYPES = {
    "AWS::::Account": "AwsAccount",
    "AWS::ACM::Certificate": "AwsCertificateManagerCertificate",
    "AWS::ElasticLoadBalancing::LoadBalancer": "AwsElbLoadBalancer",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "AwsElbv2LoadBalancer",
    "AWS::OpenSearch::Domain": "AwsOpenSearchServiceDomain",
}

#: a control of a standard, after the subscription to that
Requirement = tuple[Subscription, StandardsControl]


@dataclass(frozen=True, slots=True)
class Check:
    """The result of evaluating a control for a resource.

    Attributes:
        partition: the partition of the account.
        region: the region of the resource.
        account_id: the owner of the resource.
        control: the control.
        values: the custom values of its parameters.
        resource: the id of the resource; None for the account itself.
        resource_type: its type as findings have it; None for the one that the control checks.
        status: PASSED, FAILED, WARNING or NOT_AVAILABLE.
        reasons: the reasons for the status, each with ReasonCode and Description.
    """

    partition: str
    region: str
    account_id: str
    control: SecurityControl
    values: Mapping[str, Mapping[str, Any]]
    resource: str | None
    resource_type: str | None
    status: str
    reasons: Sequence[Mapping[str, str]] = field(default=())

    @property
    def resource_id(self) -> str:
        """The id of the resource in findings."""
        return self.resource or f"AWS::::Account:{self.account_id}"


def consolidated(check: Check, requirements: Sequence[Requirement]) -> dict[str, Any]:
    """Return the fields of a finding for all standards, without id and times."""
    related = sorted({text for _, each in requirements for text in each.consolidated_requirements})
    finding = _common(check, requirements, related, "")
    finding["GeneratorId"] = f"security-control/{check.control.id}"
    finding["Title"] = check.control.title
    return finding


def of_standard(check: Check, requirement: Requirement) -> dict[str, Any]:
    """Return the fields of a finding for one standard, without id and times.

    The tagging standard is younger than consolidated findings, and has their ids and titles
    (documented by its sample).
    """
    subscription, control = requirement
    if control.standard == TAGGING:
        return consolidated(check, [requirement])
    form = form_of(control.standard)
    finding = _common(check, [requirement], control.related_requirements, form.finding_type)
    finding["Severity"]["Product"] = float(dict(LABELS)[finding["Severity"]["Label"]])
    finding["Title"] = f"{control.arn_id} {control.title}"
    standard = f"arn:{check.partition}:securityhub:::{_standards_id(control.standard)}"
    guide = "Guide" if control.standard == _RULESET else ""
    finding["GeneratorId"] = (
        f"{standard}/rule/{control.arn_id}" if guide else f"{control.standard}/{control.arn_id}"
    )
    finding["ProductFields"] |= {
        f"Standards{guide}Arn": standard,
        f"Standards{guide}SubscriptionArn": subscription.standards_subscription_arn,
        "RuleId" if guide else "ControlId": control.arn_id,
        "RecommendationUrl": check.control.remediation_url,
        "StandardsControlArn": standards_control_arn(subscription, control.arn_id),
    }
    return finding


def id_prefix(check: Check, requirement: Requirement | None) -> str:
    """Return the part of a finding's id before ``/finding/``.

    Args:
        check: the result of the check.
        requirement: the requirement of the finding; None for all standards.
    """
    if requirement is None or requirement[1].standard == TAGGING:
        return (
            f"arn:{check.partition}:securityhub:{check.region}:{check.account_id}"
            f":security-control/{check.control.id}"
        )
    subscription, control = requirement
    return f"{subscription.standards_subscription_arn}/{control.arn_id}"


@cache
def resource_type_of(cloudformation_type: str) -> str:
    """Return the name of a type of resources in findings; ``Other`` if it is unknown.

    Source: the members of ResourceDetails in the model. A type without details is spelled alike
    (inferred [SH-196]).
    """
    if cloudformation_type in _RESOURCE_TYPES:
        return _RESOURCE_TYPES[cloudformation_type]
    parts = cloudformation_type.split("::")
    if len(parts) != 3:
        return "Other"
    known = model.service_model("securityhub").shape_for("ResourceDetails").members
    plain = f"Aws{parts[1]}{parts[2]}"
    spelled = {name.lower(): name for name in known}
    return spelled.get(plain.lower()) or f"Aws{_words(parts[1])}{_words(parts[2])}"


def _words(name: str) -> str:
    """Return a name whose abbreviations are words: ``DBInstance`` becomes ``DbInstance``."""
    return re.sub(
        r"[A-Z]{2,}(?=[A-Z][a-z])|[A-Z]{2,}", lambda found: found.group().capitalize(), name
    )


def _standards_id(standard: str) -> str:
    return f"{'ruleset' if standard == _RULESET else 'standards'}/{standard}"


def _common(
    check: Check, requirements: Sequence[Requirement], related: Sequence[str], finding_type: str
) -> dict[str, Any]:
    control = check.control
    # a passed check is informational (observed)
    label = "INFORMATIONAL" if check.status == "PASSED" else control.severity
    types = [f"{_TYPE}/{finding_type}" if finding_type else _TYPE]
    compliance: dict[str, Any] = {
        "Status": check.status,
        "SecurityControlId": control.id,
        "AssociatedStandards": [
            {"StandardsId": each}
            for each in sorted({_standards_id(one.standard) for _, one in requirements})
        ],
    }
    if related:
        compliance["RelatedRequirements"] = list(related[:_MOST_REQUIREMENTS])
    if control.parameters:
        compliance["SecurityControlParameters"] = parameters.as_texts(control, check.values)
    if check.reasons:
        compliance["StatusReasons"] = [dict(each) for each in check.reasons]
    return {
        "SchemaVersion": "2018-10-08",
        "ProductArn": (
            f"arn:{check.partition}:securityhub:{check.region}::product/aws/securityhub"
        ),
        "AwsAccountId": check.account_id,
        "Types": types,
        "Severity": {"Label": label, "Original": label},
        "FindingProviderFields": {
            "Severity": {"Label": label, "Original": label},
            "Types": types,
        },
        "Description": control.title,
        "Remediation": {
            "Recommendation": {"Text": _RECOMMENDATION, "Url": control.remediation_url}
        },
        "ProductFields": _product_fields(check),
        "Resources": [
            {
                "Type": _type_in_finding(check),
                "Id": check.resource_id,
                "Partition": check.partition,
                "Region": check.region,
            }
        ],
        "Compliance": compliance,
        "RecordState": "ACTIVE",
    }


def _type_in_finding(check: Check) -> str:
    if check.resource is None:
        return "AwsAccount"
    return check.resource_type or resource_type_of(check.control.resource)


def _product_fields(check: Check) -> dict[str, str]:
    root = f"arn:{check.partition}:iam::{check.account_id}:root"
    fields = {"Resources:0/Id": check.resource or root}
    if check.control.rule:
        # the suffix is one for each account and region
        suffix = zlib.crc32(f"{check.account_id}/{check.region}/{check.control.id}".encode())
        fields["RelatedAWSResources:0/name"] = f"securityhub-{check.control.rule}-{suffix:08x}"
        fields["RelatedAWSResources:0/type"] = "AWS::Config::ConfigRule"
    return fields
