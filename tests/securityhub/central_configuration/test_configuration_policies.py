"""Configuration policies: who may write them, what they may say, and when they can go."""

import re

import pytest
from botocore.config import Config

from tests.frozen_time import freeze_time
from tests.securityhub.central_configuration.central import (
    CIS,
    FSBP,
    HOME,
    LINKED,
    MANAGEMENT,
    OFF,
    UNLINKED,
    Central,
    code_of,
    on,
    status_of,
    text_of,
)

NOT_CENTRAL = "Must be a Security Hub delegated administrator with Central Configuration enabled"
NOT_HOME = "Central Configuration APIs can only be called from the aggregation region"
FULL = {
    "SecurityHub": {
        "ServiceEnabled": True,
        "EnabledStandardIdentifiers": [FSBP, CIS],
        "SecurityControlsConfiguration": {
            "DisabledSecurityControlIdentifiers": ["CloudTrail.2"],
            "SecurityControlCustomParameters": [
                {
                    "SecurityControlId": "ACM.1",
                    "Parameters": {
                        "daysToExpiration": {"ValueType": "CUSTOM", "Value": {"Integer": 15}}
                    },
                }
            ],
        },
    }
}


@pytest.fixture
def central(membership_mock):
    return Central(membership_mock)


def without_metadata(answer):
    answer.pop("ResponseMetadata")
    return answer


def calls(hub):
    """Return one call of each operation on policies and their associations."""
    target = {"AccountId": MANAGEMENT}
    return {
        "CreateConfigurationPolicy": lambda: hub.create_configuration_policy(
            Name="policy", ConfigurationPolicy=on()
        ),
        "GetConfigurationPolicy": lambda: hub.get_configuration_policy(Identifier="id"),
        "UpdateConfigurationPolicy": lambda: hub.update_configuration_policy(Identifier="id"),
        "DeleteConfigurationPolicy": lambda: hub.delete_configuration_policy(Identifier="id"),
        "ListConfigurationPolicies": hub.list_configuration_policies,
        "StartConfigurationPolicyAssociation": (
            lambda: hub.start_configuration_policy_association(
                ConfigurationPolicyIdentifier="id", Target=target
            )
        ),
        "StartConfigurationPolicyDisassociation": (
            lambda: hub.start_configuration_policy_disassociation(
                ConfigurationPolicyIdentifier="id", Target=target
            )
        ),
        "GetConfigurationPolicyAssociation": (
            lambda: hub.get_configuration_policy_association(Target=target)
        ),
        "ListConfigurationPolicyAssociations": hub.list_configuration_policy_associations,
        "BatchGetConfigurationPolicyAssociations": (
            lambda: hub.batch_get_configuration_policy_associations(
                ConfigurationPolicyAssociationIdentifiers=[{"Target": target}]
            )
        ),
    }


OPERATIONS = [
    "BatchGetConfigurationPolicyAssociations",
    "CreateConfigurationPolicy",
    "DeleteConfigurationPolicy",
    "GetConfigurationPolicy",
    "GetConfigurationPolicyAssociation",
    "ListConfigurationPolicies",
    "ListConfigurationPolicyAssociations",
    "StartConfigurationPolicyAssociation",
    "StartConfigurationPolicyDisassociation",
    "UpdateConfigurationPolicy",
]


@freeze_time("2026-03-01T12:00:00.123Z")
def test_create_configuration_policy_returns_the_policy(central):
    created = central.hub.create_configuration_policy(
        Name="Sample", Description="For all accounts", ConfigurationPolicy=FULL
    )

    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", created["Id"])
    assert created["Arn"] == (
        f"arn:aws:securityhub:{HOME}:{central.administrator}:configuration-policy/{created['Id']}"
    )
    assert created["Name"] == "Sample"
    assert created["Description"] == "For all accounts"
    assert created["ConfigurationPolicy"] == FULL
    assert created["CreatedAt"] == created["UpdatedAt"]
    assert created["CreatedAt"].isoformat() == "2026-03-01T12:00:00.123000+00:00"


def test_get_configuration_policy_takes_the_id_or_the_arn(central):
    created = without_metadata(
        central.hub.create_configuration_policy(Name="Sample", ConfigurationPolicy=FULL)
    )

    for identifier in (created["Id"], created["Arn"]):
        found = central.hub.get_configuration_policy(Identifier=identifier)
        assert without_metadata(found) == created


