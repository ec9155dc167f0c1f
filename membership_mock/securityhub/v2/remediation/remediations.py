"""Remediations of exposures, and the exposures that each would remedy.

AWS analyses exposures by itself; here it is what a test records, and without that lists are empty.

Sources: the API pages; observed answers without exposures, for unknown targets and for inputs that
exclude each other. What they leave open is marked inferred.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Backend, Family, operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.securityhub.errors import ResourceNotFoundException, ValidationException
from membership_mock.securityhub.findings.finding_store import FindingStore
from membership_mock.securityhub.v2.access.home_region import HomeRegionV2
from membership_mock.securityhub.v2.access.scopes import ScopesV2
from membership_mock.securityhub.v2.access.subscription import SubscriptionV2
from membership_mock.securityhub.v2.ocsf.documents import shown
from membership_mock.securityhub.v2.queries.fields import Document, path_of, values
from membership_mock.securityhub.v2.queries.pages import Found, Order, Source
from membership_mock.securityhub.v2.stores.entry_order import EntryOrder
from membership_mock.securityhub.v2.stores.ocsf_store import OcsfFindingStore
from membership_mock.securityhub.v2.stores.remediation_store import (
    RemediationStore,
    RemediationTarget,
)

#: documented
PAGE_SIZE = 25
#: observed
TARGET_NOT_FOUND = "Remediation target not found"
ONE_INPUT = "You can only provide either TargetUid, MetadataUid or Filters"
SEVERITIES = ("Informational", "Low", "Medium", "High", "Critical")
_ALL_FORMATS = "All"


class RemediationsV2(Family):
    """The operations on remediations."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self._orders: dict[tuple[str, str], EntryOrder[RemediationTarget]] = {}

    @operation("GetRemediationsV2", optional=True, page_size=PAGE_SIZE)
    def get_remediations_v2(
        self,
        ctx: Context,
        target_uid: str | None = None,
        metadata_uid: str | None = None,
        filters: dict[str, Any] | None = None,
        show_guidance: bool | None = None,
        guidance_format: str | None = None,
    ) -> dict[str, Found[RemediationTarget]]:
        """Return what would remedy the exposures that the caller sees, the most urgent first.

        Raises:
            AccessDeniedException: the account has no hub of V2 (observed).
            ResourceNotFoundException: there is no such target (observed).
            ValidationException: more than one of target, finding and filters is given.
        """
        self.of(SubscriptionV2).require(ctx)
        if sum(each is not None for each in (target_uid, metadata_uid, filters)) > 1:
            raise ValidationException(ONE_INPUT)

        def document(target: RemediationTarget) -> Document | None:
            if metadata_uid is not None and all(
                uid != metadata_uid for uid, _, _ in target.exposures
            ):
                return None
            described = _shown(target)
            if filters is not None and not _meets(filters, described):
                return None
            return {**described, "Guidance": _guidance(target, show_guidance, guidance_format)}

        kept = self._ordered() if target_uid is None else [[self._target(target_uid)]]
        return {"Items": Found([Source(each, document) for each in kept], None, Order())}

    @operation("ListExposuresByRemediationV2", optional=True, page_size=PAGE_SIZE)
    def list_exposures_by_remediation_v2(self, ctx: Context, target_uid: str) -> dict[str, Any]:
        """Return the exposures that a change would remedy, the most severe first.

        Raises:
            AccessDeniedException: the account has no hub of V2 (observed).
            ResourceNotFoundException: there is no such target (observed).
        """
        self.of(SubscriptionV2).require(ctx)
        target = self._target(target_uid)
        exposures = sorted(target.exposures, key=lambda each: (-SEVERITIES.index(each[1]), each[0]))
        ranked = [(f"{at:06d}", each) for at, each in enumerate(exposures)]
        return {
            "Items": Listing(
                ranked, position=lambda pair: pair[0], show=lambda pair: self._exposure(*pair[1])
            ),
            "TargetUid": target.target_uid,
            "Resource": target.resource,
            "TotalCount": len(exposures),
            "Trait": target.trait,
        }

    def _held(self) -> Iterator[tuple[str, str, dict[str, RemediationTarget]]]:
        """Yield each region and account that the caller sees, and its targets by their ids."""
        store = self.store_if_any(RemediationStore)
        if store is None:
            return
        accounts, ocsf = self.of(ScopesV2).accounts(), self.store(OcsfFindingStore)
        for region in self.of(HomeRegionV2).regions():
            for account_id, held in store.targets.get(region, {}).items():
                if account_id in accounts and ocsf.of(account_id, region) is not None:
                    yield region, account_id, held

    def _ordered(self) -> Iterator[list[RemediationTarget]]:
        """Yield the targets of each region and account that the caller sees, sorted by `place`."""
        last_number = self.store(RemediationStore).last_number
        for region, account_id, held in self._held():
            order = self._orders.setdefault((region, account_id), EntryOrder(_settled, _place))
            yield order.entries(held, last_number)

    def _target(self, target_uid: str) -> RemediationTarget:
        for _, _, held in self._held():
            if target_uid in held:
                return held[target_uid]
        raise ResourceNotFoundException(TARGET_NOT_FOUND)

    def _exposure(self, uid: str, before: str, after: str | None) -> dict[str, str]:
        record = self.store(OcsfFindingStore).find(uid)
        document = shown(self.store(FindingStore), record) if record else None
        return {
            "MetadataUid": uid,
            "Title": document["finding_info"]["title"] if document else uid,
            "PreviousSeverity": before,
            "ProjectedSeverity": after or "Informational",
            "Impact": impact_of(before, after),
        }


def impact_of(before: str, after: str | None) -> str:
    """Return what a change does to an exposure: ``Resolves``, ``Reduces`` or ``Unchanged``."""
    if after is None:
        return "Resolves"
    return "Reduces" if SEVERITIES.index(after) < SEVERITIES.index(before) else "Unchanged"


def _shown(target: RemediationTarget) -> dict[str, Any]:
    impacts = [impact_of(before, after) for _, before, after in target.exposures]
    return {
        "TargetUid": target.target_uid,
        "Outcome": {
            "ResolvedFindingsCount": impacts.count("Resolves"),
            "SeverityReductionFindingsCount": impacts.count("Reduces"),
            "SeverityUnchangedCount": impacts.count("Unchanged"),
        },
        "Priority": target.priority,
        "RemediationSummary": target.summary,
        "Resource": target.resource,
        "Status": target.status,
        "Trait": target.trait,
        "UpdatedAt": target.updated_at,
    }


def _guidance(
    target: RemediationTarget, wanted: bool | None, kind: str | None
) -> dict[str, Any] | None:
    """Return the guidance of a target, if it is asked for, with the examples of one format."""
    if not wanted or target.guidance is None:
        return None
    examples = target.guidance.get("Examples", {})
    if kind not in (None, _ALL_FORMATS):
        examples = {name: text for name, text in examples.items() if name == kind}
    return {**target.guidance, "Examples": examples}


def _meets(filters: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    return all(
        condition["Filter"]["Value"] in values(document, path_of(condition["FieldName"]))
        for composite in filters.get("CompositeFilters") or []
        for condition in composite.get("StringFilters") or []
    )


def _place(target: RemediationTarget) -> str:
    return target.place


def _settled(target: RemediationTarget) -> bool:
    del target
    return True
