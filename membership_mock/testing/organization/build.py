"""How an organization is built from names: first everything is checked, then it is built."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from membership_mock.engine.moto.organization_setup import (
    MotoOrganization,
    NewAccount,
    account_ids,
)
from membership_mock.engine.protocol.regions import partition_of
from membership_mock.errors import UsageError
from membership_mock.testing.organization.directory import nearest
from membership_mock.testing.organization.organization import MockOrganization
from membership_mock.testing.organization.services import (
    SECURITYHUB,
    OrganizationServices,
    administrators,
    check_regions,
    check_standing,
    management_cannot,
    outsider,
    trusted_principal,
)
from membership_mock.testing.organization.tree import MANAGEMENT, Plan, Tree, read_tree

if TYPE_CHECKING:
    from membership_mock.engine.running import Running


def build(
    running: Running,
    tree: Tree,
    *,
    management: str,
    delegated: Mapping[str, str | Sequence[str]],
    trusted: Iterable[str],
    regions: Sequence[str],
    session: Callable[[str | None, str | None], Any],
) -> MockOrganization:
    """Return a new organization; what `MembershipMock.organization` does.

    Raises:
        UsageError: an argument is not valid; nothing was built.
    """
    if isinstance(trusted, str) or not isinstance(trusted, Iterable):
        raise UsageError(f"{trusted!r} is not a list of services: pass e.g. ['security-ir'].")
    plan = read_tree(tree)
    named = {each.account_id: each.name for each in plan.accounts.values() if each.account_id}
    roles = [(principal, named.get(name, name)) for principal, name in administrators(delegated)]
    principals = [trusted_principal(service) for service in trusted]
    regions = check_regions(regions)
    partition = partition_of(regions[0])
    with running.world.lock:
        outsider(management, partition)
        for given in plan.given_ids:
            if given == management:
                raise UsageError(
                    f"{given} is the management account, and cannot be a member as well: name"
                    " another account as `management`, or give another id."
                )
            outsider(given, partition)
        for principal, name in roles:
            _check_planned(plan, principal, name)
            given_id = plan.accounts[name].account_id
            if principal == SECURITYHUB and given_id is not None:
                check_standing(running, given_id, regions)

        moto = MotoOrganization(management, partition, running.backends, running.world)
        organization = MockOrganization(running, moto, moto.create(regions[0]), session, regions)
        _fill(moto, plan, organization.root_id)
        for principal in principals:
            moto.trust(principal)
        ids = organization.accounts
        services = OrganizationServices(running, moto)
        for principal, name in roles:
            services.delegate(principal, ids[name], regions)
    return organization


def _fill(moto: MotoOrganization, plan: Plan, root_id: str) -> None:
    """Create the planned units and accounts."""
    places = {"": root_id}
    for path in plan.units:
        above, _, name = path.rpartition("/")
        places[path] = moto.add_unit(name, places[above])
    planned = list(plan.accounts.values())
    random_ids = iter(
        account_ids(
            len(planned) - len(plan.given_ids), [*plan.given_ids, moto.management], moto.partition
        )
    )
    moto.fill(
        NewAccount(each.name, each.account_id or next(random_ids), places[each.unit])
        for each in planned
    )


def _check_planned(plan: Plan, principal: str, name: object) -> None:
    if name == MANAGEMENT:
        raise UsageError(management_cannot(principal))
    if name not in plan.accounts:
        raise UsageError(
            f"{name!r} is to be the delegated administrator of {principal}, but the tree has no"
            " account of this name" + nearest(name, list(plan.accounts))
        )
