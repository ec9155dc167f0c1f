"""A security team turns to central configuration: one policy for all, another one for a team.

The code between the lines is a user's.
"""

from __future__ import annotations

from typing import Any

import boto3
import pytest

MANAGEMENT = "999999999999"
HOME, LINKED = "eu-west-1", "us-east-1"
FSBP = f"arn:aws:securityhub:{HOME}::standards/aws-foundational-security-best-practices/v/1.0.0"

# --- the user's code -------------------------------------------------------------------------


def turn_central(admin: Any) -> None:
    """Let configuration policies rule, in the home region and the linked one."""
    admin.create_finding_aggregator(RegionLinkingMode="SPECIFIED_REGIONS", Regions=[LINKED])
    admin.update_organization_configuration(
        AutoEnable=False,
        AutoEnableStandards="NONE",
        OrganizationConfiguration={"ConfigurationType": "CENTRAL"},
    )
    wanted = {"ConfigurationType": "CENTRAL", "Status": "ENABLED"}
    for _ in range(60):
        found = admin.describe_organization_configuration()["OrganizationConfiguration"]
        if found == wanted:
            return
    raise TimeoutError(found)


def apply_policy(admin: Any, name: str, target: dict[str, str], *standards: str) -> str:
    """Create a policy with these standards, apply it, and return its id."""
    policy = admin.create_configuration_policy(
        Name=name,
        ConfigurationPolicy={
            "SecurityHub": {
                "ServiceEnabled": True,
                "EnabledStandardIdentifiers": list(standards),
                "SecurityControlsConfiguration": {"DisabledSecurityControlIdentifiers": []},
            }
        },
    )
    admin.start_configuration_policy_association(
        ConfigurationPolicyIdentifier=policy["Id"], Target=target
    )
    for _ in range(60):
        found = admin.get_configuration_policy_association(Target=target)
        if found["AssociationStatus"] != "PENDING":
            assert found["AssociationStatus"] == "SUCCESS", found
            return str(policy["Id"])
    raise TimeoutError(found)


def standards_of(client: Any) -> set[str]:
    """Return the names of the standards that an account is subscribed to."""
    enabled = client.get_enabled_standards()["StandardsSubscriptions"]
    return {one["StandardsArn"].split("/")[1] for one in enabled}


# --- the story -------------------------------------------------------------------------------


@pytest.mark.membership_mock(account=MANAGEMENT)
def test_a_policy_for_all_and_another_for_one_team(membership_mock: Any) -> None:
    organizations = boto3.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]

    def account(name: str) -> str:
        status = organizations.create_account(AccountName=name, Email=f"{name}@example.com")
        return str(status["CreateAccountStatus"]["AccountId"])

    def client(account_id: str, region: str = HOME) -> Any:
        return membership_mock.client("securityhub", account=account_id, region=region)

    security, prod, lab = (account(name) for name in ("security", "prod", "lab"))
    for region in (HOME, LINKED):
        client(MANAGEMENT, region).enable_security_hub()
    client(MANAGEMENT).enable_organization_admin_account(AdminAccountId=security)
    admin = client(security)

    turn_central(admin)
    everybody = apply_policy(admin, "everybody", {"RootId": root}, FSBP)
    for region in (HOME, LINKED):
        assert standards_of(client(prod, region)) == {"aws-foundational-security-best-practices"}
    assert {one["AccountId"] for one in admin.list_members()["Members"]} >= {prod, lab}

    # the account has no say any more
    member = client(prod)
    for refused in (
        member.disable_security_hub,
        lambda: member.batch_enable_standards(
            StandardsSubscriptionRequests=[{"StandardsArn": FSBP}]
        ),
        lambda: member.update_security_hub_configuration(AutoEnableControls=False),
    ):
        with pytest.raises(member.exceptions.AccessDeniedException) as caught:
            refused()
        assert "central configuration policy" in str(caught.value)

    # the lab goes its own way, and comes back to the rule of all
    sandbox = organizations.create_organizational_unit(ParentId=root, Name="sandbox")
    unit = sandbox["OrganizationalUnit"]["Id"]
    organizations.move_account(AccountId=lab, SourceParentId=root, DestinationParentId=unit)
    relaxed = apply_policy(admin, "relaxed", {"OrganizationalUnitId": unit})
    assert standards_of(client(lab)) == set()
    inherited = admin.get_configuration_policy_association(Target={"AccountId": lab})
    assert (inherited["ConfigurationPolicyId"], inherited["AssociationType"]) == (
        relaxed,
        "INHERITED",
    )
    admin.start_configuration_policy_disassociation(
        ConfigurationPolicyIdentifier=relaxed, Target={"OrganizationalUnitId": unit}
    )
    inherited = admin.get_configuration_policy_association(Target={"AccountId": lab})
    assert inherited["ConfigurationPolicyId"] == everybody

    # an account that joins goes by the policy of the root
    joined = account("new")
    found = admin.get_configuration_policy_association(Target={"AccountId": joined})
    assert (found["ConfigurationPolicyId"], found["AssociationStatus"]) == (everybody, "SUCCESS")
    assert standards_of(client(joined)) == {"aws-foundational-security-best-practices"}

    # and back: first the policies go, then the rule
    local = {"AutoEnable": False, "OrganizationConfiguration": {"ConfigurationType": "LOCAL"}}
    with pytest.raises(admin.exceptions.ResourceConflictException):
        admin.update_organization_configuration(**local)
    admin.start_configuration_policy_disassociation(
        ConfigurationPolicyIdentifier=everybody, Target={"RootId": root}
    )
    for policy in admin.list_configuration_policies()["ConfigurationPolicySummaries"]:
        admin.delete_configuration_policy(Identifier=policy["Id"])
    admin.update_organization_configuration(**local)
    client(prod).update_security_hub_configuration(AutoEnableControls=False)
    assert client(prod).describe_hub()["AutoEnableControls"] is False
