"""What a process imports when it uses the mock for the first time."""

from __future__ import annotations

import subprocess
import sys

#: what a fresh process runs
PROGRAM = """
import sys
import boto3
from membership_mock import mock_membership

def imported():
    found = {name.split(".")[1] for name in sys.modules if name.startswith("membership_mock.")}
    return found & {"cleanrooms", "securityhub"}

with mock_membership():
    assert "membership_mock.security_ir.backend" not in sys.modules
    client = boto3.client("security-ir", region_name="us-east-1")
    client.list_memberships()
    assert imported() == set(), imported()
"""

LOADING = """
import sys
import boto3
from membership_mock import Dump, mock_membership

with mock_membership() as mock:
    mock.load(Dump.from_json(sys.stdin.read()))
    assert boto3.client("securityhub", region_name="us-east-1").describe_hub()["HubArn"]
"""


def _run(program: str, given: str = "") -> None:
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_service_is_imported_when_it_is_first_needed() -> None:
    _run(PROGRAM)


def test_a_dump_of_a_service_that_was_not_imported_yet_can_be_loaded(membership_mock) -> None:
    membership_mock.client("securityhub", region="us-east-1").enable_security_hub()
    _run(LOADING, membership_mock.dump().to_json())
