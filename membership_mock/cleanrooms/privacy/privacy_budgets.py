"""Privacy budgets: their remaining parts, for their owner and for other members.

Sources: API pages of the operations; that members see the budgets of the others, and see them go
down, is observed. What is left open is marked inferred.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from membership_mock.cleanrooms.collaborations.clean_rooms_family import CleanRoomsFamily
from membership_mock.cleanrooms.collaborations.collaborations import Collaborations
from membership_mock.cleanrooms.memberships.memberships import Memberships
from membership_mock.cleanrooms.ordered_index import is_in_index, sequence_of
from membership_mock.cleanrooms.privacy import differential_privacy
from membership_mock.cleanrooms.privacy.privacy_budget_store import (
    PrivacyBudgetTemplate,
    PrivacyBudgetTemplateStore,
)
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.protocol.pagination import Listing

_FORMULA = "AWS's formula is not published: this one gives the numbers that were seen"


class PrivacyBudgets(CleanRoomsFamily):
    """The operations on privacy budgets."""

    @operation("ListPrivacyBudgets", differs=_FORMULA)
    def list_privacy_budgets(
        self,
        ctx: Context,
        membership_identifier: str,
        privacy_budget_type: str,
        access_budget_resource_arn: str | None = None,
    ) -> dict[str, Listing[PrivacyBudgetTemplate]]:
        """Return the budgets of a membership of the caller, one for each of its templates.

        Args:
            ctx: the request.
            membership_identifier: the membership.
            privacy_budget_type: only budgets of this type are listed.
            access_budget_resource_arn: only the access budget of this table; an unknown one gives
                an empty list (inferred [CR-93]).
        """
        membership = self.of(Memberships).find(membership_identifier)
        self.let_catch_up(membership.collaboration, ctx.now)

        def show(template: PrivacyBudgetTemplate) -> dict[str, Any]:
            owner = {"membershipId": membership.id, "membershipArn": membership.arn}
            return {**template.budget(ctx.now), **owner}

        store = self.store(PrivacyBudgetTemplateStore)
        held = store.by_membership.get((membership.id, privacy_budget_type), ())
        chosen = self._chosen(held, access_budget_resource_arn)
        return {"privacyBudgetSummaries": Listing(chosen, sequence_of, show=show)}

    @operation("ListCollaborationPrivacyBudgets", differs=_FORMULA)
    def list_collaboration_privacy_budgets(
        self,
        ctx: Context,
        collaboration_identifier: str,
        privacy_budget_type: str,
        access_budget_resource_arn: str | None = None,
    ) -> dict[str, Listing[PrivacyBudgetTemplate]]:
        """Return the budgets of all members of a collaboration, with the remaining part of each."""
        collaboration = self.of(Collaborations).joined(collaboration_identifier)
        self.let_catch_up(collaboration, ctx.now)

        def show(template: PrivacyBudgetTemplate) -> dict[str, Any]:
            return {**template.budget(ctx.now), "creatorAccountId": template.creator_account_id}

        store = self.store(PrivacyBudgetTemplateStore)
        held = store.by_collaboration.get((collaboration.id, privacy_budget_type), ())
        chosen = self._chosen(held, access_budget_resource_arn)
        return {"collaborationPrivacyBudgetSummaries": Listing(chosen, sequence_of, show=show)}

    @operation("PreviewPrivacyImpact", differs=_FORMULA)
    def preview_privacy_impact(
        self, ctx: Context, membership_identifier: str, parameters: dict[str, Any]
    ) -> dict[str, Any]:
        """Return how often each function could be called with such a budget; nothing is stored."""
        del ctx
        self.of(Memberships).find(membership_identifier)
        given = parameters["differentialPrivacy"]
        most = differential_privacy.affordable(
            differential_privacy.whole(given["epsilon"]), given["usersNoisePerQuery"]
        )
        aggregations = [{"type": name, "maxCount": number} for name, number in most.items()]
        return {"privacyImpact": {"differentialPrivacy": {"aggregations": aggregations}}}

    def _chosen(
        self, held: Sequence[PrivacyBudgetTemplate], arn: str | None
    ) -> Sequence[PrivacyBudgetTemplate]:
        if arn is None:
            return held
        found = self.store(PrivacyBudgetTemplateStore).by_resource.get(arn)
        return [found] if found is not None and is_in_index(held, found) else []
