"""What customers note on findings."""

import pytest

from tests.frozen_time import freeze_time
from tests.securityhub.findings.finding_samples import (
    bring,
    finding,
    identifier,
    names,
    only,
    update,
)
from tests.securityhub.samples import ADMIN, IRELAND, refused


@pytest.fixture
def findings(admin):
    bring(admin, finding("one"))
    return admin


def test_an_update_answers_with_the_identifiers(findings):
    answer = findings.batch_update_findings(FindingIdentifiers=[identifier()], Confidence=1)
    del answer["ResponseMetadata"]
    assert answer == {"ProcessedFindings": [identifier()], "UnprocessedFindings": []}


def test_an_update_sets_what_is_given_and_nothing_else(findings):
    before = only(findings)
    changes = {
        "VerificationState": "TRUE_POSITIVE",
        "Confidence": 80,
        "Criticality": 70,
        "Types": ["Effects"],
        "UserDefinedFields": {"ticket": "7"},
        "Workflow": {"Status": "RESOLVED"},
        "RelatedFindings": [identifier("other")],
    }
    with freeze_time("2026-03-01T12:00:00Z"):
        assert (
            update(findings, identifier(), Note={"Text": "Known", "UpdatedBy": "eve"}, **changes)
            == []
        )
    note = {"Text": "Known", "UpdatedBy": "eve", "UpdatedAt": "2026-03-01T12:00:00.000Z"}
    assert only(findings) == {**before, **changes, "Note": note}


def test_an_update_of_nothing_changes_nothing(findings):
    before = only(findings)
    assert update(findings, identifier()) == []
    assert only(findings) == before


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"Label": "LOW"}, {"Label": "LOW", "Normalized": 1, "Original": "8"}),
        ({"Normalized": 95}, {"Label": "CRITICAL", "Normalized": 95, "Original": "8"}),
        ({"Product": 3.5}, {"Label": "HIGH", "Normalized": 70, "Original": "8", "Product": 3.5}),
    ],
)
def test_label_and_number_of_a_new_severity_go_together(admin, given, expected):
    bring(admin, finding(Severity={"Label": "HIGH", "Original": "8"}))
    update(admin, identifier(), Severity=given)
    assert only(admin)["Severity"] == expected
    assert only(admin)["FindingProviderFields"]["Severity"] == {"Label": "HIGH", "Original": "8"}


def test_every_finding_gets_its_own_answer(findings):
    bring(findings, finding("two"))
    answer = findings.batch_update_findings(
        FindingIdentifiers=[
            identifier("one"),
            identifier("none"),
            identifier("two"),
            identifier("one"),
        ],
        Workflow={"Status": "NOTIFIED"},
    )
    assert answer["ProcessedFindings"] == [identifier("one"), identifier("two")]
    assert answer["UnprocessedFindings"] == [
        {
            "FindingIdentifier": identifier("none"),
            "ErrorCode": "FindingNotFound",
            "ErrorMessage": "Finding Not Found",
        },
        {
            "FindingIdentifier": identifier("one"),
            "ErrorCode": "DuplicatedFindingIdentifier",
            "ErrorMessage": "Finding Identifier is duplicated",
        },
    ]


def test_an_id_of_another_product_is_not_found(findings):
    foreign = {"Id": "one", "ProductArn": f"arn:aws:securityhub:{IRELAND}::product/acme/scanner"}
    assert update(findings, foreign, Confidence=1) == ["FindingNotFound"]


@pytest.mark.parametrize(
    "changes",
    [
        {"Note": {"Text": "x" * 513, "UpdatedBy": "eve"}},
        {"Types": ["a/b/c/d"]},
        {"UserDefinedFields": {str(number): "x" for number in range(51)}},
        {"RelatedFindings": [identifier("x")] * 11},
    ],
)
def test_what_a_finding_cannot_hold_is_refused_per_finding(findings, changes):
    before = only(findings)
    answer = findings.batch_update_findings(FindingIdentifiers=[identifier()], **changes)
    (failure,) = answer["UnprocessedFindings"]
    assert (failure["ErrorCode"], failure["ErrorMessage"]) == ("InvalidInput", "Invalid Input")
    assert only(findings) == before


def test_a_finding_does_not_grow_over_240_kilobytes(admin):
    details = {"Other": {f"key{number}": "x" * 1000 for number in range(47)}}
    bring(admin, finding(Resources=[{"Type": "Other", "Id": "i", "Details": details}] * 5))
    grown = {f"key{number}": "x" * 1000 for number in range(20)}
    assert update(admin, identifier(), UserDefinedFields=grown) == ["FindingSizeExceeded"]


@pytest.mark.parametrize("count", [0, 101])
def test_1_to_100_findings_are_updated_at_a_time(findings, count):
    code, status, _ = refused(
        findings.batch_update_findings,
        FindingIdentifiers=[identifier(str(number)) for number in range(count)],
        Confidence=1,
    )
    assert (code, status) == ("InvalidInputException", 400)


def test_an_update_leaves_the_order_as_it_is(findings):
    bring(findings, finding("two", UpdatedAt="2026-02-02T00:00:00Z"))
    update(findings, identifier("one"), Confidence=1)
    assert names(findings) == ["two", "one"]


def test_updates_are_refused_without_a_hub(membership_mock):
    client = membership_mock.client("securityhub", account=ADMIN, region=IRELAND)
    assert refused(client.batch_update_findings, FindingIdentifiers=[identifier()])[:2] == (
        "InvalidAccessException", 401,
    )  # fmt: skip
