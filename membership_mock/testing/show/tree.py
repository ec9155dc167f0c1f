"""The world as a tree of text: organizations, then accounts, services and regions.

Showing the world changes nothing: no status moves on, and no call is recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from membership_mock.engine import running as engine
from membership_mock.engine.moto.organizations import all_organizations
from membership_mock.engine.pipeline.caller import account_id, region_name
from membership_mock.engine.state.summary import (
    Line,
    Lines,
    Summary,
    View,
    listed,
    named,
    one,
    several,
)
from membership_mock.testing.operation_names import check_service

if TYPE_CHECKING:
    from membership_mock.engine.running import Running
    from membership_mock.engine.state.organizations import Organization, OrganizationAccount

#: how many things of a kind are shown, and how many of those that belong to one thing
LISTED, LISTED_BELOW = 10, 5
#: when so many lines are shown, no further account begins
SCREEN = 80
#: how many accounts are compared to find equal ones
COMPARED = 1_000


@dataclass(frozen=True)
class Part:
    """The part of the world that is shown; None for all.

    Attributes:
        account: 12 digits; what holds for all accounts is part of each.
        region: a region; what holds for all regions is part of each.
        service: a service's id.
    """

    account: str | None = None
    region: str | None = None
    service: str | None = None

    @classmethod
    def of(
        cls, *, account: str | None = None, region: str | None = None, service: str | None = None
    ) -> Part:
        """Return a part, checked.

        Raises:
            UsageError: the account, region or service is not valid.
        """
        if account is not None:
            account_id(account)
        if region is not None:
            region_name(region)
        if service is not None:
            check_service(service)
        return cls(account, region, service)

    @property
    def is_all(self) -> bool:
        """Whether it is everything."""
        return self == Part()

    def has(self, summary: Summary) -> bool:
        """Return whether a summary belongs to it."""
        return (
            (self.account is None or summary.account in ("", self.account))
            and (self.region is None or summary.region in ("", self.region))
            and (self.service is None or summary.service == self.service)
        )


@dataclass
class WorldView:
    """The world of a mock that is running or has ended, with the names in its organizations.

    Attributes:
        organizations: each of moto's organizations with its partition; empty once the mock has
            ended, because moto may then hold another mock's.
        names: the names of accounts and units, by their ids.
    """

    running: Running
    organizations: list[tuple[str, Organization]] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.running.backends.complete()
        if engine.is_current(self.running):
            for partition, organization, names in all_organizations():
                self.organizations.append((partition, organization))
                self.names.update(names)
        self._of_account = {
            (account, partition): organization
            for partition, organization in self.organizations
            for account in organization.accounts
        }

    def organization_of(self, account: str, partition: str) -> Organization | None:
        """Return the organization of an account; None if it has none."""
        return self._of_account.get((account, partition))

    def summaries(self) -> Iterator[Summary]:
        """Yield what all stores have to show."""
        world = self.running.world
        yield from world.summary(View(world.held_at, world.clock.now(), self.organization_of))

    def account(self, account: str) -> str:
        """Return an account's id, and its name if it has one; "" stands for all of them."""
        if not account:
            return "all accounts"
        name = self.names.get(account)
        return f"{account} {named(name)}" if name else account


def tree(running: Running, part: Part = Part()) -> list[str]:
    """Return the world, or a part of it, as lines; none when there is nothing.

    Args:
        running: the mock, which may have ended.
        part: what to show of it.
    """
    with running.world.lock:
        view = WorldView(running)
        held: dict[str, list[Summary]] = {}
        for summary in view.summaries():
            if part.has(summary):
                held.setdefault(summary.account, []).append(summary)
        lines: list[str] = []
        if part.is_all:
            for _, organization in view.organizations:
                written = _write(_organization(organization, view), 0, LISTED_BELOW)
                lines += islice(written, SCREEN)
                if next(written, None) is not None:
                    lines.append("  …")
        elif part.account is not None:
            held.setdefault(part.account, [])
        lines += _accounts(held, view, part)
        return lines


def _accounts(held: Mapping[str, list[Summary]], view: WorldView, part: Part) -> list[str]:
    """Return the accounts in the order of their ids, equal ones together.

    If there are many, the ones with most to show are shown.
    """
    weight = {each: sum(one.lines.count for one in summaries) for each, summaries in held.items()}
    heaviest = sorted(held, key=lambda each: (-weight[each], each))[:COMPARED]
    groups: dict[tuple[str, ...], list[str]] = {}
    for account in heaviest:
        whereabouts = _whereabouts(account, view) if part.account == account else []
        lines = (*whereabouts, *_blocks(held[account]))
        if lines:
            groups.setdefault(lines, []).append(account)
    shown: list[tuple[list[str], tuple[str, ...]]] = []
    total = 0
    for lines, accounts in groups.items():
        if total >= SCREEN:
            break
        shown.append((sorted(accounts), lines))
        total += len(lines) + 1
    text = []
    for accounts, lines in sorted(shown):
        text.append(listed([view.account(each) for each in accounts], 3))
        text += [f"  {line}" for line in lines]
    more = len(held) - sum(len(accounts) for accounts, _ in shown)
    if more and part.account is None:
        text.append(f"… and {more:,} more account{'s' if more > 1 else ''}")
    return text


