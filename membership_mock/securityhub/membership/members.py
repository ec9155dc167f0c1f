"""Members as their administrator sees them: created, invited, listed, disassociated, deleted.

The delegated administrator of an organization gets the organization's accounts as members at once,
without an invitation; all other accounts have to be invited, and to accept.

Sources: the API pages of the six operations, the user guide, logs of real calls; texts that were
not observed are marked inferred, and follow GuardDuty.
"""

from __future__ import annotations

from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, operation
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.state.organizations import Organization
from membership_mock.securityhub.errors import (
    ALREADY_LISTED,
    LIMIT_REACHED,
    OTHERS_MEMBER,
    OUT_OF_RANGE,
    OWN_ACCOUNT,
    TOO_MANY,
    InvalidInputException,
)
from membership_mock.securityhub.hubs.hubs import Hubs
from membership_mock.securityhub.membership.account_lists import (
    ACCOUNTS_PER_CALL,
    Result,
    each_account,
    require_accounts,
    require_hub,
)
from membership_mock.securityhub.quotas import INVITATIONS, INVITED_MEMBERS, MEMBERS
from membership_mock.securityhub.relationships.administration import Administration
from membership_mock.securityhub.relationships.associations import Association, AssociationStore
from membership_mock.securityhub.relationships.deferred_rollouts import DeferredRollouts
from membership_mock.securityhub.relationships.delegation import Delegation

#: inferred [SH-192], but for the part from "already an" on
MEMBERS_CANNOT_CREATE = (
    "The request is rejected because the current account cannot create members since it is already"
    " an associated member of another master account."
)
#: inferred [SH-192]
MEMBERS_CANNOT_INVITE = (
    "The request is rejected because the current account cannot invite other accounts since it is"
    " already an associated member of another master account."
)
#: inferred [SH-29, SH-192]
INVITATION_LIMIT_REACHED = (
    "The request is rejected because the current account cannot send anymore invitations since it"
    " cannot exceed the maximum number of outstanding invitations."
)
#: inferred [SH-27, SH-192]
NO_HUB = "The request is rejected because the given account is not subscribed to Security Hub."
#: inferred [SH-192], but for the part from "already the" on
ALREADY_INVITED = (
    "The request is rejected because the current account has already invited or is already the"
    " SecurityHub master of the given member account."
)
#: inferred [SH-192], but for the words "is still associated to it"
STILL_ASSOCIATED = (
    "The request is rejected because the current account cannot delete the given member account ID"
    " since it is still associated to it."
)
#: inferred [SH-192]
NOT_A_MEMBER = (
    "The request is rejected because the given account ID is not a member of the current account."
)


