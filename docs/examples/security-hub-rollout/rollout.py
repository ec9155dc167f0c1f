"""Roll AWS Security Hub out to every active account and region of an organization.

Run it with credentials of the management account. A second run changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import boto3
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

LOG = logging.getLogger(__name__)
ROLE = "OrganizationAccountAccessRole"
STANDARD = "standards/nist-800-53/v/5.0.0"
RETRIES = Config(retries={"mode": "standard", "total_max_attempts": 6})
BATCH = 50  # accounts in one call of CreateMembers


@dataclass(frozen=True)
class Failure:
    """An account that could not be brought into shape, and why."""

    account: str
    region: str
    reason: str


def roll_out(admin: str, regions: Sequence[str], workers: int = 8) -> list[Failure]:
    """Make ``admin`` the delegated administrator, and enable the hub and the standard everywhere.

    Args:
        admin: the account that administers Security Hub from now on.
        regions: where to roll out.
        workers: how many accounts and regions are worked on at the same time.

    Returns:
        The accounts that failed, by region. The others are done.
    """
    management = boto3.Session()
    accounts = active_accounts(management)
    owner = management.client("sts").get_caller_identity()["Account"]
    failures = []
    for region in regions:
        delegate(management, admin, region)
        # The service enables the hub of new members, but not that of the management account.
        enable_hub(management.client("securityhub", region_name=region, config=RETRIES))
        hub = hub_of(management, admin, region)
        enable_hub(hub)
        hub.update_organization_configuration(AutoEnable=True, AutoEnableStandards="NONE")
        others = [account for account in accounts if account != admin]
        failures += [Failure(account, region, why) for account, why in add_members(hub, others)]

    refused = {(failure.account, failure.region) for failure in failures}
    places = [(account, region) for account in accounts for region in regions]

    def configure(place: tuple[str, str]) -> Failure | None:
        account, region = place
        try:
            # A session is not thread-safe, so each task makes its own.
            hub = hub_of(boto3.Session(), account, region, owner=owner)
            enable_standard(hub)
        except (ClientError, BotoCoreError) as error:
            LOG.warning("%s in %s: %s", account, region, error)
            return Failure(account, region, str(error))
        return None

    with ThreadPoolExecutor(workers) as executor:
        results = executor.map(configure, (place for place in places if place not in refused))
        return failures + [result for result in results if result]


def active_accounts(session: boto3.Session) -> list[str]:
    """Return the accounts of the organization that are neither suspended nor closed."""
    pages = session.client("organizations").get_paginator("list_accounts").paginate()
    return [
        account["Id"]
        for page in pages
        for account in page["Accounts"]
        if account["Status"] == "ACTIVE"
    ]


def delegate(management: boto3.Session, admin: str, region: str) -> None:
    """Make ``admin`` the delegated administrator of a region, unless it is already."""
    hub = management.client("securityhub", region_name=region, config=RETRIES)
    found = hub.list_organization_admin_accounts()["AdminAccounts"]
    if admin not in {account["AccountId"] for account in found}:
        hub.enable_organization_admin_account(AdminAccountId=admin)


def hub_of(
    session: boto3.Session, account: str, region: str, owner: str | None = None
) -> BaseClient:
    """Return a client of Security Hub in an account, whose role is assumed.

    Args:
        session: has credentials of the management account.
        account: whose hub it is.
        region: where the hub is.
        owner: the management account, which has no such role in itself.
    """
    if account == owner:
        return session.client("securityhub", region_name=region, config=RETRIES)
    assumed = session.client("sts", config=RETRIES).assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/{ROLE}", RoleSessionName="security-hub-rollout"
    )["Credentials"]
    return boto3.client(
        "securityhub",
        region_name=region,
        config=RETRIES,
        aws_access_key_id=assumed["AccessKeyId"],
        aws_secret_access_key=assumed["SecretAccessKey"],
        aws_session_token=assumed["SessionToken"],
    )


def enable_hub(hub: BaseClient) -> None:
    """Enable Security Hub, unless it is enabled."""
    try:
        hub.enable_security_hub(EnableDefaultStandards=False)
    except hub.exceptions.ResourceConflictException:
        LOG.debug("Security Hub is enabled already")


def add_members(hub: BaseClient, accounts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Make accounts members of an administrator; yield those that were refused, with the reason."""
    pages = hub.get_paginator("list_members").paginate()
    known = {member["AccountId"] for page in pages for member in page["Members"]}
    missing = iter([account for account in accounts if account not in known])
    while batch := list(islice(missing, BATCH)):
        answer = hub.create_members(AccountDetails=[{"AccountId": each} for each in batch])
        for refused in answer["UnprocessedAccounts"]:
            yield refused["AccountId"], refused["ProcessingResult"]


def enable_standard(hub: BaseClient) -> None:
    """Subscribe an account to the standard, unless it is subscribed."""
    region = hub.meta.region_name
    arn = f"arn:aws:securityhub:{region}::{STANDARD}"
    subscribed = hub.get_enabled_standards()["StandardsSubscriptions"]
    if arn not in {each["StandardsArn"] for each in subscribed}:
        hub.batch_enable_standards(StandardsSubscriptionRequests=[{"StandardsArn": arn}])
