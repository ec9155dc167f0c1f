"""The export jobs of Security Hub V2."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from datetime import datetime
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.lifecycle import Progress
from membership_mock.engine.state.summary import Summary, View, several
from membership_mock.engine.state.world import Scope, Store


@dataclass
class ExportJob:
    """An export job; the fields are those of GetExportJobV2.

    Attributes:
        number: its number in the order of the starts.
        progress: how far it has come on its way to the end.
        planned: how it will end, if a test has said so: status, code and message.
        uids: the findings that it exports, as they were seen at the start.
    """

    number: int
    export_job_id: str
    name: str | None
    status: str
    output_configuration: dict[str, Any]
    scopes: dict[str, Any] | None
    destination: dict[str, Any]
    started_at: datetime
    progress: Progress
    uids: list[str] = field(default_factory=list)
    planned: tuple[str, str, str] | None = None
    ended_at: datetime | None = None
    failure_code: str | None = None
    failure_message: str | None = None
    data_type: str = "FINDINGS"


@dataclass
class ExportStore(Store, scope=Scope.ACCOUNT_REGION):
    """The export jobs of an account in a region, by their ids, the oldest first."""

    rank = 26
    jobs: dict[str, ExportJob] = field(default_factory=dict)
    last_number: int = 0

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each job."""
        del view
        account_id, region = key
        if self.jobs:
            lines = several(
                "export jobs", list(self.jobs.values()), lambda job: f"export job {job.status}"
            )
            yield Summary(account_id, region, "securityhub", lines)
