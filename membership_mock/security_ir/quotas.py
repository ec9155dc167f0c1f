"""The quotas on cases of one account in one region.

Source: the general reference's page on quotas (limits and codes). That "active" means not Closed,
and which resource the error names, is inferred.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from membership_mock.engine.operation import Family
from membership_mock.engine.world import Scope, Store
from membership_mock.security_ir.errors import ServiceQuotaExceededException


@dataclass(frozen=True, slots=True)
class Quota:
    """A limit and the code under which Service Quotas lists it."""

    code: str
    limit: int
    counts: str


ACTIVE: Mapping[str, Quota] = {
    "Self": Quota("L-87F7FF63", 100, "active self-managed cases"),
    "AWS": Quota("L-A44E2290", 50, "active service-managed cases"),
}
CREATED_IN_A_DAY = Quota("L-5052B1EE", 50, "service-managed cases created in the last day")
DAY = timedelta(days=1)


@dataclass
class QuotaStore(Store, scope=Scope.ACCOUNT_REGION):
    """What the quotas count, kept as it changes, so that no case has to be looked at.

    Attributes:
        active: the cases that are not Closed, by membership and resolver.
        service_managed: when cases became service-managed, ascending, whatever the membership.
    """

    active: dict[tuple[str, str], int] = field(default_factory=dict)
    service_managed: list[datetime] = field(default_factory=list)


class Quotas(Family):
    """How many cases there may be.

    Cases of earlier memberships are terminated and do not count as active. The day's quota limits
    a rate, so closing a case or signing up anew does not give anything back (inferred).
    """

    def require_room(self, membership_id: str, resolver_type: str, now: datetime) -> None:
        """Refuse one more case with this resolver when a quota is used up.

        Raises:
            ServiceQuotaExceededException: it names the membership that has no room.
        """
        store = self.store(QuotaStore)
        quota = ACTIVE[resolver_type]
        if store.active.get((membership_id, resolver_type), 0) >= quota.limit:
            raise _exceeded(quota, membership_id)
        if resolver_type == "AWS":
            moments = store.service_managed
            recent = bisect_right(moments, now) - bisect_right(moments, now - DAY)
            if recent >= CREATED_IN_A_DAY.limit:
                raise _exceeded(CREATED_IN_A_DAY, membership_id)

    def take(self, membership_id: str, resolver_type: str, now: datetime) -> None:
        """Count one more active case with this resolver."""
        store = self.store(QuotaStore)
        key = (membership_id, resolver_type)
        store.active[key] = store.active.get(key, 0) + 1
        if resolver_type == "AWS":
            insort(store.service_managed, now)

    def give_back(self, membership_id: str, resolver_type: str) -> None:
        """Count one active case less with this resolver."""
        self.store(QuotaStore).active[membership_id, resolver_type] -= 1


def _exceeded(quota: Quota, membership_id: str) -> ServiceQuotaExceededException:
    return ServiceQuotaExceededException(
        f"The limit of {quota.limit} {quota.counts} in this Region has been reached.",
        membership_id,
        "Membership",
        quota.code,
    )
