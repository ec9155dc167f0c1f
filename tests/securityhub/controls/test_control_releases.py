"""New controls that AWS releases, and AutoEnableControls."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from membership_mock import UsageError
from tests.securityhub.central_configuration.central import SELF_MANAGED, Central
from tests.securityhub.controls.controls import (
    CIS12,
    FSBP,
    NIST,
    associations,
    described,
    enable,
    shown,
    with_standards,
)
from tests.securityhub.controls.test_controls_by_policy import disabling, govern, policy
from tests.securityhub.samples import ADMIN, IRELAND, MEMBER, OHIO


@pytest.fixture
def aws(membership_mock):
    return membership_mock.aws_side(ADMIN, IRELAND)


def test_a_new_control_is_enabled_in_all_accounts_and_regions(hub, aws):
    clients = [
        with_standards(hub, FSBP, NIST),
        with_standards(hub, FSBP, NIST, region=OHIO),
        with_standards(hub, FSBP, NIST, account=MEMBER),
    ]
    aws.release_control("S3.900", "Buckets should be blue", severity="HIGH")
    for client in clients:
        assert associations(client, "S3.900") == {FSBP: "ENABLED"}
        found = shown(client, "S3.900")
        assert (found["Title"], found["SeverityRating"], found["SecurityControlStatus"]) == (
            "Buckets should be blue",
            "HIGH",
            "ENABLED",
        )
        assert "S3.900" in described(client, FSBP)


def test_a_new_control_is_listed_in_its_place(hub, aws):
    client = with_standards(hub, FSBP)
    aws.release_control("S3.900", "Buckets should be blue")
    pages = client.get_paginator("list_security_control_definitions").paginate()
    ids = [
        each["SecurityControlId"] for page in pages for each in page["SecurityControlDefinitions"]
    ]
    assert ids == sorted(ids)
    assert "S3.900" in ids
    definition = client.get_security_control_definition(SecurityControlId="S3.900")
    assert definition["SecurityControlDefinition"]["CurrentRegionAvailability"] == "AVAILABLE"


@pytest.mark.membership_mock(now="2026-01-01T00:00:00Z")
def test_a_new_control_is_disabled_where_new_controls_are_not_wanted(membership_mock, hub, aws):
    client = with_standards(hub, FSBP)
    client.update_security_hub_configuration(AutoEnableControls=False)
    membership_mock.clock.advance(hours=1)
    aws.release_control("S3.900", "Buckets should be blue")
    assert associations(client, "S3.900") == {FSBP: "DISABLED"}
    (found,) = client.list_standards_control_associations(SecurityControlId="S3.900")[
        "StandardsControlAssociationSummaries"
    ]
    assert found["UpdatedAt"] == datetime(2026, 1, 1, 1, tzinfo=timezone.utc)
    assert associations(client, "S3.8") == {FSBP: "ENABLED"}  # it is not new


def test_a_standard_that_is_enabled_later_has_the_control_enabled(hub, aws):
    client = hub(ADMIN, EnableDefaultStandards=False)
    client.update_security_hub_configuration(AutoEnableControls=False)
    aws.release_control("S3.900", "Buckets should be blue", standards=[CIS12])
    enable(client, CIS12)
    assert associations(client, "S3.900") == {CIS12: "ENABLED"}


def test_the_policy_decides_on_new_controls_of_a_governed_account(membership_mock, aws):
    central = Central(membership_mock)
    open_minded, strict, free = (central.account(name) for name in ("open", "strict", "free"))
    for account in (open_minded, strict, free):
        client = central.client(account)
        client.enable_security_hub()
        client.update_security_hub_configuration(AutoEnableControls=False)
    govern(central, open_minded, disabling("S3.8"), "open")
    govern(central, strict, policy(EnabledSecurityControlIdentifiers=["S3.8"]), "strict")
    govern(central, free, disabling("S3.8"), "free")
    central.apply(SELF_MANAGED, free)
    aws.release_control("S3.900", "Buckets should be blue")
    found = {}
    for account in (open_minded, strict, free):
        client = central.client(account)
        client.get_enabled_standards()
        found[account] = associations(client, "S3.900")[FSBP]
    assert found == {open_minded: "ENABLED", strict: "DISABLED", free: "DISABLED"}


def test_a_new_control_can_be_evaluated(membership_mock, hub, aws):
    client = with_standards(hub, FSBP)
    aws.release_control("S3.900", "Buckets should be blue", severity="LOW")
    aws.evaluate_control("S3.900", {"arn:aws:s3:::logs": "FAILED"}, resource_type="AwsS3Bucket")
    (found,) = client.get_findings()["Findings"]
    assert (found["GeneratorId"], found["Severity"]["Label"]) == ("security-control/S3.900", "LOW")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"control_id": "S3.8"}, "There is a security control S3.8 already"),
        ({"control_id": "S3"}, "A control has an id such as 'S3.900'"),
        ({"title": " "}, "and a title"),
        ({"severity": "HIHG"}, "is not a severity of a control; nearest: 'HIGH'"),
        ({"standards": ["pci-dss/v/3.2"]}, "is not a standard; nearest: 'pci-dss/v/3.2.1'"),
        ({"standards": "pci-dss/v/3.2.1"}, "'pci-dss/v/3.2.1' is not a list of text"),
    ],
)
def test_what_cannot_be_released_is_a_usage_error(hub, aws, arguments, text):
    client = with_standards(hub, FSBP)
    given = {"control_id": "S3.900", "title": "Buckets should be blue", **arguments}
    with pytest.raises(UsageError, match=text):
        aws.release_control(given.pop("control_id"), given.pop("title"), **given)
    assert "S3.900" not in described(client, FSBP)
