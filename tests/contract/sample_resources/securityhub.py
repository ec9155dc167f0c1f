"""Sample resources of Security Hub."""

from __future__ import annotations

import re
from typing import Any

from tests.contract.sample_resources import (
    ACCOUNT,
    REGION,
    securityhub_controls,
    securityhub_triage,
)
from tests.contract.sample_resources.securityhub_v2 import assert_newer_refusal, call_v2
from tests.contract.samples_from_model import Break

MEMBER = "444444444444"
#: by the kind of a violation, what the message says (inferred)
_WORDS = {
    "required": "Member must not be null",
    "length": r"Member must have length (between \d+ and \d+, inclusive|\w+ than or equal to \d+)",
    "range": r"Member must be (between \d+ and \d+, inclusive|\w+ than or equal to \d+)",
    "pattern": "Member must satisfy regular expression pattern: ",
    "enum": r"Member must satisfy enum value set: \[",
}


def furnish(mock: Any) -> dict[str, Any]:
    """Make a hub."""
    client = mock.client("securityhub", account=ACCOUNT, region=REGION)
    client.enable_security_hub(Tags={"team": "blue"})
    return {"ResourceArn": client.describe_hub()["HubArn"]}


def call_everything(mock: Any) -> None:
    """Call all operations: first those of accounts that invite each other, then an organization's."""
    admin = mock.client("securityhub", account=ACCOUNT, region=REGION)
    _own_hub(admin)
    securityhub_controls.call_everything(admin)
    _findings(admin)
    call_v2(mock)
    _invitations(admin, mock.client("securityhub", account=MEMBER, region=REGION))
    organizations = mock.client("organizations", account=ACCOUNT, region="us-east-1")
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    created = organizations.create_organizational_unit(ParentId=root, Name="nobody")
    unit = created["OrganizationalUnit"]["Id"]
    created = organizations.create_account(AccountName="security", Email="sec@example.com")
    security = created["CreateAccountStatus"]["AccountId"]
    admin.enable_organization_admin_account(AdminAccountId=security)
    admin.list_organization_admin_accounts()
    _central(mock.client("securityhub", account=security, region=REGION), unit)
    admin.disable_organization_admin_account(AdminAccountId=security)
    admin.disable_security_hub()


def _own_hub(client: Any) -> None:
    client.enable_security_hub()
    client.update_security_hub_configuration(AutoEnableControls=False)
    arn = client.describe_hub()["HubArn"]
    client.tag_resource(ResourceArn=arn, Tags={"team": "blue"})
    client.list_tags_for_resource(ResourceArn=arn)
    client.untag_resource(ResourceArn=arn, TagKeys=["team"])
    client.describe_standards()
    (first, _) = client.get_enabled_standards()["StandardsSubscriptions"]
    client.batch_disable_standards(StandardsSubscriptionArns=[first["StandardsSubscriptionArn"]])
    client.batch_enable_standards(
        StandardsSubscriptionRequests=[{"StandardsArn": first["StandardsArn"]}]
    )


def _findings(client: Any) -> None:
    product = f"arn:aws:securityhub:{REGION}:{ACCOUNT}:product/{ACCOUNT}/default"
    client.batch_import_findings(
        Findings=[
            {
                "SchemaVersion": "2018-10-08",
                "Id": "open-port",
                "ProductArn": product,
                "GeneratorId": "scanner",
                "AwsAccountId": ACCOUNT,
                "Types": ["Software and Configuration Checks"],
                "CreatedAt": "2026-01-02T03:04:05Z",
                "UpdatedAt": "2026-01-02T03:04:05Z",
                "Severity": {"Label": "HIGH"},
                "Title": "Open port",
                "Description": "Port 22 is open to the world.",
                "Resources": [{"Type": "AwsEc2Instance", "Id": "i-1"}],
            }
        ]
    )
    client.batch_update_findings(
        FindingIdentifiers=[{"Id": "open-port", "ProductArn": product}], Criticality=1
    )
    client.get_findings()
    securityhub_triage.call_everything(client, {"Id": "open-port", "ProductArn": product})


