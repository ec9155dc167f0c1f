"""The routes to the status of a member: which events of a seed lead there."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, cast

from membership_mock.errors import UsageError
from membership_mock.securityhub.relationships.associations import NEXT_STATUS
from membership_mock.testing.names import nearest_to

if TYPE_CHECKING:
    from membership_mock.securityhub.relationships.associations import Event

RequestPipeline = Literal["invitation", "organization"]
MemberStatus = Literal[
    "Created", "Invited", "Enabled", "Resigned", "Removed", "Deleted", "AccountSuspended"
]
#: a status, or None for an account that is not on the list, which is what Deleted ends in
_Place = str | None

#: What a seed does on each route; `NEXT_STATUS` says where it leads. Declining leads to Resigned as
#: resigning does, but is not what the word says.
_EVENTS: dict[str, tuple[Event, ...]] = {
    "invitation": ("invite", "accept", "resign", "disassociate", "delete"),
    "organization": ("enroll", "enroll suspended", "disassociate", "delete"),
}
#: The statuses that each route leads to.
REACHED: dict[str, tuple[str, ...]] = {
    "invitation": ("Created", "Invited", "Enabled", "Resigned", "Removed", "Deleted"),
    "organization": ("Enabled", "Removed", "Deleted", "AccountSuspended"),
}
#: What an account that is new was before, though there are shorter routes.
_BEFORE = {"Resigned": "Enabled", "Removed": "Enabled", "Deleted": "Enabled"}


def check(status: str, by: str | None) -> None:
    """Refuse what is no status, or no route.

    Raises:
        UsageError: it is none.
    """
    if by not in (None, *_EVENTS):
        raise UsageError(f"Members come by 'invitation' or by 'organization', not by {by!r}.")
    known = dict.fromkeys(each for route in REACHED.values() for each in route)
    if status not in known:
        raise UsageError(
            f"{status!r} is no status of a member{nearest_to(str(status), known)}"
            f" There are: {', '.join(known)}."
        )


def path_to(start: _Place, status: str, route: str) -> tuple[str, ...] | None:
    """Return the events that lead from a status to another on a route; None if none do."""
    end: _Place = None if status == "Deleted" else status
    if start is None and status in _BEFORE:
        before = _BEFORE[status]
        return (*(path_to(None, before, route) or ()), *(path_to(before, status, route) or ()))
    seen = {start}
    waiting: deque[tuple[_Place, tuple[str, ...]]] = deque([(start, ())])
    while waiting:
        place, steps = waiting.popleft()
        if place == end:
            return steps
        for event, following in _next(place, route):
            if following not in seen:
                seen.add(following)
                waiting.append((following, (*steps, event)))
    return None


def _next(place: _Place, route: str) -> Iterator[tuple[str, _Place]]:
    if place is None:
        if route == "invitation":
            yield "create", "Created"
            return
        place = "Created"  # where an account of the organization starts from, unseen
    for event in _EVENTS[route]:
        after = NEXT_STATUS.get((cast(MemberStatus, place), event))
        if after is not None:
            yield event, None if after == "Deleted" else after
