"""The quotas of an account in a region, which AWS raises on request, and so may a test.

Sources: the quota page of the user guide. Where editions of it differ, the newest figure stands;
that the error names a quota as that page does is inferred.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from membership_mock.cleanrooms.errors import ServiceQuotaExceededException
from membership_mock.engine.operation import Family
from membership_mock.engine.world import Scope, Store
from membership_mock.errors import UsageError

COLLABORATIONS = "Collaborations created per account"
MEMBERSHIPS = "Memberships per account"
MEMBERS = "Members invited per collaboration"
CONFIGURED_TABLES = "Configured tables per account"
ALLOWED_COLUMNS = "Columns per configured table allowlist"
TABLE_ASSOCIATIONS = "Table associations per membership"
ANALYSIS_TEMPLATES = "Analysis templates per membership"
TABLES_PER_QUERY = "Configured tables per protected query"
CONCURRENT_QUERIES = "Concurrent ongoing queries per membership"
CONCURRENT_JOBS = "Concurrent ongoing job per membership"

DEFAULTS: Mapping[str, int] = {
    COLLABORATIONS: 500,
    MEMBERSHIPS: 500,
    MEMBERS: 5,
    CONFIGURED_TABLES: 250,
    ALLOWED_COLUMNS: 100,
    TABLE_ASSOCIATIONS: 100,
    ANALYSIS_TEMPLATES: 25,
    TABLES_PER_QUERY: 15,
    CONCURRENT_QUERIES: 5,
    CONCURRENT_JOBS: 1,
}


@dataclass
class QuotaStore(Store, scope=Scope.ACCOUNT_REGION):
    """The quotas that differ from their defaults, by name."""

    limits: dict[str, int] = field(default_factory=dict)


class Quotas(Family):
    """How many of a thing there may be."""

    def require_room(self, quota: str, used: int, wanted: int = 1) -> None:
        """Refuse ``wanted`` more when ``used`` of the quota are taken.

        Raises:
            ServiceQuotaExceededException: they would be too many.
        """
        limit = self.store(QuotaStore).limits.get(quota, DEFAULTS[quota])
        if used + wanted > limit:
            raise ServiceQuotaExceededException(quota, limit)

    def set_limit(self, quota: str, limit: int) -> None:
        """Set a quota of this account in this region, as AWS Support would.

        Raises:
            UsageError: there is no such quota.
        """
        if quota not in DEFAULTS:
            raise UsageError(f"{quota!r} is no quota of Clean Rooms; there are: "
                             + ", ".join(DEFAULTS))  # fmt: skip
        self.store(QuotaStore).limits[quota] = limit
