"""The history of a finding: its changes, with their sources and times.

Source: API page GetFindingHistory.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, overload

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, operation
from membership_mock.engine.protocol.pagination import Listing, MergedListing
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
        exist, or that the caller does not see, has no history (inferred [SH-170]).

        Raises:
            InvalidInputException: ``EndTime`` is before ``StartTime`` (inferred [SH-171]).
        """
        self.of(Hubs).require()
        if start_time is not None and end_time is not None and end_time < start_time:
            raise InvalidInputException("Invalid parameter 'EndTime'. It is before StartTime.")
        identity = (finding_identifier["ProductArn"], finding_identifier["Id"])
        found = self.of(Findings).identified(identity, ctx.now)
        return {
            "Records": MergedListing(
                (
                    _Entries(
                        origin, finding.changes, *_shown(finding, ctx.now, start_time, end_time)
                    )
                    for origin, finding in enumerate(found)
                ),
                position=_place,
                descending=True,
                show=lambda entry: _record(finding_identifier, entry.change),
            )
        }


class _Entries(Sequence[_Entry]):
    """A part of the history of a finding; an entry is made when it is asked for."""

    def __init__(self, origin: int, changes: Sequence[Change], first: int, end: int) -> None:
        self._origin, self._changes, self._numbers = origin, changes, range(first, max(first, end))

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, place: int) -> _Entry: ...

    @overload
    def __getitem__(self, place: slice) -> list[_Entry]: ...

    def __getitem__(self, place: int | slice) -> _Entry | list[_Entry]:
        if isinstance(place, slice):
            return [self._entry(number) for number in self._numbers[place]]
        return self._entry(self._numbers[place])

    def _entry(self, number: int) -> _Entry:
        change = self._changes[number]
        at = change.at.isoformat(timespec="microseconds")
        return _Entry(f"{at}/{self._origin}/{number:09d}", change)


def _shown(
    finding: Finding, now: datetime, start: datetime | None, end: datetime | None
) -> tuple[int, int]:
    """Return which changes of a finding are shown: the first one, and the one after the last."""
    is_archived = finding.fields["RecordState"] == "ARCHIVED"
    kept: timedelta = KEPT_WHEN_ARCHIVED if is_archived else KEPT
    changes = finding.changes
    first = bisect_right(changes, now - kept, key=_at)
    if start is not None:
        first = max(first, bisect_left(changes, start, key=_at))
    return first, len(changes) if end is None else bisect_right(changes, end, key=_at)


def _at(change: Change) -> datetime:
    return change.at


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
