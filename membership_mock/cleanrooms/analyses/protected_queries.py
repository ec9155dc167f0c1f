"""Protected queries: SQL on the tables of all members, by the member who can query.

No SQL is run: the author of a test says what a query finds, see `AwsSide.end_query`.
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
from membership_mock.cleanrooms.analyses.query_destinations import destinations_of
from membership_mock.cleanrooms.analyses.result_delivery import (
    Destination,
    Result,
    output_of,
    write_query_result,
)
from membership_mock.cleanrooms.analyses.sql_tables import tables_in
from membership_mock.cleanrooms.analyses.template_parameters import check_parameters
from membership_mock.cleanrooms.analyses.template_store import AnalysisTemplate
from membership_mock.cleanrooms.collaborations.abilities import QUERY
from membership_mock.cleanrooms.collaborations.collaboration_store import Membership
from membership_mock.cleanrooms.collaborations.payment import QUERIES
from membership_mock.cleanrooms.errors import AccessDeniedException, ValidationException
from membership_mock.cleanrooms.memberships.memberships import Memberships
from membership_mock.cleanrooms.privacy.differential_privacy import Aggregation, aggregations_in
from membership_mock.cleanrooms.quotas import (
    CONCURRENT_QUERIES,
    CONCURRENT_QUERIES_OF_ACCOUNT,
    PRIVATE_QUERY_KILOBYTES,
    QUERY_VCPUS,
    Quotas,
)
from membership_mock.cleanrooms.schemas.schema_source import DIRECT_QUERY, Use
from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.state.lifecycle import Progress
from membership_mock.engine.state.quotas import QuotaUse
from membership_mock.engine.state.summary import Summary, View
from membership_mock.engine.state.world import Scope, Store, World
from membership_mock.errors import UsageError

#: the most workers of a query. Source: the model's text.
MOST_WORKERS = 400

_DIFFERS = "the SQL is not run: reads or time move a query on, and the test says how it ends"


@dataclass(kw_only=True)
class ProtectedQuery(ProtectedAnalysis):
    """A query; see `ProtectedAnalysis`."""

    sql_parameters: dict[str, Any]
    query_compute_payer_account_id: str

    @property
    def payer(self) -> str:
        """The account that pays for its computing."""
        return self.query_compute_payer_account_id

    @property
    def differential_privacy(self) -> dict[str, Any] | None:
        """What the noise was measured by, once it has succeeded; None without such tables."""
        if self.aggregations is None or self.status != "SUCCESS":
            return None
        return {"sensitivityParameters": [_sensitivity(each) for each in self.to_pay() or ()]}


@dataclass
class ProtectedQueryStore(Store, scope=Scope.REGION):
    """The protected queries of a region."""

    rank = 7
    queries: Analyses[ProtectedQuery] = field(default_factory=Analyses)

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each, the latest first, and one for each planned ending."""
        del view
        yield from outline_of(self.queries, "protected query", "protected queries", key[0])


