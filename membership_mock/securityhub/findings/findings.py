"""Findings: their import, and GetFindings for one's own, one's members' and linked regions.

A finding belongs to the account and the region that it was imported in, and is kept once.

Sources: API pages BatchImportFindings, GetFindings and AwsSecurityFinding; the user guide on
FindingProviderFields and on administrator accounts; recorded answers for what the service adds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.protocol.timestamps import WRITING
from membership_mock.securityhub.aggregation.finding_aggregators import FindingAggregators
from membership_mock.securityhub.errors import (
    AccessDeniedException,
    InvalidInputException,
    not_subscribed_text,
)
from membership_mock.securityhub.families import SecurityHubFamily
from membership_mock.securityhub.findings import finding_format
from membership_mock.securityhub.findings.finding_fields import texts
from membership_mock.securityhub.findings.finding_filters import compile_filters
from membership_mock.securityhub.findings.finding_order import (
    FoundFindings,
    VisibleFindings,
    compile_order,
)
from membership_mock.securityhub.findings.finding_severity import severity_for, severity_of_provider
from membership_mock.securityhub.findings.finding_store import Finding, FindingStore, place_of
from membership_mock.securityhub.hubs.hubs import Hubs
from membership_mock.securityhub.relationships.administration import Administration
from membership_mock.securityhub.relationships.aggregation import FindingAggregator

#: Source: API page BatchImportFindings, user guide (240 KB each, 6 MB in all).
LARGEST_FINDING = 240 * 1024
LARGEST_BATCH = 6 * 1024 * 1024
#: A text of a finding must be shorter than this; the error message. Source: a log of a real call;
#: that it holds for every text is inferred.
TOO_LONG = 32768
FIELD_TOO_LONG = f"The maximum size of an individual field should be less than {TOO_LONG}"

#: fields that belong to the customer once a finding exists: imports leave them alone
CUSTOMER_FIELDS = ("Note", "UserDefinedFields", "VerificationState", "Workflow")
#: fields that providers set through FindingProviderFields, as long as the customer has not
PROVIDER_FIELDS = ("Confidence", "Criticality", "RelatedFindings", "Severity", "Types")

#: names of AWS's own products that differ from their ARNs
_AWS_PRODUCTS = {
    "access-analyzer": "IAM Access Analyzer",
    "config": "Config",
    "firewall-manager": "Firewall Manager",
    "guardduty": "GuardDuty",
    "health": "Health",
    "inspector": "Inspector",
    "macie": "Macie",
    "securityhub": "Security Hub",
    "ssm-patch-manager": "Systems Manager Patch Manager",
}


class Findings(SecurityHubFamily):
    """The operations on findings."""

    @operation(
        "BatchImportFindings",
        differs="Every product integration counts as enabled, those of AWS services among them.",
    )
    def batch_import_findings(self, ctx: Context, findings: list[dict[str, Any]]) -> dict[str, Any]:
        """Create or update findings; each that is refused is reported, and stops no other.

        Raises:
            AccessDeniedException: a finding is another account's, or its product is another
                account's or region's; then none is imported.
            InvalidInputException: the findings have more than 6 MB in all (inferred).
        """
        failed: list[dict[str, str]] = []
        accepted: list[dict[str, Any]] = []
        total = 0
        for given in findings:
            size = len(json.dumps(given))
            total += size
            finding, complaint = finding_format.read(given)
            if complaint is None and size > LARGEST_FINDING:
                complaint = "Finding size exceeded 240 KB"
            if complaint is None and size > TOO_LONG and _has_too_long_text(finding):
                complaint = FIELD_TOO_LONG
            if complaint is None:
                accepted.append(finding)
            else:
                failed.append(_failure(finding, "InvalidInput", complaint))
        if total > LARGEST_BATCH:
            raise InvalidInputException("The findings exceed the maximum size of 6 MB.")
        for finding in accepted:
            _check_access(ctx, finding)
        if self.of(Hubs).of_account(ctx.account_id) is None:
            # Source: user guide, a hub that is not enabled makes findings fail
            text = not_subscribed_text(ctx.account_id)
            failed += [_failure(finding, "InvalidAccess", text) for finding in accepted]
            accepted = []
        for finding in accepted:
            self._import(ctx, finding)
        return {
            "FailedCount": len(failed),
            "SuccessCount": len(accepted),
            "FailedFindings": failed,
        }

    @operation("GetFindings")
    def get_findings(
        self,
        ctx: Context,
        filters: dict[str, Any] | None = None,
        sort_criteria: list[dict[str, str]] | None = None,
    ) -> dict[str, Listing[Finding]]:
        """Return the findings that the caller sees from here and that match ``filters``.

        Raises:
            InvalidInputException: the filters or sort criteria are not valid.
        """
        self.of(Hubs).require()
        query = compile_filters(filters or {}, ctx.now)
        order = compile_order(sort_criteria or ())
        return {"Findings": FoundFindings(self.visible(ctx.now), query, order)}

    def regions_unlinked(self, before: FindingAggregator, after: FindingAggregator | None) -> None:
        """Keep findings of regions that are no longer linked visible in the home region."""
        store = self.store(FindingStore)
        unlinked = [
            region
            for region in store.shelves
            if before.links(region) and not (after is not None and after.links(region))
        ]
        store.keep_copies(before.account_id, before.finding_aggregation_region, unlinked)

    def visible(self, now: datetime) -> Iterator[VisibleFindings]:
        """Yield what the caller sees from this region: its own findings and its members'.

        In its home region it sees the same of the linked regions. Those that were linked once have
        left copies behind.
        """
        store = self.store(FindingStore)
        caller, here = self.backend.account_id, self.backend.region_name
        regions: dict[str, int | None] = {}
        owner = self.of(Administration).administrator_of(caller) or caller
        for account_id in (owner, caller):
            regions.update(store.copies.get((account_id, here), {}))
        linked = self.of(FindingAggregators).linked_regions(caller)
        regions.update(dict.fromkeys([here, *linked]))
        for region, until in regions.items():
            shelves = store.shelves.get(region)
            if not shelves:
                continue
            there = self.backend.in_region(region)
            seen = {caller, *there.family(Administration).enabled_members(caller)}
            for account_id in seen & shelves.keys():
                index = shelves[account_id]
                index.expire(now)
                yield VisibleFindings(index, until)

    def _import(self, ctx: Context, given: dict[str, Any]) -> None:
        """Keep a well-formed finding, unless a later version of it is kept already."""
        store = self.store(FindingStore)
        index = store.index_of(ctx.account_id, ctx.region)
        index.expire(ctx.now)
        updated_at = finding_format.when(given["UpdatedAt"])
        old = index.findings.get((given["ProductArn"], given["Id"]))
        if old is None:
            sequence = store.next_sequence()
            customer_fields: set[str] = set()
        else:
            if updated_at <= finding_format.when(old.fields["UpdatedAt"]):
                return
            index.remove(old)
            sequence, customer_fields = old.sequence, old.customer_fields
        index.add(
            Finding(
                fields=_merged(ctx, given, old),
                sequence=sequence,
                place=place_of(updated_at, sequence),
                touched=ctx.now,
                customer_fields=customer_fields,
            )
        )


def _has_too_long_text(finding: Mapping[str, Any]) -> bool:
    return any(len(text) >= TOO_LONG for text in texts(finding))


def _check_access(ctx: Context, finding: Mapping[str, Any]) -> None:
    """Refuse a finding that the caller may not import.

    Raises:
        AccessDeniedException: text observed, but for who the user is.
    """
    _, _, _, region, account_id, _ = finding["ProductArn"].split(":", 5)
    company, product = _product(finding)
    owners = {finding["AwsAccountId"], account_id or ctx.account_id}
    if product == "default":
        owners.add(company)
    if owners != {ctx.account_id} or region != ctx.region:
        raise AccessDeniedException(
            f"User: arn:{ctx.partition}:iam::{ctx.account_id}:root is not authorized to perform:"
            f" securityhub:BatchImportFindings on resource: {finding['ProductArn']}"
        )


def _failure(finding: Mapping[str, Any], code: str, message: str) -> dict[str, str]:
    # a finding without an id cannot be named; the shape demands something
    given = finding.get("Id")
    named = given if isinstance(given, str) and given.strip() else "unknown"
    return {"Id": named, "ErrorCode": code, "ErrorMessage": message}


def _merged(ctx: Context, given: Mapping[str, Any], old: Finding | None) -> dict[str, Any]:
    """Return the fields of a finding after an import.

    They are the new ones, what the service adds, and what an import cannot change.
    """
    before: Mapping[str, Any] = old.fields if old else {}
    company, product = _names(given)
    fields = {
        "RecordState": "ACTIVE",
        "WorkflowState": before.get("WorkflowState", "NEW"),
        **given,
        "ProductName": product,
        "CompanyName": company,
        "Region": ctx.region,
        "ProcessedAt": WRITING["iso8601"](ctx.now),
        "ProductFields": {
            **given.get("ProductFields", {}),
            "aws/securityhub/FindingId": f"{given['ProductArn']}/{given['Id']}",
            "aws/securityhub/ProductName": product,
            "aws/securityhub/CompanyName": company,
        },
    }
    if old:
        for name in CUSTOMER_FIELDS:
            fields[name] = before.get(name)
    _merge_provider_fields(fields, given, old)
    fields["Workflow"] = {"Status": _workflow_status(fields, before)}
    return {name: value for name, value in fields.items() if value is not None}


def _merge_provider_fields(
    fields: dict[str, Any], given: Mapping[str, Any], old: Finding | None
) -> None:
    """Set FindingProviderFields, and from there what the customer has not set.

    What FindingProviderFields leaves out is taken from the top of the finding, and failing that
    from the version before (inferred).
    """
    before: Mapping[str, Any] = old.fields.get("FindingProviderFields", {}) if old else {}
    provided = given.get("FindingProviderFields", {})
    merged: dict[str, Any] = {}
    for name in PROVIDER_FIELDS:
        value = provided.get(name)
        top = given.get(name)
        if value is None and top is not None:
            value = severity_of_provider(top) if name == "Severity" else top
        if value is None:
            value = before.get(name)
        if value is not None:
            merged[name] = value
        if old and name in old.customer_fields:
            fields[name] = old.fields.get(name)
        elif name == "Severity" and value is not None:
            fields[name] = severity_for(value, top)
        else:
            fields[name] = value
    fields["FindingProviderFields"] = merged


def _workflow_status(fields: Mapping[str, Any], before: Mapping[str, Any]) -> str:
    """Return the status of the investigation, which starts anew when the problem is back."""
    status = str((fields.get("Workflow") or {}).get("Status", "NEW"))
    reactivated = before.get("RecordState") == "ARCHIVED" and fields["RecordState"] == "ACTIVE"
    compliance = fields.get("Compliance", {}).get("Status", "PASSED")
    failing = before.get("Compliance", {}).get("Status") == "PASSED" and compliance != "PASSED"
    return "NEW" if status in ("NOTIFIED", "RESOLVED") and (reactivated or failing) else status


def _names(given: Mapping[str, Any]) -> tuple[str, str]:
    """Return the names of the company and the product that a finding comes from.

    Only a custom integration, which uses the default product, may choose them. The names of
    third-party products are not published; their ARNs stand in (inferred).
    """
    company, product = _product(given)
    if product == "default":
        return given.get("CompanyName", "Personal"), given.get("ProductName", "Default")
    if company == "aws":
        return "AWS", _AWS_PRODUCTS.get(product, product)
    return company, product


def _product(finding: Mapping[str, Any]) -> tuple[str, str]:
    """Return the last two parts of a well-formed product ARN: ``aws`` and ``guardduty``."""
    _, company, product = finding["ProductArn"].rsplit("/", 2)
    return company, product
