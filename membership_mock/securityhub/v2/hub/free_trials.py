"""The free trials of Security Hub V2.

Sources: the API page; observed answers for the accounts that a caller may not ask about; articles
that say how long a trial lasts.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.securityhub.errors import AccessDeniedException, ValidationException
from membership_mock.securityhub.v2.access.delegation import DelegationV2
from membership_mock.securityhub.v2.stores.hub_store import HubV2Store

#: observed; that it goes for each region is inferred [SH-258]
TRIAL = timedelta(days=30)


class FreeTrialsV2(Family):
    """The operation on free trials."""

    @operation("ListFreeTrialStatusesV2", optional=True)
    def list_free_trial_statuses_v2(
        self,
        ctx: Context,
        account_ids: list[str] | None = None,
        statuses: list[str] | None = None,
    ) -> dict[str, Listing[str]]:
        """Return the free trials of accounts; these need no hub (observed).

        Without ids these are the caller's, or for the delegated administrator those of all accounts
        of the organization (inferred [SH-259]). An account without a trial, or with none in the
        statuses that are asked for, has an empty list.

        Raises:
            AccessDeniedException: the caller is in no organization and asks for another account
                (inferred [SH-260]).
            ValidationException: the caller does not administer the organization, and asks for
                another account (observed).
        """
        led = self.of(DelegationV2).led_organization()
        allowed: Collection[str] = led.accounts if led else {ctx.account_id}
        asked: Sequence[str] = sorted(set(account_ids or ()))
        if not asked:
            asked = led.accounts.ascending if led else [ctx.account_id]
        elif not all(account_id in allowed for account_id in asked):
            organization = ctx.world.organization_of(ctx.account_id, ctx.partition)
            if organization is None:
                raise AccessDeniedException(
                    f"Account {ctx.account_id} can only list the free trials of its own account"
                )
            raise ValidationException(f"Organization not found: '{organization.organization_id}'")
        return {
            "AccountFreeTrialStatuses": Listing(
                asked,
                position=lambda account_id: account_id,
                show=lambda account_id: self._shown(account_id, statuses, ctx.now),
            )
        }

    def _shown(
        self, account_id: str, statuses: Sequence[str] | None, now: datetime
    ) -> dict[str, Any]:
        trials = []
        store = self.store_if_any(HubV2Store)
        began = store.trials.get(account_id) if store else None
        if began is not None:
            status = "ACTIVE" if now < began + TRIAL else "INACTIVE"
            if not statuses or status in statuses:
                trials.append(
                    {
                        "FeatureType": "SECURITY_HUB_V2",
                        "Status": status,
                        "StartedAt": began,
                        "ExpiresAt": began + TRIAL,
                    }
                )
        return {"AccountId": account_id, "EvaluatedAt": now, "FreeTrialStatuses": trials}
