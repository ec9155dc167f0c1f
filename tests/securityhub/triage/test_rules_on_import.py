"""Automation rules act on findings while they are imported."""

import pytest

from membership_mock.engine.protocol import model
from tests.frozen_time import freeze_time
from tests.securityhub.findings.finding_samples import (
    bring,
    finding,
    identifier,
    names,
    only,
    update,
)
from tests.securityhub.samples import ADMIN, MEMBER, OHIO, accept, invite
from tests.securityhub.triage.triage_samples import change_rule, equals, later, rule

HIGH = {"SeverityLabel": equals("HIGH")}
SUPPRESSED, NOTIFIED = {"Status": "SUPPRESSED"}, {"Status": "NOTIFIED"}


def suppressed(client, criteria, *findings):
    """Return which of the findings a rule with these criteria acts on."""
    rule(client, criteria, Workflow=SUPPRESSED)
    bring(client, *findings)
    return sorted(names(client, Filters={"WorkflowStatus": equals("SUPPRESSED")}))


def text(value, comparison):
    """Return one filter."""
    return {"Value": value, "Comparison": comparison}


# when


def test_a_rule_acts_on_what_is_imported_after_it_was_made(admin):
    bring(admin, finding("before"))
    rule(admin, HIGH, Workflow=SUPPRESSED)
    bring(admin, finding("after"))
    found = {one["Id"]: one["Workflow"]["Status"] for one in admin.get_findings()["Findings"]}
    assert found == {"before": "NEW", "after": "SUPPRESSED"}


def test_a_rule_acts_on_an_older_finding_once_it_is_imported_again(admin):
    bring(admin, finding())
    rule(admin, HIGH, Workflow=SUPPRESSED)
    bring(admin, later())
    assert only(admin)["Workflow"] == SUPPRESSED


def test_an_import_that_is_ignored_triggers_no_rule(admin):
    bring(admin, finding())
    rule(admin, HIGH, Workflow=SUPPRESSED)
    bring(admin, finding())
    assert only(admin)["Workflow"] == {"Status": "NEW"}


def test_updates_of_customers_trigger_no_rule(admin):
    # documented
    bring(admin, finding(Severity={"Label": "LOW"}))
    rule(admin, HIGH, Workflow=SUPPRESSED)
    update(admin, identifier(), Severity={"Label": "HIGH"})
    admin.update_findings(Filters={}, Note={"Text": "t", "UpdatedBy": "ana"})
    assert only(admin)["Workflow"] == {"Status": "NEW"}


def test_a_disabled_rule_does_nothing_until_it_is_enabled(admin):
    arn = rule(admin, HIGH, Workflow=SUPPRESSED, RuleStatus="DISABLED")
    bring(admin, finding("one"))
    change_rule(admin, arn, RuleStatus="ENABLED")
    bring(admin, finding("two"))
    assert names(admin, Filters={"WorkflowStatus": equals("SUPPRESSED")}) == ["two"]


def test_a_deleted_rule_does_nothing_and_what_it_did_stays(admin):
    arn = rule(admin, HIGH, Workflow=SUPPRESSED)
    bring(admin, finding("one"))
    admin.batch_delete_automation_rules(AutomationRulesArns=[arn])
    bring(admin, finding("two"))
    assert names(admin, Filters={"WorkflowStatus": equals("SUPPRESSED")}) == ["one"]


def test_changed_criteria_count_from_the_next_import_on(admin):
    arn = rule(admin, {"Title": equals("A")}, Workflow=SUPPRESSED)
    bring(admin, finding("one", Title="A"))
    change_rule(admin, arn, Criteria={"Title": equals("B")})
    bring(admin, finding("two", Title="A"), finding("three", Title="B"))
    found = names(admin, Filters={"WorkflowStatus": equals("SUPPRESSED")})
    assert sorted(found) == ["one", "three"]


def test_whoever_acts_last_has_the_last_word(admin):
    # the sequence is documented
    rule(admin, HIGH, Workflow=SUPPRESSED)
    bring(admin, finding())
    update(admin, identifier(), Workflow=NOTIFIED)
    assert only(admin)["Workflow"] == NOTIFIED
    bring(admin, later())
    assert only(admin)["Workflow"] == SUPPRESSED


def test_a_mock_that_is_rolled_back_goes_by_the_rules_of_then(admin, membership_mock):
    arn = rule(admin, {"Title": equals("A")}, Workflow=SUPPRESSED)
    with membership_mock.rolled_back():
        change_rule(admin, arn, Criteria={"Title": equals("B")})
        bring(admin, finding("inside", Title="B"))
        assert only(admin)["Workflow"] == SUPPRESSED
    bring(admin, finding("a", Title="A"), finding("b", Title="B"))
    assert names(admin, Filters={"WorkflowStatus": equals("SUPPRESSED")}) == ["a"]


