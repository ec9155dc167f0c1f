"""What a handler may know of the request it serves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from membership_mock.engine.state.world import World


@dataclass(slots=True)
class Context:
    """One request: who asks, where, and when.

    Attributes:
        world: the state of the running mock.
        service: the service's id, e.g. ``security-ir``.
        operation: the operation's name, e.g. ``CreateCase``.
        account_id: the 12 digits of the account that signed the request.
        region: the region that the request was signed for.
        partition: the partition of that region: ``aws``, ``aws-cn``, ``aws-us-gov``, …
        now: the instant of the request, in UTC. Every stamp of one request is this one.
        request_id: the id that the answer carries.
        access_key: the id of the access key that signed the request; None when none did.
    """

    world: World
    service: str
    operation: str
    account_id: str
    region: str
    partition: str
    now: datetime
    request_id: str
    access_key: str | None = None

    @property
    def principal(self) -> str:
        """The ARN of the IAM user or the assumed role that signed the request.

        It is the account's root where moto's IAM and STS have not given out the access key.
        """
        found = None
        if self.access_key is not None:
            found = self.world.other_services.principal_of(
                self.account_id, self.partition, self.access_key
            )
        return found or f"arn:{self.partition}:iam::{self.account_id}:root"

    def arn(self, resource: str) -> str:
        """Return the ARN of the caller's ``resource``, e.g. ``case/0123456789``."""
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account_id}:{resource}"
