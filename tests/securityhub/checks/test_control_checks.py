"""Evaluated controls become findings as Security Hub writes them."""

from __future__ import annotations

import pytest

from membership_mock import UsageError
from tests.securityhub.controls.controls import (
    CIS12,
    CIS14,
    FSBP,
    NIST,
    PCI,
    TAGGING,
    control_arn,
    custom,
    enable,
    security_control,
    shown,
    subscription,
    update,
    with_standards,
)
from tests.securityhub.samples import ADMIN, IRELAND, MEMBER, OHIO, accept, invite

TRAIL = f"arn:aws:cloudtrail:{IRELAND}:{ADMIN}:trail/all"
BUCKET = "arn:aws:s3:::logs"
PRODUCT = f"arn:aws:securityhub:{IRELAND}::product/aws/securityhub"
TYPE = "Software and Configuration Checks/Industry and Regulatory Standards"


@pytest.fixture
def aws(membership_mock):
    return membership_mock.aws_side(ADMIN, IRELAND)


def findings(client, **filters):
    """Return findings by their ids."""
    wanted = {name: [{"Value": value, "Comparison": "EQUALS"}] for name, value in filters.items()}
    found = client.get_findings(Filters=wanted)["Findings"]
    return {each["Id"]: each for each in found}


def only(client, **filters):
    (found,) = findings(client, **filters).values()
    return found


# one finding for all standards


@pytest.mark.membership_mock(now="2026-01-01T00:00:00Z")
def test_a_failed_resource_is_one_finding_for_all_standards(hub, aws):
    client = with_standards(hub, FSBP, CIS12, CIS14)
    (id_,) = aws.evaluate_control("CloudTrail.2", {TRAIL: "FAILED"})
    found = only(client)
    assert id_ == found["Id"]
    assert id_.startswith(f"{security_control('CloudTrail.2')}/finding/")
    assert found["ProductArn"] == PRODUCT
    assert found["GeneratorId"] == "security-control/CloudTrail.2"
    assert found["Title"] == "CloudTrail should have encryption at-rest enabled"
    assert found["Types"] == [TYPE]
    assert found["Severity"] == {"Label": "MEDIUM", "Normalized": 40, "Original": "MEDIUM"}
    assert found["FindingProviderFields"] == {
        "Severity": {"Label": "MEDIUM", "Original": "MEDIUM"},
        "Types": [TYPE],
    }
    assert found["Compliance"] == {
        "Status": "FAILED",
        "SecurityControlId": "CloudTrail.2",
        "RelatedRequirements": [
            "CIS AWS Foundations Benchmark v1.2.0/2.7",
            "CIS AWS Foundations Benchmark v1.4.0/3.7",
        ],
        "AssociatedStandards": [
            {"StandardsId": f"ruleset/{CIS12}"},
            {"StandardsId": f"standards/{FSBP}"},
            {"StandardsId": f"standards/{CIS14}"},
        ],
    }
    assert found["Resources"] == [
        {"Type": "AwsCloudTrailTrail", "Id": TRAIL, "Partition": "aws", "Region": IRELAND}
    ]
    fields = found["ProductFields"]
    assert fields["Resources:0/Id"] == TRAIL
    assert fields["aws/securityhub/FindingId"] == f"{PRODUCT}/{id_}"
    assert fields["aws/securityhub/ProductName"] == "Security Hub"
    assert fields["RelatedAWSResources:0/type"] == "AWS::Config::ConfigRule"
    assert not {"StandardsArn", "StandardsGuideArn", "ControlId", "RuleId"} & fields.keys()
    assert found["Remediation"]["Recommendation"]["Url"].endswith("/CloudTrail.2/remediation")
    moments = ("CreatedAt", "UpdatedAt", "FirstObservedAt", "LastObservedAt")
    assert {found[each] for each in moments} == {"2026-01-01T00:00:00.000Z"}
    states = (found["RecordState"], found["WorkflowState"], found["Workflow"]["Status"])
    assert states == ("ACTIVE", "NEW", "NEW")


