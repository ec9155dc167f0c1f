"""The organization is signed up once, and covers the units that the file names."""

from dataclasses import replace
from pathlib import Path

import pytest

import onboarding

PLAN = onboarding.Plan.read(Path(__file__).with_name("onboarding.json"))
REGION = "eu-central-1"


@pytest.fixture
def org(membership_mock):
    return membership_mock.organization(
        {"Workloads": ["shop", "pay"], "Sandbox": ["lab"], "security": None},
        delegated={"security-ir": "security"},
    )


@pytest.fixture
def session(org):
    return org.session("security", region=REGION)


def covered(session, org):
    """Return the names of the covered accounts, besides that of the membership itself."""
    client = session.client("security-ir")
    (membership,) = client.list_memberships()["items"]
    details = client.batch_get_member_account_details(
        membershipId=membership["membershipId"], accountIds=list(org.accounts.values())
    )
    status = {item["accountId"]: item["relationshipStatus"] for item in details["items"]}
    return {name for name in org if status[org[name]] == "Associated"} - {"security"}


def test_the_membership_covers_the_units_of_the_plan(session, org):
    membership = onboarding.onboard(PLAN, session)

    shown = session.client("security-ir").get_membership(membershipId=membership)
    assert shown["membershipName"] == "Acme Response"
    assert shown["optInFeatures"] == [{"featureName": "Triage", "isEnabled": True}]
    assert covered(session, org) == {"shop", "pay"}


def test_a_second_run_brings_the_membership_up_to_date(session, org, membership_mock):
    first = onboarding.onboard(PLAN, session)
    again = replace(PLAN, name="Acme Security", units=["Sandbox"])
    assert onboarding.onboard(again, session) == first

    assert covered(session, org) == {"lab"}
    membership_mock.calls.assert_called("CreateMembership", times=1)


def test_an_account_that_moves_into_a_unit_is_covered(session, org):
    onboarding.onboard(PLAN, session)
    org.move("lab", "Workloads")
    assert covered(session, org) == {"shop", "pay", "lab"}


def test_a_membership_in_another_region_is_named(session, org, membership_mock):
    other = membership_mock.given.security_ir.membership(org["security"], "us-east-1")
    with pytest.raises(onboarding.OnboardingError, match=other.membership_id):
        onboarding.onboard(PLAN, session)


def test_a_terminated_membership_is_replaced(session, org, membership_mock):
    old = onboarding.onboard(PLAN, session)
    session.client("security-ir").cancel_membership(membershipId=old)
    membership_mock.clock.advance(days=32)
    assert onboarding.onboard(PLAN, session) != old


def test_a_unit_that_is_missing_is_found_before_anything_is_created(session, membership_mock):
    with pytest.raises(onboarding.OnboardingError, match="no unit Prod; there are Sandbox"):
        onboarding.onboard(replace(PLAN, units=["Prod"]), session)
    membership_mock.calls.assert_not_called("security-ir.*")


def test_a_team_of_one_is_refused(tmp_path):
    path = tmp_path / "plan.json"
    path.write_text('{"name": "Acme", "team": [{"name": "Ana"}], "units": []}')
    with pytest.raises(onboarding.OnboardingError, match="names 1 people"):
        onboarding.Plan.read(path)
