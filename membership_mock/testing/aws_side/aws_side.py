"""The changes that AWS makes by itself in an account, made by a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from membership_mock.cleanrooms.analyses.protected_jobs import ProtectedJobs
from membership_mock.cleanrooms.analyses.protected_queries import ProtectedQueries
from membership_mock.errors import ServiceError, UsageError
from membership_mock.securityhub.central_configuration.policy_associations import PolicyAssociations
from membership_mock.testing.aws_side.cleanrooms_identity import IdentitySide
from membership_mock.testing.aws_side.cleanrooms_log_exports import LogExportSide
from membership_mock.testing.aws_side.security_ir_cases import CaseSide
from membership_mock.testing.aws_side.security_ir_investigations import InvestigationSide
from membership_mock.testing.aws_side.securityhub_actions import ActionSide
from membership_mock.testing.aws_side.securityhub_controls import ControlSide
from membership_mock.testing.aws_side.securityhub_v2_analysis import AnalysisSide


class AwsSide(
    CaseSide,
    InvestigationSide,
    ControlSide,
    ActionSide,
    AnalysisSide,
    IdentitySide,
    LogExportSide,
):
    """What AWS does by itself in one account and region, from `MembershipMock.aws_side`."""

    def end_query(
        self,
        status: str = "SUCCESS",
        *,
        result: Sequence[Mapping[Any, Any]] | bytes | None = None,
        error: Mapping[str, Any] | None = None,
        protected_query_id: str | None = None,
        functions: Sequence[str] | None = None,
    ) -> None:
        """End the next protected query that this account runs in Clean Rooms, or a given one.

        Args:
            status: ``SUCCESS``, ``FAILED``, ``TIMED_OUT`` or ``CANCELLED``.
            result: the result of a successful query: rows, each with its columns by name, for a
                query whose format is CSV; or the bytes of the file, for any format.
            error: ``code``, ``message`` and ``retryable`` of a failure, each with a default.
            protected_query_id: a query that has started already; when None, it is the next one to
                start, and several calls are for the next ones, in order.
            functions: the aggregate functions that a query on tables with differential privacy
                pays for, each of ``COUNT_DISTINCT``, ``COUNT``, ``SUM``, ``AVG`` or ``STDDEV``;
                otherwise the mock counts those in the text.

        Raises:
            UsageError: no query can end like that, or the query has ended.
        """
        with self._running.world.lock:
            self._family("cleanrooms", ProtectedQueries).plan(
                status, result, error, protected_query_id, functions
            )

    def end_job(
        self,
        status: str = "SUCCESS",
        *,
        result: Mapping[str, bytes] | None = None,
        error: Mapping[str, Any] | None = None,
        protected_job_id: str | None = None,
    ) -> None:
        """End the next protected job that this account runs in Clean Rooms, or a given one.

        Args:
            status: ``SUCCESS``, ``FAILED`` or ``CANCELLED``.
            result: the files that a successful job leaves, by name.
            error: ``code``, ``message`` and ``retryable`` of a failure, each with a default.
            protected_job_id: a job that has started already; when None, it is the next one to
                start, and several calls are for the next ones, in order.

        Raises:
            UsageError: no job can end like that, or the job has ended.
        """
        with self._running.world.lock:
            self._family("cleanrooms", ProtectedJobs).plan(status, result, error, protected_job_id)

    def fail_policy_association(self, account_id: str, message: str | None = None) -> None:
        """Make a configuration policy of Security Hub fail for an account.

        Call it for the account of the delegated administrator, in the home region. The association
        of the account is FAILED with the message. Those of the units above it and of the root say
        that one below them has failed. Applying the policy again succeeds.

        Args:
            account_id: an account of the organization with a policy, applied or inherited.
            message: the ``AssociationStatusMessage``; the usual one when None.

        Raises:
            UsageError: the account has no policy or is not in the organization, or this is not the
                account of the delegated administrator in its home region.
        """
        world = self._running.world
        with world.lock:
            ctx = self._running.pipeline.new_context(
                "securityhub",
                "GetConfigurationPolicyAssociation",
                self._account,
                self._region,
            )
            try:
                self._family("securityhub", PolicyAssociations).fail(ctx, account_id, message)
            except ServiceError as refusal:
                raise UsageError(
                    f"Account {self._account} has no configuration policies in {self._region}:"
                    f" {refusal.message.rstrip('.')}. Take mock.aws_side(…) of the delegated"
                    " administrator in its home region."
                ) from refusal
