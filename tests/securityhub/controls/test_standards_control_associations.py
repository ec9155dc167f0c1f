"""Associations of controls with standards: one control, several standards."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from tests.securityhub.controls.controls import (
    CIS12,
    CIS14,
    FSBP,
    NIST,
    PCI,
    associations,
    control_arn,
    described,
    enable,
    security_control,
    shown,
    standard,
    subscription,
    update,
    with_standards,
)
from tests.securityhub.samples import ADMIN, MEMBER, OHIO, refused


def summaries(client, control):
    found = client.list_standards_control_associations(SecurityControlId=control)
    return found["StandardsControlAssociationSummaries"]


def details(client, *pairs):
    return client.batch_get_standards_control_associations(
        StandardsControlAssociationIds=[
            {"SecurityControlId": control, "StandardsArn": arn} for control, arn in pairs
        ]
    )


# what is listed


def test_a_control_has_an_association_with_each_enabled_standard_that_has_it(hub):
    client = with_standards(hub, NIST, CIS12, FSBP, PCI)
    assert list(associations(client, "CloudTrail.1")) == [NIST, CIS12, FSBP]
    assert set(associations(client, "CloudTrail.1").values()) == {"ENABLED"}


def test_an_association_has_the_title_and_the_requirements_of_its_standard(hub):
    client = with_standards(hub, FSBP, CIS12, CIS14)
    by_standard = {each["StandardsArn"]: each for each in summaries(client, "CloudTrail.1")}
    assert by_standard[standard(FSBP)]["RelatedRequirements"] == []
    assert by_standard[standard(CIS12)]["RelatedRequirements"] == ["CIS AWS Foundations 2.1"]
    assert by_standard[standard(CIS14)]["RelatedRequirements"] == [
        "CIS AWS Foundations Benchmark v1.4.0/3.1"
    ]
    title = "Ensure CloudTrail is enabled in all regions"
    assert by_standard[standard(CIS12)]["StandardsControlTitle"] == title
    assert by_standard[standard(FSBP)]["SecurityControlArn"] == security_control("CloudTrail.1")


def test_associations_go_page_by_page(hub):
    client = with_standards(hub, NIST, CIS12, FSBP)
    pages = client.get_paginator("list_standards_control_associations").paginate(
        SecurityControlId="CloudTrail.1", PaginationConfig={"PageSize": 1}
    )
    found = [page["StandardsControlAssociationSummaries"] for page in pages]
    assert [len(page) for page in found] == [1, 1, 1]
    assert [page[0]["StandardsArn"] for page in found] == [
        standard(each) for each in (NIST, CIS12, FSBP)
    ]


def test_a_control_of_no_enabled_standard_has_no_association(hub):
    client = with_standards(hub, PCI)
    assert summaries(client, "ACM.1") == summaries(client, "EC2.22") == []


def test_a_control_that_the_region_does_not_have_has_no_association(hub):
    client = with_standards(hub, FSBP)
    assert summaries(client, "CloudFront.1") == []


def test_a_control_is_named_by_its_arn_as_well(hub):
    client = with_standards(hub, FSBP)
    (found,) = summaries(client, security_control("S3.1"))
    assert found["SecurityControlId"] == "S3.1"


@pytest.mark.parametrize("name", ["S3.999", security_control("S3.999"), "S3/1"])
def test_an_unknown_control_is_refused(admin, name):
    answer = refused(admin.list_standards_control_associations, SecurityControlId=name)
    assert answer[:2] == ("InvalidInputException", 400)


def test_a_standard_that_has_just_been_enabled_is_not_ready_at_first(hub):
    client = hub(ADMIN, EnableDefaultStandards=False)
    client.batch_enable_standards(StandardsSubscriptionRequests=[{"StandardsArn": standard(FSBP)}])
    assert associations(client, "S3.1") == {}
    assert associations(client, "S3.1") == {FSBP: "ENABLED"}


# details


def test_details_name_the_arns_for_the_older_operation(hub):
    client = with_standards(hub, CIS12, CIS14)
    found = details(client, ("CloudWatch.1", standard(CIS12)), ("CloudWatch.1", standard(CIS14)))
    first, second = found["StandardsControlAssociationDetails"]
    assert first["StandardsControlArns"] == [control_arn(CIS12, "1.1"), control_arn(CIS12, "3.3")]
    assert second["StandardsControlArns"] == [control_arn(CIS14, "1.7"), control_arn(CIS14, "4.3")]
    assert first["RelatedRequirements"] == ["CIS AWS Foundations 1.1", "CIS AWS Foundations 3.3"]
    assert found["UnprocessedAssociations"] == []


@pytest.mark.parametrize(
    "arn",
    [
        # documented by an example
        f"arn:aws:securityhub:us-east-1:123456789012:ruleset/{CIS12}",
        f"arn:aws:securityhub:us-east-1::ruleset/{CIS12}",
    ],
)
def test_a_standard_is_named_with_region_and_account_and_answered_without(hub, arn):
    client = with_standards(hub, CIS12)
    answer = client.batch_get_standards_control_associations(
        StandardsControlAssociationIds=[{"SecurityControlId": "CloudTrail.1", "StandardsArn": arn}]
    )
    assert answer["UnprocessedAssociations"] == []
    (detail,) = answer["StandardsControlAssociationDetails"]
    assert detail["StandardsArn"] == standard(CIS12)


def test_details_that_cannot_be_found_are_unprocessed_and_stop_no_other(hub):
    client = with_standards(hub, FSBP)
    asked = [
        ("S3.1", standard(PCI)),
        ("ACM.3", standard(FSBP)),
        ("S3.999", standard(FSBP)),
        ("S3.1", standard("nope/v/1.0.0")),
        ("S3.1", standard(FSBP)),
    ]
    found = details(client, *asked)
    assert len(found["StandardsControlAssociationDetails"]) == 1
    unprocessed = found["UnprocessedAssociations"]
    assert [each["ErrorCode"] for each in unprocessed] == [
        "RESOURCE_NOT_FOUND",
        "RESOURCE_NOT_FOUND",
        "RESOURCE_NOT_FOUND",
        "INVALID_INPUT",
    ]
    assert unprocessed[3]["ErrorReason"] == f"Invalid Standards Arn: '{standard('nope/v/1.0.0')}'"
    assert unprocessed[0]["StandardsControlAssociationId"] == {
        "SecurityControlId": "S3.1",
        "StandardsArn": standard(PCI),
    }


def test_details_of_a_standard_that_is_not_ready_are_unprocessed(hub):
    client = hub(ADMIN, EnableDefaultStandards=False)
    client.batch_enable_standards(StandardsSubscriptionRequests=[{"StandardsArn": standard(FSBP)}])
    first, second = (details(client, ("S3.1", standard(FSBP))) for _ in range(2))
    assert first["UnprocessedAssociations"][0]["ErrorCode"] == "RESOURCE_NOT_FOUND"
    assert second["UnprocessedAssociations"] == []


# updates


@pytest.mark.membership_mock(now="2026-01-01T00:00:00Z")
def test_an_update_keeps_its_time_and_its_reason(membership_mock, hub):
    client = with_standards(hub, FSBP)
    enabled_at = datetime(2026, 1, 1, tzinfo=timezone.utc)
    (before,) = summaries(client, "S3.1")
    assert before["UpdatedAt"] == enabled_at
    assert "UpdatedReason" not in before
    membership_mock.clock.advance(hours=1)
    assert update(client, "S3.1", FSBP, "DISABLED", "Not ours") == []
    (after,) = summaries(client, "S3.1")
    assert (after["AssociationStatus"], after["UpdatedReason"]) == ("DISABLED", "Not ours")
    assert after["UpdatedAt"] == datetime(2026, 1, 1, 1, tzinfo=timezone.utc)


def test_an_update_is_for_one_standard_only(hub):
    client = with_standards(hub, FSBP, CIS12, NIST)
    update(client, "CloudTrail.1", CIS12, "DISABLED", "Not ours")
    assert associations(client, "CloudTrail.1") == {
        FSBP: "ENABLED",
        CIS12: "DISABLED",
        NIST: "ENABLED",
    }


def test_setting_what_holds_already_is_processed(hub):
    client = with_standards(hub, FSBP)
    for _ in range(2):
        assert update(client, "S3.1", FSBP, "DISABLED") == []
    for _ in range(2):
        assert update(client, "S3.1", FSBP, "ENABLED", "Ours again") == []
    (found,) = summaries(client, "S3.1")
    assert (found["AssociationStatus"], found["UpdatedReason"]) == ("ENABLED", "Ours again")


def test_updates_that_fail_stop_no_other(hub):
    client = with_standards(hub, FSBP)
    good = {
        "SecurityControlId": "S3.1",
        "StandardsArn": standard(FSBP),
        "AssociationStatus": "DISABLED",
    }
    wrong = {**good, "StandardsArn": standard("nope/v/1.0.0"), "UpdatedReason": "x"}
    missing = {**good, "StandardsArn": standard(CIS14)}
    answer = client.batch_update_standards_control_associations(
        StandardsControlAssociationUpdates=[wrong, missing, good]
    )
    assert answer["UnprocessedAssociationUpdates"] == [
        {
            "StandardsControlAssociationUpdate": wrong,
            "ErrorCode": "INVALID_INPUT",
            "ErrorReason": f"Invalid Standards Arn: '{wrong['StandardsArn']}'",
        },
        {
            "StandardsControlAssociationUpdate": missing,
            "ErrorCode": "RESOURCE_NOT_FOUND",
            "ErrorReason": (
                f"Security control S3.1 is not associated with the standard {standard(CIS14)}"
            ),
        },
    ]
    assert associations(client, "S3.1") == {FSBP: "DISABLED"}


def test_a_control_for_two_requirements_is_set_for_both(hub):
    client = with_standards(hub, CIS12)
    update(client, "CloudWatch.1", CIS12, "DISABLED", "Not ours")
    found = described(client, CIS12)
    assert {found[each]["ControlStatus"] for each in ("CIS.1.1", "CIS.3.3")} == {"DISABLED"}
    client.update_standards_control(
        StandardsControlArn=control_arn(CIS12, "1.1"), ControlStatus="ENABLED"
    )
    assert described(client, CIS12)["CIS.3.3"]["ControlStatus"] == "DISABLED"
    assert associations(client, "CloudWatch.1") == {CIS12: "ENABLED"}


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        ("batch_get_standards_control_associations", "StandardsControlAssociationIds"),
        ("batch_update_standards_control_associations", "StandardsControlAssociationUpdates"),
    ],
)
def test_more_than_100_items_are_refused(admin, operation, name):
    item = {"SecurityControlId": "S3.1", "StandardsArn": standard(FSBP)}
    if name.endswith("Updates"):
        item["AssociationStatus"] = "DISABLED"
    assert refused(getattr(admin, operation), **{name: [item] * 101}) == (
        "InvalidInputException",
        400,
        f"Invalid parameter '{name}'. Size '101' is greater than maximum value: 100.",
    )


# the life of a standard


def test_enabling_a_standard_again_starts_fresh(hub):
    client = with_standards(hub, FSBP)
    update(client, "S3.1", FSBP, "DISABLED", "Not ours")
    client.batch_disable_standards(StandardsSubscriptionArns=[subscription(FSBP)])
    assert associations(client, "S3.1") == {}
    assert shown(client, "S3.1")["SecurityControlStatus"] == "DISABLED"
    enable(client, FSBP)
    assert associations(client, "S3.1") == {FSBP: "ENABLED"}
    assert "UpdatedReason" not in summaries(client, "S3.1")[0]


def test_a_control_goes_on_in_another_standard_when_one_goes(hub):
    client = with_standards(hub, FSBP, CIS12)
    client.batch_disable_standards(StandardsSubscriptionArns=[subscription(FSBP)])
    assert associations(client, "CloudTrail.1") == {CIS12: "ENABLED"}
    assert shown(client, "CloudTrail.1")["SecurityControlStatus"] == "ENABLED"


def test_controls_do_not_change_the_status_of_a_standard(hub):
    client = with_standards(hub, FSBP)
    update(client, "S3.1", FSBP, "DISABLED")
    (found,) = client.get_enabled_standards()["StandardsSubscriptions"]
    assert found["StandardsStatus"] == "READY"


def test_associations_are_those_of_one_account_and_region(hub):
    client = with_standards(hub, FSBP)
    elsewhere = with_standards(hub, FSBP, region=OHIO)
    other = with_standards(hub, FSBP, account=MEMBER)
    update(client, "S3.1", FSBP, "DISABLED")
    assert associations(elsewhere, "S3.1") == associations(other, "S3.1") == {FSBP: "ENABLED"}


def test_a_disabled_control_shows_in_the_tree(membership_mock, hub):
    client = with_standards(hub, FSBP)
    update(client, "S3.1", FSBP, "DISABLED")
    assert f"controls disabled in {FSBP}: S3.1" in str(membership_mock)
