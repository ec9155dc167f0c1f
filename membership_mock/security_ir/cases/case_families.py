"""The hooks with which a family follows cases: passing time, reads and changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.operation import Family

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.context import Context
    from membership_mock.security_ir.cases.case_store import Case


@dataclass(slots=True)
class CaseChange:
    """A change of a case; the message never repeats a sensitive value."""

    case: Case
    at: datetime
    principal: str
    action: str
    message: str


class CaseFamily(Family):
    """A family that follows every case; by default it does nothing."""

    def catch_up(self, case: Case, now: datetime) -> None:
        """Apply to ``case`` the changes that AWS has made by itself up to ``now``."""

    def keep(self, case: Case) -> Callable[[], None] | None:
        """Return a function that undoes `catch_up`; None if it changes nothing."""
        del case
        return None

    def progress_read(self, ctx: Context, case: Case) -> None:
        """Follow a read of AWS's work on ``case``, which may take the work one step further."""

    def changed(self, change: CaseChange) -> None:
        """Follow ``change``, which has just been made."""


@cache
def overriding(families: tuple[type[Family], ...], name: str) -> tuple[type[CaseFamily], ...]:
    """Return the families that override the hook ``name``."""
    return tuple(
        kind
        for kind in families
        if issubclass(kind, CaseFamily) and getattr(kind, name) is not getattr(CaseFamily, name)
    )