# order


def test_rules_act_in_order_and_the_later_one_overwrites(admin):
    rule(admin, HIGH, 2, Confidence=2, Criticality=2)
    rule(admin, HIGH, 1, Confidence=1, Types=["TTPs"])
    bring(admin, finding())
    found = only(admin)
    assert (found["Confidence"], found["Criticality"], found["Types"]) == (2, 2, ["TTPs"])


def test_of_rules_with_equal_order_the_one_updated_last_has_the_last_word(hub):
    with freeze_time("2026-03-01T00:00:00Z") as clock:
        client = hub(ADMIN)
        first = rule(client, HIGH, Confidence=1)
        clock.tick(1)
        rule(client, HIGH, Confidence=2)
        bring(client, finding())
        assert only(client)["Confidence"] == 2
        clock.tick(1)
        change_rule(client, first, RuleName="renamed")
        bring(client, later())
        assert only(client)["Confidence"] == 1


def test_a_terminal_rule_ends_the_evaluation_of_what_it_matches(admin):
    rule(admin, {"Title": equals("stop")}, 1, Confidence=1, IsTerminal=True)
    rule(admin, HIGH, 2, Confidence=2)
    bring(admin, finding("stopped", Title="stop"), finding("other"))
    found = {one["Id"]: one["Confidence"] for one in admin.get_findings()["Findings"]}
    assert found == {"stopped": 1, "other": 2}


def test_rules_judge_what_the_provider_sent_not_what_earlier_rules_made_of_it(admin):
    # documented
    rule(admin, HIGH, 1, Severity={"Label": "LOW"})
    rule(admin, {"SeverityLabel": equals("LOW")}, 2, Workflow=SUPPRESSED)
    rule(admin, HIGH, 3, Confidence=3)
    bring(admin, finding())
    found = only(admin)
    assert found["Severity"] == {"Label": "LOW", "Normalized": 1}
    assert (found["Workflow"], found["Confidence"]) == ({"Status": "NEW"}, 3)


def test_rules_judge_what_the_provider_sent_not_what_the_customer_made_of_it(admin):
    bring(admin, finding())
    update(admin, identifier(), Severity={"Label": "LOW"})
    rule(admin, HIGH, Workflow=SUPPRESSED)
    bring(admin, later())
    found = only(admin)
    assert (found["Severity"]["Label"], found["Workflow"]) == ("LOW", SUPPRESSED)


def test_rules_see_the_status_of_the_investigation_that_there_is(admin):
    bring(admin, finding())
    update(admin, identifier(), Workflow=NOTIFIED)
    rule(admin, {"WorkflowStatus": equals("NOTIFIED")}, Confidence=5)
    bring(admin, later())
    assert only(admin)["Confidence"] == 5


# what


def test_a_rule_sets_all_that_it_may_set(admin):
    related = [{"ProductArn": "arn:aws:securityhub:eu-west-1::product/aws/guardduty", "Id": "x"}]
    with freeze_time("2026-03-01T12:00:00Z"):
        rule(
            admin,
            HIGH,
            Severity={"Label": "CRITICAL", "Product": 9.5},
            Workflow=SUPPRESSED,
            VerificationState="FALSE_POSITIVE",
            Confidence=1,
            Criticality=2,
            Note={"Text": "known", "UpdatedBy": "rule"},
            Types=["TTPs"],
            UserDefinedFields={"ticket": "7"},
            RelatedFindings=related,
        )
        bring(admin, finding())
        found = only(admin)
    assert found["Severity"] == {"Label": "CRITICAL", "Normalized": 90, "Product": 9.5}
    assert found["Note"] == {
        "Text": "known",
        "UpdatedBy": "rule",
        "UpdatedAt": "2026-03-01T12:00:00.000Z",
    }
    assert (found["Workflow"], found["VerificationState"]) == (SUPPRESSED, "FALSE_POSITIVE")
    assert (found["Confidence"], found["Criticality"], found["Types"]) == (1, 2, ["TTPs"])
    assert (found["UserDefinedFields"], found["RelatedFindings"]) == ({"ticket": "7"}, related)
    assert found["FindingProviderFields"]["Severity"] == {"Label": "HIGH"}
    assert found["UpdatedAt"] == "2026-02-01T00:00:00Z"


# whose


