"""Importing findings, and what the service makes of them."""

import json

import pytest
from botocore.config import Config

from tests.frozen_time import freeze_time
from tests.securityhub.findings.finding_samples import (
    bring,
    finding,
    identifier,
    names,
    only,
    product,
    update,
)
from tests.securityhub.samples import ADMIN, IRELAND, MEMBER, OHIO, refused

FORMAT = "Finding does not adhere to Amazon Finding Format. "
DENIED = (
    f"User: arn:aws:iam::{ADMIN}:root is not authorized to perform:"
    " securityhub:BatchImportFindings on resource: "
)


KEYS, LONG = "data.UserDefinedFields", "k" * 129


def complaints(client, *findings):
    """Return the error messages of findings that are not imported."""
    answer = client.batch_import_findings(Findings=list(findings))
    assert answer["FailedCount"] == len(answer["FailedFindings"])
    assert {one["ErrorCode"] for one in answer["FailedFindings"]} <= {"InvalidInput"}
    return [one["ErrorMessage"].removeprefix(FORMAT) for one in answer["FailedFindings"]]


# what the service adds


def test_import_answers_with_counts_and_an_empty_list(admin):
    answer = admin.batch_import_findings(Findings=[finding("one"), finding("two")])
    del answer["ResponseMetadata"]
    assert answer == {"FailedCount": 0, "SuccessCount": 2, "FailedFindings": []}


def test_an_imported_finding_carries_what_the_service_adds(admin):
    with freeze_time("2026-03-01T12:00:00.250Z"):
        bring(admin, finding())
        assert only(admin) == {
            **finding(),
            "ProductName": "Default",
            "CompanyName": "Personal",
            "Region": IRELAND,
            "ProcessedAt": "2026-03-01T12:00:00.250Z",
            "RecordState": "ACTIVE",
            "WorkflowState": "NEW",
            "Workflow": {"Status": "NEW"},
            "Severity": {"Label": "HIGH", "Normalized": 70},
            "FindingProviderFields": {
                "Severity": {"Label": "HIGH"},
                "Types": ["Software and Configuration Checks/Vulnerabilities/CVE"],
            },
            "ProductFields": {
                "aws/securityhub/FindingId": f"{product()}/one",
                "aws/securityhub/ProductName": "Default",
                "aws/securityhub/CompanyName": "Personal",
            },
        }


@pytest.mark.parametrize(
    ("number", "label"),
    [
        (0, "INFORMATIONAL"), (1, "LOW"), (39, "LOW"), (40, "MEDIUM"), (69, "MEDIUM"),
        (70, "HIGH"), (89, "HIGH"), (90, "CRITICAL"), (100, "CRITICAL"),
    ],
)  # fmt: skip
def test_the_label_follows_from_the_number(admin, number, label):
    bring(admin, finding(Severity={"Normalized": number}))
    assert only(admin)["Severity"] == {"Label": label, "Normalized": number}


@pytest.mark.parametrize(
    ("label", "number"),
    [("INFORMATIONAL", 0), ("LOW", 1), ("MEDIUM", 40), ("HIGH", 70), ("CRITICAL", 90)],
)
def test_the_number_follows_from_the_label(admin, label, number):
    bring(admin, finding(Severity={"Label": label}))
    assert only(admin)["Severity"]["Normalized"] == number


def test_what_the_provider_says_fills_the_top_of_the_finding(admin):
    given = finding(
        FindingProviderFields={
            "Severity": {"Label": "LOW", "Original": "10"},
            "Types": ["TTPs"],
            "Confidence": 42,
        }
    )
    del given["Severity"], given["Types"]
    bring(admin, given)
    found = only(admin)
    assert found["Severity"] == {"Label": "LOW", "Normalized": 1, "Original": "10"}
    assert (found["Types"], found["Confidence"]) == (["TTPs"], 42)


def test_a_custom_integration_names_its_product_itself(admin):
    bring(admin, finding(ProductName="Scanner", CompanyName="Example"))
    found = only(admin)
    assert (found["ProductName"], found["CompanyName"]) == ("Scanner", "Example")
    assert found["ProductFields"]["aws/securityhub/ProductName"] == "Scanner"


