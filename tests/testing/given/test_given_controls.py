"""Seeds of controls of Security Hub."""

import pytest

from membership_mock import SeedRefused, UsageError
from tests.securityhub.central_configuration.central import Central
from tests.securityhub.controls.controls import (
    CIS12,
    FSBP,
    NIST,
    associations,
    custom,
    security_control,
    shown,
    standard,
)
from tests.securityhub.controls.test_controls_by_policy import disabling, govern
from tests.securityhub.samples import ADMIN, IRELAND


@pytest.fixture
def given(membership_mock):
    return membership_mock.given.securityhub


@pytest.fixture
def client(membership_mock):
    return membership_mock.client("securityhub", account=ADMIN, region=IRELAND)


def test_a_control_is_disabled_in_all_standards_of_a_hub_that_is_made_for_it(given, client):
    seeded = given.control("CloudTrail.1", ADMIN, status="DISABLED", region=IRELAND)
    assert associations(client, "CloudTrail.1") == {FSBP: "DISABLED", CIS12: "DISABLED"}
    assert seeded.arn == security_control("CloudTrail.1")
    assert set(seeded.standards) == {standard(FSBP), standard(CIS12)}
    given.control("CloudTrail.1", ADMIN, region=IRELAND)
    assert associations(client, "CloudTrail.1") == {FSBP: "ENABLED", CIS12: "ENABLED"}


def test_a_control_is_disabled_in_the_standards_that_are_named(given, client):
    given.control(
        "CloudTrail.1", ADMIN, status="DISABLED", standards=[NIST], reason="Noise", region=IRELAND
    )
    assert associations(client, "CloudTrail.1") == {
        FSBP: "ENABLED",
        CIS12: "ENABLED",
        NIST: "DISABLED",
    }


def test_parameters_are_given_as_plain_values(given, client):
    values = {"minLength": 12, "requireSymbols": False}
    given.control("Cognito.3", ADMIN, parameters=values, reason="As agreed.", region=IRELAND)
    found = shown(client, "Cognito.3")
    wanted = custom(minLength={"Integer": 12}, requireSymbols={"Boolean": False})
    assert wanted.items() <= found["Parameters"].items()
    assert (found["UpdateStatus"], found["LastUpdateReason"]) == ("READY", "As agreed")


@pytest.mark.membership_mock(settle="clock")
def test_parameters_are_ready_at_once_where_states_wait_for_the_clock(
    membership_mock, given, client
):
    given.hub(ADMIN, region=IRELAND)
    membership_mock.clock.advance(minutes=1)
    for days in (20, 21):
        given.control("ACM.1", ADMIN, parameters={"daysToExpiration": days}, region=IRELAND)
        found = shown(client, "ACM.1")
        assert found["Parameters"] == custom(daysToExpiration={"Integer": days})
        assert found["UpdateStatus"] == "READY"


def test_a_control_is_seeded_twice_in_a_row(given, client):
    for days in (15, 20):
        given.control("ACM.1", ADMIN, parameters={"daysToExpiration": days}, region=IRELAND)
    assert shown(client, "ACM.1")["Parameters"] == custom(daysToExpiration={"Integer": 20})


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"control": "S3.999"}, "There is no security control 'S3.999'"),
        ({"status": "OFF"}, "'OFF' is not a status of a control"),
        (
            {"parameters": {"days": 1}},
            "'days' is not a parameter of ACM.1; nearest|There are: daysTo",
        ),
        ({"control": "ACM.3"}, "No standard .* has the control ACM.3, .* name one with standards="),
        ({"standards": ["nope"]}, "'nope' is not a standard"),
    ],
)
def test_what_cannot_be_is_a_usage_error_and_leaves_no_hub(given, client, arguments, text):
    with pytest.raises(UsageError, match=text):
        given.control(**{"control": "ACM.1", **arguments}, account=ADMIN, region=IRELAND)
    with pytest.raises(client.exceptions.InvalidAccessException):
        client.describe_hub()


def test_a_value_that_a_parameter_cannot_have_is_refused(given, client):
    with pytest.raises(SeedRefused, match="must be between 14 and 365"):
        given.control("ACM.1", ADMIN, parameters={"daysToExpiration": 1}, region=IRELAND)
    with pytest.raises(client.exceptions.InvalidAccessException):
        client.describe_hub()


def test_the_control_of_a_governed_account_is_refused(membership_mock, given):
    central = Central(membership_mock)
    member = central.account("member")
    govern(central, member, disabling("S3.8"))
    with pytest.raises(SeedRefused, match="change the policy, or make the account self-managed"):
        given.control("S3.8", member, region=IRELAND)


@pytest.mark.membership_mock(settle="clock", now="2026-01-01T00:00:00Z")
def test_a_seed_that_has_to_wait_for_the_clock_says_so(membership_mock, given, client):
    with pytest.raises(UsageError, match="put the clock forward by a minute"):
        given.control("S3.8", ADMIN, status="DISABLED", region=IRELAND)
    given.hub(ADMIN, region=IRELAND)
    membership_mock.clock.advance(minutes=1)
    given.control("S3.8", ADMIN, status="DISABLED", region=IRELAND)
    assert associations(client, "S3.8") == {FSBP: "DISABLED"}
