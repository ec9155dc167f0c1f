"""Access budgets: how often a table may be used, in a calendar period and in its whole life.

Source: user guide, "Configure a data access budget" and "Add an access budget": weeks begin on
Sunday 00:00 UTC; the rest is marked inferred.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from membership_mock.cleanrooms.errors import ValidationException
from membership_mock.engine.lazy_dataclasses import dataclass

LIFETIME = "LIFETIME"


@dataclass
class Allowance:
    """A parameter of an access budget, which has at most two.

    Attributes:
        type: ``CALENDAR_DAY``, ``CALENDAR_WEEK``, ``CALENDAR_MONTH`` or ``LIFETIME``.
        budget: how often the table may be used.
        auto_refresh: ``ENABLED`` or ``DISABLED``; None for LIFETIME.
        start: the start of the period in which `used` was counted.
        used: how often the table was used since then.
    """

    type: str
    budget: int
    auto_refresh: str | None
    start: datetime
    used: int = 0

    @property
    def end(self) -> datetime | None:
        """When the period ends; None for LIFETIME."""
        return None if self.type == LIFETIME else period(self.type, self.start)[1]

    def is_over(self, now: datetime) -> bool:
        """Return whether the period has ended by ``now``."""
        return self.end is not None and now >= self.end

    def at(self, now: datetime) -> Allowance:
        """Return it as it is ``now``, with a full budget if a new period has begun.

        Without automatic refresh the old period lasts until the template is updated. It is
        documented that it must be refreshed by hand, and inferred [CR-168] that an update does it.
        """
        if self.auto_refresh == "ENABLED" and self.is_over(now):
            start = period(self.type, now)[0]
            return Allowance(self.type, self.budget, self.auto_refresh, start)
        return self

    @property
    def remaining(self) -> int:
        """How often the table may still be used."""
        return max(0, self.budget - self.used)

    def shown(self) -> dict[str, Any]:
        """Return it as the lists of budgets show it."""
        return {
            "startTime": self.start,
            "endTime": self.end,
            "remainingBudget": self.remaining,
            "budget": self.budget,
            "budgetType": self.type,
            "autoRefresh": self.auto_refresh,
        }

    def parameter(self) -> dict[str, Any]:
        """Return it as the template shows it."""
        return {"type": self.type, "budget": self.budget, "autoRefresh": self.auto_refresh}


def period(kind: str, moment: datetime) -> tuple[datetime, datetime]:
    """Return the start and the end of the calendar period of ``moment``, in UTC.

    That days and months begin at 00:00 UTC is inferred [CR-169] from weeks, which do.
    """
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if kind == "CALENDAR_DAY":
        return day, day + timedelta(days=1)
    if kind == "CALENDAR_WEEK":
        sunday = day - timedelta(days=(day.weekday() + 1) % 7)
        return sunday, sunday + timedelta(days=7)
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)


def checked(parameters: Sequence[dict[str, Any]]) -> None:
    """Refuse parameters that do not fit together.

    Source: the model's text: a budget for a period, one for the lifetime, or both.

    Raises:
        ValidationException: both are for periods, or both for the lifetime; or one for the
            lifetime is refreshed (all inferred [CR-170]).
    """
    lifetimes = [each for each in parameters if each["type"] == LIFETIME]
    if len(lifetimes) > 1 or len(parameters) - len(lifetimes) > 1:
        raise ValidationException(
            "An access budget has one budget for a calendar period, one for the lifetime, or both.",
            field="parameters",
        )
    if any("autoRefresh" in each for each in lifetimes):
        raise ValidationException(
            "autoRefresh is only for budgets of a calendar period.", field="parameters"
        )


def allowances_of(
    parameters: Sequence[dict[str, Any]], now: datetime, before: Sequence[Allowance] = ()
) -> list[Allowance]:
    """Return the allowances of ``parameters``, in their order.

    The used part of a type is kept if that type stays (inferred [CR-94]). A type without automatic
    refresh begins a new period if its period is over. The first period begins with the calendar,
    not with the template (inferred [CR-171]).

    Args:
        parameters: ``budgetParameters`` of a request.
        now: the present.
        before: the allowances until now.
    """
    old = {each.type: each.at(now) for each in before}
    made = []
    for each in parameters:
        kind, refresh = each["type"], None
        start = now
        if kind != LIFETIME:
            # inferred [CR-172]: the default of the console
            refresh, start = each.get("autoRefresh", "ENABLED"), period(kind, now)[0]
        kept = old.get(kind)
        if kept is not None and not kept.is_over(now):
            made.append(Allowance(kind, each["budget"], refresh, kept.start, kept.used))
        else:
            made.append(Allowance(kind, each["budget"], refresh, start))
    return made
