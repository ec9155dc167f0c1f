"""The data of a membership, its transitions, and the store of all memberships.

Sources: the user guide and the API pages of AWS Security Incident Response; what they leave open is
marked inferred.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import field
from datetime import datetime
from typing import Any, Literal

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.organizations import Organization
from membership_mock.engine.state.summary import Summary, View, listed, named, one
from membership_mock.engine.state.world import Scope, Store
from membership_mock.security_ir.memberships.account_scope import AccountScope

Event = Literal["update", "cancel", "undo cancellation", "terminate"]

#: The events of a membership, with the status afterwards. Source: user guide
#: (cancellation), API page UpdateMembership (undo); that a second cancellation is harmless, and
#: that a cancelled membership can still be terminated, is inferred [IR-19, IR-22].
NEXT_STATUS: dict[tuple[str, Event], str] = {
    ("Active", "update"): "Active",
    ("Active", "cancel"): "Cancelled",
    ("Active", "terminate"): "Terminated",
    ("Cancelled", "cancel"): "Cancelled",
    ("Cancelled", "undo cancellation"): "Active",
    ("Cancelled", "terminate"): "Terminated",
}


@dataclass
class Membership:
    """A membership; fields that are not explained are those of GetMembership.

    Attributes:
        scope: the accounts that it covers while it is active.
        sequence: its place in the order of creation.
    """

    membership_id: str
    account_id: str
    region: str
    membership_arn: str
    membership_name: str
    membership_status: str
    membership_activation_timestamp: datetime
    incident_response_team: list[dict[str, Any]]
    opt_in_features: list[dict[str, Any]]
    scope: AccountScope
    sequence: int
    membership_deactivation_timestamp: datetime | None = None
    tags: dict[str, str] = field(default_factory=dict)

    def status_at(self, now: datetime) -> str:
        """Return its status at that time, without changing what is stored."""
        ends = self.ends
        return self.membership_status if ends is None or now < ends else "Terminated"

    @property
    def ends(self) -> datetime | None:
        """The time when AWS terminates it; None unless it is cancelled."""
        cancelled = self.membership_deactivation_timestamp
        if cancelled is None or self.membership_status != "Cancelled":
            return None
        return _end_of_month(self.membership_activation_timestamp, cancelled)

    @property
    def customer_type(self) -> str:
        """Whether the account was in an organization when it created the membership.

        The rule is inferred [IR-6].
        """
        return "Standalone" if self.scope.standalone else "Organization"

    def covered(self, organization: Organization | None) -> set[str]:
        """Return the accounts that are covered now; empty unless the membership is active."""
        return self.scope.accounts(organization) if self.membership_status == "Active" else set()

    def remember_covered(self, organization: Organization | None) -> None:
        """Store the covered accounts, before they change."""
        self.scope.ever_covered |= self.covered(organization)


@dataclass
class MembershipStore(Store, scope=Scope.PARTITION):
    """The memberships of all accounts in all regions.

    Attributes:
        memberships: every membership by its id, in the order of creation.
        homes: the ids of the memberships of an account in a region, in the order of creation.
        active: the id of an account's active membership, by the account's id.
        next_end: a time before which no membership of an account in a region ends.
    """

    rank = 1
    memberships: dict[str, Membership] = field(default_factory=dict)
    homes: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    active: dict[str, str] = field(default_factory=dict)
    next_end: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each membership, and one for each other account that it covers."""
        (partition,) = key
        for each in self.memberships.values():
            organization = view.organization_of(each.account_id, partition)
            covered = sorted(each.covered(organization))
            text = (
                f"membership {each.membership_id} {named(each.membership_name)}"
                f" {each.status_at(view.now)}, {each.customer_type}"
            )
            if not each.scope.standalone:
                text += f", covers {_scope(each.scope)}: {_accounts(len(covered))}"
            yield Summary(each.account_id, each.region, "security-ir", one(text))
            for account_id in covered:
                if account_id != each.account_id:
                    text = f"covered by membership {each.membership_id} of {each.account_id}"
                    yield Summary(account_id, each.region, "security-ir", one(text))

    def add(self, membership: Membership) -> None:
        """Add a new, active membership."""
        self.memberships[membership.membership_id] = membership
        home = (membership.account_id, membership.region)
        self.homes.setdefault(home, []).append(membership.membership_id)
        self.active[membership.account_id] = membership.membership_id

    def move(self, membership: Membership, event: Event, now: datetime) -> None:
        """Apply ``event``, which the table must allow, to ``membership``."""
        before = membership.membership_status
        membership.membership_status = NEXT_STATUS[before, event]
        if membership.membership_status == "Active":
            self.active[membership.account_id] = membership.membership_id
            membership.membership_deactivation_timestamp = None
        elif before == "Active":
            del self.active[membership.account_id]
            membership.membership_deactivation_timestamp = now
            self._expect_end_of(membership)

    def pass_time_at(
        self, home: tuple[str, str], now: datetime
    ) -> Iterator[tuple[Membership, datetime]]:
        """Terminate the cancelled memberships of an account in a region whose end has come.

        Yields:
            Each that was terminated, and when.
        """
        next_end = self.next_end.get(home)
        if next_end is None or now < next_end:
            return
        del self.next_end[home]
        for membership_id in self.homes.get(home, ()):
            membership = self.memberships[membership_id]
            ended = self.pass_time(membership, now)
            if ended is not None:
                yield membership, ended
            self._expect_end_of(membership)

    def _expect_end_of(self, membership: Membership) -> None:
        """Set `next_end` so that the end of this membership is not missed, if it is cancelled."""
        home, ends = (membership.account_id, membership.region), membership.ends
        if ends is not None:
            self.next_end[home] = min(ends, self.next_end.get(home, ends))

    def pass_time(self, membership: Membership, now: datetime) -> datetime | None:
        """Terminate a cancelled membership if its end has come; return that time, or None."""
        ends = membership.ends
        if ends is None or now < ends:
            return None
        self.move(membership, "terminate", ends)
        return ends

    def active_among(self, account_id: str, organization: Organization | None) -> Membership | None:
        """Return an active membership of the account, or else of its whole organization."""
        if account_id in self.active:
            return self.memberships[self.active[account_id]]
        accounts = organization.accounts if organization else {}
        found = {one for one in self.active if one in accounts}
        if len(found) > 1:  # accounts have joined with one; the first in the organization counts
            found = {next(filter(found.__contains__, accounts))}
        return self.memberships[self.active[found.pop()]] if found else None


def _scope(scope: AccountScope) -> str:
    if scope.cover_entire_organization:
        return "the entire organization"
    return listed(scope.organizational_units) or "its own account only"


def _accounts(count: int) -> str:
    return f"{count:,} account{'' if count == 1 else 's'}"


def _end_of_month(first_day: datetime, at: datetime) -> datetime:
    """Return the end of the month, counted from ``first_day``, in which ``at`` lies."""
    month = (at.year - first_day.year) * 12 + at.month - first_day.month
    end = _months_after(first_day, month)
    return end if end > at else _months_after(first_day, month + 1)


def _months_after(first_day: datetime, number: int) -> datetime:
    years, month = divmod(first_day.month - 1 + number, 12)
    year, month = first_day.year + years, month + 1
    days = calendar.monthrange(year, month)[1]
    return first_day.replace(year=year, month=month, day=min(first_day.day, days))
