"""Stories of Security Incident Response, told as its users' code would live them."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

from tests.samples import TEAM, case_input, new_case, new_membership

MANAGEMENT = "111111111111"
PRINCIPAL = "security-ir.amazonaws.com"
HOME = "eu-west-1"
#: where an inventory looks for memberships
SWEPT = ("us-east-1", "us-west-2", "eu-central-1", HOME, "ap-southeast-2", "sa-east-1")


class Company:
    """An organization: a management account, a security account, and a tree of units."""

    def __init__(self, mock: Any, management: str = MANAGEMENT) -> None:
        self.mock = mock
        self.management = management
        self.organizations = mock.client("organizations", account=management, region="us-east-1")
        self.organizations.create_organization(FeatureSet="ALL")
        self.root = self.organizations.list_roots()["Roots"][0]["Id"]
        self.security = self.new_account("security")

    def new_account(self, name: str, unit: str | None = None) -> str:
        """Create an account, in a unit if one is given, and return its id."""
        made = self.organizations.create_account(
            AccountName=name, Email=f"{name}.{self.management}@example.com"
        )
        account = str(made["CreateAccountStatus"]["AccountId"])
        if unit is not None:
            self.organizations.move_account(
                AccountId=account, SourceParentId=self.root, DestinationParentId=unit
            )
        return account

    def new_unit(self, name: str, parent: str | None = None) -> str:
        """Create a unit and return its id."""
        made = self.organizations.create_organizational_unit(
            ParentId=parent or self.root, Name=name
        )
        return str(made["OrganizationalUnit"]["Id"])

    def onboard(self) -> None:
        """Do what the user guide asks of the management account before the sign-up."""
        self.organizations.enable_aws_service_access(ServicePrincipal=PRINCIPAL)
        self.organizations.register_delegated_administrator(
            AccountId=self.security, ServicePrincipal=PRINCIPAL
        )

    def responders(self, region: str = HOME) -> Any:
        """Return a client of the security account."""
        return self.mock.client("security-ir", account=self.security, region=region)


@pytest.fixture
def company(membership_mock: Any) -> Company:
    """A company that has not signed up yet."""
    return Company(membership_mock)


def _assumed(mock: Any, source: str, target: str, region: str = HOME) -> boto3.Session:
    """Return a session of a role in another account, as a deployment pipeline gets it."""
    iam = mock.client("iam", account=target)
    role = iam.create_role(RoleName="OnboardingRole", AssumeRolePolicyDocument="{}")["Role"]
    granted = mock.client("sts", account=source).assume_role(
        RoleArn=role["Arn"], RoleSessionName="onboarding"
    )["Credentials"]
    return boto3.Session(
        aws_access_key_id=granted["AccessKeyId"],
        aws_secret_access_key=granted["SecretAccessKey"],
        aws_session_token=granted["SessionToken"],
        region_name=region,
    )


def test_a_pipeline_of_the_management_account_signs_up_in_the_security_account(
    company: Company,
) -> None:
    # The security account may not sign up before it is the delegated administrator.
    session = _assumed(company.mock, company.management, company.security)
    client = session.client("security-ir")
    assert session.client("sts").get_caller_identity()["Account"] == company.security
    with pytest.raises(client.exceptions.AccessDeniedException):
        new_membership(client)

    company.onboard()
    membership_id = new_membership(
        client,
        coverEntireOrganization=True,
        optInFeatures=[{"featureName": "Triage", "isEnabled": True}],
        tags={"cost-center": "security"},
    )

    membership = client.get_membership(membershipId=membership_id)
    assert membership["accountId"] == company.security
    assert membership["region"] == HOME
    assert membership["customerType"] == "Organization"
    assert membership["numberOfAccountsCovered"] == 2
    assert membership["optInFeatures"] == [{"featureName": "Triage", "isEnabled": True}]
    tags = client.list_tags_for_resource(resourceArn=membership["membershipArn"])["tags"]
    assert tags == {"cost-center": "security"}

    # The management account sees that there is one already, but not which.
    management = company.mock.client("security-ir", account=company.management, region=HOME)
    assert management.list_memberships()["items"] == []
    with pytest.raises(management.exceptions.AccessDeniedException):
        management.get_membership(membershipId=membership_id)
    with pytest.raises(management.exceptions.ConflictException) as refused:
        new_membership(management)
    assert refused.value.response["resourceId"] == membership_id


def test_an_incident_is_worked_on_from_its_opening_to_its_closing(company: Company) -> None:
    company.onboard()
    client = company.responders()
    new_membership(client, coverEntireOrganization=True)
    victim = company.new_account("shop")

    case_id = new_case(
        client,
        title="Keys on a public repository",
        impactedAccounts=[victim],
        impactedServices=["Amazon EC2"],
        impactedAwsRegions=[{"region": HOME}],
        watchers=[{"email": "soc@example.com", "name": "SOC"}],
    )
    (listed,) = client.list_cases()["items"]
    assert (listed["caseId"], listed["caseStatus"]) == (case_id, "Submitted")

    # Evidence comes in as a file.
    log = b"2026-01-02T03:04:05Z AssumeRole from 192.0.2.1\n" * 100
    upload = client.get_case_attachment_upload_url(
        caseId=case_id, fileName="cloudtrail.log", contentLength=len(log)
    )["attachmentPresignedUrl"]
    (attachment,) = client.get_case(caseId=case_id)["caseAttachments"]
    assert attachment["attachmentStatus"] == "Pending"
    with pytest.raises(client.exceptions.ValidationException, match="still pending"):
        client.get_case_attachment_download_url(
            caseId=case_id, attachmentId=attachment["attachmentId"]
        )
    requests.put(upload, data=log, timeout=5).raise_for_status()
    (attachment,) = client.get_case(caseId=case_id)["caseAttachments"]
    assert attachment["attachmentStatus"] == "Verified"
    download = client.get_case_attachment_download_url(
        caseId=case_id, attachmentId=attachment["attachmentId"]
    )["attachmentPresignedUrl"]
    assert requests.get(download, timeout=5).content == log

    # The team learns more, and the case moves on.
    client.update_case(
        caseId=case_id,
        threatActorIpAddressesToAdd=[{"ipAddress": "192.0.2.1", "userAgent": "curl"}],
        impactedServicesToAdd=["AWS IAM"],
    )
    comment = client.create_case_comment(caseId=case_id, body="The keys are off.")["commentId"]
    client.update_case_comment(caseId=case_id, commentId=comment, body="The keys are deleted.")
    for status in (
        "Detection and Analysis",
        "Containment, Eradication and Recovery",
        "Post-incident Activities",
    ):
        client.update_case_status(caseId=case_id, caseStatus=status)
    closed = client.close_case(caseId=case_id)

    case = client.get_case(caseId=case_id)
    assert case["caseStatus"] == closed["caseStatus"] == "Closed"
    assert case["closedDate"] == closed["closedDate"]
    assert case["impactedServices"] == ["Amazon EC2", "AWS IAM"]
    assert case["threatActorIpAddresses"] == [{"ipAddress": "192.0.2.1", "userAgent": "curl"}]
    (comment_left,) = client.list_comments(caseId=case_id)["items"]
    assert comment_left["body"] == "The keys are deleted."
    trail = [edit["action"] for edit in client.list_case_edits(caseId=case_id)["items"]]
    assert trail == [
        "Create case",
        "Add attachment",
        "Update case",
        "Add comment",
        "Update comment",
        *["Update case status"] * 3,
        "Close case",
    ]
    # What is closed can be read and no longer be written.
    assert requests.get(download, timeout=5).content == log
    with pytest.raises(client.exceptions.ConflictException):
        client.create_case_comment(caseId=case_id, body="One more thing.")


def test_the_scope_goes_from_the_organization_to_units_and_back(company: Company) -> None:
    company.onboard()
    workloads = company.new_unit("workloads")
    prod, sandbox = company.new_unit("prod", workloads), company.new_unit("sandbox")
    shop, toy = company.new_account("shop", prod), company.new_account("toy", sandbox)
    client = company.responders()
    membership_id = new_membership(client, coverEntireOrganization=True)

    def scope(**change: Any) -> None:
        client.update_membership(
            membershipId=membership_id, membershipAccountsConfigurationsUpdate=change
        )

    def covered() -> dict[str, str]:
        accounts = {"management": company.management, "shop": shop, "toy": toy}
        answer = client.batch_get_member_account_details(
            membershipId=membership_id, accountIds=list(accounts.values())
        )
        status = {each["accountId"]: each["relationshipStatus"] for each in answer["items"]}
        return {name: status[account] for name, account in accounts.items()}

    def count() -> int:
        return int(client.get_membership(membershipId=membership_id)["numberOfAccountsCovered"])

    assert set(covered().values()) == {"Associated"}
    assert count() == 4

    scope(organizationalUnitsToAdd=[workloads])  # prod is below it
    assert covered() == {
        "management": "Disassociated",
        "shop": "Associated",
        "toy": "Disassociated",
    }
    assert count() == 1

    # An account follows the unit it is moved to.
    company.organizations.move_account(
        AccountId=toy, SourceParentId=sandbox, DestinationParentId=prod
    )
    assert covered()["toy"] == "Associated"
    scope(organizationalUnitsToAdd=[sandbox], organizationalUnitsToRemove=[workloads])
    assert covered()["toy"] == "Disassociated"

    scope(coverEntireOrganization=True)
    assert set(covered().values()) == {"Associated"}
    configurations = client.get_membership(membershipId=membership_id)[
        "membershipAccountsConfigurations"
    ]
    assert configurations == {"coverEntireOrganization": True, "organizationalUnits": []}


def test_deregistering_the_delegated_administrator_ends_the_membership_for_good(
    company: Company,
) -> None:
    company.onboard()
    client = company.responders()
    membership_id = new_membership(client)
    case_id = new_case(client)

    company.organizations.deregister_delegated_administrator(
        AccountId=company.security, ServicePrincipal=PRINCIPAL
    )

    (item,) = client.list_memberships()["items"]
    assert (item["membershipId"], item["membershipStatus"]) == (membership_id, "Terminated")
    with pytest.raises(client.exceptions.SecurityIncidentResponseNotActiveException):
        client.get_case(caseId=case_id)
    with pytest.raises(client.exceptions.ConflictException):
        client.update_membership(membershipId=membership_id, undoMembershipCancellation=True)
    with pytest.raises(client.exceptions.AccessDeniedException):
        new_membership(client)

    # Back again: a new membership, from which the old cases are out of reach.
    company.onboard()
    again = new_membership(client)
    assert again != membership_id
    assert client.list_cases()["total"] == 0
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_case(caseId=case_id)


def test_two_companies_side_by_side_never_see_each_other(membership_mock: Any) -> None:
    first, second = Company(membership_mock), Company(membership_mock, "222222222222")
    clients, memberships, cases = {}, {}, {}
    for company, region in ((first, HOME), (second, "us-west-2")):
        company.onboard()
        client = clients[company] = company.responders(region)
        memberships[company] = new_membership(client, coverEntireOrganization=True)
        cases[company] = {new_case(client) for _ in range(3)}

    for ours, theirs in ((first, second), (second, first)):
        for region in (HOME, "us-west-2"):
            client = ours.responders(region)
            with pytest.raises(client.exceptions.AccessDeniedException):
                client.get_membership(membershipId=memberships[theirs])
            for case_id in cases[theirs]:
                with pytest.raises(ClientError):
                    client.get_case(caseId=case_id)
        client = clients[ours]
        assert {each["caseId"] for each in client.list_cases()["items"]} == cases[ours]
        (details,) = client.batch_get_member_account_details(
            membershipId=memberships[ours], accountIds=[theirs.security]
        )["items"]
        assert details["relationshipStatus"] == "Unassociated"
        assert details["relationshipType"] == "Unrelated"

    clients[first].cancel_membership(membershipId=memberships[first])
    assert clients[second].list_cases()["total"] == 3
    assert new_case(clients[second], **case_input(resolverType="AWS")) not in cases[first]


def test_a_sweep_over_the_regions_finds_the_membership_and_who_is_not_covered(
    company: Company,
) -> None:
    company.onboard()
    unit = company.new_unit("workloads")
    inside, outside = company.new_account("shop", unit), company.new_account("toy")
    membership_id = new_membership(company.responders())
    company.responders().update_membership(
        membershipId=membership_id,
        membershipAccountsConfigurationsUpdate={"organizationalUnitsToAdd": [unit]},
    )

    # A checker has the rights of the security account and does not know the home region.
    found: dict[str, list[dict[str, Any]]] = {}
    session = company.mock.session(account=company.security)
    for region in SWEPT:
        client = session.client("security-ir", region_name=region)
        pages = client.get_paginator("list_memberships").paginate()
        found[region] = [item for page in pages for item in page["items"]]
        if not found[region]:
            with pytest.raises(client.exceptions.SecurityIncidentResponseNotActiveException):
                client.list_cases()
    assert [region for region, items in found.items() if items] == [HOME]
    (item,) = found[HOME]
    assert item["membershipStatus"] == "Active"

    client = session.client("security-ir", region_name=item["region"])
    team = client.get_membership(membershipId=item["membershipId"])["incidentResponseTeam"]
    assert [each["email"] for each in team] == [each["email"] for each in TEAM]
    # As the delegated administrator it may read the organization as well.
    pages = session.client("organizations").get_paginator("list_accounts").paginate()
    accounts = [account["Id"] for page in pages for account in page["Accounts"]]
    answer = client.batch_get_member_account_details(
        membershipId=item["membershipId"], accountIds=accounts
    )
    uncovered = {
        each["accountId"] for each in answer["items"] if each["relationshipStatus"] != "Associated"
    }
    assert inside not in uncovered
    assert uncovered == {company.management, outside}
