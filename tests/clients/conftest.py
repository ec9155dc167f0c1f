"""A server in a thread, and the clients where they are."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from membership_mock import MembershipMock, mock_membership
from membership_mock.server.serving import serving


@pytest.fixture
def mock() -> Iterator[MembershipMock]:
    """The mock in this process that the server serves."""
    with mock_membership(region="eu-west-1", unmocked_calls="ignore") as mock:
        yield mock


@pytest.fixture
def url(mock: MembershipMock) -> Iterator[str]:
    """The URL of the server."""
    with serving(mock) as url:
        yield url


def found(variable: str, what: str) -> str:
    """Return where a client is; skip the test where it is not there."""
    path = os.environ.get(variable)
    if not path:
        pytest.skip(f"{what} is not there: {variable} does not say where")
    return path


@pytest.fixture(scope="session")
def aws_cli() -> str:
    return found("MEMBERSHIP_MOCK_AWS_CLI", "the AWS CLI")


@pytest.fixture(scope="session")
def node_modules() -> Path:
    return Path(found("MEMBERSHIP_MOCK_NODE_MODULES", "the JS SDK"))


@pytest.fixture(scope="session")
def browser() -> str:
    return found("MEMBERSHIP_MOCK_BROWSER", "a browser")


@pytest.fixture(scope="session")
def terraform_plugins() -> str:
    plugins = found("MEMBERSHIP_MOCK_TERRAFORM_PLUGINS", "Terraform's provider of AWS")
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not there")
    return plugins
