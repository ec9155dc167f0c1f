"""Repeated calls with the same idempotency token.

Which field is the token is said by the service model (the trait ``idempotencyToken``). The same
token with the same input gets the first answer again and nothing happens; with another input it is
refused. Scope: account, region, operation and the resource in the path. Source: documented for the
repetition, inferred for the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from membership_mock.engine.protocol.http import HttpAnswer
from membership_mock.engine.state.world import Scope, Store

LIFE = timedelta(hours=24)


@dataclass(slots=True)
class Remembered:
    """The first call with a token, as plain data: what its parameters are read from, its answer.

    Headers are not kept: they are some client library's, may hold on to a connection, and carry no
    parameter of any operation with a token.
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
        """Return the first call with this token, unless it is too long ago."""
        found = self.used.get(key)
        return found if found is not None and now - found.at < LIFE else None
