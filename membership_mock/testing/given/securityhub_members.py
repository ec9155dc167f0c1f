"""Seeds of Security Hub: members in any status, on the route that leads there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from membership_mock.engine.state.quotas import limit_of
from membership_mock.errors import SeedRefused
from membership_mock.securityhub.quotas import INVITED_MEMBERS, MEMBERS
from membership_mock.testing.given.securityhub_hubs import (
    SERVICE,
    HubSeeds,
    batches,
    counted,
)
from membership_mock.testing.given.securityhub_paths import (
    REACHED,
    MemberStatus,
    Route,
    check,
    path_to,
)

if TYPE_CHECKING:
    from membership_mock.engine.state.organizations import Organization

#: the statuses in which a member by invitation sees the invitation
_WITH_INVITATION = ("Invited", "Enabled", "Resigned")

_ACCOUNTS_PER_CALL = 50

_MEMBER_WAY_OUT = (
    "an account is the enabled member of one administrator at a time, and an administrator cannot"
    " be a member: end the other association first, e.g. with status='Removed', or use other"
    " accounts; if a quota is reached, see `mock.quotas`."
)


@dataclass(frozen=True)
class SeededMember:
    """An account on an administrator's list, or one that was deleted from it.

    Attributes:
        administrator: the administrator.
        account: the member.
        region: the region of the association.
        status: the member's status.
        by: ``invitation`` or ``organization``.
        invitation_id: the invitation that the member can see, or None.
    """

    administrator: str
    account: str
    region: str
    status: str
    by: str
    invitation_id: str | None = None


class MemberSeeds(HubSeeds):
    """Seeds of members."""

    def member(
        self,
        administrator: str,
        account: str,
        status: MemberStatus = "Enabled",
        *,
        by: Route | None = None,
        email: str | None = None,
        region: str | None = None,
    ) -> SeededMember:
        """Return a member with a status, reached on a route that AWS allows.

        The administrator's hub is enabled, and from Invited on the member's hub too, because an
        account without a hub cannot see its invitations. A new member that is to be Resigned,
        Removed or Deleted is Enabled first.

        Args:
            administrator: the administrator that has the member on its list.
            account: the member.
            status: ``Created``, ``Invited``, ``Enabled``, ``Resigned``, ``Removed`` or ``Deleted``
                by invitation; ``Enabled``, ``Removed``, ``Deleted`` or ``AccountSuspended`` by
                organization. Deleted means that it is not on the list any more.
            by: ``invitation`` or ``organization``; when None, ``organization`` for accounts of the
                organization that the administrator administers.
            email: the e-mail address of a member by invitation.
            region: where.

        Raises:
            SeedRefused: the status cannot be reached, e.g. because the account is the member of
                another administrator, or the route does not lead there.
            UsageError: an argument is not valid.
        """
        with self._setup.seed("securityhub.member", _MEMBER_WAY_OUT):
            (member,) = self._members(administrator, [account], status, by, email, region)
        return member

    def members(
        self,
        administrator: str,
        accounts: int | Sequence[str],
        status: MemberStatus = "Enabled",
        *,
        by: Route | None = None,
        email: str | None = None,
        region: str | None = None,
    ) -> tuple[SeededMember, ...]:
        """Return many members with a status, as `member` does, with few calls.

        Args:
            administrator: the administrator that has the members on its list.
            accounts: the members; or how many: accounts of the organization that are not on the
                list yet, by organization, and accounts of new ids by invitation.
            status: as for `member`.
            by: as for `member`; for a number of accounts, ``organization`` if the administrator
                administers one.
            email: as for `member`.
            region: where.

        Raises:
            SeedRefused: the status cannot be reached for one of them; then none has changed.
            UsageError: an argument is not valid.
        """
        with self._setup.seed("securityhub.members", _MEMBER_WAY_OUT):
            return self._members(administrator, accounts, status, by, email, region)

    def _members(
        self,
        administrator: str,
        accounts: int | Sequence[str],
        status: str,
        by: str | None,
        email: str | None,
        region: str | None,
    ) -> tuple[SeededMember, ...]:
        administrator, region = self._setup.account(administrator), self._setup.region(region)
        check(status, by)
        led = self._led_organization(administrator, region)
        chosen = self._chosen(administrator, region, accounts, by, led)
        inside: Collection[str] = led.accounts if led else ()
        self._enable(administrator, region)
        places = dict(self._places(administrator, region, chosen))
        routes: dict[str, str] = {}
        steps: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for each in chosen:
            route = routes[each] = self._route(
                administrator, each, status, by, inside=each in inside
            )
            path = path_to(places.get(each), status, route)
            if path is None:
                raise self._setup.refuse(
                    f"no route by {route} leads from {places.get(each)} to {status}."
                )
            steps[path].append(each)
        invitations: dict[str, str] = {}
        for path, group in steps.items():
            for event in path:
                if event == "accept":
                    invitations |= self._accept(administrator, group, region)
                else:
                    self._make_calls(event, administrator, group, email, region)
        places = dict(self._places(administrator, region, chosen))
        for each in chosen:
            became = places.get(each, "Deleted")
            if became != status:
                raise self._setup.refuse(f"account {each} became {became}, not {status}.")
            if routes[each] != "invitation" or status not in _WITH_INVITATION:
                invitations.pop(each, None)
            elif each not in invitations:
                invitations[each] = self._invitation(administrator, each, region) or ""
        return tuple(
            SeededMember(
                administrator, each, region, status, routes[each], invitations.get(each) or None
            )
            for each in chosen
        )

    def _chosen(
        self,
        administrator: str,
        region: str,
        accounts: int | Sequence[str],
        by: str | None,
        led: Organization | None,
    ) -> list[str]:
        """Return the accounts that are meant, each once."""
        if isinstance(accounts, int):
            quota = INVITED_MEMBERS if self._by_invitation(by, led) else MEMBERS
            most = limit_of(self._setup.running.world, quota, administrator, region)
            count = counted("accounts", accounts, most, f"the quota {quota.name}")
            return self._new_accounts(administrator, region, count, by, led)
        return [self._setup.account(each) for each in dict.fromkeys(accounts)]

    @staticmethod
    def _by_invitation(by: str | None, led: Organization | None) -> bool:
        return by == "invitation" or (by is None and led is None)

    def _led_organization(self, administrator: str, region: str) -> Organization | None:
        """Return the organization that an account administers here; None if it administers none."""
        organization = self._setup.organization(administrator, region)
        if organization is None:
            return None
        listed = self._setup.ask(
            SERVICE, "ListOrganizationAdminAccounts", organization.management_account_id, region
        )
        admins = [each["AccountId"] for each in (listed or {}).get("AdminAccounts", ())]
        return organization if administrator in admins else None

    def _new_accounts(
        self,
        administrator: str,
        region: str,
        count: int,
        by: str | None,
        led: Organization | None,
    ) -> list[str]:
        """Return accounts that are not on the administrator's list."""
        listed = set(self._listed(administrator, region))
        if self._by_invitation(by, led):
            taken = {administrator, *listed, *(led.accounts if led else ())}
            found: list[str] = []
            while len(found) < count:
                new = str(self._setup.running.world.random.randrange(10**11, 10**12))
                if new not in taken:
                    taken.add(new)
                    found.append(new)
            return found
        if led is None:
            raise self._setup.refuse(
                f"account {administrator} administers no organization in this region.",
                "see `mock.given.securityhub.organization_admin`; or pass by='invitation'.",
            )
        free = [
            each
            for each, account in led.accounts.items()
            if account.active and each != administrator and each not in listed
        ]
        free.sort(key=lambda each: each == led.management_account_id)  # the last one to be taken
        if len(free) < count:
            raise self._setup.refuse(
                f"the organization has {len(free)} active accounts that are not on the list of"
                f" {administrator}, not {count}.",
                "add accounts to the organization, see `mock.organization`; or pass"
                " by='invitation'.",
            )
        return free[:count]

    def _listed(self, administrator: str, region: str) -> Iterator[str]:
        with suppress(SeedRefused):  # an account without a hub has no list
            for each in self._setup.listed(
                SERVICE, "ListMembers", administrator, region, OnlyAssociated=False
            ):
                yield each["AccountId"]

    def _places(
        self, administrator: str, region: str, accounts: Sequence[str]
    ) -> Iterator[tuple[str, str]]:
        """Yield account and status of those that are on the administrator's list."""
        for batch in batches(accounts, _ACCOUNTS_PER_CALL):
            found = self._setup.ask(
                SERVICE, "GetMembers", administrator, region, AccountIds=list(batch)
            )
            for each in (found or {}).get("Members", ()):
                yield each["AccountId"], each["MemberStatus"]

    def _route(
        self, administrator: str, account: str, status: str, by: str | None, *, inside: bool
    ) -> str:
        route = by or ("organization" if inside else "invitation")
        if route == "organization" and not inside:
            raise self._setup.refuse(
                f"account {account} is not in an organization that {administrator} administers in"
                " this region.",
                "see `mock.organization` and `mock.given.securityhub.organization_admin`; or pass"
                " by='invitation'.",
            )
        if route == "invitation" and inside:
            raise self._setup.refuse(
                f"account {account} is in the organization that {administrator} administers, whose"
                " accounts become members without an invitation.",
                "pass by='organization', or use an account outside of the organization.",
            )
        if status not in REACHED[route]:
            raise self._setup.refuse(
                f"a member by {route} is never {status}; it can be {', '.join(REACHED[route])}.",
                "ask for one of these, or for the other route.",
            )
        return route

    def _make_calls(
        self, event: str, administrator: str, accounts: list[str], email: str | None, region: str
    ) -> None:
        """Make the calls of an event of `NEXT_STATUS`, or of ``create``, for these accounts."""
        if event == "resign":
            for each in accounts:
                self._setup.call(SERVICE, "DisassociateFromAdministratorAccount", each, region)
            return
        if event == "enroll":
            organization = self._setup.organization(administrator, region)
            if organization is not None and organization.management_account_id in accounts:
                self._enable(organization.management_account_id, region)  # AWS does not enable it
        if event == "enroll suspended":
            self._suspend(administrator, accounts, region)
        operation = {
            "invite": "InviteMembers",
            "disassociate": "DisassociateMembers",
            "delete": "DeleteMembers",
        }.get(event)
        for batch in batches(accounts, _ACCOUNTS_PER_CALL):
            if operation is None:
                details = [
                    {"AccountId": each, **({"Email": email} if email else {})} for each in batch
                ]
                self._setup.call(
                    SERVICE, "CreateMembers", administrator, region, AccountDetails=details
                )
            else:
                self._setup.call(SERVICE, operation, administrator, region, AccountIds=list(batch))
        if event == "invite":
            for each in accounts:
                self._enable(each, region)

    def _accept(self, administrator: str, accounts: Iterable[str], region: str) -> dict[str, str]:
        """Let accounts accept their invitations, and return the invitations' ids by account."""
        accepted: dict[str, str] = {}
        for each in accounts:
            invitation = self._invitation(administrator, each, region)
            if invitation is None:  # it was invited before it had a hub
                self._enable(each, region)
                invitation = self._invitation(administrator, each, region)
            self._setup.call(
                SERVICE,
                "AcceptAdministratorInvitation",
                each,
                region,
                AdministratorId=administrator,
                InvitationId=invitation,
            )
            accepted[each] = str(invitation)
        return accepted

    def _suspend(self, administrator: str, accounts: Collection[str], region: str) -> None:
        """Close accounts of the organization that are active, which suspends them."""
        organization = self._setup.organization(administrator, region)
        if organization is None:
            return
        management = organization.management_account_id
        if management in accounts:
            raise self._setup.refuse(
                f"account {management} is the management account, which AWS does not close while"
                " the organization has others.",
                "use another account of the organization.",
            )
        self._setup.keep_organizations()
        for each in accounts:
            if organization.accounts[each].active:
                self._setup.call(
                    "organizations", "CloseAccount", management, region, AccountId=each
                )

    def _invitation(self, administrator: str, account: str, region: str) -> str | None:
        found = self._setup.ask(SERVICE, "ListInvitations", account, region, MaxResults=50)
        for each in (found or {}).get("Invitations", ()):
            if each["AccountId"] == administrator:
                return str(each["InvitationId"])
        return None
