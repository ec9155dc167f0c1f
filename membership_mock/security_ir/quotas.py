"""The quotas of Security Incident Response, for an account in a region.

Source: the general reference's page on quotas (limits and codes). That "active" means not Closed,
and the resource that the error names, are inferred [IR-67, IR-69].
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from functools import partial

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.operation import Family
from membership_mock.engine.protocol import model
from membership_mock.engine.state.quotas import Quota, QuotaUse
from membership_mock.engine.state.world import Scope, Store, World
from membership_mock.security_ir.errors import ServiceQuotaExceededException
from membership_mock.security_ir.memberships.membership_store import MembershipStore

_quota = partial(Quota, service="security-ir")

#: the highest number that the model allows in the answer of GetCase
MOST_ATTACHMENTS: int = (
    model.service_model("security-ir").shape_for("CaseAttachmentsList").metadata["max"]
)
#: the number of ids of six digits
MOST_COMMENTS = 10**6

ACTIVE_SELF_MANAGED = _quota(
    name="active_self_managed_cases",
    title="Active self-managed cases",
    code="L-87F7FF63",
    default=100,
    adjustable=True,
    per="account",
    counts="active self-managed cases",
)
ACTIVE_SERVICE_MANAGED = _quota(
    name="active_service_managed_cases",
    title="Active service-managed cases",
    code="L-A44E2290",
    default=50,
    adjustable=True,
    per="account",
    counts="active service-managed cases",
)
CREATED_IN_A_DAY = _quota(
    name="service_managed_cases_per_day",
    title="Service-managed cases created in the last day",
    code="L-5052B1EE",
    default=50,
    adjustable=True,
    per="account",
    counts="service-managed cases created in the last day",
)
# Service Quotas does not list these two; the codes are this mock's own.
ATTACHMENTS = _quota(
    name="attachments_per_case",
    title="Attachments per case",
    code="ATTACHMENTS_PER_CASE",
    default=MOST_ATTACHMENTS,
    most=MOST_ATTACHMENTS,
    per="case",
    counts="attachments",
    origin="inferred",  # IR-70
)
COMMENTS = _quota(
    name="comments_per_case",
    title="Comments per case",
    code="COMMENTS_PER_CASE",
    default=MOST_COMMENTS,
    most=MOST_COMMENTS,
    per="case",
    counts="comments",
    origin="inferred",  # IR-70
)

QUOTAS = (ACTIVE_SELF_MANAGED, ACTIVE_SERVICE_MANAGED, CREATED_IN_A_DAY, ATTACHMENTS, COMMENTS)

ACTIVE: Mapping[str, Quota] = {"Self": ACTIVE_SELF_MANAGED, "AWS": ACTIVE_SERVICE_MANAGED}
DAY = timedelta(days=1)


@dataclass
class QuotaStore(Store, scope=Scope.ACCOUNT_REGION):
    """The counts for the quotas, updated with each change, so that no call has to count cases.

    Attributes:
        active: the cases that are not Closed, by membership and resolver.
        service_managed: the times when cases became service-managed, ascending, for all
            memberships.
    """

    active: dict[tuple[str, str], int] = field(default_factory=dict)
    service_managed: list[datetime] = field(default_factory=list)

    def in_last_day(self, now: datetime) -> int:
        """Return how many cases became service-managed in the day before ``now``."""
        moments = self.service_managed
        return bisect_right(moments, now) - bisect_right(moments, now - DAY)


class Quotas(Family):
    """The quotas on cases.

    Cases of earlier memberships are terminated and do not count as active. The daily
    quota limits a rate, so closing a case or a new membership does not restore it
    (inferred [IR-68]).
    """

    @classmethod
    def quota_uses(cls, world: World, now: datetime) -> Iterator[QuotaUse]:
        """Yield the cases of active memberships that are active, and those of the last day."""
        active = active_memberships(world)
        for (account_id, region), store in world.stores(QuotaStore):
            for (membership_id, resolver_type), number in store.active.items():
                if membership_id in active:
                    yield QuotaUse(ACTIVE[resolver_type], account_id, region, number)
            yield QuotaUse(CREATED_IN_A_DAY, account_id, region, store.in_last_day(now))

    def require_room(
        self,
        membership_id: str,
        resolver_type: str,
        now: datetime,
        overdue: Callable[[], int],
    ) -> None:
        """Refuse one more case with this resolver when a quota is used up.

        Args:
            membership_id: the membership that the case belongs to.
            resolver_type: the resolver.
            now: the present.
            overdue: returns how many of its cases AWS has closed by now, which no call has noticed.

        Raises:
            ServiceQuotaExceededException: it names the membership.
        """
        store = self.store(QuotaStore)
        quota = ACTIVE[resolver_type]
        limit = self.limit(quota)
        used = store.active.get((membership_id, resolver_type), 0)
        closed = overdue() if used >= limit else 0
        if used - closed >= limit:
            raise _exceeded(quota, limit, membership_id)
        if resolver_type == "AWS":
            limit = self.limit(CREATED_IN_A_DAY)
            if store.in_last_day(now) >= limit:
                raise _exceeded(CREATED_IN_A_DAY, limit, membership_id)
        if closed:
            self.backend.time_passed(now)

    def require_room_in_case(self, quota: Quota, case_id: str, used: int) -> None:
        """Refuse one more resource of a kind in a case, when its quota is used up.

        Raises:
            ServiceQuotaExceededException: it names the case.
        """
        limit = self.limit(quota)
        if used >= limit:
            raise ServiceQuotaExceededException(
                f"Case {case_id} has the maximum of {limit} {quota.counts}.",
                case_id,
                "Case",
                str(quota.code),
            )

    def take(self, membership_id: str, resolver_type: str, now: datetime) -> None:
        """Count one more active case with this resolver."""
        store = self.store(QuotaStore)
        key = (membership_id, resolver_type)
        store.active[key] = store.active.get(key, 0) + 1
        if resolver_type == "AWS":
            insort(store.service_managed, now)

    def give_back(self, membership_id: str, resolver_type: str) -> None:
        """Count one active case fewer with this resolver."""
        self.store(QuotaStore).active[membership_id, resolver_type] -= 1


def active_memberships(world: World) -> set[str]:
    """Return the ids of the active memberships, whose cases count."""
    return {each for _, store in world.stores(MembershipStore) for each in store.active.values()}


def _exceeded(quota: Quota, limit: int, membership_id: str) -> ServiceQuotaExceededException:
    return ServiceQuotaExceededException(
        f"The limit of {limit} {quota.counts} in this Region has been reached.",
        membership_id,
        "Membership",
        str(quota.code),
    )
