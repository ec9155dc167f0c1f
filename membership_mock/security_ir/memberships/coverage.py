"""The relationship of accounts to a membership, now and in the past.

The accounts that a membership covers are not stored: they are read from the organization at each
request. Only the accounts that were covered before are stored, because the organization has changed
since.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import Family, ServiceBackends, operation
from membership_mock.engine.state.organizations import Organization, OrganizationChange
from membership_mock.security_ir.memberships.account_scope import AccountScope
from membership_mock.security_ir.memberships.membership_store import Membership, MembershipStore
from membership_mock.security_ir.memberships.memberships import Memberships

#: The changes of an organization that may end the coverage of accounts.
NARROWING = (
    "move_account",
    "suspend_account",
    "close_account",
    "remove_account_from_organization",
    "delete_organizational_unit",
)


class Coverage(Family):
    """The operation that returns the relationship of accounts to a membership."""

    @operation("BatchGetMemberAccountDetails")
    def batch_get_member_account_details(
        self, ctx: Context, membership_id: str, account_ids: list[str]
    ) -> dict[str, Any]:
        """Return the relationship of each account to an active membership, in the request's order.

        An account that is asked for twice is answered once. ``errors`` is always empty: an
        account that does not exist counts as not associated (inferred [IR-13, IR-100]).
        """
        membership = self.of(Memberships).visible_and_active(membership_id, ctx.now)
        organization = ctx.world.organization_of(ctx.account_id, ctx.partition)
        covered = membership.covered(organization)
        return {
            "items": [
                {"accountId": account, **_relationship(account, membership, covered, organization)}
                for account in dict.fromkeys(account_ids)
            ],
            "errors": [],
        }

    @classmethod
    def organization_changing(
        cls, backends: ServiceBackends, change: OrganizationChange
    ) -> Callable[[], None] | None:
        """Remember covered accounts that may not be covered after ``change``."""
        if change.kind not in NARROWING:
            return None
        world = backends.world
        seen: list[tuple[AccountScope, set[str]]] = []
        for key, store in world.stores(MembershipStore):
            if key != (change.partition,) or not store.active:
                continue
            organization = world.organization_of(change.management_account_id, change.partition)
            if organization is None:
                continue
            for owner in filter(organization.accounts.__contains__, store.active):
                membership = store.memberships[store.active[owner]]
                covered = membership.covered(organization)
                if change.account_id is not None:
                    covered &= {change.account_id}
                seen.append((membership.scope, covered))

        def remember() -> None:
            for scope, covered in seen:
                scope.ever_covered |= covered

        return remember


def _relationship(
    account: str, membership: Membership, covered: set[str], organization: Organization | None
) -> dict[str, str]:
    """Return the status and the type of an account's relationship.

    Source: the example of BatchGetMemberAccountDetails for the first row; the others, and that the
    membership account counts as associated even outside the chosen units, are
    inferred [IR-10, IR-12, IR-100].
    """
    if account in covered or account == membership.account_id:
        status, kind = "Associated", "Organization"
    elif account in membership.scope.ever_covered:
        status, kind = "Disassociated", "Organization"
    elif organization is not None and account in organization.accounts:
        status, kind = "Unassociated", "Organization"
    else:
        status, kind = "Unassociated", "Unrelated"
    return {"relationshipStatus": status, "relationshipType": kind}
