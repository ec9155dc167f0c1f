"""What a family with a part in every case is told of: time, looks and changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from membership_mock.engine.pipeline.operation import Family

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.context import Context
    from membership_mock.security_ir.cases.case_store import Case


@dataclass(slots=True)
class CaseChange:
    """Something that was done to a case; the message never repeats a sensitive value."""

    case: Case
    at: datetime
    principal: str
    action: str
    message: str


class CaseFamily(Family):
    """A family with a part in every case."""

    def catch_up(self, case: Case, now: datetime) -> None:
        """Let that happen to ``case`` which AWS has done by itself up to ``now``."""

    def looked_at(self, ctx: Context, case: Case) -> None:
        """Let a look at what AWS does for ``case`` take that on."""

    def changed(self, change: CaseChange) -> None:
        """Follow ``change``, which has just been made."""


@cache
def overriding(families: tuple[type[Family], ...], name: str) -> tuple[type[CaseFamily], ...]:
    """Return the families that have something to say in the hook ``name``."""
    return tuple(
        kind
        for kind in families
        if issubclass(kind, CaseFamily) and getattr(kind, name) is not getattr(CaseFamily, name)
    )
