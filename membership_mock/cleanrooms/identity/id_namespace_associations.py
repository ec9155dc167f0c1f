"""ID namespace associations: the namespaces of Entity Resolution that members associate.

Each member associates its own source or target; one of them can then build an ID mapping table.
Sources: API pages of the operations; user guide, "Associate an existing ID namespace"; what they
leave open is marked inferred.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from datetime import datetime
from typing import Any

from membership_mock.cleanrooms.collaborations.clean_rooms_events import tell_of_resource
from membership_mock.cleanrooms.collaborations.collaboration_store import Membership
from membership_mock.cleanrooms.collaborations.collaborations import Collaborations
from membership_mock.cleanrooms.collaborations.membership_resources import (
    MembershipResource,
    MembershipResourceFamily,
    MembershipResources,
)
from membership_mock.cleanrooms.errors import ValidationException
from membership_mock.cleanrooms.identity.entity_resolution import EntityResolution, check_own
from membership_mock.cleanrooms.memberships.memberships import Memberships
from membership_mock.cleanrooms.ordered_index import sequence_of
from membership_mock.cleanrooms.quotas import ID_NAMESPACE_ASSOCIATIONS, Quotas
from membership_mock.cleanrooms.tag_keys import check_tag_keys
from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.state.quotas import QuotaUse
from membership_mock.engine.state.summary import Summary, View, by_account, named, several
from membership_mock.engine.state.world import Scope, Store, World

_TRUST = "the namespace is trusted: moto has no Entity Resolution; a test may describe it"


@dataclass(kw_only=True)
class IdNamespaceAssociation(MembershipResource):
    """An association; fields that are not explained are those of GetIdNamespaceAssociation."""

    input_reference_config: dict[str, Any]
    input_reference_properties: dict[str, Any]
    id_mapping_config: dict[str, bool]

    @property
    def namespace_arn(self) -> str:
        """The ARN of the namespace."""
        return str(self.input_reference_config["inputReferenceArn"])

    @property
    def type(self) -> str:
        """Whether the namespace is a SOURCE or a TARGET."""
        return str(self.input_reference_properties["idNamespaceType"])


@dataclass
class IdNamespaceAssociationStore(Store, scope=Scope.REGION):
    """The associations of a region."""

    rank = 6
    associations: MembershipResources[IdNamespaceAssociation] = field(
        default_factory=MembershipResources
    )

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each association."""
        del view
        held = by_account(self.associations.by_id.values(), lambda each: each.creator_account_id)
        for account_id, associations in held.items():
            lines = several("ID namespace associations", associations, _outline_of)
            yield Summary(account_id, key[0], "cleanrooms", lines)


def _outline_of(association: IdNamespaceAssociation) -> str:
    return (
        f"ID namespace association {named(association.name)} ({association.type}) in collaboration"
        f" {association.collaboration_id}"
    )


