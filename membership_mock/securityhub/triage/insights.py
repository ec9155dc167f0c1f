"""Insights: saved filters with an attribute to group by, and how many findings each group has.

Sources: the API pages of the five operations; the user guide's pages on insights.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import datetime
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.state.quotas import QuotaUse
from membership_mock.engine.state.summary import Summary, View, named, one
from membership_mock.engine.state.world import Scope, Store, World
from membership_mock.securityhub.errors import InvalidInputException, LimitExceededException
from membership_mock.securityhub.findings.finding_fields import attributes, path_of
from membership_mock.securityhub.findings.finding_filters import compile_filters
from membership_mock.securityhub.findings.findings import Findings
from membership_mock.securityhub.hubs.hubs import Hubs
from membership_mock.securityhub.quotas import INSIGHTS
from membership_mock.securityhub.resource_arns import check_own, not_found
from membership_mock.securityhub.triage.managed_insights import is_managed, managed_insights

#: Source: quotas page, "results of an insight".
MOST_RESULTS = 100

#: kinds of filters whose attributes have no single value to group by
_UNGROUPABLE = ("MapFilter", "KeywordFilter")


@dataclass
class Insight:
    """A custom insight; the fields are those of GetInsights.

    Attributes:
        number: its number in the order of creation.
    """

    insight_arn: str
    name: str
    filters: dict[str, Any]
    group_by_attribute: str
    number: int


@dataclass
class InsightStore(Store, scope=Scope.ACCOUNT_REGION):
    """The custom insights of an account in a region.

    Attributes:
        insights: each by its ARN, in the order of creation.
        last_number: what the latest one was numbered.
    """

    rank = 11
    insights: dict[str, Insight] = field(default_factory=dict)
    last_number: int = 0

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each custom insight."""
        del view
        account_id, region = key
        for each in self.insights.values():
            text = f"insight {named(each.name)} by {each.group_by_attribute}"
            yield Summary(account_id, region, "securityhub", one(text))


