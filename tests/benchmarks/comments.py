"""Security Incident Response: the comments of cases."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from typing import Any

from tests.benchmarks.filling import Resend, large_world, lister
from tests.benchmarks.long_lists import PLACES, WALK, LongList, long_list_rows, walk_and_pages
from tests.benchmarks.measuring import Effort, Figure, require
from tests.samples import new_case, new_membership


@cache
def comments(effort: Effort) -> Mapping[str, Figure]:
    """Measure the comments of cases."""
    with large_world():
        client = lister("security-ir")
        new_membership(client)
        return walk_and_pages([_comments(client, size) for size in effort.sizes], effort)


def _comments(client: Any, size: int) -> LongList:
    case_id = new_case(client)
    client.create_case_comment(caseId=case_id, body="x")
    comment = Resend()
    for _ in range(size - 1):
        comment({"body": "Still looking."})
    total = client.list_comments(caseId=case_id)["total"]
    require(total == size, f"total is {total}, not {size}")
    expected = [f"{n:06d}" for n in range(size)]
    call = partial(client.list_comments, caseId=case_id)
    return LongList(call, expected, ("items", "commentId"))


ROWS = long_list_rows(
    "ListComments", comments, {**{where: f"a page {where}" for where in PLACES}, "walk": WALK}
)
