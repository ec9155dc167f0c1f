"""An organization with a Security Hub administrator, for the tests of central configuration."""

from __future__ import annotations

from typing import Any

from membership_mock import MembershipMock

MANAGEMENT = "111111111111"
HOME = "eu-west-1"
LINKED = "eu-west-2"
UNLINKED = "us-east-1"
SELF_MANAGED = "SELF_MANAGED_SECURITY_HUB"
FSBP = f"arn:aws:securityhub:{HOME}::standards/aws-foundational-security-best-practices/v/1.0.0"
FSBP_LINKED = FSBP.replace(HOME, LINKED)
CIS = "arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0"
NIST = f"arn:aws:securityhub:{HOME}::standards/nist-800-53/v/5.0.0"
OFF = {"SecurityHub": {"ServiceEnabled": False}}


def on(*standards: str) -> dict[str, Any]:
    """Return a policy that enables Security Hub with these standards and all their controls."""
    return {
        "SecurityHub": {
            "ServiceEnabled": True,
            "EnabledStandardIdentifiers": list(standards),
            "SecurityControlsConfiguration": {"DisabledSecurityControlIdentifiers": []},
        }
    }


class Central:
    """An organization that uses central configuration.

    Attributes:
        root: the id of the root.
        workloads: the id of a unit under the root.
        prod: the id of a unit under ``workloads``.
        administrator: the delegated administrator's account.
        hub: the administrator's client in the home region.
    """

    def __init__(self, mock: MembershipMock, *, central: bool = True, **aggregator: Any) -> None:
        self.mock = mock
        self.organizations = mock.client("organizations", account=MANAGEMENT, region="us-east-1")
        self.organizations.create_organization(FeatureSet="ALL")
        self.root = self.organizations.list_roots()["Roots"][0]["Id"]
        self.workloads = self.unit("workloads", self.root)
        self.prod = self.unit("prod", self.workloads)
        self.administrator = self.account("security")
        self.client(MANAGEMENT).enable_organization_admin_account(AdminAccountId=self.administrator)
        self.hub = self.client(self.administrator)
        if central:
            self.link(**aggregator)
            self.turn("CENTRAL")

    def client(self, account_id: str, region: str = HOME) -> Any:
        """Return the Security Hub client of an account."""
        return self.mock.client("securityhub", account=account_id, region=region)

    def link(self, **aggregator: Any) -> str:
        """Create a finding aggregator, and return its ARN."""
        created = self.hub.create_finding_aggregator(
            **(aggregator or {"RegionLinkingMode": "SPECIFIED_REGIONS", "Regions": [LINKED]})
        )
        return str(created["FindingAggregatorArn"])

    def turn(self, configuration_type: str) -> None:
        """Choose between CENTRAL and LOCAL."""
        self.hub.update_organization_configuration(
            AutoEnable=False,
            AutoEnableStandards="NONE",
            OrganizationConfiguration={"ConfigurationType": configuration_type},
        )

    def unit(self, name: str, parent: str) -> str:
        """Create an organizational unit, and return its id."""
        created = self.organizations.create_organizational_unit(ParentId=parent, Name=name)
        return str(created["OrganizationalUnit"]["Id"])

    def account(self, name: str, parent: str | None = None) -> str:
        """Create an account, and return its id."""
        created = self.organizations.create_account(AccountName=name, Email=f"{name}@example.com")
        account_id = str(created["CreateAccountStatus"]["AccountId"])
        if parent is not None:
            self.move(account_id, self.root, parent)
        return account_id

    def move(self, account_id: str, source: str, destination: str) -> None:
        """Move an account to another place of the organization."""
        self.organizations.move_account(
            AccountId=account_id, SourceParentId=source, DestinationParentId=destination
        )

    def policy(self, name: str = "policy", *, configuration: dict[str, Any] | None = None) -> str:
        """Create a configuration policy that enables FSBP, or ``configuration``; return its id."""
        created = self.hub.create_configuration_policy(
            Name=name, ConfigurationPolicy=configuration or on(FSBP)
        )
        return str(created["Id"])

    def apply(self, policy_id: str, target_id: str) -> dict[str, Any]:
        """Apply a policy, or self-managed behavior, to a target."""
        answer: dict[str, Any] = self.hub.start_configuration_policy_association(
            ConfigurationPolicyIdentifier=policy_id, Target=target(target_id)
        )
        return answer

    def take_away(self, policy_id: str, target_id: str) -> None:
        """Disassociate a target from what was applied to it."""
        self.hub.start_configuration_policy_disassociation(
            ConfigurationPolicyIdentifier=policy_id, Target=target(target_id)
        )

    def association(self, target_id: str) -> dict[str, Any]:
        """Return the association of a target."""
        answer: dict[str, Any] = self.hub.get_configuration_policy_association(
            Target=target(target_id)
        )
        return answer

    def associations(self, **filters: str) -> dict[str, tuple[str, str, str]]:
        """Return policy, type and status of all associations, by target."""
        found = self.hub.list_configuration_policy_associations(Filters=filters)
        return {
            each["TargetId"]: (
                each["ConfigurationPolicyId"],
                each["AssociationType"],
                each["AssociationStatus"],
            )
            for each in found["ConfigurationPolicyAssociationSummaries"]
        }

    def standards(self, account_id: str, region: str = HOME) -> list[str]:
        """Return the standards that an account has enabled in a region."""
        enabled = self.client(account_id, region).get_enabled_standards()
        return sorted(each["StandardsArn"] for each in enabled["StandardsSubscriptions"])

    def members(self, region: str = HOME) -> dict[str, str]:
        """Return the status of each member on the administrator's list."""
        listed = self.client(self.administrator, region).list_members(OnlyAssociated=False)
        return {each["AccountId"]: each["MemberStatus"] for each in listed["Members"]}


def target(target_id: str) -> dict[str, str]:
    """Return the union that stands for a target."""
    if target_id.startswith("r-"):
        return {"RootId": target_id}
    return {"OrganizationalUnitId" if target_id.startswith("ou-") else "AccountId": target_id}


def code_of(refused: Any) -> str:
    """Return the code of an error that boto3 raised."""
    return str(refused.value.response["Error"]["Code"])


def text_of(refused: Any) -> str:
    """Return the text of an error that boto3 raised."""
    return str(refused.value.response["Error"]["Message"])


def status_of(refused: Any) -> int:
    """Return the HTTP status of an error that boto3 raised."""
    return int(refused.value.response["ResponseMetadata"]["HTTPStatusCode"])
