"""Export jobs of Security Hub V2: findings as a file in a bucket of the account.

Sources: the API pages of the four operations. Inferred [SH-252]: when a job ends (at the second
look, or after a minute of the clock), what a missing bucket leads to, and the order of the list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Backend, Family, operation
from membership_mock.engine.protocol.pagination import FilteredListing, Listing
from membership_mock.engine.state.lifecycle import A_MINUTE, Progress
from membership_mock.engine.state.world import World
from membership_mock.securityhub.errors import (
    ConflictException,
    ResourceNotFoundException,
    ServiceQuotaExceededException,
    ValidationException,
)
from membership_mock.securityhub.findings.finding_store import FindingStore
from membership_mock.securityhub.v2.access.subscription import SubscriptionV2
from membership_mock.securityhub.v2.exports.export_files import CSV, key_of, written
from membership_mock.securityhub.v2.findings.visibility import VisibleFindings
from membership_mock.securityhub.v2.ocsf import documents
from membership_mock.securityhub.v2.queries.fields import Document
from membership_mock.securityhub.v2.queries.filters import compile_filters
from membership_mock.securityhub.v2.stores.entry_order import EntryOrder
from membership_mock.securityhub.v2.stores.export_store import ExportJob, ExportStore
from membership_mock.securityhub.v2.stores.ocsf_store import OcsfFindingStore

STEPS = (A_MINUTE,)
RUNNING, SUCCEEDED, FAILED, CANCELLED = "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"
_ID_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


class ExportsV2(Family):
    """The operations on export jobs."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self._order: EntryOrder[ExportJob] = EntryOrder(lambda job: job.status != RUNNING)

    @classmethod
    def waiting(cls, world: World) -> Iterator[tuple[str, str]]:
        """Yield the accounts and regions with a job that runs: its end writes an object."""
        for (account_id, region), store in world.stores(ExportStore):
            if _running(store) is not None:
                yield account_id, region

    def time_passed(self, now: datetime) -> None:
        """Let the jobs end whose time has come."""
        job = _running(self.store(ExportStore))
        if job is not None:
            self._let_time_pass(job, now)

    @operation("StartExportJobV2", optional=True)
    def start_export_job_v2(
        self,
        ctx: Context,
        destination: dict[str, Any],
        output_configuration: dict[str, Any],
        name: str | None = None,
        scopes: dict[str, Any] | None = None,
    ) -> dict[str, str]:
        """Start to export the findings that the caller sees now, and return the id of the job.

        Raises:
            ServiceQuotaExceededException: a job of the account runs in this region.
            ValidationException: selected fields do not go with the format, or the key cannot be
                used (rules documented, code inferred [SH-253]).
        """
        self.of(SubscriptionV2).require(ctx)
        wanted = output_configuration["Findings"]
        matches = compile_filters(wanted.get("Filters"), ctx.now)
        if (wanted["Format"] == CSV) != ("SelectedFields" in wanted):
            raise ValidationException("SelectedFields is required for CSV, and only goes with it")
        _check_destination(ctx, destination["S3"])
        self.time_passed(ctx.now)
        store = self.store(ExportStore)
        if _running(store) is not None:
            raise ServiceQuotaExceededException(
                f"Account {ctx.account_id} can have one running export job"
            )
        store.last_number += 1
        job_id = "".join(ctx.world.random.choices(_ID_CHARACTERS, k=32))
        store.jobs[job_id] = ExportJob(
            number=store.last_number,
            export_job_id=job_id,
            name=name,
            status=RUNNING,
            output_configuration=output_configuration,
            scopes=scopes,
            destination=destination,
            started_at=ctx.now,
            progress=Progress([ctx.now]),
            uids=[
                each["metadata"]["uid"]
                for each in self.of(VisibleFindings).documents(ctx.now, scopes)
                if matches is None or matches(each)
            ],
        )
        return {"ExportJobId": job_id}

    @operation("GetExportJobV2", optional=True)
    def get_export_job_v2(self, ctx: Context, export_job_id: str) -> ExportJob:
        """Return a job of the caller in this region, which may end with this read."""
        self.of(SubscriptionV2).require(ctx)
        job = self._job(export_job_id)
        self._look(job, ctx)
        return job

    @operation("ListExportJobsV2", optional=True)
    def list_export_jobs_v2(
        self, ctx: Context, status: str | None = None, data_type: str | None = None
    ) -> dict[str, Listing[ExportJob]]:
        """Return the jobs of the caller in this region, the latest first."""
        del data_type  # there is one kind of data
        self.of(SubscriptionV2).require(ctx)
        store = self.store(ExportStore)
        running = _running(store)
        if running is not None:
            self._look(running, ctx)
        return {
            "Items": FilteredListing(
                self._order.entries(store.jobs, store.last_number),
                position=lambda job: job.number,
                keep=lambda job: status in (None, job.status),
                descending=True,
                show=_summary,
            )
        }

    @operation("CancelExportJobV2", optional=True)
    def cancel_export_job_v2(self, ctx: Context, export_job_id: str) -> dict[str, str]:
        """Cancel a job that runs; to cancel it again changes nothing (documented).

        Raises:
            ConflictException: the job has ended otherwise.
            ResourceNotFoundException: there is no such job.
        """
        self.of(SubscriptionV2).require(ctx)
        job = self._job(export_job_id)
        self._let_time_pass(job, ctx.now)
        if job.status not in (RUNNING, CANCELLED):
            raise ConflictException(f"Export job {export_job_id} is {job.status}")
        if job.status == RUNNING:
            job.status, job.ended_at = CANCELLED, ctx.now
        return {"ExportJobId": export_job_id, "Status": job.status}

    def find(self, job_id: str) -> ExportJob | None:
        """Return a job of this account and region; None if it does not exist."""
        return self.store(ExportStore).jobs.get(job_id)

    def _job(self, job_id: str) -> ExportJob:
        job = self.find(job_id)
        if job is None:
            raise ResourceNotFoundException(f"Export job {job_id} not found")
        return job

    def end(self, job: ExportJob, now: datetime) -> None:
        """Let a job end: as a test has planned it, or else with its file in the bucket."""
        status, code, message = job.planned or (SUCCEEDED, "", "")
        if status == SUCCEEDED and not self._write(job):
            bucket = job.destination["S3"]["BucketArn"]
            status, code = FAILED, "RESOURCE_NOT_FOUND"
            message = f"The bucket {bucket} does not exist"
        job.status, job.ended_at = status, now
        job.failure_code, job.failure_message = code or None, message or None

    def _let_time_pass(self, job: ExportJob, now: datetime) -> None:
        if job.status == RUNNING and job.progress.steps_by(STEPS, now):
            self.keep_for_refusal()
            job.progress.pass_time(STEPS, now)
            self.end(job, now)

    def _look(self, job: ExportJob, ctx: Context) -> str:
        if job.status == RUNNING and job.progress.look(STEPS, ctx.now, ctx.world):
            self.end(job, ctx.now)
        return job.status

    def _write(self, job: ExportJob) -> bool:
        """Put the file of a job into its bucket, and return whether there is such a bucket."""
        backend = self.backend
        wanted, target = job.output_configuration["Findings"], job.destination["S3"]
        return backend.world.put_object(
            backend.account_id,
            backend.partition,
            target["BucketArn"].rpartition(":")[2],
            key_of(
                target.get("ObjectPrefix"),
                backend.account_id,
                backend.region_name,
                job.export_job_id,
                wanted["Format"],
            ),
            written(wanted["Format"], wanted.get("SelectedFields", ()), self._documents(job)),
        )

    def _documents(self, job: ExportJob) -> Iterator[Document]:
        older, store = self.store(FindingStore), self.store(OcsfFindingStore)
        for uid in job.uids:
            record = store.find(uid)
            document = record and documents.shown(older, record)
            if document:
                yield document


