"""Page tokens: a position in a list, sealed so that it is good for one list of one caller only."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from membership_mock.engine.pipeline.context import Context


def write(position: int | str, context: Context, arguments: dict[str, Any]) -> str:
    """Return the token of the page that begins at a position.

    Args:
        position: where the page begins in the list.
        context: the request that gets the token.
        arguments: the other parameters of the request, which choose the list.
    """
    seal = _seal(position, context, arguments)
    return base64.urlsafe_b64encode(json.dumps([position, seal]).encode()).decode()


def read(token: str, context: Context, arguments: dict[str, Any]) -> int | str | None:
    """Return the position that a token stands for; None if it is broken or of another list."""
    try:
        position, _ = json.loads(base64.urlsafe_b64decode(token.encode()))
    except (ValueError, TypeError, RecursionError):
        return None
    if not isinstance(position, (int, str)):
        return None
    # Decoding forgives much; only what was handed out, to the letter, is a token.
    handed_out = write(position, context, arguments)
    return position if hmac.compare_digest(token.encode(), handed_out.encode()) else None


def _seal(position: object, context: Context, arguments: dict[str, Any]) -> str:
    """Bind a position to its list: the caller, the operation, the filters."""
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