def test_findings_of_an_aws_service_carry_its_name(admin):
    arn = f"arn:aws:securityhub:{IRELAND}::product/aws/guardduty"
    bring(admin, finding(ProductArn=arn, ProductName="Something"))
    assert (only(admin)["ProductName"], only(admin)["CompanyName"]) == ("GuardDuty", "Amazon")


# importing again


def test_a_newer_version_takes_the_place_of_the_old_one(admin):
    bring(admin, finding(Title="Old", SourceUrl="https://example.com"))
    bring(admin, finding(Title="New", UpdatedAt="2026-02-01T00:00:00.001Z"))
    assert only(admin)["Title"] == "New"
    assert "SourceUrl" not in only(admin)


@pytest.mark.parametrize("updated", ["2026-01-31T23:59:59Z", "2026-02-01T01:00:00+01:00"])
def test_an_older_or_equal_version_is_accepted_and_changes_nothing(admin, updated):
    bring(admin, finding(Title="First"))
    bring(admin, finding(Title="Second", UpdatedAt=updated))
    assert only(admin)["Title"] == "First"


def test_the_same_id_of_another_product_is_another_finding(admin):
    bring(admin, finding("one"))
    bring(admin, finding("one", ProductArn=f"arn:aws:securityhub:{IRELAND}::product/aws/inspector"))
    assert names(admin) == ["one", "one"]


def test_an_import_leaves_alone_what_belongs_to_the_customer(admin):
    bring(admin, finding())
    update(
        admin,
        identifier(),
        Note={"Text": "Known", "UpdatedBy": "eve"},
        UserDefinedFields={"ticket": "7"},
        VerificationState="TRUE_POSITIVE",
        Workflow={"Status": "SUPPRESSED"},
        Severity={"Label": "LOW"},
        Types=["Effects"],
        Confidence=5,
    )
    before = only(admin)
    bring(
        admin,
        finding(
            UpdatedAt="2026-02-02T00:00:00Z",
            UserDefinedFields={"ticket": "8"},
            VerificationState="UNKNOWN",
            Workflow={"Status": "NEW"},
            Confidence=99,
            Severity={"Label": "CRITICAL"},
        ),
    )
    after = only(admin)
    for name in (
        "Note", "UserDefinedFields", "VerificationState", "Workflow", "Severity", "Types", "Confidence",
    ):  # fmt: skip
        assert after[name] == before[name]
    assert after["FindingProviderFields"]["Severity"] == {"Label": "CRITICAL"}
    assert after["FindingProviderFields"]["Confidence"] == 99


def test_in_a_new_finding_the_providers_value_counts_for_both_places(admin):
    # documented
    provided = {"Severity": {"Label": "LOW"}, "Types": ["TTPs"], "Confidence": 1}
    bring(admin, finding(Confidence=99, FindingProviderFields=provided))
    found = only(admin)
    assert (found["Severity"]["Label"], found["Types"], found["Confidence"]) == ("LOW", ["TTPs"], 1)
    assert found["FindingProviderFields"] == provided


def test_in_an_existing_finding_each_place_keeps_its_value(admin):
    # documented
    bring(admin, finding(Confidence=5))
    update(admin, identifier(), Confidence=7)
    provided = {"Severity": {"Label": "LOW"}, "Types": ["TTPs"], "Confidence": 1}
    bring(
        admin,
        finding(
            UpdatedAt="2026-02-02T00:00:00Z",
            Severity={"Label": "CRITICAL"},
            Confidence=99,
            FindingProviderFields=provided,
        ),
    )
    found = only(admin)
    assert found["FindingProviderFields"] == provided
    assert found["Severity"] == {"Label": "CRITICAL", "Normalized": 90}
    assert found["Types"] == finding()["Types"]
    assert found["Confidence"] == 7


def test_numbers_of_a_providers_severity_are_copied_to_the_top(membership_mock, hub):
    hub(ADMIN)
    client = membership_mock.session(account=ADMIN, region=IRELAND).client("securityhub")
    given = finding(FindingProviderFields={"Severity": {"Label": "LOW"}, "Types": ["TTPs"]})
    del given["Severity"]

    def with_numbers(request, **_):
        body = json.loads(request.body)
        body["Findings"][0]["FindingProviderFields"]["Severity"].update(Normalized=17, Product=3.5)
        request.data = json.dumps(body)

    client.meta.events.register_first("request-created.securityhub", with_numbers)
    client.batch_import_findings(Findings=[given])
    found = membership_mock.client("securityhub", account=ADMIN, region=IRELAND).get_findings()
    assert found["Findings"][0]["Severity"] == {"Label": "LOW", "Normalized": 17, "Product": 3.5}