def test_each_resource_has_a_finding_of_its_own(hub, aws):
    client = with_standards(hub, FSBP)
    outcomes = {f"arn:aws:s3:::b{number}": "FAILED" for number in range(3)}
    ids = aws.evaluate_control("S3.8", outcomes)
    found = findings(client)
    assert [found[id_]["Resources"][0]["Id"] for id_ in ids] == list(outcomes)
    assert {each["Resources"][0]["Type"] for each in found.values()} == {"AwsS3Bucket"}


def test_a_control_of_the_account_needs_no_resource(hub, aws):
    client = with_standards(hub, FSBP)
    aws.evaluate_control("IAM.6", "FAILED")
    found = only(client)
    assert found["Resources"][0]["Id"] == f"AWS::::Account:{ADMIN}"
    assert found["Resources"][0]["Type"] == "AwsAccount"
    assert found["ProductFields"]["Resources:0/Id"] == f"arn:aws:iam::{ADMIN}:root"
    assert found["Severity"]["Label"] == "CRITICAL"


def test_what_has_passed_is_informational_and_resolved(hub, aws):
    client = with_standards(hub, FSBP)
    aws.evaluate_control("S3.8", {BUCKET: "PASSED"})
    found = only(client)
    assert found["Severity"] == {
        "Label": "INFORMATIONAL",
        "Normalized": 0,
        "Original": "INFORMATIONAL",
    }
    assert found["Workflow"] == {"Status": "RESOLVED"}
    assert found["Compliance"]["Status"] == "PASSED"


def test_reasons_and_another_type_are_shown(hub, aws):
    client = with_standards(hub, FSBP)
    reason = {"ReasonCode": "CONFIG_EVALUATIONS_EMPTY", "Description": "Nothing to see"}
    aws.evaluate_control(
        "S3.8", {BUCKET: "WARNING"}, resource_type="AwsS3AccessPoint", status_reasons=[reason]
    )
    found = only(client)
    assert found["Compliance"]["StatusReasons"] == [reason]
    assert found["Resources"][0]["Type"] == "AwsS3AccessPoint"


def test_the_parameters_of_the_check_are_shown(hub, aws):
    client = with_standards(hub, FSBP)
    group = "arn:aws:ec2:eu-west-1:111111111111:security-group/sg-1"
    aws.evaluate_control("EC2.18", {group: "FAILED"})
    assert only(client)["Compliance"]["SecurityControlParameters"] == [
        {"Name": "authorizedUdpPorts", "Value": []},
        {"Name": "authorizedTcpPorts", "Value": ["80", "443"]},
    ]
    client.update_security_control(
        SecurityControlId="EC2.18", Parameters=custom(authorizedTcpPorts={"IntegerList": [22]})
    )
    aws.evaluate_control("EC2.18", {group: "PASSED"})
    parameters = only(client)["Compliance"]["SecurityControlParameters"]
    assert parameters[1] == {"Name": "authorizedTcpPorts", "Value": ["22"]}


def test_a_check_ends_the_update_of_the_parameters(hub, aws):
    client = with_standards(hub, FSBP)
    client.update_security_control(
        SecurityControlId="ACM.1", Parameters=custom(daysToExpiration={"Integer": 15})
    )
    aws.evaluate_control("ACM.1", {"arn:aws:acm:eu-west-1:111111111111:certificate/1": "FAILED"})
    assert shown(client, "ACM.1")["UpdateStatus"] == "READY"


# checking again


