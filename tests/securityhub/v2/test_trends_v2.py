"""The trends of Security Hub V2, and the products that it knows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from membership_mock.errors import UsageError
from tests.securityhub.samples import ADMIN, IRELAND, refused
from tests.securityhub.v2.ocsf import finding, imported
from tests.securityhub.v2.samples import ALONE, World


def _trend(client: Any, start: str, end: str, **arguments: Any) -> dict[str, dict[str, int]]:
    answer = client.get_findings_trends_v2(StartTime=start, EndTime=end, **arguments)
    return {
        f"{point['Timestamp']:%m-%d}": {
            name: number
            for name, number in point["TrendsValues"]["SeverityTrends"].items()
            if number
        }
        for point in answer["TrendsMetrics"]
    }


def test_a_trend_counts_what_had_arrived_by_each_day(
    hub_v2: Callable[..., Any], membership_mock: Any
) -> None:
    membership_mock.clock.freeze("2026-03-01T12:00:00Z")
    client = hub_v2(ADMIN)
    imported(client, finding("a"))
    membership_mock.clock.advance(days=2)
    imported(client, finding("b", Severity={"Label": "LOW"}))
    membership_mock.clock.advance(days=1)
    assert _trend(client, "2026-02-25T00:00:00Z", "2026-03-04T12:00:00Z") == {
        "03-02": {"High": 1},
        "03-03": {"High": 1},
        "03-04": {"High": 1, "Low": 1},
    }
    low = {"FieldName": "finding_class_name", "Filter": {"Value": "Compliance Finding"}}
    filters = {"CompositeFilters": [{"StringFilters": [low]}]}
    found = _trend(client, "2026-03-03T00:00:00Z", "2026-03-04T12:00:00Z", Filters=filters)
    assert found == {"03-03": {}, "03-04": {}}


@pytest.mark.parametrize(
    ("end", "granularity"),
    [("2026-02-01", "Daily"), ("2026-07-01", "Weekly"), ("2026-12-01", "Monthly")],
)
def test_the_span_decides_how_far_points_are_apart(
    hub_v2: Callable[..., Any], membership_mock: Any, end: str, granularity: str
) -> None:
    membership_mock.clock.freeze("2026-12-31T00:00:00Z")
    client = hub_v2(ADMIN)
    answer = client.get_findings_trends_v2(StartTime="2026-01-01", EndTime=end)
    assert answer["Granularity"] == granularity
    assert answer["TrendsMetrics"] == []


def test_a_test_can_say_what_the_past_was(led: World) -> None:
    led.mock.clock.freeze("2028-03-04T12:00:00Z")
    administrator, _ = led.client(led.security), led.client(led.first)
    for account, number in ((led.security, 1), (led.first, 2)):
        aws = led.mock.aws_side(account=account, region=IRELAND)
        aws.record_trend(date(2028, 3, 1), severities={"Critical": number})
    span = ("2028-02-25T00:00:00Z", "2028-03-04T12:00:00Z")
    assert _trend(administrator, *span) == {"03-01": {"Critical": 3}}
    assert _trend(led.client(led.first), *span) == {"03-01": {"Critical": 2}}


def test_what_cannot_be_recorded_is_refused(membership_mock: Any, hub_v2: Any) -> None:
    aws = membership_mock.aws_side(account=ADMIN, region=IRELAND)
    with pytest.raises(UsageError, match="no hub of Security Hub V2"):
        aws.record_trend(date(2026, 3, 1), resources=1)
    hub_v2(ADMIN)
    with pytest.raises(UsageError, match="is not a severity"):
        aws.record_trend(date(2026, 3, 1), severities={"Hihg": 1})


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ("2026-01-02", "2026-01-01", "StartTime must be before EndTime"),
        ("2024-01-01", "2025-12-31", "The time range must be at most 366 days"),
        ("2026-01-01", "2026-12-31", "EndTime must not be in the future"),
    ],
)
def test_spans_that_make_no_sense_are_refused(
    hub_v2: Callable[..., Any], membership_mock: Any, start: str, end: str, text: str
) -> None:
    membership_mock.clock.freeze("2026-03-04T12:00:00Z")
    trends = hub_v2(ADMIN).get_findings_trends_v2
    assert refused(trends, StartTime=start, EndTime=end) == ("ValidationException", 400, text)


def test_without_a_hub_trends_are_denied(membership_mock: Any) -> None:
    trends = membership_mock.client(
        "securityhub", account=ALONE, region=IRELAND
    ).get_findings_trends_v2
    assert refused(trends, StartTime="2026-01-01", EndTime="2026-01-02") == (
        "AccessDeniedException",
        403,
        f"Security Hub V2 is not enabled for {ALONE}",
    )


@pytest.mark.newest_model
def test_products_are_listed_by_name(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN)
    pages = client.get_paginator("describe_products_v2").paginate(PaginationConfig={"PageSize": 3})
    products = [one for page in pages for one in page["ProductsV2"]]
    shown = [one["ProductV2Name"] for one in products]
    assert shown == sorted(shown)
    assert {"Amazon GuardDuty", "Jira Cloud"} <= set(shown)
    assert all(one["IntegrationV2Types"] for one in products)
