"""The number of findings of each severity, day by day.

Source: the API page. Inferred [SH-188, SH-189]: a point counts the findings that had arrived by
then, with their present severity; there are no points before the hub was enabled.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.securityhub.v2.access.scopes import ScopesV2
from membership_mock.securityhub.v2.access.subscription import SubscriptionV2
from membership_mock.securityhub.v2.findings.visibility import VisibleFindings
from membership_mock.securityhub.v2.ocsf import vocabulary as words
from membership_mock.securityhub.v2.queries.filters import Dialect, compile_filters
from membership_mock.securityhub.v2.stores.trend_store import TrendStore
from membership_mock.securityhub.v2.trends.points import points

#: where a finding has the fields that trends of findings are filtered by
TRENDS = Dialect(
    paths={
        "account_id": ("cloud", "account", "uid"),
        "region": ("cloud", "region"),
        "finding_types": ("finding_info", "types"),
        "finding_status": ("status",),
        "finding_cve_ids": ("vulnerabilities", "cve", "uid"),
        "finding_compliance_status": ("compliance", "status"),
        "finding_control_id": ("compliance", "control"),
        "finding_class_name": ("class_name",),
        "finding_provider": ("metadata", "product", "name"),
        "finding_activity_name": ("activity_name",),
        "resource_cloud_providers": ("resources", "provider"),
        "resource_regions": ("resources", "region"),
        "resource_owner_ids": ("resources", "owner", "account", "uid"),
        "resource_owner_organization_ids": ("resources", "owner", "org", "uid"),
    }
)


class FindingTrendsV2(Family):
    """The operation on trends of findings."""

    @operation("GetFindingsTrendsV2")
    def get_findings_trends_v2(
        self,
        ctx: Context,
        start_time: datetime,
        end_time: datetime,
        filters: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return how many findings of each severity the caller saw at each point of a span.

        Days that a test has recorded show what it said, unless filters ask for a part.

        Raises:
            ValidationException: the span or the filters are not valid.
        """
        hub = self.of(SubscriptionV2).require(ctx)
        granularity, moments = points(start_time, end_time, ctx.now)
        matches = compile_filters(filters, ctx.now, TRENDS)
        recorded = {} if matches else self._recorded()
        first = hub.subscribed_at
        moments = [each for each in moments if each >= first or each.date() in recorded]
        # how many findings of each severity each point has more than the one before
        more: list[dict[str, int]] = [{} for _ in moments]
        visible = self.of(VisibleFindings)
        for source in visible.sources(ctx.now):
            for record in source.ordered:
                document = source.document(record)
                if document is None or (matches is not None and not matches(document)):
                    continue
                at = bisect_left(moments, record.created_at)
                if at < len(moments):
                    name = document["severity"]
                    more[at][name] = more[at].get(name, 0) + 1
        counts = dict.fromkeys(words.SEVERITIES.values(), 0)
        shown = []
        for moment, arrived in zip(moments, more, strict=True):
            for name, number in arrived.items():
                counts[name] = counts.get(name, 0) + number
            said = recorded.get(moment.date())
            trend = {**dict.fromkeys(counts, 0), **said} if said is not None else dict(counts)
            shown.append({"Timestamp": moment, "TrendsValues": {"SeverityTrends": trend}})
        return {
            "Granularity": granularity,
            "TrendsMetrics": Listing(
                shown, position=lambda each: int(each["Timestamp"].timestamp())
            ),
        }

    def _recorded(self) -> dict[Any, dict[str, int]]:
        """Return what tests have said of days, added up over the accounts that the caller sees."""
        store = self.store_if_any(TrendStore)
        found: dict[Any, dict[str, int]] = {}
        if store is None:
            return found
        for account_id in self.of(ScopesV2).accounts() & store.days.keys():
            for day, recorded in store.days[account_id].items():
                if recorded.severities is not None:
                    sums = found.setdefault(day, {})
                    for name, number in recorded.severities.items():
                        sums[name] = sums.get(name, 0) + number
        return found
