"""Analysis log exports: how its runner, or its payer, gets the Spark event log of a query.

Source: user guide, "Export analysis logs", also for the four texts below; what it leaves open is
marked inferred. An export moves as all states do that pass by themselves: by the clock, or with
each read of it and each list that it may be in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import NoneType
from typing import Any

from membership_mock.cleanrooms.analyses.analysis_store import UNFINISHED
from membership_mock.cleanrooms.analyses.protected_queries import ProtectedQueries, ProtectedQuery
from membership_mock.cleanrooms.collaborations.abilities import EXPORT_QUERY_ANALYSIS_LOG
from membership_mock.cleanrooms.collaborations.clean_rooms_family import CleanRoomsFamily
from membership_mock.cleanrooms.collaborations.collaboration_store import Membership
from membership_mock.cleanrooms.errors import (
    AccessDeniedException,
    ResourceNotFoundException,
    ValidationException,
)
from membership_mock.cleanrooms.log_exports.log_export_store import (
    EXPORT_RUNS,
    IN_PROGRESS,
    LogExport,
    LogExportStore,
)
from membership_mock.cleanrooms.looked_listing import LookedListing
from membership_mock.cleanrooms.memberships.memberships import Memberships
from membership_mock.cleanrooms.quotas import LOG_EXPORTS, Quotas
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.state.lifecycle import Progress
from membership_mock.engine.state.quotas import QuotaUse
from membership_mock.engine.state.world import World
from membership_mock.errors import UsageError

#: documented, each as a text of the console
NO_ABILITY = "You don't have the ability to export query analysis logs."
NOT_THEIRS = "Only the query runner or the payer of the query can export analysis logs."
NOT_ENDED = "Query must reach a terminal state before logs can be exported."
IS_PRIVATE = "Log export is not supported for queries that use differential privacy."

#: the error of a query that has never run: the code is documented, the text inferred [CR-157]
LOGS_NOT_AVAILABLE = {
    "code": "LOGS_NOT_AVAILABLE",
    "message": "No query execution logs are available for this query.",
}
#: the error of an export whose bucket is gone by the end (inferred [CR-122])
NO_BUCKET = {
    "code": "RESOURCE_ACCESS_DENIED",
    "message": "The logs could not be written into the bucket.",
}
#: the error of a failure that a test has not described (inferred [CR-123])
FAILED = {"code": "INTERNAL_ERROR", "message": "The logs could not be exported."}

_DIFFERS = "reads or time end an export; the event log has one line, because no query is run"


class LogExports(CleanRoomsFamily):
    """The operations on analysis log exports."""

    @classmethod
    def quota_uses(cls, world: World, now: datetime) -> Iterator[QuotaUse]:
        """Yield how many exports of each membership have not ended."""
        del now
        for (region,), store in world.stores(LogExportStore):
            yield from store.uses(region, LOG_EXPORTS)

    @classmethod
    def waiting(cls, world: World) -> Iterator[tuple[str, str]]:
        """Yield whose exports have not ended."""
        for (region,), store in world.stores(LogExportStore):
            for held in store.running.values():
                for account_id in {each.account_id for each in held}:
                    yield account_id, region

    def time_passed(self, now: datetime) -> None:
        """Let the exports of this account end that are due: their files lie in S3."""
        for held in list(self.store(LogExportStore).running.values()):
            for each in list(held):
                if each.account_id == self.backend.account_id:
                    self._let_time_pass(each, now)

    def membership_ended(self, membership: Membership, now: datetime) -> None:
        """Remove the exports of a membership that is deleted.

        Others go on (inferred [CR-120, CR-121]).
        """
        del now
        if membership.member.membership is None:
            self.store(LogExportStore).forget(membership.id)

    def plan(self, status: str, error: Mapping[str, str] | None, export_id: str | None) -> None:
        """Decide how an export ends: that of the id, or else the next one of this account.

        Raises:
            UsageError: no export can end like that, or the one of the id has ended.
        """
        if status not in ("SUCCESS", "FAILED"):
            raise UsageError(
                f"An analysis log export ends in SUCCESS or FAILED, not in {status!r}."
            )
        if not isinstance(error, (Mapping, NoneType)):
            raise UsageError(
                f"The error of an analysis log export is a mapping with code and message, not"
                f" {error!r}."
            )
        if error is not None and status != "FAILED":
            raise UsageError(f"An analysis log export that ends in {status} has no error.")
        unknown = set(error or ()) - {"code", "message"}
        if unknown:
            raise UsageError(
                f"The error of a failure has code and message, not {', '.join(sorted(unknown))}."
            )
        if not all(isinstance(each, str) for each in (error or {}).values()):
            raise UsageError("The code and the message of a failure are text.")
        planned = {**FAILED, **(error or {})} if status == "FAILED" else None
        store, account_id = self.store(LogExportStore), self.backend.account_id
        if export_id is None:
            store.planned.setdefault(account_id, []).append(planned)
            return
        found = store.by_id.get(str(export_id))
        if found is None or found.account_id != account_id:
            raise UsageError(
                f"Account {account_id} has no analysis log export with the id {export_id} in"
                f" {self.backend.region_name}."
            )
        self._let_time_pass(found, self.backend.world.clock.now())
        if found.status != IN_PROGRESS:
            raise UsageError(f"The analysis log export {export_id} is {found.status} already.")
        found.planned_error = planned

    @operation("StartAnalysisLogExport", optional=True, differs=_DIFFERS)
    def start_analysis_log_export(
        self,
        ctx: Context,
        membership_identifier: str,
        analysis_id: str,
        analysis_type: str,
        result_configuration: dict[str, Any],
    ) -> dict[str, LogExport]:
        """Return a new export, which is IN_PROGRESS; it cannot be cancelled.

        The object ``validationSuccess`` is written below the prefix first (documented).

        Raises:
            AccessDeniedException: the caller lacks the ability, has neither run nor paid for the
                query, or its membership is not ACTIVE (documented but for the last;
                inferred [CR-163]: the code).
            ResourceNotFoundException: the collaboration has no such query (inferred [CR-164]).
            ServiceQuotaExceededException: too many exports have not ended (documented; their
                number is inferred [CR-165]).
            ValidationException: the query has not ended or uses differential privacy, the same
                export runs, or the caller has no such bucket in this region (documented;
                inferred [CR-166]: the code of the first two).
        """
        membership = self.of(Memberships).require_active(membership_identifier, conflict=False)
        if EXPORT_QUERY_ANALYSIS_LOG not in membership.member_abilities:
            raise AccessDeniedException(NO_ABILITY)
        query = self._query(membership, analysis_id, ctx.now)
        if ctx.account_id not in (query.account_id, query.query_compute_payer_account_id):
            raise AccessDeniedException(NOT_THEIRS)
        if query.status in UNFINISHED:
            raise ValidationException(NOT_ENDED, field="analysisId")
        if query.aggregations is not None:
            raise ValidationException(IS_PRIVATE, field="analysisId")
        store = self.store(LogExportStore)
        export = LogExport(
            analysis_log_export_id=ctx.world.uuid(),
            analysis_id=analysis_id,
            analysis_type=analysis_type,
            membership_id=membership.id,
            account_id=ctx.account_id,
            sequence=store.created,
            collaboration_id=query.collaboration_id,
            result_configuration=result_configuration,
            create_time=ctx.now,
            update_time=ctx.now,
            planned_error=None,
            progress=Progress([ctx.now], shown=True),  # the answer shows it
        )
        self._check_room(membership, export, ctx.now)
        self._check_bucket(ctx, export)
        planned = store.planned.get(ctx.account_id)
        export.planned_error = planned.pop(0) if planned else None
        if query.start_time is None:
            export.planned_error = LOGS_NOT_AVAILABLE
        store.add(export)
        return {"analysisLogExport": export}

    @operation("GetAnalysisLogExport", optional=True, differs=_DIFFERS)
    def get_analysis_log_export(
        self, ctx: Context, membership_identifier: str, analysis_log_export_identifier: str
    ) -> dict[str, LogExport]:
        """Return an export of a membership of the caller's, with its status after this read."""
        membership = self.of(Memberships).find(membership_identifier)
        export = self.store(LogExportStore).by_id.get(analysis_log_export_identifier)
        if export is None or export.membership_id != membership.id:
            raise ResourceNotFoundException(
                f"No such analysis log export with id: {analysis_log_export_identifier}",
                analysis_log_export_identifier,
                "MEMBERSHIP",
            )
        self._look(export, ctx.now)
        return {"analysisLogExport": export}

    @operation("ListAnalysisLogExports", optional=True, differs=_DIFFERS)
    def list_analysis_log_exports(
        self,
        ctx: Context,
        membership_identifier: str,
        analysis_identifier: str | None = None,
        status: str | None = None,
    ) -> dict[str, Listing[LogExport]]:
        """Return the exports of a membership of the caller's, newest first.

        Args:
            ctx: the request.
            membership_identifier: the membership.
            analysis_identifier: only those of this query.
            status: only those with this status.
        """
        membership = self.of(Memberships).find(membership_identifier)
        store = self.store(LogExportStore)

        def look() -> None:
            for each in list(store.running.get(membership.id, ())):
                self._look(each, ctx.now)

        def held() -> Sequence[LogExport]:
            found = store.by_membership.get(membership.id, [])
            if analysis_identifier is None and status is None:
                return found
            return [
                each
                for each in found
                if analysis_identifier in (None, each.analysis_id) and status in (None, each.status)
            ]

        return {"analysisLogExports": LookedListing(look, held)}

    def _query(self, membership: Membership, analysis_id: str, now: datetime) -> ProtectedQuery:
        """Return a query of the collaboration, whoever runs it."""
        queries = self.of(ProtectedQueries)
        query = queries.analyses.by_id.get(analysis_id)
        if query is None or query.collaboration_id != membership.collaboration_id:
            raise ResourceNotFoundException(
                f"No such protected query with id: {analysis_id}", analysis_id, "MEMBERSHIP"
            )
        return queries.let_time_pass(query, now)

    def _check_room(self, membership: Membership, export: LogExport, now: datetime) -> None:
        store = self.store(LogExportStore)
        for member in membership.collaboration.members.values():
            for each in list(store.running.get(member.membership_id or "", ())):
                self._let_time_pass(each, now)
                if each.analysis_id != export.analysis_id:
                    continue
                place = (each.bucket, each.key_prefix)
                if each.status == IN_PROGRESS and place == (export.bucket, export.key_prefix):
                    raise ValidationException(
                        f"The analysis log export {each.analysis_log_export_id} of this query to"
                        " this destination is in progress.",
                        field="resultConfiguration",
                    )
        self.of(Quotas).require_room(LOG_EXPORTS, len(store.running.get(membership.id, ())))

    def _check_bucket(self, ctx: Context, export: LogExport) -> None:
        services = ctx.world.other_services
        region = services.bucket_region(ctx.account_id, ctx.partition, export.bucket)
        if region != ctx.region:
            where = "does not exist" if region is None else f"is in Region {region}"
            raise ValidationException(
                f"The bucket {export.bucket} of account {ctx.account_id} {where}; it must be in"
                f" Region {ctx.region}.",
                field="resultConfiguration",
            )
        # prefix and name stand together without a slash (documented)
        key = f"{export.key_prefix}validationSuccess"
        services.put_object(ctx.account_id, ctx.partition, export.bucket, key, b"")

    def _look(self, export: LogExport, now: datetime) -> None:
        if export.status == IN_PROGRESS:
            self._follow(export, export.progress.look(EXPORT_RUNS, now, self.backend.world))

    def _let_time_pass(self, export: LogExport, now: datetime) -> None:
        if export.status == IN_PROGRESS and export.progress.steps_by(EXPORT_RUNS, now):
            self.keep_for_refusal()
            self._follow(export, export.progress.pass_time(EXPORT_RUNS, now))

    def _follow(self, export: LogExport, steps: Sequence[datetime]) -> None:
        for moment in steps:
            error = export.planned_error
            if error is None and not self._deliver(export):
                error = NO_BUCKET
            export.error = error
            export.status = "FAILED" if error else "SUCCESS"
            export.update_time = moment
            self.store(LogExportStore).end(export)

    def _deliver(self, export: LogExport) -> bool:
        """Write the event log, and return whether the bucket is there; the keys are documented."""
        prefix = export.key_prefix
        if prefix and not prefix.endswith("/"):
            prefix += "/"
        query_id = export.analysis_id
        folder = (
            f"{prefix}collaboration={export.collaboration_id}/analysis={query_id}"
            f"/{export.analysis_log_export_id}/eventlog_v2_{query_id}"
        )
        files = {
            f"events_1_{query_id}": json.dumps({"Event": "SparkListenerLogStart"}).encode() + b"\n",
            f"appstatus_{query_id}": b"",
        }
        world, partition = self.backend.world, self.backend.partition
        return all(
            world.put_object(export.account_id, partition, export.bucket, f"{folder}/{name}", body)
            for name, body in files.items()
        )
