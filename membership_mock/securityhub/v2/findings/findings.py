"""The findings of Security Hub V2: lists and statistics.

Sources: the API pages of the three operations; clients that poll for findings. What they leave
open is marked inferred.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, operation
from membership_mock.securityhub.v2.access.subscription import SubscriptionV2
from membership_mock.securityhub.v2.findings.visibility import VisibleFindings
from membership_mock.securityhub.v2.queries.fields import names_of
from membership_mock.securityhub.v2.queries.filters import SEARCH, compile_filters, equal_values
from membership_mock.securityhub.v2.queries.pages import Found, compile_order
from membership_mock.securityhub.v2.queries.statistics import group
from membership_mock.securityhub.v2.stores.ocsf_store import OcsfRecord

#: inferred [SH-254]: ~600 findings took about 30 s until a client asked for 100 at a time
PAGE_SIZE = 20
UID = "metadata.uid"
MODIFIED = "finding_info.modified_time_dt"
_FIELD_ENUMS = ("OcsfStringField", "OcsfDateField", "OcsfNumberField", "OcsfBooleanField")


class FindingsV2(Family):
    """The operations that read findings."""

    @operation(
        "GetFindingsV2",
        action="GetFindings",  # documented, as those of the other two
        page_size=PAGE_SIZE,
        differs="Findings that a custom product sent through BatchImportFindings are shown too.",
    )
    def get_findings_v2(
        self,
        ctx: Context,
        filters: dict[str, Any] | None = None,
        scopes: dict[str, Any] | None = None,
        sort_criteria: list[dict[str, str]] | None = None,
    ) -> dict[str, Found[OcsfRecord]]:
        """Return the findings that the caller sees from here and that match, in OCSF.

        The latest change comes first where nothing else is asked for (inferred [SH-255]).

        Raises:
            ValidationException: filters, scopes or sort criteria are not valid.
        """
        self.of(SubscriptionV2).require(ctx)
        matches = compile_filters(filters, ctx.now)
        order = compile_order(
            sort_criteria, names_of(*_FIELD_ENUMS), SEARCH, kept_by=MODIFIED, descending=True
        )
        uids = equal_values(filters, UID)
        sources = self.of(VisibleFindings).sources(ctx.now, scopes, uids)
        return {"Findings": Found(sources, matches, order)}

    @operation("GetFindingStatisticsV2", action="GetAdhocInsightResults")
    def get_finding_statistics_v2(
        self,
        ctx: Context,
        group_by_rules: list[dict[str, Any]],
        scopes: Mapping[str, Any] | None = None,
        sort_order: str | None = None,
        max_statistic_results: int | None = None,
    ) -> dict[str, Any]:
        """Return how many findings have each value of the fields that the rules name.

        Raises:
            ValidationException: there is no rule, or more than five, or filters are not valid.
        """
        self.of(SubscriptionV2).require(ctx)
        visible = self.of(VisibleFindings)
        return {
            "GroupByResults": group(
                group_by_rules,
                lambda: visible.documents(ctx.now, scopes),
                ctx.now,
                SEARCH,
                sort_order,
                max_statistic_results,
            )
        }
