"""The resources of Security Hub V2: listing and counting them, and their number day by day.

Sources: the API pages of the three operations. What they leave open is marked inferred.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Backend, Family, operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.securityhub.errors import ValidationException
from membership_mock.securityhub.findings.finding_store import FindingStore
from membership_mock.securityhub.v2.access.home_region import HomeRegionV2
from membership_mock.securityhub.v2.access.scopes import ScopesV2
from membership_mock.securityhub.v2.access.subscription import SubscriptionV2
from membership_mock.securityhub.v2.findings.visibility import VisibleFindings
from membership_mock.securityhub.v2.ocsf import documents
from membership_mock.securityhub.v2.ocsf.resource_documents import (
    RESOURCE_TRENDS,
    RESOURCES,
    shown,
)
from membership_mock.securityhub.v2.queries.document_columns import DocumentColumns
from membership_mock.securityhub.v2.queries.fields import Document, names_of
from membership_mock.securityhub.v2.queries.filters import compile_filters, leaves_of
from membership_mock.securityhub.v2.queries.pages import Found, Source, compile_order
from membership_mock.securityhub.v2.queries.statistics import group
from membership_mock.securityhub.v2.stores.ocsf_store import AccountFindings, OcsfFindingStore
from membership_mock.securityhub.v2.stores.resource_store import (
    AccountResources,
    ResourceRecord,
    ResourceV2Store,
)
from membership_mock.securityhub.v2.stores.trend_store import TrendStore
from membership_mock.securityhub.v2.trends.points import points

_FIELD_ENUMS = ("ResourcesStringField", "ResourcesDateField", "ResourcesNumberField")
AI = "AI/ML"
#: what can be asked for only together with the category AI/ML (documented, code inferred [SH-280])
_AI_FILTERS = {"ResourceSubCategory"}
_AI_GROUPS = {
    "ResourceSubCategory",
    "ResourceInfo.AIDetails.HostResourceType",
    "ResourceInfo.AIDetails.CanonicalId",
}


class ResourcesV2(Family):
    """The operations on resources."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self._columns: dict[
            tuple[str, str], tuple[AccountFindings, DocumentColumns[ResourceRecord]]
        ] = {}

    @operation(
        "GetResourcesV2",
        differs="Resources follow from findings; AWS inventories others by itself, which a test"
        " can record.",
    )
    def get_resources_v2(
        self,
        ctx: Context,
        filters: dict[str, Any] | None = None,
        scopes: dict[str, Any] | None = None,
        sort_criteria: list[dict[str, str]] | None = None,
    ) -> dict[str, Found[ResourceRecord]]:
        """Return the resources that the caller sees from here and that match, by their ids.

        Raises:
            ValidationException: filters, scopes or sort criteria are not valid.
        """
        self.of(SubscriptionV2).require(ctx)
        _require_ai_category(filters, _AI_FILTERS)
        matches = compile_filters(filters, ctx.now, RESOURCES)
        order = compile_order(
            sort_criteria,
            names_of(*_FIELD_ENUMS),
            RESOURCES,
            kept_by="ResourceId",
            descending=False,
        )
        return {"Resources": Found(self._sources(ctx.now, scopes), matches, order)}

    @operation("GetResourcesStatisticsV2")
    def get_resources_statistics_v2(
        self,
        ctx: Context,
        group_by_rules: list[dict[str, Any]],
        scopes: dict[str, Any] | None = None,
        sort_order: str | None = None,
        max_statistic_results: int | None = None,
    ) -> dict[str, Any]:
        """Return how many resources have each value of the fields that the rules name.

        Raises:
            ValidationException: there is no rule, or more than five, or filters are not valid.
        """
        self.of(SubscriptionV2).require(ctx)
        for rule in group_by_rules:
            names = {rule["GroupByField"]} & _AI_GROUPS
            _require_ai_category(rule.get("Filters"), _AI_FILTERS, names)
        return {
            "GroupByResults": group(
                group_by_rules,
                lambda: self._documents(ctx.now, scopes),
                ctx.now,
                RESOURCES,
                sort_order,
                max_statistic_results,
            )
        }

    @operation("GetResourcesTrendsV2")
    def get_resources_trends_v2(
        self,
        ctx: Context,
        start_time: datetime,
        end_time: datetime,
        filters: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return how many resources the caller saw at each point of a span.

        Days that a test has recorded show what it said, unless filters ask for a part.

        Raises:
            ValidationException: the span or the filters are not valid.
        """
        hub = self.of(SubscriptionV2).require(ctx)
        granularity, moments = points(start_time, end_time, ctx.now)
        matches = compile_filters(filters, ctx.now, RESOURCE_TRENDS)
        recorded = {} if matches else self._recorded()
        first = hub.subscribed_at
        moments = [each for each in moments if each >= first or each.date() in recorded]
        more = [0] * (len(moments) + 1)
        for source in self._sources(ctx.now, None):
            for record in source.ordered:
                document = source.document(record)
                if document is not None and (matches is None or matches(document)):
                    more[bisect_left(moments, record.created_at)] += 1
        count = 0
        trend = []
        for moment, number in zip(moments, more, strict=False):
            count += number
            said = recorded.get(moment.date(), count)
            trend.append(
                {"Timestamp": moment, "TrendsValues": {"ResourcesCount": {"AllResources": said}}}
            )
        return {
            "Granularity": granularity,
            "TrendsMetrics": Listing(
                trend, position=lambda each: int(each["Timestamp"].timestamp())
            ),
        }

    def _documents(self, now: datetime, scopes: Mapping[str, Any] | None) -> Iterator[Document]:
        for source in self._sources(now, scopes):
            for record in source.ordered:
                document = source.document(record)
                if document is not None:
                    yield document

    def _sources(
        self, now: datetime, scopes: Mapping[str, Any] | None
    ) -> list[Source[ResourceRecord]]:
        """Return what the caller sees, for a list; findings that have expired count no more."""
        accounts = self.of(ScopesV2).accounts(scopes)
        store, ocsf = self.store(ResourceV2Store), self.store(OcsfFindingStore)
        sources = []
        for region, until in self.of(HomeRegionV2).regions().items():
            for account_id, held in store.resources.get(region, {}).items():
                findings = ocsf.of(account_id, region)
                if account_id not in accounts or findings is None:
                    continue
                self.of(VisibleFindings).expire(findings, now)

                def document(
                    record: ResourceRecord,
                    findings: AccountFindings = findings,
                    until: int | None = until,
                ) -> Document | None:
                    if until is not None and record.sequence > until:
                        return None
                    return self._document(record, findings)

                columns = self._columns_of(held, findings)
                sources.append(Source(held.ordered, document, columns))
        return sources

    def _columns_of(
        self, held: AccountResources, findings: AccountFindings
    ) -> DocumentColumns[ResourceRecord]:
        key = (findings.region, findings.account_id)
        known = self._columns.get(key)
        if known is None or known[0] is not findings or known[1].held is not held:
            columns = DocumentColumns(held, lambda record: self._document(record, findings))
            known = self._columns[key] = (findings, columns)
        return known[1]

    def _document(self, record: ResourceRecord, findings: AccountFindings) -> Document:
        older, records = self.store(FindingStore), findings.records
        about = (documents.shown(older, records[uid]) for uid in record.findings)
        return shown(record, filter(None, about))

    def _recorded(self) -> dict[date, int]:
        """Return what tests have said of days, added up over the accounts that the caller sees."""
        store = self.store_if_any(TrendStore)
        found: dict[date, int] = {}
        for account_id in self.of(ScopesV2).accounts() & store.days.keys() if store else ():
            for day, recorded in store.days[account_id].items() if store else ():
                if recorded.resources is not None:
                    found[day] = found.get(day, 0) + recorded.resources
        return found


def _require_ai_category(
    filters: Mapping[str, Any] | None, names: set[str], groups: set[str] | None = None
) -> None:
    """Refuse what goes with the category AI/ML only, if the filters do not ask for it."""
    given = list(leaves_of(filters))
    used = {str(each.get("FieldName")) for each in given} & names | (groups or set())
    if not used:
        return
    for each in given:
        condition = each.get("Filter") or {}
        is_equal = condition.get("Comparison", "EQUALS") == "EQUALS"
        is_category = each.get("FieldName") == "ResourceCategory"
        if is_category and is_equal and condition.get("Value") == AI:
            return
    raise ValidationException(
        f"{', '.join(sorted(used))} needs a filter of ResourceCategory that EQUALS {AI}"
    )
