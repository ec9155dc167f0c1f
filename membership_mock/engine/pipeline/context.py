"""What a handler gets to know about the request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field
from datetime import datetime
from typing import TYPE_CHECKING

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.events import Detail, Event

if TYPE_CHECKING:
    from membership_mock.engine.state.world import World


@dataclass(slots=True)
class Context:
    """One request: its caller, its region, its time.

    Attributes:
        world: the state of the running mock.
        service: the service's id, e.g. ``security-ir``.
        operation: the operation's name, e.g. ``CreateCase``.
        account_id: the 12 digits of the account that signed the request.
        region: the region that the request was signed for.
        partition: the partition of that region: ``aws``, ``aws-cn``, ``aws-us-gov``, …
        now: the instant of the request, in UTC. All timestamps of one request are equal to it.
        request_id: the id that the answer carries.
        access_key: the id of the access key that signed the request; None for an unsigned request.
        invoked_by: the service that made the call on behalf of the caller, e.g.
            ``cloudformation.amazonaws.com``; empty for a call of a client.
        undo: functions that undo changes if the call is refused, in the order of the changes.
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
    invoked_by: str = ""
    undo: list[Callable[[], object]] | None = field(default=None, kw_only=True)

    @property
    def principal(self) -> str:
        """The ARN of the IAM user or the assumed role that signed the request.

        It is the root of the account if moto's IAM and STS do not know the access key.
        """
        found = None
        if self.access_key is not None:
            found = self.world.other_services.principal_of(
                self.account_id, self.partition, self.access_key
            )
        return found or f"arn:{self.partition}:iam::{self.account_id}:root"

    def undone_if_refused(self, take_back: Callable[[], object]) -> None:
        """Call ``take_back`` if the call is refused: a refused call changes nothing."""
        if self.undo is None:
            self.undo = []
        self.undo.append(take_back)

    def refused(self) -> None:
        """Call the functions in `undo`, the latest first."""
        for take_back in reversed(self.undo or ()):
            take_back()

    def emit(self, detail_type: str, resources: Sequence[str], detail: Detail) -> None:
        """Let the service send an event of this moment to the caller's account and region.

        Args:
            detail_type: the event's ``detail-type``.
            resources: the ARNs of its resources.
            detail: its ``detail``, or a function that makes it from data that does not change.
        """
        self.world.announce(
            Event(
                f"aws.{self.service}",
                detail_type,
                self.account_id,
                self.region,
                self.now,
                resources,
                detail,
            )
        )

    def arn(self, resource: str) -> str:
        """Return the ARN of the caller's ``resource``, e.g. ``case/0123456789``."""
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account_id}:{resource}"
