"""Starting and stopping the mock, and whole tests in it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import boto3
from moto import mock_aws

from membership_mock import mock_membership
from tests.benchmarks.filling import REGION
from tests.benchmarks.measuring import Effort, Figure, Row, ready, require, take_turns
from tests.samples import TEAM

#: enough for the garbage collector to look at everything several times
TESTS_IN_A_SUITE = 20


Test = Callable[[Callable[[], Any]], None]


def enter_and_exit_ratio(effort: Effort) -> Figure:
    """Measure starting and stopping `mock_membership` against `mock_aws`."""
    contenders = {
        "mock_membership": ready(partial(enter_and_exit, mock_membership)),
        "mock_aws": ready(partial(enter_and_exit, mock_aws)),
    }
    return take_turns(contenders, effort.rounds, effort.calls).figure(*contenders)


def whole_test(ours: Test, theirs: Test, effort: Effort) -> Figure:
    """Measure a suite of tests with `mock_membership` against one with `mock_aws`."""
    contenders = {
        "mean with mock_membership": ready(partial(ours, mock_membership)),
        "mean with mock_aws": ready(partial(theirs, mock_aws)),
    }
    times = take_turns(contenders, effort.suites, TESTS_IN_A_SUITE, suite=True)
    return times.figure(*contenders)


def enter_and_exit(mock: Callable[[], Any]) -> None:
    """Start a mock and stop it."""
    with mock():
        pass


def security_ir_test(mock: Callable[[], Any]) -> None:
    """Do what a small test does."""
    with mock():
        client = boto3.client("security-ir", region_name=REGION)
        made = client.create_membership(membershipName="Incidents", incidentResponseTeam=TEAM)
        got = client.get_membership(membershipId=made["membershipId"])
        listed = client.list_memberships()["items"]
    require(got["membershipStatus"] == "Active" and len(listed) == 1, "no membership was made")


def securityhub_test(mock: Callable[[], Any]) -> None:
    """Do what a small test does."""
    with mock():
        client = boto3.client("securityhub", region_name=REGION)
        client.enable_security_hub()
        hub = client.describe_hub()["HubArn"]
        listed = client.list_members()["Members"]
    require(hub and listed == [], "the hub was not enabled")


ROWS = [
    Row("enter + exit / mock_aws", 0.20, enter_and_exit_ratio),
    Row(
        "a whole test of security-ir / of securityhub in mock_aws",
        0.03,
        partial(whole_test, security_ir_test, securityhub_test),
    ),
    Row(
        "a whole test of securityhub / the same in mock_aws",
        0.03,
        partial(whole_test, securityhub_test, securityhub_test),
    ),
]
