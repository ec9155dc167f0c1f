"""The ends of analysis log exports of Clean Rooms, set by a test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from membership_mock.cleanrooms.log_exports.log_exports import LogExports
from membership_mock.testing.argument_types import checking_arguments
from membership_mock.testing.arguments import naming_arguments
from membership_mock.testing.aws_side.side import Side


@checking_arguments
@naming_arguments
class LogExportSide(Side):
    """What AWS does with the analysis log exports of one account in one region."""

    def end_log_export(
        self,
        status: Literal["SUCCESS", "FAILED"] = "SUCCESS",
        *,
        error: Mapping[str, str] | None = None,
        analysis_log_export_id: str | None = None,
    ) -> None:
        """End the next analysis log export of this account in Clean Rooms, or a given one.

        An export of a query that has never run ends in ``FAILED``, ``LOGS_NOT_AVAILABLE``, as on
        AWS, unless it is named here once it runs.

        Args:
            status: ``SUCCESS`` or ``FAILED``.
            error: ``code`` and ``message`` of a failure, each with a default.
            analysis_log_export_id: an export that has started already; when None, it is the next
                one to start, and several calls are for the next ones, in order.

        Raises:
            UsageError: no export can end like that, or the export has ended.
        """
        with self._running.world.lock:
            self._family("cleanrooms", LogExports).plan(status, error, analysis_log_export_id)
