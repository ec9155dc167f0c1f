"""An organization in a line: built, looked at, changed, and followed by the three services."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timezone
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from membership_mock import MembershipMock, MockOrganization, NotRunning, UsageError
from membership_mock.engine import running
from membership_mock.mock import mock_membership
from tests.cleanrooms.collaboration_samples import RECEIVER, member, new_collaboration
from tests.cleanrooms.collaboration_samples import join as join_room
from tests.frozen_time import freeze_time
from tests.samples import new_membership
from tests.securityhub.central_configuration.central import FSBP, OFF, on

MANAGEMENT, SHOP, PARTNER = "111111111111", "222222222222", "333333333333"
IRELAND, OHIO, TOKYO = "eu-west-1", "us-east-2", "ap-northeast-1"

TREE: dict[str, Any] = {
    "Security": ["audit", "log-archive"],
    "Workloads": {"Prod": {"shop": SHOP, "pay": None}, "Dev": ["sandbox"], "Test": []},
    "lab": None,
}


@pytest.fixture
def org(membership_mock: MembershipMock) -> MockOrganization:
    """The tree above, whose security account administers two services."""
    return membership_mock.organization(
        TREE,
        management=MANAGEMENT,
        delegated={"securityhub": "audit", "security-ir": "audit"},
        regions=[IRELAND, OHIO],
    )


def statuses(org: MockOrganization, region: str = IRELAND) -> dict[str, str]:
    """Return what Security Hub's administrator sees, by the account's name."""
    client = org.client("securityhub", "audit", region)
    pages = client.get_paginator("list_members").paginate(OnlyAssociated=False)
    found = {one["AccountId"]: one["MemberStatus"] for page in pages for one in page["Members"]}
    names = {account_id: name for name, account_id in org.accounts.items()}
    return {names.get(account_id, account_id): status for account_id, status in found.items()}


def auto_enable(org: MockOrganization, region: str) -> None:
    """Let accounts that join become members of Security Hub."""
    client = org.client("securityhub", "audit", region)
    client.update_organization_configuration(AutoEnable=True)


def has_hub(org: MockOrganization, account: str, region: str) -> bool:
    """Return whether Security Hub is on in an account."""
    client = org.client("securityhub", account, region)
    try:
        client.describe_hub()
    except client.exceptions.InvalidAccessException:
        return False
    return True


class Coverage:
    """The membership of Security Incident Response that the security account holds."""

    def __init__(self, org: MockOrganization, *units: str) -> None:
        self.org = org
        self.client = org.client("security-ir", "audit", IRELAND)
        self.membership = new_membership(self.client)
        if units:
            self.client.update_membership(
                membershipId=self.membership,
                membershipAccountsConfigurationsUpdate={
                    "organizationalUnitsToAdd": [org.unit(each) for each in units]
                },
            )

    def of(self, account: str) -> str:
        """Return how an account stands to it."""
        answer = self.client.batch_get_member_account_details(
            membershipId=self.membership, accountIds=[self.org.id(account)]
        )
        return str(answer["items"][0]["relationshipStatus"])

    @property
    def status(self) -> str:
        """The status of the membership."""
        found = self.client.get_membership(membershipId=self.membership)
        return str(found["membershipStatus"])


# --- built ---


def test_accounts_and_units_are_those_of_organizations(org: MockOrganization) -> None:
    client = org.client("organizations")
    listed = {each["Name"]: each["Id"] for each in client.list_accounts()["Accounts"]}
    assert listed == {("master" if name == "management" else name): org[name] for name in org}
    assert listed["shop"] == SHOP
    assert all(len(each) == 12 and each.isdigit() for each in listed.values())
    for account, unit in [("audit", "Security"), ("shop", "Workloads/Prod")]:
        parents = client.list_parents(ChildId=org[account])["Parents"]
        assert parents == [{"Id": org.unit(unit), "Type": "ORGANIZATIONAL_UNIT"}]
    assert client.list_parents(ChildId=org["lab"])["Parents"] == [
        {"Id": org.root_id, "Type": "ROOT"}
    ]
    units = client.list_organizational_units_for_parent(ParentId=org.unit("Workloads"))
    assert [each["Name"] for each in units["OrganizationalUnits"]] == ["Prod", "Dev", "Test"]
    assert client.list_accounts_for_parent(ParentId=org.unit("Workloads/Test"))["Accounts"] == []
    organization = client.describe_organization()["Organization"]
    assert (organization["Id"], organization["FeatureSet"]) == (org.organization_id, "ALL")
    assert organization["MasterAccountId"] == org.management == MANAGEMENT


def test_an_account_with_a_given_id_has_all_that_moto_gives_to_others(
    org: MockOrganization,
) -> None:
    client = org.client("organizations")
    account = client.describe_account(AccountId=SHOP)["Account"]
    assert account["Arn"].endswith(f"/{org.organization_id}/{SHOP}")
    assert (account["Status"], account["JoinedMethod"]) == ("ACTIVE", "CREATED")
    policies = client.list_policies_for_target(TargetId=SHOP, Filter="SERVICE_CONTROL_POLICY")
    assert [each["Name"] for each in policies["Policies"]] == ["FullAWSAccess"]
    targets = client.list_targets_for_policy(PolicyId="p-FullAWSAccess")["Targets"]
    assert {each["TargetId"] for each in targets} >= {SHOP, org["pay"], org.unit("Workloads/Prod")}
    done = client.list_create_account_status(States=["SUCCEEDED"])["CreateAccountStatuses"]
    assert SHOP in {each["AccountId"] for each in done}
    seen = org.client("organizations", "shop").describe_organization()["Organization"]
    assert seen["Id"] == org.organization_id


def test_a_member_is_found_by_sts_and_by_clients(
    org: MockOrganization, membership_mock: MembershipMock
) -> None:
    role = f"arn:aws:iam::{SHOP}:role/OrganizationAccountAccessRole"
    sts = org.client("sts")
    credentials = sts.assume_role(RoleArn=role, RoleSessionName="admin")["Credentials"]
    assumed = boto3.client(
        "sts",
        region_name=IRELAND,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )
    for client in (assumed, org.client("sts", "shop"), membership_mock.client("sts", SHOP)):
        assert client.get_caller_identity()["Account"] == SHOP
    assert org.client("iam", "shop").get_role(RoleName=role.rpartition("/")[2])


def test_names_ids_and_regions_lead_to_clients(org: MockOrganization) -> None:
    session = org.session("shop", OHIO)
    assert session.region_name == OHIO
    assert session.client("sts").get_caller_identity()["Account"] == SHOP
    assert org.client("securityhub", SHOP, region=TOKYO).meta.region_name == TOKYO
    assert org.session().client("sts").get_caller_identity()["Account"] == MANAGEMENT


def test_it_is_a_collection_of_names(org: MockOrganization) -> None:
    names = ["management", "audit", "log-archive", "shop", "pay", "sandbox", "lab"]
    assert list(org) == names
    assert len(org) == 7
    assert "shop" in org and SHOP in org and "shops" not in org
    assert org.id("shop") == org["shop"] == org.accounts["shop"] == org.id(SHOP) == SHOP
    assert list(org.units) == [
        "Security", "Workloads", "Workloads/Prod", "Workloads/Dev", "Workloads/Test",
    ]  # fmt: skip
    assert org.units["Workloads/Dev"] == org.unit("Workloads/Dev")


def test_it_shows_itself_as_a_tree(membership_mock: MembershipMock) -> None:
    org = membership_mock.organization(
        {"Security": {"audit": PARTNER}, "Empty": {}, "shop": SHOP},
        management=MANAGEMENT,
        delegated={"security-ir": "audit"},
    )
    org.suspend("shop")
    assert repr(org).splitlines() == [
        f"organization {org.organization_id}",
        f"├── management {MANAGEMENT}",
        f"├── shop {SHOP} SUSPENDED",
        "├── Security",
        f"│   └── audit {PARTNER}, delegated administrator of security-ir",
        "└── Empty",
    ]


@pytest.mark.parametrize(
    "tree",
    [
        pytest.param(["a", "b"], id="list"),
        pytest.param(("a", "b"), id="tuple"),
        pytest.param({"a": None, "b": None}, id="mapping"),
    ],
)
def test_accounts_at_the_top_are_below_the_root(membership_mock: MembershipMock, tree: Any) -> None:
    org = membership_mock.organization(tree)
    assert list(org) == ["management", "a", "b"]
    assert org.units == {}
    found = org.client("organizations").list_accounts_for_parent(ParentId=org.root_id)["Accounts"]
    assert {each["Id"] for each in found} == set(org.accounts.values())


def test_the_default_account_is_the_management_account() -> None:
    with mock_membership(account=PARTNER) as mock:
        org = mock.organization()
        assert (org.management, list(org), len(org)) == (PARTNER, ["management"], 1)
        account = boto3.client("sts", region_name=OHIO).get_caller_identity()["Account"]
        assert account == org["management"]


def test_two_organizations_live_in_one_mock(membership_mock: MembershipMock) -> None:
    ours = membership_mock.organization(["shop"], management=MANAGEMENT)
    theirs = membership_mock.organization(["shop"], management=PARTNER)
    assert ours["shop"] != theirs["shop"]
    assert ours.organization_id != theirs.organization_id
    seen = theirs.client("organizations", "shop").describe_organization()["Organization"]
    assert seen["MasterAccountId"] == PARTNER


def test_the_regions_tell_the_partition(membership_mock: MembershipMock) -> None:
    org = membership_mock.organization(
        {"shop": SHOP, "audit": None}, delegated={"securityhub": "audit"}, regions=["cn-north-1"]
    )
    client = org.client("organizations", region="cn-north-1")
    arn = client.describe_account(AccountId=SHOP)["Account"]["Arn"]
    assert arn.startswith("arn:aws-cn:organizations::")
    hub = org.client("securityhub", "audit", "cn-north-1").describe_hub()["HubArn"]
    assert hub.startswith("arn:aws-cn:securityhub:cn-north-1:")


def test_a_seed_gives_the_same_ids_again() -> None:
    found = []
    for _ in range(2):
        with mock_membership(seed=7) as mock:
            org = mock.organization({"Unit": ["a", "b"]})
            found.append((org.organization_id, org.root_id, org.accounts, org.units))
    assert found[0] == found[1]


def test_many_accounts_are_listed_once_each_even_while_time_stands_still(
    membership_mock: MembershipMock,
) -> None:
    with freeze_time("2026-03-09"):
        org = membership_mock.organization({"Unit": [f"account-{n}" for n in range(230)]})
        org.join("last")
        pages = org.client("organizations").get_paginator("list_accounts").paginate()
        names = [each["Name"] for page in pages for each in page["Accounts"]]
    assert names == ["master", *(f"account-{n}" for n in range(230)), "last"]


def test_accounts_that_clients_create_while_the_mocks_clock_stands_still_are_listed_once_each(
    membership_mock: MembershipMock,
) -> None:
    membership_mock.clock.freeze("2026-03-09")
    client = membership_mock.client("organizations", account=MANAGEMENT)
    client.create_organization(FeatureSet="ALL")
    for n in range(4):
        client.create_account(AccountName=f"account-{n}", Email=f"{n}@example.com")
    pages = list(client.get_paginator("list_accounts").paginate(PaginationConfig={"PageSize": 2}))
    names = [each["Name"] for page in pages for each in page["Accounts"]]
    assert names == ["master", *(f"account-{n}" for n in range(4))]


def test_stamps_of_an_organization_follow_the_mocks_clock_and_pythons_until_it_is_set(
    membership_mock: MembershipMock,
) -> None:
    with freeze_time("2026-03-08T07:00:00Z"):
        org = membership_mock.organization(["audit"], management=MANAGEMENT)
    membership_mock.clock.freeze("2026-12-01T12:00:00Z")
    org.delegate("securityhub", "audit")
    client = org.client("organizations")
    (audit,) = [each for each in client.list_accounts()["Accounts"] if each["Name"] == "audit"]
    (administrator,) = client.list_delegated_administrators()["DelegatedAdministrators"]
    services = client.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    (delegated,) = client.list_delegated_services_for_account(AccountId=org["audit"])[
        "DelegatedServices"
    ]
    assert f"{audit['JoinedTimestamp'].astimezone(timezone.utc):%m-%d %H:%M}" == "03-08 07:00"
    for stamp in (
        administrator["DelegationEnabledDate"],
        delegated["DelegationEnabledDate"],
        *(each["DateEnabled"] for each in services),
    ):
        assert f"{stamp.astimezone(timezone.utc):%m-%d %H:%M}" == "12-01 12:00"


def test_building_is_no_call_of_the_test(
    org: MockOrganization, membership_mock: MembershipMock
) -> None:
    org.join("new")
    org.undelegate("securityhub")
    assert len(membership_mock.calls) == 0
    assert running.require().record.passed == []
    org.client("organizations").list_roots()
    assert len(running.require().record.passed) == 1


# --- services ---


def test_delegated_administrators_and_trusted_access_are_registered(
    membership_mock: MembershipMock,
) -> None:
    org = membership_mock.organization(
        ["audit", "network", "backup"],
        delegated={"security-ir.amazonaws.com": "audit", "guardduty": ["network", "backup"]},
        trusted=["securityhub", "ram.amazonaws.com"],
    )
    client = org.client("organizations")
    enabled = client.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    assert {each["ServicePrincipal"] for each in enabled} == {
        "security-ir.amazonaws.com",
        "guardduty.amazonaws.com",
        "securityhub.amazonaws.com",
        "ram.amazonaws.com",
    }
    for service, names in [("security-ir", ["audit"]), ("guardduty", ["network", "backup"])]:
        listed = client.list_delegated_administrators(ServicePrincipal=f"{service}.amazonaws.com")
        assert [each["Name"] for each in listed["DelegatedAdministrators"]] == names
    assert len(org.client("organizations", "audit").list_accounts()["Accounts"]) == 4


def test_a_delegated_administrator_may_be_named_by_its_given_id(
    membership_mock: MembershipMock,
) -> None:
    org = membership_mock.organization({"shop": SHOP}, delegated={"security-ir": SHOP})
    assert repr(org).endswith(f"shop {SHOP}, delegated administrator of security-ir")


def test_the_administrator_of_security_hub_is_designated_in_each_region(
    org: MockOrganization,
) -> None:
    for region in (IRELAND, OHIO):
        listed = org.client("securityhub", region=region).list_organization_admin_accounts()
        assert [each["AccountId"] for each in listed["AdminAccounts"]] == [org["audit"]]
        assert has_hub(org, "audit", region)
    tokyo = org.client("securityhub", region=TOKYO)
    assert tokyo.list_organization_admin_accounts()["AdminAccounts"] == []

    org.delegate("securityhub", "audit", regions=[TOKYO])
    assert len(tokyo.list_organization_admin_accounts()["AdminAccounts"]) == 1

    org.undelegate("securityhub")
    for region in (IRELAND, OHIO, TOKYO):
        listed = org.client("securityhub", region=region).list_organization_admin_accounts()
        assert listed["AdminAccounts"] == []
    org.delegate("securityhub", "log-archive")
    ireland = org.client("securityhub", "log-archive", IRELAND)
    assert len(ireland.list_organization_admin_accounts()["AdminAccounts"]) == 1


def test_trust_comes_and_goes(org: MockOrganization) -> None:
    def trusted() -> set[str]:
        client = org.client("organizations")
        enabled = client.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
        return {each["ServicePrincipal"].partition(".")[0] for each in enabled}

    org.trust("guardduty")
    org.trust("guardduty")
    assert trusted() == {"securityhub", "security-ir", "guardduty"}
    org.distrust("security-ir")
    assert trusted() == {"securityhub", "guardduty"}


# --- Security Hub follows ---


def test_accounts_that_join_become_members_where_auto_enable_says_so(
    org: MockOrganization,
) -> None:
    auto_enable(org, IRELAND)
    org.join("new", unit="Workloads/Dev")
    org.join("partner", account_id=PARTNER)
    assert statuses(org, IRELAND) == {"new": "Enabled", "partner": "Enabled"}
    assert statuses(org, OHIO) == {}
    assert [has_hub(org, "partner", each) for each in (IRELAND, OHIO)] == [True, False]


def enroll(org: MockOrganization, *accounts: str, region: str = IRELAND) -> None:
    """Make accounts of the organization members of Security Hub."""
    answer = org.client("securityhub", "audit", region).create_members(
        AccountDetails=[{"AccountId": org[each]} for each in accounts]
    )
    assert answer["UnprocessedAccounts"] == []


def test_a_member_that_is_suspended_stays_enabled(org: MockOrganization) -> None:
    enroll(org, "shop")
    org.suspend("shop")
    assert statuses(org) == {"shop": "Enabled"}
    org.reinstate("shop")
    assert statuses(org) == {"shop": "Enabled"}


def test_a_suspended_account_is_no_member_until_it_is_enrolled_again(
    org: MockOrganization,
) -> None:
    org.suspend("shop")
    enroll(org, "shop", "pay")
    assert statuses(org) == {"shop": "AccountSuspended", "pay": "Enabled"}
    org.reinstate("shop")
    assert statuses(org)["shop"] == "AccountSuspended"
    enroll(org, "shop")
    assert statuses(org)["shop"] == "Enabled"


def test_a_member_that_is_closed_stays_a_member_if_it_is_reinstated_in_time(
    org: MockOrganization, membership_mock: MembershipMock
) -> None:
    auto_enable(org, IRELAND)
    for region in (IRELAND, OHIO):
        enroll(org, "shop", "pay", region=region)
    both = {"pay": "Enabled", "shop": "Enabled"}
    org.close("shop")
    assert statuses(org, IRELAND) == statuses(org, OHIO) == both
    org.reinstate("shop")
    membership_mock.clock.advance(days=100)
    assert statuses(org, IRELAND) == both


def test_a_member_that_leaves_is_removed_and_keeps_its_hub(
    org: MockOrganization, membership_mock: MembershipMock
) -> None:
    enroll(org, "shop")
    org.leave("shop")
    assert statuses(org) == {SHOP: "Removed"}
    shop = membership_mock.client("securityhub", SHOP, IRELAND)
    assert shop.describe_hub()["HubArn"]
    assert shop.get_administrator_account().get("Administrator") is None
    auto_enable(org, IRELAND)
    org.join("shop", account_id=SHOP)
    assert statuses(org) == {"shop": "Enabled"}


def test_an_administrator_that_is_closed_loses_its_role_and_stays_registered(
    org: MockOrganization,
) -> None:
    enroll(org, "shop")
    org.close("audit")
    for region in (IRELAND, OHIO):
        listed = org.client("securityhub", region=region).list_organization_admin_accounts()
        assert listed["AdminAccounts"] == []
    client = org.client("organizations")
    registered = client.list_delegated_administrators()["DelegatedAdministrators"]
    assert [(each["Name"], each["Status"]) for each in registered] == [("audit", "SUSPENDED")]
    with pytest.raises(UsageError, match=r"one at the most: `undelegate` it first"):
        org.delegate("securityhub", "log-archive")
    org.undelegate("securityhub", "audit")
    org.delegate("securityhub", "log-archive")
    listed = org.client("securityhub", region=OHIO).list_organization_admin_accounts()
    assert [each["AccountId"] for each in listed["AdminAccounts"]] == [org["log-archive"]]


def test_an_administrator_that_is_suspended_keeps_its_role(org: MockOrganization) -> None:
    enroll(org, "shop")
    org.suspend("audit")
    listed = org.client("securityhub", region=IRELAND).list_organization_admin_accounts()
    assert [each["AccountId"] for each in listed["AdminAccounts"]] == [org["audit"]]
    assert statuses(org) == {"shop": "Enabled"}


def test_central_configuration_follows_accounts_from_unit_to_unit(org: MockOrganization) -> None:
    hub = org.client("securityhub", "audit", IRELAND)
    hub.create_finding_aggregator(RegionLinkingMode="SPECIFIED_REGIONS", Regions=[OHIO])
    hub.update_organization_configuration(
        AutoEnable=False,
        AutoEnableStandards="NONE",
        OrganizationConfiguration={"ConfigurationType": "CENTRAL"},
    )
    for name, policy, unit in [("on", on(FSBP), "Workloads/Prod"), ("off", OFF, "Workloads/Dev")]:
        created = hub.create_configuration_policy(Name=name, ConfigurationPolicy=policy)
        hub.start_configuration_policy_association(
            ConfigurationPolicyIdentifier=created["Id"],
            Target={"OrganizationalUnitId": org.unit(unit)},
        )
    assert has_hub(org, "shop", OHIO)
    org.join("new", unit="Workloads/Prod")
    org.join("partner", unit="Workloads/Prod", account_id=PARTNER)
    assert has_hub(org, "new", IRELAND) and has_hub(org, "partner", OHIO)
    org.move("new", "Workloads/Dev")
    assert not has_hub(org, "new", IRELAND)

    def outcome() -> str:
        found = hub.get_configuration_policy_association(Target={"AccountId": SHOP})
        return str(found["AssociationStatus"])

    assert outcome() == "SUCCESS"
    org.suspend("shop")
    assert outcome() == "SUCCESS"
    org.move("shop", "Workloads/Dev")
    assert outcome() == "FAILED"
    assert has_hub(org, "shop", IRELAND)
    org.reinstate("shop")
    org.move("shop", "Workloads/Prod")
    assert outcome() == "SUCCESS"


# --- Security Incident Response follows ---


def test_a_covered_unit_covers_whoever_is_in_it(org: MockOrganization) -> None:
    coverage = Coverage(org, "Workloads")
    assert (coverage.of("shop"), coverage.of("lab")) == ("Associated", "Unassociated")
    org.add_unit("Workloads/Prod/EU")
    for account in (org.join("new", "Workloads/Prod/EU"), org.join("p", "Workloads", PARTNER)):
        assert coverage.of(account) == "Associated"
    org.move("lab", "Workloads/Dev")
    org.move("shop", None)
    assert (coverage.of("shop"), coverage.of("lab")) == ("Disassociated", "Associated")


def test_a_suspended_account_is_covered_again_when_it_is_reinstated(org: MockOrganization) -> None:
    coverage = Coverage(org, "Workloads/Prod")
    for end in (org.suspend, org.close):
        end("shop")
        assert coverage.of("shop") == "Disassociated"
        org.reinstate("shop")
        assert coverage.of("shop") == "Associated"


def test_an_account_that_leaves_is_covered_no_longer(org: MockOrganization) -> None:
    coverage = Coverage(org, "Workloads/Prod")
    org.leave("shop")
    answer = coverage.client.batch_get_member_account_details(
        membershipId=coverage.membership, accountIds=[SHOP]
    )
    assert answer["items"][0]["relationshipStatus"] == "Disassociated"


@pytest.mark.parametrize(
    ("end", "status"),
    [
        pytest.param(lambda org: org.undelegate("security-ir"), "Terminated", id="deregistered"),
        pytest.param(lambda org: org.distrust("security-ir"), "Terminated", id="distrusted"),
        pytest.param(lambda org: org.close("audit"), "Terminated", id="closed"),
        pytest.param(lambda org: org.suspend("audit"), "Active", id="suspended"),
        pytest.param(lambda org: org.undelegate("securityhub"), "Active", id="of another service"),
    ],
)
def test_a_membership_ends_with_the_role_of_its_account(
    org: MockOrganization, end: Callable[[MockOrganization], None], status: str
) -> None:
    coverage = Coverage(org)
    end(org)
    assert coverage.status == status


def test_a_membership_of_its_own_survives_that_the_account_joins(
    org: MockOrganization, membership_mock: MembershipMock
) -> None:
    client = membership_mock.client("security-ir", PARTNER, IRELAND)
    membership = new_membership(client)
    org.join("partner", account_id=PARTNER)
    found = client.get_membership(membershipId=membership)
    assert (found["membershipStatus"], found["customerType"]) == ("Active", "Standalone")


# --- Clean Rooms has no part in it ---


@pytest.mark.parametrize("change", ["suspend", "close", "leave"])
def test_a_collaboration_does_not_care_for_the_organization(
    org: MockOrganization, membership_mock: MembershipMock, change: str
) -> None:
    shop = membership_mock.client("cleanrooms", SHOP, IRELAND)
    lab = org.client("cleanrooms", "lab", IRELAND)
    room = new_collaboration(lab, member(SHOP, *RECEIVER[:0]))
    joined = join_room(shop, room["id"])
    getattr(org, change)("shop")
    assert (
        shop.get_membership(membershipIdentifier=joined["id"])["membership"]["status"] == "ACTIVE"
    )
    members = lab.list_members(collaborationIdentifier=room["id"])["memberSummaries"]
    assert {each["accountId"]: each["status"] for each in members}[SHOP] == "ACTIVE"


# --- accounts and units come and go, for organizations' clients as well ---


def test_the_status_of_an_account_is_that_of_organizations(org: MockOrganization) -> None:
    client = org.client("organizations")

    def status() -> str:
        return str(client.describe_account(AccountId=SHOP)["Account"]["Status"])

    for end in (org.suspend, org.close):
        end("shop")
        assert status() == "SUSPENDED"
        assert "shop" in org
        org.reinstate("shop")
        assert status() == "ACTIVE"


def test_an_invited_account_exists_and_gives_no_role_away(
    org: MockOrganization, membership_mock: MembershipMock
) -> None:
    iam = membership_mock.client("iam", PARTNER)
    iam.create_role(RoleName="own", AssumeRolePolicyDocument="{}")
    assert org.join("partner", account_id=PARTNER) == PARTNER
    account = org.client("organizations").describe_account(AccountId=PARTNER)["Account"]
    assert (account["Name"], account["JoinedMethod"]) == ("partner", "INVITED")
    assert [each["RoleName"] for each in iam.list_roles()["Roles"]] == ["own"]


def test_an_account_goes_from_one_organization_to_another(
    org: MockOrganization, membership_mock: MembershipMock
) -> None:
    other = membership_mock.organization(management=PARTNER)
    org.leave("shop")
    assert "shop" not in org
    other.join("shop", account_id=SHOP)
    seen = other.client("organizations", "shop").describe_organization()["Organization"]
    assert seen["Id"] == other.organization_id


def test_units_come_and_go(org: MockOrganization) -> None:
    client = org.client("organizations")
    assert org.add_unit("Workloads/Prod/EU") == org.unit("Workloads/Prod/EU")
    found = client.describe_organizational_unit(OrganizationalUnitId=org.unit("Workloads/Prod/EU"))
    assert found["OrganizationalUnit"]["Name"] == "EU"
    org.remove_unit("Workloads/Test")
    assert "Workloads/Test" not in org.units
    left = client.list_organizational_units_for_parent(ParentId=org.unit("Workloads"))
    assert [each["Name"] for each in left["OrganizationalUnits"]] == ["Prod", "Dev"]


def test_what_clients_of_organizations_change_is_seen(org: MockOrganization) -> None:
    client = org.client("organizations")
    created = client.create_account(AccountName="direct", Email="direct@example.com")
    assert org["direct"] == created["CreateAccountStatus"]["AccountId"]
    unit = client.create_organizational_unit(ParentId=org.unit("Workloads/Dev"), Name="Deep")
    assert org.unit("Workloads/Dev/Deep") == unit["OrganizationalUnit"]["Id"]
    client.move_account(
        AccountId=org["direct"],
        SourceParentId=org.root_id,
        DestinationParentId=org.unit("Workloads/Dev/Deep"),
    )
    with pytest.raises(UsageError, match="already"):
        org.move("direct", "Workloads/Dev/Deep")
    org.move("direct", org.root_id)
    client.close_account(AccountId=SHOP)
    org.reinstate("shop")
    assert client.describe_account(AccountId=SHOP)["Account"]["Status"] == "ACTIVE"


def test_nobody_else_removes_an_account_from_its_organization(
    membership_mock: MembershipMock, org: MockOrganization
) -> None:
    # moto forgot where the account belongs before it refused
    membership_mock.organization(["other"], management=PARTNER)
    before = membership_mock.dump()
    for caller in ("shop", "audit", PARTNER):
        stranger = membership_mock.client("organizations", account=org.accounts.get(caller, caller))
        with pytest.raises(ClientError):
            stranger.remove_account_from_organization(AccountId=SHOP)
        assert membership_mock.dump() == before
    at_home = org.client("organizations", "shop").describe_organization()["Organization"]
    assert at_home["MasterAccountId"] == MANAGEMENT


def test_organizations_registers_no_suspended_account_for_our_services(
    org: MockOrganization,
) -> None:
    org.undelegate("security-ir")
    org.suspend("shop")
    with pytest.raises(ClientError, match="suspended account as a delegated administrator"):
        org.client("organizations").register_delegated_administrator(
            AccountId=SHOP, ServicePrincipal="security-ir.amazonaws.com"
        )


# --- misuse ---


@pytest.fixture
def nothing_left(membership_mock: MembershipMock) -> Iterator[Any]:
    """Check that a refused organization leaves no organization and no account behind."""
    yield membership_mock
    for account in ("123456789012", SHOP):
        client = membership_mock.client("organizations", account)
        with pytest.raises(client.exceptions.AWSOrganizationsNotInUseException):
            client.describe_organization()


@pytest.mark.parametrize(
    ("tree", "told"),
    [
        pytest.param("shop", "cannot be the tree", id="text"),
        pytest.param(None, "cannot be the tree", id="none"),
        pytest.param({"shop": 222222222222}, "neither a unit nor an account", id="id as number"),
        pytest.param({"shop": "22"}, "'22' is not an account id", id="short id"),
        pytest.param({"Unit": "shop"}, r"a unit of one account is a list", id="name as id"),
        pytest.param(["a", "a"], "Two accounts are called 'a'", id="name twice"),
        pytest.param({"U": ["a"], "V": {"a": None}}, "in U and in V", id="name in two units"),
        pytest.param({"a": SHOP, "b": SHOP}, "given to 'a' and to 'b'", id="id twice"),
        pytest.param({"a": "123456789012"}, "is the management account", id="management's id"),
        pytest.param(["management"], "management account's name", id="management's name"),
        pytest.param(["master"], "management account's name", id="moto's name for it"),
        pytest.param([SHOP], r"write \{'name': '222222222222'\}", id="id as name"),
        pytest.param(["ou-abcd-12345678"], "is an id", id="unit's id as name"),
        pytest.param([""], "not a name of an account", id="empty name"),
        pytest.param(["x" * 51], "1 to 50 characters", id="long name"),
        pytest.param([{"a": None}], "write a mapping to nest units", id="mapping in a list"),
        pytest.param({"A/B": []}, "slash", id="path as unit"),
        pytest.param({1: []}, "not a name of a unit", id="number as unit"),
        pytest.param({"a": {"b": {"c": {"d": {"e": {"f": []}}}}}}, "5 deep", id="too deep"),
    ],
)
def test_a_tree_that_cannot_be_is_refused(nothing_left: Any, tree: Any, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        nothing_left.organization(tree)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        pytest.param({"management": "1"}, "is not an account id", id="bad management"),
        pytest.param({"management": ""}, "is not an account id", id="empty management"),
        pytest.param({"delegated": {"security-ir": "adit"}}, "nearest: 'audit'", id="unknown name"),
        pytest.param(
            {"delegated": {"security-ir": "management"}}, "name a member account", id="management"
        ),
        pytest.param(
            {"delegated": {"security-ir": ["audit", "shop"]}}, "one delegated", id="two of one"
        ),
        pytest.param(
            {"delegated": {"securityhub": "audit", "securityhub.amazonaws.com": "shop"}},
            "one delegated",
            id="two by two names",
        ),
        pytest.param({"delegated": {"securityhb": "audit"}}, "nearest", id="unknown service"),
        pytest.param({"delegated": {"cloudtrail": "audit"}}, "delegated admin", id="has none"),
        pytest.param({"delegated": {"cleanrooms": "audit"}}, "Clean Rooms", id="no part in it"),
        pytest.param({"delegated": {"securityhub": None}}, "or a list of names", id="no name"),
        pytest.param({"delegated": {"securityhub": [["audit"]]}}, "a list of names", id="nested"),
        pytest.param({"delegated": ["securityhub"]}, "pass a mapping", id="no mapping"),
        pytest.param({"delegated": {3: "audit"}}, "is not a service", id="number as service"),
        pytest.param({"trusted": ["securityhubs"]}, "nearest", id="unknown trusted service"),
        pytest.param({"trusted": "securityhub"}, "not a list of services", id="text of services"),
        pytest.param({"regions": []}, "not a list of regions", id="no regions"),
        pytest.param({"regions": IRELAND}, "not a list of regions", id="text of regions"),
        pytest.param({"regions": ["Ireland"]}, "'Ireland' is not a region", id="no region"),
        pytest.param(
            {"regions": [IRELAND, "cn-north-1"]}, "is not in the partition", id="partitions"
        ),
    ],
)
def test_an_organization_that_cannot_be_is_refused(
    nothing_left: Any, options: dict[str, Any], told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        nothing_left.organization({"audit": None, "shop": SHOP}, **options)


def test_an_account_that_somebody_administers_in_security_hub_is_refused(
    nothing_left: Any,
) -> None:
    admin = nothing_left.client("securityhub", MANAGEMENT, OHIO)
    shop = nothing_left.client("securityhub", SHOP, OHIO)
    for each in (admin, shop):
        each.enable_security_hub()
    admin.create_members(AccountDetails=[{"AccountId": SHOP, "Email": "shop@example.com"}])
    admin.invite_members(AccountIds=[SHOP])
    (invitation,) = shop.list_invitations()["Invitations"]
    shop.accept_administrator_invitation(
        AdministratorId=MANAGEMENT, InvitationId=invitation["InvitationId"]
    )
    with pytest.raises(UsageError, match=f"member account of {MANAGEMENT} there"):
        nothing_left.organization(
            {"shop": SHOP}, delegated={"securityhub": "shop"}, regions=[IRELAND, OHIO]
        )


def test_an_account_is_in_one_organization_at_a_time(
    org: MockOrganization, membership_mock: MembershipMock
) -> None:
    for management in (MANAGEMENT, SHOP):
        with pytest.raises(UsageError, match="one at a time"):
            membership_mock.organization(management=management)
    with pytest.raises(UsageError, match="one at a time"):
        membership_mock.organization({"shop": SHOP}, management=PARTNER)
    with pytest.raises(UsageError, match="one at a time"):
        org.join("again", account_id=SHOP)
    client = membership_mock.client("organizations", PARTNER)
    with pytest.raises(client.exceptions.AWSOrganizationsNotInUseException):
        client.describe_organization()


@pytest.mark.parametrize(
    ("misuse", "told"),
    [
        pytest.param(lambda org: org["shopp"], "nearest: 'shop'", id="unknown account"),
        pytest.param(lambda org: org.id(PARTNER), "has no account", id="foreign id"),
        pytest.param(lambda org: org.client("sts", "shopp"), "nearest: 'shop'", id="client"),
        pytest.param(lambda org: org.unit("Workloads/Prd"), "nearest: 'Workloads/Prod'", id="unit"),
        pytest.param(lambda org: org.unit("Prod"), "has no unit 'Prod'", id="part of a path"),
        pytest.param(lambda org: org.join("shop"), "in the organization already", id="name twice"),
        pytest.param(
            lambda org: org.join("x", account_id="1"), "is not an account id", id="bad id"
        ),
        pytest.param(lambda org: org.join("x", "Dev"), "has no unit", id="join nowhere"),
        pytest.param(lambda org: org.join(SHOP), "is an id", id="join an id"),
        pytest.param(lambda org: org.move("shop", "Workloads/Prod"), "already", id="move nowhere"),
        pytest.param(lambda org: org.move("lab", None), "already", id="move to the root again"),
        pytest.param(lambda org: org.suspend("management"), "cannot be suspended", id="suspend"),
        pytest.param(lambda org: org.close("management"), "cannot be closed", id="close"),
        pytest.param(lambda org: org.leave("management"), "cannot be removed", id="leave"),
        pytest.param(lambda org: org.leave("audit"), "`undelegate", id="administrator leaves"),
        pytest.param(lambda org: org.reinstate("shop"), "is active", id="reinstate an active one"),
        pytest.param(lambda org: org.add_unit("Workloads/Prod"), "there already", id="unit twice"),
        pytest.param(lambda org: org.add_unit("X/Y"), "has no unit 'X'", id="unit in nothing"),
        pytest.param(
            lambda org: org.add_unit(""), "not a name of a unit", id="unit without a name"
        ),
        pytest.param(lambda org: org.add_unit(None), "not the path of a unit", id="no path"),
        pytest.param(lambda org: org.remove_unit("Workloads"), "not empty: 'Prod'", id="has units"),
        pytest.param(lambda org: org.remove_unit("Security"), "'log-archive'", id="has accounts"),
        pytest.param(lambda org: org.remove_unit(org.root_id), "has no unit", id="the root"),
        pytest.param(lambda org: org.trust("x"), "trusted access", id="unknown service"),
        pytest.param(lambda org: org.distrust("guardduty"), "has no trusted", id="not trusted"),
        pytest.param(lambda org: org.delegate("security-ir", "audit"), "is the del", id="twice"),
        pytest.param(lambda org: org.delegate("security-ir", "lab"), "undelegate", id="a second"),
        pytest.param(lambda org: org.delegate("securityhub", "lab"), "undelegate", id="of the hub"),
        pytest.param(
            lambda org: org.delegate("guardduty", "management"), "member account", id="management"
        ),
        pytest.param(
            lambda org: org.delegate("guardduty", "lab", regions=[OHIO]), "leave `reg", id="regions"
        ),
        pytest.param(
            lambda org: org.delegate("securityhub", "audit", regions=["x"]), "not a region", id="x"
        ),
        pytest.param(lambda org: org.undelegate("guardduty"), "has no del", id="undelegate none"),
        pytest.param(
            lambda org: org.undelegate("security-ir", "lab"), "'lab' is not a del", id="another one"
        ),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    org: MockOrganization, misuse: Callable[[MockOrganization], object], told: str
) -> None:
    before = repr(org)
    with pytest.raises(UsageError, match=told):
        misuse(org)
    assert repr(org) == before


@pytest.mark.parametrize("end", ["suspend", "close"])
def test_a_suspended_account_is_told_apart(org: MockOrganization, end: str) -> None:
    getattr(org, end)("shop")
    for again in (org.suspend, org.close):
        with pytest.raises(UsageError, match="`reinstate` it first"):
            again("shop")
    with pytest.raises(UsageError, match="`reinstate` it first"):
        org.delegate("guardduty", "shop")


def test_of_several_administrators_one_must_be_named(membership_mock: MembershipMock) -> None:
    org = membership_mock.organization(["a", "b"], delegated={"guardduty": ["a", "b"]})
    with pytest.raises(UsageError, match="has 2 delegated administrators: say which"):
        org.undelegate("guardduty")
    org.undelegate("guardduty", "a")
    org.undelegate("guardduty")
    assert "administers" not in repr(org)


def test_an_organization_is_gone_after_a_reset(
    org: MockOrganization, membership_mock: MembershipMock
) -> None:
    membership_mock.reset()
    with pytest.raises(UsageError, match="is gone"):
        org.id("shop")
    assert repr(org) == f"<MockOrganization {org.organization_id}, gone>"
    again = membership_mock.organization(["shop"], management=MANAGEMENT)
    assert len(again) == 2
    with pytest.raises(UsageError, match="is gone"):
        org.trust("guardduty")


def test_an_organization_is_gone_in_a_world_from_before_it(
    membership_mock: MembershipMock,
) -> None:
    with membership_mock.rolled_back():
        org = membership_mock.organization(["shop"])
    with pytest.raises(UsageError, match=r"is gone: .* put back to what it was before"):
        org.suspend("shop")


def test_an_organization_is_gone_when_it_is_deleted(membership_mock: MembershipMock) -> None:
    org = membership_mock.organization(["shop"])
    org.leave("shop")
    org.client("organizations").delete_organization()
    with pytest.raises(UsageError, match="is gone"):
        len(org)


def test_a_mock_that_is_not_running_has_no_organization() -> None:
    with pytest.raises(NotRunning):
        mock_membership().organization()
    with mock_membership() as mock:
        org = mock.organization(["shop"])
    with pytest.raises(NotRunning):
        org.id("shop")
    assert repr(org).endswith("gone>")
    with mock_membership() as mock, pytest.raises(NotRunning, match="has ended"):
        org.join("new")
