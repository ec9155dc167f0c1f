"""Configuration policies decide on controls, in every governed account and Region."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from membership_mock import MembershipMock
from tests.securityhub.central_configuration.central import (
    CIS,
    FSBP,
    HOME,
    LINKED,
    SELF_MANAGED,
    Central,
)
from tests.securityhub.controls.controls import (
    CIS12,
    associations,
    control_arn,
    custom,
    described,
    enable,
    shown,
    standard,
    update,
)
from tests.securityhub.controls.controls import FSBP as BEST_PRACTICES
from tests.securityhub.samples import refused

VIRGINIA = "us-east-1"
PARIS = "eu-west-3"
FIFTEEN = custom(daysToExpiration={"Integer": 15})
CENTRALLY_MANAGED = (
    "This account is currently associated with a central configuration policy, so only the"
    " administrator can access this operation."
)
GOVERNED = ("AccessDeniedException", 403, CENTRALLY_MANAGED)


@pytest.fixture
def central(membership_mock: MembershipMock) -> Central:
    return Central(membership_mock)


@pytest.fixture
def member(central: Central) -> str:
    return central.account("member", central.prod)


def policy(*standards: str, **controls: Any) -> dict[str, Any]:
    """Return a policy with a configuration of controls."""
    return {
        "SecurityHub": {
            "ServiceEnabled": True,
            "EnabledStandardIdentifiers": list(standards or (FSBP,)),
            "SecurityControlsConfiguration": controls,
        }
    }


def disabling(*controls: str, standards: tuple[str, ...] = ()) -> dict[str, Any]:
    return policy(*standards, DisabledSecurityControlIdentifiers=list(controls))


def govern(central: Central, target: str, configuration: dict[str, Any], name: str = "one") -> str:
    """Apply a new policy, and return its id."""
    policy_id = central.policy(name, configuration=configuration)
    central.apply(policy_id, target)
    return policy_id


# enabled and disabled controls


def test_a_policy_disables_controls_in_all_standards_accounts_and_regions(central, member):
    other = central.account("other", central.workloads)
    govern(central, central.root, disabling("CloudTrail.1", standards=(FSBP, CIS)))
    for account in (member, other):
        for region in (HOME, LINKED):
            client = central.client(account, region)
            client.get_enabled_standards()
            assert associations(client, "CloudTrail.1") == {
                BEST_PRACTICES: "DISABLED",
                CIS12: "DISABLED",
            }
            assert associations(client, "CloudTrail.2")[BEST_PRACTICES] == "ENABLED"
            assert shown(client, "CloudTrail.1")["SecurityControlStatus"] == "DISABLED"


def test_a_policy_enables_some_controls_and_disables_all_others(central, member):
    govern(central, member, policy(EnabledSecurityControlIdentifiers=["S3.8", "IAM.1"]))
    client = central.client(member)
    client.get_enabled_standards()
    enabled = [
        name
        for name, each in described(client, BEST_PRACTICES).items()
        if each["ControlStatus"] == "ENABLED"
    ]
    assert enabled == ["IAM.1", "S3.8"]


def test_a_policy_without_lists_of_controls_enables_all(central, member):
    govern(central, member, policy())
    client = central.client(member)
    client.get_enabled_standards()
    assert associations(client, "S3.8") == {BEST_PRACTICES: "ENABLED"}


def test_what_a_policy_decides_has_no_reason(central, member):
    govern(central, member, disabling("S3.8"))
    client = central.client(member)
    client.get_enabled_standards()
    (found,) = client.list_standards_control_associations(SecurityControlId="S3.8")[
        "StandardsControlAssociationSummaries"
    ]
    assert "UpdatedReason" not in found


def test_a_policy_overwrites_what_the_account_has_set(central, member):
    client = central.client(member)
    client.enable_security_hub()
    client.get_enabled_standards()
    update(client, "S3.1", BEST_PRACTICES, "DISABLED", "Not ours")
    govern(central, member, disabling("S3.8"))
    assert associations(client, "S3.1") == {BEST_PRACTICES: "ENABLED"}
    assert associations(client, "S3.8") == {BEST_PRACTICES: "DISABLED"}


def test_a_changed_policy_changes_the_controls(central, member):
    policy_id = govern(central, member, disabling("S3.8"))
    central.hub.update_configuration_policy(
        Identifier=policy_id, ConfigurationPolicy=disabling("S3.1")
    )
    client = central.client(member)
    client.get_enabled_standards()
    assert associations(client, "S3.8") == {BEST_PRACTICES: "ENABLED"}
    assert associations(client, "S3.1") == {BEST_PRACTICES: "DISABLED"}


def test_an_account_that_joins_a_unit_has_its_controls(central):
    govern(central, central.prod, disabling("S3.8"))
    client = central.client(central.account("late", central.prod))
    client.get_enabled_standards()
    assert associations(client, "S3.8") == {BEST_PRACTICES: "DISABLED"}


def test_what_a_policy_decides_shows_in_the_tree(membership_mock, central, member):
    other = central.account("other")
    govern(central, member, disabling("S3.8"), "one")
    govern(central, other, policy(EnabledSecurityControlIdentifiers=["S3.8", "S3.1"]), "two")
    tree = str(membership_mock)
    assert f"controls disabled in {BEST_PRACTICES} by policy: S3.8" in tree
    assert f"controls enabled in {BEST_PRACTICES} by policy: S3.8, S3.1" in tree


# who may set what


@pytest.mark.parametrize(
    "call",
    [
        lambda client, account: (
            client.update_security_control,
            {"SecurityControlId": "ACM.1", "Parameters": FIFTEEN},
        ),
        lambda client, account: (
            client.batch_update_standards_control_associations,
            {
                "StandardsControlAssociationUpdates": [
                    {
                        "SecurityControlId": "S3.8",
                        "StandardsArn": standard(BEST_PRACTICES),
                        "AssociationStatus": "ENABLED",
                    }
                ]
            },
        ),
        lambda client, account: (
            client.update_standards_control,
            {
                "StandardsControlArn": control_arn(BEST_PRACTICES, "S3.8", account),
                "ControlStatus": "ENABLED",
            },
        ),
    ],
)
def test_a_governed_account_cannot_change_controls(
    central: Central, member: str, call: Callable[..., Any]
) -> None:
    govern(central, member, disabling("S3.8"))
    client = central.client(member)
    client.get_enabled_standards()
    operation, arguments = call(client, member)
    assert refused(operation, **arguments) == GOVERNED
    assert associations(client, "S3.8") == {BEST_PRACTICES: "DISABLED"}
    assert shown(client, "ACM.1")["Parameters"]["daysToExpiration"]["ValueType"] == "DEFAULT"


def test_a_governed_account_keeps_its_own_insights_actions_and_products(central, member):
    govern(central, member, disabling("S3.8"))
    client = central.client(member)
    insight = client.create_insight(Name="mine", Filters={}, GroupByAttribute="ResourceId")
    action = client.create_action_target(Name="mine", Description="mine", Id="Mine")
    product = client.enable_import_findings_for_product(
        ProductArn=f"arn:aws:securityhub:{HOME}::product/prowler/prowler"
    )
    assert client.get_insights()["Insights"][0]["InsightArn"] == insight["InsightArn"]
    (found,) = client.describe_action_targets()["ActionTargets"]
    assert found["ActionTargetArn"] == action["ActionTargetArn"]
    subscribed = client.list_enabled_products_for_import()["ProductSubscriptions"]
    assert product["ProductSubscriptionArn"] in subscribed


def test_a_standard_of_control_tower_cannot_be_in_a_policy(central):
    arn = f"arn:aws:securityhub:{HOME}::standards/service-managed-aws-control-tower/v/1.0.0"
    assert refused(
        central.hub.create_configuration_policy, Name="one", ConfigurationPolicy=policy(arn)
    ) == ("InvalidInputException", 400, f"Invalid standard identifiers: {arn}")


def test_a_self_managed_account_changes_its_controls(central, member):
    govern(central, central.root, disabling("S3.8"))
    central.apply(SELF_MANAGED, member)
    client = central.client(member)
    client.get_enabled_standards()
    assert associations(client, "S3.8") == {BEST_PRACTICES: "DISABLED"}  # as the policy left it
    assert update(client, "S3.8", BEST_PRACTICES, "ENABLED", "Ours") == []
    assert associations(client, "S3.8") == {BEST_PRACTICES: "ENABLED"}
    tree = str(central.mock)
    assert f"controls enabled in {BEST_PRACTICES} by the account: S3.8" in tree


def test_an_account_that_leaves_a_policy_keeps_its_controls_and_parameters(central, member):
    policy_id = govern(
        central,
        member,
        policy(
            DisabledSecurityControlIdentifiers=["S3.8"],
            SecurityControlCustomParameters=[{"SecurityControlId": "ACM.1", "Parameters": FIFTEEN}],
        ),
    )
    central.take_away(policy_id, member)
    client = central.client(member)
    client.get_enabled_standards()
    assert associations(client, "S3.8") == {BEST_PRACTICES: "DISABLED"}
    assert shown(client, "ACM.1")["Parameters"] == FIFTEEN
    assert update(client, "S3.8", BEST_PRACTICES, "ENABLED") == []
    assert associations(client, "S3.8") == {BEST_PRACTICES: "ENABLED"}


def test_a_standard_that_is_enabled_after_a_policy_has_all_its_controls(central, member):
    policy_id = govern(central, member, disabling("CloudTrail.1"))
    central.take_away(policy_id, member)
    client = central.client(member)
    enable(client, CIS12)
    assert associations(client, "CloudTrail.1") == {BEST_PRACTICES: "DISABLED", CIS12: "ENABLED"}


# parameters


def test_a_policy_sets_parameters_in_every_region(central, member):
    configuration = policy(
        DisabledSecurityControlIdentifiers=[],
        SecurityControlCustomParameters=[{"SecurityControlId": "ACM.1", "Parameters": FIFTEEN}],
    )
    govern(central, central.root, configuration)
    for region in (HOME, LINKED):
        client = central.client(member, region)
        found = shown(client, "ACM.1")
        assert (found["Parameters"], found["UpdateStatus"]) == (FIFTEEN, "UPDATING")
        assert shown(client, "ACM.1")["UpdateStatus"] == "READY"
        assert "LastUpdateReason" not in found


def test_a_control_that_the_policy_leaves_out_goes_back_to_its_defaults(central, member):
    client = central.client(member)
    client.enable_security_hub()
    client.update_security_control(SecurityControlId="ACM.1", Parameters=FIFTEEN)
    govern(central, member, disabling())
    assert shown(client, "ACM.1")["Parameters"]["daysToExpiration"]["ValueType"] == "DEFAULT"


def test_a_parameter_that_the_policy_leaves_out_keeps_its_value(central, member):
    client = central.client(member)
    client.enable_security_hub()
    client.update_security_control(
        SecurityControlId="IAM.7", Parameters=custom(MinimumPasswordLength={"Integer": 20})
    )
    symbols = custom(RequireSymbols={"Boolean": False})
    govern(
        central,
        member,
        policy(
            SecurityControlCustomParameters=[{"SecurityControlId": "IAM.7", "Parameters": symbols}]
        ),
    )
    found = shown(client, "IAM.7")["Parameters"]
    assert found["MinimumPasswordLength"]["Value"] == {"Integer": 20}
    assert found["RequireSymbols"]["Value"] == {"Boolean": False}


@pytest.mark.parametrize(
    ("controls", "text"),
    [
        (
            {"EnabledSecurityControlIdentifiers": ["S3.8", "S3.999"]},
            "Invalid security control identifiers: S3.999",
        ),
        (
            {"DisabledSecurityControlIdentifiers": ["Azure.App.1"]},
            "Invalid security control identifiers: Azure.App.1",
        ),
        (
            {
                "SecurityControlCustomParameters": [
                    {"SecurityControlId": "ACM.999", "Parameters": {}}
                ]
            },
            "Invalid security control identifiers: ACM.999",
        ),
        (
            {
                "SecurityControlCustomParameters": [
                    {
                        "SecurityControlId": "ACM.1",
                        "Parameters": custom(daysToExpiration={"Integer": 1}),
                    }
                ]
            },
            "Value for parameter daysToExpiration must be between 14 and 365",
        ),
        (
            {
                "SecurityControlCustomParameters": [
                    {"Parameters": custom(daysToExpiration={"Integer": 15})}
                ]
            },
            "Each entry of SecurityControlCustomParameters must have a SecurityControlId",
        ),
    ],
)
def test_controls_that_do_not_exist_cannot_be_in_a_policy(central, controls, text):
    assert refused(
        central.hub.create_configuration_policy, Name="one", ConfigurationPolicy=policy(**controls)
    ) == ("InvalidInputException", 400, text)
    assert central.hub.list_configuration_policies()["ConfigurationPolicySummaries"] == []


def test_standards_of_other_clouds_cannot_be_in_a_policy(central):
    azure = f"arn:aws:securityhub:{HOME}::standards/cis-azure-foundations-benchmark/v/4.0.0"
    answer = refused(
        central.hub.create_configuration_policy,
        Name="one",
        ConfigurationPolicy=disabling(standards=(azure,)),
    )
    assert answer == ("InvalidInputException", 400, f"Invalid standard identifiers: {azure}")


def test_parameters_of_a_control_that_the_policy_disables_are_taken(central, member):
    govern(
        central,
        member,
        policy(
            DisabledSecurityControlIdentifiers=["ACM.1"],
            SecurityControlCustomParameters=[{"SecurityControlId": "ACM.1", "Parameters": FIFTEEN}],
        ),
    )
    found = shown(central.client(member), "ACM.1")
    assert (found["SecurityControlStatus"], found["Parameters"]) == ("DISABLED", FIFTEEN)


# global resources and regions


def test_controls_of_global_resources_run_in_the_home_region_only(central, member):
    govern(central, central.root, disabling())
    statuses = {}
    for region in (HOME, LINKED):
        client = central.client(member, region)
        client.get_enabled_standards()
        statuses[region] = associations(client, "IAM.1")[BEST_PRACTICES]
    assert statuses == {HOME: "ENABLED", LINKED: "DISABLED"}


def test_a_linked_region_stands_in_for_what_the_home_region_does_not_have(
    membership_mock: MembershipMock,
) -> None:
    central = Central(
        membership_mock, RegionLinkingMode="SPECIFIED_REGIONS", Regions=[PARIS, VIRGINIA]
    )
    member = central.account("member")
    govern(central, central.root, disabling())
    statuses = {}
    for region in (HOME, PARIS, VIRGINIA):
        client = central.client(member, region)
        client.get_enabled_standards()
        statuses[region] = associations(client, "CloudFront.1"), associations(client, "IAM.1")
    assert statuses == {
        HOME: ({}, {BEST_PRACTICES: "ENABLED"}),
        PARIS: ({}, {BEST_PRACTICES: "DISABLED"}),
        VIRGINIA: ({BEST_PRACTICES: "ENABLED"}, {BEST_PRACTICES: "DISABLED"}),
    }
