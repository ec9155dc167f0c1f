"""The events that Clean Rooms sends to EventBridge, and the accounts that get them.

Source: the user guide on EventBridge events, for the names of the events, the notified accounts and
``status`` of a membership. The other members of ``detail``, and that ``resources`` has the ARN, are
inferred [CR-203]: the guide does not show them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from membership_mock.cleanrooms.collaborations.collaboration_store import (
        Collaboration,
        Membership,
    )
    from membership_mock.engine.pipeline.operation import Family

#: the word that ends the ``detail-type`` of an analysis, by its new status
ANALYSIS_EVENTS: Mapping[str, str] = {
    "SUBMITTED": "Submitted",
    "STARTED": "Started",
    "CANCELLING": "Cancelling",
    "CANCELLED": "Cancelled",
    "SUCCESS": "Succeeded",
    "FAILED": "Failed",
    "TIMED_OUT": "Timed Out",
}


class Owned(Protocol):
    """A resource of a membership."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def arn(self) -> str:
        """Its ARN."""


def tell(
    family: Family,
    accounts: Iterable[str],
    detail_type: str,
    arn: str,
    detail: Mapping[str, Any],
    at: datetime,
) -> None:
    """Send one event to each of several accounts, once to each.

    Args:
        family: a family in the region.
        accounts: the accounts that get it.
        detail_type: the event's ``detail-type``.
        arn: the ARN of its resource.
        detail: its ``detail``.
        at: when it happened, in UTC.
    """
    for account_id in dict.fromkeys(accounts):
        family.emit(detail_type, [arn], detail, at, account_id)


def active_accounts(collaboration: Collaboration, owner: str) -> list[str]:
    """Return the owner of a resource, and the active members of its collaboration."""
    return [owner, *(each.account_id for each in collaboration.active_members())]


def tell_of_collaboration(
    family: Family, collaboration: Collaboration, what: str, accounts: Iterable[str], at: datetime
) -> None:
    """Send ``Collaboration Created`` or ``Updated``.

    Args:
        family: a family in the region.
        collaboration: the collaboration.
        what: the words of the ``detail-type`` after ``Collaboration``.
        accounts: the accounts that get it.
        at: when it happened, in UTC.
    """
    detail = {"collaborationId": collaboration.id}
    tell(family, accounts, f"Collaboration {what}", collaboration.arn, detail, at)


def tell_of_invitations(
    family: Family, collaboration: Collaboration, accounts: Iterable[str], at: datetime
) -> None:
    """Send ``Invited To Collaboration`` to each account that was invited."""
    detail = {"collaborationId": collaboration.id}
    tell(family, accounts, "Invited To Collaboration", collaboration.arn, detail, at)


def tell_of_change_request(
    family: Family, collaboration: Collaboration, request_id: str, what: str, at: datetime
) -> None:
    """Send ``Collaboration Change Request Created``, ``Approved``, ``Cancelled`` or ``Committed``.

    Args:
        family: a family in the region.
        collaboration: the collaboration.
        request_id: the id of the change request.
        what: the last word.
        at: when it happened, in UTC.
    """
    detail = {"changeRequestId": request_id, "collaborationId": collaboration.id}
    accounts = active_accounts(collaboration, collaboration.creator_account_id)
    name = f"Collaboration Change Request {what}"
    tell(family, accounts, name, collaboration.arn, detail, at)


def tell_of_membership(
    family: Family,
    membership: Membership,
    what: str,
    at: datetime,
    *,
    owner_only: bool = False,
) -> None:
    """Send ``Membership Created``, ``Updated`` or ``Deleted``.

    Args:
        family: a family in the region.
        membership: the membership.
        what: the last word.
        at: when it happened, in UTC.
        owner_only: whether no other active member gets it.
    """
    detail = {"membershipId": membership.id, "collaborationId": membership.collaboration_id}
    if what != "Deleted":
        detail["status"] = membership.status
    owner = membership.account_id
    accounts = [owner] if owner_only else active_accounts(membership.collaboration, owner)
    tell(family, accounts, f"Membership {what}", membership.arn, detail, at)


def tell_of_resource(
    family: Family,
    membership: Membership,
    resource: Owned,
    kind: str,
    what: str,
    at: datetime,
    **more: Any,
) -> None:
    """Send the event of a resource of a membership: ``Created``, ``Updated`` or ``Deleted``.

    Args:
        family: a family in the region.
        membership: the membership that owns it.
        resource: the resource.
        kind: the kind of the resource in the event, e.g. ``Analysis Template``.
        what: the last word.
        at: when it happened, in UTC.
        **more: further members of ``detail``.
    """
    words = kind.removesuffix(" Analysis Rule").split()
    detail = {
        f"{words[0].lower()}{''.join(words[1:])}Id": resource.id,
        "membershipId": membership.id,
        "collaborationId": membership.collaboration_id,
        **more,
    }
    accounts = active_accounts(membership.collaboration, membership.account_id)
    tell(family, accounts, f"{kind} {what}", resource.arn, detail, at)