class Members(Family):
    """The operations on members, for administrators."""

    @operation("CreateMembers")
    def create_members(
        self, ctx: Context, account_details: list[dict[str, str]]
    ) -> dict[str, list[Result]]:
        """Put accounts on the caller's list; accounts of its organization become members at once.

        Accounts that do not exist are taken as well (observed).

        Raises:
            BadRequestException: the caller has no hub.
        """
        require_hub(self)
        deferred = self.of(DeferredRollouts)
        deferred.catch_up_all(one["AccountId"] for one in account_details[:ACCOUNTS_PER_CALL])
        store = self.store(AssociationStore)
        roster = store.roster(ctx.account_id)
        organization = self.of(Delegation).led_organization()
        is_member = store.of_member(ctx.account_id) is not None
        room = self.limit(MEMBERS) - deferred.number_listed(ctx.account_id)
        room_to_invite = self.limit(INVITED_MEMBERS) - roster.by_invitation
        # of an account that is named twice, the first entry counts
        emails = {one["AccountId"]: one.get("Email") for one in reversed(account_details)}

        def create(account_id: str) -> str | None:
            nonlocal room, room_to_invite
            listed = store.find(ctx.account_id, account_id)
            if account_id == ctx.account_id:
                return OWN_ACCOUNT
            if is_member:
                return MEMBERS_CANNOT_CREATE
            inside = organization is not None and account_id in organization.accounts
            if listed is not None and not (inside and listed.member_status != "Enabled"):
                return ALREADY_LISTED
            if listed is None and (room <= 0 or (not inside and room_to_invite <= 0)):
                return LIMIT_REACHED
            if organization is not None and inside:
                refusal = self._enroll(ctx, organization, account_id)
                if refusal is not None:
                    return refusal
            else:
                store.create(ctx.account_id, account_id, emails[account_id], ctx.now)
                room_to_invite -= 1
            room -= listed is None
            return None

        return each_account((one["AccountId"] for one in account_details), create)

    @operation("GetMembers")
    def get_members(self, ctx: Context, account_ids: list[str]) -> dict[str, Any]:
        """Return the members with these ids; those that are not on the list are unprocessed.

        Raises:
            BadRequestException: the caller has no hub (observed).
            InvalidInputException: no id is given.
        """
        require_hub(self)
        require_accounts(account_ids)
        self.of(DeferredRollouts).catch_up_all(account_ids[:ACCOUNTS_PER_CALL])
        roster = self.store(AssociationStore).roster(ctx.account_id)
        found: dict[str, Association] = {}

        def get(account_id: str) -> str | None:
            if account_id not in roster.members:
                return NOT_A_MEMBER
            found[account_id] = roster.members[account_id]
            return None

        return {**each_account(account_ids, get), "Members": list(found.values())}

    @operation("ListMembers")
    def list_members(
        self, ctx: Context, only_associated: bool | None = None
    ) -> dict[str, Listing[Any]]:
        """Return the caller's members, in the order of their creation.

        Only those that are Enabled are shown unless ``OnlyAssociated`` is false.

        Raises:
            BadRequestException: the caller has no hub (observed).
        """
        require_hub(self)
        store, deferred = self.store(AssociationStore), self.of(DeferredRollouts)
        expected = deferred.listed(ctx.account_id, only_enabled=only_associated is not False)
        if expected is not None:

            def member(listed: tuple[int, str]) -> Association:
                deferred.catch_up(listed[1])
                return store.rosters[ctx.account_id].members[listed[1]]

            entries = Listing(expected, position=lambda each: each[0], show=member)
            return {"Members": entries}
        roster = store.roster(ctx.account_id)
        shown = roster.ordered if only_associated is False else roster.enabled
        return {"Members": Listing(shown, position=lambda each: each.sequence)}

    @operation("InviteMembers")
    def invite_members(self, ctx: Context, account_ids: list[str]) -> dict[str, list[Result]]:
        """Send invitations to accounts of the caller's list.

        Accounts of the organization that the caller administers get none: CreateMembers enables
        them.

        Raises:
            BadRequestException: the caller has no hub.
            InvalidInputException: no id is given.
        """
        require_hub(self)
        require_accounts(account_ids)
        self.of(DeferredRollouts).catch_up_all(account_ids[:ACCOUNTS_PER_CALL])
        store = self.store(AssociationStore)
        organization = self.of(Delegation).led_organization()
        is_member = store.of_member(ctx.account_id) is not None
        roster, most = store.roster(ctx.account_id), self.limit(INVITATIONS)

        def invite(account_id: str) -> str | None:
            association = store.find(ctx.account_id, account_id)
            if association is None:
                return OUT_OF_RANGE
            if is_member:
                return MEMBERS_CANNOT_INVITE
            if association.member_status in ("Invited", "Enabled"):
                return ALREADY_INVITED
            if store.of_member(account_id) is not None:
                return OTHERS_MEMBER
            inside = organization is not None and account_id in organization.accounts
            if inside or not association.allows("invite"):
                return OUT_OF_RANGE
            if roster.invited >= most:
                return INVITATION_LIMIT_REACHED
            store.move(association, "invite", ctx.now, _new_invitation_id(ctx))
            return None

        return each_account(account_ids, invite)

    @operation("DisassociateMembers")
    def disassociate_members(self, ctx: Context, account_ids: list[str]) -> None:
        """End the association with members, which stay on the list as Removed.

        Accounts that are on the list without being invited or enabled stay as they are, and those
        that are not on it are passed over (observed: the answer is the same).

        Raises:
            BadRequestException: the caller has no hub.
            InvalidInputException: no id is given, or more than fifty, which there is no list of
                unprocessed accounts for (inferred [SH-7]).
        """
        require_hub(self)
        require_accounts(account_ids)
        if len(account_ids) > ACCOUNTS_PER_CALL:
            raise InvalidInputException(TOO_MANY)
        self.of(DeferredRollouts).catch_up_all(account_ids)
        store = self.store(AssociationStore)
        for account_id in account_ids:
            association = store.find(ctx.account_id, account_id)
            if association is not None:
                store.move(association, "disassociate", ctx.now)

    @operation("DeleteMembers")
    def delete_members(self, ctx: Context, account_ids: list[str]) -> dict[str, list[Result]]:
        """Take accounts off the caller's list, and with them their invitations.

        Enabled members have to be disassociated first, those by organization as well.

        Raises:
            BadRequestException: the caller has no hub.
            InvalidInputException: no id is given.
        """
        require_hub(self)
        require_accounts(account_ids)
        self.of(DeferredRollouts).catch_up_all(account_ids[:ACCOUNTS_PER_CALL])
        store = self.store(AssociationStore)

        def delete(account_id: str) -> str | None:
            association = store.find(ctx.account_id, account_id)
            if association is None:
                return OUT_OF_RANGE
            if not association.allows("delete"):
                return STILL_ASSOCIATED
            store.move(association, "delete", ctx.now)
            return None

        return each_account(account_ids, delete)

    def _enroll(self, ctx: Context, organization: Organization, account_id: str) -> str | None:
        """Make an account of the organization a member, with a hub; or return why not."""
        administration, hubs = self.of(Administration), self.of(Hubs)
        refusal = administration.obstacle(ctx.account_id, account_id)
        if refusal is not None:
            return refusal
        if not organization.accounts[account_id].active:
            administration.enroll_suspended(ctx.account_id, account_id, ctx.now)
            return None
        is_management = account_id == organization.management_account_id
        if is_management and hubs.of_account(account_id) is None:
            return NO_HUB
        hubs.enable(account_id, default_standards=True, now=ctx.now)
        administration.enroll(ctx.account_id, account_id, ctx.now)
        return None


def _new_invitation_id(ctx: Context) -> str:
    # a real id is 32 hexadecimal digits without dashes (observed)
    return f"{ctx.world.random.getrandbits(128):032x}"
