"""The events of memberships that Security Incident Response sends to EventBridge.

Source: the user guide on events of memberships.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from membership_mock.engine.state.events import Event

if TYPE_CHECKING:
    from membership_mock.engine.state.world import World
    from membership_mock.security_ir.memberships.membership_store import Membership


def announce_membership(world: World, membership: Membership, what: str, at: datetime) -> None:
    """Send an event about a membership to its account.

    Args:
        world: the state.
        membership: the membership.
        what: ``Created``, ``Updated``, ``Cancelled`` or ``Terminated``.
        at: when it happened, in UTC.
    """
    world.announce(
        Event(
            "aws.security-ir",
            f"Membership {what}",
            membership.account_id,
            membership.region,
            at,
            [membership.membership_arn],
            {"membershipId": membership.membership_id},
        )
    )