def test_an_unknown_policy_is_not_found(central):
    arn = central.hub.create_configuration_policy(Name="Sample", ConfigurationPolicy=on())["Arn"]
    hub = central.hub

    for identifier in (
        "a1b2c3d4-5678-90ab-cdef-111111111111",
        arn.replace(central.administrator, MANAGEMENT),
        arn.replace(HOME, LINKED),
        "SELF_MANAGED_SECURITY_HUB",
    ):
        with pytest.raises(hub.exceptions.ResourceNotFoundException):
            hub.get_configuration_policy(Identifier=identifier)
        with pytest.raises(hub.exceptions.ResourceNotFoundException):
            hub.update_configuration_policy(Identifier=identifier, Name="other")
        with pytest.raises(hub.exceptions.ResourceNotFoundException):
            hub.delete_configuration_policy(Identifier=identifier)


def test_list_configuration_policies_shows_summaries_page_by_page(central):
    hub = central.hub
    central.policy("on")
    central.policy("off", configuration=OFF)
    central.policy("again")

    first = hub.list_configuration_policies(MaxResults=2)
    second = hub.list_configuration_policies(MaxResults=2, NextToken=first["NextToken"])

    shown = [
        (each["Name"], each["ServiceEnabled"])
        for page in (first, second)
        for each in page["ConfigurationPolicySummaries"]
    ]
    assert shown == [("on", True), ("off", False), ("again", True)]
    assert "NextToken" not in second
    assert set(first["ConfigurationPolicySummaries"][0]) == {
        "Arn",
        "Id",
        "Name",
        "ServiceEnabled",
        "UpdatedAt",
    }


def test_update_configuration_policy_changes_what_is_given(central):
    with freeze_time("2026-03-01T12:00:00Z") as clock:
        created = central.hub.create_configuration_policy(
            Name="Sample", Description="Before", ConfigurationPolicy=FULL
        )
        clock.move_to("2026-03-02T12:00:00Z")
        renamed = central.hub.update_configuration_policy(
            Identifier=created["Arn"], Name="Other", UpdatedReason="A better name"
        )
        replaced = central.hub.update_configuration_policy(
            Identifier=created["Id"], Description="After", ConfigurationPolicy=OFF
        )

    assert (renamed["Name"], renamed["Description"]) == ("Other", "Before")
    assert renamed["ConfigurationPolicy"] == FULL
    assert renamed["CreatedAt"] == created["CreatedAt"]
    assert (renamed["UpdatedAt"] - created["UpdatedAt"]).days == 1
    assert (replaced["Name"], replaced["Description"]) == ("Other", "After")
    assert replaced["ConfigurationPolicy"] == OFF


def test_delete_configuration_policy_removes_it(central):
    policy_id = central.policy()

    central.hub.delete_configuration_policy(Identifier=policy_id)

    assert central.hub.list_configuration_policies()["ConfigurationPolicySummaries"] == []


def test_a_policy_that_is_associated_with_something_cannot_be_deleted(central):
    policy_id = central.policy()
    central.apply(policy_id, central.prod)

    with pytest.raises(central.hub.exceptions.ResourceConflictException) as refused:
        central.hub.delete_configuration_policy(Identifier=policy_id)
    assert central.prod in text_of(refused)

    central.take_away(policy_id, central.prod)
    central.hub.delete_configuration_policy(Identifier=policy_id)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_only_the_delegated_administrator_configures_centrally(central, operation):
    for account_id in (MANAGEMENT, central.account("alice"), "999999999999"):
        hub = central.client(account_id)
        with pytest.raises(hub.exceptions.AccessDeniedException) as refused:
            calls(hub)[operation]()
        assert text_of(refused) == NOT_CENTRAL
        assert status_of(refused) == 403


@pytest.mark.parametrize("operation", OPERATIONS)
def test_local_configuration_knows_no_policies(membership_mock, operation):
    local = Central(membership_mock, central=False)
    local.link()

    with pytest.raises(local.hub.exceptions.AccessDeniedException) as refused:
        calls(local.hub)[operation]()
    assert text_of(refused) == NOT_CENTRAL


