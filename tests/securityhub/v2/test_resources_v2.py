"""The resources of Security Hub V2."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from membership_mock.errors import UsageError
from tests.securityhub.samples import ADMIN, IRELAND, refused
from tests.securityhub.v2.ocsf import finding, imported, where
from tests.securityhub.v2.samples import FRANKFURT, World

BUCKET = {"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::logs", "Tags": {"team": "blue"}}
INSTANCE = {"Type": "AwsEc2Instance", "Id": "i-1"}


def _ids(client: Any, **arguments: Any) -> list[str]:
    return [one["ResourceId"] for one in client.get_resources_v2(**arguments)["Resources"]]


def _brought(client: Any, name: str, *resources: Any, **fields: Any) -> None:
    imported(client, finding(name, Resources=list(resources), **fields))


def test_resources_follow_from_findings(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN)
    _brought(client, "a", BUCKET, INSTANCE)
    _brought(client, "b", BUCKET, Severity={"Label": "LOW"})
    shown = {one["ResourceId"]: one for one in client.get_resources_v2()["Resources"]}
    bucket = shown["arn:aws:s3:::logs"]
    assert bucket["AccountId"] == ADMIN
    assert bucket["ResourceType"] == "AWS::S3::Bucket"
    assert bucket["ResourceCategory"] == "Storage"
    assert bucket["ResourceName"] == "logs"
    assert bucket["ResourceTags"] == [{"Key": "team", "Value": "blue"}]
    assert bucket["ResourceDetailCaptureTimeDt"] == "2026-02-01T00:00:00.000Z"
    (summary,) = bucket["FindingsSummary"]
    assert summary["FindingType"] == "Detection Finding"
    assert summary["TotalFindings"] == 2
    assert (summary["Severities"]["High"], summary["Severities"]["Low"]) == (1, 1)
    assert shown["i-1"]["FindingsSummary"][0]["TotalFindings"] == 1


def test_findings_that_are_dealt_with_do_not_count(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN)
    _brought(client, "a", BUCKET)
    uid = client.get_findings_v2()["Findings"][0]["metadata"]["uid"]
    assert client.get_resources_v2()["Resources"][0]["FindingsSummary"]
    client.batch_update_findings_v2(MetadataUids=[uid], StatusId=4)
    assert client.get_resources_v2()["Resources"][0]["FindingsSummary"] == []


def test_a_resource_goes_with_its_last_finding(
    hub_v2: Callable[..., Any], membership_mock: Any
) -> None:
    client = hub_v2(ADMIN)
    _brought(client, "a", BUCKET)
    _brought(client, "a", INSTANCE, UpdatedAt="2026-02-02T00:00:00Z")
    assert _ids(client) == ["i-1"]
    membership_mock.clock.advance(days=91)
    assert _ids(client) == []


def test_findings_from_before_the_hub_have_resources_too(membership_mock: Any) -> None:
    client = membership_mock.client("securityhub", account=ADMIN, region=IRELAND)
    _brought(client, "a", BUCKET, INSTANCE)
    client.enable_security_hub_v2()
    assert _ids(client) == ["arn:aws:s3:::logs", "i-1"]


def test_resources_are_filtered_sorted_and_paged(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN)
    _brought(client, "a", *({"Type": "AwsEc2Instance", "Id": f"i-{n}"} for n in range(7)))
    _brought(client, "b", BUCKET)
    pages = client.get_paginator("get_resources_v2").paginate(PaginationConfig={"PageSize": 3})
    found = [one["ResourceId"] for page in pages for one in page["Resources"]]
    assert found == ["arn:aws:s3:::logs", *(f"i-{n}" for n in range(7))]
    downwards = [{"Field": "ResourceId", "SortOrder": "desc"}]
    assert _ids(client, SortCriteria=downwards, MaxResults=2) == ["i-6", "i-5"]
    by_type = [{"Field": "ResourceType", "SortOrder": "desc"}]
    assert _ids(client, SortCriteria=by_type)[0] == "arn:aws:s3:::logs"
    storage = where("String", "ResourceCategory", Value="Storage", Comparison="EQUALS")
    assert _ids(client, Filters=storage) == ["arn:aws:s3:::logs"]
    tagged = where("Map", "ResourceTags", Key="team", Value="blue", Comparison="EQUALS")
    assert _ids(client, Filters=tagged) == ["arn:aws:s3:::logs"]
    many = where("Number", "FindingsSummary.TotalFindings", Gte=2)
    assert _ids(client, Filters=many) == []
    recent = where(
        "Date",
        "ResourceDetailCaptureTime",
        Start="2026-02-01T00:00:00Z",
        End="2026-02-01T00:00:00Z",
    )
    assert len(_ids(client, Filters=recent)) == 8


def test_resources_are_counted(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN)
    _brought(client, "a", BUCKET, INSTANCE, {"Type": "AwsEc2Instance", "Id": "i-2"})
    (result,) = client.get_resources_statistics_v2(GroupByRules=[{"GroupByField": "ResourceType"}])[
        "GroupByResults"
    ]
    assert result["GroupByValues"] == [
        {"FieldValue": "AWS::EC2::Instance", "Count": 2},
        {"FieldValue": "AWS::S3::Bucket", "Count": 1},
    ]


@pytest.mark.newest_model
def test_what_is_about_ai_needs_its_category(hub_v2: Callable[..., Any]) -> None:
    client = hub_v2(ADMIN)
    model = where("String", "ResourceSubCategory", Value="Model", Comparison="EQUALS")
    text = "ResourceSubCategory needs a filter of ResourceCategory that EQUALS AI/ML"
    answer = refused(client.get_resources_v2, Filters=model)
    assert answer == ("ValidationException", 400, text)
    category = where("String", "ResourceCategory", Value="AI/ML", Comparison="EQUALS")
    both = {"CompositeFilters": model["CompositeFilters"] + category["CompositeFilters"]}
    assert _ids(client, Filters=both) == []
    category["CompositeFilters"][0]["StringFilters"][0]["Filter"].pop("Value")
    assert refused(client.get_resources_v2, Filters=both) == answer
    statistics = client.get_resources_statistics_v2
    rules = [{"GroupByField": "ResourceSubCategory"}]
    assert refused(statistics, GroupByRules=rules)[2] == text


@pytest.mark.newest_model
def test_a_test_records_resources_that_no_finding_is_about(
    hub_v2: Callable[..., Any], membership_mock: Any
) -> None:
    client = hub_v2(ADMIN)
    aws = membership_mock.aws_side(account=ADMIN, region=IRELAND)
    aws.record_resource(
        "i-9",
        resource_type="AWS::EC2::Instance",
        resource_config={"configuration": {"state": "running"}},
        resource_criticality="Very High",
    )
    (shown,) = client.get_resources_v2()["Resources"]
    assert shown["ResourceConfig"] == {"configuration": {"state": "running"}}
    assert (shown["ResourceCategory"], shown["ResourceCriticality"]) == ("Compute", "Very High")
    with pytest.raises(UsageError, match="not a field of a resource"):
        aws.record_resource("i-9", resource_typ="AWS::EC2::Instance")


def test_the_home_region_shows_the_resources_of_members(led: World) -> None:
    administrator = led.client(led.security)
    administrator.create_aggregator_v2(
        RegionLinkingMode="SPECIFIED_REGIONS", LinkedRegions=[FRANKFURT]
    )
    member = led.client(led.first, FRANKFURT)
    imported(member, finding(account=led.first, region=FRANKFURT))
    (shown,) = administrator.get_resources_v2()["Resources"]
    assert (shown["AccountId"], shown["Region"]) == (led.first, FRANKFURT)
    assert _ids(led.client(led.second)) == []


def test_the_number_of_resources_is_shown_day_by_day(
    hub_v2: Callable[..., Any], membership_mock: Any
) -> None:
    membership_mock.clock.freeze("2026-03-01T12:00:00Z")
    client = hub_v2(ADMIN)
    _brought(client, "a", BUCKET)
    membership_mock.clock.advance(days=1)
    _brought(client, "b", INSTANCE)
    membership_mock.clock.advance(days=1)
    aws = membership_mock.aws_side(account=ADMIN, region=IRELAND)
    aws.record_trend(date(2026, 2, 28), resources=5)
    answer = client.get_resources_trends_v2(
        StartTime="2026-02-25T00:00:00Z", EndTime="2026-03-03T00:00:00Z"
    )
    assert answer["Granularity"] == "Daily"
    assert [
        (f"{each['Timestamp']:%m-%d}", each["TrendsValues"]["ResourcesCount"]["AllResources"])
        for each in answer["TrendsMetrics"]
    ] == [("02-28", 5), ("03-02", 1), ("03-03", 2)]
