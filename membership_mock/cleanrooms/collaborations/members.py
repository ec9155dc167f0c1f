"""Members: the accounts in a collaboration, and their removal."""

from __future__ import annotations

from membership_mock.cleanrooms.collaborations.clean_rooms_events import tell_of_membership
from membership_mock.cleanrooms.collaborations.clean_rooms_family import CleanRoomsFamily
from membership_mock.cleanrooms.collaborations.collaboration_store import CollaborationStore, Member
from membership_mock.cleanrooms.collaborations.collaborations import Collaborations
from membership_mock.cleanrooms.errors import ResourceNotFoundException, ValidationException
from membership_mock.cleanrooms.ordered_index import sequence_of
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.protocol.pagination import Listing


class Members(CleanRoomsFamily):
    """The operations on the members of a collaboration."""

    @operation("ListMembers")
    def list_members(
        self, ctx: Context, collaboration_identifier: str
    ) -> dict[str, Listing[Member]]:
        """Return all accounts ever invited, the creator first, in the order of invitations."""
        del ctx
        collaboration = self.of(Collaborations).visible(collaboration_identifier)
        return {"memberSummaries": Listing(list(collaboration.members.values()), sequence_of)}

    @operation("DeleteMember")
    def delete_member(self, ctx: Context, collaboration_identifier: str, account_id: str) -> None:
        """Remove a member, or withdraw its invitation; its membership stays, as REMOVED.

        Removing a member that has left or was removed changes nothing.

        Raises:
            AccessDeniedException: the caller did not create the collaboration.
            ResourceNotFoundException: the account is not a member (inferred [CR-9]).
            ValidationException: it is the creator's own account (the code is inferred [CR-8]).
        """
        collaboration = self.of(Collaborations).owned(collaboration_identifier)
        if account_id == ctx.account_id:
            raise ValidationException(
                "The creator of a collaboration cannot be removed from it.", field="accountId"
            )
        member = collaboration.member(account_id)
        if member is None:
            raise ResourceNotFoundException(
                f"Account {account_id} is not a member of the collaboration.",
                collaboration_identifier,
                "COLLABORATION",
            )
        was_active = member.status == "ACTIVE"
        self.store(CollaborationStore).move(member, "remove", ctx.now)
        if was_active and member.membership is not None:
            tell_of_membership(self, member.membership, "Updated", ctx.now)
            self.announce_end(member.membership, ctx.now)
