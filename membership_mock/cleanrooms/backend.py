"""Clean Rooms: the list of its families."""

from __future__ import annotations

from membership_mock.cleanrooms.change_requests import ChangeRequests
from membership_mock.cleanrooms.collaborations import Collaborations
from membership_mock.cleanrooms.errors import CleanRoomsRefusals
from membership_mock.cleanrooms.members import Members
from membership_mock.cleanrooms.memberships import Memberships
from membership_mock.cleanrooms.quotas import Quotas
from membership_mock.cleanrooms.tags import Tags
from membership_mock.engine.operation import Backend


class CleanRoomsBackend(Backend):
    """Clean Rooms for one account in one region."""

    service = "cleanrooms"
    families = (
        Collaborations,
        Members,
        Memberships,
        ChangeRequests,
        Quotas,
        Tags,
    )
    refusals = CleanRoomsRefusals()
    unique_lists = frozenset({"CustomMLMemberAbilities", "MemberAbilities"})