@pytest.mark.membership_mock(now="2026-01-01T00:00:00Z")
def test_checking_again_updates_the_finding(membership_mock, hub, aws):
    client = with_standards(hub, FSBP)
    (first,) = aws.evaluate_control("S3.8", {BUCKET: "FAILED"})
    membership_mock.clock.advance(hours=12)
    (second,) = aws.evaluate_control("S3.8", {BUCKET: "PASSED"})
    assert first == second
    found = only(client)
    assert found["CreatedAt"] == found["FirstObservedAt"] == "2026-01-01T00:00:00.000Z"
    assert found["UpdatedAt"] == found["LastObservedAt"] == "2026-01-01T12:00:00.000Z"
    assert found["ProductFields"]["PreviousComplianceStatus"] == "FAILED"
    assert (found["Severity"]["Label"], found["Workflow"]["Status"]) == (
        "INFORMATIONAL",
        "RESOLVED",
    )


@pytest.mark.membership_mock(now="2026-01-01T00:00:00Z")
def test_two_checks_at_the_same_instant_both_count(hub, aws):
    client = with_standards(hub, FSBP)
    for status in ("FAILED", "PASSED", "FAILED"):
        aws.evaluate_control("S3.8", {BUCKET: status})
        assert only(client)["Compliance"]["Status"] == status


@pytest.mark.parametrize(
    ("workflow", "statuses", "expected"),
    [
        ("NOTIFIED", ["FAILED"], "NOTIFIED"),
        ("NOTIFIED", ["PASSED"], "RESOLVED"),
        ("NOTIFIED", ["PASSED", "FAILED"], "NEW"),
        ("RESOLVED", ["PASSED", "WARNING"], "NEW"),
        ("SUPPRESSED", ["PASSED", "FAILED"], "SUPPRESSED"),
    ],
)
def test_the_workflow_follows_what_checks_find(hub, aws, workflow, statuses, expected):
    client = with_standards(hub, FSBP)
    (id_,) = aws.evaluate_control("S3.8", {BUCKET: "FAILED"})
    client.batch_update_findings(
        FindingIdentifiers=[{"Id": id_, "ProductArn": PRODUCT}], Workflow={"Status": workflow}
    )
    for status in statuses:
        aws.evaluate_control("S3.8", {BUCKET: status})
    assert only(client)["Workflow"] == {"Status": expected}


@pytest.mark.membership_mock(now="2026-01-01T00:00:00Z")
def test_an_expired_finding_is_followed_by_a_new_one(membership_mock, hub, aws):
    client = with_standards(hub, FSBP)
    (first,) = aws.evaluate_control("S3.8", {BUCKET: "FAILED"})
    membership_mock.clock.advance(days=91)
    (second,) = aws.evaluate_control("S3.8", {BUCKET: "FAILED"})
    assert first != second
    assert list(findings(client)) == [second]


@pytest.mark.membership_mock(now="2026-01-01T00:00:00Z")
def test_an_expired_finding_does_not_come_back_when_its_control_is_disabled(
    membership_mock, hub, aws
):
    client = with_standards(hub, FSBP)
    aws.evaluate_control("S3.8", {BUCKET: "FAILED"})
    membership_mock.clock.advance(days=91)
    update(client, "S3.8", FSBP, "DISABLED")
    assert findings(client) == {}


def test_history_and_automation_rules_see_checks(hub, aws):
    client = with_standards(hub, FSBP)
    client.create_automation_rule(
        RuleOrder=1,
        RuleName="suppress",
        Description="The bucket of the logs is public",
        Criteria={"ResourceId": [{"Value": BUCKET, "Comparison": "EQUALS"}]},
        Actions=[
            {
                "Type": "FINDING_FIELDS_UPDATE",
                "FindingFieldsUpdate": {"Workflow": {"Status": "SUPPRESSED"}},
            }
        ],
    )
    (id_,) = aws.evaluate_control("S3.8", {BUCKET: "FAILED"})
    assert only(client)["Workflow"] == {"Status": "SUPPRESSED"}
    history = client.get_finding_history(FindingIdentifier={"Id": id_, "ProductArn": PRODUCT})
    assert any(each["FindingCreated"] for each in history["Records"])


# one finding for each standard


