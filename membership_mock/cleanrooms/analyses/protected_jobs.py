"""Protected jobs: runs of PySpark analysis templates by the member who can run jobs.

No job is run: a test sets the files of its result with `AwsSide.end_job`.
Sources: API pages of the operations; what they leave open is marked inferred.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any

from membership_mock.cleanrooms.analyses.analysis_store import (
    Analyses,
    ProtectedAnalysis,
    outline_of,
)
from membership_mock.cleanrooms.analyses.analysis_templates import AnalysisTemplates
from membership_mock.cleanrooms.analyses.computing import check_workers, payer_of
from membership_mock.cleanrooms.analyses.planned_endings import ERROR_CODES
from membership_mock.cleanrooms.analyses.protected_analyses import ProtectedAnalyses
from membership_mock.cleanrooms.analyses.protected_tables import ProtectedTables
from membership_mock.cleanrooms.analyses.result_delivery import (
    Destination,
    Result,
    by_default,
    only_receiver,
    output_of,
    receiver,
    write_files,
)
from membership_mock.cleanrooms.analyses.template_parameters import check_parameters
from membership_mock.cleanrooms.analyses.template_store import AnalysisTemplate
from membership_mock.cleanrooms.collaborations.abilities import RECEIVE_RESULTS, RUN_JOB
from membership_mock.cleanrooms.collaborations.collaboration_store import Membership
from membership_mock.cleanrooms.collaborations.payment import JOBS
from membership_mock.cleanrooms.errors import AccessDeniedException, ValidationException
from membership_mock.cleanrooms.memberships.memberships import Memberships
from membership_mock.cleanrooms.quotas import CONCURRENT_JOBS, CONCURRENT_JOBS_OF_ACCOUNT, JOB_VCPUS
from membership_mock.cleanrooms.schemas.schema_source import DIRECT_JOB, Use
from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.state.lifecycle import Progress
from membership_mock.engine.state.quotas import QuotaUse
from membership_mock.engine.state.summary import Summary, View
from membership_mock.engine.state.world import Scope, Store, World
from membership_mock.errors import UsageError

#: the highest number of workers of a job. Source: the model's text.
MOST_WORKERS = 128

_DIFFERS = "no job is run: reads or time move a job on, and the test says how it ends"


@dataclass(kw_only=True)
class ProtectedJob(ProtectedAnalysis):
    """A job; see `ProtectedAnalysis`."""

    job_parameters: dict[str, Any]
    job_compute_payer_account_id: str

    @property
    def payer(self) -> str:
        """The account that pays for its computing."""
        return self.job_compute_payer_account_id


@dataclass
class ProtectedJobStore(Store, scope=Scope.REGION):
    """The protected jobs of a region."""

    rank = 8
    jobs: Analyses[ProtectedJob] = field(default_factory=Analyses)

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each, the latest first, and one for each planned ending."""
        del view
        yield from outline_of(self.jobs, "protected job", "protected jobs", key[0])


