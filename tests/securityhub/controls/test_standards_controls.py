"""The older operations: controls by the ids that a standard gives them."""

from __future__ import annotations

import pytest

from tests.securityhub.controls.controls import (
    CIS12,
    CIS14,
    FSBP,
    NIST,
    PCI,
    TAGGING,
    associations,
    control_arn,
    described,
    standard,
    subscription,
    update,
    with_standards,
)
from tests.securityhub.samples import ADMIN, IRELAND, MEMBER, OHIO, refused

VIRGINIA = "us-east-1"
NOT_FOUND = ("ResourceNotFoundException", 404, "StandardsControl not found")


def not_authorized(arn):
    text = f"Account id {ADMIN} is not authorized to perform action on resource: {arn}"
    return "AccessDeniedException", 403, text


def disable(client, arn, **arguments):
    client.update_standards_control(
        StandardsControlArn=arn,
        ControlStatus="DISABLED",
        **{"DisabledReason": "Not ours", **arguments},
    )


def test_a_standard_has_all_its_controls_enabled(hub):
    client = with_standards(hub, PCI)
    found = described(client, PCI)
    assert len(found) == 44
    assert list(found)[:3] == ["PCI.AutoScaling.1", "PCI.CW.1", "PCI.CloudTrail.1"]
    assert list(found) == sorted(found)
    control = found["PCI.AutoScaling.1"]
    assert control["StandardsControlArn"] == control_arn(PCI, "PCI.AutoScaling.1")
    assert control["ControlStatus"] == "ENABLED"
    assert control["RelatedRequirements"] == ["PCI DSS 2.2"]
    assert "DisabledReason" not in control


@pytest.mark.parametrize(
    ("name", "control_id", "arn_id"),
    [
        (FSBP, "S3.1", "S3.1"),
        (CIS12, "CIS.1.10", "1.10"),
        (CIS14, "1.17", "1.17"),
        (CIS14, "2.1.5.1", "2.1.5.1"),
        ("cis-aws-foundations-benchmark/v/5.0.0", "2.1.4.1", "2.1.4.1"),
        (NIST, "S3.1", "S3.1"),
        (TAGGING, "ACM.3", "ACM.3"),
        ("pci-dss/v/4.0.1", "S3.1", "S3.1"),
    ],
)
def test_each_standard_gives_its_controls_ids_of_its_own(hub, name, control_id, arn_id):
    client = with_standards(hub, name)
    found = described(client, name)[control_id]
    assert found["StandardsControlArn"] == control_arn(name, arn_id)


def test_controls_that_the_region_does_not_have_are_left_out(hub):
    ireland = described(with_standards(hub, FSBP), FSBP)
    virginia = described(with_standards(hub, FSBP, region=VIRGINIA), FSBP)
    assert "CloudFront.1" in virginia
    assert "CloudFront.1" not in ireland
    assert "ElastiCache.4" not in virginia
    assert "ElastiCache.4" in ireland


def test_the_order_is_the_same_in_every_account(hub):
    first = with_standards(hub, FSBP)
    second = with_standards(hub, FSBP, account=MEMBER)
    assert list(described(first, FSBP)) == list(described(second, FSBP))


def test_controls_go_page_by_page(hub):
    client = with_standards(hub, CIS12)
    pages = client.get_paginator("describe_standards_controls").paginate(
        StandardsSubscriptionArn=subscription(CIS12), PaginationConfig={"PageSize": 20}
    )
    found = [[each["ControlId"] for each in page["Controls"]] for page in pages]
    assert [len(page) for page in found] == [20, 20, 3]
    assert [each for page in found for each in page] == list(described(client, CIS12))


def test_there_are_no_controls_right_after_a_standard_is_enabled(hub):
    client = hub(ADMIN, EnableDefaultStandards=False)
    client.batch_enable_standards(StandardsSubscriptionRequests=[{"StandardsArn": standard(FSBP)}])
    assert described(client, FSBP) == {}
    assert described(client, FSBP)


@pytest.mark.membership_mock(settle="clock", now="2026-01-01T00:00:00Z")
def test_there_are_controls_after_a_minute_by_the_clock(membership_mock, hub):
    client = hub(ADMIN)
    assert described(client, FSBP) == described(client, FSBP) == {}
    membership_mock.clock.advance(minutes=1)
    assert described(client, FSBP)


@pytest.mark.parametrize(
    ("arn", "answer"),
    [
        (subscription(CIS14), ("ResourceNotFoundException", 404, "Subscription not found")),
        (subscription(FSBP, MEMBER), not_authorized(subscription(FSBP, MEMBER))),
        (standard(FSBP), not_authorized(standard(FSBP))),
        (
            "FSBP",
            (
                "InvalidInputException",
                400,
                "Invalid ARN: FSBP",
            ),
        ),
    ],
)
def test_what_is_no_subscription_of_the_caller_is_refused(admin, arn, answer):
    assert refused(admin.describe_standards_controls, StandardsSubscriptionArn=arn) == answer


# updates