def test_each_standard_has_a_finding_when_the_hub_wants_it_so(hub, aws):
    client = hub(ADMIN, EnableDefaultStandards=False, ControlFindingGenerator="STANDARD_CONTROL")
    enable(client, FSBP, CIS12, CIS14, PCI, NIST)
    ids = aws.evaluate_control("CloudTrail.2", {TRAIL: "FAILED"})
    found = findings(client)
    generators = [
        f"{FSBP}/CloudTrail.2",
        f"arn:aws:securityhub:::ruleset/{CIS12}/rule/2.7",
        f"{CIS14}/3.7",
        f"{PCI}/PCI.CloudTrail.1",
        f"{NIST}/CloudTrail.2",
    ]
    assert [found[id_]["GeneratorId"] for id_ in ids] == generators
    arn_ids = ["CloudTrail.2", "2.7", "3.7", "PCI.CloudTrail.1", "CloudTrail.2"]
    for id_, name, arn_id in zip(ids, (FSBP, CIS12, CIS14, PCI, NIST), arn_ids, strict=True):
        assert id_.startswith(f"{subscription(name)}/{arn_id}/finding/")
        one = found[id_]
        kind = "ruleset" if name == CIS12 else "standards"
        assert one["Compliance"]["AssociatedStandards"] == [{"StandardsId": f"{kind}/{name}"}]
        assert one["Compliance"]["SecurityControlId"] == "CloudTrail.2"
        assert one["ProductFields"]["StandardsControlArn"] == control_arn(name, arn_id)
        assert one["Title"].startswith(f"{arn_id} ")
        assert one["Severity"]["Product"] == 40
    fsbp, cis12, _, pci, nist = (found[id_] for id_ in ids)
    assert fsbp["Types"] == [f"{TYPE}/AWS-Foundational-Security-Best-Practices"]
    assert fsbp["ProductFields"]["StandardsArn"] == f"arn:aws:securityhub:::standards/{FSBP}"
    assert fsbp["ProductFields"]["ControlId"] == "CloudTrail.2"
    assert fsbp["ProductFields"]["StandardsSubscriptionArn"] == subscription(FSBP)
    assert cis12["ProductFields"]["StandardsGuideArn"] == f"arn:aws:securityhub:::ruleset/{CIS12}"
    assert cis12["ProductFields"]["StandardsGuideSubscriptionArn"] == subscription(CIS12)
    assert cis12["ProductFields"]["RuleId"] == "2.7"
    assert pci["Types"] == [f"{TYPE}/PCI-DSS"]
    assert pci["Compliance"]["RelatedRequirements"] == ["PCI DSS 3.4"]
    assert "NIST.800-53.r5 AU-9" in nist["Compliance"]["RelatedRequirements"]


def test_a_control_for_two_requirements_has_two_findings_in_a_standard(hub, aws):
    client = hub(ADMIN, EnableDefaultStandards=False, ControlFindingGenerator="STANDARD_CONTROL")
    enable(client, CIS12)
    aws.evaluate_control("CloudWatch.1", "FAILED")
    titles = {each["Title"] for each in findings(client).values()}
    assert titles == {
        "1.1 Avoid the use of the root user",
        "3.3 Ensure a log metric filter and alarm exist for usage of root user",
    }


def test_findings_of_the_tagging_standard_look_like_those_of_several_standards(hub, aws):
    client = hub(ADMIN, EnableDefaultStandards=False, ControlFindingGenerator="STANDARD_CONTROL")
    enable(client, TAGGING)
    (id_,) = aws.evaluate_control(
        "EC2.44", {"arn:aws:ec2:eu-west-1:111111111111:subnet/subnet-1": "FAILED"}
    )
    assert id_.startswith(f"{security_control('EC2.44')}/finding/")
    found = only(client)
    assert (found["GeneratorId"], found["Title"]) == (
        "security-control/EC2.44",
        "EC2 subnets should be tagged",
    )
    assert found["Severity"] == {"Label": "LOW", "Normalized": 1, "Original": "LOW"}