def test_an_administrators_rules_act_on_its_members_findings(admin, member):
    rule(member, HIGH, Confidence=1)
    invite(admin, MEMBER)
    accept(member, ADMIN)
    rule(admin, HIGH, Workflow=SUPPRESSED)
    bring(member, finding("theirs", MEMBER))
    (found,) = member.get_findings()["Findings"]
    assert found["Workflow"] == SUPPRESSED
    assert "Confidence" not in found
    assert names(admin, Filters={"WorkflowStatus": equals("SUPPRESSED")}) == ["theirs"]


def test_a_member_that_has_left_goes_by_its_own_rules_again(admin, member):
    rule(member, HIGH, Confidence=1)
    invite(admin, MEMBER)
    accept(member, ADMIN)
    rule(admin, HIGH, Workflow=SUPPRESSED)
    member.disassociate_from_administrator_account()
    bring(member, finding("theirs", MEMBER))
    (found,) = member.get_findings()["Findings"]
    assert (found["Workflow"]["Status"], found["Confidence"]) == ("NEW", 1)


def test_rules_act_in_their_region_only(admin, hub):
    ohio = hub(ADMIN, OHIO)
    admin.create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")
    rule(admin, HIGH, Workflow=SUPPRESSED)
    bring(ohio, finding("american", region=OHIO))
    assert names(admin, Filters={"WorkflowStatus": equals("SUPPRESSED")}) == []


# criteria

DETAILS = {"Other": {"owner": "team-blue"}}
RICH = {
    "Title": "Open port 22",
    "Description": "d",
    "Confidence": 50,
    "Criticality": 10,
    "SourceUrl": "https://example.com",
    "FirstObservedAt": "2026-01-01T00:00:00Z",
    "LastObservedAt": "2026-01-02T00:00:00Z",
    "VerificationState": "UNKNOWN",
    "UserDefinedFields": {"ticket": "T-7"},
    "Note": {"Text": "seen", "UpdatedBy": "ana", "UpdatedAt": "2026-01-03T00:00:00Z"},
    "RelatedFindings": [
        {"ProductArn": "arn:aws:securityhub:eu-west-1::product/aws/macie", "Id": "r"}
    ],
    "Compliance": {
        "Status": "FAILED",
        "SecurityControlId": "EC2.1",
        "AssociatedStandards": [{"StandardsId": "standards/x"}],
    },
    "AwsAccountName": "mine",
    "ProductName": "Scanner",
    "CompanyName": "Acme",
    "Resources": [
        {"Type": "AwsS3Bucket", "Id": "b"},
        {
            "Type": "AwsEc2Instance",
            "Id": "i-1",
            "Partition": "aws",
            "Region": "eu-west-1",
            "Tags": {"stage": "test"},
            "Details": DETAILS,
            "ApplicationName": "shop",
            "ApplicationArn": "arn:shop",
        },
    ],
}


MET = [
    {"ProductArn": equals(f"arn:aws:securityhub:eu-west-1:{ADMIN}:product/{ADMIN}/default")},
    {"AwsAccountId": equals(ADMIN)},
    {"Id": equals("rich")},
    {"GeneratorId": [text("scan", "PREFIX")]},
    {"Type": [text("Vulnerabilities", "CONTAINS")]},
    {"FirstObservedAt": [{"Start": "2026-01-01T00:00:00Z", "End": "2026-01-01T00:00:00Z"}]},
    {"LastObservedAt": [{"Start": "2026-01-02T00:00:00Z"}]},
    {"CreatedAt": [{"End": "2026-02-01T00:00:00Z"}]},
    {"UpdatedAt": [{"DateRange": {"Value": 36500, "Unit": "DAYS"}}]},
    {"NoteUpdatedAt": [{"Start": "2026-01-03T00:00:00Z"}]},
    {"Confidence": [{"Eq": 50}]},
    {"Criticality": [{"Gte": 10, "Lte": 10}]},
    {"Title": [text("port", "CONTAINS")]},
    {"Title": [text("shut", "NOT_CONTAINS")]},
    {"Title": [text("Open", "PREFIX"), text("Open port 23", "NOT_EQUALS")]},
    {"Description": [text("x", "PREFIX_NOT_EQUALS")]},
    {"SourceUrl": equals("https://example.com")},
    {"ProductName": equals("Scanner")},
    {"CompanyName": equals("Acme")},
    {"SeverityLabel": equals("HIGH", "CRITICAL")},
    {"ResourceType": equals("AwsEc2Instance")},
    {"ResourceId": equals("i-1")},
    {"ResourcePartition": equals("aws")},
    {"ResourceRegion": equals("eu-west-1")},
    {"ResourceTags": [{"Key": "stage", **text("te", "CONTAINS")}]},
    {"ResourceTags": [{"Key": "stage", **text("prod", "NOT_CONTAINS")}]},
    {"ResourceDetailsOther": [{"Key": "owner", **text("team-blue", "EQUALS")}]},
    {"UserDefinedFields": [{"Key": "ticket", **text("T-8", "NOT_EQUALS")}]},
    {"ComplianceStatus": equals("FAILED")},
    {"ComplianceSecurityControlId": equals("EC2.1")},
    {"ComplianceAssociatedStandardsId": equals("standards/x")},
    {"VerificationState": equals("UNKNOWN")},
    {"WorkflowStatus": equals("NEW")},
    {"RecordState": equals("ACTIVE")},
    {"RelatedFindingsProductArn": [text("macie", "CONTAINS")]},
    {"RelatedFindingsId": equals("r")},
    {"NoteText": equals("seen")},
    {"NoteUpdatedBy": equals("ana")},
    {"ResourceApplicationName": equals("shop")},
    {"ResourceApplicationArn": equals("arn:shop")},
    {"AwsAccountName": equals("mine")},
    {"Title": equals("Open port 22"), "Confidence": [{"Eq": 50}]},
]