def test_a_control_is_disabled_with_a_reason_and_enabled_without(hub):
    client = with_standards(hub, FSBP, NIST)
    disable(client, control_arn(FSBP, "S3.1"))
    found = described(client, FSBP)["S3.1"]
    assert (found["ControlStatus"], found["DisabledReason"]) == ("DISABLED", "Not ours")
    assert associations(client, "S3.1") == {FSBP: "DISABLED", NIST: "ENABLED"}
    client.update_standards_control(
        StandardsControlArn=control_arn(FSBP, "S3.1"), ControlStatus="ENABLED"
    )
    found = described(client, FSBP)["S3.1"]
    assert found["ControlStatus"] == "ENABLED"
    assert "DisabledReason" not in found


def test_what_the_newer_operation_sets_the_older_one_shows(hub):
    client = with_standards(hub, CIS12)
    update(client, "CloudTrail.1", CIS12, "DISABLED", "Not ours")
    found = described(client, CIS12)["CIS.2.1"]
    assert (found["ControlStatus"], found["DisabledReason"]) == ("DISABLED", "Not ours")


@pytest.mark.membership_mock(now="2026-01-01T00:00:00Z")
def test_disabling_again_renews_time_and_reason(membership_mock, hub):
    client = with_standards(hub, FSBP)
    arn = control_arn(FSBP, "S3.1")
    disable(client, arn)
    before = described(client, FSBP)["S3.1"]
    membership_mock.clock.advance(minutes=5)
    disable(client, arn, DisabledReason="Never ours")
    after = described(client, FSBP)["S3.1"]
    assert after["DisabledReason"] == "Never ours"
    assert after["ControlStatusUpdatedAt"] > before["ControlStatusUpdatedAt"]


def test_neither_status_nor_reason_changes_nothing(hub):
    client = with_standards(hub, FSBP)
    before = described(client, FSBP)
    client.update_standards_control(StandardsControlArn=control_arn(FSBP, "S3.1"))
    assert described(client, FSBP) == before


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"ControlStatus": "DISABLED"}, "DisabledReason is required when disabling control"),
        (
            {"ControlStatus": "DISABLED", "DisabledReason": ""},
            "DisabledReason is required when disabling control",
        ),
        (
            {"ControlStatus": "ENABLED", "DisabledReason": "x"},
            "DisabledReason should not be given for action other than disabling control",
        ),
        (
            {"DisabledReason": "x"},
            "DisabledReason should not be given for action other than disabling control",
        ),
    ],
)
def test_a_reason_belongs_to_disabling(hub, arguments, text):
    client = with_standards(hub, FSBP)
    before = described(client, FSBP)
    arn = control_arn(FSBP, "S3.1")
    assert refused(client.update_standards_control, StandardsControlArn=arn, **arguments) == (
        "InvalidInputException",
        400,
        text,
    )
    assert described(client, FSBP) == before


def test_a_control_is_enabled_with_an_empty_reason_as_older_clients_send_it(hub):
    client = with_standards(hub, FSBP)
    arn = control_arn(FSBP, "S3.1")
    client.update_standards_control(
        StandardsControlArn=arn, ControlStatus="DISABLED", DisabledReason="Not ours"
    )
    client.update_standards_control(
        StandardsControlArn=arn, ControlStatus="ENABLED", DisabledReason=""
    )
    control = described(client, FSBP)["S3.1"]
    assert control["ControlStatus"] == "ENABLED"
    assert "DisabledReason" not in control


@pytest.mark.parametrize(
    "arn",
    [
        control_arn(FSBP, "S3.999"),
        control_arn(FSBP, "ACM.3"),
        control_arn(FSBP, "CloudFront.1"),
        control_arn(CIS12, "CIS.1.10"),
        control_arn(PCI, "PCI.S3.6"),
        control_arn("nope/v/1.0.0", "S3.1"),
        f"arn:aws:securityhub:{IRELAND}:{ADMIN}:control/S3.1",
    ],
)
def test_a_control_that_there_is_not_is_not_found(hub, arn):
    client = with_standards(hub, FSBP, CIS12)
    assert refused(disable, client=client, arn=arn) == NOT_FOUND


def test_a_control_of_a_pending_standard_is_not_found_at_first(hub):
    client = hub(ADMIN, EnableDefaultStandards=False)
    client.batch_enable_standards(StandardsSubscriptionRequests=[{"StandardsArn": standard(FSBP)}])
    arn = control_arn(FSBP, "S3.1")
    assert refused(disable, client=client, arn=arn) == NOT_FOUND
    disable(client, arn)
    assert described(client, FSBP)["S3.1"]["ControlStatus"] == "DISABLED"


@pytest.mark.parametrize(
    "arn",
    [
        control_arn(FSBP, "S3.1", MEMBER),
        control_arn(FSBP, "S3.1", region=OHIO),
        f"arn:aws:securityhub:{IRELAND}::standards/nist-800-53/v/5.0.0/S3.11",
    ],
)
def test_an_arn_that_is_not_the_callers_is_refused(hub, arn):
    client = with_standards(hub, FSBP)
    assert refused(disable, client=client, arn=arn) == not_authorized(arn)


def test_a_text_that_is_no_arn_is_refused(hub):
    client = with_standards(hub, FSBP)
    assert refused(disable, client=client, arn="S3.1") == (
        "InvalidInputException",
        400,
        "Invalid ARN: S3.1",
    )