def test_the_generator_of_findings_can_change(hub, aws):
    client = with_standards(hub, FSBP, CIS12)
    (old,) = aws.evaluate_control("CloudTrail.2", {TRAIL: "FAILED"})
    client.update_security_hub_configuration(ControlFindingGenerator="STANDARD_CONTROL")
    assert findings(client)[old]["RecordState"] == "ACTIVE"  # until the next check
    new = aws.evaluate_control("CloudTrail.2", {TRAIL: "FAILED"})
    found = findings(client)
    assert found[old]["RecordState"] == "ARCHIVED"
    assert (
        found[old]["ProductFields"]["ArchivalReasons:0/ReasonCode"]
        == "CONSOLIDATED_CONTROL_FINDINGS_UPDATE"
    )
    assert {found[id_]["RecordState"] for id_ in new} == {"ACTIVE"}
    client.update_security_hub_configuration(ControlFindingGenerator="SECURITY_CONTROL")
    assert aws.evaluate_control("CloudTrail.2", {TRAIL: "FAILED"}) == [old]
    found = findings(client)
    assert found[old]["RecordState"] == "ACTIVE"
    assert "ArchivalReasons:0/ReasonCode" not in found[old]["ProductFields"]
    assert {found[id_]["RecordState"] for id_ in new} == {"ARCHIVED"}


def test_a_member_goes_by_the_generator_of_its_administrator(membership_mock, hub):
    admin = hub(ADMIN, ControlFindingGenerator="STANDARD_CONTROL")
    member = with_standards(hub, FSBP, account=MEMBER)
    invite(admin, MEMBER)
    accept(member, ADMIN)
    membership_mock.aws_side(MEMBER, IRELAND).evaluate_control("S3.8", {BUCKET: "FAILED"})
    for client in (member, admin):
        assert only(client)["GeneratorId"] == f"{FSBP}/S3.8"
    assert only(admin)["AwsAccountId"] == MEMBER


# archiving


def test_findings_are_archived_when_the_control_is_disabled(hub, aws):
    client = with_standards(hub, FSBP, NIST)
    aws.evaluate_control("S3.8", {BUCKET: "FAILED"})
    update(client, "S3.8", FSBP, "DISABLED")
    assert only(client)["RecordState"] == "ACTIVE"  # it goes on in the other standard
    client.update_standards_control(
        StandardsControlArn=control_arn(NIST, "S3.8"),
        ControlStatus="DISABLED",
        DisabledReason="Not ours",
    )
    found = only(client)
    assert found["RecordState"] == "ARCHIVED"
    assert found["ProductFields"]["ArchivalReasons:0/ReasonCode"] == "CONTROL_DISABLED"


def test_findings_of_one_standard_are_archived_with_it(hub, aws):
    client = hub(ADMIN, EnableDefaultStandards=False, ControlFindingGenerator="STANDARD_CONTROL")
    enable(client, FSBP, NIST)
    fsbp, nist = aws.evaluate_control("S3.8", {BUCKET: "FAILED"})
    client.batch_disable_standards(StandardsSubscriptionArns=[subscription(FSBP)])
    found = findings(client)
    assert (found[fsbp]["RecordState"], found[nist]["RecordState"]) == ("ARCHIVED", "ACTIVE")


def test_findings_of_other_controls_and_products_stay(membership_mock, hub, aws):
    client = with_standards(hub, FSBP)
    aws.evaluate_control("S3.8", {BUCKET: "FAILED"})
    aws.evaluate_control("S3.1", "FAILED")
    membership_mock.given.securityhub.finding(ADMIN, region=IRELAND)
    update(client, "S3.8", FSBP, "DISABLED")
    states = [each["RecordState"] for each in findings(client).values()]
    assert sorted(states) == ["ACTIVE", "ACTIVE", "ARCHIVED"]


