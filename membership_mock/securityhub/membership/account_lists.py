"""The common part of operations on lists of accounts: each account is processed independently."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from membership_mock.securityhub.errors import (
    NO_SUCH_RESOURCE,
    OUT_OF_RANGE,
    TOO_MANY,
    BadRequestException,
    InvalidInputException,
)
from membership_mock.securityhub.hubs.hubs import Hubs
from membership_mock.securityhub.relationships.associations import AssociationStore

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.operation import Family

#: how many accounts one call may name (observed for CreateMembers, inferred [SH-7] for the others)
ACCOUNTS_PER_CALL = 50

Result = dict[str, str]


def require_hub(family: Family) -> None:
    """Refuse a membership operation of an account that has no hub in this region.

    Raises:
        BadRequestException: it has none. Observed for GetMembers, ListMembers and
            GetMasterAccount, inferred [SH-11] for the rest of the family.
    """
    if family.of(Hubs).of_account(family.backend.account_id) is None:
        raise BadRequestException(NO_SUCH_RESOURCE)
    associations = family.store(AssociationStore)
    if associations.closed:
        associations.drop_closed(family.backend.world.clock.now())


def require_accounts(account_ids: list[str]) -> None:
    """Refuse an empty list of accounts (inferred [SH-6]).

    Raises:
        InvalidInputException: the list is empty.
    """
    if not account_ids:
        raise InvalidInputException(
            "Invalid parameter 'AccountIds'. data.AccountIds should NOT have fewer than 1 items"
        )


def is_account_id(text: str) -> bool:
    """Return whether ``text`` is 12 digits."""
    return re.fullmatch(r"[0-9]{12}", text) is not None


def each_account(
    account_ids: Iterable[str], act: Callable[[str], str | None]
) -> dict[str, list[Result]]:
    """Process one account after the other, and return the answer with those that failed.

    Args:
        account_ids: the accounts as they were sent; those after the fiftieth are not processed.
        act: processes an account; returns the reason if it fails.
    """
    unprocessed = []
    for count, account_id in enumerate(account_ids):
        if count >= ACCOUNTS_PER_CALL:
            why: str | None = TOO_MANY
        else:
            why = act(account_id) if is_account_id(account_id) else OUT_OF_RANGE
        if why is not None:
            unprocessed.append({"AccountId": account_id, "ProcessingResult": why})
    return {"UnprocessedAccounts": unprocessed}