class IdNamespaceAssociations(MembershipResourceFamily[IdNamespaceAssociation]):
    """The operations on ID namespace associations."""

    thing = "ID namespace association"
    tag_type = "cleanrooms:idnamespaceassociation"

    @classmethod
    def quota_uses(cls, world: World, now: datetime) -> Iterator[QuotaUse]:
        """Yield how many associations each membership has."""
        del now
        for (region,), store in world.stores(IdNamespaceAssociationStore):
            yield from store.associations.uses(ID_NAMESPACE_ASSOCIATIONS, region)

    @property
    def resources(self) -> MembershipResources[IdNamespaceAssociation]:
        """The associations of the region."""
        return self.store(IdNamespaceAssociationStore).associations

    def membership_ended(self, membership: Membership, now: datetime) -> None:
        """Remove the associations from the collaboration, and notify mapping tables."""
        super().membership_ended(membership, now)
        for each in self.resources.of_membership(membership.id):
            self.announce_removal(each.arn, now, deleted=False)

    @operation("CreateIdNamespaceAssociation", differs=_TRUST)
    def create_id_namespace_association(
        self,
        ctx: Context,
        membership_identifier: str,
        input_reference_config: dict[str, Any],
        name: str,
        tags: dict[str, str] | None = None,
        description: str | None = None,
        id_mapping_config: dict[str, bool] | None = None,
    ) -> dict[str, IdNamespaceAssociation]:
        """Associate an ID namespace of the caller with a collaboration, and return the association.

        Raises:
            ConflictException: the membership has the name or the namespace already
                (inferred [CR-136]), or is not ACTIVE.
            ServiceQuotaExceededException: the membership has too many associations.
            ValidationException: the namespace is of another account or region.
        """
        check_tag_keys(tags or {}, "tags")
        arn = input_reference_config["inputReferenceArn"]
        check_own(arn, ctx.account_id, ctx.region, "inputReferenceConfig")
        membership = self.of(Memberships).require_active(membership_identifier)
        siblings = self.resources.of_membership(membership.id)
        for each in siblings:
            if each.name == name:
                raise self.already(membership, f"an ID namespace association named {name}", each)
            if each.namespace_arn == arn:
                raise self.already(membership, f"an association of ID namespace {arn}", each)
        self.of(Quotas).require_room(ID_NAMESPACE_ASSOCIATIONS, len(siblings))
        namespace = self.store(EntityResolution).namespace(arn)
        association_id = ctx.world.uuid()
        association = IdNamespaceAssociation(
            id=association_id,
            arn=f"{membership.arn}/idnamespaceassociation/{association_id}",
            creator_account_id=ctx.account_id,
            sequence=self.resources.created,
            collaboration_id=membership.collaboration_id,
            collaboration_arn=membership.collaboration_arn,
            membership_id=membership.id,
            membership_arn=membership.arn,
            name=name,
            description=description,
            create_time=ctx.now,
            update_time=ctx.now,
            input_reference_config=input_reference_config,
            input_reference_properties={
                "idNamespaceType": namespace.type,
                "idMappingWorkflowsSupported": list(namespace.workflows),
            },
            id_mapping_config=id_mapping_config or {"allowUseAsDimensionColumn": False},
            tags=tags or {},
        )
        self.resources.add(association)
        tell_of_resource(
            self, membership, association, "Id Namespace Association", "Created", ctx.now
        )
        return {"idNamespaceAssociation": association}

    @operation("GetIdNamespaceAssociation")
    def get_id_namespace_association(
        self, ctx: Context, membership_identifier: str, id_namespace_association_identifier: str
    ) -> dict[str, IdNamespaceAssociation]:
        """Return an association of a membership of the caller, in any status."""
        del ctx
        membership = self.of(Memberships).find(membership_identifier)
        found = self.find(membership, id_namespace_association_identifier)
        return {"idNamespaceAssociation": found}

    @operation("ListIdNamespaceAssociations")
    def list_id_namespace_associations(
        self, ctx: Context, membership_identifier: str
    ) -> dict[str, Listing[IdNamespaceAssociation]]:
        """Return the associations of a membership of the caller, oldest first.

        The order is inferred [CR-102].
        """
        del ctx
        membership = self.of(Memberships).find(membership_identifier)
        held = self.resources.of_membership(membership.id)
        return {"idNamespaceAssociationSummaries": Listing(held, sequence_of, show=_own)}

    @operation("GetCollaborationIdNamespaceAssociation")
    def get_collaboration_id_namespace_association(
        self, ctx: Context, collaboration_identifier: str, id_namespace_association_identifier: str
    ) -> dict[str, IdNamespaceAssociation]:
        """Return an association of a collaboration that the caller created or has joined."""
        del ctx
        collaboration = self.of(Collaborations).joined(collaboration_identifier)
        found = self.shared(collaboration, id_namespace_association_identifier)
        return {"collaborationIdNamespaceAssociation": found}

    @operation("ListCollaborationIdNamespaceAssociations")
    def list_collaboration_id_namespace_associations(
        self, ctx: Context, collaboration_identifier: str
    ) -> dict[str, Listing[IdNamespaceAssociation]]:
        """Return the associations of all members of a collaboration, oldest first.

        The order is inferred [CR-102].
        """
        del ctx
        collaboration = self.of(Collaborations).joined(collaboration_identifier)
        held = self.resources.seen_by(collaboration.id)
        return {
            "collaborationIdNamespaceAssociationSummaries": Listing(held, sequence_of, show=_seen)
        }

    @operation("UpdateIdNamespaceAssociation")
    def update_id_namespace_association(
        self,
        ctx: Context,
        id_namespace_association_identifier: str,
        membership_identifier: str,
        name: str | None = None,
        description: str | None = None,
        id_mapping_config: dict[str, bool] | None = None,
    ) -> dict[str, IdNamespaceAssociation]:
        """Change what is given, and return the association.

        The rules of the ID mapping tables that were made with it follow at once
        (inferred [CR-147]).

        Raises:
            AccessDeniedException: the membership is not ACTIVE (inferred [CR-12]).
            ValidationException: another association has the name (inferred [CR-138]).
        """
        membership = self.of(Memberships).require_active(membership_identifier, conflict=False)
        found = self.find(membership, id_namespace_association_identifier)
        siblings = self.resources.of_membership(membership.id)
        if any(each.name == name and each is not found for each in siblings):
            raise ValidationException(
                f"Membership {membership.id} already has an ID namespace association named {name}.",
                field="name",
            )
        found.name = found.name if name is None else name
        found.description = found.description if description is None else description
        if id_mapping_config is not None:
            found.id_mapping_config = id_mapping_config
        found.update_time = ctx.now
        tell_of_resource(self, membership, found, "Id Namespace Association", "Updated", ctx.now)
        return {"idNamespaceAssociation": found}

    @operation("DeleteIdNamespaceAssociation")
    def delete_id_namespace_association(
        self, ctx: Context, membership_identifier: str, id_namespace_association_identifier: str
    ) -> None:
        """Delete an association, in a membership of any status (inferred [CR-128]).

        The data of each ID mapping table that was made with it are deleted, and the table cannot be
        populated or queried again (documented); another association of the same namespace does not
        change that (inferred [CR-148]).
        """
        membership = self.of(Memberships).find(membership_identifier)
        found = self.find(membership, id_namespace_association_identifier)
        self.resources.remove(found)
        self.announce_removal(found.arn, ctx.now, deleted=True)
        tell_of_resource(self, membership, found, "Id Namespace Association", "Deleted", ctx.now)


def _own(association: IdNamespaceAssociation) -> dict[str, Any]:
    """Return the summary for the owner."""
    return {
        **_summary(association),
        "membershipId": association.membership_id,
        "membershipArn": association.membership_arn,
    }


def _seen(association: IdNamespaceAssociation) -> dict[str, Any]:
    """Return the summary for the members of the collaboration."""
    return {**_summary(association), "creatorAccountId": association.creator_account_id}


def _summary(association: IdNamespaceAssociation) -> dict[str, Any]:
    return {
        "id": association.id,
        "arn": association.arn,
        "collaborationId": association.collaboration_id,
        "collaborationArn": association.collaboration_arn,
        "name": association.name,
        "description": association.description,
        "createTime": association.create_time,
        "updateTime": association.update_time,
        "inputReferenceConfig": association.input_reference_config,
        "inputReferenceProperties": {"idNamespaceType": association.type},
    }
