"""What AWS does by itself in an account, said by the author of a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from membership_mock.cleanrooms.protected_jobs import ProtectedJobs
from membership_mock.cleanrooms.protected_queries import ProtectedQueries
from membership_mock.security_ir.finding_metrics import FindingMetrics

if TYPE_CHECKING:
    from membership_mock.engine.operation import Family
    from membership_mock.engine.running import Running

F = TypeVar("F", bound="Family")


class AwsSide:
    """AWS's side of the story of one account in one region, from `MembershipMock.aws_side`."""

    def __init__(self, running: Running, account: str, region: str) -> None:
        self._running = running
        self._account = account
        self._region = region

    def end_query(
        self,
        status: str = "SUCCESS",
        *,
        result: Sequence[Mapping[str, Any]] | bytes | None = None,
        error: Mapping[str, Any] | None = None,
        protected_query_id: str | None = None,
    ) -> None:
        """Settle how a protected query that this account runs in Clean Rooms ends.

        Args:
            status: ``SUCCESS``, ``FAILED``, ``TIMED_OUT`` or ``CANCELLED``.
            result: what a successful query finds: rows, each with its columns by name, for a query
                whose format is CSV; or the bytes of the file, whatever the format.
            error: ``code``, ``message`` and ``retryable`` of a failure, each with a default.
            protected_query_id: which query, if it has started already; otherwise it is the next
                one to start, and several calls are for several queries in a row.

        Raises:
            UsageError: no query can end like that, or the query has ended.
        """
        with self._running.world.lock:
            self._family("cleanrooms", ProtectedQueries).will_end(
                status, result=result, error=error, protected_query_id=protected_query_id
            )

    def end_job(
        self,
        status: str = "SUCCESS",
        *,
        result: Mapping[str, bytes] | None = None,
        error: Mapping[str, Any] | None = None,
        protected_job_id: str | None = None,
    ) -> None:
        """Settle how a protected job that this account runs in Clean Rooms ends.

        Args:
            status: ``SUCCESS``, ``FAILED`` or ``CANCELLED``.
            result: the files that a successful job leaves, by name.
            error: ``code``, ``message`` and ``retryable`` of a failure, each with a default.
            protected_job_id: which job, if it has started already; otherwise it is the next one
                to start, and several calls are for several jobs in a row.

        Raises:
            UsageError: no job can end like that, or the job has ended.
        """
        with self._running.world.lock:
            self._family("cleanrooms", ProtectedJobs).will_end(
                status, result=result, error=error, protected_job_id=protected_job_id
            )

    def record_finding_metrics(self, membership_id: str, day: date, **counts: int) -> None:
        """Add to the counts of a day that GetFindingMetrics of Security Incident Response shows.

        Args:
            membership_id: a membership of this account and region, in any status.
            day: the day in UTC.
            **counts: how many to add, by the field's name in snake case, e.g.
                ``findings_triaged=3``.

        Raises:
            TypeError: a name is no field of the answer of GetFindingMetrics.
        """
        with self._running.world.lock:
            self._family("security-ir", FindingMetrics).record(membership_id, day, **counts)

    def _family(self, service: str, kind: type[F]) -> F:
        found: F = self._running.installation.backends[service][self._account][self._region].family(
            kind
        )
        return found
