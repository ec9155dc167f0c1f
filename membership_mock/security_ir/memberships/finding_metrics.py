"""The daily counts of findings that a membership has handled.

The mock creates no findings here, so all counts are zero until a test records some.
"""

from __future__ import annotations

from dataclasses import field
from datetime import date, datetime, timezone

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, operation
from membership_mock.engine.protocol import model
from membership_mock.engine.state.world import Scope, Store
from membership_mock.errors import UsageError
from membership_mock.security_ir.errors import ValidationException
from membership_mock.security_ir.memberships.memberships import Memberships


@dataclass
class FindingMetricsStore(Store, scope=Scope.PARTITION):
    """The recorded counts.

    Attributes:
        days: by the membership's id and the day (UTC), the counts by their name in the API.
    """

    days: dict[str, dict[date, dict[str, int]]] = field(default_factory=dict)


class FindingMetrics(Family):
    """The operation on finding metrics."""

    def record(self, membership_id: str, day: date, **counts: int) -> None:
        """Add to the counts of a day; for the author of a test.

        Args:
            membership_id: a membership of this account and region, in any status.
            day: the day in UTC; for a datetime, its day in UTC (for a naive one, its own day).
            **counts: how many to add, by the field's name in the API or in snake case, e.g.
                ``findings_triaged=3``.

        Raises:
            TypeError: a name is not a field of the answer of GetFindingMetrics.
            UsageError: ``day`` is not a date, or a count is not a whole number from 0.
        """
        if not isinstance(day, date):
            raise UsageError(f"{day!r} is not a day: pass a date, e.g. date(2026, 3, 14).")
        for name, count in counts.items():
            if type(count) is not int or count < 0:
                raise UsageError(f"{name}={count!r} is not a number of findings: pass 0 or more.")
        self.of(Memberships).visible(membership_id, self.backend.world.clock.now())
        spellings = {name: name for name in _counters()}
        spellings |= {model.snake(name): name for name in spellings}
        unknown = sorted(counts.keys() - spellings.keys())
        if unknown:
            raise TypeError(
                f"{', '.join(unknown)}: no finding metric; there are"
                f" {', '.join(map(model.snake, _counters()))}"
            )
        if isinstance(day, datetime):  # is a date too, but cannot be compared with one
            day = (day.astimezone(timezone.utc) if day.tzinfo else day).date()
        days = self.store(FindingMetricsStore).days.setdefault(membership_id, {})
        kept = days.setdefault(day, {})
        for name, count in counts.items():
            kept[spellings[name]] = kept.get(spellings[name], 0) + count

    @operation(
        "GetFindingMetrics", optional=True, differs="all counts are zero until a test records some"
    )
    def get_finding_metrics(
        self, ctx: Context, membership_id: str, start_date: datetime, end_date: datetime
    ) -> dict[str, int]:
        """Return the counts of an active membership over whole UTC days, both ends included.

        Source: API page GetFindingMetrics for the window. Inferred [IR-38, IR-101]: times are
        truncated to their day, an end in the future is accepted, and every counter is present.

        Raises:
            ValidationException: the window ends on a day before it begins (inferred [IR-38]).
        """
        first, last = (
            instant.astimezone(timezone.utc).date() for instant in (start_date, end_date)
        )
        if last < first:
            message = "endDate must not be before startDate."
            raise ValidationException(
                message, fields=[("startDate", message), ("endDate", message)]
            )
        self.of(Memberships).visible_and_active(membership_id, ctx.now)
        totals = dict.fromkeys(_counters(), 0)
        for day, counts in self.store(FindingMetricsStore).days.get(membership_id, {}).items():
            if first <= day <= last:
                for name, count in counts.items():
                    totals[name] += count
        return totals


def _counters() -> list[str]:
    answer = model.service_model("security-ir").operation_model("GetFindingMetrics").output_shape
    return list(answer.members) if answer is not None else []
