"""What a query or a job computes with: who pays for it, how many workers and vCPUs it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from membership_mock.cleanrooms.collaborations.collaboration_store import Collaboration
from membership_mock.cleanrooms.collaborations.payment import Cost, named
from membership_mock.cleanrooms.errors import ValidationException


def payer_of(collaboration: Collaboration, cost: Cost, asked: str | None, field_name: str) -> str:
    """Return the account that pays for an analysis: the one asked for, or the only candidate.

    Candidates are the active members who have accepted to pay. Source: the model's text on payer
    candidates; user guide: when the payer has left, nothing runs. The error is inferred [CR-74].

    Args:
        collaboration: where the analysis runs.
        cost: what is to be paid for.
        asked: the account that the runner names.
        field_name: the field that names it.

    Raises:
        ValidationException: no member pays, several could, or the named one does not.
    """
    candidates = [
        each.account_id
        for each in collaboration.active_members()
        if each.membership is not None and named(each.membership.payment_configuration, cost)
    ]
    if asked is not None:
        if asked not in candidates:
            raise ValidationException(
                f"Account {asked} is not an active member of the collaboration who pays for this.",
                field=field_name,
            )
        return asked
    if not candidates:
        raise ValidationException(
            "No active member of the collaboration pays for this.", field=field_name
        )
    if len(candidates) > 1:
        raise ValidationException(
            f"Several members can pay for this: {', '.join(candidates)}. Name one of them.",
            field=field_name,
        )
    return candidates[0]


#: the vCPUs of a worker (inferred [CR-204])
_VCPUS = {"CR.1X": 4, "CR.4X": 16, "CR.8X": 32}


def vcpus(configuration: Mapping[str, Any] | None) -> int:
    """Return the vCPUs that an analysis asks for; 0 if it does not say which workers it wants."""
    worker = (configuration or {}).get("worker", {})
    return _VCPUS.get(worker.get("type", ""), 0) * int(worker.get("number", 0))


def check_workers(configuration: Mapping[str, Any] | None, most: int) -> None:
    """Refuse more workers than an analysis of this kind can have.

    Source: user guide; the model allows the largest number of any kind.

    Raises:
        ValidationException: there are too many.
    """
    number = (configuration or {}).get("worker", {}).get("number")
    if number is not None and number > most:
        raise ValidationException(
            f"The number of workers must be {most} at the most.", field="computeConfiguration"
        )
