"""Privacy budget templates, with which a member limits the use of its data.

A template for differential privacy applies to the whole collaboration, which has at most one. A
template for an access budget limits one table. Sources: API pages of the operations; user guide,
"Configure differential privacy" and "Add an access budget"; what they leave open is marked
inferred.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from membership_mock.cleanrooms.collaborations.clean_rooms_family import CleanRoomsFamily
from membership_mock.cleanrooms.collaborations.collaboration_store import Membership
from membership_mock.cleanrooms.collaborations.collaborations import Collaborations
from membership_mock.cleanrooms.errors import (
    ConflictException,
    ResourceNotFoundException,
    ValidationException,
)
from membership_mock.cleanrooms.memberships.memberships import Memberships
from membership_mock.cleanrooms.ordered_index import is_in_index, sequence_of
from membership_mock.cleanrooms.privacy.access_budget import allowances_of, checked
from membership_mock.cleanrooms.privacy.privacy_budget_store import (
    ACCESS_BUDGET,
    DIFFERENTIAL_PRIVACY,
    PrivacyBudgetTemplate,
    PrivacyBudgetTemplateStore,
)
from membership_mock.cleanrooms.quotas import ACCESS_BUDGET_TEMPLATES, Quotas
from membership_mock.cleanrooms.schemas.schema_index import SchemaIndex
from membership_mock.cleanrooms.tag_keys import check_tag_keys
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.pipeline.tagged_resource import TaggedResource
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.state.quotas import QuotaUse
from membership_mock.engine.state.world import World

#: the member of ``parameters`` that goes with each type
_PARAMETERS = {DIFFERENTIAL_PRIVACY: "differentialPrivacy", ACCESS_BUDGET: "accessBudget"}


class PrivacyBudgetTemplates(CleanRoomsFamily):
    """The operations on privacy budget templates."""

    @classmethod
    def quota_uses(cls, world: World, now: datetime) -> Iterator[QuotaUse]:
        """Yield how many access budget templates each collaboration has."""
        del now
        for (region,), store in world.stores(PrivacyBudgetTemplateStore):
            for (collaboration_id, kind), held in store.by_collaboration.items():
                if held and kind == ACCESS_BUDGET:
                    creator = held[0].collaboration_arn.split(":")[4]
                    yield QuotaUse(
                        ACCESS_BUDGET_TEMPLATES, creator, region, len(held), collaboration_id
                    )

    def blocks_membership_deletion(self, membership: Membership) -> list[str]:
        """Return the templates of ``membership``."""
        held = self.store(PrivacyBudgetTemplateStore).by_membership.get((membership.id, ""), ())
        return [f"privacy budget template {each.id}" for each in held]

    def membership_ended(self, membership: Membership, now: datetime) -> None:
        """Remove the templates from the collaboration; their owner keeps them."""
        del now
        store = self.store(PrivacyBudgetTemplateStore)
        for each in store.by_membership.get((membership.id, ""), ()):
            store.hide(each)

    def resource_removed(self, arn: str, now: datetime, *, deleted: bool) -> None:
        """Remove the access budget of a table that was deleted (inferred [CR-177])."""
        del now
        if not deleted:
            return
        store = self.store(PrivacyBudgetTemplateStore)
        template = store.by_resource.get(arn)
        if template is not None:
            store.remove(template)

    def tags_of(self, arn: str) -> dict[str, str] | None:
        """Return the stored tags of a template of this account."""
        found = self.store(PrivacyBudgetTemplateStore).by_id.get(arn.rpartition("/")[2])
        if found is None or (found.arn, found.creator_account_id) != (arn, self.backend.account_id):
            return None
        return found.tags

    def tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield the templates of this account."""
        for each in self.store(PrivacyBudgetTemplateStore).by_id.values():
            if each.creator_account_id == self.backend.account_id:
                yield TaggedResource(
                    each.arn, each.tags, resource_type="cleanrooms:privacybudgettemplate"
                )

    @operation("CreatePrivacyBudgetTemplate")
    def create_privacy_budget_template(
        self,
        ctx: Context,
        membership_identifier: str,
        privacy_budget_type: str,
        parameters: dict[str, Any],
        auto_refresh: str = "NONE",
        tags: dict[str, str] | None = None,
    ) -> dict[str, PrivacyBudgetTemplate]:
        """Return a new template, whose budget is full.

        Raises:
            ConflictException: the collaboration has a template for differential privacy, whoever
                made it (documented that it has one owner of budgets; inferred [CR-178]: the
                reason); or the table has an access budget (inferred [CR-136]); or the membership is
                not ACTIVE.
            ResourceNotFoundException: the membership has no such table.
            ServiceQuotaExceededException: the collaboration has too many access budgets.
            ValidationException: parameters and type do not fit together, or the parameters of an
                access budget do not (inferred [CR-170]).
        """
        check_tag_keys(tags or {}, "tags")
        content = _content(privacy_budget_type, parameters)
        if privacy_budget_type == ACCESS_BUDGET:
            checked(content["budgetParameters"])
        membership = self.of(Memberships).require_active(membership_identifier)
        # an analysis that started before the template takes nothing from it
        self.let_catch_up(membership.collaboration, ctx.now)
        store = self.store(PrivacyBudgetTemplateStore)
        template_id = ctx.world.uuid()
        template = PrivacyBudgetTemplate(
            id=template_id,
            arn=f"{membership.arn}/privacybudgettemplate/{template_id}",
            creator_account_id=ctx.account_id,
            sequence=store.created,
            collaboration_id=membership.collaboration_id,
            collaboration_arn=membership.collaboration_arn,
            membership_id=membership.id,
            membership_arn=membership.arn,
            create_time=ctx.now,
            update_time=ctx.now,
            privacy_budget_type=privacy_budget_type,
            auto_refresh=auto_refresh,
            tags=tags or {},
            since=ctx.now,
            spent_time=ctx.now,
        )
        if privacy_budget_type == DIFFERENTIAL_PRIVACY:
            twin = store.differential_privacy_of(membership.collaboration_id)
            if twin is not None:
                raise _already(
                    f"Collaboration {membership.collaboration_id} already has a privacy budget"
                    " template for differential privacy.",
                    twin.id,
                )
            template.epsilon, template.noise = content["epsilon"], content["usersNoisePerQuery"]
        else:
            arn = content["resourceArn"]
            self._require_table(membership, arn)
            if arn in store.by_resource:
                raise _already(f"{arn} already has an access budget.", store.by_resource[arn].id)
            held = store.by_collaboration.get((membership.collaboration_id, ACCESS_BUDGET), ())
            self.of(Quotas).require_room(
                ACCESS_BUDGET_TEMPLATES,
                len(held),
                account_id=membership.collaboration_creator_account_id,
            )
            template.resource_arn = arn
            template.allowances = allowances_of(content["budgetParameters"], ctx.now)
        store.add(template)
        return {"privacyBudgetTemplate": template}

    @operation("GetPrivacyBudgetTemplate")
    def get_privacy_budget_template(
        self, ctx: Context, membership_identifier: str, privacy_budget_template_identifier: str
    ) -> dict[str, PrivacyBudgetTemplate]:
        """Return a template of a membership of the caller, in any status."""
        del ctx
        membership = self.of(Memberships).find(membership_identifier)
        found = self._find(membership, privacy_budget_template_identifier)
        return {"privacyBudgetTemplate": found}

    @operation("ListPrivacyBudgetTemplates")
    def list_privacy_budget_templates(
        self, ctx: Context, membership_identifier: str
    ) -> dict[str, Listing[PrivacyBudgetTemplate]]:
        """Return the templates of a membership of the caller, oldest first.

        The order is inferred [CR-102].
        """
        del ctx
        membership = self.of(Memberships).find(membership_identifier)
        held = self.store(PrivacyBudgetTemplateStore).by_membership.get((membership.id, ""), ())
        return {"privacyBudgetTemplateSummaries": Listing(held, sequence_of)}

    @operation("GetCollaborationPrivacyBudgetTemplate")
    def get_collaboration_privacy_budget_template(
        self, ctx: Context, collaboration_identifier: str, privacy_budget_template_identifier: str
    ) -> dict[str, PrivacyBudgetTemplate]:
        """Return a template of a collaboration that the caller created or has joined."""
        del ctx
        collaboration = self.of(Collaborations).joined(collaboration_identifier)
        store = self.store(PrivacyBudgetTemplateStore)
        found = store.by_id.get(privacy_budget_template_identifier)
        held = store.by_collaboration.get((collaboration.id, ""), ())
        if found is None or not is_in_index(held, found):
            raise _no_such(privacy_budget_template_identifier)
        return {"collaborationPrivacyBudgetTemplate": found}

    @operation("ListCollaborationPrivacyBudgetTemplates")
    def list_collaboration_privacy_budget_templates(
        self, ctx: Context, collaboration_identifier: str
    ) -> dict[str, Listing[PrivacyBudgetTemplate]]:
        """Return the templates of all members of a collaboration, oldest first.

        The order is inferred [CR-102].
        """
        del ctx
        collaboration = self.of(Collaborations).joined(collaboration_identifier)
        store = self.store(PrivacyBudgetTemplateStore)
        held = store.by_collaboration.get((collaboration.id, ""), ())
        return {"collaborationPrivacyBudgetTemplateSummaries": Listing(held, sequence_of)}

    @operation("UpdatePrivacyBudgetTemplate")
    def update_privacy_budget_template(
        self,
        ctx: Context,
        membership_identifier: str,
        privacy_budget_template_identifier: str,
        privacy_budget_type: str,
        parameters: dict[str, Any] | None = None,
    ) -> dict[str, PrivacyBudgetTemplate]:
        """Change what is given, and return the template; the used part stays used.

        A period that is over and has no automatic refresh begins anew with any update
        (inferred [CR-168]).

        Raises:
            ConflictException: epsilon would go down although a differentially private query has
                run (documented; inferred [CR-179]: the error); or the membership is not ACTIVE.
            ValidationException: the template has another type (inferred [CR-180]), or as for
                CreatePrivacyBudgetTemplate.
        """
        membership = self.of(Memberships).require_active(membership_identifier)
        template = self._find(membership, privacy_budget_template_identifier)
        if privacy_budget_type != template.privacy_budget_type:
            raise ValidationException(
                f"The privacy budget type of template {template.id} is"
                f" {template.privacy_budget_type}, not {privacy_budget_type}.",
                field="privacyBudgetType",
            )
        content = {} if parameters is None else _content(privacy_budget_type, parameters)
        self.let_catch_up(membership.collaboration, ctx.now)
        if privacy_budget_type == DIFFERENTIAL_PRIVACY:
            before = template.epsilon or 0
            epsilon = content.get("epsilon", before)
            if epsilon < before and template.was_used:
                raise ConflictException(
                    "The privacy budget cannot be reduced after a query with differential privacy"
                    " has run.",
                    template.id,
                    "MEMBERSHIP",
                    "INVALID_STATE",
                )
            template.epsilon = epsilon
            template.noise = content.get("usersNoisePerQuery", template.noise)
        else:
            wanted = content.get("budgetParameters")
            if wanted is not None:
                checked(wanted)
            else:
                wanted = [each.parameter() for each in template.allowances]
            template.allowances = allowances_of(wanted, ctx.now, template.allowances)
        template.spent_time = ctx.now
        template.update_time = ctx.now
        return {"privacyBudgetTemplate": template}

    @operation("DeletePrivacyBudgetTemplate")
    def delete_privacy_budget_template(
        self, ctx: Context, membership_identifier: str, privacy_budget_template_identifier: str
    ) -> None:
        """Delete a template and its budget, in a membership of any status (inferred [CR-128]).

        Tables with differential privacy cannot be queried before there is another template, and a
        table without an access budget can be used without limit (documented).
        """
        membership = self.of(Memberships).find(membership_identifier)
        template = self._find(membership, privacy_budget_template_identifier)
        self.let_catch_up(membership.collaboration, ctx.now)
        self.store(PrivacyBudgetTemplateStore).remove(template)

    def _find(self, membership: Membership, template_id: str) -> PrivacyBudgetTemplate:
        found = self.store(PrivacyBudgetTemplateStore).by_id.get(template_id)
        if found is None or found.membership_id != membership.id:
            raise _no_such(template_id)
        return found

    def _require_table(self, membership: Membership, arn: str) -> None:
        """Refuse an ARN that is not a table of ``membership`` that can have an access budget."""
        found = self.store(SchemaIndex).by_arn.get(arn)
        if found is None or found.membership_id != membership.id:
            _, kind, table_id = arn.rsplit("/", 2)
            if kind == "configuredtableassociation":
                raise ResourceNotFoundException(
                    f"No such configured table association with arn: {arn}",
                    table_id,
                    "CONFIGURED_TABLE_ASSOCIATION",
                )
            raise ResourceNotFoundException(
                f"No such intermediate table with arn: {arn}", table_id, "MEMBERSHIP"
            )


def _content(privacy_budget_type: str, parameters: dict[str, Any]) -> dict[str, Any]:
    (member,) = parameters
    if member != _PARAMETERS[privacy_budget_type]:
        raise ValidationException(
            f"The privacy budget type is {privacy_budget_type}, but the parameters are those of"
            f" {member}.",
            field="parameters",
        )
    content: dict[str, Any] = parameters[member]
    return content


def _no_such(template_id: str) -> ResourceNotFoundException:
    return ResourceNotFoundException(
        f"No such privacy budget template with id: {template_id}", template_id, "MEMBERSHIP"
    )


def _already(message: str, template_id: str) -> ConflictException:
    return ConflictException(message, template_id, "MEMBERSHIP", "ALREADY_EXISTS")
