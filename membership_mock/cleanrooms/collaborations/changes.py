"""The changes in a change request: their types are derived from the present state.

Source: the service model for the types; their derivation from a specification is inferred [CR-27]
from their names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from membership_mock.cleanrooms.collaborations import abilities, payment
from membership_mock.cleanrooms.collaborations.collaboration_store import (
    VISIBLE,
    Collaboration,
    CollaborationStore,
    Member,
    some_or_none,
)
from membership_mock.cleanrooms.errors import ValidationException

Change = dict[str, Any]

#: the types of a change that gives or takes an ability: of the member, or in machine learning
_GRANTS: Mapping[str, str] = {
    abilities.RECEIVE_RESULTS: "RECEIVE_RESULTS_ABILITY",
    abilities.EXPORT_QUERY_ANALYSIS_LOG: "EXPORT_QUERY_ANALYSIS_LOG_ABILITY",
    "CAN_RECEIVE_MODEL_OUTPUT": "CAN_RECEIVE_MODEL_OUTPUT",
    "CAN_RECEIVE_INFERENCE_OUTPUT": "CAN_RECEIVE_INFERENCE_OUTPUT",
}


def examined(changes: Sequence[Change], collaboration: Collaboration) -> list[Change]:
    """Return the changes with their types.

    Raises:
        ValidationException: a change is not possible, changes nothing, or is repeated.
    """
    subjects = [
        each["specification"].get("member", {}).get("accountId", "collaboration")
        for each in changes
    ]
    if len(set(subjects)) < len(subjects):
        raise ValidationException(
            "A change request can change each member, and the collaboration, only once.",
            field="changes",
        )
    return [_examined(each, collaboration) for each in changes]


def possible(changes: Sequence[Change], collaboration: Collaboration) -> bool:
    """Return whether changes are still possible: members may have left since the request."""
    return all(
        "member" not in each["specification"]
        or (
            collaboration.member(each["specification"]["member"]["accountId"]) is None
            if "ADD_MEMBER" in each["types"]
            else _present(collaboration, each["specification"]["member"]) is not None
        )
        for each in changes
    )


def added_members(changes: Iterable[Change]) -> int:
    """Return how many members the changes would add."""
    return sum("ADD_MEMBER" in each["types"] for each in changes)


def apply(
    changes: Sequence[Change],
    collaboration: Collaboration,
    store: CollaborationStore,
    now: datetime,
    new_id: Callable[[], str],
) -> None:
    """Make ``changes``, which must be possible, to a collaboration.

    Args:
        changes: the changes.
        collaboration: the collaboration to change.
        store: the store that has it.
        now: the instant of the change, in UTC.
        new_id: returns the id of the membership that a new member may create.
    """
    for each in changes:
        wanted = each["specification"].get("member")
        if wanted is None:
            edited = each["specification"]["collaboration"]
            collaboration.auto_approved_change_types = edited["autoApprovedChangeTypes"]
            collaboration.update_time = now
            continue
        member = _present(collaboration, wanted)
        if member is None:
            store.invite(
                collaboration,
                wanted["accountId"],
                now,
                membership_id=new_id(),
                display_name=wanted["displayName"],
                abilities=list(wanted["memberAbilities"]),
                ml_abilities=wanted.get("mlMemberAbilities"),
                payment_configuration=payment.expanded(
                    payment.costs_of(wanted.get("paymentConfiguration"))
                ),
            )
        else:
            _change_member(member, wanted, now)
            if member.account_id == collaboration.creator_account_id:
                collaboration.creator_display_name = member.display_name


def _change_member(member: Member, wanted: Mapping[str, Any], now: datetime) -> None:
    member.abilities = abilities.changed(member.abilities, wanted["memberAbilities"])
    member.ml_abilities = some_or_none(wanted.get("mlMemberAbilities", member.ml_abilities))
    configured = payment.merged(member.payment_configuration, wanted.get("paymentConfiguration"))
    dropped = payment.costs_of(member.payment_configuration) - payment.costs_of(configured)
    member.payment_configuration = configured
    member.display_name = wanted.get("displayName", member.display_name)
    member.update_time = now
    if member.membership is not None and dropped:
        # a removed cost is no longer paid; an added cost has to be accepted with UpdateMembership
        accepted = payment.costs_of(member.membership.payment_configuration) - dropped
        member.membership.payment_configuration = payment.expanded(accepted)


def _examined(change: Change, collaboration: Collaboration) -> Change:
    specification = change["specification"]
    kind = change["specificationType"]
    if kind.lower() not in specification:
        raise ValidationException(
            f"A change of the type {kind} needs the specification {kind.lower()}.", field="changes"
        )
    types = (
        _member_types(specification["member"], collaboration)
        if kind == "MEMBER"
        else _collaboration_types(specification["collaboration"], collaboration)
    )
    if not types:
        raise ValidationException("The change would change nothing.", field="changes")
    return {**change, "types": types}


def _collaboration_types(wanted: Mapping[str, Any], collaboration: Collaboration) -> list[str]:
    listed = wanted.get("autoApprovedChangeTypes")
    present = collaboration.auto_approved_change_types or []
    if listed is None or set(listed) == set(present):
        return []
    return ["EDIT_AUTO_APPROVED_CHANGE_TYPES"]


def _member_types(wanted: Mapping[str, Any], collaboration: Collaboration) -> list[str]:
    account = wanted["accountId"]
    fixed = [ability for ability in wanted["memberAbilities"] if ability in abilities.FIXED]
    if fixed:
        raise ValidationException(
            f"A change request cannot give or keep {', '.join(fixed)}: leave them out of"
            " memberAbilities.",
            field="changes",
        )
    member = _present(collaboration, wanted)
    if member is None:
        gone = collaboration.member(account)
        if gone is not None:
            raise ValidationException(
                f"Account {account} cannot be added again: its status is {gone.status}.",
                field="changes",
            )
        if "displayName" not in wanted:
            raise ValidationException(
                f"displayName is required to add account {account}.", field="changes"
            )
    held = set(member.abilities) - abilities.FIXED if member else set[str]()
    learned = _ml(member.ml_abilities) if member else set[str]()
    types = [] if member else ["ADD_MEMBER"]
    types += _differences(held, set(wanted["memberAbilities"]))
    if "mlMemberAbilities" in wanted:
        types += _differences(learned, _ml(wanted["mlMemberAbilities"]))
    before = member.payment_configuration if member else payment.expanded(())
    after = payment.merged(before, wanted.get("paymentConfiguration"))
    costs, wished = payment.costs_of(before), payment.costs_of(after)
    if member and abilities.RUN_JOB in member.abilities and payment.JOBS not in wished:
        raise payment.runner_must_pay(account, "changes")
    types += ["ADD_PAYER_CANDIDATE"] if wished - costs else []
    types += ["REMOVE_PAYER_CANDIDATE"] if costs - wished else []
    return types


def _present(collaboration: Collaboration, wanted: Mapping[str, Any]) -> Member | None:
    """Return the member in a specification, if it is invited or active."""
    member = collaboration.member(wanted["accountId"])
    return member if member is not None and member.status in VISIBLE else None


def _differences(before: set[str], after: set[str]) -> list[str]:
    granted = [f"GRANT_{name}" for ability, name in _GRANTS.items() if ability in after - before]
    revoked = [f"REVOKE_{name}" for ability, name in _GRANTS.items() if ability in before - after]
    return granted + revoked


def _ml(held: Mapping[str, Any] | None) -> set[str]:
    return set(held["customMLMemberAbilities"]) if held else set()
