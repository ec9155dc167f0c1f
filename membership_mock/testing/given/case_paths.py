"""The steps of a case from one status to another, by the tables of the service."""

from __future__ import annotations

from membership_mock.errors import SeedRefused, UsageError
from membership_mock.security_ir.cases.case_status import TRANSITIONS, Transitions


def table_with(resolver: str, status: str) -> Transitions:
    """Return the table of a resolver, in which there is a route to ``status``."""
    if resolver not in list(TRANSITIONS):
        raise UsageError(
            f"{resolver!r} is not a resolver of cases; the resolvers are:"
            f" {', '.join(map(repr, TRANSITIONS))}."
        )
    table = TRANSITIONS[resolver]
    if status in list(table):
        return table
    kind = "self-managed" if resolver == "Self" else "AWS-supported"
    others = [each for each, known in TRANSITIONS.items() if status in list(known)]
    refused = SeedRefused if others else UsageError  # known for the other resolver, or unknown
    raise refused(
        f"{'A' if resolver == 'Self' else 'An'} {kind} case cannot be {status!r}; it can be:"
        f" {', '.join(map(repr, table))}."
        + (f" With resolver={others[0]!r} it can be {status!r}, too." if others else "")
    )


def route(table: Transitions, start: str, end: str) -> list[str]:
    """Return the statuses of the shortest route from ``start`` to ``end``, without ``start``."""
    routes = {start: [start]}
    waiting = [start]
    while end not in routes:
        here = waiting.pop(0)
        for following in table:
            if following in table[here] and following not in routes:
                routes[following] = [*routes[here], following]
                waiting.append(following)
    return routes[end][1:]
