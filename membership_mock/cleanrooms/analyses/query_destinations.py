"""Where the result of a protected query goes: to its runner, to another member, or to several.

Source: the model's texts, also for those of three refusals.
"""

from __future__ import annotations

from typing import Any

from membership_mock.cleanrooms.analyses.result_delivery import (
    Destination,
    by_default,
    in_bucket,
    only_receiver,
    receiver,
)
from membership_mock.cleanrooms.collaborations.abilities import RECEIVE_RESULTS
from membership_mock.cleanrooms.collaborations.collaboration_store import Membership
from membership_mock.cleanrooms.errors import ValidationException


def destinations_of(
    membership: Membership, configuration: dict[str, Any] | None
) -> list[Destination]:
    """Return where the result of a query goes, in the order in which its runner names it.

    Without a result configuration it goes to the runner's default place; if the runner has none, to
    the only member who receives results (inferred [CR-71]).

    Args:
        membership: the runner's.
        configuration: the ``resultConfiguration`` of the call; None if it has none.

    Raises:
        ValidationException: the runner or a receiver cannot receive it, or has no place for it
            (inferred [CR-73, CR-134]).
    """
    if configuration is None:
        own = membership.default_result_configuration
        if RECEIVE_RESULTS in membership.member_abilities and own is not None:
            return [by_default(membership.account_id, own, shown=True)]
        return [_to_member(membership, only_receiver(membership.collaboration).account_id)]
    output = configuration["outputConfiguration"]
    if "distribute" not in output:
        return [_destination(membership, output)]
    locations = output["distribute"]["locations"]
    accounts = [each["member"]["accountId"] for each in locations if "member" in each]
    if sum("s3" in each for each in locations) > 1:
        raise _refused("You can't specify more than one S3 location.")
    if membership.account_id in accounts:
        raise _refused("You can't specify the query runner's account as a member location.")
    if len(set(accounts)) < len(accounts):
        raise _refused("Each member can be specified only once.")
    return [_destination(membership, each) for each in locations]


def _destination(membership: Membership, output: dict[str, Any]) -> Destination:
    if "member" in output:
        return _to_member(membership, output["member"]["accountId"])
    if "s3" not in output:
        raise _refused("Only populating an intermediate table writes into one.")
    if RECEIVE_RESULTS not in membership.member_abilities:
        raise _refused("You cannot receive results: name a member who can.")
    return in_bucket(membership.account_id, output["s3"], shown=True)


def _to_member(membership: Membership, account_id: str) -> Destination:
    found = receiver(membership.collaboration, account_id)
    return by_default(account_id, found.default_result_configuration, shown=False)


def _refused(message: str) -> ValidationException:
    return ValidationException(message, field="resultConfiguration")