class Insights(Family):
    """The operations on insights."""

    @classmethod
    def quota_uses(cls, world: World, now: datetime) -> Iterator[QuotaUse]:
        """Yield how many custom insights each account has."""
        del now
        for (account_id, region), store in world.stores(InsightStore):
            yield QuotaUse(INSIGHTS, account_id, region, len(store.insights))

    @operation("CreateInsight")
    def create_insight(
        self, ctx: Context, name: str, filters: dict[str, Any], group_by_attribute: str
    ) -> dict[str, str]:
        """Create a custom insight and return its ARN; names need not be unique (inferred [SH-160]).

        Empty filters are accepted, and match every finding (inferred [SH-159]).

        Raises:
            InvalidInputException: GetFindings would refuse the filters, or findings cannot be
                grouped by the attribute (inferred [SH-223]).
            LimitExceededException: the account has as many as it may have.
        """
        self.of(Hubs).require()
        _check(filters, group_by_attribute, ctx.now)
        store = self.store(InsightStore)
        most = self.limit(INSIGHTS)
        if len(store.insights) >= most:
            raise LimitExceededException(
                f"The number of custom insights exceeds the limit of {most}"
            )
        store.last_number += 1
        arn = ctx.arn(f"insight/{ctx.account_id}/custom/{ctx.world.uuid()}")
        store.insights[arn] = Insight(arn, name, filters, group_by_attribute, store.last_number)
        return {"InsightArn": arn}

    @operation("UpdateInsight")
    def update_insight(
        self,
        ctx: Context,
        insight_arn: str,
        name: str | None = None,
        filters: dict[str, Any] | None = None,
        group_by_attribute: str | None = None,
    ) -> None:
        """Change what is given; filters are replaced as a whole (inferred [SH-224]).

        Raises:
            AccessDeniedException: the ARN is of another account or region (inferred [SH-203]).
            InvalidInputException: the insight is a managed one (rule documented), or as for
                CreateInsight.
            ResourceNotFoundException: there is no such insight.
        """
        self.of(Hubs).require()
        insight = self._own(ctx, insight_arn)
        _check(filters, group_by_attribute, ctx.now)
        if name is not None:
            insight.name = name
        if filters is not None:
            insight.filters = filters
        if group_by_attribute is not None:
            insight.group_by_attribute = group_by_attribute

    @operation("DeleteInsight")
    def delete_insight(self, ctx: Context, insight_arn: str) -> dict[str, str]:
        """Delete a custom insight and return its ARN.

        Raises:
            AccessDeniedException: the ARN is of another account or region (inferred [SH-203]).
            InvalidInputException: the insight is a managed one (rule documented).
            ResourceNotFoundException: there is no such insight.
        """
        self.of(Hubs).require()
        self._own(ctx, insight_arn)
        del self.store(InsightStore).insights[insight_arn]
        return {"InsightArn": insight_arn}

    @operation("GetInsights")
    def get_insights(
        self, ctx: Context, insight_arns: list[str] | None = None
    ) -> dict[str, Listing[Any]]:
        """Return the custom insights, the oldest first, or the insights that are named.

        Managed insights are returned only by name (documented).

        Raises:
            AccessDeniedException: an ARN is of another account or region (inferred [SH-203]).
            ResourceNotFoundException: one of the insights does not exist; then none is returned
                (inferred [SH-162]).
        """
        self.of(Hubs).require()
        if not insight_arns:
            held = self.store(InsightStore).insights.values()
            return {"Insights": Listing(list(held), position=lambda each: each.number)}
        found = [self._any(ctx, arn) for arn in dict.fromkeys(insight_arns)]
        return {
            "Insights": Listing(
                list(enumerate(found)), position=lambda each: each[0], show=lambda each: each[1]
            )
        }

    @operation("GetInsightResults")
    def get_insight_results(self, ctx: Context, insight_arn: str) -> dict[str, Any]:
        """Count the findings that GetFindings would show the caller, by group.

        The largest groups come first, at most 100 of them; equal ones by their values
        (inferred [SH-163]). A finding counts once for each of its values, also for resources that
        the filters do not ask for (documented). Findings without the attribute are in no group
        (inferred [SH-164]).

        Raises:
            AccessDeniedException: the ARN is of another account or region (inferred [SH-203]).
            ResourceNotFoundException: there is no such insight.
        """
        self.of(Hubs).require()
        insight = self._any(ctx, insight_arn)
        if isinstance(insight, Insight):
            filters, grouped_by = insight.filters, insight.group_by_attribute
        else:
            filters, grouped_by = insight["Filters"], insight["GroupByAttribute"]
        query = compile_filters(filters, ctx.now)
        counts = self.of(Findings).count(query, path_of(grouped_by), ctx.now)
        largest = heapq.nsmallest(
            MOST_RESULTS,
            ((-count, _text(value)) for value, count in counts.items()),
        )
        return {
            "InsightResults": {
                "InsightArn": insight_arn,
                "GroupByAttribute": grouped_by,
                "ResultValues": [
                    {"GroupByAttributeValue": value, "Count": -count} for count, value in largest
                ],
            }
        }

    def name_of(self, ctx: Context, arn: str) -> str:
        """Return the name of an insight that the caller can read.

        Raises:
            AccessDeniedException: the ARN is of another account or region (inferred [SH-203]).
            ResourceNotFoundException: there is no such insight.
        """
        insight = self._any(ctx, arn)
        return insight.name if isinstance(insight, Insight) else str(insight["Name"])

    def _own(self, ctx: Context, arn: str) -> Insight:
        """Return a custom insight of the caller.

        Raises:
            AccessDeniedException: the ARN is of another account or region.
            InvalidInputException: the insight is a managed one.
            ResourceNotFoundException: there is no such insight.
        """
        if is_managed(arn):
            raise InvalidInputException(f"The managed insight {arn} cannot be changed or deleted.")
        check_own(ctx, arn, "insight/")
        insight = self.store(InsightStore).insights.get(arn)
        if insight is None:
            raise not_found(arn, "Insight")
        return insight

    def _any(self, ctx: Context, arn: str) -> Insight | Mapping[str, Any]:
        """Return an insight that the caller can read, a custom or a managed one."""
        if not is_managed(arn):
            return self._own(ctx, arn)
        managed = managed_insights(ctx.partition).get(arn)
        if managed is None:
            raise not_found(arn, "Insight")
        return managed


def _check(
    filters: Mapping[str, Any] | None, group_by_attribute: str | None, now: datetime
) -> None:
    """Refuse filters and attributes that no insight can have.

    Raises:
        InvalidInputException: GetFindings would refuse the filters, or findings cannot be grouped
            by the attribute.
    """
    if filters is not None:
        compile_filters(filters, now)
    if group_by_attribute is not None:
        kind = attributes().get(group_by_attribute)
        if kind is None or kind in _UNGROUPABLE:
            raise InvalidInputException(
                f"Invalid parameter 'GroupByAttribute'. Findings cannot be grouped by"
                f" '{group_by_attribute}'."
            )


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
