"""Clean Rooms: the intermediate tables of a membership, and the schemas that they are for all."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial

from tests.benchmarks.filling import (
    ACCOUNT,
    OTHER_ACCOUNT,
    Resend,
    large_world,
    lister,
)
from tests.benchmarks.long_lists import WALK, WORST_PAGE, LongList, long_list_rows, walk_and_pages
from tests.benchmarks.measuring import Effort, Figure
from tests.cleanrooms.collaboration_samples import join, new_collaboration
from tests.cleanrooms.intermediate_samples import new_intermediate


@cache
def tables(effort: Effort) -> Mapping[str, Figure]:
    """Measure the intermediate tables of memberships, and the schemas of their collaborations.

    Returns:
        What `walk_and_pages` does of each, its names with ``tables`` or ``schemas`` before them.
    """
    held, schemas = [], []
    with large_world():
        for account, size in zip((ACCOUNT, OTHER_ACCOUNT), effort.lengths, strict=True):
            client = lister("cleanrooms", account)
            room = new_collaboration(client)["id"]
            membership = join(client, room)["id"]
            ids, names = [new_intermediate(client, membership, "t0", "SELECT 1")["id"]], ["t0"]
            create = Resend()
            analysis = {"sqlParameters": {"queryString": "SELECT 1"}}
            for number in range(1, size):
                body = {"name": f"t{number}", "populationAnalysisConfiguration": analysis}
                ids.append(create(body)["intermediateTable"]["id"])
                names.append(body["name"])
            mine = {"membershipIdentifier": membership}
            here = {"collaborationIdentifier": room}
            held.append(
                LongList(
                    partial(client.list_intermediate_tables, **mine),
                    ids,
                    ("intermediateTableSummaries", "id"),
                )
            )
            schemas.append(
                LongList(
                    partial(client.list_schemas, **here),
                    names,
                    ("schemaSummaries", "name"),
                )
            )
        both = {"tables": held, "schemas": schemas}
        return {
            f"{name} {key}": figure
            for name, lists in both.items()
            for key, figure in walk_and_pages(lists, effort).items()
        }


ROWS = [
    row
    for operation, prefix in (("ListIntermediateTables", "tables"), ("ListSchemas", "schemas"))
    for row in long_list_rows(
        operation, tables, {f"{prefix} page": WORST_PAGE, f"{prefix} walk": WALK}
    )
]