def test_an_import_changes_what_the_customer_has_not_set(admin):
    bring(admin, finding(Severity={"Label": "LOW"}))
    bring(admin, finding(Severity={"Label": "CRITICAL"}, UpdatedAt="2026-02-02T00:00:00Z"))
    assert only(admin)["Severity"] == {"Label": "CRITICAL", "Normalized": 90}


@pytest.mark.parametrize("status", ["NOTIFIED", "RESOLVED"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"RecordState": "ARCHIVED"}, {"RecordState": "ACTIVE"}),
        ({"Compliance": {"Status": "PASSED"}}, {"Compliance": {"Status": "FAILED"}}),
        ({"Compliance": {"Status": "PASSED"}}, {"Compliance": {"Status": "NOT_AVAILABLE"}}),
    ],
)
def test_the_investigation_starts_anew_when_the_problem_is_back(admin, status, before, after):
    bring(admin, finding(**before))
    update(admin, identifier(), Workflow={"Status": status})
    bring(admin, finding(UpdatedAt="2026-02-02T00:00:00Z", **after))
    assert only(admin)["Workflow"] == {"Status": "NEW"}


def test_a_suppressed_finding_stays_suppressed_when_the_problem_is_back(admin):
    bring(admin, finding(RecordState="ARCHIVED"))
    update(admin, identifier(), Workflow={"Status": "SUPPRESSED"})
    bring(admin, finding(UpdatedAt="2026-02-02T00:00:00Z"))
    assert only(admin)["Workflow"] == {"Status": "SUPPRESSED"}


# findings that are refused


