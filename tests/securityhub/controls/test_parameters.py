"""Parameters of controls: what may be set, what stays, and how an update goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.securityhub.controls.controls import (
    FSBP,
    TAGGING,
    custom,
    security_control,
    shown,
    with_standards,
)
from tests.securityhub.samples import ADMIN, MEMBER, OHIO, refused

DEFAULT = {"ValueType": "DEFAULT"}
UNAVAILABLE = (
    "The parameters of security control CloudFront.14 cannot be customized, because it is not"
    " available in eu-west-1"
)
FIFTEEN = custom(daysToExpiration={"Integer": 15})


def put(client, control, parameters, **arguments):
    """Update a control, and wait until it is ready."""
    client.update_security_control(SecurityControlId=control, Parameters=parameters, **arguments)
    shown(client, control)


def test_parameters_that_nobody_has_set_have_their_defaults(admin):
    assert shown(admin, "ACM.1")["Parameters"] == {
        "daysToExpiration": {"ValueType": "DEFAULT", "Value": {"Integer": 30}}
    }
    assert shown(admin, "RDS.14")["Parameters"] == {"BacktrackWindowInHours": DEFAULT}
    assert shown(admin, "IAM.1")["Parameters"] == {}


def test_a_custom_value_is_kept_with_its_reason(admin):
    put(admin, "ACM.1", FIFTEEN, LastUpdateReason="Internal requirement")
    found = shown(admin, "ACM.1")
    assert (found["Parameters"], found["LastUpdateReason"]) == (FIFTEEN, "Internal requirement")


def test_a_control_is_named_by_its_arn_as_well(admin):
    put(admin, security_control("ACM.1"), FIFTEEN)
    assert shown(admin, "ACM.1")["Parameters"] == FIFTEEN


def test_a_parameter_that_is_not_named_keeps_its_value(admin):
    put(admin, "IAM.7", custom(MinimumPasswordLength={"Integer": 20}))
    put(admin, "IAM.7", custom(RequireSymbols={"Boolean": False}))
    found = shown(admin, "IAM.7")["Parameters"]
    assert found["MinimumPasswordLength"] == {"ValueType": "CUSTOM", "Value": {"Integer": 20}}
    assert found["RequireSymbols"] == {"ValueType": "CUSTOM", "Value": {"Boolean": False}}
    assert found["RequireNumbers"] == {"ValueType": "DEFAULT", "Value": {"Boolean": True}}


def test_the_reason_of_the_last_update_counts_though_it_has_none(admin):
    put(admin, "ACM.1", FIFTEEN, LastUpdateReason="Internal requirement")
    put(admin, "ACM.1", FIFTEEN)
    assert "LastUpdateReason" not in shown(admin, "ACM.1")


def test_a_custom_value_that_equals_the_default_stays_custom(admin):
    put(admin, "ACM.1", custom(daysToExpiration={"Integer": 30}))
    assert shown(admin, "ACM.1")["Parameters"]["daysToExpiration"]["ValueType"] == "CUSTOM"


def test_the_default_comes_back_whatever_value_is_given_along(admin):
    put(admin, "ACM.1", FIFTEEN)
    back = {"daysToExpiration": {"ValueType": "DEFAULT", "Value": {"Integer": 15}}}
    put(admin, "ACM.1", back)
    assert shown(admin, "ACM.1")["Parameters"] == {
        "daysToExpiration": {"ValueType": "DEFAULT", "Value": {"Integer": 30}}
    }


def test_a_parameter_without_default_has_no_value_again_when_it_is_set_back(hub):
    client = with_standards(hub, TAGGING)
    tags = custom(requiredTagKeys={"StringList": ["owner"]})
    for _ in range(2):  # the same values again are taken
        put(client, "ACM.3", tags)
        assert shown(client, "ACM.3")["Parameters"] == tags
    put(client, "ACM.3", {"requiredTagKeys": DEFAULT})
    assert shown(client, "ACM.3")["Parameters"] == {"requiredTagKeys": DEFAULT}


def test_a_control_is_updating_at_the_first_look_and_ready_at_the_next(admin):
    assert shown(admin, "ACM.1")["UpdateStatus"] == "READY"
    admin.update_security_control(SecurityControlId="ACM.1", Parameters=FIFTEEN)
    found = shown(admin, "ACM.1")
    assert (found["UpdateStatus"], found["Parameters"]) == ("UPDATING", FIFTEEN)
    assert shown(admin, "ACM.1")["UpdateStatus"] == "READY"


@pytest.mark.membership_mock(settle="clock", now="2026-01-01T00:00:00Z")
def test_a_control_is_ready_after_a_minute_by_the_clock(membership_mock, hub):
    client = hub(ADMIN)
    client.update_security_control(SecurityControlId="ACM.1", Parameters=FIFTEEN)
    assert [shown(client, "ACM.1")["UpdateStatus"] for _ in range(2)] == ["UPDATING"] * 2
    membership_mock.clock.advance(timedelta(minutes=1))
    assert shown(client, "ACM.1")["UpdateStatus"] == "READY"


def test_a_control_that_is_updating_is_in_use_and_a_later_try_succeeds(admin):
    admin.update_security_control(SecurityControlId="ACM.1", Parameters=FIFTEEN)
    twenty = {"SecurityControlId": "ACM.1", "Parameters": custom(daysToExpiration={"Integer": 20})}
    assert refused(admin.update_security_control, **twenty) == (
        "ResourceInUseException",
        400,
        "The security control ACM.1 is still being updated, please try later",
    )
    admin.update_security_control(**twenty)
    assert shown(admin, "ACM.1")["Parameters"] == twenty["Parameters"]


def test_parameters_are_those_of_one_account_and_region(admin, hub):
    put(admin, "ACM.1", FIFTEEN)
    for other in (hub(ADMIN, OHIO), hub(MEMBER)):
        assert shown(other, "ACM.1")["Parameters"]["daysToExpiration"]["ValueType"] == "DEFAULT"


def test_parameters_stay_when_the_standard_goes_and_are_reset_with_the_hub(hub):
    client = with_standards(hub, FSBP)
    put(client, "ACM.1", FIFTEEN)
    (held,) = client.get_enabled_standards()["StandardsSubscriptions"]
    client.batch_disable_standards(StandardsSubscriptionArns=[held["StandardsSubscriptionArn"]])
    assert shown(client, "ACM.1")["Parameters"] == FIFTEEN
    client.disable_security_hub()
    client.enable_security_hub()
    assert shown(client, "ACM.1")["Parameters"]["daysToExpiration"]["ValueType"] == "DEFAULT"


@pytest.mark.parametrize(
    ("control", "parameters", "text"),
    [
        (
            "ACM.1",
            custom(maxCredentialUsageAge={"Integer": 15}),
            "Parameter maxCredentialUsageAge is not supported for security control ACM.1",
        ),
        (
            "IAM.1",
            custom(daysToExpiration={"Integer": 15}),
            "Parameter daysToExpiration is not supported for security control IAM.1",
        ),
        (
            "ACM.1",
            custom(daysToExpiration={"Integer": 13}),
            "Value for parameter daysToExpiration must be between 14 and 365",
        ),
        (
            "ACM.1",
            custom(daysToExpiration={"String": "15"}),
            "Value for parameter daysToExpiration must be of type Integer, not String",
        ),
        (
            "ACM.1",
            {"daysToExpiration": {"ValueType": "CUSTOM"}},
            "Value for parameter daysToExpiration must be given, because its type is CUSTOM",
        ),
        (
            "RDS.14",
            custom(BacktrackWindowInHours={"Double": 72.5}),
            "Value for parameter BacktrackWindowInHours must be between 0.1 and 72.0",
        ),
        (
            "AutoScaling.2",
            custom(minAvailabilityZones={"Enum": "7"}),
            "Value for parameter minAvailabilityZones must be one of [2, 3, 4, 5, 6]",
        ),
        (
            "RDS.40",
            custom(logTypes={"EnumList": ["agent", "audit"]}),
            "Value for parameter logTypes must be one of [agent, error]",
        ),
        (
            "EC2.18",
            custom(authorizedTcpPorts={"IntegerList": [80, 0]}),
            "Value for parameter authorizedTcpPorts must be between 1 and 65535",
        ),
        (
            "ACM.3",
            custom(requiredTagKeys={"StringList": list("abcdefg")}),
            "Value for parameter requiredTagKeys must have at most 6 items",
        ),
        (
            "CloudFront.14",
            custom(requiredTagKeys={"StringList": ["owner"]}),
            UNAVAILABLE,
        ),
    ],
)
def test_values_that_a_parameter_cannot_have_are_refused(admin, control, parameters, text):
    before = shown(admin, control)
    assert refused(
        admin.update_security_control, SecurityControlId=control, Parameters=parameters
    ) == ("InvalidInputException", 400, text)
    assert shown(admin, control) == before


def test_one_wrong_parameter_lets_none_be_set(admin):
    wanted = custom(RequireSymbols={"Boolean": False}, MinimumPasswordLength={"Integer": 7})
    refused(admin.update_security_control, SecurityControlId="IAM.7", Parameters=wanted)
    values = shown(admin, "IAM.7")["Parameters"].values()
    assert {each["ValueType"] for each in values} == {"DEFAULT"}


@pytest.mark.parametrize(
    ("name", "code", "status"),
    [
        ("ACM.999", "ResourceNotFoundException", 404),
        (security_control("ACM.1", MEMBER), "AccessDeniedException", 403),
        ("ACM 1", "InvalidInputException", 400),
    ],
)
def test_a_control_that_cannot_be_found_is_refused(admin, name, code, status):
    answer = refused(admin.update_security_control, SecurityControlId=name, Parameters=FIFTEEN)
    assert answer[:2] == (code, status)
    assert name in answer[2]


def test_a_control_that_is_disabled_can_be_customized(hub):
    client = hub(ADMIN, EnableDefaultStandards=False)
    put(client, "ACM.1", FIFTEEN)
    found = shown(client, "ACM.1")
    assert (found["SecurityControlStatus"], found["Parameters"]) == ("DISABLED", FIFTEEN)
