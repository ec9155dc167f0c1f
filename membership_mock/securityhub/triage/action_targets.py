"""Custom actions: what an analyst may send chosen findings to, by hand, in the console.

Sources: the API pages of the four operations; recorded answers of Cloud Custodian's tests and logs
of real calls for the conflict and for unknown ARNs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field
from datetime import datetime

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.state.quotas import QuotaUse
from membership_mock.engine.state.summary import Summary, View, named, one
from membership_mock.engine.state.world import Scope, Store, World
from membership_mock.securityhub.errors import (
    InvalidInputException,
    LimitExceededException,
    ResourceConflictException,
    ResourceNotFoundException,
)
from membership_mock.securityhub.hubs.hubs import Hubs
from membership_mock.securityhub.quotas import ACTION_TARGETS
from membership_mock.securityhub.resource_arns import check_own

#: Source: API page CreateActionTarget.
LONGEST_NAME = 20
LONGEST_ID = 20
#: Source: the validation of the AWS provider of Terraform.
_ID = re.compile("[0-9A-Za-z]+")
_KIND = "action/custom/"


@dataclass
class ActionTarget:
    """A custom action; the fields are those of DescribeActionTargets.

    Attributes:
        number: its number in the order of creation.
    """

    action_target_arn: str
    name: str
    description: str
    number: int


@dataclass
class ActionTargetStore(Store, scope=Scope.ACCOUNT_REGION):
    """The custom actions of an account in a region.

    Attributes:
        targets: each by its ARN, in the order of creation.
        last_number: what the latest one was numbered.
    """

    rank = 12
    targets: dict[str, ActionTarget] = field(default_factory=dict)
    last_number: int = 0

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each custom action."""
        del view
        account_id, region = key
        for each in self.targets.values():
            yield Summary(account_id, region, "securityhub", one(f"action {named(each.name)}"))


class ActionTargets(Family):
    """The operations on custom actions."""

    @classmethod
    def quota_uses(cls, world: World, now: datetime) -> Iterator[QuotaUse]:
        """Yield how many custom actions each account has."""
        del now
        for (account_id, region), store in world.stores(ActionTargetStore):
            yield QuotaUse(ACTION_TARGETS, account_id, region, len(store.targets))

    @operation("CreateActionTarget")
    def create_action_target(
        self,
        ctx: Context,
        name: str,
        description: str,
        id: str,  # noqa: A002  # the operation's own name for it
    ) -> dict[str, str]:
        """Create a custom action and return its ARN.

        Raises:
            InvalidInputException: the name is longer than 20 characters, or the id is not up to 20
                letters and digits (rules documented, texts inferred [SH-192]).
            LimitExceededException: the account has as many as it may have.
            ResourceConflictException: the id is taken (observed).
        """
        self.of(Hubs).require()
        _check_name(name)
        if len(id) > LONGEST_ID or not _ID.fullmatch(id):
            raise InvalidInputException(
                f"Invalid parameter 'Id'. '{id}' must be 1 to {LONGEST_ID} letters and digits."
            )
        store = self.store(ActionTargetStore)
        arn = ctx.arn(f"{_KIND}{id}")
        if arn in store.targets:
            raise ResourceConflictException(f"Action with Id: {id} already exists")
        most = self.limit(ACTION_TARGETS)
        if len(store.targets) >= most:
            raise LimitExceededException(
                f"The number of custom actions exceeds the limit of {most}"
            )
        store.last_number += 1
        store.targets[arn] = ActionTarget(arn, name, description, store.last_number)
        return {"ActionTargetArn": arn}

    @operation("UpdateActionTarget")
    def update_action_target(
        self,
        ctx: Context,
        action_target_arn: str,
        name: str | None = None,
        description: str | None = None,
    ) -> None:
        """Change what is given.

        Raises:
            AccessDeniedException: the ARN is of another account or region (inferred [SH-203]).
            InvalidInputException: the new name is too long.
            ResourceNotFoundException: there is no such custom action.
        """
        self.of(Hubs).require()
        target = self._own(ctx, action_target_arn)
        if name is not None:
            _check_name(name)
            target.name = name
        if description is not None:
            target.description = description

    @operation("DeleteActionTarget")
    def delete_action_target(self, ctx: Context, action_target_arn: str) -> dict[str, str]:
        """Delete a custom action and return its ARN.

        Raises:
            AccessDeniedException: the ARN is of another account or region (inferred [SH-203]).
            ResourceNotFoundException: there is no such custom action.
        """
        self.of(Hubs).require()
        self._own(ctx, action_target_arn)
        del self.store(ActionTargetStore).targets[action_target_arn]
        return {"ActionTargetArn": action_target_arn}

    @operation("DescribeActionTargets")
    def describe_action_targets(
        self,
        ctx: Context,
        action_target_arns: list[str] | None = None,
    ) -> dict[str, Listing[ActionTarget]]:
        """Return custom actions, the oldest first: those that are named, or all of them.

        ARNs that are unknown are passed over (observed, though the model has an error for it).
        """
        del ctx
        self.of(Hubs).require()
        targets = self.store(ActionTargetStore).targets
        shown = list(targets.values())
        if action_target_arns:
            named = {
                targets[arn].number: targets[arn] for arn in action_target_arns if arn in targets
            }
            shown = [named[number] for number in sorted(named)]
        return {"ActionTargets": Listing(shown, position=lambda each: each.number)}

    def _own(self, ctx: Context, arn: str) -> ActionTarget:
        check_own(ctx, arn, _KIND)
        target = self.store(ActionTargetStore).targets.get(arn)
        if target is None:
            raise ResourceNotFoundException("Action target not found")
        return target


def _check_name(name: str) -> None:
    if len(name) > LONGEST_NAME:
        raise InvalidInputException(
            f"Invalid parameter 'Name'. '{name}' is longer than {LONGEST_NAME} characters."
        )
