"""The history of a finding: who has changed what of it, and when.

Source: API page GetFindingHistory.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.securityhub.errors import InvalidInputException
from membership_mock.securityhub.findings.finding_changes import (
    KEPT,
    KEPT_WHEN_ARCHIVED,
    Change,
)
from membership_mock.securityhub.findings.finding_store import Finding
from membership_mock.securityhub.findings.findings import Findings
from membership_mock.securityhub.hubs.hubs import Hubs


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of the history with its place among all that are shown."""

    place: str
    change: Change


class FindingHistory(Family):
    """The operation on the history of findings."""

    @operation("GetFindingHistory")
    def get_finding_history(
        self,
        ctx: Context,
        finding_identifier: dict[str, str],
        start_time: datetime | None = None,
        end_time: datetime | None = None,
    ) -> dict[str, Listing[_Entry]]:
        """Return what has changed of a finding that the caller sees from here, newest first.

        It goes back 90 days, for an archived finding 30 (documented). A finding that does not
        exist, or that the caller does not see, has no history (inferred).

        Raises:
            InvalidInputException: ``EndTime`` is before ``StartTime`` (inferred).
        """
        self.of(Hubs).require()
        if start_time is not None and end_time is not None and end_time < start_time:
            raise InvalidInputException("Invalid parameter 'EndTime'. It is before StartTime.")
        identity = (finding_identifier["ProductArn"], finding_identifier["Id"])
        entries = [
            _Entry(f"{change.at.isoformat(timespec='microseconds')}/{origin}/{number:09d}", change)
            for origin, finding in enumerate(self.of(Findings).identified(identity, ctx.now))
            for number, change in enumerate(finding.changes)
            if _is_shown(change, finding, ctx.now, start_time, end_time)
        ]
        return {
            "Records": Listing(
                sorted(entries, key=_place),
                position=_place,
                descending=True,
                show=lambda entry: _record(finding_identifier, entry.change),
            )
        }


def _is_shown(
    change: Change,
    finding: Finding,
    now: datetime,
    start: datetime | None,
    end: datetime | None,
) -> bool:
    is_archived = finding.fields["RecordState"] == "ARCHIVED"
    kept: timedelta = KEPT_WHEN_ARCHIVED if is_archived else KEPT
    return (
        change.at > now - kept
        and (start is None or change.at >= start)
        and (end is None or change.at <= end)
    )


def _place(entry: _Entry) -> str:
    return entry.place


def _record(identifier: dict[str, str], change: Change) -> dict[str, Any]:
    return {
        "FindingIdentifier": identifier,
        "UpdateTime": change.at,
        "FindingCreated": change.created,
        "UpdateSource": {"Type": change.source, "Identity": change.identity},
        "Updates": [
            {"UpdatedField": field, "OldValue": old, "NewValue": new}
            for field, old, new in change.updates
        ],
    }
