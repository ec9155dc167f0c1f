"""Updates of findings of Security Hub V2 by customers.

Sources: the API page of BatchUpdateFindingsV2 (targets, values, that no time of a finding moves).
Inferred [SH-192, SH-257] are the words of refusals and that both identifiers are in each answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, operation
from membership_mock.securityhub.errors import ValidationException
from membership_mock.securityhub.findings.finding_store import FindingStore
from membership_mock.securityhub.v2.access.subscription import SubscriptionV2
from membership_mock.securityhub.v2.findings.finding_events import FindingEventsV2
from membership_mock.securityhub.v2.findings.visibility import VisibleFindings
from membership_mock.securityhub.v2.ocsf.asff_to_ocsf import product_uid
from membership_mock.securityhub.v2.ocsf.customer_fields import checked_changes
from membership_mock.securityhub.v2.ocsf.documents import uid_of
from membership_mock.securityhub.v2.stores.ocsf_store import OcsfRecord
from membership_mock.securityhub.v2.stores.resource_store import ResourceV2Store

NOT_FOUND = ("ResourceNotFoundException", "Finding not found")
TWICE = ("ConflictException", "The finding is named twice")
#: rule documented, words as those of GetRemediationsV2
ONE_KIND = "You can only provide either MetadataUids or FindingIdentifiers"


class FindingUpdatesV2(Family):
    """The operation that updates findings."""

    @operation(
        "BatchUpdateFindingsV2",
        action="BatchUpdateFindings",  # documented
        differs="What is set here shows in V2 only, and what BatchUpdateFindings sets in the older"
        " service only.",
    )
    def batch_update_findings_v2(
        self,
        ctx: Context,
        metadata_uids: list[str] | None = None,
        finding_identifiers: list[dict[str, str]] | None = None,
        comment: str | None = None,
        severity_id: int | None = None,
        status_id: int | None = None,
    ) -> dict[str, Any]:
        """Set comment, severity and status of findings that the caller sees from here.

        Raises:
            ValidationException: both kinds of identifiers are given, or neither; or no field is
                set, or a value does not exist.
        """
        self.of(SubscriptionV2).require(ctx)
        changes = checked_changes(comment, severity_id, status_id)
        if metadata_uids and finding_identifiers:
            raise ValidationException(ONE_KIND)
        if not metadata_uids and not finding_identifiers:
            raise ValidationException("MetadataUids or FindingIdentifiers is required")
        processed: list[dict[str, Any]] = []
        unprocessed: list[dict[str, Any]] = []
        updated: set[str] = set()
        for named, record in self._targets(ctx, metadata_uids or [], finding_identifiers or []):
            failure = NOT_FOUND if record is None else TWICE if record.uid in updated else None
            if record is None or failure:
                code, text = failure or NOT_FOUND
                unprocessed.append({**named, "ErrorCode": code, "ErrorMessage": text})
                continue
            updated.add(record.uid)
            self._update(ctx, record, changes)
            processed.append(self._identifiers(record))
        return {"ProcessedFindings": processed, "UnprocessedFindings": unprocessed}

    def _targets(
        self, ctx: Context, uids: Sequence[str], identifiers: Sequence[Mapping[str, str]]
    ) -> Iterator[tuple[dict[str, Any], OcsfRecord | None]]:
        visible = self.of(VisibleFindings)
        find, regions = visible.finder(ctx.now), visible.regions()
        for uid in uids:
            yield {"MetadataUid": uid}, find(uid)
        for each in identifiers:
            found = (find(uid) for uid in _uids_of(each, regions))
            yield {"FindingIdentifier": each}, next(filter(None, found), None)

    def _update(self, ctx: Context, record: OcsfRecord, changes: Mapping[str, Any]) -> None:
        record.overlay.update(changes)
        record.touched = ctx.now
        record.version += 1
        self.store(ResourceV2Store).of(record.account_id, record.region).touch(record.uid)
        if record.identity is not None:
            # kept for 90 days after the latest update, whichever service it was made through
            index = self.store(FindingStore).shelves[record.region][record.account_id]
            index.findings[record.identity].touched = ctx.now
        owner = self.backend.in_region(record.region, record.account_id)
        owner.family(FindingEventsV2).announce(record, ctx.now)

    def _identifiers(self, record: OcsfRecord) -> dict[str, Any]:
        if record.identity is not None:
            product, finding_id = product_uid(record.identity[0]), record.identity[1]
        else:
            document = record.document or {}
            product = document["metadata"]["product"]["uid"]
            finding_id = document["finding_info"]["uid"]
        return {
            "FindingIdentifier": {
                "CloudAccountUid": record.account_id,
                "FindingInfoUid": finding_id,
                "MetadataProductUid": product,
            },
            "MetadataUid": record.uid,
        }


def _uids_of(identifier: Mapping[str, str], regions: Sequence[str]) -> Iterator[str]:
    """Yield the uids that an identifier can stand for; it names no region."""
    product = identifier["MetadataProductUid"]
    if ":productv2/" not in product:
        return  # the ARN of the older service finds nothing (inferred [SH-180])
    account_id, finding_id = identifier["CloudAccountUid"], identifier["FindingInfoUid"]
    for region in regions:
        for spelled in (product.replace(":productv2/", ":product/", 1), product):
            yield uid_of(account_id, region, spelled, finding_id)
