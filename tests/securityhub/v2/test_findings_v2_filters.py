"""The filters of GetFindingsV2, and the counts of GetFindingStatisticsV2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.securityhub.samples import ADMIN, IRELAND, refused
from tests.securityhub.v2.ocsf import finding, imported, names, where

STAMP = "2026-02-01T00:00:00Z"


@pytest.fixture
def three(hub_v2: Callable[..., Any], membership_mock: Any) -> Any:
    """A client with three findings: a (S3, LOW), b (EC2, HIGH) and c (control, failed)."""
    membership_mock.clock.freeze("2026-02-10T00:00:00Z")
    client = hub_v2(ADMIN)
    network = {"Direction": "IN", "SourceIpV4": "203.0.113.5", "DestinationPort": 22}
    imported(
        client,
        finding(
            "a",
            Severity={"Label": "LOW"},
            Title="Bucket is public",
            Resources=[{"Type": "AwsS3Bucket", "Id": "logs", "Tags": {"team": "blue"}}],
        ),
        finding("b", Title="Port is open", Network=network, UpdatedAt="2026-02-08T00:00:00Z"),
        finding(
            "c",
            Compliance={
                "Status": "FAILED",
                "SecurityControlId": "S3.1",
                "StatusReasons": [{"ReasonCode": "X", "Description": "x"}],
                "SecurityControlParameters": [{"Name": "days", "Value": ["90"]}],
            },
        ),
    )
    return client


COMPARISONS = "CONTAINS_WORD, EQUALS, NOT_EQUALS, PREFIX, PREFIX_NOT_EQUALS"
TEXT, NUMBER, DATE = "String", "Number", "Date"
TITLE, MODIFIED = "finding_info.title", "finding_info.modified_time_dt"


@pytest.mark.parametrize(
    ("kind", "field", "condition", "expected"),
    [
        (TEXT, "severity", {"Value": "High"}, "bc"),
        (TEXT, "severity", {"Value": "high"}, ""),
        (TEXT, TITLE, {"Value": "Port", "Comparison": "PREFIX"}, "b"),
        (TEXT, TITLE, {"Value": "Port is open", "Comparison": "NOT_EQUALS"}, "ac"),
        (TEXT, TITLE, {"Value": "Bucket", "Comparison": "PREFIX_NOT_EQUALS"}, "bc"),
        (TEXT, TITLE, {"Value": "PUBLIC", "Comparison": "CONTAINS_WORD"}, "a"),
        (TEXT, TITLE, {"Value": "is open", "Comparison": "CONTAINS_WORD"}, "b"),
        (TEXT, TITLE, {"Value": "ope", "Comparison": "CONTAINS_WORD"}, ""),
        (TEXT, "resources.type", {"Value": "AWS::S3::Bucket", "Comparison": "EQUALS"}, "a"),
        (TEXT, "compliance.control", {"Value": "S3.1", "Comparison": "NOT_EQUALS"}, "ab"),
        (TEXT, "compliance.status", {"Value": "Fail"}, "c"),
        (TEXT, "class_name", {"Value": "Compliance Finding"}, "c"),
        (NUMBER, "severity_id", {"Gte": 2, "Lt": 4}, "a"),
        (NUMBER, "severity_id", {"Eq": 4}, "bc"),
        (NUMBER, "compliance.status_id", {"Lte": 3}, "c"),
        ("Boolean", "compliance.assessments.meets_criteria", {"Value": False}, "c"),
        (DATE, MODIFIED, {"Start": "2026-02-08T00:00:00Z", "End": "2026-02-09T00:00:00Z"}, "b"),
        (DATE, MODIFIED, {"Start": STAMP, "End": STAMP}, "ac"),
        (DATE, MODIFIED, {"DateRange": {"Value": 3, "Unit": "DAYS"}}, "b"),
        ("Map", "resources.tags", {"Key": "team", "Value": "blue"}, "a"),
        (
            "Map",
            "resources.tags",
            {"Key": "team", "Value": "blue", "Comparison": "NOT_EQUALS"},
            "bc",
        ),
        ("Map", "compliance.control_parameters", {"Key": "days", "Value": "90"}, "c"),
        ("Ip", "evidences.src_endpoint.ip", {"Cidr": "203.0.113.0/24"}, "b"),
        ("Ip", "evidences.src_endpoint.ip", {"Cidr": "198.51.100.0/24"}, ""),
    ],
)
def test_a_filter_finds_what_it_says(
    three: Any, kind: str, field: str, condition: Any, expected: str
) -> None:
    assert "".join(sorted(names(three, Filters=where(kind, field, **condition)))) == expected


@pytest.mark.newest_model
def test_dates_can_be_asked_for_by_their_age(three: Any) -> None:
    old = {"DateRange": {"Value": 3, "Unit": "DAYS", "Comparison": "OLDER_THAN"}}
    assert sorted(names(three, Filters=where(DATE, MODIFIED, **old))) == ["a", "c"]


def _text(field: str, value: str, **more: str) -> dict[str, Any]:
    return {"FieldName": field, "Filter": {"Value": value, "Comparison": "EQUALS", **more}}


def test_operators_join_filters_and_composites(three: Any) -> None:
    titles = [_text(TITLE, "Bucket is public"), _text(TITLE, "Port is open")]
    either = {"StringFilters": titles, "Operator": "OR"}
    both = {"StringFilters": titles}
    high = {"StringFilters": [_text("severity", "High")]}
    assert sorted(names(three, Filters={"CompositeFilters": [either]})) == ["a", "b"]
    assert names(three, Filters={"CompositeFilters": [both]}) == []
    assert names(three, Filters={"CompositeFilters": [either, high]}) == ["b"]
    any_of = {"CompositeFilters": [either, high], "CompositeOperator": "OR"}
    assert sorted(names(three, Filters=any_of)) == ["a", "b", "c"]
    nested = {"StringFilters": [_text("severity", "High")], "NestedCompositeFilters": [either]}
    assert names(three, Filters={"CompositeFilters": [nested]}) == ["b"]


def test_filters_without_conditions_restrict_nothing(three: Any) -> None:
    for filters in ({}, {"CompositeFilters": []}, {"CompositeFilters": [{}]}):
        assert len(names(three, Filters=filters)) == 3


def test_a_finding_is_read_by_its_uid(three: Any) -> None:
    by_uid = {
        one["finding_info"]["uid"]: one["metadata"]["uid"]
        for one in three.get_findings_v2()["Findings"]
    }
    equal = where(TEXT, "metadata.uid", Value=by_uid["b"], Comparison="EQUALS")
    assert names(three, Filters=equal) == ["b"]
    several = {
        "CompositeFilters": [
            {
                "StringFilters": [_text("metadata.uid", by_uid[one]) for one in "ab"],
                "Operator": "OR",
            }
        ]
    }
    assert sorted(names(three, Filters=several)) == ["a", "b"]
    other = where(TEXT, "metadata.uid", Value=by_uid["b"], Comparison="NOT_EQUALS")
    assert sorted(names(three, Filters=other)) == ["a", "c"]


def _nested_too_deep() -> dict[str, Any]:
    inner = {"NestedCompositeFilters": [{"StringFilters": []}]}
    return {"CompositeFilters": [{"NestedCompositeFilters": [inner]}]}


@pytest.mark.parametrize(
    ("filters", "text"),
    [
        ({"CompositeFilters": [{}] * 11}, "CompositeFilters must have at most 10 entries"),
        (
            {"CompositeFilters": [{"StringFilters": [_text(TITLE, "x")] * 21}]},
            "StringFilters must have at most 20 entries",
        ),
        (_nested_too_deep(), "NestedCompositeFilters must not be nested any further"),
        (
            {"CompositeFilters": [{"StringFilters": [{"FieldName": TITLE}]}]},
            f"Filter of the filter of {TITLE} is required",
        ),
        (where(TEXT, TITLE, Comparison="EQUALS"), f"Value of the filter of {TITLE} is required"),
        (
            where(TEXT, TITLE, Value="x", Comparison="CONTAINS"),
            f"The comparison of {TITLE} must be one of: {COMPARISONS}",
        ),
        (where(NUMBER, "severity_id"), "severity_id needs one of: Eq, Gte, Lte, Gt, Lt"),
        (
            where(DATE, MODIFIED, Start=STAMP),
            f"{MODIFIED} needs either Start and End, or DateRange",
        ),
        (
            where(DATE, MODIFIED, Start="soon", End=STAMP),
            f"{MODIFIED}: soon is not a timestamp in ISO 8601",
        ),
        (
            where("Ip", "evidences.src_endpoint.ip", Cidr="here"),
            "evidences.src_endpoint.ip: here is not a CIDR block",
        ),
    ],
)
def test_filters_that_make_no_sense_are_refused(three: Any, filters: Any, text: str) -> None:
    assert refused(three.get_findings_v2, Filters=filters) == ("ValidationException", 400, text)


def test_an_unknown_field_is_refused(three: Any) -> None:
    code, _, text = refused(three.get_findings_v2, Filters=where(TEXT, "shoe_size", Value="x"))
    assert code == "ValidationException"
    assert "FieldName must be one of: " in text


# --- statistics ---


def _counts(client: Any, *fields: str, **arguments: Any) -> Any:
    rules = [{"GroupByField": field} for field in fields]
    answer = client.get_finding_statistics_v2(GroupByRules=rules, **arguments)
    return [
        [(value["FieldValue"], value["Count"]) for value in result["GroupByValues"]]
        for result in answer["GroupByResults"]
    ]


def test_statistics_count_each_value_of_each_field(three: Any) -> None:
    assert _counts(three, "severity", "resources.type", "compliance.control") == [
        [("High", 2), ("Low", 1)],
        [("AWS::EC2::Instance", 2), ("AWS::S3::Bucket", 1)],
        [("S3.1", 1)],
    ]
    assert _counts(three, "severity", SortOrder="asc") == [[("Low", 1), ("High", 2)]]
    assert _counts(three, "severity", MaxStatisticResults=1) == [[("High", 2)]]


def test_each_rule_has_its_own_filters(three: Any) -> None:
    rules = [
        {"GroupByField": "severity", "Filters": where(TEXT, "severity", Value="High")},
        {"GroupByField": "severity", "Filters": where(TEXT, "severity", Value="Fatal")},
    ]
    first, second = three.get_finding_statistics_v2(GroupByRules=rules)["GroupByResults"]
    assert first == {
        "GroupByField": "severity",
        "GroupByValues": [{"FieldValue": "High", "Count": 2}],
    }
    assert second["GroupByValues"] == []


def test_statistics_need_between_one_and_five_rules(three: Any) -> None:
    for rules in ([], [{"GroupByField": "severity"}] * 6):
        assert refused(three.get_finding_statistics_v2, GroupByRules=rules) == (
            "ValidationException",
            400,
            "GroupByRules must have between 1 and 5 entries",
        )


# --- updates ---


def test_customers_set_comment_severity_and_status(three: Any) -> None:
    before = {one["finding_info"]["uid"]: one for one in three.get_findings_v2()["Findings"]}
    identifier = {
        "CloudAccountUid": ADMIN,
        "FindingInfoUid": "a",
        "MetadataProductUid": before["a"]["metadata"]["product"]["uid"],
    }
    answer = three.batch_update_findings_v2(
        FindingIdentifiers=[identifier], SeverityId=5, StatusId=2, Comment="Mine"
    )
    uid = before["a"]["metadata"]["uid"]
    assert answer["ProcessedFindings"] == [{"FindingIdentifier": identifier, "MetadataUid": uid}]
    assert answer["UnprocessedFindings"] == []
    after = {one["finding_info"]["uid"]: one for one in three.get_findings_v2()["Findings"]}
    assert after["a"] == {
        **before["a"],
        "comment": "Mine",
        "severity": "Critical",
        "severity_id": 5,
        "status": "In Progress",
        "status_id": 2,
    }
    assert after["b"] == before["b"]
    imported(three, finding("a", UpdatedAt="2026-02-09T00:00:00Z", Severity={"Label": "LOW"}))
    (kept,) = three.get_findings_v2(Filters=where(TEXT, "metadata.uid", Value=uid))["Findings"]
    assert (kept["severity"], kept["vendor_attributes"]["severity"]) == ("Critical", "Low")


def test_what_cannot_be_updated_is_reported(three: Any) -> None:
    uid = three.get_findings_v2()["Findings"][0]["metadata"]["uid"]
    answer = three.batch_update_findings_v2(MetadataUids=[uid, uid, "none"], StatusId=3)
    assert [one["MetadataUid"] for one in answer["ProcessedFindings"]] == [uid]
    assert [
        (one["MetadataUid"], one["ErrorCode"], one["ErrorMessage"])
        for one in answer["UnprocessedFindings"]
    ] == [
        (uid, "ConflictException", "The finding is named twice"),
        ("none", "ResourceNotFoundException", "Finding not found"),
    ]
    older = {
        "CloudAccountUid": ADMIN,
        "FindingInfoUid": "a",
        "MetadataProductUid": f"arn:aws:securityhub:{IRELAND}:{ADMIN}:product/{ADMIN}/default",
    }
    answer = three.batch_update_findings_v2(FindingIdentifiers=[older], StatusId=3)
    assert answer["UnprocessedFindings"][0]["FindingIdentifier"] == older


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({}, "One of Comment, SeverityId and StatusId is required"),
        ({"StatusId": 7}, "StatusId must be one of: 0, 1, 2, 3, 4, 5, 99"),
        ({"SeverityId": 7}, "SeverityId must be one of: 0, 1, 2, 3, 4, 5, 6, 99"),
        ({"Comment": "x" * 513}, "Comment must be between 1 and 512 characters"),
    ],
)
def test_updates_that_set_nothing_or_nonsense_are_refused(
    three: Any, arguments: Any, text: str
) -> None:
    before = three.get_findings_v2()["Findings"]
    uid = before[0]["metadata"]["uid"]
    update = three.batch_update_findings_v2
    assert refused(update, MetadataUids=[uid], **arguments) == ("ValidationException", 400, text)
    assert three.get_findings_v2()["Findings"] == before


def test_one_kind_of_identifier_is_given(three: Any) -> None:
    update = three.batch_update_findings_v2
    one = {"CloudAccountUid": ADMIN, "FindingInfoUid": "a", "MetadataProductUid": "p"}
    both = {"MetadataUids": ["x"], "FindingIdentifiers": [one]}
    text = "You can only provide either MetadataUids or FindingIdentifiers"
    assert refused(update, StatusId=1, **both) == ("ValidationException", 400, text)
    assert refused(update, StatusId=1)[0] == "ValidationException"