def test_a_bad_finding_does_not_stop_the_others(admin):
    answer = admin.batch_import_findings(
        Findings=[finding("good"), finding("bad", Types=["a/b/c/d"]), finding("fine")]
    )
    assert (answer["SuccessCount"], answer["FailedCount"]) == (2, 1)
    assert answer["FailedFindings"] == [
        {
            "Id": "bad",
            "ErrorCode": "InvalidInput",
            "ErrorMessage": FORMAT + 'data.Types[0] should match pattern "^([^/]+)(/[^/]+){0,2}$".',
        }
    ]
    assert sorted(names(admin)) == ["fine", "good"]


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"Resources": [{"Type": "", "Id": "i"}]},
         "data.Resources[0].Type should NOT be shorter than 1 characters."),
        ({"Resources": []}, "data.Resources should NOT have fewer than 1 items."),
        ({"Resources": [{"Type": "Other", "Id": "i"}] * 33},
         "data.Resources should NOT have more than 32 items."),
        ({"Description": "x" * 1025}, "data.Description should NOT be longer than 1024 characters."),
        ({"Remediation": {"Recommendation": {"Text": "x" * 513}}},
         "data.Remediation.Recommendation.Text should NOT be longer than 512 characters."),
        ({"Types": ["TTPs", ""]}, "data.Types[1] should NOT be shorter than 1 characters."),
        ({"Severity": {"Label": "SEVERE"}},
         "data.Severity.Label should be equal to one of the allowed values."),
        ({"Severity": {"Normalized": 101}}, "data.Severity.Normalized should be <= 100."),
        ({"Confidence": -1}, "data.Confidence should be >= 0."),
        ({"FindingProviderFields": {"Confidence": 101}},
         "data.FindingProviderFields.Confidence should be <= 100."),
        ({"SchemaVersion": "2020-01-01"},
         'data.SchemaVersion should match pattern "^2018-10-08$".'),
        ({"Compliance": {"AssociatedStandards": [{"StandardsId": "s"}] * 21}},
         "data.Compliance.AssociatedStandards should NOT have more than 20 items."),
        ({"NetworkPath": [{"ComponentType": "x" * 33}]},
         "data.NetworkPath[0].ComponentType should NOT be longer than 32 characters."),
        ({"Threats": [{"FilePaths": []}]},
         "data.Threats[0].FilePaths should NOT have fewer than 1 items."),
        ({"PatchSummary": {"Id": "x" * 257}},
         "data.PatchSummary.Id should NOT be longer than 256 characters."),
        ({"Action": {"DnsRequestAction": {"Domain": "x" * 129}}},
         "data.Action.DnsRequestAction.Domain should NOT be longer than 128 characters."),
        ({"ProductFields": {"acme/key": "x" * 2049}},
         "data.ProductFields['acme/key'] should NOT be longer than 2048 characters."),
        ({"UserDefinedFields": {"key": "x" * 1025}},
         "data.UserDefinedFields['key'] should NOT be longer than 1024 characters."),
        ({"UserDefinedFields": {"key": ""}},
         "data.UserDefinedFields['key'] should NOT be shorter than 1 characters."),
        ({"UserDefinedFields": {LONG: "value"}},
         f"{KEYS} should NOT be longer than 128 characters, {KEYS} property name '{LONG}' is invalid."),
        ({"Resources": [{"Type": "Other", "Id": "i", "Details": {"Other": {"k": "x" * 1025}}}]},
         "data.Resources[0].Details.Other['k'] should NOT be longer than 1024 characters."),
        ({"Resources": [{"Type": "Other", "Id": "i", "Details": {
            "Other": {str(number): "x" for number in range(51)}}}]},
         "data.Resources[0].Details.Other should NOT have more than 50 properties."),
        ({"Resources": [{"Type": "Other", "Id": "i", "Tags": {"team": "x" * 257}}]},
         "data.Resources[0].Tags['team'] should NOT be longer than 256 characters."),
    ],
)  # fmt: skip
def test_a_finding_hears_what_is_wrong_with_it(admin, fields, complaint):
    assert complaints(admin, finding(**fields)) == [complaint]
    assert names(admin) == []


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "2026-02-01",
        "2026-02-01T00:00:00",
        "2026-02-31T00:00:00Z",
        "2026-02-01 00:00:00Z",
    ],
)
@pytest.mark.parametrize("field", ["CreatedAt", "UpdatedAt", "FirstObservedAt", "LastObservedAt"])
def test_a_timestamp_needs_date_time_and_zone(admin, field, text):
    (complaint,) = complaints(admin, finding(**{field: text}))
    assert complaint.startswith(rf'data.{field} should match pattern "(\d\d\d\d)-[0-1](\d)-[0-3]')


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"ProcessedAt": "today"}, "ProcessedAt"),
        ({"Process": {"LaunchedAt": "today"}}, "Process.LaunchedAt"),
        ({"ThreatIntelIndicators": [{"LastObservedAt": "today"}]},
         "ThreatIntelIndicators[0].LastObservedAt"),
        ({"Note": {"Text": "t", "UpdatedBy": "ana", "UpdatedAt": "today"}}, "Note.UpdatedAt"),
        ({"PatchSummary": {"Id": "i", "OperationEndTime": "today"}},
         "PatchSummary.OperationEndTime"),
        ({"Vulnerabilities": [{"Id": "i", "Vendor": {"Name": "n", "VendorUpdatedAt": "today"}}]},
         "Vulnerabilities[0].Vendor.VendorUpdatedAt"),
        ({"Action": {"AwsApiCallAction": {"FirstSeen": "today"}}},
         "Action.AwsApiCallAction.FirstSeen"),
    ],
)  # fmt: skip
def test_timestamps_further_down_are_timestamps_too(admin, fields, place):
    (complaint,) = complaints(admin, finding(**fields))
    assert complaint.startswith(rf'data.{place} should match pattern "(\d\d\d\d)-[0-1](\d)-')


@pytest.mark.parametrize(
    "text",
    ["2026-02-01T00:00:00Z", "2026-02-01t00:00:00.123456789z", "2026-02-01T00:00:00+01:00",
     "2026-02-01T00:00:00-0130", "2026-02-01T00:00:00+02", "2016-12-31T23:59:60Z"],
)  # fmt: skip
def test_a_timestamp_may_have_fractions_and_offsets(admin, text):
    bring(admin, finding(UpdatedAt=text))
    assert only(admin)["UpdatedAt"] == text


@pytest.mark.parametrize("missing", ["Severity", "Types"])
def test_severity_and_types_stand_at_the_top_or_with_the_provider(admin, missing):
    given = finding()
    del given[missing]
    (complaint,) = complaints(admin, given)
    assert complaint == (
        "data should have required property 'FindingProviderFields', data should match some schema"
        " in anyOf."
    )