def _blocks(summaries: list[Summary]) -> list[str]:
    """Return what an account has, by service and region; equal regions are one block."""
    places: dict[tuple[str, str], list[Lines]] = {}
    for summary in summaries:
        places.setdefault((summary.region, summary.service), []).append(summary.lines)
    blocks: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (region, service), held in sorted(places.items(), key=lambda each: each[0]):
        text = tuple(line for lines in held for line in _write(lines, 1, LISTED_BELOW))
        blocks.setdefault((service, text), []).append(region)
    found: list[str] = []
    for (service, text), regions in blocks.items():
        where = listed(regions, 3) if regions != [""] else "all regions"
        found += [f"{service} in {where}", *text]
    return found


def _write(lines: Lines, depth: int, most_below: int) -> Iterator[str]:
    most = LISTED if depth < 2 else most_below
    shown = lines.count if lines.count <= most + 1 else most  # "1 more" would save no line
    for line in islice(lines.lines, shown):
        yield "  " * depth + line.text
        for below in line.below:
            yield from _write(below, depth + 1, most_below)
    if lines.count > shown:
        yield "  " * depth + f"… and {lines.count - shown:,} more {lines.things}"


def _organization(organization: Organization, view: WorldView) -> Lines:
    """Return an organization with its units and accounts."""
    accounts: dict[str, list[OrganizationAccount]] = {}
    known = {organization.root_id, *organization.unit_parents}
    for account in organization.accounts.values():
        parent = account.parent_id if account.parent_id in known else organization.root_id
        accounts.setdefault(parent, []).append(account)
    units: dict[str, list[str]] = {}
    for unit, parent in organization.unit_parents.items():
        units.setdefault(parent if parent in known else organization.root_id, []).append(unit)
    administered: dict[str, list[str]] = {}
    for principal, administrators in sorted(organization.delegated.items()):
        for administrator in administrators:
            service = principal.removesuffix(".amazonaws.com")
            administered.setdefault(administrator, []).append(service)

    def account_line(account: OrganizationAccount) -> str:
        said = [view.account(account.account_id)]
        if account.account_id == organization.management_account_id:
            said.append("management account")
        if account.account_id in administered:
            services = ", ".join(administered[account.account_id])
            said.append(f"delegated administrator of {services}")
        if not account.active:
            said.append("suspended")
        return ", ".join(said)

    def inside(parent: str) -> tuple[Lines, ...]:
        return (
            several("accounts", accounts.get(parent, []), account_line),
            several("units", units.get(parent, []), unit_line),
        )

    def unit_line(unit: str) -> Line:
        return Line(f"unit {named(view.names.get(unit, ''))} {unit}", inside(unit))

    count = len(organization.accounts)
    features = "all features" if organization.all_features else "consolidated billing"
    return one(
        f"organization {organization.organization_id} of {organization.management_account_id},"
        f" {features}, {count:,} account{'' if count == 1 else 's'}",
        *inside(organization.root_id),
    )


def _whereabouts(account: str, view: WorldView) -> list[str]:
    """Return a line for each organization that an account is in."""
    found = []
    for _, organization in view.organizations:
        if account in organization.accounts:
            chain = organization.ancestors(organization.accounts[account].parent_id)
            names = [view.names.get(unit, "") for unit in reversed(chain) if unit != chain[-1]]
            where = f", in {' / '.join(map(named, names))}" if names else ""
            found.append(
                f"account of organization {organization.organization_id}"
                f" of {organization.management_account_id}{where}"
            )
    return found


def heading(running: Running | None, *, entered: bool, region: str) -> str:
    """Return the state of a mock in one line.

    Args:
        running: the engine's running mock; None if the mock was never started.
        entered: whether it is running.
        region: its default region.
    """
    if running is None:
        return "MembershipMock, not started"
    count = len(running.record.entries)
    calls = f"{count:,} call{'' if count == 1 else 's'}"
    if not entered:
        return f"MembershipMock, ended after {calls}"
    return (
        f"MembershipMock, running: account {running.pipeline.default_account}, region {region},"
        f" {calls}{_frozen(running)}"
    )


def _frozen(running: Running) -> str:
    instant = running.world.clock.frozen
    return f", clock frozen at {instant.isoformat()}" if instant else ""
