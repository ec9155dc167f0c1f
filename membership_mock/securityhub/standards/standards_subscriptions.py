"""The operations on security standards and on an account's subscriptions to them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.securityhub.errors import InvalidInputException
from membership_mock.securityhub.hubs.hubs import Hubs
from membership_mock.securityhub.resource_arns import check_own
from membership_mock.securityhub.standards.standards import (
    Standards,
    StandardsStore,
    Subscription,
)


class StandardsSubscriptions(Family):
    """The operations on standards."""

    @operation("DescribeStandards")
    def describe_standards(
        self, ctx: Context, providers: list[str] | None = None
    ) -> dict[str, Any]:
        """Return the standards of this region, whether subscribed to or not.

        The caller needs no hub: clients call it before EnableSecurityHub, and tolerate no error
        (observed).
        """
        del ctx
        known = [
            each
            for each in self.of(Standards).available().values()
            if not providers or each.provider in providers
        ]
        numbered = list(enumerate(known))
        return {"Standards": Listing(numbered, lambda pair: pair[0], show=lambda pair: pair[1])}

    @operation("GetEnabledStandards")
    def get_enabled_standards(
        self,
        ctx: Context,
        standards_subscription_arns: list[str] | None = None,
        providers: list[str] | None = None,
    ) -> dict[str, Any]:
        """Return the caller's own subscriptions; a read lets PENDING ones settle.

        ARNs of subscriptions of this account and region that there are not are ignored
        (inferred [SH-219]).

        Raises:
            AccessDeniedException: an ARN names no account, or another account or region (observed).
            InvalidInputException: a text is not an ARN of Security Hub (inferred [SH-207]).
        """
        self.of(Hubs).require()
        for arn in standards_subscription_arns or ():
            check_own(ctx, arn, "subscription/")
        self.of(Standards).forget_gone(ctx.account_id, ctx.now)
        held = self.of(Standards).held(ctx.account_id, ctx.now)
        wanted = set(standards_subscription_arns or held)
        shown = [
            each
            for arn, each in held.items()
            if arn in wanted and (not providers or each.provider in providers)
        ]
        store = self.store(StandardsStore)
        shown = [store.see(each, ctx.now, ctx.world) for each in shown]
        return {
            "StandardsSubscriptions": Listing(
                shown, lambda each: each.sequence, show=lambda each: self._as_of(each, ctx.now)
            )
        }

    @operation("BatchEnableStandards")
    def batch_enable_standards(
        self, ctx: Context, standards_subscription_requests: list[dict[str, Any]]
    ) -> dict[str, Any]:
        """Subscribe the caller to standards, and return the subscriptions.

        A standard that the caller is subscribed to already comes back as it is (inferred [SH-114]).

        Raises:
            InvalidInputException: the region has no such standard (text observed), or the
                subscription to it is DELETING (inferred [SH-220]); then nothing is enabled.
            AccessDeniedException: a configuration policy governs the caller (observed).
        """
        self._require_hub_and_own_say()
        available = self.of(Standards).available()
        _refuse_unknown(
            "StandardsSubscriptionRequest",
            [
                request
                for request in standards_subscription_requests
                if request["StandardsArn"] not in available
            ],
        )
        store = self.store(StandardsStore)
        wanted = [
            self.of(Standards).subscription_arn(ctx.account_id, available[each["StandardsArn"]])
            for each in standards_subscription_requests
        ]
        held = self.of(Standards).held(ctx.account_id, ctx.now)
        _refuse_moving(
            [arn for arn in wanted if arn in held and held[arn].deleting_since], "DELETING"
        )
        answers = []
        for request in standards_subscription_requests:
            standard = available[request["StandardsArn"]]
            arn = self.of(Standards).subscription_arn(ctx.account_id, standard)
            given = request.get("StandardsInput") or {}
            subscription = store.subscribe(ctx.account_id, arn, standard, ctx.now, given)
            answers.append(self._as_of(subscription, ctx.now))
        return {"StandardsSubscriptions": answers}

    @operation("BatchDisableStandards")
    def batch_disable_standards(
        self, ctx: Context, standards_subscription_arns: list[str]
    ) -> dict[str, Any]:
        """End subscriptions of the caller, and return them as DELETING.

        The next read does not find them; one that is DELETING stays so (inferred [SH-218, SH-221]).
        A refusal because of PENDING counts as a read, after which it may settle
        (inferred [SH-301]).

        Raises:
            InvalidInputException: one of them is still PENDING (text observed), or not the
                caller's (text inferred [SH-115]); then none is ended.
            AccessDeniedException: a configuration policy governs the caller (observed); or an ARN
                names no account, or another account or region (inferred [SH-116] from
                GetEnabledStandards).
        """
        self._require_hub_and_own_say()
        for arn in standards_subscription_arns:
            check_own(ctx, arn, "subscription/")
        held = self.of(Standards).held(ctx.account_id, ctx.now)
        arns = list(dict.fromkeys(standards_subscription_arns))
        _refuse_unknown("StandardsSubscriptionArn", [arn for arn in arns if arn not in held])
        pending = [arn for arn in arns if held[arn].pending(ctx.now)]
        for arn in pending:
            # clients do try later, without any other read (observed), and must succeed in the end
            self.store(StandardsStore).see(held[arn], ctx.now, ctx.world)
        _refuse_moving(pending, "PENDING")
        answers = [_shown(held[arn], "DELETING") for arn in arns]
        for arn in arns:
            self.of(Standards).end(ctx.account_id, arn, ctx.now)
        return {"StandardsSubscriptions": answers}

    def _as_of(self, subscription: Subscription, now: datetime) -> dict[str, Any]:
        """Return a subscription as it is at the moment.

        Standards of other clouds wait for a connector (inferred [SH-118] from the reason's name).
        """
        if subscription.deleting_since is not None:
            return _shown(subscription, "DELETING")
        if subscription.pending(now):
            return _shown(subscription, "PENDING")
        cloud = subscription.provider
        followers = self.of(Standards).followers()
        if cloud == "AWS" or any(each.has_connector(cloud, now) for each in followers):
            return _shown(subscription, "READY")
        return {
            **_shown(subscription, "INCOMPLETE"),
            "StandardsStatusReason": {"StatusReasonCode": "NO_AVAILABLE_MULTICLOUD_CONNECTOR"},
        }

    def _require_hub_and_own_say(self) -> None:
        """Refuse a caller without a hub, or whose standards a configuration policy decides on."""
        self.of(Hubs).require()
        self.of(Hubs).require_not_centrally_managed()


def _shown(subscription: Subscription, status: str) -> dict[str, Any]:
    ready = status == "READY"
    return {
        "StandardsSubscriptionArn": subscription.standards_subscription_arn,
        "StandardsArn": subscription.standards_arn,
        "StandardsInput": dict(subscription.standards_input),
        "StandardsStatus": status,
        "StandardsControlsUpdatable": "READY_FOR_UPDATES" if ready else "NOT_READY_FOR_UPDATES",
        "Provider": subscription.provider,
    }


def _refuse_unknown(what: str, unknown: Sequence[Any]) -> None:
    if unknown:
        raise InvalidInputException(f"Invalid {what}(s): {_compact(unknown)}")


def _refuse_moving(arns: Sequence[str], status: str) -> None:
    if arns:
        raise InvalidInputException(
            f"StandardsSubscription(s) in state {status}, please try later: {_compact(arns)}"
        )


def _compact(values: Sequence[Any]) -> str:
    return json.dumps(values, separators=(",", ":"))