def test_a_problem_that_is_checked_again_is_active_and_new(hub, aws):
    client = with_standards(hub, FSBP)
    (id_,) = aws.evaluate_control("S3.8", {BUCKET: "FAILED"})
    client.batch_update_findings(
        FindingIdentifiers=[{"Id": id_, "ProductArn": PRODUCT}], Workflow={"Status": "RESOLVED"}
    )
    update(client, "S3.8", FSBP, "DISABLED")
    update(client, "S3.8", FSBP, "ENABLED")
    aws.evaluate_control("S3.8", {BUCKET: "FAILED"})
    found = only(client)
    assert (found["Id"], found["RecordState"], found["Workflow"]["Status"]) == (
        id_,
        "ACTIVE",
        "NEW",
    )


# what AWS does not do


def test_a_control_is_not_evaluated_where_aws_would_not(membership_mock, hub, aws):
    with pytest.raises(UsageError, match="enable Security Hub for account 111111111111"):
        aws.evaluate_control("S3.8", {BUCKET: "FAILED"})
    client = with_standards(hub, FSBP)
    for control, text in {
        "S3.999": "There is no security control 'S3.999'",
        "CloudFront.1": "CloudFront.1 is not available in eu-west-1",
        "ACM.3": "ACM.3 is disabled for account 111111111111 in eu-west-1.* aws-resource-tagging",
        "EC2.22": "standards with it: none",
    }.items():
        with pytest.raises(UsageError, match=text):
            aws.evaluate_control(control, {BUCKET: "FAILED"})
    update(client, "S3.8", FSBP, "DISABLED")
    with pytest.raises(UsageError, match="is disabled"):
        aws.evaluate_control("S3.8", {BUCKET: "FAILED"})
    assert findings(client) == {}


@pytest.mark.parametrize(
    ("outcome", "arguments", "text"),
    [
        ("FAIL", {}, "'FAIL' is no status of a check; nearest: 'FAILED'"),
        ({BUCKET: "OK"}, {}, "'OK' is no status of a check"),
        ({7: "FAILED"}, {}, "a key of outcome is text, not 7"),
        ("FAILED", {"status_reasons": [{"Code": "x"}]}, "a ReasonCode and a Description"),
        (
            "FAILED",
            {"status_reasons": [{"ReasonCode": "x", "Description": 7}]},
            "'Description'.* is text, not 7",
        ),
        (
            "FAILED",
            {"status_reasons": [{"ReasonCode": " ", "Description": "x"}]},
            "ReasonCode and Description are not blank",
        ),
        ("FAILED", {"resource_type": 7}, "resource_type is text or None, not 7"),
    ],
)
def test_what_cannot_be_an_outcome_is_a_usage_error(hub, aws, outcome, arguments, text):
    client = with_standards(hub, FSBP)
    with pytest.raises(UsageError, match=text):
        aws.evaluate_control("S3.8", outcome, **arguments)
    assert findings(client) == {}


def test_checks_are_those_of_one_region(membership_mock, hub, aws):
    client = with_standards(hub, FSBP)
    elsewhere = with_standards(hub, FSBP, region=OHIO)
    aws.evaluate_control("S3.8", {BUCKET: "FAILED"})
    assert findings(elsewhere) == {}
    membership_mock.aws_side(ADMIN, OHIO).evaluate_control("S3.8", {BUCKET: "FAILED"})
    assert len(findings(client)) == len(findings(elsewhere)) == 1


def test_checks_survive_a_snapshot_and_a_dump(membership_mock, hub, aws):
    client = with_standards(hub, FSBP)
    update(client, "S3.1", FSBP, "DISABLED", "Not ours")
    (id_,) = aws.evaluate_control("S3.8", {BUCKET: "FAILED"})
    kept, text = membership_mock.snapshot(), membership_mock.dump()
    membership_mock.reset()
    membership_mock.restore(kept)
    assert aws.evaluate_control("S3.8", {BUCKET: "PASSED"}) == [id_]
    membership_mock.reset()
    membership_mock.load(text)
    assert aws.evaluate_control("S3.8", {BUCKET: "PASSED"}) == [id_]
    update(client, "S3.8", FSBP, "DISABLED")
    assert only(client)["RecordState"] == "ARCHIVED"
