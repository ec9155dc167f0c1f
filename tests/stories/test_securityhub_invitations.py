"""A security team takes accounts in by invitation, in several regions, and lets them go again.

The code between the lines is a user's: sessions by assume-role, a client per account and region.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

SECURITY = "111111111111"
WORKLOADS = ("222222222222", "333333333333", "444444444444")
REGIONS = ("eu-west-1", "us-east-1")
ROLE = "SecurityHubOnboarding"

# --- the user's code -------------------------------------------------------------------------


def session_of(account: str) -> boto3.Session:
    """Return a session of an account, by the role that it has for the security team."""
    credentials = boto3.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/{ROLE}", RoleSessionName="onboarding"
    )["Credentials"]
    return boto3.Session(
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )


def enable(client: Any) -> None:
    """Enable Security Hub unless it is enabled."""
    with contextlib.suppress(client.exceptions.ResourceConflictException):
        client.enable_security_hub()


def members_of(client: Any) -> dict[str, str]:
    """Return the status of each member."""
    members = {}
    answer = client.list_members(OnlyAssociated=False)
    while True:
        for member in answer["Members"]:
            members[member["AccountId"]] = member["MemberStatus"]
        if not answer.get("NextToken"):
            return members
        answer = client.list_members(OnlyAssociated=False, NextToken=answer["NextToken"])


def onboard(accounts: dict[str, str], region: str) -> None:
    """Make accounts members of the security account."""
    admin = session_of(SECURITY).client("securityhub", region_name=region)
    enable(admin)
    known = members_of(admin)
    new = [
        {"AccountId": account, "Email": email}
        for account, email in accounts.items()
        if account not in known
    ]
    if new:
        failed = admin.create_members(AccountDetails=new)["UnprocessedAccounts"]
        assert not failed, failed
    for account in accounts:
        if members_of(admin)[account] == "Enabled":
            continue
        admin.invite_members(AccountIds=[account])
        member = session_of(account).client("securityhub", region_name=region)
        enable(member)
        for invitation in member.list_invitations()["Invitations"]:
            if invitation["AccountId"] == SECURITY:
                member.accept_administrator_invitation(
                    AdministratorId=SECURITY, InvitationId=invitation["InvitationId"]
                )


def offboard(accounts: list[str], region: str) -> None:
    """Let members go, and switch Security Hub off where nobody is left."""
    admin = session_of(SECURITY).client("securityhub", region_name=region)
    admin.disassociate_members(AccountIds=accounts)
    failed = admin.delete_members(AccountIds=accounts)["UnprocessedAccounts"]
    assert not failed, failed
    for account in accounts:
        session_of(account).client("securityhub", region_name=region).disable_security_hub()
    if not members_of(admin):
        admin.disable_security_hub()


# --- the story -------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _roles(membership_mock: Any) -> Iterator[None]:
    """Give every account the role that the security team may assume."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": SECURITY}, "Action": "sts:*"}],
    }
    for account in (SECURITY, *WORKLOADS):
        membership_mock.client("iam", account=account).create_role(
            RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(trust)
        )
    yield


def test_accounts_are_taken_in_and_let_go_region_by_region(membership_mock: Any) -> None:
    accounts = {account: f"owner-{account}@example.com" for account in WORKLOADS}
    for region in REGIONS:
        onboard(accounts, region)

    for region in REGIONS:
        admin = membership_mock.client("securityhub", account=SECURITY, region=region)
        assert members_of(admin) == dict.fromkeys(WORKLOADS, "Enabled")
        assert [one["Email"] for one in admin.list_members()["Members"]] == list(accounts.values())
        for account in WORKLOADS:
            member = membership_mock.client("securityhub", account=account, region=region)
            found = member.get_administrator_account()["Administrator"]
            assert (found["AccountId"], found["MemberStatus"]) == (SECURITY, "Enabled")
            assert member.get_invitations_count()["InvitationsCount"] == 0

    # a second run of the script changes nothing
    before = membership_mock.client("securityhub", account=SECURITY, region=REGIONS[0])
    stamps = [one["UpdatedAt"] for one in before.list_members()["Members"]]
    onboard(accounts, REGIONS[0])
    assert [one["UpdatedAt"] for one in before.list_members()["Members"]] == stamps

    offboard([WORKLOADS[0]], REGIONS[0])
    assert members_of(before) == dict.fromkeys(WORKLOADS[1:], "Enabled")
    elsewhere = membership_mock.client("securityhub", account=SECURITY, region=REGIONS[1])
    assert members_of(elsewhere) == dict.fromkeys(WORKLOADS, "Enabled")

    offboard(list(WORKLOADS[1:]), REGIONS[0])
    offboard(list(WORKLOADS), REGIONS[1])
    for region in REGIONS:
        for account in (SECURITY, *WORKLOADS):
            client = membership_mock.client("securityhub", account=account, region=region)
            with pytest.raises(client.exceptions.InvalidAccessException):
                client.describe_hub()


def test_a_member_resigns_and_comes_back(membership_mock: Any) -> None:
    account, region = WORKLOADS[0], REGIONS[0]
    onboard({account: "owner@example.com"}, region)
    admin = membership_mock.client("securityhub", account=SECURITY, region=region)
    member = membership_mock.client("securityhub", account=account, region=region)

    member.disassociate_from_administrator_account()
    assert members_of(admin) == {account: "Resigned"}
    assert "Administrator" not in member.get_administrator_account()
    member.disable_security_hub()  # which it may, being nobody's member
    member.enable_security_hub()

    # the invitation that it accepted once is still there
    (invitation,) = member.list_invitations()["Invitations"]
    assert invitation["MemberStatus"] == "Resigned"
    member.accept_administrator_invitation(
        AdministratorId=SECURITY, InvitationId=invitation["InvitationId"]
    )
    assert members_of(admin) == {account: "Enabled"}

    # and when it resigns for good, the administrator has to send a new one
    member.disassociate_from_administrator_account()
    member.delete_invitations(AccountIds=[SECURITY])
    assert member.list_invitations()["Invitations"] == []
    onboard({account: "owner@example.com"}, region)
    assert members_of(admin) == {account: "Enabled"}
    assert (
        member.list_invitations()["Invitations"][0]["InvitationId"] != (invitation["InvitationId"])
    )
