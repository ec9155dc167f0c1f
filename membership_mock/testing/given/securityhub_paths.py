"""The routes to the status of a member: which events of a seed lead there."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, cast

from membership_mock.errors import UsageError
from membership_mock.securityhub.relationships.associations import NEXT_STATUS
from membership_mock.testing.names import not_one_of

if TYPE_CHECKING:
    from membership_mock.securityhub.relationships.associations import Event

Route = Literal["invitation", "organization"]
MemberStatus = Literal[
    "Created", "Invited", "Enabled", "Resigned", "Removed", "Deleted", "AccountSuspended"
]
#: a status, or None for an account that is not on the list, as after Deleted
_Place = str | None

#: The events of each route; `NEXT_STATUS` says which status follows. Declining an invitation leads
#: to Resigned, too, but a seed lets an enabled member resign.
_EVENTS: dict[str, tuple[Event, ...]] = {
    "invitation": ("invite", "accept", "resign", "disassociate", "delete"),
    "organization": ("enroll", "enroll suspended", "disassociate", "delete"),
}
#: The statuses that each route leads to.
REACHED: dict[str, tuple[str, ...]] = {
    "invitation": ("Created", "Invited", "Enabled", "Resigned", "Removed", "Deleted"),
    "organization": ("Enabled", "Removed", "Deleted", "AccountSuspended"),
}
#: The status that a new account has first on its way, although there are shorter ways.
_BEFORE = {"Resigned": "Enabled", "Removed": "Enabled", "Deleted": "Enabled"}


def check(status: str, by: str | None) -> None:
    """Refuse a status or a route that does not exist.

    Raises:
        UsageError: it does not exist.
    """
    if by not in (None, *_EVENTS):
        raise UsageError(f"Members come by 'invitation' or by 'organization', not by {by!r}.")
    known = dict.fromkeys(each for route in REACHED.values() for each in route)
    if status not in known:
        raise not_one_of(status, "a status of a member", known)


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
        place = "Created"  # an account of the organization starts here, not visible to users
    for event in _EVENTS[route]:
        after = NEXT_STATUS.get((cast(MemberStatus, place), event))
        if after is not None:
            yield event, None if after == "Deleted" else after
