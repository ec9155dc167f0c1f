"""The actions of automation rules.

Source: API page AutomationRulesFindingFieldsUpdate, which has what BatchUpdateFindings sets, and
neither RecordState nor anything else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from membership_mock.engine.protocol.timestamps import WRITING
from membership_mock.securityhub.errors import InvalidInputException
from membership_mock.securityhub.findings import finding_format


def check(actions: Sequence[Mapping[str, Any]]) -> None:
    """Refuse actions that change nothing, or would set what a finding cannot have.

    Both are inferred [SH-149, SH-229].

    Raises:
        InvalidInputException: an action has no type, no field to update, or a value that the AWS
            Security Finding Format does not allow.
    """
    for action in actions:
        changes = changes_of(action, None)
        if action.get("Type") is None or not changes:
            raise InvalidInputException(
                "Invalid parameter 'Actions'. An action needs the Type FINDING_FIELDS_UPDATE and"
                " at least one field in FindingFieldsUpdate."
            )
        complaint = next(finding_format.complaints(changes, []), None)
        if complaint is not None:
            raise InvalidInputException(f"Invalid parameter 'Actions'. {complaint}.")


def changes_of(action: Mapping[str, Any], now: datetime | None) -> dict[str, Any]:
    """Return the fields that an action sets on a finding at the instant ``now``.

    Without ``now`` notes carry no time.
    """
    update = action.get("FindingFieldsUpdate") or {}
    changes = {name: value for name, value in update.items() if value not in (None, {}, [])}
    if now is not None and "Note" in changes:
        changes["Note"] = {**changes["Note"], "UpdatedAt": WRITING["iso8601"](now)}
    return changes
