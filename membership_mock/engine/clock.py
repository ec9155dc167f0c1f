"""Time, asked from one place, once per request."""

from __future__ import annotations

import time
from datetime import datetime, timezone


class Clock:
    """The real time; freezegun and time-machine move it, since it asks `time.time` at each call."""

    def now(self) -> datetime:
        """Return the present instant in UTC, cut to milliseconds as AWS does."""
        return datetime.fromtimestamp(int(time.time() * 1000) / 1000, timezone.utc)
