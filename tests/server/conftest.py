"""One server for each file of tests, in a thread; every test finds an empty world."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from membership_mock import MembershipMock, mock_membership
from membership_mock.server.serving import serving
from tests.server.raw_http import Raw


@pytest.fixture(scope="module")
def _served() -> Iterator[tuple[MembershipMock, str]]:
    with mock_membership(region="eu-west-1", unmocked_calls="ignore") as mock, serving(mock) as url:
        yield mock, url


@pytest.fixture
def mock(_served: tuple[MembershipMock, str]) -> MembershipMock:
    """The mock in this process that the server serves."""
    _served[0].reset()
    return _served[0]


@pytest.fixture
def url(mock: MembershipMock, _served: tuple[MembershipMock, str]) -> str:
    """The URL of the server."""
    return _served[1]


@pytest.fixture
def server(url: str) -> Raw:
    """The server, for requests without an SDK."""
    return Raw(url)
