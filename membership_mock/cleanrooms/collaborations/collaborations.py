"""Collaborations, as one of their accounts sees them.

Sources: the API pages, the user guide, recorded answers and acceptance tests that pass against the
service; the rest is marked inferred.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from membership_mock.cleanrooms import quotas
from membership_mock.cleanrooms.collaborations import abilities, payment
from membership_mock.cleanrooms.collaborations.clean_rooms_events import (
    tell_of_collaboration,
    tell_of_invitations,
    tell_of_membership,
)
from membership_mock.cleanrooms.collaborations.clean_rooms_family import CleanRoomsFamily
from membership_mock.cleanrooms.collaborations.collaboration_store import (
    VISIBLE,
    Collaboration,
    CollaborationStore,
    Member,
)
from membership_mock.cleanrooms.errors import AccessDeniedException, ValidationException
from membership_mock.cleanrooms.ordered_index import sequence_of
from membership_mock.cleanrooms.tag_keys import check_tag_keys
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.pipeline.tagged_resource import TaggedResource
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.state.quotas import QuotaUse
from membership_mock.engine.state.world import World


class Collaborations(CleanRoomsFamily):
    """The operations on collaborations."""

    @classmethod
    def quota_uses(cls, world: World, now: datetime) -> Iterator[QuotaUse]:
        """Yield how many collaborations each account created, and how many members each has."""
        del now
        for (region,), store in world.stores(CollaborationStore):
            for account_id, number in store.created.items():
                yield QuotaUse(quotas.COLLABORATIONS, account_id, region, number)
            for each in store.collaborations.values():
                creator, number = each.creator_account_id, each.invited_here()
                yield QuotaUse(quotas.MEMBERS, creator, region, number, each.id)

    def visible(self, collaboration_identifier: str) -> Collaboration:
        """Return a collaboration that the caller created, is invited to, or has joined.

        Raises:
            AccessDeniedException: it is unknown or deleted, or the caller is not a member, or no
                longer a member. Source: observed for reading and deleting; no operation on
                collaborations declares ResourceNotFoundException.
        """
        collaboration = self.store(CollaborationStore).collaborations.get(collaboration_identifier)
        member = collaboration.member(self.backend.account_id) if collaboration else None
        if collaboration is None or member is None or member.status not in VISIBLE:
            raise AccessDeniedException
        return collaboration

    def joined(self, collaboration_identifier: str) -> Collaboration:
        """Return a collaboration that the caller created or has joined (inferred [CR-2]).

        Raises:
            AccessDeniedException: the caller is only invited, or `visible` refuses.
        """
        collaboration = self.visible(collaboration_identifier)
        caller = self.backend.account_id
        active = collaboration.members[caller].status == "ACTIVE"
        if not active and collaboration.creator_account_id != caller:
            raise AccessDeniedException
        return collaboration

    def owned(self, collaboration_identifier: str) -> Collaboration:
        """Return a collaboration that the caller created.

        Raises:
            AccessDeniedException: another account did, or `visible` refuses.
        """
        collaboration = self.visible(collaboration_identifier)
        if collaboration.creator_account_id != self.backend.account_id:
            raise AccessDeniedException
        return collaboration

    @operation("CreateCollaboration")
    def create_collaboration(
        self,
        ctx: Context,
        members: list[dict[str, Any]],
        name: str,
        creator_member_abilities: list[str],
        creator_display_name: str,
        query_log_status: str,
        description: str | None = None,
        creator_ml_member_abilities: dict[str, Any] | None = None,
        data_encryption_metadata: dict[str, bool] | None = None,
        job_log_status: str | None = None,
        tags: dict[str, str] | None = None,
        creator_payment_configuration: dict[str, Any] | None = None,
        analytics_engine: str = "SPARK",
        auto_approved_change_request_types: list[str] | None = None,
        allowed_result_regions: list[str] | None = None,
        is_metrics_enabled: bool = False,
    ) -> dict[str, Any]:
        """Create a collaboration, and invite all of its members, the creator too.

        Raises:
            ServiceQuotaExceededException: too many members, or collaborations of the caller.
            ValidationException: members, abilities or payers do not fit together, the engine is no
                longer offered, or a tag key is reserved.
        """
        invited: list[dict[str, Any]] = [
            {
                "accountId": ctx.account_id,
                "displayName": creator_display_name,
                "memberAbilities": creator_member_abilities,
                "mlMemberAbilities": creator_ml_member_abilities,
                "paymentConfiguration": creator_payment_configuration,
            },
            *members,
        ]
        accounts = [each["accountId"] for each in invited]
        if ctx.account_id in accounts[1:]:
            raise ValidationException(
                f"Account {ctx.account_id} creates the collaboration and cannot be listed as one of"
                " its members.",
                field="members",
            )
        if len(set(accounts)) < len(accounts):
            raise ValidationException("An account can be listed only once.", field="members")
        _check_engine(analytics_engine)
        check_tag_keys(tags or {}, "tags")
        held = {each["accountId"]: each["memberAbilities"] for each in invited}
        abilities.check_runner(list(held.items()))
        runner = next(one for one in accounts if abilities.QUERY in held[one])
        payments = payment.with_default_payers(
            {each["accountId"]: each.get("paymentConfiguration") for each in invited},
            runner,
            runs_jobs=abilities.RUN_JOB in held[runner],
        )
        store = self.store(CollaborationStore)
        limits = self.of(quotas.Quotas)
        limits.require_room(quotas.MEMBERS, 0, len(members))
        limits.require_room(quotas.COLLABORATIONS, store.created.get(ctx.account_id, 0))

        collaboration_id = ctx.world.uuid()
        collaboration = Collaboration(
            id=collaboration_id,
            arn=ctx.arn(f"collaboration/{collaboration_id}"),
            name=name,
            description=description,
            creator_account_id=ctx.account_id,
            creator_display_name=creator_display_name,
            create_time=ctx.now,
            update_time=ctx.now,
            data_encryption_metadata=data_encryption_metadata,
            query_log_status=query_log_status,
            job_log_status=job_log_status,
            analytics_engine=analytics_engine,
            auto_approved_change_types=auto_approved_change_request_types,
            allowed_result_regions=allowed_result_regions or [ctx.region],
            is_metrics_enabled=is_metrics_enabled,
            tags=tags or {},
        )
        store.add(collaboration)
        for each in invited:
            store.invite(
                collaboration,
                each["accountId"],
                ctx.now,
                membership_id=ctx.world.uuid(),
                display_name=each["displayName"],
                abilities=each["memberAbilities"],
                ml_abilities=each.get("mlMemberAbilities"),
                payment_configuration=payments[each["accountId"]],
            )
        tell_of_collaboration(self, collaboration, "Created", [ctx.account_id], ctx.now)
        others = [each["accountId"] for each in members]
        tell_of_invitations(self, collaboration, others, ctx.now)
        return self._shown(collaboration)

    @operation("GetCollaboration")
    def get_collaboration(self, ctx: Context, collaboration_identifier: str) -> dict[str, Any]:
        """Return a collaboration with the caller's own status and membership in it."""
        del ctx
        return self._shown(self.visible(collaboration_identifier))

    @operation("UpdateCollaboration")
    def update_collaboration(
        self,
        ctx: Context,
        collaboration_identifier: str,
        name: str | None = None,
        description: str | None = None,
        analytics_engine: str | None = None,
    ) -> dict[str, Any]:
        """Change what is given; the name shows in every membership as well.

        Raises:
            AccessDeniedException: the caller did not create the collaboration.
            ValidationException: the engine is no longer offered.
        """
        collaboration = self.owned(collaboration_identifier)
        if analytics_engine is not None:
            _check_engine(analytics_engine)
            collaboration.analytics_engine = analytics_engine
        if name is not None:
            collaboration.name = name
        if description is not None:
            collaboration.description = description
        collaboration.update_time = ctx.now
        seeing = [each.account_id for each in collaboration.members_here()]
        tell_of_collaboration(self, collaboration, "Updated", seeing, ctx.now)
        return self._shown(collaboration)

    @operation("DeleteCollaboration")
    def delete_collaboration(self, ctx: Context, collaboration_identifier: str) -> None:
        """Delete a collaboration, in use or not; its memberships stay as COLLABORATION_DELETED.

        Raises:
            AccessDeniedException: the caller did not create the collaboration.
        """
        collaboration = self.owned(collaboration_identifier)
        ended = [member.membership for member in collaboration.active_members()]
        self.store(CollaborationStore).delete(collaboration)
        for membership in ended:
            if membership is not None:
                tell_of_membership(self, membership, "Updated", ctx.now, owner_only=True)
                self.announce_end(membership, ctx.now)

    @operation("ListCollaborations")
    def list_collaborations(
        self, ctx: Context, member_status: str | None = None
    ) -> dict[str, Listing[Member]]:
        """Return the collaborations that the caller created, is invited to, or has joined.

        They are in the order in which the caller was invited (AWS documents no order).
        """
        store = self.store(CollaborationStore)

        def show(member: Member) -> dict[str, Any]:
            return _summary(store.collaborations[member.collaboration_id], member)

        held = store.rooms.get((ctx.account_id, member_status or ""), [])
        return {"collaborationList": Listing(held, sequence_of, show=show)}

    def tags_of(self, arn: str) -> dict[str, str] | None:
        """Return the tags of a collaboration that this account created."""
        found = self.store(CollaborationStore).collaborations.get(arn.rpartition("/")[2])
        own = found is not None and found.creator_account_id == self.backend.account_id
        return found.tags if found is not None and own and found.arn == arn else None

    def tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield the collaborations that this account created."""
        store = self.store(CollaborationStore)
        for member in store.rooms.get((self.backend.account_id, ""), []):
            found = store.collaborations[member.collaboration_id]
            if found.creator_account_id == self.backend.account_id:
                yield TaggedResource(found.arn, found.tags, "cleanrooms:collaboration")

    def _shown(self, collaboration: Collaboration) -> dict[str, Any]:
        member = collaboration.members[self.backend.account_id]
        return {
            "collaboration": {
                **_summary(collaboration, member),
                "description": collaboration.description,
                "dataEncryptionMetadata": collaboration.data_encryption_metadata,
                "queryLogStatus": collaboration.query_log_status,
                "jobLogStatus": collaboration.job_log_status,
                "autoApprovedChangeTypes": collaboration.auto_approved_change_types,
                "allowedResultRegions": collaboration.allowed_result_regions,
                "isMetricsEnabled": collaboration.is_metrics_enabled,
            }
        }


def _summary(collaboration: Collaboration, member: Member) -> dict[str, Any]:
    """Return what lists show to ``member``.

    It has no membership before it joins (inferred [CR-3]).
    """
    joined = member.membership is not None
    return {
        "id": collaboration.id,
        "arn": collaboration.arn,
        "name": collaboration.name,
        "creatorAccountId": collaboration.creator_account_id,
        "creatorDisplayName": collaboration.creator_display_name,
        "createTime": collaboration.create_time,
        "updateTime": collaboration.update_time,
        "memberStatus": member.status,
        "membershipId": member.membership_id if joined else None,
        "membershipArn": member.membership_arn if joined else None,
        "analyticsEngine": collaboration.analytics_engine,
    }


def _check_engine(analytics_engine: str) -> None:
    if analytics_engine != "SPARK":
        raise ValidationException(
            f"The analytics engine {analytics_engine} is no longer available; use SPARK.",
            field="analyticsEngine",
        )
