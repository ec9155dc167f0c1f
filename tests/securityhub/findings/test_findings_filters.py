"""The filters of GetFindings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from membership_mock.securityhub.findings import finding_keywords
from membership_mock.securityhub.findings.finding_columns import Part
from membership_mock.securityhub.findings.finding_fields import attributes, path_of, texts
from membership_mock.securityhub.findings.finding_keywords import KeywordTest
from tests.frozen_time import freeze_time
from tests.securityhub.findings.finding_samples import bring, finding, identifier, names, update
from tests.securityhub.samples import refused

INSTANCE = {
    "Type": "AwsEc2Instance",
    "Id": "i-1",
    "Region": "eu-west-1",
    "Tags": {"team": "red", "stage": "test"},
    "Details": {
        "AwsEc2Instance": {
            "VpcId": "vpc-1",
            "IpV4Addresses": ["10.0.0.5", "192.0.2.7"],
            "LaunchedAt": "2026-01-01T00:00:00Z",
        },
        "Other": {"colour": "blue"},
    },
}
BUCKET = {"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::example", "Region": "us-east-1"}


@pytest.fixture
def findings(admin):
    """Three findings that differ in what filters look at."""
    bring(
        admin,
        finding(
            "instance",
            Title="Open port",
            Resources=[INSTANCE],
            Confidence=90,
            UpdatedAt="2026-02-03T00:00:00Z",
            Network={"SourceIpV4": "203.0.113.9", "SourcePort": 22},
            Remediation={"Recommendation": {"Text": "Close it", "Url": "https://example.com"}},
            Sample=True,
        ),
        finding(
            "bucket",
            Title="Public bucket",
            Resources=[BUCKET],
            Severity={"Label": "CRITICAL"},
            Confidence=50,
            Compliance={
                "Status": "FAILED",
                "AssociatedStandards": [{"StandardsId": "standards/x"}],
            },
            ProductFields={"detector": "d-1"},
            UpdatedAt="2026-02-02T00:00:00Z",
        ),
        finding(
            "both",
            Title="Public everything",
            Resources=[INSTANCE, BUCKET],
            Severity={"Normalized": 5},
            Types=["TTPs/Discovery", "Effects"],
            UpdatedAt="2026-02-01T00:00:00Z",
        ),
    )
    return admin


def found(client, **filters):
    return names(client, Filters=filters)


def text(value, comparison="EQUALS"):
    return {"Value": value, "Comparison": comparison}


def reason(client, **filters):
    code, status, message = refused(client.get_findings, Filters=filters)
    assert (code, status) == ("InvalidInputException", 400)
    return message


def test_every_attribute_of_the_model_leads_to_a_field():
    assert [name for name in attributes() if not path_of(name)] == ["Keyword"]


@pytest.mark.parametrize(
    ("attribute", "path"),
    [
        ("Type", "Types"),
        ("SeverityLabel", "Severity.Label"),
        ("RecommendationText", "Remediation.Recommendation.Text"),
        ("ResourceAwsIamAccessKeyPrincipalName", "Resources.Details.AwsIamAccessKey.PrincipalName"),
        ("ResourceDetailsOther", "Resources.Details.Other"),
        ("ThreatIntelIndicatorType", "ThreatIntelIndicators.Type"),
        ("ComplianceAssociatedStandardsId", "Compliance.AssociatedStandards.StandardsId"),
        ("FindingProviderFieldsTypes", "FindingProviderFields.Types"),
        ("WorkflowStatus", "Workflow.Status"),
    ],
)
def test_an_attribute_is_found_by_its_name(attribute, path):
    assert ".".join(path_of(attribute)) == path


# attributes together


def test_without_filters_everything_is_found(findings):
    assert names(findings) == names(findings, Filters={}) == ["instance", "bucket", "both"]
    assert found(findings, Title=[]) == ["instance", "bucket", "both"]


def test_different_attributes_must_all_match(findings):
    assert found(findings, Title=[text("Public", "PREFIX")], SeverityLabel=[text("LOW")]) == [
        "both"
    ]


def test_ten_attributes_are_the_most(findings):
    wanted = {name: [text("x")] for name in list(attributes())[:4]}
    for name in ("Title", "Description", "Type", "ProductName", "CompanyName", "SeverityLabel"):
        wanted[name] = [text("x", "PREFIX")]
    assert found(findings, **wanted) == []
    assert "11 attributes" in reason(findings, **wanted, RecordState=[text("ACTIVE")])


def test_twenty_values_of_an_attribute_are_the_most(findings):
    assert found(findings, Id=[text("instance")] * 20) == ["instance"]
    assert "Id has 21 values" in reason(findings, Id=[text("instance")] * 21)


# texts


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"Title": [text("Open port")]}, ["instance"]),
        ({"Title": [text("open port")]}, []),
        ({"Title": [{"Value": "Open port"}]}, ["instance"]),
        ({"Title": [text("Public", "PREFIX")]}, ["bucket", "both"]),
        ({"Title": [text("Open port"), text("Public b", "PREFIX")]}, ["instance", "bucket"]),
        ({"Title": [text("Open port", "NOT_EQUALS")]}, ["bucket", "both"]),
        (
            {"Title": [text("Open port", "NOT_EQUALS"), text("Public bucket", "NOT_EQUALS")]},
            ["both"],
        ),
        ({"Title": [text("Public", "PREFIX_NOT_EQUALS")]}, ["instance"]),
        ({"Title": [text("Public", "PREFIX"), text("Public bucket", "NOT_EQUALS")]}, ["both"]),
        ({"Title": [text("Public", "PREFIX"), text("Public e", "PREFIX_NOT_EQUALS")]}, ["bucket"]),
        # lists: one item is enough to be found, and to be excluded
        ({"ResourceType": [text("AwsS3Bucket")]}, ["bucket", "both"]),
        ({"ResourceType": [text("AwsS3Bucket", "NOT_EQUALS")]}, ["instance"]),
        ({"Type": [text("TTPs", "PREFIX")]}, ["both"]),
        # what is absent is not found, and not excluded
        ({"ComplianceStatus": [text("FAILED")]}, ["bucket"]),
        ({"ComplianceStatus": [text("PASSED", "NOT_EQUALS")]}, ["instance", "bucket", "both"]),
        ({"ComplianceStatus": [text("FAILED", "NOT_EQUALS")]}, ["instance", "both"]),
        # what the service has added
        ({"Region": [text("eu-west-1")]}, ["instance", "bucket", "both"]),
        ({"Region": [text("us", "PREFIX")]}, []),
        ({"AwsAccountId": [text("111111111111", "NOT_EQUALS")]}, []),
        ({"WorkflowStatus": [text("NEW")]}, ["instance", "bucket", "both"]),
        ({"FindingProviderFieldsSeverityLabel": [text("CRITICAL")]}, ["bucket"]),
        ({"ComplianceAssociatedStandardsId": [text("standards/x")]}, ["bucket"]),
        ({"RecommendationText": [text("Close it")]}, ["instance"]),
        # the id is looked up
        ({"Id": [text("both"), text("instance"), text("nobody")]}, ["instance", "both"]),
        ({"Id": [text("both")], "Title": [text("Open port")]}, []),
        ({"Id": [text("b", "PREFIX")]}, ["bucket", "both"]),
    ],
)
def test_texts_are_compared(findings, filters, expected):
    assert found(findings, **filters) == expected


@pytest.mark.parametrize("comparison", ["CONTAINS", "NOT_CONTAINS", "CONTAINS_WORD"])
def test_comparisons_of_automation_rules_are_refused(findings, comparison):
    message = reason(findings, Title=[text("Public", comparison)])
    assert "Title is compared with " + comparison in message
    assert "EQUALS, PREFIX, NOT_EQUALS, PREFIX_NOT_EQUALS" in message


@pytest.mark.parametrize("excluding", ["NOT_EQUALS", "PREFIX_NOT_EQUALS"])
def test_equals_does_not_go_with_an_exclusion(findings, excluding):
    assert "EQUALS together with" in reason(findings, Title=[text("a"), text("b", excluding)])


def test_a_text_needs_a_value(findings):
    assert "Title has no Value" in reason(findings, Title=[{"Comparison": "EQUALS"}])


# maps


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"ResourceTags": [{"Key": "team", **text("red")}]}, ["instance", "both"]),
        ({"ResourceTags": [{"Key": "team", **text("Red")}]}, []),
        ({"ResourceTags": [{"Key": "team", **text("red", "NOT_EQUALS")}]}, ["bucket"]),
        (
            {"ResourceTags": [{"Key": "team", **text("blue")}, {"Key": "stage", **text("test")}]},
            ["instance", "both"],
        ),
        (
            {
                "ResourceTags": [
                    {"Key": "team", **text("red")},
                    {"Key": "stage", **text("x", "NOT_EQUALS")},
                ]
            },
            ["instance", "both"],
        ),
        ({"ProductFields": [{"Key": "detector", **text("d-1")}]}, ["bucket"]),
        ({"ResourceDetailsOther": [{"Key": "colour", **text("blue")}]}, ["instance", "both"]),
    ],
)
def test_maps_are_compared(findings, filters, expected):
    assert found(findings, **filters) == expected


@pytest.mark.parametrize("comparison", ["CONTAINS", "NOT_CONTAINS"])
def test_comparisons_of_maps_in_automation_rules_are_refused(findings, comparison):
    wanted = [{"Key": "team", **text("red", comparison)}]
    assert comparison in reason(findings, ResourceTags=wanted)


def test_a_key_cannot_be_asked_for_and_excluded(findings):
    wanted = [{"Key": "team", **text("red")}, {"Key": "team", **text("blue", "NOT_EQUALS")}]
    assert "ResourceTags 'team'" in reason(findings, ResourceTags=wanted)


def test_a_map_filter_needs_a_key(findings):
    assert "has no Key" in reason(findings, ResourceTags=[text("red")])


# numbers


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"Confidence": [{"Eq": 50}]}, ["bucket"]),
        ({"Confidence": [{"Gte": 50}]}, ["instance", "bucket"]),
        ({"Confidence": [{"Gt": 50}]}, ["instance"]),
        ({"Confidence": [{"Lte": 50}]}, ["bucket"]),
        ({"Confidence": [{"Lt": 50}]}, []),
        ({"Confidence": [{"Gte": 40, "Lte": 60}]}, ["bucket"]),
        ({"Confidence": [{"Eq": 50}, {"Eq": 90}]}, ["instance", "bucket"]),
        ({"SeverityNormalized": [{"Lt": 10}]}, ["both"]),
        ({"NetworkSourcePort": [{"Eq": 22}]}, ["instance"]),
    ],
)
def test_numbers_are_compared(findings, filters, expected):
    assert found(findings, **filters) == expected


def test_a_number_filter_needs_a_bound(findings):
    assert "none of Gte, Lte, Eq, Gt, Lt" in reason(findings, Confidence=[{}])


# dates


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ([{"Start": "2026-02-02T00:00:00Z"}], ["instance", "bucket"]),
        ([{"End": "2026-02-02T00:00:00Z"}], ["bucket", "both"]),
        ([{"Start": "2026-02-01T12:00:00Z", "End": "2026-02-02T12:00:00Z"}], ["bucket"]),
        ([{"Start": "2026-02-02T01:00:00+01:00", "End": "2026-02-02T01:00:00+01:00"}], ["bucket"]),
        ([{"DateRange": {"Value": 2, "Unit": "DAYS"}}], ["instance", "bucket"]),
        (
            [{"DateRange": {"Value": 2, "Unit": "DAYS", "Comparison": "WITHIN"}}],
            ["instance", "bucket"],
        ),
        ([{"DateRange": {"Value": 2, "Unit": "DAYS", "Comparison": "OLDER_THAN"}}], ["both"]),
        (
            [{"End": "2026-02-01T00:00:00Z"}, {"Start": "2026-02-03T00:00:00Z"}],
            ["instance", "both"],
        ),
    ],
)
def test_dates_are_compared(hub, wanted, expected, request):
    with freeze_time("2026-02-04T00:00:00Z"):
        client = request.getfixturevalue("findings")
        assert found(client, UpdatedAt=wanted) == expected


def test_dates_inside_resources_are_compared(findings):
    wanted = [{"End": "2026-01-02T00:00:00Z"}]
    assert found(findings, ResourceAwsEc2InstanceLaunchedAt=wanted) == ["instance", "both"]


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({}, "neither Start, End nor DateRange"),
        ({"Start": "yesterday"}, "'yesterday' is no timestamp for UpdatedAt"),
        ({"DateRange": {"Unit": "DAYS"}}, "0 or more days"),
        ({"DateRange": {"Value": -1, "Unit": "DAYS"}}, "0 or more days"),
        ({"DateRange": {"Value": 2_000_000_000, "Unit": "DAYS"}}, "too far"),
    ],
)
def test_dates_that_make_no_sense_are_refused(findings, wanted, why):
    assert why in reason(findings, UpdatedAt=[wanted])


# addresses, booleans, keywords


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"NetworkSourceIpV4": [{"Cidr": "203.0.113.0/24"}]}, ["instance"]),
        ({"NetworkSourceIpV4": [{"Cidr": "203.0.113.9"}]}, ["instance"]),
        ({"NetworkSourceIpV4": [{"Cidr": "198.51.100.0/24"}]}, []),
        ({"NetworkSourceIpV4": [{"Cidr": "2001:db8::/32"}]}, []),
        ({"ResourceAwsEc2InstanceIpV4Addresses": [{"Cidr": "192.0.2.0/24"}]}, ["instance", "both"]),
    ],
)
def test_addresses_are_compared(findings, filters, expected):
    assert found(findings, **filters) == expected


@pytest.mark.parametrize("wanted", [{}, {"Cidr": "everywhere"}, {"Cidr": "10.0.0.0/33"}])
def test_blocks_that_are_none_are_refused(findings, wanted):
    assert "is no CIDR block for NetworkSourceIpV4" in reason(findings, NetworkSourceIpV4=[wanted])


def test_samples_are_told_from_real_findings(findings):
    assert found(findings, Sample=[{"Value": True}]) == ["instance"]
    assert found(findings, Sample=[{"Value": False}]) == ["bucket", "both"]


def test_a_keyword_is_looked_for_everywhere(findings):
    assert found(findings, Keyword=[{"Value": "VPC-1"}]) == ["instance", "both"]


def test_a_keyword_is_not_looked_for_in_the_names_of_fields(findings):
    assert found(findings, Keyword=[{"Value": "GeneratorId"}]) == []


LETTERS = st.text(st.sampled_from("aKk\u0130iÄäß\u212a\0"), min_size=1, max_size=3)


@given(texts=st.lists(LETTERS, min_size=1, max_size=40), keyword=LETTERS)
def test_exactly_the_findings_with_a_keyword_are_marked(texts, keyword):
    part = Part([{"Title": text, "Resources": [{"Id": text, "Size": 7}]} for text in texts])

    assert KeywordTest.knows([keyword]) == ("\0" not in keyword)
    if KeywordTest.knows([keyword]):
        marks = KeywordTest([keyword]).marks(part, b"\1" * len(texts))
        assert [*map(bool, marks)] == [keyword.lower() in text.lower() for text in texts]


def test_findings_are_read_only_where_a_keyword_may_be(monkeypatch):
    read = []
    monkeypatch.setattr(
        finding_keywords, "texts", lambda fields: read.append(fields) or texts(fields)
    )
    part = Part([{"Title": "Open port"}, {"Title": "Weak password"}])
    assert KeywordTest(["bucket"]).marks(part, b"\1\1") == b"\0\0"
    assert read == []
    assert KeywordTest(["bucket", "PASSWORD"]).marks(part, b"\1\1") == b"\0\1"
    assert KeywordTest(["port"]).marks(part, b"\1\1") == b"\1\0"
    assert read == part.rows  # once for both
    assert KeywordTest(["K"]).marks(Part([{"Title": "\u212a"}]), b"\1") == b"\1"
    assert KeywordTest(["port"]).marks(Part(part.rows), b"\0\0") == b"\0\0"
    assert len(read) == 3


# updates


def test_filters_see_what_customers_have_noted(findings):
    update(
        findings,
        identifier("bucket"),
        Note={"Text": "Known", "UpdatedBy": "eve"},
        UserDefinedFields={"ticket": "7"},
        Workflow={"Status": "NOTIFIED"},
    )
    assert found(findings, NoteUpdatedBy=[text("eve")]) == ["bucket"]
    assert found(findings, UserDefinedFields=[{"Key": "ticket", **text("7")}]) == ["bucket"]
    assert found(findings, WorkflowStatus=[text("NEW")]) == ["instance", "both"]