class ProtectedJobs(ProtectedAnalyses[ProtectedJob]):
    """The operations on protected jobs."""

    @classmethod
    def quota_uses(cls, world: World, now: datetime) -> Iterator[QuotaUse]:
        """Yield how many jobs of each membership and account have not ended."""
        del now
        for (region,), store in world.stores(ProtectedJobStore):
            yield from store.jobs.uses(
                region, CONCURRENT_JOBS, CONCURRENT_JOBS_OF_ACCOUNT, JOB_VCPUS
            )

    @classmethod
    def waiting(cls, world: World) -> Iterator[tuple[str, str]]:
        """Yield the accounts and regions with jobs that have not ended."""
        for (region,), store in world.stores(ProtectedJobStore):
            yield from store.jobs.waiting(region)

    thing = "protected job"
    ability = RUN_JOB
    quota_of_account = CONCURRENT_JOBS_OF_ACCOUNT
    quota_of_vcpus = JOB_VCPUS
    endings = ("SUCCESS", "FAILED", "CANCELLED")
    error_codes = ("MALFORMED_SCRIPT", *ERROR_CODES)

    @property
    def analyses(self) -> Analyses[ProtectedJob]:
        """The jobs of the region."""
        return self.store(ProtectedJobStore).jobs

    @operation("StartProtectedJob", differs=_DIFFERS)
    def start_protected_job(
        self,
        ctx: Context,
        type: str,  # noqa: A002  the field's name
        membership_identifier: str,
        job_parameters: dict[str, Any],
        result_configuration: dict[str, Any] | None = None,
        compute_configuration: dict[str, Any] | None = None,
        job_compute_payer_account_id: str | None = None,
    ) -> dict[str, ProtectedJob]:
        """Start a job, and return it; it stays SUBMITTED while too many jobs of the account run.

        Without a result configuration the result goes to the runner's default destination; if the
        runner has none, to the only member who receives results (inferred [CR-71]).

        Raises:
            AccessDeniedException: the caller cannot run jobs, or its membership is not active.
            ResourceNotFoundException: no such membership, or no such template.
            ServiceQuotaExceededException: too many jobs of the membership have not ended.
            ValidationException: template, receiver, payer or tables do not allow the job.
        """
        del type
        membership = self.of(Memberships).require_active(membership_identifier, conflict=False)
        if RUN_JOB not in membership.member_abilities:
            raise AccessDeniedException
        template = self._template(membership, job_parameters)
        destination = _destination(membership, result_configuration)
        payer = payer_of(
            membership.collaboration,
            JOBS,
            job_compute_payer_account_id,
            "jobComputePayerAccountId",
        )
        job = self._new(
            ctx,
            membership,
            template,
            job_parameters,
            payer,
            result_configuration=result_configuration,
            compute_configuration=compute_configuration,
            destinations=[destination],
        )
        return {"protectedJob": job}

    def populate(
        self,
        ctx: Context,
        membership: Membership,
        table: dict[str, str],
        job_parameters: dict[str, Any],
        compute_configuration: dict[str, Any] | None,
        payer_account_id: str | None,
    ) -> ProtectedJob:
        """Start a job that fills an intermediate table; see `ProtectedQueries.populate`."""
        if RUN_JOB not in membership.member_abilities:
            raise AccessDeniedException
        template = self._template(membership, job_parameters)
        payer = payer_of(membership.collaboration, JOBS, payer_account_id, "analysisPayerAccountId")
        return self._new(
            ctx,
            membership,
            template,
            job_parameters,
            payer,
            result_configuration={"outputConfiguration": {"intermediateTable": table}},
            compute_configuration=compute_configuration,
            destinations=[],
            table=table,
        )

    def _template(self, membership: Membership, job_parameters: dict[str, Any]) -> AnalysisTemplate:
        arn = job_parameters["analysisTemplateArn"]
        template = self.of(AnalysisTemplates).in_collaboration(membership.collaboration, arn)
        if template.is_sql:
            raise ValidationException(
                f"Analysis template {arn} is in the format SQL, not a PySpark one.",
                field="jobParameters",
            )
        check_parameters(template, job_parameters.get("parameters", {}), "jobParameters")
        return template

    def _new(
        self,
        ctx: Context,
        membership: Membership,
        template: AnalysisTemplate,
        job_parameters: dict[str, Any],
        payer: str,
        *,
        result_configuration: dict[str, Any] | None,
        compute_configuration: dict[str, Any] | None,
        destinations: list[Destination],
        table: dict[str, str] | None = None,
    ) -> ProtectedJob:
        check_workers(compute_configuration, MOST_WORKERS)
        use = Use(
            DIRECT_JOB,
            ctx.account_id,
            template.creator_account_id,
            template.arn,
            {each.account_id for each in destinations} if table is None else None,
        )
        names = template.schema.get("referencedTables", [])
        demand = self.of(ProtectedTables).check(membership.collaboration_id, names, use, ctx.now)
        self.require_room(membership, CONCURRENT_JOBS, ctx.now)
        job = ProtectedJob(
            id=ctx.world.uuid(),
            account_id=ctx.account_id,
            sequence=len(self.analyses.by_id),
            collaboration_id=membership.collaboration_id,
            membership_id=membership.id,
            membership_arn=membership.arn,
            create_time=ctx.now,
            course=Progress([ctx.now], shown=True),  # the answer shows it
            job_parameters=job_parameters,
            result_configuration=result_configuration,
            compute_configuration=compute_configuration,
            job_compute_payer_account_id=payer,
            destinations=destinations,
            intermediate_table_configuration=table,
            outcome=self.next_outcome(),
            tables=demand.tables,
        )
        self.start(job)
        return job

    @operation("GetProtectedJob", differs=_DIFFERS)
    def get_protected_job(
        self, ctx: Context, membership_identifier: str, protected_job_identifier: str
    ) -> dict[str, ProtectedJob]:
        """Return a job of the caller, with its status after this read."""
        membership = self.of(Memberships).find(membership_identifier)
        job = self.find(membership, protected_job_identifier)
        return {"protectedJob": self.look_at(job, ctx.now)}

    @operation("ListProtectedJobs", differs=_DIFFERS)
    def list_protected_jobs(
        self, ctx: Context, membership_identifier: str, status: str | None = None
    ) -> dict[str, Listing[ProtectedJob]]:
        """Return the jobs of a membership of the caller, newest first."""
        membership = self.of(Memberships).find(membership_identifier)
        return {"protectedJobs": self.listing(membership, status, ctx.now)}

    @operation("UpdateProtectedJob")
    def update_protected_job(
        self,
        ctx: Context,
        membership_identifier: str,
        protected_job_identifier: str,
        target_status: str,
    ) -> dict[str, ProtectedJob]:
        """Cancel a job, and return it: it is CANCELLING, and then CANCELLED.

        Raises:
            ConflictException: it has ended otherwise, or its membership is not ACTIVE
                (inferred [CR-12, CR-130]).
        """
        del target_status  # CANCELLED is the only value
        membership = self.of(Memberships).require_active(membership_identifier)
        job = self.find(membership, protected_job_identifier)
        return {"protectedJob": self.cancel(job, ctx.now)}

    def check_result(self, result: Result, destinations: Sequence[Destination] | None) -> None:
        """Refuse a result that is not a mapping of files by name."""
        del destinations
        if result is not None and not (
            isinstance(result, Mapping) and all(isinstance(body, bytes) for body in result.values())
        ):
            raise UsageError(
                'The result of a protected job is its files by name, such as {"out.json": b"{}"}.'
            )

    def deliver(self, analysis: ProtectedJob) -> dict[str, Any]:
        """Write the files into the receiver's bucket, and return the ``output``.

        Their format is the test's, whatever the settings say (CSV by default: inferred [CR-206]).
        """
        files: Any = analysis.outcome.result or {}  # check_result has checked it
        for destination in analysis.destinations:
            write_files(self.backend, analysis.id, destination, files)
        return output_of(analysis.id, analysis.destinations)


def _destination(membership: Membership, configuration: dict[str, Any] | None) -> Destination:
    own = membership.default_job_result_configuration
    if configuration is not None:
        account_id = configuration["outputConfiguration"]["member"]["accountId"]
    elif RECEIVE_RESULTS in membership.member_abilities and own is not None:
        return by_default(membership.account_id, own, shown=True)
    else:
        account_id = only_receiver(membership.collaboration).account_id
    found = receiver(membership.collaboration, account_id)
    return by_default(account_id, found.default_job_result_configuration, shown=False)
