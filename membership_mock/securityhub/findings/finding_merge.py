"""Merges a finding of a provider: the service adds fields, and keeps some of the version before.

Sources: API page BatchImportFindings; the user guide's page on importing findings, with its rules
for FindingProviderFields; recorded findings for what the service adds. Inferred [SH-214] is that
fields that FindingProviderFields leaves out are taken from the version before.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.protocol.timestamps import WRITING
from membership_mock.securityhub.findings.finding_severity import (
    completed,
    severity_for,
    severity_of_provider,
)

#: fields that belong to the customer once a finding exists: imports leave them alone
CUSTOMER_FIELDS = ("Note", "UserDefinedFields", "VerificationState", "Workflow")
#: fields that providers set through FindingProviderFields, as long as the customer has not
PROVIDER_FIELDS = ("Confidence", "Criticality", "RelatedFindings", "Severity", "Types")


@dataclass(frozen=True, slots=True)
class Origin:
    """The origin of a finding: product, account, region and time.

    Attributes:
        product_name: the product.
        company_name: its company.
        account_name: what the organization calls the account; empty outside of organizations.
        region: the region of the import.
        now: when it was imported.
    """

    product_name: str
    company_name: str
    account_name: str
    region: str
    now: datetime


def merged(
    given: Mapping[str, Any],
    origin: Origin,
    before: Mapping[str, Any] | None = None,
    customer_fields: set[str] | frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """Return the fields of a finding after an import.

    They are the new ones, what the service adds, and what an import cannot change.

    Args:
        given: the finding as the provider has sent it.
        origin: where it comes from.
        before: the fields of the version before; None for a new finding.
        customer_fields: the provider's fields that the customer has set since.
    """
    kept: Mapping[str, Any] = before or {}
    fields = {
        "RecordState": "ACTIVE",
        "WorkflowState": kept.get("WorkflowState", "NEW"),
        **given,
        "ProductName": origin.product_name,
        "CompanyName": origin.company_name,
        "Region": origin.region,
        "ProcessedAt": WRITING["iso8601"](origin.now),
        "ProductFields": {
            **given.get("ProductFields", {}),
            "aws/securityhub/FindingId": f"{given['ProductArn']}/{given['Id']}",
            "aws/securityhub/ProductName": origin.product_name,
            "aws/securityhub/CompanyName": origin.company_name,
        },
    }
    if origin.account_name:
        fields["AwsAccountName"] = origin.account_name
    if before is not None:
        for name in CUSTOMER_FIELDS:
            fields[name] = before.get(name)
    _merge_provider_fields(fields, given, before, customer_fields)
    fields["Workflow"] = {"Status": workflow_status(fields, kept)}
    return {name: value for name, value in fields.items() if value is not None}


def _merge_provider_fields(
    fields: dict[str, Any],
    given: Mapping[str, Any],
    before: Mapping[str, Any] | None,
    customer_fields: set[str] | frozenset[str],
) -> None:
    """Set FindingProviderFields, and at the top of the finding what the customer has not set.

    A value that is given in one place only counts for both. Given in both, the provider's counts
    for both in a new finding; an existing one keeps each in its place (documented).
    """
    earlier: Mapping[str, Any] = before.get("FindingProviderFields", {}) if before else {}
    provided = given.get("FindingProviderFields", {})
    kept: dict[str, Any] = {}
    for name in PROVIDER_FIELDS:
        top, value = given.get(name), provided.get(name)
        is_provided = value is not None
        if value is None and top is not None:
            value = severity_of_provider(top) if name == "Severity" else top
        if value is None:
            value = earlier.get(name)
        if value is not None:
            kept[name] = severity_of_provider(value) if name == "Severity" else value
        if before is not None and name in customer_fields:
            fields[name] = before.get(name)
        elif before is not None and is_provided and top is not None:
            fields[name] = completed(top) if name == "Severity" else top
        elif name == "Severity" and value is not None:
            fields[name] = severity_for(value, top)
        else:
            fields[name] = value
    fields["FindingProviderFields"] = kept


def workflow_status(fields: Mapping[str, Any], before: Mapping[str, Any]) -> str:
    """Return the status of the investigation, which starts anew when the problem is back."""
    status = str((fields.get("Workflow") or {}).get("Status", "NEW"))
    if _control_passed(fields):
        # documented; that SUPPRESSED stays is inferred [SH-138]
        return status if status == "SUPPRESSED" else "RESOLVED"
    reactivated = before.get("RecordState") == "ARCHIVED" and fields["RecordState"] == "ACTIVE"
    compliance = fields.get("Compliance", {}).get("Status", "PASSED")
    failing = before.get("Compliance", {}).get("Status") == "PASSED" and compliance != "PASSED"
    return "NEW" if status in ("NOTIFIED", "RESOLVED") and (reactivated or failing) else status


def _control_passed(fields: Mapping[str, Any]) -> bool:
    """Return whether an active finding says that a control of Security Hub itself has passed.

    An archived one keeps its status, as in the published example of GetFindings.
    """
    return bool(
        str(fields["ProductArn"]).endswith("::product/aws/securityhub")
        and fields.get("Compliance", {}).get("Status") == "PASSED"
        and fields["RecordState"] == "ACTIVE"
    )
