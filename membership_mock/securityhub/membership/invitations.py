"""Invitations and the administrator, as the member sees them.

An account may have invitations of several administrators, and be the member of one. The invitation
stays after it was accepted, declined, or the member resigned, until one side ends it: a member that
resigned may accept it again.

Every operation that names an administrator exists twice, with the word master in its older name.

Sources: the API pages, the user guide, logs of real calls; texts that were not observed are marked
inferred, and follow GuardDuty.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.securityhub.errors import (
    NO_SUCH_RESOURCE,
    OUT_OF_RANGE,
    BadRequestException,
)
from membership_mock.securityhub.membership.account_lists import (
    Result,
    each_account,
    require_accounts,
    require_hub,
)
from membership_mock.securityhub.relationships.associations import (
    Association,
    AssociationStore,
    invitation_sequence,
)
from membership_mock.securityhub.relationships.central_configuration import Governance
from membership_mock.securityhub.relationships.deferred_rollouts import DeferredRollouts
from membership_mock.securityhub.relationships.delegation import Delegation

#: observed up to "a master account"
NO_ADMINISTRATOR = (
    "The request is rejected because the current account is not associated to a master account"
)
#: observed
BY_ORGANIZATION = (
    "The request is rejected because member cannot disassociate from Organization administrator"
)
#: inferred [SH-192]
ANOTHER_MASTER = (
    "The request is rejected because the current account is already an associated member of another"
    " master account."
)
#: inferred [SH-21, SH-192]
ACCEPTED_BEFORE = (
    "The request is rejected because the current account is already a member of the given master"
    " account."
)
#: inferred [SH-22, SH-192]
ADMINISTRATOR_CANNOT_ACCEPT = (
    "The request is rejected because the current account has associated members and cannot become a"
    " member of another master account."
)
#: inferred [SH-23, SH-192]
INVITER_IS_MEMBER = (
    "The request is rejected because the given master account is itself an associated member of"
    " another master account."
)
#: inferred [SH-192]
CANNOT_DECLINE = (
    "The request is rejected because the current account cannot decline the invitation since it is"
    " still associated to it."
)
#: inferred [SH-192], but for the words from "cannot delete" on
CANNOT_DELETE = (
    "The request is rejected because the current account cannot delete the invitation since it is"
    " still associated to it."
)
#: inferred [SH-19, SH-192]
NOT_DECLINED = (
    "The request is rejected because the current account cannot delete the invitation since it"
    " hasn't been declined yet."
)


class Invitations(Family):
    """The operations on invitations and on the administrator, for members."""

    @operation("ListInvitations")
    def list_invitations(self, ctx: Context) -> dict[str, Listing[Association]]:
        """Return the invitations of the caller in any status, the oldest one first.

        The one that was accepted is among them (inferred [SH-24]).

        Raises:
            BadRequestException: the caller has no hub.
        """
        require_hub(self)
        return {
            "Invitations": Listing(
                self.store(AssociationStore).invitations(ctx.account_id),
                position=invitation_sequence,
                show=_view,
            )
        }

    @operation("GetInvitationsCount")
    def get_invitations_count(self, ctx: Context) -> dict[str, int]:
        """Return how many invitations the caller has, the accepted one left out (documented).

        Raises:
            BadRequestException: the caller has no hub.
        """
        require_hub(self)
        invited = self.store(AssociationStore).invitations(ctx.account_id)
        return {"InvitationsCount": sum(each.member_status != "Enabled" for each in invited)}

    @operation("AcceptAdministratorInvitation")
    def accept_administrator_invitation(
        self, ctx: Context, administrator_id: str, invitation_id: str
    ) -> None:
        """Become an enabled member of the administrator that sent the invitation.

        Raises:
            BadRequestException: the caller has no hub; the invitation does not exist, or no more;
                it was accepted before; the caller is another account's member or an administrator
                itself; or the administrator has become a member (codes
                inferred [SH-20, SH-21, SH-22, SH-23]).
        """
        require_hub(self)
        store = self.store(AssociationStore)
        association = store.find(administrator_id, ctx.account_id)
        invitation = association.invitation if association else None
        if association is None or invitation is None or invitation.invitation_id != invitation_id:
            raise BadRequestException(NO_SUCH_RESOURCE)
        current = store.of_member(ctx.account_id)
        if current is not None:
            raise BadRequestException(ACCEPTED_BEFORE if current is association else ANOTHER_MASTER)
        leads = self.of(Delegation).led_organization() is not None
        if leads or self.of(DeferredRollouts).has_enabled(ctx.account_id):
            raise BadRequestException(ADMINISTRATOR_CANNOT_ACCEPT)
        self.of(DeferredRollouts).catch_up(administrator_id)
        if store.of_member(administrator_id) is not None:
            raise BadRequestException(INVITER_IS_MEMBER)
        store.move(association, "accept", ctx.now)
        self.of(Governance).stop_aggregation(ctx.account_id)

    @operation("AcceptInvitation")
    def accept_invitation(self, ctx: Context, master_id: str, invitation_id: str) -> None:
        """Do what AcceptAdministratorInvitation does."""
        self.accept_administrator_invitation(ctx, master_id, invitation_id)

    @operation("DeclineInvitations")
    def decline_invitations(self, ctx: Context, account_ids: list[str]) -> dict[str, list[Result]]:
        """Decline the invitations of these administrators, who then see the caller as Resigned.

        Raises:
            BadRequestException: the caller has no hub.
            InvalidInputException: no id is given.
        """
        store = self.store(AssociationStore)

        def decline(association: Association) -> str | None:
            if not association.allows("decline"):
                return CANNOT_DECLINE
            store.move(association, "decline", ctx.now)
            return None

        return self._each_invitation(ctx, account_ids, decline)

    @operation("DeleteInvitations")
    def delete_invitations(self, ctx: Context, account_ids: list[str]) -> dict[str, list[Result]]:
        """Delete the invitations of these administrators; they have to be declined first.

        The administrators still see the caller as Resigned (inferred [SH-19]).

        Raises:
            BadRequestException: the caller has no hub.
            InvalidInputException: no id is given.
        """
        store = self.store(AssociationStore)

        def delete(association: Association) -> str | None:
            if association.member_status == "Enabled":
                return CANNOT_DELETE
            if association.member_status == "Invited":
                return NOT_DECLINED
            store.withdraw(association)
            return None

        return self._each_invitation(ctx, account_ids, delete)

    def _each_invitation(
        self,
        ctx: Context,
        administrator_ids: list[str],
        act: Callable[[Association], str | None],
    ) -> dict[str, list[Result]]:
        """Let ``act`` answer the invitation of each administrator, or say why it may not."""
        require_hub(self)
        require_accounts(administrator_ids)
        store = self.store(AssociationStore)

        def answer(administrator_id: str) -> str | None:
            association = store.find(administrator_id, ctx.account_id)
            if association is None or association.invitation is None:
                return OUT_OF_RANGE
            return act(association)

        return each_account(administrator_ids, answer)

    @operation("GetAdministratorAccount")
    def get_administrator_account(self, ctx: Context) -> dict[str, Any]:
        """Return the administrator that the caller is an enabled member of, if there is one.

        Raises:
            BadRequestException: the caller has no hub.
        """
        return {"Administrator": self._administrator(ctx)}

    @operation("GetMasterAccount")
    def get_master_account(self, ctx: Context) -> dict[str, Any]:
        """Return what GetAdministratorAccount returns, under another key."""
        return {"Master": self._administrator(ctx)}

    @operation("DisassociateFromAdministratorAccount")
    def disassociate_from_administrator_account(self, ctx: Context) -> None:
        """Resign as a member; the invitation stays, and may be accepted again.

        Raises:
            BadRequestException: the caller has no hub, has no administrator, or is a member by
                organization (the latter two observed).
        """
        require_hub(self)
        store = self.store(AssociationStore)
        association = store.of_member(ctx.account_id)
        if association is None:
            raise BadRequestException(NO_ADMINISTRATOR)
        if association.by_organization:
            raise BadRequestException(BY_ORGANIZATION)
        store.move(association, "resign", ctx.now)

    @operation("DisassociateFromMasterAccount")
    def disassociate_from_master_account(self, ctx: Context) -> None:
        """Do what DisassociateFromAdministratorAccount does."""
        self.disassociate_from_administrator_account(ctx)

    def _administrator(self, ctx: Context) -> dict[str, Any] | None:
        require_hub(self)
        association = self.store(AssociationStore).of_member(ctx.account_id)
        return _view(association) if association else None


def _view(association: Association) -> dict[str, Any]:
    """Return an association as the member sees it; one by organization has no invitation."""
    invitation = association.invitation
    return {
        "AccountId": association.administrator_id,
        "InvitationId": invitation.invitation_id if invitation else None,
        "InvitedAt": invitation.invited_at if invitation else None,
        "MemberStatus": association.member_status,
    }
