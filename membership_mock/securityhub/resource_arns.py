"""Checks ARNs of Security Hub that callers pass."""

from __future__ import annotations

import re

from membership_mock.engine.pipeline.context import Context
from membership_mock.securityhub.errors import (
    InvalidInputException,
    ResourceNotFoundException,
    not_authorized_for,
)

_ARN = re.compile(r"arn:([^:]+):securityhub:([^:]*):([^:]*):(.+)", re.DOTALL)


def check_own(ctx: Context, arn: str, kind: str) -> None:
    """Refuse an ARN that cannot be a resource of the caller's account and region.

    Args:
        ctx: the request.
        arn: what the caller has sent.
        kind: how the part behind the account begins, e.g. ``insight/``.

    Raises:
        InvalidInputException: the text is not an ARN of Security Hub (inferred [SH-207]).
        AccessDeniedException: the ARN is of another account, region, partition or kind (observed
            for product subscriptions, standards and controls, inferred [SH-203] for the rest).
    """
    found = _ARN.fullmatch(arn)
    if found is None:
        raise InvalidInputException(f"Invalid ARN: {arn}")
    partition, region, account_id, resource = found.groups()
    own = (ctx.partition, ctx.region, ctx.account_id)
    if (partition, region, account_id) != own or not resource.startswith(kind):
        raise not_authorized_for(ctx.account_id, arn)


def not_found(arn: str, what: str) -> ResourceNotFoundException:
    """Return the error for an own resource that does not exist (text inferred [SH-192]).

    Args:
        arn: what the caller has sent.
        what: what it would be, e.g. ``Insight``.
    """
    return ResourceNotFoundException(f"{what} {arn} was not found.")
