"""Answers repeated calls with the same idempotency token.

The service model says which field is the token (trait ``idempotencyToken``). The same token with
the same input gets the first answer again, and nothing changes. With another input it is refused.
Scope: account, region, operation and the resource in the path. Source: documented for the
repetition, inferred for the rest.
"""

from __future__ import annotations

from dataclasses import field
from datetime import datetime, timedelta

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.protocol.http import HttpAnswer
from membership_mock.engine.state.world import Scope, Store

LIFE = timedelta(hours=24)


@dataclass(slots=True)
class Remembered:
    """The first call with a token, as plain data: its request and its answer.

    Headers are not kept: they are objects of a client library, which may hold a connection, and no
    operation with a token has a parameter in them.
    """

    path: str
    query: str
    body: bytes
    answer: HttpAnswer
    at: datetime


@dataclass
class TokenStore(Store, scope=Scope.ACCOUNT_REGION):
    """The tokens used in one account and region, by operation, resource and token."""

    used: dict[tuple[str, ...], Remembered] = field(default_factory=dict)

    def find(self, key: tuple[str, ...], now: datetime) -> Remembered | None:
        """Return the first call with this token; None if no call had it, or if it has expired."""
        found = self.used.get(key)
        return found if found is not None and now - found.at < LIFE else None