@pytest.mark.parametrize("operation", OPERATIONS)
def test_central_configuration_is_driven_from_the_home_region(central, operation):
    management = central.client(MANAGEMENT, UNLINKED)
    management.enable_organization_admin_account(AdminAccountId=central.administrator)
    hub = central.client(central.administrator, UNLINKED)

    with pytest.raises(hub.exceptions.AccessDeniedException) as refused:
        calls(hub)[operation]()
    assert text_of(refused) == NOT_HOME
    assert status_of(refused) == 403


@pytest.mark.parametrize("absent", ["EnabledStandardIdentifiers", "SecurityControlsConfiguration"])
def test_a_policy_that_enables_security_hub_has_to_be_complete(central, absent):
    policy = on(FSBP)
    del policy["SecurityHub"][absent]

    with pytest.raises(central.hub.exceptions.InvalidInputException) as refused:
        central.hub.create_configuration_policy(Name="Sample", ConfigurationPolicy=policy)

    assert text_of(refused) == (
        "Invalid semantics: Enabled standards and security control configurations must be"
        " configured when Security Hub is enabled"
    )
    assert status_of(refused) == 400


def test_a_policy_may_enable_security_hub_without_any_standard(central):
    central.hub.create_configuration_policy(Name="Sample", ConfigurationPolicy=on())


@pytest.mark.parametrize(
    "changes",
    [
        {"ServiceEnabled": None},
        {"ServiceEnabled": False},
        {"EnabledStandardIdentifiers": [FSBP.replace("foundational", "fundamental")]},
        {
            "SecurityControlsConfiguration": {
                "EnabledSecurityControlIdentifiers": ["ACM.1"],
                "DisabledSecurityControlIdentifiers": ["ACM.2"],
            }
        },
        {
            "SecurityControlsConfiguration": {
                "EnabledSecurityControlIdentifiers": ["ACM.1"],
                "SecurityControlCustomParameters": [
                    {"SecurityControlId": "ACM.1", "Parameters": {"x": {"ValueType": "CUSTOM"}}}
                ],
            }
        },
    ],
)
def test_a_policy_that_contradicts_itself_is_refused(central, changes):
    hub = {**FULL["SecurityHub"], **changes}
    policy = {"SecurityHub": {key: value for key, value in hub.items() if value is not None}}
    policy_id = central.policy("before")

    with pytest.raises(central.hub.exceptions.InvalidInputException):
        central.hub.create_configuration_policy(Name="Sample", ConfigurationPolicy=policy)
    with pytest.raises(central.hub.exceptions.InvalidInputException):
        central.hub.update_configuration_policy(
            Identifier=policy_id, Name="after", ConfigurationPolicy=policy
        )

    summaries = central.hub.list_configuration_policies()["ConfigurationPolicySummaries"]
    assert [each["Name"] for each in summaries] == ["before"]


@pytest.mark.parametrize("name", ["with space", "under_score", "ünlaut"])
def test_a_name_has_letters_digits_and_few_other_characters(central, name):
    with pytest.raises(central.hub.exceptions.InvalidInputException):
        central.hub.create_configuration_policy(Name=name, ConfigurationPolicy=on())

    central.hub.create_configuration_policy(Name="prod-1.0/eu!*", ConfigurationPolicy=on())


def test_two_policies_cannot_share_a_name(central):
    central.policy("one")
    other = central.policy("two")

    with pytest.raises(central.hub.exceptions.ResourceConflictException):
        central.policy("one")
    with pytest.raises(central.hub.exceptions.ResourceConflictException):
        central.hub.update_configuration_policy(Identifier=other, Name="one")
    central.hub.update_configuration_policy(Identifier=other, Name="two", Description="Same name")


def test_an_administrator_has_twenty_policies_at_the_most(central, membership_mock):
    for number in range(20):
        central.policy(f"policy-{number}")
    hub = membership_mock.client(
        "securityhub",
        account=central.administrator,
        region=HOME,
        config=Config(retries={"total_max_attempts": 1}),
    )

    with pytest.raises(hub.exceptions.LimitExceededException) as refused:
        hub.create_configuration_policy(Name="one-too-many", ConfigurationPolicy=on())
    assert status_of(refused) == 429


def test_a_token_of_another_list_is_refused(central):
    for number in range(2):
        central.policy(f"policy-{number}")
    token = central.hub.list_configuration_policies(MaxResults=1)["NextToken"]

    with pytest.raises(central.hub.exceptions.InvalidInputException) as refused:
        central.hub.list_configuration_policy_associations(NextToken=token)
    assert code_of(refused) == "InvalidInputException"
