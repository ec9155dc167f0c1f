"""Page tokens: a position in a list, signed so that it is valid for one list of one caller only."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from membership_mock.engine.pipeline.context import Context


def write(position: int | str, context: Context, arguments: dict[str, Any]) -> str:
    """Return the token of the page after a position.

    Args:
        position: the position of the last entry of the page before.
        context: the request that gets the token.
        arguments: the other parameters of the request, which select the list.
    """
    signature = _signature(position, context, arguments)
    return base64.urlsafe_b64encode(json.dumps([position, signature]).encode()).decode()


def read(token: str, context: Context, arguments: dict[str, Any]) -> int | str | None:
    """Return the position in a token; None if the token is broken or belongs to another list."""
    try:
        position, _ = json.loads(base64.urlsafe_b64decode(token.encode()))
    except (ValueError, TypeError, RecursionError):
        return None
    if not isinstance(position, (int, str)):
        return None
    # Decoding accepts variants of a token; only the exact text that was returned is valid.
    expected = write(position, context, arguments)
    return position if hmac.compare_digest(token.encode(), expected.encode()) else None


def _signature(position: object, context: Context, arguments: dict[str, Any]) -> str:
    """Return a signature of a position in its list: the caller, the operation, the filters."""
    text = json.dumps(
        [
            position,
            context.service,
            context.operation,
            context.account_id,
            context.region,
            arguments,
        ],
        sort_keys=True,
        default=str,
    )
    return hashlib.blake2b(text.encode(), digest_size=9, key=context.world.secret).hexdigest()
