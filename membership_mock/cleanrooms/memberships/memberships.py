"""Memberships, with which accounts join a collaboration, and which own their resources there.

Sources: the API pages, the user guide, recorded answers and acceptance tests that pass against the
service; the rest is marked inferred.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from membership_mock.cleanrooms import quotas
from membership_mock.cleanrooms.collaborations import payment
from membership_mock.cleanrooms.collaborations.abilities import QUERY
from membership_mock.cleanrooms.collaborations.clean_rooms_events import tell_of_membership
from membership_mock.cleanrooms.collaborations.clean_rooms_family import CleanRoomsFamily
from membership_mock.cleanrooms.collaborations.collaboration_store import (
    NEXT_MEMBER_STATUS,
    Collaboration,
    CollaborationStore,
    Member,
    Membership,
)
from membership_mock.cleanrooms.collaborations.collaborations import Collaborations
from membership_mock.cleanrooms.errors import (
    AccessDeniedException,
    ConflictException,
    ConflictReason,
    ResourceNotFoundException,
)
from membership_mock.cleanrooms.memberships.membership_store import MembershipStore
from membership_mock.cleanrooms.memberships.result_configuration import (
    check_job_results,
    check_log,
    check_metrics,
    check_query_results,
)
from membership_mock.cleanrooms.ordered_index import sequence_of
from membership_mock.cleanrooms.tag_keys import check_tag_keys
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.pipeline.tagged_resource import TaggedResource
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.state.quotas import QuotaUse
from membership_mock.engine.state.world import World

#: AWS's text for a creator who wants to leave its own collaboration (observed)
CREATOR_STAYS = (
    "Cannot delete membership for the creator of the collaboration while their membership is still"
    " ACTIVE"
)


class Memberships(CleanRoomsFamily):
    """The operations on memberships."""

    @classmethod
    def quota_uses(cls, world: World, now: datetime) -> Iterator[QuotaUse]:
        """Yield how many memberships each account has."""
        del now
        for (region,), store in world.stores(MembershipStore):
            for (account_id, status), held in store.held.items():
                if status == "":
                    yield QuotaUse(quotas.MEMBERSHIPS, account_id, region, len(held))

    def find(self, membership_identifier: str) -> Membership:
        """Return a membership of the caller, in any status.

        Raises:
            ResourceNotFoundException: it does not exist, or belongs to another account (the latter
                is inferred [CR-167]).
        """
        membership = self.store(MembershipStore).memberships.get(membership_identifier)
        if membership is None or membership.account_id != self.backend.account_id:
            raise ResourceNotFoundException(
                f"No such membership with id: {membership_identifier}",
                membership_identifier,
                "MEMBERSHIP",
            )
        return membership

    def require_active(self, membership_identifier: str, *, conflict: bool = True) -> Membership:
        """Return a membership of the caller that is ACTIVE.

        Args:
            membership_identifier: its id.
            conflict: whether the operation declares ConflictException.

        Raises:
            ResourceNotFoundException: as `find` does.
            ConflictException: it was removed, or its collaboration deleted (inferred [CR-12]).
            AccessDeniedException: the same, for operations without ConflictException
                (inferred [CR-12]).
        """
        membership = self.find(membership_identifier)
        if membership.status == "ACTIVE":
            return membership
        text = f"Membership {membership_identifier} is not ACTIVE, but {membership.status}."
        if conflict:
            raise ConflictException(text, membership_identifier, "MEMBERSHIP", "INVALID_STATE")
        raise AccessDeniedException(text)

    @operation(
        "CreateMembership", differs="the role of a result configuration does not have to exist"
    )
    def create_membership(
        self,
        ctx: Context,
        collaboration_identifier: str,
        query_log_status: str,
        job_log_status: str | None = None,
        tags: dict[str, str] | None = None,
        default_result_configuration: dict[str, Any] | None = None,
        default_job_result_configuration: dict[str, Any] | None = None,
        payment_configuration: dict[str, Any] | None = None,
        is_metrics_enabled: bool = False,
    ) -> dict[str, Membership]:
        """Join a collaboration that the caller created or is invited to.

        Raises:
            AccessDeniedException: the caller is not invited, or has left, or was removed: a
                member cannot return (the code is inferred [CR-1]).
            ConflictException: the caller has joined already (inferred [CR-7]).
            ServiceQuotaExceededException: too many memberships of the caller.
            ValidationException: results, payment, logs or metrics do not fit the collaboration.
        """
        collaboration = self.of(Collaborations).visible(collaboration_identifier)
        member = collaboration.members[ctx.account_id]
        if (member.status, "join") not in NEXT_MEMBER_STATUS:
            raise ConflictException(
                f"Account {ctx.account_id} already has the membership {member.membership_id} in"
                f" collaboration {collaboration.id}.",
                str(member.membership_id),
                "MEMBERSHIP",
                "ALREADY_EXISTS",
            )
        check_tag_keys(tags or {}, "tags")
        check_log(query_log_status, collaboration.query_log_status, "queryLogStatus")
        check_log(job_log_status, collaboration.job_log_status, "jobLogStatus")
        results = check_query_results(default_result_configuration, member.abilities)
        check_job_results(default_job_result_configuration, member.abilities)
        accepted = payment.accepted_on_joining(
            payment_configuration,
            member.payment_configuration,
            runs_queries=QUERY in member.abilities,
            open_to=_open_costs(collaboration, member),
        )
        check_metrics(
            wanted=is_metrics_enabled,
            collaboration_has=collaboration.is_metrics_enabled,
            runs_or_pays=QUERY in member.abilities or bool(payment.costs_of(accepted)),
        )
        store = self.store(MembershipStore)
        held = store.held.get((ctx.account_id, ""), [])
        self.of(quotas.Quotas).require_room(quotas.MEMBERSHIPS, len(held))

        store.created += 1
        membership = member.membership = Membership(
            id=str(member.membership_id),
            arn=str(member.membership_arn),
            account_id=ctx.account_id,
            collaboration=collaboration,
            member=member,
            sequence=store.created,
            create_time=ctx.now,
            update_time=ctx.now,
            query_log_status=query_log_status,
            job_log_status=job_log_status,
            default_result_configuration=results,
            default_job_result_configuration=default_job_result_configuration,
            payment_configuration=accepted,
            is_metrics_enabled=is_metrics_enabled,
            tags=tags or {},
        )
        self.store(CollaborationStore).move(member, "join", ctx.now)
        store.memberships[membership.id] = membership
        store.file(membership)
        tell_of_membership(self, membership, "Created", ctx.now)
        return {"membership": membership}

    @operation("GetMembership")
    def get_membership(self, ctx: Context, membership_identifier: str) -> dict[str, Membership]:
        """Return a membership of the caller, in any status."""
        del ctx
        return {"membership": self.find(membership_identifier)}

    @operation("UpdateMembership")
    def update_membership(
        self,
        ctx: Context,
        membership_identifier: str,
        query_log_status: str | None = None,
        job_log_status: str | None = None,
        default_result_configuration: dict[str, Any] | None = None,
        default_job_result_configuration: dict[str, Any] | None = None,
        membership_payment_configuration: dict[str, Any] | None = None,
    ) -> dict[str, Membership]:
        """Change what is given; a payment can be accepted or declined here (user guide).

        Raises:
            ConflictException: the membership is not ACTIVE (inferred [CR-12]).
            ValidationException: results, payment or logs do not fit the collaboration.
        """
        membership = self.require_active(membership_identifier)
        collaboration, member = membership.collaboration, membership.member
        check_log(query_log_status, collaboration.query_log_status, "queryLogStatus")
        check_log(job_log_status, collaboration.job_log_status, "jobLogStatus")
        results = membership.default_result_configuration
        if default_result_configuration is not None:
            results = check_query_results(default_result_configuration, member.abilities)
        check_job_results(default_job_result_configuration, member.abilities)
        if membership_payment_configuration is not None:
            membership.payment_configuration = payment.accepted_later(
                membership_payment_configuration,
                membership.payment_configuration,
                member.payment_configuration,
                _open_costs(collaboration, member),
            )
        membership.default_result_configuration = results
        if default_job_result_configuration is not None:
            membership.default_job_result_configuration = default_job_result_configuration
        membership.query_log_status = query_log_status or membership.query_log_status
        membership.job_log_status = job_log_status or membership.job_log_status
        membership.update_time = ctx.now
        tell_of_membership(self, membership, "Updated", ctx.now, owner_only=True)
        return {"membership": membership}

    @operation("DeleteMembership")
    def delete_membership(self, ctx: Context, membership_identifier: str) -> None:
        """Delete an empty membership: its account leaves the collaboration and cannot return.

        Raises:
            ConflictException: the caller created the collaboration, which still exists; or the
                membership holds resources, or queries and jobs that run (reasons
                inferred [CR-13, CR-14, CR-15]).
        """
        membership = self.find(membership_identifier)
        collaboration = membership.collaboration
        owner = collaboration.creator_account_id == membership.account_id
        if owner and membership.status == "ACTIVE":
            raise _conflict(membership, CREATOR_STAYS, "INVALID_STATE")
        families = list(self.all_families())
        held = [each for one in families for each in one.blocks_membership_deletion(membership)]
        if held:
            raise _conflict(
                membership,
                f"Membership {membership.id} cannot be deleted while it has resources: "
                + ", ".join(held),
                "SUBRESOURCES_EXIST",
            )
        running = [each for one in families for each in one.unfinished_work(membership, ctx.now)]
        if running:
            raise _conflict(
                membership,
                f"Membership {membership.id} cannot be deleted while these have not ended: "
                + ", ".join(running),
                "INVALID_STATE",
            )
        store, member = self.store(MembershipStore), membership.member
        del store.memberships[membership.id]
        self.store(CollaborationStore).move(member, "leave", ctx.now)
        member.membership = member.membership_id = member.membership_arn = None
        tell_of_membership(self, membership, "Deleted", ctx.now)
        self.announce_end(membership, ctx.now)

    @operation("ListMemberships")
    def list_memberships(
        self, ctx: Context, status: str | None = None
    ) -> dict[str, Listing[Membership]]:
        """Return the memberships of the caller, in the order of joining (AWS names no order)."""
        held = self.store(MembershipStore).held.get((ctx.account_id, status or ""), [])
        return {"membershipSummaries": Listing(held, sequence_of)}

    def membership_ended(self, membership: Membership, now: datetime) -> None:
        """List ``membership`` under its new status."""
        membership.update_time = now
        self.store(MembershipStore).file(membership)

    def tags_of(self, arn: str) -> dict[str, str] | None:
        """Return the tags of a membership of this account, in any status."""
        found = self.store(MembershipStore).memberships.get(arn.rpartition("/")[2])
        own = found is not None and found.account_id == self.backend.account_id
        return found.tags if found is not None and own and found.arn == arn else None

    def tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield the memberships of this account."""
        held = self.store(MembershipStore).held
        for membership in held.get((self.backend.account_id, ""), []):
            yield TaggedResource(membership.arn, membership.tags, "cleanrooms:membership")


def _open_costs(collaboration: Collaboration, member: Member) -> set[payment.Cost]:
    """Return the costs of models without a named payer, which the runner of queries may accept."""
    if QUERY not in member.abilities:
        return set()
    taken = set[payment.Cost]()
    for each in collaboration.members_here():
        taken |= payment.costs_of(each.payment_configuration)
    return set(payment.MODELS) - taken


def _conflict(membership: Membership, text: str, reason: ConflictReason) -> ConflictException:
    return ConflictException(text, membership.id, "MEMBERSHIP", reason)
