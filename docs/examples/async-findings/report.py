"""Count the open findings of many accounts and regions at the same time, with aiobotocore."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession, get_session
from botocore.exceptions import BotoCoreError, ClientError

ROLE = "SecurityAudit"
CONFIG = AioConfig(retries={"mode": "standard", "total_max_attempts": 5})
OPEN = {
    "RecordState": [{"Value": "ACTIVE", "Comparison": "EQUALS"}],
    "WorkflowStatus": [{"Value": "NEW", "Comparison": "EQUALS"}],
}


@dataclass
class Report:
    """What was found.

    Attributes:
        severities: the number of open findings by account and severity.
        failures: why a place could not be read, by account and region.
    """

    severities: dict[str, Counter[str]] = field(default_factory=dict)
    failures: dict[tuple[str, str], str] = field(default_factory=dict)

    def worst(self, number: int = 10) -> list[str]:
        """Return the accounts with the most critical and high findings, worst first."""

        def weight(account: str) -> tuple[int, int]:
            counted = self.severities[account]
            return counted["CRITICAL"], counted["HIGH"]

        return sorted(self.severities, key=weight, reverse=True)[:number]


async def report(
    accounts: Iterable[str], regions: Iterable[str], at_once: int = 10, timeout: float = 60
) -> Report:
    """Read the findings of all accounts in all regions.

    Args:
        accounts: whose findings to read; a role is assumed in each.
        regions: where.
        at_once: how many places are read at the same time.
        timeout: how many seconds one place may take.

    Returns:
        The numbers, and the places that failed: one that fails stops no other.
    """
    result = Report()
    session = get_session()
    limit = asyncio.Semaphore(at_once)

    async def read(account: str, region: str) -> None:
        try:
            async with limit:
                counted = await asyncio.wait_for(count(session, account, region), timeout)
        except asyncio.TimeoutError:
            result.failures[account, region] = f"took more than {timeout:g} seconds"
        except (BotoCoreError, ClientError) as error:
            result.failures[account, region] = str(error)
        else:
            result.severities.setdefault(account, Counter()).update(counted)

    places = [(account, region) for account in accounts for region in regions]
    await asyncio.gather(*(read(*place) for place in places))
    return result


async def count(session: AioSession, account: str, region: str) -> Counter[str]:
    """Return the number of open findings of an account in a region, by severity."""
    async with session.create_client("sts", region_name=region, config=CONFIG) as sts:
        assumed = await sts.assume_role(
            RoleArn=f"arn:aws:iam::{account}:role/{ROLE}", RoleSessionName="report"
        )
    credentials = assumed["Credentials"]
    counted: Counter[str] = Counter()
    async with session.create_client(
        "securityhub",
        region_name=region,
        config=CONFIG,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    ) as hub:
        async for page in hub.get_paginator("get_findings").paginate(Filters=OPEN):
            counted.update(finding["Severity"]["Label"] for finding in page["Findings"])
    return counted
