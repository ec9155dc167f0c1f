"""The roll-out reaches every account and region, and one account that fails stops no other."""

import pytest

import rollout

REGIONS = ["eu-west-1", "us-east-1"]
MANAGEMENT = "123456789012"  # the account of calls whose credentials name no other


@pytest.fixture
def org(membership_mock):
    return membership_mock.organization(
        {"Security": ["audit"], "Workloads": ["shop", "pay"], "Sandbox": ["lab"]},
        management=MANAGEMENT,
    )


def members(org, region):
    hub = org.client("securityhub", "audit", region)
    return {each["AccountId"]: each["MemberStatus"] for each in hub.list_members()["Members"]}


def standards(org, account, region):
    hub = org.client("securityhub", account, region)
    return [each["StandardsArn"] for each in hub.get_enabled_standards()["StandardsSubscriptions"]]


def test_every_account_is_a_member_and_has_the_standard_in_every_region(org):
    assert rollout.roll_out(org["audit"], REGIONS) == []

    for region in REGIONS:
        everyone = {MANAGEMENT, org["shop"], org["pay"], org["lab"]}
        assert members(org, region) == dict.fromkeys(everyone, "Enabled")
        for account in org:
            wanted = f"arn:aws:securityhub:{region}::{rollout.STANDARD}"
            assert wanted in standards(org, account, region)


def test_an_account_that_joins_later_becomes_a_member_by_itself(org):
    rollout.roll_out(org["audit"], REGIONS)
    new = org.join("new", unit="Workloads")
    assert members(org, "us-east-1")[new] == "Enabled"


def test_a_second_run_changes_nothing(org, membership_mock):
    rollout.roll_out(org["audit"], REGIONS)
    before = membership_mock.dump()
    assert rollout.roll_out(org["audit"], REGIONS) == []
    # A new subscription becomes READY by itself, so what it counts does not matter.
    assert before.difference(membership_mock.dump(), ignore=["*.set_up.*"]) == ""


def test_a_suspended_account_is_left_out(org, membership_mock):
    org.suspend("lab")
    assert rollout.roll_out(org["audit"], REGIONS) == []
    membership_mock.calls.assert_not_called(account=org["lab"])


def test_an_account_that_is_refused_is_reported_and_the_others_are_done(org, membership_mock):
    membership_mock.faults.refuse_accounts("CreateMembers", [org["lab"]], reason="Try later")

    (failure,) = rollout.roll_out(org["audit"], REGIONS[:1])

    assert failure == rollout.Failure(org["lab"], "eu-west-1", "Try later")
    assert members(org, "eu-west-1").keys() == {MANAGEMENT, org["shop"], org["pay"]}


def test_an_account_without_the_right_to_enable_standards_stops_no_other(org, membership_mock):
    membership_mock.fail("BatchEnableStandards", "AccessDeniedException", account=org["pay"])

    (failure,) = rollout.roll_out(org["audit"], REGIONS[:1])

    assert failure.account == org["pay"]
    assert "AccessDeniedException" in failure.reason
    assert standards(org, "shop", "eu-west-1")


def test_throttled_calls_are_tried_again(org, membership_mock):
    fault = membership_mock.fail("BatchEnableStandards", "ThrottlingException", times=3)

    assert rollout.roll_out(org["audit"], REGIONS[:1], workers=1) == []

    assert len(fault.fired) == 3
    assert membership_mock.clock.sleeps.total > 0  # virtual: the test has not waited
