"""The entries of a finding's history: the changed fields, and the source of the change.

Sources: API pages FindingHistoryRecord, FindingHistoryUpdate and FindingHistoryUpdateSource;
published answers of GetFindingHistory for the form of paths and values. Inferred [SH-168, SH-212]
are that a change that changes nothing leaves no entry, and the source of what automation rules
change.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass

IMPORTED = "BATCH_IMPORT_FINDINGS"
UPDATED = "BATCH_UPDATE_FINDINGS"

#: How far back the history of a finding goes. Source: API page GetFindingHistory; user guide.
KEPT = timedelta(days=90)
KEPT_WHEN_ARCHIVED = timedelta(days=30)

#: Timestamps that are no changes. The API page leaves out CreatedAt and UpdatedAt; ProcessedAt,
#: which every import moves, is left out as well (inferred [SH-213]: a published answer shows it).
_LEFT_OUT = ("CreatedAt", "UpdatedAt", "ProcessedAt")


@dataclass(slots=True)
class Change:
    """An entry of the history of a finding.

    Attributes:
        at: when it happened.
        created: whether the finding was created by it.
        source: `IMPORTED` or `UPDATED`.
        identity: the product, the caller or the automation rule, by ARN.
        updates: for each field that has changed: its path with dots, the old value and the new
            one as text; None for a value that was not there.
    """

    at: datetime
    created: bool
    source: str
    identity: str
    updates: list[tuple[str, str | None, str | None]]


def updates_between(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[tuple[str, str | None, str | None]]:
    """Return what differs between two versions of a finding, as `Change.updates` has it."""
    return [
        (path, _text(old), _text(new))
        for path, old, new in _differences(before, after, "")
        if path not in _LEFT_OUT
    ]


def _differences(
    before: Mapping[str, Any], after: Mapping[str, Any], place: str
) -> Iterator[tuple[str, Any, Any]]:
    for name in (*before, *(name for name in after if name not in before)):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        path = f"{place}{name}"
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _differences(old, new, f"{path}.")
        else:
            yield path, old, new


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"))
