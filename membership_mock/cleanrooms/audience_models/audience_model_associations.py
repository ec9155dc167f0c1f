"""Configured audience model associations: lookalike models that a collaboration may use.

The provider of training data makes the model in Clean Rooms ML, and associates it. Sources: API
pages of the operations; user guide, "Associate a configured audience model"; what they leave open
is marked inferred.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from datetime import datetime

from membership_mock.cleanrooms.collaborations.collaborations import Collaborations
from membership_mock.cleanrooms.collaborations.membership_resources import (
    MembershipResource,
    MembershipResourceFamily,
    MembershipResources,
)
from membership_mock.cleanrooms.errors import ValidationException
from membership_mock.cleanrooms.memberships.memberships import Memberships
from membership_mock.cleanrooms.ordered_index import sequence_of
from membership_mock.cleanrooms.quotas import AUDIENCE_MODEL_ASSOCIATIONS, Quotas
from membership_mock.cleanrooms.tag_keys import check_tag_keys
from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.state.quotas import QuotaUse
from membership_mock.engine.state.summary import Summary, View, by_account, named, several
from membership_mock.engine.state.world import Scope, Store, World

_TRUST = "the model is trusted: moto has no Clean Rooms ML"


@dataclass(kw_only=True)
class AudienceModelAssociation(MembershipResource):
    """An association; see GetConfiguredAudienceModelAssociation for its fields."""

    configured_audience_model_arn: str
    manage_resource_policies: bool


@dataclass
class AudienceModelAssociationStore(Store, scope=Scope.REGION):
    """The associations of a region."""

    rank = 6
    associations: MembershipResources[AudienceModelAssociation] = field(
        default_factory=MembershipResources
    )

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each association."""
        del view
        held = by_account(self.associations.by_id.values(), lambda each: each.creator_account_id)
        for account_id, associations in held.items():
            lines = several("configured audience model associations", associations, _outline_of)
            yield Summary(account_id, key[0], "cleanrooms", lines)


def _outline_of(association: AudienceModelAssociation) -> str:
    return (
        f"configured audience model association {named(association.name)} in collaboration"
        f" {association.collaboration_id}"
    )


