"""Populating intermediate tables: the result of a query or job of the owner becomes the data.

Source: user guide, "Populate an intermediate table"; what it leaves open is marked inferred.
"""

from __future__ import annotations

from typing import Any

from membership_mock.cleanrooms.analyses.protected_jobs import ProtectedJobs
from membership_mock.cleanrooms.analyses.protected_queries import ProtectedQueries
from membership_mock.cleanrooms.collaborations.clean_rooms_family import CleanRoomsFamily
from membership_mock.cleanrooms.errors import ConflictException, ValidationException
from membership_mock.cleanrooms.intermediate_tables.intermediate_store import (
    NEXT_STATUS,
    IntermediateTable,
    IntermediateTableStore,
    IntermediateTableVersion,
)
from membership_mock.cleanrooms.intermediate_tables.intermediate_tables import IntermediateTables
from membership_mock.cleanrooms.intermediate_tables.running_population import RunningPopulation
from membership_mock.cleanrooms.memberships.memberships import Memberships
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation

_DIFFERS = "nothing is run: reads or time move the population on, and the test says how it ends"


class Population(CleanRoomsFamily):
    """The operation that populates an intermediate table."""

    @operation("PopulateIntermediateTable", optional=True, differs=_DIFFERS)
    def populate_intermediate_table(
        self,
        ctx: Context,
        intermediate_table_identifier: str,
        membership_identifier: str,
        parameters: dict[str, str] | None = None,
        compute_configuration: dict[str, Any] | None = None,
        analysis_payer_account_id: str | None = None,
    ) -> dict[str, str]:
        """Start the analysis of a table, and return its id and that of the new version.

        The analysis is among the protected queries or jobs of the owner. It uses up the budgets
        of all its tables (documented). The receivers of results are checked when the table is used,
        not now (documented).

        Raises:
            AccessDeniedException: the owner cannot query, or cannot run jobs (inferred [CR-156]).
            ConflictException: it is being populated, was disallowed, or has lost a base table
                (inferred [CR-161]); or the membership is not ACTIVE.
            ResourceNotFoundException: no such table, or its template is gone.
            ServiceQuotaExceededException: too many queries or jobs have not ended.
            ValidationException: parameters, workers, payer or tables do not allow the analysis.
        """
        membership = self.of(Memberships).require_active(membership_identifier)
        tables = self.of(IntermediateTables)
        table = tables.find(membership, intermediate_table_identifier)
        self.of(RunningPopulation).let_time_pass(table, ctx.now)
        if (table.status, "populate") not in NEXT_STATUS:
            raise ConflictException(
                f"Intermediate table {table.id} cannot be populated: it is {table.status}.",
                table.id,
                "MEMBERSHIP",
                "INVALID_STATE",
            )
        configuration = table.population_analysis_configuration
        (kind,) = configuration
        given = dict(configuration[kind])
        if parameters:
            given["parameters"] = parameters
        target = {"id": table.id, "arn": table.arn, "name": table.name}
        workers = _workers(compute_configuration, kind)
        payer = analysis_payer_account_id
        analysis_type = "QUERY" if kind == "sqlParameters" else "JOB"
        if analysis_type == "QUERY":
            queries = self.of(ProtectedQueries)
            analysis_id = queries.populate(ctx, membership, target, given, workers, payer).id
        else:
            jobs = self.of(ProtectedJobs)
            analysis_id = jobs.populate(ctx, membership, target, given, workers, payer).id
        # a table of this name may have been created since the intermediate table
        names = tables.names_in(membership, configuration)
        store = self.store(IntermediateTableStore)
        store.change_dependencies(table, tables.dependencies(membership, names, table.arn))
        version = self._start(ctx, table, analysis_id, analysis_type, parameters)
        store.populating[analysis_id] = table.id
        return {
            "analysisId": analysis_id,
            "analysisType": analysis_type,
            "versionId": version.version_id,
        }

    def _start(
        self,
        ctx: Context,
        table: IntermediateTable,
        analysis_id: str,
        analysis_type: str,
        parameters: dict[str, str] | None,
    ) -> IntermediateTableVersion:
        version = IntermediateTableVersion(
            version_id=ctx.world.uuid(),
            table_id=table.id,
            sequence=len(table.versions),
            create_time=ctx.now,
            analysis_id=analysis_id,
            analysis_type=analysis_type,
            kms_key_arn=table.kms_key_arn,
            parameters=parameters,
        )
        table.versions.append(version)
        table.move("populate")
        table.update_time = ctx.now
        return version


def _workers(configuration: dict[str, Any] | None, kind: str) -> dict[str, Any] | None:
    """Return the compute configuration in the form of queries and jobs.

    Raises:
        ValidationException: it is one for jobs, and the analysis a query, or the reverse
            (inferred [CR-162]).
    """
    if configuration is None:
        return None
    (member,) = configuration
    wanted = "queryComputeConfiguration" if kind == "sqlParameters" else "jobComputeConfiguration"
    if member != wanted:
        raise ValidationException(
            f"The compute configuration of this table must be {wanted}.",
            field="computeConfiguration",
        )
    content: dict[str, Any] = configuration[member]
    return {"worker": content} if member == "queryComputeConfiguration" else content