@pytest.mark.parametrize("criteria", MET, ids="-".join)
def test_a_rule_acts_on_what_meets_its_criteria(admin, criteria):
    assert suppressed(admin, criteria, finding("rich", **RICH)) == ["rich"]


UNMET = [
    {"Title": equals("open port 22")},  # the case counts
    {"Title": [text("port", "NOT_CONTAINS")]},
    {"Title": [text("Open", "PREFIX"), text("Open port 22", "NOT_EQUALS")]},
    {"Title": [text("Open", "PREFIX_NOT_EQUALS")]},
    {"Title": equals("Open port 22"), "Confidence": [{"Eq": 51}]},
    {"ResourceTags": [{"Key": "stage", **text("prod", "CONTAINS")}]},
    {"ResourceTags": [{"Key": "stage", **text("te", "NOT_CONTAINS")}]},
    {"UserDefinedFields": [{"Key": "ticket", **text("T-7", "NOT_EQUALS")}]},
    {"UpdatedAt": [{"DateRange": {"Value": 36500, "Unit": "DAYS", "Comparison": "OLDER_THAN"}}]},
    {"SeverityLabel": equals("LOW")},
]


@pytest.mark.parametrize("criteria", UNMET, ids=str)
def test_a_rule_leaves_alone_what_does_not_meet_its_criteria(admin, criteria):
    assert suppressed(admin, criteria, finding("rich", **RICH)) == []


def test_relative_dates_count_from_each_import(hub):
    with freeze_time("2026-02-02T00:00:00Z") as clock:
        client = hub(ADMIN)
        recent = {"CreatedAt": [{"DateRange": {"Value": 3, "Unit": "DAYS"}}]}
        rule(client, recent, Workflow=SUPPRESSED)
        bring(client, finding("early"))
        clock.move_to("2026-02-20T00:00:00Z")
        bring(client, finding("late"))
        assert names(client, Filters={"WorkflowStatus": equals("SUPPRESSED")}) == ["early"]


def test_criteria_that_get_findings_knows_too_mean_the_same_there(admin):
    bring(admin, finding("rich", **RICH))
    for expected, every in (["rich"], MET), ([], UNMET):
        shared = [each for each in every if "CONTAINS" not in str(each)]
        assert shared
        for criteria in shared:
            assert (criteria, names(admin, Filters=criteria)) == (criteria, expected)


#: of resources that AWS does not own, which older models do not have
FOREIGN = {
    "Provider": "Azure",
    "Owner": {"Account": {"Id": "subscription"}, "Org": {"Id": "tenant"}},
}
MET_BY_FOREIGN = [
    {"ResourceProvider": equals("Azure")},
    {"ResourceOwnerAccountId": equals("subscription")},
    {"ResourceOwnerOrgId": equals("tenant")},
]


@pytest.mark.newest_model
@pytest.mark.parametrize("criteria", MET_BY_FOREIGN, ids="-".join)
def test_a_rule_acts_on_resources_of_other_clouds(admin, criteria):
    resources = [{"Type": "Other", "Id": "r", **FOREIGN}]
    assert suppressed(admin, criteria, finding("one"), finding("two", Resources=resources)) == [
        "two"
    ]


@pytest.mark.newest_model
def test_every_criterion_of_the_model_is_tried_here():
    shape = model.service_model("securityhub").shape_for("AutomationRulesFindingFilters")
    tried = {name for criteria in (*MET, *MET_BY_FOREIGN) for name in criteria}
    assert tried == shape.members.keys()
