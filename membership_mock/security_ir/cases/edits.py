"""The edits of a case: what was changed, when, and by whom.

Source: user guide, "Case activities" (what it holds, chronologically); the texts of actions and
messages are inferred [IR-66], except for ``Add comment``.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.protocol import model
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.security_ir.cases.case_families import CaseChange, CaseFamily
from membership_mock.security_ir.cases.case_store import CaseEdit
from membership_mock.security_ir.cases.cases import Cases


@cache
def _longest() -> int:
    shape = model.service_model("security-ir").shape_for("CaseEditMessage")
    return int(shape.metadata["max"])


class Edits(CaseFamily):
    """The list of edits of every case."""

    def changed(self, change: CaseChange) -> None:
        """Add a change to the edits of its case, cut to the length that the model allows."""
        edits = change.case.edits
        longest = _longest()
        edits.append(
            CaseEdit(
                len(edits), change.at, change.principal, change.action, change.message[:longest]
            )
        )

    @operation("ListCaseEdits")
    def list_case_edits(self, ctx: Context, case_id: str) -> dict[str, Any]:
        """Return the edits of a case, oldest first, and how many there are."""
        edits = self.of(Cases).for_reading(ctx, case_id).edits
        return {"items": Listing(edits, lambda edit: edit.number), "total": len(edits)}
