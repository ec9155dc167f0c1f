"""The data and the store of analysis log exports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from datetime import datetime
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.lifecycle import A_MINUTE, Progress
from membership_mock.engine.state.quotas import QuotaUse
from membership_mock.engine.state.summary import Summary, View, by_account, listed, one, several
from membership_mock.engine.state.world import Scope, Store

IN_PROGRESS = "IN_PROGRESS"

#: how long an export takes in this mock, without a read
EXPORT_RUNS = (A_MINUTE,)


@dataclass
class LogExport:
    """An export; fields that are not explained are those of GetAnalysisLogExport.

    Attributes:
        account_id: the account that exports.
        sequence: its place in the order of creation.
        collaboration_id: the collaboration of the query.
        planned_error: code and message of its planned failure; None for success.
        progress: its one step.
    """

    analysis_log_export_id: str
    analysis_id: str
    analysis_type: str
    membership_id: str
    account_id: str
    sequence: int
    collaboration_id: str
    result_configuration: dict[str, Any]
    create_time: datetime
    update_time: datetime
    planned_error: dict[str, str] | None
    progress: Progress
    status: str = IN_PROGRESS
    error: dict[str, str] | None = None

    @property
    def bucket(self) -> str:
        """The bucket that it writes to."""
        return str(self.result_configuration["outputConfiguration"]["s3"]["bucket"])

    @property
    def key_prefix(self) -> str:
        """The prefix of the keys."""
        return str(self.result_configuration["outputConfiguration"]["s3"].get("keyPrefix", ""))


@dataclass
class LogExportStore(Store, scope=Scope.REGION):
    """The exports of a region.

    Attributes:
        by_id: each by its id.
        by_membership: those of a membership, oldest first.
        running: those of a membership that have not ended.
        planned: the planned endings of an account's next exports, by account.
        created: how many were ever added.
    """

    rank = 8
    by_id: dict[str, LogExport] = field(default_factory=dict)
    by_membership: dict[str, list[LogExport]] = field(default_factory=dict)
    running: dict[str, list[LogExport]] = field(default_factory=dict)
    planned: dict[str, list[dict[str, str] | None]] = field(default_factory=dict)
    created: int = 0

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each export, the latest first, and one for each planned ending."""
        del view
        held = by_account(reversed(self.by_id.values()), lambda each: each.account_id)
        for account_id, exports in held.items():
            lines = several("analysis log exports", exports, _outline_of)
            yield Summary(account_id, key[0], "cleanrooms", lines)
        for account_id, planned in self.planned.items():
            if planned:
                endings = listed(["FAILED" if error else "SUCCESS" for error in planned])
                text = f"the next analysis log export will end in {endings}"
                yield Summary(account_id, key[0], "cleanrooms", one(text))

    def add(self, export: LogExport) -> None:
        """Add a new export."""
        self.created += 1
        self.by_id[export.analysis_log_export_id] = export
        self.by_membership.setdefault(export.membership_id, []).append(export)
        self.running.setdefault(export.membership_id, []).append(export)

    def end(self, export: LogExport) -> None:
        """Move an export to those that have ended."""
        running = self.running[export.membership_id]
        running[:] = [each for each in running if each is not export]

    def forget(self, membership_id: str) -> None:
        """Remove the exports of a membership that is deleted."""
        self.running.pop(membership_id, None)
        for each in self.by_membership.pop(membership_id, ()):
            del self.by_id[each.analysis_log_export_id]

    def uses(self, region: str, quota: Any) -> Iterator[QuotaUse]:
        """Yield how many exports of each membership have not ended."""
        for membership_id, held in self.running.items():
            if held:
                yield QuotaUse(quota, held[0].account_id, region, len(held), membership_id)


def _outline_of(export: LogExport) -> str:
    code = f", {export.error['code']}" if export.error else ""
    return (
        f"analysis log export {export.analysis_log_export_id} {export.status}{code} of protected"
        f" query {export.analysis_id}"
    )