class ProtectedQueries(ProtectedAnalyses[ProtectedQuery]):
    """The operations on protected queries."""

    @classmethod
    def quota_uses(cls, world: World, now: datetime) -> Iterator[QuotaUse]:
        """Yield how many queries of each membership and account have not ended."""
        del now
        for (region,), store in world.stores(ProtectedQueryStore):
            yield from store.queries.uses(
                region, CONCURRENT_QUERIES, CONCURRENT_QUERIES_OF_ACCOUNT, QUERY_VCPUS
            )

    @classmethod
    def waiting(cls, world: World) -> Iterator[tuple[str, str]]:
        """Yield whose queries have not ended."""
        for (region,), store in world.stores(ProtectedQueryStore):
            yield from store.queries.waiting(region)

    thing = "protected query"
    ability = QUERY
    quota_of_account = CONCURRENT_QUERIES_OF_ACCOUNT
    quota_of_vcpus = QUERY_VCPUS
    endings = ("SUCCESS", "FAILED", "TIMED_OUT", "CANCELLED")
    error_codes = ("MALFORMED_QUERY", *ERROR_CODES)

    @property
    def analyses(self) -> Analyses[ProtectedQuery]:
        """The queries of the region."""
        return self.store(ProtectedQueryStore).queries

    @operation("StartProtectedQuery", differs=_DIFFERS)
    def start_protected_query(
        self,
        ctx: Context,
        type: str,  # noqa: A002  the field's name
        membership_identifier: str,
        sql_parameters: dict[str, Any],
        result_configuration: dict[str, Any] | None = None,
        compute_configuration: dict[str, Any] | None = None,
        query_compute_payer_account_id: str | None = None,
    ) -> dict[str, ProtectedQuery]:
        """Start a query, and return it; it stays SUBMITTED while too many of the account run.

        Without a result configuration the result goes to the runner's default place; if the runner
        has none, to the only member who receives results (inferred [CR-71]).

        Raises:
            AccessDeniedException: the caller cannot query, or its membership is not active.
            ResourceNotFoundException: no such membership, or no such template.
            ServiceQuotaExceededException: too many queries of the membership have not ended; or it
                uses tables with differential privacy, and its text is too long.
            ValidationException: parameters, receivers, payer or tables do not allow the query.
        """
        del type
        membership = self.of(Memberships).require_active(membership_identifier, conflict=False)
        if QUERY not in membership.member_abilities:
            raise AccessDeniedException
        template = self._template(membership, sql_parameters)
        destinations = destinations_of(membership, result_configuration)
        payer = payer_of(
            membership.collaboration,
            QUERIES,
            query_compute_payer_account_id,
            "queryComputePayerAccountId",
        )
        query = self._new(
            ctx,
            membership,
            template,
            sql_parameters,
            payer,
            result_configuration=result_configuration,
            compute_configuration=compute_configuration,
            destinations=destinations,
        )
        return {"protectedQuery": query}

    def populate(
        self,
        ctx: Context,
        membership: Membership,
        table: dict[str, str],
        sql_parameters: dict[str, Any],
        compute_configuration: dict[str, Any] | None,
        payer_account_id: str | None,
    ) -> ProtectedQuery:
        """Start a query that fills an intermediate table, and return it.

        Args:
            ctx: the request.
            membership: the owner's, which is active.
            table: id, ARN and name of the table.
            sql_parameters: as for StartProtectedQuery.
            compute_configuration: as for StartProtectedQuery.
            payer_account_id: who is to pay.

        Raises:
            AccessDeniedException: the member cannot query.
            ServiceQuotaExceededException: as for StartProtectedQuery.
            ValidationException: parameters, payer or tables do not allow the query.
        """
        if QUERY not in membership.member_abilities:
            raise AccessDeniedException
        template = self._template(membership, sql_parameters)
        payer = payer_of(
            membership.collaboration, QUERIES, payer_account_id, "analysisPayerAccountId"
        )
        return self._new(
            ctx,
            membership,
            template,
            sql_parameters,
            payer,
            result_configuration={"outputConfiguration": {"intermediateTable": table}},
            compute_configuration=compute_configuration,
            destinations=[],
            table=table,
        )

    def _new(
        self,
        ctx: Context,
        membership: Membership,
        template: AnalysisTemplate | None,
        sql_parameters: dict[str, Any],
        payer: str,
        *,
        result_configuration: dict[str, Any] | None,
        compute_configuration: dict[str, Any] | None,
        destinations: list[Destination],
        table: dict[str, str] | None = None,
    ) -> ProtectedQuery:
        check_workers(compute_configuration, MOST_WORKERS)
        # a template whose author has given a schema uses the tables of its text all the same
        names = tables_in(template.source["text"] if template else sql_parameters["queryString"])
        if template is not None:
            names = [*template.schema.get("referencedTables", []), *names]
        receivers = {each.account_id for each in destinations} if table is None else None
        use = Use(
            DIRECT_QUERY,
            ctx.account_id,
            template.creator_account_id if template else ctx.account_id,
            template.arn if template else None,
            receivers,
        )
        demand = self.of(ProtectedTables).check(membership.collaboration_id, names, use, ctx.now)
        text = template.source["text"] if template else sql_parameters["queryString"]
        if demand.private:
            size = -(-len(text.encode()) // 1024)
            self.of(Quotas).require_room(PRIVATE_QUERY_KILOBYTES, 0, size)
        self.require_room(membership, CONCURRENT_QUERIES, ctx.now)
        outcome = self.next_outcome()
        self.check_result(outcome.result, destinations)
        query = ProtectedQuery(
            id=ctx.world.uuid(),
            account_id=ctx.account_id,
            sequence=len(self.analyses.by_id),
            collaboration_id=membership.collaboration_id,
            membership_id=membership.id,
            membership_arn=membership.arn,
            create_time=ctx.now,
            course=Progress([ctx.now], shown=True),  # the answer shows it
            sql_parameters=sql_parameters,
            result_configuration=result_configuration,
            compute_configuration=compute_configuration,
            query_compute_payer_account_id=payer,
            destinations=destinations,
            outcome=outcome,
            tables=demand.tables,
            aggregations=aggregations_in(text) if demand.private else None,
            intermediate_table_configuration=table,
        )
        self.start(query)
        return query

    @operation("GetProtectedQuery", differs=_DIFFERS)
    def get_protected_query(
        self, ctx: Context, membership_identifier: str, protected_query_identifier: str
    ) -> dict[str, ProtectedQuery]:
        """Return a query of the caller's, with its status after this read."""
        membership = self.of(Memberships).find(membership_identifier)
        query = self.find(membership, protected_query_identifier)
        return {"protectedQuery": self.look_at(query, ctx.now)}

    @operation("ListProtectedQueries", differs=_DIFFERS)
    def list_protected_queries(
        self, ctx: Context, membership_identifier: str, status: str | None = None
    ) -> dict[str, Listing[ProtectedQuery]]:
        """Return the queries of a membership of the caller's, newest first."""
        membership = self.of(Memberships).find(membership_identifier)
        return {"protectedQueries": self.listing(membership, status, ctx.now)}

    @operation("UpdateProtectedQuery")
    def update_protected_query(
        self,
        ctx: Context,
        membership_identifier: str,
        protected_query_identifier: str,
        target_status: str,
    ) -> dict[str, ProtectedQuery]:
        """Cancel a query, and return it: it is CANCELLING, and then CANCELLED.

        Raises:
            ConflictException: it has ended otherwise, or its membership is not ACTIVE
                (inferred [CR-12, CR-130]).
        """
        del target_status  # CANCELLED is the only one
        membership = self.of(Memberships).require_active(membership_identifier)
        query = self.find(membership, protected_query_identifier)
        return {"protectedQuery": self.cancel(query, ctx.now)}

    def check_result(self, result: Result, destinations: Sequence[Destination] | None) -> None:
        """Refuse anything but bytes, or rows for queries whose format is CSV."""
        if result is None or isinstance(result, bytes):
            return
        rows = isinstance(result, Sequence) and not isinstance(result, str)
        if not (rows and all(isinstance(row, Mapping) for row in result)):
            raise UsageError(
                "The result of a protected query is the bytes of its file, or a list of rows, each"
                ' a mapping such as {"city": "Paris", "n": 7}.'
            )
        if any(each.result_format != "CSV" for each in destinations or ()):
            raise UsageError(
                "The result was given as rows, but the query's result format is PARQUET: give the"
                " bytes of a Parquet file, or ask for CSV."
            )

    def deliver(self, analysis: ProtectedQuery) -> dict[str, Any]:
        """Write the result into the bucket of each receiver, and return the ``output``."""
        result: Any = analysis.outcome.result  # check_result has seen it
        for destination in analysis.destinations:
            write_query_result(self.backend, analysis.id, destination, result)
        configuration = (analysis.result_configuration or {}).get("outputConfiguration", {})
        return output_of(
            analysis.id, analysis.destinations, distributed="distribute" in configuration
        )

    def _template(
        self, membership: Membership, sql_parameters: dict[str, Any]
    ) -> AnalysisTemplate | None:
        text, arn = sql_parameters.get("queryString"), sql_parameters.get("analysisTemplateArn")
        if (text is None) == (arn is None):
            raise ValidationException(
                "Exactly one of queryString and analysisTemplateArn is required.",
                field="sqlParameters",
            )
        given = sql_parameters.get("parameters", {})
        if arn is None:
            if not str(text).strip():
                raise ValidationException("The query is empty.", "INVALID_QUERY", "sqlParameters")
            if given:
                raise ValidationException(
                    "Parameters belong to an analysis template.", field="sqlParameters"
                )
            return None
        template = self.of(AnalysisTemplates).in_collaboration(membership.collaboration, arn)
        if not template.is_sql:
            raise ValidationException(
                f"Analysis template {arn} is in the format {template.format}, not SQL.",
                field="sqlParameters",
            )
        check_parameters(template, given, "sqlParameters")
        return template


def _sensitivity(aggregation: Aggregation) -> dict[str, Any]:
    """Return what the noise of a function was measured by.

    That a user counts once is documented for COUNT DISTINCT, and inferred [CR-132] for the others;
    bounds of columns are absent, for the mock does not read the data.
    """
    return {
        "aggregationType": aggregation.function,
        "aggregationExpression": aggregation.expression,
        "userContributionLimit": 1,
    }
