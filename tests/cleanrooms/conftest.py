"""What the tests of Clean Rooms have besides the common fixtures."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cleanrooms.collaboration_samples import (
    REGION,
    STRANGER,
    A,
    B,
    C,
    D,
    join,
    member,
    new_collaboration,
)


@pytest.fixture
def clients(membership_mock: Any) -> dict[str, Any]:
    """A client of each account of `rooms`, all in one region."""
    return {
        account: membership_mock.client("cleanrooms", account=account, region=REGION)
        for account in (A, B, C, D, STRANGER)
    }


@pytest.fixture
def a(clients: dict[str, Any]) -> Any:
    """A client of the account that creates collaborations."""
    return clients[A]


@pytest.fixture
def b(clients: dict[str, Any]) -> Any:
    """A client of the account that is invited first."""
    return clients[B]


@pytest.fixture
def collaboration_id(a: Any) -> str:
    """A collaboration to which A, who runs the queries, and B are invited."""
    return str(new_collaboration(a, member(B))["id"])


@pytest.fixture
def memberships(clients: dict[str, Any], collaboration_id: str) -> dict[str, str]:
    """The ids of the memberships of A and B, who have both joined, by account."""
    return {one: join(clients[one], collaboration_id)["id"] for one in (A, B)}
