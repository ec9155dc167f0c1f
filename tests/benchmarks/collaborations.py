"""Clean Rooms: the collaborations of accounts, and their memberships in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from membership_mock.cleanrooms.quotas import COLLABORATIONS, MEMBERSHIPS
from membership_mock.engine import running
from membership_mock.engine.state.quotas import set_limit
from tests.benchmarks.filling import (
    ACCOUNT,
    OTHER_ACCOUNT,
    REGION,
    Resend,
    large_world,
    lister,
)
from tests.benchmarks.long_lists import WALK, WORST_PAGE, LongList, long_list_rows, walk_and_pages
from tests.benchmarks.measuring import Effort, Figure
from tests.cleanrooms.collaboration_samples import join, new_collaboration


@cache
def rooms(effort: Effort) -> Mapping[str, Figure]:
    """Measure the collaborations of accounts, and the memberships that they join all of them with.

    Returns:
        What `walk_and_pages` does of each, its names with ``collaborations`` or ``memberships``
        before them.
    """
    collaborations, memberships = [], []
    with large_world():
        for client, ids in _rooms(effort):
            collaborations.append(
                LongList(client.list_collaborations, ids, ("collaborationList", "id"))
            )
            joined = [join(client, ids[0])["id"]]
            again = Resend()
            for each in ids[1:]:
                answer = again({"collaborationIdentifier": each, "queryLogStatus": "DISABLED"})
                joined.append(answer["membership"]["id"])
            memberships.append(
                LongList(client.list_memberships, joined, ("membershipSummaries", "id"))
            )
        both = {"collaborations": collaborations, "memberships": memberships}
        return {
            f"{name} {key}": figure
            for name, lists in both.items()
            for key, figure in walk_and_pages(lists, effort).items()
        }


def _rooms(effort: Effort) -> Iterator[tuple[Any, list[str]]]:
    """Yield clients of accounts, each with the ids of the collaborations that it has created."""
    for account, size in zip((ACCOUNT, OTHER_ACCOUNT), effort.lengths, strict=True):
        for quota in (COLLABORATIONS, MEMBERSHIPS):
            set_limit(running.require().world, quota, size, account, REGION)
        client = lister("cleanrooms", account)
        ids = [new_collaboration(client)["id"]]
        create = Resend()
        body = {
            "name": "Shared room",
            "members": [],
            "creatorDisplayName": "Creator",
            "creatorMemberAbilities": ["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
            "queryLogStatus": "ENABLED",
        }
        ids += [create(body)["collaboration"]["id"] for _ in range(size - 1)]
        yield client, ids


ROWS = [
    row
    for operation, prefix in (
        ("ListCollaborations", "collaborations"),
        ("ListMemberships", "memberships"),
    )
    for row in long_list_rows(
        operation, rooms, {f"{prefix} page": WORST_PAGE, f"{prefix} walk": WALK}
    )
]
