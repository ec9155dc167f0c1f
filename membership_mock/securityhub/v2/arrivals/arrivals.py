"""The arrival of a product's finding in Security Hub V2.

A finding that the older service imports is noted here if the account has a hub of V2; those that
were imported before are noted when the hub is enabled. Automation rules act on each arrival.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.securityhub.families import SecurityHubFamily
from membership_mock.securityhub.findings.finding_format import instant
from membership_mock.securityhub.findings.finding_merge import workflow_status
from membership_mock.securityhub.findings.finding_store import Finding, FindingStore, place_of
from membership_mock.securityhub.v2.arrivals.resource_index import ResourceIndexV2, ids_of
from membership_mock.securityhub.v2.arrivals.rule_runner import RuleRunnerV2
from membership_mock.securityhub.v2.findings.finding_events import FindingEventsV2
from membership_mock.securityhub.v2.findings.visibility import VisibleFindings
from membership_mock.securityhub.v2.ocsf import vocabulary as words
from membership_mock.securityhub.v2.ocsf.asff_resources import ids_of as asff_ids
from membership_mock.securityhub.v2.ocsf.documents import of_provider, uid_of
from membership_mock.securityhub.v2.ocsf.resource_documents import of_finding
from membership_mock.securityhub.v2.queries.fields import Document
from membership_mock.securityhub.v2.stores.ocsf_store import (
    AccountFindings,
    OcsfFindingStore,
    OcsfRecord,
)
from membership_mock.securityhub.v2.stores.resource_store import ResourceRecord, ResourceV2Store


class ArrivalsV2(SecurityHubFamily):
    """The arrival of findings in this account and region."""

    def open(self, now: datetime) -> None:
        """Note the findings that the older service has, for a hub that was just enabled."""
        backend = self.backend
        held = self.store(OcsfFindingStore).open(backend.account_id, backend.region_name)
        index = self.store(FindingStore).shelves.get(held.region, {}).get(held.account_id)
        if index is None:
            return
        index.expire(now)
        for finding in index.ordered:
            workflow = finding.fields.get("Workflow", {}).get("Status", "NEW")
            record = self._add(held, finding, workflow, None)
            self.of(ResourceIndexV2).note(record, asff_ids(finding.fields), now)

    def close(self) -> None:
        """Remove the findings, for a hub that was just disabled."""
        backend = self.backend
        self.store(OcsfFindingStore).close(backend.account_id, backend.region_name)
        self.of(ResourceIndexV2).close()

    def finding_imported(
        self, ctx: Context, given: Mapping[str, Any], identity: tuple[str, str]
    ) -> None:
        """Note a finding that the older service has just imported."""
        held = self._held()
        if held is None:
            return
        index = self.store(FindingStore).index_of(held.account_id, held.region)
        finding = index.findings[identity]
        self.of(VisibleFindings).expire(held, ctx.now)
        uid = held.by_identity.get(identity)
        if uid is None:
            workflow = str((given.get("Workflow") or {}).get("Status", "NEW"))
            record = self._add(held, finding, workflow, (given.get("Note") or {}).get("Text"))
        else:
            record = held.records[uid]
            self._update(held, record, finding, ctx.now)
        self._act(ctx, record, asff_ids(finding.fields))

    def finding_archived(self, account_id: str, identity: tuple[str, str], now: datetime) -> None:
        """Close a finding that the older service has archived.

        No rule acts on it (inferred [SH-240]).
        """
        store = self.store_if_any(OcsfFindingStore)
        region = self.backend.region_name
        held = store.of(account_id, region) if store else None
        uid = held.by_identity.get(identity) if held else None
        if held is None or uid is None:
            return
        finding = self.store(FindingStore).index_of(account_id, region).findings[identity]
        self._update(held, held.records[uid], finding, now)
        self.store(ResourceV2Store).of(account_id, region).touch(uid)
        owner = self.backend.in_region(region, account_id)
        owner.family(FindingEventsV2).announce(held.records[uid], now)

    def written(self, ctx: Context, document: dict[str, Any]) -> OcsfRecord:
        """Keep a finding that was written in OCSF, or a new version of one.

        Args:
            ctx: the account, the region and the moment.
            document: the finding, complete but for its uid and what happened to it.
        """
        held = self._held()
        if held is None:
            raise ValueError("there is no hub of V2")
        self.of(VisibleFindings).expire(held, ctx.now)
        info, product = document["finding_info"], document["metadata"]["product"]["uid"]
        uid = uid_of(ctx.account_id, ctx.region, product, info["uid"])
        modified = instant(info["modified_time_dt"]) or ctx.now
        record = held.records.get(uid)
        if record is None:
            sequence = self.store(FindingStore).next_sequence()
            record = OcsfRecord(
                uid=uid,
                account_id=ctx.account_id,
                region=ctx.region,
                sequence=sequence,
                place=place_of(modified, sequence),
                touched=ctx.now,
                created_at=ctx.now,
                activity_id=document["activity_id"],
                document=document,
            )
            self._keep(held, record)
        else:
            held.move(record, place_of(modified, record.sequence))
            record.document = document
            record.activity_id = document["activity_id"]
            record.touched = ctx.now
            record.version += 1
        document["metadata"]["uid"] = uid
        self._act(ctx, record, ids_of(document))
        return record

    def _held(self) -> AccountFindings | None:
        store = self.store_if_any(OcsfFindingStore)
        backend = self.backend
        return store.of(backend.account_id, backend.region_name) if store else None

    def _add(
        self, held: AccountFindings, finding: Finding, workflow: str, note: str | None
    ) -> OcsfRecord:
        is_archived = finding.fields.get("RecordState") == "ARCHIVED"
        record = OcsfRecord(
            uid=uid_of(held.account_id, held.region, *finding.identity),
            account_id=held.account_id,
            region=held.region,
            sequence=finding.sequence,
            place=finding.place,
            touched=finding.touched,
            created_at=finding.touched,
            activity_id=words.CLOSE if is_archived else words.CREATE,
            identity=finding.identity,
            workflow=workflow,
            note=note,
        )
        self._judge(record, finding, {})
        self._keep(held, record)
        return record

    def _judge(self, record: OcsfRecord, finding: Finding, before: Mapping[str, Any]) -> None:
        """Let the provider's status follow what it says, as it does in the older service."""
        fields = {**finding.fields, "Workflow": {"Status": record.workflow}}
        record.workflow = workflow_status(fields, before)
        record.compliance = fields.get("Compliance", {}).get("Status")

    def _keep(self, held: AccountFindings, record: OcsfRecord) -> None:
        held.add(record)
        self.store(OcsfFindingStore).homes[record.uid] = (record.region, record.account_id)

    def _update(
        self, held: AccountFindings, record: OcsfRecord, finding: Finding, now: datetime
    ) -> None:
        is_archived = finding.fields.get("RecordState") == "ARCHIVED"
        was_archived = record.activity_id == words.CLOSE
        before: dict[str, Any] = {"RecordState": "ARCHIVED" if was_archived else "ACTIVE"}
        if record.compliance is not None:
            before["Compliance"] = {"Status": record.compliance}
        self._judge(record, finding, before)
        record.activity_id = words.CLOSE if is_archived else words.UPDATE
        record.touched = now
        record.version += 1
        held.move(record, finding.place)

    def _act(self, ctx: Context, record: OcsfRecord, ids: Sequence[str]) -> None:
        """Note the resources of a finding, and let automation rules act on what it says."""
        document = cache(partial(self._document, record))  # made for a rule only
        resources = self.of(ResourceIndexV2).note(record, ids, ctx.now)
        runner = self.of(RuleRunnerV2)
        runner.run(ctx, record, document)
        for resource in resources:

            def shown(resource: ResourceRecord = resource) -> Document:
                return of_finding(resource, document())

            said = runner.criticality(ctx, record.region, shown)
            if said is not None:
                resource.criticality = said
        self.of(FindingEventsV2).announce(record, ctx.now)

    def _document(self, record: OcsfRecord) -> Document:
        return of_provider(self.store(FindingStore), record) or {}
