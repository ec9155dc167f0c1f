"""The edit trail: what happened to a case, when, and by whom.

Source: user guide, "Case activities" (what it holds, chronologically); the wording of actions and
messages is inferred but for ``Add comment``.
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
    """The trail of every case."""

    def changed(self, change: CaseChange) -> None:
        """Write a change into the trail of its case, cut to the length that the model allows."""
        trail = change.case.edits
        longest = _longest()
        trail.append(
            CaseEdit(
                len(trail), change.at, change.principal, change.action, change.message[:longest]
            )
        )

    @operation("ListCaseEdits")
    def list_case_edits(self, ctx: Context, case_id: str) -> dict[str, Any]:
        """Return the trail of a case, oldest first, and how many entries it has."""
        trail = self.of(Cases).for_reading(ctx, case_id).edits
        return {"items": Listing(trail, lambda edit: edit.number), "total": len(trail)}
