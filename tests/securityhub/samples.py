"""Accounts, and short words for what tests of Security Hub ask again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from botocore.exceptions import ClientError

ADMIN = "111111111111"
MEMBER = "222222222222"
OTHER_ADMIN = "333333333333"
OTHER_MEMBER = "444444444444"
MANAGEMENT = "999999999999"
IRELAND = "eu-west-1"
OHIO = "us-east-2"

OUT_OF_RANGE = (
    "The request is rejected because an invalid or out-of-range value is specified as an input"
    " parameter."
)
NO_SUCH_RESOURCE = "The request is rejected since no such resource found."


def refused(call: Callable[..., Any], **arguments: Any) -> tuple[str, int, str]:
    """Return code, status and message of the error that ``call`` has to raise."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    status = answer["ResponseMetadata"]["HTTPStatusCode"]
    return answer["Error"]["Code"], status, answer["Error"]["Message"]


def create(administrator: Any, *accounts: str) -> Any:
    """Put accounts on the administrator's list."""
    return administrator.create_members(AccountDetails=[{"AccountId": one} for one in accounts])


def invite(administrator: Any, *accounts: str) -> None:
    """Put accounts on the administrator's list and invite them."""
    create(administrator, *accounts)
    assert administrator.invite_members(AccountIds=list(accounts))["UnprocessedAccounts"] == []


def invitation_of(member: Any, administrator_id: str) -> Any:
    """Return the invitation that a member has of an administrator; None if it has none."""
    invitations = member.list_invitations()["Invitations"]
    return next((one for one in invitations if one["AccountId"] == administrator_id), None)


def accept(member: Any, administrator_id: str) -> None:
    """Accept the invitation of an administrator."""
    member.accept_administrator_invitation(
        AdministratorId=administrator_id,
        InvitationId=invitation_of(member, administrator_id)["InvitationId"],
    )


def statuses(administrator: Any) -> dict[str, str]:
    """Return the status of every account on the administrator's list."""
    pages = administrator.get_paginator("list_members").paginate(OnlyAssociated=False)
    return {one["AccountId"]: one["MemberStatus"] for page in pages for one in page["Members"]}


def why(answer: Any) -> dict[str, str]:
    """Return what did not work for which account."""
    return {one["AccountId"]: one["ProcessingResult"] for one in answer["UnprocessedAccounts"]}


class Organization:
    """An organization with accounts, and its management account's clients."""

    def __init__(self, mock: Any) -> None:
        self.mock = mock
        self.organizations = mock.client("organizations", account=MANAGEMENT, region="us-east-1")
        self.organizations.create_organization(FeatureSet="ALL")

    def hub(self, region: str = IRELAND) -> Any:
        """Return the management account's client for Security Hub."""
        return self.mock.client("securityhub", account=MANAGEMENT, region=region)

    def account(self, name: str) -> str:
        """Return a new account of the organization."""
        created = self.organizations.create_account(AccountName=name, Email=f"{name}@example.com")
        return str(created["CreateAccountStatus"]["AccountId"])

    def accounts(self, names: Iterable[str]) -> list[str]:
        """Return new accounts of the organization."""
        return [self.account(name) for name in names]

    def delegate(self, account_id: str, region: str = IRELAND) -> Any:
        """Designate the administrator, and return its client."""
        self.hub(region).enable_organization_admin_account(AdminAccountId=account_id)
        return self.mock.client("securityhub", account=account_id, region=region)
