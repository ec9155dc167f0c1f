"""The import of findings: the right to import, and the effect of automation rules.

A finding belongs to the account and the region that it is imported for, and is kept once.

Sources: API page BatchImportFindings; the user guide's pages on importing findings, on
integrations and on automation rules; logs of real calls for refusals.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.securityhub.errors import (
    AccessDeniedException,
    InvalidInputException,
    not_subscribed_text,
)
from membership_mock.securityhub.families import SecurityHubFamily
from membership_mock.securityhub.findings import finding_format
from membership_mock.securityhub.findings.finding_changes import IMPORTED, UPDATED
from membership_mock.securityhub.findings.finding_events import Feed, FindingEvents
from membership_mock.securityhub.findings.finding_fields import texts
from membership_mock.securityhub.findings.finding_merge import Origin, merged
from membership_mock.securityhub.findings.finding_store import Finding, FindingStore
from membership_mock.securityhub.findings.finding_updates import LARGEST_FINDING, applied
from membership_mock.securityhub.hubs.hubs import Hubs
from membership_mock.securityhub.triage.automation_rule_store import ReadyRule, matching
from membership_mock.securityhub.triage.automation_rules import AutomationRules
from membership_mock.securityhub.triage.product_subscriptions import ProductSubscriptions
from membership_mock.securityhub.triage.products import Products

#: Source: API page BatchImportFindings, user guide.
LARGEST_BATCH = 6 * 1024 * 1024
#: The characters that no text of a finding may have, and the message for one that has them.
#: Source: a log of a real call; that it goes for every text is inferred [SH-102].
TOO_LONG = 32768
FIELD_TOO_LONG = f"The maximum size of an individual field should be less than {TOO_LONG}"


@dataclass(slots=True)
class _Batch:
    """Data that all findings of an import share.

    Attributes:
        rules: the automation rules for each account.
        account_names: what the organization calls each account.
        feeds: the receivers of events of findings, for each account.
    """

    rules: dict[str, list[ReadyRule]] = field(default_factory=dict)
    account_names: dict[str, str] = field(default_factory=dict)
    feeds: dict[str, list[Feed]] = field(default_factory=dict)


class FindingImport(SecurityHubFamily):
    """The operation that imports findings."""

    @operation(
        "BatchImportFindings",
        differs="Every subscribed account can import findings for the products of AWS services.",
    )
    def batch_import_findings(self, ctx: Context, findings: list[dict[str, Any]]) -> dict[str, Any]:
        """Create or update findings; refused ones are reported, and the others are processed.

        The account of a product, which its ARN holds, may import findings into every account that
        is subscribed to the product (documented).

        Raises:
            AccessDeniedException: a finding is another account's, or the account is not subscribed
                to its product; then none is imported (observed).
            InvalidInputException: the findings have more than 6 MB in all (inferred [SH-103]).
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
        reasons = [self._inaccessible(ctx, finding) for finding in accepted]
        batch = _Batch()
        for finding, reason in zip(accepted, reasons, strict=True):
            if reason is None:
                self._take(ctx, finding, batch)
            else:
                failed.append(_failure(finding, "InvalidAccess", reason))
        return {
            "FailedCount": len(failed),
            "SuccessCount": reasons.count(None),
            "FailedFindings": failed,
        }

    def take(self, ctx: Context, findings: Sequence[Mapping[str, Any]]) -> None:
        """Import findings that AWS has made itself, whatever the account is subscribed to.

        They are merged with earlier versions, judged by automation rules and written into the
        history, as all that is imported.

        Args:
            ctx: the request, in the region of the findings.
            findings: well-formed findings of accounts that have a hub there.
        """
        batch = _Batch()
        for each in findings:
            self._take(ctx, each, batch)

    def _inaccessible(self, ctx: Context, finding: Mapping[str, Any]) -> str | None:
        """Return why a finding fails because of a missing hub or subscription; otherwise None.

        Raises:
            AccessDeniedException: the whole import is refused.
        """
        owner, arn = finding["AwsAccountId"], finding["ProductArn"]
        _, partition, _, region, account_id, resource = arn.split(":", 5)
        if (partition, region) != (ctx.partition, ctx.region):
            raise _denied(ctx, arn)
        _, company, name = resource.split("/")
        subscriptions = self.of(ProductSubscriptions)
        product = None
        if name != "default":
            product = self.of(Products).find(arn)
            if product is not None and product.account_id == ctx.account_id != owner:
                # Source: user guide, a product that is not enabled makes findings fail
                return None if subscriptions.allows(owner, product) else self._no_access(owner, arn)
        elif {company, account_id or ctx.account_id} != {ctx.account_id}:
            raise _denied(ctx, arn)
        if owner != ctx.account_id:
            raise _denied(ctx, arn)
        if self.of(Hubs).of_account(owner) is None:
            return self._no_access(owner, arn)
        if name != "default" and (product is None or not subscriptions.allows(owner, product)):
            raise _denied(
                ctx, arn, _way_out(arn, f"{company}/{name}", is_known=product is not None)
            )
        return None

    def _no_access(self, account_id: str, product_arn: str) -> str:
        """Return why an account refuses a finding (the second text is inferred [SH-145])."""
        if self.of(Hubs).of_account(account_id) is None:
            return not_subscribed_text(account_id)
        return f"Account {account_id} is not subscribed to the product {product_arn}"

    def _take(self, ctx: Context, given: Mapping[str, Any], batch: _Batch) -> None:
        """Keep a well-formed finding, unless a later version of it is kept already."""
        account_id = given["AwsAccountId"]
        store = self.store(FindingStore)
        index = store.index_of(account_id, ctx.region)
        index.expire(ctx.now)
        old = index.findings.get((given["ProductArn"], given["Id"]))
        updated_at = finding_format.when(given["UpdatedAt"])
        if old is not None and updated_at <= finding_format.when(old.fields["UpdatedAt"]):
            return
        origin = self._origin(ctx, given, batch)
        finding = store.imported(old, merged_with(given, origin, old), updated_at, ctx.now)
        if old is None:
            finding.note_creation(ctx.now, IMPORTED, given["ProductArn"])
        else:
            # what UpdateFindings had set is not in the history, nor that the import takes it back
            before = old.lasting_fields
            finding.note_changes(ctx.now, IMPORTED, given["ProductArn"], before)
        rules = batch.rules.get(account_id)
        if rules is None:
            rules = self.of(AutomationRules).ready_for(account_id, ctx.now)
            batch.rules[account_id] = rules
        if rules:
            original = finding.fields
            if old is not None:
                original = {**merged(given, origin), "Workflow": finding.fields["Workflow"]}
            for rule in matching(rules, original):
                before = finding.fields
                finding.fields = {**before, **applied(finding, rule.changes)}
                finding.set_by_customer(rule.changes)
                finding.note_changes(ctx.now, UPDATED, rule.rule_arn, before)
        if old is not None:
            index.remove(old)
        index.add(finding)
        events = self.of(FindingEvents)
        feeds = batch.feeds.get(account_id)
        if feeds is None:
            feeds = batch.feeds[account_id] = events.feeds(account_id)
        events.announce(account_id, finding, ctx.now, feeds)
        owner = self.backend.in_region(ctx.region, account_id).family(FindingImport)
        for family in owner.followers():
            family.finding_imported(ctx, given, finding.identity)

    def _origin(self, ctx: Context, given: Mapping[str, Any], batch: _Batch) -> Origin:
        """Return the origin of a finding.

        Only a custom integration, which uses the default product, may choose names itself.
        """
        account_id = given["AwsAccountId"]
        product = self.of(Products).find(given["ProductArn"])
        if product is None:
            product_name = given.get("ProductName", "Default")
            company_name = given.get("CompanyName", "Personal")
        else:
            product_name, company_name = product.product_name, product.company_name
        account_name = batch.account_names.get(account_id)
        if account_name is None:
            organization = ctx.world.organization_of(account_id, ctx.partition)
            account = organization.accounts.get(account_id) if organization else None
            account_name = batch.account_names[account_id] = account.name if account else ""
        return Origin(product_name, company_name, account_name, ctx.region, ctx.now)