class AudienceModelAssociations(MembershipResourceFamily[AudienceModelAssociation]):
    """The operations on configured audience model associations."""

    thing = "configured audience model association"
    tag_type = "cleanrooms:configuredaudiencemodelassociation"

    @classmethod
    def quota_uses(cls, world: World, now: datetime) -> Iterator[QuotaUse]:
        """Yield how many associations each membership has."""
        del now
        for (region,), store in world.stores(AudienceModelAssociationStore):
            yield from store.associations.uses(AUDIENCE_MODEL_ASSOCIATIONS, region)

    @property
    def resources(self) -> MembershipResources[AudienceModelAssociation]:
        """The associations of the region."""
        return self.store(AudienceModelAssociationStore).associations

    @operation("CreateConfiguredAudienceModelAssociation", differs=_TRUST)
    def create_configured_audience_model_association(
        self,
        ctx: Context,
        membership_identifier: str,
        configured_audience_model_arn: str,
        configured_audience_model_association_name: str,
        manage_resource_policies: bool,
        tags: dict[str, str] | None = None,
        description: str | None = None,
    ) -> dict[str, AudienceModelAssociation]:
        """Associate a lookalike model of the caller with a collaboration.

        Raises:
            ConflictException: the membership has the name or the model already (inferred [CR-136]),
                or is not ACTIVE.
            ServiceQuotaExceededException: the membership has too many associations.
            ValidationException: the model belongs to another account or region (inferred [CR-137]).
        """
        check_tag_keys(tags or {}, "tags")
        name, arn = configured_audience_model_association_name, configured_audience_model_arn
        _, _, _, region, account_id, _ = arn.split(":", 5)
        if (account_id, region) != (ctx.account_id, ctx.region):
            raise ValidationException(
                f"{arn} is not a model of account {ctx.account_id} in Region {ctx.region}.",
                field="configuredAudienceModelArn",
            )
        membership = self.of(Memberships).require_active(membership_identifier)
        siblings = self.resources.of_membership(membership.id)
        for each in siblings:
            if each.name == name:
                what = f"a configured audience model association named {name}"
                raise self.already(membership, what, each)
            if each.configured_audience_model_arn == arn:
                raise self.already(membership, f"an association of {arn}", each)
        self.of(Quotas).require_room(AUDIENCE_MODEL_ASSOCIATIONS, len(siblings))
        association_id = ctx.world.uuid()
        association = AudienceModelAssociation(
            id=association_id,
            arn=f"{membership.arn}/configuredaudiencemodelassociation/{association_id}",
            creator_account_id=ctx.account_id,
            sequence=self.resources.created,
            collaboration_id=membership.collaboration_id,
            collaboration_arn=membership.collaboration_arn,
            membership_id=membership.id,
            membership_arn=membership.arn,
            configured_audience_model_arn=arn,
            name=name,
            manage_resource_policies=manage_resource_policies,
            description=description,
            create_time=ctx.now,
            update_time=ctx.now,
            tags=tags or {},
        )
        self.resources.add(association)
        return {"configuredAudienceModelAssociation": association}

    @operation("GetConfiguredAudienceModelAssociation")
    def get_configured_audience_model_association(
        self,
        ctx: Context,
        configured_audience_model_association_identifier: str,
        membership_identifier: str,
    ) -> dict[str, AudienceModelAssociation]:
        """Return an association of a membership of the caller, in any status."""
        del ctx
        membership = self.of(Memberships).find(membership_identifier)
        found = self.find(membership, configured_audience_model_association_identifier)
        return {"configuredAudienceModelAssociation": found}

    @operation("ListConfiguredAudienceModelAssociations")
    def list_configured_audience_model_associations(
        self, ctx: Context, membership_identifier: str
    ) -> dict[str, Listing[AudienceModelAssociation]]:
        """Return the associations of a membership of the caller, oldest first.

        The order is inferred [CR-102].
        """
        del ctx
        membership = self.of(Memberships).find(membership_identifier)
        held = self.resources.of_membership(membership.id)
        return {"configuredAudienceModelAssociationSummaries": Listing(held, sequence_of)}

    @operation("GetCollaborationConfiguredAudienceModelAssociation")
    def get_collaboration_configured_audience_model_association(
        self,
        ctx: Context,
        collaboration_identifier: str,
        configured_audience_model_association_identifier: str,
    ) -> dict[str, AudienceModelAssociation]:
        """Return an association of a collaboration that the caller created or has joined."""
        del ctx
        collaboration = self.of(Collaborations).joined(collaboration_identifier)
        found = self.shared(collaboration, configured_audience_model_association_identifier)
        return {"collaborationConfiguredAudienceModelAssociation": found}

    @operation("ListCollaborationConfiguredAudienceModelAssociations")
    def list_collaboration_configured_audience_model_associations(
        self, ctx: Context, collaboration_identifier: str
    ) -> dict[str, Listing[AudienceModelAssociation]]:
        """Return the associations of all members of a collaboration, oldest first.

        The order is inferred [CR-102].
        """
        del ctx
        collaboration = self.of(Collaborations).joined(collaboration_identifier)
        held = self.resources.seen_by(collaboration.id)
        key = "collaborationConfiguredAudienceModelAssociationSummaries"
        return {key: Listing(held, sequence_of)}

    @operation("UpdateConfiguredAudienceModelAssociation")
    def update_configured_audience_model_association(
        self,
        ctx: Context,
        configured_audience_model_association_identifier: str,
        membership_identifier: str,
        description: str | None = None,
        name: str | None = None,
    ) -> dict[str, AudienceModelAssociation]:
        """Change what is given, and return the association.

        Raises:
            AccessDeniedException: the membership is not ACTIVE (inferred [CR-12]).
            ValidationException: another association has the name (inferred [CR-138]).
        """
        membership = self.of(Memberships).require_active(membership_identifier, conflict=False)
        found = self.find(membership, configured_audience_model_association_identifier)
        siblings = self.resources.of_membership(membership.id)
        if any(each.name == name and each is not found for each in siblings):
            raise ValidationException(
                f"Membership {membership.id} already has a configured audience model association"
                f" named {name}.",
                field="name",
            )
        found.name = found.name if name is None else name
        found.description = found.description if description is None else description
        found.update_time = ctx.now
        return {"configuredAudienceModelAssociation": found}

    @operation("DeleteConfiguredAudienceModelAssociation")
    def delete_configured_audience_model_association(
        self,
        ctx: Context,
        configured_audience_model_association_identifier: str,
        membership_identifier: str,
    ) -> None:
        """Delete an association, in a membership of any status (inferred [CR-128]).

        Analysis rules that name it stay as they are (inferred [CR-107]).
        """
        del ctx
        membership = self.of(Memberships).find(membership_identifier)
        found = self.find(membership, configured_audience_model_association_identifier)
        self.resources.remove(found)
