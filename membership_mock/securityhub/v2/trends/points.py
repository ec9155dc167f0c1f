"""The points in time that a trend shows.

Documented: the service chooses the granularity. The chosen one, the times of the points, and
the order and the limit of a span are inferred [SH-282].
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from membership_mock.securityhub.errors import ValidationException

LONGEST_SPAN = timedelta(days=366)
#: the longest spans with a point a day, and with a point a week
DAILY, WEEKLY = timedelta(days=31), timedelta(days=183)
_DAY = timedelta(days=1)


def points(start: datetime, end: datetime, now: datetime) -> tuple[str, list[datetime]]:
    """Return the granularity of a trend, and its points, each at midnight in UTC.

    Args:
        start: the start of the span.
        end: its end; both are inside.
        now: the present, behind which there are no points.

    Raises:
        ValidationException: the span is empty or longer than a year, or its end is to come.
    """
    if start >= end:
        raise ValidationException("StartTime must be before EndTime")
    if end - start > LONGEST_SPAN:
        raise ValidationException(f"The time range must be at most {LONGEST_SPAN.days} days")
    if end > now:
        raise ValidationException("EndTime must not be in the future")
    span = end - start
    granularity = "Daily" if span <= DAILY else "Weekly" if span <= WEEKLY else "Monthly"
    day = datetime(start.year, start.month, start.day, tzinfo=timezone.utc)
    if day < start:
        day += _DAY
    found = []
    while day <= end:
        is_point = {
            "Daily": True,
            "Weekly": day.weekday() == 0,
            "Monthly": day.day == 1,
        }[granularity]
        if is_point:
            found.append(day)
        day += _DAY
    return granularity, found
