"""A roll-out as platform teams write it: a session and a client for each account and region."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any

import boto3
from moto import mock_aws

from membership_mock import mock_membership
from tests.benchmarks.filling import OTHER_REGION, REGION, THIRD_REGION
from tests.benchmarks.measuring import Action, Effort, Figure, Row, require, take_turns

#: 12 accounts in 3 regions: 36 sessions, clients and sets of calls
ACCOUNTS = tuple(f"{number:012d}" for number in range(222222222201, 222222222213))
REGIONS = (REGION, OTHER_REGION, THIRD_REGION)


def roll_out(mock: Callable[[], AbstractContextManager[Any]]) -> float:
    """Assume a role in each account, and enable Security Hub in each region.

    Returns:
        The processor time in seconds.
    """
    start = time.process_time()
    with mock():
        sts = boto3.client("sts", region_name=REGION)
        hubs = []
        for account in ACCOUNTS:
            role = sts.assume_role(
                RoleArn=f"arn:aws:iam::{account}:role/Rollout", RoleSessionName="rollout"
            )["Credentials"]
            for region in REGIONS:
                session = boto3.Session(
                    role["AccessKeyId"], role["SecretAccessKey"], role["SessionToken"], region
                )
                hub = session.client("securityhub")
                hub.enable_security_hub(EnableDefaultStandards=False)
                hubs.append(hub.describe_hub()["HubArn"])
    require(len(set(hubs)) == len(ACCOUNTS) * len(REGIONS), "a hub was not enabled")
    return time.process_time() - start


def ratio(effort: Effort) -> Figure:
    """Measure a roll-out in `mock_membership` against the same in `mock_aws`."""
    taken: dict[str, list[float]] = {"mock_membership": [], "mock_aws": []}

    @contextmanager
    def contender(name: str, mock: Callable[[], AbstractContextManager[Any]]) -> Iterator[Action]:
        yield lambda: taken[name].append(roll_out(mock))

    take_turns(
        {
            "mock_membership": partial(contender, "mock_membership", mock_membership),
            "mock_aws": partial(contender, "mock_aws", mock_aws),
        },
        max(effort.suites // 2, 1),
    )
    best = {name: min(times) for name, times in taken.items()}
    return Figure(
        best["mock_membership"] / best["mock_aws"],
        "x",
        {f"processor time in {name}": value * 1e6 for name, value in best.items()},
    )


ROWS = [Row("a roll-out to 12 accounts in 3 regions / mock_aws", None, ratio)]