def test_a_severity_needs_a_label_or_a_number(admin):
    (complaint,) = complaints(admin, finding(Severity={"Original": "10"}))
    assert complaint.startswith("data.Severity should have required property 'Label'")


def test_a_missing_field_is_named(membership_mock, hub):
    hub(ADMIN)
    client = membership_mock.session(account=ADMIN, region=IRELAND).client(
        "securityhub", config=Config(parameter_validation=False)
    )
    given = finding()
    del given["Description"]
    assert complaints(client, given) == ["data should have required property 'Description'."]


def test_a_finding_may_have_240_kilobytes(admin):
    details = {"Other": {f"key{number}": "x" * 1000 for number in range(50)}}
    resources = [{"Type": "Other", "Id": "i", "Details": details}] * 5
    assert complaints(admin, finding(Resources=resources)) == ["Finding size exceeded 240 KB"]


def test_a_text_of_a_finding_has_less_than_32768_characters(admin):
    document = {"AssumeRolePolicyDocument": "x" * 32768}
    resources = [{"Type": "AwsIamRole", "Id": "i", "Details": {"AwsIamRole": document}}]
    answer = admin.batch_import_findings(Findings=[finding("one", Resources=resources)])
    # observed, without the words that the other complaints begin with
    assert answer["FailedFindings"] == [
        {
            "Id": "one",
            "ErrorCode": "InvalidInput",
            "ErrorMessage": "The maximum size of an individual field should be less than 32768",
        }
    ]
    document["AssumeRolePolicyDocument"] = "x" * 32767
    bring(admin, finding("one", Resources=resources))


def test_a_batch_may_have_100_findings(admin):
    # observed
    assert refused(
        admin.batch_import_findings, Findings=[finding(str(number)) for number in range(101)]
    ) == (
        "InvalidInputException", 400,
        "Invalid parameter 'Findings'. Size '101' is greater than maximum value: 100.",
    )  # fmt: skip
    assert names(admin) == []


# who may import


@pytest.mark.parametrize(
    "fields",
    [
        {"AwsAccountId": MEMBER},
        {"ProductArn": product(MEMBER)},
        {"ProductArn": product(region=OHIO)},
        {"ProductArn": f"arn:aws:securityhub:{IRELAND}:{ADMIN}:product/{MEMBER}/default"},
    ],
)
def test_findings_of_another_account_or_region_are_denied_as_a_whole(admin, fields):
    foreign = finding("foreign", **fields)
    assert refused(admin.batch_import_findings, Findings=[finding("own"), foreign]) == (
        "AccessDeniedException", 403, DENIED + foreign["ProductArn"],
    )  # fmt: skip
    assert names(admin) == []


def test_findings_fail_without_a_hub(membership_mock):
    client = membership_mock.client("securityhub", account=ADMIN, region=IRELAND)
    answer = client.batch_import_findings(Findings=[finding()])
    assert (answer["SuccessCount"], answer["FailedCount"]) == (0, 1)
    assert answer["FailedFindings"][0]["ErrorCode"] == "InvalidAccess"


def test_get_findings_is_refused_without_a_hub(membership_mock):
    client = membership_mock.client("securityhub", account=ADMIN, region=IRELAND)
    assert refused(client.get_findings) == (
        "InvalidAccessException", 401, f"Account {ADMIN} is not subscribed to AWS Security Hub",
    )  # fmt: skip


# how long findings are kept


def test_a_finding_is_kept_for_90_days_after_the_last_update(hub):
    with freeze_time("2026-03-01T00:00:00Z") as clock:
        client = hub(ADMIN)
        bring(client, finding("updated"), finding("left alone"))
        clock.move_to("2026-04-01T00:00:00Z")
        update(client, identifier("updated"), Confidence=1)
        clock.move_to("2026-05-29T23:59:59Z")
        assert sorted(names(client)) == ["left alone", "updated"]
        clock.move_to("2026-05-30T00:00:00Z")
        assert names(client) == ["updated"]
        clock.move_to("2026-06-30T00:00:00Z")
        assert names(client) == []


def test_findings_are_there_again_after_the_hub_was_off(admin):
    bring(admin, finding())
    admin.disable_security_hub()
    admin.enable_security_hub()
    assert names(admin) == ["one"]
