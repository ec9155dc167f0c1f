"""What the tests of the parity kit share: a server in a process of its own, and sessions to it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest

ADMIN, MEMBER = "111122223333", "444455556666"
REGION = "eu-west-1"


@pytest.fixture(scope="session")
def _server() -> Iterator[str]:
    """The URL of this project's own server, which stands for AWS."""
    process = subprocess.Popen(
        [sys.executable, "-m", "membership_mock", "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found
        yield found.group()
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture
def server(_server: str) -> str:
    """The URL of the server, whose world is empty."""
    with urlopen(Request(f"{_server}/moto-api/reset", method="POST")) as answer:
        assert answer.status == 200
    return _server


@cache
def session(account: str) -> Any:
    """Return a session whose calls are those of an account, on the server and on a mock."""
    return boto3.Session(aws_access_key_id=account, aws_secret_access_key="any", region_name=REGION)