def _invitations(admin: Any, member: Any) -> None:
    member.enable_security_hub()
    admin.create_members(AccountDetails=[{"AccountId": MEMBER}])
    admin.invite_members(AccountIds=[MEMBER])
    admin.get_members(AccountIds=[MEMBER])
    admin.list_members()
    (invitation,) = member.list_invitations()["Invitations"]
    invitation_id = invitation["InvitationId"]
    member.get_invitations_count()
    member.decline_invitations(AccountIds=[ACCOUNT])
    member.accept_invitation(MasterId=ACCOUNT, InvitationId=invitation_id)
    member.get_master_account()
    member.disassociate_from_master_account()
    member.accept_administrator_invitation(AdministratorId=ACCOUNT, InvitationId=invitation_id)
    member.get_administrator_account()
    member.disassociate_from_administrator_account()
    member.delete_invitations(AccountIds=[ACCOUNT])
    admin.disassociate_members(AccountIds=[MEMBER])
    admin.delete_members(AccountIds=[MEMBER])


def _central(client: Any, unit: str) -> None:
    arn = client.create_finding_aggregator(RegionLinkingMode="NO_REGIONS")["FindingAggregatorArn"]
    client.get_finding_aggregator(FindingAggregatorArn=arn)
    client.list_finding_aggregators()
    client.update_finding_aggregator(FindingAggregatorArn=arn, RegionLinkingMode="NO_REGIONS")
    _configure(client, "CENTRAL")
    client.describe_organization_configuration()
    off = {"SecurityHub": {"ServiceEnabled": False}}
    policy = client.create_configuration_policy(Name="off", ConfigurationPolicy=off)["Id"]
    client.get_configuration_policy(Identifier=policy)
    client.update_configuration_policy(Identifier=policy, Name="none")
    client.list_configuration_policies()
    target = {"OrganizationalUnitId": unit}
    client.start_configuration_policy_association(
        ConfigurationPolicyIdentifier=policy, Target=target
    )
    client.get_configuration_policy_association(Target=target)
    client.list_configuration_policy_associations()
    client.batch_get_configuration_policy_associations(
        ConfigurationPolicyAssociationIdentifiers=[{"Target": target}]
    )
    client.start_configuration_policy_disassociation(
        ConfigurationPolicyIdentifier=policy, Target=target
    )
    client.delete_configuration_policy(Identifier=policy)
    _configure(client, "LOCAL")
    client.delete_finding_aggregator(FindingAggregatorArn=arn)


def _configure(client: Any, configuration_type: str) -> None:
    client.update_organization_configuration(
        AutoEnable=False,
        AutoEnableStandards="NONE",
        OrganizationConfiguration={"ConfigurationType": configuration_type},
    )


def assert_refusal(response: dict[str, Any], broken: Break) -> None:
    """Check status, code, the parameter that is named, and the words of the message."""
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    if response["Error"]["Code"] == "ValidationException":
        assert_newer_refusal(response, broken)
        return
    assert response["Error"]["Code"] == "InvalidInputException"
    message = response["Error"]["Message"]
    if broken.kind == "type":
        if broken.how == "wrong-type" and broken.path[0] == "Filters" and len(broken.path) > 1:
            within = (
                f"[{each}]" if isinstance(each, int) else f".{each}" for each in broken.path[1:]
            )
            start = re.escape(f"Invalid Filters in the input: data{''.join(within)} should be ")
            assert re.fullmatch(f"{start}(string|number|boolean|object|array)", message), message
            return
        assert f"'/{'/'.join(map(str, broken.path))}'" in message
        return
    assert message.startswith(f"Invalid parameter '{broken.path[0]}'. ")
    is_text = isinstance(broken.parameters.get(str(broken.path[0])), str)
    if broken.how == "length-over" and len(broken.path) == 1 and not is_text:
        assert re.search(r" Size '\d+' is greater than maximum value: \d+\.$", message)
        return
    if broken.kind == "range" and len(broken.path) == 1:
        assert re.search(
            r" '-?\d+' is (greater than maximum|less than minimum) value: \d+\.$", message
        )
        return
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in broken.path)
    assert f" at 'data{''.join(steps)}' failed to satisfy constraint: " in message
    assert re.search(_WORDS[broken.kind], message)