def _check_destination(ctx: Context, target: Mapping[str, Any]) -> None:
    """Refuse what is no bucket, or a key that an export cannot use."""
    if not target["BucketArn"].startswith(f"arn:{ctx.partition}:s3:::"):
        raise ValidationException("BucketArn must be the ARN of a bucket")
    parts = target["KmsKeyArn"].split(":", 5)
    own = ["arn", ctx.partition, "kms", ctx.region, ctx.account_id]
    if parts[:5] != own or not parts[-1].startswith("key/") or parts[-1].startswith("key/mrk-"):
        raise ValidationException(
            "KmsKeyArn must be the ARN of a single-Region key of the same account and Region"
        )


def _running(store: ExportStore) -> ExportJob | None:
    """Return the job that runs, which is the latest one; None if none does."""
    latest = next(reversed(store.jobs.values()), None)
    return latest if latest is not None and latest.status == RUNNING else None


def _summary(job: ExportJob) -> dict[str, Any]:
    return {
        "ExportJobId": job.export_job_id,
        "Name": job.name,
        "Status": job.status,
        "DataType": job.data_type,
        "OutputConfiguration": {
            "Findings": {"Format": job.output_configuration["Findings"]["Format"]}
        },
        "Scopes": job.scopes,
        "Destination": job.destination,
        "FailureCode": job.failure_code,
        "FailureMessage": job.failure_message,
        "StartedAt": job.started_at,
        "EndedAt": job.ended_at,
    }