def merged_with(given: Mapping[str, Any], origin: Origin, old: Finding | None) -> dict[str, Any]:
    """Return the fields of a finding after an import that follows ``old``."""
    if old is None:
        return merged(given, origin)
    return merged(given, origin, old.lasting_fields, old.customer_fields)


def _has_too_long_text(finding: Mapping[str, Any]) -> bool:
    return any(len(text) >= TOO_LONG for text in texts(finding))


def _denied(ctx: Context, product_arn: str, way_out: str = "") -> AccessDeniedException:
    """Return the refusal of a whole import (text observed, but for the way out)."""
    return AccessDeniedException(
        f"User: {ctx.principal} is not authorized to perform:"
        f" securityhub:BatchImportFindings on resource: {product_arn}{way_out}"
    )


def _way_out(arn: str, tail: str, *, is_known: bool) -> str:
    """Return text for the author of a test, which follows the text of AWS: what to do."""
    if is_known:
        return (
            " (membership_mock: the account is not subscribed to this product; call"
            f" EnableImportFindingsForProduct, or mock.given.securityhub.product({tail!r}))"
        )
    return (
        " (membership_mock: the catalogue has no such product; add it and subscribe to it with"
        f" mock.given.securityhub.product({arn!r}))"
    )


def _failure(finding: Mapping[str, Any], code: str, message: str) -> dict[str, str]:
    # a finding without an id cannot be named; the shape demands something
    given = finding.get("Id")
    named = given if isinstance(given, str) and given.strip() else "unknown"
    return {"Id": named, "ErrorCode": code, "ErrorMessage": message}
