"""Security Hub: the members of administrators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

from tests.benchmarks.filling import (
    MANAGEMENT,
    OTHER_MANAGEMENT,
    OTHER_REGION,
    REGION,
    THIRD_REGION,
    Resend,
    in_batches,
    large_world,
)
from tests.benchmarks.long_lists import (
    WALK,
    WORST_PAGE,
    LongList,
    long_list_rows,
    one_of,
    walk_and_pages,
)
from tests.benchmarks.measuring import Action, Contender, Effort, Figure, Row, require, take_turns
from tests.benchmarks.organizations import delegate, new_organization

#: how many members CreateMembers takes at once
BATCH = 50
#: how often it is called at each size: every time makes new hubs, and organizations have an end
CREATIONS = 16


@cache
def members(effort: Effort) -> Mapping[str, Figure]:
    """Measure the members of administrators, who have them by their organization.

    Without one, 1,000 members are the limit.

    Returns:
        What `walk_and_pages` does, and what CreateMembers costs with 10,000 members against its
        cost at the start (``many members``), and at the start in an organization of 10,000
        accounts against one of 1,000 (``many accounts``).
    """
    short, long = effort.lengths
    with large_world():
        ids = new_organization(MANAGEMENT, long + CREATIONS * BATCH + BATCH)
        admins = {
            region: delegate(MANAGEMENT, ids[0], region)
            for region in (REGION, OTHER_REGION, THIRD_REGION)
        }
        lists = [
            fill_members(admins[REGION], ids[1 : short + 1]),
            fill_members(admins[OTHER_REGION], ids[1 : long + 1]),
        ]
        figures = walk_and_pages(lists, effort)

        # room for the batches of the warm-up, which stay, and for one more
        remove_members(admins[OTHER_REGION], ids[long + 1 - 5 * BATCH : long + 1])
        small_ids = new_organization(OTHER_MANAGEMENT, short)
        small = delegate(OTHER_MANAGEMENT, small_ids[0], REGION)
        names = (
            f"at the start in an organization of {short:,}",
            f"in one of {long:,}",
            f"with {long:,} members",
        )
        contenders: dict[str, Contender] = {
            names[0]: partial(_create_members, small, iter([*_batches(small_ids[1:])])),
            names[1]: partial(_create_members, admins[THIRD_REGION], iter([*_batches(ids[1:])])),
            names[2]: partial(
                _create_members, admins[OTHER_REGION], iter([*_batches(ids[long + 1 :])])
            ),
        }
        times = take_turns(contenders, min(effort.rounds, CREATIONS - 4))
    parts = {f"{name}, per account": times.middle(name) / BATCH for name in names}
    return {
        **figures,
        "many members": Figure(times.ratio(names[2], names[1]), "x", parts),
        "many accounts": Figure(times.ratio(names[1], names[0]), "x", parts),
    }


def fill_members(admin: Any, ids: Sequence[str]) -> LongList:
    """Make accounts of the organization members of an administrator; return the list of them."""
    admin.create_members(AccountDetails=[{"AccountId": ids[0]}])
    create = Resend()
    for batch in in_batches(ids[1:], BATCH):
        answer = create({"AccountDetails": [{"AccountId": each} for each in batch]})
        require(answer["UnprocessedAccounts"] == [], f"CreateMembers answered {answer}")
    return LongList(admin.list_members, ids, ("Members", "AccountId"), ("MaxResults", "NextToken"))


def remove_members(admin: Any, ids: Sequence[str]) -> None:
    """Disassociate and delete members."""
    for batch in in_batches(ids, BATCH):
        admin.disassociate_members(AccountIds=batch)
        answer = admin.delete_members(AccountIds=batch)
        require(answer["UnprocessedAccounts"] == [], f"DeleteMembers answered {answer}")


def _batches(ids: Sequence[str]) -> Iterator[list[str]]:
    return (list(batch) for batch in in_batches(ids, BATCH) if len(batch) == BATCH)


@contextmanager
def _create_members(admin: Any, batches: Iterator[list[str]]) -> Iterator[Action]:
    """Yield what creates the next batch of members; the last one is removed afterwards."""
    batch: list[str] = []
    answer: dict[str, Any] = {}

    def create() -> None:
        nonlocal batch, answer
        batch = next(batches)
        answer = admin.create_members(AccountDetails=[{"AccountId": each} for each in batch])

    yield create
    require(answer["UnprocessedAccounts"] == [], f"CreateMembers answered {answer}")
    remove_members(admin, batch)


ROWS = [
    *long_list_rows("ListMembers", members, {"page": WORST_PAGE, "walk": WALK}),
    Row(
        "CreateMembers, with 10,000 members / at the start",
        1.2,
        partial(one_of, members, "many members"),
    ),
    Row(
        "CreateMembers, in organizations of 10,000 / of 1,000",
        None,
        partial(one_of, members, "many accounts"),
    ),
]
