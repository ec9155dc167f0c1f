"""The events of cases that Security Incident Response sends to EventBridge.

Source: the user guide on events of cases.
"""

from __future__ import annotations

from collections.abc import Mapping

from membership_mock.security_ir.cases.case_families import CaseChange, CaseFamily

#: the ``detail-type`` of each change of a case, by its action in the edits of the case, and the
#: field of ``detail`` with the principal that made it
CASE_EVENTS: Mapping[str, tuple[str, str | None]] = {
    "Create case": ("Case Created", "createdBy"),
    "Close case": ("Case Closed", None),
    "Add comment": ("Case Comment Added", "createdBy"),
    "Update comment": ("Case Comment Updated", "updatedBy"),
}
#: any other change
CASE_UPDATED = ("Case Updated", "updatedBy")


class CaseEvents(CaseFamily):
    """Sends an event for each change of a case."""

    def changed(self, change: CaseChange) -> None:
        """Announce a change to the account of the case."""
        detail_type, said = CASE_EVENTS.get(change.action, CASE_UPDATED)
        detail = {"caseId": change.case.case_id}
        if said is not None:
            detail[said] = change.principal
        self.emit(detail_type, [change.case.case_arn], detail, change.at)
